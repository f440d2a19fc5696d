//! Starting a worker anew, and burying it.
//!
//! ```text
//!   first process                      worker: the same binary, argv[0] = cq-worker
//!     socket ====================== its standard input
//!     kill + wait                        sees the end of the file when the first process is gone
//! ```
//!
//! The first workers of a program are started so, and what forks the others (`fork_server`).
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

use std::ffi::CStr;
use std::fmt;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use nix::sys::signal::{self, Signal};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use parking_lot::Mutex;

use super::fork_server;
use super::wire::expect_greeting;

/// What a worker is called in place of its path; nobody calls a program so by accident.
const NAME: &str = "cq-worker";

/// What the process is called that forks workers.
const FORK_SERVER: &str = "cq-fork-server";

/// A child of the first process: a worker, or what forks workers. When it is dropped, it is killed
/// and buried.
#[derive(Debug)]
pub struct Worker {
    /// Its process number.
    pub pid: u32,
    /// From then on its number may be that of another process.
    buried: Mutex<Option<Death>>,
}

/// How a worker came to its end.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Death {
    /// It ended with this status.
    Ended(i32),
    /// This signal has killed it.
    Killed(i32),
}

/// Starts a worker. Greet on the socket first: the worker looks whether it is one.
pub fn start() -> io::Result<(Worker, UnixStream)> {
    start_as(own_binary()?, NAME)
}

/// Starts a process that forks workers. Greet on the socket first.
pub(super) fn start_fork_server() -> io::Result<(Worker, UnixStream)> {
    start_as(own_binary()?, FORK_SERVER)
}

/// Starts this program under this name.
pub(super) fn start_as(binary: std::path::PathBuf, name: &str) -> io::Result<(Worker, UnixStream)> {
    // Both ends are made with close-on-exec.
    let (ours, theirs) = UnixStream::pair()?;
    let child = Command::new(binary)
        .arg0(name)
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .stdout(Stdio::null())
        .spawn()?;
    Ok((Worker::of_pid(child.id()), ours))
}

fn own_binary() -> io::Result<std::path::PathBuf> {
    match cfg!(target_os = "linux") {
        true => Ok("/proc/self/exe".into()),
        false => std::env::current_exe(),
    }
}

impl Worker {
    /// The child of this process that has this number and was not buried.
    pub(super) fn of_pid(pid: u32) -> Worker {
        Worker {
            pid,
            buried: Mutex::new(None),
        }
    }

    /// Ends it at once. It stays to be buried by [`Worker::bury`].
    pub fn kill(&self) {
        if self.buried.lock().is_none() {
            self.end();
        }
    }

    /// Kills it if it still lives, and waits until the system has forgotten it. Called when its
    /// socket has ended; later calls give the same answer.
    pub fn bury(&self) -> io::Result<Death> {
        let mut buried = self.buried.lock();
        if let Some(death) = *buried {
            return Ok(death);
        }
        let death = match self.wait(Some(WaitPidFlag::WNOHANG))? {
            Some(death) => death,
            None => {
                self.end();
                self.wait(None)?.ok_or(io::ErrorKind::Interrupted)?
            }
        };
        *buried = Some(death);
        Ok(death)
    }

    /// Buries it if it has ended; says whether it has.
    pub(super) fn has_ended(&self) -> bool {
        let mut buried = self.buried.lock();
        if buried.is_none() {
            *buried = self.wait(Some(WaitPidFlag::WNOHANG)).unwrap_or_default();
        }
        buried.is_some()
    }

    fn end(&self) {
        // It may have died by itself.
        let _ = signal::kill(self.number(), Signal::SIGKILL);
    }

    fn wait(&self, how: Option<WaitPidFlag>) -> io::Result<Option<Death>> {
        loop {
            return match waitpid(self.number(), how) {
                Ok(WaitStatus::Exited(_, status)) => Ok(Some(Death::Ended(status))),
                Ok(WaitStatus::Signaled(_, signal, _)) => Ok(Some(Death::Killed(signal as i32))),
                Ok(_) => Ok(None),
                Err(nix::errno::Errno::EINTR) => continue,
                Err(error) => Err(error.into()),
            };
        }
    }

    fn number(&self) -> Pid {
        Pid::from_raw(self.pid.cast_signed())
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
        self == Death::Ended(0)
    }
}

impl fmt::Display for Death {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Death::Killed(signal) => write!(out, "killed by signal {signal}"),
            Death::Ended(0) => write!(out, "it ended by itself"),
            Death::Ended(code) => write!(out, "it ended with status {code}"),
        }
    }
}

/// The link to the first process, if this process is a worker: it is called so, its standard
/// input is a Unix socket, and the other end greets. Called at every start of cq; in a process
/// that is no worker it looks at one argument.
///
/// Afterwards standard input is empty: the socket is at a place of its own, closed on exec.
pub fn inherited() -> Option<UnixStream> {
    let name = std::env::args_os().next()?;
    if name != NAME && name != FORK_SERVER {
        return None;
    }
    let stdin = io::stdin().as_fd().try_clone_to_owned().ok()?;
    let mut link = UnixStream::from(stdin);
    // This fails for what is no Unix socket.
    link.local_addr().ok()?;
    expect_greeting(&mut link).ok()?;
    close_standard_input();
    ignore_interrupts();
    match name == FORK_SERVER {
        true => link = fork_server::serve(link),
        false => is_shown_as(c"cq-worker"),
    }
    Some(link)
}

/// What lists of processes call this one.
#[cfg(target_os = "linux")]
pub(super) fn is_shown_as(name: &CStr) {
    // It is not worse off under another name.
    let _ = nix::sys::prctl::set_name(name);
}

#[cfg(not(target_os = "linux"))]
pub(super) fn is_shown_as(_: &CStr) {}

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
