//! How far a promise has got, with the code that it is of.
//!
//! ```text
//!   Unforced --begin--> Evaluating(by) --end: value or error--> Done, Failed     the code is let go of
//!       ^------ cancelled ----/      Awaited: the same, and somebody waits for it
//! ```
//!
//! Code lies where its promise is and is run where it lies. While it is under evaluation it stays
//! for who copies the promise then, and who evaluates it is the only one who may let go of it.

use std::cell::UnsafeCell;
use std::mem::ManuallyDrop;
use std::sync::Arc;

use super::machine::Machine;
use super::task::Task;
use super::wait::Ticket;
use crate::value::function::Function;
use crate::value::guarded::Guarded;
use crate::value::{Failure, Result, Unwind, Value, drop_deep_one};

/// Work of the runtime itself that a promise can stand for.
pub type Native = dyn Fn(&mut Machine<'_>) -> Result<Value> + Send + Sync;

/// What is to be evaluated.
pub enum Thunk {
    /// Code of the program.
    Here(Function),
    /// The same, where others may have it too: in copies, and in programs that are watched.
    Counted(Arc<Function>),
    /// Work of the runtime.
    Native(Arc<Native>),
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

/// A promise without what stands in front of it.
pub struct Progress {
    inside: Guarded<Inside>,
    /// There while the state is open.
    thunk: UnsafeCell<Option<Thunk>>,
}

/// All of it is small: a stream has one for every element.
struct Inside {
    /// Let go of by hand, at a glance.
    state: ManuallyDrop<State>,
    /// Who is at it.
    by: Option<Arc<Task>>,
}

enum State {
    /// A copy that is yet to be filled; as good as nil.
    Shell,
    /// Open: nobody is at it.
    Unforced,
    /// Open: under evaluation, and nobody waits for the end.
    Evaluating,
    /// Open: under evaluation, and these wait for the end.
    Awaited(Waiting),
    Done(Value),
    Failed(Arc<Failure>),
}

/// Who waits for the end of an evaluation.
type Waiting = Box<Vec<Arc<Ticket>>>;

const _: () = assert!(size_of::<State>() == size_of::<Value>());

// SAFETY: a thunk is written by `fill`, under the lock, when nobody has looked at it yet; read by
// `content`, under the lock, while the state is open; and read and let go of by the one
// `Evaluation` that there is while the state is `Evaluating` or `Awaited`. It lets go of it when
// it has ended that state, after which nobody looks at the thunk.
#[allow(unsafe_code)]
unsafe impl Sync for Progress {}

/// What beginning to evaluate comes to when nobody has to be waited for.
pub enum Begun<'p> {
    /// It had ended before.
    Known(Result<Value>),
    /// The task is at it already: it waits for itself.
    Itself,
    /// It is up to who asked.
    Evaluate(Evaluation<'p>),
}

/// What can be told at a glance.
pub enum Glance<'p> {
    /// It had a value before.
    Known(Value),
    /// It is up to who asked to evaluate it.
    Evaluate(Evaluation<'p>),
    /// Something else.
    Otherwise,
}

/// The right to evaluate a promise: there is one at a time.
pub struct Evaluation<'p>(&'p Progress);

impl Progress {
    /// Of something that is still to be evaluated.
    #[inline(always)]
    pub fn unforced(thunk: Thunk) -> Progress {
        Progress {
            inside: Inside::new(State::Unforced),
            thunk: UnsafeCell::new(Some(thunk)),
        }
    }

    /// Of something known.
    pub fn known(value: Value) -> Progress {
        Progress {
            inside: Inside::new(State::Done(value)),
            thunk: UnsafeCell::new(None),
        }
    }

    /// Of a copy that is [filled](Progress::fill) later.
    pub fn shell() -> Progress {
        Progress {
            inside: Inside::new(State::Shell),
            thunk: UnsafeCell::new(None),
        }
    }

    /// Its value if it is known.
    pub fn peek(&self) -> Option<Value> {
        self.inside.with_value(|inside| match &*inside.state {
            State::Done(value) => Some(value.copied()),
            State::Shell => Some(Value::Nil),
            _ => None,
        })
    }

    /// What is in it at this moment; `None` if it is work of the runtime, which has no copies.
    #[allow(unsafe_code)]
    pub fn content(&self) -> Option<Content> {
        self.inside.with_value(|inside| match &*inside.state {
            State::Shell => Some(Content::Done(Value::Nil)),
            State::Done(value) => Some(Content::Done(value.clone())),
            State::Failed(failure) => Some(Content::Failed(failure.clone())),
            // SAFETY: the state is open, and is held open by the lock (see above).
            State::Unforced | State::Evaluating | State::Awaited(_) => {
                match unsafe { &*self.thunk.get() } {
                    Some(Thunk::Here(body)) => Some(Content::Code(Arc::new(body.clone()))),
                    Some(Thunk::Counted(body)) => Some(Content::Code(body.clone())),
                    Some(Thunk::Native(_)) | None => None,
                }
            }
        })
    }

    /// Puts the content into a copy that has been empty so far.
    #[allow(unsafe_code)]
    pub fn fill(&self, content: Content) {
        self.inside.with_value(|inside| {
            if !matches!(*inside.state, State::Shell) {
                return;
            }
            *inside.state = match content {
                Content::Code(body) => {
                    // SAFETY: of a shell nobody looks at the thunk (see above).
                    unsafe { *self.thunk.get() = Some(Thunk::Counted(body)) };
                    State::Unforced
                }
                Content::Done(value) => State::Done(value),
                Content::Failed(failure) => State::Failed(failure),
            };
        });
    }

    /// Whether it has been evaluated, to a value or an error.
    pub fn has_ended(&self) -> bool {
        self.inside.with_value(|inside| {
            matches!(
                *inside.state,
                State::Done(_) | State::Failed(_) | State::Shell
            )
        })
    }

    /// Its state in one word, as it is printed.
    pub fn word(&self) -> &'static str {
        self.inside.with_value(|inside| match &*inside.state {
            State::Unforced => "unforced",
            State::Evaluating | State::Awaited(_) => "running",
            State::Done(_) | State::Shell => "done",
            State::Failed(_) => "failed",
        })
    }

    /// The task that evaluates it right now.
    pub fn evaluated_by(&self) -> Option<Arc<Task>> {
        self.inside.with_value(|inside| inside.by.clone())
    }

    /// Code that lies here.
    #[inline(always)]
    pub fn code_here(&mut self) -> Option<&mut Function> {
        match self.thunk.get_mut() {
            Some(Thunk::Here(body)) => Some(body),
            _ => None,
        }
    }

    /// Code that lies here is put where others may have it too.
    #[cold]
    pub fn count_code(&mut self) {
        let thunk = self.thunk.get_mut();
        if let Some(Thunk::Here(body)) = thunk.take() {
            *thunk = Some(Thunk::Counted(Arc::new(body)));
        }
    }

    /// Its value, or begins to evaluate it, if that can be told at a glance.
    #[inline(always)]
    pub fn glance(&self, handle: impl FnOnce() -> Arc<Task>) -> Glance<'_> {
        self.inside.with_value(|inside| match &mut *inside.state {
            state @ State::Unforced => {
                *state = State::Evaluating;
                inside.by = Some(handle());
                Glance::Evaluate(Evaluation(self))
            }
            State::Done(value) => Glance::Known(value.copied()),
            _ => Glance::Otherwise,
        })
    }

    /// Begins to evaluate it, if nobody has; `None` while another task does, for whose end the
    /// ticket then waits, or who asks for a while only.
    #[inline]
    pub fn begin(
        &self,
        me: &Arc<Task>,
        handle: impl FnOnce() -> Arc<Task>,
        ticket: Option<&Arc<Ticket>>,
        timed: bool,
    ) -> Option<Begun<'_>> {
        self.inside.with_value(|inside| match &mut *inside.state {
            State::Unforced => {
                *inside.state = State::Evaluating;
                inside.by = Some(handle());
                Some(Begun::Evaluate(Evaluation(self)))
            }
            State::Done(value) => Some(Begun::Known(Ok(value.copied()))),
            State::Failed(failure) => Some(Begun::Known(Err(Unwind::Failed(failure.clone())))),
            State::Shell => Some(Begun::Known(Ok(Value::Nil))),
            State::Evaluating | State::Awaited(_) => {
                let is_me = inside.by.as_ref().is_some_and(|by| Arc::ptr_eq(by, me));
                if is_me && !timed {
                    return Some(Begun::Itself);
                }
                if let Some(ticket) = ticket {
                    inside.add(ticket);
                }
                None
            }
        })
    }

    /// Somebody waits no longer.
    pub fn forget(&self, ticket: &Arc<Ticket>) {
        self.inside.with_value(|inside| {
            if let State::Awaited(waiting) = &mut *inside.state {
                waiting.retain(|other| !Arc::ptr_eq(other, ticket));
            }
        });
    }
}

impl Inside {
    #[inline(always)]
    fn new(state: State) -> Guarded<Inside> {
        Guarded::new(Inside {
            state: ManuallyDrop::new(state),
            by: None,
        })
    }

    /// One more waits for the end.
    #[cold]
    fn add(&mut self, ticket: &Arc<Ticket>) {
        match &mut *self.state {
            State::Awaited(waiting) => waiting.push(ticket.clone()),
            state => *state = State::Awaited(Box::new(vec![ticket.clone()])),
        }
    }

    /// The evaluation has ended so; gives back who waits for that.
    #[inline(always)]
    fn becomes(&mut self, state: State) -> Option<Waiting> {
        match &mut *self.state {
            old @ State::Awaited(_) => std::mem::replace(old, state).waiting(),
            // `Evaluating`, which owns nothing, and is not even read.
            old => {
                std::mem::forget(std::mem::replace(old, state));
                None
            }
        }
    }
}

impl State {
    #[cold]
    fn waiting(self) -> Option<Waiting> {
        match self {
            State::Awaited(waiting) => Some(waiting),
            _ => None,
        }
    }
}

impl Evaluation<'_> {
    /// What is to be evaluated.
    #[inline(always)]
    #[allow(unsafe_code)]
    pub fn thunk(&self) -> Option<&Thunk> {
        // SAFETY: nobody writes it while there is this evaluation (see above). With code that is
        // counted and lies by itself benches/stream_sieve took 1.3 times as long.
        unsafe { &*self.0.thunk.get() }.as_ref()
    }

    /// The evaluation has come to this result. After a cancel the next one who forces it
    /// evaluates it anew. Gives back the handle of the task, and who has waited.
    #[inline(always)]
    #[allow(unsafe_code)]
    pub fn end(self, result: &Value) -> (Option<Arc<Task>>, Option<Waiting>) {
        let new = match result {
            Value::Unwinding(unwind) => match unwound(unwind) {
                Some(new) => new,
                None => return self.give_up(),
            },
            value => State::Done(value.copied()),
        };
        let over = self
            .0
            .inside
            .with_value(|inside| (inside.by.take(), inside.becomes(new)));
        // SAFETY: the state is not open any more, so nobody looks at the thunk (see above).
        let_go(unsafe { &mut *self.0.thunk.get() });
        over
    }

    #[cold]
    fn give_up(self) -> (Option<Arc<Task>>, Option<Waiting>) {
        self.0
            .inside
            .with_value(|inside| (inside.by.take(), inside.becomes(State::Unforced)))
    }
}

/// The thunk is not needed any more.
#[inline(always)]
fn let_go(thunk: &mut Option<Thunk>) {
    match thunk {
        Some(Thunk::Here(body)) => {
            body.captures.end_deep();
            // All that is left in there are values that own nothing.
            std::mem::forget(thunk.take());
        }
        thunk => *thunk = None,
    }
}

/// What a promise comes to when its evaluation ends without a value.
#[cold]
fn unwound(unwind: &Unwind) -> Option<State> {
    match unwind {
        Unwind::Failed(failure) => Some(State::Failed(failure.clone())),
        Unwind::Cancelled => None,
    }
}

impl Drop for Progress {
    #[inline(always)]
    fn drop(&mut self) {
        let state = &mut *self.inside.get_mut().state;
        match state {
            State::Shell | State::Unforced | State::Evaluating => {}
            State::Done(value) => value.end_deep(),
            State::Awaited(_) | State::Failed(_) => drop(std::mem::replace(state, State::Shell)),
        }
        if let Some(Thunk::Counted(_)) = self.thunk.get_mut()
            && let Some(Thunk::Counted(body)) = self.thunk.get_mut().take()
        {
            drop_deep_one(Value::Function(body));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::source::Sources;
    use crate::resolve::prelude::Prelude;
    use crate::runtime::task::{Seats, TaskKind};
    use crate::runtime::work::Work;
    use crate::value::function::{Code, Unit};
    use crate::value::running::Running;

    /// The code of the first template of a kind.
    fn code(text: &str, is_body: bool) -> &'static Code {
        let source = Sources::default().add("test.cq", text);
        let tree = crate::syntax::parse(&source).tree;
        let resolved = crate::resolve::resolve(&tree, &[], &Prelude::new());
        let program = resolved.program.expect("it has no errors");
        let unit = Unit::load(program, |_, _| unreachable!("nothing runs"));
        let ids = unit.program.templates.iter().skip(1).map(|it| it.id);
        let mut codes = ids.map(|id| unit.code(id));
        let found = codes.find(|code| code.is_body == is_body);
        found.expect("there is such a template")
    }

    fn begin<'p>(progress: &'p Progress, task: &Arc<Task>) -> Evaluation<'p> {
        match progress.glance(|| task.clone()) {
            Glance::Evaluate(evaluation) => evaluation,
            _ => panic!("somebody else is at it"),
        }
    }

    /// Run under Miri too: `cargo +nightly miri test --lib progress`.
    #[test]
    fn code_is_there_until_the_evaluation_has_ended() {
        let nothing = Work::native(Box::new(|_| Ok(Value::Nil)));
        let task = Task::new(1, TaskKind::Main, None, 0, Seats::Own, nothing);
        let made_with = Value::list(vec![Value::Int(1)]);
        let Value::List(list) = &made_with else {
            panic!("it is a list");
        };
        let mut progress = Progress::unforced(Thunk::Here(Function::bare(code("delay 1", true))));
        let body = progress.code_here().expect("it lies here");
        body.captures = vec![made_with.clone(), Value::Int(2)].into();

        let evaluation = begin(&progress, &task);
        let Some(Thunk::Here(body)) = evaluation.thunk() else {
            panic!("the code is there");
        };
        let running = Running::in_place(body);
        assert!(running.handle().is_none());
        let Some(Content::Code(copy)) = progress.content() else {
            panic!("who copies it gets the code");
        };
        assert!(
            progress
                .evaluated_by()
                .is_some_and(|by| Arc::ptr_eq(&by, &task))
        );
        assert!(matches!(
            progress.glance(|| task.clone()),
            Glance::Otherwise
        ));
        assert_eq!((running.captures.len(), copy.captures.len()), (2, 2));
        assert_eq!(Arc::strong_count(list), 3);

        // After a cancel it begins anew.
        let (by, _) = evaluation.end(&Value::Unwinding(Unwind::Cancelled));
        assert!(by.is_some());
        assert_eq!((progress.word(), Arc::strong_count(list)), ("unforced", 3));

        let evaluation = begin(&progress, &task);
        assert!(evaluation.thunk().is_some());
        evaluation.end(&made_with);
        drop(copy);
        // The code has gone: the list is the value and nothing else.
        assert_eq!((progress.word(), Arc::strong_count(list)), ("done", 2));
        drop(progress);
        assert_eq!(Arc::strong_count(list), 1);
    }

    #[test]
    fn a_copy_is_filled_once() {
        let copy = Progress::shell();
        copy.fill(Content::Code(Arc::new(Function::bare(code(
            "delay 1", true,
        )))));
        assert_eq!(copy.word(), "unforced");
        copy.fill(Content::Done(Value::Int(1)));
        assert_eq!(copy.word(), "unforced");
    }

    #[test]
    fn a_running_function_is_a_value() {
        let function = Function::made(code("fn f() => 1", false), |captures| {
            captures.fill(&[1], |number| Value::Int(*number));
        });
        let running = Running::counted(&function);
        let itself = running.handle().expect("it is a value");
        assert!(Arc::ptr_eq(&function, &itself));
        drop(function);
        assert_eq!(itself.captures.len(), 1);
    }
}
