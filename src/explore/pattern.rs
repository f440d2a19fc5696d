//! The name of what has gone wrong, where it can be told.
//!
//! A sentence is said only if all of it is certain from the steps of the execution: who read, wrote,
//! took and put what, and in which order. `stale` has those about variables.
//!
//! ```text
//!   locks taken in opposite order (lines 8 and 12): task #2 holds lock #1 and wants lock #2, ...
//!   a lock was not given back: task #2 took lock #1 (line 4) and ended, task #3 waits for it (line 4)
//!   the end mark was taken by another consumer: task #2 took nil from queue #1 (line 5) ...
//!   the end mark came too early: ...
//! ```

use super::history::Actor;
use super::replay::Replayed;
use super::stale;
use super::tell::{Deed, Told};
use super::touch::ObjectIndex;
use crate::diagnostics::source::Sources;

/// How an end mark is shown.
const END_MARK: &str = "nil";

/// One sentence on an execution that shows a known pattern.
pub fn pattern(replayed: &Replayed, sources: &Sources) -> Option<String> {
    let story = Story { replayed, sources };
    locks(&story)
        .or_else(|| lock_kept(&story))
        .or_else(|| end_mark_of_another(&story))
        .or_else(|| end_mark_too_early(&story))
        .or_else(|| stale::stale(&story))
}

/// An execution and the texts it runs through.
pub(super) struct Story<'s> {
    pub replayed: &'s Replayed,
    pub sources: &'s Sources,
}

impl Story<'_> {
    pub fn told(&self) -> &[Told] {
        &self.replayed.told
    }

    pub fn title(&self, actor: Actor) -> &str {
        let title = &self.replayed.titles[actor];
        title.split(" (").next().unwrap_or(title)
    }

    pub fn line(&self, told: &Told) -> usize {
        self.sources.line_of(told.place)
    }

    /// `line 4`, `lines 4 and 7`
    pub fn lines(&self, steps: &[&Told]) -> String {
        let mut lines: Vec<usize> = steps.iter().map(|told| self.line(told)).collect();
        lines.sort_unstable();
        lines.dedup();
        let words: Vec<String> = lines.iter().map(usize::to_string).collect();
        match &*words {
            [one] => format!("line {one}"),
            [first @ .., last] => format!("lines {} and {last}", first.join(", ")),
            [] => String::new(),
        }
    }

    /// `lock #1`: what a step is about, out of its words.
    fn object(&self, told: &Told) -> String {
        let words = told.what.rsplit(' ').take(2).collect::<Vec<_>>();
        words.into_iter().rev().collect::<Vec<_>>().join(" ")
    }

    /// The step in which the lock was taken by whom it is held at the end.
    fn holder(&self, lock: ObjectIndex) -> Option<&Told> {
        let last = self.told().iter().rev().find(
            |told| matches!(told.deed, Some(Deed::Takes(it) | Deed::Gives(it)) if it == lock),
        );
        last.filter(|told| matches!(told.deed, Some(Deed::Takes(_))))
    }

    /// Who waits in vain for a lock at the end: each with the lock.
    fn wants_locks(&self) -> impl Iterator<Item = (&Told, ObjectIndex)> {
        self.told().iter().filter_map(|told| match told.deed {
            Some(Deed::WantsLock(lock)) => Some((told, lock)),
            _ => None,
        })
    }
}

/// Tasks that each hold a lock and want that of the next.
fn locks(story: &Story<'_>) -> Option<String> {
    let wants: Vec<(&Told, ObjectIndex)> = story.wants_locks().collect();
    for &(first, lock) in &wants {
        let mut circle = vec![first];
        let mut held = Vec::new();
        let mut lock = lock;
        while let Some(holder) = story.holder(lock) {
            held.push(holder);
            if holder.actor == first.actor {
                return (circle.len() > 1).then(|| circle_of_locks(story, &circle, &mut held));
            }
            let next = wants.iter().find(|(told, _)| told.actor == holder.actor);
            let Some(&(next, wanted)) = next else { break };
            if circle.len() > wants.len() {
                break;
            }
            circle.push(next);
            lock = wanted;
        }
    }
    None
}

/// `held` has what is held by the next in the circle, the last by the first.
fn circle_of_locks(story: &Story<'_>, circle: &[&Told], held: &mut [&Told]) -> String {
    held.rotate_right(1);
    let each: Vec<String> = circle
        .iter()
        .zip(&*held)
        .map(|(wants, holds)| {
            format!(
                "{} holds {} and wants {}",
                story.title(wants.actor),
                story.object(holds),
                story.object(wants),
            )
        })
        .collect();
    let name = match circle.len() {
        2 => "locks taken in opposite order",
        _ => "locks taken in a circle",
    };
    let lines = story.lines(held);
    format!("{name} ({lines}): {}", each.join(", "))
}

/// Somebody waits for a lock whose owner has ended.
fn lock_kept(story: &Story<'_>) -> Option<String> {
    story.wants_locks().find_map(|(wants, lock)| {
        let took = story.holder(lock)?;
        let last = story.told().iter().rev().find(|told| told.actor == took.actor);
        (last?.what == "ends").then(|| {
            format!(
                "a lock was not given back: {} took {} (line {}) and ended, {} waits for it (line {})",
                story.title(took.actor),
                story.object(took),
                story.line(took),
                story.title(wants.actor),
                story.line(wants),
            )
        })
    })
}

/// A task that took an end mark from a queue, and nothing after: the step.
fn stops<'s>(story: &'s Story<'_>, queue: ObjectIndex) -> impl Iterator<Item = (usize, &'s Told)> {
    let told = story.told();
    told.iter().enumerate().filter(move |(at, step)| {
        step.deed == Some(Deed::Gets(queue))
            && step.value == END_MARK
            && !told[at + 1..].iter().any(|later| {
                later.actor == step.actor
                    && matches!(later.deed, Some(Deed::Gets(it) | Deed::WantsValue(it)) if it == queue)
            })
    })
}

/// Whether all that is taken from a queue is told.
fn is_known(story: &Story<'_>, queue: ObjectIndex) -> bool {
    !story
        .told()
        .iter()
        .any(|told| matches!(&told.deed, Some(Deed::Selects(queues)) if queues.contains(&queue)))
}

/// A consumer waits in vain where another has taken the only end marks.
fn end_mark_of_another(story: &Story<'_>) -> Option<String> {
    story.told().iter().find_map(|waits| {
        let Some(Deed::WantsValue(queue)) = waits.deed else {
            return None;
        };
        let (_, stopped) = stops(story, queue).find(|(_, step)| step.actor != waits.actor)?;
        Some(format!(
            "the end mark was taken by another consumer: {} took {END_MARK} from {} (line {}) and \
             stopped, {} still waits there (line {})",
            story.title(stopped.actor),
            story.object(stopped),
            story.line(stopped),
            story.title(waits.actor),
            story.line(waits),
        ))
    })
}

/// All consumers have stopped at an end mark, and values come after it.
fn end_mark_too_early(story: &Story<'_>) -> Option<String> {
    let told = story.told();
    told.iter().find_map(|put| {
        let Some(Deed::Puts(queue)) = put.deed else {
            return None;
        };
        let (at, stopped) = stops(story, queue).last()?;
        let taken_after = told[at + 1..].iter().any(
            |told| matches!(told.deed, Some(Deed::Gets(it) | Deed::WantsValue(it)) if it == queue),
        );
        if taken_after || !is_known(story, queue) {
            return None;
        }
        // What was put after the mark that was taken last comes out after it.
        let puts = || {
            let puts = told.iter().enumerate();
            puts.filter(|(_, told)| told.deed == Some(Deed::Puts(queue)))
        };
        let gets = told.iter().filter(|told| told.deed == Some(Deed::Gets(queue)));
        // If there were values before the first step, they were taken first.
        let pairs = puts().zip(gets.clone());
        if pairs.into_iter().any(|((_, put), get)| put.value != get.value) {
            return None;
        }
        let (taken, all) = (gets.count(), puts().count());
        let first_left = puts().nth(taken)?;
        let mark = puts().nth(taken - 1)?.1;
        let left = puts().skip(taken).filter(|(_, told)| told.value != END_MARK);
        let others = left.filter(|(_, told)| told.actor != mark.actor).count();
        (others > 0 && all > taken && mark.value == END_MARK).then(|| {
            format!(
                "the end mark came too early: {} stopped at the {END_MARK} of {} (line {}), and what {} \
                 put into {} was left there (line {})",
                story.title(stopped.actor),
                story.title(mark.actor),
                story.line(stopped),
                story.title(first_left.1.actor),
                story.object(stopped),
                story.line(first_left.1),
            )
        })
    })
}

/// The loops that wait by looking again and again.
pub fn spins(replayed: &Replayed, sources: &Sources) -> Vec<String> {
    let story = Story { replayed, sources };
    let mut sentences = Vec::new();
    for told in story.told() {
        let Some(Deed::Spins(reads)) = &told.deed else {
            continue;
        };
        let mut names: Vec<String> = Vec::new();
        for &read in reads {
            let name = stale::name(&story, &story.told()[read]);
            names.extend(name.filter(|name| !names.contains(name)));
        }
        if names.is_empty() {
            continue;
        }
        let what = names.join(" or ");
        let (title, line) = (story.title(told.actor), story.line(told));
        let sentence = format!("{title} spins at line {line} until {what} changes");
        if !sentences.contains(&sentence) {
            sentences.push(sentence);
        }
    }
    sentences
}
