//! Which newlines end a statement, and brackets that do not match.
//!
//! The pass goes once over the tokens with a stack of open brackets:
//!
//! ```text
//! foo(a,            inside ( ) and [ ] a newline does not count
//!     fn() {        inside { } it does: between two statements it becomes a Separator
//!         b
//!         c +       ... but not after what cannot end a statement
//!           d
//!     })
//!     .bar()        ... nor before what cannot begin one
//! ```
//!
//! What comes out is *regular*, and the grammar relies on it: every bracket has its partner
//! (missing closing ones are put in, stray ones are dropped, both with a report), and separators
//! stand only between two things of the same block.

use super::brackets::{Bracket, Frame, Header};
use super::span::{SourceId, Span};
use super::token::{Lexeme, Token};
use crate::diagnostics::report::Report;

/// How many brackets may be open at once. Each may cost every later pass a few levels of
/// recursion, and nobody can read that many.
pub const MAX_OPEN_BRACKETS: usize = 500;

/// The tokens the grammar reads.
pub struct Layout<'text> {
    /// In order, regular.
    pub lexemes: Vec<Lexeme<'text>>,
    /// What was wrong.
    pub reports: Vec<Report>,
    /// What was still open at the end of the text.
    pub open_at_end: bool,
    /// Too many brackets were open at once: `lexemes` ends there.
    pub too_deep: bool,
}

/// Decides about every newline and bracket. `text` is what the tokens were made from.
pub fn lay_out<'text>(source: SourceId, text: &str, lexed: &[Lexeme<'text>]) -> Layout<'text> {
    let mut pass = Pass {
        source,
        input: lexed,
        at: 0,
        frames: vec![Frame::new(Bracket::Brace, 0, 0, 0)],
        line: 0,
        line_start: 0,
        indentation: 0,
        suspect: None,
        out: Layout {
            lexemes: Vec::with_capacity(lexed.len()),
            reports: Vec::new(),
            open_at_end: false,
            too_deep: false,
        },
    };
    while let Some(lexeme) = lexed.get(pass.at) {
        pass.at += 1;
        pass.token(lexeme);
        if pass.out.too_deep {
            return pass.out;
        }
    }
    pass.end(text.len());
    pass.out
}

pub(super) struct Pass<'text, 'input> {
    pub(super) source: SourceId,
    input: &'input [Lexeme<'text>],
    /// The next token.
    at: usize,
    /// What is open; the text itself is the outermost block and never closed.
    pub(super) frames: Vec<Frame>,
    pub(super) line: usize,
    pub(super) line_start: usize,
    pub(super) indentation: usize,
    /// A block whose closing brace stands further left than the line that opened it: if a brace
    /// is missing in the end, it is probably this one's.
    pub(super) suspect: Option<usize>,
    pub(super) out: Layout<'text>,
}

impl<'text> Pass<'text, '_> {
    fn token(&mut self, lexeme: &Lexeme<'text>) {
        match &lexeme.token {
            Token::Newline => self.newline(lexeme.start),
            Token::LineBroken => self.line_broken(lexeme.start),
            Token::Separator => self.separator(lexeme.start, lexeme.end),
            Token::ParenOpen => self.open(Bracket::Paren, lexeme),
            Token::SquareOpen => self.open(Bracket::Square, lexeme),
            Token::BraceOpen => self.open(Bracket::Brace, lexeme),
            Token::HoleOpen => self.open(Bracket::Hole, lexeme),
            Token::ParenClose => self.close(Bracket::Paren, lexeme),
            Token::SquareClose => self.close(Bracket::Square, lexeme),
            Token::BraceClose => self.close(Bracket::Brace, lexeme),
            Token::HoleClose => self.close(Bracket::Hole, lexeme),
            _ => {
                if !self.repair(lexeme) {
                    self.note_header(&lexeme.token);
                    self.push(lexeme.clone());
                }
            }
        }
    }

    pub(super) fn push(&mut self, lexeme: Lexeme<'text>) {
        self.out.lexemes.push(lexeme);
    }

    pub(super) fn put(&mut self, token: Token<'text>, start: usize, end: usize) {
        self.push(Lexeme { token, start, end });
    }

    pub(super) fn report(&mut self, report: Report) {
        self.out.reports.push(report);
    }

    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.source, start, end)
    }

    pub(super) fn last(&self) -> Option<&Token<'text>> {
        self.out.lexemes.last().map(|lexeme| &lexeme.token)
    }

    pub(super) fn last_end(&self) -> usize {
        self.out.lexemes.last().map_or(0, |lexeme| lexeme.end)
    }

    pub(super) fn frame(&mut self) -> &mut Frame {
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    /// The next token, newlines included.
    pub(super) fn next(&self) -> Option<&Lexeme<'text>> {
        self.input.get(self.at)
    }

    pub(super) fn after_next(&self) -> Option<&Token<'text>> {
        self.input.get(self.at + 1).map(|lexeme| &lexeme.token)
    }

    pub(super) fn skip_next(&mut self) {
        self.at += 1;
    }

    pub(super) fn note_header(&mut self, token: &Token<'text>) {
        let header = match token {
            Token::If | Token::While => Some(Header::Condition),
            Token::For
            | Token::With
            | Token::Try
            | Token::Check
            | Token::Fn
            | Token::Else
            | Token::Catch
            | Token::Finally => Some(Header::Other),
            Token::Arrow => None,
            _ => return,
        };
        self.frame().header = header;
    }

    // ---- newlines ----

    fn newline(&mut self, first: usize) {
        self.line += 1;
        self.line_start = first + 1;
        while let Some(Lexeme {
            token: Token::Newline,
            end,
            ..
        }) = self.next()
        {
            self.line_start = *end;
            self.line += 1;
            self.at += 1;
        }
        let Some(next) = self.next() else { return };
        let (next, start, end) = (next.token.clone(), next.start, next.end);
        self.indentation = start - self.line_start;
        if self.frame().bracket != Bracket::Brace {
            let begins_statement = match next {
                Token::Let
                | Token::While
                | Token::Return
                | Token::Break
                | Token::Continue
                | Token::Throw
                | Token::With
                | Token::Check => true,
                Token::Fn => matches!(self.after_next(), Some(Token::Name(_))),
                _ => false,
            };
            if !begins_statement {
                return;
            }
            // No expression goes on like this: what is open was meant to be closed before.
            let open = self
                .frames
                .iter()
                .rev()
                .take_while(|frame| frame.bracket != Bracket::Brace);
            let count = open.count();
            let at = self.last_end();
            let before = self.span(start, end);
            self.report_unclosed(count, Some(before));
            self.close_frames(count, at);
        }
        let goes_on = match next {
            Token::Dot | Token::Else | Token::Catch | Token::Finally => true,
            Token::BraceOpen if self.frame().header.is_some() => {
                self.report(
                    Report::error(
                        self.span(start, end),
                        "this `{` stands on a line of its own",
                    )
                    .label("it must stand at the end of the line before")
                    .help("a line that begins with `{` would be a statement of its own"),
                );
                true
            }
            Token::On => {
                self.report(
                    Report::error(self.span(start, end), "a line cannot begin with `on`")
                        .label("it must stand at the end of the line before"),
                );
                true
            }
            Token::Name(word) => self.is_foreign_branch(word),
            _ => false,
        };
        if !goes_on && !self.last().is_some_and(Token::continues_line) {
            self.separator(first, first + 1);
        }
    }

    fn separator(&mut self, start: usize, end: usize) {
        self.frame().header = None;
        if self.frame().bracket != Bracket::Brace {
            // A `;` between ( ): the grammar refuses it.
            return self.put(Token::Separator, start, end);
        }
        if !matches!(
            self.last(),
            None | Some(Token::Separator | Token::BraceOpen)
        ) {
            self.put(Token::Separator, start, end);
        }
    }

    /// Drops a separator with nothing behind it.
    pub(super) fn drop_separator(&mut self) {
        if self.frame().bracket == Bracket::Brace && self.last() == Some(&Token::Separator) {
            self.out.lexemes.pop();
        }
    }
}

#[cfg(test)]
#[path = "tests/layout.rs"]
mod tests;
