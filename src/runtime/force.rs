//! Starting tasks and asking for how they ended: `future`, `spawn`, `force`, `join`, `exception`,
//! `done`, `cancel`.

use std::sync::Arc;
use std::time::Instant;

use super::machine::Machine;
use super::place::Place;
use super::pool::{PoolShared, cannot_start_thread};
use super::seat::Seat;
use super::task::{Listener, Outcome, Task, TaskKind, Work, was_cancelled};
use super::wait::{Ticket, WaitingFor, timed_out};
use crate::gate::{Numbered, ObjectId, Operation};
use crate::syntax::span::Span;
use crate::value::error::fail;
use crate::value::{Failure, Kind, Result, Unwind, Value};

/// Starts a future on a place: nil or `thread` (the shared pool), or a pool.
pub fn start_future(
    machine: &mut Machine<'_>,
    work: Work,
    place: &Value,
    at: Span,
) -> Result<Value> {
    let pool = match place {
        Value::Nil | Value::Place(Place::Thread) => machine.runtime.shared_pool.clone(),
        Value::Place(Place::Process) => return Err(no_processes("future … on process")),
        Value::Pool(pool) => pool.shared.clone(),
        other => return Err(no_place("future", other)),
    };
    Ok(Value::Future(submit(machine, work, &pool, at)?))
}

/// Starts a future in a pool.
pub fn submit(
    machine: &mut Machine<'_>,
    work: Work,
    pool: &Arc<PoolShared>,
    at: Span,
) -> Result<Arc<Task>> {
    let task = machine.new_task(TaskKind::Future, at, Some(pool.clone()), work);
    if machine.gate.decides() {
        pool.count_one_more()?;
        machine.hand_over(&task)?;
        return Ok(task);
    }
    machine.gate.announce(|| Operation::Start(task.id()));
    pool.submit(task.clone())?;
    Ok(task)
}

impl Machine<'_> {
    /// A task that this one starts.
    fn new_task(
        &self,
        kind: TaskKind,
        at: Span,
        pool: Option<Arc<PoolShared>>,
        work: Work,
    ) -> Arc<Task> {
        let numbered = match kind {
            TaskKind::Future => Numbered::Future,
            TaskKind::Main | TaskKind::Spawned => Numbered::Task,
        };
        let parent = self.task.number;
        match self.gate.number(numbered) {
            Some(number) => Task::new(number, kind, Some(at), parent, pool, work),
            None => (self.runtime).new_task(kind, Some(at), parent, pool, work),
        }
    }
}

/// Starts a task with a thread of its own.
pub fn start_spawned(
    machine: &mut Machine<'_>,
    work: Work,
    place: &Value,
    at: Span,
) -> Result<Value> {
    match place {
        Value::Nil | Value::Place(Place::Thread) => {}
        Value::Place(Place::Process) => return Err(no_processes("spawn … on process")),
        Value::Pool(_) => {
            return Err(Failure::error(
                Kind::Type,
                "spawn takes `thread` or `process`, not a pool",
            )
            .help("a pool runs futures: `future … on pool`, or submit(pool, f, …)")
            .into());
        }
        other => return Err(no_place("spawn", other)),
    }
    let runtime = machine.runtime.clone();
    let name = work.name().map(str::to_owned);
    let task = machine.new_task(TaskKind::Spawned, at, None, work);
    if machine.gate.decides() {
        machine.hand_over(&task)?;
        return Ok(Value::Task(task));
    }
    machine.gate.announce(|| Operation::Start(task.id()));
    let thread = match name {
        Some(name) => format!("cq #{} {name}", task.number),
        None => format!("cq task #{}", task.number),
    };
    runtime.spawned_one_more();
    match Seat::on_new_thread(&runtime, thread, None, Some(task.clone())) {
        Ok(()) => Ok(Value::Task(task)),
        Err(error) => {
            runtime.spawned_one_less();
            Err(cannot_start_thread(&error))
        }
    }
}

#[cold]
fn no_processes(what: &str) -> Unwind {
    Failure::error(
        Kind::Unsupported,
        format!("{what} is not possible yet: cq has no processes so far"),
    )
    .help("use threads for now: leave out `on process`, or make a thread_pool()")
    .into()
}

/// The error of `process_pool(…)` until there are processes.
#[cold]
pub fn no_process_pools() -> Unwind {
    no_processes("process_pool(…)")
}

#[cold]
fn no_place(form: &str, got: &Value) -> Unwind {
    let got = crate::diagnostics::words::with_article(got.type_name());
    let places = match form {
        "spawn" => "`thread` or `process`",
        _ => "`thread`, `process` or a pool",
    };
    fail(Kind::Type, format!("{form} runs on {places}, not on {got}"))
}

/// A promise's, future's or task's value, waiting for it; any other value is returned as it is.
pub fn force(machine: &mut Machine<'_>, value: &Value, deadline: Option<Instant>) -> Result<Value> {
    match value {
        Value::Promise(promise) => promise.force(machine, deadline),
        Value::Future(task) | Value::Task(task) => {
            machine.gate.announce(|| Operation::Force(task.id()));
            value_of(task, wait_for_end(machine, task, deadline, "force")?)
        }
        other => Ok(other.clone()),
    }
}

/// A task's value, waiting for its end.
pub fn join(
    machine: &mut Machine<'_>,
    task: &Arc<Task>,
    deadline: Option<Instant>,
) -> Result<Value> {
    machine.gate.announce(|| Operation::Join(task.id()));
    value_of(task, wait_for_end(machine, task, deadline, "join")?)
}

fn value_of(task: &Task, outcome: Outcome) -> Result<Value> {
    match outcome {
        Outcome::Value(value) => Ok(value),
        Outcome::Failed(failure) => Err(Unwind::Failed(failure)),
        Outcome::Cancelled => Err(was_cancelled(task)),
    }
}

/// The error or thrown value that ended a task, `cancelled` included, or nil; waits for its end.
pub fn exception(
    machine: &mut Machine<'_>,
    task: &Arc<Task>,
    deadline: Option<Instant>,
) -> Result<Value> {
    machine.gate.announce(|| Operation::Join(task.id()));
    match value_of(task, wait_for_end(machine, task, deadline, "exception")?) {
        Ok(_) => Ok(Value::Nil),
        Err(Unwind::Failed(failure)) => Ok(failure.caught()),
        Err(Unwind::Cancelled) => Ok(Value::Nil),
    }
}

/// Waits for the end of a task; one of the shared pool that has not started runs here and now.
pub fn wait_for_end(
    machine: &mut Machine<'_>,
    task: &Arc<Task>,
    deadline: Option<Instant>,
    verb: &str,
) -> Result<Outcome> {
    if Arc::ptr_eq(task, &machine.task) && deadline.is_none() {
        return Err(Failure::error(
            Kind::Deadlock,
            format!("{} would wait for its own end", task.title()),
        )
        .help("a task cannot force or join itself")
        .into());
    }
    // It is no surprise any more, whatever comes, even if this wait ends otherwise.
    task.ask();
    if machine.gate.decides() {
        let ended = machine.wait(
            || WaitingFor::End(task.clone()),
            deadline,
            |ticket| attempt(task, ticket),
            |_| None,
        )?;
        return ended.ok_or_else(|| did_not_end(task, verb));
    }
    machine.tick()?;
    if let Some(outcome) = task.outcome() {
        return Ok(outcome);
    }
    let shared = task.pool.as_ref().is_some_and(|pool| !pool.is_explicit());
    let has_time = deadline.is_none_or(|deadline| deadline > Instant::now());
    let start = match shared && has_time {
        true => task.claim().map(|work| (task.clone(), work)),
        false => None,
    };
    let outcome = machine.wait_with_tickets(
        WaitingFor::End(task.clone()),
        deadline,
        start,
        |ticket| attempt(task, ticket),
        |ticket| {
            task.stop_listening(ticket);
            None
        },
    )?;
    outcome.ok_or_else(|| did_not_end(task, verb))
}

#[cold]
fn did_not_end(task: &Task, verb: &str) -> Unwind {
    timed_out(verb).help(format!("{} had not ended by then", task.title()))
}

fn attempt(task: &Arc<Task>, ticket: Option<&Arc<Ticket>>) -> Option<Outcome> {
    if let Some(ticket) = ticket
        && task.listen(Listener::Ticket(ticket.clone())).is_ok()
    {
        return None;
    }
    task.outcome()
}

/// Whether a promise, future or task has ended.
pub fn has_ended(machine: &Machine<'_>, value: &Value) -> Result<bool> {
    match value {
        Value::Promise(promise) => {
            machine
                .gate
                .announce(|| Operation::Poll(ObjectId::of(&**promise)));
            Ok(promise.has_ended())
        }
        Value::Future(task) | Value::Task(task) => {
            machine.gate.announce(|| Operation::Poll(task.id()));
            Ok(task.has_ended())
        }
        other => {
            let got = crate::diagnostics::words::with_article(other.type_name());
            Err(fail(
                Kind::Type,
                format!("done is asked of a promise, future or task, not of {got}"),
            ))
        }
    }
}

/// Asks a task to stop; true if it had not ended.
pub fn cancel(machine: &Machine<'_>, task: &Arc<Task>) -> bool {
    machine.gate.announce(|| Operation::Cancel(task.id()));
    machine.runtime.cancel(task)
}
