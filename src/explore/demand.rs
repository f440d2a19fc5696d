//! How many permits of each semaphore the tasks could want at once.
//!
//! As long as all tasks together never want more permits than there are, nobody ever waits for
//! one, and taking and giving them back are no steps that anyone could notice. What each task wants
//! at most at once does not depend on the others, so it is added up over all tasks.

use std::collections::HashMap;

use super::history::Actor;

/// For each semaphore, by number.
#[derive(Debug, Default)]
pub struct Demands {
    all: HashMap<u64, Demand>,
}

#[derive(Debug, Default)]
struct Demand {
    /// Permits given minus permits taken.
    balance: i64,
    initial: Option<usize>,
    /// What each task holds, and held at most.
    held: HashMap<Actor, (u64, u64)>,
}

impl Demands {
    /// All of it as numbers: for each semaphore and task, what it holds and held at most.
    pub fn facts(&self) -> Vec<(u64, Actor, u64, u64)> {
        let all = self.all.iter();
        let facts = all.flat_map(|(semaphore, demand)| {
            let held = demand.held.iter();
            held.map(|(actor, (held, most))| (*semaphore, *actor, *held, *most))
        });
        facts.collect()
    }

    /// Whether there is any.
    pub fn is_any(&self) -> bool {
        !self.all.is_empty()
    }

    /// The next execution begins.
    pub fn clear(&mut self) {
        self.all.clear();
    }

    /// How many permits a semaphore had at first, of which so many are free now.
    pub fn initial(&mut self, semaphore: u64, free: u64) -> usize {
        let demand = self.all.entry(semaphore).or_default();
        let first = i64::try_from(free).unwrap_or(i64::MAX) - demand.balance.min(0);
        let first = usize::try_from(first - demand.balance.max(0)).unwrap_or(0);
        *demand.initial.get_or_insert(first)
    }

    /// A task wants a permit, of which so many are free now; gives whether all tasks together
    /// may want more than there are.
    pub fn want(&mut self, actor: Actor, semaphore: u64, free: u64) -> bool {
        let initial = self.initial(semaphore, free) as u64;
        let demand = self.all.entry(semaphore).or_default();
        let (held, most) = demand.held.entry(actor).or_default();
        *held += 1;
        *most = (*most).max(*held);
        demand.held.values().map(|(_, most)| most).sum::<u64>() > initial
    }

    /// A task has got its permit.
    pub fn taken(&mut self, semaphore: u64) {
        self.all.entry(semaphore).or_default().balance -= 1;
    }

    /// A task has not got its permit.
    pub fn not_taken(&mut self, actor: Actor, semaphore: u64) {
        let demand = self.all.entry(semaphore).or_default();
        demand.held.entry(actor).or_default().0 -= 1;
    }

    /// A task gives a permit.
    pub fn give(&mut self, actor: Actor, semaphore: u64) {
        let demand = self.all.entry(semaphore).or_default();
        demand.balance += 1;
        let held = &mut demand.held.entry(actor).or_default().0;
        *held = held.saturating_sub(1);
    }
}
