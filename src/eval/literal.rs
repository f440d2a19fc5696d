//! Values that stand in the program: constants, lists, maps, f-strings.

use std::cell::Cell;

use super::code::{Code, Compiler, code};
use super::expression::expression;
use super::variable::placed;
use crate::diagnostics::words::with_article;
use crate::resolve::program::{Expr, ExprKind, FormatPart};
use crate::runtime::machine::Machine;
use crate::syntax::span::Span;
use crate::syntax::tree::FormatSpec;
use crate::value::error::fail;
use crate::value::format::format;
use crate::value::map::{Entries, Key, Map};
use crate::value::show::display;
use crate::value::{Kind, Result, Unwind, Value};

/// A constant; anything else is nil.
pub fn constant(compiler: &Compiler, kind: &ExprKind) -> Code {
    match kind {
        ExprKind::Bool(value) => {
            let value = *value;
            code(move |_, _| Ok(Value::from(value)))
        }
        ExprKind::Int(value) => {
            let value = *value;
            code(move |_, _| Ok(Value::Int(value)))
        }
        ExprKind::BigInt(value) => {
            let value = Value::BigInt(value.clone());
            code(move |_, _| Ok(value.clone()))
        }
        ExprKind::Float(value) => {
            let value = *value;
            code(move |_, _| Ok(Value::from(value)))
        }
        ExprKind::String(text) => {
            let value = compiler.unit.name(text).value().clone();
            code(move |_, _| Ok(value.clone()))
        }
        _ => nil(),
    }
}

/// `nil`
pub fn nil() -> Code {
    code(|_, _| Ok(Value::Nil))
}

/// `[a, b]`
pub fn list(compiler: &Compiler, elements: &[Expr]) -> Code {
    let elements: Box<[Code]> = elements
        .iter()
        .map(|element| expression(compiler, element))
        .collect();
    code(move |m, f| {
        let mut values = Vec::with_capacity(elements.len());
        for element in &elements {
            values.push(element.run(m, f)?);
        }
        Ok(Value::list(values))
    })
}

/// `["a": 1]`
pub fn map(compiler: &Compiler, entries: &[(Expr, Expr)]) -> Code {
    let entries: Box<[(Code, Span, Code)]> = entries
        .iter()
        .map(|(key, value)| {
            (
                expression(compiler, key),
                key.span,
                expression(compiler, value),
            )
        })
        .collect();
    code(move |m, f| {
        let mut map = Entries::with_capacity_and_hasher(entries.len(), Default::default());
        for (key, span, value) in &entries {
            let key = key.run(m, f)?;
            let key = as_key(m, key, *span)?;
            map.insert(key, value.run(m, f)?);
        }
        Ok(Value::Map(Map::new(map)))
    })
}

/// A value as the key of a map.
pub fn as_key(machine: &Machine<'_>, value: Value, span: Span) -> Result<Key> {
    Key::new(value).map_err(|value| no_key(machine, &value, span))
}

#[cold]
#[inline(never)]
fn no_key(machine: &Machine<'_>, value: &Value, span: Span) -> Unwind {
    let got = with_article(value.type_name());
    let unwind = fail(Kind::Type, format!("{got} cannot be the key of a map"))
        .help("keys are nil, bools, numbers, strings and handles");
    machine.placed(unwind, span)
}

enum Piece {
    Text(Box<str>),
    Shown(Code, Span),
    Formatted(Code, Span, Box<FormatSpec>),
}

/// `f"{n} is {x:.2f}"`
pub fn format_string(compiler: &Compiler, parts: &[FormatPart]) -> Code {
    let pieces: Box<[Piece]> = parts
        .iter()
        .map(|part| match part {
            FormatPart::Text(text) => Piece::Text((&**text).into()),
            FormatPart::Hole { value, spec: None } => {
                Piece::Shown(expression(compiler, value), value.span)
            }
            FormatPart::Hole {
                value,
                spec: Some((spec, span)),
            } => Piece::Formatted(
                expression(compiler, value),
                value.span.to(*span),
                Box::new(spec.clone()),
            ),
        })
        .collect();
    code(move |m, f| {
        let mut text = SPARE.take();
        for piece in &pieces {
            match piece {
                Piece::Text(part) => text.push_str(part),
                Piece::Shown(value, span) => match value.run(m, f)? {
                    Value::String(part) => text.push_str(&part),
                    Value::Int(number) => {
                        text.push_str(itoa::Buffer::new().format(number));
                    }
                    value => text.push_str(&placed(m, display(&value, &m.gate), *span)?),
                },
                Piece::Formatted(value, span, spec) => {
                    let value = value.run(m, f)?;
                    text.push_str(&placed(m, format(&value, spec, &m.gate), *span)?);
                }
            }
        }
        Ok(finished(text))
    })
}

thread_local! {
    /// Where the next f-string of this thread is put together, so that a short one asks for no
    /// memory but that of the string it becomes. It is taken out meanwhile: what stands in the
    /// holes may have f-strings of its own, and may wait.
    static SPARE: Cell<String> = const { Cell::new(String::new()) };
}

/// The string that was put together.
fn finished(mut text: String) -> Value {
    /// A longer one is not copied but handed on.
    const COPIED: usize = 128;
    if text.len() > COPIED {
        return Value::from(text);
    }
    let value = Value::from(&*text);
    text.clear();
    SPARE.set(text);
    value
}
