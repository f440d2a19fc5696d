//! Numbers from text, as `int("…")` and `float("…")` read them.

use super::Value;

/// The int that is written there in a base from 2 to 36, or 0 for the one its prefix says.
pub fn integer(text: &str, base: u32) -> Option<Value> {
    i64::from_str_radix(text, base).ok().map(Value::Int)
}

/// The float that is written there.
pub fn float(text: &str) -> Option<f64> {
    text.parse().ok()
}
