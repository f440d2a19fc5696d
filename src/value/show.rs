//! Values as they are written in a program.

use super::{Result, Value};
use crate::gate::Gate;

/// The value as it would be written in a program.
pub fn show(value: &Value, gate: &Gate<'_>) -> Result<String> {
    let _ = gate;
    Ok(format!("{value:?}"))
}

/// The value as `print` shows it: strings bare, everything else as in a program.
pub fn display(value: &Value, gate: &Gate<'_>) -> Result<String> {
    match value {
        Value::String(text) => Ok(text.to_string()),
        other => show(other, gate),
    }
}

/// The value in at most so many characters, for labels in reports; what is cut ends in `…`.
pub fn show_short(value: &Value, gate: &Gate<'_>, limit_chars: usize) -> String {
    let shown = show(value, gate).unwrap_or_default();
    shown.chars().take(limit_chars).collect()
}
