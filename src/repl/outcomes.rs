//! `:explore`: every possible outcome of an entry.
//!
//! An exploration runs a program from its beginning, again and again. So the entry becomes a script
//! of its own, behind those `let` and `fn` entries of the session that it needs:
//!
//! ```text
//! > let n = 0
//! > let other = spawn f()                 (not needed: left out)
//! > fn add() { n += 1 }                   let n = 0
//! > :explore add_twice()           -->    fn add() { n += 1 }
//!                                         let _4 = add_twice()
//!                                         if _4 != nil { print(_4) }
//! ```

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::entries::Done;
use super::prompt::Repl;
use super::script::script;
use crate::builtins;
use crate::diagnostics::report::Severity;
use crate::diagnostics::source::Sources;
use crate::eval::compile;
use crate::explore::exploration::{Bounds, explore};
use crate::explore::fewest::shorten_all;
use crate::explore::report::{Subject, report};
use crate::resolve::{front_end, resolve};
use crate::runtime::output::Output;
use crate::runtime::run::Runtime;
use crate::syntax::lexer::lex;
use crate::syntax::parse;
use crate::syntax::span::SourceId;
use crate::syntax::token::Token;
use crate::syntax::tree::StatementKind;
use crate::value::function::Unit;

/// Set by Ctrl-C: an exploration under way ends.
pub type StopAsked = Arc<AtomicBool>;

/// `:explore EXPR`
pub fn outcomes(repl: &mut Repl, code: &str) {
    repl.stop_asked.store(false, Ordering::SeqCst);
    let entry = Done {
        number: repl.entries.next(),
        text: Arc::from(code),
    };
    let done = repl.entries.done.clone();
    let text = match front_end::on_large_stack(|| program(&done, entry)) {
        Ok(text) => text,
        Err(error) => return repl.complain(&format!("the system starts no thread: {error}"), None),
    };
    let sources = Sources::default();
    let source = sources.add("<explore>", text);
    let resolved = front_end::read(&[&source], |tree| resolve(tree, &[], &builtins::prelude()));
    for report in &resolved.reports {
        if report.severity == Severity::Error {
            let drawn = (repl.draw)(report, &sources);
            repl.entries.runtime.output.report(&drawn);
        }
    }
    let Some(program) = resolved.program else {
        return;
    };
    let runtime = Runtime::new(sources.clone(), Output::silent(), Vec::new(), repl.draw);
    let unit = Unit::load(program, compile);
    let bounds = Bounds {
        stop: repl.stop_asked.clone(),
        ..Bounds::default()
    };
    let mut found = explore(&runtime, unit, &bounds, |_, _| {});
    shorten_all(&runtime, unit, &bounds, &mut found.outcomes);
    let subject = Subject {
        runtime: &runtime,
        unit,
        bounds: &bounds,
        sources: &sources,
        draw: repl.draw,
    };
    repl.say(&report(code.trim(), &subject, &found, false));
}

/// The script that is explored.
fn program(done: &[Done], entry: Done) -> String {
    let mut needed = names(&entry.text);
    let mut entries = Vec::new();
    for earlier in done.iter().rev() {
        let declared = declared(&earlier.text);
        if declared.iter().any(|name| needed.contains(name)) {
            needed.extend(names(&earlier.text));
            entries.push(earlier.clone());
        }
    }
    entries.reverse();
    let value = format!("_{}", entry.number);
    let ends_in_value = matches!(
        statements(&entry.text).last(),
        Some(StatementKind::Expression(_))
    );
    let number = entry.number;
    entries.push(entry);
    if ends_in_value {
        entries.push(Done {
            number: number + 1,
            text: Arc::from(format!("if {value} != nil {{ print({value}) }}")),
        });
    }
    script(&entries)
}

fn statements(text: &str) -> Vec<StatementKind> {
    let source = Sources::default().add("entry", text);
    let statements = parse(&source).tree.block.statements;
    statements.into_iter().map(|it| it.kind).collect()
}

/// The names that an entry declares, if declaring is all it does.
fn declared(text: &str) -> Vec<Arc<str>> {
    let mut declared = Vec::new();
    for statement in statements(text) {
        match statement {
            StatementKind::Let { names, .. } => {
                declared.extend(names.into_iter().map(|name| name.text));
            }
            StatementKind::Function(function) => {
                declared.extend(function.name.map(|name| name.text));
            }
            _ => return Vec::new(),
        }
    }
    declared
}

/// All names in a text.
fn names(text: &str) -> HashSet<Arc<str>> {
    let lexemes = lex(SourceId::default(), text).lexemes.into_iter();
    let name = |token| match token {
        Token::Name(name) => Some(Arc::from(name)),
        _ => None,
    };
    lexemes.filter_map(|lexeme| name(lexeme.token)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::script::tests::typed;
    use super::*;

    #[test]
    fn what_an_entry_needs() {
        let done = typed(&[
            "let n = 0",
            "let t = spawn g()",
            "fn add() { n += 1 }",
            "n = 7",
            "let twice = [spawn add() for i in range(2)]; print(1)",
            "fn g() => 1",
        ]);
        let entry = |text: &str| Done {
            number: 7,
            text: Arc::from(text),
        };
        assert_eq!(
            program(&done, entry("add(); n")),
            "let n = 0\nfn add() { n += 1 }\nadd(); let _7 = n\nif _7 != nil { print(_7) }\n"
        );
        assert_eq!(
            program(&done, entry("print(2)")),
            "let _7 = print(2)\nif _7 != nil { print(_7) }\n"
        );
        assert_eq!(
            program(&done, entry("let x = g()")),
            "fn g() => 1\nlet x = g()\n"
        );
    }
}
