//! Assignment: `x = e`, `xs[i] = e`, `m.key = e`, several at once, and `+=` and its like.
//!
//! The parts of the target come first, then the value, then the write.

use std::sync::Arc;

use super::access::{read_field, read_index};
use super::blame::{Blame, Called, called};
use super::code::{Code, Compiler, Step, step};
use super::expression::expression;
use super::frame::copy;
use super::operand::{
    Any, Hold, Node, Operand, SingleNode, has_blocks, with_operand, with_operands,
};
use super::unpack::unpack;
use super::variable::unset;
use crate::resolve::program::{Expr, ExprKind, LocalSlot, Place, Storage, Target, Variable};
use crate::runtime::machine::{Flow, Machine};
use crate::syntax::span::Span;
use crate::syntax::tree::BinaryOperator;
use crate::value::arithmetic::apply;
use crate::value::discard::discard;
use crate::value::index::{no_fields_to_set, set_index};
use crate::value::map::{Hint, Key};
use crate::value::running::Running;
use crate::value::{Result, Value};

/// `target = value`
pub fn assign(compiler: &Compiler, target: &Target, value: &Expr) -> Step {
    match target {
        Target::Variable(variable, span) => {
            let value = expression(compiler, value);
            match plain_local(variable) {
                Some(slot) => step(move |m, f| {
                    let value = value.run(m, f)?;
                    m.set_local(slot, value);
                    Ok(Flow::Next)
                }),
                None => {
                    let variable = Written::new(variable, *span);
                    step(move |m, f| {
                        let value = value.run(m, f)?;
                        variable.write(m, f, value)?;
                        Ok(Flow::Next)
                    })
                }
            }
        }
        Target::Index {
            object,
            index,
            span,
        } => {
            let node = IndexAssignment {
                blame: Blame::new(*span, [object, index]),
                value: expression(compiler, value),
            };
            match has_blocks(value) {
                false => with_operands(compiler, object, index, node),
                // The value might assign to the variables of the target.
                true => node.build(
                    Any(expression(compiler, object)),
                    Any(expression(compiler, index)),
                ),
            }
        }
        Target::Field { object, name, span } => {
            let node = FieldAssignment {
                key: compiler.unit.name(name),
                blame: Blame::new(*span, [object]),
                value: expression(compiler, value),
            };
            with_operand(compiler, object, !has_blocks(value), node)
        }
    }
}

struct FieldAssignment {
    key: Key,
    blame: Blame,
    value: Code,
}

impl SingleNode for FieldAssignment {
    type Output = Step;

    fn build<O: Operand>(self, object: O) -> Step {
        let FieldAssignment { key, blame, value } = self;
        let place = Hint::default();
        step(move |m, f| {
            let held = object.hold(m, f)?;
            let value = value.run(m, f)?;
            let object = object.peek(&held, m, f);
            write_field(m, object, &key, &place, value, &blame)?;
            held.release();
            Ok(Flow::Next)
        })
    }
}

struct IndexAssignment {
    blame: Blame,
    value: Code,
}

impl Node for IndexAssignment {
    type Output = Step;

    fn build<L: Operand, R: Operand>(self, object: L, index: R) -> Step {
        let IndexAssignment { blame, value } = self;
        step(move |m, f| {
            let held_object = object.hold(m, f)?;
            let held_index = index.hold(m, f)?;
            let value = value.run(m, f)?;
            m.gate.place(blame.span, None);
            if let Some(at) = index.int(&held_index, m, f)
                && let Value::List(list) = object.peek(&held_object, m, f)
                && let Ok(old) = list.put_at(&m.gate, at, copy(&value))
            {
                discard(old);
                discard(value);
                held_object.release();
                held_index.release();
                return Ok(Flow::Next);
            }
            let object = object.peek(&held_object, m, f);
            let index = index.peek(&held_index, m, f);
            write_index(m, object, index, value, &blame)?;
            Ok(Flow::Next)
        })
    }
}

#[inline(never)]
fn write_index(
    machine: &Machine<'_>,
    object: &Value,
    index: &Value,
    value: Value,
    blame: &Blame,
) -> Result<()> {
    set_index(object, index, value, &machine.gate)
        .map_err(|unwind| blame.complete(machine, unwind, &[object, index]))
}

#[inline]
fn write_field(
    machine: &Machine<'_>,
    object: &Value,
    key: &Key,
    place: &Hint,
    value: Value,
    blame: &Blame,
) -> Result<()> {
    match object {
        Value::Map(map) => {
            if let Some(old) = map.set_field(&machine.gate, key, place, value) {
                discard(old);
            }
            Ok(())
        }
        other => Err(blame.complete(machine, no_fields_to_set(other, key), &[other])),
    }
}

fn plain_local(variable: &Variable) -> Option<LocalSlot> {
    match (variable.place, variable.storage) {
        (Place::Local(slot), Storage::Plain) => Some(slot),
        _ => None,
    }
}

/// A variable that is written.
struct Written {
    name: Arc<str>,
    place: Place,
    span: Span,
}

impl Written {
    fn new(variable: &Variable, span: Span) -> Written {
        Written {
            name: variable.name.clone(),
            place: variable.place,
            span,
        }
    }

    fn write(&self, machine: &mut Machine<'_>, function: Running<'_>, value: Value) -> Result<()> {
        let cell = match self.place {
            Place::Local(slot) => machine.local(slot),
            Place::Capture(slot) => &function.get().captures[slot.0 as usize],
            Place::Itself | Place::Constant(_) => return Ok(()),
        };
        let written = match (cell, self.place) {
            (Value::Shared(cell), _) => {
                machine.gate.place(self.span, Some(&self.name));
                cell.set(&machine.gate, value)
            }
            (Value::Once(cell), _) => {
                cell.fill(value);
                true
            }
            (_, Place::Local(slot)) => {
                machine.set_local(slot, value);
                true
            }
            _ => true,
        };
        match written {
            true => Ok(()),
            false => Err(unset(machine, &self.name, self.span)),
        }
    }
}

/// `x += e`: `x = x + e`, with the parts of x evaluated once.
pub fn update(
    compiler: &Compiler,
    target: &Target,
    operator: BinaryOperator,
    value: &Expr,
    span: Span,
) -> Step {
    match target {
        Target::Variable(variable, place) => {
            let read = Expr {
                kind: ExprKind::Variable(variable.clone()),
                span: *place,
            };
            let sum = Expr {
                kind: ExprKind::Binary {
                    operator,
                    left: Box::new(read),
                    right: Box::new(value.clone()),
                },
                span,
            };
            assign(compiler, target, &sum)
        }
        Target::Index {
            object,
            index,
            span: place,
        } => {
            let access = Blame::new(*place, [object, index]);
            let sum = Blame::of(
                span,
                [Called::Text(*place, None), called(value, Some("right"))],
            );
            let node = IndexUpdate {
                access,
                sum,
                operator,
                value: expression(compiler, value),
            };
            match has_blocks(value) {
                false => with_operands(compiler, object, index, node),
                true => node.build(
                    Any(expression(compiler, object)),
                    Any(expression(compiler, index)),
                ),
            }
        }
        Target::Field {
            object,
            name,
            span: place,
        } => {
            let access = Blame::new(*place, [object]);
            let sum = Blame::of(
                span,
                [Called::Text(*place, None), called(value, Some("right"))],
            );
            let key = compiler.unit.name(name);
            let node = FieldUpdate {
                key,
                access,
                sum,
                operator,
                value: expression(compiler, value),
            };
            with_operand(compiler, object, !has_blocks(value), node)
        }
    }
}

struct IndexUpdate {
    access: Blame,
    sum: Blame,
    operator: BinaryOperator,
    value: Code,
}

impl Node for IndexUpdate {
    type Output = Step;

    fn build<L: Operand, R: Operand>(self, object: L, index: R) -> Step {
        step(move |m, f| {
            let held_object = object.hold(m, f)?;
            let held_index = index.hold(m, f)?;
            let place = (
                object.peek(&held_object, m, f),
                index.peek(&held_index, m, f),
            );
            let old = read_index(m, place.0, place.1, &self.access)?;
            let value = self.value.run(m, f)?;
            let new = compute(m, self.operator, &old, &value, &self.sum)?;
            discard(old);
            discard(value);
            let place = (
                object.peek(&held_object, m, f),
                index.peek(&held_index, m, f),
            );
            write_index(m, place.0, place.1, new, &self.access)?;
            held_object.release();
            held_index.release();
            Ok(Flow::Next)
        })
    }
}

struct FieldUpdate {
    key: Key,
    access: Blame,
    sum: Blame,
    operator: BinaryOperator,
    value: Code,
}

impl SingleNode for FieldUpdate {
    type Output = Step;

    fn build<O: Operand>(self, object: O) -> Step {
        let place = Hint::default();
        step(move |m, f| {
            let held = object.hold(m, f)?;
            let old = match object.peek(&held, m, f) {
                Value::Map(map) => map.field(&m.gate, &self.key, &place),
                _ => None,
            };
            let old = match old {
                Some(old) => old,
                None => read_field(m, object.peek(&held, m, f), &self.key, &self.access)?,
            };
            let value = self.value.run(m, f)?;
            let new = compute(m, self.operator, &old, &value, &self.sum)?;
            discard(old);
            discard(value);
            let object = object.peek(&held, m, f);
            write_field(m, object, &self.key, &place, new, &self.access)?;
            held.release();
            Ok(Flow::Next)
        })
    }
}

#[inline(never)]
fn compute(
    machine: &Machine<'_>,
    operator: BinaryOperator,
    left: &Value,
    right: &Value,
    blame: &Blame,
) -> Result<Value> {
    if let (Value::Int(a), Value::Int(b)) = (left, right) {
        let simple = match operator {
            BinaryOperator::Add => a.checked_add(*b),
            BinaryOperator::Subtract => a.checked_sub(*b),
            BinaryOperator::Multiply => a.checked_mul(*b),
            _ => None,
        };
        if let Some(value) = simple {
            return Ok(Value::Int(value));
        }
    }
    apply(operator, left, right, &machine.gate)
        .map_err(|unwind| blame.complete(machine, unwind, &[left, right]))
}

/// One of the targets of `a, b = e`; what it evaluates before the value is kept in a row.
enum Part {
    Variable(Written),
    Index(Code, Code, Blame),
    Field(Code, Key, Hint, Blame),
}

impl Part {
    fn new(compiler: &Compiler, target: &Target) -> Part {
        match target {
            Target::Variable(variable, span) => Part::Variable(Written::new(variable, *span)),
            Target::Index {
                object,
                index,
                span,
            } => Part::Index(
                expression(compiler, object),
                expression(compiler, index),
                Blame::new(*span, [object, index]),
            ),
            Target::Field { object, name, span } => Part::Field(
                expression(compiler, object),
                compiler.unit.name(name),
                Hint::default(),
                Blame::new(*span, [object]),
            ),
        }
    }

    fn evaluate(
        &self,
        machine: &mut Machine<'_>,
        function: Running<'_>,
        row: &mut Vec<Value>,
    ) -> Result<()> {
        match self {
            Part::Variable(_) => {}
            Part::Index(object, index, _) => {
                row.push(object.run(machine, function)?);
                row.push(index.run(machine, function)?);
            }
            Part::Field(object, ..) => row.push(object.run(machine, function)?),
        }
        Ok(())
    }

    fn write(
        &self,
        machine: &mut Machine<'_>,
        function: Running<'_>,
        row: &mut impl Iterator<Item = Value>,
        value: Value,
    ) -> Result<()> {
        let mut next = || row.next().unwrap_or_default();
        match self {
            Part::Variable(variable) => variable.write(machine, function, value),
            Part::Index(_, _, blame) => {
                let (object, index) = (next(), next());
                write_index(machine, &object, &index, value, blame)
            }
            Part::Field(_, key, place, blame) => {
                write_field(machine, &next(), key, place, value, blame)
            }
        }
    }
}

/// `a, b = e`
pub fn assign_unpacked(compiler: &Compiler, targets: &[Target], value: &Expr) -> Step {
    let parts: Box<[Part]> = targets
        .iter()
        .map(|target| Part::new(compiler, target))
        .collect();
    let span = value.span;
    let values = match &value.kind {
        // `a, b = [b, a]` needs no list.
        ExprKind::List(elements) if elements.len() == parts.len() => Source::Elements(
            elements
                .iter()
                .map(|element| expression(compiler, element))
                .collect(),
        ),
        _ => Source::List(expression(compiler, value)),
    };
    step(move |m, f| {
        let mut row = Vec::new();
        for part in &parts {
            part.evaluate(m, f, &mut row)?;
        }
        let values = match &values {
            Source::Elements(elements) => {
                let mut values = Vec::with_capacity(elements.len());
                for element in elements {
                    values.push(element.run(m, f)?);
                }
                values
            }
            Source::List(list) => {
                let list = list.run(m, f)?;
                unpack(m, &list, parts.len(), span)?
            }
        };
        let mut row = row.into_iter();
        for (part, value) in parts.iter().zip(values) {
            part.write(m, f, &mut row, value)?;
        }
        Ok(Flow::Next)
    })
}

enum Source {
    Elements(Box<[Code]>),
    List(Code),
}
