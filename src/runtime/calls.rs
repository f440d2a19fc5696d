//! Calling the seats of a pool, when there is something to start.
//!
//! ```text
//!   idle --is called--> called --comes--> busy --finds nothing more--> idle
//! ```
//!
//! One is called at a time: if it finds more than it takes, it calls the next. Waking a thread
//! costs as much as a dozen small futures, so the shared pool learns how many are worth a call: a
//! seat that has soon nothing left to do was called too early, and the next one is called when
//! twice as many lie there. Those meanwhile are *left*, and called for by whoever made them when
//! it rests or ends, by the next that is made when they are enough, or by the ticker, whichever is
//! first. So no seat lies down while it has left something, and nothing lies longer than a time
//! slice.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::mailbox::SeatHandle;

/// A seat that has less to do than this was not worth the call.
const WORTH_A_CALL: Duration = Duration::from_micros(20);

/// A seat that has as much to do as this is called for a single task the next time.
const WORTH_ANY_CALL: Duration = Duration::from_millis(1);

/// The most that are left before a seat is called.
const MOST_LEFT: usize = 64;

/// The seats of a pool that can be called, and what was learnt from calling them.
#[derive(Debug)]
pub(super) struct Calls {
    /// Those that rest because there is nothing to start.
    idle: Vec<Arc<SeatHandle>>,
    /// The one that was called and has not looked yet.
    called: Option<Arc<SeatHandle>>,
    /// The address of the last one that came, and when.
    came: Option<(usize, Instant)>,
    /// How many unstarted tasks are worth a call.
    worth: usize,
}

impl Default for Calls {
    fn default() -> Calls {
        Calls {
            idle: Vec::new(),
            called: None,
            came: None,
            worth: 1,
        }
    }
}

impl Calls {
    /// Whether one is on its way.
    pub fn is_under_way(&self) -> bool {
        self.called.is_some()
    }

    /// Whether so many tasks can be left for a moment, although a seat could be called.
    pub fn can_leave(&self, unstarted: usize) -> bool {
        unstarted < self.worth && self.called.is_none() && !self.idle.is_empty()
    }

    /// The one to call now.
    pub fn next(&mut self) -> Option<Arc<SeatHandle>> {
        self.called = self.idle.pop();
        self.called.clone()
    }

    /// A seat looks up: it is neither idle nor called any more. Whether it was called.
    pub fn has_come(&mut self, seat: &Arc<SeatHandle>) -> bool {
        self.idle.retain(|other| !Arc::ptr_eq(other, seat));
        let called = self.called.take_if(|called| Arc::ptr_eq(called, seat));
        if called.is_some() {
            self.came = Some((Arc::as_ptr(seat).addr(), Instant::now()));
        }
        called.is_some()
    }

    /// A seat has nothing to do.
    pub fn is_idle(&mut self, seat: &Arc<SeatHandle>) {
        let is_it = |(came, _): &mut (usize, Instant)| *came == Arc::as_ptr(seat).addr();
        if let Some((_, since)) = self.came.take_if(is_it) {
            let busy = since.elapsed();
            self.worth = match () {
                _ if busy >= WORTH_ANY_CALL => 1,
                _ if busy >= WORTH_A_CALL => (self.worth / 2).max(1),
                _ => (self.worth * 2).min(MOST_LEFT),
            };
        }
        self.idle.push(seat.clone());
    }

    /// All that are idle, to be told that the pool takes no more work.
    pub fn take_idle(&mut self) -> Vec<Arc<SeatHandle>> {
        std::mem::take(&mut self.idle)
    }
}

/// Adds a seat to some, once.
pub(super) fn note(seats: &mut Vec<Arc<SeatHandle>>, seat: &Arc<SeatHandle>) {
    if !seats.iter().any(|other| Arc::ptr_eq(other, seat)) {
        seats.push(seat.clone());
    }
}
