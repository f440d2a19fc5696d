//! What has no peer: how fast programs are checked, what waiting tasks need, how work scales.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
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
    lines.extend(pools_of_primes(rounds)?);
    lines.push(hand_overs(rounds)?);
    Ok(lines)
}

/// The lecture's primes in a pool of processes beside one after the other: its six, of which one is
/// quickly done, and each of them twice, which two processors can share evenly.
fn pools_of_primes(rounds: usize) -> Outcome<Vec<String>> {
    let mut lines = Vec::new();
    for (what, times) in [("the lecture's six primes", 1), ("each of them twice", 2)] {
        let commands = ["process_primes_sequential", "process_primes"].map(|name| {
            let path = crate::benches().join(name).join(format!("{name}.cq"));
            let text = fs::read_to_string(path)?;
            let more = format!("\n]\nnumbers = numbers * {times}\n");
            let program = written(&format!("{name}.cq"), &text.replacen("\n]\n", &more, 1))?;
            Outcome::Ok(cq(&[&program]))
        });
        let [one_by_one, pool] = commands;
        let (one_by_one, pool) = (one_by_one?, pool?);
        let mut ratios = Vec::new();
        for _ in 0..rounds.max(1) {
            ratios.push(run(&one_by_one)?.time / run(&pool)?.time);
        }
        ratios.sort_by(f64::total_cmp);
        lines.push(format!(
            "| a pool of processes, {what} | {:.2} times as fast as one after the other |",
            median(&ratios)
        ));
    }
    Ok(lines)
}

/// How often two threads hand over to each other.
const HAND_OVERS: usize = 200_000;

/// Two tasks that hand a value to and fro, on one processor, beside two threads that only wake each
/// other there.
fn hand_overs(rounds: usize) -> Outcome<String> {
    let pinned = |command: Vec<String>| {
        let taskset = ["taskset", "-c", "0"].map(str::to_owned);
        taskset.into_iter().chain(command).collect::<Vec<_>>()
    };
    let program = crate::benches().join("queue_ping_pong/queue_ping_pong.cq");
    let ours = pinned(cq(&[&program.display().to_string()]));
    let nothing = pinned(cq(&["-e", "nil"]));
    let own = std::env::current_exe()?.display().to_string();
    let bare = pinned(vec![own, String::from("--park")]);
    let (mut ratios, mut each) = (Vec::new(), Vec::new());
    for _ in 0..rounds.max(1) {
        let time = run(&ours)?.time - run(&nothing)?.time;
        ratios.push(time / run(&bare)?.time);
        each.push(time * 1e3 / HAND_OVERS as f64);
    }
    ratios.sort_by(f64::total_cmp);
    each.sort_by(f64::total_cmp);
    Ok(format!(
        "| a value handed over between threads on one processor | {:.1} us, {:.2} times as long as a bare park and unpark |",
        median(&each),
        median(&ratios)
    ))
}

/// Two threads that wake each other in turns, for the comparison.
pub fn park_in_turns() {
    let turn = Arc::new(AtomicUsize::new(0));
    let (theirs, first) = (turn.clone(), thread::current());
    let wait = |turn: &AtomicUsize, until: usize| {
        while turn.load(Ordering::SeqCst) != until {
            thread::park();
        }
    };
    let second = thread::spawn(move || {
        for round in (1..HAND_OVERS).step_by(2) {
            wait(&theirs, round);
            theirs.store(round + 1, Ordering::SeqCst);
            first.unpark();
        }
    });
    for round in (1..HAND_OVERS).step_by(2) {
        turn.store(round, Ordering::SeqCst);
        second.thread().unpark();
        wait(&turn, round + 1);
    }
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
