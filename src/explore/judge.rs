//! How an execution has ended.

use super::actor::Pending;
use super::ending::{End, Ended};
use super::stage::{Director, Stage, Stop};
use super::tell::Deed;
use crate::diagnostics::report::Report;
use crate::gate::Gate;
use crate::runtime::fiber::{Resumed, Suspended};
use crate::runtime::task::TaskKind;
use crate::runtime::turn::stuck_on_stage;
use crate::value::Failure;
use crate::value::error::Thrown;
use crate::value::show::show;

impl<D: Director> Stage<D> {
    pub(super) fn judge(&self, stop: Stop) -> Ended {
        let output = self.runtime.output.kept();
        let report = match stop {
            Stop::NobodyNext => self.report_of_waits(&output),
            Stop::Exit(_) => None,
        };
        if stop == Stop::NobodyNext && self.wants_words() {
            self.state.borrow_mut().play.tell_waits();
        }
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
        let spins = play
            .parts
            .iter()
            .enumerate()
            .filter(|(_, part)| matches!(part.pending, Pending::Spin(_)));
        let spins: Vec<_> = spins.collect();
        if let Some((actor, first)) = spins.first() {
            // What it is that they look at is known if the execution is told.
            let until = |actor: usize| {
                let mut told = play.told.iter().rev();
                let waits = told.find(|told| told.actor == actor)?;
                let reads = matches!(&waits.deed, Some(Deed::Spins(reads)) if !reads.is_empty());
                reads.then(|| waits.what.clone())
            };
            let label = match until(*actor) {
                Some(spins) => format!("{} {spins}, which never happens", first.task.title()),
                None => format!(
                    "{} waits here for a change that never comes",
                    first.task.title()
                ),
            };
            let mut report = Report::error(first.place, "a loop goes on for ever").label(label);
            for (actor, spin) in &spins[1..] {
                let line = match until(*actor) {
                    Some(spins) => format!("{} {spins}", spin.task.title()),
                    None => format!("so does {}", spin.task.title()),
                };
                report = report.also(spin.place, line);
            }
            return ended(End::Endless, None, Some(report));
        }
        if play
            .parts
            .iter()
            .any(|part| matches!(part.pending, Pending::Ask(_)))
        {
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

impl<D: Director> Stage<D> {
    /// The report about those who wait in vain. The first for each output is enough.
    fn report_of_waits(&self, output: &str) -> Option<Report> {
        let mut state = self.state.borrow_mut();
        if state.director.gives_up() || state.play.broken_off {
            return None;
        }
        let mut parts = state.play.parts.iter();
        if parts.any(|part| matches!(part.pending, Pending::Spin(_))) {
            return None;
        }
        let mut waits = Vec::new();
        let mut fibers = Vec::new();
        for (actor, part) in state.play.parts.iter_mut().enumerate() {
            if let Pending::Ask(ask) = &part.pending {
                waits.push((part.task.clone(), ask.clone()));
                fibers.push((actor, part.fiber.take()));
            }
        }
        drop(state);
        let is_new = !waits.is_empty() && self.told.borrow_mut().insert(output.to_owned());
        let mut scenes = Vec::new();
        for (_, fiber) in &mut fibers {
            let told = fiber
                .as_mut()
                .filter(|_| is_new)
                .and_then(|fiber| fiber.resume(Resumed::Asked));
            scenes.push(match told {
                Some(Suspended::Answered(scene)) => Some(*scene),
                _ => None,
            });
        }
        let mut state = self.state.borrow_mut();
        for (actor, fiber) in fibers {
            state.play.parts[actor].fiber = fiber;
        }
        drop(state);
        is_new.then(|| stuck_on_stage(&waits, &scenes, &self.runtime.sources, &self.handle))
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
