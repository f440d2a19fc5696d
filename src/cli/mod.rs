//! The `cq` program: one file a command.
//!
//! ```text
//! cq FILE.cq [ARGS]    run     a script; also `cq run FILE.cq`, `cq -e 'CODE'`, standard input
//! cq [repl [FILE]]     repl    the interactive session
//! cq check FILE...     check   every error that can be found without running
//! cq explore FILE      explore, replay, test: every order, with `exploring`, `progress`, `checked`
//! cq help [NAME]       help    what there is
//! ```
//!
//! [`COMMANDS`] is the list that the dispatch, the help and the check of command names read,
//! `options` has the options of running; `interrupt` says what Ctrl-C does;
//! [`load`] is the way from a text to a program that can run.

mod check;
mod checked;
mod explore;
mod exploring;
mod help;
pub mod interrupt;
pub mod load;
mod options;
mod progress;
mod repl;
mod replay;
mod run;
mod test;

use std::ffi::OsString;
use std::io::IsTerminal;
use std::process::ExitCode;

use parking_lot::Mutex;

use options::Options;

use crate::diagnostics::json::json;
use crate::diagnostics::render::{Style, render_within};
use crate::diagnostics::report::Report;
use crate::diagnostics::source::Sources;
use crate::diagnostics::suggest::nearest;

/// Exit status of wrong usage and of errors found before running.
const WRONG_USE: u8 = 2;

/// A command of the program.
struct Command {
    name: &'static str,
    /// How it is called, without `cq`.
    usage: &'static str,
    /// What it does, in one line.
    doc: &'static str,
    run: fn(Vec<OsString>) -> ExitCode,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "run",
        usage: "run FILE.cq [ARGS]",
        doc: "run a script; `run` may be left out",
        run: run::script,
    },
    Command {
        name: "repl",
        usage: "repl [FILE]",
        doc: "the interactive session, with FILE loaded; also `cq -i FILE`",
        run: repl::repl,
    },
    Command {
        name: "check",
        usage: "check FILE...",
        doc: "report every error that can be found without running",
        run: check::check,
    },
    Command {
        name: "explore",
        usage: "explore FILE",
        doc: "run every interleaving; list every possible outcome",
        run: explore::explore,
    },
    Command {
        name: "replay",
        usage: "replay FILE SCHEDULE",
        doc: "run one interleaving again, step by step",
        run: replay::replay,
    },
    Command {
        name: "test",
        usage: "test FILE...",
        doc: "run the check blocks, in every interleaving",
        run: test::test,
    },
    Command {
        name: "help",
        usage: "help [NAME]",
        doc: "what there is, or a builtin's documentation",
        run: help::help,
    },
];

/// Runs the program with the arguments of its process.
pub fn main() -> ExitCode {
    if let Some(link) = crate::process::link::inherited() {
        crate::process::worker::main(link, crate::eval::compile, draw);
    }
    let mut arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    if let Err(status) = take_options(&mut arguments) {
        return status;
    }
    if arguments.is_empty() {
        return repl::begin(None);
    }
    let first = arguments.remove(0);
    let rest = arguments;
    match first.to_str() {
        Some("-e") => run::code(rest),
        Some("-") => run::standard_input(None),
        Some("-i") => repl::with_file(rest),
        Some("-h" | "--help") => help::help(rest),
        Some("-V" | "--version") => help::version(),
        Some(option) if option.starts_with('-') => {
            let unknown = options::unknown(option);
            wrong_use(&unknown.message, unknown.help)
        }
        Some(word) => match COMMANDS.iter().find(|command| command.name == word) {
            Some(command) => (command.run)(rest),
            None => script_or_typo(word, first.clone(), rest),
        },
        None => run::script([vec![first], rest].concat()),
    }
}

/// The options of the command line.
static GIVEN: Mutex<Option<Options>> = Mutex::new(None);

/// Takes the options off the front of the arguments; those that were given before stay in force.
fn take_options(arguments: &mut Vec<OsString>) -> Result<(), ExitCode> {
    let mut given = GIVEN.lock();
    let taken = options::take(given.get_or_insert_default(), arguments);
    drop(given);
    taken.map_err(|wrong| wrong_use(&wrong.message, wrong.help))
}

/// What the options say.
fn given() -> Options {
    GIVEN.lock().clone().unwrap_or_default()
}

/// A first word that is no command is a file; one that looks like a mistyped command says so.
fn script_or_typo(word: &str, first: OsString, rest: Vec<OsString>) -> ExitCode {
    let is_path = word.contains(['.', '/']) || std::path::Path::new(word).exists();
    if !is_path {
        let names = COMMANDS.iter().map(|command| command.name);
        let help = match nearest(word, names) {
            Some(name) => format!("did you mean `cq {name}`?"),
            None => String::from(
                "`cq help` lists the commands; a script is run by its file name, `cq FILE.cq`",
            ),
        };
        return wrong_use(&format!("there is no command or file `{word}`"), Some(help));
    }
    run::script([vec![first], rest].concat())
}

/// Says what is wrong with the call.
fn wrong_use(message: &str, help: Option<String>) -> ExitCode {
    let report = Report::without_place(message)
        .help(help.unwrap_or_else(|| String::from("`cq help` shows how cq is called")));
    complain(&report, &Sources::default());
    ExitCode::from(WRONG_USE)
}

/// Writes a report to standard error.
fn complain(report: &Report, sources: &Sources) {
    complain_all([report], sources);
}

/// Writes reports to standard error, with empty lines between.
fn complain_all<'a>(reports: impl IntoIterator<Item = &'a Report>, sources: &Sources) {
    use std::io::Write;
    let drawn: Vec<String> = reports
        .into_iter()
        .map(|report| draw(report, sources))
        .collect();
    let between = if given().json_errors { "" } else { "\n" };
    // A reader that has gone needs no reports.
    let _ = std::io::stderr().write_all(drawn.join(between).as_bytes());
}

/// Draws a report as it suits standard error, or as the options say.
fn draw(report: &Report, sources: &Sources) -> String {
    if given().json_errors {
        return json(report, sources);
    }
    let terminal = std::io::stderr().is_terminal();
    let coloured = terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let style = if coloured {
        Style::Colour
    } else {
        Style::Plain
    };
    let width = if terminal { columns() } else { None };
    render_within(report, sources, style, width)
}

/// How many columns the terminal of standard error has.
#[allow(unsafe_code)]
fn columns() -> Option<usize> {
    // SAFETY: the structure is valid when zeroed, and the call writes nothing else.
    let columns = unsafe {
        let mut size: libc::winsize = std::mem::zeroed();
        match libc::ioctl(libc::STDERR_FILENO, libc::TIOCGWINSZ, &raw mut size) {
            0 => size.ws_col,
            _ => 0,
        }
    };
    Some(usize::from(columns)).filter(|&columns| columns > 0)
}
