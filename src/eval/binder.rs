//! Declarations: how a variable gets its first value.

use std::sync::Arc;

use crate::resolve::program::{Binding, LocalSlot, Storage};
use crate::runtime::machine::Machine;
use crate::value::Value;
use crate::value::cell::{OnceCell, SharedCell};

/// A variable that is declared: where it lives and how it is stored.
#[derive(Copy, Clone)]
pub struct Binder {
    /// Its slot.
    pub slot: LocalSlot,
    /// How it is stored.
    pub storage: Storage,
}

impl From<&Binding> for Binder {
    fn from(binding: &Binding) -> Binder {
        Binder {
            slot: binding.slot,
            storage: binding.storage,
        }
    }
}

impl Binder {
    /// An empty cell, if it lives in one: its scope is entered.
    pub fn prepare(self, machine: &mut Machine<'_>) {
        let cell = match self.storage {
            Storage::Plain => return,
            Storage::Once => Value::Once(Arc::new(OnceCell::default())),
            Storage::Shared => Value::Shared(Arc::new(SharedCell::default())),
        };
        machine.set_local(self.slot, cell);
    }

    /// Its `let` runs: the cell, if it lives in one, is there already.
    #[inline(always)]
    pub fn fill(self, machine: &mut Machine<'_>, value: Value) {
        match self.storage {
            Storage::Plain => machine.set_local(self.slot, value),
            _ => self.fill_cell(machine, value),
        }
    }

    fn fill_cell(self, machine: &mut Machine<'_>, value: Value) {
        match machine.local(self.slot) {
            Value::Once(cell) => cell.fill(value),
            Value::Shared(cell) => cell.fill(&machine.gate, value),
            _ => machine.set_local(self.slot, value),
        }
    }

    /// It gets a fresh cell, if it lives in one, with its value: a turn of a loop begins.
    #[inline(always)]
    pub fn bind(self, machine: &mut Machine<'_>, value: Value) {
        let value = match self.storage {
            Storage::Plain => value,
            _ => self.in_cell(value),
        };
        machine.set_local(self.slot, value);
    }

    #[inline(never)]
    fn in_cell(self, value: Value) -> Value {
        match self.storage {
            Storage::Plain => value,
            Storage::Once => {
                let cell = OnceCell::default();
                cell.fill(value);
                Value::Once(Arc::new(cell))
            }
            Storage::Shared => Value::Shared(Arc::new(SharedCell::filled(value))),
        }
    }
}
