//! What the binary operators do with any two values.
//!
//! Numbers go to [`number`](super::number), comparisons to [`order`](super::order); here is what
//! `+` and `*` do with strings, bytes and lists, what `in` finds, and what is said when an
//! operator does not fit its operands.

use super::error::{Failure, fail};
use super::list::List;
use super::map::{Key, KeyRef};
use super::{Kind, Result, Unwind, Value, number, order};
use crate::diagnostics::words::with_article;
use crate::gate::Gate;
use crate::syntax::tree::BinaryOperator;

/// The longest string or bytes that `+` and `*` make, in bytes.
pub const LONGEST_TEXT: u64 = 1 << 31;

/// `left operator right`
pub fn apply(
    operator: BinaryOperator,
    left: &Value,
    right: &Value,
    gate: &Gate<'_>,
) -> Result<Value> {
    use BinaryOperator as O;
    let truth = |result: Result<bool>| result.map(Value::from);
    match operator {
        O::Add => add(left, right, gate),
        O::Subtract => number::subtract(left, right),
        O::Multiply => multiply(left, right, gate),
        O::Divide => number::divide(left, right),
        O::FloorDivide => number::floor_divide(left, right),
        O::Modulo => number::modulo(left, right),
        O::Power => number::power(left, right),
        O::Equal => truth(order::equal(left, right, gate)),
        O::NotEqual => truth(order::equal(left, right, gate).map(|equal| !equal)),
        O::Less => truth(order::less(left, right, gate)),
        O::LessEqual => {
            truth(order::compare(left, right, gate).map(|order| order.is_some_and(|it| it.is_le())))
        }
        O::Greater => {
            truth(order::compare(left, right, gate).map(|order| order.is_some_and(|it| it.is_gt())))
        }
        O::GreaterEqual => {
            truth(order::compare(left, right, gate).map(|order| order.is_some_and(|it| it.is_ge())))
        }
        O::In => truth(contains(right, left, gate)),
        O::NotIn => truth(contains(right, left, gate).map(|inside| !inside)),
    }
}

/// `left + right`: of numbers, or joins two strings, bytes or lists.
pub fn add(left: &Value, right: &Value, gate: &Gate<'_>) -> Result<Value> {
    match (left, right) {
        (Value::String(a), Value::String(b)) => {
            let mut joined = room_for_text("string", a.len(), b.len() as u64, 1)?;
            joined.extend_from_slice(a.as_bytes());
            joined.extend_from_slice(b.as_bytes());
            Ok(text_of(joined))
        }
        (Value::Bytes(a), Value::Bytes(b)) => {
            let mut joined = room_for_text("bytes", a.len(), b.len() as u64, 1)?;
            joined.extend_from_slice(a);
            joined.extend_from_slice(b);
            Ok(Value::Bytes(joined.into()))
        }
        (Value::List(a), Value::List(b)) => {
            // One after the other: two locks are never held at once.
            let mut joined = a.snapshot(gate);
            let more = b.snapshot(gate);
            joined
                .try_reserve_exact(more.len())
                .map_err(|_| too_long("list", joined.len() as u64 + more.len() as u64))?;
            joined.extend(more);
            Ok(Value::list(joined))
        }
        _ => number::add(left, right),
    }
}

/// `left * right`: of numbers, or repeats a string, bytes or list.
pub fn multiply(left: &Value, right: &Value, gate: &Gate<'_>) -> Result<Value> {
    match (left, right) {
        (Value::Int(_) | Value::BigInt(_), Value::String(_) | Value::Bytes(_) | Value::List(_)) => {
            repeat(right, left, gate)
        }
        (Value::String(_) | Value::Bytes(_) | Value::List(_), Value::Int(_) | Value::BigInt(_)) => {
            repeat(left, right, gate)
        }
        _ => number::multiply(left, right),
    }
}

fn repeat(value: &Value, times: &Value, gate: &Gate<'_>) -> Result<Value> {
    let times = match times {
        Value::Int(times) => u64::try_from(*times).unwrap_or(0),
        Value::BigInt(times) if times.sign() == num_bigint::Sign::Minus => 0,
        _ => u64::MAX,
    };
    match value {
        Value::String(text) => {
            let mut out = room_for_text("string", 0, text.len() as u64, times)?;
            fill(&mut out, text.as_bytes(), times);
            Ok(text_of(out))
        }
        Value::Bytes(bytes) => {
            let mut out = room_for_text("bytes", 0, bytes.len() as u64, times)?;
            fill(&mut out, bytes, times);
            Ok(Value::Bytes(out.into()))
        }
        Value::List(list) => repeat_list(list, times, gate),
        _ => Ok(Value::Nil),
    }
}

fn repeat_list(list: &List, times: u64, gate: &Gate<'_>) -> Result<Value> {
    let items = list.snapshot(gate);
    let length = (items.len() as u64).saturating_mul(times);
    let most = LONGEST_TEXT / size_of::<Value>() as u64;
    let mut out: Vec<Value> = Vec::new();
    if length > most || out.try_reserve_exact(length as usize).is_err() {
        return Err(too_long("list", length));
    }
    fill(&mut out, &items, times);
    Ok(Value::list(out))
}

/// Writes `part` so many times, in steps that double.
fn fill<T: Clone>(out: &mut Vec<T>, part: &[T], times: u64) {
    let length = part.len() * times as usize;
    if length > 0 {
        out.extend_from_slice(part);
    }
    while out.len() < length {
        let more = out.len().min(length - out.len());
        out.extend_from_within(..more);
    }
}

/// Memory for `head` bytes and `times` parts.
fn room_for_text(what: &str, head: usize, part: u64, times: u64) -> Result<Vec<u8>> {
    let length = part.saturating_mul(times).saturating_add(head as u64);
    let mut out = Vec::new();
    if length > LONGEST_TEXT || out.try_reserve_exact(length as usize).is_err() {
        return Err(too_long(what, length));
    }
    Ok(out)
}

/// A string of bytes that were strings.
fn text_of(bytes: Vec<u8>) -> Value {
    let text = String::from_utf8(bytes);
    Value::string(text.unwrap_or_else(|error| error.to_string()))
}

#[cold]
fn too_long(what: &str, length: u64) -> Unwind {
    let unit = if what == "list" { "elements" } else { "bytes" };
    let length = match length {
        u64::MAX => String::from("far too many"),
        length => length.to_string(),
    };
    let message = format!(
        "not enough memory for {} of {length} {unit}",
        with_article(what)
    );
    fail(Kind::Memory, message)
}

/// `item in whole`
pub fn contains(whole: &Value, item: &Value, gate: &Gate<'_>) -> Result<bool> {
    match (whole, item) {
        (Value::List(list), Value::List(_) | Value::Map(_)) => {
            for other in list.snapshot(gate) {
                if order::equal(&other, item, gate)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        (Value::List(list), _) => Ok(list.read(gate, |items| {
            items
                .iter()
                .any(|other| order::equal_at_once(other, item) == Some(true))
        })),
        (Value::Map(map), _) => Ok(map.contains(gate, key_ref(item)?)),
        (Value::String(text), Value::String(part)) => Ok(text.contains(&**part)),
        (Value::Range(range), Value::Int(number)) => Ok(range.contains(*number)),
        (Value::Range(range), Value::Float(number)) => {
            let number = number.get();
            let whole = number as i64;
            Ok(whole as f64 == number && whole != i64::MAX && range.contains(whole))
        }
        (Value::Range(_), _) => Ok(false),
        (Value::Bytes(bytes), Value::Int(byte)) => {
            Ok(u8::try_from(*byte).is_ok_and(|byte| bytes.contains(&byte)))
        }
        (Value::Bytes(bytes), Value::Bytes(part)) => Ok(part.is_empty()
            || part.len() <= bytes.len()
                && bytes.windows(part.len()).any(|window| window == **part)),
        _ => Err(cannot(BinaryOperator::In, item, whole)),
    }
}

/// A value as the key of a map, or the error that says why not.
pub fn key(value: &Value) -> Result<Key> {
    Key::new(value.clone()).map_err(|value| no_key(&value))
}

/// The same, borrowed.
#[inline]
pub fn key_ref(value: &Value) -> Result<KeyRef<'_>> {
    KeyRef::new(value).ok_or_else(|| no_key(value))
}

#[cold]
fn no_key(value: &Value) -> Unwind {
    let message = format!(
        "{} cannot be a key of a map",
        with_article(value.type_name())
    );
    let failure = Failure::error(Kind::Type, message);
    match value {
        Value::List(_) => failure.help("use a string, for example str(xs)").into(),
        _ => failure.into(),
    }
}

/// The error of an operator that does not fit its operands: `cannot add int and nil`.
#[cold]
#[inline(never)]
pub fn cannot(operator: BinaryOperator, left: &Value, right: &Value) -> Unwind {
    use BinaryOperator as O;
    let (a, b) = (left.type_name(), right.type_name());
    let message = match operator {
        O::Add => format!("cannot add {a} and {b}"),
        O::Subtract => format!("cannot subtract {b} from {a}"),
        O::Multiply => format!("cannot multiply {a} and {b}"),
        O::Divide | O::FloorDivide => format!("cannot divide {a} by {b}"),
        O::Modulo => format!("cannot take {a} modulo {b}"),
        O::Power => format!("cannot raise {a} to the power of {b}"),
        O::In | O::NotIn => match (left, right) {
            (_, Value::String(_)) => format!("a string holds no {a}"),
            (_, Value::Bytes(_)) => format!("bytes hold no {a}"),
            _ => format!("cannot look for {a} in {b}"),
        },
        _ => format!("cannot compare {a} and {b}"),
    };
    let failure = Failure::error(Kind::Type, message);
    match help(operator, left, right) {
        Some(help) => failure.help(help).into(),
        None => failure.into(),
    }
}

/// The way out, where one can be guessed.
fn help(operator: BinaryOperator, left: &Value, right: &Value) -> Option<&'static str> {
    use BinaryOperator as O;
    let either = |is: fn(&Value) -> bool| is(left) || is(right);
    let is_bool = either(|value| matches!(value, Value::Bool(_)));
    match operator {
        O::Add if either(|value| matches!(value, Value::String(_))) => {
            Some("use str(x), or an f-string: f\"… {x}\"")
        }
        _ if either(|value| matches!(value, Value::Function(_) | Value::Builtin(_))) => {
            Some("a function is called with its arguments in parentheses: f(x), or f()")
        }
        O::Add
            if either(|value| matches!(value, Value::List(_)))
                && !either(|value| matches!(value, Value::Nil)) =>
        {
            Some("to add one element: push(xs, x), or xs + [x]")
        }
        O::Subtract
        | O::Divide
        | O::FloorDivide
        | O::Modulo
        | O::Power
        | O::Less
        | O::LessEqual
        | O::Greater
        | O::GreaterEqual
            if either(|value| matches!(value, Value::String(_))) && either(is_number) =>
        {
            Some("int(s) or float(s) makes a number of a string")
        }
        O::In | O::NotIn if matches!(right, Value::String(_)) => {
            Some("use str(x) to look for its digits or letters")
        }
        _ if either(|value| {
            matches!(value, Value::Promise(_) | Value::Future(_) | Value::Task(_))
        }) =>
        {
            Some("force(x) gives the value of a promise, future or task")
        }
        O::Less | O::LessEqual | O::Greater | O::GreaterEqual if is_bool => {
            Some("bools have no order; int(b) gives 0 or 1")
        }
        _ if is_bool => Some("a bool is not a number; int(b) gives 0 or 1"),
        _ => None,
    }
}

fn is_number(value: &Value) -> bool {
    matches!(value, Value::Int(_) | Value::BigInt(_) | Value::Float(_))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::error::Thrown;
    use crate::value::range::Range;
    use crate::value::show::show;
    use std::sync::Arc;

    fn result(left: &Value, operator: BinaryOperator, right: &Value) -> String {
        match apply(operator, left, right, &Gate::open()) {
            Ok(value) => show(&value, &Gate::open()).expect("it is shown"),
            Err(Unwind::Failed(failure)) => match &failure.thrown {
                Thrown::Error { kind, message } => format!("{}: {message}", kind.word()),
                Thrown::Value(_) => String::from("thrown"),
            },
            Err(Unwind::Cancelled) => String::from("cancelled"),
        }
    }

    #[test]
    fn sequences_are_joined_and_repeated() {
        use BinaryOperator as O;
        let list = |numbers: &[i64]| Value::list(numbers.iter().copied().map(Value::Int).collect());
        let bytes = |text: &str| Value::Bytes(Arc::new(text.as_bytes().to_vec()));
        for (left, operator, right, expected) in [
            ("ab".into(), O::Add, "é".into(), "\"abé\""),
            (list(&[1]), O::Add, list(&[2]), "[1, 2]"),
            (bytes("a"), O::Add, bytes("b"), "b\"ab\""),
            ("ab".into(), O::Multiply, Value::Int(3), "\"ababab\""),
            (Value::Int(2), O::Multiply, list(&[1, 2]), "[1, 2, 1, 2]"),
            ("ab".into(), O::Multiply, Value::Int(-1), "\"\""),
            ("".into(), O::Multiply, Value::Int(i64::MAX), "\"\""),
            (list(&[]), O::Multiply, Value::Int(i64::MAX), "[]"),
        ] {
            assert_eq!(result(&left, operator, &right), expected);
        }
    }

    #[test]
    fn what_does_not_fit_into_memory_is_an_error() {
        use BinaryOperator as O;
        let times = Value::Int(1_000_000_000_000);
        let memory = "memory: not enough memory for";
        assert_eq!(
            result(&"x".into(), O::Multiply, &times),
            format!("{memory} a string of 1000000000000 bytes")
        );
        assert_eq!(
            result(&Value::list(vec![Value::Int(0)]), O::Multiply, &times),
            format!("{memory} a list of 1000000000000 elements")
        );
        let huge = Value::integer(num_bigint::BigInt::from(10).pow(30));
        assert!(result(&"x".into(), O::Multiply, &huge).starts_with(memory));
    }

    #[test]
    fn membership() {
        use BinaryOperator as O;
        let range = Value::Range(Arc::new(Range {
            start: 0,
            end: 10,
            step: 3,
        }));
        let list = Value::list(vec![Value::Int(1), Value::list(vec![Value::Nil])]);
        let nested = Value::list(vec![Value::Nil]);
        for (item, whole, expected) in [
            (Value::from(1.0), &list, "true"),
            (Value::Int(2), &list, "false"),
            (nested, &list, "true"),
            ("ell".into(), &"hello".into(), "true"),
            (Value::Int(9), &range, "true"),
            (Value::from(9.0), &range, "true"),
            (Value::from(0.5), &range, "false"),
            (Value::Nil, &range, "false"),
            (Value::Int(1), &"1".into(), "type: a string holds no int"),
            (
                Value::Int(1),
                &Value::Nil,
                "type: cannot look for int in nil",
            ),
        ] {
            assert_eq!(result(&item, O::In, whole), expected);
        }
        assert_eq!(result(&Value::Int(2), O::NotIn, &list), "true");
    }

    #[test]
    fn messages_name_the_operation_and_the_types() {
        use BinaryOperator as O;
        let list = Value::list(vec![]);
        for (left, operator, right, message) in [
            (Value::Int(1), O::Add, Value::Nil, "cannot add int and nil"),
            (
                "a".into(),
                O::Add,
                Value::Int(1),
                "cannot add string and int",
            ),
            (
                Value::Int(1),
                O::Subtract,
                Value::Nil,
                "cannot subtract nil from int",
            ),
            (
                "a".into(),
                O::Multiply,
                Value::from(1.5),
                "cannot multiply string and float",
            ),
            (
                Value::Int(1),
                O::FloorDivide,
                "a".into(),
                "cannot divide int by string",
            ),
            (
                list.clone(),
                O::Less,
                Value::Int(1),
                "cannot compare list and int",
            ),
            (
                true.into(),
                O::GreaterEqual,
                true.into(),
                "cannot compare bool and bool",
            ),
            (
                true.into(),
                O::Add,
                Value::Int(1),
                "cannot add bool and int",
            ),
        ] {
            assert_eq!(result(&left, operator, &right), format!("type: {message}"));
        }
        assert!(key(&list).is_err_and(
            |error| matches!(&error, Unwind::Failed(failure) if failure.is(&Kind::Type))
        ));
    }
}
