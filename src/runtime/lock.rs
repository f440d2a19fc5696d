//! Locks and semaphores.
//!
//! A lock knows its owner, a task; a semaphore only counts its permits. A task that ends leaves
//! its locks locked.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use super::elsewhere::StandIn;
use super::fiber::Resumed;
use super::machine::Machine;
use super::task::Task;
use super::trail;
use super::wait::{Ticket, WaitingFor, timed_out};
use crate::gate::{ObjectId, Operation};
use crate::value::guarded::Guarded;
use crate::value::{Failure, Kind, Result};

#[derive(Debug, Default)]
struct LockState {
    owner: Option<Arc<Task>>,
    waiting: VecDeque<Arc<Ticket>>,
}

/// A lock.
#[derive(Debug)]
pub struct Lock {
    /// Its number, from 1.
    pub number: u64,
    /// In a worker: the way to the lock itself.
    pub away: Option<StandIn>,
    state: Guarded<LockState>,
}

enum Acquired {
    Yes,
    OwnAlready,
    /// It was held by a task whose process died. It is free now.
    OwnerDied(Arc<Task>),
}

impl Lock {
    /// A free lock.
    pub fn new(number: u64) -> Arc<Lock> {
        Arc::new(Lock {
            number,
            away: None,
            state: Guarded::default(),
        })
    }

    /// In a worker: what stands for a lock of the first process.
    pub fn standing_in(away: StandIn) -> Arc<Lock> {
        Arc::new(Lock {
            number: away.name.id,
            away: Some(away),
            state: Guarded::default(),
        })
    }

    /// Takes it, waiting while another task has it.
    pub fn acquire(
        self: &Arc<Lock>,
        machine: &mut Machine<'_>,
        deadline: Option<Instant>,
    ) -> Result<()> {
        machine
            .gate
            .announce(|| Operation::Acquire(ObjectId::of(&**self)));
        if let Some(away) = &self.away {
            return away.first.acquire(machine, away.name, deadline);
        }
        let me = machine.task.clone();
        let acquired = machine.wait(
            || WaitingFor::Lock(self.clone()),
            deadline,
            |ticket| {
                self.state.with(|state| match &state.owner {
                    None => {
                        state.owner = Some(me.clone());
                        Some(Acquired::Yes)
                    }
                    Some(owner) if Arc::ptr_eq(owner, &me) && deadline.is_none() => {
                        Some(Acquired::OwnAlready)
                    }
                    Some(owner) if owner.abroad.died() => {
                        let owner = owner.clone();
                        state.owner = None;
                        wake_first(&mut state.waiting);
                        Some(Acquired::OwnerDied(owner))
                    }
                    Some(_) => {
                        state.waiting.extend(ticket.cloned());
                        None
                    }
                })
            },
            |ticket| {
                self.state.with(|state| {
                    state.waiting.retain(|other| !Arc::ptr_eq(other, ticket));
                    if state.owner.is_none() {
                        wake_first(&mut state.waiting);
                    }
                });
                None
            },
        )?;
        match acquired {
            Some(Acquired::Yes) => {
                machine.task.takes_lock();
                Ok(())
            }
            Some(Acquired::OwnAlready) => Err(Failure::error(
                Kind::Deadlock,
                format!(
                    "{} already holds lock #{} and would wait for itself",
                    machine.task.title(),
                    self.number
                ),
            )
            .help("a lock is taken once; release it first, or take it only in the outer function")
            .into()),
            Some(Acquired::OwnerDied(owner)) => Err(Failure::error(
                Kind::ProcessDied,
                format!(
                    "lock #{} was held by {} when its process died; it is free now",
                    self.number,
                    owner.title()
                ),
            )
            .help("what the lock guards may be half done: look at it, then acquire again")
            .into()),
            None => Err(timed_out("acquire")),
        }
    }

    /// Gives it back.
    pub fn release(self: &Arc<Lock>, machine: &mut Machine<'_>) -> Result<()> {
        machine
            .gate
            .announce(|| Operation::Release(ObjectId::of(&**self)));
        if let Some(away) = &self.away {
            return away.first.release(machine, away.name);
        }
        let wrong_owner = self.state.with(|state| match &state.owner {
            Some(owner) if Arc::ptr_eq(owner, machine.task) => {
                let owner = state.owner.take();
                wake_first(&mut state.waiting);
                drop(owner);
                None
            }
            other => Some(other.clone()),
        });
        if machine.gate.is_watched() {
            let owner = wrong_owner.as_ref().map(Option::as_ref);
            let owner = owner.map(|owner| owner.map_or(0, |task| task.number));
            trail::saw_word(owner.map_or(u64::MAX, |number| number));
        }
        match wrong_owner {
            None => {
                machine.task.gives_lock_back();
                Ok(())
            }
            Some(None) => Err(Failure::error(Kind::Value, format!("lock #{} is not held by anyone", self.number))
                .help("acquire it first, or let `with` do both")
                .into()),
            Some(Some(owner)) => Err(Failure::error(
                Kind::Value,
                format!("lock #{} is held by {}, not by {}", self.number, owner.title(), machine.task.title()),
            )
            .help("only the task that acquired a lock may release it; a semaphore may be released by anyone")
            .into()),
        }
    }

    /// The task that has it.
    pub fn owner(&self) -> Option<Arc<Task>> {
        self.state.with(|state| state.owner.clone())
    }
}

#[derive(Debug)]
struct SemaphoreState {
    permits: u64,
    waiting: VecDeque<Arc<Ticket>>,
}

/// A semaphore.
#[derive(Debug)]
pub struct Semaphore {
    /// Its number, from 1.
    pub number: u64,
    /// In a worker: the way to the semaphore itself.
    pub away: Option<StandIn>,
    state: Guarded<SemaphoreState>,
}

impl Semaphore {
    /// A semaphore with so many permits.
    pub fn new(number: u64, permits: u64) -> Arc<Semaphore> {
        Arc::new(Semaphore {
            number,
            away: None,
            state: Guarded::new(SemaphoreState {
                permits,
                waiting: VecDeque::new(),
            }),
        })
    }

    /// In a worker: what stands for a semaphore of the first process.
    pub fn standing_in(away: StandIn) -> Arc<Semaphore> {
        Arc::new(Semaphore {
            number: away.name.id,
            away: Some(away),
            state: Guarded::new(SemaphoreState {
                permits: 0,
                waiting: VecDeque::new(),
            }),
        })
    }

    /// Takes a permit, waiting while there is none.
    pub fn acquire(
        self: &Arc<Semaphore>,
        machine: &mut Machine<'_>,
        deadline: Option<Instant>,
    ) -> Result<()> {
        machine
            .gate
            .announce(|| Operation::Acquire(ObjectId::of(&**self)));
        if let Some(away) = &self.away {
            return away.first.acquire(machine, away.name, deadline);
        }
        let acquired = machine.wait(
            || WaitingFor::Permit(self.clone()),
            deadline,
            |ticket| {
                self.state.with(|state| match state.permits {
                    0 => {
                        state.waiting.extend(ticket.cloned());
                        None
                    }
                    _ => {
                        state.permits -= 1;
                        Some(())
                    }
                })
            },
            |ticket| {
                self.state.with(|state| {
                    state.waiting.retain(|other| !Arc::ptr_eq(other, ticket));
                    if state.permits > 0 {
                        wake_first(&mut state.waiting);
                    }
                });
                None
            },
        )?;
        acquired.ok_or_else(|| timed_out("acquire"))
    }

    /// Gives a permit; anyone may.
    pub fn release(self: &Arc<Semaphore>, machine: &mut Machine<'_>) -> Result<()> {
        machine
            .gate
            .announce(|| Operation::Permit(ObjectId::of(&**self), self.number));
        if let Some(away) = &self.away {
            return away.first.release(machine, away.name);
        }
        self.state.with(|state| {
            state.permits = state.permits.saturating_add(1);
            wake_first(&mut state.waiting);
        });
        Ok(())
    }

    /// How many permits are free.
    pub fn free(&self) -> u64 {
        self.state.with(|state| state.permits)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        crate::gate::gone(self);
    }
}

impl Drop for Semaphore {
    fn drop(&mut self) {
        crate::gate::gone(self);
    }
}

fn wake_first(waiting: &mut VecDeque<Arc<Ticket>>) {
    while let Some(ticket) = waiting.pop_front() {
        if ticket.wake(Resumed::Ready) {
            return;
        }
    }
}
