//! The first process as a worker sees it.
//!
//! ```text
//!   task: q.get()  --Request(call 5)-->            first process
//!     waits for call 5   <--Reply(call 5)--        (the reader wakes it)
//! ```
//!
//! Queues, locks, semaphores and the tasks of other processes are stand-ins here: a kind and a
//! number. What a task does with one is asked of the first process, and waits there; so a wait for
//! an answer is not cancelled here but by the answer itself.

use std::collections::HashMap;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use parking_lot::{Condvar, Mutex};

use super::border::{Border, Handles};
use super::bytes::{Malformed, Read};
use super::message::{Answer, CallId, FromWorker, Request, Started};
use super::packed::{HandleKind, HandleName, Packed};
use super::registry::name_of;
use super::unpack::unpack_value;
use super::wire::Sender;
use super::work::{pack_outcome, unpack_failure};
use crate::gate::Gate;
use crate::runtime::fiber::Resumed;
use crate::runtime::lock::{Lock, Semaphore};
use crate::runtime::machine::Machine;
use crate::runtime::queue::Queue;
use crate::runtime::run::Runtime;
use crate::runtime::task::{Task, TaskKind, Work};
use crate::runtime::wait::{Ticket, WaitingFor};
use crate::syntax::span::Span;
use crate::value::error::fail;
use crate::value::{Kind, Result, Unwind, Value};

/// The way to the first process.
pub struct Home {
    to: Mutex<Sender<UnixStream>>,
    calls: Mutex<HashMap<CallId, Arc<Call>>>,
    calls_made: AtomicU64,
    /// Everything that has a name, here and elsewhere.
    named: Mutex<HashMap<HandleName, Value>>,
}

/// No task: for what the whole worker says.
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
    pub fn new(to: Sender<UnixStream>) -> Home {
        Home {
            to: Mutex::new(to),
            calls: Mutex::new(HashMap::new()),
            calls_made: AtomicU64::new(0),
            named: Mutex::new(HashMap::new()),
        }
    }

    /// Sends a message. If nobody listens any more, the program is over.
    pub fn tell(&self, message: &FromWorker) {
        let mut to = self.to.lock();
        if to.push(message).and_then(|()| to.flush()).is_err() {
            std::process::exit(1);
        }
    }

    /// Asks for something on behalf of the running task, and waits for the answer.
    pub fn ask(&self, machine: &mut Machine<'_>, request: Request) -> Result<Answer> {
        machine.tick()?;
        let Some(task) = name_of(&machine.own_handle()) else {
            return Err(fail(Kind::Unsupported, "this task has no name"));
        };
        let (call, waiting) = self.send(machine.runtime.as_ref(), task, request);
        let answer = machine.wait(
            || WaitingFor::Answer,
            None,
            |ticket| {
                let mut state = waiting.state.lock();
                let answer = state.0.take();
                if answer.is_none() {
                    state.1 = ticket.cloned();
                }
                answer
            },
            |_| None,
        );
        self.calls.lock().remove(&call);
        match answer? {
            Some(Answer::Cancelled) => Err(machine.strike_from_elsewhere()),
            Some(Answer::Failed(failure)) => Err(self.failure(&machine.runtime, &failure)),
            Some(answer) => Ok(answer),
            None => Err(unexpected()),
        }
    }

    /// Asks for something that is answered at once, without a fiber that could wait.
    fn ask_now(&self, runtime: &Runtime, request: Request) -> Option<Answer> {
        let (call, waiting) = self.send(runtime, NOBODY, request);
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

    fn send(&self, runtime: &Runtime, task: HandleName, request: Request) -> (CallId, Arc<Call>) {
        // What was printed before is seen before whatever the request lets others do.
        runtime.output.flush();
        let call = CallId(self.calls_made.fetch_add(1, Ordering::Relaxed));
        let waiting = Arc::new(Call::default());
        self.calls.lock().insert(call, waiting.clone());
        self.tell(&FromWorker::Request {
            call,
            task,
            request,
        });
        (call, waiting)
    }

    /// An answer has come.
    pub fn answered(&self, call: CallId, answer: Answer) {
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

    /// Whole lines for standard output.
    pub fn print(&self, text: String) {
        self.tell(&FromWorker::Print { task: NOBODY, text });
    }

    /// A text for standard error.
    pub fn print_error(&self, text: &str) {
        let text = text.to_owned();
        self.tell(&FromWorker::PrintError { task: NOBODY, text });
    }

    /// The number of a task that is started on a thread of this process.
    pub fn new_task(&self, runtime: &Runtime, kind: TaskKind, at: Option<Span>) -> u64 {
        let started = match kind {
            TaskKind::Future => Started::Future,
            TaskKind::Main | TaskKind::Spawned => Started::Spawned,
        };
        match self.ask_now(runtime, Request::NewTask { started, at }) {
            Some(Answer::Handle(name)) => name.id,
            _ => 0,
        }
    }

    /// A task of this process has its name, and may be cancelled by it.
    pub fn remember(&self, task: &Arc<Task>) {
        let handle = Value::of_task(task);
        if let Some(name) = name_of(&handle) {
            self.named.lock().insert(name, handle);
        }
    }

    /// A task of this process has ended.
    pub fn task_ended(&self, runtime: &Runtime, task: &Arc<Task>) {
        runtime.output.flush();
        let (Some(name), Some(outcome)) = (name_of(&Value::of_task(task)), task.outcome()) else {
            return;
        };
        let mut names = StandIns(self);
        let outcome = pack_outcome(&outcome, &mut border(runtime, &mut names), &Gate::open());
        self.tell(&FromWorker::Ended {
            task: name,
            outcome,
        });
        self.named.lock().remove(&name);
    }

    /// The task of this process with a name.
    pub fn own_task(&self, name: HandleName) -> Option<Arc<Task>> {
        match self.named.lock().get(&name) {
            Some(Value::Task(task) | Value::Future(task)) => Some(task.clone()),
            _ => None,
        }
    }

    /// A value that has come in an answer.
    pub fn unpack(&self, runtime: &Runtime, packed: &Packed) -> Result<Value> {
        let mut names = StandIns(self);
        unpack_value(packed, &mut border(runtime, &mut names))
            .map_err(|malformed| fail(Kind::Io, malformed.to_string()))
    }

    /// A value that is to be sent.
    pub fn pack(&self, machine: &Machine<'_>, value: &Value) -> Result<Packed> {
        let mut names = StandIns(self);
        let mut border = border(&machine.runtime, &mut names);
        Ok(super::pack::pack_value(value, &mut border, &machine.gate)?)
    }

    /// The work of a task that is to be started in another process.
    pub fn pack_work(&self, machine: &Machine<'_>, work: &Work) -> Result<Packed> {
        let Work::Call {
            function,
            arguments,
        } = work
        else {
            return Err(fail(
                Kind::Unsupported,
                "this work cannot leave its process",
            ));
        };
        let mut names = StandIns(self);
        let mut border = border(&machine.runtime, &mut names);
        Ok(super::work::pack_call(
            function,
            arguments,
            &mut border,
            &machine.gate,
        )?)
    }

    /// What has been made, by the name in an answer.
    pub fn made(&self, answer: Answer) -> Result<Value> {
        match answer {
            Answer::Handle(name) => StandIns(self).import(name).map_err(|_| unexpected()),
            _ => Err(unexpected()),
        }
    }

    fn failure(&self, runtime: &Runtime, packed: &Packed) -> Unwind {
        let mut names = StandIns(self);
        match unpack_failure(packed, &mut border(runtime, &mut names)) {
            Ok(failure) => Unwind::Failed(failure),
            Err(malformed) => fail(Kind::Io, malformed.to_string()),
        }
    }
}

/// How long there is until a deadline, as it crosses.
pub fn patience(deadline: Option<Instant>) -> Option<u64> {
    let left = deadline?.saturating_duration_since(Instant::now());
    Some(u64::try_from(left.as_nanos()).unwrap_or(u64::MAX))
}

/// The error of an answer to another question.
#[cold]
pub fn unexpected() -> Unwind {
    fail(
        Kind::Io,
        "the first process gave an answer to something else",
    )
}

/// The border of a worker.
pub fn border<'a>(runtime: &'a Runtime, names: &'a mut StandIns<'_>) -> Border<'a> {
    Border {
        units: runtime.units(),
        sources: &runtime.sources,
        handles: names,
    }
}

/// Handles by name: stand-ins for what lives elsewhere, one for each.
pub struct StandIns<'a>(&'a Home);

impl<'a> StandIns<'a> {
    /// Those of a worker.
    pub fn of(home: &'a Home) -> StandIns<'a> {
        StandIns(home)
    }
}

impl Handles for StandIns<'_> {
    fn export(&mut self, handle: &Value) -> std::result::Result<HandleName, String> {
        name_of(handle).ok_or_else(|| crate::diagnostics::words::with_article(handle.type_name()))
    }

    fn import(&mut self, name: HandleName) -> Read<Value> {
        let mut named = self.0.named.lock();
        if let Some(known) = named.get(&name) {
            return Ok(known.clone());
        }
        let stand_in = match name.kind {
            HandleKind::Queue => Value::Queue(Queue::new(name.id, None)),
            HandleKind::Lock => Value::Lock(Lock::new(name.id)),
            HandleKind::Semaphore => Value::Semaphore(Semaphore::new(name.id, 0)),
            HandleKind::Future => Value::Future(Task::elsewhere(name.id, TaskKind::Future)),
            HandleKind::Task if name.id > 0 => {
                Value::Task(Task::elsewhere(name.id, TaskKind::Spawned))
            }
            HandleKind::Task => return Err(Malformed("task 0")),
        };
        named.insert(name, stand_in.clone());
        Ok(stand_in)
    }
}
