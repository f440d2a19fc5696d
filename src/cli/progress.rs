//! A line on the terminal that says how far an exploration is.
//!
//! ```text
//! 41,210 executions, 20,605 a second, 3 outcomes so far, about 60,000 in all; line 7: 62 % of all choices
//! ```

use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::diagnostics::source::Sources;
use crate::explore::exploration::{Bounds, Found};
use crate::explore::replay::replay;
use crate::explore::situation::{Lines, Situation};
use crate::explore::{schedule, table};
use crate::runtime::run::Runtime;
use crate::value::function::Unit;

/// How often it is told.
const OFTEN: Duration = Duration::from_millis(200);

/// After so long it is said where the choices are.
const SLOW: Duration = Duration::from_secs(3);

/// See the module.
pub(super) struct Progress<'s> {
    begun: Instant,
    on: bool,
    told: Option<Instant>,
    lines: Lines,
    subject: (Arc<Runtime>, &'static Unit, &'s Bounds, &'s Sources),
}

impl<'s> Progress<'s> {
    /// Nothing is told if it is to be quiet, or nobody is at a terminal.
    pub fn new(
        quiet: bool,
        subject: (Arc<Runtime>, &'static Unit, &'s Bounds, &'s Sources),
    ) -> Progress<'s> {
        Progress {
            begun: Instant::now(),
            on: !quiet && std::io::stderr().is_terminal(),
            told: None,
            lines: Lines::default(),
            subject,
        }
    }

    /// Says how far it is, if it is time to.
    pub fn tell(&mut self, found: &Found, situation: &mut dyn FnMut() -> Situation) {
        if !self.on || self.told.unwrap_or(self.begun).elapsed() < OFTEN {
            return;
        }
        let mut line = line(found, self.begun.elapsed(), &situation());
        if self.begun.elapsed() > SLOW {
            self.look(&situation());
            if let Some((number, share)) = self.lines.most() {
                line.push_str(&format!("; line {number}: {share} % of all choices"));
            }
        }
        if let Some(width) = super::columns() {
            line = line.chars().take(width.saturating_sub(1)).collect();
        }
        let _ = write!(std::io::stderr(), "\r\x1b[K{line}");
        self.told = Some(Instant::now());
    }

    /// Runs the execution under way once more, told, to see where its choices are.
    fn look(&mut self, situation: &Situation) {
        let (runtime, unit, bounds, sources) = &self.subject;
        if let Ok(turns) = schedule::parse(&situation.schedule) {
            let replayed = replay(runtime.clone(), unit, &turns, bounds);
            self.lines.add(situation, &replayed, sources);
        }
    }

    /// Takes the line away.
    pub fn clear(&self) {
        if self.told.is_some() {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}

fn line(found: &Found, time: Duration, situation: &Situation) -> String {
    let outcomes = table::spelled(found.outcomes.all.len() as u64, "outcome");
    let share = situation.share;
    if found.states > 0 {
        let states = table::spelled(found.states, "state");
        let met = table::number(found.met);
        return format!(
            "{states}, {met} met again, {outcomes} so far, about {:.0} % done",
            share * 100.0
        );
    }
    let executions = table::spelled(found.executions, "execution");
    let rate = found.executions as f64 / time.as_secs_f64().max(1e-3);
    let mut line = format!(
        "{executions}, {} a second, {outcomes} so far",
        table::number(rate as u64)
    );
    if found.sampled > 0 {
        line.push_str(", now at random");
    } else if share > 0.0 {
        let all = rounded(found.executions as f64 / share);
        line.push_str(&format!(", about {all} in all"));
    }
    line
}

/// To two digits, or as a power of ten: more would only look as if it were known.
fn rounded(number: f64) -> String {
    if number >= 1e9 {
        return format!("10^{:.0}", number.log10().floor());
    }
    let number = number as u64;
    let unit = 10u64.pow(number.max(1).ilog10().saturating_sub(1));
    table::number(number.div_ceil(unit) * unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told() {
        let mut found = Found {
            executions: 1_000,
            ..Found::default()
        };
        let situation = Situation {
            share: 0.15,
            ..Situation::default()
        };
        assert_eq!(
            line(&found, Duration::from_secs(2), &situation),
            "1,000 executions, 500 a second, 0 outcomes so far, about 6,700 in all"
        );
        (found.states, found.met) = (12, 30);
        assert_eq!(
            line(&found, Duration::from_secs(2), &situation),
            "12 states, 30 met again, 0 outcomes so far, about 15 % done"
        );
        assert_eq!(rounded(0.0), "0");
        assert_eq!(rounded(1_234_567.0), "1,300,000");
        assert_eq!(rounded(f64::from(2).powi(100)), "10^30");
    }
}
