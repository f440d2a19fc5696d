//! The texts that spans point into.

use std::ops::Range;
use std::sync::Arc;

use parking_lot::RwLock;

use crate::syntax::span::{SourceId, Span};

/// One text: a file, `-e` code, standard input or an entry of a session.
#[derive(Debug)]
pub struct Source {
    /// Its number.
    pub id: SourceId,
    /// What reports call it: the path as the user gave it, or `<code>`, `<stdin>`, `<entry 3>`.
    pub name: String,
    /// The text.
    pub text: Arc<str>,
    line_starts: Vec<u32>,
}

impl Source {
    /// Line and column of a byte offset, both from 1; columns count characters.
    pub fn position(&self, offset: u32) -> (usize, usize) {
        let line = self.line_starts.partition_point(|&start| start <= offset) - 1;
        let start = self.line_starts[line] as usize;
        let end = (offset as usize).min(self.text.len());
        let column = self
            .text
            .get(start..end)
            .map_or(0, |text| text.chars().count());
        (line + 1, column + 1)
    }

    /// The text of a line (from 1), without its end; empty past the last one.
    pub fn line(&self, number: usize) -> &str {
        self.text[self.line_range(number)].trim_end_matches(['\n', '\r'])
    }

    /// The bytes of a line (from 1), with its end; empty past the last one.
    pub fn line_range(&self, number: usize) -> Range<usize> {
        let start = |line: usize| {
            self.line_starts
                .get(line)
                .map_or(self.text.len(), |&start| start as usize)
        };
        start(number.saturating_sub(1))..start(number)
    }
}

/// All texts of a program or session, shared by everything that reports.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    all: Arc<RwLock<Vec<Arc<Source>>>>,
}

impl Sources {
    /// Adds a text and gives it the next number.
    pub fn add(&self, name: impl Into<String>, text: impl Into<Arc<str>>) -> Arc<Source> {
        let text = text.into();
        let mut line_starts = vec![0];
        line_starts.extend(text.match_indices('\n').map(|(at, _)| at as u32 + 1));
        let mut all = self.all.write();
        let source = Arc::new(Source {
            id: SourceId(all.len() as u32),
            name: name.into(),
            text,
            line_starts,
        });
        all.push(source.clone());
        source
    }

    /// The text at this place, in the order in which they were added.
    pub fn get_at(&self, place: usize) -> Option<Arc<Source>> {
        self.all.read().get(place).cloned()
    }

    /// The text with this number.
    pub fn get(&self, id: SourceId) -> Option<Arc<Source>> {
        self.all.read().get(id.0 as usize).cloned()
    }

    /// The line of where a span begins.
    pub fn line_of(&self, span: Span) -> usize {
        self.get(span.source)
            .map_or(0, |source| source.position(span.start).0)
    }

    /// `name:line:column` of where a span begins.
    pub fn locate(&self, span: Span) -> String {
        match self.get(span.source) {
            Some(source) => {
                let (line, column) = source.position(span.start);
                format!("{}:{line}:{column}", source.name)
            }
            None => String::from("<unknown>"),
        }
    }
}
