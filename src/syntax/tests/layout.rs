//! Which newlines count.

use super::lay_out;
use crate::syntax::lexer::lex;
use crate::syntax::span::SourceId;
use crate::syntax::token::Token;

/// The tokens' texts with `;` for every separator, and the reports' messages.
fn laid_out(text: &str) -> (String, Vec<String>) {
    let source = SourceId::default();
    let layout = lay_out(source, text, &lex(source, text).lexemes);
    let mut shown = Vec::new();
    for lexeme in &layout.lexemes {
        shown.push(match lexeme.token {
            Token::Separator => ";",
            Token::ParenClose => ")",
            Token::SquareClose => "]",
            Token::BraceClose => "}",
            _ => &text[lexeme.start..lexeme.end],
        });
    }
    (
        shown.join(" "),
        layout
            .reports
            .into_iter()
            .map(|report| report.message)
            .collect(),
    )
}

fn check(text: &str, expected: &str) {
    assert_eq!(
        laid_out(text),
        (String::from(expected), Vec::new()),
        "{text}"
    );
}

fn check_wrong(text: &str, expected: &str, messages: &[&str]) {
    let (shown, reports) = laid_out(text);
    assert_eq!(
        (&shown[..], &reports[..]),
        (
            expected,
            &messages
                .iter()
                .map(|m| String::from(*m))
                .collect::<Vec<_>>()[..]
        ),
        "{text}"
    );
}

#[test]
fn a_newline_ends_a_statement() {
    check("a\nb", "a ; b");
    check("\n\na\n\n\nb\n\n", "a ; b");
    check("a;b;;c;", "a ; b ; c");
    check("{\na\n}\nb", "{ a } ; b");
    check("{ a; }", "{ a }");
    check("a # b\n# c\n\nd", "a ; d");
}

#[test]
fn not_inside_of_brackets_but_in_a_block_there() {
    check("f(\na,\nb\n)", "f ( a , b )");
    check("[\na\n]", "[ a ]");
    check("f({\na\nb\n}\n)\nc", "f ( { a ; b } ) ; c");
    check("f(fn() {\n[a\n]\nb\n})", "f ( fn ( ) { [ a ] ; b } )");
}

#[test]
fn not_after_what_something_must_follow() {
    for sign in [
        "+", "-", "*", "/", "//", "%", "**", "==", "!=", "<", "<=", ">", ">=", "and", "or", "in",
        "not", "not in", ",", "=", "+=", "-=", "*=", "/=", "//=", "%=", "**=", "=>", "::", "on",
        "future", "spawn", "delay",
    ] {
        check(&format!("a {sign}\n\n # why\n b"), &format!("a {sign} b"));
    }
    check("return\na", "return ; a");
}

#[test]
fn not_before_what_goes_on() {
    check("a\n.b()\n  # why\n\n  .c", "a . b ( ) . c");
    check("if a { }\nelse { }", "if a { } else { }");
    check(
        "try { }\n\n# why\ncatch e { }\nfinally { }",
        "try { } catch e { } finally { }",
    );
}

#[test]
fn a_line_may_begin_with_a_bracket_or_minus() {
    check("a\n-b\n(c)\n[d]\n{ e }", "a ; - b ; ( c ) ; [ d ] ; { e }");
}

#[test]
fn what_should_have_stood_on_the_line_before() {
    let brace = "this `{` stands on a line of its own";
    check_wrong("if a\n{ b }", "if a { b }", &[brace]);
    check_wrong("fn f(a)\n\n{ b }", "fn f ( a ) { b }", &[brace]);
    check_wrong(
        "future a\non b",
        "future a on b",
        &["a line cannot begin with `on`"],
    );
    check("if a { }\n{ b }", "if a { } ; { b }");
    check("fn(a) => a\n{ b }", "fn ( a ) => a ; { b }");
}

#[test]
fn brackets_are_balanced() {
    check_wrong("f(a", "f ( a )", &["this `(` is never closed"]);
    check_wrong("{ f(a }", "{ f ( a ) }", &["this `(` is never closed"]);
    check_wrong(
        "f(a\nlet b",
        "f ( a ) ; let b",
        &["this `(` is never closed"],
    );
    check_wrong("a)\nb", "a ; b", &["this `)` closes nothing"]);
    check_wrong("[a)\nb", "[ a ] ; b", &["`)` cannot close a `[`"]);
    check_wrong("[a)]", "[ a ]", &["this `)` closes nothing"]);
    check_wrong("{ a\n b", "{ a ; b }", &["this `{` is never closed"]);
    check_wrong("f({ a)", "f ( { a } )", &["this `{` is never closed"]);
}

#[test]
fn slips_are_put_right() {
    check_wrong("if a = b { }", "if a = b { }", &["`=` in a condition"]);
    check_wrong("n++\nm", "n ; m", &["there is no `++`"]);
    check_wrong(
        "while a: { }",
        "while a { }",
        &["a block stands in braces, not behind a colon"],
    );
    check_wrong(
        "if a { }\nelif b { }",
        "if a { } elif  b { }",
        &["`else if` is written as two words"],
    );
    check("with a = b { }", "with a = b { }");
    check("if a { b = c }", "if a { b = c }");
    check("a - -b", "a - - b");
    check("let elif = 1\nelif + def", "let elif = 1 ; elif + def");
}
