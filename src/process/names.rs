//! What a worker calls the things of the first process.
//!
//! ```text
//!   a name comes  --> the stand-in of that name, or a new one      count + 1
//!   the last use of it goes --> noted --> Forget(name, count)      the first process may forget too
//! ```
//!
//! The first process remembers a handle for as long as a worker may name it: it counts how often
//! the name was sent, and the worker says how often it had come when it lets go. A name that is on
//! its way meanwhile is not in that count, so it stays known.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;

use crate::runtime::elsewhere::{FirstProcess, HandleKind, HandleName, StandIn};
use crate::runtime::lock::{Lock, Semaphore};
use crate::runtime::queue::Queue;
use crate::runtime::task::Task;
use crate::value::Value;

/// The names of a worker.
#[derive(Default)]
pub struct Names {
    known: Mutex<HashMap<HandleName, Known>>,
    let_go: Mutex<Vec<HandleName>>,
}

struct Known {
    handle: Handle,
    /// How often the first process counts it.
    count: u64,
}

/// A handle that does not keep what it is a handle of.
enum Handle {
    Queue(Weak<Queue>),
    Lock(Weak<Lock>),
    Semaphore(Weak<Semaphore>),
    Task(Weak<Task>),
}

impl Handle {
    fn of(value: &Value) -> Option<Handle> {
        Some(match value {
            Value::Queue(it) => Handle::Queue(Arc::downgrade(it)),
            Value::Lock(it) => Handle::Lock(Arc::downgrade(it)),
            Value::Semaphore(it) => Handle::Semaphore(Arc::downgrade(it)),
            Value::Future(it) | Value::Task(it) => Handle::Task(Arc::downgrade(it)),
            _ => return None,
        })
    }

    fn value(&self) -> Option<Value> {
        Some(match self {
            Handle::Queue(it) => Value::Queue(it.upgrade()?),
            Handle::Lock(it) => Value::Lock(it.upgrade()?),
            Handle::Semaphore(it) => Value::Semaphore(it.upgrade()?),
            Handle::Task(it) => Value::of_task(&it.upgrade()?),
        })
    }
}

impl Names {
    /// A name has come: the handle of that name.
    pub fn has_come(&self, name: HandleName, first: &Arc<dyn FirstProcess>) -> Value {
        let mut known = self.known.lock();
        if let Some(found) = known.get_mut(&name) {
            found.count += 1;
            if let Some(value) = found.handle.value() {
                return value;
            }
        }
        let value = stand_in(StandIn::new(first, name));
        if let Some(handle) = Handle::of(&value) {
            // One that was dropped and is not forgotten yet goes on counting.
            let count = known.get(&name).map_or(1, |known| known.count);
            known.insert(name, Known { handle, count });
        }
        value
    }

    /// A task of this process has become known to the first process, which counts it once.
    pub fn remember(&self, task: &Arc<Task>) {
        let known = Known {
            handle: Handle::Task(Arc::downgrade(task)),
            count: 1,
        };
        self.known.lock().insert(HandleName::of_task(task), known);
    }

    /// The task of this process with a name, while it is there.
    pub fn own_task(&self, name: HandleName) -> Option<Arc<Task>> {
        match self.known.lock().get(&name)?.handle.value()? {
            Value::Task(task) | Value::Future(task) if task.away().is_none() => Some(task),
            _ => None,
        }
    }

    /// The stand-in for a queue, while there is one.
    pub fn queue(&self, number: u64) -> Option<Arc<Queue>> {
        let name = HandleName {
            kind: HandleKind::Queue,
            id: number,
        };
        match self.known.lock().get(&name)?.handle.value()? {
            Value::Queue(queue) => Some(queue),
            _ => None,
        }
    }

    /// The last use of a name was dropped, unless it has come again meanwhile.
    pub fn lets_go(&self, name: HandleName) {
        self.let_go.lock().push(name);
    }

    /// The names that are no longer used here, and how often each was counted.
    pub fn forgotten(&self) -> Vec<(HandleName, u64)> {
        let names = std::mem::take(&mut *self.let_go.lock());
        let mut forgotten = Vec::new();
        for name in names {
            let mut known = self.known.lock();
            let gone = known
                .get(&name)
                .is_some_and(|known| known.handle.value().is_none());
            if gone && let Some(known) = known.remove(&name) {
                forgotten.push((name, known.count));
            }
        }
        forgotten
    }
}

fn stand_in(away: StandIn) -> Value {
    match away.name.kind {
        HandleKind::Queue => Value::Queue(Queue::standing_in(away)),
        HandleKind::Lock => Value::Lock(Lock::standing_in(away)),
        HandleKind::Semaphore => Value::Semaphore(Semaphore::standing_in(away)),
        HandleKind::Future => Value::Future(Task::standing_in(away)),
        HandleKind::Task => Value::Task(Task::standing_in(away)),
    }
}
