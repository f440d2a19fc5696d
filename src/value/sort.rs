//! Sorting: a stable merge sort that stands any comparison.
//!
//! The order may come from a function of the program, which may fail, be cancelled, or contradict
//! itself. So what is sorted are places, not values: whatever happens, each value is there once.

use std::cmp::Ordering;

use super::order::less;
use super::{Result, Value};
use crate::gate::Gate;

/// Rows of this length are sorted by insertion.
const SHORT: usize = 8;

/// How many comparisons may pass between two calls of `tick`.
const COMPARISONS_A_TICK: u32 = 1024;

/// The values in their natural order, or the reverse; equal ones as they came. `tick` is called
/// now and then, and its error ends the sort.
pub fn sort(
    values: Vec<Value>,
    reverse: bool,
    gate: &Gate<'_>,
    tick: &mut dyn FnMut() -> Result<()>,
) -> Result<Vec<Value>> {
    let places = places_in_order(&values, reverse, gate, tick)?;
    Ok(at_places(values, places))
}

/// The places of the keys in their natural order, or the reverse; equal ones as they came.
pub fn places_in_order(
    keys: &[Value],
    reverse: bool,
    gate: &Gate<'_>,
    tick: &mut dyn FnMut() -> Result<()>,
) -> Result<Vec<usize>> {
    if let Some(places) = places_of_alike(keys, reverse) {
        return Ok(places);
    }
    let mut until_tick = COMPARISONS_A_TICK;
    merge_sort(keys.len(), &mut |a, b| {
        until_tick -= 1;
        if until_tick == 0 {
            until_tick = COMPARISONS_A_TICK;
            tick()?;
        }
        match reverse {
            false => less(&keys[a], &keys[b], gate),
            true => less(&keys[b], &keys[a], gate),
        }
    })
}

/// The values in the order that `less` says, equal ones as they came. An error of `less` ends the
/// sort; a `less` that contradicts itself gives some order.
pub fn sort_by(
    values: Vec<Value>,
    less: &mut dyn FnMut(&Value, &Value) -> Result<bool>,
) -> Result<Vec<Value>> {
    let places = merge_sort(values.len(), &mut |a, b| less(&values[a], &values[b]))?;
    Ok(at_places(values, places))
}

fn at_places(mut values: Vec<Value>, places: Vec<usize>) -> Vec<Value> {
    let take = |place| std::mem::take(&mut values[place]);
    places.into_iter().map(take).collect()
}

/// The fast way for keys that are all ints, all floats without nan, or all strings.
fn places_of_alike(keys: &[Value], reverse: bool) -> Option<Vec<usize>> {
    fn sorted<K: Copy>(
        keys: Option<Vec<K>>,
        reverse: bool,
        order: impl Fn(K, K) -> Ordering,
    ) -> Option<Vec<usize>> {
        let mut pairs: Vec<(K, usize)> = keys?.into_iter().zip(0..).collect();
        match reverse {
            false => pairs.sort_by(|a, b| order(a.0, b.0)),
            true => pairs.sort_by(|a, b| order(b.0, a.0)),
        }
        Some(pairs.into_iter().map(|(_, place)| place).collect())
    }
    let all = keys.iter();
    match keys.first()? {
        Value::Int(_) => {
            let ints = all.map(|key| match key {
                Value::Int(number) => Some(*number),
                _ => None,
            });
            sorted(ints.collect(), reverse, |a, b| a.cmp(&b))
        }
        Value::Float(_) => {
            let floats = all.map(|key| match key {
                // Added 0 makes -0 and 0 one.
                Value::Float(number) if !number.get().is_nan() => Some(number.get() + 0.0),
                _ => None,
            });
            sorted(floats.collect(), reverse, |a, b| a.total_cmp(&b))
        }
        Value::String(_) => {
            let texts = all.map(|key| match key {
                Value::String(text) => Some(&**text),
                _ => None,
            });
            sorted(texts.collect(), reverse, |a: &str, b| a.cmp(b))
        }
        _ => None,
    }
}

/// The places from 0 up to `length`, in order. `less` is asked about two places.
fn merge_sort(
    length: usize,
    less: &mut dyn FnMut(usize, usize) -> Result<bool>,
) -> Result<Vec<usize>> {
    let mut places: Vec<usize> = (0..length).collect();
    for row in places.chunks_mut(SHORT) {
        insertion_sort(row, less)?;
    }
    let mut merged = Vec::with_capacity(length);
    let mut width = SHORT;
    while width < length {
        merged.clear();
        for pair in places.chunks(2 * width) {
            let (left, right) = pair.split_at(width.min(pair.len()));
            merge(left, right, &mut merged, less)?;
        }
        std::mem::swap(&mut places, &mut merged);
        width *= 2;
    }
    Ok(places)
}

fn insertion_sort(
    row: &mut [usize],
    less: &mut dyn FnMut(usize, usize) -> Result<bool>,
) -> Result<()> {
    for end in 1..row.len() {
        let mut at = end;
        while at > 0 && less(row[at], row[at - 1])? {
            row.swap(at, at - 1);
            at -= 1;
        }
    }
    Ok(())
}

/// Adds two sorted rows to `merged`, sorted. Of equal ones those of `left` come first.
fn merge(
    mut left: &[usize],
    mut right: &[usize],
    merged: &mut Vec<usize>,
    less: &mut dyn FnMut(usize, usize) -> Result<bool>,
) -> Result<()> {
    // Rows that follow each other already need one question only.
    if let (Some(&last), Some(&first)) = (left.last(), right.first())
        && less(first, last)?
    {
        while let (Some(&a), Some(&b)) = (left.first(), right.first()) {
            if less(b, a)? {
                merged.push(b);
                right = &right[1..];
            } else {
                merged.push(a);
                left = &left[1..];
            }
        }
    }
    merged.extend_from_slice(left);
    merged.extend_from_slice(right);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Kind;
    use crate::value::error::fail;
    use crate::value::order::equal;
    use proptest::prelude::*;

    fn numbers(values: &[Value]) -> Vec<i64> {
        let number = |value: &Value| match value {
            Value::Int(number) => *number,
            _ => i64::MIN,
        };
        values.iter().map(number).collect()
    }

    fn sorted(values: Vec<Value>, reverse: bool) -> Result<Vec<Value>> {
        sort(values, reverse, &Gate::open(), &mut || Ok(()))
    }

    #[test]
    fn a_failing_order_ends_the_sort() {
        let mixed = vec![Value::Int(1), Value::from("a"), Value::Int(2)];
        assert!(sorted(mixed, false).is_err());
        let mut asked = 0;
        let result = sort_by((0..100).map(Value::Int).collect(), &mut |_, _| {
            asked += 1;
            match asked {
                50 => Err(fail(Kind::Value, "enough")),
                _ => Ok(true),
            }
        });
        assert!(result.is_err());
    }

    #[test]
    fn nan_and_signed_zeros_do_no_harm() {
        let floats = |numbers: &[f64]| numbers.iter().copied().map(Value::from).collect();
        let some: Vec<Value> = floats(&[2.0, f64::NAN, 1.0]);
        assert_eq!(sorted(some, false).map(|values| values.len()).ok(), Some(3));
        // 0.0 and -0.0 are equal and keep their order.
        let zeros: Vec<Value> = sorted(floats(&[0.0, -0.0, -1.0]), false).unwrap_or_default();
        let gate = Gate::open();
        assert!(equal(&zeros[0], &Value::from(-1.0), &gate).is_ok_and(|equal| equal));
        assert!(matches!(zeros[1], Value::Float(zero) if zero.get().is_sign_positive()));
    }

    proptest! {
        #[test]
        fn sorting_by_halves_is_stable(keys in proptest::collection::vec(0i64..200, 0..300)) {
            let values: Vec<Value> = keys.iter().copied().map(Value::Int).collect();
            let half = |value: &Value| numbers(std::slice::from_ref(value))[0] / 10;
            let result = sort_by(values, &mut |a, b| Ok(half(a) < half(b)));
            let mut expected = keys;
            expected.sort_by_key(|key| key / 10);
            prop_assert_eq!(numbers(&result.unwrap_or_default()), expected);
        }

        #[test]
        fn any_answers_give_a_permutation(
            length in 0usize..200, answers in proptest::collection::vec(any::<bool>(), 50),
        ) {
            let values = (0..length as i64).map(Value::Int).collect();
            let mut asked = 0;
            let result = sort_by(values, &mut |_, _| {
                asked += 1;
                Ok(answers[asked % answers.len()])
            });
            let mut found = numbers(&result.unwrap_or_default());
            found.sort_unstable();
            prop_assert_eq!(found, (0..length as i64).collect::<Vec<_>>());
        }

        #[test]
        fn the_fast_way_is_the_slow_way(
            keys in proptest::collection::vec(-20i64..20, 0..100), reverse in any::<bool>(),
        ) {
            let values: Vec<Value> = keys.iter().copied().map(Value::Int).collect();
            // A float among them keeps them off the fast way.
            let mut mixed = values.clone();
            mixed.push(Value::from(1000.5));
            let fast = numbers(&sorted(values, reverse).unwrap_or_default());
            let mut slow = sorted(mixed, reverse).unwrap_or_default();
            slow.retain(|value| matches!(value, Value::Int(_)));
            prop_assert_eq!(fast, numbers(&slow));
        }
    }
}
