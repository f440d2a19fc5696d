//! What people see when a name is wrong, and many mistakes at once.

use super::*;

#[test]
fn undeclared_names() {
    said(
        "let total = 0\nprint(totl)",
        &["2:7 `totl` is not declared | no such name here | help: did you mean `total`?"],
    );
    said(
        "prnt(1)",
        &["1:1 `prnt` is not declared | no such name here | help: did you mean `print`?"],
    );
    said(
        "let x = somewhere",
        &[
            "1:9 `somewhere` is not declared | no such name here | help: declare it first: `let somewhere = …`",
        ],
    );
    said(
        "let x = None",
        &["1:9 `None` is not declared | no such name here | help: write `nil`"],
    );
    said(
        "[1].append(2)",
        &[
            "1:5 no function `append` to call | no such name here | help: push(xs, x) appends to a list",
        ],
    );
    said(
        "let m = [:]\nm.callback()",
        &[
            "2:3 no function `callback` to call | `x.f(a)` calls the function `f` with `x` first; it is never a field | help: to call what is in a map's field: `(m.callback)(…)`",
        ],
    );
}

#[test]
fn assigning_to_what_is_not_there() {
    said(
        "let total = 0\ntotl = 1",
        &[
            "2:1 cannot assign to `totl`, which is not declared | no such variable here | help: did you mean `total`? a new variable is declared by `let totl = …`",
        ],
    );
    said(
        "answer = 42",
        &[
            "1:1 cannot assign to `answer`, which is not declared | no such variable here | help: a new variable is declared by `let answer = …`",
        ],
    );
    said(
        "print = 1",
        &[
            "1:1 cannot assign to the builtin `print` | no variable of that name here | help: `let print = …` declares a variable of that name",
        ],
    );
}

#[test]
fn too_early() {
    said(
        "print(x)\nlet x = 1",
        &[
            "1:7 `x` is used before its `let` | it does not exist yet here | 2:5 declared only here | help: move the `let` of `x` up, in front of this",
        ],
    );
}

#[test]
fn one_report_for_one_name() {
    said(
        "a(1)\na(2)\na(3)\na(4)\na(5)\nprint(b)",
        &[
            "1:1 `a` is not declared | no such name here | 2:1 and here | 3:1 and here | 4:1 and here | help: declare it first: `let a = …`",
            "6:7 `b` is not declared | no such name here | help: declare it first: `let b = …`",
        ],
    );
}

#[test]
fn all_errors_at_once_in_the_order_of_the_text() {
    messages(
        "fn f(a, a) { break }\nlet x = y\nlet x = f()\nreturn x\n1 = 2",
        &[
            "two parameters are called `a`",
            "`break` outside of a loop",
            "`y` is not declared",
            "`x` is declared twice in the same scope",
            "`f` needs the arguments `a`, `a`",
            "`return` outside of a function",
            "cannot assign to a literal",
            "this is never reached",
        ],
    );
}

#[test]
fn what_could_not_be_read_may_have_declared_a_name() {
    let source = Sources::default().add("test.cq", "let = 1\nprint(x)\nbreak");
    let parsed = crate::syntax::parse(&source);
    assert!(!parsed.reports.is_empty());
    let resolved = resolve(&parsed.tree, &[], &prelude());
    assert!(resolved.program.is_none());
    let found: Vec<_> = resolved
        .reports
        .iter()
        .map(|report| report.message.as_str())
        .collect();
    assert_eq!(found, ["`break` outside of a loop"]);
}
