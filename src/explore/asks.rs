//! What the waits of an execution touch: granted, timed out, struck, or in vain.

use std::sync::Arc;

use super::actor::Pending;
use super::history::{Actor, Outcome};
use super::play::{Play, one};
use super::touch::{Action, Touch, Touches};
use crate::gate::ObjectId;
use crate::runtime::gather::Until;
use crate::runtime::task::Task;
use crate::runtime::turn::Ask;
use crate::runtime::wait::WaitingFor;

impl Play {
    /// What an ask touches if it is granted now, or times out now.
    pub fn touches_of_ask(&mut self, ask: &Ask, outcome: Outcome) -> Touches {
        let timed = ask.timed;
        let late = outcome == Outcome::TimedOut;
        let look = |fine: Action| if timed { Action::Look } else { fine };
        match &ask.what {
            WaitingFor::Value(queue) | WaitingFor::Next(queue) => {
                let object = self.object(ObjectId::of(&**queue));
                self.history.describe(object, 0, queue.capacity);
                let action = match (late, queue.has_value()) {
                    (true, _) => Action::Look,
                    (false, true) if timed || queue.capacity == Some(0) => Action::TakeOut,
                    (false, true) => Action::Get,
                    (false, false) => look(Action::End),
                };
                one(object, action)
            }
            WaitingFor::Room(queue) => {
                let object = self.object(ObjectId::of(&**queue));
                self.history.describe(object, 0, queue.capacity);
                let bounded = queue.capacity.is_some_and(|capacity| capacity > 0);
                let action = match (late, &ask.in_line) {
                    (true, Some(_)) => Action::TakeOut,
                    (true, None) => Action::Look,
                    (false, Some(_)) => look(Action::Handed),
                    (false, None) if queue.is_closed() => match queue.capacity {
                        Some(_) => Action::Look,
                        None => Action::Refused,
                    },
                    (false, None) if timed && bounded => Action::TakeIn,
                    (false, None) => Action::Put,
                };
                one(object, action)
            }
            WaitingFor::AnyValue(queues) => {
                let mut found = late;
                let mut touches = Touches::new();
                for queue in queues {
                    let takes = !found && queue.has_value();
                    found |= takes;
                    let action = if takes { Action::TakeOut } else { Action::Look };
                    let object = self.object(ObjectId::of(&**queue));
                    touches.push(Touch { object, action });
                }
                touches
            }
            WaitingFor::End(task) => one(self.object(task.id()), look(Action::Join)),
            WaitingFor::Ends(tasks, until) => {
                let action = match until {
                    Until::All => look(Action::Join),
                    Until::Any | Until::Error => Action::Look,
                };
                let touch = |task: &Arc<Task>| Touch {
                    object: self.object(task.id()),
                    action,
                };
                tasks.iter().map(touch).collect()
            }
            WaitingFor::Promise(promise) => {
                let object = self.object(ObjectId::of(&**promise));
                let action = match (late, promise.has_ended(), promise.evaluated_by()) {
                    (true, ..) => Action::Look,
                    (_, true, _) => look(Action::Known),
                    (_, _, None) => Action::Claim,
                    // Its own.
                    (_, _, Some(_)) => return Touches::new(),
                };
                one(object, action)
            }
            WaitingFor::Lock(lock) => {
                let object = self.object(ObjectId::of(&**lock));
                match (late, lock.owner().is_some()) {
                    (true, _) => one(object, Action::Look),
                    (false, false) if timed => one(object, Action::TakeOut),
                    (false, false) => one(object, Action::Lock),
                    // Its own.
                    (false, true) => Touches::new(),
                }
            }
            WaitingFor::Permit(semaphore) => {
                let object = self.object(ObjectId::of(&**semaphore));
                let permits = self.demand.initial(semaphore.number, semaphore.free());
                self.history.describe(object, permits, None);
                match self.known.scarce.contains(&semaphore.number) {
                    false => Touches::new(),
                    true if late => one(object, Action::Look),
                    true if timed => one(object, Action::TakeOut),
                    true => one(object, Action::Get),
                }
            }
            WaitingFor::Pool(pool) => {
                let object = self.object(ObjectId::of(&**pool));
                one(object, Action::AllDone)
            }
            WaitingFor::Time
            | WaitingFor::Outside(_)
            | WaitingFor::Answer
            | WaitingFor::Process(_) => Touches::new(),
        }
    }
}

impl Play {
    /// What an ask touches that is struck by a cancel: it looks at what it waited for.
    pub fn touches_of_struck(&mut self, ask: &Ask) -> Touches {
        let mut touches = self.wish(ask);
        let action = match ask.in_line {
            Some(_) => Action::TakeOut,
            None => Action::Look,
        };
        for touch in &mut touches {
            touch.action = action;
        }
        touches
    }

    /// What an ask would touch if it came true.
    pub fn wish(&mut self, ask: &Ask) -> Touches {
        let (id, action) = match &ask.what {
            WaitingFor::Value(queue) | WaitingFor::Next(queue) => {
                (ObjectId::of(&**queue), Action::Get)
            }
            WaitingFor::Room(queue) => (ObjectId::of(&**queue), Action::Put),
            WaitingFor::Lock(lock) => (ObjectId::of(&**lock), Action::Lock),
            WaitingFor::Permit(semaphore) => match self.known.scarce.contains(&semaphore.number) {
                true => (ObjectId::of(&**semaphore), Action::Get),
                false => return Touches::new(),
            },
            WaitingFor::Promise(promise) => (ObjectId::of(&**promise), Action::Known),
            WaitingFor::End(task) => (task.id(), Action::Join),
            WaitingFor::Pool(pool) => (ObjectId::of(&**pool), Action::AllDone),
            WaitingFor::AnyValue(queues) => {
                let ids = queues.iter().map(|queue| ObjectId::of(&**queue));
                return self.look_at(ids);
            }
            WaitingFor::Ends(tasks, _) => return self.look_at(tasks.iter().map(|task| task.id())),
            WaitingFor::Time
            | WaitingFor::Outside(_)
            | WaitingFor::Answer
            | WaitingFor::Process(_) => return Touches::new(),
        };
        one(self.object(id), action)
    }

    pub(super) fn look_at(&mut self, ids: impl Iterator<Item = ObjectId>) -> Touches {
        let touch = |id| Touch {
            object: self.object(id),
            action: Action::Look,
        };
        ids.map(touch).collect()
    }

    /// What tasks that wait in vain would have touched, had they got what they wait for.
    pub fn touches_of_waiting(&mut self) -> Vec<(Actor, Touches)> {
        let mut waiting = Vec::new();
        for actor in 0..self.parts.len() {
            let part = &mut self.parts[actor];
            if part.never_began {
                // Cancelled before: it might have begun before that.
                let id = part.task.id();
                waiting.push((actor, one(self.object(id), Action::Begin)));
                continue;
            }
            let pending = std::mem::take(&mut part.pending);
            let part = &self.parts[actor];
            let stands = part.pool.filter(|_| !part.seated);
            let mut touches = match &pending {
                // An exit came first.
                Pending::Act(touches) if self.known.exits => touches.clone(),
                Pending::Begin | Pending::Start(_) | Pending::Finish | Pending::Flag
                    if self.known.exits =>
                {
                    Touches::new()
                }
                Pending::Ask(ask) if self.known.exits => self.wish(ask),
                Pending::Ask(ask) if stands.is_some() || !ask.is_possible(&part.task) => {
                    self.wish(ask)
                }
                Pending::Begin if stands.is_some() => {
                    let id = part.task.id();
                    one(self.object(id), Action::Begin)
                }
                _ => continue,
            };
            touches.extend(stands.and_then(|pool| self.seat_of(pool)));
            touches.extend(self.cut_off());
            waiting.push((actor, touches));
        }
        waiting
    }
}
