//! Loops that wait for a change by looking again and again.
//!
//! A turn that has changed nothing, and read what nobody has changed since, would only be repeated
//! by the next one: the task then stands still until something of it changes.

use super::actor::{Looked, Part};
use super::history::{Actor, NONE};
use super::play::Play;
use super::stage::Tick;
use super::touch::{Action, depends};
use crate::gate::{Mark, Turn};

/// So many loop turns and calls without a step count as for ever.
const FOR_EVER: u32 = 20_000_000;

/// After so many of them it is looked whether the execution is to be broken off.
const OFTEN: u32 = 1 << 13;

impl Play {
    /// What a task has looked at since a turn of a loop; `None` if it has changed something.
    pub(super) fn looked_since(&self, part: &Part, mark: Mark) -> Option<Vec<Looked>> {
        if part.unseen != mark.0 {
            return None;
        }
        let mut looked = Vec::new();
        let mut step = part.last_step;
        while step != NONE && step >= mark.1 && step < self.depth {
            let event = &self.history.events[step];
            for &touch in &event.touches {
                match touch.action {
                    Action::Read(_) | Action::Look | Action::Show | Action::Flag => {
                        looked.push(Looked { touch, step });
                    }
                    _ => return None,
                }
            }
            step = match event.local {
                1 => NONE,
                _ => event.previous,
            };
        }
        Some(looked)
    }

    /// The first step that has changed something of this since it was looked at.
    pub(super) fn change_of(&self, looked: &[Looked]) -> Option<usize> {
        let changes = looked.iter().filter_map(|looked| {
            let actions = self.history.actions(looked.touch.object);
            let later = actions.take_while(|(step, _)| *step > looked.step);
            let changes = later.filter(|(step, action)| {
                *step < self.depth && depends(*action, looked.touch.action)
            });
            changes.map(|(step, _)| step).last()
        });
        changes.min()
    }

    /// A turn of a loop begins. If the one before has changed nothing, and nothing of what it
    /// looked at has changed, this one would be the same.
    pub fn turn(&mut self, actor: Actor, turn: &mut Turn, digest: u64) -> Option<Vec<Looked>> {
        let same = turn.before == Some(digest);
        let looked = match same {
            true => self.looked_since(&self.parts[actor], turn.mark),
            false => None,
        };
        turn.before = Some(digest);
        turn.mark = (self.parts[actor].unseen, self.depth);
        looked.filter(|looked| self.change_of(looked).is_none())
    }

    /// A loop turn or call.
    pub fn tick(&mut self, actor: Actor) -> Tick {
        if self.clearing {
            return Tick::Unwind;
        }
        let part = &mut self.parts[actor];
        part.ticks += 1;
        let ticks = part.ticks;
        if ticks.is_multiple_of(OFTEN) && self.breaks_off() {
            return Tick::Endless;
        }
        let part = &self.parts[actor];
        match ticks {
            1 if self.known.cancelled.contains(&part.name()) => Tick::Look,
            FOR_EVER => Tick::Endless,
            _ => Tick::GoOn,
        }
    }
}
