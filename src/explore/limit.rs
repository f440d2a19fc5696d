//! When an execution under way is broken off: the time is over, or somebody wants to see what
//! there is.
//!
//! Most executions are over in microseconds, so it is enough to look now and then; but one alone
//! may take minutes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Until when executions go on.
#[derive(Clone, Debug, Default)]
pub struct Limit {
    /// Set by whoever wants to see what there is.
    pub stop: Arc<AtomicBool>,
    /// When the time is over.
    pub until: Option<Instant>,
}

impl Limit {
    /// There is no more time, or somebody wants to see what there is.
    pub fn is_passed(&self) -> bool {
        let is_stopped = self.stop.load(Ordering::Relaxed);
        is_stopped || self.until.is_some_and(|until| Instant::now() >= until)
    }
}
