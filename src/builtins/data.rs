//! Lists and maps: asking them and changing them, each time as one atomic operation.

use crate::diagnostics::words::with_article;
use crate::gate::Gate;
use crate::runtime::machine::Machine;
use crate::syntax::tree::BinaryOperator;
use crate::value::error::fail;
use crate::value::list::{List, place};
use crate::value::map::Key;
use crate::value::show::show_short;
use crate::value::{Failure, Kind, Result, Value, arithmetic, order};

use super::arguments::{expect_list, expect_map, expect_place, make_room, wrong_type};
use super::{Row, Run};

pub(super) const TABLE: &[Row] = &[
    Row {
        name: "len",
        parameters: "x",
        doc: "how many elements x has: characters of a string, entries of a map, values waiting in a queue",
        example: "print(len(\"häh\"), len([1, 2]), len([\"a\": 1]))\nlen(range(0, 10, 3))",
        gives: "3 2 1\n4",
        run: Run::Function(len),
    },
    Row {
        name: "push",
        parameters: "xs, x",
        doc: "adds x to the end of a list",
        example: "let xs = [1]\nxs.push(2)\nxs",
        gives: "[1, 2]",
        run: Run::Function(push),
    },
    Row {
        name: "pop",
        parameters: "xs, i = -1",
        doc: "takes the element at index i, the last one if not said otherwise, out of a list and gives it",
        example: "let xs = [1, 2, 3]\nprint(xs.pop(), xs.pop(0))\nxs",
        gives: "3 1\n[2]",
        run: Run::Function(pop),
    },
    Row {
        name: "insert",
        parameters: "xs, i, x",
        doc: "puts x into a list, before the element at index i",
        example: "let xs = [1, 3]\nxs.insert(1, 2)\nxs",
        gives: "[1, 2, 3]",
        run: Run::Function(insert),
    },
    Row {
        name: "remove",
        parameters: "xs, x",
        doc: "removes the first element equal to x from a list, or the key x from a map, giving its value",
        example: "let xs = [1, 2, 1]\nxs.remove(1)\nlet m = [\"a\": 5]\nprint(xs, m.remove(\"a\"))\nm",
        gives: "[2, 1] 5\n[:]",
        run: Run::Function(remove),
    },
    Row {
        name: "clear",
        parameters: "xs",
        doc: "empties a list or map",
        example: "let xs = [1, 2]\nxs.clear()\nxs",
        gives: "[]",
        run: Run::Function(clear),
    },
    Row {
        name: "contains",
        parameters: "xs, x",
        doc: "whether x is in xs, the same as `x in xs`: an element, a map's key, a part of a string",
        example: "print([1, 2].contains(2), contains([\"a\": 1], \"b\"))\n\"concurrency\".contains(\"cur\")",
        gives: "true false\ntrue",
        run: Run::Function(contains),
    },
    Row {
        name: "keys",
        parameters: "m",
        doc: "a list of a map's keys, in the order in which they came",
        example: "keys([\"a\": 1, \"b\": 2])",
        gives: "[\"a\", \"b\"]",
        run: Run::Function(keys),
    },
    Row {
        name: "values",
        parameters: "m",
        doc: "a list of a map's values, in the order of its keys",
        example: "values([\"a\": 1, \"b\": 2])",
        gives: "[1, 2]",
        run: Run::Function(values),
    },
    Row {
        name: "items",
        parameters: "m",
        doc: "a list of a map's entries, each a list of key and value",
        example: "for k, v in items([\"a\": 1, \"b\": 2]) { print(k, v) }",
        gives: "a 1\nb 2",
        run: Run::Function(items),
    },
];

/// What `len` gives without a wait.
#[inline]
pub fn len_at_hand(value: &Value, gate: &Gate<'_>) -> Option<Value> {
    match value {
        Value::String(text) => Some(Value::from(text.characters())),
        Value::Bytes(bytes) => Some(Value::from(bytes.len())),
        Value::List(list) => Some(Value::from(list.len(gate))),
        Value::Map(map) => Some(Value::from(map.len(gate))),
        _ => None,
    }
}

fn len(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    if let Some(length) = len_at_hand(&arguments[0], &machine.gate) {
        return Ok(length);
    }
    Ok(Value::from(match &arguments[0] {
        Value::Queue(queue) => queue.len(machine)?,
        Value::Range(range) => {
            let length = range.len();
            return Ok(
                i64::try_from(length).map_or_else(|_| Value::integer(length.into()), Value::Int)
            );
        }
        other => {
            let got = with_article(other.type_name());
            let failure = Failure::error(Kind::Type, format!("{got} has no length"));
            return Err(match other {
                Value::Stream(_) | Value::Nil => failure
                    .help("a stream may never end; len(take(s, n)) looks at its first n values"),
                _ => failure.help("a string, list, map, range, bytes or queue has one"),
            }
            .into());
        }
    }))
}

fn push(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let list = match &arguments[0] {
        Value::Queue(_) => {
            return Err(
                wrong_type("push", "xs", "a list", &arguments[0]).help("into a queue: put(q, x)")
            );
        }
        other => expect_list("push", "xs", other)?,
    };
    let x = arguments[1].clone();
    list.change(&machine.gate, |items| {
        make_room("push", items, 1)?;
        items.push(x);
        Ok(Value::Nil)
    })
}

fn pop(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let list = match &arguments[0] {
        Value::Map(_) => {
            return Err(wrong_type("pop", "xs", "a list", &arguments[0])
                .help("remove(m, key) takes a key out of a map and gives its value"));
        }
        other => expect_list("pop", "xs", other)?,
    };
    let i = expect_place("pop", "i", &arguments[1])?;
    let popped = list.change(&machine.gate, |items| match place(i, items.len()) {
        Some(at) => Ok(items.remove(at)),
        None => Err(items.len()),
    });
    popped.map_err(|length| {
        fail(
            Kind::Index,
            match length {
                0 => String::from("pop from an empty list"),
                _ => format!(
                    "pop has no index {i}: the list has {}",
                    crate::diagnostics::words::count(length, "element")
                ),
            },
        )
    })
}

fn insert(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let list = expect_list("insert", "xs", &arguments[0])?;
    let i = expect_place("insert", "i", &arguments[1])?;
    let x = arguments[2].clone();
    list.change(&machine.gate, |items| {
        make_room("insert", items, 1)?;
        let length = items.len() as i64;
        let from_front = if i < 0 { i.saturating_add(length) } else { i };
        items.insert(from_front.clamp(0, length) as usize, x);
        Ok(Value::Nil)
    })
}

fn remove(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let x = &arguments[1];
    match &arguments[0] {
        Value::List(list) => match remove_equal(machine, list, x)? {
            true => Ok(Value::Nil),
            false => Err(fail(
                Kind::Value,
                format!(
                    "remove finds no {} in the list",
                    show_short(x, &Gate::open(), 40)
                ),
            )),
        },
        Value::Map(map) => {
            let missing = || {
                fail(
                    Kind::Key,
                    format!("the map has no key {}", show_short(x, &Gate::open(), 40)),
                )
            };
            let key = Key::new(x.clone()).map_err(|_| {
                let got = with_article(x.type_name());
                fail(Kind::Type, format!("{got} cannot be a key of a map"))
            })?;
            map.remove(&machine.gate, &key).ok_or_else(missing)
        }
        other => Err(wrong_type("remove", "xs", "a list or map", other)),
    }
}

/// Removes the first element equal to `x` in one step, if there is one.
fn remove_equal(machine: &mut Machine<'_>, list: &List, x: &Value) -> Result<bool> {
    let gate = machine.gate;
    if !is_container(x) {
        // To compare with such a value takes no lock, so it can be done under the list's.
        let removed = list.change(&gate, |items| -> Result<Option<Value>> {
            for (at, item) in items.iter().enumerate() {
                if !is_container(item) && order::equal(item, x, &Gate::open())? {
                    return Ok(Some(items.remove(at)));
                }
            }
            Ok(None)
        })?;
        return Ok(removed.is_some());
    }
    loop {
        let Some((at, found)) = position(machine, list, x, 0)? else {
            return Ok(false);
        };
        // Look again under the lock: another task may have moved it meanwhile.
        let removed = list.change(&gate, |items| {
            let still_there = items.get(at).is_some_and(|item| is_same(item, &found));
            still_there.then(|| items.remove(at))
        });
        if removed.is_some() {
            return Ok(true);
        }
    }
}

/// The first element equal to `x` from an index on, and where it is.
pub(super) fn position(
    machine: &mut Machine<'_>,
    list: &List,
    x: &Value,
    from: usize,
) -> Result<Option<(usize, Value)>> {
    let items = list.snapshot(&machine.gate).into_iter();
    for (at, item) in items.enumerate().skip(from) {
        machine.tick()?;
        if order::equal(&item, x, &machine.gate)? {
            return Ok(Some((at, item)));
        }
    }
    Ok(None)
}

/// Whether comparing it looks into other values.
fn is_container(value: &Value) -> bool {
    matches!(value, Value::List(_) | Value::Map(_) | Value::Stream(_))
}

/// Whether two containers are one object.
fn is_same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::List(left), Value::List(right)) => std::sync::Arc::ptr_eq(left, right),
        (Value::Map(left), Value::Map(right)) => std::sync::Arc::ptr_eq(left, right),
        (Value::Stream(left), Value::Stream(right)) => std::sync::Arc::ptr_eq(left, right),
        _ => false,
    }
}

fn clear(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    // What was in there is dropped after the lock is released.
    match &arguments[0] {
        Value::List(list) => drop(list.change(&machine.gate, std::mem::take)),
        Value::Map(map) => drop(map.change(&machine.gate, std::mem::take)),
        other => return Err(wrong_type("clear", "xs", "a list or map", other)),
    }
    Ok(Value::Nil)
}

fn contains(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    arithmetic::apply(
        BinaryOperator::In,
        &arguments[1],
        &arguments[0],
        &machine.gate,
    )
}

fn keys(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let map = expect_map("keys", "m", &arguments[0])?;
    let keys = map.snapshot(&machine.gate).into_iter().map(|(key, _)| key);
    Ok(Value::list(keys.collect()))
}

fn values(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let map = expect_map("values", "m", &arguments[0])?;
    let values = map
        .snapshot(&machine.gate)
        .into_iter()
        .map(|(_, value)| value);
    Ok(Value::list(values.collect()))
}

fn items(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let map = expect_map("items", "m", &arguments[0])?;
    let pairs = map.snapshot(&machine.gate).into_iter();
    Ok(Value::list(
        pairs
            .map(|(key, value)| Value::list(vec![key, value]))
            .collect(),
    ))
}
