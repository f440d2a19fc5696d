//! The runtime of a worker: its tasks come from the first process.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::mailbox::{Mail, SeatHandle};
use super::run::Runtime;
use super::seat::Seat;
use super::task::Task;
use crate::process::home::Home;

impl Runtime {
    /// This process is a worker, and that is the way to the first one.
    pub fn lives_away_from(&self, home: Arc<Home>) {
        let _ = self.home.set(home);
    }

    /// The seat of a worker's main thread.
    pub fn worker_seat(self: &Arc<Runtime>) -> Seat {
        let handle = SeatHandle::new(self, None);
        let _ = self.main_seat.set(handle.clone());
        Seat::new(handle, self)
    }

    /// Runs what the first process sends until there will be no more, and what was started here
    /// has ended.
    pub fn run_worker(&self, seat: &mut Seat) {
        let handle = seat.handle().clone();
        seat.wait_while(|| {
            let started_here = self.spawned.load(Ordering::SeqCst) > 0;
            let runs_guests = handle.tasks.lock().values().any(|task| task.is_guest());
            !self.may_leave.load(Ordering::SeqCst) || started_here || runs_guests
        });
        self.cancel_futures(seat);
    }

    /// There will be no more tasks.
    pub fn worker_may_leave(&self) {
        self.may_leave.store(true, Ordering::SeqCst);
        self.wake_main();
    }

    /// Starts a task of the first process.
    pub fn start_here(self: &Arc<Runtime>, task: Arc<Task>) {
        self.start_ticking();
        if let Some(seat) = self.main_seat.get() {
            seat.send(Mail::Start(task));
        }
    }

    /// In the first process: a worker has gone.
    pub fn worker_left(&self) {
        self.wake_main();
    }
}
