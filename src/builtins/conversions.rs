//! From one type to another.

use std::sync::Arc;

use num_bigint::BigInt;
use num_traits::FromPrimitive;

use crate::gate::Gate;
use crate::runtime::machine::Machine;
use crate::value::error::fail;
use crate::value::show::{display, show, show_short};
use crate::value::{Failure, Kind, Result, Unwind, Value, parse};

use super::arguments::{
    expect_int, expect_number, expect_string, make_room, wrong_type, wrong_value,
};
use super::going::{Going, go_over};
use super::{Row, Run};

pub(super) const TABLE: &[Row] = &[
    Row {
        name: "type",
        parameters: "x",
        doc: "the word for the type of x",
        example: "print(type(1), type(\"a\"), type([1: 2]))\ntype(nil)",
        gives: "int string map\n\"nil\"",
        run: Run::Function(type_of),
    },
    Row {
        name: "str",
        parameters: "x",
        doc: "x as print shows it; bytes are read as UTF-8 text",
        example: "print(str(1.5) + \"!\", str([1, \"a\"]))\nstr(bytes(\"hi\"))",
        gives: "1.5! [1, \"a\"]\n\"hi\"",
        run: Run::Function(str),
    },
    Row {
        name: "repr",
        parameters: "x",
        doc: "x as it would be written in a program",
        example: "print(repr(\"a\\nb\"))",
        gives: "\"a\\nb\"",
        run: Run::Function(repr),
    },
    Row {
        name: "int",
        parameters: "x, base = nil",
        doc: "the int written in a string, in a base from 2 to 36 (10 if not said otherwise); a float without what is behind its point",
        example: "print(int(\" 42 \"), int(-2.7), int(true))\nint(\"ff\", 16)",
        gives: "42 -2 1\n255",
        run: Run::Function(int),
    },
    Row {
        name: "float",
        parameters: "x",
        doc: "the float written in a string, or a number as a float",
        example: "print(float(3))\nfloat(\"1e-3\")",
        gives: "3.0\n0.001",
        run: Run::Function(float),
    },
    Row {
        name: "bool",
        parameters: "x",
        doc: "false for nil, false, 0, and what is empty; else true",
        example: "print(bool(0), bool(\"\"), bool([]))\nbool(\"false\")",
        gives: "false false false\ntrue",
        run: Run::Function(bool),
    },
    Row {
        name: "bytes",
        parameters: "x",
        doc: "a string in UTF-8, or ints from 0 to 255, as bytes",
        example: "len(bytes(\"häh\")) + len(bytes([104, 105]))",
        gives: "6",
        run: Run::Function(bytes),
    },
];

fn type_of(_: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    Ok(Value::from(arguments[0].type_name()))
}

fn str(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    match &arguments[0] {
        text @ Value::String(_) => Ok(text.clone()),
        Value::Bytes(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Value::from(text)),
            Err(error) => Err(fail(
                Kind::Value,
                format!(
                    "str cannot read the bytes as UTF-8 text: byte {} does not fit",
                    error.valid_up_to()
                ),
            )),
        },
        other => Ok(Value::from(display(other, &machine.gate)?)),
    }
}

fn repr(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    Ok(Value::from(show(&arguments[0], &machine.gate)?))
}

fn int(_: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let (x, base) = (&arguments[0], &arguments[1]);
    if !matches!(base, Value::Nil) {
        let text = expect_string("int", "x", x)?;
        let number = expect_int("int", "base", base)?;
        return match u32::try_from(number) {
            Ok(number @ (0 | 2..=36)) => {
                parse::integer(text, number).ok_or_else(|| no_int(x, Some(number)))
            }
            _ => Err(wrong_value(
                "base",
                base,
                "int needs a base from 2 to 36, or 0 for the one that a prefix such as 0x says",
            )),
        };
    }
    match x {
        Value::Int(_) | Value::BigInt(_) => Ok(x.clone()),
        Value::Bool(value) => Ok(Value::Int(i64::from(value.get()))),
        Value::Float(number) => match BigInt::from_f64(number.get().trunc()) {
            Some(whole) => Ok(Value::integer(whole)),
            None if number.get().is_nan() => Err(fail(Kind::Value, "there is no int for nan")),
            None => Err(fail(Kind::Overflow, "there is no int for inf")),
        },
        Value::String(text) => parse::integer(text, 10).ok_or_else(|| no_int(x, None)),
        other => Err(wrong_type("int", "x", "a number, string or bool", other)),
    }
}

#[cold]
fn no_int(text: &Value, base: Option<u32>) -> Unwind {
    let shown = show_short(text, &Gate::open(), 40);
    let base_words = match base {
        None | Some(10) => String::new(),
        Some(base) => format!(" in base {base}"),
    };
    let failure = Failure::error(
        Kind::Value,
        format!("int cannot read {shown} as a whole number{base_words}"),
    );
    match text {
        Value::String(text) if parse::float(text).is_some() => failure
            .help("int(float(x)) reads it and cuts off what is behind the point")
            .into(),
        _ => failure.into(),
    }
}

fn float(_: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    match &arguments[0] {
        Value::Bool(value) => Ok(Value::from(f64::from(value.get()))),
        x @ Value::String(text) => parse::float(text).map(Value::from).ok_or_else(|| {
            let shown = show_short(x, &Gate::open(), 40);
            fail(
                Kind::Value,
                format!("float cannot read {shown} as a number"),
            )
        }),
        x @ (Value::Int(_) | Value::Float(_) | Value::BigInt(_)) => {
            Ok(Value::from(expect_number("float", "x", x)?))
        }
        other => Err(wrong_type("float", "x", "a number, string or bool", other)),
    }
}

fn bool(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    Ok(Value::from(match &arguments[0] {
        Value::Nil => false,
        Value::Bool(value) => value.get(),
        Value::Int(number) => *number != 0,
        Value::Float(number) => number.get() != 0.0,
        Value::String(text) => !text.is_empty(),
        Value::Bytes(bytes) => !bytes.is_empty(),
        Value::List(list) => !list.is_empty(&machine.gate),
        Value::Map(map) => !map.is_empty(&machine.gate),
        Value::Range(range) => !range.is_empty(),
        _ => true,
    }))
}

fn bytes(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    match &arguments[0] {
        bytes @ Value::Bytes(_) => Ok(bytes.clone()),
        Value::String(text) => Ok(Value::Bytes(Arc::new(text.as_bytes().to_vec()))),
        numbers @ (Value::List(_) | Value::Range(_)) => {
            let mut bytes: Vec<u8> = Vec::new();
            go_over(machine, numbers, |_, number| {
                make_room("bytes", &mut bytes, 1)?;
                match number {
                    Value::Int(byte @ 0..=255) => bytes.push(byte as u8),
                    number @ (Value::Int(_) | Value::BigInt(_)) => {
                        let shown = show_short(&number, &Gate::open(), 40);
                        return Err(fail(
                            Kind::Value,
                            format!("a byte is a number from 0 to 255, not {shown}"),
                        ));
                    }
                    other => return Err(wrong_type("bytes", "x", "a list of ints", &other)),
                }
                Ok(Going::On)
            })?;
            Ok(Value::Bytes(Arc::new(bytes)))
        }
        other => Err(wrong_type(
            "bytes",
            "x",
            "a string or a list of ints",
            other,
        )),
    }
}
