//! The output port: the only place that writes to standard output and standard error.
//!
//! What one `print` writes stays together, whichever tasks print at once. Output is collected and
//! written in large pieces, unless it goes to a terminal; it is flushed whenever a seat rests,
//! before anything goes to standard error, before input is read and at every end of the program.

use std::io::{self, ErrorKind, IsTerminal, Write};
use std::sync::Arc;

use parking_lot::Mutex;

use super::elsewhere::FirstProcess;

/// Collected output is written when there is this much.
const LARGE: usize = 64 << 10;

/// A terminal that output shares with an editor of lines.
pub trait Terminal: Send + Sync {
    /// Takes the text if a line is being edited, to show it above that line; never waits.
    /// Otherwise gives false, and the text is written at once.
    fn takes(&self, text: &str) -> bool;

    /// The line is finished: gives what was taken and not shown; from now on it takes nothing.
    fn gives_back(&self) -> String;
}

/// Where output goes.
pub struct Output {
    sink: Mutex<Sink>,
}

struct Sink {
    collected: Vec<u8>,
    /// The last that was written did not end its line.
    within_line: bool,
    target: Target,
}

enum Target {
    /// Standard output.
    Standard { by_line: bool },
    /// A terminal on which somebody may be editing a line.
    Terminal(Arc<dyn Terminal>),
    /// In a worker: the first process.
    FirstProcess(Arc<dyn FirstProcess>),
    /// Memory: for a program that runs inside of another one.
    Memory,
    /// Memory, without errors and reports.
    Silent,
}

impl Output {
    /// The output of a program of its own.
    pub fn standard() -> Output {
        let by_line = io::stdout().is_terminal();
        Output::to(Target::Standard { by_line })
    }

    /// Output to a terminal that is shared with an editor of lines.
    pub fn terminal(terminal: Arc<dyn Terminal>) -> Output {
        Output::to(Target::Terminal(terminal))
    }

    /// A line has been edited: what was held back meanwhile is written, and what comes from now
    /// on is written at once.
    pub fn takes_over(&self) {
        let mut sink = self.sink.lock();
        if let Target::Terminal(terminal) = &sink.target {
            let held = terminal.gives_back();
            sink.collected.extend_from_slice(held.as_bytes());
            sink.flush();
        }
    }

    /// Ends the line that output has begun, if any.
    pub fn fresh_line(&self) {
        let mut sink = self.sink.lock();
        if sink.within_line {
            sink.collected.push(b'\n');
            sink.flush();
        }
    }

    /// The output of a worker.
    pub fn to_first_process(home: Arc<dyn FirstProcess>) -> Output {
        Output::to(Target::FirstProcess(home))
    }

    /// Output that is kept; see [`Output::kept`].
    pub fn memory() -> Output {
        Output::to(Target::Memory)
    }

    /// Output that is kept, without what goes to standard error.
    pub fn silent() -> Output {
        Output::to(Target::Silent)
    }

    fn to(target: Target) -> Output {
        Output {
            sink: Mutex::new(Sink {
                collected: Vec::new(),
                within_line: false,
                target,
            }),
        }
    }

    /// Writes `text` in one piece.
    pub fn print(&self, text: &str) {
        let mut sink = self.sink.lock();
        if sink.is_taken(text) {
            return;
        }
        sink.collected.extend_from_slice(text.as_bytes());
        let due = match sink.target {
            Target::Standard { by_line } => by_line || sink.collected.len() >= LARGE,
            // Who is in the first process collects by itself, as long as it cannot send.
            Target::Terminal(_) | Target::FirstProcess(_) => true,
            Target::Memory | Target::Silent => false,
        };
        if due {
            sink.flush();
        }
    }

    /// Writes a report to standard error in one piece, after all output so far.
    pub fn report(&self, text: &str) {
        // If it cannot be written, there is nowhere left to complain; the exit status still tells.
        let _ = self.write_error(text);
    }

    /// Writes `text` to standard error in one piece, after all output so far; if nobody can read
    /// it any more, the program ends as it does for standard output.
    pub fn print_error(&self, text: &str) {
        if let Err(error) = self.write_error(text)
            && error.kind() == ErrorKind::BrokenPipe
        {
            end_without_reader(&error);
        }
    }

    fn write_error(&self, text: &str) -> io::Result<()> {
        let mut sink = self.sink.lock();
        if io::stderr().is_terminal() && sink.is_taken(text) {
            return Ok(());
        }
        match sink.target {
            Target::Standard { .. } | Target::Terminal(_) => {
                sink.flush();
                sink.within_line = !text.ends_with('\n');
                io::stderr().lock().write_all(text.as_bytes())
            }
            Target::FirstProcess(_) => {
                sink.flush();
                if let Target::FirstProcess(home) = &sink.target {
                    home.print_error(text);
                }
                Ok(())
            }
            Target::Memory => {
                sink.collected.extend_from_slice(text.as_bytes());
                Ok(())
            }
            Target::Silent => Ok(()),
        }
    }

    /// Writes what was collected.
    pub fn flush(&self) {
        self.sink.lock().flush();
    }

    /// Writes what was collected, unless somebody is writing anyway.
    pub fn flush_quietly(&self) {
        if let Some(mut sink) = self.sink.try_lock() {
            sink.flush();
        }
    }

    /// Looks at what is kept.
    pub fn look<R>(&self, look: impl FnOnce(&[u8]) -> R) -> R {
        look(&self.sink.lock().collected)
    }

    /// Takes what was kept.
    pub fn kept(&self) -> String {
        let collected = std::mem::take(&mut self.sink.lock().collected);
        String::from_utf8_lossy(&collected).into_owned()
    }
}

impl Sink {
    /// Whether the editor of lines takes the text.
    fn is_taken(&self, text: &str) -> bool {
        matches!(&self.target, Target::Terminal(terminal) if terminal.takes(text))
    }

    fn flush(&mut self) {
        if self.collected.is_empty() {
            return;
        }
        match &self.target {
            Target::Standard { .. } | Target::Terminal(_) => {}
            Target::FirstProcess(home) => {
                home.print(&String::from_utf8_lossy(&self.collected));
                self.collected.clear();
                return;
            }
            Target::Memory | Target::Silent => return,
        }
        self.within_line = !self.collected.ends_with(b"\n");
        let mut out = io::stdout().lock();
        let written = out.write_all(&self.collected).and_then(|()| out.flush());
        self.collected.clear();
        if let Err(error) = written {
            drop(out);
            end_without_reader(&error);
        }
    }
}

/// Nobody reads the output any more: the program ends, quietly if the reader has just left.
fn end_without_reader(error: &io::Error) -> ! {
    if error.kind() == ErrorKind::BrokenPipe {
        std::process::exit(0);
    }
    let _ = writeln!(
        io::stderr().lock(),
        "error: cannot write the output: {error}"
    );
    std::process::exit(1);
}
