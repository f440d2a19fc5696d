//! Text -> tokens.
//!
//! logos finds the words; this file drives it through what a regular expression cannot say. The
//! one idea is a stack of what is open, because a `}` means three things:
//!
//! ```text
//! f"total {fn(a) { a }(1):>5}"
//!         ^      ^   ^   ^  ^
//!       Hole   Brace Brace  |  `:` with a hole on top begins the format spec,
//!                          Hole    `}` goes back to the text of the f-string
//! ```
//!
//! Nothing fails here: what is no token is reported and becomes [`Token::Error`].

use std::sync::Arc;

use foldhash::HashMap;
use logos::Logos;
use unicode_ident::is_xid_continue;

use super::foreign;
use super::literal::LONGEST_INTEGER;
use super::span::{SourceId, Span};
use super::token::{Lexeme, Token};
use crate::diagnostics::report::Report;

/// All tokens of a text, with newlines.
pub struct Lexed<'text> {
    /// In order.
    pub lexemes: Vec<Lexeme<'text>>,
    /// The `##` lines right above a `fn`, by the offset of that `fn`.
    pub documentation: HashMap<usize, Arc<str>>,
    /// What was wrong.
    pub reports: Vec<Report>,
    /// A string did not end before the text did or its line.
    pub unfinished: bool,
}

/// Reads a whole text.
pub fn lex(source: SourceId, text: &str) -> Lexed<'_> {
    let mut lexer = Lexer {
        source,
        text,
        words: Token::lexer(text),
        open: Vec::new(),
        line: 0,
        documentation: Vec::new(),
        documentation_end: 0,
        lexed: Lexed {
            lexemes: Vec::with_capacity(text.len() / 4),
            documentation: HashMap::default(),
            reports: Vec::new(),
            unfinished: false,
        },
    };
    if text.starts_with('\u{feff}') {
        lexer.words.bump('\u{feff}'.len_utf8());
    }
    while let Some(token) = lexer.words.next() {
        match token {
            Ok(token) => lexer.word(token),
            Err(()) => lexer.stray_character(),
        }
    }
    if lexer.in_hole() {
        lexer.unclosed_hole(text.len());
    }
    lexer.lexed
}

#[derive(Copy, Clone, PartialEq)]
pub(super) enum Open {
    Paren,
    Square,
    Brace,
    /// A hole of an f-string with this quote.
    Hole(char),
}

/// What is open, where it was opened and on which line.
#[derive(Copy, Clone)]
pub(super) struct Opened {
    pub(super) kind: Open,
    pub(super) start: usize,
    pub(super) line: usize,
}

pub(super) struct Lexer<'text> {
    pub(super) source: SourceId,
    pub(super) text: &'text str,
    pub(super) words: logos::Lexer<'text, Token<'text>>,
    pub(super) open: Vec<Opened>,
    pub(super) line: usize,
    /// `##` lines that a `fn` on the next line would get.
    documentation: Vec<&'text str>,
    documentation_end: usize,
    pub(super) lexed: Lexed<'text>,
}

impl<'text> Lexer<'text> {
    fn word(&mut self, token: Token<'text>) {
        let (start, end) = (self.words.span().start, self.words.span().end);
        match &token {
            Token::Comment(line) => return self.comment(line),
            Token::Newline => return self.newline(start),
            Token::Quote => return self.string(start),
            Token::BraceClose if self.closes_hole() => return self.hole_close(start),
            Token::Colon if self.in_hole() => return self.spec(start),
            Token::Assign
                if self.in_hole()
                    && self.words.remainder().trim_start().starts_with(['}', ':']) =>
            {
                self.report(
                    Report::error(
                        self.span(start, end),
                        "a hole of an f-string cannot end with `=`",
                    )
                    .help("write the name as text: f\"x={x}\""),
                );
                return;
            }
            Token::SlashSlash if self.begins_line() && !self.newlines_are_blank() => {
                return self.foreign_comment(start);
            }
            Token::Fn if self.begins_line() => self.documented(start),
            Token::Integer(_) | Token::Float(_) => self.number(start),
            Token::ParenOpen => self.open(Open::Paren, start),
            Token::SquareOpen => self.open(Open::Square, start),
            Token::BraceOpen => self.open(Open::Brace, start),
            Token::ParenClose => self.close(Open::Paren),
            Token::SquareClose => self.close(Open::Square),
            Token::BraceClose => self.close(Open::Brace),
            _ => {}
        }
        let end = self.words.span().end.max(end);
        self.push(token, start, end);
    }

    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.source, start, end)
    }

    pub(super) fn report(&mut self, report: Report) {
        self.lexed.reports.push(report);
    }

    pub(super) fn push(&mut self, token: Token<'text>, start: usize, end: usize) {
        self.lexed.lexemes.push(Lexeme { token, start, end });
    }

    /// Whether the token just read is the first on its line.
    fn begins_line(&self) -> bool {
        matches!(
            self.lexed.lexemes.last(),
            None | Some(Lexeme {
                token: Token::Newline,
                ..
            })
        )
    }

    pub(super) fn in_hole(&self) -> bool {
        matches!(
            self.open.last(),
            Some(Opened {
                kind: Open::Hole(_),
                ..
            })
        )
    }

    fn newlines_are_blank(&self) -> bool {
        self.open
            .last()
            .is_some_and(|open| open.kind != Open::Brace)
    }

    pub(super) fn open(&mut self, kind: Open, start: usize) {
        let line = self.line;
        self.open.push(Opened { kind, start, line });
    }

    /// Takes the innermost open `kind` off, and with it what was left open inside: the layout
    /// reports that. What closes nothing changes nothing.
    fn close(&mut self, kind: Open) {
        let inside_hole = |open: &&Opened| !matches!(open.kind, Open::Hole(_));
        let depth = self
            .open
            .iter()
            .rev()
            .take_while(inside_hole)
            .position(|open| open.kind == kind);
        if let Some(depth) = depth {
            self.open.truncate(self.open.len() - 1 - depth);
        }
    }

    /// Whether a `}` here ends a hole: there is one, and no brace was opened inside.
    fn closes_hole(&self) -> bool {
        let mut kinds = self.open.iter().rev().map(|open| open.kind);
        let found = kinds.find(|kind| matches!(kind, Open::Brace | Open::Hole(_)));
        matches!(found, Some(Open::Hole(_)))
    }

    // ---- lines ----

    fn newline(&mut self, start: usize) {
        if self.in_hole() {
            self.unclosed_hole(start);
        }
        self.line += 1;
        self.push(Token::Newline, start, start + 1);
    }

    fn comment(&mut self, line: &'text str) {
        let line = line.trim_end();
        if line.starts_with("##") && !line.starts_with("###") && self.begins_line() {
            if self.documentation_end + 1 != self.line {
                self.documentation.clear();
            }
            let words = &line[2..];
            self.documentation
                .push(words.strip_prefix(' ').unwrap_or(words));
            self.documentation_end = self.line;
        }
    }

    fn documented(&mut self, start: usize) {
        if !self.documentation.is_empty() && self.documentation_end + 1 == self.line {
            let text = self.documentation.join("\n");
            self.lexed.documentation.insert(start, text.into());
        }
    }

    /// `// words`: a comment in other languages, and no statement can begin so here.
    fn foreign_comment(&mut self, start: usize) {
        let rest = self.words.remainder();
        let length = rest.find('\n').unwrap_or(rest.len());
        self.words.bump(length);
        let end = self.words.span().end;
        self.report(
            Report::error(
                self.span(start, end),
                "a comment begins with `#`, not with `//`",
            )
            .help("`//` divides and rounds down"),
        );
    }

    // ---- literals ----

    fn number(&mut self, start: usize) {
        if self.words.slice().len() > LONGEST_INTEGER {
            let span = self.span(start, self.words.span().end);
            self.report(
                Report::error(span, "this number has too many digits").help(format!(
                    "a number can be written with up to {LONGEST_INTEGER} digits"
                )),
            );
        }
        let digits = self.words.slice();
        let rest = self.words.remainder();
        let tail = rest
            .find(|c: char| !is_xid_continue(c))
            .unwrap_or(rest.len());
        if tail > 0 {
            self.words.bump(tail);
            let span = self.span(start, self.words.span().end);
            let written = self.words.slice();
            let report = Report::error(
                span,
                format!("`{}` is no number", foreign::shortened(written)),
            );
            self.report(match written.as_bytes() {
                [b'0', b'x' | b'X' | b'b' | b'B' | b'o' | b'O', ..] => {
                    report.help("numbers in other bases look like 0xff, 0b1011 or 0o17")
                }
                _ if written[digits.len()..].starts_with('_') => {
                    report.help("a single `_` may stand between two digits: 1_000")
                }
                _ => report.help("a name cannot begin with a digit; between a number and a name there must be an operator"),
            });
        } else if digits.len() > 1
            && digits.starts_with('0')
            && digits
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'_')
            && digits.bytes().any(|byte| !matches!(byte, b'0' | b'_'))
        {
            let span = self.span(start, self.words.span().end);
            self.report(
                Report::error(span, "a number cannot begin with 0")
                    .help("numbers in base 8 are written 0o17"),
            );
        }
    }
}

#[cfg(test)]
#[path = "tests/lexer.rs"]
mod tests;
