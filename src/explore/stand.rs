//! A task's own side of the gate, on its own stack.
//!
//! What a task announces is settled right here if the director lets it go on: then its fiber is
//! not even left.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use super::actor::Pending;
use super::history::Actor;
use super::stage::{Director, Stage};
use crate::gate::{Numbered, Operation, Turn, Watch};
use crate::runtime::fiber::{Port, Resumed, Suspended};
use crate::runtime::task::Task;
use crate::runtime::trail::saw_word;
use crate::runtime::turn::{Ask, Turns};
use crate::syntax::span::Span;

/// Where one task stands.
pub struct Stand<'f, D: Director> {
    stage: Rc<Stage<D>>,
    port: Port<'f>,
    actor: Actor,
    /// Where the task is in the source.
    place: Cell<Span>,
    /// Whether somebody wants the execution told in words.
    tells: bool,
}

impl<'f, D: Director> Stand<'f, D> {
    /// The stand of a task that begins.
    pub fn new(stage: Rc<Stage<D>>, port: Port<'f>, actor: Actor) -> Stand<'f, D> {
        let tells = stage.wants_words();
        Stand {
            stage,
            port,
            actor,
            place: Cell::default(),
            tells,
        }
    }

    fn arrive(&self, pending: Pending) {
        if self.stage.arrive(self.actor, pending).is_none() {
            self.port.suspend(Suspended::Yielded);
        }
    }

    /// The task has done its work and waits for its turn to end.
    pub fn finish(&self) {
        self.arrive(Pending::Finish);
    }
}

impl<D: Director> Turns for Stand<'_, D> {
    fn asks(&self, ask: &Ask) -> Option<Resumed> {
        let at_once = self.stage.passes_wait(self.actor, ask);
        at_once.or_else(|| self.stage.arrive(self.actor, Pending::Ask(ask.clone())))
    }

    fn starts(&self, task: &Arc<Task>) -> Option<Resumed> {
        self.stage.arrive(self.actor, Pending::Start(task.clone()))
    }
}

impl<D: Director> Watch for Stand<'_, D> {
    fn announce(&self, operation: &Operation) {
        if self.stage.passes(self.actor, self.place.get(), operation) {
            return;
        }
        if let Some(touches) = self.stage.touches_of(self.actor, operation) {
            self.arrive(Pending::Act(touches));
            match operation {
                Operation::Permit(_, semaphore) => {
                    self.stage.given_permit(self.actor, *semaphore);
                }
                Operation::Order(order, tasks) => self.stage.order(*order, tasks),
                _ => {}
            }
        }
        self.stage.note(operation);
    }

    fn decides(&self) -> bool {
        true
    }

    fn widen(&self, operation: &Operation) {
        self.stage.widen(self.actor, operation);
    }

    fn wants_words(&self) -> bool {
        self.tells
    }

    fn tell(&self, words: String) {
        self.stage.tell(self.actor, words);
    }

    fn number(&self, kind: Numbered) -> Option<u64> {
        Some(self.stage.number(self.actor, kind))
    }

    fn place(&self, span: Span, name: Option<&str>) {
        self.place.set(span);
        if self.tells {
            self.stage.place(self.actor, name);
        }
    }

    fn turn(&self, turn: &mut Turn, digest: u64) {
        if let Some(looked) = self.stage.turn(self.actor, turn, digest) {
            self.stage.spun.set(true);
            self.arrive(Pending::Spin(looked));
        }
    }

    fn tick(&self) -> bool {
        use super::stage::Tick;
        match self.stage.tick(self.actor) {
            Tick::GoOn => true,
            Tick::Unwind => false,
            Tick::Look => {
                self.arrive(Pending::Flag);
                let struck = self.stage.is_struck(self.actor);
                saw_word(struck.into());
                !struck
            }
            Tick::Endless => {
                self.arrive(Pending::Spin(Vec::new()));
                !self.stage.is_struck(self.actor)
            }
        }
    }

    fn clock(&self, pass: f64) -> Option<f64> {
        Some(self.stage.clock(self.actor, pass))
    }
}
