//! How far a search is: an estimate of the whole, and where the choices are.
//!
//! A depth-first search stands somewhere in its tree. If every branch of a state weighed the same,
//! it would be this far through (Knuth, "Estimating the efficiency of backtrack programs", 1975):
//!
//! ```text
//!   first state      2 of 4 branches done         2/4
//!     second state   1 of 3 branches done         + 1/4 * 1/3
//! ```
//!
//! Races add branches later on, so this is more than is really done, most of all at first.

use std::collections::BTreeMap;

use super::replay::Replayed;
use crate::diagnostics::source::Sources;

/// Where a search stands.
#[derive(Clone, Debug, Default)]
pub struct Situation {
    /// The share of the whole that is done, as far as can be told.
    pub share: f64,
    /// The execution under way, up to the last choice.
    pub schedule: String,
    /// For each of its steps that is a choice, its place and how many others there are.
    pub choices: Vec<(usize, u32)>,
}

impl Situation {
    /// The situation of a search on an execution; `branches` has how many were tried at each of
    /// its states, and how many there are.
    pub fn new(branches: impl Iterator<Item = (u32, u32)>, schedule: String) -> Situation {
        let mut situation = Situation {
            schedule,
            ..Situation::default()
        };
        let mut weight = 1.0;
        for (step, (tried, all)) in branches.enumerate() {
            if all > 1 {
                situation.share += weight * f64::from(tried) / f64::from(all);
                weight /= f64::from(all);
                situation.choices.push((step, all - 1));
            }
        }
        situation
    }
}

/// How many choices there are at each line, in the executions that were looked at.
#[derive(Debug, Default)]
pub struct Lines(BTreeMap<usize, u64>);

impl Lines {
    /// Looks at one more.
    pub fn add(&mut self, situation: &Situation, replayed: &Replayed, sources: &Sources) {
        for &(step, others) in &situation.choices {
            if let Some(told) = replayed.told.get(step) {
                *self.0.entry(sources.line_of(told.place)).or_default() += u64::from(others);
            }
        }
    }

    /// The line with the most choices, and its share of all in percent.
    pub fn most(&self) -> Option<(usize, u64)> {
        let all: u64 = self.0.values().sum();
        let (line, most) = self.0.iter().max_by_key(|(_, choices)| **choices)?;
        Some((*line, most * 100 / all.max(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_the_sum_over_the_path() {
        let branches = [(2, 4), (0, 1), (1, 3)];
        let situation = Situation::new(branches.into_iter(), String::from("a"));
        assert!((situation.share - (0.5 + 1.0 / 12.0)).abs() < 1e-9);
        assert_eq!(situation.choices, [(0, 3), (2, 2)]);
    }
}
