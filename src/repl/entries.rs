//! Entries: a text becomes a program that sees what earlier ones declared, and runs.

use std::sync::Arc;

use super::names::Names;
use crate::builtins;
use crate::diagnostics::report::{Report, Severity};
use crate::diagnostics::source::Source;
use crate::eval::compile;
use crate::resolve::program::LocalSlot;
use crate::resolve::{Prelude, front_end, resolve_entry};
use crate::runtime::machine::Machine;
use crate::runtime::run::Runtime;
use crate::runtime::session::{Ended, Session};
use crate::runtime::story;
use crate::runtime::task::Outcome;
use crate::syntax::span::Span;
use crate::value::function::{Function, Unit};
use crate::value::{Result, Value};

/// How an entry ended; what went wrong has been reported.
#[derive(Debug)]
pub enum Verdict {
    /// With a value, which may be nil.
    Value(Value),
    /// It was wrong, or failed.
    Failed,
    /// Ctrl-C.
    Interrupted,
}

/// An entry that ran to its end.
#[derive(Clone, Debug)]
pub struct Done {
    /// Its number.
    pub number: usize,
    /// Its text.
    pub text: Arc<str>,
}

/// The entries of a session.
pub struct Entries {
    /// The program they are entries of.
    pub runtime: Arc<Runtime>,
    /// Where they run.
    pub session: Arc<Session>,
    /// What they have declared.
    pub names: Names,
    /// Those that ran to their end.
    pub done: Vec<Done>,
    prelude: Prelude,
    count: usize,
}

impl Entries {
    /// No entries yet.
    pub fn new(runtime: Arc<Runtime>, session: Arc<Session>, names: Names) -> Entries {
        Entries {
            runtime,
            session,
            names,
            done: Vec::new(),
            prelude: builtins::prelude(),
            count: 0,
        }
    }

    /// The number of the next entry.
    pub fn next(&self) -> usize {
        self.count + 1
    }

    /// Runs a text that was typed.
    pub fn enter(&mut self, text: &str) -> Verdict {
        let name = format!("<entry {}>", self.next());
        let source = self.runtime.sources.add(name, text);
        self.run(&source)
    }

    /// Runs a text, as the next entry.
    pub fn run(&mut self, source: &Source) -> Verdict {
        self.count += 1;
        let (outer, cells) = self.names.outer();
        let resolved =
            front_end::read(&[source], |tree| resolve_entry(tree, &outer, &self.prelude));
        // Warnings are what `cq check` is for.
        let is_error = |report: &&Report| report.severity == Severity::Error;
        for report in resolved.reports.iter().filter(is_error) {
            self.runtime.report(report);
        }
        let Some(program) = resolved.program else {
            return Verdict::Failed;
        };
        let unit = Unit::load(program, compile);
        self.runtime.units.add(unit);
        let function = Arc::new(Function {
            code: unit.code(unit.program.main),
            captures: cells.into(),
        });
        let declared = resolved.declared;
        let names = self.names.clone();
        let ended = self.session.evaluate(move |machine| {
            let slots: Vec<LocalSlot> = declared.iter().map(|binding| binding.slot).collect();
            let (result, kept) = machine.run_entry(&function, &slots);
            for (binding, cell) in declared.into_iter().zip(kept) {
                names.declare(binding.name, binding.span, cell);
            }
            result
        });
        let verdict = self.judge(ended);
        if let Verdict::Value(value) = &verdict {
            self.done.push(Done {
                number: self.count,
                text: source.text.clone(),
            });
            if !matches!(value, Value::Nil) {
                let at = Span::new(source.id, 0, source.text.len());
                self.names.last_value(self.count, value, at);
            }
        }
        verdict
    }

    /// Runs work of a command, as the main task; reports call it as it was written.
    pub fn work(
        &self,
        command: &str,
        work: impl FnOnce(&mut Machine<'_>) -> Result<Value> + Send + 'static,
    ) -> Verdict {
        let source = self.runtime.sources.add("<command>", command);
        let site = Span::new(source.id, 0, command.len());
        self.judge(self.session.evaluate(move |machine| {
            machine.site = site;
            work(machine)
        }))
    }

    fn judge(&self, ended: Ended) -> Verdict {
        match ended {
            Ended::As(Outcome::Value(value)) => Verdict::Value(value),
            Ended::As(Outcome::Failed(failure)) => {
                let report = story::report(&failure, &self.runtime.sources);
                self.runtime.report(&report);
                Verdict::Failed
            }
            Ended::As(Outcome::Cancelled) => Verdict::Interrupted,
            Ended::Stuck => Verdict::Failed,
        }
    }

    /// Forgets everything that was declared.
    pub fn reset(&mut self) {
        self.names.clear();
        self.done.clear();
    }
}
