//! Promises: values worked out when first forced, once, whoever forces them.
//!
//! ```text
//!   Unforced --force--> Evaluating(by) --value or error--> Ended
//!       ^------ cancelled ----/
//! ```

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use super::fiber::Resumed;
use super::machine::Machine;
use super::wait::{Ticket, WaitingFor, timed_out};
use crate::gate::{Gate, ObjectId, Operation};
use crate::value::error::fail;
use crate::value::function::Function;
use crate::value::guarded::Guarded;
use crate::value::{Failure, Kind, Result, Unwind, Value};

/// Work of the runtime itself that a promise can stand for.
pub type Native = dyn Fn(&mut Machine<'_>) -> Result<Value> + Send + Sync;

/// What is to be evaluated.
#[derive(Clone)]
enum Thunk {
    Code(Arc<Function>),
    Native(Arc<Native>),
}

enum State {
    Unforced(Thunk),
    Evaluating {
        by: Arc<super::task::Task>,
        /// For who copies the promise meanwhile.
        thunk: Thunk,
        waiting: Vec<Arc<Ticket>>,
    },
    Done(Value),
    Failed(Arc<Failure>),
}

/// A promise.
pub struct Promise {
    state: Guarded<State>,
}

/// What is in a promise, for a copy of it.
#[derive(Clone, Debug)]
pub enum Content {
    /// Code that has not been evaluated, or not to its end.
    Code(Arc<Function>),
    /// Its value.
    Done(Value),
    /// What evaluating it has thrown.
    Failed(Arc<Failure>),
}

/// What forcing comes to when nobody has to be waited for.
enum Step {
    Known(Result<Value>),
    Evaluate(Thunk),
}

impl Promise {
    /// What `delay e` makes.
    pub fn delayed(body: Arc<Function>) -> Arc<Promise> {
        Promise::of(State::Unforced(Thunk::Code(body)))
    }

    /// A promise of something that the runtime works out.
    pub fn native(
        work: impl Fn(&mut Machine<'_>) -> Result<Value> + Send + Sync + 'static,
    ) -> Arc<Promise> {
        Promise::of(State::Unforced(Thunk::Native(Arc::new(work))))
    }

    /// A promise that is already known.
    pub fn known(value: Value) -> Arc<Promise> {
        Promise::of(State::Done(value))
    }

    fn of(state: State) -> Arc<Promise> {
        Arc::new(Promise {
            state: Guarded::new(state),
        })
    }

    /// Its value if it is known.
    pub fn peek(&self) -> Option<Value> {
        self.state.with_value(|state| match state {
            State::Done(value) => Some(value.clone()),
            _ => None,
        })
    }

    /// What is in it at this moment; `None` if it is work of the runtime, which has no copies.
    pub fn content(&self, gate: &Gate<'_>) -> Option<Content> {
        gate.announce(|| Operation::Poll(ObjectId::of(self)));
        self.state.with_value(|state| match state {
            State::Unforced(Thunk::Code(body))
            | State::Evaluating {
                thunk: Thunk::Code(body),
                ..
            } => Some(Content::Code(body.clone())),
            State::Unforced(Thunk::Native(_))
            | State::Evaluating {
                thunk: Thunk::Native(_),
                ..
            } => None,
            State::Done(value) => Some(Content::Done(value.clone())),
            State::Failed(failure) => Some(Content::Failed(failure.clone())),
        })
    }

    /// Puts the content into a copy that nobody has seen yet.
    pub fn fill(&self, content: Content) {
        let new = match content {
            Content::Code(body) => State::Unforced(Thunk::Code(body)),
            Content::Done(value) => State::Done(value),
            Content::Failed(failure) => State::Failed(failure),
        };
        let old = self.state.with_value(|state| std::mem::replace(state, new));
        drop(old);
    }

    /// Whether it has been evaluated, to a value or an error.
    pub fn has_ended(&self) -> bool {
        self.state
            .with_value(|state| matches!(state, State::Done(_) | State::Failed(_)))
    }

    /// Its state in one word, as it is printed.
    pub fn state_word(&self) -> &'static str {
        self.state.with_value(|state| match state {
            State::Unforced(_) => "unforced",
            State::Evaluating { .. } => "running",
            State::Done(_) => "done",
            State::Failed(_) => "failed",
        })
    }

    /// The task that evaluates it right now.
    pub fn evaluated_by(&self) -> Option<Arc<super::task::Task>> {
        self.state.with_value(|state| match state {
            State::Evaluating { by, .. } => Some(by.clone()),
            _ => None,
        })
    }

    /// Its value: evaluates it, or waits while another task does.
    pub fn force(
        self: &Arc<Promise>,
        machine: &mut Machine<'_>,
        deadline: Option<Instant>,
    ) -> Result<Value> {
        machine
            .gate
            .announce(|| Operation::Force(ObjectId::of(&**self)));
        machine.tick()?;
        // Even one that nobody has to wait for is a step, when somebody else decides whose turn it
        // is. Streams of streams nest forcings by the thousand: what lies on the stack while the
        // code runs is kept small, and everything else happens in calls that have returned.
        let at_once = match machine.gate.decides() {
            true => None,
            false => self.step(&machine.task, None, deadline.is_some()),
        };
        match at_once {
            Some(Step::Evaluate(thunk)) => self.evaluate(machine, thunk),
            Some(Step::Known(result)) => result,
            None => self.wait(machine, deadline),
        }
    }

    /// Waits while another task evaluates it.
    #[inline(never)]
    fn wait(
        self: &Arc<Promise>,
        machine: &mut Machine<'_>,
        deadline: Option<Instant>,
    ) -> Result<Value> {
        let me = machine.task.clone();
        let step = machine.wait(
            || WaitingFor::Promise(self.clone()),
            deadline,
            |ticket| self.step(&me, ticket, deadline.is_some()),
            |ticket| {
                self.forget(ticket);
                None
            },
        )?;
        match step {
            None => Err(timed_out("force")),
            Some(Step::Known(result)) => result,
            Some(Step::Evaluate(thunk)) => self.evaluate(machine, thunk),
        }
    }

    #[inline(never)]
    fn step(
        &self,
        me: &Arc<super::task::Task>,
        ticket: Option<&Arc<Ticket>>,
        timed: bool,
    ) -> Option<Step> {
        self.state.with_value(|state| match state {
            State::Done(value) => Some(Step::Known(Ok(value.copied()))),
            State::Failed(failure) => Some(Step::Known(Err(Unwind::Failed(failure.clone())))),
            State::Unforced(thunk) => {
                let next = State::Evaluating {
                    by: me.clone(),
                    thunk: thunk.clone(),
                    waiting: Vec::new(),
                };
                match std::mem::replace(state, next) {
                    State::Unforced(thunk) => Some(Step::Evaluate(thunk)),
                    _ => None,
                }
            }
            State::Evaluating { by, .. } if Arc::ptr_eq(by, me) && !timed => {
                Some(Step::Known(Err(forces_itself())))
            }
            State::Evaluating { waiting, .. } => {
                waiting.extend(ticket.cloned());
                None
            }
        })
    }

    fn forget(&self, ticket: &Arc<Ticket>) {
        self.state.with_value(|state| {
            if let State::Evaluating { waiting, .. } = state {
                waiting.retain(|other| !Arc::ptr_eq(other, ticket));
            }
        });
    }

    fn evaluate(&self, machine: &mut Machine<'_>, thunk: Thunk) -> Result<Value> {
        let result = match &thunk {
            Thunk::Code(body) => machine.run_body(body),
            Thunk::Native(work) => match machine.has_room() {
                true => work(machine),
                false => Err(machine.too_deep()),
            },
        };
        machine
            .gate
            .announce(|| Operation::Fulfil(ObjectId::of(self)));
        self.settle(&result, thunk);
        result
    }

    /// The evaluation has ended so.
    #[inline(never)]
    fn settle(&self, result: &Result<Value>, thunk: Thunk) {
        let new = match result {
            Ok(value) => State::Done(value.copied()),
            Err(Unwind::Failed(failure)) => State::Failed(failure.clone()),
            // The next one who forces it evaluates it anew.
            Err(Unwind::Cancelled) => State::Unforced(thunk),
        };
        let old = self.state.with_value(|state| std::mem::replace(state, new));
        if let State::Evaluating { waiting, .. } = old {
            for ticket in waiting {
                ticket.wake(Resumed::Ready);
            }
        }
    }
}

#[cold]
fn forces_itself() -> Unwind {
    Failure::error(
        Kind::Deadlock,
        "a promise forces itself: its value would depend on itself",
    )
    .help(
        "what a promise computes cannot need its own value; a stream that refers to itself begins with an element: `1 :: …`",
    )
    .into()
}

impl fmt::Debug for Promise {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "<promise {}>", self.state_word())
    }
}

impl Drop for Promise {
    fn drop(&mut self) {
        crate::gate::gone(self);
        let state = std::mem::replace(self.state.get_mut(), State::Done(Value::Nil));
        match state {
            State::Done(value) => crate::value::drop_deep_one(value),
            State::Unforced(Thunk::Code(body)) => {
                crate::value::drop_deep_one(Value::Function(body))
            }
            _ => {}
        }
    }
}

/// The empty stream has no first value and no rest.
#[cold]
pub fn empty_stream(operation: &str) -> Unwind {
    fail(
        Kind::Type,
        format!("{operation} of nil: the stream is empty"),
    )
}
