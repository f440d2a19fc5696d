//! Schedules, and their short names.
//!
//! A name is the tasks that take turns, each with a letter: `a` is the main program, `b` the task
//! that was started first, and so on. A letter alone means: as far as it gets without waiting; with
//! a number: so many steps. Where the name ends, whoever has just gone goes on, then the first who
//! can.
//!
//! ```text
//!   ab2cb     main as far as it gets, two steps of b, then c as far as it gets, then b
//! ```

use std::fmt::Write;

use super::history::{Actor, History};
use super::search::{LONG, run, usual};
use super::steps::Enabled;

/// A turn: so many steps of a task, or as far as it gets.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Whose.
    pub actor: Actor,
    /// How many steps.
    pub steps: Option<usize>,
}

/// The name of what has happened; `enabled` says who could have gone on before each step.
pub fn name(history: &History, enabled: impl Fn(usize) -> Enabled) -> String {
    let actor = |step: usize| history.events[step].actor;
    // Behind the last choice that is not the usual one, nothing needs to be said. (What is usual in
    // very long turns depends on what counts as a step.)
    let events = &history.events;
    let is_long = (0..events.len()).any(|step| run(&events[..=step]) >= LONG);
    let said = (0..events.len()).rev().find(|&step| {
        let could = enabled(step);
        is_long || usual(could.all, could.late, &events[..step]) != actor(step)
    });
    let mut name = String::new();
    let end = said.map_or(0, |step| step + 1);
    let mut at = 0;
    while at < end {
        let who = actor(at);
        let from = at;
        while at < end && actor(at) == who {
            at += 1;
        }
        name.push_str(&letter(who));
        let could_go_on = at < end && {
            let could = enabled(at);
            could.all & !could.late & (1 << who) != 0
        };
        // Its turn has been cut short, or went on where its wait would have timed out.
        let cut = could_go_on || (from + 1..at).any(|step| enabled(step).late & (1 << who) != 0);
        if cut {
            let steps = events[from..at].iter().map(|event| 1 + event.own);
            let _ = write!(name, "{}", steps.sum::<u32>());
        }
    }
    match name.is_empty() {
        true => String::from("a"),
        false => name,
    }
}

/// The letter of a task.
pub fn letter(actor: Actor) -> String {
    match u8::try_from(actor) {
        Ok(actor) if actor < 26 => char::from(b'a' + actor).to_string(),
        _ => format!("({actor})"),
    }
}

/// The turns of a name; else the place where it is no name.
pub fn parse(name: &str) -> Result<Vec<Turn>, usize> {
    let mut turns = Vec::new();
    let bytes = name.as_bytes();
    let mut at = 0;
    let number = |at: &mut usize| {
        let from = *at;
        while bytes.get(*at).is_some_and(u8::is_ascii_digit) {
            *at += 1;
        }
        name[from..*at].parse::<usize>().ok()
    };
    while at < bytes.len() {
        let from = at;
        let actor = match bytes[at] {
            letter @ b'a'..=b'z' => {
                at += 1;
                usize::from(letter - b'a')
            }
            b'(' => {
                at += 1;
                let actor = number(&mut at).ok_or(from)?;
                if bytes.get(at) != Some(&b')') {
                    return Err(from);
                }
                at += 1;
                actor
            }
            _ => return Err(from),
        };
        let digits = at;
        let steps = number(&mut at);
        if steps.is_none() && at > digits {
            // No execution has so many.
            return Err(digits);
        }
        turns.push(Turn { actor, steps });
    }
    Ok(turns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read() {
        let turn = |actor, steps| Turn { actor, steps };
        assert_eq!(
            parse("ab2(30)4"),
            Ok(vec![turn(0, None), turn(1, Some(2)), turn(30, Some(4))])
        );
        assert_eq!(parse("a?"), Err(1));
        assert_eq!(parse("a(3"), Err(1));
        assert_eq!(parse("2a"), Err(0));
        assert_eq!(parse("ab99999999999999999999"), Err(2));
    }
}
