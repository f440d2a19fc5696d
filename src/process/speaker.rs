//! The fiber that speaks for a task of a worker.
//!
//! A task in another process is an ordinary task of this one. Its fiber here sends the work to
//! a worker and then does, one after the other, what the task asks for. So a worker's wait is
//! a wait here, and cancels, time-outs, seats and deadlocks need nothing of their own.
//!
//! ```text
//!   worker's task           fiber that speaks for it            the rest of the program
//!     q.get()  --Request-->   queue.get(machine)  ...waits...     q.put(1)
//!     1        <--Reply----   1
//!     returns  --Ended---->   returns, its task has ended
//! ```
//!
//! A cancel strikes this fiber. If its task computes meanwhile, the task is told, and everything
//! it still asks for before the cancel has struck it too is answered with that.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use parking_lot::Mutex;

use super::broker::Broker;
use super::message::{Answer, CallId, Request, ToWorker};
use super::packed::{HandleKind, HandleName};
use super::parcel;
use super::remote::{Remote, Spoken};
use super::work::PackedOutcome;
use crate::runtime::abroad::{Told, Whereabouts};
use crate::runtime::elsewhere::Parcel;
use crate::runtime::fiber::Resumed;
use crate::runtime::machine::Machine;
use crate::runtime::pool::{PoolKind, PoolShared, StartSeats};
use crate::runtime::run::Runtime;
use crate::runtime::task::{Outcome, Seats, Task, TaskKind, Work};
use crate::runtime::wait::{Ticket, WaitingFor};
use crate::runtime::watch::TaskName;
use crate::syntax::span::Span;
use crate::value::{Failure, Kind, Result, Unwind, Value};

/// One thing that is said of a task.
pub enum News {
    /// The task asks for something.
    Request {
        /// The answer is to say this.
        call: CallId,
        /// Whether a cancel has struck the task before.
        struck: bool,
        /// Where it asks.
        at: Span,
        /// What for.
        request: Request,
    },
    /// The task waits for something in its own process.
    Waits(Told),
    /// The task has ended; the handles that are named in how.
    Ended(PackedOutcome, Vec<Value>),
    /// The worker is gone.
    Died,
}

/// What the worker says of one task.
#[derive(Default)]
pub struct Inbox {
    state: Mutex<(VecDeque<News>, Option<Arc<Ticket>>)>,
    whereabouts: Arc<Whereabouts>,
}

impl Inbox {
    /// Adds to it and wakes who waits.
    pub fn put(&self, news: News) {
        let ticket = {
            let mut state = self.state.lock();
            state.0.push_back(news);
            state.1.take()
        };
        if let Some(ticket) = ticket {
            ticket.wake(Resumed::Ready);
        }
    }

    /// The worker is gone.
    pub fn died(&self) {
        self.put(News::Died);
    }

    /// How the task ended, if it has said so.
    fn end(&self) -> Option<News> {
        let mut state = self.state.lock();
        let is_end = |news: &News| matches!(news, News::Ended(..));
        let at = state.0.iter().position(is_end)?;
        state.0.remove(at)
    }

    /// The next thing; `None` if there is nobody left to speak for.
    fn next(&self, machine: &mut Machine<'_>) -> Result<Option<News>> {
        machine.wait(
            || WaitingFor::Process(self.whereabouts.clone()),
            None,
            |ticket| {
                let mut state = self.state.lock();
                let news = state.0.pop_front();
                if news.is_none() {
                    state.1 = ticket.cloned();
                }
                news
            },
            |_| None,
        )
    }
}

/// Work that has other work done in a process.
pub fn speak_for(broker: &Arc<Broker>, work: Parcel, pool: &Arc<PoolShared>) -> Work {
    let (broker, pool) = (broker.clone(), pool.clone());
    Work::native(Box::new(move |machine| {
        speak(&broker, machine, work, &pool)
    }))
}

fn speak(
    broker: &Arc<Broker>,
    machine: &mut Machine<'_>,
    work: Parcel,
    pool: &Arc<PoolShared>,
) -> Result<Value> {
    let name = HandleName::of_task(machine.task);
    let spoken = Spoken {
        task: machine.task.clone(),
        inbox: Arc::default(),
    };
    let worker = loop {
        let worker = broker.worker_for(machine.runtime, pool)?;
        // One that has died meanwhile is no reason to fail.
        if worker.is_spoken_for(name, spoken.clone()) {
            break worker;
        }
    };
    worker.active.fetch_add(1, Ordering::SeqCst);
    let (at, parent) = (machine.task.started_at, machine.task.parent);
    let start = |work| ToWorker::Start {
        task: name,
        at,
        parent,
        work,
    };
    let result = match worker.tell_with(work, start) {
        Err(super::remote::Unsent::TooLarge(error)) => Err(super::home::too_large(&error)),
        // Whether it is gone is seen in a moment.
        _ => {
            broker.starts_ahead();
            machine.task.abroad.runs_in(worker.process.pid);
            if machine.task.abroad.was_killed() {
                worker.kill();
            }
            converse(broker, machine, &worker, name, &spoken.inbox)
        }
    };
    worker.active.fetch_sub(1, Ordering::SeqCst);
    worker.has_ended(name);
    if pool.kind == PoolKind::Speakers {
        worker.leaves();
    }
    result
}

/// A task on a thread of a worker has become known: a fiber here speaks for it.
pub fn speak_for_new(
    broker: &Arc<Broker>,
    worker: &Arc<Remote>,
    runtime: &Arc<Runtime>,
    name: HandleName,
    (at, parent): (Option<Span>, u64),
) {
    let kind = match name.kind {
        HandleKind::Future => TaskKind::Future,
        _ => TaskKind::Spawned,
    };
    let inbox = Arc::new(Inbox::default());
    let (speaking, conversing, spoken_for) = (broker.clone(), worker.clone(), inbox.clone());
    let work = Work::native(Box::new(move |machine: &mut Machine<'_>| {
        conversing.active.fetch_add(1, Ordering::SeqCst);
        let result = converse(&speaking, machine, &conversing, name, &spoken_for);
        conversing.active.fetch_sub(1, Ordering::SeqCst);
        conversing.has_ended(name);
        result
    }));
    let speakers = broker.speakers.clone();
    let task = Task::new(name.id, kind, at, parent, Seats::Of(speakers.clone()), work);
    if let Some(watch) = runtime.watched() {
        let by = |is_future| TaskName {
            is_future,
            number: parent,
        };
        let future = HandleName {
            kind: HandleKind::Future,
            id: parent,
        };
        watch.started(by(worker.speaks_for(future)), &task, None);
    }
    task.abroad.speaks();
    task.abroad.runs_in(worker.process.pid);
    let spoken = Spoken {
        task: task.clone(),
        inbox,
    };
    if !worker.is_spoken_for(name, spoken) {
        return;
    }
    if kind == TaskKind::Spawned {
        runtime.spawned_one_more();
    }
    // If there is no thread for it, the worker cannot go on.
    if speakers.submit(&task).is_err() {
        worker.kill();
        runtime.never_started(&task);
    }
}

/// Does what the task asks for until it ends.
fn converse(
    broker: &Arc<Broker>,
    machine: &mut Machine<'_>,
    worker: &Arc<Remote>,
    task: HandleName,
    inbox: &Inbox,
) -> Result<Value> {
    loop {
        // A process may leave right after the task has said how it ended.
        let news = match worker.death.get() {
            None => inbox.next(machine),
            Some(why) => match inbox.end() {
                Some(end) => Ok(Some(end)),
                None => return Err(died(machine, worker, why)),
            },
        };
        match news {
            Ok(Some(News::Request {
                call,
                struck,
                at,
                request,
            })) => {
                inbox.whereabouts.are(None);
                machine.site = at;
                if machine.task.cancel_has_struck() && !struck {
                    worker.reply(call, Answer::Cancelled);
                    continue;
                }
                worker.active.fetch_sub(1, Ordering::SeqCst);
                broker.serve(machine, worker, (task, call), request);
                worker.active.fetch_add(1, Ordering::SeqCst);
            }
            Ok(Some(News::Waits(told))) => inbox.whereabouts.are(Some(told)),
            Ok(Some(News::Ended(outcome, handles))) => {
                return match parcel::unpack_end(machine.runtime, &outcome, &handles) {
                    Ok(Outcome::Value(value)) => Ok(value),
                    Ok(Outcome::Failed(failure)) => Err(Unwind::Failed(failure)),
                    Ok(Outcome::Cancelled) => Err(Unwind::Cancelled),
                    Err(malformed) => {
                        worker.kill();
                        Err(died(
                            machine,
                            worker,
                            &format!("it was cut off: it sent {malformed}"),
                        ))
                    }
                };
            }
            Ok(Some(News::Died) | None) => {}
            // The task in the worker is told; then it unwinds there, and may still ask for
            // things while it cleans up.
            Err(Unwind::Cancelled) => {
                let tells = machine.runtime.calls_roll();
                // If it is gone, that is seen above.
                let _ = worker.tell(&ToWorker::Cancel { task, tells });
            }
            Err(failed) => return Err(failed),
        }
    }
}

#[cold]
fn died(machine: &Machine<'_>, worker: &Remote, why: &str) -> Unwind {
    let died = Failure::error(
        Kind::ProcessDied,
        format!(
            "the process of {} died: process {}, {why}",
            machine.task.title(),
            worker.process.pid
        ),
    );
    let at = machine.task.started_at.unwrap_or(machine.site);
    machine.placed(died.into(), at)
}
