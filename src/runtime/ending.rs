//! The end of a program: what is left is cancelled, and what went wrong is judged.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::limits::is_denial;
use super::mailbox::{Mail, SeatHandle};
use super::pool::PoolShared;
use super::run::{Runtime, Status};
use super::seat::Seat;
use super::story;
use super::task::{Outcome, Task, TaskKind};
use crate::diagnostics::report::{Report, Severity};
use crate::value::{Failure, Kind};

/// How many tasks that failed and were not joined are named.
const UNJOINED_TOLD: usize = 5;

/// So many failed tasks are kept at least before those that were asked for are forgotten.
const FAILED_KEPT: usize = 1024;

impl Runtime {
    /// Cancels all futures that have not ended and waits until they have, `finally` included.
    ///
    /// Clean-up may start futures of its own, and use them. Those that are left when the first
    /// ones have ended are cancelled in their turn, and from then on no more are started, so that
    /// the program ends.
    pub(super) fn cancel_futures(&self, seat: &mut Seat) {
        self.ending.store(true, Ordering::SeqCst);
        let running = self.cancel_all();
        seat.run_while(|| !self.is_stuck() && !running.iter().all(|task| task.has_ended()));
        if self.is_stuck() {
            return;
        }
        self.dismiss_workers(seat);
        self.starts_no_more_futures.store(true, Ordering::SeqCst);
        self.cancel_all();
        seat.run_while(|| {
            let is_left = |seat: &Arc<SeatHandle>| !seat.tasks.lock().is_empty();
            let any_is_left = || self.seats.lock().values().any(is_left);
            !self.is_stuck() && (!self.spawned_tasks_have_ended() || any_is_left())
        });
        if !self.is_stuck() {
            self.dismiss_workers(seat);
        }
    }

    /// Asks all futures to stop; gives those that were running.
    fn cancel_all(&self) -> Vec<Arc<Task>> {
        let seats = self.all_seats();
        for task in self.take_unstarted(&seats) {
            self.cancel(&task);
        }
        let mut running = Vec::new();
        for seat in &seats {
            running.extend(seat.tasks.lock().values().cloned());
            seat.send(Mail::CancelFutures);
        }
        running.retain(|task| task.kind == TaskKind::Future);
        running
    }

    /// Takes every future that has not started, wherever it lies, to cancel it.
    pub(super) fn take_unstarted(&self, seats: &[Arc<SeatHandle>]) -> Vec<Arc<Task>> {
        let in_pools = self.pools_of(seats).into_iter();
        let mut unstarted: Vec<_> = in_pools.flat_map(|pool| pool.take_unstarted()).collect();
        unstarted.extend(seats.iter().flat_map(|seat| seat.batch.take()));
        unstarted
    }

    fn pools_of(&self, seats: &[Arc<SeatHandle>]) -> Vec<Arc<PoolShared>> {
        let mut pools = vec![self.shared_pool.clone()];
        for seat in seats {
            if let Some(pool) = &seat.pool
                && !pools.iter().any(|other| Arc::ptr_eq(other, pool))
            {
                pools.push(pool.clone());
            }
        }
        pools
    }

    /// Tells the workers that there will be no more tasks, and waits until they have gone. They
    /// cancel the futures on their own threads.
    fn dismiss_workers(&self, seat: &mut Seat) {
        let Ok(workers) = self.workers() else {
            return;
        };
        workers.dismiss();
        seat.run_while(|| !workers.have_left() && !self.is_stuck());
    }

    /// The exit status, and the warnings about failures that nobody has asked for.
    pub(super) fn judge(&self, main: &Task) -> Status {
        let deadlock = |failure: &Failure| failure.is(&Kind::Deadlock);
        let mut status = match main.outcome() {
            Some(Outcome::Failed(failure)) if deadlock(&failure) => Status::DEADLOCK,
            Some(Outcome::Failed(failure)) if is_denial(&failure) => Status::LIMIT,
            Some(Outcome::Failed(_)) => Status::ERROR,
            _ => Status::OK,
        };
        let mut unjoined = Vec::new();
        let failed = self.failed.lock().clone();
        for task in failed.iter().filter(|task| !task.was_asked()) {
            if let Some(Outcome::Failed(failure)) = task.outcome()
                && task.kind == TaskKind::Spawned
            {
                unjoined.push(task.title());
                status = match deadlock(&failure) {
                    true => Status::DEADLOCK,
                    false if status != Status::OK => status,
                    false if is_denial(&failure) => Status::LIMIT,
                    false => Status::ERROR,
                };
            }
        }
        self.warn_of_futures();
        if !unjoined.is_empty() && self.stopped().is_none() {
            self.warn_of_unjoined(&unjoined, status);
        }
        if status == Status::OK && self.stopped().is_none() {
            self.warn_of_leftovers();
        }
        self.output.flush();
        status
    }

    /// Spawned tasks failed, which has been told, and nobody has joined them.
    fn warn_of_unjoined(&self, tasks: &[String], status: Status) {
        let named = tasks.iter().take(UNJOINED_TOLD).cloned();
        let mut named = named.collect::<Vec<_>>().join(", ");
        if tasks.len() > UNJOINED_TOLD {
            named = format!("{named} and {} more", tasks.len() - UNJOINED_TOLD);
        }
        let message = format!(
            "{named} failed and nobody joined: so the program ends with status {}",
            status.0
        );
        self.report(&Report {
            severity: Severity::Warning,
            help: Some(String::from(
                "join(t) throws a task's error where it can be caught",
            )),
            ..Report::without_place(message)
        });
    }

    /// A task has failed; at the end there is a word about those that nobody has asked for.
    pub(super) fn note_failed(&self, task: &Arc<Task>) {
        let mut failed = self.failed.lock();
        if failed.len() >= FAILED_KEPT && failed.len().is_power_of_two() {
            failed.retain(|other| !other.was_asked());
        }
        failed.push(task.clone());
    }

    /// Warns of the errors of futures that nobody has asked for.
    pub(super) fn warn_of_futures(&self) {
        let failed = self.failed.lock().clone();
        for task in failed.iter().filter(|task| !task.was_asked()) {
            if let Some(Outcome::Failed(failure)) = task.outcome()
                && task.kind == TaskKind::Future
            {
                let mut report = story::report(&failure, &self.sources);
                report.severity = Severity::Warning;
                report.message = format!(
                    "{} failed and nobody asked for its value: {}",
                    task.title(),
                    report.message
                );
                self.report(&report);
            }
        }
    }
}
