//! Workers that die: killed from outside, at any moment, in the middle of anything.
//!
//! The programs here find out by themselves whether something was lost, came twice or is out of
//! order; the tests kill, and look at what the system has left of the processes.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::program;

/// 100,000 numbered values go through two processes. Whichever dies, the program collects what it
/// can and accounts for every value: what came out has no holes, what is left in the queues goes
/// on where that ended, and at most one value died with each process that had taken it.
const PIPELINE: &str = r#"
let n = 100000
fn relay(a, b) { for x in a { b.put(x) }; b.close() }
let a, b, c = [queue(), queue(), queue()]
let first = spawn relay(a, b) on process
let second = spawn relay(b, c) on process
let died = [0]
fn watch(t, q) {
    try { t.join() } catch e {
        assert(e.kind == "process-died", f"{e.kind}: {e.message}")
        died[0] = died[0] + 1
        q.close()
    }
}
let watchers = [spawn watch(first, b), spawn watch(second, c)]
let feeder = spawn { for i in range(n) { a.put(i) }; a.close() }
let next = 0
for x in c { assert(x == next, f"{x} came out where {next} should"); next += 1 }
for w in watchers { w.join() }
feeder.join()
let out = next
let lost = 0
for q in [b, a] {
    for x in q {
        assert(x == next or x == next + 1, f"{x} was left where {next} should be")
        lost += x - next
        next = x + 1
    }
}
lost += n - next
assert(lost <= died[0], f"{lost} lost, {died[0]} died")
assert(died[0] > 0 or out == n, f"nothing died, and {out} came out")
print("accounted for", n, "values")
"#;

#[test]
fn a_pipeline_of_processes_loses_nothing_whoever_is_killed() {
    let mut random = fastrand::Rng::with_seed(4711);
    let mut killed = 0;
    for round in 0..100 {
        let mut cq = start(PIPELINE);
        thread::sleep(Duration::from_micros(random.u64(0..250_000)));
        for _ in 0..random.u32(1..=2) {
            let workers = workers_of(cq.id());
            if let Some(&victim) = workers.get(random.usize(0..workers.len().max(1))) {
                killed += 1;
                kill(victim);
            }
            thread::sleep(Duration::from_micros(random.u64(0..2_000)));
        }
        let (status, stdout, stderr) = end(&mut cq);
        assert!(
            status == Some(0) && stdout == "accounted for 100000 values\n",
            "round {round}: {status:?}\n{stdout}\n{stderr}"
        );
    }
    assert!(killed > 50, "only {killed} were killed");
}

#[test]
fn a_lock_of_a_dead_process_is_told_to_one_and_free_for_the_next() {
    let program = r#"
        let l, ready, told = [lock(), queue(), queue()]
        fn holder() { l.acquire(); ready.put(1); while true { } }
        let t = spawn holder() on process
        ready.get()
        fn waiter() {
            try { l.acquire() } catch e {
                told.put(e.kind)
                l.acquire()
            }
            told.put("has it")
            l.release()
        }
        let ts = [spawn waiter() on process, spawn waiter(), spawn waiter() on process]
        print("kill")
        input()
        for w in ts { w.join() }
        told.close()
        print(sorted([x for x in told]))
        try { t.join() } catch e { print(e.kind) }
    "#;
    let mut cq = start(program);
    let mut lines = BufReader::new(cq.stdout.take().expect("piped"));
    expect_line(&mut lines, "kill");
    // The one that computes.
    kill(busiest(&workers_of(cq.id())));
    answer(&mut cq);
    expect_line(
        &mut lines,
        r#"["has it", "has it", "has it", "process-died"]"#,
    );
    expect_line(&mut lines, "process-died");
    assert_eq!(end(&mut cq).0, Some(0));
}

#[test]
fn a_pool_replaces_a_worker_that_was_killed() {
    let program = r#"
        with pool = process_pool(2) {
            fn work(n) { let i = 0; while i < 20000 { i += 1 }; n }
            let done, died = [0, 0]
            for round in range(40) {
                let fs = [future work(n) on pool for n in range(5)]
                for f in fs {
                    let e = exception(f)
                    if e == nil { done += 1 } else { assert(e.kind == "process-died"); died += 1 }
                }
                if round == 0 { print("go") }
            }
            print(done + died, died > 0, done > 100)
        }
    "#;
    let mut cq = start(program);
    let mut lines = BufReader::new(cq.stdout.take().expect("piped"));
    expect_line(&mut lines, "go");
    let mut random = fastrand::Rng::with_seed(11);
    for _ in 0..10 {
        let workers = workers_of(cq.id());
        if !workers.is_empty() {
            kill(workers[random.usize(0..workers.len())]);
        }
        thread::sleep(Duration::from_millis(2));
    }
    expect_line(&mut lines, "200 true true");
    assert_eq!(end(&mut cq).0, Some(0));
}

#[test]
fn nothing_is_left_of_workers_neither_processes_nor_descriptors() {
    let program = r#"
        fn round() {
            let ts = [spawn { if i == 2 { while true { } }; i } on process for i in range(4)]
            kill(ts[2])
            for t in ts { exception(t) }
            with pool = process_pool(2) { pool.map(fn(x) => x, range(4)) }
        }
        round()
        round()
        print("first")
        input()
        for i in range(15) { round() }
        print("last")
        input()
    "#;
    let mut cq = start(program);
    let mut lines = BufReader::new(cq.stdout.take().expect("piped"));
    expect_line(&mut lines, "first");
    let before = descriptors_without_workers(cq.id());
    answer(&mut cq);
    expect_line(&mut lines, "last");
    assert_eq!(descriptors_without_workers(cq.id()), before);
    answer(&mut cq);
    assert_eq!(end(&mut cq).0, Some(0));
}

#[test]
fn a_fork_server_that_is_killed_takes_nothing_with_it() {
    let program = r#"
        fn twice(n) { 2 * n }
        let total = 0
        for i in range(400) { total += join(spawn twice(i) on process) }
        print(total)
        input()
    "#;
    let mut random = fastrand::Rng::with_seed(17);
    let mut killed = 0;
    for round in 0..20 {
        let mut cq = start(program);
        let id = cq.id();
        // It is replaced a few times, and then workers are started anew.
        let killer = thread::spawn(move || {
            let mut killed = 0;
            let deadline = Instant::now() + Duration::from_millis(200);
            while Instant::now() < deadline {
                thread::sleep(Duration::from_micros(random.u64(0..10_000)));
                let server = children_of(id).into_iter().find(|&pid| is_fork_server(pid));
                if let Some(server) = server {
                    killed += 1;
                    kill(server);
                }
            }
            (killed, random)
        });
        let mut lines = BufReader::new(cq.stdout.take().expect("piped"));
        expect_line(&mut lines, "159600");
        let more;
        (more, random) = killer.join().expect("it kills");
        killed += more;
        descriptors_without_workers(id);
        let children = children_of(id);
        let alive = children.iter().filter(|&&pid| lives(pid)).count();
        assert_eq!(
            children.len(),
            alive,
            "round {round}: somebody is not buried"
        );
        answer(&mut cq);
        let (status, _, stderr) = end(&mut cq);
        assert_eq!((status, stderr.as_str()), (Some(0), ""), "round {round}");
    }
    assert!(killed > 20, "only {killed} were killed");
}

#[test]
fn a_program_ends_though_its_fork_server_hangs() {
    let program = r#"
        for i in range(10) { join(spawn i on process) }
        print("ready")
        input()
        exit(5)
    "#;
    let mut cq = start(program);
    let mut lines = BufReader::new(cq.stdout.take().expect("piped"));
    expect_line(&mut lines, "ready");
    let children = children_of(cq.id());
    for &server in children.iter().filter(|&&pid| is_fork_server(pid)) {
        send(server, "-STOP");
    }
    answer(&mut cq);
    assert_eq!(end(&mut cq).0, Some(5));
    assert!(!children.is_empty());
    let deadline = Instant::now() + Duration::from_secs(1);
    while let Some(&left) = children.iter().find(|&&pid| lives(pid)) {
        assert!(Instant::now() < deadline, "{left}: {:?}", facts(left));
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn workers_end_with_the_first_process_however_it_ends() {
    let program = r#"
        for i in range(10) { join(spawn i on process) }
        let ready = queue()
        let busy = spawn { ready.put(1); while true { } } on process
        let waiting = spawn { ready.put(1); sleep(1000) } on process
        let pool = process_pool(1)
        force(submit(pool, pid))
        ready.get(); ready.get()
        print("ready")
        match_end
    "#;
    for (how, end_of_program) in [
        ("killed", "input()"),
        ("exit", "exit(3)"),
        ("exit in a worker", "spawn exit(3) on process; sleep(100)"),
        (
            "deadlock",
            "busy.cancel(); waiting.cancel(); let q = queue(); spawn { q.get() } on process; q.get()",
        ),
    ] {
        let mut cq = start(&program.replace("match_end", end_of_program));
        let mut lines = BufReader::new(cq.stdout.take().expect("piped"));
        expect_line(&mut lines, "ready");
        // Three workers, what forks them, and perhaps others that are about to go; all of them may
        // have gone by now, if they are to.
        let workers = children_of(cq.id());
        assert!(how != "killed" || workers.len() >= 4, "{how}: {workers:?}");
        if how == "killed" {
            kill(cq.id());
        }
        let status = end(&mut cq).0;
        assert_eq!(status, (how != "killed").then_some(3), "{how}");
        let deadline = Instant::now() + Duration::from_secs(if how == "killed" { 1 } else { 0 });
        while workers.iter().any(|&pid| lives(pid)) {
            assert!(
                Instant::now() < deadline,
                "{how}: a worker outlives the program"
            );
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Starts a program whose ends of all pipes the test holds.
fn start(text: &str) -> Child {
    let path = program::scratch().join("program.cq");
    fs::write(&path, text).expect("the scratch folder can be written");
    Command::new(env!("CARGO_BIN_EXE_cq"))
        .arg(&path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("cq starts")
}

/// Waits for its end; gives its status and what it printed since.
fn end(cq: &mut Child) -> (Option<i32>, String, String) {
    let deadline = Instant::now() + program::PATIENCE;
    drop(cq.stdin.take());
    let stdout = cq.stdout.take().map(|out| thread::spawn(move || text(out)));
    let stderr = cq.stderr.take().map(|err| thread::spawn(move || text(err)));
    let status = loop {
        match cq.try_wait().expect("it can be waited for") {
            Some(status) => break status,
            None if Instant::now() > deadline => {
                drop(cq.kill());
                let stderr = stderr.map(|it| it.join().expect("read"));
                panic!("it still runs: {stderr:?}");
            }
            None => thread::sleep(Duration::from_millis(1)),
        }
    };
    let read = |reader: Option<thread::JoinHandle<String>>| {
        reader.map_or(String::new(), |it| it.join().expect("read"))
    };
    (status.code(), read(stdout), read(stderr))
}

fn text(mut from: impl Read) -> String {
    let mut bytes = Vec::new();
    let _ = from.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

fn expect_line(from: &mut impl BufRead, wanted: &str) {
    let mut line = String::new();
    from.read_line(&mut line).expect("a line");
    assert_eq!(line.trim_end(), wanted);
}

fn answer(cq: &mut Child) {
    let stdin = cq.stdin.as_mut().expect("piped");
    stdin.write_all(b"\n").expect("it reads");
}

fn kill(pid: u32) {
    send(pid, "-9");
}

fn send(pid: u32, signal: &str) {
    // It may be gone; that is none of anybody's business.
    let pid = pid.to_string();
    let _ = Command::new("kill").args([signal, &pid]).output();
}

/// The second field of a process's line of facts and all that follow: name, state, parent, …
fn facts(pid: u32) -> Option<(String, Vec<String>)> {
    let line = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (before, after) = line.rsplit_once(')')?;
    let name = before.split_once('(')?.1.to_owned();
    Some((name, after.split_whitespace().map(str::to_owned).collect()))
}

/// The workers of a program that have not been buried.
fn workers_of(parent: u32) -> Vec<u32> {
    let mut children = children_of(parent);
    children.retain(|&pid| !is_fork_server(pid));
    children
}

/// Whether it forks the workers of a program. (One that it has just forked is still called so.)
fn is_fork_server(pid: u32) -> bool {
    facts(pid).is_some_and(|(name, _)| name == "cq-fork-server")
}

/// The processes that a process has started and that have not been buried.
fn children_of(parent: u32) -> Vec<u32> {
    let mut found: Vec<u32> = fs::read_dir("/proc")
        .expect("the processes of the system")
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|&pid| facts(pid).is_some_and(|(_, facts)| facts[1] == parent.to_string()))
        .collect();
    found.sort_unstable();
    found
}

/// The one of these that has used most time.
fn busiest(workers: &[u32]) -> u32 {
    let used = |pid: &u32| facts(*pid).map_or(0, |(_, facts)| facts[11].parse().unwrap_or(0));
    // Until one of them stands out.
    let deadline = Instant::now() + program::PATIENCE;
    loop {
        let most = workers.iter().max_by_key(|pid| used(pid)).expect("workers");
        if used(most) >= 5 {
            return *most;
        }
        assert!(Instant::now() < deadline, "no worker computes");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Whether a process runs; one that waits to be buried does not.
fn lives(pid: u32) -> bool {
    facts(pid).is_some_and(|(_, facts)| facts[0] != "Z")
}

/// How many descriptors it has, but for the two of each worker, as soon as that stays the same for
/// a while. There is at most one worker then, which was started ahead.
fn descriptors_without_workers(pid: u32) -> usize {
    let look = || {
        let descriptors = fs::read_dir(format!("/proc/{pid}/fd")).expect("it runs");
        (descriptors.count(), workers_of(pid).len())
    };
    let mut last = look();
    let mut same = 0;
    while same < 20 {
        thread::sleep(Duration::from_millis(10));
        let now = look();
        same = if now == last { same + 1 } else { 0 };
        last = now;
    }
    let (descriptors, workers) = last;
    assert!(workers <= 1, "{workers} workers are left");
    descriptors - 2 * workers
}
