//! Tokens, and what is wrong with them.

use super::{Lexed, lex};
use crate::syntax::span::SourceId;
use crate::syntax::token::{KEYWORDS, Token};

fn tokens(text: &str) -> Lexed<'_> {
    let lexed = lex(SourceId::default(), text);
    let mut before = 0;
    for lexeme in &lexed.lexemes {
        assert!(
            before <= lexeme.start && lexeme.start <= lexeme.end,
            "{text}: {lexeme:?}"
        );
        assert!(
            text.is_char_boundary(lexeme.start) && text.is_char_boundary(lexeme.end),
            "{text}"
        );
        before = lexeme.end;
    }
    lexed
}

fn check(text: &str, expected: &str) {
    let lexed = tokens(text);
    assert!(lexed.reports.is_empty(), "{text}: {:?}", lexed.reports);
    let shown: Vec<String> = lexed
        .lexemes
        .iter()
        .map(|lexeme| format!("{:?}", lexeme.token))
        .collect();
    assert_eq!(shown.join(" "), expected, "{text}");
}

#[test]
fn every_keyword_is_a_token() {
    assert!(KEYWORDS.is_sorted_by_key(|(_, word)| *word));
    for (token, word) in KEYWORDS {
        let lexed = tokens(word);
        assert_eq!(lexed.lexemes[0].token, token, "{word}");
        assert_eq!(token.keyword(), Some(word));
    }
    check("iffy on_ _if", r#"Name("iffy") Name("on_") Name("_if")"#);
}

#[test]
fn numbers() {
    check(
        "5.double()",
        r#"Integer(Small(5)) Dot Name("double") ParenOpen ParenClose"#,
    );
    check(
        "1.5 2e9 1.e 1e-3",
        r#"Float(1.5) Float(2000000000.0) Integer(Small(1)) Dot Name("e") Float(0.001)"#,
    );
    check("1..2", "Integer(Small(1)) Dot Dot Integer(Small(2))");
    check("00 0.5", "Integer(Small(0)) Float(0.5)");
    check("1e999", "Float(inf)");
}

#[test]
fn names_are_unicode() {
    check(
        "größe 变量 _1 µ",
        r#"Name("größe") Name("变量") Name("_1") Name("µ")"#,
    );
}

#[test]
fn signs_are_as_long_as_possible() {
    check(
        "a**=b//c::d:e",
        r#"Name("a") PowerAssign Name("b") SlashSlash Name("c") ColonColon Name("d") Colon Name("e")"#,
    );
    check(
        "a=>b==c=d",
        r#"Name("a") Arrow Name("b") Equal Name("c") Assign Name("d")"#,
    );
}

#[test]
fn comments_and_line_ends() {
    check("#! first\r\na # b\r\n", "Newline Name(\"a\") Newline");
    check("\u{feff}a", "Name(\"a\")");
    check("\ta\u{c}b", "Name(\"a\") Name(\"b\")");
}

#[test]
fn format_strings() {
    check(r#"f"""#, "FormatOpen FormatClose");
    check(
        r#"f"a{b}c""#,
        r#"FormatOpen FormatText("a") HoleOpen Name("b") HoleClose FormatText("c") FormatClose"#,
    );
    check(
        r#"f'{f'{"'"}'}'"#,
        r#"FormatOpen HoleOpen FormatOpen HoleOpen String("'") HoleClose FormatClose HoleClose FormatClose"#,
    );
    let lexed = tokens("f\"{ {\n1 }:>5}\"");
    assert!(lexed.reports.is_empty());
    assert!(
        matches!(lexed.lexemes[6].token, Token::Spec(_)),
        "{:?}",
        lexed.lexemes[6]
    );
}

#[test]
fn documentation() {
    for (text, expected) in [
        ("## one\n##  two\nfn f() { }", Some("one\n two")),
        ("##one\nfn f() { }", Some("one")),
        ("## one\n\nfn f() { }", None),
        ("## one\n# two\nfn f() { }", None),
        ("## zero\n\n## one\nfn f() { }", Some("one")),
        ("a ## one\nfn f() { }", None),
        ("## one\r\n    fn f() { }", Some("one")),
        ("### one\nfn f() { }", None),
    ] {
        let lexed = tokens(text);
        let at = text.find("fn").expect("a function");
        assert_eq!(
            lexed.documentation.get(&at).map(|text| &text[..]),
            expected,
            "{text}"
        );
    }
}

#[test]
fn a_long_literal_is_read() {
    let text = format!("\"{}\" + {}", "x".repeat(1 << 20), "9".repeat(50_000));
    assert!(tokens(&text).reports.is_empty());
    let text = "9".repeat(200_000);
    assert_eq!(
        tokens(&text).reports[0].message,
        "this number has too many digits"
    );
}
