//! The forms that make code run elsewhere or later: `future`, `spawn`, `delay`, `::`.

use super::code::{Code, Compiler, code};
use super::expression::expression;
use super::function::Maker;
use crate::resolve::program::{Expr, TemplateId};
use crate::runtime::force::{start_future, start_spawned};
use crate::runtime::machine::Machine;
use crate::runtime::promise::Promise;
use crate::runtime::task::Work;
use crate::syntax::span::Span;
use crate::value::{Result, Value};

/// One of [`start_future`] and [`start_spawned`].
type Start = fn(&mut Machine<'_>, Work, &Value, Span) -> Result<Value>;

/// `future e on place`
pub fn future(compiler: &Compiler, body: TemplateId, place: Option<&Expr>, span: Span) -> Code {
    start(compiler, body, place, span, start_future)
}

/// `spawn e on place`
pub fn spawn(compiler: &Compiler, body: TemplateId, place: Option<&Expr>, span: Span) -> Code {
    start(compiler, body, place, span, start_spawned)
}

fn start(
    compiler: &Compiler,
    body: TemplateId,
    place: Option<&Expr>,
    span: Span,
    start: Start,
) -> Code {
    let maker = Maker::new(compiler, body);
    let place = place.map(|place| expression(compiler, place));
    code(move |m, f| {
        let on = match &place {
            Some(place) => place.run(m, f)?,
            None => Value::Nil,
        };
        // What leaves for another process, or is looked at, is a function of its own.
        let work = match place.is_none() && !m.gate.is_watched() {
            true => Work::Body(maker.make_here(m, f)),
            false => Work::body(maker.make(m, f)),
        };
        m.site = span;
        start(m, work, &on, span).map_err(|unwind| m.placed(unwind, span))
    })
}

/// `delay e`
pub fn delay(compiler: &Compiler, body: TemplateId) -> Code {
    let maker = Maker::new(compiler, body);
    code(move |m, f| {
        let watched = m.gate.is_watched();
        let promise = Promise::delayed(watched, maker.code, |captures| {
            maker.capture(captures, m, f);
        });
        Ok(Value::Promise(promise))
    })
}

/// `head :: tail`
pub fn stream(compiler: &Compiler, head: &Expr, tail: TemplateId) -> Code {
    let head = expression(compiler, head);
    let maker = Maker::new(compiler, tail);
    code(move |m, f| {
        let head = head.run(m, f)?;
        let watched = m.gate.is_watched();
        let promise = Promise::behind(watched, head, maker.code, |captures| {
            maker.capture(captures, m, f);
        });
        Ok(Value::Stream(promise))
    })
}

/// `head :: tail` at the end of a function.
pub fn last_stream(compiler: &Compiler, head: &Expr, tail: TemplateId) -> Code {
    let head = expression(compiler, head);
    let maker = Maker::new(compiler, tail);
    code(move |m, f| {
        let head = head.run(m, f)?;
        let watched = m.gate.is_watched();
        let promise = Promise::behind(watched, head, maker.code, |captures| {
            maker.capture_last(captures, m, f);
        });
        Ok(Value::Stream(promise))
    })
}
