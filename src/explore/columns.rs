//! An execution told in columns, one for each task.
//!
//! ```text
//!   line  main               task #2      task #3
//!      3  starts task #2
//!      2                     reads n: 0
//!         (task #2 is interrupted, about to write n)
//!      2                                  reads n: 0
//! ```

use std::fmt::Write;

use super::replay::Replayed;
use super::tell::Told;
use crate::diagnostics::source::Sources;

/// Wider than this a table is told as a list.
const WIDEST: usize = 110;

/// The steps of an execution.
pub fn told(replayed: &Replayed, sources: &Sources) -> String {
    let titles: Vec<&str> = replayed
        .titles
        .iter()
        .map(|title| title.split(" (").next().unwrap_or(title))
        .collect();
    let steps: Vec<(usize, &Told)> = (replayed.told.iter().enumerate())
        .filter(|(_, told)| !told.is_quiet && !told.what.is_empty())
        .collect();
    if steps.is_empty() {
        return String::from("  no steps: the main program has started no other task\n");
    }
    let mut widths: Vec<usize> = titles.iter().map(|title| title.chars().count()).collect();
    for (_, told) in &steps {
        widths[told.actor] = widths[told.actor].max(in_words(told).chars().count());
    }
    let wide = widths.iter().map(|width| width + 2).sum::<usize>() > WIDEST;
    let mut out = String::new();
    if !wide {
        let mut line = String::from("  line");
        for (title, width) in titles.iter().zip(&widths) {
            let _ = write!(line, "  {title:<width$}");
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
    for (step, told) in steps {
        if let Some(Some((actor, about))) = replayed.interrupted.get(step) {
            let about = match about {
                Some(about) => format!(", about to {about}"),
                None => String::new(),
            };
            let _ = writeln!(out, "        ({} is interrupted{about})", titles[*actor]);
        }
        let line = sources.line_of(told.place);
        let words = in_words(told);
        match wide {
            true => {
                let _ = writeln!(out, "  {line:>4}  {}: {words}", titles[told.actor]);
            }
            false => {
                let before: usize = widths[..told.actor].iter().map(|width| width + 2).sum();
                let _ = writeln!(out, "  {line:>4}  {:before$}{words}", "");
            }
        }
    }
    out
}

fn in_words(told: &Told) -> String {
    match (&told.variable, told.value.is_empty()) {
        (_, true) => told.what.clone(),
        (Some((name, true)), false) => format!("{name}: {}", told.value),
        (_, false) => format!("{}: {}", told.what, told.value),
    }
}
