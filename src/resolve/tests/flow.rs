//! `return`, `break`, `continue`, `check`, assignment targets.

use super::*;

#[test]
fn break_outside_of_a_loop() {
    said(
        "break",
        &[
            "1:1 `break` outside of a loop | no loop around it | help: `break` belongs into the block of a `while` or `for`",
        ],
    );
    messages("if true { continue }", &["`continue` outside of a loop"]);
    messages("fn f() { break }", &["`break` outside of a loop"]);
    messages("[{ break } for x in [1]]", &["`break` outside of a loop"]);
}

#[test]
fn break_inside_of_a_loop() {
    messages("while true { break }", &[]);
    messages(
        "for x in [1] { if x == 1 { continue } else { try { break } finally { } } }",
        &[],
    );
    messages("while true { with lock() { break } }", &[]);
}

#[test]
fn break_does_not_reach_out_of_code_of_its_own() {
    said(
        "while true { future { break } }",
        &[
            "1:23 `break` does not reach out of the code of a `future` | the loop is outside | 1:14 this runs on its own | help: `return` ends this code with a value; test that value in the loop",
        ],
    );
    for (code, what) in [
        ("spawn { continue }", "the code of a `spawn`"),
        ("delay { continue }", "the code of a `delay`"),
        ("1 :: { continue }", "what follows `::`"),
        ("fn() { continue }", "a function"),
    ] {
        let text = format!("while true {{ let x = {code} }}");
        messages(
            &text,
            &[&format!("`continue` does not reach out of {what}")],
        );
    }
    messages("while true { future { while true { break } } }", &[]);
}

#[test]
fn return_outside_of_a_function() {
    said(
        "return 1",
        &[
            "1:1 `return` outside of a function | nothing to return from | help: `exit(0)` ends the program; a function is written `fn name() { … }`",
        ],
    );
    messages("while true { return }", &["`return` outside of a function"]);
    messages(
        "check \"x\" { return }",
        &["`return` outside of a function"],
    );
    for code in ["future", "spawn", "delay", "1 ::"] {
        messages(&format!("{code} {{ return 1 }}"), &[]);
    }
    messages("fn f() { return }", &[]);
}

#[test]
fn check_stands_at_the_top_level() {
    said(
        "fn f() {\n    check \"it\" { }\n}",
        &[
            "2:11 `check` stands inside other code | only at the top level of a program | help: move it out of the braces; to test a condition here, use `assert(…)`",
        ],
    );
    messages(
        "if true { check \"it\" { } }",
        &["`check` stands inside other code"],
    );
    messages(
        "check \"it\" { check \"it\" { } }",
        &["`check` stands inside other code"],
    );
}

#[test]
fn what_is_never_reached_is_a_warning() {
    said(
        "fn f() {\n    return 1\n    print(2)\n    print(3)\n}",
        &["3:5 warning: this is never reached | never runs | 2:5 because of this `return`"],
    );
    messages("while true { break; print(1) }", &["this is never reached"]);
    messages("throw 1\nprint(2)", &["this is never reached"]);
    messages("fn f() { return g()\n fn g() => 1 }", &[]);
}

#[test]
fn assignment_targets() {
    messages(
        "let xs = [1]\nlet m = [:]\nxs[0] = 1\nm.k += 2\nxs[0], m.k = [1, 2]",
        &[],
    );
    for (text, what) in [
        ("len([1]) = 1", "the result of a call"),
        ("[1].len() = 1", "the result of a call"),
        ("1 = 2", "a literal"),
        ("\"a\" += \"b\"", "a literal"),
        ("1 + 2 = 3", "an expression"),
        ("[1][0:1] = [2]", "a slice"),
    ] {
        messages(text, &[&format!("cannot assign to {what}")]);
    }
    said(
        "let a = 1\nlet b = 2\n[a, b] = [b, a]",
        &[
            "3:1 cannot assign to a list | this is no place to put a value | help: to unpack, write the names without brackets: `a, b = …`",
        ],
    );
}
