//! What errors say about the place where they happened.
//!
//! Who fails knows what went wrong; the node around it adds where, and the values of those
//! operands that have a name: `s is 45, p is nil`. Values of literals are there to be read.

use std::sync::Arc;

use crate::resolve::program::{Expr, ExprKind};
use crate::runtime::machine::Machine;
use crate::syntax::span::Span;
use crate::value::show::show_short;
use crate::value::{Unwind, Value};

/// How many operands are told.
const OPERANDS_TOLD: usize = 3;

/// How long the value of an operand may be.
const OPERAND_CHARACTERS: usize = 40;

/// Where a node stands and what its operands are called.
pub struct Blame {
    /// Where it stands.
    pub span: Span,
    names: Box<[Option<Arc<str>>]>,
}

impl Blame {
    /// The blame for a node with these operands.
    pub fn new<'a>(span: Span, operands: impl IntoIterator<Item = &'a Expr>) -> Blame {
        Blame {
            span,
            names: operands.into_iter().map(operand_name).collect(),
        }
    }

    /// The blame for a node whose operands have these names.
    pub fn named(span: Span, names: impl IntoIterator<Item = Option<Arc<str>>>) -> Blame {
        Blame {
            span,
            names: names.into_iter().collect(),
        }
    }

    /// Completes an error with the place and the values of the operands, given in the order in
    /// which they were named.
    #[cold]
    #[inline(never)]
    pub fn complete(&self, machine: &Machine<'_>, unwind: Unwind, values: &[&Value]) -> Unwind {
        let Unwind::Failed(failure) = &unwind else {
            return unwind;
        };
        if failure.story.span.is_some() || !failure.story.label.is_empty() {
            return machine.placed(unwind, self.span);
        }
        let mut told: Vec<&str> = Vec::new();
        let mut parts = Vec::new();
        for (name, value) in self.names.iter().zip(values) {
            if let Some(name) = name
                && !told.contains(&&**name)
                && told.len() < OPERANDS_TOLD
            {
                told.push(name);
                let shown = show_short(value, &machine.gate, OPERAND_CHARACTERS);
                parts.push(format!("{name} is {shown}"));
            }
        }
        machine.placed(unwind.label(parts.join(", ")), self.span)
    }

    /// Completes an error with the place alone.
    #[cold]
    #[inline(never)]
    pub fn place(&self, machine: &Machine<'_>, unwind: Unwind) -> Unwind {
        machine.placed(unwind, self.span)
    }

    /// What an operand is called.
    pub fn name(&self, operand: usize) -> Option<&str> {
        self.names.get(operand)?.as_deref()
    }
}

/// What an operand is called: a variable, or a field of one.
pub fn operand_name(expr: &Expr) -> Option<Arc<str>> {
    match &expr.kind {
        ExprKind::Variable(variable) => Some(variable.name.clone()),
        ExprKind::Field { object, name } => {
            operand_name(object).map(|object| format!("{object}.{name}").into())
        }
        _ => None,
    }
}
