//! Who is told when a task ends.

use std::sync::Arc;

use super::fiber::Resumed;
use super::gather::Completions;
use super::wait::Ticket;

/// Who wants to know that a task has ended.
#[derive(Debug)]
pub enum Listener {
    /// A task that waits.
    Ticket(Arc<Ticket>),
    /// An `as_completed`, with the place of the task in its list.
    Completions(Arc<Completions>, usize),
}

/// All of them: most often nobody, or one task. It is small, for there are many futures.
#[derive(Debug, Default)]
pub(super) enum Listeners {
    #[default]
    Nobody,
    Task(Arc<Ticket>),
    #[allow(clippy::box_collection)] // a bare Vec would make every future larger
    Many(Box<Vec<Listener>>),
}

impl Listeners {
    /// One more.
    pub fn add(&mut self, listener: Listener) {
        *self = match (std::mem::take(self), listener) {
            (Listeners::Nobody, Listener::Ticket(ticket)) => Listeners::Task(ticket),
            (Listeners::Nobody, listener) => Listeners::Many(Box::new(vec![listener])),
            (Listeners::Task(first), listener) => {
                Listeners::Many(Box::new(vec![Listener::Ticket(first), listener]))
            }
            (Listeners::Many(mut all), listener) => {
                all.push(listener);
                Listeners::Many(all)
            }
        };
    }

    /// A task that waits no longer.
    pub fn forget(&mut self, ticket: &Arc<Ticket>) {
        match self {
            Listeners::Task(other) if Arc::ptr_eq(other, ticket) => *self = Listeners::Nobody,
            Listeners::Nobody | Listeners::Task(_) => {}
            Listeners::Many(all) => all.retain(|listener| match listener {
                Listener::Ticket(other) => !Arc::ptr_eq(other, ticket),
                Listener::Completions(..) => true,
            }),
        }
    }

    /// Whether there is nobody.
    pub fn is_empty(&self) -> bool {
        match self {
            Listeners::Nobody => true,
            Listeners::Task(_) => false,
            Listeners::Many(all) => all.is_empty(),
        }
    }

    /// The task has ended.
    pub fn tell(self) {
        let listeners = match self {
            Listeners::Nobody => return,
            Listeners::Task(ticket) => return wake(&ticket),
            Listeners::Many(all) => all,
        };
        for listener in *listeners {
            match listener {
                Listener::Ticket(ticket) => wake(&ticket),
                Listener::Completions(completions, index) => completions.ended(index),
            }
        }
    }
}

fn wake(ticket: &Arc<Ticket>) {
    // Something else may have woken it before.
    ticket.wake(Resumed::Ready);
}
