//! `cq explore FILE`: every possible outcome.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use super::{WRONG_USE, complain, draw, load, wrong_use};
use crate::diagnostics::source::Sources;
use crate::eval::compile;
use crate::explore::exploration::Exploration;
use crate::runtime::output::Output;
use crate::runtime::run::Runtime;
use crate::value::function::Unit;

/// Runs every interleaving.
pub fn explore(mut arguments: Vec<OsString>) -> ExitCode {
    if arguments.is_empty() {
        return wrong_use("explore needs the file to explore", None);
    }
    let file = arguments.remove(0);
    let sources = Sources::default();
    let source = match load::read(Path::new(&file), &sources) {
        Ok(source) => source,
        Err(report) => {
            complain(&report, &sources);
            return ExitCode::from(WRONG_USE);
        }
    };
    let Some(program) = load::load_to_run(&source, &sources) else {
        return ExitCode::from(WRONG_USE);
    };
    let runtime = Runtime::new(sources, Output::silent(), Vec::new(), draw);
    let mut exploration = Exploration::new(runtime.clone(), Unit::load(program, compile), false);
    let begun = std::time::Instant::now();
    while exploration.step(|_| {}) {}
    let found = &exploration.found;
    for outcome in &found.outcomes.all {
        println!(
            "{:?} {:?} {} {}",
            outcome.ended.output, outcome.ended.end, outcome.executions, outcome.schedule
        );
    }
    println!(
        "{} executions, {} blocked, complete {} {:?}",
        found.executions, found.blocked, found.complete, begun.elapsed()
    );
    ExitCode::SUCCESS
}
