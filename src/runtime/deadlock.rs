//! Who waits for whom.
//!
//! Three rules: waiting for oneself is an error, thrown by the wait itself; a cycle of tasks that
//! wait for each other while others still run is a warning, found by the one whose wait closes
//! it and given a moment later, if the program still runs; and when no seat is awake, no task can ever run again: the program is stuck.
//!
//! ```text
//!   task #2 --waits for--> lock #1 --held by--> task #3 --waits for--> lock #2 --held by--> task #2
//! ```

use std::collections::HashSet;
use std::sync::Arc;

use super::task::Task;
use super::wait::{Ticket, WaitingFor};
use crate::gate::ObjectId;

impl WaitingFor {
    /// The one task that has to act for this wait to end, if it is one.
    pub(super) fn depends_on(&self) -> Option<Arc<Task>> {
        match self {
            WaitingFor::End(task) => Some(task.clone()),
            WaitingFor::Lock(lock) => lock.owner(),
            WaitingFor::Promise(promise) => promise.evaluated_by(),
            WaitingFor::Process(whereabouts) => whereabouts.told()?.on,
            _ => None,
        }
    }

    /// `lock #1, held by task #3`
    pub fn describe(&self) -> String {
        match self {
            WaitingFor::Value(queue) => format!("get on queue #{}, which is empty", queue.number),
            WaitingFor::Next(queue) => format!(
                "the next value of queue #{}, which is empty and not closed",
                queue.number
            ),
            WaitingFor::Room(queue) => match queue.capacity {
                Some(0) => format!(
                    "put on queue #{}, where nobody gets (capacity 0)",
                    queue.number
                ),
                Some(capacity) => format!(
                    "put on queue #{}, which is full ({capacity} of {capacity})",
                    queue.number
                ),
                None => format!("put on queue #{}", queue.number),
            },
            WaitingFor::AnyValue(queues) => {
                let names = queues.iter().map(|queue| format!("#{}", queue.number));
                let are = match queues.len() {
                    1 => "queue",
                    _ => "queues",
                };
                format!("select on the {are} {}: nothing in there", listed(names))
            }
            WaitingFor::End(task) => format!("the end of {}", task.title()),
            WaitingFor::Ends(tasks, _) => {
                let left = tasks.iter().filter(|task| !task.has_ended());
                format!("the end of {}", listed(left.map(|task| task.title())))
            }
            WaitingFor::Promise(promise) => match promise.evaluated_by() {
                Some(task) => format!("a promise that {} evaluates", task.title()),
                None => String::from("a promise"),
            },
            WaitingFor::Lock(lock) => match lock.owner() {
                Some(owner) if owner.has_ended() => {
                    format!(
                        "lock #{}, held by {}, which has ended",
                        lock.number,
                        owner.title()
                    )
                }
                Some(owner) => format!("lock #{}, held by {}", lock.number, owner.title()),
                None => format!("lock #{}", lock.number),
            },
            WaitingFor::Permit(semaphore) => format!(
                "a permit of semaphore #{}, which has none free",
                semaphore.number
            ),
            WaitingFor::Pool(pool) => format!("the end of all futures of pool #{}", pool.number),
            WaitingFor::Time => String::from("time to pass"),
            WaitingFor::Outside(what) => (*what).to_owned(),
            WaitingFor::Answer => String::from("the first process"),
            WaitingFor::Process(whereabouts) => match whereabouts.told() {
                Some(told) => told.what,
                None => String::from("its process"),
            },
        }
    }

    /// The usual cause, and the way out.
    pub(super) fn hint(&self) -> Option<&'static str> {
        Some(match self {
            WaitingFor::Next(_) => {
                "going over a queue ends when it is closed: close(q) when the last producer is done"
            }
            WaitingFor::Value(_) | WaitingFor::AnyValue(_) => {
                "was an end mark not sent, or the queue never closed?"
            }
            WaitingFor::Room(queue) if queue.capacity == Some(0) => {
                "with capacity 0 every put needs somebody who gets: has the consumer ended too early?"
            }
            WaitingFor::Room(_) => {
                "a full queue needs somebody who gets: has the consumer ended too early?"
            }
            WaitingFor::Lock(lock) => match lock.owner() {
                Some(owner) if owner.has_ended() => {
                    "a task that ends leaves its locks locked: `with` releases them"
                }
                _ => "locks that are always taken in the same order cannot block each other",
            },
            WaitingFor::Permit(_) => "every acquire needs a release by somebody: `with` does both",
            _ => return None,
        })
    }
}

/// How many names a list in a sentence has.
const MOST_LISTED: usize = 5;

/// `#1, #2 and 3 more`
fn listed(names: impl Iterator<Item = String>) -> String {
    let mut names: Vec<String> = names.collect();
    let more = names.len().saturating_sub(MOST_LISTED);
    names.truncate(MOST_LISTED);
    match more {
        0 => names.join(", "),
        _ => format!("{} and {more} more", names.join(", ")),
    }
}

/// How far a wait looks along the chain of waits at once; a longer one is looked at later.
const GLANCE: usize = 16;

/// Tasks from which the way along the waits has been gone before.
type Walked = HashSet<ObjectId>;

/// The wait of the task that this wait depends on; waits that a timeout will end do not count.
fn next_wait(wait: &Ticket) -> Option<Arc<Ticket>> {
    let next = wait.what.depends_on()?.ticket.lock().clone()?;
    (next.is_waiting() && next.deadline.is_none()).then_some(next)
}

/// Follows the waits from `ticket` on; gives the tasks that wait for each other in a cycle, in
/// order, if the way leads into one and has not been walked before.
fn cycle(ticket: &Arc<Ticket>, walked: &mut Walked) -> Option<Vec<Arc<Ticket>>> {
    let mut way: Vec<Arc<Ticket>> = Vec::new();
    let mut next = ticket.is_waiting().then(|| ticket.clone());
    while let Some(wait) = next {
        if !walked.insert(wait.task.id()) {
            let begin = way
                .iter()
                .position(|other| Arc::ptr_eq(&other.task, &wait.task))?;
            return Some(way.split_off(begin));
        }
        next = next_wait(&wait);
        way.push(wait);
    }
    None
}

/// Whether a wait may be one that can only end if somebody cancels a task: it is part of a
/// cycle, or for a lock whose owner has ended. Where the answer would take long, it is yes.
pub fn may_be_hopeless(ticket: &Arc<Ticket>) -> bool {
    let mut wait = ticket.clone();
    for _ in 0..GLANCE {
        match next_wait(&wait) {
            None => return waits_for_ended_owner(ticket),
            Some(next) if Arc::ptr_eq(&next.task, &ticket.task) => return true,
            Some(next) => wait = next,
        }
    }
    true
}

fn waits_for_ended_owner(ticket: &Ticket) -> bool {
    match &ticket.what {
        WaitingFor::Lock(lock) => lock.owner().is_some_and(|owner| owner.has_ended()),
        _ => false,
    }
}

/// A wait, or several in a circle, that can only end if somebody cancels a task.
pub struct Hopeless {
    /// What is wrong.
    pub message: String,
    /// The waits.
    pub waits: Vec<Arc<Ticket>>,
}

/// Those of the suspected waits that are hopeless while others run, if they still are. A cycle is
/// told of when the wait that has closed it is among them.
pub fn hopeless(suspects: &[Arc<Ticket>]) -> Vec<Hopeless> {
    let mut walked = Walked::new();
    let mut found = Vec::new();
    for ticket in suspects {
        match cycle(ticket, &mut walked) {
            Some(mut waits) => {
                let is_suspect =
                    |wait: &Arc<Ticket>| suspects.iter().any(|other| Arc::ptr_eq(other, wait));
                let Some(first) = waits.iter().position(is_suspect) else {
                    continue;
                };
                waits.rotate_left(first);
                let message = format!("deadlock: {} tasks wait for each other", waits.len());
                found.push(Hopeless { message, waits });
            }
            None if ticket.is_waiting() && waits_for_ended_owner(ticket) => {
                let message = format!(
                    "deadlock: {} waits for a lock that nobody will release",
                    ticket.task.title()
                );
                let waits = vec![ticket.clone()];
                found.push(Hopeless { message, waits });
            }
            None => {}
        }
    }
    found
}

/// What is wrong with a program in which no task can ever run again.
pub fn stuck(waits: &[Arc<Ticket>]) -> String {
    match waits.len() {
        1 => String::from("deadlock: the only task left waits for something that cannot happen"),
        many => format!("deadlock: all {many} tasks left wait for something that cannot happen"),
    }
}
