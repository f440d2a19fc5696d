//! Executions with the fewest switches between tasks, then the fewest steps.
//!
//! The search for all orders runs one execution of each class, and not the one with the fewest
//! switches. So when it has found its outcomes, this one looks for shorter executions: every order with no
//! switch, then with one, and so on, up to what is known (bounding the switches is the idea of
//! Musuvathi and Qadeer, "Iterative context bounding for systematic testing of multithreaded
//! programs", PLDI 2007; switches that a wait makes are counted here too).

use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use super::ending::Outcomes;
use super::exploration::Bounds;
use super::history::Actor;
use super::play::{Actors, Play};
use super::schedule;
use super::search::usual;
use super::stage::{Director, Stage};
use super::steps::Enabled;
use crate::runtime::run::Runtime;
use crate::value::function::Unit;

/// A task that takes so many steps in a row waits for somebody whom this order never lets go.
const UNFAIR: usize = 200;

/// A state on the way that is being tried.
#[derive(Debug, Default)]
struct Node {
    chosen: Actor,
    /// Who is still to be tried.
    todo: Actors,
    enabled: Enabled,
    /// Switches up to here.
    switches: usize,
    /// Steps in a row of whoever went last.
    row: usize,
}

/// Tries every order with so many switches.
#[derive(Debug, Default)]
struct Fewest {
    path: Vec<Node>,
    most: usize,
    given_up: bool,
}

impl Fewest {
    fn arrive(&mut self, play: &Play) -> Option<Actor> {
        let enabled = play.enabled();
        if enabled.all == 0 {
            return None;
        }
        let (last, switches, row) = match self.path.last() {
            Some(node) => (Some(node.chosen), node.switches, node.row),
            None => (None, 0, 0),
        };
        let own = last.map_or(0, |last| enabled.all & (1 << last));
        let mut todo = match last {
            None => enabled.all,
            Some(_) if switches < self.most => enabled.all,
            Some(_) => own,
        };
        if row >= UNFAIR {
            todo &= !own;
        }
        if todo == 0 {
            self.given_up = true;
            return None;
        }
        let events = &play.history.events[..self.path.len()];
        let chosen = usual(todo, enabled.late, events);
        self.path.push(Node {
            chosen,
            todo: todo & !(1 << chosen),
            enabled,
            switches: switches + usize::from(last.is_some_and(|last| last != chosen)),
            row: if last == Some(chosen) { row + 1 } else { 1 },
        });
        Some(chosen)
    }

    /// Prepares the next execution; false when there is none left.
    fn go_back(&mut self, play: &mut Play) -> bool {
        self.given_up = false;
        while let Some(node) = self.path.pop() {
            play.history.truncate(self.path.len());
            if node.todo == 0 {
                continue;
            }
            let chosen = node.todo.trailing_zeros() as Actor;
            let before = self.path.last();
            let same = before.is_none_or(|before| before.chosen == chosen);
            self.path.push(Node {
                chosen,
                todo: node.todo & !(1 << chosen),
                switches: before.map_or(0, |before| before.switches) + usize::from(!same),
                row: match (before, same) {
                    (Some(before), true) => before.row + 1,
                    _ => 1,
                },
                ..node
            });
            return true;
        }
        false
    }
}

impl Director for Fewest {
    fn choose(&mut self, play: &mut Play) -> Option<Actor> {
        if play.parts.len() == 1 && play.depth == 0 && !play.starts_first() {
            return (play.enabled().all != 0).then_some(0);
        }
        match self.path.get(play.depth) {
            Some(node) => Some(node.chosen),
            None => self.arrive(play),
        }
    }

    fn gives_up(&self) -> bool {
        self.given_up
    }

    fn happened(&mut self, play: &mut Play) {
        play.history.note();
    }
}

/// Up to so many outcomes, shorter executions are looked for.
const MOST_SHORTENED: usize = 20;

/// So many executions are run for that: a number and not a time, so that it comes to the same
/// everywhere.
const SHORTENED_BY: u32 = 2_000;

/// Looks for shorter executions of all outcomes of an exploration.
pub fn shorten_all(
    runtime: &Arc<Runtime>,
    unit: &'static Unit,
    bounds: &Bounds,
    outcomes: &mut Outcomes,
) {
    if outcomes.all.len() > MOST_SHORTENED {
        return;
    }
    let until = Instant::now() + bounds.time / 4;
    shorten(runtime, unit, bounds, outcomes, false, SHORTENED_BY, until);
}

/// Looks for shorter executions of these outcomes, until then and in at most so many executions.
/// With `failures` only the shortest of those that fail is looked for.
pub fn shorten(
    runtime: &Arc<Runtime>,
    unit: &'static Unit,
    bounds: &Bounds,
    outcomes: &mut Outcomes,
    failures: bool,
    mut left: u32,
    until: Instant,
) {
    let mut play = Play::new(bounds);
    play.limit.until = Some(until);
    let limit = play.limit.clone();
    let stage = Stage::new(runtime.clone(), unit, play, Fewest::default());
    let most_known = |outcomes: &Outcomes| match failures {
        true => outcomes.failure().map(|failure| failure.size.0),
        false => outcomes.all.iter().map(|outcome| outcome.size.0).max(),
    };
    let mut most = 0;
    while most_known(outcomes).is_some_and(|known| most <= known) {
        stage.with(|fewest, play| {
            play.history.clear();
            *fewest = Fewest {
                most,
                ..Fewest::default()
            };
        });
        loop {
            if left == 0 || limit.is_passed() {
                return;
            }
            left -= 1;
            perform(&stage, outcomes);
            let more = stage.with(|fewest, play| {
                if play.learned {
                    play.forget_steps();
                    fewest.path.clear();
                    return true;
                }
                fewest.go_back(play)
            });
            if !more {
                break;
            }
        }
        most += 1;
    }
}

/// Runs the next execution.
fn perform(stage: &Rc<Stage<Fewest>>, outcomes: &mut Outcomes) {
    let ended = stage.perform();
    stage.with(|fewest, play| {
        // What is cut off is only as unfair as these orders are.
        let counts =
            !play.learned && !play.broken_off && !fewest.given_up && play.depth < play.most_steps;
        if counts {
            outcomes.shorten(ended, play.history.size(), || {
                schedule::name(&play.history, |step| fewest.path[step].enabled)
            });
        }
    });
}
