//! `put`: adding to a queue, and the line of puts that wait for room.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use super::crossing::Item;
use super::fiber::Resumed;
use super::machine::Machine;
use super::queue::Queue;
use super::trail;
use super::wait::{Ticket, WaitingFor, timed_out};
use crate::gate::{ObjectId, Operation};
use crate::value::show::in_words;
use crate::value::{Result, Value};

/// What became of a try to put.
pub(super) enum Put {
    Done,
    Closed,
}

impl Queue {
    /// Adds a value, waiting while the queue is full.
    pub fn put(
        self: &Arc<Queue>,
        machine: &mut Machine<'_>,
        value: Value,
        deadline: Option<Instant>,
    ) -> Result<()> {
        machine
            .gate
            .announce(|| Operation::Put(ObjectId::of(&**self)));
        if let Some(away) = &self.away {
            return away.first.put(machine, self, &value, deadline);
        }
        let mut value = value;
        if !machine.gate.is_watched() && !self.crossed.load(Ordering::Relaxed) {
            machine.tick()?;
            match self.put_at_once(value) {
                Ok(()) => return Ok(()),
                Err(back) => value = back,
            }
        }
        let words = machine.gate.wants_words().then(|| in_words(&value));
        if machine.gate.is_watched() {
            trail::holds(&value);
        }
        let item = self.item(machine, value)?;
        self.put_item(machine, item, deadline)?;
        machine.gate.tell(|| words.unwrap_or_default());
        Ok(())
    }

    /// Adds a value of which nobody needs a copy, if there is room; else gives it back.
    fn put_at_once(&self, value: Value) -> std::result::Result<(), Value> {
        let getter = self.state.with(|state| {
            let room = self.capacity.unwrap_or(usize::MAX);
            if state.closed || state.items.len() >= room || !state.pending.is_empty() {
                return Err(value);
            }
            state.items.push_back(Item::Value(value));
            Ok(state.getters.pop_front())
        })?;
        self.wake_getter(getter);
        Ok(())
    }

    /// Adds what is ready to be put, waiting while the queue is full.
    pub fn put_item(
        self: &Arc<Queue>,
        machine: &mut Machine<'_>,
        item: Item,
        deadline: Option<Instant>,
    ) -> Result<()> {
        let mut value = Some(item);
        let mut in_line: Option<Arc<Ticket>> = None;
        let done = machine.wait(
            || WaitingFor::Room(self.clone()),
            deadline,
            |ticket| match &in_line {
                Some(in_line) => self.became_of(in_line),
                None => {
                    let done = self.try_put(&mut value, ticket);
                    if done.is_none() {
                        in_line = ticket.cloned();
                    }
                    done
                }
            },
            |ticket| self.leave_line(ticket),
        )?;
        if machine.gate.is_watched() {
            trail::saw_word(matches!(done, Some(Put::Done)).into());
        }
        match done {
            Some(Put::Done) => Ok(()),
            Some(Put::Closed) => Err(self.closed_error("put into")),
            None => Err(timed_out("put").help(format!(
                "the queue was full all the time: {}",
                self.fullness()
            ))),
        }
    }

    pub(super) fn try_put(
        &self,
        value: &mut Option<Item>,
        ticket: Option<&Arc<Ticket>>,
    ) -> Option<Put> {
        let (done, getter) = self.state.with(|state| {
            if state.closed {
                return (Some(Put::Closed), None);
            }
            let has_room = self
                .capacity
                .is_none_or(|capacity| state.items.len() < capacity);
            if has_room && state.pending.is_empty() {
                state.items.extend(value.take());
                return (Some(Put::Done), state.getters.pop_front());
            }
            if let Some(ticket) = ticket
                && let Some(value) = value.take()
            {
                state.pending.push_back((value, ticket.clone()));
                return (None, state.getters.pop_front());
            }
            (None, None)
        });
        self.wake_getter(getter);
        done
    }

    /// Wakes a getter that was taken out of the line, or the next if something else has woken it.
    /// Never under the lock: who is woken wants it next.
    #[inline]
    pub(super) fn wake_getter(&self, mut getter: Option<Arc<Ticket>>) {
        while let Some(ticket) = getter {
            getter = match ticket.wake(Resumed::Ready) {
                true => None,
                false => self.state.with(|state| state.getters.pop_front()),
            };
        }
    }

    /// What became of a put that stood in line.
    fn became_of(&self, ticket: &Arc<Ticket>) -> Option<Put> {
        self.state.with(|state| {
            if let Some(at) = position(&state.refused, ticket) {
                state.refused.swap_remove(at);
                return Some(Put::Closed);
            }
            let waits = state
                .pending
                .iter()
                .any(|(_, other)| Arc::ptr_eq(other, ticket));
            (!waits).then_some(Put::Done)
        })
    }

    /// A put gives up; if its value was taken at the last moment, it has succeeded.
    fn leave_line(&self, ticket: &Arc<Ticket>) -> Option<Put> {
        let (became, value) = self.state.with(|state| {
            if let Some(at) = position(&state.refused, ticket) {
                state.refused.swap_remove(at);
                return (Some(Put::Closed), None);
            }
            let place = state
                .pending
                .iter()
                .position(|(_, other)| Arc::ptr_eq(other, ticket));
            match place.and_then(|at| state.pending.remove(at)) {
                Some((value, _)) => (None, Some(value)),
                None => (Some(Put::Done), None),
            }
        });
        drop(value);
        became
    }
}

fn position(tickets: &[Arc<Ticket>], ticket: &Arc<Ticket>) -> Option<usize> {
    tickets.iter().position(|other| Arc::ptr_eq(other, ticket))
}
