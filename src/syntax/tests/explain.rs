//! Syntax errors, read one by one.

use crate::diagnostics::render::{Style, render_all};
use crate::diagnostics::source::Sources;
use crate::syntax::{check_spans, parse};

/// All reports on a text, as people see them.
fn reports(text: &str) -> String {
    let sources = Sources::default();
    let source = sources.add("a.cq", text);
    let parsed = parse(&source);
    check_spans(&parsed.tree).unwrap_or_else(|fault| panic!("{text}\n{fault}"));
    render_all(&parsed.reports, &sources, Style::Plain)
}

#[test]
fn eyeball() {
    let Ok(path) = std::env::var("GALLERY") else {
        return;
    };
    let text = std::fs::read_to_string(path).expect("readable");
    for program in text.split("----\n") {
        println!("=== {program}{}", reports(program));
    }
}
