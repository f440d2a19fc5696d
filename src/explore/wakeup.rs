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

use super::history::{Actor, History, NONE, Step};
use super::play::Actors;
use super::touch::{ObjectIndex, Touch, Touches, depends};

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
    /// Who may be independent of all of it, though that was not sure.
    pub doubtful: Actors,
}

impl Branch {
    /// A task that is to go, whoever goes on then.
    pub fn leaf(actor: Actor) -> Branch {
        Branch {
            actor,
            step: None,
            chain: Vec::new(),
            then: Vec::new(),
            doubtful: Actors::MAX,
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
                doubtful: 0,
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
    /// What the last one touches.
    pub touches: &'h [Touch],
    /// It touches this whatever comes before it.
    pub is_sure: bool,
    /// The last one is in it still.
    pub has_last: bool,
    /// Objects from this one on were met later, perhaps in another order than elsewhere.
    pub met: ObjectIndex,
    /// Who has been passed by though it may be independent of all of it.
    pub doubtful: Actors,
}

impl Sequence<'_> {
    /// Takes out the step of a task, if that can go first; `NONE` stands for the last.
    fn take(&mut self, actor: Actor) -> Option<Step> {
        let history = self.history;
        let is_of = |step: &Step| history.events[*step].actor == actor;
        let (at, clock) = match self.steps.iter().position(is_of) {
            Some(at) => (at, history.clock(self.steps[at])),
            None if self.has_last && self.last == actor => (self.steps.len(), self.before_last),
            None => return None,
        };
        let mut earlier = self.steps[..at].iter();
        if earlier.any(|step| history.is_before(*step, clock)) {
            return None;
        }
        if at == self.steps.len() {
            self.has_last = false;
            return Some(NONE);
        }
        Some(self.steps.remove(at))
    }

    /// Whether a task has no step in it, and a step of its own is independent of all of it; `None`
    /// if that cannot be told.
    pub fn is_apart(&self, actor: Actor, step: Option<&Touches>) -> Option<bool> {
        let history = self.history;
        let events = self.steps.iter().map(|step| &history.events[*step]);
        let has_last = self.has_last && self.last == actor;
        if has_last || events.clone().any(|event| event.actor == actor) {
            return Some(false);
        }
        let step = step?;
        let mut is_sure = true;
        for event in events {
            match self.depends(&event.touches, step) {
                Some(true) => return Some(false),
                Some(false) => {}
                None => is_sure = false,
            }
        }
        let last = match (self.has_last, self.is_sure, self.touches) {
            (false, ..) => Some(false),
            (_, true, touches) => self.depends(touches, step),
            // It touches the same object then, in whichever way.
            (.., [touch]) if step.iter().all(|it| self.differ(it, touch)) => Some(false),
            _ => None,
        };
        match last {
            Some(true) => Some(false),
            Some(false) if is_sure => Some(true),
            _ => None,
        }
    }

    /// Whether two steps depend on each other, of different executions perhaps.
    fn depends(&self, a: &[Touch], b: &[Touch]) -> Option<bool> {
        let pairs = a.iter().flat_map(|a| b.iter().map(move |b| (a, b)));
        let mut depending = pairs.filter(|(a, b)| depends(a.action, b.action));
        let mut is_sure = true;
        let sure = depending.any(|(a, b)| {
            is_sure &= a.object < self.met || b.object < self.met;
            a.object == b.object && a.object < self.met
        });
        match (sure, is_sure) {
            (true, _) => Some(true),
            (false, true) => Some(false),
            (false, false) => None,
        }
    }

    /// Whether these surely are different objects.
    fn differ(&self, a: &Touch, b: &Touch) -> bool {
        a.object != b.object && (a.object < self.met || b.object < self.met)
    }

    /// As a branch that begins with this task; the others follow in the order in which they went.
    pub fn branch(&mut self, first: Actor) -> Branch {
        let history = self.history;
        let touches = |step: &Step| Some(Touches::from_slice(&history.events[*step].touches));
        let last = self.is_sure.then(|| Touches::from_slice(self.touches));
        let mut chain = Vec::with_capacity(self.steps.len() + 1);
        let step = match self.take(first) {
            Some(NONE) | None => last,
            Some(step) => {
                if self.has_last {
                    chain.push((self.last, last));
                }
                touches(&step)
            }
        };
        let rest = self.steps.iter().rev();
        chain.extend(rest.map(|step| (history.events[*step].actor, touches(step))));
        Branch {
            actor: first,
            step,
            chain,
            then: Vec::new(),
            doubtful: self.doubtful,
        }
    }

    fn first(&self) -> Option<Actor> {
        match self.steps.first() {
            Some(step) => Some(self.history.events[*step].actor),
            None => self.has_last.then_some(self.last),
        }
    }

    /// Adds it to what is to be tried, unless something in there is the beginning of it. A new
    /// branch right here begins with `first`, and is told.
    pub fn insert(&mut self, branches: &mut Vec<Branch>, first: Actor) -> Option<Actor> {
        for branch in &mut *branches {
            let apart = match self.is_apart(branch.actor, branch.step.as_ref()) {
                Some(apart) => apart || self.take(branch.actor).is_some(),
                None => {
                    self.doubtful |= 1 << branch.actor;
                    false
                }
            };
            if apart {
                if !branch.is_leaf() {
                    branch.unfold();
                    if let Some(first) = self.first() {
                        self.insert(&mut branch.then, first);
                    }
                }
                return None;
            }
        }
        branches.push(self.branch(first));
        Some(first)
    }
}
