//! The options of the commands that explore: `cq explore`, `cq replay`, `cq test`.
//!
//! [`OPTIONS`] is the list that the parsing and `cq help COMMAND` read. They may stand before and
//! behind the file. An option that a command can do nothing with is
//! refused rather than passed over.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::{complain, draw, load};
use crate::diagnostics::source::Sources;
use crate::diagnostics::suggest::nearest;
use crate::explore::exploration::Bounds;
use crate::resolve::program::Program;
use crate::runtime::limits::{Limits, Reach};
use crate::runtime::output::Output;
use crate::runtime::run::Runtime;

/// What the command line asks for.
#[derive(Default)]
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
    given: Vec<&'static Row>,
}

/// An option.
pub(super) struct Row {
    /// Without its dashes.
    pub name: &'static str,
    /// What its value is called; empty if it takes none.
    pub value: &'static str,
    /// The commands that can do something with it.
    pub commands: &'static [&'static str],
    /// What it does, in one line.
    pub doc: &'static str,
    /// Given its value, or 0.
    take: fn(&mut Options, f64),
}

const ALL: &[&str] = &["explore", "replay", "test"];
const SEARCHES: &[&str] = &["explore", "test"];

/// All options.
pub(super) const OPTIONS: &[Row] = &[
    Row {
        name: "json",
        value: "",
        commands: ALL,
        doc: "the result for other programs, on one line",
        take: |options, _| options.json = true,
    },
    Row {
        name: "show",
        value: "N",
        commands: &["explore"],
        doc: "tell outcome N step by step",
        take: |options, number| options.show = Some(number as usize),
    },
    Row {
        name: "full",
        value: "",
        commands: &["explore"],
        doc: "each outcome in a row of its own, and all that was printed",
        take: |options, _| options.full = true,
    },
    Row {
        name: "ignore-print-order",
        value: "",
        commands: ALL,
        doc: "prints of different tasks are not told apart by their order",
        take: |options, _| options.bounds.ignores_print_order = true,
    },
    Row {
        name: "max-executions",
        value: "N",
        commands: SEARCHES,
        doc: "stop the search of all orders after so many executions",
        take: |options, number| options.bounds.executions = number as u64,
    },
    Row {
        name: "max-seconds",
        value: "SECONDS",
        commands: SEARCHES,
        doc: "stop the search after so long (60 seconds; 8 for a file of checks)",
        take: |options, number| {
            options.bounds.time = Duration::from_secs_f64(number.min(1e9));
            options.timed = true;
        },
    },
    Row {
        name: "max-steps",
        value: "N",
        commands: ALL,
        doc: "so many steps of one execution count as endless (10,000)",
        take: |options, number| options.bounds.steps = (number as usize).max(1),
    },
    Row {
        name: "allow-files",
        value: "",
        commands: ALL,
        doc: "files are not refused; they are not put back between executions",
        take: |options, _| options.reach.files = true,
    },
    Row {
        name: "allow-fetch",
        value: "",
        commands: ALL,
        doc: "`fetch` is not refused; the network is not put back between executions",
        take: |options, _| options.reach.fetch = true,
    },
];

impl Options {
    /// An error if one was given that this command can do nothing with.
    pub fn fit(&self, command: &str) -> Result<(), String> {
        let mut given = self.given.iter();
        match given.find(|row| !row.commands.contains(&command)) {
            Some(row) => Err(format!("--{} is no option of `cq {command}`", row.name)),
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
        let name = match argument {
            Value(word) => {
                options.words.push(word);
                continue;
            }
            Long(name) => name.to_owned(),
            other => return Err(other.unexpected().to_string()),
        };
        let Some(row) = OPTIONS.iter().find(|row| row.name == name) else {
            let near = nearest(&name, OPTIONS.iter().map(|row| row.name));
            let near = near.map(|near| format!(": did you mean --{near}?"));
            return Err(format!(
                "there is no option --{name}{}",
                near.unwrap_or_default()
            ));
        };
        let value = match row.value.is_empty() {
            true => 0.0,
            false => number(&parser.value().map_err(wrong)?, &name)?,
        };
        (row.take)(&mut options, value);
        options.given.push(row);
    }
    Ok(options)
}

fn number(value: &OsStr, name: &str) -> Result<f64, String> {
    let value = value.to_string_lossy().replace('_', "");
    let number = value.parse::<f64>().ok().filter(|number| *number >= 0.0);
    number.ok_or_else(|| format!("--{name} takes a number, not `{value}`"))
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
