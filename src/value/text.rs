//! Strings: immutable, and their elements are characters.

use std::cmp::Ordering;
use std::hash::{BuildHasher, Hash, Hasher};
use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, LazyLock};

/// A string. It knows how many characters it has, so that an index into plain ASCII text takes no
/// walk; and it remembers its hash, so that a key is hashed once, however often it is looked up.
#[derive(Clone, Debug)]
pub struct Text(Arc<Body>);

#[derive(Debug)]
struct Body {
    text: Box<str>,
    characters: usize,
    /// 0 while nobody has asked.
    hash: AtomicU64,
}

/// Strings come from outside: who sends them should not know where they will lie.
static HASHES: LazyLock<foldhash::quality::RandomState> =
    LazyLock::new(foldhash::quality::RandomState::default);

impl Text {
    /// Its hash, which is the same for equal strings as long as the program runs.
    #[inline]
    pub fn hash_code(&self) -> u64 {
        match self.0.hash.load(Relaxed) {
            0 => {
                let hash = HASHES.hash_one(&**self).max(1);
                self.0.hash.store(hash, Relaxed);
                hash
            }
            known => known,
        }
    }

    /// Whether both are one string in memory: then they are equal.
    #[inline(always)]
    pub fn is_same(&self, other: &Text) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

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

impl PartialEq for Text {
    #[inline]
    fn eq(&self, other: &Text) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.text == other.0.text
    }
}

impl Eq for Text {}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Text) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text {
    fn cmp(&self, other: &Text) -> Ordering {
        self.0.text.cmp(&other.0.text)
    }
}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.text.hash(state);
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
        Text(Arc::new(Body {
            text,
            characters,
            hash: AtomicU64::new(0),
        }))
    }
}
