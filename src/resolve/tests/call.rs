//! Calls that cannot succeed.

use super::*;

#[test]
fn too_many() {
    said(
        "fn f(a, b = 1) => a\nf(1, 2, 3)",
        &[
            "2:1 `f` takes at most 2 arguments | 3 arguments given | 1:4 `f` is declared here | help: it is called as `f(a, b = …)`",
        ],
    );
    said(
        "len([1], 2)",
        &[
            "1:1 `len` takes at most 1 argument | 2 arguments given | help: it is called as `len(x)`",
        ],
    );
    said(
        "let x = lock(1)",
        &["1:9 `lock` takes no arguments | 1 argument given | help: it is called as `lock()`"],
    );
    messages("print(1, 2, 3, 4, sep: \"\")", &[]);
}

#[test]
fn a_methods_receiver_counts() {
    said(
        "[1].len(2)",
        &[
            "1:1 `len` takes at most 1 argument | 2 arguments given, the value before the dot included | help: it is called as `len(x)`",
        ],
    );
    messages("[1].len()", &[]);
    messages("let q = queue()\nq.put(1)", &[]);
}

#[test]
fn missing() {
    said(
        "fn f(a, b) => a\nf(1)\nf()",
        &[
            "2:1 `f` needs the argument `b` | 1 argument given | 1:4 `f` is declared here | help: it is called as `f(a, b)`",
            "3:1 `f` needs the arguments `a`, `b` | no arguments given | 1:4 `f` is declared here | help: it is called as `f(a, b)`",
        ],
    );
    messages(
        "let q = queue()\nq.put()",
        &["`put` needs the argument `x`"],
    );
}

#[test]
fn names() {
    said(
        "let q = queue()\nq.get(timout: 1)",
        &["2:7 `get` has no parameter `timout` | help: did you mean `timeout`?"],
    );
    messages("fn f(a) => a\nf(b: 1)", &["`f` has no parameter `b`"]);
    said(
        "fn f(a) => a\nf(1, a: 2)",
        &[
            "2:6 `f` gets its argument `a` twice | by name here, and by its position before | 1:4 `f` is declared here | help: it is called as `f(a)`",
        ],
    );
    messages("fn f(a, b) => a\nf(b: 1, a: 2)", &[]);
    messages(
        "let f = fn(a) => a\nf(x: 1, x: 2)",
        &["the argument `x` is given twice"],
    );
    messages(
        "fn f(a) => a\nf(x: 1, 2)",
        &["an argument without a name behind one with a name"],
    );
}

#[test]
fn a_name_with_several_rows() {
    messages(
        "[\"a\"].join(\",\")\nlet t = spawn 1\nt.join(timeout: 1)",
        &[],
    );
    said(
        "join()",
        &[
            "1:1 `join` does not take these arguments | no arguments given | help: it is called as `join(task, timeout = nil)` or `join(sep, xs)`",
        ],
    );
}

#[test]
fn only_what_is_known_is_judged() {
    messages("let f = fn(a) => a\nf()", &[]);
    messages("fn f(a) => a\nf = print\nf()", &[]);
    messages("fn f(a) => a\n{ let f = print; f() }", &[]);
    messages("fn g(len) => len()", &[]);
    messages("pi()", &[]);
}

#[test]
fn functions_are_judged_wherever_they_are_called() {
    messages(
        "fn f() => g()\nfn g(a) => a",
        &["`g` needs the argument `a`"],
    );
    messages("fn f(n) => future f()", &["`f` needs the argument `n`"]);
}
