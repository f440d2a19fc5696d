//! `cq replay FILE SCHEDULE`: one execution again, step by step.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use super::explore::show;
use super::exploring::{Options, options, program};
use super::{WRONG_USE, draw, wrong_use};
use crate::diagnostics::source::Sources;
use crate::eval::compile;
use crate::explore::ending::End;
use crate::explore::replay::{Replayed, replay as replay_one};
use crate::explore::schedule::Turn;
use crate::explore::{columns, json, schedule};
use crate::value::function::Unit;

/// Runs one execution again and tells it.
pub fn replay(arguments: Vec<OsString>) -> ExitCode {
    let options = match options(arguments) {
        Ok(options) => options,
        Err(error) => return wrong_use(&error, None),
    };
    match replay_with(&options) {
        Ok(status) => status,
        Err((message, help)) => wrong_use(&message, help.map(str::to_owned)),
    }
}

fn replay_with(options: &Options) -> Result<ExitCode, (String, Option<&'static str>)> {
    options.fit("replay").map_err(|message| (message, None))?;
    let [file, name] = &*options.words else {
        let message = String::from("replay needs a file and the name of a schedule");
        return Err((message, Some("`cq explore FILE` shows the names")));
    };
    let name = name.to_string_lossy();
    let turns = turns(&name).map_err(|why| (why, Some("`cq explore FILE` shows the names")))?;
    let sources = Sources::default();
    let Some(program) = program(Path::new(file), &sources) else {
        return Ok(ExitCode::from(WRONG_USE));
    };
    let unit = Unit::load(program, compile);
    let replayed = replay_one(options.runtime(&sources), unit, &turns, &options.bounds);
    match options.json {
        true => show(&json::replayed(&name, &replayed, &sources)),
        false => show(&told(&replayed, &sources)),
    }
    match &replayed.misfit {
        Some(why) => Err((
            format!("the schedule {name} does not fit the program: {why}"),
            Some("has the program changed? `cq explore` finds schedules that fit"),
        )),
        None => Ok(ExitCode::SUCCESS),
    }
}

fn turns(name: &str) -> Result<Vec<Turn>, String> {
    match schedule::parse(name) {
        Ok(turns) if turns.is_empty() => Err(String::from("the name of the schedule is empty")),
        Ok(turns) => Ok(turns),
        Err(at) => Err(format!(
            "`{name}` is not the name of a schedule: see its character {}",
            at + 1
        )),
    }
}

/// The steps, then what was printed and how it ended.
pub(super) fn told(replayed: &Replayed, sources: &Sources) -> String {
    let mut text = columns::told(replayed, sources);
    if replayed.misfit.is_some() {
        return text;
    }
    if !replayed.ended.output.is_empty() {
        text.push_str("\nprinted:\n");
        for line in replayed.ended.output.lines() {
            text.push_str(&format!("    {line}\n"));
        }
    }
    text.push_str(&format!("\nends: {}", replayed.ended.end.word()));
    match (&replayed.ended.end, &replayed.ended.failure) {
        // Without a report.
        (End::Error { message, .. }, None) => text.push_str(&format!(": {message}\n")),
        _ => text.push('\n'),
    }
    if let Some(report) = &replayed.ended.report {
        text.push('\n');
        text.push_str(&draw(report, sources));
    }
    if let Some(failure) = &replayed.ended.failure {
        text.push('\n');
        text.push_str(&draw(
            &crate::runtime::story::report(failure, sources),
            sources,
        ));
    }
    text
}
