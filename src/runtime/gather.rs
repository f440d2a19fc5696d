//! Several tasks at once: `wait` and `as_completed`.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::elsewhere::FirstProcess;
use super::fiber::Resumed;
use super::machine::Machine;
use super::promise::Promise;
use super::task::{Listener, Outcome, Task};
use super::wait::{Ticket, WaitingFor, timed_out};
use crate::gate::{ObjectId, Operation};
use crate::value::guarded::Guarded;
use crate::value::stream::Stream;
use crate::value::{Result, Value};

/// When `wait` is content.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Until {
    /// All have ended.
    All,
    /// One has ended.
    Any,
    /// One has failed or was cancelled, or all have ended.
    Error,
}

impl Until {
    /// Whether `tasks` satisfy it.
    pub fn holds(self, tasks: &[Arc<Task>]) -> bool {
        match self {
            Until::All => tasks.iter().all(|task| task.has_ended()),
            Until::Any => tasks.is_empty() || tasks.iter().any(|task| task.has_ended()),
            Until::Error => {
                let failed = |task: &Arc<Task>| {
                    matches!(
                        task.outcome(),
                        Some(Outcome::Failed(_) | Outcome::Cancelled)
                    )
                };
                tasks.iter().any(failed) || Until::All.holds(tasks)
            }
        }
    }
}

/// Waits until `until` holds or the deadline passes; gives for each task whether it has ended.
pub fn wait_for(
    machine: &mut Machine<'_>,
    tasks: &[Arc<Task>],
    until: Until,
    deadline: Option<Instant>,
) -> Result<Vec<bool>> {
    machine
        .gate
        .announce(|| Operation::Wait(tasks.iter().map(|task| task.id()).collect()));
    if let Some(away) = tasks.iter().find_map(|task| task.away()) {
        return away.first.wait(machine, tasks, until, deadline);
    }
    machine.wait(
        || WaitingFor::Ends(tasks.to_vec(), until),
        deadline,
        |ticket| {
            if until.holds(tasks) {
                return Some(());
            }
            let ticket = ticket?;
            for task in tasks {
                // One that has ended meanwhile is seen by the second look.
                let _ = task.listen(Listener::Ticket(ticket.clone()));
            }
            until.holds(tasks).then_some(())
        },
        |ticket| {
            for task in tasks {
                task.stop_listening(ticket);
            }
            None
        },
    )?;
    Ok(tasks.iter().map(|task| task.has_ended()).collect())
}

/// The order in which the tasks of one `as_completed` end.
#[derive(Debug, Default)]
pub struct Completions {
    state: Guarded<CompletionState>,
}

#[derive(Debug, Default)]
struct CompletionState {
    ended: VecDeque<usize>,
    taken: HashSet<usize>,
    waiting: Vec<Arc<Ticket>>,
}

impl Completions {
    /// The order in which these end from now on; first those that have ended.
    pub fn of(tasks: &[Arc<Task>]) -> Arc<Completions> {
        let completions = Arc::new(Completions::default());
        completions.listen_to(tasks);
        completions
    }

    fn listen_to(self: &Arc<Completions>, tasks: &[Arc<Task>]) {
        for (index, task) in tasks.iter().enumerate() {
            let listener = Listener::Completions(self.clone(), index);
            if task.listen(listener).is_err() {
                self.ended(index);
            }
        }
    }

    /// The task at this place of the list has ended.
    pub fn ended(&self, index: usize) {
        let waiting = self.state.with(|state| {
            state.ended.push_back(index);
            std::mem::take(&mut state.waiting)
        });
        for ticket in waiting {
            ticket.wake(Resumed::Ready);
        }
    }

    /// Waits for the next one, among `tasks`; `None` when the time is over.
    pub fn wait_for_next(
        &self,
        machine: &mut Machine<'_>,
        tasks: impl Fn() -> Vec<Arc<Task>>,
        deadline: Option<Instant>,
    ) -> Result<Option<usize>> {
        // On a stage one that has ended and has not been taken says that it need not wait.
        let decides = machine.gate.decides();
        let awaited = || {
            let mut tasks = tasks();
            if decides {
                let taken = self.state.with(|state| state.taken.clone());
                let mut index = 0..;
                tasks.retain(|_| index.next().is_some_and(|index| !taken.contains(&index)));
            } else {
                tasks.retain(|task| !task.has_ended());
            }
            tasks
        };
        machine.wait(
            || WaitingFor::Ends(awaited(), Until::Any),
            deadline,
            |ticket| self.next(ticket, decides),
            |ticket| {
                self.state
                    .with(|state| state.waiting.retain(|other| !Arc::ptr_eq(other, ticket)));
                None
            },
        )
    }

    fn next(&self, ticket: Option<&Arc<Ticket>>, remembers: bool) -> Option<usize> {
        self.state.with(|state| {
            let next = state.ended.pop_front();
            state.taken.extend(next.filter(|_| remembers));
            if next.is_none() {
                state.waiting.extend(ticket.cloned());
            }
            next
        })
    }
}

impl Drop for Completions {
    fn drop(&mut self) {
        crate::gate::gone(self);
    }
}

/// Where the order comes from.
#[derive(Clone)]
enum Order {
    /// The tasks are of this process.
    Here(Arc<Completions>),
    /// Some are of other processes: the first process knows the order, under a number.
    Elsewhere(u64, Arc<dyn FirstProcess>),
}

/// A stream of the same futures in the order in which they end.
pub fn as_completed(
    machine: &mut Machine<'_>,
    futures: Vec<(Value, Arc<Task>)>,
    deadline: Option<Instant>,
) -> Result<Value> {
    let tasks: Vec<Arc<Task>> = futures.iter().map(|(_, task)| task.clone()).collect();
    let order = match tasks.iter().find_map(|task| task.away()) {
        Some(away) => {
            let number = away.first.as_completed(machine, &tasks)?;
            Order::Elsewhere(number, away.first.clone())
        }
        None => {
            let completions = Arc::new(Completions::default());
            machine.gate.announce(|| {
                let ids = tasks.iter().map(|task| task.id()).collect();
                Operation::Order(ObjectId::of(&*completions), ids)
            });
            completions.listen_to(&tasks);
            Order::Here(completions)
        }
    };
    let left = futures.len();
    let rest = next_completed(Arc::new(futures), order, left, deadline);
    Ok(Stream::lazy(rest))
}

fn next_completed(
    futures: Arc<Vec<(Value, Arc<Task>)>>,
    order: Order,
    left: usize,
    deadline: Option<Instant>,
) -> Arc<Promise> {
    Promise::native(move |machine| {
        if left == 0 {
            return Ok(Value::Nil);
        }
        machine
            .gate
            .announce(|| Operation::Wait(futures.iter().map(|(_, task)| task.id()).collect()));
        let index = match &order {
            Order::Here(completions) => {
                let tasks = || futures.iter().map(|(_, task)| task.clone()).collect();
                completions.wait_for_next(machine, tasks, deadline)?
            }
            Order::Elsewhere(number, first) => first.next_completed(machine, *number, deadline)?,
        };
        match index {
            Some(index) => {
                let rest = next_completed(futures.clone(), order.clone(), left - 1, deadline);
                Ok(Stream::pair(futures[index].0.clone(), rest))
            }
            None => Err(timed_out("as_completed").help(format!(
                "{} had not ended by then",
                crate::diagnostics::words::count(left, "future")
            ))),
        }
    })
}
