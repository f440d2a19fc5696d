//! Judges calls of functions that are known before the program runs: builtins, and named
//! functions that nothing ever assigns to.

use super::prelude::Prelude;
use super::survey::{CallSite, Meaning, Survey, VariableKind};
use crate::diagnostics::report::Report;
use crate::diagnostics::suggest::nearest;
use crate::syntax::span::Span;

/// The parameters of a callable.
struct Row<'a> {
    parameters: Vec<Parameter<'a>>,
    any_number: bool,
    shown: String,
    declared: Option<Span>,
}

struct Parameter<'a> {
    name: &'a str,
    required: bool,
    by_name_only: bool,
}

/// What does not fit between a call and a row.
enum Misfit<'a> {
    TooMany(usize),
    Missing(Vec<&'a str>),
    Unknown(&'a str, Span),
    Twice(&'a str, Span),
}

/// Reports the calls that cannot succeed.
pub fn check(survey: &Survey, prelude: &Prelude, reports: &mut Vec<Report>) {
    for call in &survey.calls {
        let rows = rows(survey, prelude, call);
        if rows.is_empty() {
            continue;
        }
        let misfits: Vec<_> = rows.iter().map(|row| misfit(row, call)).collect();
        if misfits.iter().any(Option::is_none) {
            continue;
        }
        match (&rows[..], &misfits[..]) {
            ([row], [Some(misfit)]) => reports.push(report(call, row, misfit)),
            _ => {
                let shown: Vec<_> = rows.iter().map(|row| row.shown.as_str()).collect();
                reports.push(
                    Report::error(
                        call.span,
                        format!("`{}` does not take these arguments", call.name),
                    )
                    .label(format!(
                        "{} given",
                        count(call.positional + call.named.len())
                    ))
                    .help(format!("it is called as {}", shown.join(" or "))),
                );
            }
        }
    }
}

fn rows<'a>(survey: &'a Survey, prelude: &'a Prelude, call: &'a CallSite) -> Vec<Row<'a>> {
    match call.callee {
        Meaning::Builtin => {
            let rows = prelude.rows(&call.name).unwrap_or_default().iter();
            rows.map(|signature| Row {
                parameters: signature
                    .parameters
                    .iter()
                    .map(|parameter| Parameter {
                        name: parameter.name,
                        required: parameter.default.is_none(),
                        by_name_only: parameter.by_name_only,
                    })
                    .collect(),
                any_number: signature.rest.is_some(),
                shown: format!("`{}({})`", call.name, signature.text),
                declared: None,
            })
            .collect()
        }
        Meaning::Variable(id) => {
            let variable = survey.variable(id);
            let VariableKind::Function(template) = variable.kind else {
                return Vec::new();
            };
            if variable.assigned {
                return Vec::new();
            }
            let parameters = &survey.template(template).parameters;
            let shown: Vec<String> = parameters
                .iter()
                .map(|(name, default)| format!("{name}{}", if *default { " = …" } else { "" }))
                .collect();
            vec![Row {
                parameters: parameters
                    .iter()
                    .map(|(name, default)| Parameter {
                        name,
                        required: !default,
                        by_name_only: false,
                    })
                    .collect(),
                any_number: false,
                shown: format!("`{}({})`", call.name, shown.join(", ")),
                declared: Some(variable.span),
            }]
        }
    }
}

/// The first thing that does not fit.
fn misfit<'a>(row: &Row<'a>, call: &'a CallSite) -> Option<Misfit<'a>> {
    let mut given = vec![false; row.parameters.len()];
    let by_position = row
        .parameters
        .iter()
        .filter(|parameter| !parameter.by_name_only);
    let places = by_position.count();
    given
        .iter_mut()
        .take(call.positional.min(places))
        .for_each(|given| *given = true);
    for (name, span) in &call.named {
        let found = row
            .parameters
            .iter()
            .position(|parameter| parameter.name == &**name);
        match found {
            None => return Some(Misfit::Unknown(name, *span)),
            Some(index) if given[index] => return Some(Misfit::Twice(name, *span)),
            Some(index) => given[index] = true,
        }
    }
    if call.positional > places && !row.any_number {
        return Some(Misfit::TooMany(places));
    }
    let missing: Vec<_> = row
        .parameters
        .iter()
        .zip(given)
        .filter(|(parameter, given)| parameter.required && !given)
        .map(|(parameter, _)| parameter.name)
        .collect();
    (!missing.is_empty()).then_some(Misfit::Missing(missing))
}

#[cold]
fn report(call: &CallSite, row: &Row, misfit: &Misfit) -> Report {
    let name = &call.name;
    let report = match misfit {
        Misfit::TooMany(most) => {
            let given = call.positional + call.named.len();
            let dot = match call.name_span.start > call.span.start {
                true if call.positional > 0 => ", the value before the dot included",
                _ => "",
            };
            Report::error(
                call.span,
                match most {
                    0 => format!("`{name}` takes no arguments"),
                    _ => format!("`{name}` takes at most {}", count(*most)),
                },
            )
            .label(format!("{} given{dot}", count(given)))
            .help(format!("it is called as {}", row.shown))
        }
        Misfit::Missing(names) => {
            let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
            let (word, names) = (
                if names.len() == 1 {
                    "argument"
                } else {
                    "arguments"
                },
                names.join(", "),
            );
            Report::error(call.span, format!("`{name}` needs the {word} {names}"))
                .label(format!(
                    "{} given",
                    count(call.positional + call.named.len())
                ))
                .help(format!("it is called as {}", row.shown))
        }
        Misfit::Unknown(argument, span) => {
            let report = Report::error(*span, format!("`{name}` has no parameter `{argument}`"));
            let candidates = row.parameters.iter().map(|parameter| parameter.name);
            match nearest(argument, candidates) {
                Some(meant) => report.help(format!("did you mean `{meant}`?")),
                None => report.help(format!("it is called as {}", row.shown)),
            }
        }
        Misfit::Twice(argument, span) => Report::error(
            *span,
            format!("`{name}` gets its argument `{argument}` twice"),
        )
        .label("by name here, and by its position before")
        .help(format!("it is called as {}", row.shown)),
    };
    match row.declared {
        Some(declared) => report.also(declared, format!("`{name}` is declared here")),
        None => report,
    }
}

fn count(number: usize) -> String {
    crate::diagnostics::words::count(number, "argument")
}
