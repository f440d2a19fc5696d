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
    let inner = story.calls.len().div_ceil(2);
    let (first, last) = story.calls.split_at(inner);
    for line in call_lines(first, sources) {
        report = report.note(line);
    }
    if story.calls_left_out > 0 {
        report = report.note(format!("… {} more calls …", story.calls_left_out));
    }
    for line in call_lines(last, sources) {
        report = report.note(line);
    }
    for task in &story.tasks {
        report = report.note(task_line(task, sources));
    }
    report.help = story.help.clone();
    report
}

/// The lines of several calls; those of a recursion, which are all the same, are told once.
fn call_lines(calls: &[CallFrame], sources: &Sources) -> Vec<String> {
    let same = calls.chunk_by(|one, next| one == next);
    same.map(|calls| match calls.len() {
        1 => call_line(&calls[0], sources),
        times => format!("{} ({times} times)", call_line(&calls[0], sources)),
    })
    .collect()
}

/// One line of a trace, such as `in accum, called at pipeline.cq:11:19`.
pub fn call_line(call: &CallFrame, sources: &Sources) -> String {
    let name = call.function.as_deref().unwrap_or("a lambda");
    match call.called_at {
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
