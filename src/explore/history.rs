//! What has happened so far: the steps, which of them came before which, and their races.
//!
//! Every step has a vector clock: for each task, how many of its steps happen before it. A step
//! comes after an earlier one of another task for one of two reasons:
//!
//! ```text
//!   race   they depend on each other, and the other order was possible too: it is tried
//!   edge   the later one needs the earlier: start -> first step, put -> the get that takes that
//!          very value, get -> the put it makes room for, unlock -> lock, last step -> join
//! ```
//!
//! An edge is never turned round itself. The race behind it is: a get that needs its put races
//! with the get before it, which it could have come before. [`possible`](super::possible) tells
//! the two apart, [`races`](super::races) finds them.

use super::touch::{Action, ObjectIndex, Touches};

/// Which task, in the order in which they are started.
pub type Actor = usize;

/// Which step of an execution.
pub type Step = usize;

/// No step.
pub const NONE: Step = usize::MAX;

/// How a step goes on with its task.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It gets what it waits for, or waits for nothing.
    Done,
    /// Its time has passed.
    TimedOut,
    /// A cancel strikes.
    Struck,
}

/// One step.
#[derive(Clone, Debug)]
pub struct Event {
    /// Of whom.
    pub actor: Actor,
    /// How it goes.
    pub outcome: Outcome,
    /// What it touches.
    pub touches: Touches,
    /// The step before it of the same task, or the one that started it.
    pub previous: Step,
    /// Its number among the steps of its task, from 1.
    pub local: u32,
    /// Whether it may have to wait for what it touches: it asks, and has no time-out.
    pub waits: bool,
    /// A step that let it go on, if there is one that its touches do not tell.
    pub let_by: Step,
    /// How often its task touched, after it, values that nobody else touches: those are no steps.
    pub own: u32,
}

/// Whether a task could have come right before an earlier step.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Likely {
    /// As far as the object goes.
    Yes,
    /// No: this is an edge.
    No,
    /// It depends on other objects, or on steps that could have come before.
    Perhaps,
}

/// What has been done to one object.
#[derive(Clone, Debug, Default)]
pub(super) struct Story {
    pub actions: Vec<(Step, Action)>,
    pub puts: Vec<Step>,
    pub gets: Vec<Step>,
    /// Permits or values that were there at the beginning.
    pub initial: usize,
    pub capacity: Option<usize>,
}

/// The steps of an execution.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// In order.
    pub events: Vec<Event>,
    clocks: Vec<u32>,
    width: usize,
    pub(super) objects: Vec<Story>,
    /// The last step of each task.
    last: Vec<Step>,
    /// Of the step that is looked at: its clock so far, and the one of its task before it.
    pub(super) row: Vec<u32>,
    pub(super) before: Vec<u32>,
    /// The steps it depends on, latest first, and whether it surely could have come before each.
    pub(super) conflicts: Vec<(Step, Likely)>,
    pub(super) edges: Vec<Step>,
}

impl History {
    /// Begins from nothing.
    pub fn clear(&mut self) {
        self.truncate(0);
        self.objects.clear();
        self.last.clear();
        self.clocks.clear();
    }

    /// Makes room for a task.
    pub fn add_actor(&mut self, actor: Actor) {
        if self.last.len() <= actor {
            self.last.resize(actor + 1, NONE);
        }
        if actor >= self.width {
            self.widen((actor + 1).next_power_of_two().max(4));
        }
    }

    fn widen(&mut self, width: usize) {
        let old = std::mem::replace(&mut self.width, width);
        if let Some(rows) = self.clocks.len().checked_div(old) {
            let mut clocks = vec![0; rows * width];
            for row in 0..rows {
                clocks[row * width..row * width + old]
                    .copy_from_slice(&self.clocks[row * old..(row + 1) * old]);
            }
            self.clocks = clocks;
        }
    }

    /// Says how many permits or values an object had at first, and how many fit into it.
    pub fn describe(&mut self, object: ObjectIndex, initial: usize, capacity: Option<usize>) {
        let story = self.story(object);
        story.initial = initial;
        story.capacity = capacity;
    }

    fn story(&mut self, object: ObjectIndex) -> &mut Story {
        let object = object as usize;
        if self.objects.len() <= object {
            self.objects.resize_with(object + 1, Story::default);
        }
        &mut self.objects[object]
    }

    /// The last step of a task.
    pub fn last_of(&self, actor: Actor) -> Step {
        self.last.get(actor).copied().unwrap_or(NONE)
    }

    /// How many switches between tasks, and how many steps.
    pub fn size(&self) -> (usize, usize) {
        let pairs = self.events.windows(2);
        let switches = pairs.filter(|pair| pair[0].actor != pair[1].actor).count();
        (switches, self.events.len())
    }

    /// How many tasks the clocks have room for.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The clock of the task before the step that was looked at last.
    pub fn before(&self) -> &[u32] {
        &self.before
    }

    /// The steps on which the step depends that was looked at last, latest first.
    pub fn conflicts(&self) -> impl Iterator<Item = Step> + '_ {
        self.conflicts.iter().map(|(step, _)| *step)
    }

    /// The clock of a step.
    pub fn clock(&self, step: Step) -> &[u32] {
        &self.clocks[step * self.width..(step + 1) * self.width]
    }

    /// Whether a step happens before one with this clock.
    pub fn is_before(&self, step: Step, clock: &[u32]) -> bool {
        let event = &self.events[step];
        clock[event.actor] >= event.local
    }

    /// What was done to an object, latest first.
    pub fn actions(&self, object: ObjectIndex) -> impl Iterator<Item = (Step, Action)> + '_ {
        let story = self.objects.get(object as usize);
        story
            .into_iter()
            .flat_map(|story| story.actions.iter().rev().copied())
    }

    /// Adds a step whose touches are not known yet.
    pub fn begin(&mut self, actor: Actor, outcome: Outcome, started_by: Step) {
        let last = self.last_of(actor);
        let (previous, local) = match last {
            NONE => (started_by, 1),
            last => (last, self.events[last].local + 1),
        };
        self.last[actor] = self.events.len();
        self.events.push(Event {
            actor,
            outcome,
            touches: Touches::new(),
            waits: false,
            previous,
            local,
            let_by: NONE,
            own: 0,
        });
    }

    /// The newest step is done and its touches are known: works out its clock and calls `race`
    /// for each earlier step that it races with. `stood` says whether its task could have gone on
    /// before an earlier step, if it stood there already.
    pub fn complete(&mut self, stood: impl Fn(Step) -> Option<bool>, race: impl FnMut(Step)) {
        let step = self.events.len() - 1;
        let event = &self.events[step];
        let (actor, local, previous, let_by, waits) = (
            event.actor,
            event.local,
            event.previous,
            event.let_by,
            event.waits,
        );
        self.begin_row(previous);
        if let_by != NONE {
            self.edges.push(let_by);
        }
        let touches = std::mem::take(&mut self.events[step].touches);
        self.races_of(&touches, waits, stood, race);
        for edge in 0..self.edges.len() {
            self.join(self.edges[edge]);
        }
        self.row[actor] = local;
        self.clocks.truncate(step * self.width);
        self.clocks.extend_from_slice(&self.row);
        for touch in &touches {
            let story = self.story(touch.object);
            story.actions.push((step, touch.action));
            match touch.action {
                Action::Put | Action::TakeIn => story.puts.push(step),
                Action::Get | Action::TakeOut => story.gets.push(step),
                _ => {}
            }
        }
        self.events[step].touches = touches;
    }

    /// The newest step is done and its touches are known: notes them, without its clock.
    pub fn note(&mut self) {
        let step = self.events.len() - 1;
        let touches = std::mem::take(&mut self.events[step].touches);
        for touch in &touches {
            self.story(touch.object).actions.push((step, touch.action));
        }
        self.events[step].touches = touches;
    }

    /// Begins to look at a step whose task has taken this one before.
    pub(super) fn begin_row(&mut self, previous: Step) {
        self.edges.clear();
        self.row.clear();
        match previous {
            NONE => self.row.resize(self.width, 0),
            previous => {
                let from = previous * self.width;
                self.row
                    .extend_from_slice(&self.clocks[from..from + self.width]);
            }
        }
        self.before.clone_from(&self.row);
    }

    pub(super) fn join(&mut self, step: Step) {
        let clock = &self.clocks[step * self.width..(step + 1) * self.width];
        for (mine, theirs) in self.row.iter_mut().zip(clock) {
            *mine = (*mine).max(*theirs);
        }
    }

    /// Forgets all steps from `length` on.
    pub fn truncate(&mut self, length: usize) {
        while self.events.len() > length {
            let Some(event) = self.events.pop() else {
                return;
            };
            self.last[event.actor] = match event.local {
                1 => NONE,
                _ => event.previous,
            };
            for touch in event.touches.iter().rev() {
                let step = self.events.len();
                // The last step of an execution that was given up touched nothing yet.
                let Some(story) = self.objects.get_mut(touch.object as usize) else {
                    continue;
                };
                if story.actions.last().is_some_and(|(last, _)| *last == step) {
                    story.actions.pop();
                }
                if story.puts.last() == Some(&step) {
                    story.puts.pop();
                }
                if story.gets.last() == Some(&step) {
                    story.gets.pop();
                }
            }
        }
    }
}
