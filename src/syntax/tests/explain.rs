//! Syntax errors, read one by one: the snapshots show programs and their reports together.

use std::fmt::Write;

use crate::diagnostics::render::{Style, render_all};
use crate::diagnostics::source::Sources;
use crate::syntax::{check_spans, parse};

/// Compares with a snapshot, which shows the programs themselves.
fn check(name: &str, programs: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, gallery(programs)));
}

/// Each program (they are separated by `----`) and all reports on it, as people see them.
fn gallery(programs: &str) -> String {
    let mut out = String::new();
    for program in programs.split("----\n") {
        let program = program.trim_start_matches('\n');
        let sources = Sources::default();
        let source = sources.add("a.cq", program);
        let parsed = parse(&source);
        check_spans(&parsed.tree).unwrap_or_else(|fault| panic!("{program}\n{fault}"));
        assert!(!parsed.reports.is_empty(), "{program}");
        let reports = render_all(&parsed.reports, &sources, Style::Plain);
        writeln!(out, "{program}\n{reports}\n{}", "=".repeat(60)).expect("writing to a string");
    }
    out
}

#[test]
fn words_of_other_languages() {
    check(
        "words_of_other_languages",
        r#"
if x:
    print(1)
elif y:
    print(2)
else:
    print(3)
----
def f(x):
    return x
print(f(2))
----
function f(x) {
    return x
}
----
if a && b || !c { }
if a & b { }
if a | b { }
----
let f = lambda x: x
----
if x { 1 }
elif y { 2 }
----
try { f() }
except e { g() }
----
x++
y--
++x
----
// a comment, don't worry
x = 1 // the number
----
raise x
import os
var x = 3
x is nil
r"abc"
class A { }
print x
await f()
----
x = 3 if y else 4
x = y ? 1 : 2
x => x + 1
----
for (let i = 0; i < 10; i++) { }
for i = 0 { }
for i of xs { }
----
let m = { "a": 1, "b": 2 }
let m = {
    "a": 1,
}
----
xs[1:2:3]
[x for x in xs for y in ys]
f(*args)
f(x for x in xs)
1..5
----
fn f(a: int) { }
fn f() -> int { }
let x: int = 3
x: int = 3
----
with open(f) as g:
    pass
----
“hello” + `x`
x @ y
x ^ 2
$a
"#,
    );
}

#[test]
fn brackets() {
    check(
        "brackets",
        r#"
foo(1, 2]
foo(1])
----
foo)
}
----
print((1, 2)
let y = 3
let z = (
----
foo(1, 2
fn f() { }
----
fn f() {
    if x {
        print(1)

print(2)
----
fn f() {
    if x {
        print(1)
    while y {
    }
}
fn g() {
}
----
fn f() {
    let x = [1, 2
    print(x)
}
----
if x
{
}
future f()
on p
"#,
    );
}

#[test]
fn literals() {
    check(
        "literals",
        r#"
print("hello)
let x = 'abc
print(f"a {x")
print(f"a {x
let y = 2
----
f"{x!r} {x=} {x:z} } {x:{w}} {x:5.}"
f"{}"
f"{x y}"
----
"a\q" + "\u{110000}"
----
12abc + 0xzz + 1__0 + 007
----
"""hello
there"""
print("a" "b")
"#,
    );
}

#[test]
fn statements() {
    check(
        "statements",
        r#"
let x
let y =
----
print(1) print(2)
let x = 1 let y = 2
while true { print(1) } print(2)
----
let check = 3
fn on() { }
x = with + 1
----
let a, b = 1, 2
return 1, 2
a = b = c
a, b
----
if x = 3 { y }
while x = 3 { y }
f(x = 3)
----
if x y
while
try { }
catch e { }
else { }
fn f
----
if x == 1 return 2
for i in xs print(i)
let f = fn(x) x + 1
fn g(x) = x
try { } catch { }
try { }
----
if x 3 { let = 3 } else { 4 4 }
print(5)
a b
"#,
    );
}

#[test]
fn expressions() {
    check(
        "expressions",
        r#"
a < b < c
f(1) + 2 <= b < c
----
x
    + y
----
a + future b
not a == not b
+x
x = (1; 2)
1 + let x = 2
----
print("a" + )
f(, 1)
xs[]
m.["a"]
x.3
[1, 2, , 3]
[a: 1, b]
[a, b: 1]
()
"#,
    );
}
