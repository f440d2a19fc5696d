//! The one wait.
//!
//! Whatever a task waits for, it does the same thing: try; if that is not possible yet, leave a
//! [`Ticket`] with the object, in the same step as the failed try; hand the seat back; when woken,
//! try again.
//!
//! ```text
//!   Looking --a moment later--> Waiting
//!   Waiting --wake(Ready)-----> resumed, tries again
//!      |------wake(TimedOut)--> leaves the object, has not got it
//!      |------wake(Cancelled)-> leaves the object, unwinds
//! ```
//!
//! A task looks out for a moment before it hands the seat back, where that has helped lately: then
//! who wakes it changes the ticket's state and has nothing to send. A ticket is woken once: whoever
//! changes its state first decides why. The races have names:
//!
//! - *late waker*: an object wakes a ticket that has just timed out or been cancelled. `wake`
//!   says no, and the object goes on to its next ticket. Nothing is lost.
//! - *baton*: a ticket was woken because something can be had, but its task leaves without taking
//!   it (cancelled meanwhile, or a select that took from another queue). `leave` then wakes the
//!   object's next ticket.
//! - *second cancel*: a cancel strikes once. It is only told to the ticket of a wait that it can
//!   strike, never to one of the clean-up; the ticket's lock orders the strike and the telling.
//! - *early cancel*: a cancel between the last look at the flag and the ticket's being known to
//!   the task. The wait looks at the flag once more after it has made its ticket known.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::{Duration, Instant};

use num_traits::Signed;

use super::abroad::Whereabouts;
use super::fiber::{Resumed, Suspended};
use super::gather::Until;
use super::lock::{Lock, Semaphore};
use super::machine::Machine;
use super::mailbox::{FiberKey, Mail, SeatHandle};
use super::pool::PoolShared;
use super::promise::Promise;
use super::queue::Queue;
use super::task::{Task, Work};
use super::turn::Ask;
use crate::gate::StopSign;
use crate::syntax::span::Span;
use crate::value::error::fail;
use crate::value::{Kind, Result, Unwind, Value, guarded};

/// What a task waits for.
#[derive(Clone, Debug)]
pub enum WaitingFor {
    /// A value of a queue.
    Value(Arc<Queue>),
    /// The next value of a queue that is gone over until it is closed.
    Next(Arc<Queue>),
    /// That a queue takes a value: there is room, or somebody gets it.
    Room(Arc<Queue>),
    /// A value of one of several queues.
    AnyValue(Vec<Arc<Queue>>),
    /// The end of a task: force or join.
    End(Arc<Task>),
    /// The end of several, or of one of them.
    Ends(Vec<Arc<Task>>, Until),
    /// A promise that another task evaluates.
    Promise(Arc<Promise>),
    /// A lock.
    Lock(Arc<Lock>),
    /// A permit of a semaphore.
    Permit(Arc<Semaphore>),
    /// The end of all futures of a pool.
    Pool(Arc<PoolShared>),
    /// That time passes.
    Time,
    /// Something outside of the program: `input`, `fetch`, a file.
    Outside(&'static str),
    /// In a worker: an answer of the first process, where the task really waits. A cancel strikes
    /// there, so it does not end this wait.
    Answer,
    /// A task in another process, for which this one speaks.
    Process(Arc<Whereabouts>),
}

impl WaitingFor {
    /// Whether this ends by itself, so that it can never be part of a deadlock.
    pub fn ends_by_itself(&self) -> bool {
        matches!(self, WaitingFor::Time | WaitingFor::Outside(_))
    }

    /// Whether another task may let this come within a microsecond.
    fn may_come_soon(&self) -> bool {
        match self {
            WaitingFor::Value(_)
            | WaitingFor::Next(_)
            | WaitingFor::Room(_)
            | WaitingFor::AnyValue(_)
            | WaitingFor::End(_)
            | WaitingFor::Promise(_)
            | WaitingFor::Lock(_)
            | WaitingFor::Permit(_) => true,
            WaitingFor::Ends(..)
            | WaitingFor::Pool(_)
            | WaitingFor::Time
            | WaitingFor::Outside(_)
            | WaitingFor::Answer
            | WaitingFor::Process(_) => false,
        }
    }

    /// Whether a task of a pool that bounds what runs elsewhere keeps its seat in this wait.
    pub(super) fn keeps_seat(&self, pool: &PoolShared) -> bool {
        match self {
            WaitingFor::Time | WaitingFor::Outside(_) => pool.keeps_seat_outside(),
            // Its task computes, or waits for something that keeps a seat.
            WaitingFor::Process(whereabouts) => whereabouts
                .told()
                .is_none_or(|told| told.ends_by_itself && pool.keeps_seat_outside()),
            _ => false,
        }
    }
}

const WAITING: u8 = 0;
const READY: u8 = 1;
const TIMED_OUT: u8 = 2;
const CANCELLED: u8 = 3;
const LOOKING: u8 = 4;

/// One wait of one task.
#[derive(Debug)]
pub struct Ticket {
    state: AtomicU8,
    pub(super) fiber: FiberKey,
    pub(super) seat: Arc<SeatHandle>,
    /// Who waits.
    pub task: Arc<Task>,
    /// For what.
    pub what: WaitingFor,
    /// Where in the source.
    pub span: Span,
    /// Until when.
    pub deadline: Option<Instant>,
    /// Since when.
    pub since: Instant,
    /// In a worker: whether the first process was told of this wait.
    pub told: AtomicBool,
}

impl Ticket {
    /// The ticket of a wait on a stage, for reports.
    pub(super) fn on_stage(task: Arc<Task>, seat: Arc<SeatHandle>, ask: &Ask) -> Arc<Ticket> {
        Arc::new(Ticket {
            state: AtomicU8::new(WAITING),
            fiber: 0,
            seat,
            task,
            what: ask.what.clone(),
            span: ask.span,
            deadline: None,
            since: Instant::now(),
            told: AtomicBool::new(false),
        })
    }

    /// Wakes the task, unless something else has already woken it.
    pub fn wake(self: &Arc<Ticket>, why: Resumed) -> bool {
        let state = match why {
            Resumed::Ready | Resumed::Asked => READY,
            Resumed::TimedOut => TIMED_OUT,
            Resumed::Cancelled => CANCELLED,
        };
        let change =
            |from| (self.state).compare_exchange(from, state, Ordering::AcqRel, Ordering::Acquire);
        // It goes from looking to waiting, never back.
        match change(LOOKING) {
            Ok(_) => true,
            Err(WAITING) if change(WAITING).is_ok() => {
                self.seat.send(Mail::Wake(self.clone()));
                true
            }
            Err(_) => false,
        }
    }

    /// Its task stops looking and waits from now on, unless it was woken before.
    fn stops_looking(&self) -> bool {
        self.state
            .compare_exchange(LOOKING, WAITING, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
    }

    /// Where the task waits; one that another speaks for may have told.
    pub fn place(&self) -> Span {
        match &self.what {
            WaitingFor::Process(whereabouts) => whereabouts.told().map_or(self.span, |it| it.at),
            _ => self.span,
        }
    }

    /// Whether a cancel does not end this wait.
    pub(super) fn ignores_cancel(&self) -> bool {
        matches!(self.what, WaitingFor::Answer)
    }

    /// Whether nothing has woken it.
    pub fn is_waiting(&self) -> bool {
        matches!(self.state.load(Ordering::Acquire), WAITING | LOOKING)
    }

    /// Why it was woken.
    pub(super) fn woken_because(&self) -> Resumed {
        match self.state.load(Ordering::Acquire) {
            TIMED_OUT => Resumed::TimedOut,
            CANCELLED => Resumed::Cancelled,
            _ => Resumed::Ready,
        }
    }
}

impl Machine<'_> {
    /// Waits until `attempt` gives something; `None` when the deadline passes first.
    ///
    /// `attempt` tries, and if it gets a ticket and fails, leaves it with the object in the same
    /// step. `leave` takes a ticket back from the object, wakes the next one if there is
    /// something to be had (the baton), and may give what was got at the last moment.
    pub fn wait<T>(
        &mut self,
        what: impl FnOnce() -> WaitingFor,
        deadline: Option<Instant>,
        mut attempt: impl FnMut(Option<&Arc<Ticket>>) -> Option<T>,
        leave: impl FnMut(&Arc<Ticket>) -> Option<T>,
    ) -> Result<Option<T>> {
        guarded::assert_none_held();
        if self.gate.decides() {
            return self.wait_for_turn(what(), deadline, attempt, leave);
        }
        self.tick()?;
        if let Some(got) = attempt(None) {
            return Ok(Some(got));
        }
        self.wait_with_tickets(what(), deadline, None, attempt, leave)
    }

    /// The slow half of [`Machine::wait`]; `start`, if given, is run on this seat meanwhile.
    pub(super) fn wait_with_tickets<T>(
        &mut self,
        mut what: WaitingFor,
        deadline: Option<Instant>,
        mut start: Option<(Arc<Task>, Work)>,
        mut attempt: impl FnMut(Option<&Arc<Ticket>>) -> Option<T>,
        mut leave: impl FnMut(&Arc<Ticket>) -> Option<T>,
    ) -> Result<Option<T>> {
        loop {
            let since = Instant::now();
            if deadline.is_some_and(|deadline| deadline <= since) && start.is_none() {
                return Ok(None);
            }
            let looks = start.is_none() && what.may_come_soon();
            let mut ticket = self.ticket(what, deadline, since);
            if looks {
                ticket.state = AtomicU8::new(LOOKING);
            }
            let ticket = Arc::new(ticket);
            if let Some(got) = attempt(Some(&ticket)) {
                // It may have left the ticket with some of several objects before.
                leave(&ticket);
                return Ok(Some(got));
            }
            *self.task.ticket.lock() = Some(ticket.clone());
            let cancelled = self.task.cancel_waits() && !ticket.ignores_cancel();
            if cancelled || self.task.abroad.is_severed() {
                // The early cancel: nobody may have seen the ticket, so wake it ourselves.
                ticket.wake(Resumed::Cancelled);
            } else if deadline.is_none()
                // What has not started waits for nobody.
                && start.is_none()
                && super::deadlock::may_be_hopeless(&ticket)
            {
                self.runtime.suspect(&ticket);
            }
            let why = match start.take() {
                Some((task, work)) => Suspended::WaitingForStart(ticket.clone(), task, work),
                None => Suspended::Waiting(ticket.clone()),
            };
            let resumed = match looks && self.sees_it_come(&ticket) {
                true => ticket.woken_because(),
                false => self.suspend_to_wait(why),
            };
            *self.task.ticket.lock() = None;
            if ticket.told.load(Ordering::SeqCst)
                && let Some(first) = self.runtime.first_process()
                && let Err(unwind) = first.clone().goes_on(self)
            {
                leave(&ticket);
                return Err(unwind);
            }
            if self.task.cancel_waits() && !ticket.ignores_cancel() {
                leave(&ticket);
                return Err(self.strike());
            }
            match resumed {
                Resumed::Ready => match attempt(None) {
                    Some(got) => {
                        leave(&ticket);
                        return Ok(Some(got));
                    }
                    None => {
                        if let Some(got) = leave(&ticket) {
                            return Ok(Some(got));
                        }
                    }
                },
                Resumed::TimedOut | Resumed::Cancelled | Resumed::Asked => {
                    return Ok(leave(&ticket));
                }
            }
            what = ticket.what.clone();
        }
    }

    /// Looks for a moment whether the ticket is woken; if not, it waits from now on.
    fn sees_it_come(&self, ticket: &Ticket) -> bool {
        self.seat.looks_for(|| !ticket.is_waiting()) || !ticket.stops_looking()
    }

    /// A ticket for a wait of this task at this place.
    pub(super) fn ticket(
        &self,
        what: WaitingFor,
        deadline: Option<Instant>,
        since: Instant,
    ) -> Ticket {
        Ticket {
            state: AtomicU8::new(WAITING),
            fiber: self.fiber,
            seat: self.yard.handle.clone(),
            task: self.task.clone(),
            what,
            span: self.site,
            deadline,
            since,
            told: AtomicBool::new(false),
        }
    }

    /// In a worker: waits for an answer of the first process. A cancel does not strike here.
    pub fn wait_for_answer<T>(
        &mut self,
        mut attempt: impl FnMut(Option<&Arc<Ticket>>) -> Option<T>,
    ) -> Result<T> {
        loop {
            let got =
                self.wait_with_tickets(WaitingFor::Answer, None, None, &mut attempt, |_| None)?;
            if let Some(got) = got {
                return Ok(got);
            }
        }
    }

    /// Waits until `deadline`; other tasks run meanwhile.
    pub fn sleep_until(&mut self, deadline: Instant) -> Result<()> {
        self.wait(
            || WaitingFor::Time,
            Some(deadline),
            |_| None::<()>,
            |_| None,
        )?;
        Ok(())
    }

    /// The slow half of [`Machine::tick`].
    #[cold]
    #[inline(never)]
    pub fn attend(&mut self) -> Result<()> {
        if self.gate.decides() {
            return self.tick_on_stage();
        }
        self.seat.attention.settle();
        if self.task.cancel_waits() {
            return Err(self.strike());
        }
        if self.runtime.memory_is_scarce.load(Ordering::Relaxed) {
            return Err(fail(Kind::Memory, "the system has almost no memory left")
                .help("what holds so much? --max-memory stops a program before that"));
        }
        // What lies in another fiber does not know whether somebody wants that one's attention.
        if self.nested > 0 || self.seat.others_are_ready() {
            self.suspend(Suspended::Yielded);
            if self.task.cancel_waits() {
                return Err(self.strike());
            }
        }
        Ok(())
    }

    /// A cancel has struck where this task really waits.
    #[cold]
    pub fn strike_from_elsewhere(&mut self) -> Unwind {
        self.strike()
    }

    /// The cancel takes effect; it does so once, so that clean-up may call, loop and wait.
    #[cold]
    pub(super) fn strike(&mut self) -> Unwind {
        self.task.cancel_strikes();
        Unwind::Cancelled
    }
}

/// The stop sign of a task, for operations on values that take long.
pub struct Stops<'t> {
    task: &'t Task,
    seat: &'t SeatHandle,
}

impl<'t> Stops<'t> {
    /// That of a task on a seat.
    pub fn new(task: &'t Task, seat: &'t SeatHandle) -> Stops<'t> {
        Stops { task, seat }
    }
}

impl StopSign for Stops<'_> {
    fn strikes(&self) -> bool {
        let strikes = self.seat.attention.is_wanted() && self.task.cancel_waits();
        if strikes {
            self.task.cancel_strikes();
        }
        strikes
    }
}

/// A number of seconds; the largest ints are as good as infinity.
pub fn seconds(value: &Value) -> Option<f64> {
    match value {
        Value::Int(seconds) => Some(*seconds as f64),
        Value::Float(seconds) => Some(seconds.get()),
        Value::BigInt(seconds) if seconds.is_negative() => Some(f64::NEG_INFINITY),
        Value::BigInt(_) => Some(f64::INFINITY),
        _ => None,
    }
}

/// The moment at which a `timeout` argument (seconds, or nil for never) passes.
pub fn deadline(timeout: &Value) -> Result<Option<Instant>> {
    if let Value::Nil = timeout {
        return Ok(None);
    }
    let Some(seconds) = seconds(timeout) else {
        let got = crate::diagnostics::words::with_article(timeout.type_name());
        return Err(fail(
            Kind::Type,
            format!("a timeout is a number of seconds or nil, not {got}"),
        ));
    };
    if seconds.is_nan() || seconds < 0.0 {
        return Err(fail(
            Kind::Value,
            format!("a timeout cannot be {seconds} seconds"),
        ));
    }
    // What lies beyond the clock's range never passes.
    let duration = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
    Ok(Instant::now().checked_add(duration))
}

/// The error for a timeout that has passed.
#[cold]
pub fn timed_out(what: &str) -> Unwind {
    fail(Kind::Timeout, format!("{what} timed out"))
}
