//! Maps: keys to values, in the order in which the keys came.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use indexmap::IndexMap;

use super::Value;
use super::guarded::Guarded;
use crate::gate::{Element, Gate, ObjectId, Operation};

/// The entries of a map.
pub type Entries = IndexMap<Key, Value>;

/// A map. Every single operation on it is atomic.
#[derive(Debug, Default)]
pub struct Map {
    entries: Guarded<Entries>,
}

impl Map {
    /// A map of these entries.
    pub fn new(entries: Entries) -> Arc<Map> {
        Arc::new(Map {
            entries: Guarded::new(entries),
        })
    }

    /// How many entries it has.
    pub fn len(&self, gate: &Gate<'_>) -> usize {
        gate.announce(|| Operation::Read(ObjectId::of(self), Element::Length));
        self.entries.with(|entries| entries.len())
    }

    /// Whether it has none.
    pub fn is_empty(&self, gate: &Gate<'_>) -> bool {
        self.len(gate) == 0
    }

    /// The value of a key.
    pub fn get(&self, gate: &Gate<'_>, key: &Key) -> Option<Value> {
        gate.announce(|| Operation::Read(ObjectId::of(self), Element::Key(key.fingerprint())));
        self.entries.with(|entries| entries.get(key).cloned())
    }

    /// Whether it has a key.
    pub fn contains(&self, gate: &Gate<'_>, key: &Key) -> bool {
        gate.announce(|| Operation::Read(ObjectId::of(self), Element::Key(key.fingerprint())));
        self.entries.with(|entries| entries.contains_key(key))
    }

    /// Sets the value of a key; gives back the old one. A new key comes last.
    pub fn insert(&self, gate: &Gate<'_>, key: Key, value: Value) -> Option<Value> {
        gate.announce(|| Operation::Write(ObjectId::of(self), Element::Key(key.fingerprint())));
        self.entries.with(|entries| entries.insert(key, value))
    }

    /// Removes a key; the others keep their order.
    pub fn remove(&self, gate: &Gate<'_>, key: &Key) -> Option<Value> {
        gate.announce(|| Operation::Write(ObjectId::of(self), Element::All));
        self.entries.with(|entries| entries.shift_remove(key))
    }

    /// Looks at all entries. The rules of [`Guarded::with`] hold for `look`.
    pub fn read<R>(&self, gate: &Gate<'_>, look: impl FnOnce(&Entries) -> R) -> R {
        gate.announce(|| Operation::Read(ObjectId::of(self), Element::All));
        self.entries.with(|entries| look(entries))
    }

    /// Changes the map as a whole. The rules of [`Guarded::with`] hold for `change`.
    pub fn change<R>(&self, gate: &Gate<'_>, change: impl FnOnce(&mut Entries) -> R) -> R {
        gate.announce(|| Operation::Write(ObjectId::of(self), Element::All));
        self.entries.with(change)
    }

    /// All entries, as they are at one moment.
    pub fn snapshot(&self, gate: &Gate<'_>) -> Vec<(Value, Value)> {
        self.read(gate, |entries| {
            entries
                .iter()
                .map(|(key, value)| (key.value().clone(), value.clone()))
                .collect()
        })
    }
}

impl Drop for Map {
    fn drop(&mut self) {
        let entries = std::mem::take(self.entries.get_mut());
        super::drop_deep(entries.into_values().collect());
    }
}

/// A value that may be a key: nil, a bool, a number, a string, or by identity any handle.
#[derive(Clone, Debug)]
pub struct Key(Value);

impl Key {
    /// The value as a key; gives it back if it may not be one (a list, map, float nan is fine).
    pub fn new(value: Value) -> std::result::Result<Key, Value> {
        match value {
            Value::Bytes(_)
            | Value::List(_)
            | Value::Map(_)
            | Value::Range(_)
            | Value::Stream(_)
            | Value::Error(_) => Err(value),
            _ => Ok(Key(value)),
        }
    }

    /// The key as a value.
    pub fn value(&self) -> &Value {
        &self.0
    }

    /// A hash that is the same for equal keys, to tell entries apart at the gate.
    pub fn fingerprint(&self) -> u64 {
        let mut hasher = std::hash::DefaultHasher::new();
        self.hash(&mut hasher);
        hasher.finish()
    }
}

/// What a key is compared by: numbers of one value are one key, handles are themselves.
#[derive(PartialEq, Eq, Hash)]
enum Identity<'a> {
    Nil,
    Bool(bool),
    Int(i64),
    Big(&'a num_bigint::BigInt),
    Float(u64),
    Text(&'a str),
    Handle(usize),
}

impl Key {
    fn identity(&self) -> Identity<'_> {
        match &self.0 {
            Value::Nil => Identity::Nil,
            Value::Bool(value) => Identity::Bool(*value),
            Value::Int(value) => Identity::Int(*value),
            Value::BigInt(value) => Identity::Big(value),
            Value::Float(value) => {
                // An integral float is the same key as the int. (Floats beyond 64 bits and equal
                // big integers stay two keys unless exactly representable below.)
                let whole = *value as i64;
                match whole as f64 == *value && whole != i64::MAX {
                    true => Identity::Int(whole),
                    false => Identity::Float(value.to_bits()),
                }
            }
            Value::String(text) => Identity::Text(text),
            other => Identity::Handle(handle_address(other)),
        }
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Key) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

/// Where a handle's object lives: what makes it itself.
pub fn handle_address(value: &Value) -> usize {
    match value {
        Value::Function(it) => Arc::as_ptr(it).addr(),
        Value::Builtin(it) => std::ptr::from_ref(*it).addr(),
        Value::Stream(it) => Arc::as_ptr(it).addr(),
        Value::Promise(it) => Arc::as_ptr(it).addr(),
        Value::Future(it) | Value::Task(it) => Arc::as_ptr(it).addr(),
        Value::Queue(it) => Arc::as_ptr(it).addr(),
        Value::Lock(it) => Arc::as_ptr(it).addr(),
        Value::Semaphore(it) => Arc::as_ptr(it).addr(),
        Value::Pool(it) => Arc::as_ptr(it).addr(),
        Value::Error(it) => Arc::as_ptr(it).addr(),
        Value::Place(place) => *place as usize,
        _ => 0,
    }
}
