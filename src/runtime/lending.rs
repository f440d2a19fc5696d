//! Values of a queue that are lent to a process which takes one after the other.
//!
//! ```text
//!   [ items ] --lend--> at the process --taken--> gone
//!       ^----- recall: what is left there ----/
//! ```
//!
//! A consumer in another process would pay a way there and back for each value. So when it takes
//! several in a row, and nobody else wants any, some are sent along before it asks, and more when it
//! has taken half of them. They are still
//! in the queue: they count in its length, and come before those that are put later. Who else asks
//! for one has them recalled and waits for that; from then on nothing of that queue is lent. Which
//! of them the process has taken it says before anything else that its task does.

use std::sync::Arc;

use super::crossing::Item;
use super::elsewhere::Party;
use super::fiber::Resumed;
use super::machine::Machine;
use super::queue::{Queue, State};
use super::wait::{Ticket, WaitingFor};
use crate::value::{Result, Value};

/// A value that takes more room than this is not lent.
const SMALL: usize = 4 << 10;

/// No more than this is lent at once.
const MUCH: usize = 128 << 10;

/// What of a queue is lent.
#[derive(Debug, Default)]
pub(super) struct Lent {
    /// How many values.
    pub(super) count: usize,
    /// To whom.
    to: Option<Arc<dyn Party>>,
    recalled: bool,
    /// Somebody else has asked for a value.
    shared: bool,
    /// Who waits until nothing is lent.
    waiting: Vec<Arc<Ticket>>,
}

impl Queue {
    /// Takes up to so many values to lend them to a process, unless somebody waits for one.
    pub fn lend(&self, most: usize, to: &Arc<dyn Party>) -> Vec<Item> {
        self.state.with(|state| {
            let to_others = match &state.lent.to {
                Some(other) => !std::ptr::addr_eq(Arc::as_ptr(other), Arc::as_ptr(to)),
                None => false,
            };
            if state.lent.shared
                || to_others
                || !state.getters.is_empty()
                || !state.pending.is_empty()
            {
                return Vec::new();
            }
            let mut room = MUCH;
            let is_lent = |item: &&Item| match room.checked_sub(item.size()) {
                Some(left) if item.size() <= SMALL => {
                    room = left;
                    true
                }
                _ => false,
            };
            let count = state.items.iter().take(most).take_while(is_lent).count();
            let lent: Vec<Item> = state.items.drain(..count).collect();
            state.unsettled += count;
            state.lent.count += count;
            state.lent.to = (state.lent.count > 0).then(|| to.clone());
            lent
        })
    }

    /// The process has taken so many of the values that were lent to it.
    pub fn lent_are_taken(&self, count: usize) {
        self.state.with(|state| {
            state.unsettled = state.unsettled.saturating_sub(count);
            state.lent.count = state.lent.count.saturating_sub(count);
            state.nothing_may_be_lent();
            state.wake_all_at_the_end();
        });
    }

    /// These have come back from a process: first so many that were on their way to a task of it,
    /// then those that were lent to it and not taken.
    pub fn comes_back(&self, values: Vec<Item>, on_the_way: usize) {
        self.state.with(|state| {
            if values.len() > on_the_way {
                state.unsettled = state.unsettled.saturating_sub(state.lent.count);
                state.lent.count = 0;
            }
            state.unsettled = state.unsettled.saturating_sub(on_the_way);
            for item in values.into_iter().rev() {
                state.items.push_front(item);
            }
            state.nothing_may_be_lent();
            state.wake_all_at_the_end();
        });
    }

    /// Somebody wants a value: what is lent is to come back, for it is older than what is here.
    pub(super) fn recall(&self) {
        let to = self.state.with(|state| {
            let wanted = state.lent.count > 0 && !state.lent.recalled;
            state.lent.recalled |= wanted;
            state.lent.shared |= wanted;
            wanted.then(|| state.lent.to.clone()).flatten()
        });
        if let Some(process) = to {
            process.recall(self.number);
        }
    }

    /// Before a get that does not wait for ever: a value that is lent is one it may have, so its
    /// coming back does not count as waiting.
    pub(super) fn wait_for_recall(self: &Arc<Queue>, machine: &mut Machine<'_>) -> Result<()> {
        self.recall();
        let back = |state: &State| state.lent.count == 0;
        if self.state.with(|state| back(state)) {
            return Ok(());
        }
        machine.wait(
            || WaitingFor::Outside("a value that is lent to a process"),
            None,
            |ticket| {
                self.state.with(|state| {
                    if back(state) {
                        return Some(());
                    }
                    state.lent.waiting.extend(ticket.cloned());
                    None
                })
            },
            |_| None,
        )?;
        Ok(())
    }
}

impl State {
    fn nothing_may_be_lent(&mut self) {
        if self.lent.count == 0 {
            self.lent.to = None;
            self.lent.recalled = false;
            for ticket in self.lent.waiting.drain(..) {
                ticket.wake(Resumed::Ready);
            }
            for _ in 0..self.items.len().min(self.getters.len()) {
                self.wake_getter();
            }
        }
    }
}

impl Item {
    /// How many bytes it is, but for a few; of what is not packed and may be anything, more than
    /// any.
    fn size(&self) -> usize {
        match self {
            Item::Value(Value::String(text)) => text.len(),
            Item::Value(Value::Bytes(bytes)) => bytes.len(),
            Item::Value(Value::Nil | Value::Bool(_) | Value::Int(_) | Value::Float(_)) => 0,
            Item::Value(_) => usize::MAX,
            Item::Parcel(parcel) => parcel.packed.len(),
            Item::Part(part) => part.bytes().len(),
            Item::Both(both) => both.1.packed.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::crossing::Offered;
    use crate::runtime::queue::Taken;

    #[derive(Debug)]
    struct Process;

    impl Party for Process {
        fn closed(&self, _: u64) {}
        fn recall(&self, _: u64) {}
    }

    fn queue_of(count: i64) -> Arc<Queue> {
        let queue = Queue::new(1, None);
        for number in 0..count {
            let offered = queue.offer(Item::Value(Value::Int(number)));
            assert!(matches!(offered, Offered::Done));
        }
        queue
    }

    fn take(queue: &Queue) -> Option<i64> {
        match queue.try_get(None)? {
            Taken::Value(Item::Value(Value::Int(number))) => Some(number),
            _ => None,
        }
    }

    fn on_its_way(queue: &Queue) -> Item {
        match queue.take_for_process() {
            Some(Taken::Value(item)) => item,
            _ => panic!("there is a value"),
        }
    }

    #[test]
    fn what_was_on_its_way_comes_back_before_what_was_lent() {
        let queue = queue_of(5);
        let mut values = vec![on_its_way(&queue)];
        let process: Arc<dyn Party> = Arc::new(Process);
        values.extend(queue.lend(2, &process));
        queue.close_here();
        queue.comes_back(values, 1);
        let all: Vec<i64> = std::iter::from_fn(|| take(&queue)).collect();
        assert_eq!(all, [0, 1, 2, 3, 4]);
        assert!(matches!(queue.try_get(None), Some(Taken::Closed)));
    }

    #[test]
    fn what_was_on_its_way_to_one_leaves_what_is_lent_to_another() {
        let queue = queue_of(5);
        let value = on_its_way(&queue);
        let other: Arc<dyn Party> = Arc::new(Process);
        let lent = queue.lend(2, &other);
        queue.comes_back(vec![value], 1);
        assert_eq!(queue.peek_len(), 5);
        assert_eq!(take(&queue), None, "older ones are lent");
        queue.lent_are_taken(lent.len());
        assert_eq!(take(&queue), Some(0));
    }
}
