//! A whole exploration: executions one after the other, and what they come to.

use std::rc::Rc;
use std::sync::Arc;

use super::ending::{Ended, Outcomes};
use super::play::Play;
use super::schedule;
use super::search::Search;
use super::stage::Stage;
use crate::runtime::run::Runtime;
use crate::value::function::Unit;

/// What an exploration has come to so far.
#[derive(Debug, Default)]
pub struct Found {
    /// The outcomes.
    pub outcomes: Outcomes,
    /// Executions that were run to their end.
    pub executions: u64,
    /// Executions that were given up because they led to nothing new.
    pub blocked: u64,
    /// Whether that is all there is.
    pub complete: bool,
    /// There were too many tasks to go on.
    pub too_many: bool,
}

/// An exploration of every order.
pub struct Exploration {
    stage: Rc<Stage<Search>>,
    /// What it has come to.
    pub found: Found,
}

impl Exploration {
    /// An exploration of a program that has not begun.
    pub fn new(runtime: Arc<Runtime>, unit: &'static Unit, ignores_print_order: bool) -> Self {
        let play = Play::new(ignores_print_order);
        Exploration {
            stage: Stage::new(runtime, unit, play, Search::default()),
            found: Found::default(),
        }
    }

    /// Runs the next execution; false when there is none left. `seen` is told how it ended.
    pub fn step(&mut self, seen: impl FnOnce(&Ended)) -> bool {
        let ended = self.stage.perform();
        let (learned, given_up, too_many) = self.stage.with(|search, play| {
            if play.learned {
                play.forget_steps();
                search.clear();
                return (true, false, false);
            }
            (false, search.given_up, play.too_many)
        });
        if learned {
            self.found = Found::default();
            self.stage.told.borrow_mut().clear();
            return true;
        }
        if too_many {
            self.found.too_many = true;
            return false;
        }
        if std::env::var_os("CQ_DEBUG").is_some() {
            self.stage.with(|_, play| {
                eprintln!("--- given up: {given_up} {:?}", ended.end);
                for (i, e) in play.history.events.iter().enumerate() {
                    eprintln!("{i} {} {:?} {:?} {:?}", e.actor, e.outcome, e.touches, play.history.clock(i));
                }
            });
        }
        // Also in what is given up: who waits in vain there might have come earlier.
        self.stage.with(|search, play| search.wait_in_vain(play));
        match given_up {
            true => self.found.blocked += 1,
            false => {
                seen(&ended);
                self.found.executions += 1;
                let stage = &self.stage;
                self.found.outcomes.count(ended, || {
                    stage.with(|_, play| schedule::name(&play.history))
                });
            }
        }
        let more = self
            .stage
            .with(|search, play| search.go_back(&mut play.history));
        self.found.complete = !more;
        more
    }
}
