//! Every order, by way of the states that a program meets again and again.
//!
//! Loops make more orders than anyone could run, but few states. This search goes depth first
//! over states, with sleep sets only: of two independent steps one order is taken (Godefroid,
//! "Partial-order methods for the verification of concurrent systems", 1996). So every class of
//! executions is one way through the graph, and how many ways lead from a state to each outcome is
//! the sum over its next states:
//!
//! ```text
//!            (state, who sleeps)          met for the first time: tried, then its tally is kept
//!             /      |       \
//!           ...     ...   met again       its tally is added, the execution is given up
//! ```
//!
//! A state that is met again on the way to itself has endless executions behind it: then the
//! search gives up. So it does where it cannot tell states apart any more.
//!
//! Steps that nobody else can ever notice (most tasks begin and end without being watched) are
//! taken at once. Which those are is learnt: when one of them turns out to be noticed, the search
//! begins anew.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use smallvec::{SmallVec, smallvec};

use super::actor::Pending;
use super::alike::{Gates, KnownGates};
use super::exploration::{Bounds, Found};
use super::history::{Actor, Step};
use super::play::{Actors, Play};
use super::schedule;
use super::search::usual;
use super::situation::Situation;
use super::sleep::Sleepers;
use super::stage::{Director, Stage};
use super::state::{is_private, key};
use super::steps::Enabled;
use super::touch::{Action, Touches};
use crate::runtime::run::Runtime;
use crate::runtime::wait::WaitingFor;
use crate::value::function::Unit;

/// How many executions lead to each outcome.
type Tally = SmallVec<[(usize, u128); 1]>;

fn add(tally: &mut Tally, more: &[(usize, u128)]) {
    for &(outcome, executions) in more {
        match tally.iter_mut().find(|(other, _)| *other == outcome) {
            Some((_, all)) => *all = all.saturating_add(executions),
            None => tally.push((outcome, executions)),
        }
    }
}

/// A state of which all is known: its tally, and the most steps to an end.
#[derive(Clone, Debug, Default)]
struct Known {
    tally: Tally,
    steps: usize,
}

/// A state on the way that is being tried.
#[derive(Debug, Default)]
struct Node {
    /// Who takes the next step.
    chosen: Actor,
    /// Who is to be tried.
    todo: Actors,
    enabled: Enabled,
    /// Who sleeps here.
    sleepers: Sleepers,
    /// What it is known by, if it can be told and is worth it.
    key: Option<u128>,
    /// Who stands at a gate here, and who takes a step that nobody could notice.
    gates: Gates,
    quiet: Actors,
    found: Known,
}

/// Why an execution stopped.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Stopped {
    /// It has come to its end.
    AtEnd,
    /// Everybody who could go on sleeps.
    Asleep,
    /// The state is known.
    Met,
}

/// The search.
pub struct Graph {
    path: Vec<Node>,
    on_path: HashSet<u128>,
    known: HashMap<u128, Known>,
    total: Known,
    stopped: Stopped,
    /// Tasks whose beginning or end somebody notices.
    noticed: HashSet<(bool, u64)>,
    gates: KnownGates,
    runtime: Arc<Runtime>,
    /// A state can be met again for ever.
    has_cycle: bool,
    /// How many states were met again.
    met: u64,
    /// How many could not be told.
    untold: u64,
}

impl Graph {
    fn new(runtime: Arc<Runtime>) -> Graph {
        Graph {
            path: Vec::new(),
            on_path: HashSet::new(),
            known: HashMap::new(),
            total: Known::default(),
            stopped: Stopped::AtEnd,
            noticed: HashSet::new(),
            gates: KnownGates::default(),
            runtime,
            has_cycle: false,
            met: 0,
            untold: 0,
        }
    }

    fn clear(&mut self) {
        let noticed = std::mem::take(&mut self.noticed);
        let mut gates = std::mem::take(&mut self.gates);
        gates.clear();
        *self = Graph {
            noticed,
            gates,
            ..Graph::new(self.runtime.clone())
        };
    }

    fn enabled(&self, step: Step) -> Enabled {
        self.path[step].enabled
    }

    /// See [`Search::branches`](super::search::Search::branches).
    fn branches(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.path.iter().map(|node| {
            let tried = node.todo & node.sleepers.all;
            (tried.count_ones(), node.todo.count_ones())
        })
    }

    /// The execution leads to this, in so many steps more.
    fn comes_to(&mut self, tally: &[(usize, u128)], steps: usize) {
        let found = match self.path.last_mut() {
            Some(node) => &mut node.found,
            None => &mut self.total,
        };
        add(&mut found.tally, tally);
        found.steps = found.steps.max(steps + 1);
    }

    /// Prepares the next execution; false when there is none left.
    fn go_back(&mut self, play: &mut Play) -> bool {
        let history = &mut play.history;
        while let Some(at) = self.path.len().checked_sub(1) {
            let node = &mut self.path[at];
            if at < history.events.len() {
                let touches = Touches::from_slice(&history.events[at].touches);
                node.sleepers.add(node.chosen, touches);
                history.truncate(at);
            }
            let left = node.todo & !node.sleepers.all;
            if left != 0 {
                node.chosen = left.trailing_zeros() as Actor;
                return true;
            }
            if let Some(node) = self.path.pop() {
                let Known { tally, steps } = &node.found;
                self.comes_to(tally, *steps);
                if let Some(key) = node.key {
                    self.on_path.remove(&key);
                    self.known.insert(key, node.found);
                }
            }
        }
        false
    }

    /// A state that is come to for the first time on this way.
    fn arrive(&mut self, play: &Play) -> Option<Actor> {
        let enabled = play.enabled();
        if enabled.all == 0 {
            self.stopped = Stopped::AtEnd;
            return None;
        }
        let mut node = Node {
            enabled,
            ..Node::default()
        };
        if let Some(before) = self.path.last() {
            let taken = &play.history.events[self.path.len() - 1];
            node.sleepers.inherit(&before.sleepers, taken);
            let quiet = before.quiet >> taken.actor & 1 != 0;
            node.gates = self.gates.after(&before.gates, play, taken.actor, quiet);
            for gate in &node.gates {
                let quiet = self.is_quiet(play, gate.actor);
                node.quiet |= Actors::from(quiet) << gate.actor;
            }
        }
        let among = match enabled.all.count_ones() {
            // Nothing to choose from.
            1 => 0,
            _ => enabled.all,
        };
        let alone = (0..play.parts.len())
            .find(|&actor| among >> actor & 1 != 0 && self.is_unnoticed(play, actor));
        let todo = alone.map_or(enabled.all, |actor| 1 << actor) & !node.sleepers.all;
        if todo == 0 {
            self.stopped = Stopped::Asleep;
            return None;
        }
        if todo.count_ones() > 1 {
            let alike = self.gates.alike(&node.gates, play);
            node.key = key(
                play,
                &self.runtime.output,
                node.sleepers.all,
                alike.as_ref(),
            );
            self.untold += u64::from(node.key.is_none());
        }
        if let Some(key) = node.key {
            if let Some(known) = self.known.get(&key) {
                let known = known.clone();
                self.met += 1;
                self.stopped = Stopped::Met;
                self.has_cycle |= play.depth + known.steps >= play.most_steps;
                self.comes_to(&known.tally, known.steps);
                return None;
            }
            if !self.on_path.insert(key) {
                self.has_cycle = true;
                return None;
            }
        }
        node.todo = todo;
        node.chosen = usual(todo, enabled.late, &play.history.events[..self.path.len()]);
        let chosen = node.chosen;
        self.path.push(node);
        Some(chosen)
    }

    /// Whether a task goes on, at a gate, without anybody noticing.
    fn is_quiet(&self, play: &Play, actor: Actor) -> bool {
        let goes_on = matches!(
            &play.parts[actor].pending,
            Pending::Ask(_) | Pending::Act(_)
        );
        goes_on && self.is_unnoticed(play, actor)
    }

    /// Whether nobody can ever notice when a task takes its next step.
    fn is_unnoticed(&self, play: &Play, actor: Actor) -> bool {
        let part = &play.parts[actor];
        let noticed = || self.noticed.contains(&part.name());
        let pool = part.pool.map(|pool| play.pools[pool].number);
        if pool.is_some_and(|pool| play.known.crowded.contains(&pool)) {
            // Its seat may be noticed.
            return false;
        }
        match &part.pending {
            Pending::Begin => part.pool.is_none() && !noticed(),
            Pending::Finish => part.pool.is_none() && !play.known.leaves_futures && !noticed(),
            Pending::Start(task) => task.pool.as_ref().is_none_or(|pool| !pool.has_seats()),
            Pending::Act(touches) => touches.is_empty() || is_private(play, actor),
            Pending::Ask(ask) => {
                !ask.timed
                    && matches!(ask.what, WaitingFor::End(_))
                    && !play.known.cancelled.contains(&part.name())
            }
            _ => false,
        }
    }
}

impl Director for Graph {
    fn choose(&mut self, play: &mut Play) -> Option<Actor> {
        if play.parts.len() == 1 && play.depth == 0 && !play.starts_first() {
            return (play.enabled().all != 0).then_some(0);
        }
        match self.path.get(play.depth) {
            Some(node) => Some(node.chosen),
            None => {
                let chosen = self.arrive(play);
                play.learned |= self.gates.take_up();
                chosen
            }
        }
    }

    fn gives_up(&self) -> bool {
        self.has_cycle || self.stopped != Stopped::AtEnd
    }

    fn happened(&mut self, play: &mut Play) {
        play.history.note();
        let newest = play.history.events.len() - 1;
        self.gates
            .look_at(&play.parts[play.history.events[newest].actor]);
        for at in 0..play.history.events[newest].touches.len() {
            let touch = play.history.events[newest].touches[at];
            if !matches!(touch.action, Action::Show | Action::Cancel | Action::Look) {
                continue;
            }
            for actor in 0..play.parts.len() {
                let id = play.parts[actor].task.id();
                if play.object(id) == touch.object {
                    play.learned |= self.noticed.insert(play.parts[actor].name());
                }
            }
        }
    }
}

/// What an exploration by states has come to.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It goes on.
    GoesOn,
    /// All orders are known.
    Complete,
    /// It cannot know them.
    GivesUp,
}

/// An exploration by states.
pub struct Merging {
    pub(super) stage: Rc<Stage<Graph>>,
    /// What it has come to.
    pub found: Found,
}

impl Merging {
    /// An exploration that has not begun.
    pub fn new(runtime: Arc<Runtime>, unit: &'static Unit, bounds: &Bounds) -> Self {
        let mut play = Play::new(bounds);
        play.merges = true;
        let graph = Graph::new(runtime.clone());
        Merging {
            stage: Stage::new(runtime, unit, play, graph),
            found: Found::default(),
        }
    }

    /// How far it is.
    pub fn situation(&self) -> Situation {
        self.stage.with(|graph, play| {
            let enabled = |step| graph.enabled(step);
            Situation::new(graph.branches(), schedule::name(&play.history, enabled))
        })
    }

    /// Runs the next execution, as far as it is new.
    pub fn step(&mut self) -> Progress {
        self.stage.with(|graph, _| graph.stopped = Stopped::AtEnd);
        let ended = self.stage.perform();
        if self.stage.with(|_, play| play.broken_off) {
            return Progress::GoesOn;
        }
        self.stage.with(|graph, play| {
            graph.gates.look_at_end(&ended);
            play.learned |= graph.gates.take_up();
        });
        let (learned, lost, stopped) = self.stage.with(|graph, play| {
            if play.learned {
                play.forget_steps();
                graph.clear();
                return (true, false, Stopped::AtEnd);
            }
            let lost = graph.has_cycle || play.too_many || play.depth >= play.most_steps;
            (false, lost, graph.stopped)
        });
        if learned {
            self.found = Found::default();
            self.stage.told.borrow_mut().clear();
            return Progress::GoesOn;
        }
        if lost {
            return Progress::GivesUp;
        }
        if stopped == Stopped::AtEnd {
            let outcome = self.found.count(&self.stage, ended, Graph::enabled);
            let tally: Tally = smallvec![(outcome, 1)];
            self.stage.with(|graph, _| graph.comes_to(&tally, 0));
        }
        let more = self.stage.with(|graph, play| graph.go_back(play));
        self.stage.with(|graph, _| {
            self.found.states = graph.known.len() as u64;
            self.found.met = graph.met;
            self.found.untold = graph.untold;
        });
        match more {
            true => Progress::GoesOn,
            false => self.complete(),
        }
    }

    /// All is known: the tally of the first state counts.
    fn complete(&mut self) -> Progress {
        let total = self.stage.with(|graph, _| graph.total.tally.clone());
        for outcome in &mut self.found.outcomes.all {
            outcome.executions = 0;
        }
        self.found.executions = 0;
        for (outcome, executions) in total {
            self.found.outcomes.all[outcome].executions = executions;
            self.found.executions = self.found.executions.saturating_add(executions);
        }
        self.found.complete = true;
        Progress::Complete
    }
}
