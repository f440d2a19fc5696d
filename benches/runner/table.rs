//! What is written: lines for the terminal, and the tables of docs/performance.md and README.md,
//! between marks that stand there.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::Outcome;
use crate::compare::{Side, Work, median};
use crate::peer;

/// The kinds of work, by how the names of their folders begin; the rest is sequential.
const GROUPS: &[(&str, &str)] = &[
    ("futures_", "Futures"),
    ("process_", "Processes"),
    ("queue_", "Queues"),
    ("shared_", "Sharing"),
    ("startup_", "Start-up"),
];

const SEQUENTIAL: &str = "Sequential";

/// The comparisons that the README shows: work, peer.
const HEADLINES: &[(&str, &str)] = &[
    ("primes", "CPython"),
    ("fib", "CPython"),
    ("fib", "Lua 5.4"),
    ("futures_flat", "CPython"),
    ("futures_fib", "Go"),
    ("queue_one_to_one", "CPython"),
    ("queue_pipeline", "CPython"),
    ("process_primes", "CPython"),
];

fn group(work: &str) -> &'static str {
    let named = GROUPS.iter().find(|(prefix, _)| work.starts_with(prefix));
    named.map_or(SEQUENTIAL, |(_, name)| name)
}

/// The lines of one piece of work, for the terminal.
pub fn lines(work: &Work) -> String {
    let mut text = String::new();
    for side in [&work.cq].into_iter().chain(&work.peers) {
        let _ = writeln!(
            text,
            "{:<18} {:<20} {:>9.1} ms {:>9.1} ms work {:>8.1} MB {:>11} allocations {:>14} instructions   {}",
            work.name,
            side.name,
            median(&side.times),
            median(&side.work),
            side.memory as f64 / 1024.0,
            number(side.allocations),
            number(side.instructions),
            spread(side),
        );
    }
    text
}

fn number(count: Option<u64>) -> String {
    count.map_or(String::from("-"), |count| count.to_string())
}

/// The median of the ratios and how far they lie apart.
fn spread(side: &Side) -> String {
    match (side.ratios.first(), side.ratios.last()) {
        (Some(least), Some(most)) => {
            format!("{:.2} ({least:.2} to {most:.2})", median(&side.ratios))
        }
        _ => String::new(),
    }
}

/// The geometric means over each group, by peer, for the terminal.
pub fn means(works: &[Work]) -> String {
    let mut text = String::new();
    for ((group, peer), (mean, count)) in geometric(works) {
        let _ = writeln!(
            text,
            "{group}: {mean:.2} times as fast as {peer}, over {count}"
        );
    }
    text
}

fn geometric(works: &[Work]) -> BTreeMap<(&'static str, &'static str), (f64, usize)> {
    let mut sums: BTreeMap<_, (f64, usize)> = BTreeMap::new();
    for work in works {
        for side in &work.peers {
            let sum = sums.entry((group(&work.name), side.name)).or_default();
            sum.0 += median(&side.ratios).ln();
            sum.1 += 1;
        }
    }
    let mean = |(sum, count): (f64, usize)| ((sum / count as f64).exp(), count);
    sums.into_iter()
        .map(|(key, sum)| (key, mean(sum)))
        .collect()
}

/// Puts the tables where they belong.
pub fn write(works: &[Work], own: &[String], costs: &str) -> Outcome<()> {
    let mut text = String::from("\n");
    let groups = [SEQUENTIAL]
        .into_iter()
        .chain(GROUPS.iter().map(|(_, name)| *name));
    for name in groups {
        let mut works = works
            .iter()
            .filter(|work| group(&work.name) == name)
            .peekable();
        if works.peek().is_none() {
            continue;
        }
        let _ = writeln!(
            text,
            "### {name}\n\n| work | | time | memory | allocations | cq is as fast, times |\n| --- | --- | ---: | ---: | ---: | --- |"
        );
        for work in works {
            for side in [&work.cq].into_iter().chain(&work.peers) {
                let _ = writeln!(
                    text,
                    "| {} | {} | {:.0} ms | {:.0} MB | {} | {} |",
                    work.name,
                    side.name,
                    median(&side.times),
                    side.memory as f64 / 1024.0,
                    number(side.allocations),
                    spread(side)
                );
            }
        }
        text.push('\n');
    }
    if !own.is_empty() {
        let _ = writeln!(
            text,
            "### By itself\n\n| | |\n| --- | --- |\n{}\n",
            own.join("\n")
        );
    }
    text.push_str("### Geometric means\n\n| | peer | cq is as fast, times | over |\n| --- | --- | ---: | ---: |\n");
    for ((group, peer), (mean, count)) in geometric(works) {
        let _ = writeln!(text, "| {group} | {peer} | {mean:.2} | {count} |");
    }
    text.push_str("\nThe peers: ");
    let versions: Vec<String> = peer::installed().into_iter().map(peer::version).collect();
    let mut versions: Vec<&str> = versions.iter().map(String::as_str).collect();
    versions.dedup();
    let _ = writeln!(text, "{}.\n", versions.join("; "));
    let _ = writeln!(text, "### What costs what\n\n```text\n{costs}```\n");
    put("docs/performance.md", &text)?;
    put("README.md", &headlines(works))
}

fn headlines(works: &[Work]) -> String {
    let mut text = String::from("\n| work | beside | times as fast |\n| --- | --- | ---: |\n");
    for (name, peer) in HEADLINES {
        let work = works.iter().find(|work| work.name == *name);
        let side = work.and_then(|work| work.peers.iter().find(|side| side.name == *peer));
        if let Some(side) = side {
            let _ = writeln!(text, "| {name} | {peer} | {:.1} |", median(&side.ratios));
        }
    }
    text.push('\n');
    text
}

/// Replaces what stands between the marks of a page.
fn put(page: &str, text: &str) -> Outcome<()> {
    const BEGIN: &str = "<!-- figures: written by `cargo bench --bench peers -- --write` -->";
    const END: &str = "<!-- figures end -->";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
    let old = fs::read_to_string(&path)?;
    let (before, rest) = old
        .split_once(BEGIN)
        .ok_or_else(|| format!("{page} has no {BEGIN}"))?;
    let (_, after) = rest
        .split_once(END)
        .ok_or_else(|| format!("{page} has no {END}"))?;
    fs::write(path, format!("{before}{BEGIN}\n{text}{END}{after}"))?;
    Ok(())
}
