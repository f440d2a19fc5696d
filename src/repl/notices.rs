//! Notices of tasks that have ended in the background: one quiet line each, or one for many.

use std::sync::Arc;

use super::colours::Palette;
use crate::diagnostics::source::Sources;
use crate::diagnostics::words;
use crate::gate::Gate;
use crate::runtime::story;
use crate::runtime::task::{Outcome, Task, TaskKind};
use crate::runtime::watch::TaskName;
use crate::value::Value;
use crate::value::show::show_short;

/// More of one kind are told as a number.
const FEW: usize = 3;

/// How much of a value is shown.
const VALUE_WIDTH: usize = 40;

/// Tasks that have ended, which nobody has been told of.
#[derive(Default)]
pub struct Notices {
    ended: Vec<Arc<Task>>,
    palette: Palette,
}

impl Notices {
    /// None, to be shown in these colours.
    pub fn new(palette: Palette) -> Notices {
        Notices {
            ended: Vec::new(),
            palette,
        }
    }

    /// A task has ended.
    pub fn add(&mut self, task: Arc<Task>) {
        self.ended.push(task);
    }

    /// Whether there is something to tell, or to find out that there is not.
    pub fn is_empty(&self) -> bool {
        self.ended.is_empty()
    }

    /// The lines about all of them; nobody is told what they have asked for themselves.
    pub fn take(&mut self) -> String {
        let mut done = Vec::new();
        let mut failed = Vec::new();
        for task in self.ended.drain(..).filter(|task| !task.was_asked()) {
            match task.outcome() {
                Some(Outcome::Value(value)) => done.push((task, value)),
                // A spawned task's failure has been reported.
                Some(Outcome::Failed(failure)) if task.kind == TaskKind::Future => {
                    failed.push((task, failure));
                }
                _ => {}
            }
        }
        let mut lines = Vec::new();
        if done.len() > FEW {
            lines.push(format!("{} tasks are done", words::thousands(done.len())));
            done.clear();
        }
        for (task, value) in done {
            let name = TaskName::from(&*task);
            lines.push(match value {
                Value::Nil => format!("{name} is done"),
                value => {
                    let shown = show_short(&value, &Gate::open(), VALUE_WIDTH);
                    format!("{name} is done: {shown}")
                }
            });
        }
        let more = failed.len().saturating_sub(FEW);
        for (task, failure) in failed.into_iter().take(FEW) {
            let why = story::report(&failure, &Sources::default()).message;
            lines.push(format!("{} has failed: {why}", TaskName::from(&*task)));
        }
        if more > 0 {
            lines.push(format!("{} more have failed", words::thousands(more)));
        }
        let quiet = |line: String| self.palette.quiet(&line.replace('\n', " ")) + "\n";
        lines.into_iter().map(quiet).collect()
    }
}
