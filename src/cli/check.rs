//! `cq check FILE...`: every error and warning that can be found without running.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use super::{WRONG_USE, complain, load, wrong_use};
use crate::diagnostics::report::Severity;
use crate::diagnostics::source::Sources;

/// Prints nothing when all is well.
pub fn check(files: Vec<OsString>) -> ExitCode {
    if files.is_empty() {
        return wrong_use("check needs the files to check", None);
    }
    let sources = Sources::default();
    let mut failed = false;
    for file in &files {
        let reports = match load::read(Path::new(file), &sources) {
            Ok(source) => load::load(&source).reports,
            Err(report) => vec![report],
        };
        for report in &reports {
            complain(report, &sources);
            failed |= report.severity == Severity::Error;
        }
    }
    match failed {
        true => ExitCode::from(WRONG_USE),
        false => ExitCode::SUCCESS,
    }
}
