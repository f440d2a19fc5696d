//! What an execution is said to show, and what is not said because it is not certain.

use cq::diagnostics::source::Sources;
use cq::explore::exploration::Bounds;
use cq::explore::pattern::{pattern, spins};
use cq::explore::replay::replay;
use cq::explore::schedule;

use super::{explore, load};

/// The sentences about all outcomes, each once, in order.
fn patterns(text: &str) -> Vec<String> {
    let found = explore(text, 100_000);
    assert!(found.complete, "{text}");
    let mut sentences = Vec::new();
    for outcome in &found.outcomes.all {
        let (runtime, unit) = load(text);
        let turns = schedule::parse(&outcome.schedule).expect("a name");
        let sources: Sources = runtime.sources.clone();
        let replayed = replay(runtime, unit, &turns, &Bounds::default());
        assert_eq!(replayed.misfit, None, "{text}");
        let sentence = pattern(&replayed, &sources);
        sentences.extend(sentence.filter(|sentence| !sentences.contains(sentence)));
    }
    sentences
}

#[track_caller]
fn says(text: &str, expected: &[&str]) {
    assert_eq!(patterns(text), expected, "{text}");
}

const BOTH: &str = "let t, u = [spawn one(), spawn two()]\nt.join()\nu.join()\n";

#[test]
fn lost_updates() {
    says(
        &format!("let n = 0\nfn one() {{ n += 1 }}\nfn two() {{\n n = n + 1 }}\n{BOTH}print(n)"),
        &[
            "lost update: task #2 and task #3 both read n before either wrote it back (lines 2 and 4)",
        ],
    );
    says(
        &format!("let xs = [0]\nfn one() {{ xs[0] += 1 }}\nlet two = one\n{BOTH}print(xs)"),
        &["lost update: task #2 and task #3 both read xs[0] before either wrote it back (line 2)"],
    );
    // The one who wrote in between has never read it: nobody lost anything of its own.
    says(
        &format!("let n = 0\nfn one() {{ n += 1 }}\nfn two() {{ n = 5 }}\n{BOTH}print(n)"),
        &[],
    );
    // Two variables of one name are two.
    says(
        &format!(
            "fn one() {{ let n = 0; let t = spawn {{ n += 1 }}; n += 0; t.join() }}\nlet two = fn() => 1\n\
             {{ let n = 7; let t = spawn {{ n = 1 }}; t.join() }}\n{BOTH}"
        ),
        &[],
    );
    // Locked.
    says(
        &format!(
            "let n = 0\nlet l = lock()\nfn one() {{ with l {{ n += 1 }} }}\nlet two = one\n{BOTH}print(n)"
        ),
        &[],
    );
}

#[test]
fn decisions_on_what_is_no_longer_so() {
    let balance = "let balance = 10\nfn one() {\n    if balance >= 10 {\n        balance -= 10\n    }\n}\n\
                   let two = one\n";
    says(
        &format!("{balance}{BOTH}print(balance)"),
        &[
            "check, then act: task #2 looked at balance (line 3), task #3 changed it (line 4), then \
           task #2 acted on what it had seen (line 4)",
        ],
    );
    let made = "let x, made = [nil, queue()]\nfn one() {\n    if x == nil {\n        made.put(1)\n        \
                x = 1\n    }\n}\nlet two = one\n";
    says(
        &format!("{made}{BOTH}print(len(made))"),
        &[
            "double initialisation: task #2 and task #3 both saw that x is nil before either set it \
           (lines 3 and 5)",
        ],
    );
    // Looked at again, under a lock.
    let checked = "let x, l, made = [nil, lock(), queue()]\nfn one() {\n    if x == nil {\n        with l {\n\
                   if x == nil { made.put(1); x = 1 }\n        }\n    }\n}\nlet two = one\n";
    says(&format!("{checked}{BOTH}print(len(made))"), &[]);
    // The write does not hang on the condition.
    let after =
        "let n = 0\nfn one() {\n    if n == 0 { print(1) }\n    n = 1\n}\nfn two() { n = 2 }\n";
    says(&format!("{after}{BOTH}print(n)"), &[]);
}

#[test]
fn locks_in_circles() {
    let both = "let a, b = [lock(), lock()]\nfn one() {\n    with a {\n        with b { }\n    }\n}\n\
                fn two() {\n    acquire(b)\n    acquire(a)\n    release(a)\n    release(b)\n}\n";
    says(
        &format!("{both}{BOTH}"),
        &[
            "locks taken in opposite order (lines 3 and 8): task #2 holds lock #1 and wants \
           lock #2, task #3 holds lock #2 and wants lock #1",
        ],
    );
    let three = "let ls = [lock(), lock(), lock()]\nfn eat(i) {\n    with ls[i] {\n        \
                 with ls[(i + 1) % 3] { }\n    }\n}\nlet ts = [spawn eat(i) for i in range(3)]\n\
                 for t in ts { t.join() }";
    let sentences = patterns(three);
    assert_eq!(sentences.len(), 1, "{sentences:?}");
    let circle = "locks taken in a circle (line 3): task #2 holds lock #1 and wants lock #2";
    assert!(sentences[0].starts_with(circle), "{sentences:?}");
    // The same order.
    let order = "let a, b = [lock(), lock()]\nfn one() { with a { with b { } } }\nlet two = one\n";
    says(&format!("{order}{BOTH}"), &[]);
    // A deadlock without a circle of locks: it waits for a task that waits for its lock.
    let joins = "let l = lock()\nacquire(l)\nlet t = spawn { acquire(l) }\nt.join()";
    says(joins, &[]);
    // Nobody gives it back.
    let kept = "let l = lock()\nfn one() { acquire(l) }\nlet two = one\n";
    says(
        &format!("{kept}{BOTH}"),
        &[
            "a lock was not given back: task #3 took lock #1 (line 2) and ended, task #2 waits for it (line 2)",
        ],
    );
}

#[test]
fn end_marks() {
    let consume = "let q = queue()\nfn consume() {\n    while true {\n        \
                   if q.get() == nil { return }\n    }\n}\n";
    let marks = |many: &str| {
        format!(
            "{consume}let ts = [spawn consume(), spawn consume()]\nq.put(1)\n{many}\n\
             for t in ts {{ t.join() }}"
        )
    };
    let sentences = patterns(&marks("q.put(nil)"));
    let starts = |start: &str| sentences.iter().any(|sentence| sentence.starts_with(start));
    assert!(
        starts(
            "the end mark was taken by another consumer: task #3 took nil from queue #1 (line 4)"
        ),
        "{sentences:?}"
    );
    says(&marks("q.put(nil); q.put(nil)"), &[]);
    // A consumer that waits in vain for another reason.
    says(
        &format!("{consume}let t = spawn consume()\nq.put(1)\nt.join()"),
        &[],
    );
    // The mark of one producer, before the values of the other.
    let produce = "fn produce(x) {\n    q.put(x)\n    q.put(nil)\n}\n";
    let early = format!(
        "{consume}{produce}let ts = [spawn produce(1), spawn produce(2), spawn consume()]\n\
         for t in ts {{ t.join() }}"
    );
    let sentences = patterns(&early);
    assert!(!sentences.is_empty());
    for sentence in &sentences {
        assert!(sentence.starts_with("the end mark came too early: task #4 stopped at the nil of"));
        assert!(
            sentence.contains("put into queue #1 was left there (line 8)"),
            "{sentence}"
        );
    }
    // One producer, whose mark is its last: nothing is left.
    let one = format!(
        "{consume}{produce}let ts = [spawn produce(1), spawn consume()]\nfor t in ts {{ t.join() }}"
    );
    says(&one, &[]);
}

#[test]
fn loops_that_wait() {
    let text = "let done = false\nlet seen = false\nfn look() {\n    seen = true\n    while not done { }\n}\n\
                let t = spawn look()\nwhile not seen { }\ndone = true\nt.join()";
    let schedule = explore(text, 100).spins.expect("it spins");
    let turns = schedule::parse(&schedule).expect("a name");
    let (runtime, unit) = load(text);
    let sources: Sources = runtime.sources.clone();
    let replayed = replay(runtime, unit, &turns, &Bounds::default());
    assert_eq!(
        spins(&replayed, &sources),
        [
            "task #1 spins at line 8 until seen changes",
            "task #2 spins at line 5 until done changes"
        ]
    );
    assert_eq!(explore("let t = spawn print(1)\nt.join()", 100).spins, None);
}
