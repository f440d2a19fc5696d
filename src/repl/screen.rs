//! The terminal while a line is edited: what tasks print appears above that line.
//!
//! ```text
//!   Straight --opens--> Opening --drawn--> Editing --closes--> Closing --gives_back--> Straight
//!   (an entry runs:     (held)             (shown, a batch     (held)
//!    text is written                        every 16 ms)
//!    at once)
//! ```
//!
//! Whoever prints never waits for the terminal: the text is held here, up to [`MOST_LINES`]; of
//! what comes faster than it can be shown, the number of lines is told.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use parking_lot::{Condvar, Mutex};
use rustyline::ExternalPrinter;

use super::colours::Palette;
use super::notices::Notices;
use crate::diagnostics::words;
use crate::runtime::output::Terminal;
use crate::runtime::task::Task;

/// Lines are shown in batches this long apart.
const BATCH: Duration = Duration::from_millis(16);

/// After a flood, the line is left alone for a while, so that one can type.
const AFTER_FLOOD: Duration = Duration::from_millis(300);

/// How long the beginning of a line waits for its end.
const PATIENCE: usize = 12;

/// More lines are not held.
const MOST_LINES: usize = 200;

/// More of one batch is not held, even if it is few lines.
const MOST_BYTES: usize = 64 << 10;

#[derive(Copy, Clone, Debug, PartialEq, Eq, Default)]
enum Mode {
    #[default]
    Straight,
    Opening,
    Editing,
    Closing,
}

/// The terminal.
#[derive(Default)]
pub struct Screen {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    mode: Mode,
    held: String,
    lines: usize,
    skipped: usize,
    notices: Notices,
}

impl Screen {
    /// A terminal on which no line is being edited.
    pub fn new(palette: Palette) -> Arc<Screen> {
        let screen = Screen::default();
        screen.state.lock().notices = Notices::new(palette);
        Arc::new(screen)
    }

    /// A line is about to be edited: text is held from now on.
    pub fn opens(&self) {
        self.state.lock().mode = Mode::Opening;
    }

    /// The editor has drawn its line.
    pub fn drawn(&self) {
        let mut state = self.state.lock();
        if state.mode == Mode::Opening {
            state.mode = Mode::Editing;
            self.changed.notify_all();
        }
    }

    /// The line is finished.
    pub fn closes(&self) {
        self.state.lock().mode = Mode::Closing;
    }

    /// A task has ended.
    pub fn ended(&self, task: Arc<Task>) {
        let mut state = self.state.lock();
        state.notices.add(task);
        self.changed.notify_all();
    }

    /// What there is to say of tasks that have ended.
    pub fn take_notices(&self) -> String {
        self.state.lock().notices.take()
    }

    /// Shows what is held through `printer`, on a thread of its own.
    pub fn show_through(
        self: &Arc<Screen>,
        mut printer: impl ExternalPrinter + Send + 'static,
    ) -> std::io::Result<()> {
        let screen = self.clone();
        let builder = thread::Builder::new().name(String::from("cq screen"));
        builder.spawn(move || {
            loop {
                let (text, flooded) = screen.next_batch();
                if printer.print(text).is_err() {
                    return;
                }
                if flooded {
                    thread::sleep(AFTER_FLOOD);
                }
            }
        })?;
        Ok(())
    }

    /// Waits until there is something to show while a line is edited.
    fn next_batch(&self) -> (String, bool) {
        let mut patience = PATIENCE;
        loop {
            {
                let mut state = self.state.lock();
                while state.mode != Mode::Editing || !state.has_something() {
                    patience = PATIENCE;
                    self.changed.wait(&mut state);
                }
            }
            // More of it may be on the way.
            thread::sleep(BATCH);
            let mut state = self.state.lock();
            if state.mode != Mode::Editing {
                continue;
            }
            patience = patience.saturating_sub(1);
            let flooded = state.skipped > 0;
            if let Some(text) = state.batch(patience == 0) {
                return (text, flooded);
            }
        }
    }
}

impl Terminal for Screen {
    fn takes(&self, text: &str) -> bool {
        let mut state = self.state.lock();
        if state.mode == Mode::Straight {
            return false;
        }
        state.hold(text);
        self.changed.notify_all();
        true
    }

    fn gives_back(&self) -> String {
        let mut state = self.state.lock();
        state.mode = Mode::Straight;
        state.take_all()
    }
}

impl State {
    fn has_something(&self) -> bool {
        !self.held.is_empty() || !self.notices.is_empty()
    }

    fn hold(&mut self, text: &str) {
        let lines = text.matches('\n').count();
        let is_full = self.lines + lines > MOST_LINES || self.held.len() + text.len() > MOST_BYTES;
        if self.skipped > 0 || (is_full && !self.held.is_empty()) {
            self.skipped += lines.max(1);
            return;
        }
        self.lines += lines;
        self.held.push_str(text);
    }

    /// What can be shown: whole lines, and the beginning of one if it has waited long enough.
    fn batch(&mut self, unfinished_too: bool) -> Option<String> {
        let end = self.held.rfind('\n').map_or(0, |newline| newline + 1);
        let rest = match unfinished_too || self.skipped > 0 {
            true => String::new(),
            false => self.held.split_off(end),
        };
        let text = self.take_all() + &self.notices.take();
        self.held = rest;
        (!text.is_empty()).then_some(text)
    }

    fn take_all(&mut self) -> String {
        let mut text = std::mem::take(&mut self.held);
        self.lines = 0;
        if self.skipped > 0 {
            if !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            let skipped = words::thousands(std::mem::take(&mut self.skipped));
            text.push_str(&format!("… {skipped} lines skipped\n"));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_taken_while_a_line_is_edited() {
        let screen = Screen::default();
        assert!(!screen.takes("straight"));
        screen.opens();
        assert!(screen.takes("early\n"));
        screen.drawn();
        assert!(screen.takes("above\nhalf"));
        assert_eq!(
            screen.state.lock().batch(false).as_deref(),
            Some("early\nabove\n")
        );
        // The beginning of a line waits for its end, but not for ever.
        assert_eq!(screen.state.lock().batch(false), None);
        assert!(screen.takes(" of it"));
        assert_eq!(
            screen.state.lock().batch(true).as_deref(),
            Some("half of it")
        );
        screen.closes();
        assert!(screen.takes("late\n"));
        assert_eq!(screen.gives_back(), "late\n");
        assert!(!screen.takes("straight"));
    }

    #[test]
    fn a_flood_is_counted() {
        let screen = Screen::default();
        screen.opens();
        for _ in 0..MOST_LINES + 3200 {
            assert!(screen.takes("x\n"));
        }
        let text = screen.state.lock().batch(false).expect("text");
        assert_eq!(text.matches("x\n").count(), MOST_LINES);
        assert!(text.ends_with("x\n… 3,200 lines skipped\n"), "{text}");
        assert!(screen.takes("again\n"));
        assert_eq!(screen.gives_back(), "again\n");
    }
}
