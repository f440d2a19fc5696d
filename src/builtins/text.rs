//! Strings.

use crate::gate::Gate;
use crate::runtime::machine::Machine;
use crate::syntax::spec::read_spec;
use crate::value::error::{fail, pause};
use crate::value::format;
use crate::value::show::show_short;
use crate::value::text::Text;
use crate::value::{Failure, Kind, Result, Unwind, Value};

use super::arguments::{
    expect_int, expect_place, expect_string, expect_string_or_nil, make_room, string_with_room,
    wrong_type, wrong_value,
};
use super::data::position;
use super::going::{Going, go_over};
use super::{Row, Run};

pub(super) const TABLE: &[Row] = &[
    Row {
        name: "split",
        parameters: "s, sep = nil, maxsplit = -1",
        doc: "a list of the parts between separators, split at most maxsplit times; without sep, of the words between blanks",
        example: "print(split(\"  to be  or not \"))\n\"a,b,,c\".split(\",\")",
        gives: "[\"to\", \"be\", \"or\", \"not\"]\n[\"a\", \"b\", \"\", \"c\"]",
        run: Run::Function(split),
    },
    Row {
        name: "join",
        parameters: "sep, xs",
        doc: "the strings one after the other, with sep between them",
        example: "join(\", \", [\"a\", \"b\", \"c\"])",
        gives: "\"a, b, c\"",
        run: Run::For(&["string"], join),
    },
    Row {
        name: "strip",
        parameters: "s, chars = nil",
        doc: "the string without blanks, or the given characters, at its ends",
        example: "print(strip(\"  hi \\n\") + \"!\")\nstrip(\"--hi-\", \"-\")",
        gives: "hi!\n\"hi\"",
        run: Run::Function(strip),
    },
    Row {
        name: "upper",
        parameters: "s",
        doc: "the string in upper case",
        example: "upper(\"häh\")",
        gives: "\"HÄH\"",
        run: Run::Function(upper),
    },
    Row {
        name: "lower",
        parameters: "s",
        doc: "the string in lower case",
        example: "lower(\"HÄH\")",
        gives: "\"häh\"",
        run: Run::Function(lower),
    },
    Row {
        name: "replace",
        parameters: "s, old, new, count = -1",
        doc: "the string with new for every old, or for the first count of them",
        example: "print(replace(\"a-b-c\", \"-\", \"+\"))\nreplace(\"a-b-c\", \"-\", \"\", 1)",
        gives: "a+b+c\n\"ab-c\"",
        run: Run::Function(replace),
    },
    Row {
        name: "starts_with",
        parameters: "s, prefix",
        doc: "whether the string begins with prefix",
        example: "\"future\".starts_with(\"fu\")",
        gives: "true",
        run: Run::Function(starts_with),
    },
    Row {
        name: "ends_with",
        parameters: "s, suffix",
        doc: "whether the string ends with suffix",
        example: "\"future\".ends_with(\"fu\")",
        gives: "false",
        run: Run::Function(ends_with),
    },
    Row {
        name: "find",
        parameters: "s, x, start = 0",
        doc: "the index of the first x in a string or list, from index start on; -1 if there is none",
        example: "print(find(\"banana\", \"an\"), find(\"banana\", \"an\", 2))\nfind([1, 2], 3)",
        gives: "1 3\n-1",
        run: Run::Function(find),
    },
    Row {
        name: "format",
        parameters: "x, spec = \"\"",
        doc: "x as `f\"{x:spec}\"` shows it",
        example: "print(format(3.14159, \".2f\"))\nformat(\"a\", \">3\")",
        gives: "3.14\n\"  a\"",
        run: Run::Function(format_value),
    },
    Row {
        name: "ord",
        parameters: "c",
        doc: "the number of a character in Unicode",
        example: "ord(\"a\")",
        gives: "97",
        run: Run::Function(ord),
    },
    Row {
        name: "chr",
        parameters: "n",
        doc: "the character with a number in Unicode",
        example: "chr(97)",
        gives: "\"a\"",
        run: Run::Function(chr),
    },
];

/// How many parts of a text are made between two looks whether the task is to stop.
const PARTS_A_PAUSE: usize = 1 << 12;

fn split(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let text = expect_string("split", "s", &arguments[0])?;
    let separator = expect_string_or_nil("split", "sep", &arguments[1])?;
    let limit = limit("split", "maxsplit", &arguments[2])?;
    let mut parts: Vec<Value> = Vec::new();
    let gate = machine.gate;
    let mut add = |part: &str| -> Result<()> {
        if parts.len().is_multiple_of(PARTS_A_PAUSE) {
            pause(&gate)?;
        }
        make_room("split", &mut parts, 1)?;
        parts.push(Value::from(part));
        Ok(())
    };
    match separator {
        Some(separator) if separator.is_empty() => {
            return Err(
                wrong_value("sep", &arguments[1], "split cannot split at nothing")
                    .help("[c for c in s] is a list of the characters"),
            );
        }
        Some(separator) => {
            let most = limit.saturating_add(1);
            match separator.as_bytes() {
                // One byte is looked for without the preparations that a text needs.
                &[byte] => text.splitn(most, char::from(byte)).try_for_each(add)?,
                _ => text.splitn(most, &**separator).try_for_each(add)?,
            }
        }
        None => {
            let mut rest = text.trim_start();
            for _ in 0..limit {
                let Some(end) = rest.find(char::is_whitespace) else {
                    break;
                };
                add(&rest[..end])?;
                rest = rest[end..].trim_start();
            }
            if !rest.is_empty() {
                add(rest)?;
            }
        }
    }
    Ok(Value::list(parts))
}

/// How often at most; a negative number means any number of times.
fn limit(builtin: &str, parameter: &str, value: &Value) -> Result<usize> {
    let number = expect_place(builtin, parameter, value)?;
    Ok(usize::try_from(number).unwrap_or(usize::MAX))
}

fn join(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let separator = match &arguments[0] {
        Value::List(_) => {
            return Err(wrong_type("join", "sep", "a string", &arguments[0])
                .help("the separator comes first: join(\", \", xs)"));
        }
        other => expect_string("join", "sep", other)?,
    };
    let mut parts: Vec<Text> = Vec::new();
    let mut size = Some(0usize);
    go_over(machine, &arguments[1], |_, element| match element {
        Value::String(part) => {
            let between = if parts.is_empty() { 0 } else { separator.len() };
            size = size.and_then(|size| size.checked_add(between)?.checked_add(part.len()));
            make_room("join", &mut parts, 1)?;
            parts.push(part);
            Ok(Going::On)
        }
        other => Err(no_string(parts.len(), &other)),
    })?;
    let mut joined = string_with_room("join", size)?;
    for (number, part) in parts.iter().enumerate() {
        if number.is_multiple_of(PARTS_A_PAUSE) {
            pause(&machine.gate)?;
        }
        if number > 0 {
            joined.push_str(separator);
        }
        joined.push_str(part);
    }
    Ok(Value::from(joined))
}

#[cold]
fn no_string(index: usize, element: &Value) -> Unwind {
    let got = crate::diagnostics::words::with_article(element.type_name());
    Failure::error(Kind::Type, format!("join puts strings together, not {got}"))
        .label(format!(
            "element {index} is {}",
            show_short(element, &Gate::open(), 40)
        ))
        .help("join(sep, map(str, xs)) makes strings of the elements first")
        .into()
}

fn strip(_: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let text = expect_string("strip", "s", &arguments[0])?;
    Ok(Value::from(
        match expect_string_or_nil("strip", "chars", &arguments[1])? {
            None => text.trim(),
            Some(chars) => text.trim_matches(|c| chars.contains(c)),
        },
    ))
}

fn upper(_: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    Ok(Value::from(
        expect_string("upper", "s", &arguments[0])?.to_uppercase(),
    ))
}

fn lower(_: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    Ok(Value::from(
        expect_string("lower", "s", &arguments[0])?.to_lowercase(),
    ))
}

fn replace(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let text = expect_string("replace", "s", &arguments[0])?;
    let old = expect_string("replace", "old", &arguments[1])?;
    let new = expect_string("replace", "new", &arguments[2])?;
    let count = limit("replace", "count", &arguments[3])?;
    let found = text.matches(&**old).take(count).count();
    let size = new
        .len()
        .checked_mul(found)
        .and_then(|added| added.checked_add(text.len() - old.len() * found));
    let mut replaced = string_with_room("replace", size)?;
    let mut end = 0;
    for (number, (at, _)) in text.match_indices(&**old).take(count).enumerate() {
        if number.is_multiple_of(PARTS_A_PAUSE) {
            pause(&machine.gate)?;
        }
        replaced.push_str(&text[end..at]);
        replaced.push_str(new);
        end = at + old.len();
    }
    replaced.push_str(&text[end..]);
    Ok(Value::from(replaced))
}

fn starts_with(_: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let text = expect_string("starts_with", "s", &arguments[0])?;
    let prefix = expect_string("starts_with", "prefix", &arguments[1])?;
    Ok(Value::from(text.starts_with(&**prefix)))
}

fn ends_with(_: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let text = expect_string("ends_with", "s", &arguments[0])?;
    let suffix = expect_string("ends_with", "suffix", &arguments[1])?;
    Ok(Value::from(text.ends_with(&**suffix)))
}

fn find(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let start = expect_place("find", "start", &arguments[2])?;
    let found = match &arguments[0] {
        Value::String(text) => {
            let part = expect_string("find", "x", &arguments[1])?;
            find_in_text(text, part, start)
        }
        Value::List(list) => {
            let from = match usize::try_from(start) {
                Ok(from) => from,
                Err(_) => from_front(start, list.len(&machine.gate)),
            };
            position(machine, list, &arguments[1], from)?.map(|(at, _)| at)
        }
        other => return Err(wrong_type("find", "s", "a string or list", other)),
    };
    Ok(found.map_or(Value::Int(-1), Value::from))
}

/// An index that counts from the end if negative, as one that counts from the front.
fn from_front(index: i64, length: usize) -> usize {
    let from_front = match index {
        0.. => index,
        _ => index.saturating_add(length as i64).max(0),
    };
    usize::try_from(from_front).unwrap_or(usize::MAX)
}

/// In characters.
fn find_in_text(text: &Text, part: &str, start: i64) -> Option<usize> {
    let start = from_front(start, text.characters());
    if start > text.characters() {
        return None;
    }
    let begin = match text.is_ascii() {
        true => start,
        false => text
            .char_indices()
            .nth(start)
            .map_or(text.len(), |(at, _)| at),
    };
    let at = begin + text[begin..].find(part)?;
    Some(match text.is_ascii() {
        true => at,
        false => start + text[begin..at].chars().count(),
    })
}

fn format_value(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let text = expect_string("format", "spec", &arguments[1])?;
    let spec = read_spec(text).map_err(|wrong| wrong_value("spec", &arguments[1], wrong))?;
    Ok(Value::from(format::format(
        &arguments[0],
        &spec,
        &machine.gate,
    )?))
}

fn ord(_: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let text = expect_string("ord", "c", &arguments[0])?;
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(one), None) => Ok(Value::Int(i64::from(u32::from(one)))),
        _ => {
            let length = text.characters();
            let message = format!("ord needs a string of one character, not of {length}");
            Err(Failure::error(Kind::Type, message)
                .label(format!(
                    "c is {}",
                    show_short(&arguments[0], &Gate::open(), 40)
                ))
                .into())
        }
    }
}

fn chr(_: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let number = expect_int("chr", "n", &arguments[0])?;
    match u32::try_from(number).ok().and_then(char::from_u32) {
        Some(character) => Ok(Value::from(character.to_string())),
        None => Err(fail(
            Kind::Value,
            format!("there is no character with the number {number}"),
        )
        .help("characters have the numbers from 0 to 0x10ffff, without 0xd800 to 0xdfff")),
    }
}
