//! From floats to whole numbers, and to fewer digits.
//!
//! Halves go to the even neighbour, so that sums of many rounded numbers do not drift:
//! `round(0.5)` is 0, `round(1.5)` is 2.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{FromPrimitive, Signed, Zero};

use crate::runtime::machine::Machine;
use crate::value::error::fail;
use crate::value::{Kind, Result, Value};

use super::arguments::{expect_big, expect_int, wrong_type};
use super::{Row, Run};

pub(super) const TABLE: &[Row] = &[
    Row {
        name: "floor",
        parameters: "x",
        doc: "the greatest int that is at most x",
        example: "print(floor(2.7), floor(-2.7))",
        gives: "2 -3",
        run: Run::Function(floor),
    },
    Row {
        name: "ceil",
        parameters: "x",
        doc: "the least int that is at least x",
        example: "print(ceil(2.1), ceil(-2.1))",
        gives: "3 -2",
        run: Run::Function(ceil),
    },
    Row {
        name: "round",
        parameters: "x, digits = nil",
        doc: "the nearest int, of two the even one; with digits the nearest number with so many digits behind the point",
        example: "print(round(2.5), round(3.5), round(2.675, 2))\nround(1250, -2)",
        gives: "2 4 2.67\n1200",
        run: Run::Function(round),
    },
];

fn floor(_: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    whole("floor", &arguments[0], f64::floor)
}

fn ceil(_: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    whole("ceil", &arguments[0], f64::ceil)
}

fn round(_: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let x = &arguments[0];
    if matches!(arguments[1], Value::Nil) {
        return whole("round", x, f64::round_ties_even);
    }
    let digits = expect_int("round", "digits", &arguments[1])?;
    match x {
        Value::Float(number) => Ok(Value::from(round_float(number.get(), digits))),
        Value::Int(_) | Value::BigInt(_) if digits >= 0 => Ok(x.clone()),
        Value::Int(_) | Value::BigInt(_) => Ok(round_int(expect_big("round", "x", x)?, digits)),
        other => Err(wrong_type("round", "x", "a number", other)),
    }
}

/// An int from a number, by `choose`.
fn whole(builtin: &str, x: &Value, choose: fn(f64) -> f64) -> Result<Value> {
    match x {
        Value::Int(_) | Value::BigInt(_) => Ok(x.clone()),
        Value::Float(number) => match BigInt::from_f64(choose(number.get())) {
            Some(whole) => Ok(Value::integer(whole)),
            None if number.get().is_nan() => {
                Err(fail(Kind::Value, format!("{builtin} has no value at nan")))
            }
            None => Err(fail(
                Kind::Overflow,
                format!(
                    "{builtin} gives an int, and there is none for {}",
                    number.get()
                ),
            )),
        },
        other => Err(wrong_type(builtin, "x", "a number", other)),
    }
}

/// The float nearest to `number` among those that `digits` digits behind the point can write.
fn round_float(number: f64, digits: i64) -> f64 {
    if !number.is_finite() {
        return number;
    }
    match digits {
        // No float has a digit that far behind the point.
        1100.. => number,
        // Writing it out and reading it again rounds the exact value, not an approximation.
        0.. => format!("{number:.*}", digits as usize)
            .parse()
            .unwrap_or(number),
        -308.. => {
            let unit = 10f64.powi(-digits as i32);
            (number / unit).round_ties_even() * unit
        }
        _ => 0.0 * number,
    }
}

/// The nearest multiple of ten to the power of `-digits`.
fn round_int(number: BigInt, digits: i64) -> Value {
    let places = digits.unsigned_abs();
    // So many digits it does not have: the nearest multiple is 0.
    if places > number.bits() {
        return Value::Int(0);
    }
    let unit = BigInt::from(10).pow(places as u32);
    let (quotient, rest) = number.div_mod_floor(&unit);
    let twice: BigInt = rest * 2 - &unit;
    let up = twice.is_positive() || (twice.is_zero() && quotient.is_odd());
    Value::integer((quotient + i32::from(up)) * unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_round_as_written_out_exactly() {
        assert_eq!(round_float(2.675, 2), 2.67);
        assert_eq!(round_float(0.125, 2), 0.12);
        assert_eq!(round_float(0.375, 2), 0.38);
        assert_eq!(round_float(2.5, 0), 2.0);
        assert_eq!(round_float(1234.5, -2), 1200.0);
        assert_eq!(round_float(1.5, 400), 1.5);
        assert_eq!(round_float(1e300, -400), 0.0);
    }

    #[test]
    fn ints_round_halves_to_even() {
        let round = |number: i64, digits| match round_int(BigInt::from(number), digits) {
            Value::Int(number) => number,
            _ => i64::MIN,
        };
        assert_eq!(round(1250, -2), 1200);
        assert_eq!(round(1350, -2), 1400);
        assert_eq!(round(-1250, -2), -1200);
        assert_eq!(round(-1251, -2), -1300);
        assert_eq!(round(7, -1), 10);
        assert_eq!(round(5, -1), 0);
        assert_eq!(round(5, -40), 0);
    }
}
