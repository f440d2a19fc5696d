//! The interactive session: `cq` at a terminal.
//!
//! ```text
//!   prompt (rustyline, the process's first thread)          the program's threads
//!     | a line     :help, :tasks …  --> commands
//!     |            let x = 1        --> entries --evaluate--> the session's main task
//!     v                                                        and all it starts
//!   screen <------------- output, above the line being edited ----'
//! ```
//!
//! In reading order:
//!
//! 1. [`prompt`]: the loop that reads, evaluates and shows
//! 2. [`entries`]: a text becomes a program that sees what earlier ones declared ([`names`]);
//!    [`shown`]: its value, shortened
//! 3. [`screen`]: output of tasks while a line is edited, with [`notices`] of those that have ended
//! 4. [`terminal`]; [`editor`]: keys and history; [`helper`] what rustyline asks for, answered by [`colours`],
//!    [`indentation`], [`completion`], [`signatures`]
//! 5. [`commands`]: the table of `:` commands, with [`status`] (tasks, queues, who started whom),
//!    [`about`] (help on anything) [`script`] (the session as a script) and [`outcomes`] (all that an
//!    entry can lead to)

pub mod about;
pub mod colours;
pub mod commands;
pub mod completion;
pub mod editor;
pub mod entries;
pub mod helper;
pub mod indentation;
pub mod names;
pub mod notices;
pub mod outcomes;
pub mod prompt;
pub mod screen;
pub mod script;
pub mod shown;
pub mod signatures;
pub mod status;
pub mod terminal;

pub use prompt::{Start, repl};
