//! Where values move instead of being copied.

use super::*;

/// Asserts which uses of variables are marked as the last ones, in the order of the text.
#[track_caller]
fn moved(text: &str, expected: &str) {
    let program = program_of(text);
    let shown = format!("{:?}", program.templates);
    let mut found = Vec::new();
    for use_of in shown.split("Variable { name: \"").skip(1) {
        let name = use_of.split('"').next().unwrap_or_default();
        let end = use_of.split("is_last: ").nth(1).unwrap_or_default();
        if end.starts_with("true") {
            found.push(name);
        }
    }
    assert_eq!(found.join(" "), expected, "\n{text}\n{}", show(&program));
}

#[test]
fn what_is_not_read_again_moves() {
    moved("fn f(a) { let b = [a]; b }", "b");
    moved("fn f(xs) { for x in xs { let y = x; y += 1; y } }", "x y");
    moved("fn f(a) { let b = a; len(a); b }", "b");
    moved("fn f(a) { return a }", "a");
    moved("fn g(a) => 1\nfn f(a, b) { g(a) + g(b) }", "a b");
    moved("fn g(a) => 1\nfn f(a) { g(g(a)) }", "a");
    moved("fn g(a, b) => 1\nfn f(a) { g(a, a) }", "");
    moved("fn f(a) { a = [a]; a }", "a");
}

#[test]
fn a_variable_that_goes_on_with_another_lives_in_its_slot() {
    let slots = |text: &str| {
        let program = program_of(text);
        let names = program.templates[1].names.iter();
        let names = names.map(|name| format!("{}{}", name.binding.name, name.binding.slot.0));
        (
            names.collect::<Vec<_>>().join(" "),
            program.templates[1].slots,
        )
    };
    let shared = |text, names: &str, count| assert_eq!(slots(text), (names.to_owned(), count));
    shared("fn f(a) { let b = a; b += 1; b }", "a0 b0", 1);
    shared("fn f(a) { let b = a; let c = b; len(c) }", "a0 b0 c0", 1);
    shared("fn f(a) { if true { let b = a; len(b) } }", "a0 b0", 1);
    shared("fn f(a) { let b = a; a + b }", "a0 b1", 2);
    shared("fn f(a) { while true { let b = a; b += 1 } }", "a0 b1", 2);
    shared(
        "fn f(a) { [{ let b = a; b } for i in range(2)] }",
        "a0 i1 b2",
        3,
    );
    shared(
        "fn f(a) { try { let b = a; len(b) } catch e { len(a) } }",
        "a0 b1 e1",
        2,
    );
    shared(
        "fn f(a) { let g = fn() => a; let b = a; b += 1; g }",
        "a0 g1 b0",
        2,
    );
    shared("fn f(a) { let b = a; b += 1; fn() => b }", "a0 b1", 2);
    shared("fn f(a) { len(a); let b = a }", "a0 b1", 2);
}

#[test]
fn the_main_program_keeps_its_variables() {
    moved("fn g(a) => 1\nlet x = 1\ng(x)\nlet y = x", "");
    moved("fn g(a) => 1\nfuture { let x = 1; g(x) }", "");
}

#[test]
fn operands_are_read_late() {
    moved("fn g(a) => 1\nfn f(a) { a + g(a) }", "");
    moved("fn g(a) => 1\nfn f(a) { a[0] = g(a) }", "");
    moved("fn g(a) => 1\nfn f(a) { a += g(a); a }", "a");
    moved("fn g(a) => 1\nfn f(a) { assert(g(a) == 1) }", "");
}

#[test]
fn builtins_keep_their_arguments_for_reports() {
    moved("fn f(q) { get(q) }", "");
    moved("fn f(q) { for x in q { print(x) } }", "");
}

#[test]
fn every_way_counts() {
    moved(
        "fn g(a) => 1\nfn f(a) { if len(a) == 0 { g(a) } else { g(a) } }",
        "a a",
    );
    moved("fn g(a) => 1\nfn f(a) { if len(a) == 0 { g(a) }; a }", "a");
    moved(
        "fn g(a) => 1\nfn f(a) { if len(a) == 0 { return g(a) }; a }",
        "a a",
    );
}

#[test]
fn loops_come_back() {
    moved("fn g(a) => 1\nfn f(a) { while true { g(a) } }", "");
    moved("fn g(a) => 1\nfn f(a) { for i in range(3) { g(a) } }", "");
    moved("fn g(a) => 1\nfn f(a) { while true { a = g(a) } }", "a");
    moved(
        "fn g(a) => 1\nfn f(a) { while true { let b = [a]; g(b) } }",
        "b",
    );
    moved("fn g(a) => 1\nfn f(a) { for x in a { g(x) } }", "x");
    moved("fn g(a) => 1\nfn f(a) { for x in a { g(x); g(x) } }", "x");
    moved("fn g(a) => 1\nfn f(a) { [g(a) for i in range(3)] }", "");
    // The assignment may never come.
    moved(
        "fn g(a, b) => 1\nfn f(a) { while true { a = g(a, if len(a) > 1 { break } else { 1 }) }; len(a) }",
        "",
    );
    moved(
        "fn g(a, b) => 1\nfn f(a, c) { while true { a = g(a, if c { break } else { 1 }) }; a }",
        "a",
    );
}

#[test]
fn catch_and_finally_may_come_next() {
    moved(
        "fn g(a) => 1\nfn f(a) { try { g(a) } catch e { len(a) } }",
        "",
    );
    moved(
        "fn g(a) => 1\nfn f(a) { try { g(a) } finally { len(a) } }",
        "",
    );
    moved(
        "fn g(a) => 1\nfn f(a) { try { return g(a) } finally { len(a) } }",
        "",
    );
    moved("fn g(a) => 1\nfn f(a) { try { g(a) } catch e { 1 } }", "a");
    moved(
        "fn g(a) => 1\nfn f(a) { try { g(a) } catch e { 1 }; a }",
        "a",
    );
    moved(
        "fn g(a) => 1\nfn f(a) { try { g(1) } catch e { g(a) } }",
        "a",
    );
    moved(
        "fn g(a) => 1\nfn f(a) { try { a = g(a) } catch e { 1 }; a }",
        "a",
    );
    moved(
        "fn g(a) => 1\nfn f(a) { try { g(1) } catch e { g(e) } finally { g(a) } }",
        "e a",
    );
}

#[test]
fn what_functions_capture_is_used_where_they_are_made() {
    moved("fn g(a) => 1\nfn f(a) { g(a); fn() => a }", "");
    moved(
        "fn g(a) => 1\nfn f(a) { let h = fn() => a; g(a); h }",
        "a h",
    );
    moved("fn g(a) => 1\nfn f(a) { let h = delay a; g(a) }", "a");
    moved(
        "fn g(a) => 1\nfn f(a) { a = 1; let h = fn() => a; g(a) }",
        "",
    );
}
