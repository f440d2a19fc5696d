//! A token that does not fit, and what is around it.
//!
//! What the rules of [`explain`](super::explain) ask; nothing here judges.

use super::expected::Expected;
use super::foreign::shortened;
use super::span::Span;
use super::token::{Lexeme, Token};
use crate::diagnostics::report::Report;
use crate::diagnostics::source::Source;

/// A token that does not fit.
pub struct Mistake<'a, 'text> {
    /// The text.
    pub source: &'a Source,
    /// All tokens.
    pub lexemes: &'a [Lexeme<'text>],
    /// Which one; one past the last if it is the end that does not fit.
    pub at: usize,
    /// The first token of the innermost statement around it.
    pub statement: usize,
    /// What would have fitted, as LALRPOP lists it.
    pub expected: &'a [String],
}

impl<'text> Mistake<'_, 'text> {
    pub(super) fn token(&self, at: usize) -> Option<&Token<'text>> {
        self.lexemes.get(at).map(|lexeme| &lexeme.token)
    }

    pub(super) fn found(&self) -> Option<&Token<'text>> {
        self.token(self.at)
    }

    pub(super) fn next(&self) -> Option<&Token<'text>> {
        self.token(self.at + 1)
    }

    /// The token before, if it belongs to the same statement.
    pub(super) fn before(&self) -> Option<&Token<'text>> {
        if self.at > self.statement {
            self.token(self.at - 1)
        } else {
            None
        }
    }

    pub(super) fn first(&self) -> Option<&Token<'text>> {
        self.token(self.statement)
    }

    pub(super) fn touches_before(&self) -> bool {
        let start = self.lexemes.get(self.at).map(|lexeme| lexeme.start);
        self.at > 0 && Some(self.lexemes[self.at - 1].end) == start
    }

    /// The place of the token; of the last one for the end of a line or of the text.
    pub(super) fn span(&self) -> Span {
        let at_end = matches!(self.found(), None | Some(Token::Separator));
        let (start, end) = match (self.lexemes.get(self.at), self.at.checked_sub(1)) {
            (Some(lexeme), _) if !at_end || self.text(lexeme) == ";" => (lexeme.start, lexeme.end),
            // Just behind the last token: one column wide.
            (_, Some(last)) => (self.lexemes[last].end, self.lexemes[last].end + 1),
            _ => (0, 0),
        };
        let length = self.source.text.len();
        Span::new(self.source.id, start.min(length), end.min(length))
    }

    pub(super) fn text(&self, lexeme: &Lexeme<'_>) -> &str {
        self.source.text.get(lexeme.start..lexeme.end).unwrap_or("")
    }

    /// What was found, as the reader sees it.
    pub(super) fn shown(&self) -> String {
        let Some(lexeme) = self.lexemes.get(self.at) else {
            return String::from("end of the program");
        };
        match lexeme.token {
            Token::Separator if self.text(lexeme) != ";" => String::from("end of the line"),
            Token::String(_) | Token::FormatOpen => String::from("string"),
            _ => format!("`{}`", shortened(self.text(lexeme))),
        }
    }

    /// The same inside of a sentence.
    pub(super) fn shown_with_article(&self) -> String {
        match self.shown() {
            shown if shown == "string" => String::from("the string"),
            shown => shown,
        }
    }

    /// Whether the token is the first of its line.
    pub(super) fn begins_line(&self) -> bool {
        let (Some(before), Some(found)) = (
            self.at.checked_sub(1).map(|at| &self.lexemes[at]),
            self.lexemes.get(self.at),
        ) else {
            return false;
        };
        let between = self.source.text.get(before.end..found.start);
        between.is_some_and(|between| between.contains('\n'))
    }

    /// The innermost bracket open at the token.
    pub(super) fn inside(&self) -> Option<&Token<'text>> {
        let mut depth = 0usize;
        for lexeme in self.lexemes[..self.at].iter().rev() {
            match lexeme.token {
                Token::ParenClose | Token::SquareClose | Token::BraceClose | Token::HoleClose => {
                    depth += 1
                }
                Token::ParenOpen | Token::SquareOpen | Token::BraceOpen | Token::HoleOpen
                    if depth == 0 =>
                {
                    return Some(&lexeme.token);
                }
                Token::ParenOpen | Token::SquareOpen | Token::BraceOpen | Token::HoleOpen => {
                    depth -= 1
                }
                _ => {}
            }
        }
        None
    }

    pub(super) fn in_block(&self) -> bool {
        matches!(self.inside(), None | Some(Token::BraceOpen))
    }

    pub(super) fn statement_has(&self, wanted: impl Fn(&Token<'_>) -> bool) -> bool {
        self.lexemes[self.statement..self.at]
            .iter()
            .any(|lexeme| wanted(&lexeme.token))
    }

    /// Whether a `//` stands before the place on its line.
    pub(super) fn has_slashes_before(&self) -> bool {
        let start = self.span().start as usize;
        let line_start = self.source.text[..start].rfind('\n').map_or(0, |at| at + 1);
        let tokens = self.lexemes[self.statement..self.at.min(self.lexemes.len())].iter();
        tokens
            .rev()
            .take_while(|lexeme| lexeme.start >= line_start)
            .any(|lexeme| lexeme.token == Token::SlashSlash)
    }

    pub(super) fn error(&self, message: impl Into<String>) -> Report {
        Report::error(self.span(), message)
    }

    /// When no rule knows it.
    pub(super) fn unexpected(&self, expected: &Expected<'_>) -> Report {
        self.error(format!("unexpected {}", self.shown()))
            .label(format!("expected {}", expected.phrase()))
    }
}
