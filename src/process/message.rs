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
//! tasks, except for puts, which it may send ahead as far as its credit goes. A cancel reaches the
//! fiber that speaks for the task: its wait ends, and the reply says so.

use serde::{Deserialize, Serialize};

use super::packed::{HandleName, Packed};
use super::work::PackedOutcome;
use crate::syntax::span::Span;

/// The number of a request, chosen by the worker.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CallId(pub u64);

/// The number of something in the first process that only one worker knows: a process pool it
/// made, the tasks it goes over in the order in which they end.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RemoteId(pub u64);

/// How long a wait may take, from when the request was sent, in nanoseconds; `None` for ever.
pub type Patience = Option<u64>;

/// What the first process says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ToWorker {
    /// Once, first: what the program was called with.
    Welcome {
        /// The arguments of the program.
        arguments: Vec<String>,
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
        work: Packed,
    },
    /// The answer to a request.
    Reply {
        /// Which request.
        call: CallId,
        /// What came of it.
        answer: Answer,
    },
    /// A task of this worker is to stop at its next loop turn, call or wait.
    Cancel(HandleName),
    /// So many bytes of what was sent ahead have been dealt with.
    Credit(u64),
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
    /// A value.
    Value(Packed),
    /// A yes or no: `done`, `cancel`.
    Bool(bool),
    /// A number: a length, a place in the list that was asked about.
    Number(u64),
    /// A value from one of several queues, by its place among them.
    Selected(u64, Packed),
    /// Which of several tasks have ended.
    Ended(Vec<bool>),
    /// The name of what was made.
    Handle(HandleName),
    /// The number of what was made for this worker only.
    Made(RemoteId),
    /// A text: a line of input, how a handle is printed.
    Text(String),
    /// Nothing more will come: the queue is closed and drained, all tasks were gone over, the
    /// input has ended.
    Nothing,
    /// It threw, as [`pack_failure`](super::work::pack_failure) gives it.
    Failed(Packed),
    /// The task was cancelled meanwhile.
    Cancelled,
}

/// What a worker says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FromWorker {
    /// Once, first: it is there.
    Ready,
    /// A task asks for something.
    Request {
        /// The answer is to say this.
        call: CallId,
        /// The task that asks, and waits if it has to.
        task: HandleName,
        /// What for.
        request: Request,
    },
    /// Whole lines, or pieces of them that belong together, for standard output.
    Print {
        /// The task that prints.
        task: HandleName,
        /// What.
        text: String,
    },
    /// The same for standard error.
    PrintError {
        /// The task that prints.
        task: HandleName,
        /// What.
        text: String,
    },
    /// A task has ended, after all it has said.
    Ended {
        /// Which.
        task: HandleName,
        /// How.
        outcome: PackedOutcome,
    },
    /// Handles that nothing here refers to any more, and how often each had come.
    Forget(Vec<(HandleName, u64)>),
    /// All tasks that were started on threads of this process have ended.
    Quiet {
        /// Whether one that was spawned failed, and nobody joined it.
        failed: bool,
    },
    /// The whole program is to end with this status.
    Exit(i32),
}

/// Where a task of another process starts one.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RemotePlace {
    /// A worker of the shared process pool, or a process of its own.
    Process,
    /// A process pool that this worker made.
    Pool(RemoteId),
}

/// When a `wait` is content.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WaitUntil {
    /// All have ended.
    All,
    /// One has ended.
    Any,
    /// One has failed, or all have ended.
    Error,
}

/// What a task in a worker asks the first process for. The answer is [`Answer::Done`],
/// [`Answer::Failed`] or [`Answer::Cancelled`] where nothing else is said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Request {
    /// `queue(capacity)`: a handle.
    NewQueue {
        /// `None` for no bound.
        capacity: Option<u64>,
    },
    /// `lock()`: a handle.
    NewLock,
    /// `semaphore(n)`: a handle.
    NewSemaphore {
        /// n
        permits: u64,
    },
    /// A task that runs on a thread of this worker gets its number: a handle. Its end is told
    /// with [`FromWorker::Ended`], and it may be sent [`ToWorker::Cancel`].
    NewTask {
        /// What started it.
        started: Started,
        /// Where.
        at: Option<Span>,
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
        value: Packed,
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
    /// `force`: a value.
    Force {
        /// A future or task.
        task: HandleName,
        /// How long it may wait.
        patience: Patience,
    },
    /// `join`: a value.
    Join {
        /// A task or future.
        task: HandleName,
        /// How long it may wait.
        patience: Patience,
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
        until: WaitUntil,
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
        work: Packed,
        /// Where it was started.
        at: Span,
    },
    /// The end of `with pool`: waits for its futures, then shuts it down.
    ClosePool(RemoteId),
    /// How a handle is printed, with its state: a text.
    Show(HandleName),
    /// `input(prompt)`: a text, or nothing at its end.
    Input {
        /// What is printed first.
        prompt: String,
    },
}
