//! What is assigned to: variables, `xs[i]` and `m.key`, and nothing else.

use super::scope::{Found, Walk};
use super::survey::{Assignment, Meaning};
use super::undeclared::Use;
use crate::diagnostics::report::Report;
use crate::syntax::tree::{Expr, ExprKind};

impl Walk<'_> {
    /// Walks the parts of a target; the write itself comes with [`Walk::written`].
    pub fn target(&mut self, target: &Expr) {
        match &target.kind {
            ExprKind::Name(_) => {}
            ExprKind::Index { object, index } => {
                self.expression(object);
                self.expression(index);
            }
            ExprKind::Field { object, .. } => self.expression(object),
            ExprKind::Error => self.unreadable = true,
            _ => {
                self.report_target(target);
                self.expression(target);
            }
        }
    }

    /// The target has got its value: if it is a variable, finds which.
    pub fn written(&mut self, target: &Expr) {
        let ExprKind::Name(name) = &target.kind else {
            return;
        };
        match self.look_up(name) {
            Found::Known(Meaning::Variable(id)) => {
                self.survey
                    .meanings
                    .insert(target.span, Meaning::Variable(id));
                self.note_use(id);
                self.survey.variable_mut(id).assigned = true;
                let (tick, scope) = (self.tick(), self.scope);
                self.survey.assignments.push(Assignment {
                    variable: id,
                    scope,
                    tick,
                    span: target.span,
                });
            }
            Found::Known(Meaning::Builtin) => self.reports.push(
                Report::error(
                    target.span,
                    format!("cannot assign to the builtin `{name}`"),
                )
                .label("no variable of that name here")
                .help(format!("`let {name} = …` declares a variable of that name")),
            ),
            Found::Later(id) => self.report_too_early(id, target.span, Use::Assign),
            Found::Nothing => self.report_undeclared(name, target.span, Use::Assign),
        }
    }

    #[cold]
    fn report_target(&mut self, target: &Expr) {
        let (what, help) = match &target.kind {
            ExprKind::Call { .. } | ExprKind::MethodCall { .. } => (
                "the result of a call",
                "to compare, write `==`; to keep the result, `let name = …`",
            ),
            ExprKind::Slice { .. } => ("a slice", "assign to its elements one by one: `xs[i] = …`"),
            ExprKind::List(_) => (
                "a list",
                "to unpack, write the names without brackets: `a, b = …`",
            ),
            ExprKind::Lambda(_) => ("a function", "to give it a name: `let name = fn(…) …`"),
            ExprKind::Nil
            | ExprKind::Bool(_)
            | ExprKind::Int(_)
            | ExprKind::BigInt(_)
            | ExprKind::Float(_)
            | ExprKind::String(_)
            | ExprKind::Format(_) => ("a literal", "to compare, write `==`"),
            _ => (
                "an expression",
                "a variable, `xs[i]` or `m.key` stands left of `=`; to compare, write `==`",
            ),
        };
        self.reports.push(
            Report::error(target.span, format!("cannot assign to {what}"))
                .label("this is no place to put a value")
                .help(help),
        );
    }
}
