//! `cq check FILE...`: every error and warning that can be found without running.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use super::{WRONG_USE, complain_all, load, take_options, wrong_use};
use crate::diagnostics::report::Severity;
use crate::diagnostics::source::Sources;

/// Prints nothing when all is well.
pub fn check(mut files: Vec<OsString>) -> ExitCode {
    if let Err(status) = take_options(&mut files) {
        return status;
    }
    if files.is_empty() {
        return wrong_use("check needs the files to check", None);
    }
    let sources = Sources::default();
    let mut reports = Vec::new();
    for file in &files {
        match load::read(Path::new(file), &sources) {
            Ok(source) => reports.extend(load::check(&source)),
            Err(report) => reports.push(*report),
        }
    }
    complain_all(&reports, &sources);
    let failed = reports
        .iter()
        .any(|report| report.severity == Severity::Error);
    match failed {
        true => ExitCode::from(WRONG_USE),
        false => ExitCode::SUCCESS,
    }
}
