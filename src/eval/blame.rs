//! What errors say about the place where they happened.
//!
//! Who fails knows what went wrong; the node around it adds where, and the values of its operands,
//! called as they are written: `s is 45, q.get() is nil`. Values of literals are there to be read.

use std::sync::Arc;

use crate::gate::Gate;
use crate::resolve::program::{Expr, ExprKind};
use crate::runtime::machine::Machine;
use crate::syntax::span::Span;
use crate::value::show::show_short;
use crate::value::{Unwind, Value};

/// How many operands are told.
const OPERANDS_TOLD: usize = 3;

/// How long the value of an operand may be.
const OPERAND_CHARACTERS: usize = 40;

/// How long an expression may be that stands for its own name.
const TEXT_CHARACTERS: usize = 24;

/// What an operand is called.
pub enum Called {
    /// By a name of its own.
    Named(Arc<str>),
    /// By its text, if that is short, else by its role (`left`), if it has one.
    Text(Span, Option<&'static str>),
    /// Not at all: it can be read in the text, or was not given.
    Silent,
}

/// Where a node stands and what its operands are called.
pub struct Blame {
    /// Where it stands.
    pub span: Span,
    /// The same, as the record of a call has it.
    pub site: Option<Span>,
    operands: Box<[Called]>,
}

impl Blame {
    /// The blame for a node with these operands.
    pub fn new<'a>(span: Span, operands: impl IntoIterator<Item = &'a Expr>) -> Blame {
        Blame::of(span, operands.into_iter().map(|expr| called(expr, None)))
    }

    /// The blame for `left operator right`.
    pub fn binary(span: Span, left: &Expr, right: &Expr) -> Blame {
        Blame::of(
            span,
            [called(left, Some("left")), called(right, Some("right"))],
        )
    }

    /// The blame for a node that looks at one value only.
    pub fn single(expr: &Expr) -> Blame {
        Blame::of(expr.span, [called(expr, Some("it"))])
    }

    /// The blame for a node whose operands are called this.
    pub fn of(span: Span, operands: impl IntoIterator<Item = Called>) -> Blame {
        Blame {
            span,
            site: Some(span),
            operands: operands.into_iter().collect(),
        }
    }

    /// Completes an error with the place and the values of the operands, given in the order in
    /// which they were named.
    #[cold]
    #[inline(never)]
    pub fn complete(&self, machine: &Machine<'_>, unwind: Unwind, values: &[&Value]) -> Unwind {
        let Unwind::Failed(failure) = &unwind else {
            // A cancel on its way out.
            return machine.placed(unwind, self.span);
        };
        if failure.story.span.is_some() || !failure.story.label.is_empty() {
            return machine.placed(unwind, self.span);
        }
        let told = self.told(machine, values);
        machine.placed(unwind.label(told.join(", ")), self.span)
    }

    /// The values of the operands, called as they are written.
    #[cold]
    #[inline(never)]
    pub fn told(&self, machine: &Machine<'_>, values: &[&Value]) -> Vec<String> {
        let mut told: Vec<(String, String)> = Vec::new();
        let mut parts = Vec::new();
        for (at, value) in values.iter().enumerate() {
            if let Some(name) = self.name(machine, at)
                && told.len() < OPERANDS_TOLD
            {
                // A report is no operation of the program: nobody is told.
                let shown = show_short(value, &Gate::open(), OPERAND_CHARACTERS);
                match told.iter().rev().find(|(other, _)| *other == name) {
                    Some((_, before)) if *before == shown => continue,
                    Some(_) => parts.push(format!("then {shown}")),
                    None => parts.push(format!("{name} is {shown}")),
                }
                told.push((name, shown));
            }
        }
        parts
    }

    /// Completes an error with the place alone.
    #[cold]
    #[inline(never)]
    pub fn place(&self, machine: &Machine<'_>, unwind: Unwind) -> Unwind {
        machine.placed(unwind, self.span)
    }

    /// What an operand is called.
    pub fn name(&self, machine: &Machine<'_>, operand: usize) -> Option<String> {
        match self.operands.get(operand)? {
            Called::Named(name) => Some(name.to_string()),
            Called::Text(span, role) => {
                let source = machine.runtime.sources.get(span.source)?;
                let text = source.text.get(span.start as usize..span.end as usize)?;
                let short = !text.contains('\n') && text.chars().count() <= TEXT_CHARACTERS;
                match short {
                    true => Some(text.to_owned()),
                    false => role.map(str::to_owned),
                }
            }
            Called::Silent => None,
        }
    }
}

/// What an operand is called; the role is for one whose text is too long.
pub fn called(expr: &Expr, role: Option<&'static str>) -> Called {
    match &expr.kind {
        ExprKind::Nil
        | ExprKind::Bool(_)
        | ExprKind::Int(_)
        | ExprKind::BigInt(_)
        | ExprKind::Float(_)
        | ExprKind::String(_)
        | ExprKind::List(_)
        | ExprKind::Map(_)
        | ExprKind::Format(_)
        | ExprKind::Lambda(_) => Called::Silent,
        ExprKind::Builtin(_) if role.is_none() => Called::Silent,
        ExprKind::Negate(number) => match called(number, role) {
            Called::Silent => Called::Silent,
            _ => Called::Text(expr.span, role),
        },
        ExprKind::Variable(variable) => Called::Named(variable.name.clone()),
        _ => Called::Text(expr.span, role),
    }
}

/// What one side of an assertion is called; only what is plain to read is not told.
pub fn called_in_full(expr: &Expr, role: &'static str) -> Called {
    match is_plain(expr) {
        true => Called::Silent,
        false => match called(expr, Some(role)) {
            Called::Silent => Called::Text(expr.span, Some(role)),
            other => other,
        },
    }
}

/// Whether the value of an expression can be read in the text.
fn is_plain(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Nil
        | ExprKind::Bool(_)
        | ExprKind::Int(_)
        | ExprKind::BigInt(_)
        | ExprKind::Float(_)
        | ExprKind::String(_)
        | ExprKind::Builtin(_)
        | ExprKind::Lambda(_) => true,
        ExprKind::Negate(number) => is_plain(number),
        ExprKind::List(elements) => elements.iter().all(is_plain),
        ExprKind::Map(entries) => entries
            .iter()
            .all(|(key, value)| is_plain(key) && is_plain(value)),
        _ => false,
    }
}
