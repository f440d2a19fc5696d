//! Whole texts through the parser.

use super::parse_text;
use crate::syntax::{check_spans, show};

/// The tree of a program without mistakes.
fn tree(text: &str) -> String {
    let parsed = parse_text(text);
    assert!(parsed.reports.is_empty(), "{text}\n{:#?}", parsed.reports);
    check_spans(&parsed.tree).unwrap_or_else(|fault| panic!("{text}\n{fault}"));
    show(&parsed.tree)
}

/// Compares trees without regard to how they are laid out.
fn check(text: &str, expected: &str) {
    let shown = tree(text);
    let shown: Vec<&str> = shown.split_whitespace().collect();
    assert_eq!(shown.join(" "), expected, "{text}");
}

#[test]
fn precedence() {
    for (text, expected) in [
        ("a + b * c", "(+ a (* b c))"),
        ("a - b - c", "(- (- a b) c)"),
        ("a * b // c % d / e", "(/ (% (// (* a b) c) d) e)"),
        ("(a + b) * c", "(* (+ a b) c)"),
        ("-a ** b", "(negate (** a b))"),
        ("2 ** -1", "(** 2 (negate 1))"),
        ("2 ** 3 ** 4", "(** 2 (** 3 4))"),
        ("-a * -b", "(* (negate a) (negate b))"),
        ("- - a", "(negate (negate a))"),
        ("2 ** - 3 ** 2", "(** 2 (negate (** 3 2)))"),
        ("a < b", "(< a b)"),
        ("a + 1 == b * 2", "(== (+ a 1) (* b 2))"),
        ("(a < b) == c", "(== (< a b) c)"),
        ("not a == b", "(not (== a b))"),
        ("not not a", "(not (not a))"),
        ("a in b", "(in a b)"),
        ("a not in b + c", "(not in a (+ b c))"),
        ("not a in b", "(not (in a b))"),
        ("a or b and not c or d", "(or (or a (and b (not c))) d)"),
        ("a :: b :: c", "(:: a (:: b c))"),
        ("a or b :: c + 1", "(:: (or a b) (+ c 1))"),
        ("future a + b :: c", "(future (:: (+ a b) c))"),
        ("future a on b", "(future a b)"),
        ("spawn f(x) on process", "(spawn (call f x) process)"),
        ("future { a } on b", "(future (do (block a)) b)"),
        ("delay a or b", "(delay (or a b))"),
        ("delay future a on b", "(delay (future a b))"),
        ("fn() => future a on b", "(lambda (block (future a b)))"),
        (
            "fn(a) => fn(b) => a + b",
            "(lambda a, (block (lambda b, (block (+ a b)))))",
        ),
        ("fn(a) { a }", "(lambda a, (block a))"),
    ] {
        check(text, expected);
    }
}

#[test]
fn postfix() {
    for (text, expected) in [
        ("f()", "(call f)"),
        ("f(a)(b)", "(call (call f a) b)"),
        ("f(a, b: c,)", "(call f a b: c)"),
        ("x.f", "(field x f)"),
        ("x.f(a)", "(method x f a)"),
        ("(m.f)(a)", "(call (field m f) a)"),
        ("x.f.g(a).h", "(field (method (field x f) g a) h)"),
        ("x.f(a)(b)", "(call (method x f a) b)"),
        ("x.f[i](a)", "(call (index (field x f) i) a)"),
        ("xs[a]", "(index xs a)"),
        ("xs[a:b]", "(slice xs a \":\" b)"),
        ("xs[:]", "(slice xs \":\")"),
        ("xs[-1:]", "(slice xs (negate 1) \":\")"),
        ("5.double()", "(method 5 double)"),
        ("-x.abs()", "(negate (method x abs))"),
        ("\"a\".f()[0]", "(index (method \"a\" f) 0)"),
        ("{ a }.f()", "(method (do (block a)) f)"),
        (
            "if a { b } else { c }.f()",
            "(method (if a (block b) (block c)) f)",
        ),
    ] {
        check(text, expected);
    }
}

#[test]
fn literals() {
    for (text, expected) in [
        ("nil", "nil"),
        ("true; false", "true false"),
        ("1_000; 0xff; 0b11", "1000 255 3"),
        ("9223372036854775808", "9223372036854775808"),
        ("1.5; 2e9; 1_0.5e-1", "1.5 2000000000.0 1.05"),
        ("1.0", "1.0"),
        ("'a' + \"b\\n\"", "(+ \"a\" \"b\\n\")"),
        ("[]", "(list)"),
        ("[1, 2,]", "(list 1 2)"),
        ("[:]", "(map)"),
        ("[\"a\": 1, b: 2,]", "(map \"a\" 1 b 2)"),
        ("[x for x in xs]", "(list-for x x xs)"),
        (
            "[x + y for x, y in xs if x < y]",
            "(list-for (+ x y) x y xs (< x y))",
        ),
        ("[k: v for k, v in xs]", "(map-for k v k v xs)"),
        (
            "[future f(n) on p for n in xs]",
            "(list-for (future (call f n) p) n xs)",
        ),
        (
            "[fn() => x for x in xs]",
            "(list-for (lambda (block x)) x xs)",
        ),
        ("ünïcode_1 + _", "(+ ünïcode_1 _)"),
        ("{ }", "(do (block))"),
        ("{ a; b }", "(do (block a b))"),
    ] {
        check(text, expected);
    }
}

#[test]
fn format_strings() {
    for (text, expected) in [
        (r#"f"""#, "format"),
        (r#"f"text""#, "(format \"text\")"),
        (
            r#"f"{n} is {x:.2f}!""#,
            "(format n \" is \" x \"spec\" \"!\")",
        ),
        (r#"f"{{{a}}}""#, "(format \"{\" a \"}\")"),
        (r#"f"{f("a")}""#, "(format (call f \"a\"))"),
        (r#"f"{m["k"]:>5}""#, "(format (index m \"k\") \"spec\")"),
        (r#"f"{xs[1:2]}""#, "(format (slice xs 1 \":\" 2))"),
        (r#"f"{fn(a) { a }(1)}""#, ""),
        (r#"f"{f"{x}"}""#, "(format (format x))"),
        (r#"f'{a == b}'"#, "(format (== a b))"),
        (
            r#"f"{if a { 1 } else { 2 }}""#,
            "(format (if a (block 1) (block 2)))",
        ),
        (r#"f"{1 :: 2}""#, "(format (:: 1 2))"),
        (r#"f"{a:}""#, "(format a \"spec\")"),
        ("f\"{ x }\\n\"", "(format x \"\\n\")"),
    ] {
        if !expected.is_empty() {
            check(text, expected);
        }
    }
}

#[test]
fn statements() {
    for (text, expected) in [
        ("", ""),
        ("# only a comment", ""),
        (";;\n;", ""),
        ("#!/usr/bin/cq\na", "a"),
        ("let a, b = [1, 2]", "(let a b (list 1 2))"),
        ("a = 1", "(assign a 1)"),
        ("xs[0] = m.k", "(assign (index xs 0) (field m k))"),
        ("a, m.k = b", "(assign a (field m k) b)"),
        ("a += 1; b **= 2", "(+= a 1) (**= b 2)"),
        ("fn f() => 1", "(fn f (block 1))"),
        (
            "fn f(a, b = 2,) { return a }",
            "(fn f a, b = 2 (block (return a)))",
        ),
        (
            "while a { break; continue }",
            "(while a (block break continue))",
        ),
        ("for a, b in xs { }", "(for a b xs (block))"),
        ("fn f() { return }", "(fn f (block return))"),
        (
            "throw error(\"a\", \"b\")",
            "(throw (call error \"a\" \"b\"))",
        ),
        ("with l { }", "(with l (block))"),
        ("with p = f() { p }", "(with p = (call f) (block p))"),
        ("with a == b { }", "(with (== a b) (block))"),
        ("check \"it holds\" { a }", "(check \"it holds\" (block a))"),
        (
            "if a { } else if b { } else { c }",
            "(if a (block) (block (if b (block) (block c))))",
        ),
        (
            "let x = if a { 1 } else { 2 }",
            "(let x (if a (block 1) (block 2)))",
        ),
        (
            "try { a } catch e { b } finally { c }",
            "(try (block a) e (block b) (block c))",
        ),
        ("try { a } finally { c }", "(try (block a) (block c))"),
        ("let x = future { a }", "(let x (future (do (block a))))"),
    ] {
        check(text, expected);
    }
}

#[test]
fn documentation_belongs_to_the_function_below() {
    check("## says a\nfn f() { }", "(fn f \"says a\" (block))");
    check("## nothing\nlet f = fn() { }", "(let f (lambda (block)))");
}

#[test]
fn programs_of_the_contract() {
    tree(
        r#"# Which of these numbers are prime?
let numbers = [112272535095293, 112582705942171, 115280095190773, 1099726899285419]

fn is_prime(n) {
    if n % 2 == 0 { return false }
    for i in range(3, isqrt(n) + 1, 2) {
        if n % i == 0 { return false }
    }
    true
}

with pool = process_pool() {
    let tests = [future is_prime(n) on pool for n in numbers]
    for n, t in zip(numbers, tests) { print(n, "is prime:", force(t)) }
}
fn accum(input, output, s) {
    while true {
        let p = input.get()
        if p == nil { output.put(nil); return }
        s += p
        output.put(s)
    }
}
let q1, q2 = [queue(), queue()]
let stage = spawn accum(q1, q2, 0) on process
fn ints(n) => n :: ints(n + 1)          # a stream: the tail is lazy
let slow = delay { print("computing"); 6 * 7 }
print(force(slow), force(slow))         # "computing" once, then: 42 42
"#,
    );
}

#[test]
fn what_is_right_is_kept_beside_what_is_wrong() {
    let parsed = parse_text("let a = 1\nfn f() {\n  let b = 2\n  c d\n  e\n}\nlet = 3\ng");
    check_spans(&parsed.tree).expect("regular spans");
    assert_eq!(parsed.reports.len(), 2);
    let shown = show(&parsed.tree);
    let shown: Vec<&str> = shown.split_whitespace().collect();
    assert_eq!(
        shown.join(" "),
        "(let a 1) (fn f (block (let b 2) error e)) error g"
    );
}
