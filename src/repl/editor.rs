//! The line editor: rustyline with our keys and a history that outlives the session.
//!
//! | key | does |
//! | --- | --- |
//! | Enter | runs the entry; where it must go on, or in the middle of several lines, begins a line; a string that does not end is not run |
//! | Alt-Enter | begins a line |
//! | Tab | completes; at the beginning of a line it indents |
//! | `)` `]` `}` | at the beginning of a line go one step to the left first |
//! | Up, Down | between lines, then through the history |
//! | Ctrl-R | searches the history |

use std::path::PathBuf;
use std::sync::Arc;

use parking_lot::Mutex;
use rustyline::config::{BellStyle, ColorMode, CompletionType, Config};
use rustyline::history::{FileHistory, History, SearchDirection};
use rustyline::{
    Cmd, ConditionalEventHandler, Editor, Event, EventContext, EventHandler, KeyCode, KeyEvent,
    Modifiers, RepeatCount,
};

use super::helper::{Answers, Replacing};
use super::indentation;
use super::screen::Screen;
use crate::syntax::Completeness;

/// How many entries are remembered.
const MOST_REMEMBERED: usize = 10_000;

/// Completion asks before it shows more than this; there are never so many names.
const MOST_OFFERED: usize = 1000;

/// What reads lines.
pub type Lines = Editor<Answers, FileHistory>;

/// A line editor with the history of earlier sessions.
pub fn editor(answers: Answers) -> rustyline::Result<Lines> {
    let config = Config::builder()
        .max_history_size(MOST_REMEMBERED)?
        .history_ignore_dups(true)?
        .completion_type(CompletionType::List)
        .completion_show_all_if_ambiguous(true)
        .completion_prompt_limit(MOST_OFFERED)
        .bell_style(BellStyle::None)
        .color_mode(match answers.palette.is_coloured {
            true => ColorMode::Enabled,
            false => ColorMode::Disabled,
        })
        .tab_stop(4)
        .indent_size(4)
        .build();
    let screen = answers.screen.clone();
    let replacing = answers.replacing.clone();
    let mut editor = Editor::with_config(config)?;
    editor.set_helper(Some(answers));
    let enter = || EventHandler::Conditional(Box::new(Enter(screen.clone())));
    editor.bind_sequence(KeyEvent(KeyCode::Enter, Modifiers::NONE), enter());
    editor.bind_sequence(KeyEvent::ctrl('J'), enter());
    let newline = || EventHandler::Conditional(Box::new(NewLine));
    editor.bind_sequence(KeyEvent(KeyCode::Enter, Modifiers::ALT), newline());
    let tab = KeyEvent(KeyCode::Tab, Modifiers::NONE);
    editor.bind_sequence(tab, EventHandler::Conditional(Box::new(Tab)));
    for bracket in [')', ']', '}'] {
        let key = KeyEvent(KeyCode::Char(bracket), Modifiers::NONE);
        let closing = Closing {
            bracket,
            replacing: replacing.clone(),
        };
        editor.bind_sequence(key, EventHandler::Conditional(Box::new(closing)));
    }
    if let Some(path) = history_file() {
        // The first session finds none.
        let _ = editor.load_history(&path);
    }
    Ok(editor)
}

/// Remembers an entry, also for later sessions.
pub fn remember(editor: &mut Lines, entry: &str) {
    let Ok(true) = editor.add_history_entry(entry) else {
        return;
    };
    if let Some(path) = history_file() {
        if let Some(folder) = path.parent() {
            let _ = std::fs::create_dir_all(folder);
        }
        // A history that cannot be written is no reason to bother anybody.
        let _ = editor.append_history(&path);
    }
}

/// The last entries, oldest first.
pub fn remembered(editor: &Lines, most: usize) -> Vec<(usize, String)> {
    let history = editor.history();
    let first = history.len().saturating_sub(most);
    let entry = |index: usize| {
        let found = history.get(index, SearchDirection::Forward).ok()??;
        Some((index + 1, found.entry.into_owned()))
    };
    (first..history.len()).filter_map(entry).collect()
}

/// `CQ_HISTORY`, else the place for such files; `None` if there is none, or it is not wanted.
fn history_file() -> Option<PathBuf> {
    if let Some(chosen) = std::env::var_os("CQ_HISTORY") {
        return Some(PathBuf::from(chosen)).filter(|path| !path.as_os_str().is_empty());
    }
    let state = match std::env::var_os("XDG_STATE_HOME").filter(|path| !path.is_empty()) {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(std::env::var_os("HOME")?).join(".local/state"),
    };
    Some(state.join("cq").join("history"))
}

struct Enter(Arc<Screen>);

impl ConditionalEventHandler for Enter {
    fn handle(
        &self,
        _: &Event,
        _: RepeatCount,
        _: bool,
        context: &EventContext<'_>,
    ) -> Option<Cmd> {
        let (line, cursor) = (context.line(), context.pos());
        let accept = Cmd::AcceptOrInsertLine {
            accept_in_the_middle: true,
        };
        let in_last_line = !line[cursor..].trim_end().contains('\n');
        match indentation::needs(line) {
            Completeness::Complete if in_last_line => {
                self.0.closes();
                Some(accept)
            }
            // The check of the line will say so.
            Completeness::UnfinishedString => Some(accept),
            _ => Some(new_line(context)),
        }
    }
}

struct NewLine;

impl ConditionalEventHandler for NewLine {
    fn handle(
        &self,
        _: &Event,
        _: RepeatCount,
        _: bool,
        context: &EventContext<'_>,
    ) -> Option<Cmd> {
        Some(new_line(context))
    }
}

fn new_line(context: &EventContext<'_>) -> Cmd {
    let blanks = indentation::of_next_line(&context.line()[..context.pos()]);
    Cmd::Insert(1, format!("\n{blanks}"))
}

struct Tab;

impl ConditionalEventHandler for Tab {
    fn handle(
        &self,
        _: &Event,
        _: RepeatCount,
        _: bool,
        context: &EventContext<'_>,
    ) -> Option<Cmd> {
        let before = &context.line()[..context.pos()];
        let line = before.rsplit('\n').next().unwrap_or_default();
        let indents = before.contains('\n') && line.trim().is_empty();
        indents.then(|| Cmd::Insert(1, String::from(indentation::STEP)))
    }
}

/// rustyline has no command that takes away what stands before the cursor and puts in something
/// else, but completion does just that.
struct Closing {
    bracket: char,
    replacing: Arc<Mutex<Option<Replacing>>>,
}

impl ConditionalEventHandler for Closing {
    fn handle(
        &self,
        _: &Event,
        _: RepeatCount,
        _: bool,
        context: &EventContext<'_>,
    ) -> Option<Cmd> {
        let before = &context.line()[..context.pos()];
        let blanks = indentation::of_closing(before)?;
        *self.replacing.lock() = Some(Replacing {
            start: before.rfind('\n')? + 1,
            text: format!("{blanks}{}", self.bracket),
        });
        Some(Cmd::Complete)
    }
}
