//! What the resolver knows before it reads a program: the names of builtins with their
//! parameters, and in a session the variables of earlier entries.

use std::sync::Arc;

use foldhash::HashMap;

use super::signature::Signature;
use crate::syntax::span::Span;

/// The builtins, as far as names and calls go.
///
/// A name may have several rows, such as `join(task)` and `join(sep, xs)`, or none when it is no
/// function: `pi`, and the places `thread` and `process`.
#[derive(Clone, Debug, Default)]
pub struct Prelude {
    rows: HashMap<&'static str, Vec<Signature>>,
}

impl Prelude {
    /// No builtins.
    pub fn new() -> Prelude {
        Prelude::default()
    }

    /// Adds a row of a builtin function.
    pub fn function(&mut self, name: &'static str, signature: Signature) {
        self.rows.entry(name).or_default().push(signature);
    }

    /// Adds a name that is no function.
    pub fn constant(&mut self, name: &'static str) {
        self.rows.entry(name).or_default();
    }

    /// The rows of a builtin: empty for what is no function, `None` for what is no builtin.
    pub fn rows(&self, name: &str) -> Option<&[Signature]> {
        self.rows.get(name).map(Vec::as_slice)
    }

    /// Whether there is a builtin of this name.
    pub fn contains(&self, name: &str) -> bool {
        self.rows.contains_key(name)
    }

    /// All names, in no order.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.rows.keys().copied()
    }
}

/// A variable of an earlier entry of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OuterVariable {
    /// Its name.
    pub name: Arc<str>,
    /// Where it was declared.
    pub declared: Span,
}
