//! The seats of pools that the program made: at most n futures of a pool run at a time.
//!
//! A future that waits for something that cannot be had stands up; when it can go on, it sits down
//! again before any that has not begun. Those begin in the order in which they were made. As soon
//! as a pool has more futures than seats, every step by which somebody sits down, stands up or
//! comes to want a seat depends on all others of that pool.

use std::collections::VecDeque;

use super::actor::{Part, Pending};
use super::history::Actor;
use super::play::Actors;
use super::touch::ObjectIndex;

/// The seats of one pool.
#[derive(Debug)]
pub struct Seats {
    /// The pool's number.
    pub number: u64,
    /// The pool as an object.
    pub object: ObjectIndex,
    seats: usize,
    running: usize,
    started: usize,
    waiting: VecDeque<Actor>,
    ready: Actors,
}

impl Seats {
    /// The seats of a new pool.
    pub fn new(number: u64, object: ObjectIndex, seats: usize) -> Seats {
        Seats {
            number,
            object,
            seats,
            running: 0,
            started: 0,
            waiting: VecDeque::new(),
            ready: 0,
        }
    }

    /// All of it that changes: how many run and were started, and who waits, in order.
    pub fn facts(&self) -> (usize, usize, impl Iterator<Item = Actor> + '_) {
        (self.running, self.started, self.waiting.iter().copied())
    }

    /// One more future; true if there may be more than seats.
    pub fn submit(&mut self, actor: Actor) -> bool {
        self.waiting.push_back(actor);
        self.started += 1;
        self.started > self.seats
    }

    /// Whether a future may take its next step, as far as seats go; `could` says whether one of
    /// this pool that stands could go on.
    pub fn may_go_on(&self, actor: Actor, part: &Part, could: impl Fn() -> bool) -> bool {
        if part.seated {
            return true;
        }
        if self.running >= self.seats {
            return false;
        }
        match part.pending {
            Pending::Begin => self.waiting.front() == Some(&actor) && !could(),
            _ => true,
        }
    }

    /// A future goes on; true if it sits down for it.
    pub fn sit_down(&mut self, actor: Actor, part: &mut Part, begins: bool) -> bool {
        if std::mem::replace(&mut part.seated, true) {
            return false;
        }
        self.running += 1;
        if begins {
            self.waiting.retain(|other| *other != actor);
        }
        true
    }

    /// A future stands up, if it sat; true if it did.
    pub fn stand_up(&mut self, part: &mut Part) -> bool {
        let sat = std::mem::replace(&mut part.seated, false);
        self.running -= usize::from(sat);
        sat
    }

    /// These stand and want a seat; true if it were others before.
    pub fn now_ready(&mut self, ready: Actors) -> bool {
        std::mem::replace(&mut self.ready, ready) != ready
    }

    /// A future that was cancelled before it began will not begin.
    pub fn forget(&mut self, actor: Actor) {
        self.waiting.retain(|other| *other != actor);
    }
}
