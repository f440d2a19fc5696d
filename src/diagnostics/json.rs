//! Reports for editors and graders: one JSON object a line, with the same content as what people
//! read.
//!
//! ```text
//! {"severity":"error","kind":"type","message":"cannot add int and nil",
//!  "place":{"file":"a.cq","line":5,"column":9,"end_line":5,"end_column":15,"text":"s is 45"},
//!  "also":[],"waiting":[],"circle":[],"notes":["in accum, called at a.cq:11:19"],"help":"…"}
//! ```

use serde_json::{Value, json};

use super::report::{Label, Report, Severity, Waiting};
use super::source::Sources;

/// One report, with a newline at its end.
pub fn json(report: &Report, sources: &Sources) -> String {
    let place = |label: &Label| place(label, sources);
    let object = json!({
        "severity": match report.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        "kind": report.kind,
        "message": report.message,
        "place": report.primary.as_ref().map(place),
        "also": report.secondary.iter().map(place).collect::<Vec<Value>>(),
        "waiting": report.waiting.iter().map(|waiting| told(waiting, sources)).collect::<Vec<Value>>(),
        "circle": report.circle,
        "notes": report.notes,
        "help": report.help,
    });
    format!("{object}\n")
}

fn place(label: &Label, sources: &Sources) -> Value {
    let Some(source) = sources.get(label.span.source) else {
        return Value::Null;
    };
    let (line, column) = source.position(label.span.start);
    let (end_line, end_column) = source.position(label.span.end);
    json!({
        "file": source.name,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
        "text": label.text,
    })
}

fn told(waiting: &Waiting, sources: &Sources) -> Value {
    let locals = waiting.locals.iter();
    json!({
        "task": waiting.task,
        "name": waiting.name,
        "runs": waiting.runs,
        "place": place(&waiting.at, sources),
        "since_seconds": waiting.since.map(|since| since.as_secs_f64()),
        "locals": locals.map(|(name, shown)| json!({"name": name, "value": shown})).collect::<Vec<Value>>(),
        "calls": waiting.calls,
        "helpers": waiting.helpers,
    })
}
