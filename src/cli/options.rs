//! Options of the commands that run programs: limits, and how reports are written.
//!
//! ```text
//! cq --timeout 5 --deny net,write FILE.cq ARGS      options stand before the file
//! ```
//!
//! [`OPTIONS`] is the list that the parsing, the help and the check of names read.

use std::ffi::OsString;
use std::time::Duration;

use crate::diagnostics::suggest::nearest;
use crate::runtime::limits::{DENIED, Limits};

/// What the options of a command line say.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What the program may use and do.
    pub limits: Limits,
    /// Reports are JSON, one a line.
    pub json_errors: bool,
}

/// An option.
pub struct Row {
    /// `--timeout`
    pub name: &'static str,
    /// What its value is called; empty if it takes none.
    pub value: &'static str,
    /// What it does, in one line.
    pub doc: &'static str,
    take: fn(&mut Options, &str) -> Result<(), String>,
}

/// All options.
pub const OPTIONS: &[Row] = &[
    Row {
        name: "--timeout",
        value: "SECONDS",
        doc: "stop the program after so long",
        take: |options, value| {
            let seconds = value.parse().ok().filter(|seconds: &f64| *seconds > 0.0);
            let time = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
            options.limits.time = Some(time.ok_or("a number of seconds above 0")?);
            Ok(())
        },
    },
    Row {
        name: "--max-tasks",
        value: "N",
        doc: "stop it when more than N tasks and futures have not ended",
        take: |options, value| {
            let most = value.parse().ok().filter(|most: &u64| *most > 0);
            options.limits.tasks = Some(most.ok_or("a number above 0")?);
            Ok(())
        },
    },
    Row {
        name: "--max-memory",
        value: "MB",
        doc: "stop it when its processes use more megabytes of memory together",
        take: |options, value| {
            let megabytes = value
                .parse()
                .ok()
                .filter(|most: &u64| (1..1 << 40).contains(most));
            options.limits.memory = Some(megabytes.ok_or("a number of megabytes above 0")? << 20);
            Ok(())
        },
    },
    Row {
        name: "--deny",
        value: "WHAT,…",
        doc: "refuse net, read (files and environment), write or process",
        take: |options, value| {
            for word in value.split(',') {
                let found = DENIED.iter().find(|(_, own)| *own == word.trim());
                let (denied, _) =
                    found.ok_or("some of net, read, write, process with commas between")?;
                if !options.limits.denied.contains(denied) {
                    options.limits.denied.push(*denied);
                }
            }
            Ok(())
        },
    },
    Row {
        name: "--json-errors",
        value: "",
        doc: "write every report as one line of JSON",
        take: |options, _| {
            options.json_errors = true;
            Ok(())
        },
    },
];

/// A call that is wrong: what about it, and the way out.
pub struct Wrong {
    /// What is wrong.
    pub message: String,
    /// The way out.
    pub help: Option<String>,
}

/// Whether a word looks like one of these options.
pub fn is_option(word: &str) -> bool {
    word.starts_with("--") && word.len() > 2
}

/// What looks like an option and is a command.
const OTHERS: &[&str] = &["--help", "--version", "--markdown"];

/// Takes the options off the front of the arguments.
pub fn take(options: &mut Options, arguments: &mut Vec<OsString>) -> Result<(), Wrong> {
    while let Some(word) = arguments.first().and_then(|first| first.to_str()) {
        if !is_option(word) || OTHERS.contains(&word) {
            break;
        }
        let word = word.to_owned();
        arguments.remove(0);
        let (name, mut value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (word.as_str(), None),
        };
        let Some(row) = OPTIONS.iter().find(|row| row.name == name) else {
            return Err(unknown(name));
        };
        let wants = !row.value.is_empty();
        if wants && value.is_none() && !arguments.is_empty() {
            value = Some(arguments.remove(0).to_string_lossy().into_owned());
        }
        let taken = match (wants, value) {
            (true, None) => Err(format!("{name} needs a value: {name} {}", row.value)),
            (false, Some(value)) => Err(format!("{name} takes no value, but got `{value}`")),
            (false, None) => (row.take)(options, ""),
            (true, Some(value)) => (row.take)(options, &value)
                .map_err(|wanted| format!("{name} takes {wanted}, not `{value}`")),
        };
        taken.map_err(|message| Wrong {
            message,
            help: None,
        })?;
    }
    Ok(())
}

/// There is no such option.
pub fn unknown(name: &str) -> Wrong {
    let names = OPTIONS.iter().map(|row| row.name);
    Wrong {
        message: format!("there is no option {name}"),
        help: nearest(name, names).map(|near| format!("did you mean {near}?")),
    }
}
