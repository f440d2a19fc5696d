//! Which values are equal, and which come first.

use std::cmp::Ordering;

use super::error::fail;
use super::{Kind, Result, Value};
use crate::gate::Gate;

/// `left == right`
pub fn equal(left: &Value, right: &Value, gate: &Gate<'_>) -> Result<bool> {
    let _ = (left, right, gate);
    Err(fail(Kind::Unsupported, "equal"))
}

/// Which comes first; `None` where nan is involved. An error for values that have no order.
pub fn compare(left: &Value, right: &Value, gate: &Gate<'_>) -> Result<Option<Ordering>> {
    let _ = (left, right, gate);
    Err(fail(Kind::Unsupported, "compare"))
}

/// `left < right`
pub fn less(left: &Value, right: &Value, gate: &Gate<'_>) -> Result<bool> {
    Ok(compare(left, right, gate)? == Some(Ordering::Less))
}

/// The values in order, equal ones as they came. An error of `less` ends the sort; a `less` that
/// contradicts itself gives some order.
pub fn sort_by(
    values: Vec<Value>,
    less: &mut dyn FnMut(&Value, &Value) -> Result<bool>,
) -> Result<Vec<Value>> {
    let _ = less;
    Ok(values)
}
