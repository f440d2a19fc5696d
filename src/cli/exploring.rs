//! The options of the commands that explore: `cq explore`, `cq replay`, `cq test`.
//!
//! They may stand before and behind the file. An option that a command can do nothing with is
//! refused rather than passed over.

use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::{complain, draw, load};
use crate::diagnostics::source::Sources;
use crate::explore::exploration::Bounds;
use crate::resolve::program::Program;
use crate::runtime::limits::{Limits, Reach};
use crate::runtime::output::Output;
use crate::runtime::run::Runtime;

/// What the command line asks for.
#[derive(Debug, Default)]
pub(super) struct Options {
    /// The files, and what else stands there.
    pub words: Vec<OsString>,
    pub bounds: Bounds,
    /// What programs may reach outside.
    pub reach: Reach,
    pub json: bool,
    pub full: bool,
    pub show: Option<usize>,
    /// Whether the time was given.
    pub timed: bool,
    /// The options that were given.
    given: Vec<String>,
}

impl Options {
    /// An error if one of these was given.
    pub fn refuse(&self, command: &str, options: &[&str]) -> Result<(), String> {
        let given = self
            .given
            .iter()
            .find(|given| options.contains(&given.as_str()));
        match given {
            Some(option) => Err(format!("--{option} is no option of `cq {command}`")),
            None => Ok(()),
        }
    }

    /// What there is to say of what is reached outside.
    pub fn reaches(&self) -> Option<&'static str> {
        match (self.reach.files, self.reach.fetch) {
            (true, true) => Some("files and the network are not put back between executions"),
            (true, false) => Some("files are not put back between executions"),
            (false, true) => Some("the network is not put back between executions"),
            (false, false) => None,
        }
    }

    /// What an exploration runs on.
    pub fn runtime(&self, sources: &Sources) -> Arc<Runtime> {
        let runtime = Runtime::new(sources.clone(), Output::silent(), Vec::new(), draw);
        runtime.set_limits(Limits {
            explored: self.reach,
            ..Limits::default()
        });
        runtime
    }
}

/// Reads the options.
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
        if let Long(name) = argument {
            options.given.push(name.to_owned());
        }
        match argument {
            Long("json") => options.json = true,
            Long("full") => options.full = true,
            Long("allow-files") => options.reach.files = true,
            Long("allow-fetch") => options.reach.fetch = true,
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
