//! Fibers: a task's own stack, left and entered again at waits.
//!
//! ```text
//!   seat   --resume(Resumed)-->  fiber runs language code
//!   seat  <--suspend(Suspended)-- fiber stopped in the middle; its stack stays as it is
//! ```
//!
//! Stacks are large in address space and cost memory only as far as they are used; they are kept
//! for the next fiber of the same seat. The stack of every task has the same size, the main
//! program's included, so recursion has the same limit everywhere.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use corosensei::stack::DefaultStack;
use corosensei::{Coroutine, CoroutineResult, Yielder};

use super::mappings::{Mappings, OF_A_STACK};
use super::scene::Scene;
use super::task::{Task, Work};
use super::wait::Ticket;
use super::yard::Leaving;
use crate::value::error::fail;
use crate::value::{Kind, Result, Value};

/// Address space of a fiber's stack.
const STACK_SIZE: usize = 128 << 20;

/// How much of a stack must be left to enter one more call: room for the deepest builtin that
/// does not check by itself, for the deepest expression the parser lets through (see
/// `syntax::depth`), for compiling it, and for unwinding.
const STACK_RESERVE: usize = 16 << 20;

/// Stacks a seat keeps for its next fibers.
const STACKS_KEPT: usize = 64;

/// Why a fiber goes on.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Resumed {
    /// What it waited for may have come.
    Ready,
    /// The time it was willing to wait has passed.
    TimedOut,
    /// The task was asked to stop.
    Cancelled,
    /// It does not: somebody wants to know what its task is doing.
    Asked,
}

/// Why a fiber stops.
pub enum Suspended {
    /// It waits; the ticket says for what.
    Waiting(Arc<Ticket>),
    /// It waits for this task, whose work it has claimed: the task is to run here next.
    WaitingForStart(Arc<Ticket>, Arc<Task>, Work),
    /// Its time slice is over; others on the seat are ready. On a stage: it stands at the gate.
    Yielded,
    /// It goes on, and leaves the fiber that it has run inside of itself to the seat.
    Leaves(Box<Leaving>),
    /// It waits on; this is what it was asked for.
    Answered(Box<Scene>),
    /// On a stage: it ends the program with this status.
    Exits(i32),
}

/// What a fiber holds to stop itself.
#[derive(Copy, Clone)]
pub struct Port<'f> {
    yielder: &'f Yielder<Resumed, Suspended>,
}

impl Port<'_> {
    /// Stops until the seat goes on with this fiber.
    pub fn suspend(&self, why: Suspended) -> Resumed {
        self.yielder.suspend(why)
    }
}

/// The memory of one stack.
pub struct Stack {
    memory: DefaultStack,
    mappings: Mappings,
}

/// A task's stack and what is on it.
pub struct Fiber {
    coroutine: Coroutine<Resumed, Suspended, (), DefaultStack>,
    mappings: Mappings,
}

impl Fiber {
    /// A fiber that will run `body`. It is given its port and the lowest address its stack
    /// pointer may have when a call begins.
    pub fn new(stack: Stack, body: impl FnOnce(Port<'_>, usize) + 'static) -> Fiber {
        use corosensei::stack::Stack as _;
        let Stack { memory, mappings } = stack;
        let limit = memory.limit().get() + STACK_RESERVE;
        let coroutine = Coroutine::with_stack(memory, move |yielder, _: Resumed| {
            body(Port { yielder }, limit);
        });
        Fiber {
            coroutine,
            mappings,
        }
    }

    /// Runs it until it stops or ends; gives `None` when it has ended.
    pub fn resume(&mut self, why: Resumed) -> Option<Suspended> {
        match self.coroutine.resume(why) {
            CoroutineResult::Yield(suspended) => Some(suspended),
            CoroutineResult::Return(()) => None,
        }
    }

    /// Takes the stack of a fiber that has ended.
    pub fn into_stack(self) -> Stack {
        Stack {
            memory: self.coroutine.into_stack(),
            mappings: self.mappings,
        }
    }
}

/// The stacks a seat keeps.
#[derive(Default)]
pub struct Stacks {
    free: Vec<Stack>,
}

impl Stacks {
    /// A stack; fails when the system gives no more memory.
    pub fn take(&mut self) -> io::Result<Stack> {
        match self.free.pop() {
            Some(stack) => Ok(stack),
            None => Ok(Stack {
                mappings: Mappings::reserve(OF_A_STACK)?,
                memory: DefaultStack::new(STACK_SIZE)?,
            }),
        }
    }

    /// Keeps a stack for later, if there are not too many.
    pub fn give(&mut self, stack: Stack) {
        if self.free.len() < STACKS_KEPT {
            self.free.push(stack);
        }
    }
}

/// Does a task's work; a panic, which is a mistake in cq itself, ends the task and nothing else.
pub fn run_guarded(work: impl FnOnce() -> Result<Value>) -> Result<Value> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err(fail(
            Kind::Other("internal".into()),
            "internal error in cq: the task was given up",
        )
        .help("this is a mistake in cq, not in your program; please report it"))
    })
}
