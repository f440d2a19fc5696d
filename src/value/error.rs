//! What is thrown, and what it carries.
//!
//! ```text
//! builtin or operator:   fail(Kind::Type, "cannot add int and nil")      knows what
//! the node around it:    .at(machine, span)                              adds where, the calls, the task
//! catch e:               e is Value::Error(failure), or the thrown value
//! nobody:                failure.report(): what people read
//! ```

use std::sync::Arc;

use super::Value;
use crate::gate::Gate;
use crate::syntax::span::Span;

/// A result of running language code.
pub type Result<T> = std::result::Result<T, Unwind>;

/// Why code is being left. One word, so that `Result<Value>` stays two.
#[derive(Clone, Debug)]
pub enum Unwind {
    /// Something was thrown.
    Failed(Arc<Failure>),
    /// The task was cancelled: `finally` and `with` run, `catch` does not see it.
    Cancelled,
}

/// Something that was thrown, and its story.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What was thrown.
    pub thrown: Thrown,
    /// Where and how; empty for an `error(…)` that has not been thrown yet.
    pub story: Story,
}

/// What was thrown.
#[derive(Clone, Debug)]
pub enum Thrown {
    /// An error of the interpreter, a builtin, or `error(kind, message)`.
    Error {
        /// One of [`Kind`], or the program's own word.
        kind: Kind,
        /// What went wrong.
        message: Arc<str>,
    },
    /// `throw` of any other value.
    Value(Value),
}

/// Where it happened and who was involved.
#[derive(Clone, Debug, Default)]
pub struct Story {
    /// The place.
    pub span: Option<Span>,
    /// The operands there: `s is 45, p is nil`.
    pub label: String,
    /// The way out.
    pub help: Option<String>,
    /// The calls that led there, innermost first.
    pub calls: Vec<CallFrame>,
    /// How many calls were left out of `calls`, which is cut in the middle of deep recursions.
    pub calls_left_out: usize,
    /// The tasks it came through: where it was thrown first, then who passed it on.
    pub tasks: Vec<TaskMark>,
}

/// One call of a story.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CallFrame {
    /// The function that was called; `None` for a lambda.
    pub function: Option<Arc<str>>,
    /// Where it was called; `None` when a builtin called it.
    pub called_at: Option<Span>,
}

/// A task in a story: `task #2 (process 4711), spawned at pipeline.cq:11:13`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskMark {
    /// Its number.
    pub number: u64,
    /// The process it ran in, if not the first one.
    pub process: Option<u32>,
    /// `spawned` or `future made`.
    pub verb: &'static str,
    /// Where it was started; `None` for the main program.
    pub started_at: Option<Span>,
}

/// The kinds of cq's own errors; programs may use any other word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A value of the wrong type.
    Type,
    /// The right type, the wrong value.
    Value,
    /// A variable whose `let` has not run.
    Name,
    /// No such index.
    Index,
    /// No such key.
    Key,
    /// The wrong number of arguments.
    Arity,
    /// Division by zero.
    ZeroDivision,
    /// A float that grew beyond what floats hold.
    Overflow,
    /// A failed `assert`.
    Assert,
    /// Time ran out.
    Timeout,
    /// The queue or pool is closed.
    Closed,
    /// The task was cancelled.
    Cancelled,
    /// Waiting for oneself.
    Deadlock,
    /// The process of the task died.
    ProcessDied,
    /// Files, input, output, network.
    Io,
    /// A web server said no.
    Http,
    /// Calls nested too deeply.
    Recursion,
    /// Out of memory.
    Memory,
    /// Not possible here.
    Unsupported,
    /// The program's own word.
    Other(Arc<str>),
}

/// Every kind of cq's own with its word, in the order of the reference.
pub const KINDS: &[(Kind, &str)] = &[
    (Kind::Type, "type"),
    (Kind::Value, "value"),
    (Kind::Name, "name"),
    (Kind::Index, "index"),
    (Kind::Key, "key"),
    (Kind::Arity, "arity"),
    (Kind::ZeroDivision, "zero-division"),
    (Kind::Overflow, "overflow"),
    (Kind::Assert, "assert"),
    (Kind::Timeout, "timeout"),
    (Kind::Closed, "closed"),
    (Kind::Cancelled, "cancelled"),
    (Kind::Deadlock, "deadlock"),
    (Kind::ProcessDied, "process-died"),
    (Kind::Io, "io"),
    (Kind::Http, "http"),
    (Kind::Recursion, "recursion"),
    (Kind::Memory, "memory"),
    (Kind::Unsupported, "unsupported"),
];

impl Kind {
    /// The word for it.
    pub fn word(&self) -> &str {
        match self {
            Kind::Other(word) => word,
            own => KINDS
                .iter()
                .find(|(kind, _)| kind == own)
                .map_or("", |(_, word)| word),
        }
    }

    /// The kind of a word.
    pub fn from_word(word: &str) -> Kind {
        KINDS
            .iter()
            .find(|(_, own)| *own == word)
            .map_or_else(|| Kind::Other(word.into()), |(kind, _)| kind.clone())
    }
}

/// An error of cq's own, without a place yet.
#[cold]
#[inline(never)]
pub fn fail(kind: Kind, message: impl Into<String>) -> Unwind {
    Failure::error(kind, message).into()
}

/// Called by what takes long, between two pieces of its work: a cancel may strike here.
pub fn pause(gate: &Gate<'_>) -> Result<()> {
    match gate.is_to_stop() {
        true => Err(Unwind::Cancelled),
        false => Ok(()),
    }
}

impl Failure {
    /// An error, without a place yet.
    #[cold]
    pub fn error(kind: Kind, message: impl Into<String>) -> Failure {
        Failure {
            thrown: Thrown::Error {
                kind,
                message: message.into().into(),
            },
            story: Story::default(),
        }
    }

    /// A thrown value, without a place yet.
    #[cold]
    pub fn value(value: Value) -> Failure {
        Failure {
            thrown: Thrown::Value(value),
            story: Story::default(),
        }
    }

    /// With the values of the operands.
    pub fn label(mut self, label: impl Into<String>) -> Failure {
        self.story.label = label.into();
        self
    }

    /// With the way out.
    pub fn help(mut self, help: impl Into<String>) -> Failure {
        self.story.help = Some(help.into());
        self
    }

    /// Whether it is an error of this kind.
    pub fn is(&self, wanted: &Kind) -> bool {
        matches!(&self.thrown, Thrown::Error { kind, .. } if kind == wanted)
    }

    /// Whether it is the same failure, wherever the two have been since.
    pub fn is_same_as(&self, other: &Failure) -> bool {
        let message = |failure: &Failure| match &failure.thrown {
            Thrown::Error { message, .. } => Some(message.clone()),
            Thrown::Value(_) => None,
        };
        self.story.span == other.story.span
            && self.story.tasks.first() == other.story.tasks.first()
            && message(self) == message(other)
    }

    /// What `catch` and `exception` give for it: the error, or the thrown value.
    pub fn caught(self: &Arc<Failure>) -> Value {
        match &self.thrown {
            Thrown::Error { .. } => Value::Error(self.clone()),
            Thrown::Value(value) => value.clone(),
        }
    }
}

impl From<Failure> for Unwind {
    fn from(failure: Failure) -> Unwind {
        Unwind::Failed(Arc::new(failure))
    }
}

impl Unwind {
    /// The way out, added by who knows it.
    pub fn help(self, help: impl Into<String>) -> Unwind {
        match self {
            Unwind::Failed(mut failure) => {
                Arc::make_mut(&mut failure).story.help = Some(help.into());
                Unwind::Failed(failure)
            }
            Unwind::Cancelled => Unwind::Cancelled,
        }
    }

    /// The values of the operands, added by who knows them.
    pub fn label(self, label: impl Into<String>) -> Unwind {
        match self {
            Unwind::Failed(mut failure) => {
                Arc::make_mut(&mut failure).story.label = label.into();
                Unwind::Failed(failure)
            }
            Unwind::Cancelled => Unwind::Cancelled,
        }
    }
}
