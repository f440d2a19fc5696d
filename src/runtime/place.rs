//! Places: where a task runs.

use num_traits::Signed;

use crate::gate::Gate;
use crate::value::error::fail;
use crate::value::show::show;
use crate::value::{Kind, Result, Value};

/// The builtin places.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
// (A whole word, as every payload of a value: see `value::word`.)
#[repr(u64)]
pub enum Place {
    /// A thread of this process: shares everything.
    Thread,
    /// A worker process: shares nothing but handles.
    Process,
}

impl Place {
    /// Its name in programs.
    pub fn name(self) -> &'static str {
        match self {
            Place::Thread => "thread",
            Place::Process => "process",
        }
    }
}

/// What kind of pool it is.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum PoolKind {
    /// The pool of `future e`: also whoever forces a task of it first may start it.
    Shared,
    /// `thread_pool(n)`
    Threads,
    /// The pool of `future e on process`.
    SharedProcesses,
    /// `process_pool(n)`
    Processes,
    /// Speaks for tasks that have a process of their own.
    Speakers,
    /// In a worker: a pool of processes that it has made, by its number in the first process.
    InFirstProcess(u64),
}

impl PoolKind {
    /// Whether its tasks run in worker processes; fibers here speak for them, and one thread is
    /// enough for these.
    pub fn is_process(self) -> bool {
        matches!(
            self,
            PoolKind::SharedProcesses
                | PoolKind::Processes
                | PoolKind::Speakers
                | PoolKind::InFirstProcess(_)
        )
    }

    /// Whether at most `n` of its tasks may run at a time, wherever. The others are bounded by
    /// their threads, or not at all.
    pub fn is_bounded(self) -> bool {
        !matches!(self, PoolKind::Shared | PoolKind::Speakers)
    }
}

/// How many seats `thread_pool(n)` asks for; nil means one a processor.
pub fn seats(argument: &Value, processors: usize) -> Result<usize> {
    match argument {
        Value::Nil => Ok(processors),
        Value::Int(seats) if *seats >= 1 => Ok(usize::try_from(*seats).unwrap_or(usize::MAX)),
        // More than there can be futures.
        Value::BigInt(seats) if seats.is_positive() => Ok(usize::MAX),
        Value::Int(_) | Value::BigInt(_) => {
            let shown = show(argument, &Gate::open()).unwrap_or_default();
            Err(fail(
                Kind::Value,
                format!("a pool needs at least 1 seat, not {shown}"),
            ))
        }
        other => {
            let got = crate::diagnostics::words::with_article(other.type_name());
            Err(fail(
                Kind::Type,
                format!("a pool's number of seats is an int, not {got}"),
            ))
        }
    }
}
