//! `select`: the first of several queues that has a value.

use std::sync::Arc;
use std::time::Instant;

use super::crossing::Item;
use super::machine::Machine;
use super::queue::{Queue, Taken};
use super::wait::{WaitingFor, timed_out};
use crate::gate::{ObjectId, Operation};
use crate::value::{Failure, Kind, Result, Value};

/// Takes from the first queue, in the order of the list, that has a value; gives its place and
/// the value. Closed ones are passed over; when all are closed and drained, that is an error.
pub fn select(
    machine: &mut Machine<'_>,
    queues: &[Arc<Queue>],
    deadline: Option<Instant>,
) -> Result<(usize, Value)> {
    machine.gate.announce(|| {
        Operation::Select(queues.iter().map(|queue| ObjectId::of(&**queue)).collect())
    });
    if let Some(first) = machine.runtime.first_process().cloned() {
        return first.select(machine, queues, deadline);
    }
    let (place, item) = select_item(machine, queues, deadline)?;
    Ok((place, Queue::open(machine, item)?))
}

/// [`select`], with the value as it stands in its queue.
pub fn select_item(
    machine: &mut Machine<'_>,
    queues: &[Arc<Queue>],
    deadline: Option<Instant>,
) -> Result<(usize, Item)> {
    if deadline.is_some() {
        for queue in queues {
            queue.wait_for_recall(machine)?;
        }
    }
    let got = machine.wait(
        || WaitingFor::AnyValue(queues.to_vec()),
        deadline,
        |ticket| {
            let mut open = false;
            for (place, queue) in queues.iter().enumerate() {
                match queue.try_get(ticket) {
                    Some(Taken::Value(value)) => return Some(Some((place, value))),
                    Some(Taken::Closed) => {}
                    None => open = true,
                }
            }
            (!open).then_some(None)
        },
        |ticket| {
            for queue in queues {
                queue.leave_getters(ticket);
            }
            None
        },
    )?;
    match got {
        Some(Some(got)) => Ok(got),
        Some(None) => Err(
            Failure::error(Kind::Closed, "select: all queues are closed")
                .help("stop selecting when the producers are done, or catch this error")
                .into(),
        ),
        None => Err(timed_out("select")),
    }
}
