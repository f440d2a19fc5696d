//! What a function was made with.
//!
//! A few values lie in the function itself, so that making one asks for memory once, and each is
//! written right where it will lie:
//!
//! ```text
//!   few   [ a | b | - ]       more   [ ]
//!   few   [ a | b | c ]       more --> [ d | e ]
//! ```

use std::mem::ManuallyDrop;
use std::ops::Index;

use super::Value;

/// How many lie in the function.
const FEW: usize = 3;

/// What a function was made with, in the order of its template's captures.
#[derive(Clone)]
pub struct Captures {
    /// Those behind the last are [`Value::Absent`], which nothing else is. Dropped by
    /// [`Captures::end_deep`], which leaves nothing in there that owns anything.
    few: ManuallyDrop<[Value; FEW]>,
    more: Box<[Value]>,
}

impl Captures {
    /// Nothing so far.
    #[inline(always)]
    pub fn new() -> Captures {
        Captures {
            few: ManuallyDrop::new([const { Value::Absent }; FEW]),
            more: Box::default(),
        }
    }

    /// Puts what `value` gives for each of these into captures that hold nothing so far.
    #[inline(always)]
    pub fn fill<T>(&mut self, of: &[T], mut value: impl FnMut(&T) -> Value) {
        let [first, second, third] = &mut *self.few;
        match of {
            [] => {}
            [a] => put(first, value(a)),
            [a, b] => {
                put(first, value(a));
                put(second, value(b));
            }
            [a, b, c, rest @ ..] => {
                put(first, value(a));
                put(second, value(b));
                put(third, value(c));
                if !rest.is_empty() {
                    self.more = rest.iter().map(value).collect();
                }
            }
        }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Value> {
        let few = self.few.iter();
        let few = few.take_while(|value| !matches!(value, Value::Absent));
        few.chain(&self.more)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        matches!(self.few[0], Value::Absent)
    }

    /// Lets go of all of them, however deep they are.
    #[inline(always)]
    pub(crate) fn end_deep(&mut self) {
        self.few.iter_mut().for_each(Value::end_deep);
        if !self.more.is_empty() {
            super::drop_deep(std::mem::take(&mut self.more).into_vec());
        }
    }
}

/// Writes over what owns nothing.
#[inline(always)]
fn put(place: &mut Value, value: Value) {
    std::mem::forget(std::mem::replace(place, value));
}

impl Drop for Captures {
    fn drop(&mut self) {
        self.end_deep();
    }
}

impl Default for Captures {
    fn default() -> Captures {
        Captures::new()
    }
}

impl From<Vec<Value>> for Captures {
    fn from(values: Vec<Value>) -> Captures {
        let mut captures = Captures::new();
        captures.fill(&values, Value::clone);
        captures
    }
}

impl Index<usize> for Captures {
    type Output = Value;

    #[inline(always)]
    fn index(&self, at: usize) -> &Value {
        match at < FEW {
            true => &self.few[at],
            false => &self.more[at - FEW],
        }
    }
}
