//! How a seat of the shared pool keeps out of the way of who makes many tiny futures.
//!
//! ```text
//!   makes  n n n n n n n n ...     another seat:  n n n n (these were tiny)  naps  n n n n  naps
//! ```
//!
//! A future that computes next to nothing may cost more on another processor than where it was
//! made: its memory goes there and back, and both processors want the queue at the same time.
//! Whether it does depends on the machine, so a seat tries. When thousands in a row were tiny, and
//! others made or ran at least as many meanwhile, it naps once and sees how far the others get
//! without it; if that is further than all got together, it naps after every few, else it stays
//! awake and tries again later. Whatever is not tiny it takes one after the other, and when the
//! others stop it takes all there is.

use std::time::{Duration, Instant};

/// How many futures lie between two looks at the clock.
const A_FEW: u32 = 32;

/// How many tiny ones it takes at once for later.
const MOST_IN_A_BATCH: usize = 16;

/// How long a future takes that is worth another processor, with its start and its end.
const WORTHWHILE: Duration = Duration::from_micros(2);

/// How long the first nap is; the next ones in a row are longer.
const NAP: Duration = Duration::from_micros(200);
const LONGEST_NAP: Duration = Duration::from_millis(1);

/// For how many looks a seat stays awake before it tries, and when the others got no further
/// without it.
const LOOKS_AWAKE: u32 = 100;

/// What a seat remembers of the futures it has taken.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// Since it last looked.
    taken: u32,
    /// When it last looked, and how many the others had made and run by then.
    looked: Option<(Instant, u64)>,
    /// Since then it has napped.
    napped: bool,
    /// How many a second the others made and ran while it last napped.
    without: Option<f64>,
    /// How long it naps next.
    nap: Duration,
    /// Whether those it took last were tiny.
    tiny: bool,
    /// How often in a row it was crowded when it looked, since its last nap.
    looks: u32,
}

impl Pace {
    /// It takes one more, unless it should nap first, for so long; `others` is how many futures
    /// were made, or run where they were forced, so far.
    pub fn takes_one(&mut self, others: impl Fn() -> u64) -> Option<Duration> {
        self.taken += 1;
        if self.taken < A_FEW && !self.napped {
            return None;
        }
        let taken = std::mem::take(&mut self.taken);
        let (now, others) = (Instant::now(), others());
        let (then, by_then) = self.looked.replace((now, others))?;
        let (time, by_others) = (now - then, others - by_then);
        let a_second = |count: u64| count as f64 / time.as_secs_f64();
        if std::mem::take(&mut self.napped) {
            self.without = Some(a_second(by_others));
            self.looks = 0;
            return None;
        }
        self.tiny = time < WORTHWHILE * A_FEW;
        if !self.tiny || by_others < A_FEW.into() {
            self.looks = 0;
            return None;
        }
        self.looks += 1;
        let together = a_second(by_others + u64::from(taken));
        let is_better = self.without.is_some_and(|without| without > together);
        if !is_better && self.looks < LOOKS_AWAKE {
            return None;
        }
        self.nap = match is_better {
            true => (self.nap * 2).min(LONGEST_NAP),
            false => NAP,
        };
        self.napped = true;
        Some(self.nap)
    }

    /// How many more it may take at once.
    pub fn batch(&self) -> usize {
        match self.tiny {
            true => MOST_IN_A_BATCH,
            false => 0,
        }
    }

    /// There is nothing to take any more.
    pub fn rests(&mut self) {
        *self = Pace {
            tiny: self.tiny,
            ..Pace::default()
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn naps(mut others: impl FnMut(u64) -> u64) -> usize {
        let mut pace = Pace::default();
        let turns = 0..3 * u64::from(LOOKS_AWAKE * A_FEW);
        turns
            .filter(|&turn| {
                let others = others(turn);
                pace.takes_one(|| others).is_some()
            })
            .count()
    }

    #[test]
    fn tiny_ones_are_left_to_who_makes_them() {
        // Unless something else keeps this thread from going on, each few are tiny.
        assert!(naps(|turn| turn) > 0);
    }

    #[test]
    fn when_the_others_stop_all_are_taken() {
        assert_eq!(naps(|_| 7), 0);
    }

    #[test]
    fn those_that_take_long_are_taken_at_once() {
        let long = |turn| {
            if turn % u64::from(A_FEW * LOOKS_AWAKE / 2) == 0 {
                std::thread::sleep(2 * WORTHWHILE * A_FEW);
            }
            turn
        };
        assert_eq!(naps(long), 0);
    }
}
