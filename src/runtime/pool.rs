//! Pools: futures that wait for one of n seats.
//!
//! ```text
//!   submit --> [ unstarted, in the order they were made ] --take--> a seat: running (at most n)
//!                                                                     | waits: stands up
//!                                                        woken: sits down, before unstarted ones
//! ```
//!
//! The shared pool is one of these with a seat a processor; a task of it may also be started by
//! whoever forces it first. In an explicit pool a task that sleeps or talks to the outside keeps
//! its seat; every other wait gives it up. Its threads start when they are first needed.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::{fmt, io};

use super::calls::{Calls, note};
use super::mailbox::{Mail, SeatHandle};
pub use super::place::PoolKind;
use super::task::{Task, Work};
use super::thread::cannot_start_thread;
use super::wait::Ticket;
use crate::value::Result;
use crate::value::guarded::Guarded;

/// A pool as a value. When no program can reach it any more, its threads end with their work.
#[derive(Debug)]
pub struct Pool {
    /// What its seats share.
    pub shared: Arc<PoolShared>,
}

/// What a pool needs of the program it belongs to.
///
/// (It is a trait object for the compiler's sake too: programs hold tasks and tasks hold pools, and
/// its proof that threads may share them all would go through that circle again and again.)
pub trait StartSeats: Send + Sync {
    /// A seat of the pool, on a thread of its own.
    fn start_seat(self: Arc<Self>, name: String, pool: Arc<PoolShared>) -> io::Result<()>;

    /// A spawned task of the pool was cancelled before it started.
    fn never_started(&self, task: &Task);

    /// A pool of processes takes no more work.
    fn shut_down(&self, pool: &PoolShared);
}

impl fmt::Debug for dyn StartSeats {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "the program")
    }
}

/// What the seats and tasks of a pool share.
#[derive(Debug)]
pub struct PoolShared {
    /// Its number, from 1; those that the program has not made are 0.
    pub number: u64,
    /// What kind of pool it is.
    pub kind: PoolKind,
    /// How many seats it has.
    pub seats: usize,
    pub(super) program: Weak<dyn StartSeats>,
    /// Tasks made and not ended, where somebody may wait for that: not in the shared pool.
    pub(super) unfinished: AtomicUsize,
    /// Whether tasks may have been left without calling a seat.
    left: AtomicBool,
    pub(super) state: Guarded<State>,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) unstarted: VecDeque<Arc<Task>>,
    pub(super) calls: Calls,
    /// Seats that have a ready fiber but find n others running.
    standing: Vec<Arc<SeatHandle>>,
    /// How many run, if the pool is bounded.
    running: usize,
    threads: usize,
    pub(super) closed: bool,
    /// Who waits until nothing is unfinished.
    pub(super) waiting: Vec<Arc<Ticket>>,
}

/// What has to happen so that an unstarted task is started.
enum Then {
    /// A seat that is busy will see it, or one that is called later.
    Nothing,
    /// This seat is to look.
    Wake(Arc<SeatHandle>),
    /// The pool needs one more thread, which is already counted.
    Grow,
}

impl PoolShared {
    /// A pool of `seats` seats without any thread yet.
    pub fn new(
        number: u64,
        kind: PoolKind,
        seats: usize,
        program: Weak<dyn StartSeats>,
    ) -> Arc<PoolShared> {
        Arc::new(PoolShared {
            number,
            kind,
            seats,
            program,
            unfinished: AtomicUsize::new(0),
            left: AtomicBool::new(false),
            state: Guarded::default(),
        })
    }

    /// `pool #1: 4 threads`
    pub fn words(&self) -> String {
        let count = match (self.kind.is_process(), self.seats) {
            (true, 1) => String::from("1 process"),
            (true, many) => format!("{many} processes"),
            (false, seats) => crate::diagnostics::words::count(seats, "thread"),
        };
        format!("pool #{}: {count}", self.number)
    }

    /// Whether a task of it that sleeps or talks to the outside keeps its seat.
    pub fn keeps_seat_outside(&self) -> bool {
        matches!(self.kind, PoolKind::Threads | PoolKind::Processes)
    }

    /// Whether whoever forces a task of it that has not started runs it.
    pub fn starts_in_place(&self) -> bool {
        self.kind == PoolKind::Shared
    }

    fn most_threads(&self) -> usize {
        match self.kind.is_process() {
            true => 1,
            false => self.seats,
        }
    }

    /// Adds a task that has not started.
    pub fn submit(self: &Arc<PoolShared>, task: &Arc<Task>) -> Result<()> {
        let then = self.state.with(|state| {
            if state.closed {
                return None;
            }
            state.unstarted.push_back(task.clone());
            if !self.starts_in_place() {
                self.unfinished.fetch_add(1, Ordering::SeqCst);
            }
            Some(self.call_or_leave(state))
        });
        match then {
            None => Err(self.is_shut_down()),
            Some(Then::Grow) => {
                let grown = self.grow();
                if grown.is_err() {
                    // The future was never made.
                    self.state
                        .with(|state| state.unstarted.retain(|other| !Arc::ptr_eq(other, task)));
                    task.request_cancel();
                }
                grown
            }
            Some(then) => {
                self.call(then);
                Ok(())
            }
        }
    }

    /// The same as [`PoolShared::call_somebody`] for what may lie for a moment.
    fn call_or_leave(&self, state: &mut State) -> Then {
        if self.starts_in_place() && state.calls.can_leave(state.unstarted.len()) {
            self.left.store(true, Ordering::Relaxed);
            return Then::Nothing;
        }
        self.call_somebody(state)
    }

    /// Whether something may have been left.
    pub fn has_left(&self) -> bool {
        self.left.load(Ordering::Acquire)
    }

    /// Calls a seat if something was left. Done by every seat of another pool before it rests or
    /// ends, so that nobody waits for what nobody starts.
    pub fn calls_for_what_is_left(self: &Arc<PoolShared>) {
        if self.has_left() && self.left.swap(false, Ordering::SeqCst) {
            let then = self.state.with(|state| match state.unstarted.is_empty() {
                true => Then::Nothing,
                false => self.call_somebody(state),
            });
            self.call(then);
        }
    }

    /// Who is to start what has just been added, or was left lying.
    fn call_somebody(&self, state: &mut State) -> Then {
        if state.calls.is_under_way() {
            return Then::Nothing;
        }
        match state.calls.next() {
            Some(seat) => Then::Wake(seat),
            None if state.threads < self.most_threads() => {
                state.threads += 1;
                Then::Grow
            }
            None => Then::Nothing,
        }
    }

    /// A seat that was noted as idle goes on with a fiber of its own, which may take long. If it
    /// was called meanwhile to start something, somebody else is called in its place.
    pub fn has_got_busy(self: &Arc<PoolShared>, seat: &Arc<SeatHandle>) {
        let then = self.state.with(|state| {
            let was_called = state.calls.has_come(seat);
            match was_called && !state.unstarted.is_empty() {
                true => self.call_somebody(state),
                false => Then::Nothing,
            }
        });
        self.call(then);
    }

    fn call(self: &Arc<PoolShared>, then: Then) {
        match then {
            Then::Nothing => {}
            Then::Wake(other) => other.send(Mail::Look),
            // If the system gives no thread, another seat starts it later.
            Then::Grow => drop(self.grow()),
        }
    }

    fn grow(self: &Arc<PoolShared>) -> Result<()> {
        let Some(program) = self.program.upgrade() else {
            return Ok(());
        };
        let name = match self.kind {
            PoolKind::Shared => String::from("cq seat"),
            PoolKind::Threads | PoolKind::Processes | PoolKind::InFirstProcess(_) => {
                format!("cq pool {}", self.number)
            }
            PoolKind::SharedProcesses | PoolKind::Speakers => String::from("cq broker"),
        };
        let Err(error) = program.start_seat(name, self.clone()) else {
            return Ok(());
        };
        let has_others = self.state.with(|state| {
            state.threads -= 1;
            state.threads > 0
        });
        match has_others {
            true => Ok(()),
            false => Err(cannot_start_thread(&error)),
        }
    }

    /// The next task to start, counted as running, and up to so many more for later; if there is
    /// none, the seat is noted as idle and must rest.
    pub fn take(
        self: &Arc<PoolShared>,
        seat: &Arc<SeatHandle>,
        more: usize,
    ) -> Option<(Arc<Task>, Work)> {
        loop {
            // Those that were forced in place are passed over in one go; they are dropped outside
            // of the lock, for they may hold a pool.
            let mut passed = Vec::new();
            let (task, then) = self.state.with(|state| {
                state.calls.has_come(seat);
                if state.running >= self.limit() {
                    note(&mut state.standing, seat);
                    return (None, Then::Nothing);
                }
                while state
                    .unstarted
                    .front()
                    .is_some_and(|task| task.is_claimed_future())
                {
                    passed.extend(state.unstarted.pop_front());
                }
                match state.unstarted.pop_front() {
                    Some(task) => {
                        state.running += usize::from(self.kind.is_bounded());
                        // Half of its share, so that the others have something to take as well.
                        let more = more.min(state.unstarted.len() / 2 / self.seats);
                        seat.batch.keep(state.unstarted.drain(..more));
                        let then = match state.unstarted.is_empty() {
                            true => Then::Nothing,
                            false => self.call_or_leave(state),
                        };
                        (Some(task), then)
                    }
                    None => {
                        // Nobody calls the seats of a pool that takes no more work.
                        if !state.closed {
                            state.calls.is_idle(seat);
                        }
                        (None, Then::Nothing)
                    }
                }
            });
            drop(passed);
            self.call(then);
            let task = task?;
            match task.claim() {
                Some(work) => return Some((task, work)),
                // Forced in place or cancelled meanwhile.
                None => {
                    self.stand_up();
                    if let Some(program) = self.program.upgrade() {
                        program.never_started(&task);
                    }
                }
            }
        }
    }

    /// What a seat has taken for later is anybody's again.
    pub(super) fn takes_back(self: &Arc<PoolShared>, seat: &SeatHandle) {
        let then = self.state.with(|state| {
            for task in seat.batch.take().into_iter().rev() {
                state.unstarted.push_front(task);
            }
            match state.unstarted.is_empty() {
                true => Then::Nothing,
                false => self.call_somebody(state),
            }
        });
        self.call(then);
    }

    /// A task that has not started was claimed to run in place. It is most often the oldest or the
    /// newest: then it does not lie here until a seat passes over it.
    pub fn forget(&self, task: &Arc<Task>) {
        let is_it = |other: &Arc<Task>| Arc::ptr_eq(other, task);
        let forgotten = self.state.with(|state| {
            if state.unstarted.back().is_some_and(is_it) {
                state.unstarted.pop_back()
            } else if state.unstarted.front().is_some_and(is_it) {
                state.unstarted.pop_front()
            } else {
                None
            }
        });
        drop(forgotten);
    }

    /// A ready fiber wants to go on; false if n others run, then the seat is told when that changes.
    pub fn sit_down(&self, seat: &Arc<SeatHandle>) -> bool {
        if !self.kind.is_bounded() {
            return true;
        }
        self.state.with(|state| {
            let may = state.running < self.limit();
            match may {
                true => state.running += 1,
                false => note(&mut state.standing, seat),
            }
            may
        })
    }

    /// One that was running waits or has ended.
    pub fn stand_up(&self) {
        if !self.kind.is_bounded() {
            return;
        }
        let standing = self.state.with(|state| {
            state.running = state.running.saturating_sub(1);
            std::mem::take(&mut state.standing)
        });
        for seat in standing {
            seat.send(Mail::Look);
        }
    }

    fn limit(&self) -> usize {
        match self.kind.is_bounded() {
            true => self.seats,
            false => usize::MAX,
        }
    }

    /// Counts a task that a stage, not a seat, will start.
    pub fn count_one_more(&self) -> Result<()> {
        let closed = self.state.with(|state| {
            let more = usize::from(!state.closed);
            self.unfinished.fetch_add(more, Ordering::SeqCst);
            state.closed
        });
        match closed {
            true => Err(self.is_shut_down()),
            false => Ok(()),
        }
    }

    /// Whether the program made it, with so many seats.
    pub fn has_seats(&self) -> bool {
        matches!(self.kind, PoolKind::Threads | PoolKind::Processes)
    }
}

impl Drop for PoolShared {
    fn drop(&mut self) {
        crate::gate::gone(self);
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.shut_down();
    }
}
