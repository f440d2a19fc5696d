//! Whatever the text: no panic, regular spans, and an error node only where something is reported.

use proptest::prelude::*;

use super::parse;
use crate::diagnostics::render::{Style, render_all};
use crate::diagnostics::source::Sources;
use crate::syntax::{check_spans, is_complete, show};

const PIECES: &str = "let x y = 1 2.5 \"s\" 'q \" f\"{ f\"a} {{ } ( ) [ ] { : :: , . ; + - * // ** == < not in and or if else \
    while for fn => return try catch finally with check throw break future spawn delay on on nil true += ++ && ! ? $ elif \
    def // # ## é “ ” 0x 1__ .2 :>5 } \" ' \\n";

fn check(text: &str) {
    let sources = Sources::default();
    let source = sources.add("a.cq", text);
    let parsed = parse(&source);
    check_spans(&parsed.tree).unwrap_or_else(|fault| panic!("{text:?}\n{fault}"));
    let shown = show(&parsed.tree);
    let has_error = shown
        .split(['(', ')', ' ', '\n'])
        .any(|word| word == "error");
    assert!(
        !has_error || !parsed.reports.is_empty(),
        "{text:?}\n{shown}"
    );
    for report in &parsed.reports {
        let label = report.primary.as_ref().expect("syntax errors have a place");
        assert!(
            label.span.end as usize <= text.len(),
            "{text:?}\n{report:?}"
        );
        assert!(
            text.get(label.span.range()).is_some(),
            "{text:?}\n{report:?}"
        );
    }
    render_all(&parsed.reports, &sources, Style::Colour);
    is_complete(text);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn words_in_any_order(picks in prop::collection::vec((0usize..1000, 0u8..6), 0..40)) {
        let pieces: Vec<&str> = PIECES.split_whitespace().collect();
        let mut text = String::new();
        for (pick, gap) in picks {
            text.push_str(pieces[pick % pieces.len()]);
            text.push_str(match gap { 0 => "\n", 1 => "", _ => " " });
        }
        check(&text);
    }

    #[test]
    fn any_characters(text in "\\PC{0,60}") {
        check(&text);
    }
}

#[test]
fn a_program_cut_anywhere() {
    let program = r#"
## doc
fn f(a, b = [1, 2]) {
    if a < b { return f"{a:>5} {b["k"]}" } else if not a { 'é' } else { -a ** 2 }
    let xs = [x * 2 for x in range(10) if x != 3]
}
with p = thread_pool(4) {
    let t = [future f(n) on p for n in xs]
    try { t.map(fn(x) => x) } catch e { throw e } finally { q.close() }
}
"#;
    for (at, _) in program.char_indices() {
        check(&program[..at]);
        check(&program[at..]);
    }
}
