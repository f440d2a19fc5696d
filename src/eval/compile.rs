//! A template becomes the body of a function.

use std::sync::Arc;

use super::binder::Binder;
use super::block::ValueBlock;
use super::code::{Code, Compiler};
use super::expression::expression;
use crate::resolve::program::{Storage, Template};
use crate::runtime::machine::{Flow, Machine};
use crate::value::function::{Body, Function, Unit};
use crate::value::{Result, Unwind, Value};

/// Compiles a template. The body finds its arguments in its first slots.
pub fn compile(unit: &'static Unit, template: &Template) -> Body {
    let compiler = Compiler {
        unit,
        parameters: template.parameters.len(),
    };
    let body = ValueBlock::new(&compiler, &template.body);
    match Prologue::new(&compiler, template) {
        Some(prologue) => Box::new(move |m, f| {
            let result = prologue.run(m, f).and_then(|()| body.run_body(m, f));
            ended(m, result)
        }),
        None => match body.into_expression() {
            // A body such as `=> e` that holds no `return` needs nothing around it.
            Ok(expression) => expression,
            Err(body) => Box::new(move |m, f| {
                let result = body.run_body(m, f);
                ended(m, result)
            }),
        },
    }
}

/// The result of a body; one that was left by `return` has it in the machine.
#[inline(always)]
fn ended(machine: &mut Machine<'_>, result: Result<Value>) -> Result<Value> {
    match result {
        Err(Unwind::Cancelled) if machine.leaving != Flow::Next => {
            machine.leaving = Flow::Next;
            Ok(std::mem::take(&mut machine.returned))
        }
        other => other,
    }
}

/// What happens to the arguments before the body: default values and cells, parameter by
/// parameter, so that a default value sees the parameters before it as the body will.
struct Prologue {
    parameters: Box<[(Binder, Option<Code>)]>,
}

impl Prologue {
    fn new(compiler: &Compiler, template: &Template) -> Option<Prologue> {
        let parameters: Box<[_]> = template
            .parameters
            .iter()
            .map(|parameter| {
                let default = parameter.default.as_ref();
                (
                    Binder::from(&parameter.binding),
                    default.map(|default| expression(compiler, default)),
                )
            })
            .filter(|(binder, default)| binder.storage != Storage::Plain || default.is_some())
            .collect();
        (!parameters.is_empty()).then_some(Prologue { parameters })
    }

    fn run(&self, machine: &mut Machine<'_>, function: &Arc<Function>) -> Result<()> {
        for (binder, default) in &self.parameters {
            let mut argument = machine.local(binder.slot).clone();
            if let (Value::Absent, Some(default)) = (&argument, default) {
                argument = default(machine, function)?;
            }
            binder.bind(machine, argument);
        }
        Ok(())
    }
}
