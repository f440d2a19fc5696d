//! Promises: values worked out when first forced, once, whoever forces them.
//!
//! ```text
//!   Unforced --force--> Evaluating(by) --value or error--> Ended
//!       ^------ cancelled ----/
//! ```

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use super::fiber::Resumed;
use super::machine::Machine;
use super::task::Task;
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

/// What a promise holds. All of it is small: a stream has one for every element.
enum State {
    /// Not evaluated to its end. The thunk stays while it is, for who copies the promise then.
    Open(Thunk, Option<Evaluation>),
    Done(Value),
    Failed(Arc<Failure>),
}

/// An evaluation under way.
struct Evaluation {
    by: Arc<Task>,
    waiting: Waiting,
}

/// Who waits for its end; most often nobody.
type Waiting = Option<Box<Vec<Arc<Ticket>>>>;

/// What stands in front of a promise, if it is the rest of a [stream](crate::value::stream).
enum Front {
    /// Nothing: it is no rest.
    Nothing,
    /// The stream's first value.
    Head(Value),
    /// That value, once it is known: in a copy, which is made before what is in it.
    Later(Box<OnceLock<Value>>),
}

const _: () = assert!(size_of::<Front>() == size_of::<Value>());

/// A promise.
pub struct Promise {
    front: Front,
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
        Promise::of(Front::Nothing, State::Open(Thunk::Code(body), None))
    }

    /// What `head :: body` makes.
    pub fn behind(head: Value, body: Arc<Function>) -> Arc<Promise> {
        Promise::of(Front::Head(head), State::Open(Thunk::Code(body), None))
    }

    /// A promise of something that the runtime works out.
    pub fn native(
        work: impl Fn(&mut Machine<'_>) -> Result<Value> + Send + Sync + 'static,
    ) -> Arc<Promise> {
        let thunk = Thunk::Native(Arc::new(work));
        Promise::of(Front::Nothing, State::Open(thunk, None))
    }

    /// The same as the rest of a stream that begins with `head`.
    pub fn native_behind(
        head: Value,
        work: impl Fn(&mut Machine<'_>) -> Result<Value> + Send + Sync + 'static,
    ) -> Arc<Promise> {
        let thunk = Thunk::Native(Arc::new(work));
        Promise::of(Front::Head(head), State::Open(thunk, None))
    }

    /// A promise that is already known.
    pub fn known(value: Value) -> Arc<Promise> {
        Promise::of(Front::Nothing, State::Done(value))
    }

    /// A promise that is [filled](Promise::fill) later, and may turn out to be the rest of a
    /// stream.
    pub fn shell() -> Arc<Promise> {
        Promise::of(Front::Later(Box::default()), State::Done(Value::Nil))
    }

    #[inline(always)]
    fn of(front: Front, state: State) -> Arc<Promise> {
        let state = Guarded::new(state);
        Arc::new(Promise { front, state })
    }

    /// The first value of the stream whose rest it is, if it is one.
    #[inline(always)]
    pub fn head(&self) -> Option<&Value> {
        match &self.front {
            Front::Nothing => None,
            Front::Head(head) => Some(head),
            Front::Later(head) => head.get(),
        }
    }

    /// Makes it the rest of a stream that begins with this value; false if it is one already. It
    /// must be a shell, or nobody else may have it yet.
    pub fn put_in_front(self: &mut Arc<Promise>, head: Value) -> bool {
        if let Some(own) = Arc::get_mut(self)
            && matches!(own.front, Front::Nothing)
        {
            own.front = Front::Head(head);
            return true;
        }
        matches!(&self.front, Front::Later(later) if later.set(head).is_ok())
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
            State::Open(Thunk::Code(body), _) => Some(Content::Code(body.clone())),
            State::Open(Thunk::Native(_), _) => None,
            State::Done(value) => Some(Content::Done(value.clone())),
            State::Failed(failure) => Some(Content::Failed(failure.clone())),
        })
    }

    /// Puts the content into a copy that nobody has seen yet.
    pub fn fill(&self, content: Content) {
        let new = match content {
            Content::Code(body) => State::Open(Thunk::Code(body), None),
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
            State::Open(_, None) => "unforced",
            State::Open(_, Some(_)) => "running",
            State::Done(_) => "done",
            State::Failed(_) => "failed",
        })
    }

    /// The task that evaluates it right now.
    pub fn evaluated_by(&self) -> Option<Arc<Task>> {
        self.state.with_value(|state| match state {
            State::Open(_, Some(evaluation)) => Some(evaluation.by.clone()),
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
            false => self.step(machine.task, None, deadline.is_some()),
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
    fn step(&self, me: &Arc<Task>, ticket: Option<&Arc<Ticket>>, timed: bool) -> Option<Step> {
        self.state.with_value(|state| match state {
            State::Done(value) => Some(Step::Known(Ok(value.copied()))),
            State::Failed(failure) => Some(Step::Known(Err(Unwind::Failed(failure.clone())))),
            State::Open(thunk, evaluation @ None) => {
                *evaluation = Some(Evaluation {
                    by: me.clone(),
                    waiting: None,
                });
                Some(Step::Evaluate(thunk.clone()))
            }
            State::Open(_, Some(evaluation)) if Arc::ptr_eq(&evaluation.by, me) && !timed => {
                Some(Step::Known(Err(forces_itself())))
            }
            State::Open(_, Some(evaluation)) => {
                if let Some(ticket) = ticket {
                    let waiting = evaluation.waiting.get_or_insert_default();
                    waiting.push(ticket.clone());
                }
                None
            }
        })
    }

    fn forget(&self, ticket: &Arc<Ticket>) {
        self.state.with_value(|state| {
            if let State::Open(_, Some(evaluation)) = state
                && let Some(waiting) = &mut evaluation.waiting
            {
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
        if let Some(waiting) = self.settle(&result) {
            wake(&waiting);
        }
        result
    }

    /// The evaluation has ended so. Gives back who waits for that.
    #[inline(never)]
    fn settle(&self, result: &Result<Value>) -> Waiting {
        let new = match result {
            Ok(value) => State::Done(value.copied()),
            Err(Unwind::Failed(failure)) => State::Failed(failure.clone()),
            Err(Unwind::Cancelled) => return self.give_up(),
        };
        match self.state.with_value(|state| std::mem::replace(state, new)) {
            State::Open(_, Some(evaluation)) => evaluation.waiting,
            _ => None,
        }
    }

    /// The evaluation was cancelled: the next one who forces it evaluates it anew.
    #[cold]
    fn give_up(&self) -> Waiting {
        let evaluation = self.state.with_value(|state| match state {
            State::Open(_, evaluation) => evaluation.take(),
            _ => None,
        });
        evaluation.and_then(|evaluation| evaluation.waiting)
    }
}

#[cold]
fn wake(waiting: &[Arc<Ticket>]) {
    for ticket in waiting {
        ticket.wake(Resumed::Ready);
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
        match std::mem::replace(&mut self.front, Front::Nothing) {
            Front::Nothing => {}
            Front::Head(head) => crate::value::drop_deep_one(head),
            Front::Later(head) => {
                crate::value::drop_deep_one(head.into_inner().unwrap_or_default());
            }
        }
        match self.state.get_mut() {
            State::Done(value) => crate::value::drop_deep_one(std::mem::take(value)),
            State::Open(Thunk::Code(_), _) => {
                let state = std::mem::replace(self.state.get_mut(), State::Done(Value::Nil));
                if let State::Open(Thunk::Code(body), _) = state {
                    crate::value::drop_deep_one(Value::Function(body));
                }
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
