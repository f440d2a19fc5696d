//! What rustyline asks for while a line is edited, answered by the neighbours of this file.

use std::borrow::Cow;
use std::sync::Arc;

use parking_lot::Mutex;
use rustyline::completion::{Completer, Pair};
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hint, Hinter};
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{CompletionType, Context, Helper};

use super::colours::{Palette, coloured};
use super::names::Names;
use super::screen::Screen;
use super::{completion, indentation, signatures, terminal};
use crate::diagnostics::words;
use crate::syntax::Completeness;

/// The answers.
pub struct Answers {
    /// What completion and hints know.
    pub names: Names,
    /// Is told when the line has been drawn.
    pub screen: Arc<Screen>,
    /// The colours.
    pub palette: Palette,
    /// What a key wants put in the place of what stands before the cursor.
    pub replacing: Arc<Mutex<Option<Replacing>>>,
    /// How many tasks run.
    pub running: Box<dyn Fn() -> usize>,
}

/// A text that is to stand in the line from `start` to the cursor.
pub struct Replacing {
    /// Where it begins.
    pub start: usize,
    /// The text.
    pub text: String,
}

/// A hint that is only looked at.
pub struct Signature(String);

impl Hint for Signature {
    fn display(&self) -> &str {
        &self.0
    }

    fn completion(&self) -> Option<&str> {
        None
    }
}

impl Helper for Answers {}

impl Answers {
    /// `cq 3 [12 running]> ` with the number of tasks that run now, in as many columns.
    fn prompt_now(&self, prompt: &str) -> String {
        let now = || {
            let start = prompt.find('[')? + 1;
            let end = prompt.find(" running")?;
            let width = end.checked_sub(start)?;
            let number = format!("{:>width$}", words::thousands((self.running)()));
            (number.len() == width).then(|| prompt.replacen(&prompt[start..end], &number, 1))
        };
        now().unwrap_or_else(|| prompt.to_owned())
    }
}

impl Completer for Answers {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        cursor: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        if let Some(Replacing { start, text }) = self.replacing.lock().take() {
            let only = Pair {
                display: text.clone(),
                replacement: text,
            };
            return Ok((start, vec![only]));
        }
        let (start, candidates) = completion::complete(line, cursor, &self.names);
        let (columns, rows) = terminal::size();
        // Where lines about all of them would not fit, the names are shown, side by side.
        let has_room = candidates.len() + 2 < rows;
        let pairs = candidates.into_iter().map(|candidate| Pair {
            display: match has_room {
                true => candidate.line(columns - 1),
                false => candidate.name,
            },
            replacement: candidate.replacement,
        });
        Ok((start, pairs.collect()))
    }
}

impl Hinter for Answers {
    type Hint = Signature;

    fn hint(&self, line: &str, cursor: usize, _: &Context<'_>) -> Option<Signature> {
        self.screen.drawn();
        if cursor < line.len() || line.trim_start().starts_with(':') {
            return None;
        }
        signatures::hint(line, &self.names).map(Signature)
    }
}

impl Highlighter for Answers {
    fn highlight<'l>(&self, line: &'l str, cursor: usize) -> Cow<'l, str> {
        let blanks = line.len() - line.trim_start().len();
        if line[blanks..].starts_with(':') {
            let end = line[blanks..]
                .find(char::is_whitespace)
                .map_or(line.len(), |end| blanks + end);
            let (command, rest) = line.split_at(end);
            let rest = match super::commands::takes_code(command.trim().trim_start_matches(':')) {
                true => coloured(rest, cursor.checked_sub(end)),
                false => rest.to_owned(),
            };
            return Cow::Owned(self.palette.name(command) + &rest);
        }
        Cow::Owned(coloured(line, Some(cursor)))
    }

    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(
        &'s self,
        prompt: &'p str,
        default: bool,
    ) -> Cow<'b, str> {
        match default {
            true => Cow::Owned(self.palette.prompt(&self.prompt_now(prompt))),
            false => Cow::Borrowed(prompt),
        }
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        Cow::Owned(self.palette.quiet(hint))
    }

    fn highlight_candidate<'c>(&self, candidate: &'c str, _: CompletionType) -> Cow<'c, str> {
        match candidate.split_once("  ") {
            Some((name, doc)) => {
                Cow::Owned(format!("{name}{}", self.palette.quiet(&format!("  {doc}"))))
            }
            None => Cow::Borrowed(candidate),
        }
    }

    fn highlight_char(&self, _: &str, _: usize, kind: CmdKind) -> bool {
        kind != CmdKind::ForcedRefresh
    }
}

impl Validator for Answers {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        Ok(match indentation::needs(context.input()) {
            // Where lines cannot be edited, the report says what is wrong with it.
            Completeness::UnfinishedString if terminal::can_edit() => {
                let hint = "    this string does not end: it needs its closing quote";
                ValidationResult::Invalid(Some(self.palette.quiet(hint)))
            }
            Completeness::UnfinishedString | Completeness::Complete => {
                ValidationResult::Valid(None)
            }
            _ => ValidationResult::Incomplete,
        })
    }
}
