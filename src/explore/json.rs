//! What was found, as JSON for other programs.

use std::fmt::Write;

use super::ending::{End, Outcome};
use super::exploration::Found;

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
