//! What packing and unpacking need to know of where they happen.
//!
//! ```text
//!   function = (unit 0, template 7, captures)     Units: which program is unit 0 here
//!   error    = (…, span in source 2)              Sources: is there such a place
//!   queue    = (queue, 4711)                      Handles: who is called that
//! ```

use std::sync::Arc;

use parking_lot::RwLock;
use serde::{Deserialize, Serialize};

use super::bytes::Read;
use super::packed::HandleName;
use crate::diagnostics::source::Sources;
use crate::value::Value;
use crate::value::function::Unit;

/// The number of a program; a session has one for every entry.
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

/// Who knows handles by name.
pub trait Handles {
    /// The name of a queue, lock, semaphore, future or task, given now if it had none; or why it
    /// cannot be sent, as the end of a sentence: `a future of an older run`.
    fn export(&mut self, handle: &Value) -> Result<HandleName, String>;

    /// What is called by a name that has come from the other end.
    fn import(&mut self, name: HandleName) -> Read<Value>;
}

/// Where values are packed and unpacked.
pub struct Border<'a> {
    /// The programs that functions belong to.
    pub units: &'a Units,
    /// The texts that positions of errors point into.
    pub sources: &'a Sources,
    /// The names of handles.
    pub handles: &'a mut dyn Handles,
}
