//! Orders drawn at random, where there are too many to run them all.
//!
//! Two ways, in turns. *Uniform*: whoever has more steps left is more likely to go next, which
//! makes all interleavings about equally likely (Zhao et al., "Selectively uniform concurrency
//! testing", ASPLOS 2025). *Priorities*: each task has one, the highest that can goes, and at a few
//! random steps whoever goes falls behind all others (Burckhardt et al., "A randomized scheduler
//! with probabilistic guarantees of finding bugs", ASPLOS 2010): an order that depends on d choices
//! among n tasks and k steps is met with a probability of at least 1 / (n * k^(d - 1)).

use std::collections::HashMap;

use super::history::Actor;
use super::play::{Actors, Play};
use super::stage::Director;
use super::steps::Enabled;

/// How many choices the priorities aim at.
pub const DEPTH: usize = 3;

/// Draws orders.
#[derive(Debug)]
pub struct Sampler {
    random: fastrand::Rng,
    /// Steps of each task in earlier executions, at most.
    steps: HashMap<(bool, u64), usize>,
    /// Steps of an execution, at most.
    pub longest: usize,
    /// Tasks of an execution, at most.
    pub tasks: usize,
    by_priority: bool,
    priorities: Vec<u64>,
    falls: Vec<usize>,
    taken: Vec<usize>,
    enabled: Vec<Enabled>,
}

impl Default for Sampler {
    fn default() -> Sampler {
        Sampler {
            random: fastrand::Rng::with_seed(1),
            steps: HashMap::new(),
            longest: 1,
            tasks: 1,
            by_priority: true,
            priorities: Vec::new(),
            falls: Vec::new(),
            taken: Vec::new(),
            enabled: Vec::new(),
        }
    }
}

impl Sampler {
    /// An execution is over; the next is drawn the other way.
    pub fn next(&mut self, play: &Play) {
        self.longest = self.longest.max(play.history.events.len());
        self.tasks = self.tasks.max(play.parts.len());
        for (part, taken) in play.parts.iter().zip(&self.taken) {
            let most = self.steps.entry(part.name()).or_default();
            *most = (*most).max(*taken);
        }
        self.by_priority = !self.by_priority;
        self.priorities.clear();
        self.taken.clear();
        self.enabled.clear();
        let (random, longest) = (&mut self.random, self.longest);
        self.falls = (1..DEPTH).map(|_| random.usize(..longest)).collect();
    }

    /// Who could have gone on before a step.
    pub fn enabled(&self, step: usize) -> Enabled {
        self.enabled.get(step).copied().unwrap_or_default()
    }

    fn uniform(&mut self, play: &Play, among: Actors) -> Actor {
        let left = |actor: Actor| {
            let known = self.steps.get(&play.parts[actor].name()).copied();
            let taken = self.taken.get(actor).copied().unwrap_or(0);
            known.unwrap_or(4).saturating_sub(taken).max(1)
        };
        let actors = (0..play.parts.len()).filter(|actor| among & (1 << actor) != 0);
        let weights: Vec<(Actor, usize)> = actors.map(|actor| (actor, left(actor))).collect();
        let all: usize = weights.iter().map(|(_, weight)| weight).sum();
        let mut drawn = self.random.usize(..all.max(1));
        for (actor, weight) in &weights {
            match drawn.checked_sub(*weight) {
                None => return *actor,
                Some(rest) => drawn = rest,
            }
        }
        among.trailing_zeros() as Actor
    }

    fn first_by_priority(&mut self, play: &Play, among: Actors) -> Actor {
        while self.priorities.len() < play.parts.len() {
            // Above all that falls take.
            self.priorities.push(self.random.u64(DEPTH as u64..));
        }
        let highest = |priorities: &[u64]| {
            let actors = (0..play.parts.len()).filter(|actor| among & (1 << actor) != 0);
            actors.max_by_key(|actor| priorities[*actor]).unwrap_or(0)
        };
        if let Some(fall) = self.falls.iter().position(|step| *step == play.depth) {
            let actor = highest(&self.priorities);
            self.priorities[actor] = fall as u64;
        }
        highest(&self.priorities)
    }
}

impl Director for Sampler {
    fn choose(&mut self, play: &mut Play) -> Option<Actor> {
        let enabled = play.enabled();
        if enabled.all == 0 {
            return None;
        }
        if play.parts.len() == 1 && play.depth == 0 && !play.starts_first() {
            return Some(0);
        }
        let chosen = match self.by_priority {
            true => self.first_by_priority(play, enabled.all),
            false => self.uniform(play, enabled.all),
        };
        if self.taken.len() <= chosen {
            self.taken.resize(chosen + 1, 0);
        }
        self.taken[chosen] += 1;
        self.enabled.push(enabled);
        Some(chosen)
    }

    fn happened(&mut self, play: &mut Play) {
        play.history.complete(|_| None, |_| {});
    }
}
