//! What operators do with numbers: Python's rules.
//!
//! ```text
//!   int, int     64 bits while they suffice, then any size     (no int is ever both)
//!   int, float   the int becomes a float; too large for one is the error overflow
//! ```

use std::borrow::Cow;
use std::ops::{Add, Mul, Sub};

use num_bigint::BigInt;
use num_traits::ToPrimitive;

use super::arithmetic::cannot;
use super::error::fail;
use super::{Kind, Result, Unwind, Value};
use crate::syntax::tree::BinaryOperator;

pub use super::division::{divide, floor_divide, modulo};
pub use super::power::{power, power_with};

/// The largest int, in bits; about 80 million digits. Beyond it a single multiplication would
/// take long enough to look like a hang.
pub const MOST_BITS: u64 = 1 << 28;

/// A value that is a number.
#[derive(Copy, Clone, Debug)]
pub enum Number<'v> {
    /// An int of 64 bits.
    Int(i64),
    /// An int beyond that.
    Big(&'v BigInt),
    /// A float.
    Float(f64),
}

impl<'v> Number<'v> {
    /// The value as a number. A bool is none.
    #[inline]
    pub fn of(value: &'v Value) -> Option<Number<'v>> {
        match value {
            Value::Int(number) => Some(Number::Int(*number)),
            Value::BigInt(number) => Some(Number::Big(number)),
            Value::Float(number) => Some(Number::Float(*number)),
            _ => None,
        }
    }

    /// The nearest float; an error if it would be beyond the floats.
    pub fn to_float(self) -> Result<f64> {
        match self {
            Number::Int(number) => Ok(number as f64),
            Number::Float(number) => Ok(number),
            Number::Big(number) => match number.to_f64() {
                Some(float) if float.is_finite() => Ok(float),
                _ => Err(fail(
                    Kind::Overflow,
                    "the int is too large to become a float",
                )),
            },
        }
    }
}

/// Two numbers, made alike.
pub(super) enum Pair<'v> {
    /// Two ints, of which at least one or the result is beyond 64 bits.
    Ints(Cow<'v, BigInt>, Cow<'v, BigInt>),
    /// Two floats.
    Floats(f64, f64),
}

/// Makes two numbers alike; anything else is the error of `operator`.
pub(super) fn alike<'v>(
    operator: BinaryOperator,
    left: &'v Value,
    right: &'v Value,
) -> Result<Pair<'v>> {
    let (Some(a), Some(b)) = (Number::of(left), Number::of(right)) else {
        return Err(cannot(operator, left, right));
    };
    let big = |number| match number {
        Number::Int(number) => Some(Cow::Owned(BigInt::from(number))),
        Number::Big(number) => Some(Cow::Borrowed(number)),
        Number::Float(_) => None,
    };
    match (big(a), big(b)) {
        (Some(a), Some(b)) => Ok(Pair::Ints(a, b)),
        _ => Ok(Pair::Floats(a.to_float()?, b.to_float()?)),
    }
}

/// `left + right`
#[inline]
pub fn add(left: &Value, right: &Value) -> Result<Value> {
    if let (Value::Int(a), Value::Int(b)) = (left, right)
        && let Some(sum) = a.checked_add(*b)
    {
        return Ok(Value::Int(sum));
    }
    match alike(BinaryOperator::Add, left, right)? {
        Pair::Ints(a, b) => Ok(Value::integer(a.as_ref().add(b.as_ref()))),
        Pair::Floats(a, b) => Ok(Value::Float(a + b)),
    }
}

/// `left - right`
#[inline]
pub fn subtract(left: &Value, right: &Value) -> Result<Value> {
    if let (Value::Int(a), Value::Int(b)) = (left, right)
        && let Some(difference) = a.checked_sub(*b)
    {
        return Ok(Value::Int(difference));
    }
    match alike(BinaryOperator::Subtract, left, right)? {
        Pair::Ints(a, b) => Ok(Value::integer(a.as_ref().sub(b.as_ref()))),
        Pair::Floats(a, b) => Ok(Value::Float(a - b)),
    }
}

/// `left * right`
#[inline]
pub fn multiply(left: &Value, right: &Value) -> Result<Value> {
    if let (Value::Int(a), Value::Int(b)) = (left, right)
        && let Some(product) = a.checked_mul(*b)
    {
        return Ok(Value::Int(product));
    }
    match alike(BinaryOperator::Multiply, left, right)? {
        Pair::Ints(a, b) if a.bits() + b.bits() > MOST_BITS => Err(too_large()),
        Pair::Ints(a, b) => Ok(Value::integer(a.as_ref().mul(b.as_ref()))),
        Pair::Floats(a, b) => Ok(Value::Float(a * b)),
    }
}

/// `-number`
#[inline]
pub fn negate(number: &Value) -> Result<Value> {
    match number {
        Value::Int(number) => Ok(number
            .checked_neg()
            .map_or_else(|| Value::integer(-BigInt::from(*number)), Value::Int)),
        Value::BigInt(number) => Ok(Value::integer(-number.as_ref())),
        Value::Float(number) => Ok(Value::Float(-number)),
        other => Err(fail(
            Kind::Type,
            format!("cannot negate {}", other.type_name()),
        )),
    }
}

/// The error of an int beyond [`MOST_BITS`].
#[cold]
pub(super) fn too_large() -> Unwind {
    fail(
        Kind::Memory,
        "the int would have more than 80 million digits",
    )
}
