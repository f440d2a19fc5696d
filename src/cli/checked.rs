//! The checks of one file: their shares of the time, and what is said of each.
//!
//! ```text
//!   ✓ title: holds in all 1,204 executions (complete)
//!   ✗ title: fails (error) in 12 of 1,204 executions (complete)      then the shortest, told
//!   ? title: incomplete: held in 20,311 executions, then the time was up
//! ```
//!
//! The time is for the file. Each check has an equal share of what is left when its turn comes; what
//! the others leave over goes to those that were not through, in a second round.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::exploring::{Options, program};
use super::replay::told;
use crate::diagnostics::source::Sources;
use crate::eval::compile;
use crate::explore::check::checks;
use crate::explore::ending::Outcome;
use crate::explore::exploration::{Bounds, Found, explore};
use crate::explore::fewest::shorten;
use crate::explore::replay::replay;
use crate::explore::{json, pattern, schedule, table};
use crate::value::function::Unit;

/// A failure may be looked at for so long, beside its share of the time.
const SHORTER: Duration = Duration::from_millis(500);

/// What has become of a file, from good to bad.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Came {
    /// All checks hold.
    Passed,
    /// Not all do, as far as we know.
    Failed,
    /// It could not be loaded.
    NotLoaded,
}

/// A file that has been tested.
pub struct Tested {
    /// For people.
    pub text: String,
    /// For programs.
    pub json: String,
    pub came: Came,
}

impl Tested {
    /// A file whose test ended in an error of cq's own.
    pub fn internal_error(name: &str) -> Tested {
        Tested {
            text: format!("{name}\n  ✗ internal error in cq\n"),
            json: without_checks(name, "internal error in cq"),
            came: Came::Failed,
        }
    }
}

fn without_checks(name: &str, error: &str) -> String {
    format!(
        "{{\"file\": {}, \"passed\": false, \"error\": {}, \"checks\": []}}",
        json::string(name),
        json::string(error)
    )
}

/// What a check has come to.
struct Checked {
    found: Found,
    failure: Option<Outcome>,
    /// How long it had.
    time: Duration,
    /// Its turn never came.
    is_left_out: bool,
    /// It ended in an error of cq's own.
    is_broken: bool,
}

/// Tests one file; `stopped` says that somebody wants to see what there is.
pub fn test_file(file: &Path, options: &Options, stopped: &Arc<AtomicBool>) -> Tested {
    let name = file.display().to_string();
    let sources = Sources::default();
    let Some(program) = program(file, &sources) else {
        return Tested {
            text: String::new(),
            json: without_checks(&name, "it cannot be loaded"),
            came: Came::NotLoaded,
        };
    };
    let until = Instant::now() + options.bounds.time;
    let left = || until.saturating_duration_since(Instant::now());
    let all: Vec<(Arc<str>, &'static Unit)> = checks(&program)
        .into_iter()
        .map(|(title, program)| (title, Unit::load(program, compile)))
        .collect();
    let run = |unit, time| run(unit, time, options, &sources, stopped);
    let mut came: Vec<Checked> = Vec::new();
    for (at, (_, unit)) in all.iter().enumerate() {
        came.push(run(unit, left() / share(all.len() - at)));
    }
    // What is left over.
    let is_open = |checked: &Checked| checked.failure.is_none() && !checked.found.complete;
    for at in 0..all.len() {
        let open = came[at..].iter().filter(|checked| is_open(checked)).count();
        let time = left() / share(open);
        if is_open(&came[at]) && !came[at].is_broken && time > came[at].time {
            let again = run(all[at].1, time);
            if again.failure.is_some() || again.found.executions > came[at].found.executions {
                came[at] = again;
            }
        }
    }
    tell(&name, &all, &came, &sources, options)
}

fn share(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX).max(1)
}

fn bounds(options: &Options, time: Duration) -> Bounds {
    Bounds {
        time,
        ignores_print_order: true,
        after_failure: Some(time / 4),
        ..options.bounds.clone()
    }
}

/// Runs a check in every order, and looks for its shortest failure.
fn run(
    unit: &'static Unit,
    time: Duration,
    options: &Options,
    sources: &Sources,
    stopped: &Arc<AtomicBool>,
) -> Checked {
    let mut checked = Checked {
        found: Found::default(),
        failure: None,
        time,
        is_left_out: stopped.load(Ordering::SeqCst),
        is_broken: false,
    };
    if checked.is_left_out {
        checked.found.stopped = true;
        return checked;
    }
    let bounds = Bounds {
        stop: stopped.clone(),
        ..bounds(options, time)
    };
    let explored = catch_unwind(AssertUnwindSafe(|| {
        let runtime = options.runtime(sources);
        let begun = Instant::now();
        let mut found = explore(&runtime, unit, &bounds, |_, _| {});
        if found.outcomes.has_failure() {
            let until = Instant::now() + SHORTER.min(time.saturating_sub(begun.elapsed()));
            let outcomes = &mut found.outcomes;
            shorten(&runtime, unit, &bounds, outcomes, true, u32::MAX, until);
        }
        found
    }));
    match explored {
        Ok(found) => {
            checked.failure = found.outcomes.failure().cloned();
            checked.found = found;
        }
        Err(_) => checked.is_broken = true,
    }
    checked
}

/// What there is to say of a file.
fn tell(
    name: &str,
    all: &[(Arc<str>, &'static Unit)],
    came: &[Checked],
    sources: &Sources,
    options: &Options,
) -> Tested {
    let mut text = format!("{name}\n");
    let mut rows = Vec::new();
    if all.is_empty() {
        text.push_str("  no checks\n");
    }
    for ((title, unit), checked) in all.iter().zip(came) {
        let mark = match (word(checked), checked.found.complete) {
            ("holds", _) => "✓",
            ("incomplete", _) => "?",
            _ => "✗",
        };
        let verdict = verdict(checked, options.bounds.executions);
        text.push_str(&format!("  {mark} {title}: {verdict}\n"));
        let mut row = format!(
            "{{\"check\": {}, \"result\": {}, \"executions\": {}, \"failing\": {}, \"complete\": {}",
            json::string(title),
            json::string(word(checked)),
            checked.found.executions,
            checked.found.outcomes.failing(),
            checked.found.complete
        );
        if let Some(failure) = &checked.failure {
            let story = story(unit, failure, sources, options, checked.time);
            for line in story.lines() {
                text.push_str(format!("    {line}").trim_end());
                text.push('\n');
            }
            row.push_str(&format!(
                ", {}, \"schedule\": {}, \"story\": {}",
                json::end(&failure.ended.end),
                json::string(&failure.schedule),
                json::string(&story)
            ));
        }
        row.push('}');
        rows.push(row);
    }
    let passed = came.iter().all(|checked| word(checked) == "holds");
    Tested {
        text,
        json: format!(
            "{{\"file\": {}, \"passed\": {passed}, \"checks\": [{}]}}",
            json::string(name),
            rows.join(", ")
        ),
        came: match passed {
            true => Came::Passed,
            false => Came::Failed,
        },
    }
}

/// The failing execution, step by step, and what it shows.
fn story(
    unit: &'static Unit,
    failure: &Outcome,
    sources: &Sources,
    options: &Options,
    time: Duration,
) -> String {
    let turns = schedule::parse(&failure.schedule).unwrap_or_default();
    let replayed = replay(
        options.runtime(sources),
        unit,
        &turns,
        &bounds(options, time),
    );
    let mut story = told(&replayed, sources);
    if let Some(pattern) = pattern::pattern(&replayed, sources) {
        story.push_str(&format!("\n{pattern}\n"));
    }
    story
}

fn word(checked: &Checked) -> &'static str {
    match (&checked.failure, checked.found.complete) {
        _ if checked.is_broken => "broken",
        (Some(_), _) => "failed",
        (None, true) => "holds",
        (None, false) => "incomplete",
    }
}

fn verdict(checked: &Checked, most: u64) -> String {
    if checked.is_broken {
        return String::from("internal error in cq");
    }
    if checked.is_left_out {
        return String::from("incomplete: its turn never came");
    }
    let found = &checked.found;
    let executions = table::spelled(found.executions, "execution");
    if let Some(failure) = &checked.failure {
        let end = failure.ended.end.word();
        let (failing, complete) = (found.outcomes.failing(), found.complete);
        return match (failing == found.executions, complete) {
            (true, true) if failing == 1 => {
                format!("fails ({end}) in the only execution (complete)")
            }
            (true, true) => format!("fails ({end}) in all {executions} (complete)"),
            (_, true) => format!(
                "fails ({end}) in {} of {executions} (complete)",
                table::number(failing)
            ),
            (_, false) => format!(
                "fails ({end}) in {} of {executions} so far",
                table::number(failing)
            ),
        };
    }
    match found.complete {
        true if found.executions == 1 => String::from("holds in the only execution (complete)"),
        true => format!("holds in all {executions} (complete)"),
        false => {
            let why = match (
                found.stopped,
                found.too_many,
                found.cut > 0 && found.sampled == 0,
            ) {
                (true, ..) => "it was stopped",
                (_, true, _) => "there were more than 128 tasks",
                (_, _, true) => "those that are too long were cut off (--max-steps)",
                _ if found.executions >= most.into() => "the bound was reached",
                _ => "the time was up",
            };
            format!("incomplete: held in {executions}, then {why}")
        }
    }
}
