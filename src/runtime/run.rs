//! A whole program, from its first task to its exit status.
//!
//! ```text
//!   main program ends, spawned tasks end   -> futures that have not ended are cancelled -> status
//!   no seat is awake before that           -> deadlock report                           -> status 3
//! ```

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::thread;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::elsewhere::{FirstProcess, Workers};
use super::leftover::Leftovers;
use super::limits::{Limits, Living};
use super::listening::Bell;
use super::mailbox::{Mail, SeatHandle};
use super::output::Output;
use super::outside::Helpers;
use super::plight::Plight;
use super::pool::{PoolKind, PoolShared, StartSeats};
use super::seat::Seat;
use super::stop::RollCall;
use super::story;
use super::task::{Seats, Task, TaskKind, Work};
use super::wait::Ticket;
use super::watch::Watch;
use crate::diagnostics::report::Report;
use crate::diagnostics::source::Sources;
use crate::value::function::{Function, Unit};
use crate::value::units::Units;
use crate::value::{Failure, Kind, Result, Unwind, Value};

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
    /// A limit was passed.
    pub const LIMIT: Status = Status(4);
    /// Ctrl-C.
    pub const INTERRUPTED: Status = Status(130);
}

/// How many of the tasks that wait are asked what they have to tell for the report of a deadlock.
const MOST_ASKED: usize = 2000;

/// How long that report waits for them; they have nothing else to do.
const PATIENCE: Duration = Duration::from_secs(1);

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
    pub units: Units,
    /// In a worker: the way to the first process.
    pub(super) first_process: OnceLock<Arc<dyn FirstProcess>>,
    /// In the first process: the workers.
    pub(super) workers: OnceLock<Arc<dyn Workers>>,
    /// What wakes a seat that listens to other processes.
    pub(super) bell: Arc<Bell>,
    /// Whether a seat listens to other processes.
    pub(super) is_listened_to: AtomicBool,
    /// The seat whose turn that is, if nobody does.
    pub(super) listens_next: AtomicUsize,
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
    pub(super) tasks: AtomicU64,
    pub(super) futures: AtomicU64,
    /// How many of them were run by who forced them.
    pub(super) run_in_place: AtomicU64,
    pub(super) queues: AtomicU64,
    pub(super) locks: AtomicU64,
    pub(super) semaphores: AtomicU64,
    pub(super) pools: AtomicU64,
    pub(super) spawned: AtomicUsize,
    /// Failures that have been reported.
    told: Mutex<Vec<Arc<Failure>>>,
    /// Failed tasks, to be judged at the end.
    pub(super) failed: Mutex<Vec<Arc<Task>>>,
    /// Waits that seem hopeless.
    pub(super) suspects: Mutex<Vec<Arc<Ticket>>>,
    pub(super) stuck: AtomicBool,
    /// Who wants to know of tasks and queues: a session.
    watch: OnceLock<Watch>,
    pub(super) ending: AtomicBool,
    pub(super) starts_no_more_futures: AtomicBool,
    pub(super) ticking: AtomicBool,
    /// The program has come to its end.
    pub(super) is_over: AtomicBool,
    pub(super) limits: OnceLock<Limits>,
    /// The system has almost no memory left.
    pub(super) memory_is_scarce: AtomicBool,
    pub(super) living: Arc<Living>,
    /// What nobody took out of queues.
    pub(super) leftovers: Arc<Leftovers>,
    /// Where the tasks are when the program is stopped from outside.
    pub(super) roll_call: RollCall,
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
            shared_pool: PoolShared::new(
                0,
                PoolKind::Shared,
                processors(),
                own.clone() as Weak<dyn StartSeats>,
            ),
            units: Units::default(),
            first_process: OnceLock::new(),
            workers: OnceLock::new(),
            bell: Arc::default(),
            is_listened_to: AtomicBool::new(false),
            listens_next: AtomicUsize::new(0),
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
            run_in_place: AtomicU64::new(0),
            queues: AtomicU64::new(0),
            locks: AtomicU64::new(0),
            semaphores: AtomicU64::new(0),
            pools: AtomicU64::new(0),
            spawned: AtomicUsize::new(0),
            told: Mutex::new(Vec::new()),
            failed: Mutex::new(Vec::new()),
            suspects: Mutex::new(Vec::new()),
            stuck: AtomicBool::new(false),
            watch: OnceLock::new(),
            ending: AtomicBool::new(false),
            starts_no_more_futures: AtomicBool::new(false),
            ticking: AtomicBool::new(false),
            is_over: AtomicBool::new(false),
            limits: OnceLock::new(),
            memory_is_scarce: AtomicBool::new(false),
            living: Arc::default(),
            leftovers: Arc::default(),
            roll_call: RollCall::default(),
        })
    }

    /// Runs a program to its end on the current thread and the threads it needs.
    pub fn run(self: &Arc<Runtime>, unit: &'static Unit) -> Status {
        let status = self.run_to_its_end(unit);
        self.is_over.store(true, Ordering::Relaxed);
        self.stopped_with().unwrap_or(status)
    }

    fn run_to_its_end(self: &Arc<Runtime>, unit: &'static Unit) -> Status {
        let main = Arc::new(Function {
            code: unit.code(unit.program.main),
            captures: Default::default(),
        });
        self.units.add(unit);
        let task = self.new_task(TaskKind::Main, None, 0, Seats::Own, Work::body(main));
        self.start_ticking();
        let handle = SeatHandle::new(self, None);
        let _ = self.main_seat.set(handle.clone());
        let mut seat = Seat::new(handle, self);
        if let Some(work) = task.claim() {
            seat.start(task.clone(), work);
        }
        // Futures that main or others have left on this seat are cancelled below.
        seat.run_while(|| {
            let over = task.has_ended() && self.spawned_tasks_have_ended();
            !over && !self.is_stuck()
        });
        if self.is_stuck() {
            return self.report_deadlock(&mut seat);
        }
        self.cancel_futures(&mut seat);
        // When the last worker has left, nobody is awake either, and nobody minds.
        if self.is_stuck() && !self.waits().is_empty() {
            // Clean-up waits for something that cannot happen.
            return self.report_deadlock(&mut seat);
        }
        self.judge(&task)
    }

    /// Ends the whole program at once.
    pub fn exit(&self, status: i32) -> ! {
        self.output.flush();
        if let Some(first) = self.first_process() {
            first.exit(status);
        }
        if let Some(workers) = self.workers.get() {
            workers.end();
        }
        std::process::exit(status)
    }

    /// Draws a report to standard error.
    pub fn report(&self, report: &Report) {
        self.output.report(&(self.draw)(report, &self.sources));
    }

    /// Reports a failure that ended a task, but only once: who joins a spawned task too late to
    /// hear of it first gets the same failure thrown, and may end with it.
    fn report_failure(&self, failure: &Arc<Failure>) {
        let mut told = self.told.lock();
        // When a limit stops the program, the first error it led to says where.
        if self.stopped().is_some() && !told.is_empty() {
            return;
        }
        if !told.iter().any(|other| other.is_same_as(failure)) {
            told.push(failure.clone());
            self.report(&story::report(failure, &self.sources));
        }
    }

    /// A task has run to its end on its fiber.
    pub(super) fn task_ended(&self, task: &Arc<Task>, result: Result<Value>) {
        if let Some(first) = self.first_process() {
            if task.kind == TaskKind::Future && !task.abroad.is_known() && result.is_err() {
                self.failed.lock().push(task.clone());
            }
            let waited_for = task.is_waited_for();
            task.finish(result);
            first.ended(self, task, waited_for);
            if task.kind == TaskKind::Spawned && !task.abroad.is_guest() {
                self.spawned_one_less();
            }
            return;
        }
        if let Err(Unwind::Failed(failure)) = &result {
            match task.kind {
                TaskKind::Main => self.report_failure(failure),
                TaskKind::Spawned => {
                    self.note_failed(task);
                    if !task.is_waited_for() && !task.abroad.was_killed() {
                        self.report_failure(failure);
                    }
                }
                TaskKind::Future => self.note_failed(task),
            }
        }
        if let Err(Unwind::Failed(failure)) = &result
            && failure.is(&Kind::ProcessDied)
            && task.abroad.is_severed()
        {
            task.abroad.dies();
        }
        task.finish(result);
        if task.holds_locks() {
            match task.abroad.died() {
                true => self.wake_waits_for_locks_of(task),
                false => self.suspect_waits_for_locks_of(task),
            }
        }
        if let Some(watch) = self.watch.get() {
            watch.ended(task);
        }
        if task.kind == TaskKind::Spawned {
            self.spawned_one_less();
        }
    }

    /// Somebody wants to know of its tasks and queues from now on.
    pub fn watch(&self, watch: Watch) {
        let _ = self.watch.set(watch);
    }

    /// What is known of its tasks and queues, if anybody wants to know.
    pub fn watched(&self) -> Option<&Watch> {
        self.watch.get()
    }

    /// A task that has ended has left its seat.
    pub(super) fn task_left(&self) {
        if self.ending.load(Ordering::SeqCst) {
            self.wake_main();
        }
    }

    /// Whether a future that has not started by now never will.
    pub(super) fn starts_no_more_futures(&self) -> bool {
        self.starts_no_more_futures.load(Ordering::SeqCst)
    }

    /// Whether all spawned tasks have ended.
    pub(super) fn spawned_tasks_have_ended(&self) -> bool {
        self.spawned.load(Ordering::SeqCst) == 0
    }

    /// A spawned task is about to start: the program waits for it.
    pub fn spawned_one_more(&self) {
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

    /// Somebody wants to know how a task ended; its failure is no longer a surprise.
    pub fn asks(&self, task: &Task) {
        task.ask();
        if let Some(first) = self.first_process() {
            first.asked(task);
        }
    }

    /// Asks a task to stop; true if it had not ended.
    pub fn cancel(&self, task: &Arc<Task>) -> bool {
        let cancelled = task.request_cancel();
        // One that never starts has nobody else to tell of its end.
        if let Some(first) = self.first_process()
            && task.has_ended()
        {
            first.ended(self, task, false);
        }
        cancelled
    }

    /// No seat is awake: no task will ever run again.
    pub(super) fn nobody_is_awake(&self) {
        if let Some(first) = self.first_process() {
            // Others may still send something; whether anybody can is known in the first process.
            first.nobody_is_awake(self);
            return;
        }
        self.stuck.store(true, Ordering::SeqCst);
        self.wake_main();
    }

    pub(super) fn is_stuck(&self) -> bool {
        self.stuck.load(Ordering::SeqCst)
    }

    /// All seats there are.
    pub(super) fn all_seats(&self) -> Vec<Arc<SeatHandle>> {
        self.seats.lock().values().cloned().collect()
    }

    /// All waits there are, by task number.
    pub fn waits(&self) -> Vec<Arc<Ticket>> {
        let seats = self.all_seats();
        let mut waits: Vec<Arc<Ticket>> = Vec::new();
        for seat in seats {
            let tasks: Vec<Arc<Task>> = seat.tasks.lock().values().cloned().collect();
            waits.extend(tasks.iter().filter_map(|task| task.ticket.lock().clone()));
        }
        waits.sort_by_key(|ticket| (ticket.task.kind == TaskKind::Future, ticket.task.number));
        waits
    }

    pub(super) fn report_deadlock(&self, seat: &mut Seat) -> Status {
        let waits = self.waits();
        let asked = &waits[..waits.len().min(MOST_ASKED)];
        let scenes = self.scenes(asked, Some(seat), PATIENCE);
        let plight = Plight::new(&waits, &scenes, &self.sources);
        self.report(&plight.report(super::deadlock::stuck(&waits)));
        Status::DEADLOCK
    }

    pub(super) fn forget_seat(&self, handle: &Arc<SeatHandle>) {
        self.seats.lock().remove(&handle.address());
    }
}

impl StartSeats for Runtime {
    fn never_started(&self, task: &Task) {
        if task.kind == TaskKind::Spawned {
            self.spawned_one_less();
        }
    }

    fn shut_down(&self, pool: &PoolShared) {
        match (pool.kind, self.first_process(), self.workers.get()) {
            (PoolKind::InFirstProcess(number), Some(first), _) => first.shut_down_pool(number),
            (_, _, Some(workers)) => workers.release_pool(pool),
            _ => {}
        }
    }

    fn start_seat(self: Arc<Self>, name: String, pool: Arc<PoolShared>) -> io::Result<()> {
        Seat::on_new_thread(&self, name, Some(pool), None)
    }
}

/// How many processors the program may use.
pub fn processors() -> usize {
    // To find out takes the system a dozen looks into files.
    static FOUND: OnceLock<usize> = OnceLock::new();
    *FOUND.get_or_init(|| thread::available_parallelism().map_or(1, |processors| processors.get()))
}
