//! `cq FILE.cq [ARGS]`, `cq -e 'CODE'` and a program on standard input.

use std::ffi::OsString;
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use super::{WRONG_USE, complain, draw, load, wrong_use};
use crate::diagnostics::report::Report;
use crate::diagnostics::source::{Source, Sources};
use crate::eval::compile;
use crate::process::broker::Broker;
use crate::runtime::output::Output;
use crate::runtime::run::{Runtime, processors};
use crate::value::function::Unit;

/// `cq run FILE.cq [ARGS]`
pub fn script(mut arguments: Vec<OsString>) -> ExitCode {
    if arguments.is_empty() {
        return wrong_use("run needs the file to run", None);
    }
    let file = arguments.remove(0);
    let sources = Sources::default();
    let source = load::read(Path::new(&file), &sources);
    run(vec![source], sources, arguments)
}

/// `cq -e 'CODE' [ARGS]`
pub fn code(mut arguments: Vec<OsString>) -> ExitCode {
    if arguments.is_empty() {
        return wrong_use("-e needs the code to run", None);
    }
    let sources = Sources::default();
    let text = arguments.remove(0).into_encoded_bytes();
    let source = load::text(text, String::from("<code>"), &sources);
    run(vec![source], sources, arguments)
}

/// The program is what standard input gives; behind that of a file, if there is one.
pub fn standard_input(file: Option<&Path>) -> ExitCode {
    let sources = Sources::default();
    let mut parts: Vec<_> = file
        .map(|file| load::read(file, &sources))
        .into_iter()
        .collect();
    let mut bytes = Vec::new();
    parts.push(match std::io::stdin().lock().read_to_end(&mut bytes) {
        Ok(_) => load::text(bytes, String::from("<stdin>"), &sources),
        Err(error) => Err(Box::new(Report::without_place(format!(
            "cannot read the program from standard input: {}",
            crate::diagnostics::words::system_error(&error)
        )))),
    });
    run(parts, sources, Vec::new())
}

/// Runs a program, which may be made of several texts.
fn run(
    parts: Vec<Result<Arc<Source>, Box<Report>>>,
    sources: Sources,
    arguments: Vec<OsString>,
) -> ExitCode {
    let parts: Vec<Arc<Source>> = match parts.into_iter().collect() {
        Ok(parts) => parts,
        Err(report) => {
            complain(&report, &sources);
            return ExitCode::from(WRONG_USE);
        }
    };
    let parts: Vec<&Source> = parts.iter().map(|part| &**part).collect();
    let Some(program) = load::load_to_run(&parts, &sources) else {
        return ExitCode::from(WRONG_USE);
    };
    let arguments = arguments
        .iter()
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect();
    let runtime = Runtime::new(sources, Output::standard(), arguments, draw);
    runtime.has_workers(Broker::new(&runtime, processors()));
    let status = runtime.run(Unit::load(program, compile));
    // Threads that are still there are of no more use: leave without waiting for them.
    runtime.exit(status.0)
}
