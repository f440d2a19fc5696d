//! The ticker: a thread that looks at the program a few hundred times a second.
//!
//! It tells seats when the time slice of their task is over and others are ready, and people of
//! waits that look hopeless, once it is clear that the program goes on all the same.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use super::fiber::Resumed;
use super::run::Runtime;
use super::task::Task;
use super::wait::{Ticket, WaitingFor};

/// How long a task may keep its seat while others on it are ready.
const TIME_SLICE: Duration = Duration::from_millis(5);

/// The thread's stack: it draws reports.
const TICKER_STACK: usize = 1 << 20;

impl Runtime {
    /// Starts the thread, once; it ends with the program.
    pub(super) fn start_ticking(self: &Arc<Runtime>) {
        if self.ticking.swap(true, Ordering::SeqCst) {
            return;
        }
        let runtime = Arc::downgrade(self);
        let builder = thread::Builder::new()
            .name(String::from("cq ticker"))
            .stack_size(TICKER_STACK);
        // Without it tasks still take turns whenever they wait.
        let _ = builder.spawn(move || {
            while let Some(runtime) = runtime.upgrade() {
                runtime.end_time_slices();
                if let Some(first) = runtime.first_process() {
                    first.tell_of_waits(&runtime);
                }
                runtime.warn_of_suspects();
                drop(runtime);
                thread::sleep(TIME_SLICE);
            }
        });
    }

    fn end_time_slices(&self) {
        for seat in self.seats.lock().values() {
            if seat.is_awake() && seat.others_are_ready() {
                seat.attention.store(true, Ordering::Relaxed);
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
        for report in super::deadlock::warnings(&suspects) {
            if !self.is_stuck() {
                self.report(&report);
            }
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
