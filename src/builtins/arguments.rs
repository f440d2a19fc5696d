//! What builtins ask of their arguments: the right type, a value that makes sense, enough memory.
//!
//! ```text
//!   push(3, 1)     push needs a list as `xs`, not an int        expect_list("push", "xs", …)
//! ```

use std::sync::Arc;

use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive};

use crate::diagnostics::words::with_article;
use crate::gate::Gate;
use crate::value::error::fail;
use crate::value::list::List;
use crate::value::map::Map;
use crate::value::show::show_short;
use crate::value::text::Text;
use crate::value::{Failure, Kind, Result, Unwind, Value};

/// How many characters of a value an error shows.
const SHOWN: usize = 40;

/// The error for an argument of the wrong type.
#[cold]
pub fn wrong_type(builtin: &str, parameter: &str, wanted: &str, got: &Value) -> Unwind {
    let failure = Failure::error(
        Kind::Type,
        format!(
            "{builtin} needs {wanted} as `{parameter}`, not {}",
            with_article(got.type_name())
        ),
    )
    .label(named(parameter, got));
    match super::find(builtin).map(|builtin| &builtin.rows[..]) {
        Some([(row, _)]) => failure
            .help(format!("{builtin}({}): {}", row.parameters, row.doc))
            .into(),
        _ => failure.into(),
    }
}

/// The error for an argument of the wrong type of a builtin on tasks and queues, whose parameters
/// need no names.
#[cold]
pub fn wrong_argument(name: &str, wanted: &str, got: &Value) -> Unwind {
    fail(
        Kind::Type,
        format!(
            "{name} needs {wanted}, not {}",
            with_article(got.type_name())
        ),
    )
}

/// The error for an argument of the right type that makes no sense.
#[cold]
pub fn wrong_value(parameter: &str, got: &Value, message: impl Into<String>) -> Unwind {
    Failure::error(Kind::Value, message)
        .label(named(parameter, got))
        .into()
}

/// `xs is [1, 2]`. Only for reports, which a program does not notice.
fn named(parameter: &str, value: &Value) -> String {
    format!("{parameter} is {}", show_short(value, &Gate::open(), SHOWN))
}

/// A string.
pub fn expect_string<'a>(builtin: &str, parameter: &str, value: &'a Value) -> Result<&'a Text> {
    match value {
        Value::String(text) => Ok(text),
        other => Err(wrong_type(builtin, parameter, "a string", other)),
    }
}

/// A string, or `None` for nil.
pub fn expect_string_or_nil<'a>(
    builtin: &str,
    parameter: &str,
    value: &'a Value,
) -> Result<Option<&'a Text>> {
    match value {
        Value::Nil => Ok(None),
        Value::String(text) => Ok(Some(text)),
        other => Err(wrong_type(builtin, parameter, "a string or nil", other)),
    }
}

/// A bool.
pub fn expect_bool(builtin: &str, parameter: &str, value: &Value) -> Result<bool> {
    match value {
        Value::Bool(value) => Ok(value.get()),
        other => Err(wrong_type(builtin, parameter, "true or false", other)),
    }
}

/// A list.
pub fn expect_list<'a>(builtin: &str, parameter: &str, value: &'a Value) -> Result<&'a Arc<List>> {
    match value {
        Value::List(list) => Ok(list),
        other => Err(wrong_type(builtin, parameter, "a list", other)),
    }
}

/// A map.
pub fn expect_map<'a>(builtin: &str, parameter: &str, value: &'a Value) -> Result<&'a Arc<Map>> {
    match value {
        Value::Map(map) => Ok(map),
        other => Err(wrong_type(builtin, parameter, "a map", other)),
    }
}

/// An int of 64 bits.
pub fn expect_int(builtin: &str, parameter: &str, value: &Value) -> Result<i64> {
    match value {
        Value::Int(number) => Ok(*number),
        Value::BigInt(_) => Err(wrong_value(
            parameter,
            value,
            format!("{builtin} cannot go that far: `{parameter}` does not fit into 64 bits"),
        )),
        other => Err(wrong_type(builtin, parameter, "an int", other)),
    }
}

/// An int that may be any place; what lies beyond 64 bits is beyond every end anyway.
pub fn expect_place(builtin: &str, parameter: &str, value: &Value) -> Result<i64> {
    match value {
        Value::Int(number) => Ok(*number),
        Value::BigInt(number) if number.is_negative() => Ok(i64::MIN),
        Value::BigInt(_) => Ok(i64::MAX),
        other => Err(wrong_type(builtin, parameter, "an int", other)),
    }
}

/// A number of things: an int from 0.
pub fn expect_count(builtin: &str, parameter: &str, value: &Value) -> Result<usize> {
    let number = expect_place(builtin, parameter, value)?;
    usize::try_from(number).map_err(|_| {
        wrong_value(
            parameter,
            value,
            format!("{builtin} needs a number from 0 as `{parameter}`"),
        )
    })
}

/// An int of any size.
pub fn expect_big(builtin: &str, parameter: &str, value: &Value) -> Result<BigInt> {
    match value {
        Value::Int(number) => Ok(BigInt::from(*number)),
        Value::BigInt(number) => Ok((**number).clone()),
        other => Err(wrong_type(builtin, parameter, "an int", other)),
    }
}

/// A number, as a float.
pub fn expect_number(builtin: &str, parameter: &str, value: &Value) -> Result<f64> {
    match value {
        Value::Int(number) => Ok(*number as f64),
        Value::Float(number) => Ok(number.get()),
        Value::BigInt(number) => match number.to_f64().filter(|number| number.is_finite()) {
            Some(number) => Ok(number),
            None => Err(fail(
                Kind::Overflow,
                format!("{builtin} computes with floats, and `{parameter}` is too large for one"),
            )),
        },
        other => Err(wrong_type(builtin, parameter, "a number", other)),
    }
}

/// Makes room for more elements, or fails instead of ending the program.
pub fn make_room<T>(builtin: &str, elements: &mut Vec<T>, more: usize) -> Result<()> {
    elements
        .try_reserve(more)
        .map_err(|_| no_memory(builtin, elements.len().saturating_add(more), "element"))
}

/// An empty string with room for so many bytes.
pub fn string_with_room(builtin: &str, bytes: Option<usize>) -> Result<String> {
    let mut text = String::new();
    let bytes = bytes.unwrap_or(usize::MAX);
    match text.try_reserve_exact(bytes) {
        Ok(()) => Ok(text),
        Err(_) => Err(no_memory(builtin, bytes, "byte")),
    }
}

#[cold]
fn no_memory(builtin: &str, size: usize, unit: &str) -> Unwind {
    let size = match size {
        usize::MAX => format!("so many {unit}s"),
        size => crate::diagnostics::words::count(size, unit),
    };
    fail(
        Kind::Memory,
        format!("{builtin} would make {size}: there is not enough memory"),
    )
}
