//! A whole exploration: executions one after the other, and what they come to.

use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::ending::{End, Ended, Outcomes};
use super::play::Play;
use super::sample::Sampler;
use super::schedule;
use super::search::{Reduction, Search};
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
    /// Those of them whose order was drawn at random.
    pub sampled: u64,
    /// Executions that were given up because they led to nothing new.
    pub blocked: u64,
    /// Whether that is all there is.
    pub complete: bool,
    /// Executions that were cut off because they had too many steps.
    pub cut: u64,
    /// Somebody has stopped it.
    pub stopped: bool,
    /// There were more tasks than an exploration of all orders can have.
    pub too_many: bool,
    /// Steps of the longest execution, and its tasks.
    pub longest: (usize, usize),
}

/// How far an exploration goes.
#[derive(Clone, Debug)]
pub struct Bounds {
    /// Executions.
    pub executions: u64,
    /// Time.
    pub time: Duration,
    /// Steps of one execution.
    pub steps: usize,
    /// Prints of different tasks are not told apart by their order.
    pub ignores_print_order: bool,
    /// Stop at the first execution that does not end well.
    pub until_failure: bool,
    /// What is left out.
    pub reduction: Reduction,
}

impl Default for Bounds {
    fn default() -> Bounds {
        Bounds {
            executions: u64::MAX,
            time: Duration::from_secs(60),
            steps: 10_000,
            ignores_print_order: false,
            until_failure: false,
            reduction: Reduction::All,
        }
    }
}

/// Explores a program; `progress` is told now and then how far it is, and says whether to go on.
pub fn explore(
    runtime: &Arc<Runtime>,
    unit: &'static Unit,
    bounds: &Bounds,
    mut progress: impl FnMut(&Found) -> bool,
) -> Found {
    let begun = Instant::now();
    // Past the bounds orders are drawn at random for a quarter as long again.
    let (searched, sampled) = (bounds.time.mul_f64(0.8), bounds.time);
    let mut exploration = Exploration::new(runtime.clone(), unit, bounds);
    let mut turn = 0u32;
    let is_stopped = std::cell::Cell::new(false);
    let mut is_over = |found: &Found, until: Duration| {
        turn = turn.wrapping_add(1);
        let late = turn.is_multiple_of(64) && {
            is_stopped.set(is_stopped.get() || !progress(found));
            is_stopped.get() || begun.elapsed() >= until
        };
        late || (bounds.until_failure && found.outcomes.has_failure())
    };
    let mut ran_out = true;
    while exploration.step(|_| {}) {
        let found = &exploration.found;
        if found.executions >= bounds.executions || is_over(found, searched) {
            ran_out = false;
            break;
        }
    }
    let mut found = exploration.finish();
    found.stopped = is_stopped.get();
    if ran_out || (bounds.until_failure && found.outcomes.has_failure()) {
        return found;
    }
    let most = match bounds.executions {
        u64::MAX => u64::MAX,
        executions => executions.div_ceil(4),
    };
    if found.stopped {
        return found;
    }
    let mut sampling = Sampling::new(runtime.clone(), unit, bounds);
    while found.sampled < most && !is_over(&found, sampled) {
        sampling.step(&mut found);
    }
    found
}

/// An exploration of every order.
pub struct Exploration {
    stage: Rc<Stage<Search>>,
    /// What it has come to.
    pub found: Found,
}

impl Exploration {
    /// An exploration of a program that has not begun.
    pub fn new(runtime: Arc<Runtime>, unit: &'static Unit, bounds: &Bounds) -> Self {
        let play = Play::new(bounds.ignores_print_order, bounds.steps);
        Exploration {
            stage: Stage::new(runtime, unit, play, Search::new(bounds.reduction)),
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
        // Also in what is given up: that others sleep does not let go on who waits in vain there.
        self.stage.with(|search, play| search.wait_in_vain(play));
        match given_up {
            true => self.found.blocked += 1,
            false => {
                seen(&ended);
                self.found.executions += 1;
                let stage = &self.stage;
                let size = stage.with(|_, play| play.history.size());
                let longest = &mut self.found.longest;
                *longest = (longest.0.max(size.1), longest.1.max(stage.tasks()));
                self.found.outcomes.count(ended, size, || {
                    stage.with(|search, play| {
                        schedule::name(&play.history, |step| search.enabled(step))
                    })
                });
            }
        }
        let more = self
            .stage
            .with(|search, play| search.go_back(&mut play.history));
        self.found.cut += u64::from(self.stage.with(|_, play| play.depth >= play.most_steps));
        self.found.complete = !more && self.found.cut == 0;
        more
    }

    /// What it has come to.
    pub fn finish(self) -> Found {
        self.found
    }
}

/// Orders drawn at random.
struct Sampling {
    stage: Rc<Stage<Sampler>>,
}

impl Sampling {
    fn new(runtime: Arc<Runtime>, unit: &'static Unit, bounds: &Bounds) -> Self {
        let play = Play::new(bounds.ignores_print_order, bounds.steps);
        Sampling {
            stage: Stage::new(runtime, unit, play, Sampler::default()),
        }
    }

    fn step(&mut self, found: &mut Found) {
        let ended = self.stage.perform();
        let stage = &self.stage;
        let learned = stage.with(|_, play| std::mem::take(&mut play.learned));
        if !learned {
            found.executions += 1;
            found.sampled += 1;
            let size = stage.with(|_, play| play.history.size());
            found.longest = (
                found.longest.0.max(size.1),
                found.longest.1.max(stage.tasks()),
            );
            found.outcomes.count(ended, size, || {
                stage.with(|sampler, play| {
                    schedule::name(&play.history, |step| sampler.enabled(step))
                })
            });
        }
        stage.with(|sampler, play| {
            sampler.next(play);
            play.history.clear();
        });
    }
}

impl Outcomes {
    /// Whether an execution has not ended well.
    pub fn has_failure(&self) -> bool {
        self.failure().is_some()
    }

    /// The outcome that is no good end and has the shortest execution.
    pub fn failure(&self) -> Option<&super::ending::Outcome> {
        let failures = self.all.iter().filter(|it| it.ended.end != End::Ok);
        failures.min_by_key(|outcome| outcome.size)
    }
}
