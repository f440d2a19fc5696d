//! Reading parts: `xs[i]`, `m.key`, `xs[a:b]`.

use std::sync::Arc;

use super::blame::Blame;
use super::code::{Code, Compiler, code};
use super::expression::expression;
use super::operand::{Hold, Node, Operand, SingleNode, Spot, spot, with_operand, with_operands};
use crate::gate::Gate;
use crate::resolve::program::{Expr, ExprKind};
use crate::runtime::machine::Machine;
use crate::runtime::story;
use crate::syntax::foreign::foreign_method;
use crate::syntax::span::Span;
use crate::value::index::{field_name, get_field, get_index, get_slice};
use crate::value::map::{Hint, Key};
use crate::value::running::Running;
use crate::value::{Failure, Result, Value};

/// `xs[i]`
pub fn index(compiler: &Compiler, object: &Expr, index: &Expr, span: Span) -> Code {
    let blame = Blame::new(span, [object, index]);
    if let ExprKind::String(name) = &index.kind {
        let key = compiler.unit.name(name);
        let other = |m: &Machine<'_>, object: &Value, key: &Key, blame: &Blame| {
            read_index(m, object, key.value(), blame)
        };
        let node = KeyNode { key, blame, other };
        return with_operand(compiler, object, true, node);
    }
    if let ExprKind::Index {
        object: rows,
        index: row,
    } = &object.kind
        && let (Some(rows), Some(row), Some(at)) = (spot(rows), spot(row), spot(index))
    {
        return match (rows, row, at) {
            // In loops over tables all three are locals: then nothing asks where they are.
            (Spot::Local(rows), Spot::Local(row), Spot::Local(at)) => {
                nested(compiler, object, index, blame, move |m, _| {
                    at_of_at(&m.gate, m.local(rows), m.local(row), m.local(at))
                })
            }
            (rows, row, at) => nested(compiler, object, index, blame, move |m, f| {
                at_of_at(&m.gate, rows.peek(m, f), row.peek(m, f), at.peek(m, f))
            }),
        };
    }
    with_operands(compiler, object, index, IndexNode { blame })
}

/// `xss[i][j]` of three operands that are read where they are: the list between is not touched.
fn nested(
    compiler: &Compiler,
    object: &Expr,
    index: &Expr,
    blame: Blame,
    look: impl Fn(&Machine<'_>, Running<'_>) -> Option<Value> + Send + Sync + 'static,
) -> Code {
    let object = expression(compiler, object);
    let index = expression(compiler, index);
    code(move |m, f| {
        if let Some(value) = look(m, f) {
            return Ok(value);
        }
        let object = object.run(m, f)?;
        let index = index.run(m, f)?;
        read_index(m, &object, &index, &blame)
    })
}

#[inline(always)]
fn at_of_at(gate: &Gate<'_>, rows: &Value, row: &Value, at: &Value) -> Option<Value> {
    match (rows, row, at) {
        (Value::List(rows), &Value::Int(row), &Value::Int(at)) => rows.at_of_at(gate, row, at),
        _ => None,
    }
}

/// `m["key"]` and `m.key`: a key that stands in the program.
struct KeyNode {
    key: Key,
    blame: Blame,
    /// What reads it where it is not simply in a map.
    other: fn(&Machine<'_>, &Value, &Key, &Blame) -> Result<Value>,
}

impl SingleNode for KeyNode {
    type Output = Code;

    fn build<O: Operand>(self, object: O) -> Code {
        let KeyNode { key, blame, other } = self;
        let place = Hint::default();
        code(move |m, f| {
            let held = object.hold(m, f)?;
            if let Value::Map(map) = object.peek(&held, m, f)
                && let Some(value) = map.field(&m.gate, &key, &place)
            {
                held.release();
                return Ok(value);
            }
            let result = other(m, object.peek(&held, m, f), &key, &blame);
            held.release();
            result
        })
    }
}

struct IndexNode {
    blame: Blame,
}

impl Node for IndexNode {
    type Output = Code;

    fn build<L: Operand, R: Operand>(self, object: L, index: R) -> Code {
        let blame = self.blame;
        code(move |m, f| {
            let held_object = object.hold(m, f)?;
            let held_index = index.hold(m, f)?;
            m.gate.place(blame.span, None);
            if let Some(at) = index.int(&held_index, m, f)
                && let Value::List(list) = object.peek(&held_object, m, f)
                && let Ok(value) = list.at(&m.gate, at)
            {
                held_object.release();
                held_index.release();
                return Ok(value);
            }
            let object = object.peek(&held_object, m, f);
            let index = index.peek(&held_index, m, f);
            read_index(m, object, index, &blame)
        })
    }
}

/// `object[index]`, whatever they are.
#[inline(never)]
pub fn read_index(
    machine: &Machine<'_>,
    object: &Value,
    index: &Value,
    blame: &Blame,
) -> Result<Value> {
    get_index(object, index, &machine.gate)
        .map_err(|unwind| blame.complete(machine, unwind, &[object, index]))
}

/// `m.key`
pub fn field(compiler: &Compiler, object: &Expr, name: &Arc<str>, span: Span) -> Code {
    let node = KeyNode {
        key: compiler.unit.name(name),
        blame: Blame::new(span, [object]),
        other: read_field,
    };
    with_operand(compiler, object, true, node)
}

/// `object.name`, whatever it is.
#[inline(never)]
pub fn read_field(
    machine: &Machine<'_>,
    object: &Value,
    key: &Key,
    blame: &Blame,
) -> Result<Value> {
    let trace = |failure: &Arc<Failure>| {
        let lines = story::trace(failure, &machine.runtime.sources);
        Value::list(lines.into_iter().map(Value::from).collect())
    };
    get_field(object, key, &machine.gate, &trace).map_err(|unwind| {
        let unwind = match (object, foreign_method(field_name(key))) {
            (Value::Map(_) | Value::Error(_), _) | (_, None) => unwind,
            (_, Some(help)) => unwind.help(help),
        };
        blame.complete(machine, unwind, &[object])
    })
}

/// `xs[a:b]`
pub fn slice(
    compiler: &Compiler,
    object: &Expr,
    start: Option<&Expr>,
    end: Option<&Expr>,
    span: Span,
) -> Code {
    let blame = Blame::new(span, [object].into_iter().chain(start).chain(end));
    let object = expression(compiler, object);
    let start = start.map(|start| expression(compiler, start));
    let end = end.map(|end| expression(compiler, end));
    code(move |m, f| {
        let object = object.run(m, f)?;
        let start = start.as_ref().map(|start| start.run(m, f)).transpose()?;
        let end = end.as_ref().map(|end| end.run(m, f)).transpose()?;
        get_slice(&object, start.as_ref(), end.as_ref(), &m.gate).map_err(|unwind| {
            let operands: Vec<&Value> = [&object].into_iter().chain(&start).chain(&end).collect();
            blame.complete(m, unwind, &operands)
        })
    })
}
