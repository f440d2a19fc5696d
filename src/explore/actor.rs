//! The tasks of an execution.

use std::sync::Arc;

use super::history::Step;
use super::touch::{Touch, Touches};
use crate::gate::Operation;
use crate::runtime::fiber::Fiber;
use crate::runtime::task::{Task, TaskKind};
use crate::runtime::trail::Shared;
use crate::runtime::turn::Ask;
use crate::syntax::span::Span;
use crate::value::Value;

/// What a task is about to do.
#[derive(Debug, Default)]
pub enum Pending {
    /// To begin.
    #[default]
    Begin,
    /// Something that is always possible.
    Act(Touches),
    /// To wait for something.
    Ask(Ask),
    /// To start this task.
    Start(Arc<Task>),
    /// To look whether it is to stop.
    Flag,
    /// To take a turn of a loop that changes nothing, until somebody changes what it looks at.
    Spin(Vec<Looked>),
    /// To end.
    Finish,
    /// It runs.
    Running,
    /// It has ended.
    Ended,
}

/// Something that a task has looked at.
#[derive(Copy, Clone, Debug)]
pub struct Looked {
    /// What and how.
    pub touch: Touch,
    /// In which step.
    pub step: Step,
}

/// A task on the stage.
pub struct Part {
    /// The task.
    pub task: Arc<Task>,
    /// Its stack, once it has begun.
    pub fiber: Option<Fiber>,
    /// What it is about to do.
    pub pending: Pending,
    /// The step that started it.
    pub started_by: Step,
    /// Its pool, if it is one that the program made.
    pub pool: Option<usize>,
    /// Whether it counts among the running tasks of that pool.
    pub seated: bool,
    /// The step after which a value it has handed over was taken.
    pub let_by: Step,
    /// It was a future that was left when the program ended.
    pub cancelled_at_end: bool,
    /// It was cancelled before it began.
    pub never_began: bool,
    /// Where it is in the source.
    pub place: Span,
    /// The variable it is about to touch, if it is one and somebody wants to know.
    pub variable: Option<String>,
    /// The operation it has announced, if somebody wants to know.
    pub operation: Option<Operation>,
    /// What its last operation did, in words.
    pub words: String,
    /// Its own time.
    pub clock: f64,
    /// Loop turns and calls since its last step.
    pub ticks: u32,
    /// How often it has looked at the time, or changed something that nobody else touches.
    pub unseen: u64,
    /// Its last step.
    pub last_step: Step,
    /// How many objects of each kind it has made.
    pub made: [u32; 6],
    /// What it has seen, and what it was started with, if states are to be told apart.
    pub trail: Option<Shared>,
    /// The list, map or variable that it is about to touch, by its address.
    pub acts_on: Option<usize>,
    /// See `trail`; `None` if that cannot be known.
    pub given: Option<Vec<Value>>,
}

impl Part {
    /// A task that has just been started.
    pub fn new(task: Arc<Task>, started_by: Step, pool: Option<usize>, clock: f64) -> Part {
        let place = task.started_at.unwrap_or_default();
        Part {
            task,
            fiber: None,
            pending: Pending::Begin,
            started_by,
            pool,
            seated: false,
            let_by: super::history::NONE,
            cancelled_at_end: false,
            never_began: false,
            place,
            variable: None,
            operation: None,
            words: String::new(),
            clock,
            ticks: 0,
            unseen: 0,
            last_step: super::history::NONE,
            made: [0; 6],
            trail: None,
            acts_on: None,
            given: None,
        }
    }

    /// It keeps a trail, so that states are told apart.
    pub fn keep_trail(&mut self) {
        self.trail = Some(Shared::default());
        self.given = self.task.calls();
    }

    /// Whether it is a future, and its number: what it is known by in other executions.
    pub fn name(&self) -> (bool, u64) {
        Part::name_of(&self.task)
    }

    /// What a task is known by in other executions.
    pub fn name_of(task: &Task) -> (bool, u64) {
        (task.kind == TaskKind::Future, task.number)
    }

    /// Whether it has ended.
    pub fn has_ended(&self) -> bool {
        matches!(self.pending, Pending::Ended)
    }
}
