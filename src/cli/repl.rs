//! `cq` at a terminal, `cq repl [FILE]`, `cq -i FILE`: the interactive session.

use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use super::{draw, interrupt, run, wrong_use};
use crate::diagnostics::report::Report;
use crate::repl::{self, Start};

/// `cq repl [FILE]`
pub fn repl(mut arguments: Vec<OsString>) -> ExitCode {
    if arguments.len() > 1 {
        return wrong_use("repl takes one file at most", None);
    }
    begin(arguments.pop().map(PathBuf::from))
}

/// `cq -i FILE`
pub fn with_file(arguments: Vec<OsString>) -> ExitCode {
    match arguments.is_empty() {
        true => wrong_use("-i needs the file to load", None),
        false => repl(arguments),
    }
}

/// With a file, or without. If standard input is no terminal, it is a script that goes on where
/// the file ends.
pub fn begin(file: Option<PathBuf>) -> ExitCode {
    if !std::io::stdin().is_terminal() {
        return run::standard_input(file.as_deref());
    }
    let is_coloured = std::io::stdout().is_terminal()
        && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let begun = repl::repl(Start {
        file,
        is_coloured,
        draw,
        on_interrupt: |action| interrupt::on_interrupt(None, action),
    });
    let Err(error) = begun;
    let why = crate::diagnostics::words::system_error(&error);
    let report = Report::without_place(format!("the session cannot begin: {why}"));
    super::complain(&report, &crate::diagnostics::source::Sources::default());
    ExitCode::FAILURE
}
