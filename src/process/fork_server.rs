//! A process that makes workers by forking.
//!
//! ```text
//!   first process                       fork server: the same binary, started once
//!     one end of a new socket --------->   forks ---> a worker, which says its number
//!     <------------- its number ----------------------'
//! ```
//!
//! To start a program anew takes the system a millisecond; to copy a process that has started
//! takes a fraction of it. So a program that uses many processes has one that has done all
//! that every worker does at its start, and then does nothing but fork. It has one thread for ever,
//! so what it copies is never in the middle of anything.
//!
//! A worker that was forked is a child of the first process, as one that was started anew is: it
//! is killed, waited for and told apart in the same way, whatever becomes of the fork server.
//!
//! Whatever goes wrong (the fork server was killed, the system has no memory for it), the end of
//! the new socket is seen in place of a number, and the worker is started anew. A fork server sees
//! the end of its link when the first process is gone.

use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;

use nix::cmsg_space;
use nix::sys::socket::{ControlMessage, ControlMessageOwned, MsgFlags, recvmsg, sendmsg};
use parking_lot::Mutex;

use super::link::{self, Worker, is_shown_as};
use super::wire::{GREETING, expect_greeting};
use crate::builtins;
use crate::runtime::mappings::Mappings;
use crate::runtime::run::processors;

/// So many workers are started anew before it is worth having a fork server.
const FEW: u32 = 2;

/// A fork server that has died is replaced so many times.
const MOST_SERVERS: u32 = 3;

/// How a worker is started anew.
pub(super) type Start = dyn Fn() -> io::Result<(Worker, UnixStream)> + Send + Sync;

/// Where the workers of a program come from.
pub struct Starter {
    start: Box<Start>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    started: u32,
    servers: u32,
    server: Option<Arc<Server>>,
    /// It was ended, and is to be buried.
    ended: Option<Arc<Server>>,
}

struct Server {
    process: Worker,
    link: UnixStream,
}

impl Starter {
    /// Starts the first few anew, and has the others forked where the system can do that.
    pub fn new() -> Starter {
        Starter {
            start: Box::new(link::start),
            state: Mutex::default(),
        }
    }

    /// Starts all of them in this way.
    #[cfg(test)]
    pub(super) fn starting(start: Box<Start>) -> Starter {
        let state = State {
            servers: MOST_SERVERS,
            ..State::default()
        };
        Starter {
            start,
            state: Mutex::new(state),
        }
    }

    /// Starts a worker. Greet on the socket first.
    pub fn start(&self) -> io::Result<(Worker, UnixStream)> {
        match self.fork() {
            Some(forked) => Ok(forked),
            None => (self.start)(),
        }
    }

    /// How many workers were started, if they are forked by now.
    pub fn forks(&self) -> Option<u32> {
        let state = self.state.lock();
        state.server.as_ref().map(|_| state.started)
    }

    /// A worker that was forked; `None` if it is to be started anew.
    pub fn fork(&self) -> Option<(Worker, UnixStream)> {
        let server = self.state.lock().server_for_next()?;
        let (mut ours, theirs) = UnixStream::pair().ok()?;
        let mut number = [0; 4];
        let asked = server.ask(theirs);
        match asked.and_then(|()| ours.read_exact(&mut number)) {
            Ok(()) => Some((Worker::of_pid(u32::from_le_bytes(number)), ours)),
            Err(_) => {
                self.forgets(&server);
                None
            }
        }
    }

    /// Buries the fork server if it has died.
    pub fn looks_after_server(&self) {
        let server = self.state.lock().server.clone();
        if let Some(server) = server
            && server.process.has_ended()
        {
            self.forgets(&server);
        }
    }

    /// There will hardly be any more workers.
    pub fn ends_server(&self) {
        let mut state = self.state.lock();
        state.servers = MOST_SERVERS;
        if let Some(server) = state.server.take() {
            server.process.kill();
            state.ended = Some(server);
        }
    }

    /// There will be no more workers.
    pub fn ends(&self) {
        self.ends_server();
        let ended = self.state.lock().ended.take();
        if let Some(server) = ended {
            // One that cannot be waited for is none of ours any more.
            let _ = server.process.bury();
        }
    }

    /// It forks no more; the last who has it buries it.
    fn forgets(&self, server: &Arc<Server>) {
        let mut state = self.state.lock();
        state.server.take_if(|other| Arc::ptr_eq(other, server));
    }
}

impl State {
    /// The server that is to fork the next worker, if that one is to be forked.
    fn server_for_next(&mut self) -> Option<Arc<Server>> {
        self.started = self.started.saturating_add(1);
        if !CAN_FORK || self.started <= FEW {
            return None;
        }
        if self.server.is_none() && self.servers < MOST_SERVERS {
            self.servers += 1;
            self.server = Server::start().map(Arc::new).ok();
        }
        self.server.clone()
    }
}

impl Server {
    fn start() -> io::Result<Server> {
        let (process, mut link) = link::start_fork_server()?;
        link.write_all(&GREETING)?;
        Ok(Server { process, link })
    }

    /// Asks for a worker at this end of a socket.
    fn ask(&self, end: UnixStream) -> io::Result<()> {
        let ends = [end.as_raw_fd()];
        sendmsg::<()>(
            self.link.as_raw_fd(),
            &[IoSlice::new(&[0])],
            &[ControlMessage::ScmRights(&ends)],
            MsgFlags::MSG_NOSIGNAL,
            None,
        )?;
        Ok(())
    }
}

/// What a fork server does. It returns in the workers only, with their links.
pub(super) fn serve(link: UnixStream) -> UnixStream {
    prepare();
    loop {
        is_shown_as(c"cq-fork-server");
        let Ok(Some(end)) = next_end(&link) else {
            // The first process is gone.
            std::process::exit(0);
        };
        // A worker is to be taken for one from its beginning.
        is_shown_as(c"cq-worker");
        if let Ok(Forked::Worker) = fork() {
            let mut end = UnixStream::from(end);
            // If nobody hears it, the worker is about to see the end of its link.
            let _ = end.write_all(&std::process::id().to_le_bytes());
            match expect_greeting(&mut end) {
                Ok(()) => return end,
                Err(_) => std::process::exit(1),
            }
        }
    }
}

/// What every worker would do at its start, once for all.
fn prepare() {
    let _ = processors();
    let _ = Mappings::reserve(0);
    let _ = builtins::find("");
}

/// The next end of a socket that comes over this link; `None` at its end.
#[allow(unsafe_code)]
fn next_end(link: &UnixStream) -> io::Result<Option<OwnedFd>> {
    let mut byte = [0];
    let mut into = [IoSliceMut::new(&mut byte)];
    let mut room = cmsg_space!(RawFd);
    let message = recvmsg::<()>(link.as_raw_fd(), &mut into, Some(&mut room), CLOSED_ON_EXEC)?;
    for part in message.cmsgs()? {
        if let ControlMessageOwned::ScmRights(ends) = part
            && let Some(&end) = ends.first()
        {
            // SAFETY: the descriptor was made for this message just now, and nobody else has it.
            return Ok(Some(unsafe { OwnedFd::from_raw_fd(end) }));
        }
    }
    Ok(None)
}

/// On which side of a fork this is.
enum Forked {
    Server,
    Worker,
}

/// Whether [`fork`] does it: on Linux, where the arguments of its call are in the usual order.
const CAN_FORK: bool = cfg!(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
));

#[cfg(target_os = "linux")]
const CLOSED_ON_EXEC: MsgFlags = MsgFlags::MSG_CMSG_CLOEXEC;

#[cfg(not(target_os = "linux"))]
const CLOSED_ON_EXEC: MsgFlags = MsgFlags::empty();

/// Copies this process. The copy is a child of its parent.
#[cfg(target_os = "linux")]
#[allow(unsafe_code)]
fn fork() -> io::Result<Forked> {
    let how = libc::CLONE_PARENT | libc::CLONE_CHILD_SETTID | libc::CLONE_CHILD_CLEARTID;
    let how = libc::c_long::from(how | libc::SIGCHLD);
    let mut number: *mut libc::pid_t = std::ptr::null_mut();
    // SAFETY: the system writes one address to where the pointer points.
    if unsafe { libc::prctl(libc::PR_GET_TID_ADDRESS, &raw mut number) } < 0 {
        return Err(io::Error::last_os_error());
    }
    let none = std::ptr::null_mut::<libc::pid_t>();
    // SAFETY: this copies a process with one thread, on the same stack. The copy has all its
    // memory, and no lock in it is held by a thread that it does not have. What the C library keeps
    // of a process besides is the number of its thread: the system writes it to where it did so at
    // the start of the program, as it does when the library forks. The library would also call what
    // was to be called at a fork; Rust programs have nothing of the kind. Where that number goes is
    // the fourth argument or the fifth; the other one says nothing without CLONE_SETTLS.
    let forked = unsafe { libc::syscall(libc::SYS_clone, how, none, none, number, number) };
    match forked {
        0 => Ok(Forked::Worker),
        1.. => Ok(Forked::Server),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Elsewhere a copy could not be a child of its parent's parent.
#[cfg(not(target_os = "linux"))]
fn fork() -> io::Result<Forked> {
    Err(io::ErrorKind::Unsupported.into())
}
