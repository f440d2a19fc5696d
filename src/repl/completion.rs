//! What Tab offers: the names in scope, builtins, keywords, fields, file names in strings, and
//! commands, each with one line about it.

use std::cmp::Ordering;

use rustyline::completion::FilenameCompleter;

use super::commands;
use super::names::Names;
use super::signatures::of_function;
use crate::builtins::{self, reference};
use crate::gate::Gate;
use crate::syntax::lexer::lex;
use crate::syntax::span::SourceId;
use crate::syntax::token::KEYWORDS;
use crate::value::Value;
use crate::value::show::show_short;

/// Something that may be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What is written for it.
    pub replacement: String,
    /// What it is called.
    pub name: String,
    /// One line about it; may be empty.
    pub doc: String,
}

impl Candidate {
    fn new(name: impl Into<String>, doc: impl Into<String>) -> Candidate {
        let name = name.into();
        Candidate {
            replacement: name.clone(),
            name,
            doc: doc.into(),
        }
    }

    /// The candidate in a line that is not wider than `width`.
    pub fn line(&self, width: usize) -> String {
        if self.doc.is_empty() {
            return self.name.clone();
        }
        let line = format!("{:<12}  {}", self.name, self.doc.replace('\n', " "));
        match line.chars().count() > width {
            true => {
                line.chars()
                    .take(width.saturating_sub(1))
                    .collect::<String>()
                    + "…"
            }
            false => line,
        }
    }
}

/// What the word before the cursor may become, and where it begins.
pub fn complete(text: &str, cursor: usize, names: &Names) -> (usize, Vec<Candidate>) {
    let before = &text[..cursor];
    if let Some(found) = complete_command(before, names) {
        return found;
    }
    let lexed = lex(SourceId::default(), before);
    if lexed.unfinished {
        return complete_file(before);
    }
    let start = word_start(before);
    let word = &before[start..];
    let before_word = before[..start].trim_end();
    if let Some(owner) = before_word.strip_suffix('.') {
        return (start, complete_field(owner, word, names));
    }
    (start, complete_name(word, names))
}

/// Where the name before the cursor begins.
fn word_start(before: &str) -> usize {
    let is_part = |c: char| c == '_' || unicode_ident::is_xid_continue(c);
    let word = before.chars().rev().take_while(|&c| is_part(c));
    before.len() - word.map(char::len_utf8).sum::<usize>()
}

/// `:he` becomes a command; what stands behind one is completed by what it takes.
fn complete_command(before: &str, names: &Names) -> Option<(usize, Vec<Candidate>)> {
    let command = before.trim_start().strip_prefix(':')?;
    let begin = before.len() - command.len();
    let Some((name, argument)) = command.split_once(char::is_whitespace) else {
        let fitting = commands::TABLE
            .iter()
            .filter(|row| row.name.starts_with(command));
        let candidates = fitting.map(|row| Candidate {
            replacement: format!(":{}", row.name),
            name: format!(":{}", row.usage),
            doc: row.doc.to_owned(),
        });
        return Some((begin - 1, candidates.collect()));
    };
    let row = commands::find(name)?;
    let start = before.len() - argument.trim_start().len();
    match row.takes {
        commands::Takes::Code => None,
        commands::Takes::File => Some(complete_file_from(before, start)),
        commands::Takes::Name => {
            let word = &before[start..];
            let mut candidates = complete_name(word, names);
            let table = commands::TABLE.iter();
            let fitting = table.filter(|row| format!(":{}", row.name).starts_with(word));
            candidates.extend(fitting.map(|row| Candidate::new(format!(":{}", row.name), row.doc)));
            Some((start, candidates))
        }
        commands::Takes::Task | commands::Takes::Nothing => Some((start, Vec::new())),
    }
}

fn complete_name(word: &str, names: &Names) -> Vec<Candidate> {
    let mut candidates: Vec<Candidate> = Vec::new();
    for known in names.all() {
        let wanted = known.is_declared() || word.starts_with('_');
        if wanted && known.name.starts_with(word) {
            let doc = known.value().map(|value| about(&value));
            candidates.push(Candidate::new(&*known.name, doc.unwrap_or_default()));
        }
    }
    for builtin in builtins::all() {
        let hidden = candidates.iter().any(|other| other.name == builtin.name);
        if builtin.name.starts_with(word) && !hidden {
            candidates.push(Candidate::new(builtin.name, doc_of(builtin)));
        }
    }
    for (_, keyword) in KEYWORDS {
        if keyword.starts_with(word) {
            candidates.push(Candidate::new(keyword, "keyword"));
        }
    }
    candidates.sort_by(|a, b| a.name.cmp(&b.name));
    candidates
}

fn doc_of(builtin: &builtins::Builtin) -> String {
    match builtin.rows.first() {
        Some((row, _)) => format!("{}: {}", reference::call(row), row.doc),
        None => String::new(),
    }
}

/// What is said about a value in a line.
pub fn about(value: &Value) -> String {
    match value {
        Value::Function(function) => {
            let parameters = of_function(function).join(", ");
            let doc = function.code.template.documentation.as_deref();
            let first = doc.and_then(|doc| doc.lines().next());
            match first {
                Some(first) => format!("fn({parameters}): {first}"),
                None => format!("fn({parameters})"),
            }
        }
        value => format!(
            "{} {}",
            value.type_name(),
            show_short(value, &Gate::open(), 60)
        ),
    }
}

/// The fields of a value whose name stands before the point, then what can be called on it.
fn complete_field(owner: &str, word: &str, names: &Names) -> Vec<Candidate> {
    let owner_start = word_start(owner);
    let value = names.value(&owner[owner_start..]);
    let mut candidates = Vec::new();
    match &value {
        Some(Value::Map(map)) => {
            for (key, value) in map.snapshot(&Gate::open()) {
                if let Value::String(key) = key
                    && key.starts_with(word)
                    && is_name(&key)
                {
                    candidates.push(Candidate::new(key.to_string(), about(&value)));
                }
            }
        }
        Some(Value::Error(_)) => {
            for (field, doc) in [
                ("kind", "what kind of error it is"),
                ("message", "what went wrong"),
                ("trace", "where, and in which calls and tasks"),
            ] {
                if field.starts_with(word) {
                    candidates.push(Candidate::new(field, doc));
                }
            }
        }
        _ => {}
    }
    let mut calls: Vec<Candidate> = Vec::new();
    for known in names.all() {
        if known.name.starts_with(word)
            && let Some(value @ Value::Function(_)) = known.value()
        {
            calls.push(Candidate::new(&*known.name, about(&value)));
        }
    }
    for builtin in builtins::all() {
        let mut rows = builtin.rows.iter();
        let takes_first = rows.any(|(row, signature)| {
            row.run.is_function()
                && (!signature.parameters.is_empty() || signature.rest.is_some())
                && value.as_ref().is_none_or(|value| fits(row, value))
        });
        if builtin.name.starts_with(word) && takes_first {
            calls.push(Candidate::new(builtin.name, doc_of(builtin)));
        }
    }
    calls.sort_by(|a, b| match a.name.cmp(&b.name) {
        Ordering::Equal => a.doc.cmp(&b.doc),
        other => other,
    });
    candidates.extend(calls);
    candidates
}

/// Whether a builtin may take this value first, as far as its row says.
fn fits(row: &builtins::Row, value: &Value) -> bool {
    match row.run {
        builtins::Run::For(types, _) => types.contains(&value.type_name()),
        _ => true,
    }
}

fn is_name(text: &str) -> bool {
    let mut characters = text.chars();
    characters
        .next()
        .is_some_and(|c| c == '_' || unicode_ident::is_xid_start(c))
        && characters.all(unicode_ident::is_xid_continue)
}

/// The file name that begins at the last quote.
fn complete_file(before: &str) -> (usize, Vec<Candidate>) {
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let quote = before[line_start..].rfind(['"', '\'']);
    let start = quote.map_or(before.len(), |quote| line_start + quote + 1);
    complete_file_from(before, start)
}

fn complete_file_from(before: &str, start: usize) -> (usize, Vec<Candidate>) {
    let path = &before[start..];
    let found = FilenameCompleter::new().complete_path(path, path.len());
    let (offset, pairs) = found.unwrap_or_default();
    let candidates = pairs.into_iter().map(|pair| Candidate {
        replacement: pair.replacement,
        name: pair.display,
        doc: String::new(),
    });
    (start + offset, candidates.collect())
}
