//! The lines of a source that a report shows.
//!
//! Reports are drawn by a library that wants a text with lines. It gets a small one, made of the
//! lines that have labels on them, with their numbers and columns of the source:
//!
//! ```text
//! source            excerpt
//! 1 let a = 1       1 let a = 1
//! 2 ...                              empty: two lines apart or more, the gap is drawn as dots
//! 9 let a = 2       9 let a = 2
//! ```
//!
//! A line of thousands of characters is cut to what is around the first label on it.

use std::ops::Range;
use std::sync::Arc;

use codespan_reporting::files::{self, Error, Files};

use super::source::Source;
use crate::syntax::span::{SourceId, Span};

/// A longer line is cut, counted in characters.
const LONGEST_LINE: usize = 100;

/// Columns before the text of a line: its number and the bar.
const GUTTER: usize = 5;

struct Line {
    /// From 1.
    number: usize,
    /// The part of the source that is shown.
    shown: Range<usize>,
    /// Characters of the source's line before that part.
    skipped: usize,
    /// Where the shown part begins in the excerpt.
    start: usize,
    /// Where the line begins in the excerpt (before an ellipsis).
    line_start: usize,
}

/// Some lines of one source.
pub struct Excerpt {
    source: Arc<Source>,
    lines: Vec<Line>,
    text: String,
    /// Where each line begins in `text`.
    starts: Vec<usize>,
    /// A longer line is cut, counted in characters.
    longest: usize,
}

impl Excerpt {
    /// What is needed to show these places.
    pub fn new(source: Arc<Source>, spans: Vec<Span>) -> Excerpt {
        Excerpt::within(source, spans, LONGEST_LINE)
    }

    /// The same with no line longer than this many characters.
    pub fn within(source: Arc<Source>, mut spans: Vec<Span>, longest: usize) -> Excerpt {
        spans.sort_by_key(|span| span.start);
        let mut excerpt = Excerpt {
            source,
            lines: Vec::new(),
            text: String::new(),
            starts: Vec::new(),
            longest: longest.min(LONGEST_LINE),
        };
        for span in spans {
            let number = excerpt.source.position(span.start).0;
            match excerpt.lines.last().map(|line| number - line.number) {
                Some(0) => continue,
                Some(2) => {
                    let between = excerpt.line_range(number - 1);
                    excerpt.add(number - 1, between.start, between);
                }
                Some(distance) if distance > 2 => {
                    for _ in 0..2 {
                        excerpt.starts.push(excerpt.text.len());
                        excerpt.text.push('\n');
                        let last = excerpt.lines.len() - 1;
                        let number = excerpt.lines[last].number + 1;
                        let at = excerpt.text.len() - 1;
                        excerpt.lines.push(Line {
                            number,
                            shown: 0..0,
                            skipped: 0,
                            start: at,
                            line_start: at,
                        });
                    }
                }
                _ => {}
            }
            let line = excerpt.line_range(number);
            excerpt.add(number, span.start as usize, line);
        }
        excerpt
    }

    /// The bytes of a line (from 1), without its end.
    fn line_range(&self, number: usize) -> Range<usize> {
        let line = self.source.line_range(number);
        let text = &self.source.text[line.clone()];
        line.start..line.start + text.trim_end_matches(['\r', '\n']).len()
    }

    fn add(&mut self, number: usize, place: usize, line: Range<usize>) {
        let text = &self.source.text;
        let mut shown = line.clone();
        if text[line.clone()].chars().nth(self.longest).is_some() {
            let place = floor(text, place.clamp(line.start, line.end));
            let before = text[line.start..place].char_indices().rev();
            shown.start = before
                .take(self.longest / 3)
                .last()
                .map_or(place, |(at, _)| line.start + at);
            let after = text[shown.start..line.end].char_indices();
            shown.end = after
                .take(self.longest + 1)
                .last()
                .map_or(line.end, |(at, _)| shown.start + at);
            if text[shown.end..line.end].chars().nth(1).is_none() {
                shown.end = line.end;
            }
        }
        let line_start = self.text.len();
        self.starts.push(line_start);
        if shown.start > line.start {
            self.text.push('…');
        }
        let start = self.text.len();
        self.text.push_str(&text[shown.clone()]);
        if shown.end < line.end {
            self.text.push('…');
        }
        self.text.push('\n');
        self.lines.push(Line {
            number,
            skipped: text[line.start..shown.start].chars().count(),
            shown,
            start,
            line_start,
        });
    }

    /// Columns from the left edge to the end of a place, as it is drawn.
    pub fn columns(&self, span: Span) -> usize {
        let range = self.range(span);
        let start = self.text[..range.start].rfind('\n').map_or(0, |at| at + 1);
        GUTTER + self.text[start..range.end].chars().count()
    }

    /// Where a place is in the excerpt: its part on its first line, at least one column wide.
    pub fn range(&self, span: Span) -> Range<usize> {
        let number = self.source.position(span.start).0;
        let Some(line) = self.lines.iter().find(|line| line.number == number) else {
            return 0..0;
        };
        let inside = |at: usize| {
            floor(
                &self.source.text,
                at.clamp(line.shown.start, line.shown.end),
            )
        };
        let start = inside(span.start as usize);
        let end = inside(span.end as usize).max(start);
        line.start + start - line.shown.start..line.start + end - line.shown.start
    }
}

/// The nearest beginning of a character at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The excerpts of all sources one report shows.
pub struct Excerpts(pub Vec<(SourceId, Excerpt)>);

impl Excerpts {
    /// That of one source.
    pub fn get(&self, id: SourceId) -> Option<&Excerpt> {
        self.0
            .iter()
            .find(|(source, _)| *source == id)
            .map(|(_, excerpt)| excerpt)
    }

    fn file(&self, id: SourceId) -> Result<&Excerpt, Error> {
        self.get(id).ok_or(Error::FileMissing)
    }
}

impl<'a> Files<'a> for Excerpts {
    type FileId = SourceId;
    type Name = &'a str;
    type Source = &'a str;

    fn name(&'a self, id: SourceId) -> Result<&'a str, Error> {
        Ok(&self.file(id)?.source.name)
    }

    fn source(&'a self, id: SourceId) -> Result<&'a str, Error> {
        Ok(&self.file(id)?.text)
    }

    fn line_index(&'a self, id: SourceId, byte_index: usize) -> Result<usize, Error> {
        let starts = &self.file(id)?.starts;
        Ok(starts
            .partition_point(|&start| start <= byte_index)
            .saturating_sub(1))
    }

    fn line_number(&'a self, id: SourceId, line_index: usize) -> Result<usize, Error> {
        Ok(self
            .file(id)?
            .lines
            .get(line_index)
            .map_or(1, |line| line.number))
    }

    fn column_number(
        &'a self,
        id: SourceId,
        line_index: usize,
        byte_index: usize,
    ) -> Result<usize, Error> {
        let file = self.file(id)?;
        let Some(line) = file.lines.get(line_index) else {
            return Ok(1);
        };
        let range = line.start..file.text.len();
        Ok(line.skipped + files::column_index(&file.text, range, byte_index.max(line.start)) + 1)
    }

    fn line_range(&'a self, id: SourceId, line_index: usize) -> Result<Range<usize>, Error> {
        let file = self.file(id)?;
        let start = file
            .lines
            .get(line_index)
            .map_or(file.text.len(), |line| line.line_start);
        let end = file
            .starts
            .get(line_index + 1)
            .copied()
            .unwrap_or(file.text.len());
        Ok(start..end)
    }
}
