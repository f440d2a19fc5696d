//! One execution again, by the name of its schedule.

use std::sync::Arc;

use super::actor::Pending;
use super::ending::Ended;
use super::exploration::Bounds;
use super::history::Actor;
use super::known::Known;
use super::play::Play;
use super::schedule::{Turn, letter};
use super::search::usual;
use super::stage::{Director, Stage};
use super::tell::{Told, waits};
use crate::diagnostics::words::count;
use crate::runtime::run::Runtime;
use crate::value::function::Unit;

/// Follows a schedule.
#[derive(Debug, Default)]
struct Replay {
    turns: Vec<Turn>,
    /// The turn under way, and how many of its steps have been taken.
    turn: usize,
    steps: usize,
    /// Where the schedule does not fit the program.
    misfit: Option<String>,
    /// For each step: whoever was interrupted before it, and what it was about to do.
    interrupted: Vec<Option<(Actor, Option<String>)>>,
}

impl Director for Replay {
    fn choose(&mut self, play: &mut Play) -> Option<Actor> {
        let enabled = play.enabled();
        if play.parts.len() == 1 && play.depth == 0 && enabled.all != 0 && !play.starts_first() {
            return Some(0);
        }
        if play.depth == 0 && enabled.all == 0 && self.turns.iter().all(|turn| turn.actor == 0) {
            // The main program has never started a task.
            return None;
        }
        let last = play.history.events.last().map(|event| event.actor);
        let chosen = loop {
            let Some(turn) = self.turns.get(self.turn).copied() else {
                if enabled.all == 0 {
                    return None;
                }
                break usual(enabled.all, enabled.late, &play.history.events);
            };
            let bit = 1u128.checked_shl(turn.actor as u32).unwrap_or(0);
            let over = match turn.steps {
                Some(steps) => self.steps >= steps,
                None => self.steps > 0 && (enabled.all & !enabled.late & bit) == 0,
            };
            if over {
                self.turn += 1;
                self.steps = 0;
                continue;
            }
            if enabled.all & bit == 0 {
                self.misfit = Some(misfit(play, turn.actor));
                return None;
            }
            self.steps += 1;
            break turn.actor;
        };
        let cut = last
            .filter(|&last| last != chosen && enabled.all & !enabled.late & (1 << last) != 0)
            .map(|last| (last, play.about_to(last)));
        self.interrupted.push(cut);
        Some(chosen)
    }

    fn happened(&mut self, play: &mut Play) {
        play.history.complete(|_| None, |_| {});
    }
}

/// Why it cannot be a task's turn.
fn misfit(play: &Play, actor: Actor) -> String {
    let why = match play.parts.get(actor) {
        None => {
            let count = count(play.parts.len(), "task");
            format!("no such task was started, only {count} so far")
        }
        Some(part) if part.has_ended() => format!("{} has ended", part.task.title()),
        Some(part) => match &part.pending {
            Pending::Ask(ask) => format!("{} {}", part.task.title(), waits(ask)),
            _ => format!("{} cannot go on there", part.task.title()),
        },
    };
    let (step, letter) = (play.depth + 1, letter(actor));
    format!("at step {step} it is the turn of {letter}, but {why}")
}

/// An execution, step by step.
#[derive(Debug)]
pub struct Replayed {
    /// How it ended.
    pub ended: Ended,
    /// Its steps.
    pub told: Vec<Told>,
    /// For each step: whoever was interrupted before it, and what it was about to do.
    pub interrupted: Vec<Option<(Actor, Option<String>)>>,
    /// Where the schedule did not fit, and why.
    pub misfit: Option<String>,
    /// What the tasks are called.
    pub titles: Vec<String>,
}

/// Runs one execution again and tells it.
pub fn replay(
    runtime: Arc<Runtime>,
    unit: &'static Unit,
    turns: &[Turn],
    bounds: &Bounds,
) -> Replayed {
    let mut known = Known::default();
    loop {
        let mut play = Play::new(bounds);
        play.ignores_print_order = false;
        play.tells = true;
        play.known = std::mem::take(&mut known);
        let director = Replay {
            turns: turns.to_vec(),
            ..Replay::default()
        };
        let stage = Stage::new(runtime.clone(), unit, play, director);
        let ended = stage.perform();
        let replayed = stage.with(|director, play| {
            known = std::mem::take(&mut play.known);
            (!play.learned).then(|| Replayed {
                ended,
                told: std::mem::take(&mut play.told),
                interrupted: std::mem::take(&mut director.interrupted),
                misfit: director.misfit.take(),
                titles: play.parts.iter().map(|part| part.task.title()).collect(),
            })
        });
        if let Some(replayed) = replayed {
            return replayed;
        }
    }
}
