//! Tasks: everything that runs. The main program is task #1.
//!
//! ```text
//!   Unstarted --claim--> Running --finish--> Ended
//!       \---------------cancel---------------^
//! ```
//!
//! A task is claimed once: by a seat of its pool, or by the task that forces it first. A cancel
//! is a request that strikes once: at the task's next loop turn, call or wait.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicUsize, Ordering};

use parking_lot::Mutex;

use super::abroad::Abroad;
use super::elsewhere::{HandleKind, StandIn};
use super::fiber::Resumed;
use super::limits::Life;
pub use super::listeners::Listener;
use super::listeners::Listeners;
use super::mailbox::{self, SeatHandle};
use super::pool::PoolShared;
use super::wait::Ticket;
pub use super::work::Work;
use crate::gate::ObjectId;
use crate::syntax::span::Span;
use crate::value::error::TaskMark;
use crate::value::guarded::{Guarded, single};
use crate::value::{Failure, Kind, Result, Unwind, Value};

/// What started a task.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum TaskKind {
    /// The program itself.
    Main,
    /// `future`, `submit`, `map` on a pool.
    Future,
    /// `spawn`
    Spawned,
}

/// Whose seats a task needs.
#[derive(Clone, Debug)]
pub enum Seats {
    /// A thread of its own, or nobody's: it is spoken for.
    Own,
    /// The shared pool's. (They are not counted one by one: there may be a million such tasks.)
    Shared,
    /// A pool's.
    Of(Arc<PoolShared>),
}

/// How a task ended.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// With a value.
    Value(Value),
    /// With something thrown.
    Failed(Arc<Failure>),
    /// By a cancel.
    Cancelled,
}

#[derive(Debug)]
enum Phase {
    Unstarted(Work),
    Running,
    Ended(Outcome),
}

#[derive(Debug)]
struct State {
    phase: Phase,
    listeners: Listeners,
}

thread_local! {
    static CANCELS: Cell<u64> = const { Cell::new(0) };
}

/// How often tasks have been asked to stop on this thread: who decides about tasks sees from it
/// whether to look at them.
pub fn cancels_asked() -> u64 {
    CANCELS.with(Cell::get)
}

const NOT_CANCELLED: u8 = 0;
const CANCEL_REQUESTED: u8 = 1;
const CANCEL_STRUCK: u8 = 2;

/// A task.
#[derive(Debug)]
pub struct Task {
    /// Its number among the tasks or among the futures, from 1; the main program is task 1.
    pub number: u64,
    /// What started it.
    pub kind: TaskKind,
    /// Where it was started; `None` for the main program.
    pub started_at: Option<Span>,
    /// The number of the task that started it; 0 for the main program.
    pub parent: u64,
    /// The pool whose seats it needs, unless that is the shared one; `None` for the main program
    /// and spawned tasks.
    pub pool: Option<Arc<PoolShared>>,
    /// Whether it is a future of the shared pool.
    pub is_shared: bool,
    /// The wait it is in.
    pub(super) ticket: Mutex<Option<Arc<Ticket>>>,
    /// The seat it runs on, by its address; 0 before it has started.
    seat: AtomicUsize,
    state: Guarded<State>,
    /// Whether somebody has its work; may be seen late.
    claimed: AtomicBool,
    /// Whether it has ended; seen at once by who looks again and again.
    ended: AtomicBool,
    cancel: AtomicU8,
    asked: AtomicBool,
    locks_held: AtomicU32,
    /// Whether living tasks are counted.
    is_counted: AtomicBool,
    /// What counts it among them.
    life: Mutex<Option<Life>>,
    /// What it has to do with other processes.
    pub abroad: Abroad,
}

impl Task {
    /// A task that has not started.
    pub fn new(
        number: u64,
        kind: TaskKind,
        started_at: Option<Span>,
        parent: u64,
        seats: Seats,
        work: Work,
    ) -> Arc<Task> {
        if kind != TaskKind::Main {
            single::ends();
        }
        Arc::new(Task::made(number, kind, started_at, parent, seats, work))
    }

    fn made(
        number: u64,
        kind: TaskKind,
        started_at: Option<Span>,
        parent: u64,
        seats: Seats,
        work: Work,
    ) -> Task {
        let is_shared = matches!(seats, Seats::Shared);
        let pool = match seats {
            Seats::Own | Seats::Shared => None,
            Seats::Of(pool) => Some(pool),
        };
        Task {
            number,
            kind,
            started_at,
            parent,
            pool,
            is_shared,
            ticket: Mutex::new(None),
            seat: AtomicUsize::new(0),
            state: Guarded::new(State {
                phase: Phase::Unstarted(work),
                listeners: Listeners::Nobody,
            }),
            claimed: AtomicBool::new(false),
            ended: AtomicBool::new(false),
            cancel: AtomicU8::new(NOT_CANCELLED),
            asked: AtomicBool::new(false),
            locks_held: AtomicU32::new(0),
            is_counted: AtomicBool::new(false),
            life: Mutex::new(None),
            abroad: Abroad::default(),
        }
    }

    /// In a worker: what stands for a task of another process.
    pub fn standing_in(away: StandIn) -> Arc<Task> {
        let kind = match away.name.kind {
            HandleKind::Future => TaskKind::Future,
            _ => TaskKind::Spawned,
        };
        let number = away.name.id;
        let nothing = Work::native(Box::new(|_| Ok(Value::Nil)));
        let mut task = Task::made(number, kind, None, 0, Seats::Own, nothing);
        task.abroad = Abroad::of_stand_in(away);
        Arc::new(task)
    }

    /// In a worker: the way to it, if it is a task of another process.
    pub fn away(&self) -> Option<&StandIn> {
        self.abroad.away()
    }

    /// There is nobody left to speak for: its wait ends, and every later one.
    pub fn sever(&self) {
        self.abroad.becomes_severed();
        if let Some(ticket) = &*self.ticket.lock() {
            ticket.wake(Resumed::Cancelled);
        }
    }

    /// What identifies it at the gate.
    pub fn id(&self) -> ObjectId {
        ObjectId::of(self)
    }

    /// Takes its work, if nobody has.
    pub fn claim(&self) -> Option<Work> {
        let work = self.state.with(|state| match &state.phase {
            Phase::Unstarted(_) => match std::mem::replace(&mut state.phase, Phase::Running) {
                Phase::Unstarted(work) => Some(work),
                _ => None,
            },
            _ => None,
        });
        self.claimed.store(true, Ordering::Relaxed);
        work
    }

    /// Whether it is a future that has certainly started or never will; one that just does may
    /// still look unclaimed.
    pub(super) fn is_claimed_future(&self) -> bool {
        self.kind == TaskKind::Future && self.claimed.load(Ordering::Relaxed)
    }

    /// Ends it and wakes who waits for that. Whatever a struck task does, it ends cancelled.
    pub fn finish(&self, result: Result<Value>) {
        let struck = self.cancel.load(Ordering::SeqCst) == CANCEL_STRUCK;
        let outcome = match result {
            _ if struck => Outcome::Cancelled,
            Ok(value) => Outcome::Value(value),
            Err(Unwind::Failed(failure)) => Outcome::Failed(failure),
            Err(Unwind::Cancelled) => Outcome::Cancelled,
        };
        self.end(outcome);
    }

    /// It counts among the living until it ends.
    pub(super) fn lives(&self, life: Life) {
        *self.life.lock() = Some(life);
        self.is_counted.store(true, Ordering::Release);
    }

    fn end(&self, outcome: Outcome) {
        if self.is_counted.load(Ordering::Acquire) {
            drop(self.life.lock().take());
        }
        let listeners = self.state.with(|state| {
            state.phase = Phase::Ended(outcome);
            std::mem::take(&mut state.listeners)
        });
        self.ended.store(true, Ordering::Release);
        if let Some(pool) = &self.pool {
            pool.one_ended();
        }
        listeners.tell();
    }

    /// What it is to call and with what, while it has not started; `None` if that is no code of
    /// the program.
    pub fn calls(&self) -> Option<Vec<Value>> {
        self.state.with(|state| match &state.phase {
            Phase::Unstarted(Work::Call {
                function,
                arguments,
            }) => {
                let mut values = vec![function.clone()];
                values.extend_from_slice(arguments);
                Some(values)
            }
            _ => None,
        })
    }

    /// How it ended, if it has.
    pub fn outcome(&self) -> Option<Outcome> {
        self.state.with(|state| match &state.phase {
            Phase::Ended(outcome) => Some(outcome.clone()),
            _ => None,
        })
    }

    /// Whether it has certainly ended; costs no more than a look.
    pub(super) fn is_seen_to_have_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// Whether it has ended.
    pub fn has_ended(&self) -> bool {
        self.state
            .with(|state| matches!(state.phase, Phase::Ended(_)))
    }

    /// Its state in one word, as it is printed.
    pub fn state_word(&self) -> &'static str {
        self.state.with(|state| match &state.phase {
            Phase::Unstarted(_) => "waiting to start",
            Phase::Running => "running",
            Phase::Ended(Outcome::Value(_)) => "done",
            Phase::Ended(Outcome::Failed(_)) => "failed",
            Phase::Ended(Outcome::Cancelled) => "cancelled",
        })
    }

    /// Registers who wants to know, unless it has ended: then gives the listener back.
    pub fn listen(&self, listener: Listener) -> std::result::Result<(), Listener> {
        self.state.with(|state| match state.phase {
            Phase::Ended(_) => Err(listener),
            _ => {
                state.listeners.add(listener);
                Ok(())
            }
        })
    }

    /// Forgets a ticket.
    pub fn stop_listening(&self, ticket: &Arc<Ticket>) {
        if self.is_seen_to_have_ended() {
            // Nobody listens any more.
            return;
        }
        self.state.with(|state| state.listeners.forget(ticket));
    }

    /// Whether a task waits for its end right now.
    pub fn is_waited_for(&self) -> bool {
        self.state.with(|state| !state.listeners.is_empty())
    }

    /// It has taken a lock.
    pub(super) fn takes_lock(&self) {
        self.locks_held.fetch_add(1, Ordering::Relaxed);
    }

    /// It has given a lock back.
    pub(super) fn gives_lock_back(&self) {
        self.locks_held.fetch_sub(1, Ordering::Relaxed);
    }

    /// Whether it holds any lock.
    pub fn holds_locks(&self) -> bool {
        self.locks_held.load(Ordering::Relaxed) > 0
    }

    /// Somebody wants to know how it ended; its failure is no longer a surprise.
    pub fn ask(&self) {
        self.asked.store(true, Ordering::Relaxed);
    }

    /// Whether anybody has asked.
    pub fn was_asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }

    /// Asks it to stop; true if it had not ended.
    pub fn request_cancel(&self) -> bool {
        CANCELS.with(|asked| asked.set(asked.get() + 1));
        // Whoever has its work decides: nobody but us has if it has not started.
        if !self.abroad.has_to_speak()
            && let Some(work) = self.claim()
        {
            drop(work);
            self.end(Outcome::Cancelled);
            return true;
        }
        match self.has_ended() {
            true => false,
            false => {
                let _ = self.cancel.compare_exchange(
                    NOT_CANCELLED,
                    CANCEL_REQUESTED,
                    Ordering::SeqCst,
                    Ordering::SeqCst,
                );
                if let Some(seat) = mailbox::seat_at(self.seat.load(Ordering::SeqCst)) {
                    seat.wants_attention();
                }
                // Under the ticket's lock, as the strike is: a wait of its clean-up is left alone.
                let ticket = self.ticket.lock();
                if self.cancel_waits()
                    && let Some(ticket) = ticket.as_ref().filter(|ticket| !ticket.ignores_cancel())
                {
                    ticket.wake(Resumed::Cancelled);
                }
                true
            }
        }
    }

    /// Asks it to stop, also if it has been asked before: then its clean-up is struck.
    pub(super) fn cancel_anew(&self) {
        self.forget_cancel();
        self.request_cancel();
    }

    /// It goes on after what a cancel has struck.
    pub(super) fn forget_cancel(&self) {
        self.cancel.store(NOT_CANCELLED, Ordering::SeqCst);
    }

    /// The wait it is in.
    pub fn wait(&self) -> Option<Arc<Ticket>> {
        self.ticket.lock().clone()
    }

    /// It starts on this seat: whoever cancels it from now on lets that one look up.
    pub(super) fn starts_on(&self, seat: &SeatHandle) {
        self.seat.store(seat.address(), Ordering::SeqCst);
    }

    /// Whether a cancel was requested that has not struck.
    pub fn cancel_waits(&self) -> bool {
        self.cancel.load(Ordering::SeqCst) == CANCEL_REQUESTED
    }

    /// Whether a cancel has struck.
    pub fn cancel_has_struck(&self) -> bool {
        self.cancel.load(Ordering::SeqCst) == CANCEL_STRUCK
    }

    pub(super) fn cancel_strikes(&self) {
        let _ticket = self.ticket.lock();
        self.cancel.store(CANCEL_STRUCK, Ordering::SeqCst);
    }

    /// How stories name it; `None` for the main program.
    pub fn mark(&self) -> Option<TaskMark> {
        let verb = match self.kind {
            TaskKind::Main => return None,
            TaskKind::Future => "started",
            TaskKind::Spawned => "spawned",
        };
        Some(TaskMark {
            number: self.number,
            process: self.abroad.process(),
            verb,
            started_at: self.started_at,
        })
    }

    /// What messages call it: `task #2`, `future #3`, `the main program`.
    pub fn title(&self) -> String {
        match self.kind {
            TaskKind::Main => String::from("task #1 (the main program)"),
            TaskKind::Future => format!("future #{}", self.number),
            TaskKind::Spawned => format!("task #{}", self.number),
        }
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        crate::gate::gone(self);
    }
}

impl Drop for State {
    fn drop(&mut self) {
        let phase = std::mem::replace(&mut self.phase, Phase::Running);
        match phase {
            Phase::Ended(Outcome::Value(value)) => crate::value::drop_deep_one(value),
            Phase::Unstarted(Work::Call { arguments, .. }) => crate::value::drop_deep(arguments),
            _ => {}
        }
    }
}

/// The error that forcing a cancelled task gives.
#[cold]
pub fn was_cancelled(task: &Task) -> Unwind {
    crate::value::error::fail(Kind::Cancelled, format!("{} was cancelled", task.title()))
}
