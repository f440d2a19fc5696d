//! Calls of functions.
//!
//! The arguments are evaluated straight onto the machine's stack, where they become the first
//! slots of the callee's row. A callee that was captured, or is the running function itself, is
//! borrowed: a call costs it no reference count.
//!
//! ```text
//!   stack  [ caller's slots | 7 | 8 ]         f(7, 8): base is where 7 lies
//!                            \_ f's slots: a, b, and room for the rest
//! ```

use std::sync::Arc;

use super::argument::Argument;
use super::blame::Blame;
use super::builtin_call;
use super::code::{Code, Compiler, code};
use super::expression::expression;
use super::named;
use super::variable::unset;
use crate::resolve::program::{self, Expr, ExprKind, Place, Storage};
use crate::runtime::arguments::{not_callable, wrong_arity};
use crate::runtime::machine::Machine;
use crate::syntax::span::Span;
use crate::value::function::Function;
use crate::value::running::Running;
use crate::value::{Result, Unwind, Value};

/// `f(a, b)`, and `a.f(b)`, which has become it.
pub fn call(
    compiler: &Compiler,
    function: &Expr,
    arguments: &[program::Argument],
    span: Span,
) -> Code {
    if let ExprKind::Builtin(name) = &function.kind {
        return builtin_call::call(compiler, name, arguments, span);
    }
    let blame = Blame::new(span, [function]);
    if arguments.iter().any(|argument| argument.name.is_some()) {
        return named_call(compiler, function, arguments, blame);
    }
    let arguments: Vec<Argument> = arguments
        .iter()
        .map(|argument| Argument::new(compiler, &argument.value))
        .collect();
    if let ExprKind::Variable(variable) = &function.kind {
        match (variable.place, variable.storage) {
            (Place::Itself, _) => {
                return match arguments.len() == compiler.parameters {
                    true => sized(Itself::<true>, arguments, blame),
                    false => sized(Itself::<false>, arguments, blame),
                };
            }
            (Place::Constant(template), _) => {
                let code = compiler.unit.code(template);
                let function = code.constant();
                return match arguments.len() == code.parameters {
                    true => sized(Constant::<true>(function), arguments, blame),
                    false => sized(Constant::<false>(function), arguments, blame),
                };
            }
            (Place::Capture(slot), Storage::Plain) => {
                return sized(Captured(slot.0 as usize), arguments, blame);
            }
            (Place::Capture(slot), Storage::Once) => {
                let callee = CapturedOnce {
                    slot: slot.0 as usize,
                    name: variable.name.clone(),
                    span: function.span,
                };
                return sized(callee, arguments, blame);
            }
            _ => {}
        }
    }
    sized(Evaluated(expression(compiler, function)), arguments, blame)
}

/// A kind of callee.
trait Callee: Send + Sync + 'static {
    /// Finds it; what is found may be borrowed from the running function.
    fn find<'a>(&'a self, machine: &mut Machine<'_>, function: Running<'a>) -> Result<Found<'a>>;
}

enum Found<'a> {
    /// A function that takes exactly the arguments of this call.
    Fitting(Running<'a>),
    Function(Running<'a>),
    Value(&'a Value),
    Owned(Value),
}

/// A function that is known before the call is made, and whether it takes as many arguments.
#[inline(always)]
fn known<const FITS: bool>(function: Running<'_>) -> Found<'_> {
    match FITS {
        true => Found::Fitting(function),
        false => Found::Function(function),
    }
}

/// The running function.
struct Itself<const FITS: bool>;

impl<const FITS: bool> Callee for Itself<FITS> {
    #[inline(always)]
    fn find<'a>(&'a self, _: &mut Machine<'_>, function: Running<'a>) -> Result<Found<'a>> {
        Ok(known::<FITS>(function))
    }
}

/// A function that is a constant.
struct Constant<const FITS: bool>(&'static Arc<Function>);

impl<const FITS: bool> Callee for Constant<FITS> {
    #[inline(always)]
    fn find<'a>(&'a self, _: &mut Machine<'_>, _: Running<'a>) -> Result<Found<'a>> {
        Ok(known::<FITS>(Running::counted(self.0)))
    }
}

/// A captured variable that was known when the running function was made.
struct Captured(usize);

impl Callee for Captured {
    #[inline(always)]
    fn find<'a>(&'a self, _: &mut Machine<'_>, function: Running<'a>) -> Result<Found<'a>> {
        Ok(Found::Value(&function.get().captures[self.0]))
    }
}

/// A captured variable that may have been declared later.
struct CapturedOnce {
    slot: usize,
    name: Arc<str>,
    span: Span,
}

impl Callee for CapturedOnce {
    #[inline(always)]
    fn find<'a>(&'a self, machine: &mut Machine<'_>, function: Running<'a>) -> Result<Found<'a>> {
        let captured = &function.get().captures[self.slot];
        match captured {
            Value::Once(cell) => match cell.get() {
                Some(value) => Ok(Found::Value(value)),
                None => Err(unset(machine, &self.name, self.span)),
            },
            other => Ok(Found::Value(other)),
        }
    }
}

/// Any other expression.
struct Evaluated(Code);

impl Callee for Evaluated {
    #[inline(always)]
    fn find<'a>(&'a self, machine: &mut Machine<'_>, function: Running<'a>) -> Result<Found<'a>> {
        Ok(Found::Owned(self.0.run(machine, function)?))
    }
}

/// A call for its number of arguments.
fn sized<C: Callee>(callee: C, arguments: Vec<Argument>, blame: Blame) -> Code {
    match arguments.len() {
        0 => fixed::<C, 0>(callee, arguments, blame),
        1 => fixed::<C, 1>(callee, arguments, blame),
        2 => fixed::<C, 2>(callee, arguments, blame),
        3 => fixed::<C, 3>(callee, arguments, blame),
        _ => many(callee, arguments, blame),
    }
}

fn fixed<C: Callee, const N: usize>(callee: C, arguments: Vec<Argument>, blame: Blame) -> Code {
    let arguments: [Argument; N] = match arguments.try_into() {
        Ok(arguments) => arguments,
        Err(arguments) => return many(callee, arguments, blame),
    };
    code(move |m, f| {
        let callee = callee.find(m, f)?;
        let base = m.stack.len();
        for argument in &arguments {
            let value = argument.run(m, f)?;
            m.push(value);
        }
        enter(m, &callee, base, N, &blame)
    })
}

fn many<C: Callee>(callee: C, arguments: Vec<Argument>, blame: Blame) -> Code {
    code(move |m, f| {
        let callee = callee.find(m, f)?;
        let base = m.stack.len();
        for argument in &arguments {
            let value = argument.run(m, f)?;
            m.push(value);
        }
        enter(m, &callee, base, arguments.len(), &blame)
    })
}

/// Calls what was found with the arguments that lie on the stack from `base` on.
#[inline(always)]
fn enter(
    machine: &mut Machine<'_>,
    callee: &Found<'_>,
    base: usize,
    given: usize,
    blame: &Blame,
) -> Result<Value> {
    let result = match callee {
        Found::Fitting(function) => machine.invoke(*function, base, &blame.site),
        Found::Function(function) => enter_function(machine, *function, base, blame),
        Found::Value(Value::Function(function)) | Found::Owned(Value::Function(function)) => {
            let function = Running::counted(function);
            match function.code.parameters == given {
                true => machine.invoke(function, base, &blame.site),
                false => enter_function(machine, function, base, blame),
            }
        }
        Found::Value(other) => enter_other(machine, other, base, blame),
        Found::Owned(other) => enter_other(machine, other, base, blame),
    };
    match result {
        Ok(value) => Ok(value),
        Err(unwind) => Err(blame.place(machine, unwind)),
    }
}

/// Calls a function with fewer arguments than it has parameters, if they have defaults.
#[inline(never)]
fn enter_function(
    machine: &mut Machine<'_>,
    function: Running<'_>,
    base: usize,
    blame: &Blame,
) -> Result<Value> {
    let given = machine.stack.len() - base;
    let parameters = &function.code.template.parameters;
    let missing = parameters.get(given..).unwrap_or_default();
    if given > parameters.len() || missing.iter().any(|parameter| parameter.default.is_none()) {
        return Err(wrong_arity(&function, given));
    }
    machine.stack.resize(base + parameters.len(), Value::Absent);
    machine.invoke(function, base, &blame.site)
}

/// Calls what is no function of the program: a builtin, or nothing that can be called.
#[inline(never)]
fn enter_other(
    machine: &mut Machine<'_>,
    callee: &Value,
    base: usize,
    blame: &Blame,
) -> Result<Value> {
    match callee {
        Value::Builtin(builtin) => {
            let arguments = machine.stack.split_off(base);
            machine.site = blame.span;
            machine.call_builtin(builtin, &arguments)
        }
        other => {
            machine.unwind_to(base);
            Err(cannot_call(machine, other, blame))
        }
    }
}

#[cold]
#[inline(never)]
fn cannot_call(machine: &Machine<'_>, value: &Value, blame: &Blame) -> Unwind {
    blame.complete(machine, not_callable(value), &[value])
}

/// A call with named arguments: they are put in their places when the callee is known.
fn named_call(
    compiler: &Compiler,
    function: &Expr,
    arguments: &[program::Argument],
    blame: Blame,
) -> Code {
    let callee = expression(compiler, function);
    let names: Box<[Option<Arc<str>>]> = arguments.iter().map(named::name_of).collect();
    let arguments: Box<[Code]> = arguments
        .iter()
        .map(|argument| expression(compiler, &argument.value))
        .collect();
    code(move |m, f| {
        let callee = callee.run(m, f)?;
        let base = m.stack.len();
        for argument in &arguments {
            let value = argument.run(m, f)?;
            m.push(value);
        }
        let values = m.stack.split_off(base);
        let result = match &callee {
            Value::Function(function) => match named::bind_function(function, &names, values) {
                Ok(bound) => {
                    m.stack.extend(bound);
                    m.invoke(Running::counted(function), base, &blame.site)
                }
                Err(unwind) => Err(unwind),
            },
            Value::Builtin(builtin) => {
                m.site = blame.span;
                builtin_call::call_named(m, builtin, &names, values)
            }
            other => Err(cannot_call(m, other, &blame)),
        };
        result.map_err(|unwind| blame.place(m, unwind))
    })
}
