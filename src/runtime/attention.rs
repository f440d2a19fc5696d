//! Whether a seat is to look up from what it computes: a cancel may strike, or another of its
//! fibers have its turn.
//!
//! It is looked at at every turn of a loop and every call. The word is a mask, so that a loop that
//! counts its turns down can look at both at once:
//!
//! ```text
//!   turns left    & !0 (calm)    = turns left     0 when the loop is at its end
//!   turns left    &  0 (wanted)  = 0              then it looks which of the two it was
//! ```

use std::sync::atomic::{AtomicU64, Ordering};

use crate::gate::UNCHECKED;

const CALM: u64 = !0;
const WANTED: u64 = 0;

/// Whether a seat is wanted.
#[derive(Debug)]
pub struct Attention(AtomicU64);

impl Attention {
    /// Of a seat that is left alone.
    pub fn calm() -> Attention {
        Attention(AtomicU64::new(CALM))
    }

    /// It is wanted.
    pub fn want(&self, ordering: Ordering) {
        self.0.store(WANTED, ordering);
    }

    /// It has looked up.
    pub fn settle(&self) {
        self.0.store(CALM, Ordering::SeqCst);
    }

    /// Whether it is wanted.
    #[inline(always)]
    pub fn is_wanted(&self) -> bool {
        self.mask() == WANTED
    }

    /// All bits, or none if it is wanted.
    #[inline(always)]
    pub fn mask(&self) -> u64 {
        match UNCHECKED {
            true => CALM,
            false => self.0.load(Ordering::Relaxed),
        }
    }
}
