//! `/`, `//` and `%`: true division, and division that rounds toward minus infinity.

use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_traits::{ToPrimitive, Zero};

use super::error::fail;
use super::number::{Pair, alike};
use super::{Kind, Result, Unwind, Value};
use crate::syntax::tree::BinaryOperator;

/// `left / right`, always a float: of ints of any size the one nearest to the exact quotient.
#[inline]
pub fn divide(left: &Value, right: &Value) -> Result<Value> {
    const EXACT: std::ops::RangeInclusive<i64> = -(1 << 53)..=1 << 53;
    if let (Value::Int(a), Value::Int(b)) = (left, right)
        && EXACT.contains(a)
        && EXACT.contains(b)
        && *b != 0
    {
        return Ok(Value::from(*a as f64 / *b as f64));
    }
    match alike(BinaryOperator::Divide, left, right)? {
        Pair::Ints(_, b) if b.is_zero() => Err(by_zero()),
        Pair::Ints(a, b) => quotient(&a, &b).map(Value::from),
        Pair::Floats(_, 0.0) => Err(by_zero()),
        Pair::Floats(a, b) => Ok(Value::from(a / b)),
    }
}

/// `left // right`
#[inline]
pub fn floor_divide(left: &Value, right: &Value) -> Result<Value> {
    if let (Value::Int(a), Value::Int(b)) = (left, right)
        && *b != 0
        && let Some(quotient) = a.checked_div(*b)
    {
        let inexact = a % b != 0 && (*a < 0) != (*b < 0);
        return Ok(Value::Int(quotient - i64::from(inexact)));
    }
    match alike(BinaryOperator::FloorDivide, left, right)? {
        Pair::Ints(_, b) if b.is_zero() => Err(by_zero()),
        Pair::Ints(a, b) => Ok(Value::integer(a.div_floor(&b))),
        Pair::Floats(_, 0.0) => Err(by_zero()),
        Pair::Floats(a, b) => Ok(Value::from(float_floor(a, b).0)),
    }
}

/// `left % right`: has the sign of `right`.
#[inline]
pub fn modulo(left: &Value, right: &Value) -> Result<Value> {
    if let (Value::Int(a), Value::Int(b)) = (left, right)
        && *b != 0
    {
        // The remainder of the smallest int by -1, which is 0, wraps on the way.
        let remainder = a.wrapping_rem(*b);
        let wrong_sign = remainder != 0 && (remainder < 0) != (*b < 0);
        return Ok(Value::Int(if wrong_sign {
            remainder + b
        } else {
            remainder
        }));
    }
    match alike(BinaryOperator::Modulo, left, right)? {
        Pair::Ints(_, b) if b.is_zero() => Err(by_zero()),
        Pair::Ints(a, b) => Ok(Value::integer(a.mod_floor(&b))),
        Pair::Floats(_, 0.0) => Err(by_zero()),
        Pair::Floats(a, b) => Ok(Value::from(float_floor(a, b).1)),
    }
}

/// `a // b` and `a % b` of floats, as Python works them out: the two fit each other as well as
/// floats allow.
fn float_floor(a: f64, b: f64) -> (f64, f64) {
    let mut remainder = a % b;
    let mut quotient = (a - remainder) / b;
    if remainder == 0.0 {
        remainder = 0f64.copysign(b);
    } else if (b < 0.0) != (remainder < 0.0) {
        remainder += b;
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        return (0f64.copysign(a / b), remainder);
    }
    let mut floor = quotient.floor();
    if quotient - floor > 0.5 {
        floor += 1.0;
    }
    (floor, remainder)
}

/// The float nearest to `a / b`.
///
/// The quotient is worked out as an integer times a power of two, with at least two bits more
/// than a float keeps, then rounded once, half to even. Below the normal floats fewer bits are
/// kept, so that they are not rounded twice.
fn quotient(a: &BigInt, b: &BigInt) -> Result<f64> {
    const MANTISSA: i64 = 53;
    const LEAST: i64 = -1074;
    if a.is_zero() {
        return Ok(if b.sign() == Sign::Minus { -0.0 } else { 0.0 });
    }
    let negative = a.sign() != b.sign();
    let (a, b) = (a.magnitude(), b.magnitude());
    let more = a.bits() as i64 - b.bits() as i64;
    if more > 1025 {
        return Err(beyond_floats());
    }
    if more < LEAST - 2 {
        return Ok(if negative { -0.0 } else { 0.0 });
    }
    // Now a / b is whole / 2^shift, and `whole` has 55 or 56 bits, fewer for tiny quotients.
    let shift = (MANTISSA + 2 - more).min(2 - LEAST);
    let (whole, rest) = match shift {
        0.. => (a << shift.unsigned_abs()).div_rem(b),
        _ => a.div_rem(&(b << shift.unsigned_abs())),
    };
    let whole = whole.to_u64().unwrap_or(u64::MAX);
    let bits = i64::from(u64::BITS - whole.leading_zeros());
    let exponent = (bits - shift - MANTISSA).max(LEAST);
    let dropped = exponent + shift;
    let (kept, lost) = (whole >> dropped, whole & ((1 << dropped) - 1));
    let half = 1 << (dropped - 1);
    let up = lost > half || lost == half && (!rest.is_zero() || kept % 2 == 1);
    let magnitude = scaled((kept + u64::from(up)) as f64, exponent);
    match magnitude.is_finite() {
        true => Ok(if negative { -magnitude } else { magnitude }),
        false => Err(beyond_floats()),
    }
}

/// `number * 2^exponent`, in two steps where 2^exponent itself is below the normal floats.
fn scaled(number: f64, exponent: i64) -> f64 {
    let power_of_two = |exponent: i64| f64::from_bits(((exponent + 1023) as u64) << 52);
    match exponent {
        ..-1022 => number * power_of_two(-1022) * power_of_two(exponent + 1022),
        -1022..1024 => number * power_of_two(exponent),
        _ => f64::INFINITY,
    }
}

#[cold]
fn beyond_floats() -> Unwind {
    fail(Kind::Overflow, "the quotient is too large for a float")
        .help("`//` divides ints of any size")
}

#[cold]
fn by_zero() -> Unwind {
    fail(Kind::ZeroDivision, "division by zero")
}
