//! What earlier executions have taught.
//!
//! Some things can only be counted coarsely once they have been noticed anywhere: a semaphore that
//! may run out, a pool with more futures than seats, a task that is cancelled while it runs. An
//! exploration begins by assuming none of them; when it meets one, it notes it here and begins
//! anew. What is known only grows, so this ends.

use std::collections::HashSet;

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Semaphores of which the tasks could together want more than there is, by number.
    pub scarce: HashSet<u64>,
    /// Pools with more futures than seats, by number.
    pub crowded: HashSet<u64>,
    /// Tasks that are cancelled while they run: whether a future, and the number.
    pub cancelled: HashSet<(bool, u64)>,
    /// Places in the program, by where they begin, where something is touched that several tasks
    /// touch.
    pub shared: Places,
    /// Whether the program calls `exit`: then every step may be cut off.
    pub exits: bool,
    /// Whether futures are left when the program ends.
    pub leaves_futures: bool,
}

/// Places in the program, by where they begin.
#[derive(Clone, Debug, Default)]
pub struct Places {
    bits: Vec<u64>,
}

impl Places {
    /// Whether this is one of them.
    #[inline]
    pub fn contains(&self, place: u32) -> bool {
        let bits = self.bits.get(place as usize / 64).copied();
        bits.unwrap_or(0) >> (place % 64) & 1 != 0
    }

    /// Adds one; true if it is new.
    pub fn insert(&mut self, place: u32) -> bool {
        let is_new = !self.contains(place);
        let word = place as usize / 64;
        if self.bits.len() <= word {
            self.bits.resize(word + 1, 0);
        }
        self.bits[word] |= 1 << (place % 64);
        is_new
    }
}
