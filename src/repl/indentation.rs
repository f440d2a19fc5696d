//! What Enter does: run the entry, or go on in a new line with the right indentation.

use crate::syntax::lexer::lex;
use crate::syntax::span::SourceId;
use crate::syntax::token::Token;
use crate::syntax::{Completeness, is_complete};

/// One step.
pub const STEP: &str = "    ";

/// What a text still needs. Commands are one line, but for the code behind them.
pub fn needs(text: &str) -> Completeness {
    match text.trim_start().strip_prefix(':') {
        // Documentation stands right above its function.
        None if ends_in_documentation(text) => Completeness::TrailingOperator,
        None => is_complete(text),
        Some(command) => match command.split_once(char::is_whitespace) {
            Some((name, code)) if super::commands::takes_code(name) => is_complete(code),
            _ => Completeness::Complete,
        },
    }
}

fn ends_in_documentation(text: &str) -> bool {
    let line = text.rsplit('\n').next().unwrap_or_default().trim_start();
    line.starts_with("##") && !line.starts_with("###")
}

/// The blanks a new line behind `before` begins with.
pub fn of_next_line(before: &str) -> String {
    let line = before.rsplit('\n').next().unwrap_or_default();
    let mut blanks: String = line.chars().take_while(|c| c.is_whitespace()).collect();
    let lexed = lex(SourceId::default(), line);
    let mut open = 0i32;
    for lexeme in &lexed.lexemes {
        match lexeme.token {
            Token::ParenOpen | Token::SquareOpen | Token::BraceOpen => open += 1,
            Token::ParenClose | Token::SquareClose | Token::BraceClose => open = (open - 1).max(0),
            _ => {}
        }
    }
    let continues = lexed
        .lexemes
        .last()
        .is_some_and(|last| last.token.continues_line() && last.token != Token::Comma);
    if open > 0 || (continues && blanks.is_empty()) {
        blanks.push_str(STEP);
    }
    blanks
}

/// The blanks before a closing bracket that is the first on its line: one step less.
pub fn of_closing(before: &str) -> Option<&str> {
    let (_, line) = before.rsplit_once('\n')?;
    let is_blank = !line.is_empty() && line.chars().all(|c| c == ' ');
    is_blank.then(|| &line[line.len().min(STEP.len())..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_that_go_on() {
        for (text, expected) in [
            ("1 + 2", Completeness::Complete),
            ("1 +", Completeness::TrailingOperator),
            ("fn f() {", Completeness::OpenBracket),
            ("fn f() {\n}", Completeness::Complete),
            (":help (", Completeness::Complete),
            ("## Doubles.", Completeness::TrailingOperator),
            ("# a remark", Completeness::Complete),
            (":time f(", Completeness::OpenBracket),
            (":time f()", Completeness::Complete),
            ("\"abc", Completeness::UnfinishedString),
        ] {
            assert_eq!(needs(text), expected, "{text}");
        }
    }

    #[test]
    fn the_next_line() {
        for (before, expected) in [
            ("fn f() {", "    "),
            ("fn f() {\n    if x {", "        "),
            ("fn f() {\n    g()", "    "),
            ("fn f() {\n    } else {", "        "),
            ("1 +", "    "),
            ("1 +\n    2 +", "    "),
            ("f(1,\n    2,", "    "),
            ("let s = \"{\" +", "    "),
        ] {
            assert_eq!(of_next_line(before), expected, "{before}");
        }
    }

    #[test]
    fn closing_brackets() {
        assert_eq!(of_closing("fn f() {\n    "), Some(""));
        assert_eq!(of_closing("fn f() {\n        "), Some("    "));
        assert_eq!(of_closing("fn f() {\n    x"), None);
        assert_eq!(of_closing("    "), None);
    }
}
