//! The broker: the first process as the owner of everything that processes share.
//!
//! A task in another process is an ordinary task of this one. Its fiber here *speaks for* it: it
//! sends the work to a worker and then does, one after the other, what the task asks for. So a
//! worker's wait is a wait here, and cancels, time-outs, seats and deadlocks need nothing of their
//! own.
//!
//! ```text
//!   worker's task           fiber that speaks for it            the rest of the program
//!     q.get()  --Request-->   queue.get(machine)  ...waits...     q.put(1)
//!     1        <--Reply----   1
//!     returns  --Ended---->   returns, its task has ended
//! ```

use std::collections::HashMap;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::thread;

use parking_lot::Mutex;

use super::border::Border;
use super::inbox::{Inbox, News};
use super::link::{self, Worker};
use super::message::{Answer, CallId, FromWorker, Request, Started, ToWorker};
use super::packed::{HandleName, Packed};
use super::program::pack_program;
use super::registry::{Names, Registry};
use super::wire::{LinkError, Receiver, Sender, expect_greeting, greet};
use super::work::{pack_call, unpack_outcome};
use crate::runtime::machine::Machine;
use crate::runtime::pool::{PoolKind, PoolShared};
use crate::runtime::run::Runtime;
use crate::runtime::task::{Outcome, TaskKind, Work};
use crate::syntax::span::Span;
use crate::value::error::fail;
use crate::value::{Failure, Kind, Result, Unwind, Value};

/// The stack of a thread that reads what a worker says.
const READER_STACK: usize = 512 << 10;

/// What the first process has for its workers.
pub struct Broker {
    runtime: Weak<Runtime>,
    /// The handles that workers know.
    pub registry: Registry,
    /// The fibers that speak for tasks with a process of their own.
    pub speakers: Arc<PoolShared>,
    /// The pool of `future e on process`.
    pub shared_pool: Arc<PoolShared>,
    /// The workers of each pool, by its address; they stay warm.
    workers: Mutex<HashMap<usize, Vec<Arc<RemoteWorker>>>>,
    /// All that have not gone.
    alive: Mutex<Vec<Arc<RemoteWorker>>>,
    /// Whether a task on a thread of a worker has failed, and nobody joined it.
    failed: Mutex<bool>,
}

/// A worker as the first process sees it.
pub struct RemoteWorker {
    process: Worker,
    to: Mutex<ToLink>,
    /// The fibers that speak for its tasks.
    inboxes: Mutex<HashMap<HandleName, Arc<Inbox>>>,
    /// How many of its tasks compute.
    active: AtomicUsize,
    /// Why it is gone.
    death: OnceLock<String>,
}

struct ToLink {
    sender: Sender<UnixStream>,
    sources_sent: usize,
    units_sent: usize,
}

impl Broker {
    /// A broker without workers.
    pub fn new(runtime: &Arc<Runtime>, processors: usize) -> Arc<Broker> {
        let weak = Arc::downgrade(runtime);
        Arc::new(Broker {
            registry: Registry::default(),
            speakers: PoolShared::new(0, PoolKind::Speakers, 1, &weak),
            shared_pool: PoolShared::new(0, PoolKind::SharedProcesses, processors, &weak),
            workers: Mutex::new(HashMap::new()),
            alive: Mutex::new(Vec::new()),
            failed: Mutex::new(false),
            runtime: weak,
        })
    }

    /// Copies a task's work, as it is now, for a process; what cannot cross is refused by name.
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
        let mut names = Names(&self.registry);
        let mut border = border(&machine.runtime, &mut names);
        Ok(pack_call(function, arguments, &mut border, &machine.gate)?)
    }

    /// The work of a task here that speaks for one in another process.
    pub fn speak_for(self: &Arc<Broker>, work: Packed, pool: &Arc<PoolShared>) -> Work {
        let (broker, pool) = (self.clone(), Arc::downgrade(pool));
        Work::Native(Box::new(move |machine| match pool.upgrade() {
            Some(pool) => broker.speak(machine, work, &pool),
            None => Err(fail(Kind::Closed, "the pool is gone")),
        }))
    }

    fn speak(
        &self,
        machine: &mut Machine<'_>,
        work: Packed,
        pool: &Arc<PoolShared>,
    ) -> Result<Value> {
        let worker = self.worker_for(machine, pool)?;
        let Some(task) = self.registry.remember(&machine.own_handle()) else {
            return Err(fail(
                Kind::Unsupported,
                "the main program cannot leave its process",
            ));
        };
        machine.task.runs_in_process(worker.process.pid);
        if machine.task.was_killed() {
            worker.process.kill();
        }
        let inbox = Arc::new(Inbox::default());
        worker.inboxes.lock().insert(task, inbox.clone());
        worker.active.fetch_add(1, Ordering::SeqCst);
        let start = ToWorker::Start {
            task,
            at: machine.task.started_at,
            parent: machine.task.parent,
            work,
        };
        worker.tell(&machine.runtime, &start);
        let result = self.converse(machine, &worker, task, &inbox);
        worker.active.fetch_sub(1, Ordering::SeqCst);
        worker.inboxes.lock().remove(&task);
        if pool.kind == PoolKind::Speakers {
            worker.tell(&machine.runtime, &ToWorker::Leave);
        }
        result
    }

    /// Does what the task asks for until it ends.
    fn converse(
        &self,
        machine: &mut Machine<'_>,
        worker: &RemoteWorker,
        task: HandleName,
        inbox: &Inbox,
    ) -> Result<Value> {
        loop {
            if let Some(why) = worker.death.get() {
                return Err(self.died(machine, worker, why));
            }
            match inbox.next(machine) {
                Ok(News::Request(call, request)) => {
                    worker.active.fetch_sub(1, Ordering::SeqCst);
                    let answer = self.serve(machine, request);
                    worker.active.fetch_add(1, Ordering::SeqCst);
                    worker.tell(&machine.runtime, &ToWorker::Reply { call, answer });
                }
                Ok(News::Ended(outcome)) => {
                    let mut names = Names(&self.registry);
                    let outcome =
                        unpack_outcome(&outcome, &mut border(&machine.runtime, &mut names));
                    return match outcome {
                        Ok(Outcome::Value(value)) => Ok(value),
                        Ok(Outcome::Failed(failure)) => Err(Unwind::Failed(failure)),
                        Ok(Outcome::Cancelled) => Err(Unwind::Cancelled),
                        Err(malformed) => {
                            Err(self.nonsense(machine, worker, &malformed.to_string()))
                        }
                    };
                }
                Ok(News::Died) => {}
                // The task in the worker is told; then it unwinds there, and may still ask for
                // things while it cleans up.
                Err(Unwind::Cancelled) => worker.tell(&machine.runtime, &ToWorker::Cancel(task)),
                Err(failed) => return Err(failed),
            }
        }
    }

    #[cold]
    fn died(&self, machine: &Machine<'_>, worker: &RemoteWorker, why: &str) -> Unwind {
        Failure::error(
            Kind::ProcessDied,
            format!(
                "the process of {} died: process {}, {why}",
                machine.task.title(),
                worker.process.pid
            ),
        )
        .into()
    }

    #[cold]
    fn nonsense(&self, machine: &Machine<'_>, worker: &RemoteWorker, what: &str) -> Unwind {
        worker.process.kill();
        self.died(machine, worker, &format!("it sent {what}"))
    }

    /// A worker for the next task of a pool: one that computes nothing, else a new one while
    /// there are fewer than seats, else the one that computes least. A task with a process of its
    /// own gets a new one.
    fn worker_for(
        &self,
        machine: &Machine<'_>,
        pool: &Arc<PoolShared>,
    ) -> Result<Arc<RemoteWorker>> {
        if pool.kind == PoolKind::Speakers {
            return self.start(machine);
        }
        let key = Arc::as_ptr(pool).addr();
        let best = {
            let mut workers = self.workers.lock();
            let workers = workers.entry(key).or_default();
            workers.retain(|worker| worker.death.get().is_none());
            let idlest = workers
                .iter()
                .min_by_key(|worker| worker.active.load(Ordering::SeqCst));
            idlest
                .filter(|worker| {
                    worker.active.load(Ordering::SeqCst) == 0 || workers.len() >= pool.seats
                })
                .cloned()
        };
        match best {
            Some(worker) => Ok(worker),
            None => {
                let worker = self.start(machine)?;
                self.workers
                    .lock()
                    .entry(key)
                    .or_default()
                    .push(worker.clone());
                Ok(worker)
            }
        }
    }

    fn start(&self, machine: &Machine<'_>) -> Result<Arc<RemoteWorker>> {
        let cannot = |error: std::io::Error| -> Unwind {
            Failure::error(
                Kind::Memory,
                format!(
                    "the system starts no more processes: {}",
                    crate::diagnostics::words::system_error(&error)
                ),
            )
            .help("a process_pool(n) runs any number of futures on n processes")
            .into()
        };
        let (process, stream) = link::start().map_err(cannot)?;
        let from = stream.try_clone().map_err(cannot)?;
        let mut sender = Sender::new(stream);
        greet(&mut sender);
        let worker = Arc::new(RemoteWorker {
            process,
            to: Mutex::new(ToLink {
                sender,
                sources_sent: 0,
                units_sent: 0,
            }),
            inboxes: Mutex::new(HashMap::new()),
            active: AtomicUsize::new(0),
            death: OnceLock::new(),
        });
        let arguments = machine.runtime.arguments.clone();
        worker.tell(&machine.runtime, &ToWorker::Welcome { arguments });
        self.alive.lock().push(worker.clone());
        let (reading, runtime) = (worker.clone(), self.runtime.clone());
        thread::Builder::new()
            .name(format!("cq link {}", worker.process.pid))
            .stack_size(READER_STACK)
            .spawn(move || read(&reading, &runtime, from))
            .map_err(cannot)?;
        Ok(worker)
    }

    /// Ends the workers of a pool that is shut down; they go when they have nothing left to do.
    pub fn release_pool(&self, runtime: &Runtime, pool: &PoolShared) {
        let workers = self.workers.lock().remove(&std::ptr::from_ref(pool).addr());
        for worker in workers.into_iter().flatten() {
            worker.tell(runtime, &ToWorker::Leave);
        }
    }

    /// Tells all workers that there will be no more tasks.
    pub fn tell_all_to_leave(&self, runtime: &Runtime) {
        let alive: Vec<_> = self.alive.lock().clone();
        for worker in alive {
            worker.tell(runtime, &ToWorker::Leave);
        }
    }

    /// Whether all workers have gone.
    pub fn all_have_left(&self) -> bool {
        self.alive.lock().is_empty()
    }

    /// Whether a task on a thread of a worker has failed, and nobody joined it.
    pub fn saw_failure(&self) -> bool {
        *self.failed.lock()
    }

    /// Ends the worker in which a task runs at once; false if it runs in none.
    pub fn kill(&self, pid: u32) -> bool {
        let alive = self.alive.lock();
        let worker = alive.iter().find(|worker| worker.process.pid == pid);
        worker.inspect(|worker| worker.process.kill()).is_some()
    }
}

/// The border of the first process.
pub fn border<'a>(runtime: &'a Runtime, names: &'a mut Names<'_>) -> Border<'a> {
    Border {
        units: runtime.units(),
        sources: &runtime.sources,
        handles: names,
    }
}

impl RemoteWorker {
    /// Sends a message, and before it the programs and texts that it may mention. A worker that
    /// is gone hears nothing; its tasks learn that from its end.
    fn tell(&self, runtime: &Runtime, message: &ToWorker) {
        let mut to = self.to.lock();
        let _ = to.send(runtime, message);
    }
}

impl ToLink {
    fn send(
        &mut self,
        runtime: &Runtime,
        message: &ToWorker,
    ) -> std::result::Result<(), LinkError> {
        if !matches!(message, ToWorker::Welcome { .. }) {
            self.send_news(runtime)?;
        }
        self.sender.push(message)?;
        self.sender.flush()
    }

    fn send_news(&mut self, runtime: &Runtime) -> std::result::Result<(), LinkError> {
        while let Some(source) = runtime.sources.get_at(self.sources_sent) {
            self.sender.push(&ToWorker::Source {
                name: source.name.clone(),
                text: source.text.to_string(),
            })?;
            self.sources_sent += 1;
        }
        while let Some(unit) = runtime
            .units()
            .get(super::border::UnitId(self.units_sent as u32))
        {
            let program = pack_program(&unit.program).map_err(LinkError::from)?;
            self.sender.push(&ToWorker::Unit(Packed(program)))?;
            self.units_sent += 1;
        }
        Ok(())
    }
}

/// Reads what a worker says, until it is gone.
fn read(worker: &Arc<RemoteWorker>, runtime: &Weak<Runtime>, mut link: UnixStream) {
    let mut complaint = expect_greeting(&mut link)
        .err()
        .map(|error| error.to_string());
    let mut from = Receiver::new(link);
    while complaint.is_none() {
        let message = match from.receive::<FromWorker>() {
            Ok(Some(message)) => message,
            Ok(None) => break,
            Err(error) => {
                complaint = Some(error.to_string());
                break;
            }
        };
        let Some(runtime) = runtime.upgrade() else {
            break;
        };
        match message {
            FromWorker::Ready | FromWorker::Forget(_) => {}
            FromWorker::Request {
                call,
                request: Request::NewTask { started, at },
                ..
            } => speak_for_new(worker, &runtime, call, started, at),
            FromWorker::Request {
                call,
                task,
                request,
            } => worker.deliver(task, News::Request(call, request)),
            FromWorker::Ended { task, outcome } => worker.deliver(task, News::Ended(outcome)),
            FromWorker::Print { text, .. } => runtime.output.print(&text),
            FromWorker::PrintError { text, .. } => runtime.output.print_error(&text),
            FromWorker::Quiet { failed } => {
                if let Some(broker) = runtime.broker_if_any() {
                    *broker.failed.lock() |= failed;
                }
            }
            FromWorker::Exit(status) => runtime.exit(status),
        }
    }
    if complaint.is_some() {
        worker.process.kill();
    }
    let death = match (worker.process.bury(), complaint) {
        (_, Some(complaint)) => format!("it was cut off: {complaint}"),
        (Ok(death), None) => death.to_string(),
        (Err(error), None) => crate::diagnostics::words::system_error(&error),
    };
    let _ = worker.death.set(death);
    let inboxes: Vec<_> = worker.inboxes.lock().values().cloned().collect();
    for inbox in inboxes {
        inbox.put(News::Died);
    }
    if let Some(runtime) = runtime.upgrade()
        && let Some(broker) = runtime.broker_if_any()
    {
        let own = Arc::as_ptr(worker);
        broker
            .alive
            .lock()
            .retain(|other| !std::ptr::eq(Arc::as_ptr(other), own));
        runtime.worker_left();
    }
}

/// A task is started on a thread of the worker: it gets a task here that speaks for it.
fn speak_for_new(
    worker: &Arc<RemoteWorker>,
    runtime: &Arc<Runtime>,
    call: CallId,
    started: Started,
    at: Option<Span>,
) {
    let kind = match started {
        Started::Future => TaskKind::Future,
        Started::Spawned => TaskKind::Spawned,
    };
    let broker = runtime.broker();
    let inbox = Arc::new(Inbox::default());
    let (speaking, conversing, spoken_for) = (broker.clone(), worker.clone(), inbox.clone());
    let work = Work::Native(Box::new(move |machine: &mut Machine<'_>| {
        let Some(task) = speaking.registry.remember(&machine.own_handle()) else {
            return Ok(Value::Nil);
        };
        let result = speaking.converse(machine, &conversing, task, &spoken_for);
        conversing.inboxes.lock().remove(&task);
        result
    }));
    let task = runtime.new_task(kind, at, 0, Some(broker.speakers.clone()), work);
    task.runs_in_process(worker.process.pid);
    let Some(name) = broker.registry.remember(&Value::of_task(&task)) else {
        return;
    };
    worker.inboxes.lock().insert(name, inbox);
    if kind == TaskKind::Spawned {
        runtime.spawned_one_more();
    }
    // The speakers' pool is never shut down.
    let _ = broker.speakers.submit(task);
    // Small, and the worker's reader never stops reading: this does not block.
    let answer = Answer::Handle(name);
    worker.tell(runtime, &ToWorker::Reply { call, answer });
}

impl RemoteWorker {
    fn deliver(&self, task: HandleName, news: News) {
        if let Some(inbox) = self.inboxes.lock().get(&task) {
            inbox.put(news);
        }
    }
}
