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
    /// Whether the program calls `exit`: then every step may be cut off.
    pub exits: bool,
    /// Whether futures are left when the program ends.
    pub leaves_futures: bool,
}
