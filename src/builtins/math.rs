//! Numbers.

use std::f64::consts;

use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};

use crate::gate::Gate;
use crate::runtime::machine::Machine;
use crate::value::error::fail;
use crate::value::show::show_short;
use crate::value::{Kind, Result, Unwind, Value, number};

use super::arguments::{expect_big, expect_number, wrong_type};
use super::{Row, Run};

pub(super) const TABLE: &[Row] = &[
    Row {
        name: "abs",
        parameters: "x",
        doc: "x without its sign",
        example: "print(abs(-3), abs(2.5))",
        gives: "3 2.5",
        run: Run::Function(abs),
    },
    Row {
        name: "sqrt",
        parameters: "x",
        doc: "the square root, a float; isqrt gives the exact whole root of an int",
        example: "sqrt(16)",
        gives: "4.0",
        run: Run::Function(sqrt),
    },
    Row {
        name: "isqrt",
        parameters: "n",
        doc: "the largest int whose square is at most n, exactly, however large n is",
        example: "print(isqrt(17))\nisqrt(10 ** 40)",
        gives: "4\n100000000000000000000",
        run: Run::Function(isqrt),
    },
    Row {
        name: "pow",
        parameters: "x, y, mod = nil",
        doc: "x ** y; with mod the remainder of that, computed without the large number in between",
        example: "print(pow(2, 10))\npow(3, 1000000, 7)",
        gives: "1024\n4",
        run: Run::Function(pow),
    },
    Row {
        name: "exp",
        parameters: "x",
        doc: "e to the power of x",
        example: "exp(0)",
        gives: "1.0",
        run: Run::Function(exp),
    },
    Row {
        name: "log",
        parameters: "x, base = nil",
        doc: "the logarithm of x, the natural one if no base is given",
        example: "print(log(1))\nlog(8, 2)",
        gives: "0.0\n3.0",
        run: Run::Function(log),
    },
    Row {
        name: "sin",
        parameters: "x",
        doc: "the sine of an angle in radians",
        example: "sin(0)",
        gives: "0.0",
        run: Run::Function(sin),
    },
    Row {
        name: "cos",
        parameters: "x",
        doc: "the cosine of an angle in radians",
        example: "cos(pi)",
        gives: "-1.0",
        run: Run::Function(cos),
    },
    Row {
        name: "pi",
        parameters: "",
        doc: "half of the way around a circle of radius 1",
        example: "pi",
        gives: "3.141592653589793",
        run: Run::Constant(|| Value::from(consts::PI)),
    },
    Row {
        name: "inf",
        parameters: "",
        doc: "the float that is greater than every other number",
        example: "min(3, inf)",
        gives: "3",
        run: Run::Constant(|| Value::from(f64::INFINITY)),
    },
    Row {
        name: "nan",
        parameters: "",
        doc: "the float that is no number, and equal to none, not even to itself",
        example: "nan == nan",
        gives: "false",
        run: Run::Constant(|| Value::from(f64::NAN)),
    },
];

fn abs(_: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    match &arguments[0] {
        Value::Int(number) => Ok(match number.checked_abs() {
            Some(number) => Value::Int(number),
            None => Value::integer(BigInt::from(*number).abs()),
        }),
        Value::Float(number) => Ok(Value::from(number.get().abs())),
        Value::BigInt(number) => Ok(Value::integer(number.abs())),
        other => Err(wrong_type("abs", "x", "a number", other)),
    }
}

fn sqrt(_: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let x = expect_number("sqrt", "x", &arguments[0])?;
    match x < 0.0 {
        true => Err(no_value("sqrt", &arguments[0])),
        false => Ok(Value::from(x.sqrt())),
    }
}

/// Where a function has no value.
#[cold]
fn no_value(builtin: &str, x: &Value) -> Unwind {
    let shown = show_short(x, &Gate::open(), 40);
    fail(Kind::Value, format!("{builtin} has no value at {shown}"))
}

/// What a function of floats gives, which must not outgrow them.
fn finite(builtin: &str, x: &Value, result: f64) -> Result<Value> {
    match result.is_finite() {
        true => Ok(Value::from(result)),
        false => {
            let shown = show_short(x, &Gate::open(), 40);
            Err(fail(
                Kind::Overflow,
                format!("{builtin}({shown}) is too large for a float"),
            ))
        }
    }
}

fn isqrt(_: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    match &arguments[0] {
        Value::Int(number @ 0..) => Ok(Value::Int(number.isqrt())),
        Value::BigInt(number) if !number.is_negative() => Ok(Value::integer(number.sqrt())),
        negative @ (Value::Int(_) | Value::BigInt(_)) => Err(no_value("isqrt", negative)),
        other => Err(wrong_type("isqrt", "n", "an int", other)),
    }
}

fn pow(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let (x, y) = (&arguments[0], &arguments[1]);
    if matches!(arguments[2], Value::Nil) {
        return number::power_with(x, y, &mut || machine.tick());
    }
    let base = expect_big("pow", "x", x)?;
    let exponent = expect_big("pow", "y", y)?;
    let modulus = expect_big("pow", "mod", &arguments[2])?;
    if modulus.is_zero() {
        return Err(fail(Kind::ZeroDivision, "pow cannot divide by 0"));
    }
    let base = match exponent.is_negative() {
        false => base,
        true => base.modinv(&modulus).ok_or_else(|| {
            let shown = show_short(x, &Gate::open(), 40);
            fail(
                Kind::Value,
                format!("{shown} has no inverse for that modulus: they have a common divisor"),
            )
        })?,
    };
    Ok(Value::integer(base.modpow(&exponent.abs(), &modulus)))
}

fn exp(_: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let x = expect_number("exp", "x", &arguments[0])?;
    match x.is_finite() {
        true => finite("exp", &arguments[0], x.exp()),
        false => Ok(Value::from(x.exp())),
    }
}

fn log(_: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let x = logarithm(&arguments[0], "x")?;
    let base = match &arguments[1] {
        Value::Nil => return Ok(Value::from(x)),
        // Exact where the powers are.
        Value::Int(2) => return Ok(Value::from(logarithm_2(&arguments[0], x))),
        Value::Int(10) => return Ok(Value::from(logarithm_10(&arguments[0], x))),
        base => logarithm(base, "base")?,
    };
    match base == 0.0 {
        true => Err(fail(
            Kind::ZeroDivision,
            "there is no logarithm to the base 1",
        )),
        false => Ok(Value::from(x / base)),
    }
}

/// The natural logarithm, of ints of any size.
fn logarithm(value: &Value, parameter: &str) -> Result<f64> {
    if let Value::BigInt(number) = value
        && number.is_positive()
    {
        // number = mantissa * 2 ** shift
        let shift = number.bits().saturating_sub(64);
        let mantissa: BigInt = &**number >> shift;
        let mantissa = mantissa.to_f64().unwrap_or(f64::MAX);
        return Ok(mantissa.ln() + shift as f64 * consts::LN_2);
    }
    let x = expect_number("log", parameter, value)?;
    match x <= 0.0 {
        true => Err(no_value("log", value)),
        false => Ok(x.ln()),
    }
}

fn logarithm_2(value: &Value, natural: f64) -> f64 {
    match value {
        Value::Int(number) => (*number as f64).log2(),
        Value::Float(number) => number.get().log2(),
        _ => natural / consts::LN_2,
    }
}

fn logarithm_10(value: &Value, natural: f64) -> f64 {
    match value {
        Value::Int(number) => (*number as f64).log10(),
        Value::Float(number) => number.get().log10(),
        _ => natural / consts::LN_10,
    }
}

fn sin(_: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    angle("sin", &arguments[0], f64::sin)
}

fn cos(_: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    angle("cos", &arguments[0], f64::cos)
}

fn angle(builtin: &str, x: &Value, function: fn(f64) -> f64) -> Result<Value> {
    let number = expect_number(builtin, "x", x)?;
    match number.is_infinite() {
        true => Err(no_value(builtin, x)),
        false => Ok(Value::from(function(number))),
    }
}
