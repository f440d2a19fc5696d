//! Values as they are written in a program.

use super::{Result, Value};
use crate::gate::Gate;

/// The value as it would be written in a program.
pub fn show(value: &Value, gate: &Gate<'_>) -> Result<String> {
    let _ = gate;
    Ok(format!("{value:?}"))
}
