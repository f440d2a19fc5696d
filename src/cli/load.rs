//! From a text to a program that can run: parse, resolve, report.

use std::path::Path;
use std::sync::Arc;

use super::complain_all;
use crate::builtins;
use crate::diagnostics::report::{Report, Severity};
use crate::diagnostics::source::{Source, Sources};
use crate::resolve::program::Program;
use crate::resolve::{Prelude, resolve};
use crate::syntax::parse;

/// Trees are bounded in depth; this is enough for every walk over the deepest.
const FRONT_END_STACK: usize = 64 << 20;

/// What became of a text.
pub struct Loaded {
    /// The program, if there is no error.
    pub program: Option<Program>,
    /// Errors and warnings, in the order of the text.
    pub reports: Vec<Report>,
}

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

/// Parses and resolves.
pub fn load(source: &Source) -> Loaded {
    let front_end = || {
        let parsed = parse(source);
        let mut reports = parsed.reports;
        let failed = reports
            .iter()
            .any(|report| report.severity == Severity::Error);
        // Errors of a tree with holes in it would mostly follow from the holes.
        if failed {
            return Loaded {
                program: None,
                reports,
            };
        }
        let resolved = resolve(&parsed.tree, &[], &prelude());
        reports.extend(resolved.reports);
        Loaded {
            program: resolved.program,
            reports,
        }
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .stack_size(FRONT_END_STACK)
            .spawn_scoped(scope, front_end);
        match thread.map(|thread| thread.join()) {
            Ok(Ok(loaded)) => loaded,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(error) => Loaded {
                program: None,
                reports: vec![Report::without_place(format!(
                    "the system starts no thread: {error}"
                ))],
            },
        }
    })
}

/// Loads a source and complains about what is wrong with it; warnings stay unsaid, since they
/// are what `cq check` is for.
pub fn load_to_run(source: &Source, sources: &Sources) -> Option<Program> {
    let loaded = load(source);
    let errors = loaded
        .reports
        .iter()
        .filter(|report| report.severity == Severity::Error);
    complain_all(errors, sources);
    loaded.program
}

/// What the resolver has to know of the builtins.
fn prelude() -> Prelude {
    let mut prelude = Prelude::new();
    for builtin in builtins::all() {
        prelude.constant(builtin.name);
        for (row, signature) in &builtin.rows {
            if row.run.is_function() {
                prelude.function(builtin.name, signature.clone());
            }
        }
    }
    prelude
}
