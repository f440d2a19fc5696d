//! What makes an action that may have to wait possible.
//!
//! ```text
//!   lock     nobody has it                    needs the unlock before it
//!   get      a value is there                 needs the put of that very value
//!   put      there is room                    needs the get that made it
//!   end      closed, and nothing there        needs the close
//!   join     the task has ended               needs its last step
//! ```

use super::history::{Step, Story};
use super::touch::Action;

/// Whether an action that may have to wait could have come right before an earlier step, as far as
/// its object goes.
pub(super) fn was_possible(story: &Story, action: Action, step: Step) -> bool {
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
        Action::Get | Action::TakeOut => story.initial + count(&story.puts) > count(&story.gets),
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
pub(super) fn needed(story: &Story, action: Action, edges: &mut Vec<Step>) {
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
        // A cancel ends only what has not begun: the first one, and nothing finishes it then.
        Action::Join => edges.extend(last(|action| action == Action::Finish).or_else(|| {
            let mut actions = story.actions.iter();
            let cancel = actions.find(|(_, action)| *action == Action::Cancel);
            cancel.map(|(step, _)| *step)
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
