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
//! with the get before it, which it could have come before.

use super::touch::{Action, ObjectIndex, Touch, Touches, depends};

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
    /// What it would have touched, had it got what it waited for before a cancel struck.
    pub wish: Touches,
    /// A step that let it go on, if there is one that its touches do not tell.
    pub let_by: Step,
}

/// What has been done to one object.
#[derive(Clone, Debug, Default)]
struct Story {
    actions: Vec<(Step, Action)>,
    puts: Vec<Step>,
    gets: Vec<Step>,
    /// Permits or values that were there at the beginning.
    initial: usize,
    capacity: Option<usize>,
}

/// The steps of an execution.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// In order.
    pub events: Vec<Event>,
    clocks: Vec<u32>,
    width: usize,
    objects: Vec<Story>,
    /// The last step of each task.
    last: Vec<Step>,
    row: Vec<u32>,
    candidates: Vec<Step>,
    edges: Vec<Step>,
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

    /// The clock that the task would have that waits in vain and was last asked about.
    pub fn waiting_clock(&self) -> &[u32] {
        &self.row
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
            wish: Touches::new(),
            previous,
            local,
            let_by: NONE,
        });
    }

    /// The newest step is done and its touches are known: works out its clock and calls `race`
    /// for each earlier step that it races with. `could_come` says whether its task could have
    /// done it right before an earlier step.
    pub fn complete(
        &mut self,
        could_come: impl Fn(Step) -> bool,
        mut race: impl FnMut(Step, Step),
    ) {
        let step = self.events.len() - 1;
        let event = &self.events[step];
        let (actor, local, previous, let_by) =
            (event.actor, event.local, event.previous, event.let_by);
        self.begin_row(previous);
        self.edges.clear();
        if let_by != NONE {
            self.edges.push(let_by);
        }
        let touches = std::mem::take(&mut self.events[step].touches);
        match self.events[step].wish.is_empty() {
            true => self.races_of(&touches, could_come, |earlier| race(step, earlier)),
            false => {
                // A wish orders nothing; it only says where else it might have come true.
                let mut wish = self.events[step].wish.clone();
                wish.extend(touches.iter().copied());
                self.races_of(&wish, could_come, |earlier| race(step, earlier));
                self.begin_row(previous);
                self.edges.clear();
                self.races_of(&touches, |_| true, |_| {});
            }
        }
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

    /// Calls `race` for each step that a step which never came, of a task that waits in vain,
    /// would race with.
    pub fn races_of_waiting(
        &mut self,
        actor: Actor,
        started_by: Step,
        touches: &[Touch],
        could_come: impl Fn(Step, Step) -> bool,
        mut race: impl FnMut(Step),
    ) {
        let last = self.last_of(actor);
        let previous = if last == NONE { started_by } else { last };
        self.begin_row(previous);
        self.edges.clear();
        self.races_of(touches, |earlier| could_come(previous, earlier), &mut race);
    }

    fn begin_row(&mut self, previous: Step) {
        self.row.clear();
        match previous {
            NONE => self.row.resize(self.width, 0),
            previous => {
                let from = previous * self.width;
                self.row
                    .extend_from_slice(&self.clocks[from..from + self.width]);
            }
        }
    }

    fn join(&mut self, step: Step) {
        let clock = &self.clocks[step * self.width..(step + 1) * self.width];
        for (mine, theirs) in self.row.iter_mut().zip(clock) {
            *mine = (*mine).max(*theirs);
        }
    }

    /// Goes through what the touches depend on, latest first.
    fn races_of(
        &mut self,
        touches: &[Touch],
        could_come: impl Fn(Step) -> bool,
        mut race: impl FnMut(Step),
    ) {
        self.candidates.clear();
        for touch in touches {
            let Some(story) = self.objects.get(touch.object as usize) else {
                continue;
            };
            for &(step, action) in story.actions.iter().rev() {
                if depends(action, touch.action) {
                    match was_possible(story, touch.action, step) {
                        true => self.candidates.push(step),
                        false => self.edges.push(step),
                    }
                    if action == touch.action {
                        // What came before depends on that one.
                        break;
                    }
                }
            }
            needed(story, touch.action, &mut self.edges);
        }
        if touches.len() > 1 {
            self.candidates.sort_unstable_by(|a, b| b.cmp(a));
            self.candidates.dedup();
        }
        for at in 0..self.candidates.len() {
            let step = self.candidates[at];
            let event = &self.events[step];
            if self.row[event.actor] >= event.local {
                continue;
            }
            race(step);
            match could_come(step) {
                true => self.join(step),
                // Perhaps it could have come earlier still.
                false => self.edges.push(step),
            }
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
                let story = &mut self.objects[touch.object as usize];
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

/// Whether an action that may have to wait could have come right before an earlier step, as far as
/// its object goes.
fn was_possible(story: &Story, action: Action, step: Step) -> bool {
    let before = |wanted: &dyn Fn(Action) -> bool| {
        let earlier = story.actions.iter().rev().filter(|(at, _)| *at < step);
        earlier
            .map(|(_, action)| *action)
            .find(|action| wanted(*action))
    };
    let count = |steps: &[Step]| steps.partition_point(|at| *at < step);
    match action {
        Action::Lock => {
            let last =
                before(&|action| matches!(action, Action::Lock | Action::TakeOut | Action::Unlock));
            last.is_none_or(|action| action == Action::Unlock)
        }
        Action::Get => story.initial + count(&story.puts) > count(&story.gets),
        Action::Put => story
            .capacity
            .is_none_or(|capacity| count(&story.puts) < count(&story.gets) + capacity),
        Action::End => {
            count(&story.puts) <= count(&story.gets)
                && before(&|action| action == Action::Close).is_some()
                || story.initial + count(&story.puts) > count(&story.gets)
        }
        Action::Claim | Action::Known => {
            let last = before(&|action| matches!(action, Action::Claim | Action::Fulfil));
            last != Some(Action::Claim)
        }
        Action::Join => {
            before(&|action| matches!(action, Action::Finish | Action::Cancel)).is_some()
        }
        _ => true,
    }
}

/// The steps that made an action possible.
fn needed(story: &Story, action: Action, edges: &mut Vec<Step>) {
    let last = |wanted: fn(Action) -> bool| {
        let found = story.actions.iter().rev();
        found
            .copied()
            .find(|(_, action)| wanted(*action))
            .map(|(step, _)| step)
    };
    match action {
        Action::Get => {
            let number = story.gets.len();
            if let Some(put) = number
                .checked_sub(story.initial)
                .and_then(|at| story.puts.get(at))
            {
                edges.push(*put);
            }
        }
        Action::Put => {
            if let Some(get) = story
                .capacity
                .and_then(|capacity| story.puts.len().checked_sub(capacity))
                .and_then(|at| story.gets.get(at))
            {
                edges.push(*get);
            }
        }
        Action::End => edges.extend(last(|action| action == Action::Close)),
        Action::Lock => edges.extend(last(|action| action == Action::Unlock)),
        Action::Known | Action::Claim => edges.extend(last(|action| action == Action::Fulfil)),
        Action::Join => edges.extend(last(|action| {
            matches!(action, Action::Finish | Action::Cancel)
        })),
        Action::AllDone => edges.extend(
            story
                .actions
                .iter()
                .filter(|(_, action)| *action == Action::Done)
                .map(|(step, _)| *step),
        ),
        _ => {}
    }
}
