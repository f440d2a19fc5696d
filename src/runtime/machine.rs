//! The machine: what a running task computes on.
//!
//! Language code keeps nothing in Rust's own variables across a call that a report would want to
//! show: variables, arguments under way and call sites lie on the machine's own stack.
//!
//! ```text
//!   stack   [ main's slots | arguments … | fib's slots | temporaries … ]
//!                                         ^ base
//!   calls   [ called fib at 3:9 ]
//! ```
//!
//! Every call goes through [`Machine::invoke`]: it checks that there is room, lets a cancel or a
//! time slice strike, and sets up the row of slots.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use super::arguments::{bind_positional, choose_row, not_callable, wrong_arity};
use super::attention::Attention;
use super::fiber::Port;
use super::mailbox::{FiberKey, SeatHandle};
use super::run::Runtime;
use super::story::{CHECK, PROMISE};
use super::task::{Task, Work};
use super::trail;
use super::turn::Turns;
use super::wait::Stops;
use super::yard::Yard;
use crate::builtins::Builtin;
use crate::gate::Gate;
use crate::resolve::program::TemplateKind;
use crate::syntax::span::Span;
use crate::value::discard::{drop_owned, owns_nothing};
use crate::value::error::{CallFrame, fail};
use crate::value::function::{Code, Function};
use crate::value::returned::{Choice, Given};
use crate::value::running::Running;
use crate::value::{Failure, Kind, Result, Unwind, Value};

/// With fewer calls than this under way it is not they that take up the stack.
const MANY_CALLS: usize = 5_000;

/// How many calls of a story are kept at its inner and at its outer end.
const CALLS_TOLD: usize = 8;

/// One call under way.
#[derive(Copy, Clone)]
pub struct CallRecord {
    /// The code that was called.
    pub code: &'static Code,
    /// Where; `None` when a builtin called it.
    pub site: Option<Span>,
}

/// Where a statement says to go on.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Flow {
    /// At the next statement.
    Next,
    /// Behind the loop.
    Break,
    /// At the loop's next turn.
    Continue,
    /// In the caller; the value is in [`Machine::returned`].
    Return,
}

impl Choice for Flow {
    #[inline(always)]
    fn number(self) -> u64 {
        self as u64
    }

    #[inline(always)]
    fn of(number: u64) -> Flow {
        match number {
            0 => Flow::Next,
            1 => Flow::Break,
            2 => Flow::Continue,
            _ => Flow::Return,
        }
    }
}

/// A running task.
pub struct Machine<'f> {
    /// Slots and temporaries of all calls under way.
    pub stack: Vec<Value>,
    /// Where the row of the running code begins.
    pub base: usize,
    /// The calls under way, outermost first.
    pub calls: Vec<CallRecord>,
    /// What a `return` carries to the end of its function.
    pub returned: Value,
    /// Not `Next` while a `return`, `break` or `continue` leaves the expression it stands in:
    /// expressions then give [`Unwind::Cancelled`] up to the statement around them.
    pub leaving: Flow,
    /// The builtin call or expression under way, for reports of waits.
    pub site: Span,
    /// The task's own code, if it is code of the program.
    pub(super) body: Option<&'f Function>,
    /// What its work turns out to be, if that is only known when it runs.
    unpacked: &'f OnceCell<Work>,
    /// Where operations are announced.
    pub gate: Gate<'f>,
    /// Who gives turns, on a stage.
    pub turns: Option<&'f dyn Turns>,
    /// The task itself.
    pub task: &'f Arc<Task>,
    /// Handles of the task that its evaluations of promises give and take back.
    pub(super) handles: Vec<Arc<Task>>,
    /// The program it belongs to.
    pub runtime: &'f Arc<Runtime>,
    pub(super) seat: &'f SeatHandle,
    pub(super) yard: &'f Rc<Yard>,
    pub(super) port: Port<'f>,
    pub(super) fiber: FiberKey,
    /// How many fibers of the seat its own lies in.
    pub(super) nested: u32,
    stack_limit: usize,
}

impl Drop for Machine<'_> {
    fn drop(&mut self) {
        Rows {
            stack: std::mem::take(&mut self.stack),
            calls: std::mem::take(&mut self.calls),
        }
        .give();
    }
}

/// What a machine computes in, kept for the next task of the thread: most tasks are short.
struct Rows {
    stack: Vec<Value>,
    calls: Vec<CallRecord>,
}

/// How many a thread keeps, and how long each may have become.
const ROWS_KEPT: usize = 16;
const LONGEST_KEPT: usize = 1 << 10;

thread_local! {
    static ROWS: RefCell<Vec<Rows>> = const { RefCell::new(Vec::new()) };
}

impl Rows {
    fn take() -> Rows {
        let kept = ROWS.try_with(|rows| rows.borrow_mut().pop());
        kept.ok().flatten().unwrap_or_else(|| Rows {
            stack: Vec::with_capacity(16),
            calls: Vec::with_capacity(4),
        })
    }

    fn give(mut self) {
        self.stack.clear();
        self.calls.clear();
        if self.stack.capacity().max(self.calls.capacity()) <= LONGEST_KEPT {
            let _ = ROWS.try_with(|rows| {
                let mut rows = rows.borrow_mut();
                if rows.len() < ROWS_KEPT {
                    rows.push(self);
                }
            });
        }
    }
}

impl<'f> Machine<'f> {
    /// A machine for a task that has just got its fiber.
    pub fn new(
        (task, unpacked): (&'f Arc<Task>, &'f OnceCell<Work>),
        yard: &'f Rc<Yard>,
        port: Port<'f>,
        fiber: FiberKey,
        stack_limit: usize,
        stop: &'f Stops<'f>,
    ) -> Machine<'f> {
        let Rows { stack, calls } = Rows::take();
        Machine {
            stack,
            base: 0,
            calls,
            returned: Value::Nil,
            leaving: Flow::Next,
            site: task.started_at.unwrap_or_default(),
            body: None,
            unpacked,
            gate: Gate::open().with_stop_sign(stop),
            turns: None,
            task,
            handles: Vec::new(),
            runtime: &yard.runtime,
            seat: &yard.handle,
            yard,
            port,
            fiber,
            nested: 0,
            stack_limit,
        }
    }

    /// Lets a cancel strike or another fiber of the seat have its turn. Called at every turn of
    /// a loop and every call, and by builtins that take long. Costs one load.
    #[inline(always)]
    pub fn tick(&mut self) -> Result<()> {
        match self.seat.attention.is_wanted() {
            false => Ok(()),
            true => self.attend(),
        }
    }

    /// Whether the seat it runs on is to look up, for a loop that looks by itself.
    #[inline(always)]
    pub fn attention(&self) -> &'f Attention {
        &self.seat.attention
    }

    /// The same at the call of a function.
    #[inline(always)]
    fn tick_of_call(&mut self, function: Running<'_>) -> Result<()> {
        match self.seat.attention.is_wanted() {
            false => Ok(()),
            true => self.attend_call(function),
        }
    }

    #[cold]
    #[inline(never)]
    fn attend_call(&mut self, function: Running<'_>) -> Result<()> {
        if self.gate.is_watched()
            && !function.captures.is_empty()
            && let Some(function) = function.handle()
        {
            trail::calls(self.calls.len(), &function);
        }
        self.attend()
    }

    /// Whether one more nested call, or one more level of something recursive, has room.
    #[inline(always)]
    pub fn has_room(&self) -> bool {
        let here = 0u8;
        (&raw const here).addr() > self.stack_limit
    }

    /// The error of a recursion that has no more room.
    #[cold]
    pub fn too_deep(&self) -> Unwind {
        let message = match self.calls.len() {
            // Promises of the runtime nest without calls.
            0..MANY_CALLS => String::from("too many promises that force each other"),
            calls => format!("too many nested calls: {calls} are under way"),
        };
        Failure::error(Kind::Recursion, message)
            .help("does the recursion reach its end? a loop needs no nested calls")
            .into()
    }

    /// Runs `function` with the arguments that lie on the stack from `base` on, one for every
    /// parameter ([`Value::Absent`] for one that was not given and has a default). Takes the
    /// arguments off the stack; a call that is refused leaves them to whoever catches the error.
    #[inline(always)]
    pub fn invoke(
        &mut self,
        function: Running<'_>,
        base: usize,
        site: &Option<Span>,
    ) -> Result<Value> {
        Value::unpack(self.invoke_packed(function, base, site))
    }

    #[inline(always)]
    fn invoke_packed(&mut self, function: Running<'_>, base: usize, site: &Option<Span>) -> Value {
        if !self.has_room() {
            return Value::Unwinding(self.too_deep());
        }
        if let Err(unwind) = self.tick_of_call(function) {
            return Value::Unwinding(unwind);
        }
        let code = function.code;
        if self.stack.len() < base + code.slots {
            self.grow_row(base + code.slots);
        }
        self.calls.push(CallRecord { code, site: *site });
        let callers = std::mem::replace(&mut self.base, base);
        let result = code.body().run_packed(self, function);
        self.calls.pop();
        self.base = callers;
        self.unwind_to(base);
        result
    }

    /// Room for the slots that are no parameters.
    #[inline(never)]
    fn grow_row(&mut self, height: usize) {
        while self.stack.len() < height {
            self.stack.push(Value::Nil);
        }
    }

    /// Puts a value onto the stack.
    #[inline(always)]
    pub fn push(&mut self, value: Value) {
        match self.stack.len() < self.stack.capacity() {
            true => self.stack.push(value),
            // Out of the way, so that nothing is kept aside for it.
            false => push_growing(&mut self.stack, value),
        }
    }

    /// Takes everything off the stack that lies above `height`.
    #[inline(always)]
    pub fn unwind_to(&mut self, height: usize) {
        while self.stack.len() > height {
            // Looked at where it lies: a small one is not even read.
            let is_small = self.stack.last().is_some_and(owns_nothing);
            match self.stack.pop() {
                Some(value) if !is_small => drop_owned(value),
                small => std::mem::forget(small),
            }
        }
    }

    /// Does work that has come from another process, once.
    pub fn run_unpacked(&mut self, work: Work) -> Result<Value> {
        let unpacked = self.unpacked;
        unpacked.get_or_init(|| work).run(self)
    }

    /// Calls any value with these arguments, from a builtin or the runtime.
    pub fn call(&mut self, callee: &Value, arguments: &[Value]) -> Result<Value> {
        crate::value::guarded::assert_none_held();
        match callee {
            Value::Function(function) => self.call_back(function, arguments),
            Value::Builtin(builtin) => self.call_builtin(builtin, arguments),
            other => Err(not_callable(other)),
        }
    }

    /// Calls a function on behalf of the builtin call under way, which is where it counts as
    /// called.
    pub fn call_back(&mut self, function: &Arc<Function>, arguments: &[Value]) -> Result<Value> {
        let site = self.site;
        let result = self.call_function(function, arguments, Some(site));
        // What was called has had calls of its own.
        self.site = site;
        result
    }

    /// Runs what stands behind `delay` or `::`, a function without parameters, on behalf of the
    /// expression under way. The result is still packed.
    #[inline(always)]
    pub fn run_body(&mut self, body: Running<'_>) -> Value {
        if !self.has_room() {
            return Value::Unwinding(self.too_deep());
        }
        if let Err(unwind) = self.tick_of_call(body) {
            return Value::Unwinding(unwind);
        }
        let code = body.code;
        let base = self.stack.len();
        if self.stack.len() < base + code.slots {
            self.grow_row(base + code.slots);
        }
        self.calls.push(CallRecord {
            code,
            site: Some(self.site),
        });
        let callers = (std::mem::replace(&mut self.base, base), self.site);
        let result = code.body().run_packed(self, body);
        self.calls.pop();
        (self.base, self.site) = callers;
        self.unwind_to(base);
        result
    }

    /// Calls a function with positional arguments.
    pub fn call_function(
        &mut self,
        function: &Arc<Function>,
        arguments: &[Value],
        site: Option<Span>,
    ) -> Result<Value> {
        let base = self.stack.len();
        if arguments.len() != function.code.parameters {
            expect_defaults(function, arguments.len())?;
        }
        for argument in arguments {
            self.stack.push(argument.copied());
        }
        while self.stack.len() < base + function.code.parameters {
            self.stack.push(Value::Absent);
        }
        self.invoke(Running::counted(function), base, &site)
    }

    /// Calls a builtin with positional arguments.
    pub fn call_builtin(
        &mut self,
        builtin: &'static Builtin,
        arguments: &[Value],
    ) -> Result<Value> {
        let (run, signature) = choose_row(builtin, arguments.first());
        let run =
            run.ok_or_else(|| fail(Kind::Type, format!("`{}` is not a function", builtin.name)))?;
        let given = bind_positional(builtin.name, signature, arguments)?;
        run(self, &given)
    }

    /// The running task as a value.
    pub fn own_handle(&self) -> Value {
        Value::of_task(self.task)
    }

    /// Adds to an error where it happened, if it does not know yet.
    #[cold]
    #[inline(never)]
    pub fn placed(&self, unwind: Unwind, span: Span) -> Unwind {
        let Unwind::Failed(mut failure) = unwind else {
            if self.leaving == Flow::Next {
                self.passes(span);
            }
            return unwind;
        };
        if failure.story.span.is_some() {
            return Unwind::Failed(failure);
        }
        let story = &mut Arc::make_mut(&mut failure).story;
        story.span = Some(span);
        (story.calls, story.calls_left_out) = self.calls_told();
        story.tasks.extend(self.task.mark());
        Unwind::Failed(failure)
    }

    /// The calls under way as a story tells them: innermost first, the middle of many left out.
    pub fn calls_told(&self) -> (Vec<CallFrame>, usize) {
        // The outermost record is the task's own code, not a call.
        let calls = self.calls.get(1..).unwrap_or_default();
        let told = calls.iter().rev().map(|call| CallFrame {
            function: match &call.code.template.kind {
                TemplateKind::Delay | TemplateKind::Tail => Some(PROMISE.into()),
                TemplateKind::Check(title) => Some(format!("{CHECK}{title:?}").into()),
                _ => call.code.template.name.clone(),
            },
            called_at: call.site,
        });
        match calls.len() <= 2 * CALLS_TOLD {
            true => (told.collect(), 0),
            false => {
                let outer = told.clone().skip(calls.len() - CALLS_TOLD);
                let all = told.take(CALLS_TOLD).chain(outer).collect();
                (all, calls.len() - 2 * CALLS_TOLD)
            }
        }
    }
}

/// Fewer arguments than parameters are all right if the others have defaults.
#[inline(never)]
fn expect_defaults(function: &Arc<Function>, given: usize) -> Result<()> {
    let parameters = &function.code.template.parameters;
    let missing = parameters.get(given..).unwrap_or_default();
    match given > parameters.len() || missing.iter().any(|parameter| parameter.default.is_none()) {
        true => Err(wrong_arity(function, given)),
        false => Ok(()),
    }
}

#[cold]
#[inline(never)]
fn push_growing(stack: &mut Vec<Value>, value: Value) {
    stack.push(value);
}
