//! One element at a time: what map, filter, zip and enumerate are made of.
//!
//! Each of them is a *step*: it takes elements from its sources and gives the next one. Over lists
//! and the like the steps are done at once and give a list. Where a source is a stream or queue
//! they give a stream:
//!
//! ```text
//!   sources  --step-->  element :: promise { the sources as they stand now  --step--> … }
//! ```
//!
//! The first element of a stream is worked out at once, so that nil stays the empty stream.
//! Nothing is taken out of a queue before somebody asks.

use std::sync::Arc;

use crate::runtime::iteration::Iteration;
use crate::runtime::machine::Machine;
use crate::runtime::promise::Promise;
use crate::runtime::queue::Queue;
use crate::value::list::List;
use crate::value::stream::Stream;
use crate::value::{Result, Value, drop_deep_one};

use super::arguments::make_room;

/// Gives the next element, or `None` at the end.
pub type Step = dyn Fn(&mut Machine<'_>, &mut [Iteration]) -> Result<Option<Value>> + Send + Sync;

/// All that the steps give: a stream if a source is a stream or queue, else a list.
pub fn combine(
    machine: &mut Machine<'_>,
    builtin: &str,
    sources: &[Value],
    step: Arc<Step>,
) -> Result<Value> {
    let has_queue = sources.iter().any(|it| matches!(it, Value::Queue(_)));
    let has_stream = sources
        .iter()
        .any(|it| matches!(it, Value::Stream(_) | Value::Nil));
    if has_queue || has_stream {
        let sources = Sources::of(machine, sources)?;
        return match has_queue {
            true => Ok(Stream::lazy(rest(step, sources))),
            false => advance(machine, &step, &sources),
        };
    }
    let mut all = Vec::new();
    let mut sources = sources
        .iter()
        .map(|source| Iteration::over(machine, source))
        .collect::<Result<Vec<_>>>()?;
    while let Some(element) = step(machine, &mut sources)? {
        make_room(builtin, &mut all, 1)?;
        all.push(element);
    }
    Ok(Value::list(all))
}

/// A stream of what a queue gives until it is closed.
pub fn stream_of_queue(queue: Arc<Queue>) -> Value {
    Stream::lazy(rest_of_queue(queue))
}

fn rest_of_queue(queue: Arc<Queue>) -> Arc<Promise> {
    Promise::native(move |machine| {
        Ok(match queue.next(machine)? {
            Some(value) => Stream::pair(value, rest_of_queue(queue.clone())),
            None => Value::Nil,
        })
    })
}

fn rest(step: Arc<Step>, sources: Sources) -> Arc<Promise> {
    Promise::native(move |machine| advance(machine, &step, &sources))
}

/// The stream from here on. The sources stay where they are: if a cancel strikes on the way, the
/// next who asks begins here again and misses nothing.
fn advance(machine: &mut Machine<'_>, step: &Arc<Step>, sources: &Sources) -> Result<Value> {
    let mut onward = sources.clone();
    Ok(match step(machine, onward.all())? {
        Some(element) => {
            let step = step.clone();
            Value::Stream(Promise::native_behind(element, move |machine| {
                advance(machine, &step, &onward)
            }))
        }
        None => Value::Nil,
    })
}

/// Where one is in each of the sources, so that a copy goes on from there by itself.
#[derive(Clone)]
enum Sources {
    /// Most often there is one.
    One(Iteration),
    Many(Vec<Iteration>),
}

impl Sources {
    fn of(machine: &mut Machine<'_>, values: &[Value]) -> Result<Sources> {
        let sources = values.iter().map(|value| match value {
            Value::Queue(queue) => Ok(Iteration::Stream(stream_of_queue(queue.clone()))),
            Value::Map(_) => Ok(match Iteration::over(machine, value)? {
                Iteration::Keys(keys) => Iteration::List(List::new(keys.collect()), 0),
                other => other,
            }),
            other => Iteration::over(machine, other),
        });
        let mut sources = sources.collect::<Result<Vec<_>>>()?;
        Ok(match sources.pop() {
            Some(only) if sources.is_empty() => Sources::One(only),
            last => {
                sources.extend(last);
                Sources::Many(sources)
            }
        })
    }

    fn all(&mut self) -> &mut [Iteration] {
        match self {
            Sources::One(only) => std::slice::from_mut(only),
            Sources::Many(many) => many,
        }
    }
}

impl Drop for Sources {
    /// A map over a map over a map…, a million deep, needs no deep stack to disappear.
    fn drop(&mut self) {
        for source in self.all() {
            let source = std::mem::replace(source, Iteration::Stream(Value::Nil));
            drop_deep_one(match source {
                Iteration::Stream(stream) => stream,
                Iteration::Rest(promise) => Value::Promise(promise),
                Iteration::List(list, _) => Value::List(list),
                _ => Value::Nil,
            });
        }
    }
}
