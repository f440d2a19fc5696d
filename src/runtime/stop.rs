//! Stopping a program from outside: Ctrl-C, and limits that are passed.
//!
//! ```text
//!   Ctrl-C   every task is cancelled -> roll call: where each was -> clean-up -> status 130
//!   a limit  every task is cancelled -> roll call: where each was             -> status 4, at once
//! ```
//!
//! The roll call: a task that waits is where its ticket says; one that runs says where it is when
//! the cancel strikes it, on its way out through the innermost place that is known. Who does not
//! answer within a moment is told of without a place.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::machine::Machine;
use super::memory;
use super::plight;
use super::run::{Runtime, Status};
use super::story;
use super::task::{Task, TaskKind};
use super::wait::{Ticket, WaitingFor};
use crate::diagnostics::report::Report;
use crate::diagnostics::words;
use crate::gate::ObjectId;
use crate::syntax::span::Span;
use crate::value::error::CallFrame;

/// How long a roll call waits for answers.
const PATIENCE: Duration = Duration::from_millis(80);

/// How long forcers have until they are seen to wait.
const PATIENCE_WITH_FORCERS: Duration = Duration::from_millis(10);

/// How many tasks it tells of.
const MOST_TOLD: usize = 20;

/// Why a program is stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Ctrl-C.
    Interrupted,
    /// It ran longer than it may.
    TimeUp(Duration),
    /// It started more tasks than it may have at once.
    TooManyTasks(u64),
    /// It uses more bytes of memory than it may.
    TooMuchMemory(u64),
}

impl Stop {
    fn message(&self) -> String {
        match self {
            Stop::Interrupted => String::from("interrupted"),
            Stop::TimeUp(time) => format!(
                "stopped: the time limit of {} has passed",
                words::duration(*time)
            ),
            Stop::TooManyTasks(most) => format!("stopped: more than {most} tasks at once"),
            Stop::TooMuchMemory(bytes) => {
                format!("stopped: more than {} MB of memory", bytes >> 20)
            }
        }
    }

    fn help(&self) -> Option<&'static str> {
        Some(match self {
            Stop::Interrupted => return None,
            Stop::TimeUp(_) => "--timeout sets this limit",
            Stop::TooManyTasks(_) => "--max-tasks sets this limit",
            Stop::TooMuchMemory(_) => "--max-memory sets this limit",
        })
    }

    /// The exit status it leads to.
    pub fn status(&self) -> Status {
        match self {
            Stop::Interrupted => Status::INTERRUPTED,
            _ => Status::LIMIT,
        }
    }
}

/// Where a running task was.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Whereat {
    span: Span,
    calls: Vec<CallFrame>,
    calls_left_out: usize,
}

/// Where the tasks were that a program was stopped in.
#[derive(Debug, Default)]
pub struct RollCall {
    called: AtomicBool,
    /// How many tasks and futures had been made by then: they are called off.
    tasks: AtomicU64,
    futures: AtomicU64,
    /// Held while the report is written.
    reporting: Mutex<()>,
    why: Mutex<Option<Stop>>,
    places: Mutex<HashMap<ObjectId, Whereat>>,
}

impl Machine<'_> {
    /// A cancel is on its way out through `span`: if there is a roll call, the task was here.
    #[cold]
    #[inline(never)]
    pub fn passes(&self, span: Span) {
        let roll = &self.runtime.roll_call;
        if roll.called.load(Ordering::Relaxed) {
            let mut places = roll.places.lock();
            let Entry::Vacant(place) = places.entry(self.task.id()) else {
                return;
            };
            let (calls, calls_left_out) = self.calls_told();
            let place = place.insert(Whereat {
                span,
                calls,
                calls_left_out,
            });
            if let Some(first) = self.runtime.first_process() {
                first.was_at(self.task, place.clone());
            }
        }
    }
}

impl Runtime {
    /// Asks for the program to be stopped; the first reason counts. The ticker does it.
    pub fn stop(&self, why: Stop) {
        self.roll_call.why.lock().get_or_insert(why);
    }

    /// Why the program is being stopped, if it is.
    pub fn stopped(&self) -> Option<Stop> {
        self.roll_call.why.lock().clone()
    }

    /// Whether tasks that are cancelled say where they were.
    pub fn calls_roll(&self) -> bool {
        self.roll_call.called.load(Ordering::SeqCst)
    }

    /// In a worker: the first process calls the roll.
    pub fn answers_roll(&self) {
        self.roll_call.called.store(true, Ordering::SeqCst);
    }

    /// Where a task was that ran in a worker.
    pub fn was_at(&self, task: &Task, place: Whereat) {
        let mut places = self.roll_call.places.lock();
        places.entry(task.id()).or_insert(place);
    }

    /// Ctrl-C: cancels everything and says where it was. The program ends when its clean-up has.
    pub fn interrupt(&self) {
        let _reporting = self.roll_call.reporting.lock();
        self.stop(Stop::Interrupted);
        let report = self.call_roll(&Stop::Interrupted);
        self.report(&report);
    }

    /// The status of a program that was stopped and has come to its end.
    pub(super) fn stopped_with(&self) -> Option<Status> {
        self.notice_refused_memory();
        let why = self.stopped()?;
        self.stop_for_limit();
        // The report is written to its end.
        drop(self.roll_call.reporting.lock());
        Some(why.status())
    }

    /// Memory may have been refused for the limit since the ticker has looked.
    pub(super) fn notice_refused_memory(&self) {
        if let Some(most) = self.limits().memory
            && memory::was_refused()
        {
            self.stop(Stop::TooMuchMemory(most));
        }
    }

    /// Stops the program for a limit, if one was passed.
    pub(super) fn stop_for_limit(&self) {
        let Some(why) = self.stopped().filter(|why| *why != Stop::Interrupted) else {
            return;
        };
        let _reporting = self.roll_call.reporting.lock();
        let report = self.call_roll(&why);
        self.report(&report);
        self.exit(why.status().0);
    }

    /// Whether a task that is about to start was called off meanwhile.
    pub(super) fn is_called_off(&self, task: &Task) -> bool {
        let roll = &self.roll_call;
        if !roll.called.load(Ordering::SeqCst) {
            return false;
        }
        let made = match task.kind {
            TaskKind::Future => &roll.futures,
            TaskKind::Main | TaskKind::Spawned => &roll.tasks,
        };
        task.number <= made.load(Ordering::SeqCst)
    }

    /// Whether a task that `parent` has just made is called off with it: the cancel is on its way
    /// to `parent`, so this is no clean-up.
    pub(super) fn is_called_off_with(&self, parent: &Task) -> bool {
        self.is_called_off(parent) && !parent.cancel_has_struck()
    }

    /// Cancels everything there is; gives what was running, and how much had not started.
    fn call_off(&self) -> (Vec<Arc<Task>>, usize) {
        // Called first, for all: a task that is made from here on sees it.
        self.roll_call.tasks.store(u64::MAX, Ordering::SeqCst);
        self.roll_call.futures.store(u64::MAX, Ordering::SeqCst);
        self.roll_call.called.store(true, Ordering::SeqCst);
        let (tasks, futures) = self.made();
        self.roll_call.tasks.store(tasks, Ordering::SeqCst);
        self.roll_call.futures.store(futures, Ordering::SeqCst);
        let seats = self.all_seats();
        let mut unstarted = 0;
        for task in self.take_unstarted(&seats) {
            unstarted += usize::from(!task.has_ended());
            task.request_cancel();
        }
        let mut running: Vec<Arc<Task>> = Vec::new();
        for seat in &seats {
            running.extend(seat.tasks.lock().values().cloned());
        }
        running.retain(|task| !task.has_ended());
        for task in &running {
            task.request_cancel();
        }
        (running, unstarted)
    }

    /// Cancels all tasks and collects where they were.
    fn call_roll(&self, why: &Stop) -> Report {
        self.let_forcers_wait();
        let waits = self.waits();
        let (mut tasks, unstarted) = self.call_off();
        Self::in_order(&mut tasks);
        let deadline = Instant::now() + PATIENCE;
        let waiting: HashMap<ObjectId, _> =
            waits.iter().map(|wait| (wait.task.id(), wait)).collect();
        // A task that is spoken for is where its process says.
        let waits_here = |wait: &Ticket| match &wait.what {
            WaitingFor::Process(whereabouts) => whereabouts.told().is_some(),
            _ => true,
        };
        let has_answered = |task: &Arc<Task>| {
            waiting.get(&task.id()).is_some_and(|wait| waits_here(wait))
                || task.has_ended()
                || self.roll_call.places.lock().contains_key(&task.id())
        };
        while !tasks.iter().all(has_answered) && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(1));
        }
        let places = self.roll_call.places.lock();
        let lines = tasks.iter().filter_map(|task| {
            let title = task.title();
            let wait = waiting.get(&task.id());
            if let Some(wait) = wait.filter(|wait| waits_here(wait)) {
                let place = self.sources.locate(wait.place());
                return Some(format!(
                    "{title} waited at {place} for {}",
                    plight::thing(&wait.what)
                ));
            }
            // A cancelled wait that had not begun by then has a place too.
            if let Some(place) = places.get(&task.id()) {
                return Some(self.was_running(&title, place));
            }
            if wait.is_some() {
                let process = task.abroad.process().unwrap_or_default();
                return Some(format!("{title} was running in process {process}"));
            }
            (!task.has_ended()).then(|| format!("{title} was running"))
        });
        let mut lines: Vec<String> = lines.collect();
        let more = lines.len().saturating_sub(MOST_TOLD);
        lines.truncate(MOST_TOLD);
        if more > 0 {
            lines.push(format!("… {} …", words::count(more, "more task")));
        }
        if unstarted > 0 {
            lines.push(format!(
                "{} had not started",
                words::count(unstarted, "future")
            ));
        }
        let mut report = Report::without_place(why.message());
        report.kind = Some(String::from(match why {
            Stop::Interrupted => "interrupted",
            _ => "limit",
        }));
        report.notes = lines;
        report.help = why.help().map(str::to_owned);
        report
    }

    /// Whoever runs a future in place is seen to wait for it from now on, if it can be reached.
    fn let_forcers_wait(&self) {
        let seats = self.all_seats();
        let deadline = Instant::now() + PATIENCE_WITH_FORCERS;
        loop {
            let mut nesting = seats.iter().filter(|seat| seat.is_nesting()).peekable();
            if nesting.peek().is_none() || Instant::now() >= deadline {
                return;
            }
            nesting.for_each(|seat| seat.wants_attention());
            thread::sleep(Duration::from_micros(200));
        }
    }

    fn was_running(&self, title: &str, place: &Whereat) -> String {
        let calls = story::call_lines(&place.calls, place.calls_left_out, &self.sources);
        let mut line = format!("{title} was running at {}", self.sources.locate(place.span));
        if let Some(call) = calls.first() {
            line = format!("{line}, {call}");
        }
        line
    }

    /// The order in which tasks are told of: the main program, tasks, futures.
    pub(super) fn in_order(tasks: &mut [Arc<Task>]) {
        tasks.sort_by_key(|task| (task.kind == TaskKind::Future, task.number));
    }
}
