//! `xs[i]`, `xs[a:b]`, `m.key`: reading and writing parts of values.

use std::sync::Arc;

use super::error::fail;
use super::{Failure, Kind, Result, Value};
use crate::gate::Gate;

/// `object[index]`
pub fn get_index(object: &Value, index: &Value, gate: &Gate<'_>) -> Result<Value> {
    let _ = (object, index, gate);
    Err(fail(Kind::Unsupported, "index"))
}

/// `object[start:end]`; a bound that is nil counts as left out.
pub fn get_slice(
    object: &Value,
    start: Option<&Value>,
    end: Option<&Value>,
    gate: &Gate<'_>,
) -> Result<Value> {
    let _ = (object, start, end, gate);
    Err(fail(Kind::Unsupported, "slice"))
}

/// `object[index] = value`
pub fn set_index(object: &Value, index: &Value, value: Value, gate: &Gate<'_>) -> Result<()> {
    let _ = (object, index, value, gate);
    Err(fail(Kind::Unsupported, "index"))
}

/// `object.name`; `trace` tells the `.trace` of an error, for which the sources are needed.
pub fn get_field(
    object: &Value,
    name: &str,
    gate: &Gate<'_>,
    trace: &dyn Fn(&Arc<Failure>) -> Value,
) -> Result<Value> {
    let _ = (object, name, gate, trace);
    Err(fail(Kind::Unsupported, "field"))
}

/// `object.name = value`
pub fn set_field(object: &Value, name: &str, value: Value, gate: &Gate<'_>) -> Result<()> {
    let _ = (object, name, value, gate);
    Err(fail(Kind::Unsupported, "field"))
}
