//! `**`: powers, by repeated squaring where ints have them exactly.

use num_bigint::{BigInt, BigUint};
use num_traits::{One, Signed, ToPrimitive, Zero};

use super::error::fail;
use super::number::{MOST_BITS, Number, Pair, alike, too_large};
use super::{Kind, Result, Value};
use crate::syntax::tree::BinaryOperator;

/// `base ** exponent`
pub fn power(base: &Value, exponent: &Value) -> Result<Value> {
    power_with(base, exponent, &mut || Ok(()))
}

/// `base ** exponent`; `tick` is called before every step that may take long, and its error ends
/// the computation.
pub fn power_with(
    base: &Value,
    exponent: &Value,
    tick: &mut dyn FnMut() -> Result<()>,
) -> Result<Value> {
    if let (Value::Int(base), Value::Int(exponent)) = (base, exponent)
        && let Ok(exponent) = u32::try_from(*exponent)
        && let Some(power) = base.checked_pow(exponent)
    {
        return Ok(Value::Int(power));
    }
    match alike(BinaryOperator::Power, base, exponent)? {
        Pair::Floats(base, exponent) => of_floats(base, exponent),
        Pair::Ints(base, exponent) if exponent.is_negative() => of_floats(
            Number::Big(&base).to_float()?,
            Number::Big(&exponent).to_float()?,
        ),
        Pair::Ints(base, exponent) => of_ints(&base, exponent.magnitude(), tick),
    }
}

fn of_floats(base: f64, exponent: f64) -> Result<Value> {
    if base == 0.0 && exponent < 0.0 {
        return Err(fail(
            Kind::ZeroDivision,
            "division by zero: 0 has no negative power",
        ));
    }
    if base < 0.0 && base.is_finite() && exponent.is_finite() && exponent.fract() != 0.0 {
        return Err(fail(
            Kind::Value,
            "a negative number has no real power with a fraction as exponent",
        ));
    }
    let power = base.powf(exponent);
    if power.is_infinite() && base.is_finite() && exponent.is_finite() {
        return Err(fail(Kind::Overflow, "the power is too large for a float"));
    }
    Ok(Value::from(power))
}

fn of_ints(
    base: &BigInt,
    exponent: &BigUint,
    tick: &mut dyn FnMut() -> Result<()>,
) -> Result<Value> {
    let odd = exponent.bit(0);
    if exponent.is_zero() || base.is_one() {
        return Ok(Value::Int(1));
    }
    if base.is_zero() {
        return Ok(Value::Int(0));
    }
    if base.magnitude().is_one() {
        return Ok(Value::Int(if odd { -1 } else { 1 }));
    }
    // The base is at least 2^(bits - 1), so this many bits are needed at least.
    let exponent = exponent.to_u64().ok_or_else(too_large)?;
    let least_bits = (base.bits() - 1).checked_mul(exponent);
    if least_bits.is_none_or(|bits| bits > MOST_BITS) {
        return Err(too_large());
    }
    let twos = base.magnitude().trailing_zeros().unwrap_or(0);
    let rest = base.magnitude() >> twos;
    let mut power = BigUint::one();
    for position in (0..u64::BITS - exponent.leading_zeros()).rev() {
        tick()?;
        if power.bits() * 2 > MOST_BITS {
            return Err(too_large());
        }
        power = &power * &power;
        if exponent >> position & 1 == 1 {
            power *= &rest;
        }
    }
    power <<= twos * exponent;
    let power = BigInt::from(power);
    Ok(Value::integer(if odd && base.is_negative() {
        -power
    } else {
        power
    }))
}
