//! Streams: a first value and a promise of the rest.
//!
//! An element of a stream is one thing in memory, the promise of what comes behind it, and has its
//! first value in front:
//!
//! ```text
//!   1 :: ints(2)     [ 1 | ints(2), not evaluated ]
//! ```

use std::sync::Arc;

use super::Value;
use crate::runtime::promise::Promise;

/// What a stream looks like. The empty stream is nil.
#[derive(Copy, Clone, Debug)]
pub enum Stream<'a> {
    /// `head :: tail`: the tail's promise gives nil or a stream.
    Pair {
        /// The first value.
        head: &'a Value,
        /// The rest.
        tail: &'a Arc<Promise>,
    },
    /// A stream whose first value is not worked out yet (a map over a queue waits for its first
    /// value only when asked): the promise gives nil or a stream.
    Lazy(&'a Arc<Promise>),
}

impl Stream<'_> {
    /// Looks at what is in a [`Value::Stream`].
    pub fn of(promise: &Arc<Promise>) -> Stream<'_> {
        match promise.head() {
            Some(head) => Stream::Pair {
                head,
                tail: promise,
            },
            None => Stream::Lazy(promise),
        }
    }

    /// `head :: tail`, of a tail that is the rest of no other stream.
    pub fn pair(head: Value, mut tail: Arc<Promise>) -> Value {
        let is_first = tail.put_in_front(head);
        debug_assert!(is_first, "one rest of two streams");
        Value::Stream(tail)
    }

    /// A stream that is worked out when first looked at.
    pub fn lazy(promise: Arc<Promise>) -> Value {
        Value::Stream(promise)
    }
}
