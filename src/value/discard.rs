//! Letting go of values.
//!
//! Most values that a program lets go of are small ones, which own nothing: those cost no more than
//! a look at their tag.

use super::Value;

/// Whether a value is one of the small ones, which own no memory.
#[inline(always)]
pub fn owns_nothing(value: &Value) -> bool {
    matches!(
        value,
        Value::Nil | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Absent
    )
}

/// Writes a value over another. A small one that is overwritten is not even read: reading at once
/// what was written in parts is what processors do slowly.
#[inline(always)]
pub fn put(place: &mut Value, value: Value) {
    match owns_nothing(place) {
        true => std::mem::forget(std::mem::replace(place, value)),
        false => drop_owned(std::mem::replace(place, value)),
    }
}

/// Drops a value; costs nothing but a look at the tag for the small ones.
#[inline(always)]
pub fn discard(value: Value) {
    match value {
        // Nothing is leaked: these own nothing.
        Value::Nil | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Absent => {
            std::mem::forget(value);
        }
        _ => drop_owned(value),
    }
}

/// Drops a value that may own memory; out of the way.
#[inline(never)]
pub fn drop_owned(value: Value) {
    drop(value);
}
