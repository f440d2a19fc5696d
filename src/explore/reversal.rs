//! A race is turned round: somebody else is to go first where the earlier step was taken.
//!
//! With source sets it is enough that one goes first who could take the first step of what is to
//! come before the later step. With [wakeup trees](super::wakeup) all of it is to follow, and who
//! sleeps apart from all of it has been tried with it: nothing is left to try. That is right only
//! of *everything* that need not come after the earlier step, to the end of the execution, and
//! only if every race of every execution is turned round, also those of its beginning:
//!
//! ```text
//!   tried:     r ... w x              r sleeps; w does not depend on it, x does
//!   a race:    e w | f                turned round to "w f": r is apart from that, but has not
//!                                     been tried behind the x that follows, and must not be left
//!                                     out before all of "w f x" is known
//! ```
//!
//! That costs time, so it is done as soon as a search without has come to nothing new. It is not
//! done where steps go another way when they come earlier (a time passes, a cancel strikes): there
//! what comes behind them is not known, and a few executions come to nothing new.

use super::history::{Actor, History, Step};
use super::play::Actors;
use super::search::Search;
use super::touch::{Action, Touch};
use super::wakeup::{Branch, Sequence};

impl Search {
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
    pub(super) fn turn_round(&mut self, history: &History, race: Race) {
        if !race.several {
            if self.with_trees {
                self.look_before(history, race, Before::All);
                let row = self.row.clone().into_boxed_slice();
                return self.races_so_far.push((race, row));
            }
            let initials = self.initials(history, race, Before::All);
            return self.add_sequence(history, race, initials);
        }
        let initials = self.initials(history, race, Before::Depending);
        let state = &self.states[race.earlier];
        let selects = race.objects > 1 && race.waits;
        if (race.strikes || selects) && state.sleepers.all >> race.later & 1 != 0 {
            // What it would have done there it has not done here: that may have to come after
            // whatever there is.
            self.add_all(race, state.enabled.all & !state.sleepers.all);
        }
        match selects {
            true => self.add_all(race, initials),
            false => self.add(race, initials),
        }
        if race.waits {
            let initials = self.initials(history, race, Before::Own);
            self.add(race, initials);
        }
    }

    /// What comes before the later step of a race is to be tried before the earlier one.
    pub(super) fn add_sequence(&mut self, history: &History, race: Race, initials: Actors) {
        if race.varies {
            // Who goes another way there may not be independent of the others: those too.
            self.add(race, initials & !(1 << race.later));
        }
        let state = &mut self.states[race.earlier];
        let possible = initials & state.enabled.all;
        let has_chosen = possible >> state.chosen & 1 != 0;
        if possible & state.sleepers.all != 0 || possible == 0 || has_chosen {
            return;
        }
        let touches = history.events.get(race.end).map(|event| &event.touches[..]);
        let mut sequence = Sequence {
            history,
            steps: &mut self.between,
            last: race.later,
            before_last: &self.row,
            touches: touches.unwrap_or_default(),
            is_sure: touches.is_some_and(are_sure),
            has_last: true,
            met: state.met,
            doubtful: 0,
        };
        let first = race.first_of(possible);
        if !self.with_trees {
            if possible & state.backtrack == 0 {
                state.wake(sequence.branch(first));
            }
            return;
        }
        // Whoever sleeps has been tried with all of this after it.
        for (actor, step) in state.sleepers.steps() {
            match sequence.is_apart(*actor, Some(step)) {
                Some(true) if !self.given_up && state.doubtful >> actor & 1 == 0 => return,
                Some(false) => {}
                _ => sequence.doubtful |= 1 << actor,
            }
        }
        if !sequence.is_sure {
            sequence.doubtful |= 1 << state.chosen;
        }
        if let Some(first) = sequence.insert(&mut state.wakes, first) {
            state.backtrack |= 1 << first;
        }
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

    /// All of these that can go are to be tried before the earlier step of a race.
    fn add_all(&mut self, race: Race, actors: Actors) {
        let state = &mut self.states[race.earlier];
        let mut new = actors & state.enabled.all & !state.backtrack;
        while new != 0 {
            state.wake(Branch::leaf(new.trailing_zeros() as Actor));
            new &= new - 1;
        }
    }

    /// Who can take the first step of what comes before the later step of a race and need not
    /// come after the earlier one.
    fn initials(&mut self, history: &History, race: Race, before: Before) -> Actors {
        self.look_before(history, race, before);
        self.initials_of(history, race, before)
    }

    /// What comes before the later step of a race if that need not come after the earlier one.
    fn look_before(&mut self, history: &History, race: Race, before: Before) {
        let is_after = is_after(history, race.earlier);
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
    }

    pub(super) fn initials_of(&mut self, history: &History, race: Race, before: Before) -> Actors {
        let is_after = is_after(history, race.earlier);
        self.first.clear();
        self.first.resize(history.width(), u32::MAX);
        self.between.clear();
        let mut initials: Actors = 0;
        for step in race.earlier + 1..history.events.len() {
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
pub(super) enum Before {
    /// Everything between the two.
    All,
    /// What the later step depends on.
    Depending,
    /// What its task has to have done before.
    Own,
}

/// Two steps that race.
#[derive(Copy, Clone, Debug)]
pub(super) struct Race {
    pub earlier: Step,
    /// Whose is the later one.
    pub later: Actor,
    /// Its place, or the end if it never came.
    pub end: Step,
    /// Whether it may have to wait.
    pub waits: bool,
    /// Whether it depends on several objects, and could have gone another way for each.
    pub several: bool,
    /// How many of them are not its own task.
    pub objects: usize,
    /// A cancel strikes in it.
    pub strikes: bool,
    /// What it does depends on what comes before it: its time may pass, or a cancel strike.
    pub varies: bool,
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

/// Whether a step happens after this one, or is it.
fn is_after(history: &History, earlier: Step) -> impl Fn(Step) -> bool + '_ {
    let event = &history.events[earlier];
    move |step| history.clock(step)[event.actor] >= event.local
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
