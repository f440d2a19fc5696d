//! What was meant, written in cq: ways out that are made of the words of the text itself.
//!
//! ```text
//! "big" if x > 2 else "small"      write if x > 2 { "big" } else { "small" }
//! x => x * 2                       write fn(x) => x * 2
//! [1 2]                            put a comma between them: 1, 2
//! ```
//!
//! Where the text does not have the shape, or is too long to be repeated, the general form is told.

use std::ops::Range;

use super::mistake::Mistake;
use super::token::Token;

/// How long a text may be that is repeated in a help.
const MOST_CHARACTERS: usize = 60;

impl Mistake<'_, '_> {
    /// For the `if` of Python's `a if c else b`.
    pub(super) fn choice_instead(&self) -> String {
        self.choice().unwrap_or_else(|| {
            String::from("a choice is written if c { a } else { b }, and has a value")
        })
    }

    fn choice(&self) -> Option<String> {
        let starts = |token: &Token<'_>| {
            matches!(
                token,
                Token::Comma | Token::Colon | Token::Arrow | Token::Return
            ) || token.is_assignment()
        };
        let first = self.beginning_of_part(starts);
        let end = self.end_of_part(self.at + 1, |token| *token == Token::Comma);
        let middle = self.end_of_part(self.at + 1, |token| *token == Token::Else);
        if middle >= end {
            return None;
        }
        let then = self.text_of(first..self.at)?;
        let condition = self.text_of(self.at + 1..middle)?;
        let otherwise = self.text_of(middle + 1..end)?;
        let text = format!("write if {condition} {{ {then} }} else {{ {otherwise} }}");
        (text.chars().count() <= MOST_CHARACTERS + 20).then_some(text)
    }

    /// For a `=>` with parameters but without `fn` before it.
    pub(super) fn lambda_instead(&self) -> String {
        let parameter = match self.before() {
            Some(Token::Name(name)) => *name,
            _ => "x",
        };
        let end = self.end_of_part(self.at + 1, |token| *token == Token::Comma);
        match self.text_of(self.at + 1..end) {
            Some(body) => format!("write fn({parameter}) => {body}"),
            None => format!("write fn({parameter}) => ..."),
        }
    }

    /// Whether the token stands in the parameters of `(a, b) => a`.
    pub(super) fn is_lambda_without_fn(&self) -> bool {
        let end = self.end_of_part(self.at, |_| false);
        self.token(end) == Some(&Token::ParenClose) && self.token(end + 1) == Some(&Token::Arrow)
    }

    /// For two values in brackets without a comma.
    pub(super) fn comma_instead(&self) -> String {
        let shown = |at: usize| match self.token(at) {
            Some(Token::Name(_) | Token::Integer(_) | Token::Float(_) | Token::String(_)) => {
                self.text_of(at..at + 1)
            }
            _ => None,
        };
        let left = self.at.checked_sub(1).and_then(shown);
        match (left, shown(self.at)) {
            (Some(left), Some(right)) => format!("put a comma between them: {left}, {right}"),
            _ => String::from("put a comma between the two values"),
        }
    }

    /// Where the part of the statement begins that ends at the token: behind the last opening
    /// bracket around it, or behind what `starts` a part.
    fn beginning_of_part(&self, starts: impl Fn(&Token<'_>) -> bool) -> usize {
        let mut depth = 0usize;
        for at in (self.statement..self.at).rev() {
            match &self.lexemes[at].token {
                token if closes(token) => depth += 1,
                token if opens(token) && depth == 0 => return at + 1,
                token if opens(token) => depth -= 1,
                token if depth == 0 && starts(token) => return at + 1,
                _ => {}
            }
        }
        self.statement
    }

    /// Where the part that begins at `from` ends: before what closes the bracket around it, the
    /// end of the statement, or what `ends` it.
    fn end_of_part(&self, from: usize, ends: impl Fn(&Token<'_>) -> bool) -> usize {
        let mut depth = 0usize;
        for at in from..self.lexemes.len() {
            match &self.lexemes[at].token {
                Token::Separator if depth == 0 => return at,
                token if opens(token) => depth += 1,
                token if closes(token) && depth == 0 => return at,
                token if closes(token) => depth -= 1,
                token if depth == 0 && ends(token) => return at,
                _ => {}
            }
        }
        self.lexemes.len()
    }

    /// The text of these tokens, if it is short and on one line.
    fn text_of(&self, tokens: Range<usize>) -> Option<&str> {
        let (first, last) = (self.lexemes.get(tokens.start)?, tokens.end.checked_sub(1)?);
        let last = self.lexemes.get(last)?;
        let text = self.source.text.get(first.start..last.end)?;
        let short = !text.contains('\n') && text.chars().count() <= MOST_CHARACTERS;
        (short && !text.is_empty()).then_some(text)
    }
}

fn opens(token: &Token<'_>) -> bool {
    matches!(
        token,
        Token::ParenOpen | Token::SquareOpen | Token::BraceOpen | Token::HoleOpen
    )
}

fn closes(token: &Token<'_>) -> bool {
    matches!(
        token,
        Token::ParenClose | Token::SquareClose | Token::BraceClose | Token::HoleClose
    )
}
