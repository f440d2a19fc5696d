//! Random values with every kind of node, sharing and cycles.

use std::sync::Arc;

use proptest::prelude::*;

use super::World;
use crate::gate::Gate;
use crate::resolve::program::{Storage, TemplateId};
use crate::runtime::place::Place;
use crate::runtime::promise::{Content, Promise};
use crate::value::Value;
use crate::value::cell::{OnceCell, SharedCell};
use crate::value::error::{CallFrame, Failure, Kind, Story, TaskMark};
use crate::value::function::Function;
use crate::value::map::{Entries, Key, Map};
use crate::value::range::Range;
use crate::value::stream::Stream;

/// Functions that capture in every way.
pub const PROGRAM: &str = "
let plain = [1, 2]
let count = 0
fn even(n) { count += 1; if n == 0 { true } else { odd(n - 1) } }
fn odd(n) { if n == 0 { false } else { even(n - 1) } }
fn uses(n) => n + len(plain)
let ones = 1 :: ones
let later = delay uses(count)
spawn { count += len(plain) }
";

/// One node: what it is, and numbers that choose its parts.
pub type Spec = (u8, Vec<u16>);

/// Descriptions of graphs.
pub fn graphs() -> impl Strategy<Value = Vec<Spec>> {
    let node = (any::<u8>(), prop::collection::vec(any::<u16>(), 0..6));
    prop::collection::vec(node, 1..40)
}

/// Builds the described graph; gives a list of all of it.
pub fn build(world: &mut World, specs: &[Spec]) -> Value {
    let gate = Gate::open();
    // Shells first: whatever can be referred to before it is complete.
    let mut values: Vec<Value> = Vec::new();
    for (kind, _) in specs {
        values.push(match kind % 8 {
            0 => Value::list(Vec::new()),
            1 => Value::Map(Map::new(Entries::default())),
            2 => Value::Once(Arc::new(OnceCell::default())),
            3 => Value::Shared(Arc::new(SharedCell::default())),
            4 => Value::Promise(Promise::shell()),
            _ => Value::Nil,
        });
    }
    for (index, (kind, parts)) in specs.iter().enumerate() {
        if kind % 8 >= 5 {
            values[index] = solid(world, *kind, parts, &values);
        }
    }
    for (index, (_, parts)) in specs.iter().enumerate() {
        match values[index].clone() {
            Value::List(list) => {
                let items = parts
                    .iter()
                    .map(|part| visible(world, *part, &values))
                    .collect();
                list.change(&gate, |empty| *empty = items);
            }
            Value::Map(map) => {
                for pair in parts.chunks(2) {
                    let key = visible(world, pair[0], &values);
                    let value = visible(world, pair[pair.len() - 1], &values);
                    if let Ok(key) = Key::new(key) {
                        map.insert(&gate, key, value);
                    }
                }
            }
            Value::Once(cell) => {
                if let Some(part) = parts.first() {
                    cell.fill(visible(world, *part, &values));
                }
            }
            Value::Shared(cell) => {
                if let Some(part) = parts.first() {
                    cell.fill(&gate, visible(world, *part, &values));
                }
            }
            Value::Promise(promise) => {
                let part = parts
                    .first()
                    .map_or(Value::Nil, |part| visible(world, *part, &values));
                promise.fill(match part {
                    Value::Function(body) => Content::Code(body),
                    Value::Error(failure) => Content::Failed(failure),
                    value => Content::Done(value),
                });
            }
            _ => {}
        }
    }
    let shown = values.into_iter().filter(|value| !is_cell(value)).collect();
    Value::list(shown)
}

fn is_cell(value: &Value) -> bool {
    matches!(value, Value::Once(_) | Value::Shared(_))
}

fn visible(world: &mut World, part: u16, values: &[Value]) -> Value {
    match part % 4 {
        0 => scalar(world, part / 4),
        _ => match values[usize::from(part / 4) % values.len()].clone() {
            cell if is_cell(&cell) => Value::Int(part.into()),
            value => value,
        },
    }
}

fn scalar(world: &mut World, choice: u16) -> Value {
    match choice % 12 {
        0 => Value::Nil,
        1 => Value::from(choice.is_multiple_of(7)),
        2 => Value::Int(i64::from(choice) << (choice % 48)),
        3 => Value::Int(-i64::from(choice)),
        4 => Value::from(f64::from(choice) / 3.0),
        5 => Value::from(f64::NAN),
        6 => Value::from(format!("text {choice}")),
        7 => Value::Range(Arc::new(Range {
            start: -3,
            end: choice.into(),
            step: 2,
        })),
        8 => crate::builtins::find("put").map_or(Value::Nil, Value::Builtin),
        9 => Value::Place(if choice.is_multiple_of(5) {
            Place::Thread
        } else {
            Place::Process
        }),
        10 => world.registry.queue(),
        _ => world.registry.lock(),
    }
}

/// The promises among some values, with their places.
fn promises(values: &[Value]) -> impl Iterator<Item = (usize, &Arc<Promise>)> {
    let places = values.iter().enumerate();
    places.filter_map(|(at, value)| match value {
        Value::Promise(promise) => Some((at, promise)),
        _ => None,
    })
}

fn solid(world: &mut World, kind: u8, parts: &[u16], values: &[Value]) -> Value {
    let number = parts.first().copied().unwrap_or_default();
    let first = parts
        .first()
        .map_or(Value::Nil, |part| visible(world, *part, values));
    match (kind % 8, kind / 8 % 4) {
        (5, _) => function(world, kind, parts, values),
        (6, 0) => Value::from("long ".repeat(usize::from(number % 50) + 5)),
        (6, 1) => Value::Bytes(Arc::new(vec![number as u8; usize::from(number % 99)])),
        (6, 2) => {
            Value::integer(num_bigint::BigInt::from(number) * i64::MAX * (i64::from(kind) - 128))
        }
        (6, _) => Value::Error(Arc::new(Failure::value(first))),
        // A promise is the rest of one stream at most, and of none that is not worked out yet.
        (7, 0) => match promises(values).find(|(at, tail)| at % 2 == 0 && tail.head().is_none()) {
            Some((_, tail)) => Stream::pair(first, tail.clone()),
            None => Value::Nil,
        },
        (7, 1) => match promises(values).find(|(at, _)| at % 2 == 1) {
            Some((_, promise)) => Stream::lazy(promise.clone()),
            None => Value::Nil,
        },
        (_, _) => {
            let mut failure = Failure::error(Kind::Other("odd".into()), "what a message");
            failure.story = Story {
                span: Some(world.unit.program.templates[0].span),
                label: format!("n is {number}"),
                help: number.is_multiple_of(2).then(|| String::from("try again")),
                calls: vec![CallFrame {
                    function: Some("even".into()),
                    called_at: None,
                }],
                calls_left_out: number.into(),
                tasks: vec![TaskMark {
                    number: 3,
                    process: Some(4711),
                    verb: "spawned",
                    started_at: failure.story.span,
                }],
            };
            Value::Error(Arc::new(failure))
        }
    }
}

/// A function of any template for which there are enough variables.
fn function(world: &mut World, kind: u8, parts: &[u16], values: &[Value]) -> Value {
    let templates = &world.unit.program.templates;
    let id = TemplateId(u32::from(kind / 8) % templates.len() as u32);
    let code = world.unit.code(id);
    let mut captures = Vec::new();
    for (place, capture) in code.template.captures.iter().enumerate() {
        let part = parts.get(place).copied().unwrap_or(kind.into());
        let cells = values.iter().filter(|value| match value {
            Value::Once(_) => capture.storage == Storage::Once,
            Value::Shared(_) => capture.storage == Storage::Shared,
            _ => false,
        });
        let cells: Vec<&Value> = cells.collect();
        captures.push(match (capture.storage, cells.is_empty()) {
            (Storage::Plain, _) => visible(world, part, values),
            (_, true) => return Value::Nil,
            (_, false) => cells[usize::from(part) % cells.len()].clone(),
        });
    }
    Value::Function(Arc::new(Function {
        code,
        captures: captures.into(),
    }))
}
