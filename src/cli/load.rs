//! From a text to a program that can run: parse, resolve, report.

use std::path::Path;
use std::sync::Arc;

use super::complain_all;
use crate::builtins;
use crate::diagnostics::report::{Report, Severity};
use crate::diagnostics::source::{Source, Sources};
use crate::resolve::program::Program;
use crate::resolve::{Resolved, front_end, judge, resolve};

/// Reads a file into `sources`.
pub fn read(path: &Path, sources: &Sources) -> Result<Arc<Source>, Box<Report>> {
    let name = path.display().to_string();
    let bytes = match path.is_dir() {
        true => Err(String::from("it is a folder")),
        false => {
            std::fs::read(path).map_err(|error| crate::diagnostics::words::system_error(&error))
        }
    };
    let bytes = bytes
        .map_err(|why| Box::new(Report::without_place(format!("cannot read {name}: {why}"))))?;
    text(bytes, name, sources)
}

/// Takes bytes that should be text into `sources`.
pub fn text(bytes: Vec<u8>, name: String, sources: &Sources) -> Result<Arc<Source>, Box<Report>> {
    String::from_utf8(bytes)
        .map(|text| sources.add(name.clone(), text))
        .map_err(|error| {
            let good = error.utf8_error().valid_up_to();
            let bytes = error.as_bytes();
            let line = bytes[..good].iter().filter(|&&byte| byte == b'\n').count() + 1;
            let report = Report::without_place(format!(
                "cannot read {name}: line {line} is not UTF-8 text (byte 0x{:02x})",
                bytes[good]
            ));
            Box::new(report.help("save the file with the encoding UTF-8"))
        })
}

/// Parses and resolves texts that make one program.
pub fn load(sources: &[&Source]) -> Resolved {
    front_end::read(sources, |tree| resolve(tree, &[], &builtins::prelude()))
}

/// Everything that is wrong with a text.
pub fn check(source: &Source) -> Vec<Report> {
    front_end::read(&[source], |tree| judge(tree, &builtins::prelude())).reports
}

/// Loads a program and complains about what is wrong with it; warnings stay unsaid, since they
/// are what `cq check` is for.
pub fn load_to_run(parts: &[&Source], sources: &Sources) -> Option<Program> {
    let loaded = load(parts);
    let errors = loaded
        .reports
        .iter()
        .filter(|report| report.severity == Severity::Error);
    complain_all(errors, sources);
    loaded.program
}
