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
    static GONE: RefCell<Option<Vec<ObjectId>>> = const { RefCell::new(None) };
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
        if let Some(gone) = &mut *gone.borrow_mut() {
            gone.push(id);
        }
    });
}

/// From now on, or no longer, the current thread is told.
pub fn tell_gone(tell: bool) {
    GONE.with(|gone| {
        let mut gone = gone.borrow_mut();
        match (tell, gone.is_some()) {
            (true, false) => {
                *gone = Some(Vec::new());
                TOLD.fetch_add(1, Ordering::Relaxed);
            }
            (false, true) => {
                *gone = None;
                TOLD.fetch_sub(1, Ordering::Relaxed);
            }
            _ => {}
        }
    });
}

/// Calls `each` for every object that has ended since the last call.
pub fn take_gone(mut each: impl FnMut(ObjectId)) {
    GONE.with(|gone| {
        if let Some(gone) = &mut *gone.borrow_mut() {
            gone.drain(..).for_each(&mut each);
        }
    });
}
