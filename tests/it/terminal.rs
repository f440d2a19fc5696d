//! A session in a real pseudo-terminal, with a screen that shows what a person would see.
//!
//! Nothing here relies on time: every step waits until the screen shows what it should, and fails
//! with a picture of the screen when that takes longer than [`PATIENCE`].

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use expectrl::session::OsSession;

use super::program::{PATIENCE, scratch};

/// Rows enough for a whole session.
const ROWS: u16 = 120;

/// A terminal with `cq` in it.
pub struct Terminal {
    session: OsSession,
    screen: vt100::Parser,
    /// Everything that came, for what leaves no trace on the screen.
    pub raw: Vec<u8>,
    /// Where `cq` runs.
    pub folder: PathBuf,
}

/// How `cq` is to be started.
pub struct Opening {
    command: Command,
    columns: u16,
    folder: PathBuf,
}

/// `cq ARGUMENTS…` in a terminal of 80 columns.
pub fn terminal(arguments: &[&str]) -> Opening {
    let folder = scratch();
    let mut command = Command::new(env!("CARGO_BIN_EXE_cq"));
    command.args(arguments).current_dir(&folder);
    command.env("TERM", "xterm-256color").env("NO_COLOR", "1");
    command.env("CQ_HISTORY", folder.join("history"));
    Opening {
        command,
        columns: 80,
        folder,
    }
}

/// `cq` at its first prompt.
pub fn session() -> Terminal {
    let mut terminal = terminal(&[]).open();
    terminal.prompted();
    terminal
}

impl Opening {
    /// So many columns.
    pub fn columns(mut self, columns: u16) -> Opening {
        self.columns = columns;
        self
    }

    /// With an environment variable; an empty value takes it away.
    pub fn variable(mut self, name: &str, value: &str) -> Opening {
        match value {
            "" => self.command.env_remove(name),
            value => self.command.env(name, value),
        };
        self
    }

    /// In this folder, with the history that lies there.
    pub fn folder(mut self, folder: &Path) -> Opening {
        self.command.current_dir(folder);
        self.command.env("CQ_HISTORY", folder.join("history"));
        self.folder = folder.to_owned();
        self
    }

    /// Starts it.
    pub fn open(self) -> Terminal {
        // The terminal is as it should be before cq looks at it. Spawning sets its size once more when
        // the shell already runs, so the shell waits for a line until that is over.
        let ready = format!("read go; stty echo rows {ROWS} cols {}", self.columns);
        let mut command = Command::new("sh");
        command.args(["-c", &format!("{ready} && exec \"$0\" \"$@\"")]);
        command.arg(self.command.get_program());
        command.args(self.command.get_args());
        command.current_dir(&self.folder);
        for (name, value) in self.command.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let mut session = OsSession::spawn(command).expect("cq starts in a terminal");
        session.write_all(b"\n").expect("the shell reads");
        session.flush().expect("the shell reads");
        Terminal {
            session,
            screen: vt100::Parser::new(
                ROWS.try_into().expect("rows"),
                self.columns.try_into().expect("columns"),
                0,
            ),
            raw: Vec::new(),
            folder: self.folder,
        }
    }
}

impl Terminal {
    /// Presses keys.
    pub fn keys(&mut self, keys: &str) -> &mut Terminal {
        self.session.write_all(keys.as_bytes()).expect("cq reads");
        self.session.flush().expect("cq reads");
        self
    }

    /// Types text and sees it on the screen, right before the cursor.
    #[track_caller]
    pub fn typed(&mut self, text: &str) -> &mut Terminal {
        self.keys(text);
        let end: String = squeezed(text);
        self.wait_for(&format!("{text:?} before the cursor"), |screen| {
            squeezed(&before_cursor(screen)).ends_with(&end)
        })
    }

    /// Types a line and presses Enter.
    #[track_caller]
    pub fn line(&mut self, text: &str) -> &mut Terminal {
        self.typed(text).keys("\r")
    }

    /// Types a line, presses Enter and waits for the next prompt.
    #[track_caller]
    pub fn enter(&mut self, text: &str) -> &mut Terminal {
        self.line(text).prompted()
    }

    /// Waits for an empty prompt.
    #[track_caller]
    pub fn prompted(&mut self) -> &mut Terminal {
        self.wait_for("a prompt", |screen| {
            let (row, column) = screen.cursor_position();
            let line = row_before(screen, row, column);
            is_prompt(&line)
        })
    }

    /// Waits until the screen shows a text.
    #[track_caller]
    pub fn sees(&mut self, text: &str) -> &mut Terminal {
        self.wait_for(&format!("{text:?}"), |screen| {
            screen.contents().contains(text)
        })
    }

    /// Waits until the screen shows a text so many times.
    #[track_caller]
    pub fn sees_times(&mut self, times: usize, text: &str) -> &mut Terminal {
        self.wait_for(&format!("{times} times {text:?}"), |screen| {
            screen.contents().matches(text).count() == times
        })
    }

    /// Waits until the screen shows a line that is nothing but this.
    #[track_caller]
    pub fn sees_line(&mut self, text: &str) -> &mut Terminal {
        self.wait_for(&format!("the line {text:?}"), |screen| {
            screen
                .contents()
                .lines()
                .any(|line| line.trim_end() == text)
        })
    }

    /// Waits until the screen is as it should be.
    #[track_caller]
    pub fn wait_for(
        &mut self,
        what: &str,
        is_so: impl Fn(&vt100::Screen) -> bool,
    ) -> &mut Terminal {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let is_over = !self.read();
            if is_so(self.screen.screen()) {
                return self;
            }
            assert!(
                !is_over && Instant::now() < deadline,
                "waited for {what}{}; the screen:\n{}",
                if is_over { " until cq ended" } else { "" },
                self.contents()
            );
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// Waits until `cq` has ended; gives its exit status.
    #[track_caller]
    pub fn ended(&mut self) -> i32 {
        let deadline = Instant::now() + PATIENCE;
        while self.read() {
            assert!(
                Instant::now() < deadline,
                "still runs:\n{}",
                self.contents()
            );
            thread::sleep(Duration::from_millis(2));
        }
        match self.session.get_process().wait().expect("cq has ended") {
            expectrl::process::unix::WaitStatus::Exited(_, status) => status,
            other => panic!("ended otherwise: {other:?}\n{}", self.contents()),
        }
    }

    /// Reads what there is; false when `cq` has closed the terminal.
    fn read(&mut self) -> bool {
        let mut bytes = [0; 4096];
        loop {
            match self.session.try_read(&mut bytes) {
                Ok(0) => return false,
                Ok(length) => {
                    self.screen.process(&bytes[..length]);
                    self.raw.extend_from_slice(&bytes[..length]);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return true,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // Linux says so when the other side is closed.
                Err(_) => return false,
            }
        }
    }

    /// What the screen shows, without blanks at the ends of lines.
    pub fn contents(&self) -> String {
        let contents = self.screen.screen().contents();
        let lines: Vec<&str> = contents.lines().map(str::trim_end).collect();
        lines.join("\n").trim_end().to_owned()
    }

    /// The lines of the screen behind the last prompt with this entry.
    pub fn after(&self, text: &str) -> Vec<String> {
        let contents = self.contents();
        let lines: Vec<&str> = contents.lines().collect();
        let at = lines.iter().rposition(|line| {
            line.rsplit_once(text)
                .is_some_and(|(before, rest)| rest.is_empty() && is_prompt(before))
        });
        let rest = at.map_or(&[][..], |at| &lines[at + 1..]);
        rest.iter().map(|line| String::from(*line)).collect()
    }

    /// The screen itself.
    pub fn screen(&self) -> &vt100::Screen {
        self.screen.screen()
    }
}

/// `cq 3> `, `cq 3 [2 running]> `
pub fn is_prompt(line: &str) -> bool {
    line.starts_with("cq ")
        && line.trim_end().ends_with('>')
        && line[3..].starts_with(|c: char| c.is_ascii_digit())
}

/// A row up to a column.
fn row_before(screen: &vt100::Screen, row: u16, column: u16) -> String {
    screen
        .rows(0, column)
        .nth(usize::from(row))
        .unwrap_or_default()
}

/// The rows up to the cursor.
fn before_cursor(screen: &vt100::Screen) -> String {
    let (row, column) = screen.cursor_position();
    let (_, columns) = screen.size();
    let mut rows: Vec<String> = screen
        .rows(0, columns.get())
        .take(usize::from(row))
        .collect();
    rows.push(row_before(screen, row, column));
    rows.concat()
}

/// Without blanks, which are hard to see at the end of a row.
fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}
