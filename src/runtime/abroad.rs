//! What a task has to do with other processes.
//!
//! ```text
//!   first process   a task whose fiber speaks for one in a worker: knows its process
//!   worker          a guest: sent here by the first process, which waits for its end
//!                   a task of its own: told to the first process as soon as that has to know it
//!                   a stand-in: a task of another process, all of it elsewhere
//! ```

use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;

use super::elsewhere::{FirstProcess, HandleName, StandIn};
use super::task::Task;
use crate::syntax::span::Span;

const GUEST: u8 = 1;
const KNOWN: u8 = 2;
const TO_DIE: u8 = 4;
const SEVERED: u8 = 8;
const DIED: u8 = 16;
const SPEAKS: u8 = 32;
const AWAY: u8 = 64;

/// A task's relations to other processes.
#[derive(Debug, Default)]
pub struct Abroad {
    /// In a worker: the way to a task of another process. Or, of a task of this worker that the
    /// first process knows: tells when it may forget it.
    stand_in: OnceLock<Box<StandIn>>,
    process: AtomicU32,
    marks: AtomicU8,
}

impl Abroad {
    /// That of a stand-in.
    pub fn of_stand_in(stand_in: StandIn) -> Abroad {
        Abroad {
            stand_in: OnceLock::from(Box::new(stand_in)),
            marks: AtomicU8::new(AWAY),
            ..Abroad::default()
        }
    }

    /// In a worker: the way to a task of another process.
    pub fn away(&self) -> Option<&StandIn> {
        match self.has(AWAY) {
            true => self.stand_in.get().map(|stand_in| &**stand_in),
            false => None,
        }
    }

    /// It runs in a worker process.
    pub fn runs_in(&self, pid: u32) {
        self.process.store(pid, Ordering::SeqCst);
    }

    /// The worker process it runs in, if it runs in one.
    pub fn process(&self) -> Option<u32> {
        Some(self.process.load(Ordering::SeqCst)).filter(|&pid| pid > 0)
    }

    fn has(&self, mark: u8) -> bool {
        self.marks.load(Ordering::SeqCst) & mark != 0
    }

    /// Sets a mark; true if it was not there.
    fn set(&self, mark: u8) -> bool {
        self.marks.fetch_or(mark, Ordering::SeqCst) & mark == 0
    }

    /// In a worker: whether the first process has sent it here.
    pub fn is_guest(&self) -> bool {
        self.has(GUEST)
    }

    /// The first process has sent it here.
    pub fn becomes_guest(&self) {
        self.set(GUEST | KNOWN);
    }

    /// In a worker: whether the first process knows it.
    pub fn is_known(&self) -> bool {
        self.has(KNOWN)
    }

    /// The first process is told of it; true if it did not know it.
    pub fn becomes_known(&self) -> bool {
        self.set(KNOWN)
    }

    /// The first process knows it by this name until it is dropped.
    pub fn is_named(&self, first: &Arc<dyn FirstProcess>, name: HandleName) {
        let _ = self.stand_in.set(Box::new(StandIn::new(first, name)));
    }

    /// Its fiber speaks for a task of a worker, from its beginning.
    pub fn speaks(&self) {
        self.set(SPEAKS);
    }

    /// Whether it cannot be cancelled without that.
    pub fn has_to_speak(&self) -> bool {
        self.has(SPEAKS)
    }

    /// It is to die as soon as it has a process.
    pub fn is_to_die(&self) {
        self.set(TO_DIE);
    }

    /// Whether it was killed.
    pub fn was_killed(&self) -> bool {
        self.has(TO_DIE)
    }

    /// There is nobody left to speak for: its waits end, this one and any later one.
    pub(super) fn becomes_severed(&self) {
        self.set(SEVERED);
    }

    /// Whether its waits end at once.
    pub fn is_severed(&self) -> bool {
        self.has(SEVERED)
    }

    /// Its process has died, and with it whatever it held.
    pub fn dies(&self) {
        self.set(DIED);
    }

    /// Whether its process has died while it ran.
    pub fn died(&self) -> bool {
        self.has(DIED)
    }
}

/// What a task in another process waits for in there, as far as it has been told.
#[derive(Debug, Default)]
pub struct Whereabouts {
    told: Mutex<Option<Told>>,
}

/// A wait inside of another process.
#[derive(Clone, Debug)]
pub struct Told {
    /// Where in the source.
    pub at: Span,
    /// For what, in words.
    pub what: String,
    /// For whose end.
    pub on: Option<Arc<Task>>,
    /// Time or the outside will end it.
    pub ends_by_itself: bool,
}

impl Whereabouts {
    /// The task waits, or goes on.
    pub fn are(&self, told: Option<Told>) {
        *self.told.lock() = told;
    }

    /// What it waits for; `None` while it computes.
    pub fn told(&self) -> Option<Told> {
        self.told.lock().clone()
    }
}
