//! A report: what is wrong, where, and what the way out is. Data only; `render` draws it.

use std::time::Duration;

use crate::syntax::span::Span;

/// How bad it is.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The program runs all the same.
    Warning,
    /// The program does not run, or not on.
    Error,
}

/// A place in a source with a remark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// The remark; may be empty.
    pub text: String,
}

/// A task that waits, as the report of a deadlock tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// `task #2`
    pub task: String,
    /// What it is: `accum`, `the main program`; empty if it has no name.
    pub name: String,
    /// Where it runs: `thread`, `process 4711`, `pool #1`.
    pub runs: String,
    /// Where it waits, and for what.
    pub at: Label,
    /// For how long; `None` where time is not real.
    pub since: Option<Duration>,
    /// Its variables there, with their values.
    pub locals: Vec<(String, String)>,
    /// The calls that led there: `in accum, called at pipeline.cq:11:19`.
    pub calls: Vec<String>,
    /// Who holds or could provide what it waits for, and what that one does.
    pub helpers: Vec<String>,
}

/// One report. Messages start in lower case and have no full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// How bad it is.
    pub severity: Severity,
    /// The kind of the error, if it was thrown: one of the words of the reference, or the
    /// program's own.
    pub kind: Option<String>,
    /// What is wrong: names the operation and the values.
    pub message: String,
    /// Where. `None` only for what has no place (a file that cannot be read).
    pub primary: Option<Label>,
    /// Further places that belong to it.
    pub secondary: Vec<Label>,
    /// The tasks that wait, each with a place of its own.
    pub waiting: Vec<Waiting>,
    /// Tasks that wait for each other: `task #2`, `lock #1`, `task #3`, `lock #2`, `task #2`.
    pub circle: Vec<String>,
    /// Lines such as `in accum, called at pipeline.cq:11:19`.
    pub notes: Vec<String>,
    /// The way out.
    pub help: Option<String>,
}

impl Report {
    /// An error at `span`.
    #[cold]
    pub fn error(span: Span, message: impl Into<String>) -> Report {
        Report {
            severity: Severity::Error,
            kind: None,
            message: message.into(),
            primary: Some(Label {
                span,
                text: String::new(),
            }),
            secondary: Vec::new(),
            waiting: Vec::new(),
            circle: Vec::new(),
            notes: Vec::new(),
            help: None,
        }
    }

    /// A warning at `span`.
    #[cold]
    pub fn warning(span: Span, message: impl Into<String>) -> Report {
        Report {
            severity: Severity::Warning,
            ..Report::error(span, message)
        }
    }

    /// An error that has no place in a source.
    #[cold]
    pub fn without_place(message: impl Into<String>) -> Report {
        Report {
            primary: None,
            ..Report::error(Span::default(), message)
        }
    }

    /// With a remark at the primary place.
    pub fn label(mut self, text: impl Into<String>) -> Report {
        if let Some(primary) = &mut self.primary {
            primary.text = text.into();
        }
        self
    }

    /// With a further place.
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Report {
        self.secondary.push(Label {
            span,
            text: text.into(),
        });
        self
    }

    /// With a further line below.
    pub fn note(mut self, text: impl Into<String>) -> Report {
        self.notes.push(text.into());
        self
    }

    /// With the way out.
    pub fn help(mut self, text: impl Into<String>) -> Report {
        self.help = Some(text.into());
        self
    }
}
