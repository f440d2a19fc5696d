//! What the first process and a worker say to each other.
//!
//! ```text
//!   first process                                  worker
//!      Source, Unit, Start(task 7, work)  ------>  unpacks, runs it on a fiber
//!      a fiber speaks for task 7          <------  Request(call 1, task 7, Get(queue 2))
//!      … waits there like any task …
//!      Reply(call 1, value)               ------>  task 7 goes on
//!      its output goes on                 <------  Print
//!      the fiber ends with that outcome   <------  Ended(task 7, outcome)
//! ```
//!
//! Messages of one direction keep their order. A worker has one call under way for each of its
//! tasks, beside what is only told: output, puts that go ahead, ends. A cancel reaches the fiber
//! that speaks for the task: its wait ends, and the reply says so.
//!
//! A value crosses [`Sealed`]: with the names in it beside it, so that the other end knows them
//! before it looks inside.

use serde::{Deserialize, Serialize};

use super::packed::{HandleName, Packed};
use super::shared_memory::Lies;
use super::work::PackedOutcome;
use crate::runtime::gather::Until;
use crate::runtime::limits::Limits;
use crate::runtime::scene::Scene;
use crate::runtime::stop::Whereat;
use crate::syntax::span::Span;

/// The number of a request, chosen by the worker.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CallId(pub u64);

/// The number of something in the first process that only one worker knows: a process pool it
/// made, the tasks it goes over in the order in which they end.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RemoteId(pub u64);

/// A packed value and the handles that are named in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// The value.
    pub packed: Packed,
    /// Each name once.
    pub names: Vec<HandleName>,
}

/// How long a wait may take, from when the request was sent, in nanoseconds; `None` for ever.
pub type Patience = Option<u64>;

/// What the first process says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ToWorker {
    /// Once, first: what the program was called with.
    Welcome {
        /// The arguments of the program.
        arguments: Vec<String>,
        /// What the program may use and do.
        limits: Limits,
    },
    /// The next text that positions point into.
    Source {
        /// What reports call it.
        name: String,
        /// The text.
        text: String,
    },
    /// The next program, as [`pack_program`](super::program::pack_program) gives it.
    Unit(Packed),
    /// A task to run.
    Start {
        /// What it is called, in all processes.
        task: HandleName,
        /// Where it was started.
        at: Option<Span>,
        /// The number of the task that started it.
        parent: u64,
        /// What it is to do, as [`pack_call`](super::work::pack_call) gives it.
        work: Sealed,
    },
    /// The answer to a request.
    Reply {
        /// Which request.
        call: CallId,
        /// What came of it.
        answer: Answer,
    },
    /// A task of this worker is to stop at its next loop turn, call or wait.
    Cancel {
        /// Which.
        task: HandleName,
        /// It is to say where it was.
        tells: bool,
    },
    /// What is this task of yours doing?
    Ask(HandleName),
    /// A queue was closed: no more puts are to go ahead.
    Closed(u64),
    /// Values of a queue that its next gets will ask for.
    Lend {
        /// Which queue.
        queue: u64,
        /// How often the worker had said that it gives back what is lent of this queue.
        given_back: u64,
        /// The values, oldest first.
        values: Vec<Sealed>,
    },
    /// The same in shared memory.
    LendRow {
        /// Which queue.
        queue: u64,
        /// How often the worker had said that it gives back what is lent of this queue.
        given_back: u64,
        /// The [`row`](super::row), oldest first.
        row: Lies,
    },
    /// Memory that both may use, by the number under which the first process has it.
    Memory(i32),
    /// What is lent of a queue and not taken is to be given back.
    Recall(u64),
    /// There will be no more tasks: end when what was started has ended.
    Leave,
}

/// What started a task.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Started {
    /// `future` or `submit`
    Future,
    /// `spawn`
    Spawned,
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// It is done, and there is nothing to give.
    Done,
    /// It is done, and from now on puts into this queue may be sent ahead.
    GoAhead(u64),
    /// A value.
    Value(Sealed),
    /// A yes or no: `done`, `cancel`.
    Bool(bool),
    /// A number: a length, a place in the list that was asked about.
    Number(u64),
    /// A value from one of several queues, by its place among them.
    Selected(u64, Sealed),
    /// Which of several tasks have ended.
    Ended(Vec<bool>),
    /// The name of what was made.
    Handle(HandleName),
    /// The number of what was made for this worker only.
    Made(RemoteId),
    /// A text: a line of input, how a handle is printed.
    Text(String),
    /// Values of the queue have been lent meanwhile: there is one among those.
    Lent,
    /// Nothing more will come: the queue is closed and drained, all tasks were gone over, the
    /// input has ended.
    Nothing,
    /// It threw, as [`pack_failure`](super::work::pack_failure) gives it.
    Failed(Sealed),
    /// The task was cancelled meanwhile.
    Cancelled,
}

/// What a worker says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FromWorker {
    /// A task on a thread of this process is one that the first process has to know from now on.
    NewTask {
        /// Which; its number is from the worker's share.
        task: HandleName,
        /// Where it was started.
        at: Option<Span>,
        /// The number of the task that started it.
        parent: u64,
    },
    /// A task asks for something.
    Request {
        /// The answer is to say this.
        call: CallId,
        /// The task that asks, and waits if it has to.
        task: HandleName,
        /// Whether a cancel has struck it before.
        struck: bool,
        /// Where it asks.
        at: Span,
        /// What for.
        request: Request,
    },
    /// A put that goes ahead.
    Ahead {
        /// Into this queue.
        queue: u64,
        /// What is put.
        value: Sealed,
    },
    /// Puts that go ahead into this queue: a [`row`](super::row) of values that name nothing.
    RowAhead(u64, Lies),
    /// It sees the memory that it was told of.
    HasMemory,
    /// All that goes ahead into this queue has been sent.
    Settled(u64),
    /// The value of a queue that this task asked for has reached it.
    Got(HandleName),
    /// Tasks have taken so many of the values that were lent of a queue, the oldest.
    Took(u64, u64),
    /// No value is lent of this queue any more: all that were lent so far, and were not taken, are
    /// given back.
    GaveBack(u64),
    /// A task waits for something in its process; the first process is to know.
    Waits(LocalWait),
    /// Nothing in this process can go on by itself, as of so many messages that have come.
    Asleep(u64),
    /// What a task is doing that was asked about.
    Told {
        /// Which.
        task: HandleName,
        /// What it tells.
        scene: Scene,
    },
    /// Where a task was that a cancel has struck.
    WasAt(HandleName, Whereat),
    /// A task was cancelled in its own process.
    Cancelled(HandleName),
    /// Somebody in its own process has asked how a task ended.
    Asked(HandleName),
    /// So many tasks that were started here have not ended.
    Living(u64),
    /// For standard output, in one piece.
    Print(String),
    /// For standard error, in one piece.
    PrintError(String),
    /// A task has ended, after all it has said.
    Ended {
        /// Which.
        task: HandleName,
        /// How.
        outcome: PackedOutcome,
        /// The handles that are named in it.
        names: Vec<HandleName>,
        /// Whether a task of its own process waits in join for it.
        waited_for: bool,
    },
    /// Handles that nothing here refers to any more, and how often each had come.
    Forget(Vec<(HandleName, u64)>),
    /// A pool that this worker made takes no more work.
    ShutDownPool(RemoteId),
    /// The whole program is to end with this status.
    Exit(i32),
}

/// What a task waits for inside of its process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalWait {
    /// Who waits.
    pub task: HandleName,
    /// Where.
    pub at: Span,
    /// For what, in words.
    pub what: String,
    /// For whose end.
    pub on: Option<HandleName>,
    /// Time or the outside will end it.
    pub ends_by_itself: bool,
}

/// Where a task of another process starts one.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RemotePlace {
    /// A worker of the shared process pool, or a process of its own.
    Process,
    /// A process pool that this worker made.
    Pool(RemoteId),
}

/// What a task in a worker asks the first process for. The answer is [`Answer::Done`],
/// [`Answer::Failed`] or [`Answer::Cancelled`] where nothing else is said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Request {
    /// `queue(capacity)`: a handle.
    NewQueue {
        /// `None` for no bound.
        capacity: Option<u64>,
        /// Where.
        at: Span,
    },
    /// `lock()`: a handle.
    NewLock,
    /// `semaphore(n)`: a handle.
    NewSemaphore {
        /// n
        permits: u64,
    },
    /// So many numbers for tasks that are started here: the first of them.
    Numbers {
        /// For tasks of what kind.
        started: Started,
        /// How many.
        count: u64,
    },
    /// `process_pool(n)`: made.
    NewPool {
        /// n
        seats: u64,
    },
    /// `put`
    Put {
        /// The queue.
        queue: HandleName,
        /// What is put.
        value: Sealed,
        /// How long it may wait.
        patience: Patience,
    },
    /// `get`: a value, or nothing when the queue is closed and drained.
    Get {
        /// The queue.
        queue: HandleName,
        /// How long it may wait.
        patience: Patience,
    },
    /// `close`
    Close(HandleName),
    /// `len(q)`: a number.
    Length(HandleName),
    /// `select`: selected.
    Select {
        /// The queues, in order.
        queues: Vec<HandleName>,
        /// How long it may wait.
        patience: Patience,
    },
    /// `acquire`
    Acquire {
        /// A lock or semaphore.
        what: HandleName,
        /// How long it may wait.
        patience: Patience,
    },
    /// `release`
    Release(HandleName),
    /// `force` and `join`: a value.
    Force {
        /// A future or task.
        task: HandleName,
        /// How long it may wait.
        patience: Patience,
        /// It was a join.
        join: bool,
    },
    /// `exception`: a value.
    Exception {
        /// A task or future.
        task: HandleName,
        /// How long it may wait.
        patience: Patience,
    },
    /// `done`: a bool.
    HasEnded(HandleName),
    /// `cancel`: a bool.
    Cancel(HandleName),
    /// `kill`
    Kill(HandleName),
    /// `wait`: ended.
    Wait {
        /// Futures and tasks.
        tasks: Vec<HandleName>,
        /// When it is content.
        until: Until,
        /// How long it may wait.
        patience: Patience,
    },
    /// `as_completed`: made.
    AsCompleted(Vec<HandleName>),
    /// The next task of an `as_completed`: a number, its place in the list, or nothing.
    NextCompleted {
        /// Which `as_completed`.
        among: RemoteId,
        /// How long it may wait.
        patience: Patience,
    },
    /// `future … on process`, `submit`, `spawn … on process`: a handle.
    Start {
        /// What it is to be.
        started: Started,
        /// Where it is to run.
        place: RemotePlace,
        /// What it is to do.
        work: Sealed,
        /// Where it was started.
        at: Span,
    },
    /// Waits until all futures of a pool have ended.
    WaitForPool(RemoteId),
    /// The task goes on after a wait in its process.
    GoOn,
    /// How a handle is printed, with its state: a text.
    Show(HandleName),
    /// `input(prompt)`: a text, or nothing at its end.
    Input {
        /// What is printed first.
        prompt: String,
    },
}
