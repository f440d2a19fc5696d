//! `cq explore FILE`: every possible outcome.

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use super::exploring::{Options, options, program};
use super::progress::Progress;
use super::{WRONG_USE, draw, interrupt, wrong_use};
use crate::diagnostics::source::Sources;
use crate::eval::compile;
use crate::explore::exploration::explore as explore_all;
use crate::explore::fewest::shorten_all;
use crate::explore::replay::replay;
use crate::explore::report::{Subject, report};
use crate::explore::{columns, json, schedule};
use crate::value::function::Unit;

/// Runs every interleaving.
pub fn explore(arguments: Vec<OsString>) -> ExitCode {
    match options(arguments) {
        Ok(options) if options.json && options.show.is_some() => wrong_use(
            "--show tells an execution in words: it does not go with --json",
            Some(String::from(
                "`cq replay FILE SCHEDULE --json` has its steps",
            )),
        ),
        Ok(options) => explore_with(options),
        Err(error) => wrong_use(&error, None),
    }
}

fn explore_with(mut options: Options) -> ExitCode {
    let [file] = &*options.words else {
        return wrong_use("explore needs the one file to explore", None);
    };
    let file = PathBuf::from(file);
    let sources = Sources::default();
    let Some(program) = program(&file, &sources) else {
        return ExitCode::from(WRONG_USE);
    };
    let unit = Unit::load(program, compile);
    let runtime = options.runtime(&sources);
    options.bounds.stop = interrupt::asks_to_stop();
    let told = (runtime.clone(), unit, &options.bounds, &sources);
    let mut progress = Progress::new(options.json, told);
    let mut found = explore_all(&runtime, unit, &options.bounds, |found, situation| {
        progress.tell(found, situation);
    });
    let status = match found.stopped {
        true => ExitCode::from(interrupt::INTERRUPTED as u8),
        false => ExitCode::SUCCESS,
    };
    progress.clear();
    shorten_all(&runtime, unit, &options.bounds, &mut found.outcomes);
    if options.json {
        show(&json::found(&found));
        return status;
    }
    let name = file.display().to_string();
    let subject = Subject {
        runtime: &runtime,
        unit,
        bounds: &options.bounds,
        sources: &sources,
        draw,
    };
    let mut text = report(&name, &subject, &found, options.full);
    if let Some(reaches) = options.reaches() {
        text.push_str(&format!("\n{reaches}\n"));
    }
    if found.outcomes.all.len() > 1 {
        text.push_str(&format!(
            "\n`cq explore {name} --show N` tells outcome N step by step\n"
        ));
    }
    show(&text);
    let Some(wanted) = options.show else {
        return status;
    };
    let place = wanted.checked_sub(1);
    let Some(outcome) = place.and_then(|at| found.outcomes.all.get(at)) else {
        let most = found.outcomes.all.len();
        return wrong_use(&format!("there is no outcome {wanted}, only {most}"), None);
    };
    let turns = schedule::parse(&outcome.schedule).unwrap_or_default();
    let replayed = replay(runtime, unit, &turns, &options.bounds);
    show(&format!(
        "\noutcome {wanted}, as `cq replay {name} {}`:\n\n",
        outcome.schedule
    ));
    show(&columns::told(&replayed, &sources));
    status
}

pub(super) fn show(text: &str) {
    // A reader that has gone needs no more.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}
