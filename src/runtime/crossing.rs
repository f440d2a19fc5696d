//! Queues that processes know.
//!
//! What is put into a queue that processes know is copied at that moment; threads of this process
//! still get the value itself. A value from a process stays packed until somebody here takes it.
//!
//! A process may send puts ahead, and a value may be on its way to one that dies before it has
//! it. A closed queue is at its end only when nothing of that kind is left: it is *settled*.
//!
//! ```text
//!   put in a worker --sent ahead--> arrived ----> [ items ] --> under way to a worker --> settled
//!                                                      ^------ put back, if it has died ----/
//! ```

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::elsewhere::{Parcel, Part, Party};
use super::machine::Machine;
use super::put::Put;
use super::queue::{Queue, Taken};
use crate::value::{Result, Value};

/// A value in a queue.
#[derive(Debug)]
pub enum Item {
    /// A value of this process.
    Value(Value),
    /// A value that has come from a process.
    Parcel(Box<Parcel>),
    /// The same, one of several that came in a row.
    Part(Part),
    /// A value of this process, and its copy as it was when it was put.
    Both(Box<(Value, Parcel)>),
}

impl Item {
    /// The value, if this process has it.
    pub(super) fn value(&self) -> Option<&Value> {
        match self {
            Item::Value(value) => Some(value),
            Item::Both(both) => Some(&both.0),
            Item::Parcel(_) | Item::Part(_) => None,
        }
    }

    /// The same once more.
    pub(super) fn copy(&self) -> Item {
        match self {
            Item::Value(value) => Item::Value(value.clone()),
            Item::Both(both) => Item::Value(both.0.clone()),
            Item::Parcel(parcel) => Item::Parcel(Box::new(parcel.copy())),
            Item::Part(part) => Item::Part(part.clone()),
        }
    }

    /// Whether it is an end mark.
    pub(super) fn is_nil(&self) -> bool {
        match self {
            Item::Parcel(parcel) => parcel.packed.is_nil(),
            Item::Part(part) => part.is_nil(),
            _ => matches!(self.value(), Some(Value::Nil)),
        }
    }
}

/// What became of a put that does not wait.
pub enum Offered {
    /// It is in the queue.
    Done,
    /// There is no room; here it is again.
    Full(Item),
    /// The queue is closed.
    Closed,
}

impl Queue {
    /// Adds it if that needs no waiting.
    pub fn offer(&self, item: Item) -> Offered {
        let mut item = Some(item);
        match (self.try_put(&mut item, None), item) {
            (Some(Put::Closed), _) => Offered::Closed,
            (None, Some(item)) => Offered::Full(item),
            _ => Offered::Done,
        }
    }

    /// A value as it is put: with its copy if that is what somebody may get.
    pub(super) fn item(&self, machine: &Machine<'_>, value: Value) -> Result<Item> {
        if !self.crossed.load(Ordering::Relaxed) || !may_change(&value) {
            return Ok(Item::Value(value));
        }
        let parcel = machine.runtime.workers()?.pack(&value, &machine.gate)?;
        if machine.is_process_on_stage() {
            return Ok(Item::Parcel(Box::new(parcel)));
        }
        Ok(Item::Both(Box::new((value, parcel))))
    }

    /// Copies are to be made of what is put from now on: a process on a stage knows the queue.
    pub fn crosses_on_stage(&self) {
        self.crossed.store(true, Ordering::Relaxed);
    }

    /// The value itself, out of the queue.
    pub fn open(machine: &Machine<'_>, item: Item) -> Result<Value> {
        match item {
            Item::Value(value) => Ok(value),
            Item::Both(both) if machine.is_process_on_stage() => {
                machine.runtime.workers()?.unpack(both.1)
            }
            Item::Both(both) => Ok(both.0),
            Item::Parcel(parcel) => machine.runtime.workers()?.unpack(*parcel),
            Item::Part(part) => machine.runtime.workers()?.unpack(part.parcel()),
        }
    }

    /// From now on the worker may send puts ahead; false if the queue has a bound, where a put has
    /// to wait for its room, or is closed.
    pub fn lets_go_ahead(&self, pid: u32, worker: Arc<dyn Party>) -> bool {
        self.state.with(|state| {
            let may = self.capacity.is_none() && !state.closed;
            if may {
                state.ahead.push((pid, worker));
                state.unsettled += 1;
            }
            may
        })
    }

    /// Puts that were sent ahead have arrived. They were made before their worker knew of any
    /// closing.
    pub fn arrive(&self, items: impl IntoIterator<Item = Item>) {
        self.state.with(|state| {
            for item in items {
                state.items.push_back(item);
                state.wake_getter();
            }
        });
    }

    /// A worker has sent ahead what it had, and sends no more.
    pub fn no_longer_ahead(&self, pid: u32) {
        self.state
            .with(|state| state.ahead.retain(|(other, _)| *other != pid));
        self.settled();
    }

    /// Takes the oldest value if there is one, for a process. Until [`Queue::settled`] or
    /// [`Queue::put_back`], the queue is not at its end.
    pub fn take_for_process(&self) -> Option<Taken> {
        let taken = self.try_get(None);
        if matches!(taken, Some(Taken::Value(_))) {
            self.is_under_way();
        }
        taken
    }

    /// A value of it is on its way to a process.
    pub fn is_under_way(&self) {
        self.state.with(|state| state.unsettled += 1);
    }

    /// Something that could have added to the queue cannot any more.
    pub fn settled(&self) {
        self.state.with(|state| {
            state.unsettled = state.unsettled.saturating_sub(1);
            state.wake_all_at_the_end();
        });
    }

    /// A value did not reach the process that it was for: it is the next again.
    pub fn put_back(&self, item: Item) {
        self.state.with(|state| {
            state.items.push_front(item);
            state.unsettled = state.unsettled.saturating_sub(1);
            state.wake_getter();
        });
    }

    /// A process is about to know it: what waits in it is copied as it is now, and what is put
    /// later when it is put.
    pub fn crosses(&self, pack: impl Fn(&Value) -> Result<Parcel>) {
        if self.crossed.swap(true, Ordering::SeqCst) {
            return;
        }
        let waiting: Vec<Value> = self.state.with(|state| {
            let line = state.pending.iter().map(|(item, _)| item);
            let values = state.items.iter().chain(line).filter_map(Item::changing);
            values.cloned().collect()
        });
        for value in waiting {
            // What cannot cross is refused when a process gets it.
            let Ok(parcel) = pack(&value) else { continue };
            self.state.with(|state| {
                let line = state.pending.iter_mut().map(|(item, _)| item);
                let mut items = state.items.iter_mut().chain(line);
                let same =
                    |item: &&mut Item| item.changing().is_some_and(|it| same_object(it, &value));
                if let Some(item) = items.find(same) {
                    *item = Item::Both(Box::new((value.clone(), parcel)));
                }
            });
        }
    }
}

impl Item {
    /// The value that is copied only when it crosses, if it may change until then.
    fn changing(&self) -> Option<&Value> {
        match self {
            Item::Value(value) if may_change(value) => Some(value),
            _ => None,
        }
    }

    pub(super) fn parts(self) -> Vec<Value> {
        match self {
            Item::Value(value) => vec![value],
            Item::Parcel(parcel) => parcel.handles,
            Item::Part(_) => Vec::new(),
            Item::Both(both) => vec![both.0],
        }
    }
}

/// Whether it matters when a copy of the value is made.
fn may_change(value: &Value) -> bool {
    matches!(
        value,
        Value::List(_)
            | Value::Map(_)
            | Value::Function(_)
            | Value::Stream(_)
            | Value::Promise(_)
            | Value::Error(_)
            | Value::Pool(_)
    )
}

/// Whether two values that may change are the same one.
fn same_object(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::List(one), Value::List(other)) => Arc::ptr_eq(one, other),
        (Value::Map(one), Value::Map(other)) => Arc::ptr_eq(one, other),
        (Value::Function(one), Value::Function(other)) => Arc::ptr_eq(one, other),
        (Value::Stream(one), Value::Stream(other)) => Arc::ptr_eq(one, other),
        (Value::Promise(one), Value::Promise(other)) => Arc::ptr_eq(one, other),
        (Value::Error(one), Value::Error(other)) => Arc::ptr_eq(one, other),
        _ => false,
    }
}
