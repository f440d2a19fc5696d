//! Payloads of a whole word.
//!
//! Rust keeps an enum of a tag and a word in two registers, copies it as two words and hands it
//! back from functions that way, if the payloads of all variants are integers or pointers of
//! exactly 64 bits. A bool of one byte or a float among them would send every value through
//! memory, where the processor waits for the parts to be put together.

/// The payload of a bool.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Truth {
    /// `false`
    False = 0,
    /// `true`
    True = 1,
}

impl Truth {
    /// As Rust has it.
    #[inline(always)]
    pub fn get(self) -> bool {
        self == Truth::True
    }
}

impl From<bool> for Truth {
    #[inline(always)]
    fn from(value: bool) -> Truth {
        match value {
            true => Truth::True,
            false => Truth::False,
        }
    }
}

/// The payload of a float: its bits.
#[derive(Copy, Clone)]
pub struct Float(u64);

impl Float {
    /// As Rust has it.
    #[inline(always)]
    pub fn get(self) -> f64 {
        f64::from_bits(self.0)
    }
}

impl From<f64> for Float {
    #[inline(always)]
    fn from(value: f64) -> Float {
        Float(value.to_bits())
    }
}

impl std::fmt::Debug for Float {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.get().fmt(out)
    }
}
