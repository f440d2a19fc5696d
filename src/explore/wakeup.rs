//! Wakeup trees: who is to go on behind a task that is tried because of a race.
//!
//! A race says not only who is to go first, but all that is to come before the later step of it:
//!
//! ```text
//!   executed:  e  a  b  f        f races with e; a and b need not come after e
//!   to try:       a  b  f        from the state before e; not only a first, and then whoever
//! ```
//!
//! Whoever only tried `a` there might go on with a task that sleeps and is never woken: the
//! execution would lead to nothing new. The sequences to try from one state share their beginnings:
//! they are a tree, and equivalent ones are in it once (Abdulla, Aronis, Jonsson and Sagonas,
//! "Source sets: a foundation for optimal dynamic partial order reduction", JACM 2017).

use super::history::{Actor, History, Step};
use super::touch::{Touches, steps_depend};

/// A task that is to go, and who behind it.
#[derive(Debug)]
pub struct Branch {
    /// Who.
    pub actor: Actor,
    /// What its step touches, if that is sure.
    pub step: Option<Touches>,
    /// As long as nothing has been inserted behind it: who is to go then, last first.
    chain: Vec<(Actor, Option<Touches>)>,
    /// Else whoever is to be tried then.
    then: Vec<Branch>,
}

impl Branch {
    /// A task that is to go, whoever goes on then.
    pub fn leaf(actor: Actor) -> Branch {
        Branch {
            actor,
            step: None,
            chain: Vec::new(),
            then: Vec::new(),
        }
    }

    /// Its task has gone: who is to be tried now.
    pub fn gone(mut self, now: &mut Vec<Branch>) {
        self.unfold();
        now.append(&mut self.then);
    }

    fn unfold(&mut self) {
        if let Some((actor, step)) = self.chain.pop() {
            self.then.push(Branch {
                actor,
                step,
                chain: std::mem::take(&mut self.chain),
                then: Vec::new(),
            });
        }
    }

    fn is_leaf(&self) -> bool {
        self.chain.is_empty() && self.then.is_empty()
    }
}

/// What is to come before the later step of a race, and that step.
pub struct Sequence<'h> {
    /// Where the steps are told.
    pub history: &'h History,
    /// The steps, without the last.
    pub steps: &'h mut Vec<Step>,
    /// Whose the last one is, and what comes before it.
    pub last: Actor,
    /// See `last`.
    pub before_last: &'h [u32],
    /// What the last one touches, if that is sure.
    pub touches: Option<&'h Touches>,
    /// The last one is in it still.
    pub has_last: bool,
}

impl Sequence<'_> {
    /// The task goes first: takes its step out; false if it cannot go first.
    fn take(&mut self, actor: Actor) -> bool {
        let history = self.history;
        let is_of = |step: &Step| history.events[*step].actor == actor;
        match self.steps.iter().position(is_of) {
            Some(at) => {
                let clock = history.clock(self.steps[at]);
                let earlier = &self.steps[..at];
                let is_first = !earlier.iter().any(|step| history.is_before(*step, clock));
                if is_first {
                    self.steps.remove(at);
                }
                is_first
            }
            None if self.has_last && self.last == actor => {
                let clock = self.before_last;
                let is_first = !self
                    .steps
                    .iter()
                    .any(|step| history.is_before(*step, clock));
                self.has_last &= !is_first;
                is_first
            }
            None => false,
        }
    }

    /// Whether a task has no step in it, and a step of its own is independent of all of it.
    pub fn is_apart(&self, actor: Actor, step: Option<&Touches>) -> bool {
        let history = self.history;
        let (Some(step), Some(last)) = (step, self.touches) else {
            return false;
        };
        let mut events = self.steps.iter().map(|step| &history.events[*step]);
        events.all(|event| event.actor != actor && !steps_depend(&event.touches, step))
            && !(self.has_last && (self.last == actor || steps_depend(last, step)))
    }

    /// As a branch that begins with this task.
    pub fn branch(&mut self, first: Actor) -> Branch {
        let history = self.history;
        let sure = |step: Step| {
            let event = &history.events[step];
            (event.actor, Some(Touches::from_slice(&event.touches)))
        };
        let last = self.touches.map(|touches| Touches::from_slice(touches));
        let mut steps = self.steps.iter();
        let at = steps.position(|step| history.events[*step].actor == first);
        let step = match at {
            Some(at) => sure(self.steps.remove(at)).1,
            None => last.clone(),
        };
        let mut chain = Vec::with_capacity(self.steps.len() + 1);
        if self.has_last && at.is_some() {
            chain.push((self.last, last));
        }
        chain.extend(self.steps.iter().rev().map(|step| sure(*step)));
        Branch {
            actor: first,
            step,
            chain,
            then: Vec::new(),
        }
    }

    fn first(&self) -> Option<Actor> {
        match self.steps.first() {
            Some(step) => Some(self.history.events[*step].actor),
            None => self.has_last.then_some(self.last),
        }
    }

    /// Adds it to what is to be tried, unless something in there is the beginning of it.
    pub fn insert(&mut self, branches: &mut Vec<Branch>) {
        for branch in &mut *branches {
            if self.is_apart(branch.actor, branch.step.as_ref()) || self.take(branch.actor) {
                if !branch.is_leaf() {
                    branch.unfold();
                    self.insert(&mut branch.then);
                }
                return;
            }
        }
        if let Some(first) = self.first() {
            branches.push(self.branch(first));
        }
    }
}
