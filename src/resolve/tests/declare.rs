//! Declarations: twice in one scope, parameters, `_`.

use super::*;

#[test]
fn twice_in_one_scope_is_an_error() {
    said(
        "let x = 1\nlet x = 2",
        &[
            "2:5 `x` is declared twice in the same scope | declared again here | 1:5 first declared here | help: `x = …` without `let` assigns to it; or choose another name",
        ],
    );
    messages(
        "let x, x = [1, 2]",
        &["`x` is declared twice in the same scope"],
    );
    messages(
        "fn x() => 1\nfn x() => 2",
        &["`x` is declared twice in the same scope"],
    );
    messages(
        "let x = 1\nfn x() => 2",
        &["`x` is declared twice in the same scope"],
    );
    messages(
        "for a, a in [] { }",
        &["`a` is declared twice in the same scope"],
    );
    messages(
        "[a for a, a in []]",
        &["`a` is declared twice in the same scope"],
    );
}

#[test]
fn parameters_and_body_are_one_scope() {
    said(
        "fn f(x) { let x = 2 }",
        &[
            "1:15 `x` is declared twice in the same scope | declared again here | 1:6 a parameter already | help: `x = …` without `let` assigns to it; or choose another name",
        ],
    );
    messages(
        "fn f(x) { fn x() => 1 }",
        &["`x` is declared twice in the same scope"],
    );
    messages("fn f(x) { { let x = 2 } }", &[]);
    messages("fn f(x) { future { let x = 2 } }", &[]);
}

#[test]
fn the_variables_of_a_construct_and_its_block_are_one_scope() {
    for text in [
        "for x in [1] { let x = 2 }",
        "try { } catch x { let x = 2 }",
        "with x = lock() { let x = 2 }",
    ] {
        messages(text, &["`x` is declared twice in the same scope"]);
    }
}

#[test]
fn an_underscore_may_stand_twice() {
    messages("let _, _ = [1, 2]\nfor _, _ in [] { }", &[]);
    messages("fn f(_, _) => 1", &[]);
}

#[test]
fn parameters() {
    said(
        "fn f(a, a) => a",
        &[
            "1:9 two parameters are called `a` | declared again here | 1:6 a parameter already | help: give one of them another name",
        ],
    );
    said(
        "fn f(a = 1, b) => a",
        &[
            "1:13 the parameter `b` needs a default value | no default value | 1:6 this one has one, so all behind it must | help: put the parameters without a default value first",
        ],
    );
}

#[test]
fn a_key_that_stands_twice_is_a_warning() {
    said(
        "let m = [1: \"a\", \"x\": 2, 1.0: \"b\"]",
        &["1:26 warning: the key 1 stands twice in this map | this value wins | 1:10 first here"],
    );
    messages("let m = [1: 1, \"1\": 2, true: 3, nil: 4]", &[]);
}
