//! What was found, as JSON for other programs.

use std::fmt::Write;

use super::ending::{End, Outcome};
use super::exploration::Found;
use super::replay::Replayed;
use crate::diagnostics::source::Sources;

/// The whole of it, on one line.
pub fn found(found: &Found) -> String {
    let outcomes: Vec<String> = found.outcomes.all.iter().map(outcome).collect();
    format!(
        "{{\"complete\": {}, \"executions\": {}, \"blocked\": {}, \"outcomes\": [{}]}}\n",
        found.complete,
        found.executions,
        found.blocked,
        outcomes.join(", ")
    )
}

fn outcome(outcome: &Outcome) -> String {
    let mut text = format!(
        "{{\"output\": {}, {}, \"executions\": {}",
        string(&outcome.ended.output),
        end(&outcome.ended.end),
        outcome.executions
    );
    let _ = write!(text, ", \"schedule\": {}}}", string(&outcome.schedule));
    text
}

/// One execution, with its steps.
pub fn replayed(schedule: &str, replayed: &Replayed, sources: &Sources) -> String {
    let steps = replayed
        .told
        .iter()
        .filter(|told| !told.is_quiet && !told.what.is_empty());
    let steps: Vec<String> = steps
        .map(|told| {
            format!(
                "{{\"task\": {}, \"line\": {}, \"what\": {}, \"value\": {}}}",
                string(replayed.titles[told.actor].split(" (").next().unwrap_or("")),
                sources.line_of(told.place),
                string(&told.what),
                string(&told.value)
            )
        })
        .collect();
    let mut text = format!("{{\"schedule\": {}", string(schedule));
    match &replayed.misfit {
        Some(why) => {
            let _ = write!(text, ", \"fits\": false, \"why\": {}", string(why));
        }
        None => {
            let output = string(&replayed.ended.output);
            let end = end(&replayed.ended.end);
            let _ = write!(text, ", \"fits\": true, \"output\": {output}, {end}");
        }
    }
    let _ = writeln!(text, ", \"steps\": [{}]}}", steps.join(", "));
    text
}

/// How it ended, as fields.
pub fn end(end: &End) -> String {
    let mut text = format!("\"end\": {}", string(end.word()));
    if let End::Error { kind, message } = end {
        let _ = write!(
            text,
            ", \"kind\": {}, \"message\": {}",
            string(kind),
            string(message)
        );
    }
    text
}

/// A string in quotes.
pub fn string(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            control if u32::from(control) < 0x20 => {
                let _ = write!(out, "\\u{:04x}", u32::from(control));
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}
