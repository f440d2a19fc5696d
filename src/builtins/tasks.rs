//! Tasks, promises and the places they run on.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::arguments::wrong_argument;
use super::{Row, Run};
use crate::gate::{Numbered, Operation};
use crate::runtime::gather::{Until, as_completed, wait_for};
use crate::runtime::limits::Denied;
use crate::runtime::machine::Machine;
use crate::runtime::place::{Place, PoolKind};
use crate::runtime::task::{Task, Work};
use crate::runtime::wait::{deadline, seconds};
use crate::runtime::{force, place, run};
use crate::value::error::fail;
use crate::value::{Kind, Result, Value};

pub(super) const TABLE: &[Row] = &[
    Row {
        name: "force",
        parameters: "x, timeout = nil",
        doc: "the value of a promise, future or task, waiting for it; any other x is returned as it is",
        example: "let slow = delay { print(\"computing\"); 6 * 7 }\nprint(force(slow), force(slow))",
        gives: "computing\n42 42",
        run: Run::Function(force),
    },
    Row {
        name: "join",
        parameters: "task, timeout = nil",
        doc: "waits for a task; gives its value, re-throws its error",
        example: "let t = spawn 6 * 7\njoin(t)",
        gives: "42",
        run: Run::For(&["task", "future"], join),
    },
    Row {
        name: "submit",
        parameters: "pool, f, ...args",
        doc: "a future of f(...args) in a pool; f and args are evaluated now",
        example: "with pool = thread_pool(2) { print(force(submit(pool, max, 3, 7))) }",
        gives: "7",
        run: Run::Function(submit),
    },
    Row {
        name: "as_completed",
        parameters: "fs, timeout = nil",
        doc: "a stream of the same futures in the order in which they finish",
        example: "let fs = [future n * n for n in [1, 2, 3]]\nsorted([force(f) for f in as_completed(fs)])",
        gives: "[1, 4, 9]",
        run: Run::Function(as_completed_),
    },
    Row {
        name: "wait",
        parameters: "fs, until = \"all\", timeout = nil",
        doc: "waits until all, any or an error of fs; gives [done, pending]",
        example: "let fs = [future 1, future 2]\nlet done, pending = wait(fs)\nprint(len(done), len(pending))",
        gives: "2 0",
        run: Run::Function(wait),
    },
    Row {
        name: "exception",
        parameters: "f, timeout = nil",
        doc: "waits; the error or thrown value that ended f, or nil",
        example: "let f = future 1 // 0\nexception(f).kind",
        gives: "\"zero-division\"",
        run: Run::Function(exception),
    },
    Row {
        name: "done",
        parameters: "f",
        doc: "whether a promise, future or task has finished",
        example: "let f = future 42\nforce(f)\ndone(f)",
        gives: "true",
        run: Run::Function(done),
    },
    Row {
        name: "cancel",
        parameters: "f",
        doc: "asks a future or task to stop; true if it had not ended",
        example: "let t = spawn { while true { } }\ncancel(t)\nexception(t).kind",
        gives: "\"cancelled\"",
        run: Run::Function(cancel),
    },
    Row {
        name: "kill",
        parameters: "t",
        doc: "ends a process task or future at once with its worker",
        example: "let t = spawn { while true { } } on process\nkill(t)\nexception(t).kind",
        gives: "\"process-died\"",
        run: Run::Function(kill),
    },
    Row {
        name: "thread_pool",
        parameters: "n = cpu_count()",
        doc: "a pool that runs at most n futures at a time on threads",
        example: "with pool = thread_pool(2) { print(map(pool, fn(x) => x * x, [1, 2, 3])) }",
        gives: "[1, 4, 9]",
        run: Run::Function(thread_pool),
    },
    Row {
        name: "process_pool",
        parameters: "n = cpu_count()",
        doc: "a pool that runs at most n futures at a time on processes",
        example: "with pool = process_pool(2) { print(map(pool, fn(x) => x * x, [1, 2, 3])) }",
        gives: "[1, 4, 9]",
        run: Run::Function(process_pool),
    },
    Row {
        name: "thread",
        parameters: "",
        doc: "the place of futures and spawned tasks that share everything",
        example: "force(future 6 * 7 on thread)",
        gives: "42",
        run: Run::Constant(|| Value::Place(Place::Thread)),
    },
    Row {
        name: "process",
        parameters: "",
        doc: "the place of futures and spawned tasks that share nothing but handles",
        example: "let t = spawn pid() on process\njoin(t) == pid()",
        gives: "false",
        run: Run::Constant(|| Value::Place(Place::Process)),
    },
    Row {
        name: "sleep",
        parameters: "seconds",
        doc: "waits until so many seconds have passed",
        example: "sleep(0.001)",
        gives: "",
        run: Run::Function(sleep),
    },
    Row {
        name: "clock",
        parameters: "",
        doc: "seconds since the program began",
        example: "clock() >= 0",
        gives: "true",
        run: Run::Function(clock),
    },
    Row {
        name: "cpu_count",
        parameters: "",
        doc: "how many processors there are",
        example: "cpu_count() >= 1",
        gives: "true",
        run: Run::Function(cpu_count),
    },
    Row {
        name: "self",
        parameters: "",
        doc: "the task or future that runs this",
        example: "type(self())",
        gives: "\"task\"",
        run: Run::Function(self_),
    },
    Row {
        name: "pid",
        parameters: "",
        doc: "the number of the process that runs this",
        example: "pid() > 0",
        gives: "true",
        run: Run::Function(pid),
    },
];

fn force(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    force::force(machine, &arguments[0], deadline(&arguments[1])?)
}

fn join(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let task = expect_task("join", &arguments[0])?;
    force::join(machine, &task, deadline(&arguments[1])?)
}

fn submit(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let Value::Pool(pool) = &arguments[0] else {
        return Err(wrong_argument("submit", "a pool", &arguments[0]));
    };
    if !matches!(arguments[1], Value::Function(_) | Value::Builtin(_)) {
        return Err(
            wrong_argument("submit", "a function after the pool", &arguments[1]).help(
                "submit(pool, f, x) calls f(x) in the pool; leave out the parentheses behind f",
            ),
        );
    }
    let work = Work::Call {
        function: arguments[1].clone(),
        arguments: arguments[2..].to_vec(),
    };
    let site = machine.site;
    force::submit(machine, work, pool.shared.clone(), site)
}

fn as_completed_(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let mut futures = expect_tasks("as_completed", machine, &arguments[0])?;
    let mut seen = Vec::new();
    futures.retain(|(_, task)| {
        let address = Arc::as_ptr(task).addr();
        let new = !seen.contains(&address);
        seen.push(address);
        new
    });
    as_completed(machine, futures, deadline(&arguments[1])?)
}

fn wait(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let futures = expect_tasks("wait", machine, &arguments[0])?;
    let until = match &arguments[1] {
        Value::String(word) => match &**word {
            "all" => Until::All,
            "any" => Until::Any,
            "error" => Until::Error,
            other => {
                return Err(fail(
                    Kind::Value,
                    format!("wait takes until: \"all\", \"any\" or \"error\", not \"{other}\""),
                ));
            }
        },
        other => {
            return Err(wrong_argument(
                "wait",
                "until: \"all\", \"any\" or \"error\"",
                other,
            ));
        }
    };
    let tasks: Vec<Arc<Task>> = futures.iter().map(|(_, task)| task.clone()).collect();
    if until == Until::Error {
        // Whoever waits for an error has seen it.
        tasks.iter().for_each(|task| task.ask());
    }
    let ended = wait_for(machine, &tasks, until, deadline(&arguments[2])?)?;
    let (mut done, mut pending) = (Vec::new(), Vec::new());
    for ((value, _), ended) in futures.into_iter().zip(ended) {
        match ended {
            true => done.push(value),
            false => pending.push(value),
        }
    }
    Ok(Value::list(vec![Value::list(done), Value::list(pending)]))
}

fn exception(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let task = expect_task("exception", &arguments[0])?;
    force::exception(machine, &task, deadline(&arguments[1])?)
}

fn done(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    force::has_ended(machine, &arguments[0]).map(Value::from)
}

fn cancel(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let task = expect_task("cancel", &arguments[0])?;
    force::cancel(machine, &task).map(Value::from)
}

fn kill(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let task = expect_task("kill", &arguments[0])?;
    force::kill(machine, &task)?;
    Ok(Value::Nil)
}

fn thread_pool(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let seats = place::seats(&arguments[0], run::processors())?;
    let number = machine.gate.number(Numbered::Pool);
    Ok(Value::Pool(machine.runtime.new_pool(
        PoolKind::Threads,
        seats,
        number,
    )))
}

fn process_pool(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    machine.runtime.allows(Denied::Process, "process_pool")?;
    let seats = place::seats(&arguments[0], run::processors())?;
    let kind = match machine.runtime.first_process().cloned() {
        Some(first) => PoolKind::InFirstProcess(first.new_pool(machine, seats)?),
        None => PoolKind::Processes,
    };
    Ok(Value::Pool(machine.runtime.new_pool(
        kind,
        seats,
        machine.gate.number(Numbered::Pool),
    )))
}

fn sleep(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let Some(seconds) = seconds(&arguments[0]) else {
        return Err(wrong_argument(
            "sleep",
            "a number of seconds",
            &arguments[0],
        ));
    };
    if seconds.is_nan() || seconds < 0.0 {
        return Err(fail(
            Kind::Value,
            format!("cannot sleep for {seconds} seconds"),
        ));
    }
    machine.gate.announce(|| Operation::Sleep);
    if machine.gate.clock(seconds).is_some() {
        return Ok(Value::Nil);
    }
    let duration = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
    // What lies beyond the clock's range is as good as never.
    let far = Duration::from_secs(u32::MAX.into());
    let now = Instant::now();
    let until = now.checked_add(duration).unwrap_or(now + far);
    machine.sleep_until(until)?;
    Ok(Value::Nil)
}

fn clock(machine: &mut Machine<'_>, _: &[Value]) -> Result<Value> {
    machine.gate.announce(|| Operation::Clock);
    if let Some(now) = machine.gate.clock(0.0) {
        return Ok(Value::from(now));
    }
    Ok(Value::from(machine.runtime.started.elapsed().as_secs_f64()))
}

fn cpu_count(_: &mut Machine<'_>, _: &[Value]) -> Result<Value> {
    Ok(Value::from(run::processors()))
}

fn self_(machine: &mut Machine<'_>, _: &[Value]) -> Result<Value> {
    Ok(machine.own_handle())
}

fn pid(_: &mut Machine<'_>, _: &[Value]) -> Result<Value> {
    Ok(Value::Int(std::process::id().into()))
}

fn expect_task(name: &str, value: &Value) -> Result<Arc<Task>> {
    match value {
        Value::Future(task) | Value::Task(task) => Ok(task.clone()),
        other => Err(wrong_argument(name, "a future or task", other)),
    }
}

/// The futures and tasks of any iterable of them, with their values.
fn expect_tasks(
    name: &str,
    machine: &mut Machine<'_>,
    value: &Value,
) -> Result<Vec<(Value, Arc<Task>)>> {
    let mut all = Vec::new();
    let mut elements = crate::runtime::iteration::Iteration::over(machine, value)?;
    while let Some(element) = elements.next(machine)? {
        machine.tick()?;
        match &element {
            Value::Future(task) | Value::Task(task) => {
                let task = task.clone();
                all.push((element, task));
            }
            other => return Err(wrong_argument(name, "a list of futures and tasks", other)),
        }
    }
    Ok(all)
}
