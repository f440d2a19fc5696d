//! What a session knows of its tasks and queues: who started whom, and that one has ended.
//!
//! A script needs none of this, so nobody watches there. Ended tasks are forgotten when nothing
//! else holds them, but for those that have started some that still run.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Weak};
use std::time::Instant;

use indexmap::IndexMap;
use parking_lot::Mutex;

use super::machine::Machine;
use super::queue::Queue;
use super::task::{Task, TaskKind, Work};

/// What a task is called: tasks and futures are numbered apart.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub struct TaskName {
    /// Whether it is a future; else it is a task.
    pub is_future: bool,
    /// Its number.
    pub number: u64,
}

impl TaskName {
    /// The main task of a session.
    pub const MAIN: TaskName = TaskName {
        is_future: false,
        number: 1,
    };
}

impl From<&Task> for TaskName {
    fn from(task: &Task) -> TaskName {
        TaskName {
            is_future: task.kind == TaskKind::Future,
            number: task.number,
        }
    }
}

impl fmt::Display for TaskName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.is_future { "future" } else { "task" };
        write!(out, "{kind} #{}", self.number)
    }
}

/// A task that was started.
#[derive(Clone, Debug)]
pub struct Started {
    /// Its name.
    pub name: TaskName,
    /// Who started it.
    pub by: TaskName,
    /// The name of what it calls, if it does nothing else.
    pub calls: Option<Arc<str>>,
    /// When.
    pub at: Instant,
    task: Weak<Task>,
}

impl Started {
    /// The task, if anything still holds it.
    pub fn task(&self) -> Option<Arc<Task>> {
        self.task.upgrade()
    }

    fn running(&self) -> Option<Arc<Task>> {
        self.task().filter(|task| !task.has_ended())
    }
}

/// Is told of a task that has ended and who had started it.
type OnEnd = Box<dyn Fn(&Arc<Task>, TaskName) + Send + Sync>;

/// All tasks and queues of a session.
pub struct Watch {
    tasks: Mutex<Tasks>,
    queues: Mutex<Vec<Weak<Queue>>>,
    on_end: OnEnd,
}

struct Tasks {
    started: IndexMap<TaskName, Started>,
    /// So many are reason to look which can be forgotten.
    many: usize,
}

/// Fewer are never worth a look.
const FEW: usize = 256;

impl Watch {
    /// A watch that has seen nothing yet.
    pub fn new(on_end: impl Fn(&Arc<Task>, TaskName) + Send + Sync + 'static) -> Watch {
        Watch {
            tasks: Mutex::new(Tasks {
                started: IndexMap::new(),
                many: FEW,
            }),
            queues: Mutex::new(Vec::new()),
            on_end: Box::new(on_end),
        }
    }

    /// A task was made by another.
    pub fn started(&self, by: TaskName, task: &Arc<Task>, calls: Option<Arc<str>>) {
        let mut tasks = self.tasks.lock();
        if tasks.started.len() >= tasks.many {
            tasks.forget();
        }
        let started = Started {
            name: TaskName::from(&**task),
            by,
            calls,
            at: Instant::now(),
            task: Arc::downgrade(task),
        };
        tasks.started.insert(started.name, started);
    }

    /// A task has ended.
    pub(super) fn ended(&self, task: &Arc<Task>) {
        let name = TaskName::from(&**task);
        let started_by = |tasks: &Tasks| Some(tasks.started.get(&name)?.by);
        let by = started_by(&self.tasks.lock());
        if let Some(by) = by {
            (self.on_end)(task, by);
        }
    }

    /// A queue was made.
    pub fn made(&self, queue: &Arc<Queue>) {
        let mut queues = self.queues.lock();
        if queues.len() >= FEW && queues.len().is_power_of_two() {
            queues.retain(|queue| queue.strong_count() > 0);
        }
        queues.push(Arc::downgrade(queue));
    }

    /// The tasks that have not ended, and whoever started them, in the order of their start.
    pub fn tasks(&self) -> Vec<Started> {
        let mut tasks = self.tasks.lock();
        tasks.forget();
        tasks.started.values().cloned().collect()
    }

    /// The tasks that have not ended.
    pub fn running(&self) -> Vec<Arc<Task>> {
        let tasks = self.tasks.lock();
        let started = tasks.started.values();
        started.filter_map(Started::running).collect()
    }

    /// The queues that anything still holds.
    pub fn queues(&self) -> Vec<Arc<Queue>> {
        self.queues
            .lock()
            .iter()
            .filter_map(Weak::upgrade)
            .collect()
    }
}

impl Machine<'_> {
    /// What work is called, if anybody watches.
    pub fn name_of(&self, work: &Work) -> Option<Arc<str>> {
        self.runtime.watched()?;
        work.name().map(Arc::from)
    }

    /// This task has made another one.
    pub fn says_it_started(&self, task: &Arc<Task>, calls: Option<Arc<str>>) {
        if let Some(watch) = self.runtime.watched() {
            watch.started(TaskName::from(&**self.task), task, calls);
        }
    }
}

impl Tasks {
    fn forget(&mut self) {
        let mut needed: HashSet<TaskName> = HashSet::new();
        // Who starts a task comes before it.
        for started in self.started.values().rev() {
            if needed.contains(&started.name) || started.running().is_some() {
                needed.insert(started.name);
                needed.insert(started.by);
            }
        }
        self.started.retain(|name, _| needed.contains(name));
        self.many = FEW.max(2 * self.started.len());
    }
}
