//! What tasks see, noted in their [trails](crate::runtime::trail).
//!
//! What an operation shows is told where it is done. Here it is noted that something is about to
//! be shown; if nobody tells what, the state cannot be known until the task's next turn of a loop.

use std::sync::Arc;

use super::actor::Pending;
use super::history::Outcome;
use super::play::Play;
use crate::gate::Operation;
use crate::runtime::gather::Until;
use crate::runtime::task::Task;
use crate::runtime::trail::{self, Trail};
use crate::runtime::turn::Ask;
use crate::runtime::wait::WaitingFor;
use crate::value::Value;

/// Notes that an operation comes whose result the task sees.
pub fn note(play: &mut Play, operation: &Operation) {
    use Operation::*;
    let shows = match operation {
        ReadVariable(_) | WriteVariable(_) | Read(..) | Write(..) | Length(_) | Poll(_)
        | Show(_) | Cancel(_) | Release(_) => true,
        // What these show is no part of any state.
        Random | Input | Outside | Submit(_) | Order(..) | Exit => {
            play.unreadable = true;
            true
        }
        // These ask, and are noted then.
        Put(_) | Get(_) | Select(_) | Acquire(_) | Force(_) | Join(_) | Wait(_) => false,
        // The time is a part of the state.
        Clock | Sleep => false,
        Close(_) | Permit(..) | Fulfil(_) | Start(_) | Finish(_) | Print => false,
    };
    trail::announced(shows);
}

/// The list, map or variable that an operation touches, by its address.
pub fn object_of(operation: &Operation) -> Option<usize> {
    match operation {
        Operation::ReadVariable(id)
        | Operation::WriteVariable(id)
        | Operation::Read(id, _)
        | Operation::Write(id, _) => Some(id.address()),
        _ => None,
    }
}

/// Notes that a task takes a step that never waits.
pub fn note_act(trail: &mut Trail) {
    trail.word(DONE);
}

const DONE: u64 = 1;

/// Notes that a task takes its next step, and what it learns if that is the end of a wait.
pub fn note_step(trail: &mut Trail, pending: &Pending, outcome: Outcome, me: &Arc<Task>) {
    trail.word(match outcome {
        Outcome::Done => DONE,
        Outcome::TimedOut => 2,
        Outcome::Struck => 3,
    });
    if let (Pending::Ask(ask), Outcome::Done) = (pending, outcome) {
        note_ask(trail, ask, me);
    }
}

fn note_ask(trail: &mut Trail, ask: &Ask, me: &Arc<Task>) {
    match &ask.what {
        // They tell it themselves.
        WaitingFor::Value(_) | WaitingFor::Next(_) => trail.shows(),
        // A put with no capacity comes back once more, to stand in line.
        WaitingFor::Room(queue) => match (queue.capacity, &ask.in_line) {
            (Some(0), None) => {}
            _ => trail.shows(),
        },
        // That a task has ended stays so, and how is a part of its own state.
        WaitingFor::End(_) | WaitingFor::Ends(_, Until::All) | WaitingFor::Pool(_) => {}
        WaitingFor::Lock(lock) => {
            let own = lock.owner().is_some_and(|owner| Arc::ptr_eq(&owner, me));
            trail.word(own.into());
        }
        WaitingFor::Permit(_) | WaitingFor::Time => {}
        WaitingFor::Promise(promise) => {
            trail.value(Value::Promise(promise.clone()));
            trail.word(promise.has_ended().into());
            trail.word(promise.evaluated_by().is_some().into());
        }
        WaitingFor::AnyValue(_)
        | WaitingFor::Ends(..)
        | WaitingFor::Outside(_)
        | WaitingFor::Answer
        | WaitingFor::Process(_) => trail.hides(),
    }
}
