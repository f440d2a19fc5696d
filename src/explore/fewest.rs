//! The failing execution with the fewest switches between tasks, then the fewest steps.
//!
//! The search for all orders runs one execution of each class, and not the one with the fewest
//! switches. So when it has found a failure, this one looks for a shorter one: every order with no
//! switch, then with one, and so on, up to what is known (bounding the switches is the idea of
//! Musuvathi and Qadeer, "Iterative context bounding for systematic testing of multithreaded
//! programs", PLDI 2007; switches that a wait makes are counted here too).

use std::rc::Rc;
use std::sync::Arc;

use super::ending::{End, Outcome};
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

/// Looks for a failing execution that is shorter than this one, as long as `goes_on` says so.
pub fn shorter(
    runtime: &Arc<Runtime>,
    unit: &'static Unit,
    bounds: &Bounds,
    known: &Outcome,
    mut goes_on: impl FnMut() -> bool,
) -> Option<Outcome> {
    let play = Play::new(bounds.ignores_print_order, bounds.steps);
    let stage = Stage::new(runtime.clone(), unit, play, Fewest::default());
    let mut best: Option<Outcome> = None;
    for most in 0..=known.size.0 {
        stage.with(|fewest, play| {
            play.history.clear();
            *fewest = Fewest {
                most,
                ..Fewest::default()
            };
        });
        loop {
            if !goes_on() {
                return best;
            }
            let shortest = best.as_ref().unwrap_or(known).size;
            if let Some(found) = perform(&stage, shortest) {
                best = Some(found);
            }
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
        if best.is_some() {
            return best;
        }
    }
    best
}

/// Runs the next execution; gives it if it fails and is shorter.
fn perform(stage: &Rc<Stage<Fewest>>, shortest: (usize, usize)) -> Option<Outcome> {
    let ended = stage.perform();
    stage.with(|fewest, play| {
        let size = play.history.size();
        let counts = !play.learned && !fewest.given_up && play.depth < play.most_steps;
        // What goes on for ever only in an order as unfair as these is no failure.
        let fails = !matches!(ended.end, End::Ok | End::Endless);
        (counts && fails && size < shortest).then(|| Outcome {
            schedule: schedule::name(&play.history, |step| fewest.path[step].enabled),
            executions: 1,
            size,
            ended,
        })
    })
}
