//! `with e { }`: a resource that is given back however its block is left.

use super::binder::Binder;
use super::blame::Blame;
use super::block::Block;
use super::code::{Compiler, Step, step};
use super::expression::expression;
use crate::resolve::program::{self, Binding, Expr};
use crate::runtime::resource::{enter, leave};
use crate::runtime::trail;

/// `with name = e { }`
pub fn with(
    compiler: &Compiler,
    binding: Option<&Binding>,
    resource: &Expr,
    body: &program::Block,
) -> Step {
    let blame = Blame::new(resource.span, [resource]);
    let binder = binding.map(Binder::from);
    let resource = expression(compiler, resource);
    let body = Block::new(compiler, body);
    step(move |m, f| {
        let resource = resource.run(m, f)?;
        m.site = blame.span;
        enter(m, &resource).map_err(|unwind| blame.complete(m, unwind, &[&resource]))?;
        if let Some(binder) = binder {
            binder.bind(m, resource.clone());
        }
        if m.gate.is_watched() {
            trail::holds(&resource);
        }
        let height = m.stack.len();
        let result = body.run(m, f);
        m.unwind_to(height);
        m.site = blame.span;
        match (result, leave(m, &resource)) {
            (Ok(flow), Ok(())) => Ok(flow),
            // The body's error is told, or that it was cancelled.
            (Err(unwind), _) => Err(unwind),
            (Ok(_), Err(unwind)) => Err(blame.complete(m, unwind, &[&resource])),
        }
    })
}
