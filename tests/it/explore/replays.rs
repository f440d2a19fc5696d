//! `cq replay`: one execution again, also after small edits; where it no longer fits, it says why.

use std::fs;

use crate::program::{Outcome, cq, scratch};

const COUNTER: &str = "let n = 0\nfn inc() { n += 1 }\nlet a, b = [spawn inc(), spawn inc()]\n\
                       a.join()\nb.join()\nprint(n)\n";

fn replay(text: &str, arguments: &[&str]) -> Outcome {
    let path = scratch().join("program.cq");
    fs::write(&path, text).expect("a file");
    let program = cq([&["replay", "program.cq"], arguments].concat());
    program.folder(path.parent().expect("a folder")).run()
}

/// It runs to its end and has printed this.
#[track_caller]
fn prints(text: &str, schedule: &str, expected: &str) {
    let outcome = replay(text, &[schedule]);
    let lines: String = expected
        .lines()
        .map(|line| format!("    {line}\n"))
        .collect();
    let end = format!("printed:\n{lines}\nends: ok\n");
    assert!(
        outcome.status == Some(0) && outcome.stdout.ends_with(&end),
        "{outcome}"
    );
}

/// It does not fit, and this is why.
#[track_caller]
fn misses(text: &str, schedule: &str, why: &str) {
    let outcome = replay(text, &[schedule]);
    let expected = format!("error: the schedule {schedule} does not fit the program: {why}\n");
    assert_eq!(outcome.status, Some(2), "{outcome}");
    assert!(outcome.stderr.starts_with(&expected), "{outcome}");
}

#[test]
fn what_was_found_is_found_again() {
    prints(COUNTER, "a", "2");
    prints(COUNTER, "ab2c", "1");
    // A program that is alone has one.
    prints("print(7)", "a", "7");
}

#[test]
fn small_edits_leave_it_fitting() {
    prints(&format!("# one\n\n# two\n{COUNTER}"), "ab2c", "1");
    let renamed = COUNTER.replace('n', "total").replace("itotalc", "increase");
    let renamed = renamed
        .replace("ftotal", "fn")
        .replace("spawtotal", "spawn");
    let renamed = renamed
        .replace("joitotal", "join")
        .replace("pritotalt", "print");
    prints(&renamed, "ab2c", "1");
    prints(
        &COUNTER.replace("print(n)", "print(\"n is\")\nprint(n)"),
        "ab2c",
        "n is\n1",
    );
    // In the middle of the schedule it is a step: the other comes before the read.
    prints(&COUNTER.replace("{ n", "{ print(0); n"), "ab2c", "0\n0\n2");
    let longer = COUNTER.replace("n += 1", "for i in range(3) { n += 1 }");
    prints(&longer, "ab2c", "3");
}

#[test]
fn where_it_no_longer_fits_it_says_so() {
    let removed = "let n = 0\nfn inc() { n += 1 }\nlet a = spawn inc()\na.join()\n";
    misses(
        removed,
        "ab2c",
        "at step 4 it is the turn of c, but no such task was started, only 2 tasks so far",
    );
    misses(
        COUNTER,
        "ab2cb9",
        "at step 12 it is the turn of b, but task #2 has ended",
    );
    let locked = COUNTER.replace("{ n += 1 }", "{ with l { n += 1 } }");
    let locked = format!("let l = lock()\n{locked}");
    misses(
        &locked,
        "ab3c2b",
        "at step 8 it is the turn of c, but task #3 waits for lock #1",
    );
    // What came before is told.
    let outcome = replay(&locked, &["ab3c2b"]);
    assert!(outcome.stdout.contains("takes lock #1"), "{outcome}");
    assert!(outcome.stdout.contains("waits for lock #1"), "{outcome}");
}

#[test]
fn names_that_are_none() {
    let name = |name: &str, message: &str| {
        let outcome = replay(COUNTER, &[name]);
        assert_eq!(outcome.status, Some(2), "{outcome}");
        assert!(outcome.stderr.contains(message), "{outcome}");
        assert!(
            outcome.stderr.contains("`cq explore FILE` shows the names"),
            "{outcome}"
        );
    };
    name("", "the name of the schedule is empty");
    name(
        "B",
        "`B` is not the name of a schedule: see its character 1",
    );
    name("ab?", "see its character 3");
    name("a(3", "see its character 2");
    name("ab99999999999999999999", "see its character 3");
    misses(
        COUNTER,
        "z",
        "at step 1 it is the turn of z, but no such task was started, only 1 task so far",
    );
}

#[test]
fn options() {
    let outcome = replay(COUNTER, &["ab2c", "--json"]);
    assert_eq!(
        (outcome.status, &*outcome.stderr),
        (Some(0), ""),
        "{outcome}"
    );
    insta::assert_snapshot!(outcome.stdout.replace("}, {", "},\n{"));
    let outcome = replay(COUNTER, &["ab2cz", "--json"]);
    let start = "{\"schedule\": \"ab2cz\", \"fits\": false, \"why\": \"at step";
    assert!(
        outcome.status == Some(2) && outcome.stdout.starts_with(start),
        "{outcome}"
    );
    // A bound of steps is an end, also here.
    let outcome = replay(COUNTER, &["ab2c", "--max-steps", "5"]);
    assert!(outcome.stdout.contains("ends: endless"), "{outcome}");
    // The order of prints is that of the schedule.
    let prints = "let t = spawn print(1)\nprint(2)\nt.join()";
    for options in [&["ab"][..], &["ab", "--ignore-print-order"]] {
        let outcome = replay(prints, options);
        assert!(
            outcome.stdout.contains("printed:\n    2\n    1\n"),
            "{outcome}"
        );
    }
    for option in [
        &["--full"][..],
        &["--show", "1"],
        &["--max-seconds", "3"],
        &["--max-executions", "3"],
    ] {
        let outcome = replay(COUNTER, &[&["a"], option].concat());
        let message = format!("{} is no option of `cq replay`", option[0]);
        assert!(
            outcome.status == Some(2) && outcome.stderr.contains(&message),
            "{outcome}"
        );
    }
}
