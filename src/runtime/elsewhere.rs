//! What lives in another process.
//!
//! Queues, locks, semaphores and tasks live in the first process. In a worker a handle to one is
//! a *stand-in*: its name, and the way to the first process, which is asked for everything.
//!
//! ```text
//!   first process                          worker
//!     queue #2  <---- Workers ----           task
//!                ---- FirstProcess ---->     stand-in for queue #2
//! ```
//!
//! The runtime knows both ways as interfaces only; what stands behind them is the room `process`.
//! A [`Parcel`] is a value on its way: bytes that nobody here looks into, and the handles that are
//! named in them.

use std::fmt;
use std::ops::Range;
use std::os::fd::BorrowedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use crossbeam_channel::Sender;
use serde::{Deserialize, Serialize};

use super::gather::Until;
use super::machine::Machine;
use super::pool::PoolShared;
use super::queue::Queue;
use super::run::Runtime;
use super::scene::Scene;
use super::stop::Whereat;
use super::task::{Task, TaskKind, Work};
use crate::gate::Gate;
use crate::syntax::span::Span;
use crate::value::{Result, Value};

/// What a handle is a handle of.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum HandleKind {
    /// A queue.
    Queue,
    /// A lock.
    Lock,
    /// A semaphore.
    Semaphore,
    /// A future.
    Future,
    /// A spawned task or the main program.
    Task,
}

/// How a handle is called in all processes of a program: its kind and its number, both its own
/// for as long as the program runs.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct HandleName {
    /// What it is.
    pub kind: HandleKind,
    /// Which one, among those of its kind.
    pub id: u64,
}

impl HandleName {
    /// The name of a task.
    pub fn of_task(task: &Task) -> HandleName {
        let kind = match task.kind {
            TaskKind::Future => HandleKind::Future,
            TaskKind::Main | TaskKind::Spawned => HandleKind::Task,
        };
        HandleName {
            kind,
            id: task.number,
        }
    }

    /// The name of a handle; `None` for what is none.
    pub fn of(value: &Value) -> Option<HandleName> {
        let (kind, id) = match value {
            Value::Queue(queue) => (HandleKind::Queue, queue.number),
            Value::Lock(lock) => (HandleKind::Lock, lock.number),
            Value::Semaphore(semaphore) => (HandleKind::Semaphore, semaphore.number),
            Value::Future(task) | Value::Task(task) => return Some(HandleName::of_task(task)),
            _ => return None,
        };
        Some(HandleName { kind, id })
    }
}

/// Values that were packed, or bytes that claim to be some: unpacking finds out. A copy shares them.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Packed(pub Bytes);

impl Packed {
    /// How many bytes it takes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it has no bytes, which no packed value has.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Packed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "<{} packed bytes>", self.len())
    }
}

impl From<Vec<u8>> for Packed {
    fn from(bytes: Vec<u8>) -> Packed {
        Packed(bytes.into())
    }
}

impl Serialize for Packed {
    fn serialize<S: serde::Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        to.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Packed {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> std::result::Result<Packed, D::Error> {
        // All bytes at once; one by one takes many times as long.
        <&[u8]>::deserialize(from).map(|bytes| Packed(Bytes::copy_from_slice(bytes)))
    }
}

/// A packed value on its way.
#[derive(Debug)]
pub struct Parcel {
    /// The value.
    pub packed: Packed,
    /// The handles that are named in it, each once.
    pub handles: Vec<Value>,
}

impl Parcel {
    /// The same once more.
    pub fn copy(&self) -> Parcel {
        Parcel {
            packed: self.packed.clone(),
            handles: self.handles.clone(),
        }
    }
}

/// A small packed value that names nothing, in a row of such, whose memory it keeps.
#[derive(Clone, Debug)]
pub struct Part {
    row: Arc<Packed>,
    at: u32,
    length: u16,
}

impl Part {
    /// What lies there in a row; `None` if that is not in it, or is not small.
    pub fn of(row: &Arc<Packed>, at: usize, length: usize) -> Option<Part> {
        let is_inside = at.checked_add(length)? <= row.len();
        Some(Part {
            row: row.clone(),
            at: u32::try_from(at).ok().filter(|_| is_inside)?,
            length: u16::try_from(length).ok()?,
        })
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.row.0[self.range()]
    }

    /// The value by itself.
    pub fn parcel(&self) -> Parcel {
        Parcel {
            packed: Packed(self.row.0.slice(self.range())),
            handles: Vec::new(),
        }
    }

    fn range(&self) -> Range<usize> {
        let at = self.at as usize;
        at..at + usize::from(self.length)
    }
}

/// What makes a handle a stand-in. When it is dropped, the first process may forget that this
/// process knew the name.
pub struct StandIn {
    /// The way to what it stands for.
    pub first: Arc<dyn FirstProcess>,
    /// Its name.
    pub name: HandleName,
    /// Of a queue: puts may be sent ahead, without waiting for an answer.
    pub ahead: AtomicBool,
}

impl StandIn {
    /// For what is called so.
    pub fn new(first: &Arc<dyn FirstProcess>, name: HandleName) -> StandIn {
        StandIn {
            first: first.clone(),
            name,
            ahead: AtomicBool::new(false),
        }
    }

    /// Whether puts may be sent ahead.
    pub fn goes_ahead(&self) -> bool {
        self.ahead.load(Ordering::SeqCst)
    }
}

impl fmt::Debug for StandIn {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "stand-in for {:?}", self.name)
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.first.let_go(self.name);
    }
}

/// Other processes, as a seat that rests listens to them.
pub trait Others {
    /// Hears what has come, if that is for a seat to do, and says whether it is. Does not wait.
    fn listen(&self) -> bool;
    /// Waits until there is something to hear, or the bell rings, and says which: 0 is the bell.
    /// `None` if that takes too long.
    fn wait_to_hear(&self, bell: BorrowedFd<'_>, patience: Duration) -> Option<usize>;
    /// No seat listens any more.
    fn nobody_listens(&self);
}

/// The first process, as the tasks of a worker need it. What may wait, waits as a task does.
pub trait FirstProcess: Send + Sync {
    /// `queue(capacity)`
    fn new_queue(&self, machine: &mut Machine<'_>, capacity: Option<usize>) -> Result<Value>;
    /// `lock()`
    fn new_lock(&self, machine: &mut Machine<'_>) -> Result<Value>;
    /// `semaphore(permits)`
    fn new_semaphore(&self, machine: &mut Machine<'_>, permits: u64) -> Result<Value>;
    /// `put`
    fn put(
        &self,
        machine: &mut Machine<'_>,
        queue: &Arc<Queue>,
        value: &Value,
        deadline: Option<Instant>,
    ) -> Result<()>;
    /// `get`; `None` when the queue is closed and drained.
    fn get(
        &self,
        machine: &mut Machine<'_>,
        queue: &Arc<Queue>,
        deadline: Option<Instant>,
    ) -> Result<Option<Value>>;
    /// `select`: the place of the queue, and the value.
    fn select(
        &self,
        machine: &mut Machine<'_>,
        queues: &[Arc<Queue>],
        deadline: Option<Instant>,
    ) -> Result<(usize, Value)>;
    /// `close`
    fn close(&self, machine: &mut Machine<'_>, queue: HandleName) -> Result<()>;
    /// `len(q)`
    fn length(&self, machine: &mut Machine<'_>, queue: HandleName) -> Result<usize>;
    /// `acquire` of a lock or semaphore.
    fn acquire(
        &self,
        machine: &mut Machine<'_>,
        what: HandleName,
        deadline: Option<Instant>,
    ) -> Result<()>;
    /// `release` of a lock or semaphore.
    fn release(&self, machine: &mut Machine<'_>, what: HandleName) -> Result<()>;
    /// `force`, or `join`
    fn force(
        &self,
        machine: &mut Machine<'_>,
        task: &Arc<Task>,
        deadline: Option<Instant>,
        join: bool,
    ) -> Result<Value>;
    /// `exception`
    fn exception(
        &self,
        machine: &mut Machine<'_>,
        task: &Arc<Task>,
        deadline: Option<Instant>,
    ) -> Result<Value>;
    /// `done`
    fn has_ended(&self, machine: &mut Machine<'_>, task: &Arc<Task>) -> Result<bool>;
    /// `cancel`
    fn cancel(&self, machine: &mut Machine<'_>, task: &Arc<Task>) -> Result<bool>;
    /// `kill`
    fn kill(&self, machine: &mut Machine<'_>, task: &Arc<Task>) -> Result<()>;
    /// `wait`: for each task, whether it has ended.
    fn wait(
        &self,
        machine: &mut Machine<'_>,
        tasks: &[Arc<Task>],
        until: Until,
        deadline: Option<Instant>,
    ) -> Result<Vec<bool>>;
    /// `as_completed`: its number, for [`FirstProcess::next_completed`].
    fn as_completed(&self, machine: &mut Machine<'_>, tasks: &[Arc<Task>]) -> Result<u64>;
    /// The place of the next task that has ended; `None` when the time is over.
    fn next_completed(
        &self,
        machine: &mut Machine<'_>,
        among: u64,
        deadline: Option<Instant>,
    ) -> Result<Option<usize>>;
    /// `process_pool(n)`: its number.
    fn new_pool(&self, machine: &mut Machine<'_>, seats: usize) -> Result<u64>;
    /// Waits until all futures of such a pool have ended.
    fn wait_for_pool(&self, machine: &mut Machine<'_>, pool: u64) -> Result<()>;
    /// Such a pool takes no more work. Does not wait.
    fn shut_down_pool(&self, pool: u64);
    /// Starts a task on a process; `pool` is 0 for the place `process`.
    fn start(
        &self,
        machine: &mut Machine<'_>,
        kind: TaskKind,
        work: &Work,
        pool: u64,
        at: Span,
    ) -> Result<Value>;
    /// `input(prompt)`
    fn input(&self, machine: &mut Machine<'_>, prompt: String) -> Result<Value>;
    /// How what a stand-in stands for is printed. Answered at once, so this does not wait as a
    /// task does.
    fn show(&self, handle: HandleName) -> String;
    /// Whole lines for standard output.
    fn print(&self, text: &str);
    /// A text for standard error.
    fn print_error(&self, text: &str);
    /// The whole program is to end.
    fn exit(&self, status: i32) -> !;
    /// A number for a task that is started here.
    fn new_number(&self, runtime: &Runtime, kind: TaskKind) -> u64;
    /// A spawned task is about to start here; the program is to wait for it.
    fn spawned(&self, task: &Arc<Task>);
    /// A task of this process has ended; `waited_for`: another one here waits in join.
    fn ended(&self, runtime: &Runtime, task: &Arc<Task>, waited_for: bool);
    /// This process is about to rest: what was not urgent is sent.
    fn send(&self);
    /// Somebody here has asked how a task of this process ended.
    fn asked(&self, task: &Task);
    /// A task of this process is cancelled here; it may be waiting in the first process.
    fn cancels(&self, task: &Task);
    /// A cancelled task of this process was there when the roll was called.
    fn was_at(&self, task: &Task, place: Whereat);
    /// Itself, as one to listen to.
    fn others(&self) -> &dyn Others;
    /// No seat of this process is awake.
    fn nobody_is_awake(&self, runtime: &Runtime);
    /// Looks at waits of this process that have lasted, from time to time.
    fn tell_of_waits(&self, runtime: &Runtime);
    /// Before a task goes on whose wait here was told: it needs its seat back.
    fn goes_on(&self, machine: &mut Machine<'_>) -> Result<()>;
    /// A stand-in was dropped.
    fn let_go(&self, name: HandleName);
}

/// Where what tasks tell goes, with the number that who asks has given each.
pub type Tell = Sender<(usize, Box<Scene>)>;

/// The worker processes, as the first process needs them.
pub trait Workers: Send + Sync {
    /// The pool of `future e on process`.
    fn shared_pool(&self) -> Arc<PoolShared>;
    /// The pool of the fibers that speak for tasks with a process of their own.
    fn speakers(&self) -> Arc<PoolShared>;
    /// Copies what a task is to do, as it is now, and makes work of it that has it done in
    /// a process; what cannot cross is refused by name.
    fn elsewhere(&self, machine: &Machine<'_>, work: &Work, pool: &Arc<PoolShared>)
    -> Result<Work>;
    /// A copy of a value, as it is now.
    fn pack(&self, value: &Value, gate: &Gate<'_>) -> Result<Parcel>;
    /// The value in a parcel.
    fn unpack(&self, parcel: Parcel) -> Result<Value>;
    /// The process ids of all workers.
    fn pids(&self) -> Vec<u32>;
    /// Themselves, if they are some to listen to.
    fn others(&self) -> Option<&dyn Others>;
    /// How many tasks there are that were started inside of workers and have not ended.
    fn living(&self) -> u64;
    /// Asks a task of a worker what it is doing, for `tell`; the number is for who asks.
    fn ask(&self, task: &Arc<Task>, place: usize, tell: Tell);
    /// Ends the worker in which a task runs at once.
    fn kill(&self, pid: u32);
    /// Ends the workers of a pool that is shut down, when they have nothing left to do.
    fn release_pool(&self, pool: &PoolShared);
    /// Tells all workers that there will be no more tasks.
    fn dismiss(&self);
    /// Whether all workers have gone.
    fn have_left(&self) -> bool;
    /// Buries, from time to time, what is no worker and nobody listens to.
    fn look_after(&self);
    /// Ends all workers at once and waits until they are gone.
    fn end(&self);
}

/// A worker as a queue knows it: it sends puts ahead, and values are lent to it.
pub trait Party: Send + Sync {
    /// The queue was closed. When all that was sent ahead has arrived, the queue is told with
    /// [`Queue::no_longer_ahead`].
    fn closed(&self, queue: u64);

    /// What is lent to it is to come back.
    fn recall(&self, queue: u64);
}

impl fmt::Debug for dyn Party {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "a worker")
    }
}
