//! The runtime of a worker: its tasks come from the first process.
//!
//! It runs them on one seat until it is told that there will be no more, and what was started here
//! has ended. It says when nothing in it can go on by itself, and what its tasks wait for in here:
//! what a task waits for in the first process is known there.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::elsewhere::{FirstProcess, Workers};
use super::mailbox::{Mail, SeatHandle};
use super::run::Runtime;
use super::seat::Seat;
use super::task::Task;
use super::wait::WaitingFor;
use crate::syntax::span::Span;
use crate::value::error::fail;
use crate::value::{Kind, Result};

/// A wait inside of this process that has lasted.
pub struct LastingWait<'a> {
    /// Who waits.
    pub task: &'a Arc<Task>,
    /// Where in the source.
    pub at: Span,
    /// For what, in words.
    pub what: String,
    /// For whose end.
    pub on: Option<Arc<Task>>,
    /// Time or the outside will end it.
    pub ends_by_itself: bool,
}

impl Runtime {
    /// In a worker: the way to the first process.
    #[inline]
    pub fn first_process(&self) -> Option<&Arc<dyn FirstProcess>> {
        self.first_process.get()
    }

    /// This process is a worker, and that is the way to the first one.
    pub fn is_worker_of(&self, first: Arc<dyn FirstProcess>) {
        let _ = self.first_process.set(first);
    }

    /// In the first process: the workers.
    pub fn workers(&self) -> Result<&Arc<dyn Workers>> {
        self.workers
            .get()
            .ok_or_else(|| fail(Kind::Unsupported, "there are no processes here"))
    }

    /// In the first process: has these workers.
    pub fn has_workers(&self, workers: Arc<dyn Workers>) {
        let _ = self.workers.set(workers);
    }

    /// The seat of a worker's main thread.
    pub fn worker_seat(self: &Arc<Runtime>) -> Seat {
        let handle = SeatHandle::new(self, None);
        let _ = self.main_seat.set(handle.clone());
        Seat::new(handle, self)
    }

    /// Runs what the first process sends until there will be no more, and what was started here
    /// has ended.
    pub fn run_worker(self: &Arc<Runtime>, seat: &mut Seat) {
        if !self.start_ticking()
            && let Some(first) = self.first_process()
        {
            // What the ticker would do before long.
            first.tell_of_waits(self);
        }
        let handle = seat.handle().clone();
        seat.run_while(|| {
            let runs_guests = || handle.tasks.lock().values().any(|it| it.abroad.is_guest());
            !self.may_leave.load(Ordering::SeqCst)
                || !self.spawned_tasks_have_ended()
                || runs_guests()
        });
        self.cancel_futures(seat);
        self.warn_of_futures();
    }

    /// There will be no more tasks.
    pub fn worker_may_leave(&self) {
        self.may_leave.store(true, Ordering::SeqCst);
        self.wake_main();
    }

    /// Starts a task of the first process.
    pub fn start_here(&self, task: Arc<Task>) {
        if let Some(seat) = self.main_seat.get() {
            seat.send(Mail::Start(task));
        }
    }

    /// Whether no seat is awake.
    pub fn is_asleep(&self) -> bool {
        self.awake.load(Ordering::SeqCst) == 0
    }

    /// Tells of every wait inside of this process that has lasted so long and was not told. What
    /// `tell` says is said before the task can go on.
    pub fn each_untold_wait(&self, lasting: Duration, mut tell: impl FnMut(LastingWait<'_>)) {
        let seats = self.all_seats();
        for seat in seats {
            let tasks: Vec<Arc<Task>> = seat.tasks.lock().values().cloned().collect();
            for task in &tasks {
                let current = task.ticket.lock();
                let Some(ticket) = &*current else { continue };
                let matters = match &ticket.what {
                    WaitingFor::Answer => false,
                    // It may give up its place among those that run.
                    WaitingFor::Time | WaitingFor::Outside(_) => task.abroad.is_guest(),
                    _ => true,
                };
                if !matters || !ticket.is_waiting() || ticket.since.elapsed() < lasting {
                    continue;
                }
                if !ticket.told.swap(true, Ordering::SeqCst) {
                    tell(LastingWait {
                        task,
                        at: ticket.span,
                        what: ticket.what.describe(),
                        // One that a timeout ends is part of no circle.
                        on: ticket
                            .what
                            .depends_on()
                            .filter(|_| ticket.deadline.is_none()),
                        ends_by_itself: ticket.what.ends_by_itself(),
                    });
                }
            }
        }
    }

    /// In the first process: a worker is there, and something in it may go on.
    pub fn worker_wakes(&self) {
        // Made with the first worker; without it nobody but the readers listens.
        let _ = self.bell.end();
        self.awake.fetch_add(1, Ordering::SeqCst);
    }

    /// In the first process: a worker is gone, or nothing in it can go on by itself.
    pub fn worker_sleeps(&self) {
        if self.awake.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.nobody_is_awake();
        }
    }

    /// In the first process: a worker has gone. At the end of the program it waits for that.
    pub fn worker_left(&self) {
        if self.ending.load(Ordering::SeqCst) {
            self.wake_main();
        }
    }
}
