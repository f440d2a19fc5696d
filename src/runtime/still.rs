//! Objects of a program that stands still, as data: for who tells its states apart.

use std::sync::Arc;

use super::queue::Queue;
use super::task::Task;
use crate::value::Value;

/// What is in a queue.
#[derive(Debug)]
pub struct Held {
    /// Its values.
    pub items: Vec<Value>,
    /// Puts that stand in line: their values and whose they are.
    pub pending: Vec<(Value, Arc<Task>)>,
    /// Whose puts have been sent back.
    pub refused: Vec<Arc<Task>>,
    /// Whether it is closed.
    pub closed: bool,
}

impl Queue {
    /// What is in it; `None` if that cannot be told: values of other processes.
    pub fn still(&self) -> Option<Held> {
        self.state.with(|state| {
            let known = state.unsettled == 0 && self.away.is_none();
            let items = state.items.iter().map(|item| item.value().cloned());
            let pending = state.pending.iter().map(|(item, ticket)| {
                let value = item.value().cloned();
                value.map(|value| (value, ticket.task.clone()))
            });
            let refused = state.refused.iter().map(|ticket| ticket.task.clone());
            known.then_some(Held {
                items: items.collect::<Option<_>>()?,
                pending: pending.collect::<Option<_>>()?,
                refused: refused.collect(),
                closed: state.closed,
            })
        })
    }
}
