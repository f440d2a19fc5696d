//! Who waits for whom.
//!
//! Three rules: waiting for oneself is an error, thrown by the wait itself; a cycle of tasks that
//! wait for each other while others still run is a warning, found by the one whose wait closes
//! it and given a moment later, if the program still runs; and when no seat is awake, no task can ever run again: the program is stuck.
//!
//! ```text
//!   task #2 --waits for--> lock #1 --held by--> task #3 --waits for--> lock #2 --held by--> task #2
//! ```

use std::sync::Arc;

use super::task::Task;
use super::wait::{Ticket, WaitingFor};
use crate::diagnostics::report::{Report, Severity};

impl WaitingFor {
    /// The one task that has to act for this wait to end, if it is one.
    fn depends_on(&self) -> Option<Arc<Task>> {
        match self {
            WaitingFor::End(task) => Some(task.clone()),
            WaitingFor::Lock(lock) => lock.owner(),
            WaitingFor::Promise(promise) => promise.evaluated_by(),
            _ => None,
        }
    }

    /// `lock #1, held by task #3`
    pub fn describe(&self) -> String {
        match self {
            WaitingFor::Value(queue) => format!("get on queue #{}, which is empty", queue.number),
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
                let names: Vec<String> = queues
                    .iter()
                    .map(|queue| format!("#{}", queue.number))
                    .collect();
                format!("select on the queues {}, which are empty", names.join(", "))
            }
            WaitingFor::End(task) => format!("the end of {}", task.title()),
            WaitingFor::Ends(tasks) => {
                let names: Vec<String> = tasks
                    .iter()
                    .filter(|task| !task.has_ended())
                    .map(|task| task.title())
                    .collect();
                format!("the end of {}", names.join(", "))
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
        }
    }

    /// Who could help, or why nobody can.
    fn hint(&self) -> Option<&'static str> {
        Some(match self {
            WaitingFor::Value(_) | WaitingFor::AnyValue(_) => {
                "nobody is left who could put: was an end mark not sent, or the queue never closed?"
            }
            WaitingFor::Room(_) => {
                "nobody is left who could get: has the consumer ended too early?"
            }
            WaitingFor::Lock(lock) => match lock.owner() {
                Some(owner) if owner.has_ended() => {
                    "a task that ends leaves its locks locked: `with` releases them"
                }
                _ => "locks that are always taken in the same order cannot block each other",
            },
            WaitingFor::Permit(_) => "nobody is left who could release a permit",
            _ => return None,
        })
    }
}

/// The tasks that wait for each other in a cycle that `ticket` closes, in order; it begins with
/// the ticket's own task. Waits that a timeout will end are no part of a cycle.
fn cycle(ticket: &Arc<Ticket>) -> Option<Vec<Arc<Ticket>>> {
    let mut waits = vec![ticket.clone()];
    if !ticket.is_waiting() {
        return None;
    }
    loop {
        let last = waits.last()?;
        let next = last.what.depends_on()?;
        if Arc::ptr_eq(&next, &ticket.task) {
            return Some(waits);
        }
        let wait = next.ticket.lock().clone()?;
        let seen = waits
            .iter()
            .any(|other| Arc::ptr_eq(&other.task, &wait.task));
        if seen || wait.deadline.is_some() {
            return None;
        }
        waits.push(wait);
    }
}

/// Whether a wait can only end if somebody cancels a task: it is part of a cycle, or for a lock
/// whose owner has ended.
pub fn is_hopeless(ticket: &Arc<Ticket>) -> bool {
    waits_for_ended_owner(ticket) || cycle(ticket).is_some()
}

fn waits_for_ended_owner(ticket: &Ticket) -> bool {
    match &ticket.what {
        WaitingFor::Lock(lock) => lock.owner().is_some_and(|owner| owner.has_ended()),
        _ => false,
    }
}

/// The warning about a hopeless wait while others run, if it still is one.
pub fn warning(ticket: &Arc<Ticket>) -> Option<Report> {
    let (message, waits) = match cycle(ticket) {
        Some(waits) => (
            format!("deadlock: {} tasks wait for each other", waits.len()),
            waits,
        ),
        None if ticket.is_waiting() && waits_for_ended_owner(ticket) => {
            let message = format!(
                "deadlock: {} waits for a lock that nobody will release",
                ticket.task.title()
            );
            (message, vec![ticket.clone()])
        }
        None => return None,
    };
    let mut report = report(message, &waits);
    report.severity = Severity::Warning;
    Some(report)
}

/// The report of a program in which no task can ever run again.
pub fn stuck(waits: &[Arc<Ticket>]) -> Report {
    let message = match waits.len() {
        1 => String::from("deadlock: the only task left waits for something that cannot happen"),
        many => format!("deadlock: all {many} tasks left wait for something that cannot happen"),
    };
    report(message, waits)
}

fn report(message: String, waits: &[Arc<Ticket>]) -> Report {
    let mut report = match waits.first() {
        Some(first) => Report::error(first.span, message).label(line(first)),
        None => Report::without_place(message),
    };
    for wait in waits.iter().skip(1) {
        report = report.also(wait.span, line(wait));
    }
    for wait in waits {
        let cycle = cycle(wait).map(|waits| {
            let names: Vec<String> = waits.iter().map(|wait| wait.task.title()).collect();
            format!("{} -> {}", names.join(" -> "), names[0])
        });
        if let Some(cycle) = cycle {
            report = report.note(format!("they wait in a circle: {cycle}"));
            break;
        }
    }
    match waits.iter().find_map(|wait| wait.what.hint()) {
        Some(hint) => report.help(hint),
        None => report,
    }
}

fn line(wait: &Ticket) -> String {
    format!("{} waits for {}", wait.task.title(), wait.what.describe())
}
