//! How many executions the explorer runs in a second, one by one, on one core.
//!
//! ```text
//! cargo bench --bench explore            all programs, five rounds of a second each
//! cargo bench --bench explore -- lock    those whose name has this in it
//! ```
//!
//! States that are met again are not made use of here: every execution counted was run. The last
//! table is the other way, counted by way of states. Figures of others for programs of this kind,
//! as their authors or users give them: loom 12,000 to 18,000 a second, shuttle 80,000 to 290,000
//! (which tells no two equivalent orders apart), Concuerror some 90.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cq::diagnostics::source::Sources;
use cq::eval::compile;
use cq::explore::exploration::{Bounds, Exploration, explore};
use cq::runtime::output::Output;
use cq::runtime::run::Runtime;
use cq::value::function::Unit;

/// Programs of which each task takes ten operations, and how many tasks there are.
const ONE_BY_ONE: [(&str, &str); 6] = [
    (
        "three tasks, ten reads and writes of three variables, nobody joins them",
        "let a = 0\nlet b = 0\nlet c = 0\nfn work() {\n a += 1\n b += 1\n c += 1\n a += 1\n b += 1\n}\nfor _ in range(3) { spawn work() }",
    ),
    (
        "three tasks, ten reads and writes of three variables",
        "let a = 0\nlet b = 0\nlet c = 0\nfn work() {\n a += 1\n b += 1\n c += 1\n a += 1\n b += 1\n}\nlet ts = [spawn work() for _ in range(3)]\nfor t in ts { t.join() }",
    ),
    (
        "three tasks, ten reads and writes of one variable in a loop",
        "let n = 0\nfn work() { for _ in range(5) { n += 1 } }\nlet ts = [spawn work() for _ in range(3)]\nfor t in ts { t.join() }",
    ),
    (
        "three tasks, ten puts each into one queue",
        "let q = queue()\nfn work() { for i in range(10) { q.put(i) } }\nlet ts = [spawn work() for _ in range(3)]\nfor t in ts { t.join() }",
    ),
    (
        "three tasks, five times a lock each",
        "let n = 0\nlet l = lock()\nfn work() { for _ in range(5) { with l { n += 1 } } }\nlet ts = [spawn work() for _ in range(3)]\nfor t in ts { t.join() }",
    ),
    (
        "one writer and thirteen readers",
        "let x = 0\nfn read() { let seen = x }\nfn write() { x = 1 }\nlet ts = [spawn write()]\nfor _ in range(13) { ts.push(spawn read()) }\nfor t in ts { t.join() }",
    ),
];

/// Programs with more executions than anyone could run.
const BY_STATES: [(&str, &str); 3] = [
    (
        "five tasks, five increments in a lock each",
        "let n = 0\nlet l = lock()\nfn work() { for _ in range(5) { with l { n += 1 } } }\nlet ts = [spawn work() for _ in range(5)]\nfor t in ts { t.join() }\nprint(n)",
    ),
    (
        "eight tasks, five increments in a lock each",
        "let n = 0\nlet l = lock()\nfn work() { for _ in range(5) { with l { n += 1 } } }\nlet ts = [spawn work() for _ in range(8)]\nfor t in ts { t.join() }\nprint(n)",
    ),
    (
        "a bounded buffer, two producers and two consumers of five values each",
        "let q = queue(2)\nfn produce() { for i in range(5) { q.put(i) } }\nfn consume() { for _ in range(5) { q.get() } }\nlet ts = [spawn produce(), spawn produce(), spawn consume(), spawn consume()]\nfor t in ts { t.join() }",
    ),
];

const ROUNDS: usize = 5;

fn main() {
    let wanted = std::env::args().skip(1).find(|word| !word.starts_with('-'));
    let is_wanted = |name: &str| wanted.as_ref().is_none_or(|wanted| name.contains(wanted));
    println!("| one by one | executions | a second, median of {ROUNDS} (least to most) |");
    println!("| --- | ---: | ---: |");
    for (name, text) in ONE_BY_ONE.into_iter().filter(|it| is_wanted(it.0)) {
        let mut rates = Vec::new();
        let mut executions = 0;
        for _ in 0..ROUNDS {
            let (ran, took) = one_by_one(text, Duration::from_secs(1));
            executions = executions.max(ran);
            rates.push((ran as f64 / took.as_secs_f64()) as u64);
        }
        rates.sort_unstable();
        let (least, median, most) = (rates[0], rates[ROUNDS / 2], rates[ROUNDS - 1]);
        println!("| {name} | {executions} | {median} ({least} to {most}) |");
    }
    println!("\n| by way of states | executions | states | seconds |");
    println!("| --- | ---: | ---: | ---: |");
    for (name, text) in BY_STATES.into_iter().filter(|it| is_wanted(it.0)) {
        let (runtime, unit) = load(text);
        let begun = Instant::now();
        let found = explore(&runtime, unit, &Bounds::default(), |_, _| {});
        let took = begun.elapsed().as_secs_f64();
        let complete = if found.complete {
            ""
        } else {
            " (not complete)"
        };
        let (executions, states) = (found.executions, found.states);
        println!("| {name} | {executions}{complete} | {states} | {took:.2} |");
    }
}

/// Runs executions for so long, or until there are no more; how many, and how long it took.
fn one_by_one(text: &str, time: Duration) -> (u128, Duration) {
    let (runtime, unit) = load(text);
    let mut exploration = Exploration::new(runtime, unit, &Bounds::default());
    let begun = Instant::now();
    while exploration.step(|_| {}) {
        if exploration.found.executions.is_multiple_of(64) && begun.elapsed() >= time {
            break;
        }
    }
    (exploration.found.executions, begun.elapsed())
}

fn load(text: &str) -> (Arc<Runtime>, &'static Unit) {
    let sources = Sources::default();
    let source = sources.add(String::from("program.cq"), text.to_owned());
    let loaded = cq::cli::load::load(&[&source]);
    let Some(program) = loaded.program else {
        let messages = loaded.reports.iter().map(|report| &report.message);
        panic!("{:?} in\n{text}", messages.collect::<Vec<_>>());
    };
    let runtime = Runtime::new(sources, Output::silent(), Vec::new(), |_, _| String::new());
    (runtime, Unit::load(program, compile))
}
