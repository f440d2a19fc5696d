//! A whole exploration: executions one after the other, and what they come to.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::ending::{End, Ended, Outcomes};
use super::graph::{Merging, Progress};
use super::history::Step;
use super::play::Play;
use super::sample::Sampler;
use super::schedule;
use super::search::{Reduction, Search};
use super::situation::Situation;
use super::stage::{Director, Stage};
use super::steps::Enabled;
use crate::runtime::run::Runtime;
use crate::value::function::Unit;

/// What an exploration has come to so far.
#[derive(Debug, Default)]
pub struct Found {
    /// The outcomes.
    pub outcomes: Outcomes,
    /// Executions that were run to their end, or counted by way of states met before.
    pub executions: u128,
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
    /// By way of states: how many are known, how often one was met again, and how often one
    /// could not be told from others.
    pub states: u64,
    /// See `states`.
    pub met: u64,
    /// See `states`.
    pub untold: u64,
    /// The schedule of an execution in which a loop waits by looking again and again.
    pub spins: Option<String>,
}

impl Found {
    /// Counts the execution that a stage has just run to its end; gives the place of its outcome.
    /// `enabled` says who could have gone on before a step.
    pub fn count<D: Director>(
        &mut self,
        stage: &Stage<D>,
        ended: Ended,
        enabled: impl Fn(&D, Step) -> Enabled,
    ) -> usize {
        self.executions += 1;
        let size = stage.with(|_, play| play.history.size());
        let (steps, tasks) = self.longest;
        self.longest = (steps.max(size.1), tasks.max(stage.tasks()));
        let schedule = || {
            stage.with(|director, play| {
                schedule::name(&play.history, |step| enabled(director, step))
            })
        };
        if stage.spun.take() && self.spins.is_none() {
            self.spins = Some(schedule());
        }
        self.outcomes.count(ended, size, schedule)
    }
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
    /// How long to go on once an execution has not ended well, to find a shorter one.
    pub after_failure: Option<Duration>,
    /// What is left out.
    pub reduction: Reduction,
    /// Set by whoever wants to see what there is: the search stops at once.
    pub stop: Arc<AtomicBool>,
}

impl Default for Bounds {
    fn default() -> Bounds {
        Bounds {
            executions: u64::MAX,
            time: Duration::from_secs(60),
            steps: 10_000,
            ignores_print_order: false,
            after_failure: None,
            reduction: Reduction::All,
            stop: Arc::default(),
        }
    }
}

/// Explores a program; `progress` is told now and then how far it is.
pub fn explore(
    runtime: &Arc<Runtime>,
    unit: &'static Unit,
    bounds: &Bounds,
    mut progress: impl FnMut(&Found, &mut dyn FnMut() -> Situation),
) -> Found {
    let begun = Instant::now();
    // Past the bounds orders are drawn at random for a quarter as long again.
    let (searched, sampled) = (bounds.time.mul_f64(0.8), bounds.time);
    let mut exploration = Exploration::new(runtime.clone(), unit, bounds);
    let set_limit = |play: &mut Play, time| play.limit.until = Some(begun + time);
    exploration.stage.with(|_, play| set_limit(play, searched));
    // Orders and states take turns, for nobody knows which of them will be through first.
    let mut merging = None;
    let mut slice = Slice::FIRST;
    let (mut turn, mut told) = (0u32, begun);
    let is_stopped = || bounds.stop.load(Ordering::Relaxed);
    // When looking for shorter failures ends, once there is one.
    let enough = Cell::new(Duration::MAX);
    let mut is_over = |found: &Found, until: Duration, now: &mut dyn FnMut() -> Situation| {
        turn = turn.wrapping_add(1);
        if turn.is_multiple_of(64) || told.elapsed() >= TOLD_EVERY {
            progress(found, now);
            told = Instant::now();
        }
        if let Some(more) = bounds.after_failure
            && enough.get() == Duration::MAX
            && found.outcomes.has_failure()
        {
            enough.set(begun.elapsed() + more);
        }
        is_stopped() || begun.elapsed() >= until.min(enough.get())
    };
    let mut ran_out = true;
    while exploration.step(|_| {}) {
        let found = &exploration.found;
        if found.executions >= bounds.executions.into()
            || is_over(found, searched, &mut || exploration.situation())
        {
            ran_out = false;
            break;
        }
        if !slice.is_due(begun, found) {
            continue;
        }
        let merging = merging.get_or_insert_with(|| {
            let merging = Merging::new(runtime.clone(), unit, bounds);
            merging.stage.with(|_, play| set_limit(play, searched));
            merging
        });
        let until = searched.min(begun.elapsed() + slice.length);
        match by_states(merging, |merging| {
            is_over(&merging.found, until, &mut || merging.situation())
        }) {
            Turn::Through => {
                let mut found = std::mem::take(&mut merging.found);
                found.outcomes.prefer(&exploration.found.outcomes);
                return found;
            }
            Turn::Over => slice.is_over(begun, &merging.found),
            Turn::InVain => slice.may_come = false,
        }
    }
    let mut found = exploration.finish();
    found.stopped = is_stopped();
    if ran_out {
        return found;
    }
    if let Some(merging) = merging {
        found.executions += found.outcomes.adopt(merging.found.outcomes);
    }
    if enough.get() != Duration::MAX {
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
    sampling.stage.with(|_, play| set_limit(play, sampled));
    while found.sampled < most && !is_over(&found, sampled, &mut Situation::default) {
        sampling.step(&mut found);
    }
    found
}

/// After so many executions, or so long, states are told apart.
const MANY: u128 = 2_000;
const LONG: Duration = Duration::from_secs(1);

/// Progress is told at least so often, also when executions take long.
const TOLD_EVERY: Duration = Duration::from_millis(100);

/// When the search by states has its turn, and how long.
struct Slice {
    may_come: bool,
    /// When, since the beginning; at first it depends on the executions too.
    next: Option<Duration>,
    length: Duration,
}

impl Slice {
    const FIRST: Slice = Slice {
        may_come: true,
        next: None,
        length: Duration::from_millis(200),
    };

    fn is_due(&self, begun: Instant, found: &Found) -> bool {
        self.may_come
            && match self.next {
                Some(next) => begun.elapsed() >= next,
                None => found.executions >= MANY || begun.elapsed() >= LONG,
            }
    }

    /// The turn is over. If it met no states again there is no other; else the next is longer.
    fn is_over(&mut self, begun: Instant, found: &Found) {
        self.may_come = u128::from(found.met) > found.executions;
        self.next = Some(begun.elapsed() + self.length / 4);
        self.length *= 4;
    }
}

/// What a turn of the search by states has come to.
enum Turn {
    /// It knows all orders.
    Through,
    /// Its time is over.
    Over,
    /// It will never know.
    InVain,
}

/// Goes on to find out all orders by way of the states that are met again.
fn by_states(merging: &mut Merging, mut is_over: impl FnMut(&Merging) -> bool) -> Turn {
    loop {
        match merging.step() {
            Progress::Complete => return Turn::Through,
            Progress::GivesUp => return Turn::InVain,
            Progress::GoesOn if is_over(merging) => return Turn::Over,
            Progress::GoesOn => {}
        }
    }
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
        let mut play = Play::new(bounds);
        play.owners.spare();
        Exploration {
            stage: Stage::new(runtime, unit, play, Search::new(bounds.reduction)),
            found: Found::default(),
        }
    }

    /// Runs the next execution; false when there is none left. `seen` is told how it ended.
    pub fn step(&mut self, seen: impl FnOnce(&Ended)) -> bool {
        let ended = self.stage.perform();
        if self.stage.with(|_, play| play.broken_off) {
            return true;
        }
        let (executions, blocked) = (self.found.executions, self.found.blocked);
        let (anew, given_up, too_many) = self.stage.with(|search, play| {
            // Also in what is given up: that others sleep does not let go on who waits in vain
            // there.
            search.is_over(play);
            let in_vain = search.given_up && search.takes_trees(executions, blocked + 1);
            if play.learned || in_vain {
                play.forget_steps();
                search.clear();
                return (true, false, false);
            }
            (false, search.given_up, play.too_many)
        });
        if anew {
            self.found = Found::default();
            self.stage.told.borrow_mut().clear();
            return true;
        }
        if too_many {
            self.found.too_many = true;
            return false;
        }
        match given_up {
            true => self.found.blocked += 1,
            false => {
                seen(&ended);
                self.found.count(&self.stage, ended, Search::enabled);
            }
        }
        let more = self
            .stage
            .with(|search, play| search.go_back(&mut play.history));
        self.found.cut += u64::from(self.stage.with(|_, play| play.depth >= play.most_steps));
        self.found.complete = !more && self.found.cut == 0;
        more
    }

    /// How far it is.
    pub fn situation(&self) -> Situation {
        self.stage.with(|search, play| {
            let enabled = |step| search.enabled(step);
            Situation::new(search.branches(), schedule::name(&play.history, enabled))
        })
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
        let play = Play::new(bounds);
        Sampling {
            stage: Stage::new(runtime, unit, play, Sampler::default()),
        }
    }

    fn step(&mut self, found: &mut Found) {
        let ended = self.stage.perform();
        let stage = &self.stage;
        let counts = stage.with(|_, play| !std::mem::take(&mut play.learned) && !play.broken_off);
        if counts {
            found.sampled += 1;
            found.count(stage, ended, Sampler::enabled);
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

    /// In how many executions things did not end well.
    pub fn failing(&self) -> u128 {
        let failures = self.all.iter().filter(|it| it.ended.end != End::Ok);
        failures.fold(0, |sum, it| sum.saturating_add(it.executions))
    }
}
