//! What Enter does: run the entry, or go on in a new line with the right indentation.

use crate::syntax::lexer::lex;
use crate::syntax::span::SourceId;
use crate::syntax::token::Token;
use crate::syntax::{Completeness, is_complete};

/// One step.
pub const STEP: &str = "    ";

/// Whether an entry goes on in the next line. Commands are one line, but for the code behind them.
pub fn goes_on(text: &str) -> bool {
    let code = match text.trim_start().strip_prefix(':') {
        Some(command) => match command.split_once(char::is_whitespace) {
            Some((name, code)) if super::commands::takes_code(name) => code,
            _ => return false,
        },
        None => text,
    };
    match is_complete(code) {
        Completeness::Complete => false,
        // A line cannot end inside of a string: better say so at once.
        Completeness::UnfinishedString => false,
        Completeness::OpenBracket | Completeness::TrailingOperator => true,
    }
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

/// How many blanks before the cursor a closing bracket takes away, when nothing else stands there.
pub fn taken_by_closing(before: &str) -> usize {
    let line = before.rsplit('\n').next().unwrap_or_default();
    match before.contains('\n') && line.chars().all(|c| c == ' ') {
        true => line.len().min(STEP.len()),
        false => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_that_go_on() {
        for (text, expected) in [
            ("1 + 2", false),
            ("1 +", true),
            ("fn f() {", true),
            ("fn f() {\n}", false),
            (":help (", false),
            (":time f(", true),
            (":time f()", false),
            ("\"abc", false),
        ] {
            assert_eq!(goes_on(text), expected, "{text}");
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
        assert_eq!(taken_by_closing("fn f() {\n    "), 4);
        assert_eq!(taken_by_closing("fn f() {\n        "), 4);
        assert_eq!(taken_by_closing("fn f() {\n    x"), 0);
        assert_eq!(taken_by_closing("    "), 0);
    }
}
