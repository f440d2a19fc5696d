//! A report: what is wrong, where, and what the way out is. Data only; `render` draws it.

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

/// One report. Messages start in lower case and have no full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong: names the operation and the values.
    pub message: String,
    /// Where. `None` only for what has no place (a file that cannot be read).
    pub primary: Option<Label>,
    /// Further places that belong to it.
    pub secondary: Vec<Label>,
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
            message: message.into(),
            primary: Some(Label {
                span,
                text: String::new(),
            }),
            secondary: Vec::new(),
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
