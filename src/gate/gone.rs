//! Objects that are no more.
//!
//! An [`ObjectId`] is an address, and addresses are used again. Whoever keeps ids for longer than
//! the objects live (the explorer) is told of every object that ends on its thread. In a real run
//! nobody is, and it costs one predictable branch.

use std::cell::RefCell;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::ObjectId;

/// How many threads want to be told.
static TOLD: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// How many want to be told, and of what they have not been told yet.
    static GONE: RefCell<(usize, Vec<ObjectId>)> = const { RefCell::new((0, Vec::new())) };
}

/// An object ends; said by its `drop`.
#[inline(always)]
pub fn gone<T>(object: &T) {
    if TOLD.load(Ordering::Relaxed) > 0 {
        note(ObjectId::of(object));
    }
}

#[cold]
fn note(id: ObjectId) {
    // A thread that is ending is told nothing.
    let _ = GONE.try_with(|gone| {
        if let (1.., gone) = &mut *gone.borrow_mut() {
            gone.push(id);
        }
    });
}

/// From now on, or no longer, the current thread is told: as long as anybody on it wants to be.
pub fn tell_gone(tell: bool) {
    GONE.with(|gone| {
        let mut gone = gone.borrow_mut();
        let (wanted, gone) = &mut *gone;
        match (tell, *wanted) {
            (true, 0) => {
                TOLD.fetch_add(1, Ordering::Relaxed);
            }
            (false, 1) => {
                gone.clear();
                TOLD.fetch_sub(1, Ordering::Relaxed);
            }
            _ => {}
        }
        *wanted = match tell {
            true => *wanted + 1,
            false => wanted.saturating_sub(1),
        };
    });
}

/// Calls `each` for every object that has ended since the last call.
pub fn take_gone(mut each: impl FnMut(ObjectId)) {
    GONE.with(|gone| {
        gone.borrow_mut().1.drain(..).for_each(&mut each);
    });
}
