//! From one collection to another: map, filter, zip, enumerate and what belongs to them.

use std::sync::Arc;

use crate::diagnostics::words::with_article;
use crate::runtime::force;
use crate::runtime::iteration::Iteration;
use crate::runtime::machine::Machine;
use crate::runtime::task::Work;
use crate::value::error::fail;
use crate::value::range::Range;
use crate::value::{Kind, Result, Unwind, Value, order};

use super::arguments::{expect_bool, expect_int, make_room, wrong_type};
use super::going::{self, collect, function_first, is_callable};
use super::lazily::combine;
use super::{Row, Run};

pub(super) const TABLE: &[Row] = &[
    Row {
        name: "map",
        parameters: "pool, f, xs, ...more",
        doc: "calls f with every element in the pool; results in order, the first error thrown when its turn comes and the rest cancelled",
        example: "fn square(n) => n * n\nwith pool = thread_pool(2) { print(map(pool, square, [1, 2, 3])) }",
        gives: "[1, 4, 9]",
        run: Run::For(&["pool"], map_in_pool),
    },
    Row {
        name: "map",
        parameters: "f, xs, ...more",
        doc: "what f gives for every element, with one more argument from each further collection; a stream if one is a stream or queue, else a list",
        example: "print(map(fn(n) => n * n, [1, 2, 3]))\n[1, 2].map(fn(a, b) => a + b, [10, 20])",
        gives: "[1, 4, 9]\n[11, 22]",
        run: Run::Function(map),
    },
    Row {
        name: "filter",
        parameters: "f, xs",
        doc: "the elements for which f gives true; a stream if xs is a stream or queue, else a list",
        example: "range(10).filter(fn(n) => n % 3 == 0)",
        gives: "[0, 3, 6, 9]",
        run: Run::Function(filter),
    },
    Row {
        name: "zip",
        parameters: "...xs",
        doc: "lists of the first elements, the second ones and so on, until one collection ends; a stream if one is a stream or queue, else a list",
        example: "zip([1, 2, 3], \"ab\")",
        gives: "[[1, \"a\"], [2, \"b\"]]",
        run: Run::Function(zip),
    },
    Row {
        name: "enumerate",
        parameters: "xs, start = 0",
        doc: "each element with its number before it; a stream if xs is a stream or queue, else a list",
        example: "for i, c in enumerate(\"ab\", 1) { print(i, c) }",
        gives: "1 a\n2 b",
        run: Run::Function(enumerate),
    },
    Row {
        name: "range",
        parameters: "start, end = nil, step = 1",
        doc: "the ints from start up to and without end, or from 0 if only one is given",
        example: "print([i for i in range(3)], [i for i in range(5, 0, -2)])\nrange(3)",
        gives: "[0, 1, 2] [5, 3, 1]\nrange(0, 3)",
        run: Run::Function(range),
    },
    Row {
        name: "sorted",
        parameters: "xs, key = nil, reverse = false",
        doc: "a list of the elements in order, by what key gives for them; equal ones stay as they were",
        example: "print(sorted([3, 1, 2], reverse: true))\nsorted([\"pear\", \"fig\", \"plum\"], key: len)",
        gives: "[3, 2, 1]\n[\"fig\", \"pear\", \"plum\"]",
        run: Run::Function(sorted),
    },
    Row {
        name: "reversed",
        parameters: "xs",
        doc: "a list of the elements from the last to the first",
        example: "reversed([1, 2, 3])",
        gives: "[3, 2, 1]",
        run: Run::Function(reversed),
    },
];

fn map(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let (function, first) = function_first("map", &arguments[0], &arguments[1])?;
    let mut sources = vec![first.clone()];
    sources.extend_from_slice(&arguments[2..]);
    let function = function.clone();
    combine(
        machine,
        "map",
        &sources,
        Arc::new(
            move |machine, sources| match next_of_each(machine, sources)? {
                Some(elements) => machine.call(&function, &elements).map(Some),
                None => Ok(None),
            },
        ),
    )
}

/// The next element of each source; `None` if one has ended.
fn next_of_each(
    machine: &mut Machine<'_>,
    sources: &mut [Iteration],
) -> Result<Option<Vec<Value>>> {
    let mut elements = Vec::with_capacity(sources.len());
    for source in sources {
        match going::next(machine, source)? {
            Some(element) => elements.push(element),
            None => return Ok(None),
        }
    }
    Ok(Some(elements))
}

fn map_in_pool(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let pool = &arguments[0];
    let (function, first) = function_first("map", &arguments[1], &arguments[2])?;
    let mut sources = vec![Iteration::over(machine, first)?];
    for more in &arguments[3..] {
        sources.push(Iteration::over(machine, more)?);
    }
    let mut futures = Vec::new();
    let results = submit_all(machine, pool, function, &mut sources, &mut futures)
        .and_then(|()| results_in_order(machine, &futures));
    if results.is_err() {
        give_up(machine, &futures);
    }
    results.map(Value::list)
}

fn submit_all(
    machine: &mut Machine<'_>,
    pool: &Value,
    function: &Value,
    sources: &mut [Iteration],
    futures: &mut Vec<Value>,
) -> Result<()> {
    let at = machine.site;
    while let Some(arguments) = next_of_each(machine, sources)? {
        let work = Work::Call {
            function: function.clone(),
            arguments,
        };
        make_room("map", futures, 1)?;
        futures.push(force::start_future(machine, work, pool, at)?);
    }
    Ok(())
}

fn results_in_order(machine: &mut Machine<'_>, futures: &[Value]) -> Result<Vec<Value>> {
    let mut results = Vec::new();
    for future in futures {
        make_room("map", &mut results, 1)?;
        results.push(force::force(machine, future, None)?);
    }
    Ok(results)
}

/// Nobody can ask for these futures any more.
fn give_up(machine: &mut Machine<'_>, futures: &[Value]) {
    for future in futures {
        if let Value::Future(task) = future {
            machine.runtime.asks(task);
            if !task.has_ended() {
                // In a process that is losing its link there is nothing more to do.
                let _ = force::cancel(machine, task);
            }
        }
    }
}

fn filter(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let (function, elements) = function_first("filter", &arguments[0], &arguments[1])?;
    let function = function.clone();
    combine(
        machine,
        "filter",
        std::slice::from_ref(elements),
        Arc::new(move |machine, sources| {
            while let Some(element) = going::next(machine, &mut sources[0])? {
                match machine.call(&function, std::slice::from_ref(&element))? {
                    Value::Bool(crate::value::Truth::True) => return Ok(Some(element)),
                    Value::Bool(crate::value::Truth::False) => {}
                    other => return Err(no_bool(&other)),
                }
            }
            Ok(None)
        }),
    )
}

#[cold]
fn no_bool(got: &Value) -> Unwind {
    let got = with_article(got.type_name());
    fail(
        Kind::Type,
        format!("filter needs a function that gives true or false, but it gave {got}"),
    )
}

fn zip(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    if arguments.is_empty() {
        return Ok(Value::list(Vec::new()));
    }
    pairs(machine, "zip", arguments)
}

fn enumerate(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let numbers = Range {
        start: expect_int("enumerate", "start", &arguments[1])?,
        end: i64::MAX,
        step: 1,
    };
    let numbers = Value::Range(Arc::new(numbers));
    pairs(machine, "enumerate", &[numbers, arguments[0].clone()])
}

fn pairs(machine: &mut Machine<'_>, builtin: &str, sources: &[Value]) -> Result<Value> {
    combine(
        machine,
        builtin,
        sources,
        Arc::new(|machine, sources| Ok(next_of_each(machine, sources)?.map(Value::list))),
    )
}

fn range(_: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let first = expect_int("range", "start", &arguments[0])?;
    let (start, end) = match &arguments[1] {
        Value::Nil => (0, first),
        end => (first, expect_int("range", "end", end)?),
    };
    match expect_int("range", "step", &arguments[2])? {
        0 => Err(fail(Kind::Value, "range cannot go in steps of 0")),
        step => Ok(Value::Range(Arc::new(Range { start, end, step }))),
    }
}

fn sorted(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let elements = collect(machine, "sorted", &arguments[0])?;
    let reverse = expect_bool("sorted", "reverse", &arguments[2])?;
    let key = match &arguments[1] {
        Value::Nil => return Ok(Value::list(sort(machine, elements, reverse)?)),
        key if is_callable(key) => key,
        other => return Err(wrong_type("sorted", "key", "a function", other)),
    };
    let mut keys = Vec::new();
    make_room("sorted", &mut keys, elements.len())?;
    for element in &elements {
        machine.tick()?;
        keys.push(machine.call(key, std::slice::from_ref(element))?);
    }
    let gate = machine.gate;
    let places = order::places_in_order(&keys, reverse, &gate, &mut || machine.tick())?;
    let in_order = places.into_iter().map(|place| elements[place].clone());
    Ok(Value::list(in_order.collect()))
}

fn sort(machine: &mut Machine<'_>, elements: Vec<Value>, reverse: bool) -> Result<Vec<Value>> {
    let gate = machine.gate;
    order::sort(elements, reverse, &gate, &mut || machine.tick())
}

fn reversed(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let mut elements = match &arguments[0] {
        endless @ (Value::Stream(_) | Value::Queue(_) | Value::Nil) => {
            return Err(wrong_type("reversed", "xs", "a list", endless)
                .help("take(xs, n) gives a list of the first n values"));
        }
        other => collect(machine, "reversed", other)?,
    };
    elements.reverse();
    Ok(Value::list(elements))
}
