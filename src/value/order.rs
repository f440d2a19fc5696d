//! Which values are equal, and which come first.
//!
//! Both go through nested lists with a stack of their own instead of recursing. A pair of lists
//! that was met before is taken as equal: so the comparison of lists that hold themselves ends,
//! and a list that is reachable on many ways is compared once.
//!
//! ```text
//!   a = [1, a]    b = [1, b]      a == b:  1 == 1, then (a, b) again: equal
//! ```

use std::cmp::Ordering;
use std::collections::HashSet;
use std::sync::Arc;

use num_bigint::BigInt;
use num_traits::FromPrimitive;

use super::arithmetic::cannot;
use super::error::{Thrown, pause};
use super::map::Map;
use super::number::Number;
use super::range::Range;
use super::{Result, Value};
use crate::gate::Gate;
use crate::syntax::tree::BinaryOperator;

pub use super::sort::{places_in_order, sort, sort_by};

/// How many elements are compared between two looks whether the task is to stop.
const ELEMENTS_A_PAUSE: usize = 1 << 12;

/// `left == right`: by structure for data, by identity for streams and handles. Two errors are
/// equal if kind and message are.
#[inline]
pub fn equal(left: &Value, right: &Value, gate: &Gate<'_>) -> Result<bool> {
    match equal_at_once(left, right) {
        Some(equal) => Ok(equal),
        None => equal_inside(left, right, gate),
    }
}

/// `left < right`
pub fn less(left: &Value, right: &Value, gate: &Gate<'_>) -> Result<bool> {
    Ok(compare(left, right, gate)? == Some(Ordering::Less))
}

/// Whether two values are equal, if that can be said without looking at changeable state: `None`
/// for two different lists or two different maps. Takes no lock.
pub fn equal_at_once(left: &Value, right: &Value) -> Option<bool> {
    Some(match (left, right) {
        (Value::Int(a), Value::Int(b)) => a == b,
        (Value::String(a), Value::String(b)) => a == b,
        (Value::Nil, Value::Nil) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::List(a), Value::List(b)) => match Arc::ptr_eq(a, b) {
            true => true,
            false => return None,
        },
        (Value::Map(a), Value::Map(b)) => match Arc::ptr_eq(a, b) {
            true => true,
            false => return None,
        },
        (Value::Bytes(a), Value::Bytes(b)) => a == b,
        (Value::Range(a), Value::Range(b)) => same_elements(a, b),
        (Value::Function(a), Value::Function(b)) => Arc::ptr_eq(a, b),
        (Value::Builtin(a), Value::Builtin(b)) => std::ptr::eq(*a, *b),
        (Value::Stream(a), Value::Stream(b)) => Arc::ptr_eq(a, b),
        (Value::Promise(a), Value::Promise(b)) => Arc::ptr_eq(a, b),
        (Value::Future(a), Value::Future(b)) => Arc::ptr_eq(a, b),
        (Value::Task(a), Value::Task(b)) => Arc::ptr_eq(a, b),
        (Value::Queue(a), Value::Queue(b)) => Arc::ptr_eq(a, b),
        (Value::Lock(a), Value::Lock(b)) => Arc::ptr_eq(a, b),
        (Value::Semaphore(a), Value::Semaphore(b)) => Arc::ptr_eq(a, b),
        (Value::Pool(a), Value::Pool(b)) => Arc::ptr_eq(a, b),
        (Value::Place(a), Value::Place(b)) => a == b,
        (Value::Error(a), Value::Error(b)) => {
            Arc::ptr_eq(a, b)
                || match (&a.thrown, &b.thrown) {
                    (
                        Thrown::Error { kind, message },
                        Thrown::Error {
                            kind: other_kind,
                            message: other_message,
                        },
                    ) => kind == other_kind && message == other_message,
                    _ => false,
                }
        }
        _ => match (Number::of(left), Number::of(right)) {
            (Some(a), Some(b)) => compare_numbers(a, b) == Some(Ordering::Equal),
            _ => false,
        },
    })
}

/// Ranges are equal if they go over the same integers.
fn same_elements(a: &Range, b: &Range) -> bool {
    match (a.len(), b.len()) {
        (0, 0) => true,
        (1, 1) => a.start == b.start,
        (many, as_many) => many == as_many && a.start == b.start && a.step == b.step,
    }
}

/// Pairs of lists or maps that were met, and what keeps them where they are.
#[derive(Default)]
struct Met {
    pairs: HashSet<(usize, usize)>,
    alive: Vec<(Value, Value)>,
}

impl Met {
    /// Whether a pair comes for the first time.
    fn is_new(&mut self, left: &Value, right: &Value) -> bool {
        let address = |value: &Value| match value {
            Value::List(list) => Arc::as_ptr(list).addr(),
            Value::Map(map) => Arc::as_ptr(map).addr(),
            _ => 0,
        };
        let is_new = self.pairs.insert((address(left), address(right)));
        if is_new {
            self.alive.push((left.clone(), right.clone()));
        }
        is_new
    }
}

fn equal_inside(left: &Value, right: &Value, gate: &Gate<'_>) -> Result<bool> {
    let mut met = Met::default();
    let mut waiting = Vec::new();
    let mut next = Some((left.clone(), right.clone()));
    while let Some((left, right)) = next {
        // Those that have an inside of their own; `None` if others differ.
        let open: Option<Vec<(Value, Value)>> = match (&left, &right) {
            (Value::List(a), Value::List(b)) => {
                let a = a.snapshot(gate);
                b.read(gate, |b| match a.len() == b.len() {
                    true => undecided(a.iter().zip(b)),
                    false => None,
                })
            }
            (Value::Map(a), Value::Map(b)) => pairs_of_maps(a, b, gate)
                .and_then(|pairs| undecided(pairs.iter().map(|(a, b)| (a, b)))),
            _ => None,
        };
        let Some(open) = open else {
            return Ok(false);
        };
        pause(gate)?;
        for (place, (a, b)) in open.into_iter().enumerate() {
            if place.is_multiple_of(ELEMENTS_A_PAUSE) {
                pause(gate)?;
            }
            if met.is_new(&a, &b) {
                waiting.push((a, b));
            }
        }
        next = waiting.pop();
    }
    Ok(true)
}

/// The pairs that only a look inside can decide; `None` if one of the others is unequal.
fn undecided<'v>(
    pairs: impl Iterator<Item = (&'v Value, &'v Value)>,
) -> Option<Vec<(Value, Value)>> {
    let mut open = Vec::new();
    for (a, b) in pairs {
        match equal_at_once(a, b) {
            Some(true) => {}
            Some(false) => return None,
            None => open.push((a.clone(), b.clone())),
        }
    }
    Some(open)
}

/// The values of every key in both maps; `None` if the keys differ.
fn pairs_of_maps(a: &Map, b: &Map, gate: &Gate<'_>) -> Option<Vec<(Value, Value)>> {
    let entries: Vec<_> = a.read(gate, |entries| {
        let entries = entries.iter();
        entries
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    });
    b.read(gate, |others| {
        if others.len() != entries.len() {
            return None;
        }
        let pair = |(key, value)| Some((value, others.get(&key)?.clone()));
        entries.into_iter().map(pair).collect()
    })
}

/// Which comes first; `None` where nan decides. An error for values that have no order.
///
/// Lists are in dictionary order: their first elements that differ decide, else their lengths.
pub fn compare(left: &Value, right: &Value, gate: &Gate<'_>) -> Result<Option<Ordering>> {
    let (Value::List(a), Value::List(b)) = (left, right) else {
        return compare_at_once(left, right);
    };
    let mut met = Met::default();
    let rows = |a: &super::list::List, b: &super::list::List| {
        let a = a.snapshot(gate);
        (a.into_iter(), b.snapshot(gate).into_iter())
    };
    let mut under_way = vec![rows(a, b)];
    let mut until_pause = ELEMENTS_A_PAUSE;
    while let Some((a, b)) = under_way.last_mut() {
        until_pause -= 1;
        if until_pause == 0 {
            until_pause = ELEMENTS_A_PAUSE;
            pause(gate)?;
        }
        let (a, b) = match (a.next(), b.next()) {
            (Some(a), Some(b)) => (a, b),
            (None, None) => {
                under_way.pop();
                continue;
            }
            (None, Some(_)) => return Ok(Some(Ordering::Less)),
            (Some(_), None) => return Ok(Some(Ordering::Greater)),
        };
        let differ = match (equal_at_once(&a, &b), &a, &b) {
            (Some(equal), ..) => !equal,
            (None, Value::List(inner), Value::List(other)) => {
                if met.is_new(&a, &b) {
                    under_way.push(rows(inner, other));
                }
                false
            }
            (None, ..) => !equal_inside(&a, &b, gate)?,
        };
        if differ {
            return compare_at_once(&a, &b);
        }
    }
    Ok(Some(Ordering::Equal))
}

/// Compares two values that are not both lists.
fn compare_at_once(left: &Value, right: &Value) -> Result<Option<Ordering>> {
    match (left, right) {
        (Value::String(a), Value::String(b)) => Ok(Some(str::cmp(a, b))),
        (Value::Bytes(a), Value::Bytes(b)) => Ok(Some(a.cmp(b))),
        _ => match (Number::of(left), Number::of(right)) {
            (Some(a), Some(b)) => Ok(compare_numbers(a, b)),
            _ => Err(cannot(BinaryOperator::Less, left, right)),
        },
    }
}

/// Compares numbers by their exact values; `None` if one is nan.
pub fn compare_numbers(left: Number<'_>, right: Number<'_>) -> Option<Ordering> {
    match (left, right) {
        (Number::Int(a), Number::Int(b)) => Some(a.cmp(&b)),
        (Number::Float(a), Number::Float(b)) => a.partial_cmp(&b),
        (Number::Big(a), Number::Big(b)) => Some(a.cmp(b)),
        // An int of 64 bits is nearer to 0 than any that needs more.
        (Number::Int(_), Number::Big(b)) => Some(BigInt::ZERO.cmp(b)),
        (Number::Big(a), Number::Int(_)) => Some(a.cmp(&BigInt::ZERO)),
        (Number::Int(a), Number::Float(b)) => int_with_float(a, b),
        (Number::Float(a), Number::Int(b)) => int_with_float(b, a).map(Ordering::reverse),
        (Number::Big(a), Number::Float(b)) => big_with_float(a, b),
        (Number::Float(a), Number::Big(b)) => big_with_float(b, a).map(Ordering::reverse),
    }
}

fn int_with_float(int: i64, float: f64) -> Option<Ordering> {
    const BEYOND: f64 = 9_223_372_036_854_775_808.0;
    if float.is_nan() {
        None
    } else if float >= BEYOND {
        Some(Ordering::Less)
    } else if float < -BEYOND {
        Some(Ordering::Greater)
    } else {
        let whole = float.trunc();
        let fraction = || 0.0.partial_cmp(&(float - whole));
        match int.cmp(&(whole as i64)) {
            Ordering::Equal => fraction(),
            other => Some(other),
        }
    }
}

fn big_with_float(big: &BigInt, float: f64) -> Option<Ordering> {
    match BigInt::from_f64(float) {
        // A fraction does not matter: beyond 64 bits neither has one, below the int is farther out.
        Some(whole) => Some(big.cmp(&whole)),
        None => 0.0.partial_cmp(&float),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::map::{Entries, Key};
    use crate::value::{Failure, Kind};
    use num_traits::ToPrimitive;
    use proptest::prelude::*;

    fn ints(numbers: impl IntoIterator<Item = i64>) -> Value {
        Value::list(numbers.into_iter().map(Value::Int).collect())
    }

    fn same(a: &Value, b: &Value) -> bool {
        equal(a, b, &Gate::open()).expect("equality always has an answer")
    }

    fn order(a: &Value, b: &Value) -> Option<Ordering> {
        compare(a, b, &Gate::open()).expect("they have an order")
    }

    fn map(entries: Vec<(i64, Value)>) -> Value {
        let key = |number| Key::new(Value::Int(number)).expect("an int is a key");
        let entries = entries.into_iter().map(|(at, value)| (key(at), value));
        Value::Map(Map::new(entries.collect::<Entries>()))
    }

    #[test]
    fn data_is_equal_by_structure() {
        assert!(same(
            &ints([1, 2]),
            &Value::list(vec![Value::from(1.0), Value::Int(2)])
        ));
        assert!(!same(&ints([1, 2]), &ints([1, 2, 3])));
        assert!(!same(&Value::from(true), &Value::Int(1)));
        assert!(!same(&Value::from("1"), &Value::Int(1)));
        assert!(!same(&f64::NAN.into(), &f64::NAN.into()));
        let one = map(vec![(1, ints([1])), (2, Value::Nil)]);
        let other = map(vec![(2, Value::Nil), (1, ints([1]))]);
        assert!(same(&one, &other));
        assert!(!same(&one, &map(vec![(1, ints([1])), (3, Value::Nil)])));
        let range = |start, end, step| Value::Range(Arc::new(Range { start, end, step }));
        assert!(same(&range(0, 0, 1), &range(5, 1, 2)));
        assert!(same(&range(0, 3, 2), &range(0, 4, 2)));
        assert!(same(&range(7, 8, 1), &range(7, 9, 5)));
        assert!(!same(&range(0, 2, 1), &range(0, 4, 2)));
        assert!(!same(&range(0, 2, 1), &ints([0, 1])));
        let error = |text: &str| Value::Error(Arc::new(Failure::error(Kind::Value, text)));
        assert!(same(&error("x"), &error("x")) && !same(&error("x"), &error("y")));
    }

    #[test]
    fn lists_are_in_dictionary_order() {
        assert_eq!(order(&ints([1, 2]), &ints([1, 3])), Some(Ordering::Less));
        assert_eq!(order(&ints([1, 2]), &ints([1])), Some(Ordering::Greater));
        assert_eq!(order(&"a".into(), &"é".into()), Some(Ordering::Less));
        assert_eq!(order(&f64::NAN.into(), &Value::Int(1)), None);
        // Equal values need no order among themselves.
        let with_nil = |number| Value::list(vec![Value::Nil, ints([1]), Value::Int(number)]);
        assert_eq!(order(&with_nil(1), &with_nil(2)), Some(Ordering::Less));
        assert!(compare(&Value::Nil, &Value::Nil, &Gate::open()).is_err());
        assert!(compare(&true.into(), &false.into(), &Gate::open()).is_err());
        assert!(compare(&ints([1]), &Value::Int(1), &Gate::open()).is_err());
    }

    #[test]
    fn what_holds_itself_compares_to_an_end() {
        let gate = Gate::open();
        let cyclic = |last: i64| {
            let list = ints([1]);
            if let Value::List(inner) = &list {
                inner.change(&gate, |items| items.extend([list.clone(), last.into()]));
            }
            list
        };
        let lists = [cyclic(1), cyclic(1), cyclic(2)];
        assert!(same(&lists[0], &lists[1]));
        assert!(!same(&lists[0], &lists[2]));
        assert_eq!(order(&lists[0], &lists[1]), Some(Ordering::Equal));
        assert_eq!(order(&lists[0], &lists[2]), Some(Ordering::Less));
        for list in &lists {
            if let Value::List(inner) = list {
                inner.change(&gate, Vec::clear);
            }
        }
    }

    #[test]
    fn depth_and_sharing_cost_neither_stack_nor_time() {
        let deep = || (0..200_000).fold(ints([]), |inner, _| Value::list(vec![inner]));
        assert!(same(&deep(), &deep()));
        assert_eq!(order(&deep(), &deep()), Some(Ordering::Equal));
        let wide = || (0..100).fold(ints([]), |inner, _| Value::list(vec![inner.clone(), inner]));
        assert!(same(&wide(), &wide()));
        assert_eq!(order(&wide(), &wide()), Some(Ordering::Equal));
    }

    proptest! {
        #[test]
        fn ints_and_floats_compare_exactly(
            int in any::<i64>(), shift in 0u32..120, near in -3i64..3, float in any::<f64>(),
        ) {
            let big = BigInt::from(int) << shift;
            let close = big.to_f64().unwrap_or(0.0) + near as f64;
            for float in [float, close] {
                let left = Value::integer(big.clone());
                // The exact way: by fractions.
                let expected = match float.is_finite() {
                    false => 0.0.partial_cmp(&float),
                    true => {
                        let whole = BigInt::from_f64(float).expect("it is finite");
                        Some(big.cmp(&whole).then(0.0.partial_cmp(&float.fract()).expect("no nan")))
                    }
                };
                prop_assert_eq!(order_or_none(&left, &float.into()), expected);
                let back = order_or_none(&float.into(), &left);
                prop_assert_eq!(back, expected.map(Ordering::reverse));
            }
        }
    }

    fn order_or_none(a: &Value, b: &Value) -> Option<Ordering> {
        compare(a, b, &Gate::open()).ok().flatten()
    }
}
