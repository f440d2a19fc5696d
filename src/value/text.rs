//! Strings: immutable, and their elements are characters.
//!
//! ```text
//!   "queue"             one piece of memory: counts, hash, the letters themselves
//!   a longer one        the same, and the letters in a piece of their own
//! ```

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
    letters: Letters,
    characters: usize,
    /// 0 while nobody has asked.
    hash: AtomicU64,
}

/// How many bytes lie in the string itself: as many as fit beside the length into what a longer
/// one takes.
const SHORT: usize = 22;

/// The bytes of a string, always of whole characters.
#[derive(Debug)]
enum Letters {
    /// How many, and those.
    Short(u8, [u8; SHORT]),
    Long(Box<str>),
}

const _: () = assert!(size_of::<Letters>() == 24);

impl Letters {
    /// Of a short text, with the number of its characters.
    #[inline]
    fn short(text: &str) -> Option<(Letters, usize)> {
        let mut bytes = [0; SHORT];
        bytes
            .get_mut(..text.len())?
            .copy_from_slice(text.as_bytes());
        // All bytes but those that continue a character, over an array whose size is known; the
        // zeros behind the text look like characters too.
        let begun = bytes.iter().filter(|&&byte| byte as i8 >= -0x40).count();
        let characters = begun - (SHORT - text.len());
        Some((Letters::Short(text.len() as u8, bytes), characters))
    }

    #[inline(always)]
    #[allow(unsafe_code)]
    fn as_str(&self) -> &str {
        match self {
            Letters::Short(length, bytes) => {
                let bytes = &bytes[..usize::from(*length)];
                // SAFETY: `short` alone makes them, of a whole text, and nothing changes them.
                // Measured: benches/words 1.14 times as fast, benches/strings 1.11 times.
                unsafe { std::str::from_utf8_unchecked(bytes) }
            }
            Letters::Long(text) => text,
        }
    }
}

/// Strings come from outside: who sends them should not know where they will lie.
static HASHES: LazyLock<foldhash::quality::RandomState> =
    LazyLock::new(foldhash::quality::RandomState::default);

impl Text {
    fn new(letters: Letters, characters: usize) -> Text {
        Text(Arc::new(Body {
            letters,
            characters,
            hash: AtomicU64::new(0),
        }))
    }

    fn long(text: Box<str>) -> Text {
        // Most texts are ASCII, which is seen faster than counted.
        let characters = match text.is_ascii() {
            true => text.len(),
            false => text.chars().count(),
        };
        Text::new(Letters::Long(text), characters)
    }

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
        self.0.characters == self.len()
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
        Arc::ptr_eq(&self.0, &other.0) || **self == **other
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
        (**self).cmp(&**other)
    }
}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl Deref for Text {
    type Target = str;

    #[inline(always)]
    fn deref(&self) -> &str {
        self.0.letters.as_str()
    }
}

impl From<&str> for Text {
    #[inline]
    fn from(text: &str) -> Text {
        match Letters::short(text) {
            Some((letters, characters)) => Text::new(letters, characters),
            None => Text::long(text.into()),
        }
    }
}

impl From<String> for Text {
    fn from(text: String) -> Text {
        match Letters::short(&text) {
            Some((letters, characters)) => Text::new(letters, characters),
            None => Text::long(text.into_boxed_str()),
        }
    }
}

impl From<Box<str>> for Text {
    fn from(text: Box<str>) -> Text {
        match Letters::short(&text) {
            Some((letters, characters)) => Text::new(letters, characters),
            None => Text::long(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_are_alike() {
        for length in 0..2 * SHORT {
            for character in ["a", "é", "€", "🦀", "\0"] {
                let text = character.repeat(length);
                let ways = [
                    Text::from(&*text),
                    Text::from(text.clone()),
                    Text::from(text.clone().into_boxed_str()),
                ];
                for way in ways {
                    assert_eq!(&*way, text);
                    assert_eq!(way.characters(), length);
                    assert_eq!(way.is_ascii(), text.is_ascii());
                    assert_eq!(way, Text::long(text.clone().into_boxed_str()));
                    assert_eq!(way.hash_code(), Text::from(&*text).hash_code());
                }
            }
        }
    }
}
