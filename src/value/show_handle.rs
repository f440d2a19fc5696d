//! How handles are shown: `<queue #2: 3 waiting>`. What they say is looked up at this moment.

use std::fmt::{Result, Write};

use super::Value;
use crate::gate::{Gate, ObjectId, Operation};
use crate::runtime::task::Task;

/// Shows a handle or promise.
pub fn show_handle(out: &mut String, handle: &Value, gate: &Gate<'_>) -> Result {
    match handle {
        Value::Promise(promise) => {
            gate.announce(|| Operation::Poll(ObjectId::of(&**promise)));
            write!(out, "<promise {}>", promise.state_word())
        }
        handle if let Some(away) = handle.away() => out.write_str(&away.first.show(away.name)),
        Value::Future(task) => write!(out, "<future {}>", task_words(task, gate)),
        Value::Task(task) => write!(out, "<task {}>", task_words(task, gate)),
        Value::Queue(queue) => {
            gate.announce(|| Operation::Length(ObjectId::of(&**queue)));
            write!(
                out,
                "<queue #{}: {} waiting>",
                queue.number,
                queue.peek_len()
            )
        }
        Value::Lock(lock) => {
            gate.announce(|| Operation::Poll(ObjectId::of(&**lock)));
            match lock.owner() {
                Some(owner) => {
                    write!(
                        out,
                        "<lock #{} held by task #{}>",
                        lock.number, owner.number
                    )
                }
                None => write!(out, "<lock #{} free>", lock.number),
            }
        }
        Value::Semaphore(semaphore) => {
            gate.announce(|| Operation::Poll(ObjectId::of(&**semaphore)));
            let (number, free) = (semaphore.number, semaphore.free());
            write!(out, "<semaphore #{number}: {free} free>")
        }
        Value::Pool(pool) => write!(out, "<{}>", pool.shared.words()),
        _ => Ok(()),
    }
}

/// `#7 running`
fn task_words(task: &Task, gate: &Gate<'_>) -> String {
    gate.announce(|| Operation::Show(task.id()));
    match task.abroad.process() {
        Some(process) => format!("#{} process {process} {}", task.number, task.state_word()),
        None => format!("#{} {}", task.number, task.state_word()),
    }
}
