//! Values that only one task ever touches: using them is no step.
//!
//! Nobody knows before the end which values those are, so it is learnt. A variable, list or map
//! belongs to the task that touches it first. As long as it does, and as nothing that several tasks
//! touch was ever touched at this place in the program, its owner just goes on. When somebody else
//! comes, all places at which the owner went on are known from then on, and the exploration begins
//! anew:
//!
//! ```text
//!   place 3: task b touches x   place 7: task b touches y   place 9: task c touches x
//!   x is b's: goes on           y is b's: goes on           x is b's! places 3 and 9 are steps
//! ```
//!
//! No order is lost by it: up to the moment at which the second task comes, what the first has done
//! to the value is independent of all that the others do, so each order is like one in which it is
//! not divided, and one of those is run.

use super::history::Actor;
use super::play::Play;
use super::touch::ObjectIndex;
use crate::gate::Operation;

/// Nobody has touched it, or several have.
const NOBODY: u8 = u8::MAX;
const SEVERAL: u8 = NOBODY - 1;

/// Who touches what in an execution.
#[derive(Debug, Default)]
pub struct Owners {
    /// Whether owners just go on.
    spares: bool,
    /// By object.
    owners: Vec<u8>,
    /// What was no step, and where.
    spared: Vec<(ObjectIndex, u32)>,
}

impl Owners {
    /// Owners just go on, from now on.
    pub fn spare(&mut self) {
        self.spares = true;
    }

    /// The next execution begins.
    pub fn clear(&mut self) {
        self.owners.clear();
        self.spared.clear();
    }

    fn owner(&mut self, object: ObjectIndex) -> &mut u8 {
        let object = object as usize;
        if self.owners.len() <= object {
            self.owners.resize(object + 1, NOBODY);
        }
        &mut self.owners[object]
    }
}

impl Play {
    /// Whether an operation is none of the others' business, as far as is known.
    pub fn is_own(&mut self, actor: Actor, operation: &Operation) -> bool {
        if !self.owners.spares || self.parts.len() == 1 {
            return false;
        }
        let (id, writes) = match operation {
            Operation::ReadVariable(id) | Operation::Read(id, _) => (*id, false),
            Operation::WriteVariable(id) | Operation::Write(id, _) => (*id, true),
            _ => return false,
        };
        let place = self.parts[actor].place.start;
        if self.known.shared.contains(place) {
            return false;
        }
        let object = self.object(id);
        let owner = self.owners.owner(object);
        if *owner == NOBODY {
            *owner = actor as u8;
        }
        if usize::from(*owner) != actor {
            return false;
        }
        if self.owners.spared.last() != Some(&(object, place)) {
            self.owners.spared.push((object, place));
        }
        if self.is_new
            && let Some(event) = self.history.events.last_mut()
        {
            event.own += 1;
        }
        self.parts[actor].unseen += u64::from(writes);
        true
    }

    /// A task touches an object, in a step.
    #[inline]
    pub fn touches(&mut self, actor: Actor, object: ObjectIndex) {
        if self.owners.spares && self.parts.len() > 1 {
            let owner = self.owners.owner(object);
            match *owner {
                NOBODY => *owner = actor as u8,
                SEVERAL => {}
                other if usize::from(other) == actor => {}
                _ => self.is_shared(actor, object),
            }
        }
    }

    /// The first time that a second task touches an object.
    #[cold]
    fn is_shared(&mut self, actor: Actor, object: ObjectIndex) {
        *self.owners.owner(object) = SEVERAL;
        let places = self.owners.spared.iter().filter(|(it, _)| *it == object);
        let mut learned = false;
        for (_, place) in places {
            learned |= self.known.shared.insert(*place);
        }
        self.learned |= learned;
        if learned {
            self.known.shared.insert(self.parts[actor].place.start);
        }
    }
}
