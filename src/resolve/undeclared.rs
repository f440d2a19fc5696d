//! Names that nothing declares, or not yet: one report a name, with every place it is used at and
//! the nearest name that would have been there.

use std::collections::HashMap;
use std::sync::Arc;

use super::scope::Walk;
use super::survey::VariableId;
use crate::diagnostics::report::Report;
use crate::syntax::span::Span;

/// What other languages call things that cq has.
const OTHER_LANGUAGES: &[(&str, &str)] = &[
    ("None", "nil"),
    ("null", "nil"),
    ("True", "true"),
    ("False", "false"),
    ("append", "push"),
    ("length", "len"),
    ("size", "len"),
    ("println", "print"),
    ("printf", "print"),
    ("echo", "print"),
];

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
                report.secondary.push(crate::diagnostics::report::Label {
                    span,
                    text: String::from("and here"),
                });
            }
            return;
        }
        let meant = self.meant_by(name);
        let report = match how {
            Use::Read => {
                let report = Report::error(span, format!("`{name}` is not declared"));
                match meant {
                    Some(meant) => report
                        .label("no such name here")
                        .help(format!("did you mean `{meant}`?")),
                    None => report
                        .label("no such name here")
                        .help(format!("declare it first: `let {name} = …`")),
                }
            }
            Use::Method => {
                let report = Report::error(span, format!("no function `{name}` to call"))
                    .label("`x.f(a)` calls the function `f` with `x` first; it is never a field");
                match meant {
                    Some(meant) => report.help(format!("did you mean `{meant}`?")),
                    None => {
                        report.help(format!("to call what is in a map's field: `(m.{name})(…)`"))
                    }
                }
            }
            Use::Assign => {
                let report = Report::error(
                    span,
                    format!("cannot assign to `{name}`, which is not declared"),
                )
                .label("no such variable here");
                match meant {
                    Some(meant) => report.help(format!(
                        "did you mean `{meant}`? a new variable is declared by `let {name} = …`"
                    )),
                    None => report.help(format!("declare it with `let {name} = …`")),
                }
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
        self.reports.push(report);
    }

    /// The name that was probably meant.
    fn meant_by(&self, name: &str) -> Option<String> {
        if let Some((_, ours)) = OTHER_LANGUAGES.iter().find(|(theirs, _)| *theirs == name) {
            return Some(ours.to_string());
        }
        let mut candidates: Vec<&str> = self.prelude.names().collect();
        for id in self.survey.scopes_around(self.scope) {
            candidates.extend(self.survey.scope(id).names.keys().map(|name| &**name));
        }
        // The maps above have no order, and of two names equally near the first one wins.
        candidates.sort_unstable();
        nearest(name, candidates.iter().copied()).map(str::to_owned)
    }
}

/// The candidate that is nearest to a name, if any is near.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let most = (name.chars().count() / 3).max(1);
    let near = candidates
        .into_iter()
        .map(|candidate| (distance(name, candidate), candidate));
    let near = near.filter(|&(distance, _)| distance <= most);
    near.min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, l) in left.chars().enumerate() {
        let mut corner = std::mem::replace(&mut row[0], i + 1);
        for (j, r) in right.iter().enumerate() {
            let best = (corner + usize::from(l != *r))
                .min(row[j] + 1)
                .min(row[j + 1] + 1);
            corner = std::mem::replace(&mut row[j + 1], best);
        }
    }
    row[right.len()]
}
