//! What is to be sent over a link, by whoever has something to say.
//!
//! ```text
//!   send_now     somebody waits for it: written by the one who says it
//!   send_soon    nobody waits for it: written by a thread of its own; what is said while that one
//!                is writing goes out in one piece after it
//!   send_ahead   somebody may wait for it: the first after something that was sent now is written
//!                at once, or goes with what is said next; what follows on its heels soon
//! ```
//!
//! What was taken of values that are lent is counted, and said before the next message.
//!
//! Messages go out in the order in which they were said, whoever writes. Who says something now
//! never waits for the other end to read: what does not fit into the socket is left to the thread.
//! So two ends that say much to each other cannot block each other.

use std::io::Write;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::thread;

use nix::sys::socket::setsockopt;
use nix::sys::socket::sockopt::SndBuf;
use parking_lot::{Condvar, Mutex, MutexGuard};
use serde::Serialize;

use super::message::FromWorker;
use super::socket::send_at_once;
use super::wire::{GREETING, LinkError, add};

/// Who sends ahead waits while there is more than this that has not gone out.
const MUCH: usize = 256 << 10;

/// How much the socket is asked to hold that the other end has not read.
const IN_THE_SOCKET: usize = 512 << 10;

/// A buffer that has grown larger than this for one message is not kept; what may wait grows to half
/// of it.
const KEPT: usize = 1 << 20;

/// The stack of the thread that writes.
const WRITER_STACK: usize = 128 << 10;

/// The writing end of a link.
pub struct Outbox {
    stream: UnixStream,
    state: Mutex<State>,
    /// For the thread: there is something to write, or nothing will come.
    news: Condvar,
    /// For who sends ahead: something has gone out.
    room: Condvar,
}

#[derive(Default)]
struct State {
    collected: Vec<u8>,
    /// Values of this queue that were lent and taken, and how many: not yet said.
    taken: Option<(u64, u64)>,
    /// Empty room for what is collected while the other room is written.
    spare: Vec<u8>,
    /// Somebody is writing what was collected before.
    writing: bool,
    /// The thread waits for news.
    thread_waits: bool,
    has_thread: bool,
    /// Something was sent now, and nothing ahead since.
    is_first: bool,
    /// The other end has gone, or is to hear nothing more.
    closed: bool,
}

impl State {
    fn add<M: Serialize>(&mut self, message: &M) -> Result<(), LinkError> {
        self.say_taken();
        add(message, &mut self.collected)
    }

    fn say_taken(&mut self) {
        if let Some((queue, count)) = self.taken.take() {
            // Two numbers are not too large.
            let _ = add(&FromWorker::Took(queue, count), &mut self.collected);
        }
    }
}

impl Outbox {
    /// Over this socket; begins with the greeting.
    pub fn new(stream: UnixStream) -> Arc<Outbox> {
        let state = State {
            collected: GREETING.to_vec(),
            ..State::default()
        };
        // Where the system allows less, it gives what it allows.
        let _ = setsockopt(&stream, SndBuf, &IN_THE_SOCKET);
        Arc::new(Outbox {
            stream,
            state: Mutex::new(state),
            news: Condvar::new(),
            room: Condvar::new(),
        })
    }

    /// The link, to wait for what comes over it.
    pub fn link(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }

    /// A task has taken a value that was lent of this queue. That goes out with what is said next,
    /// before it; of several in a row, how many.
    pub fn took(&self, queue: u64) {
        let mut state = self.state.lock();
        match &mut state.taken {
            Some((same, count)) if *same == queue => *count += 1,
            _ => {
                state.say_taken();
                state.taken = Some((queue, 1));
            }
        }
    }

    /// Adds a message to what goes out next. `Ok(false)`: nobody listens any more.
    pub fn add<M: Serialize>(&self, message: &M) -> Result<bool, LinkError> {
        let mut state = self.state.lock();
        if state.closed {
            return Ok(false);
        }
        state.add(message)?;
        Ok(true)
    }

    /// Adds a message if `still` holds at that moment; says whether it did.
    pub fn add_if<M: Serialize>(
        &self,
        still: impl FnOnce() -> bool,
        message: &M,
    ) -> Result<bool, LinkError> {
        let mut state = self.state.lock();
        if !still() {
            return Ok(false);
        }
        state.add(message)?;
        Ok(true)
    }

    /// Adds a message in the same step as something that others must see before or after it.
    pub fn add_with<M: Serialize>(
        &self,
        step: impl FnOnce(),
        message: &M,
    ) -> Result<(), LinkError> {
        let mut state = self.state.lock();
        step();
        state.add(message)
    }

    /// Writes what was added, as far as the socket takes it; the thread writes the rest.
    pub fn send_now(self: &Arc<Outbox>) {
        let mut state = self.state.lock();
        state.is_first = true;
        self.write(&mut state);
    }

    /// What was added is sent ahead: the first since something was sent now is written at once, or
    /// left for what is said next if somebody sees to that soon.
    pub fn send_ahead(self: &Arc<Outbox>, is_seen_to: bool) {
        let mut state = self.state.lock();
        match std::mem::take(&mut state.is_first) {
            true if is_seen_to => {}
            true => self.write(&mut state),
            false => self.have_it_written(&mut state),
        }
    }

    fn write(self: &Arc<Outbox>, state: &mut MutexGuard<'_, State>) {
        state.say_taken();
        while !state.writing && !state.collected.is_empty() && !state.closed {
            let mut bytes = self.begin(state);
            let written = MutexGuard::unlocked(state, || send_at_once(&self.stream, &bytes));
            state.writing = false;
            match written {
                Ok(count) if count == bytes.len() => self.keep(state, bytes),
                Ok(count) => {
                    bytes.drain(..count);
                    bytes.append(&mut state.collected);
                    state.collected = bytes;
                    self.call_thread(state);
                    return;
                }
                Err(_) => self.close_in(state),
            }
        }
    }

    /// Has what was added written soon.
    pub fn send_soon(self: &Arc<Outbox>) {
        self.have_it_written(&mut self.state.lock());
    }

    fn have_it_written(self: &Arc<Outbox>, state: &mut State) {
        state.say_taken();
        if !state.writing && !state.collected.is_empty() {
            self.call_thread(state);
        }
    }

    /// Waits while too much has not gone out.
    pub fn wait_for_room(&self) {
        let mut state = self.state.lock();
        while state.collected.len() > MUCH && !state.closed {
            self.room.wait(&mut state);
        }
    }

    /// Writes everything and waits until it has gone out.
    pub fn drain(self: &Arc<Outbox>) {
        self.send_now();
        let mut state = self.state.lock();
        while (state.writing || !state.collected.is_empty()) && !state.closed {
            self.room.wait(&mut state);
        }
    }

    /// Ends the link in both directions, whoever still has an end of it.
    pub fn hang_up(&self) {
        // It may be ended already.
        let _ = self.stream.shutdown(std::net::Shutdown::Both);
        self.close();
    }

    /// Nothing more is written; the thread ends.
    pub fn close(&self) {
        self.close_in(&mut self.state.lock());
    }

    fn close_in(&self, state: &mut State) {
        state.closed = true;
        state.collected = Vec::new();
        state.spare = Vec::new();
        self.news.notify_all();
        self.room.notify_all();
    }

    fn begin(&self, state: &mut State) -> Vec<u8> {
        state.writing = true;
        let spare = std::mem::take(&mut state.spare);
        std::mem::replace(&mut state.collected, spare)
    }

    /// What was written is empty room for what comes next.
    fn keep(&self, state: &mut State, mut written: Vec<u8>) {
        if written.capacity() <= KEPT {
            written.clear();
            state.spare = written;
        }
        self.room.notify_all();
    }

    fn call_thread(self: &Arc<Outbox>, state: &mut State) {
        if !state.has_thread {
            let own = self.clone();
            let started = thread::Builder::new()
                .name(String::from("cq outbox"))
                .stack_size(WRITER_STACK)
                .spawn(move || own.write_all_that_comes());
            state.has_thread = started.is_ok();
            if !state.has_thread {
                // No thread is to be had: wait for the other end here, after all.
                let bytes = self.begin(state);
                let written = (&self.stream).write_all(&bytes);
                state.writing = false;
                if written.is_err() {
                    self.close_in(state);
                }
                return;
            }
        }
        if state.thread_waits {
            state.thread_waits = false;
            self.news.notify_one();
        }
    }

    fn write_all_that_comes(&self) {
        let mut state = self.state.lock();
        loop {
            if state.closed {
                return;
            }
            if state.writing || state.collected.is_empty() {
                state.thread_waits = true;
                self.news.wait(&mut state);
                state.thread_waits = false;
                continue;
            }
            let bytes = self.begin(&mut state);
            let written = MutexGuard::unlocked(&mut state, || (&self.stream).write_all(&bytes));
            state.writing = false;
            match written {
                Ok(()) => self.keep(&mut state, bytes),
                Err(_) => self.close_in(&mut state),
            }
        }
    }
}
