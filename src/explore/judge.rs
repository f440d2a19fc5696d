//! How an execution has ended.

use super::actor::Pending;
use super::ending::{End, Ended};
use super::stage::{Director, Stage, Stop};
use crate::diagnostics::report::Report;
use crate::gate::Gate;
use crate::runtime::task::TaskKind;
use crate::runtime::turn::stuck_on_stage;
use crate::value::Failure;
use crate::value::error::Thrown;
use crate::value::show::show;

impl<D: Director> Stage<D> {
    pub(super) fn judge(&self, stop: Stop) -> Ended {
        let output = self.runtime.output.kept();
        let state = self.state.borrow();
        let play = &state.play;
        let ended = |end, failure, report| Ended {
            output: output.clone(),
            end,
            failure,
            report,
        };
        if let Stop::Exit(status) = stop {
            let end = match status {
                0 => End::Ok,
                status => End::Error {
                    kind: String::from("exit"),
                    message: format!("exit status {status}"),
                },
            };
            return ended(end, None, None);
        }
        if play.depth >= play.most_steps {
            let report = Report::without_place(format!(
                "an execution of more than {} steps: it may go on for ever",
                play.most_steps
            ))
            .help("--max-steps N sets how many steps count as for ever");
            return ended(End::Endless, None, Some(report));
        }
        let mut waits = Vec::new();
        let mut spins = Vec::new();
        for part in &play.parts {
            match &part.pending {
                Pending::Spin(_) => spins.push(part),
                Pending::Ask(ask) => waits.push((&part.task, ask)),
                _ => {}
            }
        }
        if let Some(first) = spins.first() {
            let mut report = Report::error(first.place, "a loop goes on for ever").label(format!(
                "{} waits here for a change that never comes",
                first.task.title()
            ));
            for spin in &spins[1..] {
                let line = format!("so does {}", spin.task.title());
                report = report.also(spin.place, line);
            }
            return ended(End::Endless, None, Some(report));
        }
        if !waits.is_empty() {
            // The first report for each output is enough.
            let report = self
                .told
                .borrow_mut()
                .insert(output.clone())
                .then(|| stuck_on_stage(&waits, &self.handle));
            return ended(End::Deadlock, None, report);
        }
        let main = play
            .failures
            .iter()
            .find(|(task, _)| task.kind == TaskKind::Main);
        let spawned = || {
            play.failures
                .iter()
                .filter(|(task, _)| task.kind == TaskKind::Spawned && !task.was_asked())
                .min_by_key(|(task, _)| task.number)
        };
        match main.or_else(spawned) {
            Some((_, failure)) => ended(error(failure), Some(failure.clone()), None),
            None => ended(End::Ok, None, None),
        }
    }
}

fn error(failure: &Failure) -> End {
    match &failure.thrown {
        Thrown::Error { kind, message } => End::Error {
            kind: kind.word().to_owned(),
            message: message.to_string(),
        },
        Thrown::Value(value) => End::Error {
            kind: String::new(),
            message: show(value, &Gate::open()).unwrap_or_else(|_| String::from("…")),
        },
    }
}
