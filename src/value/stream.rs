//! Streams: a first value and a promise of the rest.

use std::sync::Arc;

use super::Value;
use crate::runtime::promise::Promise;

/// A stream as a value. The empty stream is nil.
#[derive(Debug)]
pub enum Stream {
    /// `head :: tail`: the tail's promise gives nil or a stream.
    Pair {
        /// The first value.
        head: Value,
        /// The rest.
        tail: Arc<Promise>,
    },
    /// A stream whose first value is not worked out yet (a map over a queue waits for its first
    /// value only when asked): the promise gives nil or a stream.
    Lazy(Arc<Promise>),
}

impl Stream {
    /// `head :: tail`
    pub fn pair(head: Value, tail: Arc<Promise>) -> Value {
        Value::Stream(Arc::new(Stream::Pair { head, tail }))
    }

    /// A stream that is worked out when first looked at.
    pub fn lazy(promise: Arc<Promise>) -> Value {
        Value::Stream(Arc::new(Stream::Lazy(promise)))
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        if let Stream::Pair { head, .. } = self
            && head.may_hold_values()
        {
            super::drop_deep_one(std::mem::take(head));
        }
    }
}
