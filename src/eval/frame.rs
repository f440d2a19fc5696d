//! The row of slots of the running code.
//!
//! Everything that reads or writes a slot goes through these few functions. They are safe code:
//! every access is checked against the length of the stack.

use crate::resolve::program::LocalSlot;
use crate::runtime::machine::Machine;
use crate::value::Value;
use crate::value::discard::put;

impl Machine<'_> {
    /// What a slot holds.
    #[inline(always)]
    pub fn local(&self, slot: LocalSlot) -> &Value {
        &self.stack[self.base + slot.0 as usize]
    }

    /// What a slot holds, which is not needed there any more.
    #[inline(always)]
    pub fn take_local(&mut self, slot: LocalSlot) -> Value {
        self.stack[self.base + slot.0 as usize].taken()
    }

    /// What a slot holds, where it is read for the last time. Reports leave it out from then on;
    /// whoever watches sees it stay.
    #[inline(always)]
    pub fn give_local(&mut self, slot: LocalSlot) -> Value {
        let place = &mut self.stack[self.base + slot.0 as usize];
        match place {
            Value::Int(number) => Value::Int(*number),
            place if self.gate.is_watched() => place.copied(),
            place => given(place),
        }
    }

    /// Writes a slot.
    #[inline(always)]
    pub fn set_local(&mut self, slot: LocalSlot, value: Value) {
        let at = self.base + slot.0 as usize;
        put(&mut self.stack[at], value);
    }
}

impl Machine<'_> {
    /// Writes an int into a slot. Most often there is one already: then only the number is
    /// written, for a whole value would be put together in memory first and read back at once,
    /// which processors do slowly.
    #[inline(always)]
    pub fn set_local_int(&mut self, slot: LocalSlot, number: i64) {
        let at = self.base + slot.0 as usize;
        match &mut self.stack[at] {
            Value::Int(old) => *old = number,
            other => put(other, Value::Int(number)),
        }
    }
}

/// What is in there, which is known to be gone from then on; handed back in registers, as
/// [`Value::taken`].
#[inline(never)]
fn given(place: &mut Value) -> Value {
    std::mem::replace(place, Value::Absent)
}

/// A copy of a value.
#[inline(always)]
pub fn copy(value: &Value) -> Value {
    value.copied()
}
