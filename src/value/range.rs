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

    /// The integers at the indexes from `start` up to `end`, both at most the length.
    pub fn part(&self, start: u64, end: u64) -> Range {
        // The end of the whole range is where a bound would come to lie that 64 bits do not hold:
        // it lies between the last integer and that bound.
        let bound = |index: u64| {
            let exact = i128::from(self.start) + i128::from(self.step) * i128::from(index);
            i64::try_from(exact).unwrap_or(self.end)
        };
        Range {
            start: bound(start),
            end: bound(end),
            step: self.step,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(start: i64, end: i64, step: i64) -> Range {
        Range { start, end, step }
    }

    fn elements(range: Range) -> Vec<i64> {
        (0..range.len()).map(|index| range.nth(index)).collect()
    }

    #[test]
    fn small_ranges_are_what_counting_gives() {
        for start in -5..5 {
            for end in -5..5 {
                for step in [-3, -2, -1, 1, 2, 3] {
                    let range = range(start, end, step);
                    let mut counted = Vec::new();
                    let mut at = start;
                    while (step > 0 && at < end) || (step < 0 && at > end) {
                        counted.push(at);
                        at += step;
                    }
                    assert_eq!(elements(range), counted);
                    for number in -9..9 {
                        assert_eq!(range.contains(number), counted.contains(&number));
                    }
                    for from in 0..=counted.len() {
                        for to in from..=counted.len() {
                            let part = range.part(from as u64, to as u64);
                            assert_eq!(elements(part), counted[from..to]);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn at_the_ends_of_64_bits_nothing_overflows() {
        let all = range(i64::MIN, i64::MAX, 1);
        assert_eq!(all.len(), u64::MAX);
        assert_eq!(all.nth(u64::MAX - 1), i64::MAX - 1);
        let down = range(i64::MAX, i64::MIN, -1);
        assert_eq!(down.len(), u64::MAX);
        assert_eq!(down.nth(u64::MAX - 1), i64::MIN + 1);
        let two = range(i64::MIN, i64::MAX, i64::MAX);
        assert_eq!(elements(two), [i64::MIN, -1, i64::MAX - 1]);
        assert_eq!(elements(two.part(1, 3)), [-1, i64::MAX - 1]);
        assert_eq!(elements(two.part(3, 3)), [0i64; 0]);
        let steep = range(i64::MAX, i64::MIN, i64::MIN);
        assert_eq!(elements(steep), [i64::MAX, -1]);
        assert!(steep.contains(-1) && !steep.contains(0));
        assert_eq!(elements(steep.part(2, 2)), [0i64; 0]);
    }
}
