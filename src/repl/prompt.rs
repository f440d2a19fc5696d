//! The loop: read an entry, run it, show its value.

use std::convert::Infallible;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use rustyline::error::ReadlineError;

use super::colours::Palette;
use super::editor::{self, Lines};
use super::entries::{Entries, Verdict};
use super::helper::Answers;
use super::names::Names;
use super::outcomes::StopAsked;
use super::screen::Screen;
use super::{commands, shown, status, terminal};
use crate::builtins::keyboard;
use crate::diagnostics::report::Report;
use crate::diagnostics::source::Sources;
use crate::diagnostics::words;
use crate::process::broker::Broker;
use crate::runtime::output::Output;
use crate::runtime::run::{Runtime, processors};
use crate::runtime::session::Session;
use crate::runtime::watch::{TaskName, Watch};
use crate::value::Value;

/// How long tasks may take to clean up when the session is left.
const CLEANING_UP: Duration = Duration::from_secs(2);

/// Draws a report as it suits standard error.
pub type Draw = fn(&Report, &Sources) -> String;

/// What a session begins with.
pub struct Start {
    /// The file to load first.
    pub file: Option<PathBuf>,
    /// Whether there are colours.
    pub is_coloured: bool,
    /// How reports are drawn.
    pub draw: Draw,
    /// Has something done at every Ctrl-C from now on.
    pub on_interrupt: fn(Box<dyn Fn() + Send>) -> io::Result<()>,
}

/// A session as its commands see it.
pub struct Repl {
    /// What was entered.
    pub entries: Entries,
    /// The line editor.
    pub lines: Lines,
    /// The colours.
    pub palette: Palette,
    /// How reports are drawn.
    pub draw: Draw,
    /// Set by Ctrl-C.
    pub stop_asked: StopAsked,
    /// The file that was loaded last.
    pub loaded: Option<PathBuf>,
    screen: Arc<Screen>,
    /// The prompt, for who has to show it again.
    shown: Arc<Mutex<String>>,
    /// Whether the line editor can show output above its line.
    is_shared: bool,
    /// It was said that tasks still run.
    warned: bool,
    leaves: bool,
}

/// Runs a session, with which the process ends; an error if it cannot even begin.
pub fn repl(start: Start) -> io::Result<Infallible> {
    terminal::is_restored_at_exit();
    let palette = Palette {
        is_coloured: start.is_coloured,
    };
    let screen = Screen::new(palette);
    let output = Output::terminal(screen.clone());
    let runtime = Runtime::new(Sources::default(), output, Vec::new(), start.draw);
    runtime.has_workers(Broker::new(&runtime, processors()));
    let told = screen.clone();
    runtime.watch(Watch::new(move |task, by| {
        if by == TaskName::MAIN {
            told.ended(task.clone());
        }
    }));
    let session = Session::begin(&runtime)?;
    let interrupted = session.clone();
    let shown = Arc::new(Mutex::new(String::new()));
    let stop_asked = StopAsked::default();
    let asks_to_stop = stop_asked.clone();
    let (prompt, to_screen) = (shown.clone(), runtime.clone());
    (start.on_interrupt)(Box::new(move || {
        asks_to_stop.store(true, Ordering::SeqCst);
        // The terminal has written `^C`.
        match interrupted.is_busy() {
            true => to_screen.output.print("\n"),
            // At the prompt it only comes as a signal if the line cannot be edited.
            false if terminal::can_edit() => {}
            false => to_screen.output.print(&format!("\n{}", prompt.lock())),
        }
        interrupted.interrupt();
    }))?;
    let names = Names::default();
    let counted = runtime.clone();
    let answers = Answers {
        names: names.clone(),
        screen: screen.clone(),
        palette,
        replacing: Arc::default(),
        running: Box::new(move || status::running(&counted).len()),
    };
    let mut lines = editor::editor(answers).map_err(io::Error::other)?;
    let is_shared = match lines.create_external_printer() {
        Ok(printer) => screen.show_through(printer).is_ok(),
        // A dumb terminal: output goes where the cursor is.
        Err(_) => false,
    };
    let mut repl = Repl {
        entries: Entries::new(runtime, session, names),
        lines,
        palette,
        draw: start.draw,
        stop_asked,
        loaded: None,
        screen,
        shown,
        is_shared,
        warned: false,
        leaves: false,
    };
    repl.greet();
    if let Some(file) = start.file {
        repl.load(file);
    }
    while !repl.leaves {
        repl.turn();
    }
    repl.end()
}

impl Repl {
    fn greet(&self) {
        let hint = self.palette.quiet(":help helps, Ctrl-D leaves");
        self.say(&format!("cq {}  {hint}\n", env!("CARGO_PKG_VERSION")));
    }

    /// One line, entry or command.
    fn turn(&mut self) {
        let output = &self.entries.runtime.output;
        output.fresh_line();
        let notices = self.screen.take_notices();
        if !notices.is_empty() {
            output.print(&notices);
        }
        let prompt = self.prompt();
        self.shown.lock().clone_from(&prompt);
        if self.is_shared {
            self.screen.opens();
        }
        while super::terminal::is_being_left() {
            std::thread::park();
        }
        let editing = keyboard::edits();
        let line = self.lines.readline(&prompt);
        drop(editing);
        self.entries.runtime.output.takes_over();
        match line {
            Ok(line) if line.trim().is_empty() => {}
            Ok(line) => {
                editor::remember(&mut self.lines, line.trim_end());
                self.warned = false;
                self.run(&line);
            }
            // The line is given up.
            Err(ReadlineError::Interrupted) => {}
            Err(ReadlineError::Eof) => self.wants_to_leave(),
            Err(ReadlineError::Signal(_)) => {}
            Err(error) => {
                self.complain(&format!("the terminal cannot be read: {error}"), None);
                self.leaves = true;
            }
        }
    }

    /// `cq 3> `, `cq 3 [2 running]> `
    fn prompt(&self) -> String {
        let number = self.entries.next();
        match self.running() {
            0 => format!("cq {number}> "),
            many => format!("cq {number} [{} running]> ", words::thousands(many)),
        }
    }

    fn run(&mut self, line: &str) {
        if line.trim_start().starts_with(':') {
            return commands::run(self, line);
        }
        let verdict = self.entries.enter(line);
        self.show(verdict);
    }

    /// Shows how an entry ended.
    pub fn show(&self, verdict: Verdict) {
        match verdict {
            Verdict::Value(Value::Nil) | Verdict::Failed => {}
            Verdict::Value(value) => {
                let (text, note) = shown::shown(&value);
                let mut text = self.palette.code(&text) + "\n";
                if let Some(note) = note {
                    text += &(self.palette.quiet(&format!("… {note}")) + "\n");
                }
                self.say(&text);
            }
            Verdict::Interrupted => self.say("interrupted\n"),
        }
    }

    /// Writes text, on a line of its own.
    pub fn say(&self, text: &str) {
        let output = &self.entries.runtime.output;
        output.fresh_line();
        output.print(text);
    }

    /// Says what is wrong with a command.
    pub fn complain(&self, message: &str, help: Option<String>) {
        let mut report = Report::without_place(message);
        report.help = help;
        self.entries.runtime.output.fresh_line();
        self.entries.runtime.report(&report);
    }

    /// Runs a file as an entry.
    pub fn load(&mut self, path: PathBuf) {
        let name = path.display().to_string();
        match read(&path) {
            Ok(text) => {
                let source = self.entries.runtime.sources.add(name, text);
                self.loaded = Some(path);
                let verdict = self.entries.run(&source);
                self.show(verdict);
            }
            Err(why) => self.complain(&format!("cannot read {name}: {why}"), None),
        }
    }

    /// How many tasks run.
    pub fn running(&self) -> usize {
        status::running(&self.entries.runtime).len()
    }

    /// Leaves, but not without having asked if tasks still run.
    pub fn wants_to_leave(&mut self) {
        let running = self.running();
        if running == 0 || self.warned {
            self.leaves = true;
            return;
        }
        self.warned = true;
        let (tasks, them) = match running {
            1 => (String::from("1 task still runs"), "it"),
            many => (
                format!("{} tasks still run", words::thousands(many)),
                "them",
            ),
        };
        self.say(&format!(
            "{tasks}: Ctrl-D or :quit again cancels {them} and leaves, :tasks shows {them}\n"
        ));
    }

    /// Cancels what still runs, gives it a moment to clean up, and ends the process.
    fn end(&self) -> ! {
        let runtime = &self.entries.runtime;
        let running = status::running(runtime);
        for task in &running {
            runtime.cancel(task);
        }
        let deadline = Instant::now() + CLEANING_UP;
        while Instant::now() < deadline && !running.iter().all(|task| task.has_ended()) {
            std::thread::sleep(Duration::from_millis(2));
        }
        runtime.exit(0)
    }
}

fn read(path: &Path) -> Result<String, String> {
    if path.is_dir() {
        return Err(String::from("it is a folder"));
    }
    let bytes = std::fs::read(path).map_err(|error| words::system_error(&error))?;
    String::from_utf8(bytes).map_err(|_| String::from("it is not UTF-8 text"))
}
