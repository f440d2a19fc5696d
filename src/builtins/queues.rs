//! Queues, locks and semaphores.

use std::sync::Arc;

use num_traits::Signed;

use super::arguments::wrong_argument;
use super::{Row, Run};
use crate::gate::Numbered;
use crate::runtime::iteration::Iteration;
use crate::runtime::lock::{Lock, Semaphore};
use crate::runtime::machine::Machine;
use crate::runtime::queue::Queue;
use crate::runtime::select::select;
use crate::runtime::wait::deadline;
use crate::value::error::fail;
use crate::value::{Kind, Result, Value};

pub(super) const TABLE: &[Row] = &[
    Row {
        name: "queue",
        parameters: "capacity = nil",
        doc: "a first-in first-out queue for many producers and consumers; capacity 0 hands values over",
        example: "let q = queue()\nq.put(1)\nq.put(2)\nprint(q.get(), q.get())",
        gives: "1 2",
        run: Run::Function(queue_),
    },
    Row {
        name: "put",
        parameters: "q, x, timeout = nil",
        doc: "adds x to a queue, waiting while it is full",
        example: "let q = queue(1)\nput(q, \"a\")\ntry { put(q, \"b\", timeout: 0) } catch e { print(e.kind) }\nget(q)",
        gives: "timeout\n\"a\"",
        run: Run::Function(put),
    },
    Row {
        name: "get",
        parameters: "q, timeout = nil",
        doc: "takes the oldest value of a queue, waiting while it is empty",
        example: "let q = queue()\nspawn q.put(42)\nget(q)",
        gives: "42",
        run: Run::Function(get),
    },
    Row {
        name: "close",
        parameters: "q",
        doc: "no more puts; gets drain what is left, then throw `closed`, and `for x in q` ends",
        example: "let q = queue()\nq.put(1)\nq.close()\nfor x in q { print(x) }",
        gives: "1",
        run: Run::Function(close),
    },
    Row {
        name: "select",
        parameters: "qs, timeout = nil",
        doc: "[q, x] from the first queue, in list order, that has a value",
        example: "let a, b = [queue(), queue()]\nb.put(7)\nselect([a, b])[1]",
        gives: "7",
        run: Run::Function(select_),
    },
    Row {
        name: "lock",
        parameters: "",
        doc: "a lock: one task at a time holds it",
        example: "let l = lock()\nwith l { print(\"held\") }",
        gives: "held",
        run: Run::Function(lock),
    },
    Row {
        name: "semaphore",
        parameters: "n",
        doc: "a semaphore with n permits; anyone may release",
        example: "semaphore(2)",
        gives: "<semaphore #1: 2 free>",
        run: Run::Function(semaphore),
    },
    Row {
        name: "acquire",
        parameters: "l, timeout = nil",
        doc: "takes a lock or a permit of a semaphore, waiting while there is none",
        example: "let s = semaphore(1)\nacquire(s)\ntry { acquire(s, timeout: 0) } catch e { print(e.kind) }",
        gives: "timeout",
        run: Run::Function(acquire),
    },
    Row {
        name: "release",
        parameters: "l",
        doc: "gives a lock or a permit back",
        example: "let s = semaphore(0)\nrelease(s)\nacquire(s)",
        gives: "",
        run: Run::Function(release),
    },
];

fn queue_(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let capacity = capacity(&arguments[0])?;
    if let Some(first) = machine.runtime.first_process().cloned() {
        return first.new_queue(machine, capacity);
    }
    let number = machine.gate.number(Numbered::Queue);
    let queue = machine.runtime.new_queue(capacity, number);
    machine.runtime.notes_queue(&queue, machine.site);
    Ok(Value::Queue(queue))
}

fn put(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let queue = expect_queue("put", &arguments[0])?;
    queue.put(machine, arguments[1].clone(), deadline(&arguments[2])?)?;
    Ok(Value::Nil)
}

fn get(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let queue = expect_queue("get", &arguments[0])?;
    queue.get(machine, deadline(&arguments[1])?)
}

fn close(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    expect_queue("close", &arguments[0])?.close(machine)?;
    Ok(Value::Nil)
}

fn select_(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let mut queues: Vec<Arc<Queue>> = Vec::new();
    let mut elements = match &arguments[0] {
        Value::List(_) => Iteration::over(machine, &arguments[0])?,
        other => return Err(wrong_argument("select", "a list of queues", other)),
    };
    while let Some(element) = elements.next(machine)? {
        queues.push(expect_queue("select", &element)?.clone());
    }
    if queues.is_empty() {
        return Err(fail(Kind::Value, "select needs at least one queue"));
    }
    let (place, value) = select(machine, &queues, deadline(&arguments[1])?)?;
    Ok(Value::list(vec![
        Value::Queue(queues[place].clone()),
        value,
    ]))
}

fn lock(machine: &mut Machine<'_>, _: &[Value]) -> Result<Value> {
    if let Some(first) = machine.runtime.first_process().cloned() {
        return first.new_lock(machine);
    }
    let number = machine.gate.number(Numbered::Lock);
    let number = number.unwrap_or_else(|| machine.runtime.next_lock());
    Ok(Value::Lock(Lock::new(number)))
}

fn semaphore(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let permits = match &arguments[0] {
        Value::Int(permits) if *permits >= 0 => permits.unsigned_abs(),
        // More than there can be tasks.
        Value::BigInt(permits) if permits.is_positive() => u64::MAX,
        Value::Int(permits) => {
            return Err(fail(
                Kind::Value,
                format!("a semaphore cannot have {permits} permits"),
            ));
        }
        other => return Err(wrong_argument("semaphore", "an int", other)),
    };
    if let Some(first) = machine.runtime.first_process().cloned() {
        return first.new_semaphore(machine, permits);
    }
    let number = machine.gate.number(Numbered::Semaphore);
    let number = number.unwrap_or_else(|| machine.runtime.next_semaphore());
    Ok(Value::Semaphore(Semaphore::new(number, permits)))
}

fn acquire(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let deadline = deadline(&arguments[1])?;
    match &arguments[0] {
        Value::Lock(lock) => lock.acquire(machine, deadline)?,
        Value::Semaphore(semaphore) => semaphore.acquire(machine, deadline)?,
        other => return Err(wrong_argument("acquire", "a lock or semaphore", other)),
    }
    Ok(Value::Nil)
}

fn release(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    match &arguments[0] {
        Value::Lock(lock) => lock.release(machine)?,
        Value::Semaphore(semaphore) => semaphore.release(machine)?,
        other => return Err(wrong_argument("release", "a lock or semaphore", other)),
    }
    Ok(Value::Nil)
}

fn expect_queue<'a>(name: &str, value: &'a Value) -> Result<&'a Arc<Queue>> {
    match value {
        Value::Queue(queue) => Ok(queue),
        other => Err(wrong_argument(name, "a queue", other)),
    }
}

/// A queue's capacity from the argument of `queue(capacity)`.
fn capacity(argument: &Value) -> Result<Option<usize>> {
    match argument {
        Value::Nil => Ok(None),
        Value::Int(capacity) => match usize::try_from(*capacity) {
            Ok(capacity) => Ok(Some(capacity)),
            Err(_) => Err(fail(
                Kind::Value,
                format!("a queue cannot have the capacity {capacity}"),
            )
            .help("0 hands every value over directly; nil, or nothing, sets no bound")),
        },
        // More than fits into memory: as good as none.
        Value::BigInt(capacity) if capacity.is_positive() => Ok(None),
        other => {
            let got = crate::diagnostics::words::with_article(other.type_name());
            Err(fail(
                Kind::Type,
                format!("a queue's capacity is an int or nil, not {got}"),
            ))
        }
    }
}
