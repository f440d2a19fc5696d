//! One run of a program: what it printed, how long it took, what it needed.

use std::fs;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::Outcome;

/// One run.
pub struct Run {
    /// What it printed.
    pub output: String,
    /// How long it took, in milliseconds.
    pub time: f64,
    /// How much time of processors it took, in milliseconds.
    pub work: f64,
    /// The most memory it had at a time, in kilobytes.
    pub memory: u64,
}

/// Runs a command to its end.
pub fn run(command: &[String]) -> Outcome<Run> {
    let [program, arguments @ ..] = command else {
        return Err("there is nothing to run".into());
    };
    let start = Instant::now();
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        // With all that it starts, for when it takes too long.
        .process_group(0)
        .spawn()?;
    let watch = Watch::over(child.id());
    let mut output = String::new();
    if let Some(mut printed) = child.stdout.take() {
        printed.read_to_string(&mut output)?;
    }
    let (status, usage) = wait(child.id())?;
    watch.ends();
    let time = start.elapsed().as_secs_f64() * 1000.0;
    if status != 0 {
        let how = match time >= LONGEST.as_secs_f64() * 1000.0 {
            true => "takes too long",
            false => "has failed",
        };
        return Err(format!("{} {how}", command.join(" ")).into());
    }
    let milliseconds =
        |time: libc::timeval| time.tv_sec as f64 * 1000.0 + time.tv_usec as f64 / 1000.0;
    Ok(Run {
        output,
        time,
        work: milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime),
        memory: usage.ru_maxrss as u64,
    })
}

/// How long a run may take. One language or the other has no way with some kind of work: it is
/// left out there.
const LONGEST: Duration = Duration::from_secs(60);

/// Ends a run that takes too long.
struct Watch {
    over: Sender<()>,
    thread: JoinHandle<()>,
}

impl Watch {
    fn over(child: u32) -> Watch {
        let (over, heard) = mpsc::channel();
        let thread = thread::spawn(move || {
            if heard.recv_timeout(LONGEST) == Err(RecvTimeoutError::Timeout) {
                // SAFETY: the group is the child's own, and nobody has waited for the child yet.
                unsafe { libc::kill(-(child as libc::pid_t), libc::SIGKILL) };
            }
        });
        Watch { over, thread }
    }

    fn ends(self) {
        drop(self.over);
        // It has nothing to say.
        let _ = self.thread.join();
    }
}

/// Waits for a child; Rust's own way to do so does not tell what it has used.
fn wait(child: u32) -> Outcome<(i32, libc::rusage)> {
    let mut status = 0;
    // SAFETY: all bytes zero are a `rusage`, and the call gets places that are valid.
    let (ended, usage) = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        let ended = libc::wait4(child as libc::pid_t, &mut status, 0, &mut usage);
        (ended, usage)
    };
    match ended {
        -1 => Err(std::io::Error::last_os_error().into()),
        _ => Ok((status, usage)),
    }
}

/// How many instructions a command takes: by the processor's counter, or else by valgrind if
/// `slowly` is wanted; `None` where neither is to be had.
pub fn instructions(command: &[String], slowly: bool) -> Option<u64> {
    /// Whether the processor's counter may be read.
    static COUNTS: OnceLock<bool> = OnceLock::new();
    let counts = COUNTS.get_or_init(|| counted(&[String::from("true")]).is_some());
    match (counts, slowly) {
        (true, _) => counted(command),
        (false, true) => simulated(command),
        (false, false) => None,
    }
}

fn counted(command: &[String]) -> Option<u64> {
    let output = Command::new("perf")
        .args(["stat", "-x", ",", "-e", "instructions:u", "--"])
        .args(command)
        .stdout(Stdio::null())
        .output()
        .ok()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let line = said.lines().find(|line| line.contains("instructions"))?;
    line.split(',').next()?.parse().ok()
}

fn simulated(command: &[String]) -> Option<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--"])
        .args(command)
        .stdout(Stdio::null())
        .output()
        .ok()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let line = said.lines().find(|line| line.contains("Collected"))?;
    line.split_whitespace().last()?.parse().ok()
}

/// How often a command asks for memory; `None` where that cannot be watched (it does not use the
/// system's `malloc`, or there is no C compiler).
pub fn allocations(command: &[String]) -> Option<u64> {
    let watch = watch()?;
    let count = Path::new(env!("CARGO_TARGET_TMPDIR")).join("allocations.txt");
    let _ = fs::remove_file(&count);
    let status = Command::new(command.first()?)
        .args(&command[1..])
        .env("LD_PRELOAD", watch)
        .env("ALLOCATIONS", &count)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .ok()?;
    let count = fs::read_to_string(count).ok()?.trim().parse().ok()?;
    (status.success() && count > 0).then_some(count)
}

/// The library that counts, built once.
fn watch() -> Option<PathBuf> {
    let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join("allocations.so");
    if !library.exists() {
        let status = Command::new("gcc")
            .args(["-O2", "-shared", "-fPIC", "-o"])
            .arg(&library)
            .arg(crate::benches().join("runner/allocations.c"))
            .status()
            .ok()?;
        if !status.success() {
            return None;
        }
    }
    Some(library)
}
