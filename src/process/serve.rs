//! What a task in another process asks for, done by the fiber that speaks for it.
//!
//! Every request is the same operation that a task of this process would do, on the same objects,
//! so it waits, is cancelled, times out and fails in the same way.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::broker::{Broker, border};
use super::message::{Answer, Patience, RemotePlace, Request, Started, WaitUntil};
use super::packed::{HandleName, Packed};
use super::registry::Names;
use super::unpack::unpack_value;
use super::work::{pack_failure, unpack_call};
use crate::builtins;
use crate::runtime::force;
use crate::runtime::gather::{Until, wait_for};
use crate::runtime::lock::{Lock, Semaphore};
use crate::runtime::machine::Machine;
use crate::runtime::place::Place;
use crate::runtime::queue::Queue;
use crate::runtime::select::select;
use crate::runtime::task::{Task, Work};
use crate::value::error::fail;
use crate::value::{Kind, Result, Unwind, Value};

impl Broker {
    /// Does it, and says what came of it.
    pub(super) fn serve(&self, machine: &mut Machine<'_>, request: Request) -> Answer {
        match self.perform(machine, request) {
            Ok(answer) => answer,
            Err(Unwind::Cancelled) => Answer::Cancelled,
            Err(Unwind::Failed(failure)) => {
                let mut names = Names(&self.registry);
                let mut border = border(&machine.runtime, &mut names);
                Answer::Failed(pack_failure(&failure, &mut border, &machine.gate))
            }
        }
    }

    fn perform(&self, machine: &mut Machine<'_>, request: Request) -> Result<Answer> {
        Ok(match request {
            Request::NewQueue { capacity } => {
                let capacity =
                    capacity.map(|capacity| usize::try_from(capacity).unwrap_or(usize::MAX));
                self.made(Value::Queue(Queue::new(
                    machine.runtime.next_queue(),
                    capacity,
                )))?
            }
            Request::NewLock => self.made(Value::Lock(Lock::new(machine.runtime.next_lock())))?,
            Request::NewSemaphore { permits } => self.made(Value::Semaphore(Semaphore::new(
                machine.runtime.next_semaphore(),
                permits,
            )))?,
            Request::Put {
                queue,
                value,
                patience,
            } => {
                let value = self.unpack(machine, &value)?;
                self.queue(queue)?.put(machine, value, deadline(patience))?;
                Answer::Done
            }
            Request::Get { queue, patience } => {
                match self
                    .queue(queue)?
                    .get_or_closed(machine, deadline(patience))?
                {
                    Some(value) => self.value(machine, &value)?,
                    None => Answer::Nothing,
                }
            }
            Request::Close(queue) => {
                self.queue(queue)?.close(machine)?;
                Answer::Done
            }
            Request::Length(queue) => Answer::Number(self.queue(queue)?.len(machine)? as u64),
            Request::Select { queues, patience } => {
                let queues: Vec<Arc<Queue>> = queues
                    .into_iter()
                    .map(|queue| self.queue(queue))
                    .collect::<Result<_>>()?;
                let (place, value) = select(machine, &queues, deadline(patience))?;
                Answer::Selected(place as u64, self.pack(machine, &value)?)
            }
            Request::Acquire { what, patience } => {
                match self.find(what)? {
                    Value::Lock(lock) => lock.acquire(machine, deadline(patience))?,
                    Value::Semaphore(semaphore) => {
                        semaphore.acquire(machine, deadline(patience))?
                    }
                    other => return Err(unexpected(&other)),
                }
                Answer::Done
            }
            Request::Release(what) => {
                match self.find(what)? {
                    Value::Lock(lock) => lock.release(machine)?,
                    Value::Semaphore(semaphore) => semaphore.release(machine)?,
                    other => return Err(unexpected(&other)),
                }
                Answer::Done
            }
            Request::Force { task, patience } => {
                let value = force::force(machine, &self.find(task)?, deadline(patience))?;
                self.value(machine, &value)?
            }
            Request::Join { task, patience } => {
                let value = force::join(machine, &self.task(task)?, deadline(patience))?;
                self.value(machine, &value)?
            }
            Request::Exception { task, patience } => {
                let value = force::exception(machine, &self.task(task)?, deadline(patience))?;
                self.value(machine, &value)?
            }
            Request::HasEnded(task) => Answer::Bool(force::has_ended(machine, &self.find(task)?)?),
            Request::Cancel(task) => Answer::Bool(force::cancel(machine, &self.task(task)?)?),
            Request::Kill(task) => {
                force::kill(machine, &self.task(task)?)?;
                Answer::Done
            }
            Request::Wait {
                tasks,
                until,
                patience,
            } => {
                let tasks: Vec<Arc<Task>> = tasks
                    .into_iter()
                    .map(|task| self.task(task))
                    .collect::<Result<_>>()?;
                let until = match until {
                    WaitUntil::All => Until::All,
                    WaitUntil::Any => Until::Any,
                    WaitUntil::Error => Until::Error,
                };
                Answer::Ended(wait_for(machine, &tasks, until, deadline(patience))?)
            }
            Request::Start {
                started,
                place,
                work,
                at,
            } => {
                let (function, arguments) = {
                    let mut names = Names(&self.registry);
                    let mut border = border(&machine.runtime, &mut names);
                    unpack_call(&work, &mut border)
                        .map_err(|malformed| fail(Kind::Io, malformed.to_string()))?
                };
                let work = Work::Call {
                    function,
                    arguments,
                };
                let place = match place {
                    RemotePlace::Process => Value::Place(Place::Process),
                    RemotePlace::Pool(_) => {
                        return Err(fail(Kind::Unsupported, "a pool belongs to its process"));
                    }
                };
                let task = match started {
                    Started::Future => force::start_future(machine, work, &place, at)?,
                    Started::Spawned => force::start_spawned(machine, work, &place, at)?,
                };
                self.made(task)?
            }
            Request::Show(handle) => {
                let handle = self.find(handle)?;
                Answer::Text(crate::value::show::show(&handle, &machine.gate)?)
            }
            Request::Input { prompt } => {
                let input = builtins::find("input")
                    .map(Value::Builtin)
                    .unwrap_or_default();
                let line = machine.call(&input, &[Value::from(prompt)])?;
                self.value(machine, &line)?
            }
            Request::NewTask { .. }
            | Request::NewPool { .. }
            | Request::ClosePool(_)
            | Request::AsCompleted(_)
            | Request::NextCompleted { .. } => {
                return Err(fail(
                    Kind::Unsupported,
                    "this is not possible in a process task",
                ));
            }
        })
    }

    fn made(&self, handle: Value) -> Result<Answer> {
        match self.registry.remember(&handle) {
            Some(name) => Ok(Answer::Handle(name)),
            None => Err(unexpected(&handle)),
        }
    }

    fn find(&self, name: HandleName) -> Result<Value> {
        self.registry
            .find(name)
            .ok_or_else(|| fail(Kind::Io, "a worker names what it was never sent"))
    }

    fn queue(&self, name: HandleName) -> Result<Arc<Queue>> {
        match self.find(name)? {
            Value::Queue(queue) => Ok(queue),
            other => Err(unexpected(&other)),
        }
    }

    fn task(&self, name: HandleName) -> Result<Arc<Task>> {
        match self.find(name)? {
            Value::Task(task) | Value::Future(task) => Ok(task),
            other => Err(unexpected(&other)),
        }
    }

    fn value(&self, machine: &Machine<'_>, value: &Value) -> Result<Answer> {
        Ok(Answer::Value(self.pack(machine, value)?))
    }

    fn pack(&self, machine: &Machine<'_>, value: &Value) -> Result<Packed> {
        let mut names = Names(&self.registry);
        let mut border = border(&machine.runtime, &mut names);
        Ok(super::pack::pack_value(value, &mut border, &machine.gate)?)
    }

    fn unpack(&self, machine: &Machine<'_>, packed: &Packed) -> Result<Value> {
        let mut names = Names(&self.registry);
        let mut border = border(&machine.runtime, &mut names);
        unpack_value(packed, &mut border).map_err(|malformed| fail(Kind::Io, malformed.to_string()))
    }
}

fn deadline(patience: Patience) -> Option<Instant> {
    let patience = Duration::from_nanos(patience?);
    Instant::now().checked_add(patience)
}

#[cold]
fn unexpected(got: &Value) -> Unwind {
    fail(
        Kind::Io,
        format!("a worker took a {} for something else", got.type_name()),
    )
}
