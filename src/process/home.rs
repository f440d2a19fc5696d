//! The first process as a worker sees it.
//!
//! ```text
//!   task: q.get()  --Request(call 5)-->            first process
//!     waits for call 5   <--Reply(call 5)--        (the reader wakes it)
//! ```
//!
//! Queues, locks, semaphores and the tasks of other processes are stand-ins here. What a task does
//! with one is asked of the first process, and waits there; so a wait for an answer is not
//! cancelled here but by the answer itself.

use std::collections::HashMap;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::time::Instant;

use parking_lot::{Condvar, Mutex};
use serde::Serialize;

use super::ear::Ear;
use super::loans::Loans;
use super::message::{Answer, CallId, FromWorker, RemoteId, Request, Sealed, Started, ToWorker};
use super::names::Names;
use super::outbox::Outbox;
use super::packed::{HandleKind, HandleName};
use super::parcel;
use super::shared_memory::SharedMemory;
use super::wire::LinkError;
use super::worker::Compile;
use crate::runtime::elsewhere::{FirstProcess, Parcel};
use crate::runtime::fiber::Resumed;
use crate::runtime::machine::Machine;
use crate::runtime::run::Runtime;
use crate::runtime::task::{Task, TaskKind};
use crate::runtime::wait::Ticket;
use crate::syntax::span::Span;
use crate::value::error::fail;
use crate::value::{Kind, Result, Unwind, Value};

/// How many numbers for tasks are asked for at most at once.
const MOST_NUMBERS: u64 = 1024;

/// The way to the first process.
pub struct Home {
    own: Weak<Home>,
    /// What runs here.
    pub(super) runtime: OnceLock<Weak<Runtime>>,
    pub(super) outbox: Arc<Outbox>,
    pub(super) ear: Ear<ToWorker>,
    pub(super) reads: AtomicBool,
    /// How templates become code here.
    pub(super) compile: Compile,
    pub(super) names: Names,
    pub(super) loans: Loans,
    pub(super) memory: OnceLock<SharedMemory>,
    calls: Mutex<HashMap<CallId, Arc<Call>>>,
    calls_made: AtomicU64,
    numbers: Mutex<HashMap<TaskKind, Share>>,
    /// How many messages have come and been dealt with.
    pub(super) received: AtomicU64,
}

/// This process's share of the numbers of tasks: from `next` to before `end`.
struct Share {
    next: u64,
    end: u64,
    /// How many to ask for next time.
    more: u64,
}

/// No task: for what the whole worker asks.
const NOBODY: HandleName = HandleName {
    kind: HandleKind::Task,
    id: 0,
};

/// A request under way.
#[derive(Default)]
struct Call {
    state: Mutex<(Option<Answer>, Option<Arc<Ticket>>)>,
    answered: Condvar,
}

impl Home {
    /// The way over this link.
    pub fn new(link: UnixStream, reading: UnixStream, compile: Compile) -> Arc<Home> {
        Arc::new_cyclic(|own| Home {
            own: own.clone(),
            runtime: OnceLock::new(),
            outbox: Outbox::new(link),
            ear: Ear::new(reading),
            reads: AtomicBool::new(false),
            compile,
            names: Names::default(),
            loans: Loans::default(),
            memory: OnceLock::new(),
            calls: Mutex::new(HashMap::new()),
            calls_made: AtomicU64::new(0),
            numbers: Mutex::new(HashMap::new()),
            received: AtomicU64::new(0),
        })
    }

    /// Itself as the runtime knows it.
    pub fn first(&self) -> Arc<dyn FirstProcess> {
        match self.own.upgrade() {
            Some(own) => own,
            // It lives as long as its process.
            None => std::process::exit(1),
        }
    }

    pub(super) fn own(&self) -> Option<Arc<Home>> {
        self.own.upgrade()
    }

    /// Says something that nobody waits for. If nobody listens any more, the program is over.
    pub(super) fn tell<M: Serialize>(&self, message: &M) {
        self.add(message);
        self.outbox.send_soon();
    }

    /// Says something that matters at once.
    pub(super) fn tell_now<M: Serialize>(&self, message: &M) {
        self.add(message);
        self.outbox.send_now();
    }

    /// Says something that can wait until the next message, or until this process rests.
    pub(super) fn note<M: Serialize>(&self, message: &M) {
        self.add(message);
    }

    fn add<M: Serialize>(&self, message: &M) {
        if !matches!(self.outbox.add(message), Ok(true)) {
            std::process::exit(1);
        }
    }

    /// Asks for something on behalf of the running task, and waits for the answer.
    pub(super) fn ask(&self, machine: &mut Machine<'_>, request: Request) -> Result<Answer> {
        machine.tick()?;
        self.knows(machine.task);
        let task = HandleName::of_task(machine.task);
        let struck = machine.task.cancel_has_struck();
        let (call, waiting) = self.send(task, struck, machine.site, request)?;
        let answer = machine.wait_for_answer(|ticket| {
            let mut state = waiting.state.lock();
            let answer = state.0.take();
            if answer.is_none() {
                state.1 = ticket.cloned();
            }
            answer
        });
        self.calls.lock().remove(&call);
        match answer? {
            Answer::Cancelled => Err(machine.strike_from_elsewhere()),
            Answer::Failed(failure) => Err(self.failure(machine.runtime, failure)),
            answer => Ok(answer),
        }
    }

    /// Asks for something that is answered at once, without a fiber that could wait.
    pub(super) fn ask_now(&self, request: Request) -> Option<Answer> {
        let (call, waiting) = self.send(NOBODY, false, Span::default(), request).ok()?;
        // This thread listens no more.
        self.calls_reader();
        let answer = {
            let mut state = waiting.state.lock();
            while state.0.is_none() {
                waiting.answered.wait(&mut state);
            }
            state.0.take()
        };
        self.calls.lock().remove(&call);
        answer
    }

    pub(super) fn value(&self, machine: &mut Machine<'_>, request: Request) -> Result<Value> {
        match self.ask(machine, request)? {
            Answer::Value(value) => self.unpack(machine.runtime, value),
            Answer::Nothing => Ok(Value::Nil),
            _ => Err(unexpected()),
        }
    }

    pub(super) fn number(&self, machine: &mut Machine<'_>, request: Request) -> Result<u64> {
        match self.ask(machine, request)? {
            Answer::Made(RemoteId(number)) => Ok(number),
            _ => Err(unexpected()),
        }
    }

    pub(super) fn yes_or_no(&self, machine: &mut Machine<'_>, request: Request) -> Result<bool> {
        match self.ask(machine, request)? {
            Answer::Bool(answer) => Ok(answer),
            _ => Err(unexpected()),
        }
    }

    pub(super) fn names_of(&self, tasks: &[Arc<Task>]) -> Vec<HandleName> {
        let handles: Vec<Value> = tasks.iter().map(Value::of_task).collect();
        self.name_all(&handles)
    }

    fn send(
        &self,
        task: HandleName,
        struck: bool,
        at: Span,
        request: Request,
    ) -> Result<(CallId, Arc<Call>)> {
        let call = CallId(self.calls_made.fetch_add(1, Ordering::Relaxed));
        let waiting = Arc::new(Call::default());
        self.calls.lock().insert(call, waiting.clone());
        let message = FromWorker::Request {
            call,
            task,
            struck,
            at,
            request,
        };
        match self.outbox.add(&message) {
            Ok(true) => self.outbox.send_now(),
            Ok(false) => std::process::exit(1),
            Err(error) => {
                self.calls.lock().remove(&call);
                return Err(too_large(&error));
            }
        }
        Ok((call, waiting))
    }

    /// An answer has come.
    pub(super) fn answered(&self, call: CallId, answer: Answer) {
        let Some(waiting) = self.calls.lock().get(&call).cloned() else {
            return;
        };
        let ticket = {
            let mut state = waiting.state.lock();
            state.0 = Some(answer);
            state.1.take()
        };
        waiting.answered.notify_one();
        if let Some(ticket) = ticket {
            ticket.wake(Resumed::Ready);
        }
    }

    /// The next number of this process's share.
    pub(super) fn next_number(&self, kind: TaskKind) -> u64 {
        let mut numbers = self.numbers.lock();
        let share = numbers.entry(kind).or_insert(Share {
            next: 0,
            end: 0,
            more: 1,
        });
        if share.next == share.end {
            let started = started(kind);
            let count = share.more;
            if let Some(Answer::Number(first)) = self.ask_now(Request::Numbers { started, count }) {
                (share.next, share.end) = (first, first + count);
            }
            share.more = (2 * share.more).min(MOST_NUMBERS);
        }
        share.next += 1;
        share.next - 1
    }

    /// The first process is to know this task of its own process from now on.
    pub(super) fn knows(&self, task: &Arc<Task>) {
        if task.away().is_none() && task.abroad.becomes_known() {
            self.names.remember(task);
            task.abroad
                .is_named(&self.first(), HandleName::of_task(task));
            self.tell(&FromWorker::NewTask {
                task: HandleName::of_task(task),
                at: task.started_at,
                parent: task.parent,
            });
            // One that ends at this moment may be told twice, but not never.
            if let Some(runtime) = self.runtime.get().and_then(Weak::upgrade)
                && task.has_ended()
            {
                self.tell_end(&runtime, task, false);
            }
        }
    }

    /// Ready to be sent: the first process knows what is named in it.
    pub(super) fn seal(&self, parcel: Parcel) -> Sealed {
        Sealed {
            names: self.name_all(&parcel.handles),
            packed: parcel.packed,
        }
    }

    /// The names of handles that are about to be sent.
    pub(super) fn name_all(&self, handles: &[Value]) -> Vec<HandleName> {
        for handle in handles {
            if let Value::Task(task) | Value::Future(task) = handle {
                self.knows(task);
            }
        }
        handles.iter().filter_map(HandleName::of).collect()
    }

    /// What has come, with the handles that are named in it.
    pub(super) fn open(&self, sealed: Sealed) -> Parcel {
        let first = self.first();
        let come = |name: &HandleName| self.names.has_come(*name, &first);
        Parcel {
            handles: sealed.names.iter().map(come).collect(),
            packed: sealed.packed,
        }
    }

    /// Puts into this queue may be sent ahead from now on.
    pub(super) fn goes_ahead(&self, queue: u64) {
        if let Some(away) = self
            .names
            .queue(queue)
            .as_ref()
            .and_then(|it| it.away.as_ref())
        {
            away.ahead.store(true, Ordering::SeqCst);
        }
    }

    /// A queue was closed: what goes ahead into it is at its end, and the first process is told.
    pub(super) fn goes_ahead_no_more(&self, queue: u64) {
        let stand_in = self.names.queue(queue);
        let stop = || {
            if let Some(away) = stand_in.as_ref().and_then(|queue| queue.away.as_ref()) {
                away.ahead.store(false, Ordering::SeqCst);
            }
        };
        if self
            .outbox
            .add_with(stop, &FromWorker::Settled(queue))
            .is_err()
        {
            std::process::exit(1);
        }
        self.outbox.send_now();
    }

    /// A value that has come in an answer.
    pub(super) fn unpack(&self, runtime: &Runtime, sealed: Sealed) -> Result<Value> {
        parcel::unpack(runtime, self.open(sealed))
    }

    /// A copy of a value, ready to be sent.
    pub(super) fn pack(&self, machine: &Machine<'_>, value: &Value) -> Result<Sealed> {
        let parcel = parcel::pack(machine.runtime, value, &machine.gate)?;
        Ok(self.seal(parcel))
    }

    /// What has been made, by the name in an answer.
    pub(super) fn made(&self, answer: Answer) -> Result<Value> {
        match answer {
            Answer::Handle(name) => Ok(self.names.has_come(name, &self.first())),
            _ => Err(unexpected()),
        }
    }

    fn failure(&self, runtime: &Runtime, sealed: Sealed) -> Unwind {
        parcel::unpack_error(runtime, &self.open(sealed))
    }
}

/// How a kind of task is called on its way.
pub(super) fn started(kind: TaskKind) -> Started {
    match kind {
        TaskKind::Future => Started::Future,
        TaskKind::Main | TaskKind::Spawned => Started::Spawned,
    }
}

/// How long there is until a deadline, as it crosses.
pub(super) fn patience(deadline: Option<Instant>) -> Option<u64> {
    let left = deadline?.saturating_duration_since(Instant::now());
    Some(u64::try_from(left.as_nanos()).unwrap_or(u64::MAX))
}

/// The error of an answer to another question.
#[cold]
pub(super) fn unexpected() -> Unwind {
    fail(
        Kind::Io,
        "the first process gave an answer to something else",
    )
}

/// The error of what is too much for one message.
#[cold]
pub(super) fn too_large(error: &LinkError) -> Unwind {
    fail(
        Kind::Memory,
        format!("this cannot be sent to another process: {error}"),
    )
    .help("send it in parts")
}
