//! A failure as a report: what people read of an error that nobody caught.

use crate::diagnostics::report::Report;
use crate::diagnostics::source::Sources;
use crate::gate::Gate;
use crate::value::Failure;
use crate::value::error::{CallFrame, TaskMark, Thrown};
use crate::value::show::show;

/// The report of a failure.
pub fn report(failure: &Failure, sources: &Sources) -> Report {
    let message = match &failure.thrown {
        Thrown::Error { message, .. } => message.to_string(),
        Thrown::Value(value) => {
            let shown = show(value, &Gate::open())
                .unwrap_or_else(|_| format!("a very deep {}", value.type_name()));
            format!("uncaught {shown}")
        }
    };
    let story = &failure.story;
    let mut report = match story.span {
        Some(span) => Report::error(span, message).label(story.label.clone()),
        None => Report::without_place(message),
    };
    report.kind = match &failure.thrown {
        Thrown::Error { kind, .. } => Some(kind.word().to_owned()),
        Thrown::Value(_) => None,
    };
    report.notes = call_lines(&story.calls, story.calls_left_out, sources);
    let tasks = story.tasks.iter().map(|task| task_line(task, sources));
    report.notes.extend(tasks);
    report.help = story.help.clone();
    report
}

/// The calls, innermost first. The same call many times over is one line and a number:
///
/// ```text
/// in fact, called at fact.cq:1:19
/// … 36,710 more calls …
/// in fact, called at fact.cq:2:7
/// ```
pub fn call_lines(calls: &[CallFrame], calls_left_out: usize, sources: &Sources) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut left_out = 0;
    let inner = calls.len().div_ceil(2);
    let mut last: Option<&CallFrame> = None;
    for (place, call) in calls.iter().enumerate() {
        if place == inner {
            left_out += calls_left_out;
        }
        if last == Some(call) {
            left_out += 1;
            continue;
        }
        lines.extend(left_out_line(left_out));
        left_out = 0;
        lines.push(call_line(call, sources));
        last = Some(call);
    }
    lines.extend(left_out_line(left_out));
    lines
}

fn left_out_line(calls: usize) -> Option<String> {
    match calls {
        0 => None,
        1 => Some(String::from("… 1 more call …")),
        _ => Some(format!("… {calls} more calls …")),
    }
}

/// What [`CallFrame::function`] says of the code of a promise.
pub const PROMISE: &str = "a promise";

/// What [`CallFrame::function`] says of a check, before its title.
pub const CHECK: &str = "the check ";

/// One line of a trace, such as `in accum, called at pipeline.cq:11:19`.
pub fn call_line(call: &CallFrame, sources: &Sources) -> String {
    let name = call.function.as_deref().unwrap_or("a lambda");
    match call.called_at {
        Some(span) if name == PROMISE => {
            format!("in a promise, forced at {}", sources.locate(span))
        }
        Some(span) if name.starts_with(CHECK) => format!("in {name}, at {}", sources.locate(span)),
        Some(span) => format!("in {name}, called at {}", sources.locate(span)),
        None => format!("in {name}, called by a builtin"),
    }
}

/// `in task #2 (process 4711), spawned at pipeline.cq:11:13`
pub fn task_line(task: &TaskMark, sources: &Sources) -> String {
    let kind = if task.verb == "spawned" {
        "task"
    } else {
        "future"
    };
    let process = task
        .process
        .map(|process| format!(" (process {process})"))
        .unwrap_or_default();
    let started = match task.started_at {
        Some(span) => format!(", {} at {}", task.verb, sources.locate(span)),
        None => String::new(),
    };
    format!("in {kind} #{}{process}{started}", task.number)
}

/// The trace as the lines that `.trace` gives.
pub fn trace(failure: &Failure, sources: &Sources) -> Vec<String> {
    let story = &failure.story;
    let place = story
        .span
        .map(|span| format!("at {}", sources.locate(span)));
    let calls = story.calls.iter().map(|call| call_line(call, sources));
    let tasks = story.tasks.iter().map(|task| task_line(task, sources));
    place.into_iter().chain(calls).chain(tasks).collect()
}
