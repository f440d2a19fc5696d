//! From many values to one: sum, min, max, any, all, reduce.

use crate::diagnostics::words::with_article;
use crate::gate::Gate;
use crate::runtime::machine::Machine;
use crate::syntax::tree::BinaryOperator;
use crate::value::error::fail;
use crate::value::show::show_short;
use crate::value::{Failure, Kind, Result, Unwind, Value, arithmetic, order};

use super::arguments::wrong_type;
use super::going::{Going, function_first, go_over, is_callable};
use super::{Row, Run};

pub(super) const TABLE: &[Row] = &[
    Row {
        name: "sum",
        parameters: "xs, start = 0",
        doc: "start and all elements added up",
        example: "print(sum([1, 2, 3.5]))\nsum([[1], [2]], [])",
        gives: "6.5\n[1, 2]",
        run: Run::Function(sum),
    },
    Row {
        name: "min",
        parameters: "...xs, key = nil",
        doc: "the least of several values or of the elements of one collection, by what key gives for them",
        example: "print(min(3, 1, 2))\nmin([\"pear\", \"fig\"], key: len)",
        gives: "1\n\"fig\"",
        run: Run::Function(min),
    },
    Row {
        name: "max",
        parameters: "...xs, key = nil",
        doc: "the greatest of several values or of the elements of one collection, by what key gives for them",
        example: "print(max(3, 1, 2))\nmax([\"pear\", \"fig\"], key: len)",
        gives: "3\n\"pear\"",
        run: Run::Function(max),
    },
    Row {
        name: "any",
        parameters: "xs",
        doc: "whether one of the bools is true; looks no further than that one",
        example: "any([n > 2 for n in [1, 2, 3]])",
        gives: "true",
        run: Run::Function(any),
    },
    Row {
        name: "all",
        parameters: "xs",
        doc: "whether every one of the bools is true; looks no further than the first false",
        example: "all([n > 2 for n in [1, 2, 3]])",
        gives: "false",
        run: Run::Function(all),
    },
    Row {
        name: "reduce",
        parameters: "f, xs, start = the first",
        doc: "f(f(f(start, x1), x2), x3) and so on; without start it begins with the first element",
        example: "print(reduce(fn(a, b) => a * b, [1, 2, 3, 4]))\n[1, 2].reduce(fn(s, n) => f\"{s}{n}\", \"\")",
        gives: "24\n\"12\"",
        run: Run::Function(reduce),
    },
];

fn sum(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let mut total = arguments[1].clone();
    go_over(machine, &arguments[0], |machine, element| {
        let added = arithmetic::apply(BinaryOperator::Add, &total, &element, &machine.gate);
        total = added.map_err(|unwind| match element {
            Value::String(_) => unwind.help("join(\"\", xs) puts strings together"),
            _ => unwind,
        })?;
        Ok(Going::On)
    })?;
    Ok(total)
}

fn min(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    outermost(machine, "min", arguments, |machine, new, best| {
        order::less(new, best, &machine.gate)
    })
}

fn max(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    outermost(machine, "max", arguments, |machine, new, best| {
        order::less(best, new, &machine.gate)
    })
}

/// The first element that no other one beats.
fn outermost(
    machine: &mut Machine<'_>,
    builtin: &str,
    arguments: &[Value],
    beats: fn(&Machine<'_>, &Value, &Value) -> Result<bool>,
) -> Result<Value> {
    let key = match &arguments[0] {
        Value::Nil => None,
        key if is_callable(key) => Some(key),
        other => return Err(wrong_type(builtin, "key", "a function", other)),
    };
    let several;
    let elements = match &arguments[1..] {
        [] => return Err(nothing_given(builtin)),
        [one] => one,
        many => {
            several = Value::list(many.to_vec());
            &several
        }
    };
    // The best so far, and what it is judged by.
    let mut best: Option<(Value, Value)> = None;
    go_over(machine, elements, |machine, element| {
        let judged = match key {
            Some(key) => machine.call(key, std::slice::from_ref(&element))?,
            None => element.clone(),
        };
        let wins = match &best {
            Some((_, best)) => beats(machine, &judged, best)?,
            None => true,
        };
        if wins {
            best = Some((element, judged));
        }
        Ok(Going::On)
    })?;
    best.map(|(element, _)| element)
        .ok_or_else(|| empty(builtin))
}

#[cold]
fn nothing_given(builtin: &str) -> Unwind {
    Failure::error(Kind::Arity, format!("{builtin} needs the argument `xs`"))
        .help(format!(
            "it is called as {builtin}(xs) or {builtin}(a, b, …)"
        ))
        .into()
}

#[cold]
fn empty(builtin: &str) -> Unwind {
    fail(
        Kind::Value,
        format!("{builtin} of nothing: there are no elements"),
    )
}

fn any(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    Ok(Value::from(holds(machine, "any", &arguments[0], true)?))
}

fn all(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    Ok(Value::from(!holds(machine, "all", &arguments[0], false)?))
}

/// Whether an element is `wanted`.
fn holds(machine: &mut Machine<'_>, builtin: &str, over: &Value, wanted: bool) -> Result<bool> {
    let mut found = false;
    go_over(machine, over, |_, element| match element {
        Value::Bool(value) if value.get() == wanted => {
            found = true;
            Ok(Going::Done)
        }
        Value::Bool(_) => Ok(Going::On),
        other => {
            let got = with_article(other.type_name());
            let shown = show_short(&other, &Gate::open(), 40);
            Err(
                Failure::error(Kind::Type, format!("{builtin} goes over bools, not {got}"))
                    .label(format!("an element is {shown}"))
                    .help(format!(
                        "{builtin}([x > 0 for x in xs]) asks something of each element"
                    ))
                    .into(),
            )
        }
    })?;
    Ok(found)
}

fn reduce(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let (function, elements) = function_first("reduce", &arguments[0], &arguments[1])?;
    let mut so_far = match &arguments[2] {
        Value::Absent => None,
        start => Some(start.clone()),
    };
    go_over(machine, elements, |machine, element| {
        so_far = Some(match so_far.take() {
            Some(so_far) => machine.call(function, &[so_far, element])?,
            None => element,
        });
        Ok(Going::On)
    })?;
    so_far.ok_or_else(|| {
        empty("reduce").help("with a start value it gives that: reduce(f, xs, start)")
    })
}
