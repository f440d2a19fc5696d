//! `cq FILE.cq [ARGS]`, `cq -e 'CODE'` and a program on standard input.

use std::ffi::OsString;
use std::io::{IsTerminal, Read};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use super::{WRONG_USE, complain, draw, help, load, wrong_use};
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
    run(source, sources, arguments)
}

/// `cq -e 'CODE' [ARGS]`
pub fn code(mut arguments: Vec<OsString>) -> ExitCode {
    if arguments.is_empty() {
        return wrong_use("-e needs the code to run", None);
    }
    let sources = Sources::default();
    let text = arguments.remove(0).into_encoded_bytes();
    let source = load::text(text, String::from("<code>"), &sources);
    run(source, sources, arguments)
}

/// `cq` without arguments: the program is what standard input gives.
pub fn standard_input() -> ExitCode {
    if std::io::stdin().is_terminal() {
        return help::help(Vec::new());
    }
    let sources = Sources::default();
    let mut bytes = Vec::new();
    let source = match std::io::stdin().lock().read_to_end(&mut bytes) {
        Ok(_) => load::text(bytes, String::from("<stdin>"), &sources),
        Err(error) => Err(Box::new(Report::without_place(format!(
            "cannot read the program from standard input: {}",
            crate::diagnostics::words::system_error(&error)
        )))),
    };
    run(source, sources, Vec::new())
}

fn run(
    source: Result<Arc<Source>, Box<Report>>,
    sources: Sources,
    arguments: Vec<OsString>,
) -> ExitCode {
    let source = match source {
        Ok(source) => source,
        Err(report) => {
            complain(&report, &sources);
            return ExitCode::from(WRONG_USE);
        }
    };
    let Some(program) = load::load_to_run(&source, &sources) else {
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
