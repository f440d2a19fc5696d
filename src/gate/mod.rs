//! The one gate: everything a task does that another task could notice passes here first.
//!
//! ```text
//!   task --announces--> Operation --> Gate --nobody watches--> goes on (one predictable branch)
//!                                       \--a Watch is there--> recorder notes it, explorer decides
//! ```
//!
//! Values with inner state (lists, maps, shared variables) take the gate as an argument of every
//! access, so nothing can be noticed without having been announced.

pub mod operation;

pub use operation::{Element, ObjectId, Operation};

/// A build that is only there to be measured, in which nobody can watch, stop or interrupt a
/// program: `cargo build --release --features unchecked`.
pub const UNCHECKED: bool = cfg!(feature = "unchecked");

/// Something that wants to know every operation before it happens: the explorer, a recorder.
pub trait Watch {
    /// Called before the operation; may suspend the task until it is its turn.
    fn announce(&self, operation: &Operation);
}

/// Who knows whether the task has been asked to stop.
pub trait StopSign {
    /// Whether it is to stop right here; then it does, whatever comes.
    fn strikes(&self) -> bool;
}

/// What a task announces its operations to.
#[derive(Copy, Clone, Default)]
pub struct Gate<'f> {
    watch: Option<&'f dyn Watch>,
    stop: Option<&'f dyn StopSign>,
}

impl<'f> Gate<'f> {
    /// The gate of a real run: nobody watches.
    pub const fn open() -> Gate<'static> {
        Gate {
            watch: None,
            stop: None,
        }
    }

    /// A gate at which `watch` stands.
    pub fn watched(watch: &'f dyn Watch) -> Gate<'f> {
        Gate {
            watch: Some(watch),
            stop: None,
        }
    }

    /// The same gate for a task that can be asked to stop.
    pub fn with_stop_sign(self, stop: &'f dyn StopSign) -> Gate<'f> {
        Gate {
            stop: Some(stop),
            ..self
        }
    }

    /// Asked by operations that take long, between two pieces of their work: whether the task is
    /// to stop right here.
    pub fn is_to_stop(&self) -> bool {
        self.stop.is_some_and(|stop| stop.strikes())
    }

    /// Whether somebody wants to know every operation.
    #[inline(always)]
    pub fn is_watched(&self) -> bool {
        self.watch.is_some()
    }

    /// Says what is about to happen. The operation is built only if somebody watches.
    #[inline(always)]
    pub fn announce(&self, operation: impl FnOnce() -> Operation) {
        if !UNCHECKED && let Some(watch) = self.watch {
            announce_to(watch, operation());
        }
    }
}

#[cold]
#[inline(never)]
fn announce_to(watch: &dyn Watch, operation: Operation) {
    watch.announce(&operation);
}
