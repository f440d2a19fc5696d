//! `:help` and `:doc`: what there is to know of a name, from the tables it is declared in.

use std::fmt::Write;

use super::commands::{self, TABLE};
use super::prompt::Repl;
use super::signatures::of_function;
use crate::builtins::{self, reference};
use crate::diagnostics::suggest::nearest;
use crate::syntax::foreign::foreign_name;
use crate::syntax::token::KEYWORDS;
use crate::value::Value;

/// What each keyword is for, in the order of [`KEYWORDS`].
const WORDS: [&str; 26] = [
    "a and b: both are true; b is only looked at if a is",
    "break: leaves the loop",
    "try { } catch e { }: e is what was thrown",
    "check \"what must hold\" { }: runs under `cq test` only",
    "continue: goes on with the loop's next turn",
    "delay e: a promise; e is evaluated when it is first forced, once",
    "if c { } else { }: the other branch",
    "false: the bool",
    "try { } finally { }: runs whatever happens",
    "fn name(a, b = default) { } or => e: a function; fn(a) => e: a lambda",
    "for x in xs { }: over a list, map, string, range, stream or queue",
    "future e: starts evaluating e in the background, gives a future at once; force(it) waits\n    future e on pool; future e on process",
    "if c { } else if d { } else { }: it has a value",
    "x in xs: whether it is there; for x in xs { }",
    "let x = e: declares x; let a, b = e unpacks a list",
    "nil: nothing",
    "not a: the opposite",
    "future e on pool, spawn e on process: where it runs",
    "a or b: one of them is true; b is only looked at if a is not",
    "return e: ends the function with a value",
    "spawn e: starts a task with a thread of its own, gives the task; join(it) waits\n    spawn e on process: with a process of its own",
    "throw e: ends what runs, up to the nearest catch",
    "true: the bool",
    "try { } catch e { } finally { }",
    "while c { }: a loop",
    "with r { }, with name = r { }: afterwards a pool is shut down, a lock released, a queue closed,\n    a task joined",
];

/// `:help [NAME]`
pub fn help(repl: &mut Repl, name: &str) {
    if name.is_empty() {
        let text = overview(repl);
        return repl.say(&text);
    }
    if let Some(command) = name.strip_prefix(':').and_then(commands::find) {
        let mut text = format!(":{}\n    {}\n", command.usage, command.doc);
        if !command.more.is_empty() {
            let _ = writeln!(text, "    {}", command.more);
        }
        return repl.say(&text);
    }
    explain(repl, name, "help");
}

/// `:doc NAME`
pub fn doc(repl: &mut Repl, name: &str) {
    match name {
        "" => repl.complain(
            "`:doc` needs a name",
            Some("it is written `:doc NAME`".into()),
        ),
        name => explain(repl, name, "doc"),
    }
}

fn explain(repl: &mut Repl, name: &str, command: &str) {
    let name = name.trim_end_matches("()");
    if let Some(text) = about_value(repl, name) {
        return repl.say(&text);
    }
    if let Some(place) = KEYWORDS.iter().position(|(_, word)| *word == name) {
        return repl.say(&format!("{}\n", WORDS[place]));
    }
    if let Some(text) = reference::help(name) {
        return repl.say(&text);
    }
    let known = repl.entries.names.all();
    let names = known.iter().map(|known| &*known.name);
    let builtins = builtins::all().iter().map(|builtin| builtin.name);
    let words = KEYWORDS.iter().map(|(_, word)| *word);
    let near = nearest(name, names.chain(builtins).chain(words));
    let near = near.map(|near| format!("did you mean `:{command} {near}`?"));
    let commands = || {
        let command = commands::find(name)?;
        Some(format!(
            "the command has a colon: `:help :{}`",
            command.name
        ))
    };
    let help = foreign_name(name)
        .map(str::to_owned)
        .or_else(commands)
        .or(near);
    repl.complain(&format!("there is nothing called `{name}`"), help);
}

/// About what a name of this session stands for.
fn about_value(repl: &Repl, name: &str) -> Option<String> {
    let value = repl.entries.names.value(name)?;
    let Value::Function(function) = value else {
        let about = super::completion::about(&value);
        return Some(format!("{name}: {about}\n"));
    };
    let mut text = format!("{name}({})\n", of_function(&function).join(", "));
    if let Some(documentation) = &function.code.template.documentation {
        for line in documentation.lines() {
            let _ = writeln!(text, "    {line}");
        }
    }
    let place = repl
        .entries
        .runtime
        .sources
        .locate(function.code.template.span);
    let _ = writeln!(text, "    declared at {place}");
    Some(text)
}

fn overview(repl: &Repl) -> String {
    let width = TABLE.iter().map(|row| row.usage.len()).max().unwrap_or(0);
    let mut text = String::from(
        "Type code to run it: 1 + 2, let q = queue(), spawn { q.put(42) }. Its value is shown;\n\
         _ is the last one, _3 that of entry 3. Ctrl-C stops what runs, Ctrl-D leaves.\n\
         Tab completes, Ctrl-R searches the history, Alt-Enter begins a new line.\n\n",
    );
    for row in TABLE {
        let usage = format!("{:<width$}", row.usage);
        let _ = writeln!(
            text,
            "  {}  {}",
            repl.palette.name(&format!(":{usage}")),
            row.doc
        );
    }
    text.push_str("\nBuiltins, each explained by :help NAME:\n");
    text.push_str(&builtins::reference::overview());
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_keyword_is_explained() {
        for ((_, word), text) in KEYWORDS.iter().zip(WORDS) {
            assert!(text.contains(word), "{word}: {text}");
        }
    }
}
