//! What `with` does at the two ends of its block.
//!
//! | resource | at the beginning | at the end |
//! | --- | --- | --- |
//! | pool | | waits for its futures, then shuts it down |
//! | lock, semaphore | acquire | release |
//! | queue | | close |
//! | task, future | | join |

use super::force;
use super::machine::Machine;
use crate::value::error::fail;
use crate::value::{Kind, Result, Value};

/// The beginning of the block.
pub fn enter(machine: &mut Machine<'_>, resource: &Value) -> Result<()> {
    match resource {
        Value::Lock(lock) => lock.acquire(machine, None),
        Value::Semaphore(semaphore) => semaphore.acquire(machine, None),
        Value::Pool(_) | Value::Queue(_) | Value::Task(_) | Value::Future(_) => Ok(()),
        other => {
            let got = crate::diagnostics::words::with_article(other.type_name());
            Err(fail(
                Kind::Type,
                format!("with needs a pool, lock, semaphore, queue or task, not {got}"),
            ))
        }
    }
}

/// The end of the block, however it was left.
pub fn leave(machine: &mut Machine<'_>, resource: &Value) -> Result<()> {
    match resource {
        Value::Pool(pool) => {
            let result = pool.shared.wait_until_finished(machine);
            pool.shared.shut_down();
            result
        }
        Value::Lock(lock) => lock.release(machine),
        Value::Semaphore(semaphore) => semaphore.release(machine),
        Value::Queue(queue) => queue.close(machine),
        Value::Task(task) | Value::Future(task) => force::join(machine, task, None).map(drop),
        _ => Ok(()),
    }
}
