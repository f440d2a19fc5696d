//! Starting a worker, and burying it.
//!
//! ```text
//!   first process                      worker: the same binary, argv[0] = cq-worker
//!     socket ====================== its standard input
//!     kill + wait                        sees the end of the file when the first process is gone
//! ```
//!
//! No port, no file, no environment variable: the socket is the only way to a worker, and it is
//! closed on every exec but the one it is for. `/proc/self/exe` is the running binary itself, so
//! a worker is the same version even if the file was replaced meanwhile.
//!
//! A worker is told of the death of the first process by the end of its socket, whichever way it
//! died. (The system's death signal would be sent when the *thread* that started the worker ends,
//! and threads come and go here.)
//!
//! Nothing is run between fork and exec, so the standard library starts workers with posix_spawn,
//! which copies no page tables.

use std::fmt;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};

use parking_lot::Mutex;

use super::wire::expect_greeting;

/// What a worker is called in place of its path; nobody calls a program so by accident.
const NAME: &str = "cq-worker";

/// A worker, from the side of the first process. When it is dropped, the worker is killed and
/// buried.
#[derive(Debug)]
pub struct Worker {
    /// Its process number.
    pub pid: u32,
    child: Mutex<Child>,
}

/// How a worker came to its end.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Death(ExitStatus);

/// Starts a worker. Greet on the socket first: the worker looks whether it is one.
pub fn start() -> io::Result<(Worker, UnixStream)> {
    start_as(own_binary()?)
}

/// Starts this program as a worker.
pub(super) fn start_as(binary: std::path::PathBuf) -> io::Result<(Worker, UnixStream)> {
    // Both ends are made with close-on-exec.
    let (ours, theirs) = UnixStream::pair()?;
    let child = Command::new(binary)
        .arg0(NAME)
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .stdout(Stdio::null())
        .spawn()?;
    let worker = Worker {
        pid: child.id(),
        child: Mutex::new(child),
    };
    Ok((worker, ours))
}

fn own_binary() -> io::Result<std::path::PathBuf> {
    match cfg!(target_os = "linux") {
        true => Ok("/proc/self/exe".into()),
        false => std::env::current_exe(),
    }
}

impl Worker {
    /// Ends it at once. It stays to be buried by [`Worker::bury`].
    pub fn kill(&self) {
        // It may have died by itself.
        let _ = self.child.lock().kill();
    }

    /// Kills it if it still lives, and waits until the system has forgotten it. Called when its
    /// socket has ended; later calls give the same answer.
    pub fn bury(&self) -> io::Result<Death> {
        let mut child = self.child.lock();
        let ended = child.try_wait()?;
        match ended {
            Some(status) => Ok(Death(status)),
            None => {
                let _ = child.kill();
                child.wait().map(Death)
            }
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.bury();
    }
}

impl Death {
    /// Whether it ended by itself and without complaint.
    pub fn is_peaceful(self) -> bool {
        self.0.success()
    }
}

impl fmt::Display for Death {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0.signal(), self.0.code()) {
            (Some(signal), _) => write!(out, "killed by signal {signal}"),
            (None, Some(0)) => write!(out, "it ended by itself"),
            (None, Some(code)) => write!(out, "it ended with status {code}"),
            (None, None) => write!(out, "it ended"),
        }
    }
}

/// The link to the first process, if this process is a worker: it is called so, its standard
/// input is a Unix socket, and the other end greets. Called at every start of cq; in a process
/// that is no worker it looks at one argument.
///
/// Afterwards standard input is empty: the socket is at a place of its own, closed on exec.
pub fn inherited() -> Option<UnixStream> {
    if std::env::args_os().next()? != NAME {
        return None;
    }
    let stdin = io::stdin().as_fd().try_clone_to_owned().ok()?;
    let mut link = UnixStream::from(stdin);
    // This fails for what is no Unix socket.
    link.local_addr().ok()?;
    expect_greeting(&mut link).ok()?;
    close_standard_input();
    ignore_interrupts();
    Some(link)
}

/// Puts nothing in place of the socket, so that nobody can read from it by accident.
#[allow(unsafe_code)]
fn close_standard_input() {
    use std::os::fd::AsRawFd;
    if let Ok(nothing) = std::fs::File::open("/dev/null") {
        // SAFETY: both descriptors are open and no Rust object owns descriptor 0.
        unsafe { libc::dup2(nothing.as_raw_fd(), libc::STDIN_FILENO) };
    }
}

/// An interrupt from the terminal reaches all processes at once; what it means is decided by the
/// first one.
#[allow(unsafe_code)]
fn ignore_interrupts() {
    // SAFETY: ignoring a signal installs no code.
    unsafe { libc::signal(libc::SIGINT, libc::SIG_IGN) };
}
