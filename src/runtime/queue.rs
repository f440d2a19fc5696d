//! Queues: first in, first out, for many producers and many consumers.
//!
//! ```text
//!   put --> [ pending: puts that wait ] --> [ items: capacity ] --> get
//!                                                                   [ getters that wait ]
//! ```
//!
//! A put that finds no room leaves its value in line, in the order of arrival, and waits; the get
//! that makes room moves it in, so the put is done the moment it is woken. With capacity 0 there
//! are no items, and a get takes from the line itself. A get that finds nothing is woken when
//! there is something and tries again.
//!
//! The values stand in a deque behind the queue's own lock rather than in a channel: closing that
//! keeps what is queued, puts that wait in line and waits that can be told apart need one
//! critical section over all three.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use super::crossing::Item;
use super::elsewhere::{Party, StandIn};
use super::fiber::Resumed;
use super::leftover::Origin;
use super::lending::Lent;
use super::machine::Machine;
use super::trail;
use super::wait::{Ticket, WaitingFor, timed_out};
use crate::gate::{ObjectId, Operation};
use crate::value::guarded::Guarded;
use crate::value::show::in_words;
use crate::value::{Failure, Kind, Result, Unwind, Value};

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) items: VecDeque<Item>,
    pub(super) pending: VecDeque<(Item, Arc<Ticket>)>,
    /// Puts whose values were sent back because the queue was closed.
    pub(super) refused: Vec<Arc<Ticket>>,
    pub(super) getters: VecDeque<Arc<Ticket>>,
    pub(super) closed: bool,
    /// Who may send puts ahead.
    pub(super) ahead: Vec<(u32, Arc<dyn Party>)>,
    /// How many may still add something, closed or not: those who send ahead, and values on their
    /// way to a process.
    pub(super) unsettled: usize,
    pub(super) lent: Lent,
}

/// A queue.
#[derive(Debug)]
pub struct Queue {
    /// Its number, from 1.
    pub number: u64,
    /// How many values it holds without anybody waiting; `None` if any number.
    pub capacity: Option<usize>,
    /// Where it was made, if a program has made it.
    pub(super) origin: Origin,
    /// In a worker: the way to the queue itself.
    pub away: Option<StandIn>,
    /// Whether a process knows it.
    pub(super) crossed: AtomicBool,
    pub(super) state: Guarded<State>,
}

/// What a try to get gives at once.
pub enum Taken {
    /// The oldest value.
    Value(Item),
    /// Nothing is there and nothing will come.
    Closed,
}

impl Queue {
    /// An empty queue.
    pub fn new(number: u64, capacity: Option<usize>) -> Arc<Queue> {
        Arc::new(Queue {
            number,
            capacity,
            origin: Origin::default(),
            away: None,
            crossed: AtomicBool::new(false),
            state: Guarded::default(),
        })
    }

    /// In a worker: what stands for a queue of the first process.
    pub fn standing_in(away: StandIn) -> Arc<Queue> {
        Arc::new(Queue {
            number: away.name.id,
            capacity: None,
            origin: Origin::default(),
            away: Some(away),
            crossed: AtomicBool::new(false),
            state: Guarded::default(),
        })
    }

    /// Takes the oldest value, waiting while there is none.
    pub fn get(
        self: &Arc<Queue>,
        machine: &mut Machine<'_>,
        deadline: Option<Instant>,
    ) -> Result<Value> {
        match self.get_or_closed(machine, deadline)? {
            Some(value) => Ok(value),
            None => Err(self.closed_error("get from")),
        }
    }

    /// Takes the oldest value, waiting while there is none; `None` when the queue is closed and
    /// drained.
    pub fn get_or_closed(
        self: &Arc<Queue>,
        machine: &mut Machine<'_>,
        deadline: Option<Instant>,
    ) -> Result<Option<Value>> {
        self.take_value(machine, WaitingFor::Value, deadline)
    }

    /// The same for who goes over the queue.
    pub fn next(self: &Arc<Queue>, machine: &mut Machine<'_>) -> Result<Option<Value>> {
        self.take_value(machine, WaitingFor::Next, None)
    }

    fn take_value(
        self: &Arc<Queue>,
        machine: &mut Machine<'_>,
        what: fn(Arc<Queue>) -> WaitingFor,
        deadline: Option<Instant>,
    ) -> Result<Option<Value>> {
        machine
            .gate
            .announce(|| Operation::Get(ObjectId::of(&**self)));
        if let Some(away) = &self.away {
            return away.first.get(machine, self, deadline);
        }
        if !machine.gate.is_watched() && deadline.is_none() {
            machine.tick()?;
            if let Some(value) = self.take_at_once() {
                return Ok(Some(value));
            }
        }
        match self.take_item(machine, what, deadline)? {
            Some(item) => {
                let value = Queue::open(machine, item)?;
                machine.gate.tell(|| in_words(&value));
                if machine.gate.is_watched() {
                    trail::saw(Some(&value));
                }
                Ok(Some(value))
            }
            None => {
                if machine.gate.is_watched() {
                    trail::saw(None);
                }
                Ok(None)
            }
        }
    }

    /// The oldest value if it is there, none is lent and nobody needs a copy.
    fn take_at_once(&self) -> Option<Value> {
        let (value, putter) = self.state.with(|state| {
            if state.lent.count > 0 || !matches!(state.items.front(), Some(Item::Value(_))) {
                return None;
            }
            let Some(Item::Value(value)) = state.items.pop_front() else {
                return None;
            };
            let putter = state.pending.pop_front().map(|(next, putter)| {
                state.items.push_back(next);
                putter
            });
            Some((value, putter))
        })?;
        if let Some(putter) = putter {
            putter.wake(Resumed::Ready);
        }
        Some(value)
    }

    /// [`Queue::get_or_closed`], as it stands in the queue.
    pub fn get_item(
        self: &Arc<Queue>,
        machine: &mut Machine<'_>,
        deadline: Option<Instant>,
    ) -> Result<Option<Item>> {
        self.take_item(machine, WaitingFor::Value, deadline)
    }

    fn take_item(
        self: &Arc<Queue>,
        machine: &mut Machine<'_>,
        what: fn(Arc<Queue>) -> WaitingFor,
        deadline: Option<Instant>,
    ) -> Result<Option<Item>> {
        if deadline.is_some() {
            self.wait_for_recall(machine)?;
        }
        let taken = machine.wait(
            || what(self.clone()),
            deadline,
            |ticket| self.try_get(ticket),
            |ticket| {
                self.leave_getters(ticket);
                None
            },
        )?;
        match taken {
            Some(Taken::Value(item)) => Ok(Some(item)),
            Some(Taken::Closed) => Ok(None),
            None => Err(timed_out("get").help("the queue was empty all the time")),
        }
    }

    /// Takes the oldest value if there is one; else leaves the ticket.
    pub fn try_get(&self, ticket: Option<&Arc<Ticket>>) -> Option<Taken> {
        let taken = self.take(ticket);
        if taken.is_none() {
            self.recall();
        }
        taken
    }

    fn take(&self, ticket: Option<&Arc<Ticket>>) -> Option<Taken> {
        let (taken, putter) = self.state.with(|state| {
            if state.lent.count > 0 {
                // Those are older: they come back, or are taken, first.
                state.getters.extend(ticket.cloned());
                return (None, None);
            }
            if let Some(value) = state.items.pop_front() {
                let putter = state.pending.pop_front().map(|(next, putter)| {
                    state.items.push_back(next);
                    putter
                });
                return (Some(Taken::Value(value)), putter);
            }
            if let Some((value, putter)) = state.pending.pop_front() {
                return (Some(Taken::Value(value)), Some(putter));
            }
            if state.closed && state.unsettled == 0 {
                return (Some(Taken::Closed), None);
            }
            state.getters.extend(ticket.cloned());
            (None, None)
        });
        if let Some(putter) = putter {
            putter.wake(Resumed::Ready);
        }
        taken
    }

    /// A getter goes; if it leaves something behind, the next one is woken for it.
    pub fn leave_getters(&self, ticket: &Arc<Ticket>) {
        let next = self.state.with(|state| {
            if let Some(at) = state
                .getters
                .iter()
                .position(|other| Arc::ptr_eq(other, ticket))
            {
                state.getters.remove(at);
            }
            match state.items.is_empty() && state.pending.is_empty() {
                true => None,
                false => state.getters.pop_front(),
            }
        });
        self.wake_getter(next);
    }

    /// No more puts. Those that wait are sent back; gets drain what is left.
    pub fn close(self: &Arc<Queue>, machine: &mut Machine<'_>) -> Result<()> {
        machine
            .gate
            .announce(|| Operation::Close(ObjectId::of(&**self)));
        if let Some(away) = &self.away {
            return away.first.close(machine, away.name);
        }
        self.close_here();
        Ok(())
    }

    /// Closes a queue of this process.
    pub fn close_here(&self) {
        let (sent_back, ahead) = self.state.with(|state| {
            state.closed = true;
            let sent_back = std::mem::take(&mut state.pending);
            for (_, ticket) in &sent_back {
                // One that is just giving up asks for the answer too.
                state.refused.push(ticket.clone());
                ticket.wake(Resumed::Ready);
            }
            state.wake_all_at_the_end();
            (sent_back, std::mem::take(&mut state.ahead))
        });
        drop(sent_back);
        for (_, worker) in ahead {
            worker.closed(self.number);
        }
    }

    /// How many values wait in it.
    pub fn len(self: &Arc<Queue>, machine: &mut Machine<'_>) -> Result<usize> {
        machine
            .gate
            .announce(|| Operation::Length(ObjectId::of(&**self)));
        match &self.away {
            Some(away) => away.first.length(machine, away.name),
            None => {
                let length = self.peek_len();
                if machine.gate.is_watched() {
                    trail::saw_word(length as u64);
                }
                Ok(length)
            }
        }
    }

    /// How many values wait in it, for reports.
    pub fn peek_len(&self) -> usize {
        self.state
            .with(|state| state.items.len() + state.lent.count)
    }

    /// What is in it, puts that wait included.
    pub(super) fn held(&self) -> Vec<Item> {
        self.state.with(|state| {
            let pending = state.pending.iter().map(|(item, _)| item);
            let items = state.items.iter().chain(pending);
            items.map(Item::copy).collect()
        })
    }

    /// Whether it is closed.
    pub fn is_closed(&self) -> bool {
        self.state.with(|state| state.closed)
    }

    /// Whether a get would give something at once: a value, or the end.
    pub fn may_get(&self) -> bool {
        self.has_value() || self.is_closed()
    }

    /// Whether a value is there to be taken.
    pub fn has_value(&self) -> bool {
        self.state
            .with(|state| !state.items.is_empty() || !state.pending.is_empty())
    }

    /// Whether a put would be done or refused at once.
    pub fn may_put(&self) -> bool {
        self.state.with(|state| {
            let has_room = self
                .capacity
                .is_none_or(|capacity| state.items.len() < capacity);
            state.closed || (has_room && state.pending.is_empty())
        })
    }

    /// Whether it has been decided what becomes of a put that stands in line.
    pub fn is_settled(&self, ticket: &Arc<Ticket>) -> bool {
        self.state.with(|state| {
            !state
                .pending
                .iter()
                .any(|(_, other)| Arc::ptr_eq(other, ticket))
        })
    }

    pub(super) fn fullness(&self) -> String {
        match self.capacity {
            Some(0) => String::from("with capacity 0 every put waits for its get"),
            Some(capacity) => format!("it holds {capacity}"),
            None => String::from("it has no bound"),
        }
    }

    /// The error for using it after it was closed.
    #[cold]
    pub fn closed_error(&self, doing: &str) -> Unwind {
        let message = format!("cannot {doing} queue #{}: it is closed", self.number);
        let help = match doing {
            "put into" => "close a queue when the last producer is done",
            _ => "`for x in q` ends by itself when the queue is closed and drained",
        };
        Failure::error(Kind::Closed, message).help(help).into()
    }
}

impl Drop for Queue {
    /// A queue in a queue in a queue…, a million deep, needs no deep stack to disappear.
    fn drop(&mut self) {
        crate::gate::gone(self);
        let state = self.state.get_mut();
        self.origin.goes(self.number, state.items.iter());
        let pending = state.pending.drain(..).map(|(item, _)| item);
        let values = state.items.drain(..).chain(pending).flat_map(Item::parts);
        crate::value::drop_deep(values.collect());
    }
}

impl State {
    /// Those who wait for a value hear that none will come, when that is so.
    pub(super) fn wake_all_at_the_end(&mut self) {
        if self.closed && self.unsettled == 0 {
            for getter in self.getters.drain(..) {
                getter.wake(Resumed::Ready);
            }
        }
    }

    pub(super) fn wake_getter(&mut self) {
        while let Some(getter) = self.getters.pop_front() {
            if getter.wake(Resumed::Ready) {
                return;
            }
        }
    }
}
