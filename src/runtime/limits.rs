//! Limits for other people's programs: `--timeout`, `--max-tasks`, `--max-memory`, `--deny`.
//!
//! ```text
//!   time     the ticker looks at the clock
//!   tasks    counted where a task is made, for as long as it has not ended
//!   memory   the ticker looks at what all processes use; what takes much at once asks before
//!   deny     asked by what would do it: the error `unsupported`
//! ```
//!
//! A limit that is passed stops the program with a report and exit status 4; see `stop`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::elsewhere::Workers;
use super::memory;
use super::run::Runtime;
use super::stop::Stop;
use crate::value::{Failure, Kind, Result};

/// What a program may not do.
#[derive(Copy, Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Denied {
    /// `fetch`
    Net,
    /// Files and the environment.
    Read,
    /// `write_file`
    Write,
    /// Worker processes.
    Process,
}

/// Every one with its word on the command line.
pub const DENIED: &[(Denied, &str)] = &[
    (Denied::Net, "net"),
    (Denied::Read, "read"),
    (Denied::Write, "write"),
    (Denied::Process, "process"),
];

impl Denied {
    /// Its word.
    pub fn word(self) -> &'static str {
        let found = DENIED.iter().find(|(denied, _)| *denied == self);
        found.map_or("", |(_, word)| word)
    }
}

/// What an exploration of all orders may reach outside of the program: nothing, unless told. What
/// is changed there is not put back between executions.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Reach {
    /// Files.
    pub files: bool,
    /// `fetch`
    pub fetch: bool,
}

impl Reach {
    /// Whether it may reach this, and the option that lets it; `None` where none does.
    pub(super) fn allows(self, what: &str) -> Option<(bool, &'static str)> {
        match what {
            "a file" => Some((self.files, "--allow-files")),
            "the network" => Some((self.fetch, "--allow-fetch")),
            _ => None,
        }
    }
}

/// The limits of a program; `None` is no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Limits {
    /// How long it may run.
    pub time: Option<Duration>,
    /// How many of its tasks there may be at once that have not ended.
    pub tasks: Option<u64>,
    /// How many bytes of memory its processes may use together.
    pub memory: Option<u64>,
    /// What it may reach when all its orders are explored.
    pub explored: Reach,
    /// What it may not do.
    pub denied: Vec<Denied>,
}

/// How many tasks there are that have not ended.
#[derive(Debug, Default)]
pub struct Living {
    now: AtomicU64,
    /// In a worker: the number that was told last.
    told: AtomicU64,
}

impl Living {
    fn one_more(&self) -> u64 {
        self.now.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn one_less(&self) {
        self.now.fetch_sub(1, Ordering::Relaxed);
    }

    /// Their number.
    pub fn number(&self) -> u64 {
        self.now.load(Ordering::Relaxed)
    }
}

/// Counts its task as living until it is dropped.
#[derive(Debug)]
pub struct Life(Arc<Living>);

impl Drop for Life {
    fn drop(&mut self) {
        self.0.one_less();
    }
}

/// What errors about what is denied end with.
const IS_DENIED: &str = "is not allowed here";

impl Runtime {
    /// Sets the limits, before the program starts.
    pub fn set_limits(&self, limits: Limits) {
        let _ = self.limits.set(limits);
    }

    /// The limits.
    pub fn limits(&self) -> &Limits {
        self.limits.get_or_init(Limits::default)
    }

    /// Whether `what`, called by its name in the program, may be done.
    pub fn allows(&self, what: Denied, name: &str) -> Result<()> {
        match self.limits().denied.contains(&what) {
            false => Ok(()),
            true => Err(denied(what, name).into()),
        }
    }

    /// Counts one more task, if tasks are limited.
    pub(super) fn new_life(&self) -> Result<Option<Life>> {
        let Some(most) = self.limits().tasks else {
            return Ok(None);
        };
        let life = Life(self.living.clone());
        let elsewhere = self.workers_if_any().map_or(0, |workers| workers.living());
        if self.living.one_more() + elsewhere > most {
            drop(life);
            self.stop(Stop::TooManyTasks(most));
            return Err(
                Failure::error(Kind::Memory, format!("more than {most} tasks at once"))
                    .help("--max-tasks says how many tasks there may be that have not ended")
                    .into(),
            );
        }
        Ok(Some(life))
    }
}

impl Runtime {
    /// In a worker: how many tasks there are, if that has changed since it was told.
    pub fn living_has_changed(&self) -> Option<u64> {
        let now = self.living.number();
        let told = self.living.told.swap(now, Ordering::Relaxed);
        (self.limits().tasks.is_some() && told != now).then_some(now)
    }

    /// In the first process: looks at what all processes have together.
    pub(super) fn check_tasks_of_all(&self) {
        if let Some(most) = self.limits().tasks
            && let Some(workers) = self.workers_if_any()
            && self.living.number() + workers.living() > most
        {
            self.stop(Stop::TooManyTasks(most));
        }
    }

    /// Bytes of memory that all processes of the program use.
    pub(super) fn memory_of_all(&self) -> Option<u64> {
        let workers = self
            .workers_if_any()
            .map_or_else(Vec::new, |workers| workers.pids());
        let used = workers
            .iter()
            .filter_map(|pid| memory::used_by(&pid.to_string()));
        Some(memory::used()? + used.sum::<u64>())
    }

    fn workers_if_any(&self) -> Option<&Arc<dyn Workers>> {
        self.workers.get()
    }
}

#[cold]
fn denied(what: Denied, name: &str) -> Failure {
    Failure::error(Kind::Unsupported, format!("{name} {IS_DENIED}"))
        .help(format!("this program runs with --deny {}", what.word()))
}

/// Whether a failure comes from what is denied.
pub fn is_denial(failure: &Failure) -> bool {
    use crate::value::error::Thrown;
    match &failure.thrown {
        Thrown::Error { kind, message } => {
            *kind == Kind::Unsupported && message.ends_with(IS_DENIED)
        }
        Thrown::Value(_) => false,
    }
}
