//! The `:` commands: one row each, read by the dispatch, `:help`, completion and the tests.
//!
//! To add one: a row, and its function right below the table or in the file of its subject.

use std::path::PathBuf;
use std::time::Instant;

use super::entries::Verdict;
use super::prompt::Repl;
use super::{about, completion, editor, outcomes, script, status};
use crate::diagnostics::suggest::nearest;
use crate::diagnostics::words;
use crate::syntax;
use crate::value::Value;

/// A command.
pub struct Command {
    /// Its name, without the colon.
    pub name: &'static str,
    /// How it is written.
    pub usage: &'static str,
    /// What it does, in one line.
    pub doc: &'static str,
    /// What else there is to know of it.
    pub more: &'static str,
    /// What stands behind it.
    pub takes: Takes,
    /// What it does; given what stands behind it.
    pub run: fn(&mut Repl, &str),
}

/// What stands behind a command.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Nothing.
    Nothing,
    /// A name, which may be left out.
    Name,
    /// Code.
    Code,
    /// A file.
    File,
    /// The number of a task.
    Task,
}

/// All commands, in the order of `:help`.
pub const TABLE: &[Command] = &[
    Command {
        name: "help",
        usage: "help [NAME]",
        doc: "what there is; or about a name, keyword or command",
        more: ":help put    :help future    :help :tasks",
        takes: Takes::Name,
        run: about::help,
    },
    Command {
        name: "doc",
        usage: "doc NAME",
        doc: "the documentation of a function",
        more: "of a function of yours: the ## lines above its fn, and where it stands",
        takes: Takes::Name,
        run: about::doc,
    },
    Command {
        name: "tasks",
        usage: "tasks",
        doc: "what runs: state, what it waits for and since when, where in the source",
        more: "cancel one with :cancel, by its number",
        takes: Takes::Nothing,
        run: status::tasks,
    },
    Command {
        name: "queues",
        usage: "queues",
        doc: "the queues: length, capacity, who waits",
        more: "",
        takes: Takes::Nothing,
        run: status::queues,
    },
    Command {
        name: "tree",
        usage: "tree",
        doc: "who started whom",
        more: "",
        takes: Takes::Nothing,
        run: status::tree,
    },
    Command {
        name: "cancel",
        usage: "cancel N",
        doc: "ask a task to stop; its clean-up runs",
        more: ":cancel 2 is task #2, :cancel f2 is future #2",
        takes: Takes::Task,
        run: status::cancel,
    },
    Command {
        name: "kill",
        usage: "kill N",
        doc: "end the process of a task at once",
        more: ":kill 2 is task #2, :kill f2 is future #2; only those on a process can be killed",
        takes: Takes::Task,
        run: status::kill,
    },
    Command {
        name: "wait",
        usage: "wait",
        doc: "wait until all tasks have ended; Ctrl-C stops waiting",
        more: "",
        takes: Takes::Nothing,
        run: status::wait,
    },
    Command {
        name: "load",
        usage: "load FILE",
        doc: "run a file as if it had been typed",
        more: "",
        takes: Takes::File,
        run: load,
    },
    Command {
        name: "reload",
        usage: "reload",
        doc: "load the last file again",
        more: "its functions are replaced; tasks that run see the new ones at their next call",
        takes: Takes::Nothing,
        run: reload,
    },
    Command {
        name: "save",
        usage: "save FILE",
        doc: "write the session as a script that runs",
        more: "what failed is left out; a file that is there is not overwritten",
        takes: Takes::File,
        run: script::save,
    },
    Command {
        name: "time",
        usage: "time EXPR",
        doc: "run it and say how long it took",
        more: "",
        takes: Takes::Code,
        run: time,
    },
    Command {
        name: "explore",
        usage: "explore EXPR",
        doc: "every possible outcome of it; Ctrl-C stops exploring",
        more: "the let and fn entries it needs run before it, each time anew",
        takes: Takes::Code,
        run: outcomes::outcomes,
    },
    Command {
        name: "type",
        usage: "type EXPR",
        doc: "run it and show the type of its value",
        more: "",
        takes: Takes::Code,
        run: type_of,
    },
    Command {
        name: "env",
        usage: "env",
        doc: "the names in scope and what they stand for",
        more: "",
        takes: Takes::Nothing,
        run: env,
    },
    Command {
        name: "ast",
        usage: "ast EXPR",
        doc: "how it is read, as a tree",
        more: "",
        takes: Takes::Code,
        run: ast,
    },
    Command {
        name: "reset",
        usage: "reset",
        doc: "forget all names; tasks go on",
        more: "",
        takes: Takes::Nothing,
        run: reset,
    },
    Command {
        name: "history",
        usage: "history",
        doc: "the last entries, also of earlier sessions; Ctrl-R searches them",
        more: "",
        takes: Takes::Nothing,
        run: history,
    },
    Command {
        name: "quit",
        usage: "quit",
        doc: "leave, as Ctrl-D does; asks once if tasks still run",
        more: "",
        takes: Takes::Nothing,
        run: quit,
    },
];

/// The command of this name, or the only one that begins so.
pub fn find(name: &str) -> Option<&'static Command> {
    let exact = TABLE.iter().find(|row| row.name == name);
    let mut beginning = TABLE.iter().filter(|row| row.name.starts_with(name));
    exact.or_else(|| match (beginning.next(), beginning.next()) {
        (Some(only), None) if !name.is_empty() => Some(only),
        _ => None,
    })
}

/// Whether code stands behind this command.
pub fn takes_code(name: &str) -> bool {
    find(name).is_some_and(|row| row.takes == Takes::Code)
}

/// Runs a line that begins with a colon.
pub fn run(repl: &mut Repl, line: &str) {
    let line = line.trim().trim_start_matches(':');
    let (name, argument) = match line.split_once(char::is_whitespace) {
        Some((name, argument)) => (name, argument.trim()),
        None => (line, ""),
    };
    let Some(command) = find(name) else {
        let help = match nearest(name, TABLE.iter().map(|row| row.name)) {
            Some(near) => format!("did you mean `:{near}`?"),
            None => String::from("`:help` lists the commands"),
        };
        return repl.complain(&format!("there is no command `:{name}`"), Some(help));
    };
    let usage = || Some(format!("it is written `:{}`", command.usage));
    match (command.takes, argument) {
        (Takes::Nothing, argument) if !argument.is_empty() => {
            repl.complain(
                &format!("`:{}` takes nothing behind it", command.name),
                usage(),
            );
        }
        (Takes::Code | Takes::File | Takes::Task, "") => {
            let what = match command.takes {
                Takes::Code => "code",
                Takes::File => "the name of a file",
                _ => "the number of a task",
            };
            repl.complain(&format!("`:{}` needs {what}", command.name), usage());
        }
        _ => (command.run)(repl, argument),
    }
}

fn load(repl: &mut Repl, file: &str) {
    // Quotes are what one is used to around file names.
    let quotes: &[char] = &['"', '\''];
    repl.load(PathBuf::from(file.trim_matches(quotes)));
}

fn reload(repl: &mut Repl, _: &str) {
    match repl.loaded.clone() {
        Some(path) => repl.load(path),
        None => repl.complain(
            "no file has been loaded",
            Some(":load FILE loads one".into()),
        ),
    }
}

fn time(repl: &mut Repl, code: &str) {
    let started = Instant::now();
    let verdict = repl.entries.enter(code);
    let took = started.elapsed();
    let value = matches!(verdict, Verdict::Value(_));
    repl.show(verdict);
    if value {
        let took = repl
            .palette
            .quiet(&format!("took {}", status::duration(took)));
        repl.say(&format!("{took}\n"));
    }
}

fn type_of(repl: &mut Repl, code: &str) {
    match repl.entries.enter(code) {
        Verdict::Value(value) => repl.say(&format!("{}\n", value.type_name())),
        other => repl.show(other),
    }
}

fn ast(repl: &mut Repl, code: &str) {
    let sources = crate::diagnostics::source::Sources::default();
    let source = sources.add("<code>", code);
    let drawn = crate::resolve::front_end::on_large_stack(|| {
        let parsed = syntax::parse(&source);
        match parsed.reports.is_empty() {
            true => Ok(syntax::show(&parsed.tree)),
            false => Err(parsed.reports),
        }
    });
    match drawn {
        Ok(Ok(tree)) => repl.say(&format!("{}\n", tree.trim_end())),
        Ok(Err(reports)) => {
            for report in reports {
                let drawn = (repl.draw)(&report, &sources);
                repl.entries.runtime.output.report(&drawn);
            }
        }
        Err(error) => repl.complain(&format!("the system starts no thread: {error}"), None),
    }
}

fn env(repl: &mut Repl, _: &str) {
    let known = repl.entries.names.all();
    let known: Vec<_> = known.iter().filter(|known| known.is_declared()).collect();
    let width = known.iter().map(|known| known.name.chars().count()).max();
    let mut text = String::new();
    for known in &known {
        let about = known.value().map_or(String::new(), |value| match value {
            Value::Nil => String::from("nil"),
            value => completion::about(&value),
        });
        let blanks = " ".repeat(width.unwrap_or(0) - known.name.chars().count());
        text.push_str(&format!("{}{blanks}  {about}\n", known.name));
    }
    match text.is_empty() {
        true => repl.say("nothing has been declared\n"),
        false => repl.say(&text),
    }
}

fn reset(repl: &mut Repl, _: &str) {
    repl.entries.reset();
    let running = repl.running();
    match running {
        0 => repl.say("all names are forgotten\n"),
        _ => {
            let tasks = words::count(running, "task");
            let go = if running == 1 { "goes" } else { "go" };
            repl.say(&format!(
                "all names are forgotten; {tasks} {go} on (:tasks)\n"
            ));
        }
    }
}

fn history(repl: &mut Repl, _: &str) {
    const MOST_SHOWN: usize = 30;
    let mut text = String::new();
    for (number, entry) in editor::remembered(&repl.lines, MOST_SHOWN) {
        let entry = entry.replace('\n', "\n        ");
        text.push_str(&format!("{number:>6}  {entry}\n"));
    }
    repl.say(&text);
}

fn quit(repl: &mut Repl, _: &str) {
    repl.wants_to_leave();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_by_their_beginning() {
        let name = |text| find(text).map(|row| row.name);
        assert_eq!(name("tasks"), Some("tasks"));
        assert_eq!(name("q"), None);
        assert_eq!(name("qui"), Some("quit"));
        assert_eq!(name("t"), None);
        assert_eq!(name(""), None);
        assert_eq!(name("nonsense"), None);
    }

    #[test]
    fn every_row_explains_itself() {
        for row in TABLE {
            assert!(row.usage.starts_with(row.name), "{}", row.name);
            assert!(
                !row.doc.is_empty() && !row.doc.ends_with('.'),
                "{}",
                row.name
            );
            assert_eq!(
                row.takes == Takes::Nothing,
                row.usage == row.name,
                "{}",
                row.name
            );
        }
    }
}
