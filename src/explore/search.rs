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
//! execution is given up and counted as *blocked*. The [wakeup trees](super::wakeup) see to it that
//! there are few.

use super::history::{Actor, Event, History, NONE, Outcome, Step};
use super::play::{Actors, Play};
use super::sleep::Sleepers;
use super::stage::Director;
use super::steps::Enabled;
use super::touch::{Action, Touch, Touches};
use super::wakeup::{Branch, Sequence};

/// A state between two steps.
#[derive(Debug, Default)]
struct State {
    /// Who takes the next step in the execution under way.
    chosen: Actor,
    /// Who is to be tried.
    backtrack: Actors,
    /// Who could have gone on.
    enabled: Enabled,
    /// Who sleeps here.
    sleepers: Sleepers,
    /// Of those who are still to be tried: in which order, and who goes on then.
    wakes: Vec<Branch>,
}

impl State {
    /// Somebody is to be tried.
    fn wake(&mut self, branch: Branch) {
        self.backtrack |= 1 << branch.actor;
        self.wakes.push(branch);
    }
}

/// So many steps in a row are very long.
pub const LONG: usize = 200;

/// The search.
#[derive(Debug, Default)]
pub struct Search {
    /// The states of the execution under way; those behind `length` are kept for their memory.
    states: Vec<State>,
    length: usize,
    races: Vec<Step>,
    row: Vec<u32>,
    first: Vec<u32>,
    /// The steps that need not come after the earlier one of a race, in order.
    between: Vec<Step>,
    /// The execution was given up: all that could go on slept.
    pub given_up: bool,
    reduction: Reduction,
}

/// Which orders that make no difference are left out. Tests hold the search to the slower ones.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub enum Reduction {
    /// All of them.
    #[default]
    All,
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
        self.given_up = false;
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
        state.backtrack = 0;
        state.sleepers.clear();
        state.wakes.clear();
        if let Some(before) = before.last_mut()
            && self.reduction != Reduction::None
        {
            let taken = &play.history.events[at - 1];
            state.sleepers.inherit(&before.sleepers, taken);
            let mut wakes = before.wakes.iter();
            if let Some(at) = wakes.position(|branch| branch.actor == before.chosen) {
                before.wakes.remove(at).gone(&mut state.wakes);
            }
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
            Reduction::All => wakes.fold(1 << chosen, |all, branch| all | 1 << branch.actor),
            Reduction::Sleep | Reduction::None => enabled.all,
        };
        self.length = at + 1;
        Some(chosen)
    }

    /// The step that was looked at last races with an earlier one: somebody else is to go first
    /// there. Who, is said by what does not come after the earlier step:
    ///
    /// ```text
    ///   earlier ... what need not come after it ... later
    ///               ---------------------------------
    ///               one that could be the first of these goes first
    /// ```
    ///
    /// Where the later step depends on several objects, what it depends on may be what let it go
    /// on, or what kept it from going another way; that is not known, so both are tried: only what
    /// it depends on counts, and not even that.
    fn turn_round(&mut self, history: &History, race: Race) {
        if !race.several {
            let initials = self.initials(history, race, Before::All);
            return self.add_sequence(history, race, initials);
        }
        let initials = self.initials(history, race, Before::Depending);
        match race.objects > 1 && race.waits {
            true => {
                let state = &mut self.states[race.earlier];
                let mut new = initials & state.enabled.all & !state.backtrack;
                while new != 0 {
                    state.wake(Branch::leaf(new.trailing_zeros() as Actor));
                    new &= new - 1;
                }
            }
            false => self.add(race, initials),
        }
        if race.waits {
            let initials = self.initials(history, race, Before::Own);
            self.add(race, initials);
        }
    }

    /// What comes before the later step of a race is to be tried before the earlier one.
    fn add_sequence(&mut self, history: &History, race: Race, initials: Actors) {
        let state = &mut self.states[race.earlier];
        let possible = initials & state.enabled.all;
        let has_chosen = possible >> state.chosen & 1 != 0;
        if possible & state.sleepers.all != 0 || possible == 0 || has_chosen {
            return;
        }
        let newest = history.events.get(race.end);
        let mut sequence = Sequence {
            history,
            steps: &mut self.between,
            last: race.later,
            before_last: &self.row,
            touches: newest.map(|event| &event.touches).filter(|it| are_sure(it)),
            has_last: true,
        };
        // Whoever sleeps has been tried with all of this after it.
        let is_apart = |(actor, step): &(Actor, Touches)| sequence.is_apart(*actor, Some(step));
        if race.surely && state.sleepers.steps().iter().any(is_apart) {
            return;
        }
        let mut wakes = state.wakes.iter();
        let apart = wakes.any(|branch| sequence.is_apart(branch.actor, branch.step.as_ref()));
        if apart || possible & state.backtrack != 0 {
            return sequence.insert(&mut state.wakes);
        }
        state.wake(sequence.branch(race.first_of(possible)));
    }

    /// One of these is to be tried before the earlier step of a race.
    fn add(&mut self, race: Race, initials: Actors) {
        let state = &mut self.states[race.earlier];
        let possible = initials & state.enabled.all;
        if possible & (state.backtrack | state.sleepers.all) != 0 || possible == 0 {
            return;
        }
        state.wake(Branch::leaf(race.first_of(possible)));
    }

    /// Who can take the first step of what comes before the later step of a race and need not
    /// come after the earlier one.
    fn initials(&mut self, history: &History, race: Race, before: Before) -> Actors {
        let from = &history.events[race.earlier];
        let (actor, local) = (from.actor, from.local);
        let is_after = |step: Step| history.clock(step)[actor] >= local;
        self.row.clear();
        self.row.extend_from_slice(history.before());
        if before != Before::Own {
            for step in history.conflicts() {
                if step > race.earlier && !is_after(step) {
                    let clock = history.clock(step).iter();
                    for (mine, theirs) in self.row.iter_mut().zip(clock) {
                        *mine = (*mine).max(*theirs);
                    }
                }
            }
        }
        self.first.clear();
        self.first.resize(history.width(), u32::MAX);
        self.between.clear();
        let mut initials: Actors = 0;
        for step in race.earlier + 1..race.end {
            let event = &history.events[step];
            let counts = before == Before::All || self.row[event.actor] >= event.local;
            if !counts || is_after(step) {
                continue;
            }
            self.between.push(step);
            if self.first[event.actor] == u32::MAX {
                if !follows(history.clock(step), &self.first) {
                    initials |= 1 << event.actor;
                }
                self.first[event.actor] = event.local;
            }
        }
        // The later step itself, if it depends on none of these.
        let is_first = self.first.get(race.later).is_none_or(|it| *it == u32::MAX);
        if is_first && !follows(&self.row, &self.first) {
            initials |= 1 << race.later;
        }
        initials
    }
}

/// What counts as coming before the later step of a race.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Before {
    /// Everything between the two.
    All,
    /// What the later step depends on.
    Depending,
    /// What its task has to have done before.
    Own,
}

/// Two steps that race.
#[derive(Copy, Clone, Debug)]
struct Race {
    earlier: Step,
    /// Whose is the later one.
    later: Actor,
    /// Its place, or the end if it never came.
    end: Step,
    /// Whether it may have to wait.
    waits: bool,
    /// Whether it depends on several objects, and could have gone another way for each.
    several: bool,
    /// How many of them are not its own task.
    objects: usize,
    /// No step may be struck by a cancel or cut off: what steps touch is all that they depend on.
    surely: bool,
}

impl Race {
    /// Who of these is to go first: the task of the later step, if it can.
    fn first_of(&self, possible: Actors) -> Actor {
        match possible >> self.later & 1 {
            0 => possible.trailing_zeros() as Actor,
            _ => self.later,
        }
    }
}

/// Whether a step touches this whatever comes before it.
fn are_sure(touches: &[Touch]) -> bool {
    let mut actions = touches.iter().map(|touch| touch.action);
    actions.all(|action| matches!(action, Action::Read(_) | Action::Write(_)))
}

/// Whether something with this clock comes after one of the first steps of some tasks.
fn follows(clock: &[u32], first: &[u32]) -> bool {
    clock.iter().zip(first).any(|(clock, first)| clock >= first)
}

/// Whether a task could have gone on before an earlier step, if it stood there already.
fn stood(states: &[State], actor: Actor, previous: Step, earlier: Step) -> Option<bool> {
    let stood_there = previous == NONE || previous < earlier;
    stood_there.then(|| states[earlier].enabled.all & (1 << actor) != 0)
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
        let several = event.touches.len() > 1 && (waits || event.outcome == Outcome::Struck);
        let known = &play.known;
        let surely = known.cancelled.is_empty() && !known.leaves_futures && !known.exits;
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
                surely,
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

    /// The execution has ended with tasks that wait in vain: they might have come earlier.
    pub fn wait_in_vain(&mut self, play: &mut Play) {
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
            for &earlier in &races {
                let race = Race {
                    earlier,
                    later: actor,
                    end,
                    waits: true,
                    several: touches.len() > 1,
                    objects: objects(&touches),
                    surely: false,
                };
                self.turn_round(&play.history, race);
            }
        }
        self.races = races;
    }
}
