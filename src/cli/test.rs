//! `cq test FILE...`: the check blocks, in every interleaving.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use super::explore::{Options, options, program, runtime, show, told};
use super::{WRONG_USE, wrong_use};
use crate::diagnostics::source::Sources;
use crate::eval::compile;
use crate::explore::check::checks;
use crate::explore::exploration::{Bounds, Found, explore};
use crate::explore::replay::replay;
use crate::explore::{json, schedule, table};
use crate::value::function::Unit;

/// How long the checks of one file may take together, unless told otherwise.
const BUDGET: Duration = Duration::from_secs(8);

/// What became of a file.
struct Tested {
    text: String,
    json: String,
    /// None if the file could not be loaded.
    passed: Option<bool>,
}

/// Runs the checks of all files, several files at a time.
pub fn test(arguments: Vec<OsString>) -> ExitCode {
    let mut options = match options(arguments) {
        Ok(options) => options,
        Err(error) => return wrong_use(&error, None),
    };
    if options.words.is_empty() {
        return wrong_use("test needs the files to test", None);
    }
    if !options.timed {
        options.bounds.time = BUDGET;
    }
    let files: Vec<PathBuf> = options.words.iter().map(PathBuf::from).collect();
    let at_once = crate::runtime::run::processors();
    let mut all = Vec::new();
    for files in files.chunks(at_once.max(1)) {
        thread::scope(|scope| {
            let started: Vec<_> = files
                .iter()
                .map(|file| {
                    let options = &options;
                    let work = move || test_file(file, options);
                    thread::Builder::new()
                        .stack_size(16 << 20)
                        .spawn_scoped(scope, work)
                })
                .collect();
            for thread in started {
                let tested = thread.ok().and_then(|thread| thread.join().ok());
                all.push(tested.unwrap_or(Tested {
                    text: String::new(),
                    json: String::from("{\"error\": \"internal error in cq\"}"),
                    passed: None,
                }));
            }
        });
    }
    match options.json {
        true => {
            let files: Vec<&str> = all.iter().map(|tested| &*tested.json).collect();
            show(&format!("{{\"files\": [{}]}}\n", files.join(", ")));
        }
        false => all.iter().for_each(|tested| show(&tested.text)),
    }
    if all.iter().any(|tested| tested.passed.is_none()) {
        return ExitCode::from(WRONG_USE);
    }
    match all.iter().all(|tested| tested.passed == Some(true)) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

fn test_file(file: &Path, options: &Options) -> Tested {
    let name = file.display().to_string();
    let sources = Sources::default();
    let Some(program) = program(file, &sources) else {
        return Tested {
            text: String::new(),
            json: format!(
                "{{\"file\": {}, \"error\": \"it cannot be loaded\", \"checks\": []}}",
                json::string(&name)
            ),
            passed: None,
        };
    };
    let until = Instant::now() + options.bounds.time;
    let checks = checks(&program);
    let mut text = format!("{name}\n");
    let mut rows = Vec::new();
    let mut passed = true;
    if checks.is_empty() {
        text.push_str("  no checks\n");
    }
    let count = checks.len();
    for (at, (title, program)) in checks.into_iter().enumerate() {
        let left = until.saturating_duration_since(Instant::now());
        let bounds = Bounds {
            time: left / u32::try_from(count - at).unwrap_or(1),
            ignores_print_order: true,
            until_failure: true,
            ..options.bounds.clone()
        };
        let unit = Unit::load(program, compile);
        let runtime = runtime(&sources);
        let found = explore(&runtime, unit, &bounds, |_| true);
        let failure = found.outcomes.failure();
        passed &= failure.is_none() && found.complete;
        let verdict = verdict(&found);
        let mark = match (failure, found.complete) {
            (Some(_), _) => "✗",
            (None, true) => "✓",
            (None, false) => "?",
        };
        text.push_str(&format!("  {mark} {title}: {verdict}\n"));
        let mut row = format!(
            "{{\"check\": {}, \"result\": {}, \"executions\": {}, \"complete\": {}",
            json::string(&title),
            json::string(word(&found)),
            found.executions,
            found.complete
        );
        if let Some(failure) = failure {
            let turns = schedule::parse(&failure.schedule).unwrap_or_default();
            let replayed = replay(runtime, unit, &turns, &bounds);
            let story = told(&replayed, &sources);
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
    Tested {
        text,
        json: format!(
            "{{\"file\": {}, \"passed\": {passed}, \"checks\": [{}]}}",
            json::string(&name),
            rows.join(", ")
        ),
        passed: Some(passed),
    }
}

fn word(found: &Found) -> &'static str {
    match (found.outcomes.has_failure(), found.complete) {
        (true, _) => "failed",
        (false, true) => "holds",
        (false, false) => "incomplete",
    }
}

fn verdict(found: &Found) -> String {
    let executions = table::spelled(found.executions, "execution");
    match found.outcomes.failure() {
        Some(failure) => format!(
            "fails ({}) in one of {executions} so far",
            failure.ended.end.word()
        ),
        None if found.complete => match found.executions {
            1 => String::from("holds in the only execution (complete)"),
            _ => format!("holds in all {executions} (complete)"),
        },
        None => format!("incomplete: held in {executions}, then the time was up"),
    }
}
