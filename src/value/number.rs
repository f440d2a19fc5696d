//! What operators do with numbers.

use super::error::fail;
use super::{Kind, Result, Value};

/// `add`
pub fn add(left: &Value, right: &Value) -> Result<Value> {
    let _ = (left, right);
    Err(fail(Kind::Unsupported, "add"))
}

/// `subtract`
pub fn subtract(left: &Value, right: &Value) -> Result<Value> {
    let _ = (left, right);
    Err(fail(Kind::Unsupported, "subtract"))
}

/// `multiply`
pub fn multiply(left: &Value, right: &Value) -> Result<Value> {
    let _ = (left, right);
    Err(fail(Kind::Unsupported, "multiply"))
}

/// `divide`
pub fn divide(left: &Value, right: &Value) -> Result<Value> {
    let _ = (left, right);
    Err(fail(Kind::Unsupported, "divide"))
}

/// `floor_divide`
pub fn floor_divide(left: &Value, right: &Value) -> Result<Value> {
    let _ = (left, right);
    Err(fail(Kind::Unsupported, "floor_divide"))
}

/// `modulo`
pub fn modulo(left: &Value, right: &Value) -> Result<Value> {
    let _ = (left, right);
    Err(fail(Kind::Unsupported, "modulo"))
}

/// `power`
pub fn power(left: &Value, right: &Value) -> Result<Value> {
    let _ = (left, right);
    Err(fail(Kind::Unsupported, "power"))
}

/// `-number`
pub fn negate(number: &Value) -> Result<Value> {
    let _ = number;
    Err(fail(Kind::Unsupported, "negate"))
}

/// `base ** exponent`; `tick` is called now and then, and its error ends the computation.
pub fn power_with(
    base: &Value,
    exponent: &Value,
    tick: &mut dyn FnMut() -> Result<()>,
) -> Result<Value> {
    tick()?;
    power(base, exponent)
}
