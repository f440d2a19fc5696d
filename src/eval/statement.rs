//! Statements, kind by kind.

use std::sync::Arc;

use super::binder::Binder;
use super::code::{Compiler, Step, step};
use super::expression::{effect, expression};
use super::loops::{for_loop, while_loop};
use super::target::{assign, assign_unpacked, update};
use super::unpack::unpack;
use super::with::with;
use crate::resolve::program::{
    Binding, Expr, ExprKind, Place, Statement, StatementKind, Storage, Target,
};
use crate::runtime::machine::{Flow, Machine};
use crate::syntax::span::Span;
use crate::value::{Failure, Unwind, Value};

/// Compiles a statement.
pub fn statement(compiler: &Compiler, statement: &Statement) -> Step {
    let span = statement.span;
    match &statement.kind {
        StatementKind::Expression(expr) => effect(compiler, expr),
        StatementKind::Let { binding, value } => declare(compiler, binding, value),
        StatementKind::LetUnpacked { bindings, value } => {
            declare_unpacked(compiler, bindings, value)
        }
        StatementKind::Assign { target, value } => {
            assign(&parts_of(compiler, target), target, value)
        }
        StatementKind::AssignUnpacked { targets, value } => {
            assign_unpacked(&compiler.inside(), targets, value)
        }
        StatementKind::Update {
            target,
            operator,
            value,
        } => update(&compiler.inside(), target, *operator, value, span),
        StatementKind::While { condition, body } => while_loop(compiler, condition, body),
        StatementKind::For {
            bindings,
            iterable,
            body,
        } => for_loop(compiler, bindings, iterable, body),
        StatementKind::Return(value) => return_value(compiler, value.as_ref()),
        StatementKind::Break => step(|_, _| Ok(Flow::Break)),
        StatementKind::Continue => step(|_, _| Ok(Flow::Continue)),
        StatementKind::Throw(value) => throw(compiler, value, span),
        StatementKind::With {
            binding,
            resource,
            body,
        } => with(compiler, binding.as_ref(), resource, body),
    }
}

/// For the value that goes to a target, of which parts may be held.
fn parts_of(compiler: &Compiler, target: &Target) -> Compiler {
    match target {
        Target::Variable(..) => *compiler,
        _ => compiler.inside(),
    }
}

fn declare(compiler: &Compiler, binding: &Binding, value: &Expr) -> Step {
    let binder = Binder::from(binding);
    if binder.storage == Storage::Plain
        && let ExprKind::Variable(variable) = &value.kind
        && let (Place::Local(from), Storage::Plain) = (variable.place, variable.storage)
    {
        if variable.is_last {
            return step(move |m, _| {
                let value = m.give_local(from);
                m.set_local(binder.slot, value);
                Ok(Flow::Next)
            });
        }
        return step(move |m, _| {
            let value = m.local(from).copied();
            m.set_local(binder.slot, value);
            Ok(Flow::Next)
        });
    }
    let value = expression(compiler, value);
    match binder.storage {
        Storage::Plain => step(move |m, f| {
            let value = value.run(m, f)?;
            m.set_local(binder.slot, value);
            Ok(Flow::Next)
        }),
        _ => step(move |m, f| {
            let value = value.run(m, f)?;
            binder.fill(m, value);
            Ok(Flow::Next)
        }),
    }
}

fn declare_unpacked(compiler: &Compiler, bindings: &[Binding], value: &Expr) -> Step {
    let binders: Box<[Binder]> = bindings.iter().map(Binder::from).collect();
    let span = value.span;
    let value = expression(compiler, value);
    step(move |m, f| {
        let value = value.run(m, f)?;
        let values = unpack(m, &value, binders.len(), span)?;
        for (binder, value) in binders.iter().zip(values) {
            binder.fill(m, value);
        }
        Ok(Flow::Next)
    })
}

fn return_value(compiler: &Compiler, value: Option<&Expr>) -> Step {
    match value {
        Some(value) => {
            let value = expression(compiler, value);
            step(move |m, f| {
                m.returned = value.run(m, f)?;
                Ok(Flow::Return)
            })
        }
        None => step(|m, _| {
            m.returned = Value::Nil;
            Ok(Flow::Return)
        }),
    }
}

fn throw(compiler: &Compiler, value: &Expr, span: Span) -> Step {
    let value = expression(compiler, value);
    step(move |m, f| {
        let value = value.run(m, f)?;
        Err(thrown(m, value, span))
    })
}

/// Errors keep the story they have; any other value begins one here.
#[cold]
#[inline(never)]
fn thrown(machine: &Machine<'_>, value: Value, span: Span) -> Unwind {
    let failure = match value {
        Value::Error(failure) => failure,
        other => Arc::new(Failure::value(other)),
    };
    machine.placed(Unwind::Failed(failure), span)
}
