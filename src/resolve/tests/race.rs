//! The warning about variables assigned while a task may still read them.

use super::*;

#[track_caller]
fn warns(text: &str) {
    let (source, resolved) = script(text);
    let races = resolved
        .reports
        .iter()
        .filter(|report| report.message.contains("while the task"));
    assert_eq!(
        races.count(),
        1,
        "\n{text}\n{}",
        shown(&source, &resolved.reports)
    );
    assert!(resolved.program.is_some());
}

#[track_caller]
fn is_silent(text: &str) {
    let (source, resolved) = script(text);
    assert!(
        resolved.reports.is_empty(),
        "\n{text}\n{}",
        shown(&source, &resolved.reports)
    );
}

#[test]
fn says_both_places_and_both_ways_out() {
    said(
        "let n = 1\nlet f = future print(n)\nn = 2",
        &[
            "3:1 warning: `n` is assigned while the task of this `future` may still read it | assigned here, while the task runs | 2:22 the task reads it when it gets here, not when it is made | help: give the task a variable of its own, which nothing assigns: a fresh `let` in front of the `future`, or pass the value now with `submit(pool, f, …)`",
        ],
    );
}

#[test]
fn in_a_loop() {
    warns("let i = 0\nwhile i < 10 { future print(i); i += 1 }");
    warns("let i = 0\nwhile i < 10 { i += 1; spawn print(i) }");
    warns("let i = 0\nwhile i < 10 { if i > 5 { future print(i) } else { i += 2 } }");
    warns("let x = nil\nfor y in [1, 2] { x = y; [future print(x, z) for z in [1]] }");
    warns(
        "fn f() { let i = 0\n while true { spawn { spawn print(i) } i += 1 } }"
            .replace("} i", "}; i")
            .as_str(),
    );
}

#[test]
fn deeper_than_the_task_or_after_it() {
    warns("let n = 1\nfuture print(n)\nif true { n = 2 }");
    warns("let f = future 1\nf = future force(f) + 1");
    warns("let n = 1\nlet g = future { fn() => n }\nn = 2");
}

#[test]
fn fresh_variables_are_fine() {
    is_silent("for i in [1, 2] { future print(i) }");
    is_silent("let i = 0\nwhile i < 10 { let j = i; future print(j); i += 1 }");
    is_silent("let i = 0\nwhile i < 10 { let n = i; n += 1; future print(n); i += 1 }");
    is_silent(
        "let pool = thread_pool()\nlet i = 0\nwhile i < 10 { submit(pool, print, i); i += 1 }",
    );
}

#[test]
fn assigned_before_only() {
    is_silent("let n = 1\nn = 2\nfuture print(n)");
    is_silent("let n = 1\nif true { future print(n) } else { n = 2 }");
}

#[test]
fn waiting_in_between() {
    is_silent("let n = 1\nlet f = future n + 1\nforce(f)\nn = 2");
    is_silent("let n = 1\nlet t = spawn print(n)\nt.join()\nn = 2");
    is_silent("let n = 1\nn = force(future n + 1)");
    is_silent("let n = 1\nwith pool = thread_pool() { future print(n) on pool }\nn = 2");
    is_silent("let i = 0\nwhile i < 9 { let f = future print(i); force(f); i += 1 }");
    is_silent("let i = 0\nwhile i < 9 { i += 1; let f = future print(i); force(f) }");
}

#[test]
fn meant_to_be_shared() {
    is_silent("let n = 0\nspawn { n += 1 }\nn += 1");
    is_silent("let stop = false\nspawn { while not stop { sleep(1) } }\nstop = true");
    is_silent("let n = 0\nlet l = lock()\nspawn { with l { print(n) } }\nwith l { n = 1 }");
    is_silent("let n = 0\nlet l = lock()\nspawn { l.acquire(); print(n); l.release() }\nn = 1");
}

#[test]
fn processes_have_copies() {
    is_silent("let n = 0\nspawn print(n) on process\nn = 1");
    is_silent("let n = 0\nlet pool = process_pool()\nfuture print(n) on pool\nn = 1");
    warns("let n = 0\nlet pool = thread_pool()\nfuture print(n) on pool\nn = 1");
}

#[test]
fn promises_are_no_tasks() {
    is_silent("let n = 0\nlet p = delay n\nn = 1");
}
