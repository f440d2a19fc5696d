//! Places: where a task runs.

/// The builtin places.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
// (A whole word, as every payload of a value: see `value::word`.)
#[repr(u64)]
pub enum Place {
    /// A thread of this process: shares everything.
    Thread,
    /// A worker process: shares nothing but handles.
    Process,
}

impl Place {
    /// Its name in programs.
    pub fn name(self) -> &'static str {
        match self {
            Place::Thread => "thread",
            Place::Process => "process",
        }
    }
}
