//! Expressions, kind by kind.

use super::access;
use super::arithmetic::{arithmetic, negate};
use super::block::{Block, ValueBlock};
use super::builtin_call::builtin;
use super::call::call;
use super::code::{Code, Compiler, Step, passing_code, passing_step, step};
use super::comprehension;
use super::condition::{self, Decide, Test, as_value, condition};
use super::function::{lambda, last_lambda};
use super::literal;
use super::tasks;
use super::try_catch;
use super::variable::read;
use crate::resolve::program::{self, Expr, ExprKind};
use crate::runtime::machine::Flow;
use crate::value::discard::discard;

/// Compiles an expression.
pub fn expression(compiler: &Compiler, expr: &Expr) -> Code {
    let span = expr.span;
    let inside = compiler.inside();
    let compiler = match &expr.kind {
        ExprKind::If { .. } | ExprKind::Try { .. } | ExprKind::Block(_) => compiler,
        _ => &inside,
    };
    match &expr.kind {
        ExprKind::Nil
        | ExprKind::Bool(_)
        | ExprKind::Int(_)
        | ExprKind::BigInt(_)
        | ExprKind::Float(_)
        | ExprKind::String(_) => literal::constant(compiler, &expr.kind),
        ExprKind::Format(parts) => literal::format_string(compiler, parts),
        ExprKind::Variable(variable) => read(compiler, variable, span),
        ExprKind::Builtin(name) => builtin(name, span),
        ExprKind::List(elements) => literal::list(compiler, elements),
        ExprKind::Map(entries) => literal::map(compiler, entries),
        ExprKind::ListComprehension { element, clause } => {
            comprehension::list(compiler, element, clause)
        }
        ExprKind::MapComprehension { key, value, clause } => {
            comprehension::map(compiler, key, value, clause)
        }
        ExprKind::Negate(operand) => negate(compiler, operand, span),
        ExprKind::Binary {
            operator,
            left,
            right,
        } => arithmetic(compiler, *operator, left, right, span)
            .unwrap_or_else(|| condition_value(compiler, expr)),
        ExprKind::Not(_) | ExprKind::And(..) | ExprKind::Or(..) => condition_value(compiler, expr),
        ExprKind::Stream { head, tail } => tasks::stream(compiler, head, *tail),
        ExprKind::Call {
            function,
            arguments,
            ..
        } => call(compiler, function, arguments, span),
        ExprKind::Field { object, name } => access::field(compiler, object, name, span),
        ExprKind::Index { object, index } => access::index(compiler, object, index, span),
        ExprKind::Slice { object, start, end } => {
            access::slice(compiler, object, start.as_deref(), end.as_deref(), span)
        }
        ExprKind::If {
            condition,
            then,
            otherwise,
        } => if_value(
            compiler,
            condition,
            then,
            otherwise.as_ref(),
            ValueBlock::new,
        ),
        ExprKind::Try {
            body,
            catch,
            finally,
        } => try_catch::value(compiler, body, catch.as_ref(), finally.as_ref()),
        ExprKind::Block(block) => ValueBlock::new(compiler, block).into_code(),
        ExprKind::Lambda(template) => lambda(compiler, *template),
        ExprKind::Future { body, place } => tasks::future(compiler, *body, place.as_deref(), span),
        ExprKind::Spawn { body, place } => tasks::spawn(compiler, *body, place.as_deref(), span),
        ExprKind::Delay(body) => tasks::delay(compiler, *body),
    }
}

/// An expression whose value is that of the function it stands in.
pub fn tail_expression(compiler: &Compiler, expr: &Expr) -> Code {
    match &expr.kind {
        ExprKind::If {
            condition,
            then,
            otherwise,
        } => if_value(
            compiler,
            condition,
            then,
            otherwise.as_ref(),
            ValueBlock::tail,
        ),
        ExprKind::Block(block) => ValueBlock::tail(compiler, block).into_code(),
        ExprKind::Lambda(template) if compiler.row_ends => last_lambda(compiler, *template),
        ExprKind::Stream { head, tail } if compiler.row_ends => {
            tasks::last_stream(compiler, head, *tail)
        }
        _ => expression(compiler, expr),
    }
}

/// An expression whose value nobody needs.
pub fn effect(compiler: &Compiler, expr: &Expr) -> Step {
    match &expr.kind {
        ExprKind::If {
            condition,
            then,
            otherwise,
        } => if_effect(compiler, condition, then, otherwise.as_ref()),
        ExprKind::Try {
            body,
            catch,
            finally,
        } => try_catch::effect(compiler, body, catch.as_ref(), finally.as_ref()),
        ExprKind::Block(block) => Block::new(compiler, block).into_step(),
        _ => {
            let value = expression(compiler, expr);
            step(move |m, f| {
                discard(value.run(m, f)?);
                Ok(Flow::Next)
            })
        }
    }
}

fn condition_value(compiler: &Compiler, expr: &Expr) -> Code {
    as_value(condition(compiler, expr, condition::IF))
}

fn if_value(
    compiler: &Compiler,
    test: &Expr,
    then: &program::Block,
    otherwise: Option<&program::Block>,
    block: fn(&Compiler, &program::Block) -> ValueBlock,
) -> Code {
    let test = condition(compiler, test, condition::IF);
    let then = block(compiler, then).into_code();
    let otherwise = match otherwise {
        Some(otherwise) => block(compiler, otherwise).into_code(),
        None => literal::nil(),
    };
    choice(test, then, otherwise)
}

/// One of two expressions.
pub fn choice(test: Test, then: Code, otherwise: Code) -> Code {
    fn decided(test: impl Decide, then: Code, otherwise: Code) -> Code {
        passing_code(move |m, f| match test.decide(m, f)? {
            true => Err(then.run_packed(m, f)),
            false => Err(otherwise.run_packed(m, f)),
        })
    }
    match test {
        Test::Spots(test) => decided(test, then, otherwise),
        Test::Any(test) => decided(test, then, otherwise),
    }
}

fn if_effect(
    compiler: &Compiler,
    test: &Expr,
    then: &program::Block,
    otherwise: Option<&program::Block>,
) -> Step {
    fn decided(test: impl Decide, then: Step, otherwise: Option<Step>) -> Step {
        match otherwise {
            Some(otherwise) => passing_step(move |m, f| match test.decide(m, f)? {
                true => Err(then.run_packed(m, f)),
                false => Err(otherwise.run_packed(m, f)),
            }),
            None => passing_step(move |m, f| match test.decide(m, f)? {
                true => Err(then.run_packed(m, f)),
                false => Ok(Flow::Next),
            }),
        }
    }
    let then = Block::new(compiler, then).into_step();
    let otherwise = otherwise.map(|otherwise| Block::new(compiler, otherwise).into_step());
    match condition(compiler, test, condition::IF) {
        Test::Spots(test) => decided(test, then, otherwise),
        Test::Any(test) => decided(test, then, otherwise),
    }
}
