//! One run of the real binary: what went in, what came out.
//!
//! A run that takes longer than [`PATIENCE`] is killed and fails its test, so nothing ever hangs.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// How long one run may take.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The folder of `Cargo.toml`.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What is to be run.
pub struct Program {
    command: Command,
    input: Vec<u8>,
    shown: String,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// All it printed.
    pub stdout: String,
    /// All it reported.
    pub stderr: String,
    /// Its exit status; `None` if a signal ended it.
    pub status: Option<i32>,
}

/// `cq ARGUMENTS…`
pub fn cq<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Program {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cq"));
    command.args(arguments);
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "FORCE_COLOR"] {
        command.env_remove(variable);
    }
    Program {
        shown: format!("{command:?}"),
        command,
        input: Vec::new(),
    }
}

/// `cq FILE`, run where the file lies, so that reports name it without its folder.
pub fn script(path: &Path) -> Program {
    let name = path.file_name().expect("a script has a name");
    cq([name]).folder(path.parent().expect("a script lies in a folder"))
}

/// `cq FILE` for a program that the test made itself.
pub fn source(text: &str) -> Program {
    let path = scratch().join("program.cq");
    std::fs::write(&path, text).expect("the scratch folder can be written");
    script(&path)
}

/// A new empty folder, inside the build's own.
pub fn scratch() -> PathBuf {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{}", std::process::id(), count));
    std::fs::create_dir_all(&folder).expect("a scratch folder can be made");
    folder
}

impl Program {
    /// With further arguments.
    pub fn arguments<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Program {
        self.command.args(arguments);
        self.shown = format!("{:?}", self.command);
        self
    }

    /// In this folder.
    pub fn folder(mut self, folder: &Path) -> Program {
        self.command.current_dir(folder);
        self
    }

    /// With this environment variable.
    pub fn variable(mut self, name: &str, value: impl AsRef<OsStr>) -> Program {
        self.command.env(name, value);
        self
    }

    /// With this on standard input.
    pub fn input(mut self, input: impl Into<Vec<u8>>) -> Program {
        self.input = input.into();
        self
    }

    /// Runs it to its end.
    pub fn run(mut self) -> Outcome {
        self.command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = self.command.spawn().expect("cq starts");
        let mut stdin = child.stdin.take().expect("piped");
        let input = std::mem::take(&mut self.input);
        // A program may end without having read its input.
        let writer = thread::spawn(move || drop(stdin.write_all(&input)));
        let stdout = read_all(child.stdout.take().expect("piped"));
        let stderr = read_all(child.stderr.take().expect("piped"));
        let deadline = Instant::now() + PATIENCE;
        let outcome = (|| {
            let stdout = stdout.recv_timeout(deadline - Instant::now()).ok()?;
            let stderr = stderr
                .recv_timeout(deadline.saturating_duration_since(Instant::now()))
                .ok()?;
            let status = wait_until(&mut child, deadline)?;
            Some(Outcome {
                stdout,
                stderr,
                status,
            })
        })();
        match outcome {
            Some(outcome) => {
                drop(writer.join());
                outcome
            }
            None => {
                drop(child.kill());
                drop(child.wait());
                panic!("still running after {PATIENCE:?}: {}", self.shown)
            }
        }
    }
}

impl Outcome {
    /// It ended well and said nothing on stderr; this is what it printed.
    #[track_caller]
    pub fn printed(self) -> String {
        assert!(
            self.status == Some(0) && self.stderr.is_empty(),
            "ended badly: {self}"
        );
        self.stdout
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (title, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !text.is_empty() {
                writeln!(out, "──── {title}\n{}", text.trim_end_matches('\n'))?;
            }
        }
        match self.status {
            Some(status) => write!(out, "──── status {status}"),
            None => write!(out, "──── ended by a signal"),
        }
    }
}

fn read_all(mut from: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = from.read_to_end(&mut bytes);
        let _ = sender.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    receiver
}

/// Both pipes are closed, so the end is a matter of moments.
fn wait_until(child: &mut Child, deadline: Instant) -> Option<Option<i32>> {
    loop {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status.code());
        }
        if Instant::now() > deadline {
            return None;
        }
        thread::sleep(Duration::from_millis(1));
    }
}
