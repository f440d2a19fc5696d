//! The end of a program: what is left is cancelled, and what went wrong is judged.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::mailbox::{Mail, SeatHandle};
use super::pool::PoolShared;
use super::run::{Runtime, Status};
use super::seat::Seat;
use super::story;
use super::task::{Outcome, Task, TaskKind};
use crate::diagnostics::report::Severity;
use crate::value::{Failure, Kind};

impl Runtime {
    /// Cancels all futures that have not ended and waits until they have, `finally` included.
    pub(super) fn cancel_futures(&self, seat: &mut Seat) {
        self.ending.store(true, Ordering::SeqCst);
        let seats: Vec<Arc<SeatHandle>> = self.seats.lock().values().cloned().collect();
        for pool in self.pools_of(&seats) {
            for task in pool.take_unstarted() {
                task.request_cancel();
            }
        }
        for seat in &seats {
            seat.send(Mail::CancelFutures);
        }
        let mine = seat.handle().clone();
        seat.run_while(|| {
            let left =
                |seat: &Arc<SeatHandle>| !Arc::ptr_eq(seat, &mine) && !seat.tasks.lock().is_empty();
            !self.is_stuck()
                && (!mine.tasks.lock().is_empty() || self.seats.lock().values().any(left))
        });
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

    /// Tells the workers that there will be no more tasks, and waits until they have gone.
    pub(super) fn dismiss_workers(&self, seat: &mut Seat) {
        let Some(broker) = self.broker_if_any() else {
            return;
        };
        broker.tell_all_to_leave(self);
        let workers_left = || !broker.all_have_left();
        seat.wait_while(workers_left);
    }

    /// The exit status, and the warnings about failures that nobody has asked for.
    pub(super) fn judge(&self, main: &Task) -> Status {
        let deadlock = |failure: &Failure| failure.is(&Kind::Deadlock);
        let mut status = match main.outcome() {
            Some(Outcome::Failed(failure)) if deadlock(&failure) => Status::DEADLOCK,
            Some(Outcome::Failed(_)) => Status::ERROR,
            _ => Status::OK,
        };
        for task in self.failed.lock().iter().filter(|task| !task.was_asked()) {
            let Some(Outcome::Failed(failure)) = task.outcome() else {
                continue;
            };
            match task.kind {
                TaskKind::Spawned if deadlock(&failure) => status = Status::DEADLOCK,
                TaskKind::Spawned if status == Status::OK => status = Status::ERROR,
                TaskKind::Future => {
                    let mut report = story::report(&failure, &self.sources);
                    report.severity = Severity::Warning;
                    report.message = format!(
                        "{} failed and nobody asked for its value: {}",
                        task.title(),
                        report.message
                    );
                    self.report(&report);
                }
                _ => {}
            }
        }
        self.output.flush();
        status
    }
}
