//! The table of outcomes, as people read it.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::ending::{End, Outcome};
use super::exploration::Found;
use crate::diagnostics::words::count;

/// How many characters of what was printed a row shows.
const SHOWN: usize = 40;

/// Past so many outcomes those that differ in the order of lines only share a row.
const MANY: usize = 20;

/// One row: an outcome, or several that differ in the order of lines only.
struct Row<'a> {
    number: usize,
    executions: u128,
    outcome: &'a Outcome,
    orders: usize,
}

/// The whole table. `full` shows every outcome in a row of its own, and all that was printed.
pub fn table(name: &str, found: &Found, full: bool) -> String {
    let rows = rows(&found.outcomes.all, full);
    let mut out = String::new();
    let outcomes = count(found.outcomes.all.len(), "outcome");
    let executions = spelled(found.executions, "execution");
    let complete = if found.complete {
        "complete"
    } else {
        "not complete"
    };
    let _ = write!(out, "{name}: {outcomes} in {executions} ({complete}");
    if found.blocked > 0 {
        let _ = write!(out, "; {} more led to nothing new", number(found.blocked));
    }
    if found.states > 0 {
        let states = spelled(found.states, "state");
        let _ = write!(out, "; {states}, {} met again", number(found.met));
    }
    out.push_str(")\n\n");
    let mut cells = vec![["#", "executions", "ends", "schedule", "prints"].map(String::from)];
    for row in &rows {
        cells.push([
            (row.number + 1).to_string(),
            number(row.executions),
            ends(&row.outcome.ended.end),
            row.outcome.schedule.clone(),
            prints(row, full),
        ]);
    }
    let mut widths = [0; 5];
    for cell in &cells {
        for (width, text) in widths.iter_mut().zip(cell) {
            *width = (*width).max(text.chars().count());
        }
    }
    for cell in &cells {
        let [a, b, c, d, e] = cell;
        let [wa, wb, wc, wd, _] = widths;
        let line = format!("  {a:>wa$}  {b:>wb$}  {c:<wc$}  {d:<wd$}  {e}");
        let _ = writeln!(out, "{}", line.trim_end());
    }
    if full {
        for row in &rows {
            let _ = writeln!(out, "\n{} prints", row.number + 1);
            for line in row.outcome.ended.output.lines() {
                let _ = writeln!(out, "    {line}");
            }
        }
    }
    out
}

/// The places of the outcomes that rows begin with.
pub fn firsts(outcomes: &[Outcome], full: bool) -> Vec<usize> {
    let rows = rows(outcomes, full);
    rows.iter().map(|row| row.number).collect()
}

fn rows<'a>(outcomes: &'a [Outcome], full: bool) -> Vec<Row<'a>> {
    let single = |(number, outcome): (usize, &'a Outcome)| Row {
        number,
        executions: outcome.executions,
        outcome,
        orders: 1,
    };
    if outcomes.len() <= MANY || full {
        return outcomes.iter().enumerate().map(single).collect();
    }
    let mut rows: Vec<Row<'_>> = Vec::new();
    let mut places: BTreeMap<(Vec<&str>, &End), usize> = BTreeMap::new();
    for (number, outcome) in outcomes.iter().enumerate() {
        let mut lines: Vec<&str> = outcome.ended.output.lines().collect();
        lines.sort_unstable();
        match places.get(&(lines.clone(), &outcome.ended.end)) {
            Some(&place) => {
                rows[place].executions += outcome.executions;
                rows[place].orders += 1;
            }
            None => {
                places.insert((lines, &outcome.ended.end), rows.len());
                rows.push(single((number, outcome)));
            }
        }
    }
    rows
}

fn prints(row: &Row<'_>, full: bool) -> String {
    let output = &row.outcome.ended.output;
    let lines = output.lines().count();
    if row.orders > 1 {
        let orders = spelled(row.orders as u64, "order");
        return format!("these {lines} lines in {orders}: {}", shortened(output));
    }
    match (full, output.is_empty()) {
        (_, true) => String::from("nothing"),
        (true, _) => count(lines, "line"),
        (false, _) => shortened(output),
    }
}

/// The lines on one line, cut.
fn shortened(output: &str) -> String {
    let joined = output.trim_end_matches('\n').replace('\n', " / ");
    match joined.chars().count() > SHOWN {
        true => joined.chars().take(SHOWN).chain(" …".chars()).collect(),
        false => joined,
    }
}

fn ends(end: &End) -> String {
    match end {
        End::Error { kind, message } => {
            let text = match kind.is_empty() {
                true => format!("error: {message}"),
                false => format!("error {kind}: {message}"),
            };
            shortened(&text)
        }
        other => other.word().to_owned(),
    }
}

/// `1 execution`, `1,204 executions`
pub fn spelled(many: impl Into<u128>, noun: &str) -> String {
    let many = many.into();
    let plural = if many == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", number(many))
}

/// With commas: `1,204`.
pub fn number(number: impl Into<u128>) -> String {
    let digits = number.into().to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
