//! Calls of builtins.
//!
//! Which row is meant and where each parameter gets its value is worked out before the program
//! runs, wherever the name alone decides it; the call then evaluates its arguments into an array
//! and jumps.

use std::sync::Arc;

use super::assertion::assertion;
use super::blame::{Blame, Called, called};
use super::code::{Code, Compiler, code};
use super::expression::expression;
use super::named::{self, Given};
use super::operand::{Hold, Operand, SingleNode, with_operand};
use crate::builtins::{self, Builtin, Run};
use crate::gate::Gate;
use crate::resolve::program::{Argument, Expr, ExprKind};
use crate::runtime::arguments::{BuiltinFunction, choose_row, default_value};
use crate::runtime::machine::Machine;
use crate::runtime::place::Place;
use crate::syntax::span::Span;
use crate::value::discard::discard;
use crate::value::error::fail;
use crate::value::returned::Given as _;
use crate::value::running::Running;
use crate::value::{Kind, Result, Value};

/// A builtin as a value.
pub fn builtin(name: &Arc<str>, span: Span) -> Code {
    match &**name {
        "thread" => return code(|_, _| Ok(Value::Place(Place::Thread))),
        "process" => return code(|_, _| Ok(Value::Place(Place::Process))),
        "args" => {
            return code(|m, _| {
                let arguments = m.runtime.arguments.iter();
                Ok(Value::list(
                    arguments.map(|it| Value::from(&**it)).collect(),
                ))
            });
        }
        _ => {}
    }
    match builtins::find(name) {
        Some(builtin) => {
            let value = match builtin.rows.first().map(|(row, _)| row.run) {
                Some(Run::Variable(value)) => return code(move |m, _| Ok(value(m))),
                Some(Run::Constant(value)) => value(),
                _ => Value::Builtin(builtin),
            };
            code(move |_, _| Ok(value.clone()))
        }
        None => unknown(name, span),
    }
}

/// A builtin that does not exist; the resolver lets none through.
fn unknown(name: &Arc<str>, span: Span) -> Code {
    let name = name.clone();
    code(move |m, _| {
        let unwind = fail(Kind::Name, format!("there is no builtin `{name}`"));
        Err(m.placed(unwind, span))
    })
}

/// The builtin and the arguments of a call of the builtin `name` without named arguments.
pub fn positional_call<'a>(
    name: &str,
    expr: &'a Expr,
) -> Option<(&'static Builtin, &'a [Argument])> {
    let ExprKind::Call {
        function,
        arguments,
        ..
    } = &expr.kind
    else {
        return None;
    };
    let positional = arguments.iter().all(|argument| argument.name.is_none());
    match &function.kind {
        ExprKind::Builtin(called) if &**called == name && positional => {
            Some((builtins::find(name)?, arguments))
        }
        _ => None,
    }
}

/// `name(a, b)` for a builtin.
pub fn call(compiler: &Compiler, name: &Arc<str>, arguments: &[Argument], span: Span) -> Code {
    let Some(builtin) = builtins::find(name) else {
        return unknown(name, span);
    };
    let names: Vec<Option<Arc<str>>> = arguments.iter().map(named::name_of).collect();
    if let Some(code) = asserted(compiler, builtin, arguments, &names, span) {
        return code;
    }
    let codes: Vec<Code> = arguments
        .iter()
        .map(|argument| expression(compiler, &argument.value))
        .collect();
    if let [(row, signature)] = &*builtin.rows
        && let Run::Function(run) = row.run
        && let Ok(plan) = named::plan(name, signature, &names)
    {
        let called_as = |given: &Given| match given {
            Given::Argument(at) => called(&arguments[*at].value, None),
            Given::Default(_) => Called::Silent,
        };
        let blame = Blame::of(span, plan.iter().map(called_as));
        return match arguments {
            [argument] => match glance(compiler, name, &argument.value, run, blame) {
                Ok(code) => code,
                Err(blame) => planned(run, codes, &plan, blame),
            },
            _ => planned(run, codes, &plan, blame),
        };
    }
    let blame = Blame::new(span, arguments.iter().map(|argument| &argument.value));
    code(move |m, f| {
        let mut values = Vec::with_capacity(codes.len());
        for argument in &codes {
            values.push(argument.run(m, f)?);
        }
        m.site = blame.span;
        m.gate.place(blame.span, None);
        let kept = values.clone();
        call_named(m, builtin, &names, values).map_err(|unwind| {
            let operands: Vec<&Value> = kept.iter().collect();
            blame.complete(m, unwind, &operands)
        })
    })
}

/// `assert` of something that has sides to be told.
fn asserted(
    compiler: &Compiler,
    builtin: &'static Builtin,
    arguments: &[Argument],
    names: &[Option<Arc<str>>],
    span: Span,
) -> Option<Code> {
    let [(row, signature)] = &*builtin.rows else {
        return None;
    };
    let (Run::Function(run), "assert") = (row.run, builtin.name) else {
        return None;
    };
    let plan = named::plan(builtin.name, signature, names).ok()?;
    // The condition first, as it most often stands.
    let Some(Given::Argument(0)) = plan.first() else {
        return None;
    };
    let message = arguments.get(1).map(|message| &message.value);
    assertion(compiler, run, &arguments[0].value, message, span)
}

/// Calls a builtin whose row or arguments are only known now.
pub fn call_named(
    machine: &mut Machine<'_>,
    builtin: &'static Builtin,
    names: &[Option<Arc<str>>],
    values: Vec<Value>,
) -> Result<Value> {
    let (run, signature) = choose_row(builtin, values.first());
    let Some(run) = run else {
        let message = format!("`{}` is not a function and cannot be called", builtin.name);
        return Err(fail(Kind::Type, message));
    };
    let bound = named::bind_builtin(builtin, signature, names, values)?;
    run(machine, &bound)
}

/// A call of which everything but the values is known.
fn planned(run: BuiltinFunction, codes: Vec<Code>, plan: &[Given], blame: Blame) -> Code {
    let in_order = plan
        .iter()
        .enumerate()
        .all(|(at, given)| matches!(given, Given::Argument(argument) if *argument == at));
    match (plan.len(), in_order) {
        (0, true) => exact::<0>(run, codes, blame),
        (1, true) => exact::<1>(run, codes, blame),
        (2, true) => exact::<2>(run, codes, blame),
        (3, true) => exact::<3>(run, codes, blame),
        (1, false) => filled::<1>(run, codes, plan, blame),
        (2, false) => filled::<2>(run, codes, plan, blame),
        (3, false) => filled::<3>(run, codes, plan, blame),
        (4, _) => filled::<4>(run, codes, plan, blame),
        _ => many(run, codes, plan, blame),
    }
}

/// Every parameter is given, in order.
fn exact<const N: usize>(run: BuiltinFunction, codes: Vec<Code>, blame: Blame) -> Code {
    let codes: [Code; N] = match codes.try_into() {
        Ok(codes) => codes,
        Err(codes) => {
            let plan: Vec<Given> = (0..codes.len()).map(Given::Argument).collect();
            return many(run, codes, &plan, blame);
        }
    };
    code(move |m, f| {
        let mut values = [const { Value::Nil }; N];
        for (value, argument) in values.iter_mut().zip(&codes) {
            *value = argument.run(m, f)?;
        }
        m.site = blame.span;
        m.gate.place(blame.span, None);
        let result = run(m, &values);
        ended(m, result, values, &blame)
    })
}

/// A call of one of the builtins that most often need no more than a look at their argument,
/// where it lies; the blame back if it is none of them.
fn glance(
    compiler: &Compiler,
    name: &str,
    argument: &Expr,
    run: BuiltinFunction,
    blame: Blame,
) -> std::result::Result<Code, Blame> {
    Ok(match name {
        "head" => {
            let look = builtins::head_at_hand;
            with_operand(compiler, argument, true, Glance { look, run, blame })
        }
        "len" => {
            let look = builtins::len_at_hand;
            with_operand(compiler, argument, true, Glance { look, run, blame })
        }
        "tail" => with_operand(compiler, argument, true, Tail { run, blame }),
        _ => return Err(blame),
    })
}

/// Such a call; each look is a type of its own, so that it is no call.
struct Glance<L> {
    look: L,
    run: BuiltinFunction,
    blame: Blame,
}

impl<L> SingleNode for Glance<L>
where
    L: Fn(&Value, &Gate<'_>) -> Option<Value> + Send + Sync + 'static,
{
    type Output = Code;

    fn build<O: Operand>(self, operand: O) -> Code {
        let Glance { look, run, blame } = self;
        code(move |m, f| {
            let held = operand.hold(m, f)?;
            let argument = operand.peek(&held, m, f);
            if let Some(value) = look(argument, &m.gate) {
                held.release();
                return Ok(value);
            }
            Value::unpack(look_closer(&operand, held, m, f, run, &blame))
        })
    }
}

/// The builtin has more to do. Out of the way, so that a look costs no saving of registers.
#[inline(never)]
fn look_closer<O: Operand>(
    operand: &O,
    held: O::Held,
    machine: &mut Machine<'_>,
    function: Running<'_>,
    run: BuiltinFunction,
    blame: &Blame,
) -> Value {
    machine.site = blame.span;
    operand.lend(held, machine, function, |m, value| {
        run_on(m, run, value, blame)
    })
}

/// Runs the builtin; the result is still packed.
#[inline(always)]
fn run_on(machine: &mut Machine<'_>, run: BuiltinFunction, value: &Value, blame: &Blame) -> Value {
    let result = run(machine, std::slice::from_ref(value));
    Value::pack(result.map_err(|unwind| blame.complete(machine, unwind, &[value])))
}

/// `tail(s)`: a stream with a first value is forced right here.
struct Tail {
    run: BuiltinFunction,
    blame: Blame,
}

impl SingleNode for Tail {
    type Output = Code;

    fn build<O: Operand>(self, operand: O) -> Code {
        let Tail { run, blame } = self;
        code(move |m, f| {
            let held = operand.hold(m, f)?;
            if O::LENDS_A_COPY
                && let Some(rest) = builtins::tail_at_hand(operand.peek(&held, m, f), &m.gate)
            {
                held.release();
                return Ok(rest);
            }
            m.site = blame.span;
            Value::unpack(operand.lend(held, m, f, |m, value| {
                match builtins::tail_of_pair(m, value) {
                    Some(Value::Unwinding(unwind)) => {
                        Value::Unwinding(blame.complete(m, unwind, &[value]))
                    }
                    Some(rest) => rest,
                    None => run_on(m, run, value, &blame),
                }
            }))
        })
    }
}

/// Where each argument goes, in the order of the text, and what the others get.
struct Places {
    arguments: Box<[(usize, Code)]>,
    row: Vec<Value>,
}

impl Places {
    fn new(codes: Vec<Code>, plan: &[Given]) -> Places {
        let row = plan.iter().map(|given| match given {
            Given::Argument(_) => Value::Nil,
            Given::Default(default) => default_value(default),
        });
        let place = |argument| {
            plan.iter()
                .position(|given| matches!(given, Given::Argument(at) if *at == argument))
        };
        let arguments = codes
            .into_iter()
            .enumerate()
            .filter_map(|(argument, code)| Some((place(argument)?, code)));
        Places {
            arguments: arguments.collect(),
            row: row.collect(),
        }
    }
}

/// Few parameters, some of which are given.
fn filled<const N: usize>(
    run: BuiltinFunction,
    codes: Vec<Code>,
    plan: &[Given],
    blame: Blame,
) -> Code {
    let Places { arguments, row } = Places::new(codes, plan);
    let mut defaults = [const { Value::Nil }; N];
    for (default, value) in defaults.iter_mut().zip(row) {
        *default = value;
    }
    code(move |m, f| {
        let mut values = defaults.clone();
        for (at, argument) in &arguments {
            values[*at] = argument.run(m, f)?;
        }
        m.site = blame.span;
        m.gate.place(blame.span, None);
        let result = run(m, &values);
        ended(m, result, values, &blame)
    })
}

/// Any number of parameters.
fn many(run: BuiltinFunction, codes: Vec<Code>, plan: &[Given], blame: Blame) -> Code {
    let Places { arguments, row } = Places::new(codes, plan);
    code(move |m, f| {
        let mut values = row.clone();
        for (at, argument) in &arguments {
            values[*at] = argument.run(m, f)?;
        }
        m.site = blame.span;
        m.gate.place(blame.span, None);
        run(m, &values).map_err(|unwind| {
            let operands: Vec<&Value> = values.iter().collect();
            blame.complete(m, unwind, &operands)
        })
    })
}

/// Lets go of the arguments; an error is told their values first.
#[inline(always)]
fn ended<const N: usize>(
    machine: &Machine<'_>,
    result: Result<Value>,
    values: [Value; N],
    blame: &Blame,
) -> Result<Value> {
    match result {
        Ok(value) => {
            for value in values {
                discard(value);
            }
            Ok(value)
        }
        Err(unwind) => Err(blame.complete(machine, unwind, &values.each_ref())),
    }
}
