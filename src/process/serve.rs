//! What a task in another process asks for.
//!
//! Every request is the same operation that a task of this process would do, on the same objects,
//! so it waits, is cancelled, times out and fails in the same way. What needs no waiting is done
//! by the one who hears it ([`Broker::serve_at_once`]); the rest by the fiber that speaks for
//! the task.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::broker::Broker;
use super::kept::Waited;
use super::message::{Answer, CallId, Patience, RemoteId, RemotePlace, Request, Started, ToWorker};
use super::packed::HandleName;
use super::parcel;
use super::remote::{Remote, Unsent};
use crate::builtins;
use crate::gate::Gate;
use crate::runtime::crossing::Item;
use crate::runtime::elsewhere::Parcel;
use crate::runtime::force;
use crate::runtime::gather::{Completions, wait_for};
use crate::runtime::machine::Machine;
use crate::runtime::place::Place;
use crate::runtime::pool::PoolKind;
use crate::runtime::queue::Queue;
use crate::runtime::run::Runtime;
use crate::runtime::select::select_item;
use crate::runtime::task::{Seats, Task, TaskKind};
use crate::value::error::fail;
use crate::value::{Kind, Result, Unwind, Value};

/// What came of a request.
pub(super) enum Served {
    /// This is to be said.
    Answer(Answer),
    /// This value.
    Value(Value),
    /// A value was put into this queue.
    Put(Arc<Queue>),
    /// A value was taken out of the queue at this place among those that were asked for.
    Taken(Arc<Queue>, Item, Option<u64>),
}

impl Broker {
    /// Does it, and says what came of it.
    pub(super) fn serve(
        &self,
        machine: &mut Machine<'_>,
        worker: &Arc<Remote>,
        who: (HandleName, CallId),
        request: Request,
    ) {
        let served = self.perform(machine, worker, request);
        self.answer(machine.runtime, worker, who, served);
    }

    pub(super) fn answer(
        &self,
        runtime: &Arc<Runtime>,
        worker: &Arc<Remote>,
        (task, call): (HandleName, CallId),
        served: Result<Served>,
    ) {
        let sent = match served {
            Ok(Served::Answer(answer)) => worker.tell(&ToWorker::Reply { call, answer }),
            Ok(Served::Put(queue)) => {
                worker.answer_put(call, &queue);
                Ok(())
            }
            Ok(Served::Value(value)) => match parcel::pack(runtime, &value, &Gate::open()) {
                Ok(parcel) => worker.tell_with(parcel, |value| ToWorker::Reply {
                    call,
                    answer: Answer::Value(value),
                }),
                Err(unwind) => return self.answer(runtime, worker, (task, call), Err(unwind)),
            },
            Ok(Served::Taken(queue, item, place)) => match item.packed(runtime) {
                Ok(parcel) => {
                    if place.is_none() {
                        worker.lend(runtime, &queue);
                    }
                    worker.hand_over(task, &queue, (item, parcel), |value| ToWorker::Reply {
                        call,
                        answer: match place {
                            Some(place) => Answer::Selected(place, value),
                            None => Answer::Value(value),
                        },
                    })
                }
                Err(unwind) => {
                    // It stays in the queue, for somebody who can have it.
                    queue.put_back(item);
                    return self.answer(runtime, worker, (task, call), Err(unwind));
                }
            },
            Err(Unwind::Cancelled) => worker.tell(&ToWorker::Reply {
                call,
                answer: Answer::Cancelled,
            }),
            Err(Unwind::Failed(failure)) => {
                let parcel = parcel::pack_error(runtime, &failure);
                worker.tell_with(parcel, |failure| ToWorker::Reply {
                    call,
                    answer: Answer::Failed(failure),
                })
            }
        };
        if let Err(Unsent::TooLarge(error)) = sent {
            let unwind = super::home::too_large(&error);
            self.answer(runtime, worker, (task, call), Err(unwind));
        }
    }

    fn perform(
        &self,
        machine: &mut Machine<'_>,
        worker: &Arc<Remote>,
        request: Request,
    ) -> Result<Served> {
        Ok(Served::Answer(match request {
            Request::Put {
                queue,
                value,
                patience,
            } => {
                let parcel = worker.open(value).ok_or_else(unknown)?;
                let queue = self.queue(worker, queue)?;
                let item = Item::Parcel(Box::new(parcel));
                queue.put_item(machine, item, deadline(patience))?;
                return Ok(Served::Put(queue));
            }
            Request::Get { queue, patience } => {
                let queue = self.queue(worker, queue)?;
                match queue.get_item(machine, deadline(patience))? {
                    Some(item) => {
                        queue.is_under_way();
                        return Ok(Served::Taken(queue, item, None));
                    }
                    None => Answer::Nothing,
                }
            }
            Request::Close(queue) => {
                self.queue(worker, queue)?.close(machine)?;
                Answer::Done
            }
            Request::Select { queues, patience } => {
                let queues: Vec<Arc<Queue>> = queues
                    .into_iter()
                    .map(|queue| self.queue(worker, queue))
                    .collect::<Result<_>>()?;
                let (place, item) = select_item(machine, &queues, deadline(patience))?;
                let queue = queues[place].clone();
                queue.is_under_way();
                return Ok(Served::Taken(queue, item, Some(place as u64)));
            }
            Request::Acquire { what, patience } => {
                match find(worker, what)? {
                    Value::Lock(lock) => lock.acquire(machine, deadline(patience))?,
                    Value::Semaphore(semaphore) => {
                        semaphore.acquire(machine, deadline(patience))?
                    }
                    other => return Err(unexpected(&other)),
                }
                Answer::Done
            }
            Request::Release(what) => {
                match find(worker, what)? {
                    Value::Lock(lock) => lock.release(machine)?,
                    Value::Semaphore(semaphore) => semaphore.release(machine)?,
                    other => return Err(unexpected(&other)),
                }
                Answer::Done
            }
            Request::Force {
                task,
                patience,
                join,
            } => {
                let (task, deadline) = (self.task(worker, task)?, deadline(patience));
                return Ok(Served::Value(match join {
                    true => force::join(machine, &task, deadline)?,
                    false => force::force(machine, &Value::of_task(&task), deadline)?,
                }));
            }
            Request::Exception { task, patience } => {
                let task = self.task(worker, task)?;
                let error = force::exception(machine, &task, deadline(patience))?;
                return Ok(Served::Value(error));
            }
            Request::HasEnded(task) => {
                Answer::Bool(force::has_ended(machine, &find(worker, task)?)?)
            }
            Request::Cancel(task) => {
                Answer::Bool(force::cancel(machine, &self.task(worker, task)?)?)
            }
            Request::Kill(task) => {
                force::kill(machine, &self.task(worker, task)?)?;
                Answer::Done
            }
            Request::Wait {
                tasks,
                until,
                patience,
            } => {
                let tasks = self.tasks(worker, tasks)?;
                Answer::Ended(wait_for(machine, &tasks, until, deadline(patience))?)
            }
            Request::AsCompleted(tasks) => {
                let tasks = self.tasks(worker, tasks)?;
                let order = Completions::of(&tasks);
                let number = worker.kept.add_completions(Waited { tasks, order });
                Answer::Made(RemoteId(number))
            }
            Request::NextCompleted {
                among: RemoteId(number),
                patience,
            } => {
                let waited = worker.kept.completions(number).ok_or_else(unknown)?;
                let tasks = || waited.tasks.clone();
                let deadline = deadline(patience);
                match waited.order.wait_for_next(machine, tasks, deadline)? {
                    Some(place) => Answer::Number(place as u64),
                    None => Answer::Nothing,
                }
            }
            Request::NewPool { seats } => {
                let seats = usize::try_from(seats).unwrap_or(usize::MAX);
                let pool = machine.runtime.new_pool(PoolKind::Processes, seats, None);
                Answer::Made(RemoteId(worker.kept.add_pool(pool)))
            }
            Request::WaitForPool(RemoteId(number)) => {
                let pool = worker.kept.pool(number).ok_or_else(unknown)?;
                pool.shared.wait_until_finished(machine)?;
                Answer::Done
            }
            Request::Start {
                started,
                place,
                work,
                at,
            } => {
                let parcel = worker.open(work).ok_or_else(unknown)?;
                let place = match place {
                    RemotePlace::Process => Value::Place(Place::Process),
                    RemotePlace::Pool(RemoteId(number)) => {
                        Value::Pool(worker.kept.pool(number).ok_or_else(unknown)?)
                    }
                };
                let task = self.start_for(machine, kind(started), parcel, &place, at)?;
                return made(worker, &task);
            }
            Request::Input { prompt } => {
                let input = builtins::find("input")
                    .map(Value::Builtin)
                    .unwrap_or_default();
                return Ok(Served::Value(machine.call(&input, &[Value::from(prompt)])?));
            }
            // That it is served says it all: the fiber has its seat.
            Request::GoOn => Answer::Done,
            Request::NewQueue { .. }
            | Request::NewLock
            | Request::NewSemaphore { .. }
            | Request::Numbers { .. }
            | Request::Length(_)
            | Request::Show(_) => return Err(unknown()),
        }))
    }

    fn start_for(
        &self,
        machine: &mut Machine<'_>,
        kind: TaskKind,
        work: Parcel,
        place: &Value,
        at: crate::syntax::span::Span,
    ) -> Result<Value> {
        let pool = match (kind, place) {
            (TaskKind::Future, Value::Pool(pool)) => pool.shared.clone(),
            (TaskKind::Future, _) => self.shared_pool.clone(),
            _ => self.speakers.clone(),
        };
        let work = super::speaker::speak_for(&self.own()?, work, &pool);
        force::start_in(machine, kind, (work, None), Seats::Of(pool), at)
    }

    pub(super) fn queue(&self, worker: &Remote, name: HandleName) -> Result<Arc<Queue>> {
        match find(worker, name)? {
            Value::Queue(queue) => Ok(queue),
            other => Err(unexpected(&other)),
        }
    }

    fn task(&self, worker: &Remote, name: HandleName) -> Result<Arc<Task>> {
        match find(worker, name)? {
            Value::Task(task) | Value::Future(task) => Ok(task),
            other => Err(unexpected(&other)),
        }
    }

    fn tasks(&self, worker: &Remote, names: Vec<HandleName>) -> Result<Vec<Arc<Task>>> {
        names
            .into_iter()
            .map(|name| self.task(worker, name))
            .collect()
    }
}

pub(super) fn made(worker: &Remote, handle: &Value) -> Result<Served> {
    match worker.knows(handle) {
        Some(name) => Ok(Served::Answer(Answer::Handle(name))),
        None => Err(unexpected(handle)),
    }
}

pub(super) fn find(worker: &Remote, name: HandleName) -> Result<Value> {
    worker.find(name).ok_or_else(unknown)
}

pub(super) fn kind(started: Started) -> TaskKind {
    match started {
        Started::Future => TaskKind::Future,
        Started::Spawned => TaskKind::Spawned,
    }
}

fn deadline(patience: Patience) -> Option<Instant> {
    let patience = Duration::from_nanos(patience?);
    Instant::now().checked_add(patience)
}

#[cold]
pub(super) fn unknown() -> Unwind {
    fail(Kind::Io, "a worker names what it was never sent")
}

#[cold]
fn unexpected(got: &Value) -> Unwind {
    fail(
        Kind::Io,
        format!("a worker took a {} for something else", got.type_name()),
    )
}
