//! The names in scope: what earlier entries have declared.
//!
//! Every one is a cell that entries, functions and tasks share, so a `let` or `fn` done again is
//! seen by all of them. `_` is the last value that was shown, `_3` the value of entry 3.

use std::sync::Arc;

use parking_lot::RwLock;

use crate::gate::Gate;
use crate::resolve::OuterVariable;
use crate::syntax::span::Span;
use crate::value::Value;
use crate::value::cell::SharedCell;

/// How many values of earlier entries are kept as `_1`, `_2`, ….
const VALUES_KEPT: usize = 500;

/// A name in scope.
#[derive(Clone, Debug)]
pub struct Known {
    /// The name.
    pub name: Arc<str>,
    /// Where it was declared first.
    pub declared: Span,
    /// Its cell.
    pub cell: Value,
}

impl Known {
    /// What it stands for.
    pub fn value(&self) -> Option<Value> {
        match &self.cell {
            Value::Shared(cell) => cell.get(&Gate::open()),
            _ => None,
        }
    }

    /// Whether it was declared by an entry, rather than `_` or `_3`.
    pub fn is_declared(&self) -> bool {
        !is_of_values(&self.name)
    }
}

/// `_`, `_1`, `_2`, …
fn is_of_values(name: &str) -> bool {
    name.strip_prefix('_')
        .is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// All names in scope, in the order of their declaration.
#[derive(Clone, Debug, Default)]
pub struct Names {
    all: Arc<RwLock<Vec<Known>>>,
}

impl Names {
    /// A copy of all of them.
    pub fn all(&self) -> Vec<Known> {
        self.all.read().clone()
    }

    /// What a name stands for.
    pub fn value(&self, name: &str) -> Option<Value> {
        let all = self.all.read();
        let known = all.iter().find(|known| &*known.name == name)?;
        known.value()
    }

    /// As the variables around the next entry, with their cells.
    pub fn outer(&self) -> (Vec<OuterVariable>, Vec<Value>) {
        let all = self.all.read();
        let variable = |known: &Known| OuterVariable {
            name: known.name.clone(),
            declared: known.declared,
        };
        (
            all.iter().map(variable).collect(),
            all.iter().map(|known| known.cell.clone()).collect(),
        )
    }

    /// An entry has declared a name; it counts only if its `let` has run.
    pub fn declare(&self, name: Arc<str>, declared: Span, cell: Value) {
        let known = Known {
            name,
            declared,
            cell,
        };
        if known.value().is_some() && &*known.name != "_" {
            self.all.write().push(known);
        }
    }

    /// The value of an entry has been shown.
    pub fn last_value(&self, entry: usize, value: &Value, at: Span) {
        let mut all = self.all.write();
        for name in [String::from("_"), format!("_{entry}")] {
            let cell = Value::Shared(Arc::new(SharedCell::filled(value.clone())));
            let known = Known {
                name: name.into(),
                declared: at,
                cell,
            };
            match all.iter_mut().find(|other| other.name == known.name) {
                Some(other) => *other = known,
                None => all.push(known),
            }
        }
        if let Some(old) = entry.checked_sub(VALUES_KEPT) {
            let old = format!("_{old}");
            all.retain(|known| *known.name != *old);
        }
    }

    /// Forgets all of them.
    pub fn clear(&self) {
        self.all.write().clear();
    }
}
