//! Starting tasks and asking for how they ended: `future`, `spawn`, `force`, `join`, `exception`,
//! `done`, `cancel`.

use std::sync::Arc;
use std::time::Instant;

use super::elsewhere::FirstProcess;
use super::limits::Denied;
use super::machine::Machine;
use super::place::Place;
use super::pool::{PoolKind, PoolShared, StartSeats};
use super::seat::Seat;
use super::task::{Listener, Outcome, Seats, Task, TaskKind, Work, was_cancelled};
use super::thread::cannot_start_thread;
use super::wait::{Ticket, WaitingFor, timed_out};
use crate::gate::{Numbered, ObjectId, Operation};
use crate::syntax::span::Span;
use crate::value::error::fail;
use crate::value::{Failure, Kind, Result, Unwind, Value};

/// Starts a future on a place: nil or `thread` (the shared pool), `process`, or a pool.
pub fn start_future(
    machine: &mut Machine<'_>,
    work: Work,
    place: &Value,
    at: Span,
) -> Result<Value> {
    let pool = match place {
        Value::Nil | Value::Place(Place::Thread) => {
            let calls = machine.name_of(&work);
            return start_in(machine, TaskKind::Future, (work, calls), Seats::Shared, at);
        }
        Value::Place(Place::Process) => match first_process_for(machine, "future … on process")? {
            Some(first) => return first.start(machine, TaskKind::Future, &work, 0, at),
            None => machine.runtime.workers()?.shared_pool(),
        },
        Value::Pool(pool) => pool.shared.clone(),
        other => return Err(no_place("future", other)),
    };
    submit(machine, work, pool, at)
}

/// Starts a future in a pool. For one of processes, its work is copied now.
pub fn submit(
    machine: &mut Machine<'_>,
    work: Work,
    pool: Arc<PoolShared>,
    at: Span,
) -> Result<Value> {
    if let PoolKind::InFirstProcess(number) = pool.kind
        && let Some(first) = machine.runtime.first_process().cloned()
    {
        return first.start(machine, TaskKind::Future, &work, number, at);
    }
    let calls = machine.name_of(&work);
    let work = match pool.kind.is_process() {
        true => machine
            .runtime
            .workers()?
            .elsewhere(machine, &work, &pool)?,
        false => work,
    };
    start_in(
        machine,
        TaskKind::Future,
        (work, calls),
        Seats::Of(pool),
        at,
    )
}

/// Starts a task with a thread or a process of its own.
pub fn start_spawned(
    machine: &mut Machine<'_>,
    work: Work,
    place: &Value,
    at: Span,
) -> Result<Value> {
    match place {
        Value::Nil | Value::Place(Place::Thread) => spawn_thread(machine, work, at),
        Value::Place(Place::Process) => spawn_process(machine, work, at),
        Value::Pool(_) => Err(Failure::error(
            Kind::Type,
            "spawn takes `thread` or `process`, not a pool",
        )
        .help("a pool runs futures: `future … on pool`, or submit(pool, f, …)")
        .into()),
        other => Err(no_place("spawn", other)),
    }
}

fn spawn_thread(machine: &mut Machine<'_>, work: Work, at: Span) -> Result<Value> {
    let runtime = machine.runtime.clone();
    let name = work.name().map(str::to_owned);
    let calls = machine.name_of(&work);
    let task = machine.new_task(TaskKind::Spawned, at, Seats::Own, work)?;
    if machine.gate.decides() {
        machine.hand_over(&task)?;
        return Ok(Value::Task(task));
    }
    machine.gate.announce(|| Operation::Start(task.id()));
    machine.says_it_started(&task, calls);
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

/// In a worker, the way to the first process; an error if there may be no processes.
fn first_process_for(machine: &Machine<'_>, form: &str) -> Result<Option<Arc<dyn FirstProcess>>> {
    machine.runtime.allows(Denied::Process, form)?;
    Ok(machine.runtime.first_process().cloned())
}

fn spawn_process(machine: &mut Machine<'_>, work: Work, at: Span) -> Result<Value> {
    if let Some(first) = first_process_for(machine, "spawn … on process")? {
        return first.start(machine, TaskKind::Spawned, &work, 0, at);
    }
    let workers = machine.runtime.workers()?;
    let speakers = workers.speakers();
    let calls = machine.name_of(&work);
    let work = workers.elsewhere(machine, &work, &speakers)?;
    let seats = Seats::Of(speakers);
    start_in(machine, TaskKind::Spawned, (work, calls), seats, at)
}

/// Starts a task in a pool, with the name of what it calls. In one of processes, its fiber here
/// speaks for it.
pub fn start_in(
    machine: &mut Machine<'_>,
    kind: TaskKind,
    (work, calls): (Work, Option<Arc<str>>),
    seats: Seats,
    at: Span,
) -> Result<Value> {
    // There may be a million of these: nothing is counted that can be moved or lent.
    let task = machine.new_task(kind, at, seats, work)?;
    let pool = task.pool.as_ref().unwrap_or(&machine.runtime.shared_pool);
    if machine.gate.decides() {
        if pool.has_seats() {
            (machine.gate).announce(|| Operation::Submit(ObjectId::of(&**pool)));
        }
        pool.count_one_more()?;
        machine.hand_over(&task)?;
        return Ok(Value::task(task));
    }
    machine.gate.announce(|| Operation::Start(task.id()));
    machine.says_it_started(&task, calls);
    if kind == TaskKind::Spawned {
        machine.runtime.spawned_one_more();
    }
    match pool.submit(&task) {
        Ok(()) => Ok(Value::task(task)),
        Err(unwind) => {
            machine.runtime.never_started(&task);
            Err(unwind)
        }
    }
}

impl Machine<'_> {
    /// A task that this one starts.
    fn new_task(&self, kind: TaskKind, at: Span, seats: Seats, work: Work) -> Result<Arc<Task>> {
        let numbered = match kind {
            TaskKind::Future => Numbered::Future,
            TaskKind::Main | TaskKind::Spawned => Numbered::Task,
        };
        let parent = self.task.number;
        match self.gate.number(numbered) {
            Some(number) => Ok(Task::new(number, kind, Some(at), parent, seats, work)),
            None => {
                let task = (self.runtime).make_task(kind, Some(at), parent, seats, work)?;
                if self.runtime.is_called_off_with(self.task) {
                    task.request_cancel();
                }
                Ok(task)
            }
        }
    }
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
            if let Some(away) = task.away() {
                return away.first.force(machine, task, deadline, false);
            }
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
    if let Some(away) = task.away() {
        return away.first.force(machine, task, deadline, true);
    }
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
    if let Some(away) = task.away() {
        return away.first.exception(machine, task, deadline);
    }
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
    if Arc::ptr_eq(task, machine.task) && deadline.is_none() {
        return Err(Failure::error(
            Kind::Deadlock,
            format!("{} would wait for its own end", task.title()),
        )
        .help("a task cannot force or join itself")
        .into());
    }
    // It is no surprise any more, whatever comes, even if this wait ends otherwise.
    machine.runtime.asks(task);
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
    if task.is_seen_to_have_ended()
        && let Some(outcome) = task.outcome()
    {
        return Ok(outcome);
    }
    let has_time = deadline.is_none_or(|deadline| deadline > Instant::now());
    let mut work = match task.is_shared && has_time {
        true => task.claim().inspect(|_| {
            machine.runtime.shared_pool.forget(task);
            machine.runtime.runs_one_in_place();
        }),
        false => None,
    };
    // A timer wakes only what the seat has.
    if deadline.is_none()
        && machine.may_run_in_place()
        && let Some(work) = work.take()
    {
        machine.run_in_place(task, work);
        // What was wanted of this task meanwhile may have been taken for the other's.
        if machine.task.cancel_waits() {
            return Err(machine.strike());
        }
        if let Some(outcome) = task.outcome() {
            return Ok(outcome);
        }
    }
    let start = work.map(|work| (task.clone(), work));
    if start.is_none()
        && machine.seat.looks_for(|| task.is_seen_to_have_ended())
        && let Some(outcome) = task.outcome()
    {
        return Ok(outcome);
    }
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
pub fn has_ended(machine: &mut Machine<'_>, value: &Value) -> Result<bool> {
    match value {
        Value::Promise(promise) => {
            machine
                .gate
                .announce(|| Operation::Poll(ObjectId::of(&**promise)));
            Ok(seen(machine, promise.has_ended()))
        }
        Value::Future(task) | Value::Task(task) => {
            machine.gate.announce(|| Operation::Poll(task.id()));
            match task.away() {
                Some(away) => away.first.has_ended(machine, task),
                None => Ok(seen(machine, task.has_ended())),
            }
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

/// Notes in the task's trail what it has been told.
fn seen(machine: &Machine<'_>, told: bool) -> bool {
    if machine.gate.is_watched() {
        super::trail::saw_word(told.into());
    }
    told
}

/// Asks a task to stop; true if it had not ended.
pub fn cancel(machine: &mut Machine<'_>, task: &Arc<Task>) -> Result<bool> {
    machine.gate.announce(|| Operation::Cancel(task.id()));
    if let Some(away) = task.away() {
        return away.first.cancel(machine, task);
    }
    if let Some(first) = machine.runtime.first_process() {
        first.cancels(task);
    }
    let stops = machine.runtime.cancel(task);
    Ok(seen(machine, stops))
}

/// Ends a task in another process at once, with its process.
pub fn kill(machine: &mut Machine<'_>, task: &Arc<Task>) -> Result<()> {
    machine.gate.announce(|| Operation::Cancel(task.id()));
    if let Some(away) = task.away() {
        return away.first.kill(machine, task);
    }
    if task.has_ended() {
        return Ok(());
    }
    let pool = task.pool.as_ref();
    // One on a thread of a worker is a thread all the same.
    let in_process = pool.is_some_and(|pool| pool.kind.is_process()) && !task.abroad.has_to_speak();
    match in_process {
        true => {
            // Its end is no surprise.
            task.ask();
            // A future that has not started has no process, and takes nobody else's with it.
            if task.kind == TaskKind::Future
                && let Some(work) = task.claim()
            {
                drop(work);
                task.finish(Err(killed_before_it_started(machine, task)));
                return Ok(());
            }
            // If it has no process yet, it will be killed when it gets one.
            task.abroad.is_to_die();
            if let Some(pid) = task.abroad.process() {
                machine.runtime.workers()?.kill(pid);
            }
            Ok(())
        }
        false => Err(Failure::error(
            Kind::Unsupported,
            format!(
                "{} runs on a thread, and a thread cannot be killed",
                task.title()
            ),
        )
        .help("cancel(t) asks it to stop at its next loop turn, call or wait")
        .into()),
    }
}

#[cold]
fn killed_before_it_started(machine: &Machine<'_>, task: &Task) -> Unwind {
    let died = Failure::error(
        Kind::ProcessDied,
        format!("{} was killed before it had started", task.title()),
    );
    machine.placed(died.into(), task.started_at.unwrap_or(machine.site))
}
