//! No text, however nested, overflows a stack.

use super::{MAX_TREE_DEPTH, parse_text};
use crate::syntax::{check_spans, show};

/// Parses, prints and checks on the front end's stack and drops on a small one: says whether it
/// was refused.
fn is_refused(name: &'static str, text: String) -> bool {
    let parse = move || {
        let parsed = parse_text(&text);
        show(&parsed.tree);
        check_spans(&parsed.tree).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        parsed
    };
    let thread = std::thread::Builder::new().stack_size(64 << 20);
    let parsed = thread
        .spawn(parse)
        .expect("a thread")
        .join()
        .expect("no overflow");
    let messages: Vec<String> = parsed
        .reports
        .iter()
        .map(|report| report.message.clone())
        .collect();
    let thread = std::thread::Builder::new().stack_size(8 << 20);
    thread
        .spawn(move || drop(parsed.tree))
        .expect("a thread")
        .join()
        .expect("no overflow");
    if messages.is_empty() {
        return false;
    }
    assert!(
        messages[0].starts_with("nested too deeply"),
        "{name}: {messages:?}"
    );
    true
}

#[test]
fn what_people_may_write_is_read() {
    let near = MAX_TREE_DEPTH - 10;
    for (name, text) in [
        ("sum", format!("x = {}a", "a + ".repeat(near))),
        ("minus", format!("{}a", "- ".repeat(near))),
        ("not", format!("{}a", "not ".repeat(near))),
        ("power", format!("{}a", "a ** ".repeat(near))),
        ("stream", format!("{}nil", "1 :: ".repeat(near))),
        ("methods", format!("a{}", ".f()".repeat(near / 2))),
        ("calls", format!("a{}", "()".repeat(near))),
        ("indices", format!("a{}", "[0]".repeat(near))),
        ("lambdas", format!("{}a", "fn() => ".repeat(near / 2))),
        ("delays", format!("{}a", "delay ".repeat(near))),
        (
            "else if",
            format!("if a {{ }}{}", " else if a { }".repeat(1_000)),
        ),
        (
            "brackets",
            format!("{}{}", "[".repeat(499), "]".repeat(499)),
        ),
        ("blocks", format!("{}{}", "{".repeat(499), "}".repeat(499))),
        (
            "calls inside",
            format!("{}{}", "f(".repeat(499), ")".repeat(499)),
        ),
        (
            "holes",
            format!("{}1{}", "f'{".repeat(400), "}'".repeat(400)),
        ),
    ] {
        assert!(!is_refused(name, text), "{name}");
    }
}

#[test]
fn what_nobody_writes_is_refused() {
    let many = 100_000;
    for (name, text) in [
        ("sum", format!("{}a", "a + ".repeat(many))),
        ("minus", format!("{}a", "- ".repeat(many))),
        ("not", format!("{}a", "not ".repeat(many))),
        ("stream", format!("{}nil", "1 :: ".repeat(many))),
        ("methods", format!("a{}", ".f()".repeat(many))),
        ("fields", format!("a{}", ".f".repeat(many))),
        ("lambdas", format!("{}a", "fn() => ".repeat(many))),
        ("futures", format!("{}a", "future ".repeat(many))),
        (
            "else if",
            format!("if a {{ }}{}", " else if a { }".repeat(many)),
        ),
        ("parentheses", "(".repeat(many)),
        ("brackets", "[".repeat(many)),
        ("braces", "{".repeat(many)),
        ("holes", "f\"{".repeat(many)),
        ("functions", "fn f() {\n".repeat(many)),
        ("comprehensions", "[x for x in ".repeat(many)),
        ("in one line", "a in ".repeat(many)),
    ] {
        assert!(is_refused(name, text), "{name}");
    }
}

#[test]
fn much_that_is_wrong_takes_linear_time() {
    let many = 20_000;
    for text in [
        ")".repeat(many),
        "a b\n".repeat(many),
        "{ x ) ".repeat(400),
        "\"\n".repeat(many),
        "f\"{\n".repeat(many),
        "?".repeat(many),
        "}{".repeat(many),
        "if x:\n".repeat(many),
        "let ".repeat(many),
        "a < ".repeat(many),
        "\\".repeat(many),
    ] {
        assert!(!parse_text(&text).reports.is_empty());
    }
}
