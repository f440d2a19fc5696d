//! Ctrl-C: what is to be done when the process gets SIGINT.
//!
//! A signal handler may do next to nothing, so it writes a byte into a pipe; a thread reads the
//! pipe and does what was asked for.

use std::io;
use std::sync::atomic::{AtomicI32, Ordering};
use std::thread;

/// The end of the pipe that the handler writes to.
static PIPE: AtomicI32 = AtomicI32::new(-1);

extern "C" fn handle(_: libc::c_int) {
    let pipe = PIPE.load(Ordering::Relaxed);
    // SAFETY: write is safe in signal handlers. If the pipe is full, enough has been said.
    unsafe {
        let errno = *libc::__errno_location();
        libc::write(pipe, [0u8].as_ptr().cast(), 1);
        *libc::__errno_location() = errno;
    }
}

/// From now on `action` is run, on a thread of its own, at every Ctrl-C. Once in a process.
pub fn on_interrupt(action: impl Fn() + Send + 'static) -> io::Result<()> {
    let mut ends = [0; 2];
    // SAFETY: `ends` has room for the two numbers.
    if unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) } != 0 {
        return Err(io::Error::last_os_error());
    }
    let [read, write] = ends;
    // SAFETY: fcntl on a pipe that is ours; the handler must never wait.
    unsafe { libc::fcntl(write, libc::F_SETFL, libc::O_NONBLOCK) };
    PIPE.store(write, Ordering::Relaxed);
    let builder = thread::Builder::new().name(String::from("cq interrupt"));
    builder.spawn(move || {
        let mut byte = [0u8];
        loop {
            // SAFETY: the pipe stays open as long as the process runs; `byte` has room.
            match unsafe { libc::read(read, byte.as_mut_ptr().cast(), 1) } {
                1 => action(),
                _ if io::Error::last_os_error().kind() == io::ErrorKind::Interrupted => {}
                _ => return,
            }
        }
    })?;
    // SAFETY: a zeroed sigaction is a valid one; the handler is safe to run at any time.
    let installed = unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handle as extern "C" fn(libc::c_int) as usize;
        action.sa_flags = libc::SA_RESTART;
        libc::sigaction(libc::SIGINT, &action, std::ptr::null_mut())
    };
    match installed {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}
