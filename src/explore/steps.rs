//! The steps of an execution: who could take one, its beginning and its end.

use std::sync::Arc;

use super::actor::{Part, Pending};
use super::history::{Actor, NONE, Outcome, Step};
use super::play::{Actors, MOST_ACTORS, PROGRAM, Play};
use super::seats::Seats;
use super::touch::{Action, Part as Piece, Touch, Touches};
use crate::gate::ObjectId;
use crate::runtime::task::{Task, TaskKind, cancels_asked};
use crate::runtime::turn::Ask;
use crate::runtime::wait::WaitingFor;

/// Who could take a step.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct Enabled {
    /// All who could.
    pub all: Actors,
    /// Those whose wait would time out, or be ended by a cancel.
    pub late: Actors,
}

impl Play {
    /// Who could take a step.
    pub fn enabled(&self) -> Enabled {
        let mut enabled = Enabled::default();
        let mut unsure = match self.pools.is_empty() {
            true => {
                enabled.all = self.ready;
                self.asking
            }
            false => Actors::MAX >> (MOST_ACTORS - self.parts.len()),
        };
        while unsure != 0 {
            let actor = unsure.trailing_zeros() as Actor;
            unsure &= unsure - 1;
            let part = &self.parts[actor];
            let (could, late) = self.could_go_on(part);
            if could && self.has_seat(actor, part) {
                enabled.all |= 1 << actor;
                enabled.late |= Actors::from(late) << actor;
            }
        }
        enabled
    }

    /// Whether the main program is about to start the first task.
    pub fn starts_first(&self) -> bool {
        matches!(self.parts[0].pending, Pending::Start(_))
    }

    /// Whether a task could go on, seats apart, and whether by timing out.
    fn could_go_on(&self, part: &Part) -> (bool, bool) {
        match &part.pending {
            Pending::Running | Pending::Ended => (false, false),
            Pending::Spin(looked) => {
                let over = part.task.cancel_waits() || self.change_of(looked).is_some();
                (over, false)
            }
            Pending::Ask(ask) => {
                // Who is struck by a cancel comes late too: what it waits for might have come first.
                if part.task.cancel_waits() {
                    (true, true)
                } else if ask.is_possible(&part.task) {
                    (true, false)
                } else {
                    (ask.timed, ask.timed)
                }
            }
            _ => (true, false),
        }
    }

    fn has_seat(&self, actor: Actor, part: &Part) -> bool {
        let Some(pool) = part.pool else {
            return true;
        };
        self.pools[pool].may_go_on(actor, part, || {
            self.parts
                .iter()
                .any(|other| other.pool == Some(pool) && !other.seated && self.is_ready(other))
        })
    }

    /// Whether somebody who stands wants a seat before those that have not begun: what it waits
    /// for can be had. (That its time might pass is no reason.)
    fn is_ready(&self, part: &Part) -> bool {
        let begins = matches!(part.pending, Pending::Begin);
        let (could, late) = self.could_go_on(part);
        !begins && could && (!late || part.task.cancel_waits())
    }

    /// A task begins its step. While the main program is alone it is none.
    pub fn begin_step(&mut self, actor: Actor) -> Outcome {
        let part = &mut self.parts[actor];
        part.ticks = 0;
        let mut pending = std::mem::replace(&mut part.pending, Pending::Running);
        let others = !(1 << actor);
        self.ready &= others;
        self.asking &= others;
        self.unsure &= others;
        let outcome = match &pending {
            Pending::Ask(_) if part.task.cancel_waits() => Outcome::Struck,
            Pending::Ask(ask) if !ask.is_possible(&part.task) => Outcome::TimedOut,
            _ => Outcome::Done,
        };
        if let Pending::Ask(ask) = &pending
            && let WaitingFor::Permit(semaphore) = &ask.what
        {
            match outcome {
                Outcome::Done => self.demand.taken(semaphore.number),
                _ => self.demand.not_taken(actor, semaphore.number),
            }
        }
        if self.parts.len() == 1 && !matches!(pending, Pending::Start(_)) {
            return outcome;
        }
        let part = &self.parts[actor];
        if let Some(trail) = &part.trail {
            super::notes::note_step(&mut trail.borrow_mut(), &pending, outcome, &part.task);
        }
        if self.tells {
            self.tell_begin(actor, &pending, outcome);
        }
        let step = self.depth;
        self.depth += 1;
        self.under_way = true;
        let sits = self.sit_down(actor, &pending);
        self.is_new = step == self.history.events.len();
        if self.is_new {
            let mut touches = self.touches_of_step(actor, &mut pending, outcome);
            if let Some(seat) = sits.and_then(|pool| self.seat_of(pool)) {
                touches.push(seat);
            }
            if let Some(cut_off) = self.cut_off() {
                touches.push(cut_off);
            }
            let started_by = self.parts[actor].started_by;
            self.history.begin(actor, outcome, started_by);
            let waits = sits.is_some() || matches!(&pending, Pending::Ask(ask) if !ask.timed);
            let event = &mut self.history.events[step];
            event.touches = touches;
            event.waits = waits;
            event.let_by = self.parts[actor].let_by;
        }
        let part = &mut self.parts[actor];
        part.let_by = NONE;
        part.last_step = step;
        if let Pending::Start(task) = pending {
            self.add(task, actor);
        }
        outcome
    }

    /// Whether the next step repeats one of the execution before, of this task and on objects that
    /// have been met: then it is taken, and there is nothing to find out.
    #[inline]
    pub fn repeats(&mut self, actor: Actor) -> bool {
        let Some(event) = self.history.events.get(self.depth) else {
            return false;
        };
        let plain = self.parts.len() > 1 && !self.tells && self.pools.is_empty();
        if event.actor != actor || !plain || self.learned || self.depth >= self.most_steps {
            return false;
        }
        let object = match &*event.touches {
            [touch] if self.has_met(touch.object) => touch.object,
            _ => return false,
        };
        if self.under_way {
            self.end_step();
        }
        self.touches(actor, object);
        let part = &mut self.parts[actor];
        part.ticks = 0;
        part.let_by = NONE;
        part.last_step = self.depth;
        if let Some(trail) = &part.trail {
            super::notes::note_act(&mut trail.borrow_mut());
        }
        self.depth += 1;
        self.under_way = true;
        self.is_new = false;
        true
    }

    fn sit_down(&mut self, actor: Actor, pending: &Pending) -> Option<usize> {
        let part = &mut self.parts[actor];
        let pool = part.pool?;
        let begins = matches!(pending, Pending::Begin);
        let sits = self.pools[pool].sit_down(actor, part, begins);
        sits.then_some(pool)
    }

    /// The touch of every step in a program that may be cut off by an `exit`.
    pub fn cut_off(&self) -> Option<Touch> {
        self.known.exits.then_some(Touch {
            object: PROGRAM,
            action: Action::Read(Piece::All),
        })
    }

    /// The touch of a pool of which the seats matter.
    pub fn seat_of(&self, pool: usize) -> Option<Touch> {
        let pool = &self.pools[pool];
        let crowded = self.known.crowded.contains(&pool.number);
        crowded.then_some(Touch {
            object: pool.object,
            action: Action::Seat,
        })
    }

    fn touches_of_step(
        &mut self,
        actor: Actor,
        pending: &mut Pending,
        outcome: Outcome,
    ) -> Touches {
        let mut touches = Touches::new();
        let own = |play: &mut Play, action| {
            let id = play.parts[actor].task.id();
            Touch {
                object: play.object(id),
                action,
            }
        };
        match pending {
            Pending::Begin => touches.push(own(self, Action::Begin)),
            Pending::Act(acts) => {
                touches = std::mem::take(acts);
                self.settle(actor, &mut touches);
            }
            Pending::Ask(ask) => {
                touches = match outcome {
                    Outcome::Struck => self.touches_of_struck(ask),
                    _ => self.touches_of_ask(ask, outcome),
                };
            }
            Pending::Spin(looked) if self.is_cancelled(actor) => {
                // Struck or gone on: that depends on what it looks at.
                touches.extend(looked.iter().map(|looked| looked.touch));
            }
            Pending::Start(task) => {
                if let Some(pool) = task.pool.as_ref().filter(|pool| pool.has_seats()) {
                    let object = self.object(ObjectId::of(&**pool));
                    let action = Action::Submit;
                    touches.push(Touch { object, action });
                    if self.known.crowded.contains(&pool.number) {
                        let action = Action::Seat;
                        touches.push(Touch { object, action });
                    }
                }
            }
            Pending::Finish => {
                let end = own(self, Action::Finish);
                touches.push(end);
                touches.extend(self.notes_of_end(end.object));
                if let Some(pool) = self.parts[actor].pool {
                    let object = self.pools[pool].object;
                    let action = Action::Done;
                    touches.push(Touch { object, action });
                } else if self.known.leaves_futures
                    && self.parts[actor].task.kind != TaskKind::Future
                {
                    touches.push(Touch {
                        object: PROGRAM,
                        action: Action::Write(Piece::All),
                    });
                }
            }
            _ => {}
        }
        let looks = matches!(pending, Pending::Ask(_) | Pending::Flag | Pending::Spin(_));
        if looks && self.is_cancelled(actor) {
            touches.push(own(self, Action::Flag));
        }
        touches
    }

    /// Whether a task is known to be cancelled while it runs.
    fn is_cancelled(&self, actor: Actor) -> bool {
        self.known.cancelled.contains(&self.parts[actor].name())
    }

    /// A task enters the stage.
    fn add(&mut self, task: Arc<Task>, parent: Actor) {
        let actor = self.parts.len();
        if actor >= MOST_ACTORS {
            self.too_many = true;
            return;
        }
        let pool = task.pool.clone().filter(|pool| pool.has_seats());
        let pool = pool.map(|shared| {
            let known = self
                .pools
                .iter()
                .position(|pool| pool.number == shared.number);
            known.unwrap_or_else(|| {
                let object = self.object(ObjectId::of(&*shared));
                self.pools
                    .push(Seats::new(shared.number, object, shared.seats));
                self.pools.len() - 1
            })
        });
        if let Some(pool) = pool
            && self.pools[pool].submit(actor)
            && self.known.crowded.insert(self.pools[pool].number)
        {
            self.learned = true;
        }
        self.object(task.id());
        let clock = self.parts[parent].clock;
        self.history.add_actor(actor);
        let mut part = Part::new(task, self.depth - 1, pool, clock);
        if self.merges {
            part.keep_trail();
            if let (0, Some(trail)) = (actor - 1, &self.parts[0].trail) {
                trail.borrow_mut().begins_here();
            }
        }
        self.parts.push(part);
        self.ready |= 1 << actor;
    }

    /// The step under way is over; true if it is a new one.
    pub fn end_step(&mut self) -> bool {
        self.under_way = false;
        if self.tells {
            self.tell_end();
        }
        let step = self.depth - 1;
        if !self.pools.is_empty() {
            self.stand_up(step);
        }
        self.cancels |= self.cancels_before != cancels_asked();
        if self.cancels || self.unsure != 0 {
            self.look_around(step);
        }
        if !self.extra.is_empty() {
            if self.is_new {
                let touches = &mut self.history.events[step].touches;
                touches.extend_from_slice(&self.extra);
            }
            self.extra.clear();
        }
        self.is_new
    }

    /// Looks at what the step has done to the others: whom it has let go on, and who is cancelled.
    fn look_around(&mut self, step: Step) {
        let mut cancels = false;
        for actor in 0..self.parts.len() {
            let part = &mut self.parts[actor];
            match &part.pending {
                Pending::Ask(Ask {
                    what: WaitingFor::Room(queue),
                    in_line: Some(ticket),
                    ..
                }) if part.let_by == NONE && queue.is_settled(ticket) => part.let_by = step,
                Pending::Begin if part.task.has_ended() => {
                    part.pending = Pending::Ended;
                    part.never_began = true;
                    self.ready &= !(1 << actor);
                    if let Some(pool) = part.pool {
                        self.pools[pool].forget(actor);
                        let seat = self.seat_of(pool);
                        self.extra.extend(seat);
                    }
                }
                _ => cancels |= part.task.cancel_waits(),
            }
            if let Pending::Spin(looked) = &self.parts[actor].pending
                && self.parts[actor].let_by == NONE
            {
                let change = self.change_of(looked).unwrap_or(NONE);
                self.parts[actor].let_by = change;
            }
        }
        if cancels {
            self.learn_cancelled();
        }
    }

    fn learn_cancelled(&mut self) {
        for part in &self.parts {
            if part.task.cancel_waits() && !part.has_ended() {
                self.learned |= self.known.cancelled.insert(part.name());
            }
        }
    }

    /// Who waits for something that cannot be had gives up the seat. All that changes who has one,
    /// or who may have one, is noted; and who comes to wait looks at what it waits for.
    fn stand_up(&mut self, step: Step) {
        for actor in 0..self.parts.len() {
            let part = &self.parts[actor];
            let Some(pool) = part.pool else {
                continue;
            };
            let waits = match &part.pending {
                Pending::Ask(ask) => !ask.is_possible(&part.task),
                Pending::Ended => true,
                _ => false,
            };
            let stands_up = waits && self.pools[pool].stand_up(&mut self.parts[actor]);
            let Some(seat) = self.seat_of(pool) else {
                continue;
            };
            if stands_up {
                self.extra.push(seat);
            }
            if self.history.events[step].actor != actor {
                continue;
            }
            let pending = std::mem::take(&mut self.parts[actor].pending);
            if let Pending::Ask(ask) = &pending {
                let looks = self.touches_of_struck(ask).into_iter();
                let looks = looks.map(|touch| Touch {
                    action: Action::Look,
                    ..touch
                });
                self.extra.extend(looks);
            }
            self.parts[actor].pending = pending;
        }
        for pool in 0..self.pools.len() {
            let mut ready: Actors = 0;
            for (actor, part) in self.parts.iter().enumerate() {
                let stands = part.pool == Some(pool) && !part.seated;
                ready |= Actors::from(stands && self.is_ready(part)) << actor;
            }
            if self.pools[pool].now_ready(ready) {
                let seat = self.seat_of(pool);
                self.extra.extend(seat);
            }
        }
    }

    /// A task has ended. When the main program and all spawned tasks have, the futures that are
    /// left are cancelled, in the same step: it notices which.
    pub fn has_left(&mut self, actor: Actor) {
        if self.clearing || self.parts.len() == 1 {
            return;
        }
        let is_future = |part: &Part| part.task.kind == TaskKind::Future;
        let left = self
            .parts
            .iter()
            .any(|part| !is_future(part) && !part.has_ended());
        if left || (is_future(&self.parts[actor]) && !self.ending) {
            return;
        }
        if self.ending
            && self
                .parts
                .iter()
                .any(|part| part.cancelled_at_end && !part.has_ended())
        {
            return;
        }
        self.ending = true;
        for actor in 0..self.parts.len() {
            if !is_future(&self.parts[actor]) || self.parts[actor].cancelled_at_end {
                continue;
            }
            let object = self.object(self.parts[actor].task.id());
            // One that has ended would have been left in another order, if nobody waited for it.
            let mut actions = self.history.actions(object);
            if !actions.any(|(_, action)| action == Action::Join) {
                let action = Action::Cancel;
                self.extra.push(Touch { object, action });
            }
            if self.parts[actor].has_ended() {
                continue;
            }
            if !self.known.leaves_futures {
                self.known.leaves_futures = true;
                self.learned = true;
            }
            self.parts[actor].cancelled_at_end = true;
            let task = self.parts[actor].task.clone();
            task.request_cancel();
        }
    }
}
