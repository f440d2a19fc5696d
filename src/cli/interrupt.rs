//! Ctrl-C: what happens then is a function that the command gives.
//!
//! ```text
//!   signal --handler: one byte--> pipe --> a thread of its own: the function
//!     \--the last press that is waited for: the process ends at once, status 130
//! ```
//!
//! The handler itself does only what a signal handler may: it counts, and writes a byte. Another
//! process group's signals, and worker processes, are none of its business.

use std::io::{self, Read};
use std::os::fd::IntoRawFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU32, Ordering};
use std::thread;

/// Exit status of a program that was interrupted.
pub const INTERRUPTED: i32 = 130;

/// Where the handler writes.
static PIPE: AtomicI32 = AtomicI32::new(-1);

/// How often Ctrl-C was pressed since [`reset`].
static PRESSED: AtomicU32 = AtomicU32::new(0);

/// The press that ends the process at once.
static LAST: AtomicU32 = AtomicU32::new(u32::MAX);

/// From now on `action` is called at every Ctrl-C, on a thread of its own; with `last: Some(n)` the
/// n-th press ends the process at once, whatever the action of an earlier one is doing.
#[allow(unsafe_code)]
pub fn on_interrupt(last: Option<u32>, action: impl Fn() + Send + 'static) -> io::Result<()> {
    let (mut reader, writer) = io::pipe()?;
    LAST.store(last.unwrap_or(u32::MAX), Ordering::SeqCst);
    thread::Builder::new()
        .name(String::from("cq interrupts"))
        .stack_size(1 << 20)
        .spawn(move || {
            let mut byte = [0];
            while let Ok(1) = reader.read(&mut byte) {
                action();
            }
        })?;
    // It stays open for as long as the process lives, like the handler.
    PIPE.store(writer.into_raw_fd(), Ordering::SeqCst);
    // SAFETY: the structure is valid when zeroed, and the handler does nothing but atomic
    // operations, `write` and `_exit`, which signal handlers may.
    let installed = unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handle as *const () as usize;
        action.sa_flags = libc::SA_RESTART;
        libc::sigaction(libc::SIGINT, &action, std::ptr::null_mut())
    };
    match installed {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Set by the first Ctrl-C, after which what was found is told; one more ends the process at once.
pub fn asks_to_stop() -> Arc<AtomicBool> {
    let asked = Arc::new(AtomicBool::new(false));
    let stop = asked.clone();
    let _ = on_interrupt(Some(2), move || stop.store(true, Ordering::SeqCst));
    asked
}

/// What runs now is something new: presses are counted from here.
pub fn reset() {
    PRESSED.store(0, Ordering::SeqCst);
}

#[cfg(target_os = "linux")]
use libc::__errno_location as errno;
#[cfg(not(target_os = "linux"))]
use libc::__error as errno;

#[allow(unsafe_code)]
extern "C" fn handle(_: libc::c_int) {
    let pressed = PRESSED.fetch_add(1, Ordering::SeqCst) + 1;
    if pressed >= LAST.load(Ordering::SeqCst) {
        // SAFETY: ends the process without running anything.
        unsafe { libc::_exit(INTERRUPTED) };
    }
    let byte = 1u8;
    // SAFETY: the descriptor stays open and the byte outlives the call. `errno` is put back, since
    // the interrupted code may be about to look at it.
    unsafe {
        let errno = errno();
        let kept = *errno;
        libc::write(PIPE.load(Ordering::SeqCst), (&raw const byte).cast(), 1);
        *errno = kept;
    }
}
