//! Strings and f-strings: the part of the lexer that reads between quotes.
//!
//! ```text
//! f"total {x:>5}!"
//!   text  ^  ^  ^ text again
//!       Hole |  HoleClose
//!            Spec
//! ```
//!
//! A string that does not end on its line ends with it all the same, and so does every bracket
//! opened on that line ([`Token::LineBroken`]): one forgotten quote is one report.

use std::sync::Arc;

use super::lexer::{Lexer, Open};
use super::literal::{TextEnd, read_text};
use super::spec::{SPEC_HELP, read_spec};
use super::token::Token;
use crate::diagnostics::report::Report;

impl Lexer<'_> {
    pub(super) fn string(&mut self, start: usize) {
        let opening = self.words.slice();
        let quote = if opening.ends_with('"') { '"' } else { '\'' };
        let is_format = opening.starts_with('f');
        let triple = if quote == '"' { "\"\"" } else { "''" };
        if self.words.remainder().starts_with(triple) {
            return self.triple_quoted(start, triple.len(), quote);
        }
        if is_format {
            let end = self.words.span().end;
            self.push(Token::FormatOpen, start, end);
            return self.format_text(start, quote);
        }
        let text = read_text(self.words.remainder(), quote, false);
        let inside = self.words.span().end;
        self.text_faults(inside, text.faults);
        self.words.bump(text.length);
        let missing = text.end == TextEnd::Missing;
        if !missing {
            self.words.bump(1);
        }
        let end = inside + text.length + usize::from(!missing);
        self.push(Token::String(text.value.into()), start, end);
        if missing {
            self.missing_quote(start, end, quote);
        }
    }

    /// The text of an f-string from here to its next hole or its end.
    fn format_text(&mut self, opening: usize, quote: char) {
        let start = self.words.span().end;
        let text = read_text(self.words.remainder(), quote, true);
        self.text_faults(start, text.faults);
        self.words.bump(text.length);
        let end = start + text.length;
        if text.length > 0 {
            self.push(Token::FormatText(text.value.into()), start, end);
        }
        match text.end {
            TextEnd::Hole => {
                self.words.bump(1);
                self.push(Token::HoleOpen, end, end + 1);
                self.open(Open::Hole(quote), end);
            }
            TextEnd::Quote => {
                self.words.bump(1);
                self.push(Token::FormatClose, end, end + 1);
            }
            TextEnd::Missing => {
                self.push(Token::FormatClose, end, end);
                self.missing_quote(opening, end, quote);
            }
        }
    }

    pub(super) fn hole_close(&mut self, start: usize) {
        self.push(Token::HoleClose, start, start + 1);
        while let Some(open) = self.open.pop() {
            if let Open::Hole(quote) = open.kind {
                return self.format_text(start, quote);
            }
        }
    }

    pub(super) fn spec(&mut self, start: usize) {
        let rest = self.words.remainder();
        let mut depth = 0;
        let length = rest
            .find(|c| {
                match c {
                    '{' => depth += 1,
                    '}' if depth > 0 => depth -= 1,
                    '}' | '\n' => return true,
                    _ => {}
                }
                false
            })
            .unwrap_or(rest.len());
        let mut written = &rest[..length];
        if !rest[length..].starts_with('}') {
            // The hole is not closed on this line: the spec ends where the f-string does.
            let quotes = written.find(['"', '\'', '\r']);
            written = &written[..quotes.unwrap_or(length)];
        }
        self.words.bump(written.len());
        let end = start + 1 + written.len();
        let spec = read_spec(written).unwrap_or_else(|message| {
            let span = self.span(start + 1, end.max(start + 2).min(self.text.len()));
            self.report(Report::error(span, message).help(SPEC_HELP));
            Default::default()
        });
        self.push(Token::Spec(Arc::new(spec)), start, end);
        if !self.words.remainder().starts_with('}') {
            let rest = self.words.remainder();
            self.words.bump(rest.find('\n').unwrap_or(rest.len()));
            self.unclosed_hole(end);
        }
    }

    // ---- what is wrong with literals ----

    fn text_faults(&mut self, inside: usize, faults: Vec<(usize, usize, String, &'static str)>) {
        for (from, to, message, help) in faults {
            let span = self.span(inside + from, (inside + to).min(self.text.len()));
            self.report(Report::error(span, message).help(help));
        }
    }

    fn missing_quote(&mut self, start: usize, end: usize, quote: char) {
        let line = self.line;
        let mut open = self.open.iter().rev().take_while(|open| open.line == line);
        let report = match open.find(|open| matches!(open.kind, Open::Hole(_))) {
            // `f"{x"`: the quote that was meant to end the f-string began another string.
            Some(hole) => self.report_unclosed_hole(hole.start, hole.start + 1),
            None => Report::error(
                self.span(start, end),
                "this string does not end on its line",
            )
            .label(format!("the closing {quote} is missing"))
            .help("a line break inside a string is written \\n"),
        };
        self.report(report);
        self.line_broken(end);
    }

    fn report_unclosed_hole(&self, start: usize, end: usize) -> Report {
        Report::error(
            self.span(start, end),
            "this hole of an f-string is never closed",
        )
        .label("the `}` is missing")
        .help("a brace that is meant as text is written {{")
    }

    /// Ends an f-string at the end of a line inside of a hole.
    pub(super) fn unclosed_hole(&mut self, end: usize) {
        let Some(hole) = self.open.pop() else { return };
        self.report(self.report_unclosed_hole(hole.start, end));
        self.push(Token::HoleClose, end, end);
        self.push(Token::FormatClose, end, end);
        self.line_broken(end);
    }

    /// What was opened on this line ends with it.
    fn line_broken(&mut self, end: usize) {
        self.lexed.unfinished = true;
        let line = self.line;
        while self
            .open
            .last()
            .is_some_and(|open| open.line == line && open.kind != Open::Brace)
        {
            self.open.pop();
        }
        self.push(Token::LineBroken, end, end);
    }

    fn triple_quoted(&mut self, start: usize, two: usize, quote: char) {
        self.words.bump(two);
        let closing: String = [quote; 3].iter().collect();
        let rest = self.words.remainder();
        // `"""` with no second one is rather an empty string with a quote too many.
        let length = rest.find(&closing).map_or(0, |at| at + 3);
        self.words.bump(length);
        self.line += self.words.slice().matches('\n').count();
        let end = self.words.span().end;
        self.report(
            Report::error(
                self.span(start, start + 3),
                "there are no strings with three quotes",
            )
            .help("write \\n for a line break, and join long strings with +"),
        );
        self.push(Token::String("".into()), start, end);
    }
}
