//! `cq test`: what it says of checks that hold, fail, and take too long.

use std::path::{Path, PathBuf};

use super::program::{Outcome, cq, scratch};
use super::terminal::terminal;

/// Files of these names and texts, in a folder of their own.
fn files(files: &[(&str, &str)]) -> PathBuf {
    let folder = scratch();
    for (name, text) in files {
        std::fs::write(folder.join(name), text).expect("a file");
    }
    folder
}

/// `cq test ARGUMENTS` where the files lie.
fn test(folder: &Path, arguments: &[&str]) -> Outcome {
    cq([&["test"], arguments].concat()).folder(folder).run()
}

/// The same for one file.
fn tested(text: &str, arguments: &[&str]) -> Outcome {
    let folder = files(&[("checks.cq", text)]);
    test(&folder, &[&["checks.cq"], arguments].concat())
}

const COUNTER: &str = r#"
let n = 0
let l = lock()
fn inc() { n += 1 }
fn locked() { with l { n += 1 } }
fn both(work) {
    let a, b = [spawn work(), spawn work()]
    a.join()
    b.join()
}
"#;

/// A check that nobody can finish in a minute.
const LONG: &str = r#"
let n = 0
fn inc() { for i in range(30) { n += 1; if n % 7 == 3 { n -= 2 } } }
check "takes for ever" {
    let ts = [spawn inc() for i in range(6)]
    for t in ts { t.join() }
    assert(n > -1000)
}
"#;

#[test]
fn what_is_said_of_checks() {
    let text = format!(
        "{COUNTER}
check \"two increments make two\" {{ both(inc); assert(n == 2) }}
check \"with a lock they do\" {{ both(locked); assert(n == 2) }}
check \"nothing has happened\" {{ assert(n == 0) }}
check \"nothing at all\" {{ assert(n == 0 and 1 in [2, 3]) }}
check \"always\" {{ both(inc); assert(n > 2) }}
check \"for ever\" {{ while n == 0 {{ }} }}
check \"never\" {{ queue().get() }}
"
    );
    let outcome = tested(&text, &[]);
    assert_eq!((outcome.status, &*outcome.stderr), (Some(1), ""));
    insta::assert_snapshot!(outcome.stdout);
}

#[test]
fn all_that_holds_ends_with_0() {
    let outcome = tested("let n = 1\ncheck \"one\" { assert(n == 1) }", &[]);
    assert_eq!(
        outcome.printed(),
        "checks.cq\n  ✓ one: holds in the only execution (complete)\n"
    );
    let outcome = tested("let n = 1", &[]);
    assert_eq!(outcome.printed(), "checks.cq\n  no checks\n");
}

/// The first execution that fails has more switches than the one that is told.
#[test]
fn the_shortest_failure_is_told() {
    let text = r#"
let n = 0
fn first() { n = 1; n = 2; n = 3 }
fn second() { n = 4; n = 5; n = 6 }
check "one of them was last" {
    let a, b = [spawn first(), spawn second()]
    a.join()
    b.join()
    assert(n == 3)
}
"#;
    let outcome = tested(text, &[]);
    let told = outcome.stdout;
    assert!(
        told.contains("fails (error) in 10 of 20 executions (complete)"),
        "{told}"
    );
    // Each task once, and no one is interrupted.
    assert!(!told.contains("is interrupted"), "{told}");
    assert!(told.contains("n is 6"), "{told}");
}

#[test]
fn what_is_not_complete_does_not_pass() {
    let outcome = tested(LONG, &["--max-seconds", "0.5"]);
    assert_eq!(outcome.status, Some(1), "{outcome}");
    assert!(
        outcome
            .stdout
            .contains("  ? takes for ever: incomplete: held in "),
        "{outcome}"
    );
    assert!(outcome.stdout.contains("then the time was up"), "{outcome}");
    let outcome = tested(LONG, &["--max-executions", "100"]);
    assert!(
        outcome.stdout.contains("then the bound was reached"),
        "{outcome}"
    );
    // A failure among more executions than can be run is told all the same.
    let fails = LONG.replace("n > -1000", "n == 0");
    let outcome = tested(&fails, &["--max-seconds", "2"]);
    assert_eq!(outcome.status, Some(1), "{outcome}");
    assert!(outcome.stdout.contains(" executions so far\n"), "{outcome}");
    assert!(
        outcome.stdout.contains("the assertion does not hold"),
        "{outcome}"
    );
}

#[test]
fn json_comes_whatever_happens() {
    let folder = files(&[
        ("good.cq", "check \"a \\\"good\\\" one\" { assert(1 == 1) }"),
        ("bad.cq", "let x ="),
        ("fails.cq", "check \"no\" { assert(1 == 2, \"no\") }"),
    ]);
    let outcome = test(
        &folder,
        &["--json", "good.cq", "bad.cq", "fails.cq", "missing.cq"],
    );
    assert_eq!(outcome.status, Some(2), "{outcome}");
    assert!(outcome.stderr.contains("nothing follows `=`"), "{outcome}");
    insta::assert_snapshot!(outcome.stdout.replace("}, {\"file\"", "},\n{\"file\""));
    let outcome = test(&folder, &["--json", "good.cq", "fails.cq"]);
    assert_eq!(outcome.status, Some(1), "{outcome}");
}

#[test]
fn ctrl_c_says_what_there_is() {
    let folder = files(&[
        ("quick.cq", "check \"quick\" { }"),
        ("bad.cq", "let x ="),
        ("long.cq", LONG),
    ]);
    let mut cq = terminal(&["test", "quick.cq", "long.cq", "--max-seconds", "50"])
        .folder(&folder)
        .open();
    cq.sees("quick: holds in the only execution");
    cq.keys("\x03").sees("? takes for ever: incomplete");
    assert_eq!(cq.ended(), 130);
    let mut cq = terminal(&["test", "bad.cq", "long.cq", "--max-seconds", "50", "--json"])
        .folder(&folder)
        .open();
    cq.sees("nothing follows `=`");
    cq.keys("\x03").sees("\"incomplete\"");
    assert_eq!(cq.ended(), 130);
}

#[test]
fn ctrl_c_breaks_off_an_execution_that_takes_minutes() {
    let slow = "check \"is slow\" {\nlet n = 0\nspawn { n = 1 }\nfor i in range(2000) {\nn += 1\nfor j in range(3_000_000) { }\n}\n}";
    let folder = files(&[("quick.cq", "check \"quick\" { }"), ("slow.cq", slow)]);
    let mut cq = terminal(&["test", "quick.cq", "slow.cq", "--max-seconds", "500"])
        .folder(&folder)
        .open();
    cq.sees("quick: holds in the only execution");
    cq.keys("\x03").sees("is slow: incomplete");
    assert_eq!(cq.ended(), 130);
}
