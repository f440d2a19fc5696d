//! One execution: all tasks as fibers of one seat, on the current thread.
//!
//! ```text
//!   choose --> begin step --> resume the fiber --> it arrives at the gate again --> complete step
//!     ^                                                                               |
//!     +-------------------------------------------------------------------------------+
//! ```
//!
//! A step is what a task does from the gate to its next visit there: the operation it has
//! announced, and all that follows and nobody else can notice. While the main program is the only
//! task there are no steps.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashSet;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::actor::{Looked, Part, Pending};
use super::copies::allow_processes;
use super::ending::Ended;
use super::history::{Actor, NONE, Outcome};
use super::play::Play;
use super::stand::Stand;
use super::touch::Touches;
use crate::gate::{Gate, Numbered, ObjectId, Operation, Turn, tell_gone};
use crate::runtime::fiber::{Fiber, Resumed, Suspended, run_guarded};
use crate::runtime::machine::Machine;
use crate::runtime::mailbox::SeatHandle;
use crate::runtime::run::Runtime;
use crate::runtime::task::{Seats, Task, TaskKind, Work};
use crate::runtime::trail;
use crate::runtime::turn::Ask;
use crate::runtime::wait::{Stops, WaitingFor};
use crate::runtime::yard::Yard;
use crate::syntax::span::Span;
use crate::value::function::{Function, Unit};
use crate::value::{Result, Unwind, Value};

/// Who decides who goes next.
pub trait Director: 'static {
    /// Who takes the next step; `None` if nobody can, or the execution is to be given up.
    fn choose(&mut self, play: &mut Play) -> Option<Actor>;

    /// Whether the execution under way is given up: nobody was chosen though some could go on.
    fn gives_up(&self) -> bool {
        false
    }

    /// The newest step is complete. (Not called for steps that are repeated.)
    fn happened(&mut self, play: &mut Play);
}

/// After so many steps it is looked whether the execution is to be broken off.
const OFTEN: usize = 256;

/// What a loop turn or call comes to.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Tick {
    /// Nothing.
    GoOn,
    /// The task is to look whether it has been cancelled.
    Look,
    /// The task is to unwind.
    Unwind,
    /// It has been going on for too long without any step.
    Endless,
}

/// Why an execution stopped.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// Nobody chosen.
    NobodyNext,
    /// The program has called `exit`.
    Exit(i32),
}

pub(super) struct State<D> {
    pub play: Play,
    pub director: D,
    /// Whom the director has chosen when a task arrived.
    chosen: Option<Option<Actor>>,
}

/// Where executions take place, one after the other.
pub struct Stage<D: Director> {
    pub(super) state: RefCell<State<D>>,
    /// What the program runs on.
    pub runtime: Arc<Runtime>,
    pub(super) handle: Arc<SeatHandle>,
    yard: Rc<Yard>,
    /// What had been printed before the deadlocks that have been reported.
    pub(super) told: RefCell<HashSet<String>>,
    /// A loop has waited by looking again and again in the execution under way.
    pub(super) spun: Cell<bool>,
    unit: &'static Unit,
    main: Arc<Function>,
}

impl<D: Director> Stage<D> {
    /// A stage for a program.
    pub fn new(runtime: Arc<Runtime>, unit: &'static Unit, play: Play, director: D) -> Rc<Self> {
        tell_gone(true);
        allow_processes(&runtime);
        if runtime.units.id(unit).is_none() {
            runtime.units.add(unit);
        }
        let handle = SeatHandle::new(&runtime, None);
        handle.attention.want(Ordering::Relaxed);
        let main = Arc::new(Function {
            code: unit.code(unit.program.main),
            captures: Default::default(),
        });
        Rc::new(Stage {
            state: RefCell::new(State {
                play,
                director,
                chosen: None,
            }),
            yard: Yard::new(handle.clone(), runtime.clone()),
            runtime,
            handle,
            told: RefCell::default(),
            spun: Cell::new(false),
            unit,
            main,
        })
    }

    /// Works with the director and the play, between executions.
    pub fn with<R>(&self, work: impl FnOnce(&mut D, &mut Play) -> R) -> R {
        let state = &mut *self.state.borrow_mut();
        work(&mut state.director, &mut state.play)
    }

    /// The program.
    pub fn unit(&self) -> &'static Unit {
        self.unit
    }

    /// How many tasks the execution has had.
    pub fn tasks(&self) -> usize {
        self.state.borrow().play.parts.len()
    }

    /// Runs the program once.
    pub fn perform(self: &Rc<Self>) -> Ended {
        self.runtime.random.lock().seed(1);
        self.spun.set(false);
        let task = Task::new(
            1,
            TaskKind::Main,
            None,
            0,
            Seats::Own,
            Work::body(self.main.clone()),
        );
        {
            let mut state = self.state.borrow_mut();
            state.play.reset();
            state.play.history.add_actor(0);
            state.play.object(task.id());
            let mut part = Part::new(task, NONE, None, 0.0);
            if state.play.merges {
                part.keep_trail();
            }
            state.play.parts.push(part);
            state.play.ready = 1;
            state.chosen = None;
        }
        let stop = loop {
            let chosen = {
                let mut state = self.state.borrow_mut();
                match state.chosen.take() {
                    Some(chosen) => chosen,
                    None => state.next(),
                }
            };
            let Some(actor) = chosen else {
                break Stop::NobodyNext;
            };
            if let Some(status) = self.go_on(actor) {
                self.state.borrow_mut().end_step();
                break Stop::Exit(status);
            }
        };
        let ended = self.judge(stop);
        {
            // Before what they hold is given back.
            let play = &mut self.state.borrow_mut().play;
            play.waiting = play.touches_of_waiting();
        }
        self.clear();
        ended
    }

    /// A task takes its step; gives the exit status if it ends the program.
    fn go_on(self: &Rc<Self>, actor: Actor) -> Option<i32> {
        let (mut fiber, why) = {
            let mut state = self.state.borrow_mut();
            let why = resumed(state.play.begin_step(actor));
            match state.play.parts[actor].fiber.take() {
                Some(fiber) => (fiber, why),
                None => (self.enter(&mut state, actor)?, why),
            }
        };
        self.follow(actor);
        let suspended = fiber.resume(why);
        let state = &mut *self.state.borrow_mut();
        let part = &mut state.play.parts[actor];
        match suspended {
            None => {
                part.pending = Pending::Ended;
                self.yard.stacks.borrow_mut().give(fiber.into_stack());
                state.play.has_left(actor);
                None
            }
            Some(Suspended::Exits(status)) => {
                part.fiber = Some(fiber);
                Some(status)
            }
            Some(_) => {
                part.fiber = Some(fiber);
                None
            }
        }
    }

    /// What is seen from now on is seen by this task.
    fn follow(&self, actor: Actor) {
        let play = &self.state.borrow().play;
        if play.merges {
            trail::follow(play.parts[actor].trail.clone());
        }
    }

    /// A task begins.
    fn enter(self: &Rc<Self>, state: &mut State<D>, actor: Actor) -> Option<Fiber> {
        let task = state.play.parts[actor].task.clone();
        let work = task.claim()?;
        let stack = self.yard.stacks.borrow_mut().take().ok()?;
        let stage = self.clone();
        Some(Fiber::new(stack, move |port, limit| {
            let stand = Stand::new(stage.clone(), port, actor);
            let (stops, unpacked) = (Stops::new(&task, &stage.handle), OnceCell::new());
            let mut machine =
                Machine::new((&task, &unpacked), &stage.yard, port, actor, limit, &stops);
            machine.gate = Gate::watched(&stand);
            machine.turns = Some(&stand);
            let result = run_guarded(|| work.run(&mut machine));
            drop(machine);
            drop((work, unpacked));
            stand.finish();
            stage.has_finished(actor, &task, result);
        }))
    }

    fn has_finished(&self, actor: Actor, task: &Arc<Task>, result: Result<Value>) {
        {
            let mut state = self.state.borrow_mut();
            if !state.play.clearing
                && let Err(Unwind::Failed(failure)) = &result
            {
                let failed = (state.play.parts[actor].task.clone(), failure.clone());
                state.play.failures.push(failed);
            }
        }
        task.finish(result);
    }

    /// Lets every task that has not ended unwind.
    fn clear(&self) {
        trail::follow(None);
        let actors = {
            let mut state = self.state.borrow_mut();
            state.play.clearing = true;
            state.play.parts.len()
        };
        for actor in 0..actors {
            let fiber = self.state.borrow_mut().play.parts[actor].fiber.take();
            if let Some(mut fiber) = fiber {
                while fiber.resume(Resumed::Cancelled).is_some() {}
                self.yard.stacks.borrow_mut().give(fiber.into_stack());
            }
        }
        drop(self.runtime.output.kept());
    }

    /// A task arrives at the gate; how it goes on, if it does at once.
    pub(super) fn arrive(&self, actor: Actor, pending: Pending) -> Option<Resumed> {
        let state = &mut *self.state.borrow_mut();
        if state.play.clearing {
            return match pending {
                Pending::Ask(_) | Pending::Start(_) => None,
                // Whether a cancel has come is looked at by who looks at it.
                _ => Some(Resumed::Ready),
            };
        }
        if let Pending::Ask(ask) = &pending {
            state.play.parts[actor].place = ask.span;
            state.play.meet(actor, ask);
        }
        state.play.stands(actor, pending);
        let next = state.next();
        if next == Some(actor) {
            return Some(resumed(state.play.begin_step(actor)));
        }
        state.chosen = Some(next);
        None
    }

    /// Whether a task that announces an operation just goes on: it is nobody else's business, or
    /// repeats a step of the execution before.
    pub(super) fn passes(&self, actor: Actor, place: Span, operation: &Operation) -> bool {
        let play = &mut self.state.borrow_mut().play;
        play.parts[actor].place = place;
        let passes = operation.is_plain()
            && !play.clearing
            && (play.is_own(actor, operation) || play.repeats(actor));
        if passes && play.merges {
            super::notes::note(play, operation);
        }
        passes
    }

    /// How a task that asks for something goes on, if it repeats a step of the execution before.
    pub(super) fn passes_wait(&self, actor: Actor, ask: &Ask) -> Option<Resumed> {
        let play = &mut self.state.borrow_mut().play;
        let plain = !play.clearing && !play.merges && !matches!(ask.what, WaitingFor::Permit(_));
        if !plain || !play.repeats(actor) {
            return None;
        }
        play.parts[actor].place = ask.span;
        Some(resumed(play.history.events[play.depth - 1].outcome))
    }

    pub(super) fn touches_of(&self, actor: Actor, operation: &Operation) -> Option<Touches> {
        let play = &mut self.state.borrow_mut().play;
        if play.tells {
            play.parts[actor].operation = Some(operation.clone());
        }
        if play.merges {
            play.parts[actor].acts_on = super::notes::object_of(operation);
        }
        match play.clearing {
            true => None,
            false => play.touches_of(actor, operation),
        }
    }

    /// Notes in the task's trail that the operation which comes now may show something.
    pub(super) fn note(&self, operation: &Operation) {
        let play = &mut self.state.borrow_mut().play;
        if play.merges && !play.clearing {
            super::notes::note(play, operation);
        }
    }

    pub(super) fn given_permit(&self, actor: Actor, semaphore: u64) {
        self.state.borrow_mut().play.demand.give(actor, semaphore);
    }

    pub(super) fn order(&self, order: ObjectId, tasks: &[ObjectId]) {
        self.state.borrow_mut().play.order(order, tasks);
    }

    pub(super) fn widen(&self, actor: Actor, operation: &Operation) {
        let play = &mut self.state.borrow_mut().play;
        if let Some(touches) = play.touches_of(actor, operation) {
            play.extra.extend(touches);
        }
    }

    pub(super) fn number(&self, actor: Actor, kind: Numbered) -> u64 {
        self.state.borrow_mut().play.number(actor, kind)
    }

    pub(super) fn place(&self, actor: Actor, name: Option<&str>) {
        let part = &mut self.state.borrow_mut().play.parts[actor];
        part.variable = name.map(str::to_owned);
    }

    pub(super) fn wants_words(&self) -> bool {
        self.state.borrow().play.tells
    }

    pub(super) fn tell(&self, actor: Actor, words: String) {
        if !words.is_empty() {
            self.state.borrow_mut().play.parts[actor].words = words;
        }
    }

    pub(super) fn clock(&self, actor: Actor, pass: f64) -> f64 {
        let part = &mut self.state.borrow_mut().play.parts[actor];
        if pass == 0.0 {
            // Who looks at the time may see another one each turn.
            part.unseen += 1;
        }
        // Time passes while one looks at it, so that waiting for a moment ends.
        part.clock += pass + 0.001;
        part.clock
    }

    /// A turn of a loop; gives what it looks at if it will change nothing.
    pub(super) fn turn(&self, actor: Actor, turn: &mut Turn, digest: u64) -> Option<Vec<Looked>> {
        let state = &mut *self.state.borrow_mut();
        if state.play.clearing {
            return None;
        }
        // What it has looked at last belongs to this turn.
        state.end_step();
        state.play.turn(actor, turn, digest)
    }

    pub(super) fn tick(&self, actor: Actor) -> Tick {
        self.state.borrow_mut().play.tick(actor)
    }

    pub(super) fn is_struck(&self, actor: Actor) -> bool {
        let state = self.state.borrow();
        state.play.clearing || state.play.parts[actor].task.cancel_waits()
    }
}

/// How a task is told how its step goes.
fn resumed(outcome: Outcome) -> Resumed {
    match outcome {
        Outcome::Done => Resumed::Ready,
        Outcome::TimedOut => Resumed::TimedOut,
        Outcome::Struck => Resumed::Cancelled,
    }
}

impl<D: Director> State<D> {
    fn end_step(&mut self) {
        if self.play.under_way && self.play.end_step() {
            self.director.happened(&mut self.play);
        }
    }

    /// The step under way is over; who is next?
    fn next(&mut self) -> Option<Actor> {
        self.end_step();
        let play = &mut self.play;
        let breaks_off = play.broken_off || (play.depth.is_multiple_of(OFTEN) && play.breaks_off());
        match play.learned || play.depth >= play.most_steps || breaks_off {
            true => None,
            false => self.director.choose(&mut self.play),
        }
    }
}

impl<D: Director> Drop for Stage<D> {
    fn drop(&mut self) {
        tell_gone(false);
    }
}
