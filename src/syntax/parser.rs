//! Tokens -> tree. Parsing never fails: it gives a tree and reports.
//!
//! The grammar stops at the first token that does not fit. That token is explained, the innermost
//! statement around it is replaced by a single [`Token::Bad`], and the grammar reads again:
//!
//! ```text
//! fn f(x) {                       fn f(x) {
//!     let = 3        one report       Bad
//!     while x 3 {    and another      Bad { ... }      the block behind the mistake is kept:
//!         y +                             Bad          its own mistakes are reported too
//!     }
//! }                               }
//! ```
//!
//! The layout has matched all brackets before, so where a statement ends is never a guess, and a
//! replaced one always fits. Only the first [`MAX_REREADINGS`] mistakes are found this way, which
//! keeps it linear.

use std::cell::Cell;
use std::ops::Range;

use lalrpop_util::ParseError;

use super::build::Builder;
use super::depth::{MAX_TREE_DEPTH, find_too_deep};
use super::explain::explain;
use super::grammar::ProgramParser;
use super::layout::lay_out;
use super::lexer::{Lexed, lex};
use super::mistake::Mistake;
use super::span::{SourceId, Span};
use super::token::{Lexeme, Token};
use super::tree::{Block, Statement, StatementKind, Tree};
use crate::diagnostics::report::Report;
use crate::diagnostics::source::Source;

/// How many statements that do not fit the grammar are reported in one go.
pub const MAX_REREADINGS: usize = 20;

/// How many reports on one text are given: more would be the consequences of those.
pub const MAX_REPORTS: usize = 50;

/// What became of a text.
pub struct Parsed {
    /// The program. Where a report was made it may hold [`StatementKind::Error`].
    pub tree: Tree,
    /// Everything that is wrong, in the order of the text. Empty: the text is a program.
    pub reports: Vec<Report>,
}

/// Reads a text.
pub fn parse(source: &Source) -> Parsed {
    let span = Span::new(source.id, 0, source.text.len());
    if u32::try_from(source.text.len()).is_err() {
        let report = Report::without_place(format!("{} is larger than 4 GiB", source.name));
        return Parsed {
            tree: whole(vec![error_statement(span)], span),
            reports: vec![report],
        };
    }
    let mut lexed = lex(source.id, &source.text);
    let mut layout = lay_out(source.id, &source.text, &lexed.lexemes);
    // Both lists together would be the most that reading ever needs.
    lexed.lexemes = Vec::new();
    lexed.reports.append(&mut layout.reports);
    let statements = if layout.too_deep {
        vec![error_statement(span)]
    } else if let Some(at) = find_too_deep(&layout.lexemes) {
        let place = &layout.lexemes[at];
        let place = Span::new(source.id, place.start, place.end);
        lexed.reports.push(
            Report::error(place, "nested too deeply (recursion)")
                .label(format!(
                    "more than {MAX_TREE_DEPTH} expressions, each inside of the other"
                ))
                .help("give names to parts of it"),
        );
        vec![error_statement(span)]
    } else {
        read_statements(source, &mut lexed, layout.lexemes)
    };
    let mut reports = lexed.reports;
    reports.sort_by_key(|report| {
        report
            .primary
            .as_ref()
            .map(|label| (label.span.start, label.span.end))
    });
    reports.truncate(MAX_REPORTS);
    Parsed {
        tree: whole(statements, span),
        reports,
    }
}

fn whole(statements: Vec<Statement>, span: Span) -> Tree {
    Tree {
        block: Block { statements, span },
    }
}

fn error_statement(span: Span) -> Statement {
    Statement {
        kind: StatementKind::Error,
        span,
    }
}

/// Reads the tokens until they all fit.
fn read_statements(
    source: &Source,
    lexed: &mut Lexed<'_>,
    mut lexemes: Vec<Lexeme<'_>>,
) -> Vec<Statement> {
    let parser = ProgramParser::new();
    for _ in 0..MAX_REREADINGS {
        let mut builder = Builder::new(source.id, &source.text, &lexed.documentation);
        let taken = Cell::new(0);
        let tokens = lexemes.iter().map(|lexeme| {
            taken.set(taken.get() + 1);
            Ok::<_, ()>((lexeme.start, lexeme.token.clone(), lexeme.end))
        });
        let (at, expected) = match parser.parse(&mut builder, tokens) {
            Ok(statements) => {
                lexed.reports.append(&mut builder.reports);
                return statements;
            }
            Err(ParseError::UnrecognizedEof { expected, .. }) => (lexemes.len(), expected),
            Err(ParseError::UnrecognizedToken { expected, .. }) => (taken.get() - 1, expected),
            // The lexer gives no errors and the grammar reads to the end: these do not occur.
            Err(
                ParseError::User { .. }
                | ParseError::InvalidToken { .. }
                | ParseError::ExtraToken { .. },
            ) => (taken.get().saturating_sub(1), Vec::new()),
        };
        let statement = statement_around(&lexemes, at);
        if !is_reported(lexed, &lexemes, &statement, at) && !goes_on_with_bad(&lexemes, at) {
            let mistake = Mistake {
                source,
                lexemes: &lexemes,
                at,
                statement: statement.start,
                expected: &expected,
            };
            lexed.reports.push(explain(&mistake));
        }
        if statement.is_empty() {
            break;
        }
        replace(&mut lexemes, statement, at);
    }
    vec![error_statement(Span::new(source.id, 0, source.text.len()))]
}

/// The innermost statement that holds the token at `at` or ends with it.
fn statement_around(lexemes: &[Lexeme<'_>], at: usize) -> Range<usize> {
    let mut depth = 0usize;
    let mut start = at;
    while start > 0 {
        match lexemes[start - 1].token {
            Token::ParenClose | Token::SquareClose | Token::HoleClose | Token::BraceClose => {
                depth += 1
            }
            Token::BraceOpen | Token::Separator if depth == 0 => break,
            Token::ParenOpen | Token::SquareOpen | Token::HoleOpen | Token::BraceOpen => {
                depth = depth.saturating_sub(1);
            }
            _ => {}
        }
        start -= 1;
    }
    let mut depth = 0usize;
    let mut end = start;
    while let Some(lexeme) = lexemes.get(end) {
        match lexeme.token {
            Token::ParenOpen | Token::SquareOpen | Token::HoleOpen | Token::BraceOpen => depth += 1,
            Token::BraceClose | Token::Separator if depth == 0 => break,
            Token::ParenClose | Token::SquareClose | Token::HoleClose | Token::BraceClose => {
                depth = depth.saturating_sub(1);
            }
            _ => {}
        }
        end += 1;
    }
    start..end
}

/// Whether lexer or layout have already reported something there: what does not fit the grammar
/// is then most likely the same mistake.
fn is_reported(
    lexed: &Lexed<'_>,
    lexemes: &[Lexeme<'_>],
    statement: &Range<usize>,
    at: usize,
) -> bool {
    let Some(first) = lexemes.get(statement.start) else {
        return false;
    };
    // A stray bracket was dropped: it is no longer among the tokens, but before the next one.
    let end = match lexemes.get(at) {
        Some(found) if statement.contains(&at) => found.end,
        Some(found) => found.start,
        None => lexemes.last().map_or(0, |last| last.end),
    };
    let mut places = lexed
        .reports
        .iter()
        .filter_map(|report| report.primary.as_ref());
    if places.any(|label| (first.start..=end).contains(&(label.span.start as usize))) {
        return true;
    }
    // A bracket that the wrong one closes: the text in between was meant for after it.
    let mut opened = lexed.reports.iter().flat_map(|report| &report.secondary);
    let around = open_bracket_around(&lexemes[statement.start..at.min(lexemes.len())]);
    if opened.any(|label| Some(label.span.start as usize) == around) {
        return true;
    }
    // `else` of a condition whose `:` is reported.
    let behind = &lexemes[at.min(statement.end)..statement.end];
    let mut header = behind
        .iter()
        .take_while(|lexeme| lexeme.token != Token::BraceOpen);
    header.any(|lexeme| lexeme.token == Token::Error)
}

/// Where the innermost bracket begins that is open at the end of these tokens.
fn open_bracket_around(lexemes: &[Lexeme<'_>]) -> Option<usize> {
    let mut depth = 0usize;
    for lexeme in lexemes.iter().rev() {
        match lexeme.token {
            Token::ParenClose | Token::SquareClose | Token::HoleClose | Token::BraceClose => {
                depth += 1;
            }
            Token::ParenOpen | Token::SquareOpen | Token::HoleOpen | Token::BraceOpen => {
                match depth.checked_sub(1) {
                    Some(left) => depth = left,
                    None => return Some(lexeme.start),
                }
            }
            _ => {}
        }
    }
    None
}

/// Whether the token at `at` is the operator that a line begins with, and the line before is
/// reported already: several lines of one expression are one slip.
fn goes_on_with_bad(lexemes: &[Lexeme<'_>], at: usize) -> bool {
    let before = |count: usize| Some(&lexemes.get(at.checked_sub(count)?)?.token);
    let operator = lexemes
        .get(at)
        .is_some_and(|found| found.token.continues_line());
    operator && before(1) == Some(&Token::Separator) && before(2) == Some(&Token::Bad)
}

/// Puts a [`Token::Bad`] and the blocks behind the mistake in place of a statement.
fn replace(lexemes: &mut Vec<Lexeme<'_>>, statement: Range<usize>, at: usize) {
    let bad = Lexeme {
        token: Token::Bad,
        start: lexemes[statement.start].start,
        end: lexemes[statement.end - 1].end,
    };
    let mut kept = vec![bad];
    let mut depth = 0usize;
    let mut keeping = false;
    for (index, lexeme) in (statement.start..).zip(&lexemes[statement.clone()]) {
        let outermost = depth == 0;
        match lexeme.token {
            Token::ParenOpen | Token::SquareOpen | Token::HoleOpen => depth += 1,
            Token::BraceOpen => {
                depth += 1;
                keeping |= outermost && index >= at;
            }
            Token::ParenClose | Token::SquareClose | Token::HoleClose | Token::BraceClose => {
                depth = depth.saturating_sub(1);
            }
            _ => {}
        }
        if keeping {
            kept.push(lexeme.clone());
        }
        keeping &= depth > 0;
    }
    if let Some(next) = kept.get(1) {
        let next = next.start;
        kept[0].end = next;
    }
    lexemes.splice(statement, kept);
}

/// Reads a text that is no file of its own; for tests and tools.
pub fn parse_text(text: &str) -> Parsed {
    let sources = crate::diagnostics::source::Sources::default();
    let source = sources.add("<code>", text);
    debug_assert_eq!(source.id, SourceId(0));
    parse(&source)
}

#[cfg(test)]
#[path = "tests/parser.rs"]
mod tests;

#[cfg(test)]
#[path = "tests/depth.rs"]
mod depth_tests;

#[cfg(test)]
#[path = "tests/soup.rs"]
mod soup_tests;
