//! Where `return`, `break` and `continue` may stand, and what cannot be reached behind them.
//!
//! `return` ends the nearest function or task around it; `break` and `continue` reach the nearest
//! loop, but not out of a function or task.

use super::program::TemplateKind;
use super::scope::Walk;
use super::survey::ScopeKind;
use crate::diagnostics::report::Report;
use crate::syntax::span::Span;
use crate::syntax::tree::{Statement, StatementKind};

impl Walk<'_> {
    /// Judges a `return`.
    pub fn check_return(&mut self, span: Span) {
        let (message, help) = match self.survey.template(self.template).kind {
            TemplateKind::Main => (
                "`return` outside of a function",
                "`exit(0)` ends the program; a function is written `fn name() { … }`",
            ),
            TemplateKind::Check(_) => (
                "`return` outside of a function",
                "a check holds when its block ends; use `if` to skip the rest",
            ),
            _ => return,
        };
        self.reports.push(
            Report::error(span, message)
                .label("nothing to return from")
                .help(help),
        );
    }

    /// Judges a `break` or `continue`.
    pub fn check_break(&mut self, word: &str, span: Span) {
        let mut crossed = None;
        for id in self.survey.scopes_around(self.scope) {
            let scope = self.survey.scope(id);
            match scope.kind {
                ScopeKind::Turn if crossed.is_none() => return,
                ScopeKind::Turn => break,
                ScopeKind::Template => crossed = crossed.or(Some(scope.template)),
                ScopeKind::Outer => crossed = None,
                _ => {}
            }
        }
        let report = match crossed {
            Some(template) if template.0 > 0 => {
                let facts = self.survey.template(template);
                let what = match facts.kind {
                    TemplateKind::Main | TemplateKind::Function => "a function",
                    TemplateKind::Future => "the code of a `future`",
                    TemplateKind::Spawn => "the code of a `spawn`",
                    TemplateKind::Delay => "the code of a `delay`",
                    TemplateKind::Tail => "what follows `::`",
                    TemplateKind::Check(_) => "a check",
                };
                Report::error(span, format!("`{word}` does not reach out of {what}"))
                    .label("the loop is outside")
                    .also(facts.span, "this runs on its own")
                    .help("`return` ends this code with a value; test that value in the loop")
            }
            _ => Report::error(span, format!("`{word}` outside of a loop"))
                .label("no loop around it")
                .help(format!(
                    "`{word}` belongs into the block of a `while` or `for`"
                )),
        };
        self.reports.push(report);
    }

    /// Warns of what stands behind a statement that never goes on.
    pub fn check_reachable(&mut self, statements: &[Statement]) {
        let leaves = statements.iter().position(|statement| {
            matches!(
                statement.kind,
                StatementKind::Return(_)
                    | StatementKind::Break
                    | StatementKind::Continue
                    | StatementKind::Throw(_)
            )
        });
        let Some(at) = leaves else { return };
        // Named functions are made when the block is entered, wherever they stand.
        let behind = statements[at + 1..].iter().find(|statement| {
            !matches!(
                statement.kind,
                StatementKind::Function(_) | StatementKind::Check { .. } | StatementKind::Error
            )
        });
        if let Some(statement) = behind {
            let word = match statements[at].kind {
                StatementKind::Return(_) => "return",
                StatementKind::Break => "break",
                StatementKind::Continue => "continue",
                _ => "throw",
            };
            self.reports.push(
                Report::warning(statement.span, "this is never reached")
                    .label("never runs")
                    .also(statements[at].span, format!("because of this `{word}`")),
            );
        }
    }
}
