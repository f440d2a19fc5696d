//! Lists: values in a row that any task may change.

use std::sync::Arc;

use super::Value;
use super::guarded::Guarded;
use crate::gate::{Element, Gate, ObjectId, Operation};
use crate::runtime::trail;

/// A list. Every single operation on it is atomic.
#[derive(Debug, Default)]
pub struct List {
    items: Guarded<Vec<Value>>,
}

impl List {
    /// A list of these values.
    pub fn new(items: Vec<Value>) -> Arc<List> {
        Arc::new(List {
            items: Guarded::new(items),
        })
    }

    /// How many values it has.
    #[inline]
    pub fn len(&self, gate: &Gate<'_>) -> usize {
        gate.announce(|| Operation::Read(ObjectId::of(self), Element::Length));
        let length = self.items.with_value(|items| items.len());
        if gate.is_watched() {
            trail::saw_word(length as u64);
        }
        length
    }

    /// Whether it has none.
    pub fn is_empty(&self, gate: &Gate<'_>) -> bool {
        self.len(gate) == 0
    }

    /// The value at an index from 0, if there is one.
    #[inline]
    pub fn get(&self, gate: &Gate<'_>, index: usize) -> Option<Value> {
        gate.announce(|| Operation::Read(ObjectId::of(self), Element::Index(index)));
        let item = self
            .items
            .with_value(|items| items.get(index).map(Value::copied));
        gate.tell(|| {
            item.as_ref()
                .map_or_else(String::new, super::show::in_words)
        });
        if gate.is_watched() {
            trail::saw(item.as_ref());
        }
        item
    }

    /// The value at an index that counts from the end if negative; else how long the list is.
    #[inline(always)]
    pub fn at(&self, gate: &Gate<'_>, index: i64) -> std::result::Result<Value, usize> {
        gate.announce(|| {
            let element = usize::try_from(index).map_or(Element::All, Element::Index);
            Operation::Read(ObjectId::of(self), element)
        });
        let item = self.items.with_value(|items| {
            place(index, items.len())
                .map(|at| items[at].copied())
                .ok_or(items.len())
        });
        gate.tell(|| {
            item.as_ref()
                .map_or_else(|_| String::new(), super::show::in_words)
        });
        if gate.is_watched() {
            saw_at(&item);
        }
        item
    }

    /// The value at an index of the list at an index, when both are there and no other task could
    /// change them between the two: then the inner list is not even counted as held.
    #[inline(always)]
    pub fn at_of_at(&self, gate: &Gate<'_>, outer: i64, inner: i64) -> Option<Value> {
        if gate.is_watched() {
            return None;
        }
        let found = self
            .items
            .look_alone(|rows| match rows.get(place(outer, rows.len())?)? {
                Value::List(row) => row
                    .items
                    .look_alone(|items| items.get(place(inner, items.len())?).map(Value::copied))
                    .flatten(),
                _ => None,
            });
        found.flatten()
    }

    /// Writes the value at an index that counts from the end if negative; gives back the old one,
    /// or how long the list is if there is no such place.
    #[inline]
    pub fn put_at(
        &self,
        gate: &Gate<'_>,
        index: i64,
        value: Value,
    ) -> std::result::Result<Value, usize> {
        gate.announce(|| {
            let element = usize::try_from(index).map_or(Element::All, Element::Index);
            Operation::Write(ObjectId::of(self), element)
        });
        let told = gate.wants_words().then(|| super::show::in_words(&value));
        if gate.is_watched() {
            trail::saw(Some(&value));
        }
        let old = self
            .items
            .with_value(|items| match place(index, items.len()) {
                Some(at) => Ok(std::mem::replace(&mut items[at], value)),
                None => Err(items.len()),
            });
        if let (true, Err(length)) = (gate.is_watched(), &old) {
            trail::saw_word(*length as u64);
        }
        if let (Some(new), Ok(old)) = (told, &old) {
            gate.tell(|| super::show::change(&super::show::in_words(old), &new));
        }
        old
    }

    /// All values, as they are at one moment.
    pub fn snapshot(&self, gate: &Gate<'_>) -> Vec<Value> {
        self.read(gate, |items| items.to_vec())
    }

    /// Looks at all values. The rules of [`Guarded::with`] hold for `look`.
    pub fn read<R>(&self, gate: &Gate<'_>, look: impl FnOnce(&[Value]) -> R) -> R {
        gate.announce(|| Operation::Read(ObjectId::of(self), Element::All));
        if gate.is_watched() {
            self.is_seen();
        }
        self.items.with_value(|items| look(items))
    }

    /// Changes the list as a whole. The rules of [`Guarded::with`] hold for `change`.
    pub fn change<R>(&self, gate: &Gate<'_>, change: impl FnOnce(&mut Vec<Value>) -> R) -> R {
        gate.announce(|| Operation::Write(ObjectId::of(self), Element::All));
        if gate.is_watched() {
            self.is_seen();
        }
        let changed = self.items.with_value(change);
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
        self.items.with(|items| trail::saw_all(items.iter()));
    }

    /// What it holds, for who looks at a program that stands still.
    pub fn held(&self) -> Vec<Value> {
        self.items.with(|items| items.to_vec())
    }

    /// Empties it when it is no longer reachable.
    pub(super) fn take(&mut self) -> Vec<Value> {
        std::mem::take(self.items.get_mut())
    }
}

/// Notes in the task's trail what stands at an index, or how long the list is.
#[cold]
#[inline(never)]
fn saw_at(item: &std::result::Result<Value, usize>) {
    match item {
        Ok(value) => trail::saw(Some(value)),
        Err(length) => trail::saw_word(*length as u64),
    }
}

/// The place an index means in a row of `length`: negative ones count from the end.
#[inline]
pub fn place(index: i64, length: usize) -> Option<usize> {
    let at = if index < 0 {
        index + length as i64
    } else {
        index
    };
    // As a number without a sign, one before the front is beyond every end.
    let at = at as u64;
    (at < length as u64).then_some(at as usize)
}

impl Drop for List {
    fn drop(&mut self) {
        crate::gate::gone(self);
        super::drop_deep(self.take());
    }
}
