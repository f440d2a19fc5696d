//! Brackets that do not match: the part of the layout that keeps the stack of open ones.
//!
//! Whatever the text, what leaves here is balanced: a closing bracket that is missing is put in
//! (as an empty token), one that closes nothing is dropped, and each is reported once, an unclosed
//! one where it was opened.

use super::layout::{MAX_OPEN_BRACKETS, Pass};
use super::span::Span;
use super::token::{Lexeme, Token};
use crate::diagnostics::report::Report;

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

    fn closing_sign(self) -> &'static str {
        match self {
            Bracket::Paren => ")",
            Bracket::Square => "]",
            Bracket::Brace | Bracket::Hole => "}",
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
    pub(super) bracket: Bracket,
    start: usize,
    line: usize,
    /// Of the line it was opened on.
    indentation: usize,
    pub(super) header: Option<Header>,
}

impl Frame {
    pub(super) fn new(bracket: Bracket, start: usize, line: usize, indentation: usize) -> Frame {
        Frame {
            bracket,
            start,
            line,
            indentation,
            header: None,
        }
    }
}

impl<'text> Pass<'text, '_> {
    pub(super) fn open(&mut self, bracket: Bracket, lexeme: &Lexeme<'text>) {
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

    pub(super) fn close(&mut self, bracket: Bracket, lexeme: &Lexeme<'text>) {
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
            return self.closes_nothing(bracket, lexeme);
        };
        if unclosed > 0 {
            self.report_unclosed(unclosed, None);
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

    /// A closing bracket without its opening one: dropped, or read as the one that was due.
    fn closes_nothing(&mut self, bracket: Bracket, lexeme: &Lexeme<'text>) {
        let sign = bracket.closing_sign();
        let span = self.span(lexeme.start, lexeme.end);
        let due = self.frame().bracket;
        let is_due = self.frames.len() > 1
            && matches!(due, Bracket::Paren | Bracket::Square)
            && self.next().is_none_or(|next| next.token != due.closing());
        if is_due {
            let open = self.frame().start;
            self.report(
                Report::error(span, format!("`{sign}` cannot close a `{}`", due.opening()))
                    .label(format!("expected `{}`", due.closing_sign()))
                    .also(self.span(open, open + 1), "opened here"),
            );
            self.frames.pop();
            self.put(due.closing(), lexeme.start, lexeme.end);
        } else {
            self.report(
                Report::error(span, format!("this `{sign}` closes nothing"))
                    .help("take it away, or look for an opening bracket that is missing before it"),
            );
        }
    }

    /// Says of the `count` innermost brackets that nothing closes them. `before` is what cannot
    /// stand inside of them.
    pub(super) fn report_unclosed(&mut self, count: usize, before: Option<Span>) {
        let open = &self.frames[self.frames.len() - count..];
        let Some((innermost, outer)) = open.split_last() else {
            return;
        };
        let place = |start: usize| Span::new(self.source, start, start + 1);
        let sign = innermost.bracket.opening();
        let suspect = self.suspect.filter(|_| innermost.bracket == Bracket::Brace);
        let mut report = match suspect {
            Some(suspect) if suspect != innermost.start => {
                Report::error(place(suspect), "this `{` is never closed")
                    .label("the next `}` stands further left than this line")
                    .also(place(innermost.start), "so this one has none either")
            }
            _ => Report::error(
                place(innermost.start),
                format!("this `{sign}` is never closed"),
            )
            .label(format!(
                "its `{}` is missing",
                innermost.bracket.closing_sign()
            )),
        };
        for frame in outer.iter().rev().take(3) {
            if Some(frame.start) != suspect {
                report = report.also(place(frame.start), "neither is this one");
            }
        }
        if let Some(before) = before {
            report = report.also(before, "a new statement begins here");
        }
        self.report(report);
    }

    /// Puts in what closes the `count` innermost brackets.
    pub(super) fn close_frames(&mut self, count: usize, at: usize) {
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
    pub(super) fn line_broken(&mut self, at: usize) {
        let line = self.line;
        let open = self.frames[1..].iter().rev();
        let count = open
            .take_while(|frame| frame.line == line && frame.bracket != Bracket::Brace)
            .count();
        self.close_frames(count, at);
    }

    pub(super) fn end(&mut self, at: usize) {
        self.drop_separator();
        let open = self.frames.len() - 1;
        if open > 0 {
            self.out.open_at_end = true;
            self.report_unclosed(open, None);
            let end = self.last_end().min(at);
            self.close_frames(open, end);
        }
    }
}
