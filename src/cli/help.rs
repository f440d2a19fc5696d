//! `cq help [NAME]`.

use std::ffi::OsString;
use std::fmt::Write;
use std::process::ExitCode;

use super::exploring;
use super::options::OPTIONS;
use super::{COMMANDS, wrong_use};
use crate::builtins;
use crate::diagnostics::suggest::nearest;
use crate::syntax::foreign::{foreign_name, nearly_foreign_name};

/// The overview, or what a builtin does.
pub fn help(names: Vec<OsString>) -> ExitCode {
    let Some(name) = names.first() else {
        return show(&overview());
    };
    let name = name.to_string_lossy();
    if name == "--markdown" {
        return show(&builtins::reference::markdown());
    }
    if let Some(text) = of_command(&name) {
        return show(&text);
    }
    match builtins::reference::help(&name) {
        Some(text) => show(&text),
        None => {
            let names = builtins::all().iter().map(|builtin| builtin.name);
            let foreign = foreign_name(&name).map(str::to_owned);
            let near = || {
                Some(format!(
                    "did you mean `cq help {}`?",
                    nearest(&name, names)?
                ))
            };
            let help = foreign
                .or_else(near)
                .or_else(|| nearly_foreign_name(&name).map(str::to_owned));
            wrong_use(&format!("there is no builtin `{name}`"), help)
        }
    }
}

/// `cq --version`
pub fn version() -> ExitCode {
    show(&format!("cq {}\n", env!("CARGO_PKG_VERSION")))
}

fn show(text: &str) -> ExitCode {
    use std::io::Write;
    // A reader that has gone needs no help.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
    ExitCode::SUCCESS
}

/// How a command that explores is called; none of them is a builtin.
fn of_command(name: &str) -> Option<String> {
    let command = COMMANDS.iter().find(|command| command.name == name)?;
    let options = exploring::OPTIONS.iter();
    let own: Vec<&exploring::Row> = options.filter(|row| row.commands.contains(&name)).collect();
    if own.is_empty() {
        return None;
    }
    let mut text = format!("cq {}\n    {}\n\n", command.usage, command.doc);
    for row in own {
        let usage = format!("--{} {}", row.name, row.value);
        let _ = writeln!(text, "  {usage:<22} {}", row.doc);
    }
    Some(text)
}

fn overview() -> String {
    let mut text = String::from(
        "cq: a tiny language for learning, trying out and teaching concurrency\n\n\
         \x20 cq                     the interactive session\n\
         \x20 cq FILE.cq [ARGS]      run a script\n\
         \x20 cq -e 'CODE' [ARGS]    run a piece of code\n\
         \x20 cq < FILE.cq           run the program on standard input\n",
    );
    for command in COMMANDS {
        let _ = writeln!(text, "  cq {:<19} {}", command.usage, command.doc);
    }
    text.push_str(
        "\nOptions, before the file; `cq help explore`, `replay` and `test` have their own:\n",
    );
    for option in OPTIONS {
        let usage = format!("{} {}", option.name, option.value);
        let _ = writeln!(text, "  {usage:<22} {}", option.doc);
    }
    text.push_str("\nBuiltins, each explained by `cq help NAME`:\n");
    text.push_str(&builtins::reference::overview());
    text.push_str(
        "\n\nExit status: 0 all went well, 1 an error that nobody caught, 2 wrong use or an error found\n\
         before running, 3 deadlock, 4 a limit, 130 Ctrl-C\n",
    );
    text
}
