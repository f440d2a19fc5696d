//! Strings: immutable, and their elements are characters.

use std::ops::Deref;
use std::sync::Arc;

/// A string. It knows how many characters it has, so that an index into plain ASCII text takes no
/// walk.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(Arc<Body>);

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Body {
    text: Box<str>,
    characters: usize,
}

impl Text {
    /// How many characters it has.
    pub fn characters(&self) -> usize {
        self.0.characters
    }

    /// Whether every character is one byte.
    pub fn is_ascii(&self) -> bool {
        self.0.characters == self.0.text.len()
    }

    /// The characters from `start` up to and without `end`, both at most [`Text::characters`].
    pub fn slice(&self, start: usize, end: usize) -> Text {
        if start >= end {
            return Text::from("");
        }
        if self.is_ascii() {
            return Text::from(&self[start..end]);
        }
        let mut offsets = self.char_indices().map(|(at, _)| at).chain([self.len()]);
        let from = offsets.nth(start).unwrap_or(self.len());
        let to = offsets.nth(end - start - 1).unwrap_or(self.len());
        Text::from(&self[from..to])
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0.text
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        Text::from(Box::<str>::from(text))
    }
}

impl From<String> for Text {
    fn from(text: String) -> Text {
        Text::from(text.into_boxed_str())
    }
}

impl From<Box<str>> for Text {
    fn from(text: Box<str>) -> Text {
        let characters = text.chars().count();
        Text(Arc::new(Body { text, characters }))
    }
}
