//! What the grammar's productions call to make nodes.
//!
//! A node is made from what it holds and the two offsets it lies between. Names are kept once per
//! text, so that a name used a thousand times is one allocation.

use std::sync::Arc;

use foldhash::HashMap;

use super::span::{SourceId, Span};
use super::token::Integer;
use super::tree::*;
use crate::diagnostics::report::Report;

/// An operator and where it stands.
pub type PlacedOperator = (BinaryOperator, Span);

/// What is needed while a tree is built.
pub struct Builder<'text> {
    source: SourceId,
    text: &'text str,
    documentation: &'text HashMap<usize, Arc<str>>,
    names: HashMap<&'text str, Arc<str>>,
    /// What was found wrong while building.
    pub reports: Vec<Report>,
}

impl<'text> Builder<'text> {
    /// For one text; `documentation` by the offset of the `fn` it belongs to.
    pub fn new(
        source: SourceId,
        text: &'text str,
        documentation: &'text HashMap<usize, Arc<str>>,
    ) -> Builder<'text> {
        Builder {
            source,
            text,
            documentation,
            names: HashMap::default(),
            reports: Vec::new(),
        }
    }

    /// The place between two offsets.
    pub fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.source, start, end)
    }

    /// An expression between two offsets.
    pub fn expr(&self, kind: ExprKind, start: usize, end: usize) -> Expr {
        let span = self.span(start, end);
        Expr { kind, span }
    }

    /// A name between two offsets.
    pub fn name(&mut self, text: &'text str, start: usize, end: usize) -> Name {
        let shared = self.names.entry(text).or_insert_with(|| text.into());
        Name {
            text: shared.clone(),
            span: Span::new(self.source, start, end),
        }
    }

    /// An integer of any size.
    pub fn integer(&self, value: Integer, start: usize, end: usize) -> Expr {
        let kind = match value {
            Integer::Small(small) => ExprKind::Int(small),
            Integer::Big(big) => ExprKind::BigInt(big),
        };
        self.expr(kind, start, end)
    }

    /// `a + b`
    pub fn binary(
        &self,
        left: Expr,
        (operator, operator_span): PlacedOperator,
        right: Expr,
        start: usize,
        end: usize,
    ) -> Expr {
        let kind = ExprKind::Binary {
            operator,
            operator_span,
            left: Box::new(left),
            right: Box::new(right),
        };
        self.expr(kind, start, end)
    }

    /// `a < b`; more than one comparison in a row is reported.
    pub fn comparison(
        &mut self,
        first: Expr,
        mut rest: Vec<(PlacedOperator, Expr)>,
        start: usize,
        end: usize,
    ) -> Expr {
        if let [((one, _), middle), ((two, place), last), ..] = &rest[..] {
            let text = |expr: &Expr| {
                let written = self.text.get(expr.span.range()).unwrap_or("");
                // What is long or goes over lines is not worth repeating.
                let short =
                    written.len() <= 20 && !written.contains('\n') && !written.contains(' ');
                short.then(|| String::from(written))
            };
            let (a, b, c) = match (text(&first), text(middle), text(last)) {
                (Some(a), Some(b), Some(c)) => (a, b, c),
                _ => (String::from("a"), String::from("b"), String::from("c")),
            };
            let (one, two) = (one.symbol(), two.symbol());
            self.reports.push(
                Report::error(*place, "comparisons do not chain")
                    .label(format!("a second comparison behind `{one}`"))
                    .help(format!("write `{a} {one} {b} and {b} {two} {c}`")),
            );
            return self.expr(ExprKind::Error, start, end);
        }
        match rest.pop() {
            Some((operator, right)) => self.binary(first, operator, right, start, end),
            None => first,
        }
    }

    /// The block that `=> e` and `else if` stand for.
    pub fn block_of(&self, value: Expr) -> Box<Block> {
        let span = value.span;
        let statement = Statement {
            kind: StatementKind::Expression(value),
            span,
        };
        Box::new(Block {
            statements: vec![statement],
            span,
        })
    }

    /// A function, with the `##` lines above it if it has a name.
    pub fn function(
        &self,
        name: Option<Name>,
        parameters: Vec<Parameter>,
        body: Box<Block>,
        start: usize,
        end: usize,
    ) -> Box<Function> {
        let documentation = name
            .as_ref()
            .and_then(|_| self.documentation.get(&start).cloned());
        Box::new(Function {
            name,
            documentation,
            parameters,
            body,
            span: self.span(start, end),
        })
    }
}
