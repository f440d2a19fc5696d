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
//! Small values that go ahead into one queue one after the other are put in a row, and what was taken
//! of values that are lent is counted; both are said before the next message.
//!
//! Messages go out in the order in which they were said, whoever writes. Who says something now
//! never waits for the other end to read: what does not fit into the socket is left to the thread.
//! So two ends that say much to each other cannot block each other.

use std::io::Write;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use nix::sys::socket::setsockopt;
use nix::sys::socket::sockopt::SndBuf;
use parking_lot::{Condvar, Mutex, MutexGuard};
use serde::Serialize;

use super::message::{FromWorker, Sealed};
use super::row::{self, Rows};
use super::shared_memory::{Blocks, Pieces, Row};
use super::socket::send_at_once;
use super::wire::{GREETING, LinkError, add};

/// Who sends ahead waits while there is more than this that has not gone out.
const MUCH: usize = 256 << 10;

/// How much the socket is asked to hold that the other end has not read.
const IN_THE_SOCKET: usize = 512 << 10;

/// A buffer that has grown larger than this for one message is not kept; what may wait grows to half
/// of it.
const KEPT: usize = 1 << 20;

/// How long a row waits for more.
const A_MOMENT: Duration = Duration::from_micros(50);

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
    /// What is to be said in one message with more of its kind.
    unsaid: Option<Unsaid>,
    rows: Rows,
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

/// What is not yet said, of one queue.
enum Unsaid {
    /// So many values that were lent were taken.
    Taken(u64, u64),
    /// Values that go ahead.
    Ahead(u64, Row),
}

impl State {
    fn add<M: Serialize>(&mut self, message: &M) -> Result<(), LinkError> {
        self.say_all();
        add(message, &mut self.collected)
    }

    fn say_all(&mut self) {
        let message = match self.unsaid.take() {
            Some(Unsaid::Taken(queue, count)) => FromWorker::Took(queue, count),
            Some(Unsaid::Ahead(queue, row)) => FromWorker::RowAhead(queue, self.rows.end(row)),
            None => return,
        };
        // Two numbers or a row are not too large.
        let _ = add(&message, &mut self.collected);
    }

    fn has_row(&self, queue: u64) -> bool {
        matches!(&self.unsaid, Some(Unsaid::Ahead(same, _)) if *same == queue)
    }

    /// The row that values for this queue go into; `None` if there is no room for one.
    fn row(&mut self, queue: u64) -> Option<&mut Row> {
        if !self.has_row(queue) {
            let row = self.rows.begin()?;
            self.say_all();
            self.unsaid = Some(Unsaid::Ahead(queue, row));
        }
        match &mut self.unsaid {
            Some(Unsaid::Ahead(_, row)) => Some(row),
            _ => None,
        }
    }

    /// The row that waits for more, if nothing else does.
    fn open_row(&self) -> Option<u64> {
        let is_open = self.collected.is_empty() && matches!(self.unsaid, Some(Unsaid::Ahead(..)));
        is_open.then_some(self.rows.begun())
    }

    fn has_something(&self) -> bool {
        !self.collected.is_empty() || self.unsaid.is_some()
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

    /// From now on rows may be put into these.
    pub fn fills(&self, blocks: Blocks) {
        self.state.lock().rows.fill(blocks);
    }

    /// A task has taken a value that was lent of this queue. That goes out with what is said next,
    /// before it; of several in a row, how many.
    pub fn took(&self, queue: u64) {
        let mut state = self.state.lock();
        state.rows.are_interrupted();
        match &mut state.unsaid {
            Some(Unsaid::Taken(same, count)) if *same == queue => *count += 1,
            _ => {
                state.say_all();
                state.unsaid = Some(Unsaid::Taken(queue, 1));
            }
        }
    }

    /// Sends a put of a small value that names nothing ahead, in a row of such, if there is room for
    /// one and `still` holds at that moment; says whether it did.
    pub fn row_ahead(
        self: &Arc<Outbox>,
        (queue, value): (u64, Pieces<'_>),
        still: impl FnOnce() -> bool,
        is_seen_to: bool,
    ) -> bool {
        let mut state = self.state.lock();
        if !state.rows.puts_many(queue) {
            return false;
        }
        if !state.has_row(queue)
            && let Some(blocks) = state.rows.worth_waiting()
            && !MutexGuard::unlocked(&mut state, || row::wait_for_free(&blocks))
        {
            state.rows.waited_in_vain();
        }
        if !still() {
            return false;
        }
        let Some(row) = state.row(queue) else {
            return false;
        };
        match row.add(value) {
            true => self.send_ahead(&mut state, is_seen_to),
            false => {
                state.say_all();
                self.write(&mut state);
            }
        }
        true
    }

    /// Sends a put ahead, if `still` holds at that moment; else gives the value back.
    pub fn goes_ahead(
        self: &Arc<Outbox>,
        (queue, value): (u64, Sealed),
        still: impl FnOnce() -> bool,
        is_seen_to: bool,
    ) -> Result<Option<Sealed>, LinkError> {
        let mut state = self.state.lock();
        if !still() {
            return Ok(Some(value));
        }
        state.add(&FromWorker::Ahead { queue, value })?;
        self.send_ahead(&mut state, is_seen_to);
        self.waits_for_room(&mut state);
        Ok(None)
    }

    /// What was added is sent ahead: the first since something was sent now is written at once, or
    /// left for what is said next if somebody sees to that soon.
    fn send_ahead(self: &Arc<Outbox>, state: &mut MutexGuard<'_, State>, is_seen_to: bool) {
        match std::mem::take(&mut state.is_first) {
            true if is_seen_to => {}
            true => self.write(state),
            false => self.have_it_written(state),
        }
    }

    /// Adds a message to what goes out next. `Ok(false)`: nobody listens any more.
    pub fn add<M: Serialize>(&self, message: &M) -> Result<bool, LinkError> {
        let mut state = self.state.lock();
        if state.closed {
            return Ok(false);
        }
        state.rows.are_interrupted();
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
        state.rows.are_interrupted();
        state.add(message)
    }

    /// Writes what was added, as far as the socket takes it; the thread writes the rest.
    pub fn send_now(self: &Arc<Outbox>) {
        let mut state = self.state.lock();
        state.is_first = true;
        self.write(&mut state);
    }

    fn write(self: &Arc<Outbox>, state: &mut MutexGuard<'_, State>) {
        while !state.writing && state.has_something() && !state.closed {
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
        if !state.writing && state.has_something() {
            self.call_thread(state);
        }
    }

    /// Waits while too much has not gone out.
    pub fn wait_for_room(&self) {
        self.waits_for_room(&mut self.state.lock());
    }

    fn waits_for_room(&self, state: &mut MutexGuard<'_, State>) {
        while state.collected.len() > MUCH && !state.closed {
            self.room.wait(state);
        }
    }

    /// Writes everything and waits until it has gone out.
    pub fn drain(self: &Arc<Outbox>) {
        self.send_now();
        let mut state = self.state.lock();
        while (state.writing || state.has_something()) && !state.closed {
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
        state.unsaid = None;
        state.collected = Vec::new();
        state.spare = Vec::new();
        self.news.notify_all();
        self.room.notify_all();
    }

    fn begin(&self, state: &mut State) -> Vec<u8> {
        state.say_all();
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
        let mut seen = None;
        loop {
            if state.closed {
                return;
            }
            if state.writing || !state.has_something() {
                state.thread_waits = true;
                self.news.wait(&mut state);
                state.thread_waits = false;
                continue;
            }
            let open = state.open_row();
            if open.is_some() && open != std::mem::replace(&mut seen, open) {
                self.news.wait_for(&mut state, A_MOMENT);
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
