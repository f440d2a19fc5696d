//! Whether two values have the same shape, sharing and cycles included.

use std::collections::HashMap;
use std::sync::Arc;

use crate::gate::Gate;
use crate::runtime::promise::Content;
use crate::value::Value;
use crate::value::error::Thrown;
use crate::value::map::handle_address;
use crate::value::stream::Stream;

/// Says how the two differ, if they do.
pub fn differ(left: &Value, right: &Value) -> Option<String> {
    let mut pairs: HashMap<usize, usize> = HashMap::new();
    let mut back: HashMap<usize, usize> = HashMap::new();
    let mut line = vec![(left.clone(), right.clone())];
    let gate = Gate::open();
    while let Some((left, right)) = line.pop() {
        if let (Some(a), Some(b)) = (address(&left), address(&right)) {
            let known = pairs.insert(a, b);
            let known_back = back.insert(b, a);
            if known.is_some_and(|known| known != b) || known_back.is_some_and(|known| known != a) {
                return Some(format!("sharing of {left:?} and {right:?}"));
            }
            if known.is_some() {
                continue;
            }
        }
        let same = match (&left, &right) {
            (Value::Nil, Value::Nil) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Int(a), Value::Int(b)) => a == b,
            (Value::Float(a), Value::Float(b)) => a.get().to_bits() == b.get().to_bits(),
            (Value::BigInt(a), Value::BigInt(b)) => a == b,
            (Value::String(a), Value::String(b)) => a == b,
            (Value::Bytes(a), Value::Bytes(b)) => a == b,
            (Value::Range(a), Value::Range(b)) => a == b,
            (Value::Builtin(a), Value::Builtin(b)) => std::ptr::eq(*a, *b),
            (Value::Place(a), Value::Place(b)) => a == b,
            (Value::Queue(a), Value::Queue(b)) => Arc::ptr_eq(a, b),
            (Value::Lock(a), Value::Lock(b)) => Arc::ptr_eq(a, b),
            (Value::List(a), Value::List(b)) => {
                let (a, b) = (a.snapshot(&gate), b.snapshot(&gate));
                let same = a.len() == b.len();
                line.extend(a.into_iter().zip(b));
                same
            }
            (Value::Map(a), Value::Map(b)) => {
                let (a, b) = (a.snapshot(&gate), b.snapshot(&gate));
                let same = a.len() == b.len();
                for ((a_key, a), (b_key, b)) in a.into_iter().zip(b) {
                    line.push((a_key, b_key));
                    line.push((a, b));
                }
                same
            }
            (Value::Function(a), Value::Function(b)) => {
                line.extend(a.captures.iter().cloned().zip(b.captures.iter().cloned()));
                std::ptr::eq(a.code, b.code) && a.captures.len() == b.captures.len()
            }
            (Value::Stream(a), Value::Stream(b)) => match (Stream::of(a), Stream::of(b)) {
                (Stream::Pair { head: a, tail: c }, Stream::Pair { head: b, tail: d }) => {
                    line.push((a.clone(), b.clone()));
                    line.push((Value::Promise(c.clone()), Value::Promise(d.clone())));
                    true
                }
                (Stream::Lazy(a), Stream::Lazy(b)) => {
                    line.push((Value::Promise(a.clone()), Value::Promise(b.clone())));
                    true
                }
                _ => false,
            },
            (Value::Promise(a), Value::Promise(b)) => match (a.content(&gate), b.content(&gate)) {
                (Some(Content::Code(a)), Some(Content::Code(b))) => {
                    line.push((Value::Function(a), Value::Function(b)));
                    true
                }
                (Some(Content::Done(a)), Some(Content::Done(b))) => {
                    line.push((a, b));
                    true
                }
                (Some(Content::Failed(a)), Some(Content::Failed(b))) => {
                    line.push((Value::Error(a), Value::Error(b)));
                    true
                }
                _ => false,
            },
            (Value::Error(a), Value::Error(b)) => {
                let same = match (&a.thrown, &b.thrown) {
                    (
                        Thrown::Error {
                            kind: a,
                            message: c,
                        },
                        Thrown::Error {
                            kind: b,
                            message: d,
                        },
                    ) => a == b && c == d,
                    (Thrown::Value(a), Thrown::Value(b)) => {
                        line.push((a.clone(), b.clone()));
                        true
                    }
                    _ => false,
                };
                same && format!("{:?}", a.story) == format!("{:?}", b.story)
            }
            (Value::Once(a), Value::Once(b)) => {
                line.extend(a.get().cloned().zip(b.get().cloned()));
                a.get().is_some() == b.get().is_some()
            }
            (Value::Shared(a), Value::Shared(b)) => {
                let (a, b) = (a.get(&gate), b.get(&gate));
                let same = a.is_some() == b.is_some();
                line.extend(a.zip(b));
                same
            }
            _ => false,
        };
        if !same {
            return Some(format!("{left:?} is not {right:?}"));
        }
    }
    None
}

/// The address of what has an identity and is copied.
fn address(value: &Value) -> Option<usize> {
    match value {
        Value::List(it) => Some(Arc::as_ptr(it).addr()),
        Value::Map(it) => Some(Arc::as_ptr(it).addr()),
        Value::Once(it) => Some(Arc::as_ptr(it).addr()),
        Value::Shared(it) => Some(Arc::as_ptr(it).addr()),
        Value::Function(_) | Value::Stream(_) | Value::Promise(_) | Value::Error(_) => {
            Some(handle_address(value))
        }
        _ => None,
    }
}
