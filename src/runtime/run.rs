//! A whole program, from its first task to its exit status.
//!
//! ```text
//!   main program ends, spawned tasks end   -> futures that have not ended are cancelled -> status
//!   no seat is awake before that           -> deadlock report                           -> status 3
//! ```

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Instant;

use parking_lot::Mutex;

use super::mailbox::{Mail, SeatHandle};
use super::output::Output;
use super::outside::Helpers;
use super::pool::{Pool, PoolKind, PoolShared};
use super::seat::Seat;
use super::story;
use super::task::{Task, TaskKind, Work};
use super::wait::Ticket;
use crate::diagnostics::report::Report;
use crate::diagnostics::source::Sources;
use crate::process::border::Units;
use crate::process::broker::Broker;
use crate::process::home::Home;
use crate::syntax::span::Span;
use crate::value::function::{Function, Unit};
use crate::value::{Result, Unwind, Value};

/// How a program ended, as the exit status of its process.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Status(pub i32);

impl Status {
    /// All went well.
    pub const OK: Status = Status(0);
    /// An error that nobody caught.
    pub const ERROR: Status = Status(1);
    /// A deadlock.
    pub const DEADLOCK: Status = Status(3);
}

/// One run of a program: what all its tasks share.
pub struct Runtime {
    /// The texts that spans point into.
    pub sources: Sources,
    /// Where `print` goes.
    pub output: Output,
    /// What the program was called with.
    pub arguments: Vec<String>,
    /// The pool of `future e`.
    pub shared_pool: Arc<PoolShared>,
    /// The programs that functions belong to, as all processes number them.
    units: Units,
    /// In a worker, the way to the first process.
    pub(super) home: OnceLock<Arc<Home>>,
    /// In the first process, what it has for its workers.
    broker: OnceLock<Arc<Broker>>,
    /// In a worker: there will be no more tasks.
    pub(super) may_leave: AtomicBool,
    /// Threads for system calls that block.
    pub helpers: Helpers,
    /// Random numbers.
    pub random: Mutex<fastrand::Rng>,
    /// When it began.
    pub started: Instant,
    /// How reports are drawn.
    draw: fn(&Report, &Sources) -> String,
    pub(super) awake: Arc<AtomicUsize>,
    pub(super) seats: Mutex<HashMap<usize, Arc<SeatHandle>>>,
    pub(super) main_seat: OnceLock<Arc<SeatHandle>>,
    tasks: AtomicU64,
    futures: AtomicU64,
    queues: AtomicU64,
    locks: AtomicU64,
    semaphores: AtomicU64,
    pools: AtomicU64,
    pub(super) spawned: AtomicUsize,
    /// Failed tasks, to be judged at the end.
    pub(super) failed: Mutex<Vec<Arc<Task>>>,
    /// Waits that seem hopeless.
    pub(super) suspects: Mutex<Vec<Arc<Ticket>>>,
    stuck: AtomicBool,
    pub(super) ending: AtomicBool,
    pub(super) ticking: AtomicBool,
}

impl Runtime {
    /// A runtime for one program. `draw` draws reports.
    pub fn new(
        sources: Sources,
        output: Output,
        arguments: Vec<String>,
        draw: fn(&Report, &Sources) -> String,
    ) -> Arc<Runtime> {
        Arc::new_cyclic(|own| Runtime {
            sources,
            output,
            arguments,
            shared_pool: PoolShared::new(0, PoolKind::Shared, processors(), own),
            units: Units::default(),
            home: OnceLock::new(),
            broker: OnceLock::new(),
            may_leave: AtomicBool::new(false),
            helpers: Helpers::default(),
            random: Mutex::new(fastrand::Rng::new()),
            started: Instant::now(),
            draw,
            awake: Arc::new(AtomicUsize::new(0)),
            seats: Mutex::new(HashMap::new()),
            main_seat: OnceLock::new(),
            tasks: AtomicU64::new(0),
            futures: AtomicU64::new(0),
            queues: AtomicU64::new(0),
            locks: AtomicU64::new(0),
            semaphores: AtomicU64::new(0),
            pools: AtomicU64::new(0),
            spawned: AtomicUsize::new(0),
            failed: Mutex::new(Vec::new()),
            suspects: Mutex::new(Vec::new()),
            stuck: AtomicBool::new(false),
            ending: AtomicBool::new(false),
            ticking: AtomicBool::new(false),
        })
    }

    /// Runs a program to its end on the current thread and the threads it needs.
    pub fn run(self: &Arc<Runtime>, unit: &'static Unit) -> Status {
        let main = Arc::new(Function {
            code: unit.code(unit.program.main),
            captures: Box::new([]),
        });
        self.units.add(unit);
        let task = self.new_task(TaskKind::Main, None, 0, None, Work::body(main));
        let handle = SeatHandle::new(self, None);
        let _ = self.main_seat.set(handle.clone());
        let mut seat = Seat::new(handle, self);
        if let Some(work) = task.claim() {
            seat.start(task.clone(), work);
        }
        // Futures that main or others have left on this seat are cancelled below.
        seat.run_while(|| {
            let over = task.has_ended() && self.spawned.load(Ordering::SeqCst) == 0;
            !over && !self.is_stuck()
        });
        if self.is_stuck() {
            return self.report_deadlock();
        }
        self.cancel_futures(&mut seat);
        self.dismiss_workers(&mut seat);
        self.judge(&task)
    }

    /// Ends the whole program at once.
    pub fn exit(&self, status: i32) -> ! {
        self.output.flush();
        std::process::exit(status)
    }

    /// Draws a report to standard error.
    pub fn report(&self, report: &Report) {
        self.output.print_error(&(self.draw)(report, &self.sources));
    }

    /// A task that has not started, with the next number.
    pub fn new_task(
        self: &Arc<Runtime>,
        kind: TaskKind,
        at: Option<Span>,
        parent: u64,
        pool: Option<Arc<PoolShared>>,
        work: Work,
    ) -> Arc<Task> {
        let made = match kind {
            TaskKind::Future => &self.futures,
            TaskKind::Main | TaskKind::Spawned => &self.tasks,
        };
        if kind != TaskKind::Main {
            self.start_ticking();
        }
        if let Some(home) = self.home() {
            let number = home.new_task(self, kind, at);
            let task = Task::new(number, kind, at, parent, pool, work);
            task.runs_in_process(std::process::id());
            home.remember(&task);
            return task;
        }
        let number = made.fetch_add(1, Ordering::Relaxed) + 1;
        Task::new(number, kind, at, parent, pool, work)
    }

    /// In a worker, the way to the first process.
    #[inline]
    pub fn home(&self) -> Option<Arc<Home>> {
        self.home.get().cloned()
    }

    /// The broker, made when it is first needed.
    pub fn broker(self: &Arc<Runtime>) -> Arc<Broker> {
        self.broker
            .get_or_init(|| Broker::new(self, processors()))
            .clone()
    }

    /// The broker, if there are or were workers.
    pub fn broker_if_any(&self) -> Option<&Arc<Broker>> {
        self.broker.get()
    }

    /// The programs that functions belong to.
    pub fn units(&self) -> &Units {
        &self.units
    }

    /// The next queue's number.
    pub fn next_queue(&self) -> u64 {
        self.queues.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// The next lock's number.
    pub fn next_lock(&self) -> u64 {
        self.locks.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// The next semaphore's number.
    pub fn next_semaphore(&self) -> u64 {
        self.semaphores.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// A new pool.
    pub fn new_pool(self: &Arc<Runtime>, kind: PoolKind, seats: usize) -> Arc<Pool> {
        let number = self.pools.fetch_add(1, Ordering::Relaxed) + 1;
        Arc::new(Pool {
            shared: PoolShared::new(number, kind, seats, &Arc::downgrade(self)),
        })
    }

    /// A task has run to its end on its fiber.
    pub(super) fn task_ended(&self, task: &Arc<Task>, result: Result<Value>) {
        if let Some(home) = self.home() {
            task.finish(result);
            home.task_ended(self, task);
            if task.kind == TaskKind::Spawned && !task.is_guest() {
                self.spawned_one_less();
            }
            return;
        }
        if let Err(Unwind::Failed(failure)) = &result {
            match task.kind {
                TaskKind::Main => self.report(&story::report(failure, &self.sources)),
                TaskKind::Spawned => {
                    self.failed.lock().push(task.clone());
                    if !task.is_waited_for() {
                        self.report(&story::report(failure, &self.sources));
                    }
                }
                TaskKind::Future => self.failed.lock().push(task.clone()),
            }
        }
        task.finish(result);
        if task.holds_locks() {
            match task.process_died() {
                true => self.wake_waits_for_locks_of(task),
                false => self.suspect_waits_for_locks_of(task),
            }
        }
        if task.kind == TaskKind::Spawned {
            self.spawned_one_less();
        }
    }

    /// A task that has ended has left its seat.
    pub(super) fn task_left(&self) {
        if self.ending.load(Ordering::SeqCst) {
            self.wake_main();
        }
    }

    pub(crate) fn spawned_one_more(&self) {
        self.spawned.fetch_add(1, Ordering::SeqCst);
    }

    pub(super) fn spawned_one_less(&self) {
        if self.spawned.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.wake_main();
        }
    }

    pub(super) fn wake_main(&self) {
        if let Some(seat) = self.main_seat.get() {
            seat.send(Mail::Look);
        }
    }

    /// Asks a task to stop; true if it had not ended.
    pub fn cancel(&self, task: &Task) -> bool {
        task.request_cancel()
    }

    /// No seat is awake: no task will ever run again.
    pub(super) fn nobody_is_awake(&self) {
        if self.home.get().is_some() {
            // Others may still send something; whether anybody can is known in the first process.
            return;
        }
        self.stuck.store(true, Ordering::SeqCst);
        self.wake_main();
    }

    pub(super) fn is_stuck(&self) -> bool {
        self.stuck.load(Ordering::SeqCst)
    }

    /// All waits there are, by task number.
    pub(super) fn waits(&self) -> Vec<Arc<Ticket>> {
        let seats: Vec<Arc<SeatHandle>> = self.seats.lock().values().cloned().collect();
        let mut waits: Vec<Arc<Ticket>> = Vec::new();
        for seat in seats {
            let tasks: Vec<Arc<Task>> = seat.tasks.lock().values().cloned().collect();
            waits.extend(tasks.iter().filter_map(|task| task.ticket.lock().clone()));
        }
        waits.sort_by_key(|ticket| (ticket.task.kind == TaskKind::Future, ticket.task.number));
        waits
    }

    fn report_deadlock(&self) -> Status {
        self.report(&super::deadlock::stuck(&self.waits()));
        Status::DEADLOCK
    }

    pub(super) fn forget_seat(&self, handle: &Arc<SeatHandle>) {
        self.seats.lock().remove(&Arc::as_ptr(handle).addr());
    }
}

/// How many processors the program may use.
pub fn processors() -> usize {
    thread::available_parallelism().map_or(1, |processors| processors.get())
}
