//! Several tiny futures taken at once.
//!
//! A seat that takes one tiny future after the other wants the pool's queue as often as who makes
//! them, and each time one of the two waits for the other's processor. So it takes some for later:
//!
//! ```text
//!   pool [ 9 8 7 6 5 4 ] --take--> runs 1, then its batch [ 2 3 ] --a time slice later--> pool
//! ```
//!
//! Who forces one of them runs it all the same, wherever it lies. What still lies there when a
//! time slice is over goes back: one of the others took longer than was thought.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;

use super::task::{Task, Work};

/// What a seat has taken for later.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// Whether there may be something; only its seat puts something in.
    has_some: AtomicBool,
    tasks: Mutex<VecDeque<Arc<Task>>>,
}

impl Batch {
    /// Keeps these as well.
    pub fn keep(&self, tasks: impl ExactSizeIterator<Item = Arc<Task>>) {
        if tasks.len() > 0 {
            self.tasks.lock().extend(tasks);
            self.has_some.store(true, Ordering::SeqCst);
        }
    }

    /// Whether there may be something.
    pub fn has_some(&self) -> bool {
        self.has_some.load(Ordering::SeqCst)
    }

    /// The next one that nobody has claimed meanwhile, with its work.
    pub fn next(&self) -> Option<(Arc<Task>, Work)> {
        while self.has_some() {
            let Some(task) = self.tasks.lock().pop_front() else {
                self.has_some.store(false, Ordering::SeqCst);
                break;
            };
            if let Some(work) = task.claim() {
                return Some((task, work));
            }
        }
        None
    }

    /// All of them.
    pub fn take(&self) -> VecDeque<Arc<Task>> {
        std::mem::take(&mut self.tasks.lock())
    }
}
