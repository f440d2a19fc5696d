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

/// A task that is to go, and what behind it.
#[derive(Debug)]
pub struct Branch {
    /// Who.
    pub actor: Actor,
    /// What its step touches, if that is sure.
    pub step: Option<Touches>,
    /// Who is to go then, if anybody in particular: in this order.
    pub then: Vec<Branch>,
}

impl Branch {
    /// A task that is to go, whoever goes on then.
    pub fn leaf(actor: Actor) -> Branch {
        Branch {
            actor,
            step: None,
            then: Vec::new(),
        }
    }
}

/// What is to come before the later step of a race, and that step.
pub struct Sequence<'h> {
    /// Where the steps are told.
    pub history: &'h History,
    /// The steps, without the last.
    pub steps: Vec<Step>,
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
    pub fn into_branch(mut self, first: Actor) -> Branch {
        let history = self.history;
        let sure = |step: Step| Branch {
            actor: history.events[step].actor,
            step: Some(Touches::from_slice(&history.events[step].touches)),
            then: Vec::new(),
        };
        let last = |touches: Option<&Touches>, actor| Branch {
            actor,
            step: touches.map(|it| Touches::from_slice(it)),
            then: Vec::new(),
        };
        let mut branches = Vec::new();
        let first_step = self
            .steps
            .iter()
            .position(|step| history.events[*step].actor == first);
        match first_step {
            Some(at) => branches.push(sure(self.steps.remove(at))),
            None => {
                branches.push(last(self.touches, first));
                self.has_last = false;
            }
        }
        branches.extend(self.steps.iter().map(|step| sure(*step)));
        if self.has_last {
            branches.push(last(self.touches, self.last));
        }
        let mut chain = Vec::new();
        while let Some(mut branch) = branches.pop() {
            branch.then = chain;
            chain = vec![branch];
        }
        chain.remove(0)
    }

    fn first(&self) -> Option<Actor> {
        match self.steps.first() {
            Some(step) => Some(self.history.events[*step].actor),
            None => self.has_last.then_some(self.last),
        }
    }

    /// Adds it to what is to be tried, unless something in there is the beginning of it.
    pub fn insert(mut self, branches: &mut Vec<Branch>) {
        for branch in &mut *branches {
            if self.is_apart(branch.actor, branch.step.as_ref()) || self.take(branch.actor) {
                return match branch.then.is_empty() {
                    true => {}
                    false => self.insert(&mut branch.then),
                };
            }
        }
        if let Some(first) = self.first() {
            branches.push(self.into_branch(first));
        }
    }
}
