//! What the binary operators do with any two values.

use super::error::fail;
use super::{Kind, Result, Value};
use crate::gate::Gate;
use crate::syntax::tree::BinaryOperator;

/// `left operator right`
pub fn apply(
    operator: BinaryOperator,
    left: &Value,
    right: &Value,
    gate: &Gate<'_>,
) -> Result<Value> {
    let _ = (operator, left, right, gate);
    Err(fail(Kind::Unsupported, "apply"))
}
