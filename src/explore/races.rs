//! Races: which earlier steps a step could have come before.
//!
//! A task that asks for something stands at the gate until it can have it, so what it races with
//! is looked for from where it began to stand there, not from what let it go on:
//!
//! ```text
//!   p locks   p unlocks   q locks      q's lock needs p's unlock (an edge), but races with p's lock:
//!                                      when p locked, q could have locked as well
//! ```
//!
//! Latest first, every step that the new one depends on is a race, unless the new one comes after
//! a step that it could surely have come before: then that is the race, and this one is found when
//! the other order of that is run.
//!
//! *It could have gone another way.* An operation that waits may end in several ways: a put is done
//! or refused, a wait is granted or struck by a cancel. How it ends is no choice of its task, so all
//! ways of one operation have to be found from any of them. That is why a refused put of a bounded
//! queue and a wait struck by a cancel count as looks at what they waited for: they depend on
//! whatever would have let them go on.

use super::history::{Actor, History, Likely, NONE, Step};
use super::possible::{needed, was_possible};
use super::touch::{Action, Touch, depends};

impl History {
    /// Calls `race` for each step that a step which never came, of a task that waits in vain,
    /// would race with.
    pub fn races_of_waiting(
        &mut self,
        actor: Actor,
        started_by: Step,
        touches: &[Touch],
        stood: impl Fn(Step, Step) -> Option<bool>,
        race: impl FnMut(Step),
    ) {
        let last = self.last_of(actor);
        let previous = if last == NONE { started_by } else { last };
        self.begin_row(previous);
        self.races_of(touches, true, |earlier| stood(previous, earlier), race);
    }

    /// Goes through what the touches depend on, latest first.
    pub(super) fn races_of(
        &mut self,
        touches: &[Touch],
        waits: bool,
        stood: impl Fn(Step) -> Option<bool>,
        mut race: impl FnMut(Step),
    ) {
        self.find_conflicts(touches, waits);
        for at in 0..self.conflicts.len() {
            let (step, likely) = self.conflicts[at];
            let event = &self.events[step];
            if self.row[event.actor] >= event.local {
                continue;
            }
            if likely == Likely::No {
                self.edges.push(step);
                continue;
            }
            race(step);
            match stood(step).unwrap_or(likely == Likely::Yes) {
                true => self.join(step),
                // Perhaps it could have come earlier still.
                false => self.edges.push(step),
            }
        }
    }

    fn find_conflicts(&mut self, touches: &[Touch], waits: bool) {
        self.conflicts.clear();
        for touch in touches {
            let Some(story) = self.objects.get(touch.object as usize) else {
                continue;
            };
            for &(step, action) in story.actions.iter().rev() {
                if !depends(action, touch.action) {
                    continue;
                }
                // With a seat of a pool it depends on who else wanted one.
                let same = action == touch.action && action != Action::Seat;
                let likely = match waits && !same {
                    false => Likely::Yes,
                    true if touches.len() > 1 || touch.action == Action::Look => Likely::Perhaps,
                    true => match was_possible(story, touch.action, step) {
                        true => Likely::Yes,
                        false => Likely::No,
                    },
                };
                self.conflicts.push((step, likely));
                if same {
                    // What came before depends on that one.
                    break;
                }
            }
            needed(story, touch.action, &mut self.edges);
        }
        if touches.len() > 1 {
            self.conflicts
                .sort_unstable_by_key(|(step, _)| std::cmp::Reverse(*step));
            self.conflicts.dedup_by(|a, b| {
                let same = a.0 == b.0;
                if same && a.1 != b.1 {
                    b.1 = Likely::Perhaps;
                }
                same
            });
        }
    }
}
