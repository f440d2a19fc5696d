//! Promises: values worked out when first forced, once, whoever forces them. How far one has got
//! is its [`Progress`].

use std::fmt;
use std::mem::ManuallyDrop;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use super::fiber::Resumed;
use super::machine::Machine;
use super::progress::{Begun, Evaluation, Glance, Native, Progress, Thunk};
use super::task::Task;
use super::trail;
use super::wait::{Ticket, WaitingFor, timed_out};
use crate::gate::{Gate, ObjectId, Operation};
use crate::value::captures::Captures;
use crate::value::error::fail;
use crate::value::function::{Code, Function};
use crate::value::returned::Given;
use crate::value::running::Running;
use crate::value::{Failure, Kind, Result, Unwind, Value, drop_deep_one, made_in_place};

pub use super::progress::Content;

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
    /// Let go of by hand, at a glance.
    front: ManuallyDrop<Front>,
    progress: Progress,
}

impl Promise {
    /// What `delay e` makes: `capture` puts there what the code is made with.
    #[inline(always)]
    pub fn delayed(
        watched: bool,
        code: &'static Code,
        capture: impl FnOnce(&mut Captures),
    ) -> Arc<Promise> {
        Promise::of_code(watched, Front::Nothing, code, capture)
    }

    /// What `head :: body` makes.
    #[inline(always)]
    pub fn behind(
        watched: bool,
        head: Value,
        code: &'static Code,
        capture: impl FnOnce(&mut Captures),
    ) -> Arc<Promise> {
        Promise::of_code(watched, Front::Head(head), code, capture)
    }

    /// Whoever watches keeps code for longer than its promise.
    #[inline(always)]
    fn of_code(
        watched: bool,
        front: Front,
        code: &'static Code,
        capture: impl FnOnce(&mut Captures),
    ) -> Arc<Promise> {
        let progress = Progress::unforced(Thunk::Here(Function::bare(code)));
        let front = ManuallyDrop::new(front);
        made_in_place(Promise { front, progress }, |promise| {
            if let Some(body) = promise.progress.code_here() {
                capture(&mut body.captures);
            }
            if watched {
                promise.progress.count_code();
            }
        })
    }

    /// A promise of something that the runtime works out.
    pub fn native(
        work: impl Fn(&mut Machine<'_>) -> Result<Value> + Send + Sync + 'static,
    ) -> Arc<Promise> {
        let thunk = Thunk::Native(Arc::new(work));
        Promise::of(Front::Nothing, Progress::unforced(thunk))
    }

    /// The same as the rest of a stream that begins with `head`.
    pub fn native_behind(
        head: Value,
        work: impl Fn(&mut Machine<'_>) -> Result<Value> + Send + Sync + 'static,
    ) -> Arc<Promise> {
        let thunk = Thunk::Native(Arc::new(work));
        Promise::of(Front::Head(head), Progress::unforced(thunk))
    }

    /// A promise that is already known.
    pub fn known(value: Value) -> Arc<Promise> {
        Promise::of(Front::Nothing, Progress::known(value))
    }

    /// A promise that is [filled](Promise::fill) later, and may turn out to be the rest of a
    /// stream.
    pub fn shell() -> Arc<Promise> {
        Promise::of(Front::Later(Box::default()), Progress::shell())
    }

    #[inline(always)]
    fn of(front: Front, progress: Progress) -> Arc<Promise> {
        Arc::new(Promise {
            front: ManuallyDrop::new(front),
            progress,
        })
    }

    /// The first value of the stream whose rest it is, if it is one.
    #[inline(always)]
    pub fn head(&self) -> Option<&Value> {
        match &*self.front {
            Front::Nothing => None,
            Front::Head(head) => Some(head),
            Front::Later(head) => head.get(),
        }
    }

    /// Makes it the rest of a stream that begins with this value; false if it is one already. It
    /// must be a shell, or nobody else may have it yet.
    pub fn put_in_front(self: &mut Arc<Promise>, head: Value) -> bool {
        if let Some(own) = Arc::get_mut(self)
            && matches!(*own.front, Front::Nothing)
        {
            *own.front = Front::Head(head);
            return true;
        }
        matches!(&*self.front, Front::Later(later) if later.set(head).is_ok())
    }

    /// Its value if it is known.
    #[inline(always)]
    pub fn peek(&self) -> Option<Value> {
        self.progress.peek()
    }

    /// What is in it at this moment; `None` if it is work of the runtime, which has no copies.
    pub fn content(&self, gate: &Gate<'_>) -> Option<Content> {
        gate.announce(|| Operation::Poll(ObjectId::of(self)));
        self.progress.content()
    }

    /// Puts the content into a copy that nobody has seen yet.
    pub fn fill(&self, content: Content) {
        self.progress.fill(content);
    }

    /// Whether it has been evaluated, to a value or an error.
    pub fn has_ended(&self) -> bool {
        self.progress.has_ended()
    }

    /// Its state in one word, as it is printed.
    pub fn state_word(&self) -> &'static str {
        self.progress.word()
    }

    /// The task that evaluates it right now.
    pub fn evaluated_by(&self) -> Option<Arc<Task>> {
        self.progress.evaluated_by()
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
        Value::unpack(self.force_announced(machine, deadline))
    }

    /// The same for as long as it takes; the result is still packed.
    #[inline(always)]
    pub fn force_packed(self: &Arc<Promise>, machine: &mut Machine<'_>) -> Value {
        if machine.gate.is_watched() {
            return Value::pack(self.force(machine, None));
        }
        match self.progress.glance(|| machine.take_handle()) {
            Glance::Known(value) => value,
            Glance::Evaluate(evaluation) => self.evaluate(machine, evaluation),
            Glance::Otherwise => Value::pack(self.force(machine, None)),
        }
    }

    #[inline(never)]
    fn force_announced(
        self: &Arc<Promise>,
        machine: &mut Machine<'_>,
        deadline: Option<Instant>,
    ) -> Value {
        // Even one that nobody has to wait for is a step, when somebody else decides whose turn it
        // is. Streams of streams nest forcings by the thousand: what lies on the stack while the
        // code runs is kept small, and everything else happens in calls that have returned.
        let at_once = match machine.gate.decides() {
            true => None,
            false => {
                let me = machine.task;
                let handle = || machine.take_handle();
                self.progress.begin(me, handle, None, deadline.is_some())
            }
        };
        match at_once {
            Some(Begun::Evaluate(evaluation)) => self.evaluate(machine, evaluation),
            Some(Begun::Known(result)) => Value::pack(result),
            Some(Begun::Itself) => Value::Unwinding(forces_itself()),
            None => Value::pack(self.wait(machine, deadline)),
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
        // Taken like any other, for one is given back.
        let mut handle = machine.handles.pop();
        let timed = deadline.is_some();
        let begun = machine.wait(
            || WaitingFor::Promise(self.clone()),
            deadline,
            |ticket| {
                let handle = || handle.take().unwrap_or_else(|| me.clone());
                self.progress.begin(&me, handle, ticket, timed)
            },
            |ticket| {
                self.progress.forget(ticket);
                None
            },
        );
        machine.handles.extend(handle);
        let begun = begun?;
        match begun {
            None => Err(timed_out("force")),
            Some(Begun::Known(result)) => result,
            Some(Begun::Itself) => Err(forces_itself()),
            Some(Begun::Evaluate(evaluation)) => Value::unpack(self.evaluate(machine, evaluation)),
        }
    }

    /// The result is still packed.
    fn evaluate(&self, machine: &mut Machine<'_>, evaluation: Evaluation<'_>) -> Value {
        let result = match evaluation.thunk() {
            Some(Thunk::Here(body)) => machine.run_body(Running::in_place(body)),
            Some(Thunk::Counted(body)) => run_counted(machine, body),
            Some(Thunk::Native(work)) => run_native(machine, &**work),
            None => Value::Nil,
        };
        machine
            .gate
            .announce(|| Operation::Fulfil(ObjectId::of(self)));
        let (by, waiting) = evaluation.end(&result);
        if let Some(by) = by {
            machine.handles.push(by);
        }
        if let Some(waiting) = waiting {
            wake(&waiting);
        }
        result
    }
}

impl Machine<'_> {
    /// A handle of the running task for an evaluation, which gives it back.
    #[inline(always)]
    fn take_handle(&mut self) -> Arc<Task> {
        self.handles.pop().unwrap_or_else(|| self.task.clone())
    }
}

/// Code that others may have too.
#[inline(never)]
fn run_counted(machine: &mut Machine<'_>, body: &Arc<Function>) -> Value {
    if machine.gate.is_watched() {
        trail::calls(machine.calls.len(), body);
    }
    machine.run_body(Running::counted(body))
}

/// Work of the runtime itself.
#[inline(never)]
fn run_native(machine: &mut Machine<'_>, work: &Native) -> Value {
    Value::pack(match machine.has_room() {
        true => machine.tick().and_then(|()| work(machine)),
        false => Err(machine.too_deep()),
    })
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
        match &mut *self.front {
            Front::Nothing => {}
            Front::Head(head) => head.end_deep(),
            later @ Front::Later(_) => {
                if let Front::Later(head) = std::mem::replace(later, Front::Nothing) {
                    drop_deep_one(head.into_inner().unwrap_or_default());
                }
            }
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
