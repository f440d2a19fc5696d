//! Text in, decisions out.
//!
//! - [`stored`] pins how every variable is stored, [`resolved`] the whole program as text;
//! - [`said`] pins the reports: place, severity, message, then what belongs to them.

mod call;
mod capture;
mod constant;
mod declare;
mod flow;
mod gallery;
mod last_use;
mod program;
mod race;
mod scope;
mod session;

use super::program::{Program, Storage};
use super::show::show;
use super::signature::Signature;
use super::{OuterVariable, Prelude, Resolved, resolve};
use crate::diagnostics::report::{Report, Severity};
use crate::diagnostics::source::{Source, Sources};
use crate::syntax::tree::Tree;

/// Some builtins, as the table of builtins declares them.
pub fn prelude() -> Prelude {
    let mut prelude = Prelude::new();
    for (name, parameters) in [
        ("print", "...values, sep = \" \", end = \"\\n\""),
        ("len", "x"),
        ("push", "xs, value"),
        ("queue", "capacity = nil"),
        ("put", "q, x, timeout = nil"),
        ("get", "q, timeout = nil"),
        ("force", "x, timeout = nil"),
        ("join", "task, timeout = nil"),
        ("join", "sep, xs"),
        ("lock", ""),
        ("acquire", "lock, timeout = nil"),
        ("release", "lock"),
        ("thread_pool", "n = cpu_count()"),
        ("process_pool", "n = cpu_count()"),
        ("submit", "pool, f, ...args"),
        ("map", "f, ...xs"),
        ("range", "start, stop = nil, step = 1"),
        ("sleep", "seconds"),
        ("assert", "condition, message = \"\""),
    ] {
        prelude.function(name, Signature::parse(parameters));
    }
    for name in ["pi", "thread", "process"] {
        prelude.constant(name);
    }
    prelude
}

/// A tree without syntax errors.
pub fn tree(text: &str) -> (std::sync::Arc<Source>, Tree) {
    let source = Sources::default().add("test.cq", text);
    let parsed = crate::syntax::parse(&source);
    assert!(parsed.reports.is_empty(), "{text}\n{:#?}", parsed.reports);
    (source, parsed.tree)
}

/// Resolves a script.
pub fn script(text: &str) -> (std::sync::Arc<Source>, Resolved) {
    let (source, tree) = tree(text);
    (source, resolve(&tree, &[], &prelude()))
}

/// The program of a script that has no errors.
pub fn program_of(text: &str) -> Program {
    let (source, resolved) = script(text);
    let shown = shown(&source, &resolved.reports);
    resolved
        .program
        .unwrap_or_else(|| panic!("{text}\n{shown}"))
}

/// Asserts how the variables are stored, template by template: `*` shared, `?` once.
#[track_caller]
pub fn stored(text: &str, expected: &str) {
    let program = program_of(text);
    let templates = program.templates.iter().map(|template| {
        let bindings = template.names.iter().map(|name| &name.binding);
        let names = bindings.map(|binding| match binding.storage {
            Storage::Plain => binding.name.to_string(),
            Storage::Once => format!("{}?", binding.name),
            Storage::Shared => format!("{}*", binding.name),
        });
        names.collect::<Vec<_>>().join(" ")
    });
    let found = templates.collect::<Vec<_>>().join(" | ");
    assert_eq!(found, expected, "\n{text}\n{}", show(&program));
}

/// Asserts the whole program as text.
#[track_caller]
pub fn resolved(text: &str, expected: &str) {
    let found = show(&program_of(text));
    let indent = expected
        .lines()
        .skip(1)
        .map(|line| line.len() - line.trim_start().len());
    let indent = indent.filter(|&indent| indent > 0).min().unwrap_or(0);
    let expected: Vec<_> = expected
        .lines()
        .skip(1)
        .map(|line| line.get(indent..).unwrap_or(""))
        .collect();
    assert_eq!(
        found.trim_end(),
        expected.join("\n").trim_end(),
        "\n{found}"
    );
}

/// Asserts all reports; of each, the lines that belong to it are joined by ` | `.
#[track_caller]
pub fn said(text: &str, expected: &[&str]) {
    let (source, resolved) = script(text);
    let found = shown(&source, &resolved.reports);
    assert_eq!(found.trim_end(), expected.join("\n"), "\n{text}\n\n{found}");
    let failed = resolved
        .reports
        .iter()
        .any(|report| report.severity == Severity::Error);
    assert_eq!(resolved.program.is_none(), failed);
}

/// Asserts the messages of all reports, without what belongs to them.
#[track_caller]
pub fn messages(text: &str, expected: &[&str]) {
    let (_, resolved) = script(text);
    let found: Vec<_> = resolved
        .reports
        .iter()
        .map(|report| report.message.as_str())
        .collect();
    assert_eq!(found, expected, "\n{text}");
}

/// Reports, one a line.
pub fn shown(source: &Source, reports: &[Report]) -> String {
    let at = |span: crate::syntax::span::Span| {
        let (line, column) = source.position(span.start);
        format!("{line}:{column}")
    };
    let mut text = String::new();
    for report in reports {
        if let Some(primary) = &report.primary {
            text += &format!("{} ", at(primary.span));
        }
        if report.severity == Severity::Warning {
            text += "warning: ";
        }
        text += &report.message;
        if let Some(primary) = &report.primary
            && !primary.text.is_empty()
        {
            text += &format!(" | {}", primary.text);
        }
        for label in &report.secondary {
            text += &format!(" | {} {}", at(label.span), label.text);
        }
        if let Some(help) = &report.help {
            text += &format!(" | help: {help}");
        }
        text.push('\n');
    }
    text
}

/// Earlier entries of a session with these variables.
pub fn outer(names: &[&str]) -> Vec<OuterVariable> {
    let earlier = crate::syntax::span::SourceId(1);
    let variables = names.iter().enumerate().map(|(index, name)| OuterVariable {
        name: (*name).into(),
        declared: crate::syntax::span::Span::new(earlier, 4 * index, 4 * index + 1),
    });
    variables.collect()
}
