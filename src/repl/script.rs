//! The session as a script: what `:save` writes runs on its own.
//!
//! A script is one scope, in which a name is declared once and functions are there from the
//! beginning. So an entry that declares a name again is written as an assignment:
//!
//! ```text
//! > let x = 1                let x = 1
//! > fn f() => x              fn f() => x
//! > let x = 2                x = 2
//! > fn f() => x + 1          f = fn() => x + 1
//! > x * 2                    let _5 = x * 2        (if a later entry uses `_5` or `_`)
//! ```

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use super::entries::Done;
use super::prompt::Repl;
use crate::builtins;
use crate::diagnostics::report::Severity;
use crate::diagnostics::source::{Source, Sources};
use crate::diagnostics::words;
use crate::resolve::{front_end, resolve};
use crate::syntax::lexer::lex;
use crate::syntax::parse;
use crate::syntax::span::{SourceId, Span};
use crate::syntax::token::Token;
use crate::syntax::tree::{Statement, StatementKind};

/// `:save FILE`
pub fn save(repl: &mut Repl, file: &str) {
    let quotes: &[char] = &['"', '\''];
    let path = Path::new(file.trim_matches(quotes));
    let name = path.display().to_string();
    let done = repl.entries.done.clone();
    let text = front_end::on_large_stack(|| script(&done));
    let text = match text {
        Ok(text) => text,
        Err(error) => return repl.complain(&format!("the system starts no thread: {error}"), None),
    };
    if path.exists() {
        let help = String::from("choose another name, or remove the file first");
        return repl.complain(&format!("{name} is there already"), Some(help));
    }
    if let Err(error) = std::fs::write(path, &text) {
        let why = words::system_error(&error);
        return repl.complain(&format!("cannot write {name}: {why}"), None);
    }
    let entries = match done.len() {
        1 => String::from("1 entry"),
        many => format!("{many} entries"),
    };
    repl.say(&format!("{entries} written to {name}\n"));
    if let Some(problem) = problem(&text) {
        repl.complain(
            &format!("as a script it is not in order yet: {problem}"),
            Some(format!("`cq check {name}` shows where")),
        );
    }
}

/// What is wrong with the script, if anything is.
fn problem(text: &str) -> Option<String> {
    let source = Sources::default().add("script", text);
    let resolved = front_end::read(&[&source], |tree| resolve(tree, &[], &builtins::prelude()));
    let mut reports = resolved.reports.into_iter();
    let error = reports.find(|report| report.severity == Severity::Error)?;
    Some(error.message)
}

/// The script of these entries.
pub fn script(entries: &[Done]) -> String {
    let uses = uses_of_values(entries);
    let mut declared: HashSet<Arc<str>> = HashSet::new();
    let mut text = String::new();
    for (place, entry) in entries.iter().enumerate() {
        let source = Sources::default().add("entry", entry.text.clone());
        text.push_str(&rewritten(&source, entry, uses[place], &mut declared));
        if !text.ends_with('\n') {
            text.push('\n');
        }
    }
    text
}

/// Of each entry, whether a later one uses its value as `_7`, and whether as `_`.
fn uses_of_values(entries: &[Done]) -> Vec<(bool, bool)> {
    let mut uses = vec![(false, false); entries.len()];
    for (place, entry) in entries.iter().enumerate() {
        for lexeme in lex(SourceId::default(), &entry.text).lexemes {
            let Token::Name(name) = lexeme.token else {
                continue;
            };
            if name == "_" {
                // Whichever of those before gave a value: it is one of them.
                uses[..place].iter_mut().for_each(|used| used.1 = true);
            } else if let Some(number) =
                name.strip_prefix('_').and_then(|n| n.parse::<usize>().ok())
            {
                let used = entries.iter().position(|entry| entry.number == number);
                if let Some(used) = used {
                    uses[used].0 = true;
                }
            }
        }
    }
    uses
}

/// An entry as a part of the script.
fn rewritten(
    source: &Source,
    entry: &Done,
    (by_number, as_last): (bool, bool),
    declared: &mut HashSet<Arc<str>>,
) -> String {
    let statements = parse(source).tree.block.statements;
    let mut text = String::new();
    let mut end = 0;
    let last = statements.len().saturating_sub(1);
    for (place, statement) in statements.iter().enumerate() {
        let span = statement.span;
        let (start, stop) = (span.start as usize, span.end as usize);
        text.push_str(&source.text[end..start]);
        let written = &source.text[start..stop];
        let is_value = place == last && matches!(statement.kind, StatementKind::Expression(_));
        if is_value && (by_number || as_last) {
            let name = format!("_{}", entry.number);
            if by_number {
                text.push_str(&format!("let {name} = {written}"));
            } else {
                text.push_str(&format!("let _ = {written}"));
            }
            if by_number && as_last {
                text.push_str(&format!("\nlet _ = {name}"));
            }
        } else {
            text.push_str(&redeclared(statement, written, declared));
        }
        end = stop;
    }
    text.push_str(&source.text[end..]);
    text
}

/// A statement; if it declares what is declared already, as an assignment.
fn redeclared(statement: &Statement, written: &str, declared: &mut HashSet<Arc<str>>) -> String {
    match &statement.kind {
        StatementKind::Let { names, .. } => {
            let again: Vec<bool> = names
                .iter()
                .map(|name| &*name.text != "_" && !declared.insert(name.text.clone()))
                .collect();
            if !again.contains(&true) {
                return written.to_owned();
            }
            let rest = written.trim_start_matches("let").trim_start();
            let new = names.iter().zip(&again).filter(|(_, again)| !**again);
            let new: Vec<String> = new
                .map(|(name, _)| format!("let {} = nil\n", name.text))
                .collect();
            new.concat() + rest
        }
        StatementKind::Function(function) => {
            let Some(name) = &function.name else {
                return written.to_owned();
            };
            if declared.insert(name.text.clone()) {
                return written.to_owned();
            }
            let inside = |span: Span| (span.start - statement.span.start) as usize;
            let after_name = inside(name.span) + name.text.len();
            format!("{} = fn{}", name.text, &written[after_name..])
        }
        _ => written.to_owned(),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Entries as they were typed, one after the other.
    pub fn typed(entries: &[&str]) -> Vec<Done> {
        let entries = entries.iter().enumerate();
        let done = entries.map(|(place, text)| Done {
            number: place + 1,
            text: Arc::from(*text),
        });
        done.collect()
    }

    fn saved(entries: &[&str]) -> String {
        let text = script(&typed(entries));
        assert_eq!(problem(&text), None, "{text}");
        text
    }

    #[test]
    fn declared_again() {
        let text = saved(&[
            "let x = 1",
            "fn f() => x",
            "let x = x + 1",
            "## doc\nfn f() => x + 1",
            "let y, x = [1, 2] # both",
            "let _, z = [1, 2]",
            "let x = 3; print(x)",
        ]);
        assert_eq!(
            text,
            "let x = 1\nfn f() => x\nx = x + 1\n## doc\nf = fn() => x + 1\nlet y = nil\n\
             y, x = [1, 2] # both\nlet _, z = [1, 2]\nx = 3; print(x)\n"
        );
    }

    #[test]
    fn values_of_entries() {
        assert_eq!(
            saved(&["1 + 1", "let a = 3; a * 2", "print(_)"]),
            "let _ = 1 + 1\nlet a = 3; let _ = a * 2\nprint(_)\n"
        );
        assert_eq!(
            saved(&["1 + 1", "2", "print(_1)"]),
            "let _1 = 1 + 1\n2\nprint(_1)\n"
        );
        assert_eq!(
            saved(&["1 + 1", "print(_1, _)"]),
            "let _1 = 1 + 1\nlet _ = _1\nprint(_1, _)\n"
        );
    }
}
