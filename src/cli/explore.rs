//! `cq explore FILE`: every possible outcome; `cq replay FILE SCHEDULE`: one execution again.

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::{WRONG_USE, complain, draw, interrupt, load, wrong_use};
use crate::diagnostics::source::Sources;
use crate::eval::compile;
use crate::explore::exploration::{Bounds, Found, explore as explore_all};
use crate::explore::replay::{Replayed, replay as replay_one};
use crate::explore::report::{Subject, report};
use crate::explore::{columns, json, schedule, table};
use crate::resolve::program::Program;
use crate::runtime::output::Output;
use crate::runtime::run::Runtime;
use crate::value::function::Unit;

/// What the command line asks for.
#[derive(Debug, Default)]
pub(super) struct Options {
    /// The files, and what else stands there.
    pub words: Vec<OsString>,
    pub bounds: Bounds,
    pub json: bool,
    full: bool,
    pub show: Option<usize>,
    /// Whether the time was given.
    pub timed: bool,
}

/// Reads the options of the commands that explore.
pub(super) fn options(arguments: Vec<OsString>) -> Result<Options, String> {
    use lexopt::prelude::*;
    let mut options = Options::default();
    let mut parser = lexopt::Parser::from_args(arguments);
    let wrong = |error: lexopt::Error| error.to_string();
    while let Some(argument) = parser.next().map_err(wrong)? {
        let number = |parser: &mut lexopt::Parser, name: &str| {
            let value = parser.value().map_err(wrong)?;
            let value = value.to_string_lossy().replace('_', "");
            value
                .parse::<f64>()
                .ok()
                .filter(|number| *number >= 0.0)
                .ok_or_else(|| format!("--{name} takes a number, not `{value}`"))
        };
        match argument {
            Long("json") => options.json = true,
            Long("full") => options.full = true,
            Long("ignore-print-order") => options.bounds.ignores_print_order = true,
            Long("show") => options.show = Some(number(&mut parser, "show")? as usize),
            Long("max-executions") => {
                options.bounds.executions = number(&mut parser, "max-executions")? as u64;
            }
            Long("max-seconds") => {
                let seconds = number(&mut parser, "max-seconds")?.min(1e9);
                options.bounds.time = Duration::from_secs_f64(seconds);
                options.timed = true;
            }
            Long("max-steps") => {
                options.bounds.steps = (number(&mut parser, "max-steps")? as usize).max(1);
            }
            Value(word) => options.words.push(word),
            other => return Err(other.unexpected().to_string()),
        }
    }
    Ok(options)
}

/// Loads a program to explore; complains and gives `None` if it cannot be.
pub(super) fn program(file: &Path, sources: &Sources) -> Option<Program> {
    match load::read(file, sources) {
        Ok(source) => load::load_to_run(&[&source], sources),
        Err(report) => {
            complain(&report, sources);
            None
        }
    }
}

pub(super) fn runtime(sources: &Sources) -> Arc<Runtime> {
    Runtime::new(sources.clone(), Output::silent(), Vec::new(), draw)
}

/// Runs every interleaving.
pub fn explore(arguments: Vec<OsString>) -> ExitCode {
    let options = match options(arguments) {
        Ok(options) => options,
        Err(error) => return wrong_use(&error, None),
    };
    let [file] = &*options.words else {
        return wrong_use("explore needs the one file to explore", None);
    };
    let file = PathBuf::from(file);
    let sources = Sources::default();
    let Some(program) = program(&file, &sources) else {
        return ExitCode::from(WRONG_USE);
    };
    let unit = Unit::load(program, compile);
    let runtime = runtime(&sources);
    let progress = Progress::new(options.json);
    // Ctrl-C: what was found so far is told; once more ends it at once.
    let asked = Arc::new(AtomicBool::new(false));
    let stop = asked.clone();
    let _ = interrupt::on_interrupt(Some(2), move || stop.store(true, Ordering::SeqCst));
    let found = explore_all(&runtime, unit, &options.bounds, |found| {
        progress.tell(found);
        !asked.load(Ordering::SeqCst)
    });
    let status = match found.stopped {
        true => ExitCode::from(interrupt::INTERRUPTED as u8),
        false => ExitCode::SUCCESS,
    };
    progress.clear();
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
    if found.outcomes.all.len() > 1 {
        text.push_str(&format!(
            "\n`cq explore {name} --show N` tells outcome N step by step\n"
        ));
    }
    show(&text);
    if let Some(wanted) = options.show {
        let Some(outcome) = wanted
            .checked_sub(1)
            .and_then(|at| found.outcomes.all.get(at))
        else {
            let most = found.outcomes.all.len();
            return wrong_use(&format!("there is no outcome {wanted}, only {most}"), None);
        };
        let turns = schedule::parse(&outcome.schedule).unwrap_or_default();
        let replayed = replay_one(runtime, unit, &turns, &options.bounds);
        show(&format!(
            "\noutcome {wanted}, as `cq replay {} {}`:\n\n",
            file.display(),
            outcome.schedule
        ));
        show(&columns::told(&replayed, &sources));
    }
    status
}

/// Runs one execution again and tells it.
pub fn replay(arguments: Vec<OsString>) -> ExitCode {
    let options = match options(arguments) {
        Ok(options) => options,
        Err(error) => return wrong_use(&error, None),
    };
    let [file, name] = &*options.words else {
        return wrong_use("replay needs a file and the name of a schedule", None);
    };
    let name = name.to_string_lossy();
    let turns = match schedule::parse(&name) {
        Ok(turns) => turns,
        Err(at) => {
            let message = format!(
                "`{name}` is not the name of a schedule: see its character {}",
                at + 1
            );
            return wrong_use(
                &message,
                Some(String::from("`cq explore FILE` shows the names")),
            );
        }
    };
    let sources = Sources::default();
    let Some(program) = program(Path::new(file), &sources) else {
        return ExitCode::from(WRONG_USE);
    };
    let unit = Unit::load(program, compile);
    let replayed = replay_one(runtime(&sources), unit, &turns, &options.bounds);
    show(&told(&replayed, &sources));
    match &replayed.misfit {
        Some(why) => wrong_use(
            &format!("the schedule {name} does not fit the program: {why}"),
            Some(String::from(
                "has the program changed? `cq explore` finds schedules that fit",
            )),
        ),
        None => ExitCode::SUCCESS,
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
    text.push_str(&format!("\nends: {}\n", replayed.ended.end.word()));
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

pub(super) fn show(text: &str) {
    // A reader that has gone needs no more.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

/// A line on the terminal that says how far it is.
struct Progress {
    begun: Instant,
    on: bool,
    told: std::cell::Cell<Option<Instant>>,
}

impl Progress {
    fn new(quiet: bool) -> Progress {
        Progress {
            begun: Instant::now(),
            on: !quiet && std::io::stderr().is_terminal(),
            told: std::cell::Cell::new(None),
        }
    }

    fn tell(&self, found: &Found) {
        let last = self.told.get().unwrap_or(self.begun);
        if !self.on || last.elapsed() < Duration::from_millis(200) {
            return;
        }
        self.told.set(Some(Instant::now()));
        if found.states > 0 {
            let _ = write!(
                std::io::stderr(),
                "\r\x1b[K{}, {} met again, {} so far",
                table::spelled(found.states, "state"),
                table::number(found.met),
                table::spelled(found.outcomes.all.len() as u64, "outcome"),
            );
            return;
        }
        let rate = found.executions as f64 / self.begun.elapsed().as_secs_f64();
        let _ = write!(
            std::io::stderr(),
            "\r\x1b[K{}, {} a second, {} so far",
            table::spelled(found.executions, "execution"),
            table::number(rate as u64),
            table::spelled(found.outcomes.all.len() as u64, "outcome"),
        );
    }

    fn clear(&self) {
        if self.on && self.told.get().is_some() {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}
