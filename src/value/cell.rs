//! Variables that outlive their row of slots, because a function or task captured them.

use std::sync::OnceLock;

use super::Value;
use super::guarded::Guarded;
use super::show::in_words;
use crate::gate::{Gate, ObjectId, Operation};
use crate::runtime::trail;

/// A variable that is captured before its `let` has run and never assigned again. Reading it
/// takes no lock.
#[derive(Debug, Default)]
pub struct OnceCell {
    value: OnceLock<Value>,
}

impl OnceCell {
    /// Its value, or `None` while its `let` has not run.
    #[inline]
    pub fn get(&self) -> Option<&Value> {
        self.value.get()
    }

    /// Its `let` has run. Cells are made anew whenever their scope is entered, so this happens
    /// once; a second time changes nothing.
    pub fn fill(&self, value: Value) {
        let _ = self.value.set(value);
    }
}

/// A variable that is captured and assigned: any task may read and write it, each time as a whole.
#[derive(Debug, Default)]
pub struct SharedCell {
    /// `None` while its `let` has not run.
    value: Guarded<Option<Value>>,
}

impl SharedCell {
    /// A variable whose `let` has run.
    pub fn filled(value: Value) -> SharedCell {
        SharedCell {
            value: Guarded::new(Some(value)),
        }
    }

    /// Its value, or `None` while its `let` has not run.
    #[inline]
    pub fn get(&self, gate: &Gate<'_>) -> Option<Value> {
        gate.announce(|| Operation::ReadVariable(ObjectId::of(self)));
        let value = self.value.with_value(|value| value.clone());
        gate.tell(|| value.as_ref().map_or_else(String::new, in_words));
        if gate.is_watched() {
            trail::saw(value.as_ref());
        }
        value
    }

    /// Writes it; gives false, and writes nothing, while its `let` has not run.
    #[inline]
    pub fn set(&self, gate: &Gate<'_>, new: Value) -> bool {
        gate.announce(|| Operation::WriteVariable(ObjectId::of(self)));
        gate.tell(|| {
            let old = self.value.with(|value| value.clone());
            let old = old.as_ref().map_or_else(String::new, in_words);
            super::show::change(&old, &in_words(&new))
        });
        if gate.is_watched() {
            trail::saw(Some(&new));
        }
        // The old value is dropped after the lock is released.
        let old = self.value.with_value(|value| match value {
            Some(value) => Ok(std::mem::replace(value, new)),
            None => Err(new),
        });
        if gate.is_watched() {
            trail::saw_word(old.is_ok().into());
        }
        old.is_ok()
    }

    /// What it holds, for who looks at a program that stands still.
    pub fn held(&self) -> Option<Value> {
        self.value.with(|value| value.clone())
    }

    /// Its `let` runs.
    pub fn fill(&self, gate: &Gate<'_>, new: Value) {
        gate.announce(|| Operation::WriteVariable(ObjectId::of(self)));
        gate.tell(|| super::show::change("", &in_words(&new)));
        if gate.is_watched() {
            trail::saw(Some(&new));
        }
        let old = self.value.with_value(|value| value.replace(new));
        drop(old);
    }
}

impl Drop for SharedCell {
    fn drop(&mut self) {
        crate::gate::gone(self);
    }
}
