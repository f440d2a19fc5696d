//! The second walk through expressions, kind by kind in the order of the tree.

use super::build::Build;
use super::program::*;
use crate::syntax::tree;

impl Build<'_> {
    /// One expression.
    pub(super) fn expr(&mut self, expr: &tree::Expr) -> Expr {
        Expr {
            kind: self.expr_kind(expr),
            span: expr.span,
        }
    }

    fn boxed(&mut self, expr: &tree::Expr) -> Box<Expr> {
        Box::new(self.expr(expr))
    }

    fn optional(&mut self, expr: Option<&tree::Expr>) -> Option<Box<Expr>> {
        expr.map(|expr| self.boxed(expr))
    }

    fn expr_kind(&mut self, expr: &tree::Expr) -> ExprKind {
        use tree::ExprKind as From;
        match &expr.kind {
            From::Nil => ExprKind::Nil,
            From::Bool(value) => ExprKind::Bool(*value),
            From::Int(value) => ExprKind::Int(*value),
            From::BigInt(value) => ExprKind::BigInt(value.clone()),
            From::Float(value) => ExprKind::Float(*value),
            From::String(value) => ExprKind::String(value.clone()),
            From::Format(parts) => {
                ExprKind::Format(parts.iter().map(|part| self.format_part(part)).collect())
            }
            From::Name(name) => match self.variable(name, expr.span) {
                Some(variable) => ExprKind::Variable(variable),
                None => ExprKind::Builtin(name.clone()),
            },
            From::List(elements) => {
                ExprKind::List(elements.iter().map(|element| self.expr(element)).collect())
            }
            From::Map(entries) => {
                let entries = entries
                    .iter()
                    .map(|(key, value)| (self.expr(key), self.expr(value)));
                ExprKind::Map(entries.collect())
            }
            From::ListComprehension { element, clause } => ExprKind::ListComprehension {
                clause: self.comprehension(clause),
                element: self.boxed(element),
            },
            From::MapComprehension { key, value, clause } => ExprKind::MapComprehension {
                clause: self.comprehension(clause),
                key: self.boxed(key),
                value: self.boxed(value),
            },
            From::Negate(operand) => ExprKind::Negate(self.boxed(operand)),
            From::Not(operand) => ExprKind::Not(self.boxed(operand)),
            From::Binary {
                operator,
                left,
                right,
                ..
            } => ExprKind::Binary {
                operator: *operator,
                left: self.boxed(left),
                right: self.boxed(right),
            },
            From::And(left, right) => ExprKind::And(self.boxed(left), self.boxed(right)),
            From::Or(left, right) => ExprKind::Or(self.boxed(left), self.boxed(right)),
            From::Stream { head, tail } => ExprKind::Stream {
                head: self.boxed(head),
                tail: self.code(expr.span, tail),
            },
            From::Call {
                function,
                arguments,
            } => ExprKind::Call {
                function: self.boxed(function),
                arguments: arguments
                    .iter()
                    .map(|argument| self.argument(argument))
                    .collect(),
                method: false,
            },
            From::MethodCall {
                receiver,
                method,
                arguments,
            } => self.method_call(receiver, method, arguments),
            From::Field { object, name } => ExprKind::Field {
                object: self.boxed(object),
                name: name.text.clone(),
            },
            From::Index { object, index } => ExprKind::Index {
                object: self.boxed(object),
                index: self.boxed(index),
            },
            From::Slice { object, start, end } => ExprKind::Slice {
                object: self.boxed(object),
                start: self.optional(start.as_deref()),
                end: self.optional(end.as_deref()),
            },
            From::If {
                condition,
                then,
                otherwise,
            } => ExprKind::If {
                condition: self.boxed(condition),
                then: self.block(then),
                otherwise: otherwise.as_ref().map(|block| self.block(block)),
            },
            From::Try {
                body,
                catch,
                finally,
            } => ExprKind::Try {
                body: self.block(body),
                catch: catch
                    .as_deref()
                    .map(|(name, handler)| (self.binding(name), self.block(handler))),
                finally: finally.as_ref().map(|block| self.block(block)),
            },
            From::Block(block) => ExprKind::Block(self.block(block)),
            From::Lambda(function) => ExprKind::Lambda(self.function(expr.span, function)),
            From::Future { body, place } => ExprKind::Future {
                place: self.optional(place.as_deref()),
                body: self.code(expr.span, body),
            },
            From::Spawn { body, place } => ExprKind::Spawn {
                place: self.optional(place.as_deref()),
                body: self.code(expr.span, body),
            },
            From::Delay(body) => ExprKind::Delay(self.code(expr.span, body)),
            From::Error => unreachable!("a tree with what could not be read is not built"),
        }
    }

    fn format_part(&mut self, part: &tree::FormatPart) -> FormatPart {
        match part {
            tree::FormatPart::Text(text) => FormatPart::Text(text.clone()),
            tree::FormatPart::Hole { value, spec } => FormatPart::Hole {
                value: self.expr(value),
                spec: spec.clone(),
            },
        }
    }

    fn comprehension(&mut self, clause: &tree::Comprehension) -> Box<Comprehension> {
        Box::new(Comprehension {
            bindings: clause.names.iter().map(|name| self.binding(name)).collect(),
            iterable: self.expr(&clause.iterable),
            condition: clause
                .condition
                .as_ref()
                .map(|condition| self.expr(condition)),
        })
    }

    /// `x.f(a)` is `f(x, a)`.
    fn method_call(
        &mut self,
        receiver: &tree::Expr,
        method: &tree::Name,
        arguments: &[tree::Argument],
    ) -> ExprKind {
        let kind = match self.variable(&method.text, method.span) {
            Some(variable) => ExprKind::Variable(variable),
            None => ExprKind::Builtin(method.text.clone()),
        };
        let mut all = vec![Argument {
            name: None,
            value: self.expr(receiver),
        }];
        all.extend(arguments.iter().map(|argument| self.argument(argument)));
        ExprKind::Call {
            function: Box::new(Expr {
                kind,
                span: method.span,
            }),
            arguments: all,
            method: true,
        }
    }

    fn argument(&mut self, argument: &tree::Argument) -> Argument {
        Argument {
            name: argument
                .name
                .as_ref()
                .map(|name| (name.text.clone(), name.span)),
            value: self.expr(&argument.value),
        }
    }
}
