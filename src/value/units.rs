//! The programs that functions belong to, numbered alike in all processes of a run.
//!
//! A script is one unit; a session has one for every entry.

use std::sync::Arc;

use parking_lot::RwLock;
use serde::{Deserialize, Serialize};

use super::function::Unit;

/// The number of a program.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct UnitId(pub u32);

/// The programs that both ends know, in the same order.
#[derive(Clone, Default)]
pub struct Units {
    all: Arc<RwLock<Vec<&'static Unit>>>,
}

impl Units {
    /// Gives a program the next number.
    pub fn add(&self, unit: &'static Unit) -> UnitId {
        let mut all = self.all.write();
        all.push(unit);
        UnitId(all.len() as u32 - 1)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.all.read().len()
    }

    /// The number of a program; the newest are found first.
    pub fn id(&self, unit: &'static Unit) -> Option<UnitId> {
        let all = self.all.read();
        let place = all.iter().rposition(|other| std::ptr::eq(*other, unit))?;
        Some(UnitId(place as u32))
    }

    /// The program with a number.
    pub fn get(&self, id: UnitId) -> Option<&'static Unit> {
        self.all.read().get(id.0 as usize).copied()
    }
}
