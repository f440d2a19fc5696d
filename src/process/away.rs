//! What a task in a worker does with the things of the first process: the other end of `serve`.

use std::sync::Arc;
use std::time::Instant;

use super::home::{Home, patience, unexpected};
use super::message::{Answer, RemotePlace, Request, Started, WaitUntil};
use super::registry::name_of;
use crate::runtime::gather::Until;
use crate::runtime::machine::Machine;
use crate::runtime::queue::Queue;
use crate::runtime::task::{Task, TaskKind, Work};
use crate::syntax::span::Span;
use crate::value::{Result, Value};

impl Home {
    /// `queue(capacity)`
    pub fn new_queue(&self, machine: &mut Machine<'_>, capacity: Option<usize>) -> Result<Value> {
        let capacity = capacity.map(|capacity| capacity as u64);
        let answer = self.ask(machine, Request::NewQueue { capacity })?;
        self.made(answer)
    }

    /// `lock()`
    pub fn new_lock(&self, machine: &mut Machine<'_>) -> Result<Value> {
        let answer = self.ask(machine, Request::NewLock)?;
        self.made(answer)
    }

    /// `semaphore(permits)`
    pub fn new_semaphore(&self, machine: &mut Machine<'_>, permits: u64) -> Result<Value> {
        let answer = self.ask(machine, Request::NewSemaphore { permits })?;
        self.made(answer)
    }

    /// `put`
    pub fn put(
        &self,
        machine: &mut Machine<'_>,
        queue: &Arc<Queue>,
        value: &Value,
        deadline: Option<Instant>,
    ) -> Result<()> {
        let value = self.pack(machine, value)?;
        let queue = named(&Value::Queue(queue.clone()))?;
        let patience = patience(deadline);
        self.ask(
            machine,
            Request::Put {
                queue,
                value,
                patience,
            },
        )
        .map(drop)
    }

    /// `get`; `None` when the queue is closed and drained.
    pub fn get(
        &self,
        machine: &mut Machine<'_>,
        queue: &Arc<Queue>,
        deadline: Option<Instant>,
    ) -> Result<Option<Value>> {
        let queue = named(&Value::Queue(queue.clone()))?;
        let patience = patience(deadline);
        match self.ask(machine, Request::Get { queue, patience })? {
            Answer::Value(value) => self.unpack(&machine.runtime, &value).map(Some),
            Answer::Nothing => Ok(None),
            _ => Err(unexpected()),
        }
    }

    /// `select`
    pub fn select(
        &self,
        machine: &mut Machine<'_>,
        queues: &[Arc<Queue>],
        deadline: Option<Instant>,
    ) -> Result<(usize, Value)> {
        let queues = queues
            .iter()
            .map(|queue| named(&Value::Queue(queue.clone())))
            .collect::<Result<_>>()?;
        let patience = patience(deadline);
        match self.ask(machine, Request::Select { queues, patience })? {
            Answer::Selected(place, value) => {
                Ok((place as usize, self.unpack(&machine.runtime, &value)?))
            }
            _ => Err(unexpected()),
        }
    }

    /// `acquire` of a lock or semaphore.
    pub fn acquire(
        &self,
        machine: &mut Machine<'_>,
        what: &Value,
        deadline: Option<Instant>,
    ) -> Result<()> {
        let what = named(what)?;
        let patience = patience(deadline);
        self.ask(machine, Request::Acquire { what, patience })
            .map(drop)
    }

    /// `release` of a lock or semaphore.
    pub fn release(&self, machine: &mut Machine<'_>, what: &Value) -> Result<()> {
        self.ask(machine, Request::Release(named(what)?)).map(drop)
    }

    /// `close`
    pub fn close(&self, machine: &mut Machine<'_>, queue: &Value) -> Result<()> {
        self.ask(machine, Request::Close(named(queue)?)).map(drop)
    }

    /// `len(q)`
    pub fn length(&self, machine: &mut Machine<'_>, queue: &Value) -> Result<usize> {
        match self.ask(machine, Request::Length(named(queue)?))? {
            Answer::Number(length) => Ok(length as usize),
            _ => Err(unexpected()),
        }
    }

    /// `force` and `join` of a task elsewhere.
    pub fn force(
        &self,
        machine: &mut Machine<'_>,
        task: &Arc<Task>,
        deadline: Option<Instant>,
    ) -> Result<Value> {
        let task = named(&Value::of_task(task))?;
        let patience = patience(deadline);
        let answer = self.ask(machine, Request::Force { task, patience })?;
        self.value(machine, answer)
    }

    /// `exception`
    pub fn exception(
        &self,
        machine: &mut Machine<'_>,
        task: &Arc<Task>,
        deadline: Option<Instant>,
    ) -> Result<Value> {
        let task = named(&Value::of_task(task))?;
        let patience = patience(deadline);
        let answer = self.ask(machine, Request::Exception { task, patience })?;
        self.value(machine, answer)
    }

    fn value(&self, machine: &Machine<'_>, answer: Answer) -> Result<Value> {
        match answer {
            Answer::Value(value) => self.unpack(&machine.runtime, &value),
            _ => Err(unexpected()),
        }
    }

    /// `done`
    pub fn has_ended(&self, machine: &mut Machine<'_>, task: &Arc<Task>) -> Result<bool> {
        let request = Request::HasEnded(named(&Value::of_task(task))?);
        self.yes_or_no(machine, request)
    }

    /// `cancel`
    pub fn cancel(&self, machine: &mut Machine<'_>, task: &Arc<Task>) -> Result<bool> {
        let request = Request::Cancel(named(&Value::of_task(task))?);
        self.yes_or_no(machine, request)
    }

    fn yes_or_no(&self, machine: &mut Machine<'_>, request: Request) -> Result<bool> {
        match self.ask(machine, request)? {
            Answer::Bool(answer) => Ok(answer),
            _ => Err(unexpected()),
        }
    }

    /// `kill`
    pub fn kill(&self, machine: &mut Machine<'_>, task: &Arc<Task>) -> Result<()> {
        self.ask(machine, Request::Kill(named(&Value::of_task(task))?))
            .map(drop)
    }

    /// `wait`
    pub fn wait(
        &self,
        machine: &mut Machine<'_>,
        tasks: &[Arc<Task>],
        until: Until,
        deadline: Option<Instant>,
    ) -> Result<Vec<bool>> {
        let tasks = tasks
            .iter()
            .map(|task| named(&Value::of_task(task)))
            .collect::<Result<_>>()?;
        let until = match until {
            Until::All => WaitUntil::All,
            Until::Any => WaitUntil::Any,
            Until::Error => WaitUntil::Error,
        };
        let patience = patience(deadline);
        match self.ask(
            machine,
            Request::Wait {
                tasks,
                until,
                patience,
            },
        )? {
            Answer::Ended(ended) => Ok(ended),
            _ => Err(unexpected()),
        }
    }

    /// `future … on process`, `spawn … on process`
    pub fn start(
        &self,
        machine: &mut Machine<'_>,
        kind: TaskKind,
        work: &Work,
        at: Span,
    ) -> Result<Value> {
        let started = match kind {
            TaskKind::Future => Started::Future,
            TaskKind::Main | TaskKind::Spawned => Started::Spawned,
        };
        let work = self.pack_work(machine, work)?;
        let place = RemotePlace::Process;
        let answer = self.ask(
            machine,
            Request::Start {
                started,
                place,
                work,
                at,
            },
        )?;
        self.made(answer)
    }

    /// `input(prompt)`
    pub fn input(&self, machine: &mut Machine<'_>, prompt: String) -> Result<Value> {
        let answer = self.ask(machine, Request::Input { prompt })?;
        self.value(machine, answer)
    }
}

fn named(handle: &Value) -> Result<super::packed::HandleName> {
    name_of(handle).ok_or_else(unexpected)
}
