//! Pools: futures that wait for one of n seats.
//!
//! ```text
//!   submit --> [ unstarted, in the order they were made ] --take--> a seat: running (at most n)
//!                                                                     | waits: stands up
//!                                                        woken: sits down, before unstarted ones
//! ```
//!
//! The shared pool is one of these with a seat a processor; a task of it may also be started by
//! whoever forces it first. In an explicit pool a task that sleeps or talks to the outside keeps
//! its seat; every other wait gives it up. Its threads start when they are first needed.

use std::collections::VecDeque;
use std::sync::{Arc, Weak};

use super::fiber::Resumed;
use super::machine::Machine;
use super::mailbox::{Mail, SeatHandle};
use super::run::Runtime;
use super::seat::Seat;
use super::task::{Task, TaskKind, Work};
use super::wait::{Ticket, WaitingFor};
use crate::value::error::fail;
use crate::value::guarded::Guarded;
use crate::value::{Failure, Kind, Result, Unwind, Value};

/// A pool as a value. When no program can reach it any more, its threads end with their work.
#[derive(Debug)]
pub struct Pool {
    /// What its seats share.
    pub shared: Arc<PoolShared>,
}

/// What kind of pool it is.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum PoolKind {
    /// The pool of `future e`: also whoever forces a task of it first may start it.
    Shared,
    /// `thread_pool(n)`
    Threads,
    /// The pool of `future e on process`.
    SharedProcesses,
    /// `process_pool(n)`
    Processes,
    /// Speaks for tasks that have a process of their own.
    Speakers,
}

impl PoolKind {
    /// Whether its tasks run in worker processes; fibers here speak for them, and one thread is
    /// enough for these.
    pub fn is_process(self) -> bool {
        matches!(
            self,
            PoolKind::SharedProcesses | PoolKind::Processes | PoolKind::Speakers
        )
    }

    /// Whether at most `n` of its tasks may run at a time, wherever. The others are bounded by
    /// their threads, or not at all.
    fn is_bounded(self) -> bool {
        !matches!(self, PoolKind::Shared | PoolKind::Speakers)
    }
}

/// What the seats and tasks of a pool share.
#[derive(Debug)]
pub struct PoolShared {
    /// Its number, from 1; those that the program has not made are 0.
    pub number: u64,
    /// What kind of pool it is.
    pub kind: PoolKind,
    /// How many seats it has.
    pub seats: usize,
    runtime: Weak<Runtime>,
    state: Guarded<State>,
}

#[derive(Debug, Default)]
struct State {
    unstarted: VecDeque<Arc<Task>>,
    /// Seats that rest because there is nothing to start.
    idle: Vec<Arc<SeatHandle>>,
    /// Seats that have a ready fiber but find n others running.
    standing: Vec<Arc<SeatHandle>>,
    running: usize,
    threads: usize,
    /// Made and not ended.
    unfinished: usize,
    closed: bool,
    /// Who waits until nothing is unfinished.
    waiting: Vec<Arc<Ticket>>,
}

impl PoolShared {
    /// A pool of `seats` seats without any thread yet.
    pub fn new(
        number: u64,
        kind: PoolKind,
        seats: usize,
        runtime: &Weak<Runtime>,
    ) -> Arc<PoolShared> {
        Arc::new(PoolShared {
            number,
            kind,
            seats,
            runtime: runtime.clone(),
            state: Guarded::default(),
        })
    }

    /// Whether a task of it that sleeps or talks to the outside keeps its seat. One that speaks
    /// for a task in another process does so all the time.
    pub fn keeps_seat_outside(&self) -> bool {
        self.kind.is_bounded()
    }

    /// Whether whoever forces a task of it that has not started runs it.
    pub fn starts_in_place(&self) -> bool {
        self.kind == PoolKind::Shared
    }

    fn most_threads(&self) -> usize {
        match self.kind.is_process() {
            true => 1,
            false => self.seats,
        }
    }

    /// Adds a task that has not started.
    pub fn submit(self: &Arc<PoolShared>, task: Arc<Task>) -> Result<()> {
        enum Then {
            Nothing,
            Wake(Arc<SeatHandle>),
            Grow,
        }
        let then = self.state.with(|state| {
            if state.closed {
                return None;
            }
            state.unstarted.push_back(task);
            state.unfinished += 1;
            Some(match state.idle.pop() {
                Some(seat) => Then::Wake(seat),
                None if state.threads < self.most_threads() => {
                    state.threads += 1;
                    Then::Grow
                }
                None => Then::Nothing,
            })
        });
        match then {
            None => Err(Failure::error(
                Kind::Closed,
                format!("pool #{} is shut down and takes no more work", self.number),
            )
            .help("`with pool { }` shuts its pool down at the end; submit inside it")
            .into()),
            Some(Then::Nothing) => Ok(()),
            Some(Then::Wake(seat)) => {
                seat.send(Mail::Look);
                Ok(())
            }
            Some(Then::Grow) => self.grow(),
        }
    }

    fn grow(self: &Arc<PoolShared>) -> Result<()> {
        let Some(runtime) = self.runtime.upgrade() else {
            return Ok(());
        };
        let name = match self.kind {
            PoolKind::Shared => String::from("cq seat"),
            PoolKind::Threads | PoolKind::Processes => format!("cq pool {}", self.number),
            PoolKind::SharedProcesses | PoolKind::Speakers => String::from("cq broker"),
        };
        let Err(error) = Seat::on_new_thread(&runtime, name, Some(self.clone()), None) else {
            return Ok(());
        };
        let has_others = self.state.with(|state| {
            state.threads -= 1;
            state.threads > 0
        });
        match has_others {
            true => Ok(()),
            false => Err(cannot_start_thread(&error)),
        }
    }

    /// The next task to start, counted as running; if there is none, the seat is noted as idle
    /// and must rest.
    pub fn take(&self, seat: &Arc<SeatHandle>) -> Option<(Arc<Task>, Work)> {
        loop {
            let task = self.state.with(|state| {
                state.idle.retain(|other| !Arc::ptr_eq(other, seat));
                if state.running >= self.limit() {
                    note(&mut state.standing, seat);
                    return None;
                }
                match state.unstarted.pop_front() {
                    Some(task) => {
                        state.running += 1;
                        Some(task)
                    }
                    None => {
                        state.idle.push(seat.clone());
                        None
                    }
                }
            })?;
            match task.claim() {
                Some(work) => return Some((task, work)),
                // Forced in place or cancelled meanwhile.
                None => {
                    self.stand_up();
                    if task.kind == TaskKind::Spawned
                        && let Some(runtime) = self.runtime.upgrade()
                    {
                        runtime.spawned_one_less();
                    }
                }
            }
        }
    }

    /// A ready fiber wants to go on; false if n others run, then the seat is told when that changes.
    pub fn sit_down(&self, seat: &Arc<SeatHandle>) -> bool {
        self.state.with(|state| {
            let may = state.running < self.limit();
            match may {
                true => state.running += 1,
                false => note(&mut state.standing, seat),
            }
            may
        })
    }

    /// One that was running waits or has ended.
    pub fn stand_up(&self) {
        let standing = self.state.with(|state| {
            state.running = state.running.saturating_sub(1);
            std::mem::take(&mut state.standing)
        });
        for seat in standing {
            seat.send(Mail::Look);
        }
    }

    fn limit(&self) -> usize {
        match self.kind.is_bounded() {
            true => self.seats,
            false => usize::MAX,
        }
    }

    /// One of its tasks has ended, started or not.
    pub fn one_ended(&self) {
        let waiting = self.state.with(|state| {
            state.unfinished = state.unfinished.saturating_sub(1);
            match state.unfinished {
                0 => std::mem::take(&mut state.waiting),
                _ => Vec::new(),
            }
        });
        for ticket in waiting {
            ticket.wake(Resumed::Ready);
        }
    }

    /// Waits until all its tasks have ended.
    pub fn wait_until_finished(self: &Arc<PoolShared>, machine: &mut Machine<'_>) -> Result<()> {
        machine.wait(
            || WaitingFor::Pool(self.clone()),
            None,
            |ticket| {
                self.state.with(|state| match state.unfinished {
                    0 => Some(()),
                    _ => {
                        state.waiting.extend(ticket.cloned());
                        None
                    }
                })
            },
            |ticket| {
                self.state
                    .with(|state| state.waiting.retain(|other| !Arc::ptr_eq(other, ticket)));
                None
            },
        )?;
        Ok(())
    }

    /// Takes no more work; its threads end when what they have is done.
    pub fn shut_down(&self) {
        if self.kind.is_process()
            && let Some(runtime) = self.runtime.upgrade()
            && let Some(broker) = runtime.broker_if_any()
        {
            broker.release_pool(&runtime, self);
        }
        let idle = self.state.with(|state| {
            state.closed = true;
            std::mem::take(&mut state.idle)
        });
        for seat in idle {
            seat.send(Mail::Look);
        }
    }

    /// Whether its threads may end.
    pub fn is_over(&self) -> bool {
        self.state
            .with(|state| state.closed && state.unstarted.is_empty())
    }

    /// Takes everything that has not started, to cancel it.
    pub fn take_unstarted(&self) -> Vec<Arc<Task>> {
        self.state.with(|state| state.unstarted.drain(..).collect())
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.shut_down();
    }
}

fn note(seats: &mut Vec<Arc<SeatHandle>>, seat: &Arc<SeatHandle>) {
    if !seats.iter().any(|other| Arc::ptr_eq(other, seat)) {
        seats.push(seat.clone());
    }
}

/// How many seats `thread_pool(n)` asks for; nil means one a processor.
pub fn seats(argument: &Value, processors: usize) -> Result<usize> {
    match argument {
        Value::Nil => Ok(processors),
        Value::Int(seats) if *seats >= 1 => Ok(usize::try_from(*seats).unwrap_or(usize::MAX)),
        Value::Int(seats) => Err(fail(
            Kind::Value,
            format!("a pool needs at least 1 seat, not {seats}"),
        )),
        other => {
            let got = crate::diagnostics::words::with_article(other.type_name());
            Err(fail(
                Kind::Type,
                format!("a pool's number of seats is an int, not {got}"),
            ))
        }
    }
}

/// The error when the system gives no more threads.
#[cold]
pub fn cannot_start_thread(error: &std::io::Error) -> Unwind {
    Failure::error(
        Kind::Memory,
        format!("the system starts no more threads: {error}"),
    )
    .help("futures share a few threads; every spawn needs one of its own")
    .into()
}
