//! Ctrl-C and the limits: whatever a program does, it stops, says where it was, and leaves the
//! right exit status.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::program::{Outcome, cq};

/// Room for a busy machine; on an idle one all of this takes milliseconds.
const SOON: Duration = Duration::from_secs(20);

#[track_caller]
fn stops(options: &[&str], code: &str, status: i32, says: &str) -> Outcome {
    let begin = Instant::now();
    let outcome = cq(options).arguments(["-e", code]).run();
    assert_eq!(outcome.status, Some(status), "{code}: {outcome}");
    assert!(
        outcome.stderr.contains(says),
        "{code}: expected {says:?}: {outcome}"
    );
    assert!(!outcome.stderr.contains("panicked"), "{outcome}");
    assert!(outcome.stderr.len() < 8000, "a short report: {outcome}");
    assert!(begin.elapsed() < 2 * SOON, "it took {:?}", begin.elapsed());
    outcome
}

#[test]
fn a_time_limit() {
    let outcome = stops(
        &["--timeout", "0.3"],
        "fn f() { while true { } }\nspawn f()\nlet q = queue()\nq.get()",
        4,
        "stopped: the time limit of 300 ms has passed",
    );
    for line in [
        "task #1 (the main program) waited at <code>:4:1 for a value of queue #1",
        "task #2 was running at <code>:1:16, in f, called at <code>:2:7",
    ] {
        assert!(outcome.stderr.contains(line), "{line}: {outcome}");
    }
}

#[test]
fn endless_programs_inside_a_time_limit() {
    for code in [
        "while true { }",
        "sleep(1000)",
        "fn f() { try { f() } catch e { f() } }; f()",
        "while true { try { while true { } } finally { while true { } } }",
        "future sum(range(10 ** 15)); sum(range(10 ** 15))",
        "let x = 3; while true { x = x * x % 10 ** 1000000 }",
    ] {
        stops(&["--timeout", "0.3"], code, 4, "stopped: the time limit");
    }
}

#[test]
fn an_endless_print() {
    let outcome = cq(["--timeout", "0.3", "-e", "while true { print(1) }"]).run();
    assert_eq!(outcome.status, Some(4));
    assert!(outcome.stderr.contains("stopped: the time limit"));
}

#[test]
fn a_limit_of_tasks() {
    let limit = ["--max-tasks", "50"];
    let says = "stopped: more than 50 tasks at once";
    stops(
        &limit,
        "fn bomb() { spawn bomb(); spawn bomb() }\nbomb()\nsleep(100)",
        4,
        says,
    );
    stops(
        &limit,
        "let q = queue(); let fs = [future q.get() for i in range(100_000)]\nsleep(100)",
        4,
        says,
    );
    stops(
        &limit,
        "while true { try { spawn sleep(100) } catch e { } }",
        4,
        says,
    );
}

#[test]
fn tasks_within_their_limit() {
    let code = "for i in range(1000) { (spawn i).join() }
        for i in range(1000) { force(future i) }
        print(1)";
    assert_eq!(cq(["--max-tasks", "5", "-e", code]).run().printed(), "1\n");
}

#[cfg(target_os = "linux")]
#[test]
fn a_limit_of_memory() {
    let limit = ["--max-memory", "150"];
    let says = "stopped: more than 150 MB of memory";
    for code in [
        "let s = [1]; while true { s = s + s }",
        "let s = []; while true { s = [s, 1, 2, 3] }",
        "let s = []; while true { s.push(s) }",
        "let s = \"x\"; while true { s += s }",
        "let m = [:]; let i = 0; while true { m[i] = str(i); i += 1 }",
        "let q = queue(); while true { q.put([1, 2, 3]) }",
        "[0] * 10 ** 8",
        "[i for i in range(10 ** 9)]",
        "fn f(n) => 1 + f(n + 1)\nlet ts = [spawn f(0) for i in range(40)]\nfor t in ts { join(t) }",
    ] {
        stops(&limit, code, 4, says);
    }
}

#[test]
fn recursion_in_forty_tasks() {
    let code = "fn f(n) => 1 + f(n + 1)
        let ts = [spawn f(0) for i in range(40)]
        print([exception(t).kind for t in ts] == [\"recursion\"] * 40)";
    let outcome = cq(["-e", code]).run();
    // Those that fail before anybody waits for them are reported too.
    assert_eq!(
        (outcome.stdout.as_str(), outcome.status),
        ("true\n", Some(0))
    );
}

#[test]
fn what_is_denied() {
    for (word, code, name) in [
        ("net", "fetch(\"http://127.0.0.1:9\")", "fetch"),
        ("read", "read_file(\"/etc/passwd\")", "read_file"),
        ("read", "read_bytes(\"/etc/passwd\")", "read_bytes"),
        ("read", "lines(\"/etc/passwd\")", "lines"),
        ("read", "env(\"HOME\")", "env"),
        ("write", "write_file(\"x\", \"\")", "write_file"),
    ] {
        let outcome = stops(
            &["--deny", "net,read,write"],
            code,
            4,
            &format!("{name} is not allowed here"),
        );
        assert!(
            outcome.stderr.contains(&format!("--deny {word}")),
            "{outcome}"
        );
        stops(&["--deny", word], &format!("spawn {{ {code} }}"), 4, name);
        let code = format!("try {{ {code} }} catch e {{ print(e.kind) }}");
        assert_eq!(
            cq(["--deny", word, "-e", &code]).run().printed(),
            "unsupported\n"
        );
    }
}

#[test]
fn reports_as_json() {
    let lines = |outcome: &Outcome| -> Vec<serde_json::Value> {
        let lines = outcome.stderr.lines();
        lines
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect()
    };
    let outcome = cq(["--json-errors", "-e", "let q = queue()\nq.get()"]).run();
    let [report] = &lines(&outcome)[..] else {
        panic!("one report: {outcome}")
    };
    assert_eq!(report["kind"], "deadlock");
    assert_eq!(report["waiting"][0]["place"]["line"], 2);
    assert_eq!(report["waiting"][0]["locals"][0]["name"], "q");
    let outcome = cq(["--json-errors", "-e", "let x = 1 +\nprint(y)\nlet z = )"]).run();
    assert_eq!(outcome.status, Some(2));
    assert!(
        lines(&outcome)
            .iter()
            .all(|report| report["place"]["file"] == "<code>")
    );
    let outcome = cq(["--json-errors", "-e", "1 / 0"]).run();
    assert_eq!(lines(&outcome)[0]["kind"], "zero-division");
    let outcome = cq(["--json-errors", "check", "there-is-no-such-file.cq"]).run();
    assert_eq!(lines(&outcome).len(), 1);
}

#[test]
fn options_that_are_wrong() {
    for (options, says) in [
        (&["--tiemout", "3"][..], "did you mean --timeout?"),
        (
            &["--timeout", "soon"],
            "a number of seconds above 0, not `soon`",
        ),
        (&["--timeout=0"], "a number of seconds above 0"),
        (&["--max-tasks", "0"], "a number above 0"),
        (
            &["--deny", "everything"],
            "some of net, read, write, process",
        ),
        (&["--max-memory"], "--max-memory needs a value"),
        (&["--json-errors=yes"], "takes no value"),
    ] {
        let outcome = cq(options).run();
        assert_eq!(outcome.status, Some(2), "{outcome}");
        assert!(
            outcome.stderr.contains(says),
            "expected {says:?}: {outcome}"
        );
    }
}

/// A program that has printed a line and goes on.
struct Running {
    child: Child,
    stdout: BufReader<std::process::ChildStdout>,
}

impl Running {
    fn start(code: &str) -> Running {
        let mut child = Command::new(env!("CARGO_BIN_EXE_cq"))
            .args(["-e", code])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("cq starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("piped"));
        let mut line = String::new();
        stdout.read_line(&mut line).expect("a line");
        assert_eq!(line, "ready\n");
        Running { child, stdout }
    }

    fn interrupt(&self) {
        let kill = Command::new("kill")
            .args(["-INT", &self.child.id().to_string()])
            .status();
        assert!(kill.expect("kill runs").success());
    }

    /// What came after the interrupt, and how long the end took.
    fn end(mut self) -> (Outcome, Duration) {
        let begin = Instant::now();
        let (mut stdout, mut stderr) = (String::new(), String::new());
        self.stdout.read_to_string(&mut stdout).expect("text");
        let mut errors = self.child.stderr.take().expect("piped");
        errors.read_to_string(&mut stderr).expect("text");
        let status = self.child.wait().expect("it ends").code();
        (
            Outcome {
                stdout,
                stderr,
                status,
            },
            begin.elapsed(),
        )
    }
}

/// Says that it is ready, whatever else is collected.
const READY: &str = "print(\"ready\"); eprint(end: \"\");";

/// A line of the report tells of somebody, and where that was.
#[track_caller]
fn says(outcome: &Outcome, (who, place): (&str, &str)) {
    let mut lines = outcome.stderr.lines();
    assert!(
        lines.any(|line| line.contains(who) && line.contains(place)),
        "expected {who:?} and {place:?}: {outcome}"
    );
}

#[test]
fn an_interrupt_runs_clean_up_and_says_where_everything_was() {
    let code = format!(
        "fn busy() {{ let i = 0; while true {{ i += 1 }} }}
         let at = queue()
         let t = spawn {{ try {{ at.put(1); busy() }} finally {{ print(\"busy cleaned up\") }} }}
         let f = future {{ at.put(1); queue().get() }}
         at.get(); at.get()
         with lock() {{ try {{ {READY} sleep(1000) }} finally {{ print(\"main cleaned up\") }} }}"
    );
    let running = Running::start(&code);
    running.interrupt();
    let (outcome, took) = running.end();
    assert_eq!(outcome.status, Some(130), "{outcome}");
    for line in ["main cleaned up\n", "busy cleaned up\n"] {
        assert!(outcome.stdout.contains(line), "{outcome}");
    }
    for line in [
        ("error: interrupted", ""),
        // Who is about to wait still runs.
        ("task #1 (the main program) wa", " at <code>:6:63"),
        (
            "task #2 was running at <code>:1:30",
            "in busy, called at <code>:3:43",
        ),
        ("future #1 wa", " at <code>:4:38"),
    ] {
        says(&outcome, line);
    }
    assert!(took < SOON, "{took:?}");
}

#[test]
fn an_interrupt_while_tasks_are_being_started() {
    for _ in 0..60 {
        let code = format!("{READY} join(spawn sleep(1000)); force(future sleep(1000))");
        let running = Running::start(&code);
        running.interrupt();
        let (outcome, took) = running.end();
        assert_eq!(outcome.status, Some(130), "{outcome}");
        assert!(took < SOON, "{took:?}");
    }
}

#[test]
fn an_interrupt_says_where_the_tasks_of_processes_were() {
    let code = format!(
        "fn busy(at) {{ at.put(1); let i = 0; while true {{ i += 1 }} }}
         let at, none, other = [queue(), queue(), queue()]
         let t = spawn busy(at) on process
         let f = future {{ at.put(1); none.get() }} on process
         at.get(); at.get()
         {READY} busy(other)"
    );
    let running = Running::start(&code);
    running.interrupt();
    let (outcome, took) = running.end();
    assert_eq!(outcome.status, Some(130), "{outcome}");
    for line in [
        (
            "task #2 was running at <code>:1:43",
            "in busy, called at <code>:3:24",
        ),
        // Cancelled in the first process before it could say more than its process.
        ("future #1 wa", ""),
    ] {
        says(&outcome, line);
    }
    assert!(took < SOON, "{took:?}");
}

#[test]
fn an_interrupt_reaches_everything() {
    for code in [
        "while true { }",
        "queue().get(timeout: 1000)",
        "input()",
        "let l = lock(); l.acquire(); spawn l.acquire(); sleep(1000)",
        "sum(range(10 ** 15))",
        "let x = 7 ** 10_000_000; while true { x // 3 ** 4_000_000 }",
        "join(spawn sleep(1000))",
        "let s = semaphore(0); let p = thread_pool(2); for i in range(5) { future s.acquire() on p }; sleep(1000)",
        "while true { try { throw 1 } catch e { } }",
    ] {
        let running = Running::start(&format!("{READY}{code}"));
        running.interrupt();
        let (outcome, took) = running.end();
        assert_eq!(outcome.status, Some(130), "{code}: {outcome}");
        assert!(
            outcome.stderr.starts_with("error: interrupted\n"),
            "{code}: {outcome}"
        );
        assert!(took < SOON, "{code}: {took:?}");
    }
}

#[test]
fn a_second_interrupt_ends_at_once() {
    let code = format!(
        "try {{ {READY} sleep(1000) }} finally {{ print(\"cleaning\"); eprint(end: \"\"); sleep(1000) }}"
    );
    let mut running = Running::start(&code);
    running.interrupt();
    let mut line = String::new();
    running.stdout.read_line(&mut line).expect("a line");
    assert_eq!(line, "cleaning\n");
    running.interrupt();
    let (outcome, took) = running.end();
    assert_eq!(outcome.status, Some(130), "{outcome}");
    assert!(took < SOON, "{took:?}");
}
