//! What has no peer: how fast programs are checked, what waiting tasks need, how work scales.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crate::Outcome;
use crate::compare::{cq, median};
use crate::measure::{Run, run};

/// Tasks that wait for nothing in particular, and how many.
const WAITING: &[(&str, &str, u64)] = &[
    ("a blocked future", "future q.get()", 10_000),
    ("a blocked spawned thread", "spawn q.get()", 500),
];

/// What costs what: a program of its own prints that.
pub fn costs() -> Outcome<String> {
    let program = crate::benches().join("costs.cq");
    Ok(run(&cq(&[&program.display().to_string()]))?.output)
}

/// Lines of the tables, each a row.
pub fn measure(rounds: usize) -> Outcome<Vec<String>> {
    let mut lines = Vec::new();
    for count in [5_000, 100_000] {
        let program = written("check.cq", &long_program(count))?;
        let runs = times(&cq(&["check", &program]), rounds)?;
        lines.push(format!(
            "| `cq check` of {count} lines | {:.0} ms, {:.1} MB |",
            middle(&runs),
            megabytes(&runs)
        ));
    }
    let empty = run(&cq(&["-e", "sleep(0.05)"]))?;
    for (what, form, count) in WAITING {
        let code = format!(
            "let q = queue()\nlet ts = [{form} for i in range({count})]\nsleep(0.3)\nfor t in ts {{ q.put(1) }}\nfor t in ts {{ force(t) }}"
        );
        let program = written("waiting.cq", &code)?;
        let full = run(&cq(&[&program]))?;
        let each = full.memory.saturating_sub(empty.memory) as f64 / *count as f64;
        lines.push(format!("| {what} | {each:.1} KB of memory |"));
    }
    lines.push(spawns_beside_processes(rounds)?);
    let program = crate::benches().join("shared_nothing/shared_nothing.cq");
    let program = program.display().to_string();
    let (mut ratios, mut one, mut two) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds.max(1) {
        one.push(run(&cq(&[&program, "1"]))?.time);
        two.push(run(&cq(&[&program, "2"]))?.time);
        ratios.push(2.0 * one[one.len() - 1] / two[two.len() - 1]);
    }
    ratios.sort_by(f64::total_cmp);
    lines.push(format!(
        "| two threads that share nothing | {:.2} times the work of one in the same time |",
        median(&ratios)
    ));
    Ok(lines)
}

/// What a task with a process of its own takes beside a process of this binary that does nothing.
fn spawns_beside_processes(rounds: usize) -> Outcome<String> {
    const COUNT: usize = 50;
    let program = |count| format!("for i in range({count}) {{ join(spawn nil on process) }}");
    let (none, all) = (cq(&["-e", &program(0)]), cq(&["-e", &program(COUNT)]));
    let nothing = cq(&["--version"]);
    let (mut tasks, mut ratios) = (Vec::new(), Vec::new());
    for _ in 0..rounds.max(1) {
        let began = Instant::now();
        for _ in 0..COUNT {
            let (binary, arguments) = nothing.split_first().ok_or("no command")?;
            Command::new(binary).args(arguments).output()?;
        }
        let bare = began.elapsed().as_secs_f64() * 1e3 / COUNT as f64;
        let task = (run(&all)?.time - run(&none)?.time) / COUNT as f64;
        tasks.push(task);
        ratios.push(task / bare);
    }
    tasks.sort_by(f64::total_cmp);
    ratios.sort_by(f64::total_cmp);
    Ok(format!(
        "| a spawned process, start to joined | {:.1} ms, {:.2} times as long as `cq --version` |",
        median(&tasks),
        median(&ratios)
    ))
}

fn times(command: &[String], rounds: usize) -> Outcome<Vec<Run>> {
    (0..rounds.max(1)).map(|_| run(command)).collect()
}

fn middle(runs: &[Run]) -> f64 {
    let mut times: Vec<f64> = runs.iter().map(|run| run.time).collect();
    times.sort_by(f64::total_cmp);
    median(&times)
}

fn megabytes(runs: &[Run]) -> f64 {
    runs.iter().map(|run| run.memory).max().unwrap_or(0) as f64 / 1024.0
}

/// A program of so many lines, of the kinds that programs have.
fn long_program(lines: usize) -> String {
    let mut text = String::new();
    for number in 0..lines / 10 {
        text.push_str(&format!(
            "## Number {number}.\nfn work_{number}(n, step = 1) {{\n    let total = 0\n    for i in range(0, n, step) {{\n        if i % 3 == 0 {{ continue }}\n        total += i * {number} + len([i, n])\n    }}\n    return [\"total\": total, \"name\": f\"work {{n}}\"]\n}}\nlet result_{number} = work_{number}({number}).total\n"
        ));
    }
    text
}

fn written(name: &str, text: &str) -> Outcome<String> {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, text)?;
    Ok(path.display().to_string())
}
