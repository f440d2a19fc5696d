//! System calls that block: they run on threads of their own, where they hold up no fiber.
//!
//! ```text
//!   task --work--> a helper thread ... done: wakes the ticket
//!     |
//!     +--waits like for anything else: a cancel or timeout reaches it at once
//! ```
//!
//! A task that stops waiting leaves its call behind; what it gives is then dropped.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender};
use parking_lot::Mutex;

use super::fiber::Resumed;
use super::machine::Machine;
use super::thread::cannot_start_thread;
use super::wait::{Ticket, WaitingFor};
use crate::gate::Operation;
use crate::value::{Failure, Kind, Result};

/// How long a helper waits for more work before it ends.
const PATIENCE: Duration = Duration::from_secs(5);

type Job = Box<dyn FnOnce() + Send>;

/// The helper threads of a program.
#[derive(Debug)]
pub struct Helpers {
    jobs: Sender<Job>,
    inbox: Receiver<Job>,
    idle: Arc<AtomicUsize>,
}

impl Default for Helpers {
    fn default() -> Helpers {
        let (jobs, inbox) = crossbeam_channel::unbounded();
        Helpers {
            jobs,
            inbox,
            idle: Arc::new(AtomicUsize::new(0)),
        }
    }
}

impl Helpers {
    fn run(&self, job: Job) -> std::io::Result<()> {
        let claimed = self
            .idle
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |idle| {
                idle.checked_sub(1)
            });
        if claimed.is_ok() {
            // This object holds the receiving end too, so it cannot fail.
            let _ = self.jobs.send(job);
            return Ok(());
        }
        let (inbox, idle) = (self.inbox.clone(), self.idle.clone());
        thread::Builder::new()
            .name(String::from("cq outside"))
            .spawn(move || {
                job();
                loop {
                    idle.fetch_add(1, Ordering::SeqCst);
                    match inbox.recv_timeout(PATIENCE) {
                        Ok(job) => job(),
                        Err(_) => {
                            // Go only if nobody has counted on us meanwhile.
                            let left =
                                idle.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |idle| {
                                    idle.checked_sub(1)
                                });
                            match left {
                                Ok(_) => return,
                                Err(_) => match inbox.recv() {
                                    Ok(job) => job(),
                                    Err(_) => return,
                                },
                            }
                        }
                    }
                }
            })?;
        Ok(())
    }
}

/// What a call has given, and who waits for it.
struct Reply<T> {
    state: Mutex<(Option<T>, Option<Arc<Ticket>>)>,
}

impl Machine<'_> {
    /// Runs `work`, a system call that may block, and waits for what it gives; `None` when the
    /// deadline passes first. `what` names it in reports.
    pub fn outside<T: Send + 'static>(
        &mut self,
        what: &'static str,
        deadline: Option<Instant>,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Option<T>> {
        if self.gate.decides() {
            self.may_be_explored(what)?;
            self.gate.announce(|| Operation::Outside);
            // There is one seat, and nobody else goes on in this step.
            return Ok(Some(work()));
        }
        self.tick()?;
        let reply = Arc::new(Reply {
            state: Mutex::new((None, None)),
        });
        let answer = reply.clone();
        let job = Box::new(move || {
            let given = work();
            let ticket = {
                let mut state = answer.state.lock();
                state.0 = Some(given);
                state.1.take()
            };
            if let Some(ticket) = ticket {
                ticket.wake(Resumed::Ready);
            }
        });
        self.runtime
            .helpers
            .run(job)
            .map_err(|error| cannot_start_thread(&error))?;
        self.wait(
            || WaitingFor::Outside(what),
            deadline,
            |ticket| {
                let mut state = reply.state.lock();
                let given = state.0.take();
                if given.is_none() {
                    state.1 = ticket.cloned();
                }
                given
            },
            |_| None,
        )
    }

    /// Whether a call to the outside may be a part of an exploration of all orders.
    fn may_be_explored(&self, what: &str) -> Result<()> {
        let option = match self.runtime.limits().explored.allows(what) {
            Some((true, _)) => return Ok(()),
            Some((false, option)) => Some(option),
            None => None,
        };
        let help = match option {
            Some(option) => format!(
                "{option} lets it; what it changes there is not put back between executions"
            ),
            None => String::from(
                "give the part of the program that is explored its data in another way",
            ),
        };
        Err(Failure::error(
            Kind::Unsupported,
            format!("{what} reaches outside of the program, which is not explored"),
        )
        .help(help)
        .into())
    }
}
