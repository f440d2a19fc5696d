//! Every order that makes a difference, once.
//!
//! Depth first over schedules, with source sets and sleep sets: Abdulla, Aronis, Jonsson and
//! Sagonas, "Source sets: a foundation for optimal dynamic partial order reduction", JACM 2017.
//!
//! ```text
//!   an execution is run to its end; its races say where another task should have gone first:
//!   that task is added to the backtrack set of the state before the earlier step, and whoever is
//!   to follow it to its wakeup tree;
//!   the deepest state with somebody left to try is gone back to, and run on from there
//! ```
//!
//! Who has been tried at a state sleeps in what is tried after: it is woken by a step that depends
//! on its own. A state in which everybody who could go on sleeps leads to nothing new: the
//! execution is given up and counted as *blocked*. As soon as there are some, the search begins
//! anew with [wakeup trees](super::wakeup), which see to it that there are few.

use super::history::{Actor, Event, History, NONE, Outcome, Step};
use super::play::{Actors, Play};
use super::reversal::{Before, Race};
use super::sleep::Sleepers;
use super::stage::Director;
use super::steps::Enabled;
use super::touch::{Action, ObjectIndex, Touch, Touches};
use super::wakeup::Branch;

/// A state between two steps.
#[derive(Debug, Default)]
pub(super) struct State {
    /// Who takes the next step in the execution under way.
    pub chosen: Actor,
    /// Who is to be tried.
    pub backtrack: Actors,
    /// Who could have gone on.
    pub enabled: Enabled,
    /// Who sleeps here.
    pub sleepers: Sleepers,
    /// Of those who are still to be tried: in which order, and who goes on then.
    pub wakes: Vec<Branch>,
    /// Who sleeps though what is being tried may be apart from it: nothing is left out because of
    /// these.
    pub doubtful: Actors,
    /// How many objects had been met.
    pub met: ObjectIndex,
}

impl State {
    /// Somebody is to be tried.
    pub fn wake(&mut self, branch: Branch) {
        self.backtrack |= 1 << branch.actor;
        self.wakes.push(branch);
    }
}

/// So few executions may be run anew.
const FEW: u128 = 10_000;

/// So many steps in a row are very long.
pub const LONG: usize = 200;

/// The search.
#[derive(Debug, Default)]
pub struct Search {
    /// The states of the execution under way; those behind `length` are kept for their memory.
    pub(super) states: Vec<State>,
    length: usize,
    races: Vec<Step>,
    /// With wakeup trees: the races of the execution under way, each with the clock of its later
    /// step before it. All are turned round when it is over.
    pub(super) races_so_far: Vec<(Race, Box<[u32]>)>,
    pub(super) with_trees: bool,
    /// Some steps go another way where they come earlier: what comes behind those is not known, so
    /// there are no wakeup trees.
    varies: bool,
    pub(super) row: Vec<u32>,
    pub(super) first: Vec<u32>,
    /// The steps that need not come after the earlier one of a race, in order.
    pub(super) between: Vec<Step>,
    /// The execution was given up: all that could go on slept.
    pub given_up: bool,
    reduction: Reduction,
}

/// Which orders that make no difference are left out. Tests hold the search to the slower ones.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub enum Reduction {
    /// All of them; who is woken is found out as soon as something has led to nothing new.
    #[default]
    All,
    /// All of them, with wakeup trees from the beginning.
    Trees,
    /// What sleeps; everybody else is tried everywhere.
    Sleep,
    /// None.
    None,
}

impl Search {
    /// A search that has not begun.
    pub fn new(reduction: Reduction) -> Search {
        Search {
            reduction,
            with_trees: reduction == Reduction::Trees,
            ..Search::default()
        }
    }

    /// Prepares the next execution; false when there is none left.
    pub fn go_back(&mut self, history: &mut History) -> bool {
        while self.length > 0 {
            let at = self.length - 1;
            let state = &mut self.states[at];
            let tried = match history.events.get(at) {
                Some(_) => 1 << state.chosen,
                None => 0,
            };
            let left = state.backtrack & !state.sleepers.all & !tried;
            if left != 0 && tried != 0 {
                // What has just been tried sleeps from now on.
                let touches = Touches::from_slice(&history.events[at].touches);
                state.sleepers.add(state.chosen, touches);
            }
            history.truncate(at);
            while let Some((race, _)) = self.races_so_far.last()
                && race.end >= at
            {
                self.races_so_far.pop();
            }
            if left != 0 {
                let mut wakes = state.wakes.iter().map(|branch| branch.actor);
                let first = wakes.find(|actor| left >> actor & 1 != 0);
                state.chosen = first.unwrap_or(left.trailing_zeros() as Actor);
                self.given_up = false;
                return true;
            }
            self.length -= 1;
        }
        false
    }

    /// Begins from nothing.
    pub fn clear(&mut self) {
        self.length = 0;
        self.races_so_far.clear();
        self.given_up = false;
    }

    /// So many executions have led to nothing new: true if it is to begin anew, with wakeup trees.
    pub fn takes_trees(&mut self, executions: u128, blocked: u64) -> bool {
        let many = executions < FEW || u128::from(blocked) * 8 > executions;
        let may = !self.with_trees && !self.varies && self.reduction == Reduction::All;
        let takes = many && may;
        self.with_trees |= takes;
        takes
    }

    /// Who could have gone on before a step of the execution under way.
    pub fn enabled(&self, step: Step) -> Enabled {
        self.states[step].enabled
    }

    /// For each state of the execution under way: how many of the tasks that are to go on there
    /// have been tried, and how many there are.
    pub fn branches(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.states[..self.length].iter().map(|state| {
            let tried = state.backtrack & state.sleepers.all;
            (tried.count_ones(), state.backtrack.count_ones())
        })
    }

    /// The state that is about to be left for the first time.
    fn new_state(&mut self, play: &Play) -> Option<Actor> {
        let at = self.length;
        let enabled = play.enabled();
        if self.states.len() == at {
            self.states.push(State::default());
        }
        let (before, rest) = self.states.split_at_mut(at);
        let state = &mut rest[0];
        state.enabled = enabled;
        state.met = play.objects_met();
        state.backtrack = 0;
        state.sleepers.clear();
        state.wakes.clear();
        state.doubtful = 0;
        if let Some(before) = before.last_mut()
            && self.reduction != Reduction::None
        {
            let taken = &play.history.events[at - 1];
            state.sleepers.inherit(&before.sleepers, taken);
            let mut wakes = before.wakes.iter();
            if let Some(at) = wakes.position(|branch| branch.actor == before.chosen) {
                state.doubtful = before.wakes[at].doubtful;
                before.wakes.remove(at).gone(&mut state.wakes);
            }
            state.doubtful |= before.doubtful;
            state.doubtful &= state.sleepers.all;
        }
        if enabled.all == 0 {
            return None;
        }
        let awake = enabled.all & !state.sleepers.all;
        if awake == 0 {
            self.given_up = true;
            return None;
        }
        state.wakes.retain(|branch| awake >> branch.actor & 1 != 0);
        let chosen = match state.wakes.first() {
            Some(branch) => branch.actor,
            None => usual(awake, enabled.late, &play.history.events[..at]),
        };
        state.chosen = chosen;
        let wakes = state.wakes.iter();
        state.backtrack = match self.reduction {
            Reduction::All | Reduction::Trees => {
                wakes.fold(1 << chosen, |all, branch| all | 1 << branch.actor)
            }
            Reduction::Sleep | Reduction::None => enabled.all,
        };
        self.length = at + 1;
        Some(chosen)
    }
}

/// Whether a task could have gone on before an earlier step, if it stood there already.
fn stood(states: &[State], actor: Actor, previous: Step, earlier: Step) -> Option<bool> {
    let stood_there = previous == NONE || previous < earlier;
    stood_there.then(|| states[earlier].enabled.all & (1 << actor) != 0)
}

/// Whether what is done depends on the state it meets.
fn notices(touch: &Touch) -> bool {
    matches!(touch.action, Action::TakeIn | Action::TakeOut)
}

/// How many of these are not flags.
fn objects(touches: &[Touch]) -> usize {
    let others = touches.iter().filter(|touch| touch.action != Action::Flag);
    others.count()
}

/// How many steps of one task stand last, its own among them; more than `LONG` are not counted.
pub fn run(before: &[Event]) -> usize {
    let mut run = 0;
    for event in before.iter().rev() {
        if event.actor != before[before.len() - 1].actor || run >= LONG {
            break;
        }
        run += 1 + event.own as usize;
    }
    run
}

/// Who goes on where nothing says otherwise: whoever has just gone, else the first; somebody
/// whose wait would time out only if nobody else can. Who has gone for very long lets the next one
/// go, so that a loop that waits for somebody does not wait for ever.
pub fn usual(awake: Actors, late: Actors, before: &[Event]) -> Actor {
    let among = match awake & !late {
        0 => awake,
        some => some,
    };
    match before.last().map(|event| event.actor) {
        Some(last) if among & (1 << last) != 0 => {
            let long = run(before) >= LONG;
            let others = among & !(1 << last);
            match long && others != 0 {
                true => match others >> last {
                    0 => others.trailing_zeros() as Actor,
                    above => last + above.trailing_zeros() as Actor,
                },
                false => last,
            }
        }
        _ => among.trailing_zeros() as Actor,
    }
}

impl Director for Search {
    fn choose(&mut self, play: &mut Play) -> Option<Actor> {
        if play.parts.len() == 1 && play.depth == 0 && !play.starts_first() {
            // The main program is alone: no steps yet.
            return (play.enabled().all != 0).then_some(0);
        }
        self.at(play)
    }

    fn gives_up(&self) -> bool {
        self.given_up
    }

    fn happened(&mut self, play: &mut Play) {
        let mut races = std::mem::take(&mut self.races);
        races.clear();
        let states = &self.states;
        let newest = play.history.events.len() - 1;
        let event = &play.history.events[newest];
        let (later, previous) = (event.actor, event.previous);
        let (waits, objects) = (event.waits, objects(&event.touches));
        let strikes = event.outcome == Outcome::Struck;
        let several = event.touches.len() > 1 && (waits || strikes);
        let varies = event.outcome != Outcome::Done || event.touches.iter().any(notices);
        if varies || several {
            self.varies = true;
            // Begun anew without.
            play.learned |= std::mem::take(&mut self.with_trees);
        }
        play.history.complete(
            |earlier| stood(states, later, previous, earlier),
            |earlier| races.push(earlier),
        );
        for &earlier in &races {
            let race = Race {
                earlier,
                later,
                end: newest,
                waits,
                several,
                objects,
                strikes,
                varies,
            };
            self.turn_round(&play.history, race);
        }
        self.races = races;
    }
}

impl Search {
    fn at(&mut self, play: &Play) -> Option<Actor> {
        match play.depth < self.length {
            true => Some(self.states[play.depth].chosen),
            false => self.new_state(play),
        }
    }

    /// The execution is over: with wakeup trees, its races are turned round.
    pub fn is_over(&mut self, play: &mut Play) {
        self.wait_in_vain(play);
        let races = std::mem::take(&mut self.races_so_far);
        for (race, row) in &races {
            self.row.clear();
            self.row.extend_from_slice(row);
            self.row.resize(play.history.width(), 0);
            let initials = self.initials_of(&play.history, *race, Before::All);
            self.add_sequence(&play.history, *race, initials);
        }
        self.races_so_far = races;
    }

    /// The execution has ended with tasks that wait in vain: they might have come earlier.
    fn wait_in_vain(&mut self, play: &mut Play) {
        let waiting: Vec<(Actor, Touches)> = std::mem::take(&mut play.waiting);
        let end = play.history.events.len();
        let mut races = std::mem::take(&mut self.races);
        for (actor, touches) in waiting {
            let started_by = play.parts[actor].started_by;
            races.clear();
            let states = &self.states;
            play.history.races_of_waiting(
                actor,
                started_by,
                &touches,
                |previous, earlier| stood(states, actor, previous, earlier),
                |earlier| races.push(earlier),
            );
            if touches.len() > 1 {
                // It could have gone another way, as above.
                self.varies = true;
                play.learned |= std::mem::take(&mut self.with_trees);
            }
            for &earlier in &races {
                let race = Race {
                    earlier,
                    later: actor,
                    end,
                    waits: true,
                    several: touches.len() > 1,
                    objects: objects(&touches),
                    strikes: false,
                    varies: false,
                };
                self.turn_round(&play.history, race);
            }
        }
        self.races = races;
    }
}
