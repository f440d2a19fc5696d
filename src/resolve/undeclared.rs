//! Names that nothing declares, or not yet: one report a name, with every place it is used at and
//! the nearest name that would have been there.

use std::sync::Arc;

use foldhash::HashMap;

use super::scope::Walk;
use super::survey::VariableId;
use crate::diagnostics::report::{Label, Report};
use crate::diagnostics::suggest::nearest;
use crate::syntax::foreign::{foreign_method, foreign_name, nearly_foreign_name};
use crate::syntax::span::Span;

/// How many places of one name a report shows.
const MOST_PLACES: usize = 4;

/// How an undeclared name is used.
#[derive(Copy, Clone, PartialEq, Eq)]
pub enum Use {
    /// `x`, `x(…)`
    Read,
    /// `value.x(…)`
    Method,
    /// `x = …`
    Assign,
}

/// The reports about names, by name.
#[derive(Default)]
pub struct Undeclared {
    reports: Vec<Report>,
    by_name: HashMap<Arc<str>, usize>,
}

impl Undeclared {
    /// The reports, in the order of the first uses.
    pub fn into_reports(self) -> Vec<Report> {
        self.reports
    }
}

impl Walk<'_> {
    /// Reports a name that means nothing here.
    #[cold]
    pub fn report_undeclared(&mut self, name: &Arc<str>, span: Span, how: Use) {
        if let Some(&index) = self.undeclared.by_name.get(name) {
            let report = &mut self.undeclared.reports[index];
            if report.secondary.len() + 1 < MOST_PLACES {
                report.secondary.push(Label {
                    span,
                    text: String::from("and here"),
                });
            }
            return;
        }
        let near = || Some(format!("did you mean `{}`?", self.nearest_to(name)?));
        let meant = match how {
            Use::Assign => near(),
            Use::Read | Use::Method => {
                let known = match how {
                    Use::Method => foreign_method(name),
                    _ => foreign_name(name),
                };
                known
                    .map(str::to_owned)
                    .or_else(near)
                    .or_else(|| nearly_foreign_name(name).map(str::to_owned))
            }
        };
        let report = match how {
            Use::Read => Report::error(span, format!("`{name}` is not declared"))
                .label("no such name here")
                .help(meant.unwrap_or_else(|| format!("declare it first: `let {name} = …`"))),
            Use::Method => {
                let report = Report::error(span, format!("no function `{name}` to call"));
                match meant {
                    Some(meant) => report.label("no such name here").help(meant),
                    None => report
                        .label(
                            "`x.f(a)` calls the function `f` with `x` first; it is never a field",
                        )
                        .help(format!("to call what is in a map's field: `(m.{name})(…)`")),
                }
            }
            Use::Assign => {
                let declare = format!("a new variable is declared by `let {name} = …`");
                Report::error(
                    span,
                    format!("cannot assign to `{name}`, which is not declared"),
                )
                .label("no such variable here")
                .help(meant.map_or(declare.clone(), |meant| format!("{meant} {declare}")))
            }
        };
        self.undeclared
            .by_name
            .insert(name.clone(), self.undeclared.reports.len());
        self.undeclared.reports.push(report);
    }

    /// Reports a use that stands before the `let` of its variable, in the same code.
    #[cold]
    pub fn report_too_early(&mut self, id: VariableId, span: Span, how: Use) {
        let variable = self.survey.variable(id);
        let (name, declared) = (&variable.name, variable.span);
        let done = if how == Use::Assign {
            "assigned"
        } else {
            "used"
        };
        let report = Report::error(span, format!("`{name}` is {done} before its `let`"))
            .label("it does not exist yet here")
            .also(declared, "declared only here")
            .help(format!("move the `let` of `{name}` up, in front of this"));
        self.undeclared.reports.push(report);
    }

    /// The name in sight that was probably meant.
    fn nearest_to(&self, name: &str) -> Option<String> {
        let mut candidates: Vec<&str> = self.prelude.names().collect();
        for id in self.survey.scopes_around(self.scope) {
            candidates.extend(self.survey.scope(id).names.keys().map(|name| &**name));
        }
        // The maps above have no order, and of two names equally near the first one wins.
        candidates.sort_unstable();
        nearest(name, candidates.iter().copied()).map(str::to_owned)
    }
}
