//! The one gate: everything a task does that another task could notice passes here first.
//!
//! ```text
//!   task --announces--> Operation --> Gate --nobody watches--> goes on (one predictable branch)
//!                                       \--a Watch is there--> recorder notes it, explorer decides
//! ```
//!
//! Values with inner state (lists, maps, shared variables) take the gate as an argument of every
//! access, so nothing can be noticed without having been announced.

mod gone;
pub mod operation;

pub use gone::{gone, take_gone, tell_gone};
pub use operation::{Element, Numbered, ObjectId, Operation};

use crate::syntax::span::Span;

/// A build that is only there to be measured, in which nobody can watch, stop or interrupt a
/// program: `cargo build --release --features unchecked`.
pub const UNCHECKED: bool = cfg!(feature = "unchecked");

/// Something that wants to know every operation before it happens: the explorer, a recorder.
pub trait Watch {
    /// Called before the operation; may suspend the task until it is its turn.
    fn announce(&self, operation: &Operation);

    /// Whether it decides who goes next: then waits are its business too.
    fn decides(&self) -> bool {
        false
    }

    /// Called after an operation that turned out to touch more than was announced.
    fn widen(&self, _operation: &Operation) {}

    /// The number of a new object, if whoever watches gives them out.
    fn number(&self, _kind: Numbered) -> Option<u64> {
        None
    }

    /// Where the next operation stands in the source, and on which variable, if it is one.
    fn place(&self, _span: Span, _name: Option<&str>) {}

    /// Whether it wants to be told in words what operations do.
    fn wants_words(&self) -> bool {
        false
    }

    /// What the operation that has just happened did, in words.
    fn tell(&self, _words: String) {}

    /// A turn of a `while` begins.
    fn turn(&self, _turn: &mut Turn, _digest: u64) {}

    /// A loop turn or call of a task that somebody decides about; false if it is to unwind.
    fn tick(&self) -> bool {
        true
    }

    /// The time, if whoever watches keeps it; `pass` seconds of it are slept away.
    fn clock(&self, _pass: f64) -> Option<f64> {
        None
    }
}

/// What is kept of a loop from one turn to the next, to see whether anything has changed.
#[derive(Debug, Default)]
pub struct Turn {
    /// Whether there was a turn before, and the state of the variables at its beginning.
    pub before: Option<u64>,
    /// Where the task stood then.
    pub mark: Mark,
}

/// A moment of a task: how often it had looked at the time, and how many steps there were.
pub type Mark = (u64, usize);

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

    /// Says where the next operation stands.
    #[inline(always)]
    pub fn place(&self, span: Span, name: Option<&str>) {
        if let Some(watch) = self.watch {
            watch.place(span, name);
        }
    }

    /// Says that what has just happened touches more than was announced.
    #[inline(always)]
    pub fn widen(&self, operation: impl FnOnce() -> Operation) {
        if let Some(watch) = self.watch {
            watch.widen(&operation());
        }
    }

    /// Whether somebody wants to be told in words what operations do.
    #[inline(always)]
    pub fn wants_words(&self) -> bool {
        self.watch.is_some_and(|watch| watch.wants_words())
    }

    /// Says in words what the operation that has just happened did, if somebody wants them.
    #[inline(always)]
    pub fn tell(&self, words: impl FnOnce() -> String) {
        if let Some(watch) = self.watch {
            tell_to(watch, words);
        }
    }

    /// Whether somebody else decides who goes next.
    #[inline(always)]
    pub fn decides(&self) -> bool {
        self.watch.is_some_and(|watch| watch.decides())
    }

    /// The number of a new object, if somebody else gives them out.
    pub fn number(&self, kind: Numbered) -> Option<u64> {
        self.watch.and_then(|watch| watch.number(kind))
    }

    /// A turn of a `while` begins; `digest` tells the state of its variables apart.
    #[inline(always)]
    pub fn turn(&self, turn: &mut Turn, digest: impl FnOnce() -> u64) {
        if let Some(watch) = self.watch {
            watch.turn(turn, digest());
        }
    }

    /// A loop turn or call, if somebody else decides; false if the task is to unwind.
    pub fn tick(&self) -> bool {
        self.watch.is_none_or(|watch| watch.tick())
    }

    /// The time, if somebody else keeps it, after so many seconds more.
    pub fn clock(&self, pass: f64) -> Option<f64> {
        self.watch.and_then(|watch| watch.clock(pass))
    }
}

#[cold]
#[inline(never)]
fn tell_to(watch: &dyn Watch, words: impl FnOnce() -> String) {
    if watch.wants_words() {
        watch.tell(words());
    }
}

#[cold]
#[inline(never)]
fn announce_to(watch: &dyn Watch, operation: Operation) {
    watch.announce(&operation);
}
