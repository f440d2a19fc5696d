//! Reading variables.

use std::sync::Arc;

use super::code::{Code, Compiler, code};
use super::frame::copy;
use crate::resolve::program::{Place, Storage, Variable};
use crate::runtime::machine::Machine;
use crate::syntax::span::Span;
use crate::value::error::fail;
use crate::value::running::Running;
use crate::value::{Kind, Result, Unwind, Value};

/// The value of a variable.
pub fn read(compiler: &Compiler, variable: &Variable, span: Span) -> Code {
    let name = variable.name.clone();
    match (variable.place, variable.storage) {
        (Place::Itself, _) => code(|_, f| Ok(itself(f))),
        (Place::Constant(template), _) => {
            let function = compiler.unit.code(template).constant();
            code(move |_, _| Ok(Value::Function(function.clone())))
        }
        (Place::Local(slot), Storage::Plain) if variable.is_last => {
            code(move |m, _| Ok(m.give_local(slot)))
        }
        (Place::Local(slot), Storage::Plain) => code(move |m, _| Ok(copy(m.local(slot)))),
        (Place::Local(slot), _) => code(move |m, _| {
            m.gate.place(span, Some(&name));
            read_cell(m, m.local(slot)).ok_or_else(|| unset(m, &name, span))
        }),
        (Place::Capture(slot), Storage::Plain) => {
            let slot = slot.0 as usize;
            code(move |_, f| Ok(copy(&f.captures[slot])))
        }
        (Place::Capture(slot), _) => {
            let slot = slot.0 as usize;
            code(move |m, f| {
                m.gate.place(span, Some(&name));
                read_cell(m, &f.captures[slot]).ok_or_else(|| unset(m, &name, span))
            })
        }
    }
}

/// The running function as a value.
#[inline]
pub fn itself(function: Running<'_>) -> Value {
    match function.handle() {
        Some(function) => Value::Function(function),
        None => Value::Nil,
    }
}

/// What a cell holds; `None` while the variable's `let` has not run.
#[inline]
pub fn read_cell(machine: &Machine<'_>, cell: &Value) -> Option<Value> {
    match cell {
        Value::Once(cell) => cell.get().map(copy),
        Value::Shared(cell) => cell.get(&machine.gate),
        // A plain value where the resolver has put no cell.
        other => Some(copy(other)),
    }
}

/// The error for a variable whose `let` has not run.
#[cold]
#[inline(never)]
pub fn unset(machine: &Machine<'_>, name: &Arc<str>, span: Span) -> Unwind {
    let unwind = fail(
        Kind::Name,
        format!("`{name}` is used before its `let` has run"),
    )
    .help(format!(
        "call this only after the `let` of `{name}`, or move the `let` up"
    ));
    machine.placed(unwind, span)
}

/// A result whose error is completed with a place.
#[inline(always)]
pub fn placed<T>(machine: &Machine<'_>, result: Result<T>, span: Span) -> Result<T> {
    match result {
        Ok(value) => Ok(value),
        Err(unwind) => Err(machine.placed(unwind, span)),
    }
}
