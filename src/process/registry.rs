//! The first process's handles by name: whatever has been sent to a worker.
//!
//! A handle's name is its kind and its number. Both are its own for as long as the program runs, so
//! a name means the same object in every process.

use std::collections::HashMap;

use parking_lot::Mutex;

use super::border::Handles;
use super::bytes::{Malformed, Read};
use super::packed::{HandleKind, HandleName};
use crate::value::Value;

/// The name of a handle; `None` for what is none.
pub fn name_of(value: &Value) -> Option<HandleName> {
    let (kind, id) = match value {
        Value::Queue(queue) => (HandleKind::Queue, queue.number),
        Value::Lock(lock) => (HandleKind::Lock, lock.number),
        Value::Semaphore(semaphore) => (HandleKind::Semaphore, semaphore.number),
        Value::Future(task) => (HandleKind::Future, task.number),
        Value::Task(task) => (HandleKind::Task, task.number),
        _ => return None,
    };
    Some(HandleName { kind, id })
}

/// Everything that some worker may name.
#[derive(Debug, Default)]
pub struct Registry {
    sent: Mutex<HashMap<HandleName, Value>>,
}

impl Registry {
    /// Remembers a handle that is sent to a worker.
    pub fn remember(&self, handle: &Value) -> Option<HandleName> {
        let name = name_of(handle)?;
        self.sent
            .lock()
            .entry(name)
            .or_insert_with(|| handle.clone());
        Some(name)
    }

    /// What is called so.
    pub fn find(&self, name: HandleName) -> Option<Value> {
        self.sent.lock().get(&name).cloned()
    }
}

/// The registry as packing and unpacking see it.
pub struct Names<'a>(pub &'a Registry);

impl Handles for Names<'_> {
    fn export(&mut self, handle: &Value) -> Result<HandleName, String> {
        self.0
            .remember(handle)
            .ok_or_else(|| crate::diagnostics::words::with_article(handle.type_name()))
    }

    fn import(&mut self, name: HandleName) -> Read<Value> {
        self.0
            .find(name)
            .ok_or(Malformed("a handle that was never sent"))
    }
}
