//! The ticker: a thread that looks at the program a few hundred times a second.
//!
//! It tells seats when the time slice of their task is over and others are ready, and people of
//! waits that look hopeless, once it is clear that the program goes on all the same; and it stops
//! a program that has passed a limit.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use super::fiber::Resumed;
use super::memory;
use super::plight::Plight;
use super::run::Runtime;
use super::stop::Stop;
use super::task::Task;
use super::wait::{Ticket, WaitingFor};
use crate::diagnostics::report::Severity;

/// How long a task may keep its seat while others on it are ready.
const TIME_SLICE: Duration = Duration::from_millis(5);

/// How long the ticker rests while there is only the main program.
const UNHURRIED: Duration = Duration::from_millis(20);

/// How many turns lie between two looks at the memory of the system, and at its processes.
const TURNS_OF_SYSTEM: u32 = 4;

/// How long a warning waits for what the tasks in it have to tell.
const PATIENCE: Duration = Duration::from_millis(25);

/// The thread's stack: it draws reports.
const TICKER_STACK: usize = 1 << 20;

impl Runtime {
    /// Starts the thread, once; it ends with the program. False if the system gives none.
    pub(super) fn start_ticking(self: &Arc<Runtime>) -> bool {
        if self.ticking.load(Ordering::Relaxed) || self.ticking.swap(true, Ordering::SeqCst) {
            return true;
        }
        let runtime = Arc::downgrade(self);
        let builder = thread::Builder::new()
            .name(String::from("cq ticker"))
            .stack_size(TICKER_STACK);
        // Without it tasks still take turns whenever they wait.
        let is_worker = self.first_process().is_some();
        let ticker = builder.spawn(move || {
            let mut turns = 0;
            if is_worker {
                // Most of what there is to tell at first is told by the end of its first task.
                thread::sleep(TIME_SLICE);
            }
            while let Some(runtime) = runtime.upgrade()
                && !runtime.is_over.load(Ordering::Relaxed)
            {
                runtime.end_time_slices();
                if let Some(first) = runtime.first_process() {
                    first.tell_of_waits(&runtime);
                }
                runtime.warn_of_suspects();
                runtime.check_limits(&mut turns);
                if let Ok(workers) = runtime.workers()
                    && turns.is_multiple_of(TURNS_OF_SYSTEM)
                {
                    workers.look_after();
                }
                let alone = runtime.made() <= (1, 0);
                drop(runtime);
                thread::sleep(if alone { UNHURRIED } else { TIME_SLICE });
            }
        });
        ticker.is_ok()
    }

    /// Stops the program if it has passed a limit; every few turns looks at memory.
    fn check_limits(&self, turns: &mut u32) {
        let limits = self.limits();
        if let Some(time) = limits.time
            && self.started.elapsed() >= time
        {
            self.stop(Stop::TimeUp(time));
        }
        self.check_tasks_of_all();
        *turns = turns.wrapping_add(1);
        match limits.memory {
            Some(most) => {
                self.notice_refused_memory();
                if self.memory_of_all().is_some_and(|used| used > most) {
                    self.stop(Stop::TooMuchMemory(most));
                }
            }
            None if turns.is_multiple_of(TURNS_OF_SYSTEM) => {
                let scarce = memory::is_scarce();
                self.memory_is_scarce.store(scarce, Ordering::Relaxed);
                if scarce {
                    for seat in self.seats.lock().values() {
                        seat.wants_attention();
                    }
                }
            }
            None => {}
        }
        self.stop_for_limit();
    }

    /// What was left too long is called for, and what seats have kept for later goes back. The ticker counts as awake meanwhile: who lies down
    /// before the call has arrived is not the last.
    fn call_for_what_is_left(&self) {
        let seats = self.seats.lock();
        let kept: Vec<_> = seats
            .values()
            .filter(|it| it.batch.has_some())
            .cloned()
            .collect();
        drop(seats);
        if self.shared_pool.has_left() || !kept.is_empty() {
            self.awake.fetch_add(1, Ordering::SeqCst);
            self.shared_pool.calls_for_what_is_left();
            for seat in kept {
                self.shared_pool.takes_back(&seat);
            }
            if self.awake.fetch_sub(1, Ordering::SeqCst) == 1 {
                self.nobody_is_awake();
            }
        }
    }

    fn end_time_slices(&self) {
        self.call_for_what_is_left();
        for seat in self.seats.lock().values() {
            if seat.wants_room() {
                seat.attention.want(Ordering::Relaxed);
            }
        }
    }

    /// Notes a wait that seems hopeless; a moment later there is a warning, if it still is and the
    /// program still runs. (If it does not, the report of that says it all.)
    pub(super) fn suspect(&self, ticket: &Arc<Ticket>) {
        self.suspects.lock().push(ticket.clone());
    }

    fn warn_of_suspects(&self) {
        let suspects = std::mem::take(&mut *self.suspects.lock());
        for hopeless in super::deadlock::hopeless(&suspects) {
            let scenes = self.scenes(&hopeless.waits, None, PATIENCE);
            if self.is_stuck() {
                return;
            }
            let plight = Plight::new(&hopeless.waits, &scenes, &self.sources);
            let mut report = plight.report(hopeless.message);
            report.severity = Severity::Warning;
            self.report(&report);
        }
    }

    /// The process of a task died while it held locks: who waits for one looks again.
    pub(super) fn wake_waits_for_locks_of(&self, owner: &Task) {
        for ticket in self.waits() {
            if let WaitingFor::Lock(lock) = &ticket.what
                && lock.owner().is_some_and(|other| other.id() == owner.id())
            {
                ticket.wake(Resumed::Ready);
            }
        }
    }

    /// A task has ended and left locks locked: whoever waits for one of them waits in vain.
    pub(super) fn suspect_waits_for_locks_of(&self, owner: &Task) {
        for ticket in self.waits() {
            if let WaitingFor::Lock(lock) = &ticket.what
                && ticket.deadline.is_none()
                && lock.owner().is_some_and(|other| other.id() == owner.id())
            {
                self.suspect(&ticket);
            }
        }
    }
}
