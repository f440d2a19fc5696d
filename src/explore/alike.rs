//! Tasks that are alike: which of them has come how far makes no difference.
//!
//! ```text
//!   ts = [spawn work() for i in range(8)]      for t in ts { join(t) }
//!
//!   (5, 0, 3, 0, ...)  and  (0, 3, 5, 0, ...)  go on in the same ways
//! ```
//!
//! A task that waits for several others, one after the other, and does nothing between that anyone
//! could notice, stands at a *gate*: it comes out when all of them have ended, whatever their
//! order. If their handles are known at the gate only, and they end with `nil`, what they have been
//! started with and what they have seen is all there is to them; their names are not. So the state
//! lists them by what they are, and which is which is left open. (Symmetry reduction: Ip and Dill,
//! "Better verification through symmetry", 1996.)
//!
//! What a gate waits for is learnt when it is passed for the first time. That a task at a gate ends
//! in another way, makes something with a number, or is named in what people see, shows that names
//! matter after all: then the search begins anew without all this.

use std::collections::HashMap;

use smallvec::SmallVec;

use super::actor::{Part, Pending};
use super::ending::{End, Ended};
use super::history::Actor;
use super::play::{Actors, Play};
use super::state::digest_of;
use crate::runtime::gather::Until;
use crate::runtime::task::Outcome;
use crate::runtime::wait::WaitingFor;
use crate::value::Value;

/// What a task is known by in all executions.
type Name = (bool, u64);

/// A task that stands at a gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gate {
    /// Who.
    pub actor: Actor,
    /// Its state when it came there.
    pub entry: u128,
    /// For whom it has waited so far.
    joined: SmallVec<[Name; 4]>,
}

/// The gates of a state.
pub type Gates = SmallVec<[Gate; 1]>;

/// Which tasks are alike in a state.
#[derive(Clone, Debug, Default)]
pub struct Alike {
    /// Those who stand at gates, each with its state when it came there.
    pub gates: SmallVec<[(Actor, u128); 1]>,
    /// For whom they wait, by gate.
    pub members: SmallVec<[Actors; 1]>,
}

impl Alike {
    /// All for whom somebody waits at a gate.
    pub fn all(&self) -> Actors {
        self.members.iter().fold(0, |all, members| all | members)
    }

    /// Those who stand at gates.
    pub fn waiters(&self) -> Actors {
        let gates = self.gates.iter();
        gates.fold(0, |all, (actor, _)| all | 1 << actor)
    }
}

/// What is known of gates.
#[derive(Debug, Default)]
pub struct KnownGates {
    /// For whom each waits, by the state at its entry.
    known: HashMap<u128, SmallVec<[Name; 4]>>,
    /// Names matter: no tasks are alike.
    names_matter: bool,
    /// That has been taken up.
    taken_up: bool,
}

/// Whether a task waits at a gate, and for whom.
fn waits_for(part: &Part) -> Option<SmallVec<[Name; 4]>> {
    let Pending::Ask(ask) = &part.pending else {
        return None;
    };
    let names = match &ask.what {
        WaitingFor::End(task) => SmallVec::from_slice(&[Part::name_of(task)]),
        WaitingFor::Ends(tasks, Until::All) => {
            tasks.iter().map(|task| Part::name_of(task)).collect()
        }
        _ => return None,
    };
    (!ask.timed).then_some(names)
}

impl KnownGates {
    /// Begins anew; what names are worth stays known.
    pub fn clear(&mut self) {
        self.known.clear();
    }

    /// Whether it has just turned out that names matter.
    pub fn take_up(&mut self) -> bool {
        self.names_matter && !std::mem::replace(&mut self.taken_up, true)
    }

    /// The gates after the step of this task; `quiet` says that nobody could notice it.
    pub fn after(&mut self, before: &Gates, play: &Play, actor: Actor, quiet: bool) -> Gates {
        let mut gates = before.clone();
        if self.names_matter {
            return gates;
        }
        let part = &play.parts[actor];
        if let Some(at) = gates.iter().position(|gate| gate.actor == actor)
            && (!quiet || part.has_ended())
        {
            let gate = gates.remove(at);
            self.passed(gate);
        }
        let Some(names) = waits_for(part) else {
            return gates;
        };
        match gates.iter_mut().find(|gate| gate.actor == actor) {
            Some(gate) => gate.joined.extend(names),
            None => {
                if let Some(entry) = digest_of(play, part) {
                    gates.push(Gate {
                        actor,
                        entry,
                        joined: names,
                    });
                }
            }
        }
        gates
    }

    /// A gate has been passed: for whom it waits is known from now on.
    fn passed(&mut self, gate: Gate) {
        let known = self.known.entry(gate.entry);
        let same = *known.or_insert_with(|| gate.joined.clone()) == gate.joined;
        self.names_matter |= !same;
    }

    /// Which tasks are alike; `None` if there are no two.
    pub fn alike(&self, gates: &Gates, play: &Play) -> Option<Alike> {
        let plain = play.pools.is_empty() && play.orders.is_empty() && !play.demand.is_any();
        if gates.is_empty() || self.names_matter || !plain {
            return None;
        }
        let mut alike = Alike::default();
        let mut several = false;
        for gate in gates {
            let Some(names) = self.known.get(&gate.entry) else {
                continue;
            };
            let mut members: Actors = 0;
            for (actor, part) in play.parts.iter().enumerate() {
                let waited_for = names.contains(&part.name()) && part.task.pool.is_none();
                members |= Actors::from(waited_for) << actor;
            }
            several |= members.count_ones() > 1;
            alike.gates.push((gate.actor, gate.entry));
            alike.members.push(members);
        }
        several.then_some(alike)
    }

    /// Looks at a task after its step: whether its name may matter.
    pub fn look_at(&mut self, part: &Part) {
        if self.names_matter || !self.is_member(part) {
            return;
        }
        let ends_otherwise = match part.task.outcome() {
            None | Some(Outcome::Value(Value::Nil)) => false,
            Some(_) => true,
        };
        self.names_matter = ends_otherwise || part.made.iter().any(|made| *made > 0);
    }

    /// Looks at what people see of an execution: whether somebody at a gate is named there.
    pub fn look_at_end(&mut self, ended: &Ended) {
        let named = |seen: &str| {
            let names = self.known.values().flatten();
            names.into_iter().any(|&(is_future, number)| {
                let noun = if is_future { "future" } else { "task" };
                seen.contains(&format!("{noun} #{number}"))
            })
        };
        let in_error = match &ended.end {
            End::Error { message, .. } => named(message),
            _ => false,
        };
        self.names_matter |= in_error || named(&ended.output);
    }

    fn is_member(&self, part: &Part) -> bool {
        let mut known = self.known.values();
        known.any(|names| names.contains(&part.name()))
    }
}
