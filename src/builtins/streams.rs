//! The beginning and the rest, of streams and lists.

use crate::gate::Gate;
use crate::runtime::iteration::{Iteration, pair};
use crate::runtime::machine::Machine;
use crate::runtime::promise::{Promise, empty_stream};
use crate::value::error::fail;
use crate::value::returned::Given;
use crate::value::stream::Stream;
use crate::value::{Kind, Result, Unwind, Value, index};

use super::arguments::{expect_count, make_room, wrong_type};
use super::going;
use super::lazily::stream_of_queue;
use super::{Row, Run};

pub(super) const TABLE: &[Row] = &[
    Row {
        name: "head",
        parameters: "s",
        doc: "the first value of a stream or list",
        example: "fn ints(n) => n :: ints(n + 1)\nhead(ints(1))",
        gives: "1",
        run: Run::Function(head),
    },
    Row {
        name: "tail",
        parameters: "s",
        doc: "a stream or list without its first value; a stream's rest is worked out now",
        example: "fn ints(n) => n :: ints(n + 1)\nprint(tail(ints(1)))\ntail([1, 2, 3])",
        gives: "2 :: ...\n[2, 3]",
        run: Run::Function(tail),
    },
    Row {
        name: "take",
        parameters: "s, n",
        doc: "a list of the first n values of a stream, list or queue, or as many as there are",
        example: "fn ints(n) => n :: ints(n + 1)\ntake(ints(1), 5)",
        gives: "[1, 2, 3, 4, 5]",
        run: Run::Function(take),
    },
    Row {
        name: "drop",
        parameters: "s, n",
        doc: "a stream or list without its first n values",
        example: "fn ints(n) => n :: ints(n + 1)\nprint(head(drop(ints(1), 5)))\ndrop([1, 2, 3], 2)",
        gives: "6\n[3]",
        run: Run::Function(drop_first),
    },
];

/// What `head` gives if it is there to be read.
#[inline]
pub fn head_at_hand(value: &Value, _: &Gate<'_>) -> Option<Value> {
    match value {
        Value::Stream(stream) => stream.head().map(Value::copied),
        _ => None,
    }
}

/// What `tail` gives if it is there to be read.
#[inline]
pub fn tail_at_hand(value: &Value, gate: &Gate<'_>) -> Option<Value> {
    match value {
        Value::Stream(stream) if !gate.is_watched() && stream.head().is_some() => stream
            .peek()
            .filter(|rest| matches!(rest, Value::Stream(_) | Value::Nil)),
        _ => None,
    }
}

/// What `tail` gives of a stream whose first value is known, still packed.
#[inline(always)]
pub fn tail_of_pair(machine: &mut Machine<'_>, value: &Value) -> Option<Value> {
    match value {
        Value::Stream(stream) if stream.head().is_some() => {
            Some(match stream.force_packed(machine) {
                rest @ (Value::Stream(_) | Value::Nil | Value::Unwinding(_)) => rest,
                other => Value::Unwinding(no_stream(&other)),
            })
        }
        _ => None,
    }
}

fn head(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    if let Some(head) = head_at_hand(&arguments[0], &machine.gate) {
        return Ok(head);
    }
    match &arguments[0] {
        stream @ (Value::Stream(_) | Value::Nil) => match pair(machine, stream.clone())? {
            Some((head, _)) => Ok(head),
            None => Err(empty_stream("head")),
        },
        Value::List(list) => match list.get(&machine.gate, 0) {
            Some(first) => Ok(first),
            None => Err(fail(Kind::Index, "head of an empty list")),
        },
        text @ (Value::String(_) | Value::Bytes(_) | Value::Range(_)) => {
            index::get_index(text, &Value::Int(0), &machine.gate)
        }
        other => Err(wrong_type("head", "s", "a stream or list", other)),
    }
}

fn tail(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    match tail_of_pair(machine, &arguments[0]) {
        Some(rest) => Value::unpack(rest),
        None => tail_of_other(machine, arguments),
    }
}

#[inline(never)]
fn tail_of_other(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    match &arguments[0] {
        stream @ (Value::Stream(_) | Value::Nil) => match pair(machine, stream.clone())? {
            Some((_, tail)) => expect_stream(tail.force(machine, None)?),
            None => Err(empty_stream("tail")),
        },
        Value::List(list) => {
            let rest = list.read(&machine.gate, |items| Some(items.get(1..)?.to_vec()));
            match rest {
                Some(rest) => Ok(Value::list(rest)),
                None => Err(fail(Kind::Index, "tail of an empty list")),
            }
        }
        whole @ (Value::String(_) | Value::Bytes(_) | Value::Range(_)) => {
            // Says so if there is no first one.
            head(machine, arguments)?;
            drop_first(machine, &[whole.clone(), Value::Int(1)])
        }
        other => Err(wrong_type("tail", "s", "a stream or list", other)),
    }
}

/// What a tail gave.
fn expect_stream(rest: Value) -> Result<Value> {
    match rest {
        Value::Stream(_) | Value::Nil => Ok(rest),
        other => Err(no_stream(&other)),
    }
}

#[cold]
#[inline(never)]
fn no_stream(rest: &Value) -> Unwind {
    let got = crate::diagnostics::words::with_article(rest.type_name());
    fail(
        Kind::Type,
        format!("the tail of a stream must be a stream or nil, not {got}"),
    )
}

fn take(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let count = expect_count("take", "n", &arguments[1])?;
    match &arguments[0] {
        list @ Value::List(_) => index::get_slice(list, None, Some(&arguments[1]), &machine.gate),
        Value::Stream(_)
        | Value::Queue(_)
        | Value::Nil
        | Value::String(_)
        | Value::Bytes(_)
        | Value::Range(_) => {
            let mut elements = Iteration::over(machine, &arguments[0])?;
            let mut taken = Vec::new();
            // The next element is asked for only if it is wanted: it may have to be waited for.
            while taken.len() < count {
                let Some(element) = going::next(machine, &mut elements)? else {
                    break;
                };
                make_room("take", &mut taken, 1)?;
                taken.push(element);
            }
            Ok(Value::list(taken))
        }
        other => Err(wrong_type("take", "s", "a stream or list", other)),
    }
}

fn drop_first(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let count = expect_count("drop", "n", &arguments[1])?;
    match &arguments[0] {
        whole @ (Value::List(_) | Value::Range(_)) => {
            index::get_slice(whole, Some(&arguments[1]), None, &machine.gate)
        }
        whole @ (Value::String(_) | Value::Bytes(_)) => {
            let mut elements = going::collect(machine, "drop", whole)?;
            elements.drain(..count.min(elements.len()));
            Ok(Value::list(elements))
        }
        stream @ (Value::Stream(_) | Value::Nil) => rest_after(machine, stream.clone(), count),
        Value::Queue(queue) => {
            let stream = stream_of_queue(queue.clone());
            let rest = Promise::native(move |machine| rest_after(machine, stream.clone(), count));
            Ok(Stream::lazy(rest))
        }
        other => Err(wrong_type("drop", "s", "a stream or list", other)),
    }
}

fn rest_after(machine: &mut Machine<'_>, stream: Value, count: usize) -> Result<Value> {
    let mut rest = stream;
    for _ in 0..count {
        machine.tick()?;
        match pair(machine, rest)? {
            Some((_, tail)) => rest = expect_stream(tail.force(machine, None)?)?,
            None => return Ok(Value::Nil),
        }
    }
    Ok(rest)
}
