//! Standard input, which `input` may share with the editor of a session's lines.
//!
//! ```text
//!   prompt --holds--> [ the turn ] <--takes for a moment, again and again-- a task in `input`
//! ```
//!
//! While a line is edited, no task reads what is typed: it waits until an entry runs. Where nobody
//! edits lines, reads go straight through.

use std::io::{self, ErrorKind, Read};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use parking_lot::{Mutex, MutexGuard};

/// How long a reader has the turn while nothing was typed, in milliseconds.
const TURN: i32 = 10;

static IS_SHARED: AtomicBool = AtomicBool::new(false);

static THE_TURN: Mutex<()> = Mutex::new(());

/// How many tasks wait for a line.
static READERS: AtomicUsize = AtomicUsize::new(0);

static IS_EDITED: AtomicBool = AtomicBool::new(false);

/// While it lives, what is typed is the editor's.
#[must_use]
pub struct Editing(#[allow(dead_code, reason = "it is held")] MutexGuard<'static, ()>);

/// A line is about to be edited.
pub fn edits() -> Editing {
    IS_SHARED.store(true, Ordering::SeqCst);
    let editing = Editing(THE_TURN.lock());
    IS_EDITED.store(true, Ordering::SeqCst);
    editing
}

impl Drop for Editing {
    fn drop(&mut self) {
        IS_EDITED.store(false, Ordering::SeqCst);
    }
}

/// Whether a line is being edited.
pub fn is_edited() -> bool {
    IS_EDITED.load(Ordering::SeqCst)
}

/// A task that waits for a line, for as long as it lives.
pub struct Reader(());

impl Reader {
    /// One more.
    pub fn begins() -> Reader {
        READERS.fetch_add(1, Ordering::SeqCst);
        Reader(())
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        READERS.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Standard input in turns with the editor.
pub struct Keyboard;

impl Read for Keyboard {
    /// The error `WouldBlock` says that no task waits any more: what is typed is not for it.
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if !IS_SHARED.load(Ordering::SeqCst) {
            return io::stdin().read(into);
        }
        while READERS.load(Ordering::SeqCst) > 0 {
            let turn = THE_TURN.lock();
            if was_typed() {
                return io::stdin().read(into);
            }
            MutexGuard::unlock_fair(turn);
        }
        Err(ErrorKind::WouldBlock.into())
    }
}

/// Whether a read gives something at once; waits a moment for it.
fn was_typed() -> bool {
    let mut input = libc::pollfd {
        fd: libc::STDIN_FILENO,
        events: libc::POLLIN,
        revents: 0,
    };
    // SAFETY: it is one structure, which lives as long as the call.
    unsafe { libc::poll(&mut input, 1, TURN) != 0 }
}
