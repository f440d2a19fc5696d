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

#[derive(Copy, Clone, PartialEq, Debug)]
pub(super) enum Bracket {
    Paren,
    Square,
    Brace,
    Hole,
}

impl Bracket {
    fn opening(self) -> &'static str {
        match self {
            Bracket::Paren => "(",
            Bracket::Square => "[",
            Bracket::Brace | Bracket::Hole => "{",
        }
    }

    fn closing(self) -> Token<'static> {
        match self {
            Bracket::Paren => Token::ParenClose,
            Bracket::Square => Token::SquareClose,
            Bracket::Brace => Token::BraceClose,
            Bracket::Hole => Token::HoleClose,
        }
    }
}

/// Something whose `{` has not come yet.
#[derive(Copy, Clone, PartialEq)]
pub(super) enum Header {
    /// `if`, `while`: a condition comes first.
    Condition,
    /// `for`, `else`, `fn` and the others.
    Other,
}

pub(super) struct Frame {
    bracket: Bracket,
    start: usize,
    line: usize,
    /// Of the line it was opened on.
    indentation: usize,
    pub(super) header: Option<Header>,
}

impl Frame {
    fn new(bracket: Bracket, start: usize, line: usize, indentation: usize) -> Frame {
        Frame {
            bracket,
            start,
            line,
            indentation,
            header: None,
        }
    }
}

pub(super) struct Pass<'text, 'input> {
    source: SourceId,
    input: &'input [Lexeme<'text>],
    /// The next token.
    at: usize,
    /// What is open; the text itself is the outermost block and never closed.
    frames: Vec<Frame>,
    line: usize,
    line_start: usize,
    indentation: usize,
    /// A block whose closing brace stands further left than the line that opened it: if a brace
    /// is missing in the end, it is probably this one's.
    suspect: Option<usize>,
    out: Layout<'text>,
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
            self.report_unclosed(count);
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
    fn drop_separator(&mut self) {
        if self.frame().bracket == Bracket::Brace && self.last() == Some(&Token::Separator) {
            self.out.lexemes.pop();
        }
    }

    // ---- brackets ----

    fn open(&mut self, bracket: Bracket, lexeme: &Lexeme<'text>) {
        if bracket == Bracket::Brace {
            self.frame().header = None;
        }
        if self.frames.len() > MAX_OPEN_BRACKETS {
            self.report(
                Report::error(
                    self.span(lexeme.start, lexeme.end),
                    "nested too deeply (recursion)",
                )
                .label(format!(
                    "more than {MAX_OPEN_BRACKETS} brackets are open here"
                ))
                .help("give names to parts of it"),
            );
            self.out.too_deep = true;
            return;
        }
        let frame = Frame::new(bracket, lexeme.start, self.line, self.indentation);
        self.frames.push(frame);
        self.push(lexeme.clone());
    }

    fn close(&mut self, bracket: Bracket, lexeme: &Lexeme<'text>) {
        let line = self.line;
        // What closes reaches out of unclosed brackets, but a `)` not out of the lines of a block.
        let mut inner = self.frames[1..].iter().rev();
        let unclosed = inner
            .position(|frame| frame.bracket == bracket)
            .filter(|&count| {
                let passed = &self.frames[self.frames.len() - count..];
                let through = |frame: &Frame| {
                    matches!(bracket, Bracket::Brace | Bracket::Hole)
                        || frame.bracket != Bracket::Brace
                        || frame.line == line
                };
                passed.iter().all(through)
            });
        let Some(unclosed) = unclosed else {
            let sign = match bracket {
                Bracket::Paren => ")",
                Bracket::Square => "]",
                Bracket::Brace | Bracket::Hole => "}",
            };
            self.report(
                Report::error(
                    self.span(lexeme.start, lexeme.end),
                    format!("this `{sign}` closes nothing"),
                )
                .help("take it away, or look for an opening bracket that is missing before it"),
            );
            return;
        };
        if unclosed > 0 {
            self.report_unclosed(unclosed);
            self.close_frames(unclosed, lexeme.start);
        }
        self.drop_separator();
        let frame = self.frame();
        let (start, opened, indentation) = (frame.start, frame.line, frame.indentation);
        if bracket == Bracket::Brace
            && opened != line
            && lexeme.start == self.line_start + self.indentation
            && self.indentation < indentation
            && self.suspect.is_none()
        {
            self.suspect = Some(start);
        }
        self.frames.pop();
        self.push(lexeme.clone());
    }

    /// Says of the `count` innermost brackets that nothing closes them.
    fn report_unclosed(&mut self, count: usize) {
        let open = &self.frames[self.frames.len() - count..];
        let Some((innermost, outer)) = open.split_last() else {
            return;
        };
        let place = |frame: &Frame| Span::new(self.source, frame.start, frame.start + 1);
        let sign = innermost.bracket.opening();
        let mut report = Report::error(place(innermost), format!("this `{sign}` is never closed"));
        for frame in outer.iter().rev().take(3) {
            report = report.also(place(frame), "and neither is this one");
        }
        if innermost.bracket == Bracket::Brace
            && let Some(suspect) = self.suspect.filter(|&suspect| suspect != innermost.start)
        {
            let place = Span::new(self.source, suspect, suspect + 1);
            report = report
                .also(place, "or is it this one whose `}` is missing?")
                .help(
                    "the `}` that closes it stands further to the left than the line it opened on",
                );
        }
        self.report(report);
    }

    /// Puts in what closes the `count` innermost brackets.
    fn close_frames(&mut self, count: usize, at: usize) {
        for _ in 0..count {
            self.drop_separator();
            let Some(frame) = self.frames.pop() else {
                return;
            };
            self.put(frame.bracket.closing(), at, at);
            if frame.bracket == Bracket::Hole {
                self.put(Token::FormatClose, at, at);
            }
        }
    }

    /// A string did not end: what was opened on its line ends with the line, already reported.
    fn line_broken(&mut self, at: usize) {
        let line = self.line;
        let open = self.frames[1..].iter().rev();
        let count = open
            .take_while(|frame| frame.line == line && frame.bracket != Bracket::Brace)
            .count();
        self.close_frames(count, at);
    }

    fn end(&mut self, at: usize) {
        self.drop_separator();
        let open = self.frames.len() - 1;
        if open > 0 {
            self.out.open_at_end = true;
            self.report_unclosed(open);
            let end = self.last_end().min(at);
            self.close_frames(open, end);
        }
    }
}

#[cfg(test)]
#[path = "tests/layout.rs"]
mod tests;
