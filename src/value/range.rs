//! Ranges: the integers from one to another, in steps.

/// `range(start, end, step)`; `step` is not 0.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// The first.
    pub start: i64,
    /// Where it stops, itself not included.
    pub end: i64,
    /// From one to the next.
    pub step: i64,
}

impl Range {
    /// How many integers it has.
    pub fn len(&self) -> u64 {
        let (low, high) = match self.step > 0 {
            true => (self.start, self.end),
            false => (self.end, self.start),
        };
        if low >= high {
            return 0;
        }
        let distance = high.abs_diff(low);
        distance.div_ceil(self.step.unsigned_abs())
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The one at an index from 0; the caller has checked that the index is below the length.
    pub fn nth(&self, index: u64) -> i64 {
        // Inside the range the exact result fits, so wrapping steps on the way do no harm.
        self.start
            .wrapping_add(self.step.wrapping_mul(index as i64))
    }

    /// Whether it has this integer.
    pub fn contains(&self, number: i64) -> bool {
        let inside = match self.step > 0 {
            true => self.start <= number && number < self.end,
            false => self.end < number && number <= self.start,
        };
        inside && (i128::from(number) - i128::from(self.start)) % i128::from(self.step) == 0
    }
}
