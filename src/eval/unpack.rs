//! Unpacking: a list of exactly so many values as there are variables.

use crate::diagnostics::words::{count, with_article};
use crate::gate::Gate;
use crate::runtime::machine::Machine;
use crate::syntax::span::Span;
use crate::value::error::fail;
use crate::value::show::show_short;
use crate::value::{Kind, Result, Unwind, Value};

/// How much of what cannot be unpacked is shown.
const VALUE_CHARACTERS: usize = 40;

/// The values of a list of exactly `wanted`, as they are at one moment.
pub fn unpack(
    machine: &Machine<'_>,
    value: &Value,
    wanted: usize,
    span: Span,
) -> Result<Vec<Value>> {
    if let Value::List(list) = value {
        let values = list.snapshot(&machine.gate);
        if values.len() == wanted {
            return Ok(values);
        }
        return Err(wrong_length(machine, value, values.len(), wanted, span));
    }
    Err(no_list(machine, value, wanted, span))
}

/// Two values, the most frequent case, without a place in memory for them.
#[inline]
pub fn unpack_two(machine: &Machine<'_>, value: &Value, span: Span) -> Result<(Value, Value)> {
    if let Value::List(list) = value {
        let found = list.read(&machine.gate, |values| match values {
            [first, second] => Ok((first.clone(), second.clone())),
            other => Err(other.len()),
        });
        return found.map_err(|length| wrong_length(machine, value, length, 2, span));
    }
    Err(no_list(machine, value, 2, span))
}

#[cold]
#[inline(never)]
fn wrong_length(
    machine: &Machine<'_>,
    value: &Value,
    length: usize,
    wanted: usize,
    span: Span,
) -> Unwind {
    let values = match length {
        0 => String::from("an empty list"),
        length => format!("a list of {}", count(length, "value")),
    };
    let unwind = fail(
        Kind::Value,
        format!("cannot unpack {values} into {}", count(wanted, "variable")),
    );
    told(machine, unwind, value, span)
}

#[cold]
#[inline(never)]
fn no_list(machine: &Machine<'_>, value: &Value, wanted: usize, span: Span) -> Unwind {
    let got = with_article(value.type_name());
    let unwind = fail(
        Kind::Value,
        format!(
            "cannot unpack {got} into {}: only lists can be unpacked",
            count(wanted, "variable")
        ),
    );
    told(machine, unwind, value, span)
}

fn told(machine: &Machine<'_>, unwind: Unwind, value: &Value, span: Span) -> Unwind {
    let shown = show_short(value, &Gate::open(), VALUE_CHARACTERS);
    machine.placed(unwind.label(format!("the value is {shown}")), span)
}
