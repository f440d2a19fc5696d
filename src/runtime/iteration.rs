//! Going over things: what `for`, comprehensions and builtins share.
//!
//! A list is gone over by index, so changes are seen; a map by the keys it had at the beginning; a
//! stream forces its rest only when the next element is asked for; a queue gives until it is
//! closed and drained.

use std::sync::Arc;

use super::machine::Machine;
use super::promise::Promise;
use super::queue::Queue;
use crate::value::error::fail;
use crate::value::list::List;
use crate::value::range::Range;
use crate::value::text::Text;
use crate::value::{Kind, Result, Value};

/// Where one is in going over something. A copy goes on from there by itself; copies over one
/// queue share what it gives.
#[derive(Clone, Debug)]
pub enum Iteration {
    /// A list and the next index.
    List(Arc<List>, usize),
    /// A range and the next index.
    Range(Range, u64),
    /// The keys of a map.
    Keys(std::vec::IntoIter<Value>),
    /// A string and the byte where the next character begins.
    Text(Text, usize),
    /// Bytes and the next index.
    Bytes(Arc<Vec<u8>>, usize),
    /// A stream that has not been looked at, or nil.
    Stream(Value),
    /// The rest of a stream.
    Rest(Arc<Promise>),
    /// A queue.
    Queue(Arc<Queue>),
}

impl Iteration {
    /// Begins to go over a value.
    pub fn over(machine: &Machine<'_>, value: &Value) -> Result<Iteration> {
        Ok(match value {
            Value::List(list) => Iteration::List(list.clone(), 0),
            Value::Range(range) => Iteration::Range(**range, 0),
            Value::Map(map) => {
                let keys: Vec<Value> = map.read(&machine.gate, |entries| {
                    entries.keys().map(|key| key.value().clone()).collect()
                });
                Iteration::Keys(keys.into_iter())
            }
            Value::String(text) => Iteration::Text(text.clone(), 0),
            Value::Bytes(bytes) => Iteration::Bytes(bytes.clone(), 0),
            Value::Stream(_) | Value::Nil => Iteration::Stream(value.clone()),
            Value::Queue(queue) => Iteration::Queue(queue.clone()),
            other => {
                let got = crate::diagnostics::words::with_article(other.type_name());
                let unwind = fail(
                    Kind::Type,
                    format!(
                        "cannot go over {got}: only over a list, map, string, bytes, range, stream or queue"
                    ),
                );
                return Err(match other {
                    Value::Int(end) => unwind.help(format!("to count, go over range({end})")),
                    Value::Future(_) | Value::Promise(_) | Value::Task(_) => {
                        unwind.help("force(x) gives the value of a promise, future or task")
                    }
                    _ => unwind,
                });
            }
        })
    }

    /// The next element; waits for it where it has to.
    #[inline]
    pub fn next(&mut self, machine: &mut Machine<'_>) -> Result<Option<Value>> {
        match self {
            Iteration::Range(range, index) => {
                if *index >= range.len() {
                    return Ok(None);
                }
                *index += 1;
                Ok(Some(Value::Int(range.nth(*index - 1))))
            }
            Iteration::List(list, index) => {
                let element = list.get(&machine.gate, *index);
                *index += 1;
                Ok(element)
            }
            other => other.next_slow(machine),
        }
    }

    fn next_slow(&mut self, machine: &mut Machine<'_>) -> Result<Option<Value>> {
        match self {
            Iteration::Keys(keys) => Ok(keys.next()),
            Iteration::Text(text, at) => Ok(text[*at..].chars().next().map(|character| {
                *at += character.len_utf8();
                Value::from(character.encode_utf8(&mut [0; 4]) as &str)
            })),
            Iteration::Bytes(bytes, index) => {
                *index += 1;
                Ok(bytes.get(*index - 1).map(|&byte| Value::Int(byte.into())))
            }
            Iteration::Queue(queue) => queue.clone().next(machine),
            Iteration::Stream(stream) => {
                let stream = std::mem::take(stream);
                self.step(machine, stream)
            }
            Iteration::Rest(_) => {
                // Let go of the promise first: a stream that nobody else holds is freed as it is
                // gone over.
                match std::mem::replace(self, Iteration::Stream(Value::Nil)) {
                    Iteration::Rest(rest) => {
                        let stream = rest.force(machine, None)?;
                        drop(rest);
                        self.step(machine, stream)
                    }
                    _ => Ok(None),
                }
            }
            Iteration::Range(..) | Iteration::List(..) => self.next(machine),
        }
    }

    /// The first element of a stream; the rest is for later.
    fn step(&mut self, machine: &mut Machine<'_>, stream: Value) -> Result<Option<Value>> {
        match pair(machine, stream)? {
            None => {
                *self = Iteration::Stream(Value::Nil);
                Ok(None)
            }
            Some((head, tail)) => {
                *self = Iteration::Rest(tail);
                Ok(Some(head))
            }
        }
    }
}

/// The first value of a stream and the promise of its rest; `None` for nil, the empty stream.
pub fn pair(machine: &mut Machine<'_>, stream: Value) -> Result<Option<(Value, Arc<Promise>)>> {
    let mut stream = stream;
    loop {
        stream = match stream {
            Value::Nil => return Ok(None),
            Value::Stream(known) => match known.head() {
                Some(head) => return Ok(Some((head.copied(), known))),
                None => known.force(machine, None)?,
            },
            Value::Promise(promise) => promise.force(machine, None)?,
            other => {
                let got = crate::diagnostics::words::with_article(other.type_name());
                return Err(fail(
                    Kind::Type,
                    format!("the tail of a stream must be a stream or nil, not {got}"),
                ));
            }
        };
    }
}
