//! Waiting on a stage: somebody else decides whose turn it is.
//!
//! Under the explorer a wait leaves no ticket. It asks for its turn and says what it waits for;
//! when the turn comes, what it waits for can be had, or its time has passed. A turn that comes at
//! once is taken without leaving the task's stack.
//!
//! ```text
//!   wait --asks(what, timed)--> stage ... Ready:     the attempt succeeds
//!                                         TimedOut:  it gives up
//!                                         Cancelled: it unwinds
//! ```

use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::Instant;

use super::fiber::{Resumed, Suspended};
use super::machine::Machine;
use super::mailbox::SeatHandle;
use super::plight::Plight;
use super::scene::Scene;
use super::task::Task;
use super::wait::{Ticket, WaitingFor};
use crate::diagnostics::report::Report;
use crate::diagnostics::source::Sources;
use crate::gate::Operation;
use crate::syntax::span::Span;
use crate::value::error::Thrown;
use crate::value::map::handle_address;
use crate::value::{Result, Unwind, Value};

/// Where what a value holds lives.
fn address(value: &Value) -> usize {
    match value {
        Value::List(list) => Arc::as_ptr(list).addr(),
        Value::Map(map) => Arc::as_ptr(map).addr(),
        Value::Bytes(bytes) => Arc::as_ptr(bytes).addr(),
        Value::Once(cell) => Arc::as_ptr(cell).addr(),
        Value::Shared(cell) => Arc::as_ptr(cell).addr(),
        other => handle_address(other),
    }
}

/// Who gives turns on a stage.
pub trait Turns {
    /// A task asks for something: how it goes on, if its turn comes at once. Else it is to stand
    /// still until it does.
    fn asks(&self, ask: &Ask) -> Option<Resumed>;

    /// A task starts another; the same.
    fn starts(&self, task: &Arc<Task>) -> Option<Resumed>;
}

/// What a task that waits asks the stage for.
#[derive(Clone, Debug)]
pub struct Ask {
    /// What it waits for.
    pub what: WaitingFor,
    /// Whether it gives up some time.
    pub timed: bool,
    /// Its value already stands in line; it waits for what becomes of it.
    pub in_line: Option<Arc<Ticket>>,
    /// Where in the source.
    pub span: Span,
}

impl Ask {
    /// Whether what is waited for can be had.
    pub fn is_possible(&self, me: &Arc<Task>) -> bool {
        match (&self.what, &self.in_line) {
            (WaitingFor::Room(queue), Some(ticket)) => queue.is_settled(ticket),
            (WaitingFor::Room(queue), None) => queue.capacity == Some(0) || queue.may_put(),
            (what, _) => what.can_be_had(me, self.timed),
        }
    }
}

/// The report about tasks that wait on a stage for what cannot happen, with what each has told.
pub fn stuck_on_stage(
    waits: &[(Arc<Task>, Ask)],
    scenes: &[Option<Scene>],
    sources: &Sources,
    seat: &Arc<SeatHandle>,
) -> Report {
    let tickets: Vec<Arc<Ticket>> = waits
        .iter()
        .map(|(task, ask)| {
            let ticket = Ticket::on_stage(task.clone(), seat.clone(), ask);
            *task.ticket.lock() = Some(ticket.clone());
            ticket
        })
        .collect();
    let mut report =
        Plight::new(&tickets, scenes, sources).report(super::deadlock::stuck(&tickets));
    for waiting in &mut report.waiting {
        // Time is not real here.
        waiting.since = None;
    }
    report
}

impl WaitingFor {
    fn can_be_had(&self, me: &Arc<Task>, timed: bool) -> bool {
        match self {
            WaitingFor::Value(queue) | WaitingFor::Next(queue) => queue.may_get(),
            WaitingFor::Room(queue) => queue.may_put(),
            WaitingFor::AnyValue(queues) => {
                queues.iter().any(|queue| queue.has_value())
                    || queues.iter().all(|queue| queue.is_closed())
            }
            WaitingFor::End(task) => task.has_ended(),
            WaitingFor::Ends(tasks, until) => until.holds(tasks),
            WaitingFor::Promise(promise) => match promise.evaluated_by() {
                // Its own: that is an error, which comes at once.
                Some(by) => Arc::ptr_eq(&by, me) && !timed,
                None => true,
            },
            WaitingFor::Lock(lock) => match lock.owner() {
                Some(owner) => Arc::ptr_eq(&owner, me) && !timed,
                None => true,
            },
            WaitingFor::Permit(semaphore) => semaphore.free() > 0,
            WaitingFor::Pool(pool) => pool.is_finished(),
            WaitingFor::Time
            | WaitingFor::Outside(_)
            | WaitingFor::Answer
            | WaitingFor::Process(_) => true,
        }
    }
}

impl Machine<'_> {
    /// [`Machine::wait`] on a stage.
    pub(super) fn wait_for_turn<T>(
        &mut self,
        what: WaitingFor,
        deadline: Option<Instant>,
        mut attempt: impl FnMut(Option<&Arc<Ticket>>) -> Option<T>,
        mut leave: impl FnMut(&Arc<Ticket>) -> Option<T>,
    ) -> Result<Option<T>> {
        let mut ask = Ask {
            what,
            timed: deadline.is_some(),
            in_line: None,
            span: self.site,
        };
        if let WaitingFor::Time = ask.what {
            // Sleep orders nothing.
            return Ok(None);
        }
        loop {
            let turn = self.turns.and_then(|turns| turns.asks(&ask));
            match turn.unwrap_or_else(|| self.suspend_to_wait(Suspended::Yielded)) {
                Resumed::Ready | Resumed::Asked => {}
                Resumed::TimedOut => {
                    let late = ask.in_line.take().and_then(|ticket| leave(&ticket));
                    return Ok(late);
                }
                Resumed::Cancelled => {
                    if let Some(ticket) = ask.in_line.take() {
                        leave(&ticket);
                    }
                    return Err(self.struck());
                }
            }
            if let Some(got) = attempt(None) {
                return Ok(Some(got));
            }
            // A value that is handed over has to stand in line first.
            let ticket = self.ticket(ask.what.clone(), deadline, Instant::now());
            if let Some(got) = attempt(Some(&ticket)) {
                return Ok(Some(got));
            }
            ask.in_line = Some(ticket);
        }
    }

    /// A cancel strikes, or the stage is cleared.
    pub(super) fn struck(&mut self) -> Unwind {
        match self.task.cancel_waits() {
            true => self.strike(),
            false => Unwind::Cancelled,
        }
    }

    /// Tells the state of the variables of the running code apart. What other tasks can change is
    /// not in it: who reads that announces it.
    pub fn digest(&self) -> u64 {
        let mut hasher = std::hash::DefaultHasher::new();
        for value in &self.stack[self.base..] {
            std::mem::discriminant(value).hash(&mut hasher);
            match value {
                Value::Bool(value) => value.get().hash(&mut hasher),
                Value::Int(value) => value.hash(&mut hasher),
                Value::Float(value) => value.get().to_bits().hash(&mut hasher),
                Value::BigInt(value) => value.hash(&mut hasher),
                Value::String(text) => text.hash(&mut hasher),
                Value::Range(range) => {
                    (range.start, range.end, range.step).hash(&mut hasher);
                }
                Value::Error(failure) => match &failure.thrown {
                    Thrown::Error { kind, message } => {
                        (kind.word(), message).hash(&mut hasher);
                    }
                    Thrown::Value(_) => Arc::as_ptr(failure).addr().hash(&mut hasher),
                },
                other => address(other).hash(&mut hasher),
            }
        }
        hasher.finish()
    }

    /// Whether it plays a task of another process on a stage: what it shares with others is
    /// copied.
    pub fn is_process_on_stage(&self) -> bool {
        self.gate.decides()
            && self
                .task
                .pool
                .as_ref()
                .is_some_and(|pool| pool.kind.is_process())
    }

    /// A new task enters the stage.
    pub(super) fn hand_over(&mut self, task: &Arc<Task>) -> Result<()> {
        let turn = self.turns.and_then(|turns| turns.starts(task));
        match turn.unwrap_or_else(|| self.port.suspend(Suspended::Yielded)) {
            Resumed::Cancelled => Err(Unwind::Cancelled),
            _ => Ok(()),
        }
    }

    /// A loop turn or call on a stage.
    pub(super) fn tick_on_stage(&mut self) -> Result<()> {
        match self.gate.tick() {
            true => Ok(()),
            false => Err(self.struck()),
        }
    }

    /// The program ends here and now; the stage never goes on with this task.
    pub fn leave_stage(&mut self, status: i32) -> Unwind {
        self.gate.announce(|| Operation::Exit);
        self.port.suspend(Suspended::Exits(status));
        Unwind::Cancelled
    }
}
