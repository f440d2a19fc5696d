//! Schedules, and their short names.
//!
//! A name is the tasks that take turns, each with a letter: `a` is the main program, `b` the task
//! that was started first, and so on. A letter alone means: until it has to wait or ends; with
//! a number: so many steps.
//!
//! ```text
//!   ab2cb     main as far as it gets, two steps of b, then c as far as it gets, then b
//! ```

use std::fmt::Write;

use super::history::History;

/// The name of what has happened.
pub fn name(history: &History) -> String {
    let mut name = String::new();
    let mut events = history.events.iter().map(|event| event.actor).peekable();
    while let Some(actor) = events.next() {
        let mut steps = 1;
        while events.next_if_eq(&actor).is_some() {
            steps += 1;
        }
        let _ = write!(name, "{}{steps}", letter(actor));
    }
    name
}

fn letter(actor: usize) -> String {
    match u8::try_from(actor) {
        Ok(actor) if actor < 26 => char::from(b'a' + actor).to_string(),
        _ => format!("({actor})"),
    }
}
