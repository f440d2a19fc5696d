//! Maps: keys to values, in the order in which the keys came.

use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use foldhash::fast::FixedState;
use indexmap::{Equivalent, IndexMap};
use num_bigint::BigInt;
use num_traits::ToPrimitive;

use super::Value;
use super::guarded::Guarded;
use super::text::Text;
use crate::gate::{Element, Gate, ObjectId, Operation};
use crate::runtime::trail;

/// The entries of a map.
pub type Entries = IndexMap<Key, Value, FixedState>;

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
        let length = self.entries.with_value(|entries| entries.len());
        if gate.is_watched() {
            trail::saw_word(length as u64);
        }
        length
    }

    /// Whether it has none.
    pub fn is_empty(&self, gate: &Gate<'_>) -> bool {
        self.len(gate) == 0
    }

    /// The value of a key.
    #[inline]
    pub fn get(&self, gate: &Gate<'_>, key: KeyRef<'_>) -> Option<Value> {
        gate.announce(|| Operation::Read(ObjectId::of(self), Element::Key(key.fingerprint())));
        let value = self
            .entries
            .with_value(|entries| entries.get(&key).cloned());
        if gate.is_watched() {
            trail::saw(value.as_ref());
        }
        value
    }

    /// The value of a key that is a string of the program, which is most often where it was found
    /// before.
    #[inline]
    pub fn field(&self, gate: &Gate<'_>, key: &Key, hint: &Hint) -> Option<Value> {
        gate.announce(|| {
            Operation::Read(ObjectId::of(self), Element::Key(key.as_ref().fingerprint()))
        });
        let value = self.entries.with_value(|entries| {
            let at = hint.place(entries, key)?;
            entries.get_index(at).map(|(_, value)| value.copied())
        });
        if gate.is_watched() {
            trail::saw(value.as_ref());
        }
        value
    }

    /// Sets the value of such a key; gives back the old one.
    #[inline]
    pub fn set_field(
        &self,
        gate: &Gate<'_>,
        key: &Key,
        hint: &Hint,
        value: Value,
    ) -> Option<Value> {
        gate.announce(|| {
            Operation::Write(ObjectId::of(self), Element::Key(key.as_ref().fingerprint()))
        });
        if gate.is_watched() {
            trail::saw(Some(&value));
        }
        let old = self.entries.with_value(|entries| {
            match hint
                .place(entries, key)
                .and_then(|at| entries.get_index_mut(at))
            {
                Some((_, old)) => Some(std::mem::replace(old, value)),
                None => entries.insert(key.clone(), value),
            }
        });
        if gate.is_watched() {
            trail::saw(old.as_ref());
        }
        old
    }

    /// Whether it has a key.
    pub fn contains(&self, gate: &Gate<'_>, key: KeyRef<'_>) -> bool {
        gate.announce(|| Operation::Read(ObjectId::of(self), Element::Key(key.fingerprint())));
        let found = self
            .entries
            .with_value(|entries| entries.contains_key(&key));
        if gate.is_watched() {
            trail::saw_word(found.into());
        }
        found
    }

    /// Sets the value of a key; gives back the old one. A new key comes last.
    pub fn insert(&self, gate: &Gate<'_>, key: Key, value: Value) -> Option<Value> {
        gate.announce(|| {
            Operation::Write(ObjectId::of(self), Element::Key(key.as_ref().fingerprint()))
        });
        if gate.is_watched() {
            trail::saw(Some(&value));
        }
        let old = self
            .entries
            .with_value(|entries| entries.insert(key, value));
        if gate.is_watched() {
            trail::saw(old.as_ref());
        }
        if old.is_none() {
            // A new key changes the length and the order too.
            gate.widen(|| Operation::Write(ObjectId::of(self), Element::All));
        }
        old
    }

    /// Sets the value of a key that the caller keeps; gives back the old one.
    pub fn set(&self, gate: &Gate<'_>, key: KeyRef<'_>, value: Value) -> Option<Value> {
        gate.announce(|| Operation::Write(ObjectId::of(self), Element::Key(key.fingerprint())));
        if gate.is_watched() {
            trail::saw(Some(&value));
        }
        let old = self
            .entries
            .with_value(|entries| match entries.get_mut(&key) {
                Some(old) => Some(std::mem::replace(old, value)),
                None => entries.insert(key.to_key(), value),
            });
        if gate.is_watched() {
            trail::saw(old.as_ref());
        }
        if old.is_none() {
            // A new key changes the length and the order too.
            gate.widen(|| Operation::Write(ObjectId::of(self), Element::All));
        }
        old
    }

    /// Removes a key; the others keep their order.
    pub fn remove(&self, gate: &Gate<'_>, key: &Key) -> Option<Value> {
        gate.announce(|| Operation::Write(ObjectId::of(self), Element::All));
        let old = self.entries.with_value(|entries| entries.shift_remove(key));
        if gate.is_watched() {
            trail::saw(old.as_ref());
        }
        old
    }

    /// Looks at all entries. The rules of [`Guarded::with`] hold for `look`.
    pub fn read<R>(&self, gate: &Gate<'_>, look: impl FnOnce(&Entries) -> R) -> R {
        gate.announce(|| Operation::Read(ObjectId::of(self), Element::All));
        if gate.is_watched() {
            self.is_seen();
        }
        self.entries.with_value(|entries| look(entries))
    }

    /// Changes the map as a whole. The rules of [`Guarded::with`] hold for `change`.
    pub fn change<R>(&self, gate: &Gate<'_>, change: impl FnOnce(&mut Entries) -> R) -> R {
        gate.announce(|| Operation::Write(ObjectId::of(self), Element::All));
        if gate.is_watched() {
            self.is_seen();
        }
        let changed = self.entries.with_value(change);
        if gate.is_watched() {
            // What it holds now, others may change from now on.
            self.is_seen();
        }
        changed
    }

    /// Notes all of it in the task's trail.
    #[cold]
    #[inline(never)]
    fn is_seen(&self) {
        self.entries.with(|entries| {
            let pairs = entries.iter().flat_map(|(key, value)| [&key.0, value]);
            trail::saw_all(pairs);
        });
    }

    /// What it holds, for who looks at a program that stands still.
    pub fn held(&self) -> Vec<(Value, Value)> {
        self.entries.with(|entries| {
            let pairs = entries.iter();
            pairs
                .map(|(key, value)| (key.0.clone(), value.clone()))
                .collect()
        })
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
        crate::gate::gone(self);
        let entries = std::mem::take(self.entries.get_mut());
        if entries.values().any(Value::may_hold_values) {
            super::drop_deep(entries.into_values().collect());
        }
    }
}

/// Where a field was found last by one place of the program. Maps of one kind get their keys in
/// one order, so it is most often there again: then nothing is hashed and no text compared.
#[derive(Debug, Default)]
pub struct Hint(AtomicUsize);

impl Hint {
    /// Where a key is.
    #[inline]
    fn place(&self, entries: &Entries, key: &Key) -> Option<usize> {
        let at = self.0.load(Relaxed);
        match entries.get_index(at) {
            Some((found, _)) if found.is_same_text(key) => Some(at),
            _ => self.search(entries, key),
        }
    }

    #[inline(never)]
    fn search(&self, entries: &Entries, key: &Key) -> Option<usize> {
        let at = entries.get_index_of(key)?;
        self.0.store(at, Relaxed);
        Some(at)
    }
}

/// A value that may be a key: nil, a bool, a number, a string, or by identity any handle.
#[derive(Clone, Debug)]
pub struct Key(Value);

impl Key {
    /// The value as a key; gives it back if it may not be one: a list, map, range, stream, bytes
    /// or error. Every nan is the same key.
    #[inline]
    pub fn new(value: Value) -> std::result::Result<Key, Value> {
        match may_be_key(&value) {
            true => Ok(Key(value)),
            false => Err(value),
        }
    }

    /// A string as a key.
    pub fn of_text(text: Text) -> Key {
        Key(Value::String(text))
    }

    /// Whether both are strings, and one and the same.
    #[inline(always)]
    fn is_same_text(&self, other: &Key) -> bool {
        match (&self.0, &other.0) {
            (Value::String(a), Value::String(b)) => a.is_same(b),
            _ => false,
        }
    }

    /// The key as a value.
    pub fn value(&self) -> &Value {
        &self.0
    }

    /// The key, borrowed.
    #[inline]
    pub fn as_ref(&self) -> KeyRef<'_> {
        KeyRef(&self.0)
    }
}

#[inline]
fn may_be_key(value: &Value) -> bool {
    !matches!(
        value,
        Value::Bytes(_)
            | Value::List(_)
            | Value::Map(_)
            | Value::Range(_)
            | Value::Stream(_)
            | Value::Error(_)
    )
}

/// A key that somebody else holds, to look it up.
#[derive(Copy, Clone)]
pub struct KeyRef<'a>(&'a Value);

impl<'a> KeyRef<'a> {
    /// The value as a key, if it may be one.
    #[inline]
    pub fn new(value: &'a Value) -> Option<KeyRef<'a>> {
        may_be_key(value).then_some(KeyRef(value))
    }

    /// A key of its own.
    pub fn to_key(self) -> Key {
        Key(self.0.clone())
    }

    /// A hash that is the same for equal keys, to tell entries apart at the gate.
    pub fn fingerprint(self) -> u64 {
        let mut hasher = std::hash::DefaultHasher::new();
        identity(self.0).hash(&mut hasher);
        hasher.finish()
    }
}

impl Equivalent<Key> for KeyRef<'_> {
    #[inline]
    fn equivalent(&self, key: &Key) -> bool {
        same_key(self.0, &key.0)
    }
}

impl Hash for KeyRef<'_> {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash_key(self.0, state);
    }
}

impl PartialEq for Key {
    #[inline]
    fn eq(&self, other: &Key) -> bool {
        same_key(&self.0, &other.0)
    }
}

impl Eq for Key {}

impl Hash for Key {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash_key(&self.0, state);
    }
}

/// What a key is compared by: numbers of one value are one key, handles are themselves.
#[derive(PartialEq, Eq, Hash)]
enum Identity<'a> {
    Nil,
    Bool(bool),
    Int(i64),
    /// Beyond 64 bits and no float is it exactly.
    Big(&'a BigInt),
    Float(u64),
    Text(&'a str),
    Handle(usize),
}

fn identity(value: &Value) -> Identity<'_> {
    match value {
        Value::Nil => Identity::Nil,
        Value::Bool(value) => Identity::Bool(value.get()),
        Value::Int(value) => Identity::Int(*value),
        Value::BigInt(value) => match as_float(value) {
            Some(float) => Identity::Float(float.to_bits()),
            None => Identity::Big(value),
        },
        Value::Float(value) => {
            // A float within 64 bits and without a fraction is the same key as the int.
            let value = value.get();
            let whole = value as i64;
            match whole as f64 == value && whole != i64::MAX {
                true => Identity::Int(whole),
                false if value.is_nan() => Identity::Float(f64::NAN.to_bits()),
                false => Identity::Float(value.to_bits()),
            }
        }
        Value::String(text) => Identity::Text(text),
        other => Identity::Handle(handle_address(other)),
    }
}

#[inline]
fn same_key(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::String(left), Value::String(right)) => left == right,
        (Value::Int(left), Value::Int(right)) => left == right,
        _ => identity(left) == identity(right),
    }
}

/// Strings, which remember their hash, and ints are one word to the hasher.
#[inline]
fn hash_key<H: Hasher>(value: &Value, state: &mut H) {
    match value {
        Value::String(text) => state.write_u64(text.hash_code()),
        Value::Int(number) => state.write_u64(*number as u64),
        other => match identity(other) {
            Identity::Int(number) => state.write_u64(number as u64),
            identity => identity.hash(state),
        },
    }
}

/// The float of exactly this value, if there is one.
fn as_float(number: &BigInt) -> Option<f64> {
    let magnitude = number.magnitude();
    let significant = magnitude.bits() - magnitude.trailing_zeros().unwrap_or(0);
    let fits = significant <= u64::from(f64::MANTISSA_DIGITS) && magnitude.bits() <= 1024;
    fits.then(|| number.to_f64()).flatten()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn key(value: Value) -> Key {
        Key::new(value).expect("it may be a key")
    }

    fn big(shift: u32, plus: i64) -> Value {
        Value::integer((BigInt::from(1) << shift) + plus)
    }

    #[test]
    fn numbers_of_one_value_are_one_key() {
        for (a, b) in [
            (Value::Int(1), Value::from(1.0)),
            (Value::from(0.0), Value::from(-0.0)),
            (Value::from(f64::NAN), Value::from(-f64::NAN)),
            (Value::Int(i64::MIN), Value::from(i64::MIN as f64)),
            (big(63, 0), Value::from(2f64.powi(63))),
            (big(1000, 0), Value::from(2f64.powi(1000))),
            (big(1023, 0), Value::from(2f64.powi(1023))),
        ] {
            assert_eq!(key(a.clone()), key(b.clone()), "{a:?} {b:?}");
            assert_eq!(key(a).as_ref().fingerprint(), key(b).as_ref().fingerprint());
        }
        for (a, b) in [
            (Value::Int(1), Value::from(true)),
            (Value::Int(1), Value::from("1")),
            (Value::Int(0), Value::Nil),
            (Value::Int(i64::MAX), Value::from(i64::MAX as f64)),
            (big(1000, 1), Value::from(2f64.powi(1000))),
            (big(1024, 0), Value::from(f64::INFINITY)),
            (Value::from(0.5), Value::Int(0)),
        ] {
            assert_ne!(key(a.clone()), key(b.clone()), "{a:?} {b:?}");
        }
    }

    #[test]
    fn data_that_may_change_is_no_key() {
        assert!(Key::new(Value::list(vec![])).is_err());
        assert!(Key::new(Value::Map(Map::new(Entries::default()))).is_err());
    }
}
