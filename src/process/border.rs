//! What packing and unpacking need to know of where they happen.
//!
//! ```text
//!   function = (unit 0, template 7, captures)     Units: which program is unit 0 here
//!   error    = (…, span in source 2)              Sources: is there such a place
//!   queue    = (queue, 4711)                      Handles: who is called that
//! ```

use super::bytes::Read;
use super::packed::HandleName;
use crate::diagnostics::source::Sources;
use crate::value::Value;
use crate::value::units::Units;

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
