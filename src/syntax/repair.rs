//! Slips the layout can put right, so that one slip gives one report and reading goes on.
//!
//! ```text
//! if x = 3 {      the `=` is reported and read as `==`
//! while x: {      the `:` is reported and dropped
//! } elif y {      reported and read as `else if`
//! def f(x) {      reported and read as `fn`
//! n++             reported and dropped
//! a === b         the third `=` is reported and dropped
//! ```

use super::brackets::Header;
use super::layout::Pass;
use super::token::{Lexeme, Token};
use crate::diagnostics::report::Report;

impl<'text> Pass<'text, '_> {
    /// Whether `word`, first on its line, is another language's `else if` or `catch`.
    pub(super) fn is_foreign_branch(&self, word: &str) -> bool {
        let behind = match word {
            "elif" | "elsif" | "elseif" => self.after_next().is_some_and(Token::begins_operand),
            "except" => matches!(
                self.after_next(),
                Some(Token::Name(_) | Token::BraceOpen | Token::Colon)
            ),
            _ => false,
        };
        behind && self.last() == Some(&Token::BraceClose)
    }

    /// Handles a token that is such a slip; says whether it was one.
    pub(super) fn repair(&mut self, lexeme: &Lexeme<'text>) -> bool {
        let (start, end) = (lexeme.start, lexeme.end);
        let span = self.span(start, end);
        match lexeme.token {
            Token::Assign
                if matches!(self.last(), Some(Token::Equal | Token::NotEqual))
                    && self.last_end() == start =>
            {
                let written = match self.last() {
                    Some(Token::Equal) => "==",
                    _ => "!=",
                };
                self.report(
                    Report::error(
                        self.span(start - 2, end),
                        format!("there is no `{written}=`"),
                    )
                    .help(format!("`{written}` compares values of any type")),
                );
            }
            Token::Assign
                if self.frame().header == Some(Header::Condition)
                    && self.last() != Some(&Token::Let) =>
            {
                self.report(
                    Report::error(span, "`=` in a condition")
                        .label("this would assign")
                        .help("two values are compared with `==`"),
                );
                self.put(Token::Equal, start, end);
            }
            Token::Colon if self.frame().header.is_some() => {
                return self.colon_of_header(start, end);
            }
            Token::Name(word) => return self.word(word, start, end),
            Token::Plus | Token::Minus => return self.step(&lexeme.token, start, end),
            _ => return false,
        }
        true
    }

    /// `if x:` at the end of a line or in front of the block.
    fn colon_of_header(&mut self, start: usize, end: usize) -> bool {
        let block_follows = match self.next().map(|next| &next.token) {
            Some(Token::BraceOpen) => true,
            None | Some(Token::Newline) => false,
            _ => return false,
        };
        self.report(
            Report::error(
                self.span(start, end),
                "a block stands in braces, not behind a colon",
            )
            .help("write { at the end of the line and } behind the block"),
        );
        if !block_follows {
            self.put(Token::Error, start, end);
        }
        true
    }

    fn word(&mut self, word: &'text str, start: usize, end: usize) -> bool {
        let next = self.next().map(|next| &next.token);
        let after_block = self.last() == Some(&Token::BraceClose);
        let (message, meaning): (_, &[Token<'text>]) = match word {
            "elif" | "elsif" | "elseif"
                if after_block && next.is_some_and(Token::begins_operand) =>
            {
                (
                    "`else if` is written as two words",
                    &[Token::Else, Token::If],
                )
            }
            "except"
                if after_block
                    && matches!(next, Some(Token::Name(_) | Token::BraceOpen | Token::Colon)) =>
            {
                ("errors are caught with `catch`", &[Token::Catch])
            }
            "def" | "function" | "func" | "fun"
                if matches!(next, Some(Token::Name(_)))
                    && self.after_next() == Some(&Token::ParenOpen) =>
            {
                ("a function is declared with `fn`", &[Token::Fn])
            }
            _ => return false,
        };
        let report = Report::error(self.span(start, end), message);
        self.report(report.help(match meaning {
            [Token::Else, ..] => "write `else if`",
            [Token::Catch] => "write `catch e { ... }`",
            _ => "write `fn`",
        }));
        for token in meaning {
            self.note_header(token);
            let (start, end) = if *token == Token::If {
                (end, end)
            } else {
                (start, end)
            };
            self.put(token.clone(), start, end);
        }
        true
    }

    /// `n++` and `n--` as statements.
    fn step(&mut self, sign: &Token<'text>, start: usize, end: usize) -> bool {
        let doubled = self
            .next()
            .is_some_and(|next| next.token == *sign && next.start == end);
        let ends = matches!(
            self.after_next(),
            None | Some(Token::Newline | Token::Separator | Token::BraceClose | Token::ParenClose)
        );
        if !doubled || !ends || !self.last().is_some_and(Token::ends_operand) {
            return false;
        }
        let written = if *sign == Token::Plus { "+" } else { "-" };
        self.report(
            Report::error(
                self.span(start, end + 1),
                format!("there is no `{written}{written}`"),
            )
            .help(format!("write `x {written}= 1`")),
        );
        self.skip_next();
        true
    }
}
