//! `xs[i]`, `xs[a:b]`, `m.key`: reading and writing parts of values.

use std::sync::Arc;

use super::arithmetic::key_ref;
use super::error::{Thrown, fail};
use super::list::place;
use super::map::{Key, Map};
use super::{Failure, Kind, Result, Unwind, Value};
use crate::diagnostics::suggest;
use crate::diagnostics::words::{count, with_article};
use crate::gate::Gate;

/// `object[index]`
pub fn get_index(object: &Value, index: &Value, gate: &Gate<'_>) -> Result<Value> {
    match object {
        Value::List(list) => {
            let at = int_index(object, index)?;
            list.at(gate, at)
                .map_err(|length| out_of_range(object, index, length))
        }
        Value::Map(map) => {
            let key = key_ref(index)?;
            map.get(gate, key).ok_or_else(|| missing_key(map, index))
        }
        Value::String(text) => {
            let at = place_in(object, index, text.characters())?;
            Ok(Value::String(text.slice(at, at + 1)))
        }
        Value::Bytes(bytes) => {
            let at = place_in(object, index, bytes.len())?;
            Ok(Value::Int(bytes[at].into()))
        }
        Value::Range(range) => {
            let length = usize::try_from(range.len()).unwrap_or(usize::MAX);
            let at = place_in(object, index, length)?;
            Ok(Value::Int(range.nth(at as u64)))
        }
        other => Err(not_indexable(other)),
    }
}

/// `object[index] = value`
pub fn set_index(object: &Value, index: &Value, value: Value, gate: &Gate<'_>) -> Result<()> {
    match object {
        Value::List(list) => {
            let at = int_index(object, index)?;
            // The old value is dropped here, after the list's lock is released.
            match list.put_at(gate, at, value) {
                Ok(_) => Ok(()),
                Err(length) => Err(out_of_range(object, index, length)),
            }
        }
        Value::Map(map) => {
            map.set(gate, key_ref(index)?, value);
            Ok(())
        }
        other => Err(not_assignable(other)),
    }
}

/// `object[start:end]`; a bound that is nil counts as left out.
pub fn get_slice(
    object: &Value,
    start: Option<&Value>,
    end: Option<&Value>,
    gate: &Gate<'_>,
) -> Result<Value> {
    let bounds = |length: u64| -> Result<(u64, u64)> {
        let start = bound(start, length, 0)?;
        let end = bound(end, length, length)?;
        Ok((start, end.max(start)))
    };
    match object {
        Value::List(list) => {
            // The bounds are checked first; they are cut to the length under the lock.
            bounds(0)?;
            let cut = |items: &[Value]| {
                let (start, end) = bounds(items.len() as u64)?;
                Ok(Value::list(items[start as usize..end as usize].to_vec()))
            };
            list.read(gate, cut)
        }
        Value::String(text) => {
            let (start, end) = bounds(text.characters() as u64)?;
            match end - start == text.characters() as u64 {
                true => Ok(object.clone()),
                false => Ok(Value::String(text.slice(start as usize, end as usize))),
            }
        }
        Value::Bytes(bytes) => {
            let (start, end) = bounds(bytes.len() as u64)?;
            let part = bytes[start as usize..end as usize].to_vec();
            Ok(Value::Bytes(Arc::new(part)))
        }
        Value::Range(range) => {
            let (start, end) = bounds(range.len())?;
            Ok(Value::Range(Arc::new(range.part(start, end))))
        }
        other => Err(fail(
            Kind::Type,
            format!("{} has no slices", with_article(other.type_name())),
        )),
    }
}

/// `object.name`; `trace` tells the `.trace` of an error, for which the sources are needed.
pub fn get_field(
    object: &Value,
    key: &Key,
    gate: &Gate<'_>,
    trace: &dyn Fn(&Arc<Failure>) -> Value,
) -> Result<Value> {
    match object {
        Value::Map(map) => {
            let found = map.get(gate, key.as_ref());
            found.ok_or_else(|| missing_key(map, key.value()))
        }
        Value::Error(failure) => match (field_name(key), &failure.thrown) {
            ("kind", Thrown::Error { kind, .. }) => Ok(Value::from(kind.word())),
            ("message", Thrown::Error { message, .. }) => Ok(Value::from(&**message)),
            ("trace", _) => Ok(trace(failure)),
            _ => Err(Failure::error(
                Kind::Key,
                format!("an error has no field `{}`", field_name(key)),
            )
            .help("its fields are kind, message and trace")
            .into()),
        },
        other => Err(no_field(other, field_name(key))),
    }
}

/// The name of a field, whose key is a string.
pub fn field_name(key: &Key) -> &str {
    match key.value() {
        Value::String(name) => name,
        _ => "",
    }
}

/// Why `object.name = value` is not possible for anything but a map.
#[cold]
pub fn no_fields_to_set(object: &Value, key: &Key) -> Unwind {
    match object {
        Value::Error(_) => fail(
            Kind::Type,
            format!(
                "cannot assign to `.{}`: errors do not change",
                field_name(key)
            ),
        ),
        other => no_field(other, field_name(key)),
    }
}

/// An index as 64 bits; a larger one is out of range anywhere.
fn int_index(object: &Value, index: &Value) -> Result<i64> {
    match index {
        Value::Int(index) => Ok(*index),
        Value::BigInt(number) => match number.sign() {
            num_bigint::Sign::Minus => Ok(i64::MIN),
            _ => Ok(i64::MAX),
        },
        other => {
            let failure = Failure::error(
                Kind::Type,
                format!(
                    "an index of {} is an int, not {}",
                    with_article(object.type_name()),
                    with_article(other.type_name())
                ),
            );
            match other {
                Value::Float(_) => Err(failure.help("`//` divides ints to an int").into()),
                _ => Err(failure.into()),
            }
        }
    }
}

fn place_in(object: &Value, index: &Value, length: usize) -> Result<usize> {
    let at = int_index(object, index)?;
    place(at, length).ok_or_else(|| out_of_range(object, index, length))
}

/// Where a bound of a slice lies: negative ones count from the end, those outside are cut off.
fn bound(bound: Option<&Value>, length: u64, left_out: u64) -> Result<u64> {
    match bound {
        None | Some(Value::Nil) => Ok(left_out),
        Some(Value::Int(bound)) if *bound < 0 => Ok(length.saturating_sub(bound.unsigned_abs())),
        Some(Value::Int(bound)) => Ok(bound.unsigned_abs().min(length)),
        Some(Value::BigInt(bound)) => match bound.sign() {
            num_bigint::Sign::Minus => Ok(0),
            _ => Ok(length),
        },
        Some(other) => Err(fail(
            Kind::Type,
            format!(
                "the bounds of a slice are ints, not {}",
                with_article(other.type_name())
            ),
        )),
    }
}

#[cold]
fn out_of_range(object: &Value, index: &Value, length: usize) -> Unwind {
    let index = super::show::show_short(index, &Gate::open(), 40);
    let what = object.type_name();
    let has = match object {
        Value::String(_) => count(length, "character"),
        Value::Bytes(_) => count(length, "byte"),
        _ => count(length, "element"),
    };
    let verb = if what == "bytes" { "have" } else { "has" };
    let failure = Failure::error(
        Kind::Index,
        format!("index {index} is out of range: the {what} {verb} {has}"),
    );
    match length {
        0 => failure.into(),
        1 => failure.help("the only index is 0").into(),
        _ => {
            let last = length - 1;
            let help =
                format!("indices go from 0 to {last}, or from -1 for the last back to -{length}");
            failure.help(help).into()
        }
    }
}

/// The error of a key that a map does not have.
#[cold]
pub fn missing_key(map: &Map, key: &Value) -> Unwind {
    let shown = super::show::show_short(key, &Gate::open(), 60);
    let failure = Failure::error(Kind::Key, format!("the map has no key {shown}"));
    // For the suggestion only, which is no operation of the program.
    let names: Vec<Value> = map.read(&Gate::open(), |entries| {
        let keys = entries.keys().map(Key::value);
        let strings = keys.filter(|key| matches!(key, Value::String(_)));
        strings.take(1000).cloned().collect()
    });
    let names = names.iter().filter_map(|name| match name {
        Value::String(name) => Some(&**name),
        _ => None,
    });
    let nearest = match key {
        Value::String(key) => suggest::nearest(key, names),
        _ => None,
    };
    match nearest {
        Some(nearest) => {
            let nearest = super::quote::quoted(nearest);
            failure.help(format!("did you mean {nearest}?")).into()
        }
        None => failure.into(),
    }
}

#[cold]
fn not_indexable(value: &Value) -> Unwind {
    let failure = Failure::error(
        Kind::Type,
        format!(
            "{} has no elements to index",
            with_article(value.type_name())
        ),
    );
    match value {
        Value::Nil => failure
            .help("nil is the value of an empty block { } and of a function that gives none; the empty map is [:]")
            .into(),
        Value::Stream(_) => failure
            .help("take(s, n) gives the first n values as a list")
            .into(),
        Value::Promise(_) | Value::Future(_) | Value::Task(_) => {
            failure.help("force(x) gives its value").into()
        }
        Value::Function(_) | Value::Builtin(_) => {
            failure.help("a call takes parentheses: f(x)").into()
        }
        _ => failure.into(),
    }
}

#[cold]
fn not_assignable(value: &Value) -> Unwind {
    let what = match value {
        Value::String(_) => "strings do not change",
        Value::Bytes(_) => "bytes do not change",
        Value::Range(_) => "ranges do not change",
        other => return not_indexable(other),
    };
    let message = format!(
        "cannot assign into {}: {what}",
        with_article(value.type_name())
    );
    let help = match value {
        Value::String(_) => "make a new string: s[:i] + \"x\" + s[i + 1:]",
        _ => "make a list of it first: [x for x in xs]",
    };
    Failure::error(Kind::Type, message).help(help).into()
}

#[cold]
fn no_field(value: &Value, name: &str) -> Unwind {
    let message = format!("{} has no fields", with_article(value.type_name()));
    Failure::error(Kind::Type, message)
        .help(format!(
            "only maps and errors have; is `.{name}(…)`, a call, meant?"
        ))
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::map::Entries;
    use crate::value::range::Range;
    use crate::value::show::show;

    const GATE: Gate<'static> = Gate::open();

    fn text(result: Result<Value>) -> String {
        match result {
            Ok(value) => show(&value, &GATE).expect("it is shown"),
            Err(Unwind::Failed(failure)) => {
                let help = failure.story.help.clone();
                let help = help.map_or(String::new(), |help| format!(" ({help})"));
                match &failure.thrown {
                    Thrown::Error { kind, message } => format!("{}: {message}{help}", kind.word()),
                    Thrown::Value(_) => String::from("thrown"),
                }
            }
            Err(Unwind::Cancelled) => String::from("cancelled"),
        }
    }

    fn samples() -> [Value; 4] {
        [
            Value::list((1..=3).map(Value::Int).collect()),
            "héy".into(),
            Value::Bytes(Arc::new(vec![7, 8, 9])),
            Value::Range(Arc::new(Range {
                start: 0,
                end: 30,
                step: 10,
            })),
        ]
    }

    fn map() -> Value {
        let key = Key::new("name".into()).expect("a string is a key");
        Value::Map(Map::new(Entries::from_iter([(key, Value::Int(1))])))
    }

    #[test]
    fn elements() {
        let get = |object: &Value, index: i64| text(get_index(object, &index.into(), &GATE));
        let [list, string, bytes, range] = samples();
        assert_eq!(get(&list, 0), "1");
        assert_eq!(get(&list, -1), "3");
        assert_eq!(
            get(&list, 10),
            "index: index 10 is out of range: the list has 3 elements (indices go from 0 to 2, or from -1 for the last back to -3)"
        );
        assert_eq!(
            get(&list, i64::MIN),
            format!(
                "index: index {} is out of range: the list has 3 elements (indices go from 0 to 2, or from -1 for the last back to -3)",
                i64::MIN
            )
        );
        assert_eq!(
            get(&Value::list(vec![]), 0),
            "index: index 0 is out of range: the list has no elements"
        );
        assert_eq!(get(&string, 1), "\"é\"");
        assert_eq!(
            get(&string, -4),
            "index: index -4 is out of range: the string has 3 characters (indices go from 0 to 2, or from -1 for the last back to -3)"
        );
        assert_eq!(get(&bytes, 2), "9");
        assert_eq!(
            get(&bytes, 3),
            "index: index 3 is out of range: the bytes have 3 bytes (indices go from 0 to 2, or from -1 for the last back to -3)"
        );
        assert_eq!(get(&range, -1), "20");
        assert_eq!(
            text(get_index(&list, &Value::from(1.0), &GATE)),
            "type: an index of a list is an int, not a float (`//` divides ints to an int)"
        );
        assert!(text(get_index(&Value::Nil, &Value::Int(0), &GATE)).starts_with("type: "));
    }

    #[test]
    fn slices() {
        let slice = |object: &Value, start: Option<i64>, end: Option<i64>| {
            let (start, end) = (start.map(Value::Int), end.map(Value::Int));
            text(get_slice(object, start.as_ref(), end.as_ref(), &GATE))
        };
        let [list, string, bytes, range] = samples();
        assert_eq!(slice(&list, Some(1), None), "[2, 3]");
        assert_eq!(slice(&list, None, Some(-1)), "[1, 2]");
        assert_eq!(slice(&list, Some(-100), Some(100)), "[1, 2, 3]");
        assert_eq!(slice(&list, Some(2), Some(1)), "[]");
        assert_eq!(slice(&list, Some(5), None), "[]");
        assert_eq!(slice(&string, Some(1), Some(2)), "\"é\"");
        assert_eq!(slice(&string, Some(1), None), "\"éy\"");
        assert_eq!(slice(&bytes, Some(1), None), "b\"\\x08\\t\"");
        assert_eq!(slice(&range, Some(1), None), "range(10, 30, 10)");
        assert!(text(get_slice(&list, Some(&"a".into()), None, &GATE)).starts_with("type: "));
        assert!(slice(&map(), None, None).starts_with("type: "));
    }

    #[test]
    fn keys_and_fields() {
        let map = map();
        let get = |name: &str| text(get_index(&map, &name.into(), &GATE));
        assert_eq!(get("name"), "1");
        assert_eq!(
            get("nme"),
            "key: the map has no key \"nme\" (did you mean \"name\"?)"
        );
        assert_eq!(
            text(get_index(&map, &Value::Int(3), &GATE)),
            "key: the map has no key 3"
        );
        assert!(
            text(get_index(&map, &Value::list(vec![]), &GATE))
                .starts_with("type: a list cannot be a key")
        );
        assert!(set_index(&map, &Value::from("age"), Value::Int(2), &GATE).is_ok());
        let no_trace = |_: &Arc<Failure>| Value::Nil;
        let field = |object: &Value, name: &str| {
            let key = Key::of_text(name.into());
            text(get_field(object, &key, &GATE, &no_trace))
        };
        assert_eq!(field(&map, "age"), "2");
        assert!(field(&map, "agee").contains("did you mean \"age\"?"));
        let error = Value::Error(Arc::new(Failure::error(Kind::Value, "odd")));
        assert_eq!(field(&error, "kind"), "\"value\"");
        assert_eq!(field(&error, "message"), "\"odd\"");
        assert!(field(&error, "massage").starts_with("key: "));
        assert!(field(&Value::Nil, "x").starts_with("type: nil has no fields"));
    }

    #[test]
    fn assignment() {
        let [list, string, ..] = samples();
        assert!(set_index(&list, &Value::Int(-1), Value::Nil, &GATE).is_ok());
        assert_eq!(text(Ok(list.clone())), "[1, 2, nil]");
        assert!(set_index(&list, &Value::Int(3), Value::Nil, &GATE).is_err());
        let refused = set_index(&string, &Value::Int(0), "x".into(), &GATE).map(|()| Value::Nil);
        assert!(
            text(refused).starts_with("type: cannot assign into a string: strings do not change")
        );
    }
}
