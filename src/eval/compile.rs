//! A template becomes the body of a function.

use super::binder::Binder;
use super::block::ValueBlock;
use super::code::{Code, Compiler};
use super::condition::{self, condition};
use super::expression::{choice, expression};
use super::operand::has_blocks;
use crate::resolve::program::{
    self, Expr, ExprKind, StatementKind, Storage, Template, TemplateKind,
};
use crate::runtime::machine::{Flow, Machine};
use crate::value::function::{Body, Unit};
use crate::value::running::Running;
use crate::value::{Result, Unwind, Value};

/// Compiles a template. The body finds its arguments in its first slots.
pub fn compile(unit: &'static Unit, template: &Template) -> Body {
    let compiler = Compiler {
        unit,
        parameters: template.parameters.len(),
        row_ends: matches!(
            template.kind,
            TemplateKind::Function | TemplateKind::Delay | TemplateKind::Tail
        ),
        holds_values: false,
    };
    let prologue = Prologue::new(&compiler, template);
    let body = tail(&compiler, &template.body);
    match (prologue, body) {
        (Some(prologue), Tail { code, .. }) => Body::new(move |m, f| {
            let result = prologue.run(m, f).and_then(|()| code.run(m, f));
            ended(m, result)
        }),
        (
            None,
            Tail {
                code,
                returns: true,
            },
        ) => Body::new(move |m, f| {
            let result = code.run(m, f);
            ended(m, result)
        }),
        // A body such as `=> e` that holds no `return` needs nothing around it.
        (None, Tail { code, .. }) => code,
    }
}

/// Code that is the last of a function.
struct Tail {
    code: Code,
    /// Whether a `return` may leave it.
    returns: bool,
}

/// Compiles statements that are the last of a function. `if c { return a }`, with which most
/// recursive functions begin, is as good as `if c { a } else { … }` there.
fn tail(compiler: &Compiler, body: &program::Block) -> Tail {
    let Some((test, value, rest)) = guard(body) else {
        return match ValueBlock::tail(compiler, body).into_expression() {
            Ok(code) => Tail {
                code,
                returns: false,
            },
            Err(block) => Tail {
                code: block.into_code(),
                returns: true,
            },
        };
    };
    let returns = has_blocks(test) || has_blocks(value);
    let test = condition(compiler, test, condition::IF);
    let value = expression(compiler, value);
    let rest = tail(compiler, &rest);
    Tail {
        code: choice(test, value, rest.code),
        returns: returns || rest.returns,
    }
}

/// The condition, value and rest of `{ if c { return a } … }`.
fn guard(body: &program::Block) -> Option<(&Expr, &Expr, program::Block)> {
    let (first, rest) = body.statements.split_first()?;
    let StatementKind::Expression(Expr {
        kind:
            ExprKind::If {
                condition,
                then,
                otherwise: None,
            },
        ..
    }) = &first.kind
    else {
        return None;
    };
    let [
        program::Statement {
            kind: StatementKind::Return(Some(value)),
            ..
        },
    ] = &*then.statements
    else {
        return None;
    };
    let scopes = [body, then];
    if rest.is_empty()
        || scopes
            .iter()
            .any(|scope| !scope.cells.is_empty() || !scope.functions.is_empty())
    {
        return None;
    }
    let rest = program::Block {
        statements: rest.to_vec(),
        ..body.clone()
    };
    Some((condition, value, rest))
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

    fn run(&self, machine: &mut Machine<'_>, function: Running<'_>) -> Result<()> {
        for (binder, default) in &self.parameters {
            let mut argument = machine.local(binder.slot).clone();
            if let (Value::Absent, Some(default)) = (&argument, default) {
                argument = default.run(machine, function)?;
            }
            binder.bind(machine, argument);
        }
        Ok(())
    }
}
