//! Who sleeps in a state: has been tried there, or in a state before and nothing has woken it.
//!
//! A step that depends on the one a task would take wakes it (Godefroid, "Partial-order methods
//! for the verification of concurrent systems", 1996).

use smallvec::SmallVec;

use super::history::{Actor, Event};
use super::play::Actors;
use super::touch::{Touches, steps_depend};

/// Those who sleep, each with the step that it would take.
#[derive(Debug, Default)]
pub struct Sleepers {
    /// Who.
    pub all: Actors,
    steps: SmallVec<[(Actor, Touches); 2]>,
}

impl Sleepers {
    /// It has been tried.
    pub fn add(&mut self, actor: Actor, step: Touches) {
        self.all |= 1 << actor;
        self.steps.push((actor, step));
    }

    /// Each with its step.
    pub fn steps(&self) -> &[(Actor, Touches)] {
        &self.steps
    }

    /// Nobody sleeps.
    pub fn clear(&mut self) {
        self.all = 0;
        self.steps.clear();
    }

    /// Those of the state before whom the step from there has not woken.
    pub fn inherit(&mut self, before: &Sleepers, taken: &Event) {
        for (actor, step) in &before.steps {
            if *actor != taken.actor && !steps_depend(step, &taken.touches) {
                self.add(*actor, Touches::from_slice(step));
            }
        }
    }
}
