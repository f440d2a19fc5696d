//! What a seat and its fibers share: how new fibers are made, by the seat for a task that starts
//! there, and by a fiber for the future it forces.
//!
//! A future that nobody has started is most often forced by who made it. Its forcer then runs it
//! on a fiber of its own, right here, without the seat and without a wait (inlining of futures:
//! Mohr, Kranz and Halstead, *Lazy Task Creation*, 1990):
//!
//! ```text
//!   seat --resume--> forcer --resume--> future: ends            the forcer goes on with its value
//!                                           \-- stops in the middle (it waits, others want the
//!   seat <--Leaves-- forcer <---------------/   seat): from now on the seat has its fiber, and
//!                                               the forcer waits for its end as ever
//! ```

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use super::fiber::{Fiber, Resumed, Stack, Stacks, Suspended, run_guarded};
use super::machine::Machine;
use super::mailbox::{FiberKey, SeatHandle};
use super::run::Runtime;
use super::task::{Task, TaskKind, Work};
use super::wait::Stops;
use crate::value::{Failure, Kind, Unwind};

/// How deep fibers may lie inside each other: when the innermost stops, all of them are handed to
/// the seat, one after the other.
const MOST_NESTED: u32 = 64;

/// What a seat and its fibers share.
pub struct Yard {
    /// What others know of the seat.
    pub handle: Arc<SeatHandle>,
    /// The program.
    pub runtime: Arc<Runtime>,
    /// Stacks for fibers.
    pub stacks: RefCell<Stacks>,
    free: RefCell<Vec<FiberKey>>,
    made: Cell<usize>,
}

/// A fiber that its forcer hands over to the seat.
pub struct Leaving {
    pub(super) key: FiberKey,
    pub(super) fiber: Fiber,
    pub(super) task: Arc<Task>,
    /// Why it has stopped.
    pub(super) why: Suspended,
}

impl Yard {
    /// That of a seat.
    pub fn new(handle: Arc<SeatHandle>, runtime: Arc<Runtime>) -> Rc<Yard> {
        Rc::new(Yard {
            handle,
            runtime,
            stacks: RefCell::default(),
            free: RefCell::default(),
            made: Cell::new(0),
        })
    }

    /// Whether there is no fiber.
    pub(super) fn is_empty(&self) -> bool {
        self.free.borrow().len() == self.made.get()
    }

    fn new_key(&self) -> FiberKey {
        self.free
            .borrow_mut()
            .pop()
            .unwrap_or_else(|| self.made.replace(self.made.get() + 1))
    }

    /// A fiber for a task, inside of so many others. `None` if the task has ended instead: there is
    /// no memory for its stack, or the program ends.
    pub(super) fn launch(
        self: &Rc<Yard>,
        task: &Arc<Task>,
        work: Work,
        nested: u32,
    ) -> Option<(FiberKey, Fiber)> {
        if task.kind == TaskKind::Future && self.runtime.starts_no_more_futures() {
            task.finish(Err(Unwind::Cancelled));
            self.runtime.task_left();
            return None;
        }
        let stack = match self.stacks.borrow_mut().take() {
            Ok(stack) => stack,
            Err(error) => {
                let failure = Failure::error(
                    Kind::Memory,
                    format!("no memory for the stack of {}: {error}", task.title()),
                );
                task.finish(Err(failure.into()));
                return None;
            }
        };
        let key = self.new_key();
        task.starts_on(&self.handle);
        Some((key, self.fiber_of(stack, key, task.clone(), work, nested)))
    }

    /// The seat has a fiber of this task: others can see it from now on.
    pub(super) fn shows(&self, key: FiberKey, task: &Arc<Task>) {
        self.handle.tasks.lock().insert(key, task.clone());
        // Whoever calls everything off has seen it, or is seen here.
        if self.runtime.is_called_off(task) {
            task.request_cancel();
        }
    }

    /// And no longer.
    pub(super) fn hides(&self, key: FiberKey) {
        let _task = self.handle.tasks.lock().remove(key);
    }

    fn fiber_of(
        self: &Rc<Yard>,
        stack: Stack,
        key: FiberKey,
        task: Arc<Task>,
        work: Work,
        nested: u32,
    ) -> Fiber {
        let yard = self.clone();
        Fiber::new(stack, move |port, limit| {
            let unpacked = OnceCell::new();
            let result = {
                let stops = Stops::new(&task, &yard.handle);
                let mut machine = Machine::new((&task, &unpacked), &yard, port, key, limit, &stops);
                machine.nested = nested;
                match task.cancel_waits() && !task.abroad.has_to_speak() {
                    true => {
                        task.cancel_strikes();
                        Err(Unwind::Cancelled)
                    }
                    false => run_guarded(|| work.run(&mut machine)),
                }
            };
            // What it held is let go of before others see that it has ended.
            drop((work, unpacked));
            yard.runtime.task_ended(&task, result);
        })
    }

    /// A fiber has run to its end.
    pub(super) fn clear(&self, key: FiberKey, fiber: Fiber) {
        self.free.borrow_mut().push(key);
        self.stacks.borrow_mut().give(fiber.into_stack());
    }
}

impl Machine<'_> {
    /// Whether a future that this task forces may run inside of its fiber. A task of a pool that
    /// bounds what runs gives up its place there by waiting.
    pub(super) fn may_run_in_place(&self) -> bool {
        let is_bounded = self
            .task
            .pool
            .as_ref()
            .is_some_and(|it| it.kind.is_bounded());
        self.nested < MOST_NESTED && !is_bounded
    }

    /// Runs a future whose work this task has claimed, until it ends or stops in the middle.
    pub(super) fn run_in_place(&mut self, task: &Arc<Task>, work: Work) {
        let yard = self.yard;
        let Some((key, mut fiber)) = yard.launch(task, work, self.nested + 1) else {
            return;
        };
        yard.handle.nests(true);
        loop {
            match fiber.resume(Resumed::Ready) {
                None => {
                    yard.clear(key, fiber);
                    yard.runtime.task_left();
                    break;
                }
                // Of a fiber inside of that one.
                Some(leaves @ Suspended::Leaves(_)) => {
                    self.port.suspend(leaves);
                }
                Some(why) => {
                    let task = task.clone();
                    self.port.suspend(Suspended::Leaves(Box::new(Leaving {
                        key,
                        fiber,
                        task,
                        why,
                    })));
                    break;
                }
            }
        }
        yard.handle.nests(self.nested > 0);
    }

    /// Stops this fiber: if it lies in another one, it does no longer.
    pub(super) fn suspend(&mut self, why: Suspended) -> Resumed {
        let resumed = self.port.suspend(why);
        self.nested = 0;
        resumed
    }
}
