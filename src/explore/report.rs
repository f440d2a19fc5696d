//! What an exploration has come to, as people read it: the table, what has a name, the reports of
//! deadlocks, and what is missing.

use std::sync::Arc;

use super::ending::{End, Outcome};
use super::exploration::{Bounds, Found};
use super::replay::replay;
use super::{pattern, sample, schedule, table};
use crate::diagnostics::report::Report;
use crate::diagnostics::source::Sources;
use crate::runtime::run::Runtime;
use crate::runtime::story;
use crate::value::error::Thrown;
use crate::value::function::Unit;
use crate::value::{Failure, Kind};

/// Of so many rows it is told what they show.
const MOST_NAMED: usize = 20;

/// So many reports are shown, unless all are asked for.
const MOST_REPORTS: usize = 5;

/// What was explored.
pub struct Subject<'s> {
    /// What it ran on.
    pub runtime: &'s Arc<Runtime>,
    /// The program.
    pub unit: &'static Unit,
    /// How far it was explored.
    pub bounds: &'s Bounds,
    /// Its texts.
    pub sources: &'s Sources,
    /// How reports are drawn.
    pub draw: fn(&Report, &Sources) -> String,
}

/// All of it; `name` is what the program is called, `full` shows all that was printed.
pub fn report(name: &str, subject: &Subject<'_>, found: &Found, full: bool) -> String {
    let mut text = table::table(name, found, full);
    let mut sentences: Vec<(String, Vec<String>)> = Vec::new();
    let mut reports = Vec::new();
    let mut refusals: Vec<&End> = Vec::new();
    let firsts = table::firsts(&found.outcomes.all, full);
    for (row, &at) in firsts.iter().enumerate() {
        let outcome = &found.outcomes.all[at];
        let report = &outcome.ended.report;
        let turns = schedule::parse(&outcome.schedule).ok();
        let Some(turns) = turns.filter(|_| row < MOST_NAMED) else {
            reports.extend(report.clone());
            continue;
        };
        let (runtime, unit) = (subject.runtime.clone(), subject.unit);
        let replayed = replay(runtime, unit, &turns, subject.bounds);
        if let Some(pattern) = pattern::pattern(&replayed, subject.sources) {
            let number = (at + 1).to_string();
            match sentences.iter_mut().find(|(other, _)| *other == pattern) {
                Some((_, numbers)) => numbers.push(number),
                None => sentences.push((pattern, vec![number])),
            }
        }
        // That of the execution which is named; one that is told knows what a loop looks at.
        let same = replayed.ended.end == outcome.ended.end && replayed.misfit.is_none();
        let told = replayed.ended.report.filter(|_| same);
        reports.extend(told.or_else(|| report.clone()));
        // What is refused can be allowed: that is said with the report.
        if let Some(failure) = refused(outcome, &refusals) {
            reports.push(story::report(failure, subject.sources));
            refusals.push(&outcome.ended.end);
        }
    }
    for (pattern, numbers) in &sentences {
        text.push_str(&format!("\n  {}: {pattern}\n", numbers.join(", ")));
    }
    for sentence in spins(subject, found) {
        text.push_str(&format!("\n  {sentence}\n"));
    }
    let most = if full { usize::MAX } else { MOST_REPORTS };
    for report in reports.iter().take(most) {
        text.push('\n');
        text.push_str(&(subject.draw)(report, subject.sources));
    }
    if let Some(more) = reports.len().checked_sub(most).filter(|more| *more > 0) {
        let more = table::spelled(more as u64, "more report");
        text.push_str(&format!("\n{more}: --full has them\n"));
    }
    if let Some(missing) = missing(found) {
        text.push_str(&format!("\n{missing}\n"));
    }
    text
}

/// The failure of an outcome that ends with what is refused, for the first time.
fn refused<'o>(outcome: &'o Outcome, before: &[&End]) -> Option<&'o Failure> {
    let failure = outcome.ended.failure.as_deref()?;
    let is_new = !before.contains(&&outcome.ended.end);
    let kind = match &failure.thrown {
        Thrown::Error { kind, .. } => kind,
        Thrown::Value(_) => return None,
    };
    (is_new && *kind == Kind::Unsupported).then_some(failure)
}

/// The loops that wait by looking again and again, in an execution in which they do.
fn spins(subject: &Subject<'_>, found: &Found) -> Vec<String> {
    let turns = found.spins.as_deref().map(schedule::parse);
    let Some(Ok(turns)) = turns else {
        return Vec::new();
    };
    let (runtime, unit) = (subject.runtime.clone(), subject.unit);
    let replayed = replay(runtime, unit, &turns, subject.bounds);
    pattern::spins(&replayed, subject.sources)
}

/// Why it is not complete.
fn missing(found: &Found) -> Option<String> {
    if found.too_many {
        return Some(String::from("not complete: there are more than 128 tasks"));
    }
    if found.stopped {
        return Some(String::from(
            "not complete: it was stopped; there may be other outcomes",
        ));
    }
    if found.cut > 0 && found.sampled == 0 {
        return Some(format!(
            "not complete: {} had too many steps and went on for ever as far as we know\n\
             (--max-steps N sets how many); what comes after them was not looked at",
            table::spelled(found.cut, "execution"),
        ));
    }
    if !found.complete && found.outcomes.all.is_empty() {
        return Some(String::from(
            "not complete: no execution came to its end in that time\n\
             (--max-seconds SECONDS sets how much; does the program compute for long?)",
        ));
    }
    let (steps, tasks) = found.longest;
    (!found.complete).then(|| {
        format!(
            "not complete: the bound was reached; {} of the executions were drawn at random.\n\
             An order that depends on {} choices is met by each second of those with a probability of\n\
             at least 1 in {} ({tasks} tasks, {steps} steps)",
            table::number(found.sampled),
            sample::DEPTH,
            table::number((tasks as u64).saturating_mul((steps as u64).saturating_pow(2))),
        )
    })
}
