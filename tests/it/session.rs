//! The interactive session, driven through a pseudo-terminal.

use std::fs;
use std::thread;
use std::time::Duration;

use super::program::{cq, scratch};
use super::terminal::{Terminal, session, terminal};

/// Ctrl-C, Ctrl-D, Ctrl-R, Up.
const INTERRUPT: &str = "\x03";
const END: &str = "\x04";
const SEARCH: &str = "\x12";
const UP: &str = "\x1b[A";
const LEFT: &str = "\x1b[D";

/// Enters a line and gives what it showed before the next prompt.
#[track_caller]
fn shown(terminal: &mut Terminal, line: &str) -> String {
    terminal.enter(line);
    let mut lines = terminal.after(line);
    lines.pop();
    lines.join("\n")
}

#[test]
fn values_are_shown_but_nil() {
    let mut cq = session();
    assert_eq!(shown(&mut cq, "1 + 2"), "3");
    assert_eq!(shown(&mut cq, "\"text\""), "\"text\"");
    assert_eq!(shown(&mut cq, "nil"), "");
    assert_eq!(shown(&mut cq, "let x = 5"), "");
    assert_eq!(shown(&mut cq, "[x, [\"a\": x]]"), "[5, [\"a\": 5]]");
    // An empty entry has no number: only the next prompt tells that it was read.
    cq.keys("\r");
    assert_eq!(shown(&mut cq, "print(x)"), "5");
    cq.keys(END);
    assert_eq!(cq.ended(), 0);
}

#[test]
fn earlier_values() {
    let mut cq = session();
    cq.enter("6 * 7").enter("let a = 1");
    assert_eq!(shown(&mut cq, "_ + a"), "43");
    assert_eq!(shown(&mut cq, "[_, _1, _3]"), "[43, 42, 43]");
    assert_eq!(shown(&mut cq, "_1 = 0; _1"), "0");
}

#[test]
fn a_let_or_fn_done_again_is_seen_by_callers() {
    let mut cq = session();
    cq.enter("let n = 1")
        .enter("fn f() => n")
        .enter("fn g() => f() * 10");
    assert_eq!(shown(&mut cq, "g()"), "10");
    cq.enter("let n = 2");
    assert_eq!(shown(&mut cq, "g()"), "20");
    cq.enter("fn f() => n + 1");
    assert_eq!(shown(&mut cq, "g()"), "30");
}

#[test]
fn a_failed_entry_changes_nothing_that_it_did_not_reach() {
    let mut cq = session();
    cq.enter("let a = 1");
    cq.enter("a = 2; let b = 3; 1 / 0; let c = 4; a = 5");
    assert_eq!(shown(&mut cq, "[a, b]"), "[2, 3]");
    assert!(shown(&mut cq, "c").contains("`c` is not declared"));
    // Nothing of what is wrong before running is run.
    assert!(shown(&mut cq, "a = 9; nothing_like_it").contains("is not declared"));
    assert_eq!(shown(&mut cq, "a"), "2");
}

#[test]
fn errors_are_reports_with_the_entry_as_source() {
    let mut cq = session();
    cq.enter("fn half(x) => x / 0");
    let report = shown(&mut cq, "half(1)");
    assert_eq!(
        report,
        "error: division by zero\n   ┌─ <entry 1>:1:15\n   │\n 1 │ fn half(x) => x / 0\n   \
         │               ^^^^^ x is 1\n   │\n   = in half, called at <entry 2>:1:1"
    );
}

#[test]
fn long_and_deep_values_are_shortened() {
    let mut cq = session();
    let long = shown(&mut cq, "[i for i in range(1000)]");
    assert!(
        long.ends_with("98, 99, …]\n… 900 values left out"),
        "{long}"
    );
    let text = shown(&mut cq, "\"x\" * 10000");
    assert!(text.ends_with("characters left out"), "{text}");
    cq.enter("let d = []; for i in range(50) { d = [d] }");
    assert_eq!(
        shown(&mut cq, "d"),
        "[[[[[[[[[…]]]]]]]]]\n… deeper values left out"
    );
    cq.enter("let itself = [1]; itself.push(itself)");
    assert!(shown(&mut cq, "itself").contains("left out"));
}

#[test]
fn lines_go_on_while_something_is_open() {
    let mut cq = session();
    cq.line("fn f(x) {")
        .line("if x {")
        .line("1")
        .line("} else {")
        .line("2")
        .line("}");
    cq.enter("}");
    let expected = [
        "cq 1> fn f(x) {",
        "    if x {",
        "        1",
        "    } else {",
        "        2",
        "    }",
        "}",
        "cq 2>",
    ];
    assert!(
        cq.contents().ends_with(&expected.join("\n")),
        "{}",
        cq.contents()
    );
    cq.line("f(true) +").enter("f(false)");
    cq.sees_line("3");
    cq.line("[1,").enter("2]").sees_line("[1, 2]");
}

#[test]
fn a_string_that_does_not_end_is_not_run() {
    let mut cq = session();
    cq.line("let s = \"abc").sees("this string does not end");
    cq.keys("\"\r").prompted();
    assert_eq!(shown(&mut cq, "s"), "\"abc\"");
}

#[test]
fn entries_of_many_lines_are_one_item_of_the_history() {
    let mut cq = session();
    cq.line("fn f(x) {").line("x + 1").enter("}");
    assert_eq!(shown(&mut cq, "f(1)"), "2");
    cq.keys(UP)
        .sees("cq 3> f(1)")
        .keys(UP)
        .sees("cq 3> fn f(x) {");
    // To the `1` in the middle line, which becomes a 2.
    cq.keys(LEFT)
        .keys(LEFT)
        .keys("\x7f2")
        .sees_line("    x + 2");
    cq.keys("\x1b[B\r").prompted();
    assert_eq!(shown(&mut cq, "f(1)"), "3");
}

#[test]
fn editing_with_wide_characters() {
    let mut cq = terminal(&[]).columns(40).open();
    cq.prompted();
    cq.typed("let 変数 = \"日本語🙂\"");
    cq.keys(LEFT)
        .keys(LEFT)
        .keys("\x7f")
        .sees("日本🙂")
        .keys("\x1b[F");
    cq.keys("\r").prompted();
    assert_eq!(shown(&mut cq, "変数 + \"é\""), "\"日本🙂é\"");
    let long = "\"日本語のとても長い文字列です🙂🙂🙂🙂 and more\"";
    cq.typed(long).keys("\r").prompted();
    cq.enter("len(_)");
    cq.sees_line("27");
}

#[test]
fn many_lines_at_once() {
    let mut cq = session();
    // Typed ahead, without a bracketed paste: every line is an entry.
    cq.keys("let a = 1\rlet b = 2\ra + b\r[a,\rb]\r")
        .sees_line("[1, 2]")
        .prompted();
    cq.sees_line("3");
    // Bracketed: one entry, as it was.
    cq.keys("\x1b[200~fn g(x) {\n    if x {\n        \"yes\"\n    }\n}\ng(true)\x1b[201~");
    cq.sees("g(true)").keys("\r").prompted();
    cq.sees_line("\"yes\"");
    assert!(
        cq.contents()
            .contains("\n    if x {\n        \"yes\"\n    }\n}\ng(true)\n")
    );
}

#[test]
fn many_pasted_lines_of_which_none_is_lost() {
    let mut cq = terminal(&[]).columns(100).open();
    cq.prompted();
    let lines: String = (0..100).map(|n| format!("n{n:02} = {n}\n")).collect();
    let lets: String = (0..100).map(|n| format!("let n{n:02} = 0\r")).collect();
    cq.keys(&lets).sees("cq 101>").prompted();
    cq.keys(&format!("\x1b[200~{lines}\x1b[201~")).keys("\r");
    cq.sees("cq 102>").prompted();
    let names: Vec<String> = (0..100).map(|n| format!("n{n:02}")).collect();
    cq.keys(&format!("sum([{}])\r", names.join(", ")))
        .sees_line("4950");
}

#[test]
fn completion() {
    let mut cq = session();
    cq.enter("let counter = 1")
        .enter("let m = [\"alpha\": 1, \"beta\": 2]");
    cq.keys("coun\t")
        .sees("cq 3> counter")
        .keys(INTERRUPT)
        .prompted();
    cq.keys("enume\t")
        .sees("cq 3> enumerate")
        .keys(INTERRUPT)
        .prompted();
    cq.keys("conti\t")
        .sees("cq 3> continue")
        .keys(INTERRUPT)
        .prompted();
    cq.keys("m.alp\t")
        .sees("cq 3> m.alpha")
        .keys(INTERRUPT)
        .prompted();
    cq.keys(":tas\t")
        .sees("cq 3> :tasks")
        .keys(INTERRUPT)
        .prompted();
    cq.keys(":help enume\t")
        .sees("cq 3> :help enumerate")
        .keys(INTERRUPT)
        .prompted();
    fs::write(cq.folder.join("some_data.txt"), "x").expect("a file");
    cq.keys("read_file(\"some_\t")
        .sees("read_file(\"some_data.txt")
        .keys(INTERRUPT)
        .prompted();
    // Several: each with a line about it.
    cq.keys("ma\t")
        .sees("map           map(pool, f, xs, ...more)")
        .sees("max  ");
    cq.keys(INTERRUPT).prompted();
    cq.keys("nothing_like_it\t").typed("x");
}

#[test]
fn the_signature_is_a_hint() {
    let mut cq = session();
    cq.typed("put(").sees("cq 1> put(q, x, timeout = nil)");
    cq.keys("1")
        .sees_line("cq 1> put(1")
        .keys(INTERRUPT)
        .prompted();
    cq.enter("fn area(width, height = 1) => width * height");
    cq.typed("area(").sees("cq 2> area(width, height = …)");
}

#[test]
fn ctrl_c_in_a_loop() {
    let mut cq = session();
    cq.enter("let n = 0");
    cq.line("try { print(\"begun\"); while true { n += 1 } } finally { print(\"cleaned up\") }");
    cq.sees_line("begun").keys(INTERRUPT).prompted();
    cq.sees_line("cleaned up").sees_line("interrupted");
    assert_eq!(shown(&mut cq, "n > 0"), "true");
}

#[test]
fn ctrl_c_in_a_blocked_get_stops_only_that() {
    let mut cq = session();
    cq.enter("let q, gate = [queue(), queue()]");
    cq.enter("let t = spawn { for x in gate { print(\"still here\") } }");
    // A task with a time limit: somebody may still come.
    cq.enter("let other = spawn { sleep(3600) }");
    cq.line("print(\"waiting\"); q.get()").sees_line("waiting");
    cq.keys(INTERRUPT).prompted().sees_line("interrupted");
    cq.enter("gate.put(1)").sees_line("still here");
    assert_eq!(shown(&mut cq, "done(t)"), "false");
}

#[test]
fn ctrl_c_strikes_clean_up_that_does_not_end() {
    let mut cq = session();
    cq.line("try { print(\"one\"); while true { } } finally { print(\"two\"); while true { } }");
    cq.sees_line("one")
        .keys(INTERRUPT)
        .sees_line("two")
        .keys(INTERRUPT)
        .prompted();
    assert_eq!(shown(&mut cq, "1 + 1"), "2");
}

#[test]
fn ctrl_c_at_the_prompt_gives_the_line_up() {
    let mut cq = session();
    cq.typed("1 + 1").keys(INTERRUPT).prompted();
    cq.line("fn f() {").typed("2").keys(INTERRUPT).prompted();
    assert_eq!(shown(&mut cq, "3"), "3");
}

#[test]
fn output_of_background_tasks_leaves_the_line_alone() {
    let mut cq = session();
    cq.enter("let go, told = [queue(), queue()]");
    cq.enter("let t = spawn { for x in go { print(\"line\", x); told.put(x) } }");
    cq.enter("let feeder = spawn { told.get(); for i in range(2, 30) { go.put(i); told.get() } }");
    cq.keys("go.put(1)\r").sees("line 1\n");
    cq.typed("let half = \"ty").sees_line("line 29");
    cq.typed("ped\"").keys("\r").prompted();
    assert_eq!(shown(&mut cq, "half"), "\"typed\"");
    // Every line once, whole and in order.
    let lines: Vec<String> = cq
        .contents()
        .lines()
        .filter(|line| line.starts_with("line "))
        .map(String::from)
        .collect();
    let expected: Vec<String> = (1..30).map(|n| format!("line {n}")).collect();
    assert_eq!(lines, expected);
}

#[test]
fn a_flood_is_bounded_and_leaves_the_line_alone() {
    let mut cq = session();
    cq.enter("let t = spawn { while true { print(\"flood\") } }");
    cq.sees("lines skipped");
    cq.typed("let half = 1");
    cq.keys("\r")
        .typed(":cancel 2")
        .keys("\r")
        .sees_line("task #2 is asked to stop");
    cq.enter("1 + half").sees_line("2");
}

#[test]
fn tasks_that_end_say_so() {
    let mut cq = session();
    cq.enter("let q, r = [queue(), queue()]");
    cq.enter("let f = future { q.get() + 1 }")
        .enter("let g = future { r.get() / 0 }");
    cq.sees("cq 4 [2 running]>");
    cq.keys("q.put(1)\r").sees_line("future #1 is done: 2");
    cq.keys("r.put(1)\r")
        .sees_line("future #2 has failed: division by zero");
    cq.prompted();
    // Who has asked is not told again.
    cq.enter("let h = future 5");
    cq.sees_line("future #3 is done: 5");
    assert_eq!(shown(&mut cq, "force(future 6)"), "6");
    cq.keys("let s = spawn { nil }\r")
        .sees_line("task #2 is done");
    cq.keys("let s = spawn { 1 / 0 }\r")
        .sees("in task #3, spawned at");
    assert!(!cq.contents().contains("task #3 has failed"));
}

#[test]
fn a_deadlock_gives_the_entry_up_and_leaves_the_other_tasks() {
    let mut cq = session();
    cq.enter("let q, r = [queue(), queue()]")
        .enter("let t = spawn { q.get() * 2 }");
    cq.line("r.get()")
        .sees("deadlock: all 2 tasks left wait")
        .prompted();
    cq.sees_line("this entry is given up; the other tasks stay as they are");
    cq.enter("q.put(21)");
    assert_eq!(shown(&mut cq, "t.join()"), "42");
    // Clean-up that waits in vain is given up too.
    cq.line("try { r.get() } finally { r.get() }")
        .sees("the only task left")
        .prompted();
    assert_eq!(shown(&mut cq, "1"), "1");
}

#[test]
fn a_lock_is_kept_from_entry_to_entry() {
    let mut cq = session();
    cq.enter("let l = lock()").enter("l.acquire()");
    cq.enter("let t = spawn { with l { print(\"mine\") } }");
    cq.enter("l.release()").sees_line("mine");
    assert!(!cq.contents().contains("deadlock"), "{}", cq.contents());
}

#[test]
fn tasks_queues_and_their_tree() {
    let mut cq = session();
    cq.enter("let q, full = [queue(), queue(1)]");
    cq.enter("fn consumer(q) { for x in q { print(x) } }");
    cq.enter("let a = spawn consumer(q)");
    cq.enter("let b = spawn { let f = future { full.put(1); full.put(2) }; q.get() }");
    // All three wait.
    cq.wait_until(":queues", "    future #1 waits to put");
    cq.wait_until(":queues", "    task #2, task #3 wait to get");
    cq.sees_line("queue #1 q: 0, no bound")
        .sees_line("queue #2 full: 1 of 1");
    cq.enter(":tasks").sees("task #2 consumer, thread: waits ");
    cq.sees(" for get on queue #1, which is empty")
        .sees("at <entry 2>:1:27, spawned at <entry 3>:1:9");
    cq.sees("future #1, shared pool: waits ");
    cq.enter(":tree").sees_line("task #1 (this session)");
    cq.sees_line("├─ task #2 consumer, running")
        .sees_line("└─ task #3, running");
    cq.sees_line("   └─ future #1, running");
    cq.enter(":cancel 2").sees_line("task #2 is asked to stop");
    cq.enter(":cancel f1")
        .sees_line("future #1 is asked to stop");
    cq.enter(":kill 3").sees("a thread cannot be killed");
    cq.enter(":cancel 99")
        .sees("there is no task #99 that runs");
    cq.enter(":cancel 1").sees("task #1 is this session");
    cq.enter("q.put(7)")
        .enter(":wait")
        .sees("no task runs, after");
    assert_eq!(shown(&mut cq, ":tasks"), "no task runs");
}

#[test]
fn tasks_on_processes() {
    let mut cq = session();
    cq.enter("let jobs, told = [queue(), queue()]");
    cq.enter("fn square(n) => n * n");
    cq.enter("fn worker() { for n in jobs { print(\"square\", square(n)); told.put(pid()) } }");
    cq.enter("let w = spawn worker() on process");
    cq.enter("jobs.put(7)").sees_line("square 49");
    cq.enter("let worker_pid = told.get()");
    let pid = shown(&mut cq, "worker_pid");
    cq.wait_until(":queues", "    task #2 waits to get");
    cq.enter(":tasks")
        .sees(&format!("task #2 worker, process {pid}: waits "));
    cq.enter("let busy = spawn { told.put(0); while true { } } on process")
        .enter("told.get()");
    cq.enter(":tasks")
        .sees("task #3, process ")
        .sees(": running, ");
    cq.enter(":kill 3").sees_line("task #3 is killed");
    // What later entries declare reaches tasks that start later.
    cq.enter("fn square(n) => -n")
        .enter("force(future square(3) on process)");
    cq.sees_line("-3");
    // Ctrl-C stops the entry and leaves the workers alone.
    cq.line("print(\"waiting\"); sleep(3600)")
        .sees_line("waiting")
        .keys(INTERRUPT)
        .prompted();
    cq.enter("jobs.put(8)").sees_line("square 64");
    cq.keys(END).sees("1 task still runs").prompted().keys(END);
    assert_eq!(cq.ended(), 0);
    // It was waited for.
    assert!(!std::path::Path::new(&format!("/proc/{pid}/cmdline")).exists());
}

#[test]
fn waiting_can_be_interrupted() {
    let mut cq = session();
    cq.enter("let t = spawn { sleep(3600) }");
    cq.line(":wait")
        .sees("waiting for 1 task")
        .keys(INTERRUPT)
        .prompted();
    cq.sees("cq 2 [1 running]>");
}

#[test]
fn what_a_task_asks_for_is_typed_while_an_entry_runs() {
    let mut cq = session();
    cq.enter("let go = queue()");
    cq.enter("let t = spawn { go.get(); let name = input(\"name? \"); print(\"hello\", name) }");
    cq.enter("let later = spawn { sleep(0.3); go.put(1) }")
        .sees("task #2 asks for a line of input");
    // The prompt's lines stay the prompt's.
    cq.enter("20 + 1").sees_line("21");
    cq.line(":wait").sees("waiting for 1 task");
    cq.keys("Ann\r").sees_line("hello Ann").prompted();
    // Who has stopped waiting takes nothing.
    cq.line("input(\"what\" + \"? \")").sees("what? ");
    cq.keys(INTERRUPT).sees("interrupted").prompted();
    cq.enter("20 + 2").sees_line("22");
}

#[test]
fn every_outcome_of_an_entry() {
    let mut cq = session();
    cq.enter("let n = 0").enter("fn inc() { n += 1 }");
    cq.enter("let unused = queue(); print(unused)");
    cq.enter(":explore let t = spawn inc(); inc(); t.join(); n");
    for line in [
        "let t = spawn inc(); inc(); t.join(); n: 2 outcomes in 4 executions (complete)",
        "  1           2  ok    a         2",
        "  2           2  ok    a2b       1",
    ] {
        cq.sees_line(line);
    }
    // It is no entry of the session, and what it finds wrong is said.
    cq.enter(":explore nothing()")
        .sees("`nothing` is not declared");
    cq.enter("n").sees_line("0");
    // What takes too long is stopped.
    cq.enter("fn busy() { for k in range(9) { inc() } }");
    cq.line(":explore { let ts = [spawn busy() for i in range(4)]; for t in ts { t.join() } }");
    cq.sees("for t in ts");
    thread::sleep(Duration::from_millis(300));
    cq.keys(INTERRUPT)
        .sees("not complete: it was stopped")
        .prompted();
}

#[test]
fn leaving_asks_once_if_tasks_still_run() {
    let mut cq = session();
    cq.enter("let t = spawn { try { sleep(3600) } finally { print(\"cleaned up\") } }");
    cq.keys(END).sees("1 task still runs").prompted();
    cq.enter("1");
    cq.keys(END)
        .sees_times(2, "1 task still runs")
        .prompted()
        .keys(END);
    assert_eq!(cq.ended(), 0);
    assert!(cq.contents().contains("\ncleaned up"), "{}", cq.contents());
}

#[test]
fn exit_from_a_task_leaves_the_terminal_as_it_was() {
    let mut cq = session();
    cq.enter("let q = queue()")
        .enter("let t = spawn { q.get(); exit(7) }");
    cq.keys("q.put(1)\r");
    assert_eq!(cq.ended(), 7);
    let last = |mode: &[u8]| {
        cq.raw
            .windows(mode.len())
            .rposition(|window| window == mode)
    };
    assert!(last(b"\x1b[?2004l") > last(b"\x1b[?2004h"));
}

#[test]
fn the_history_outlives_the_session() {
    let mut cq = session();
    cq.line("fn old(x) {")
        .enter("}")
        .enter("\"something rare\"")
        .keys(END);
    cq.ended();
    let mut again = terminal(&[]).folder(&cq.folder).open();
    again
        .prompted()
        .keys(UP)
        .sees("cq 1> \"something rare\"")
        .keys(UP);
    again
        .sees_line("cq 1> fn old(x) {")
        .sees_line("}")
        .keys(INTERRUPT)
        .prompted();
    again
        .keys(SEARCH)
        .keys("rare")
        .sees("(reverse-i-search)`rare': \"something rare\"");
    again.keys("\r").prompted().sees_line("\"something rare\"");
    again.enter(":history").sees("  fn old(x) {");
}

#[test]
fn commands() {
    let mut cq = session();
    assert!(shown(&mut cq, ":hlep").ends_with("did you mean `:help`?"));
    assert!(shown(&mut cq, ":xyz").contains("`:help` lists the commands"));
    assert!(shown(&mut cq, ":help").contains("  :tasks"));
    assert!(shown(&mut cq, ":help :time").starts_with(":time EXPR\n"));
    assert!(shown(&mut cq, ":help len").starts_with("len(x)\n"));
    assert!(shown(&mut cq, ":help future").contains("force(it) waits"));
    assert!(shown(&mut cq, ":help lne").contains("did you mean `:help len`?"));
    cq.line("## Twice as much.").enter("fn twice(x) => 2 * x");
    let doc = shown(&mut cq, ":doc twice");
    assert_eq!(
        doc,
        "twice(x)\n    Twice as much.\n    declared at <entry 1>:2:1"
    );
    assert!(shown(&mut cq, ":doc").contains("`:doc` needs a name"));
    assert_eq!(shown(&mut cq, ":type twice(1) / 2"), "float");
    assert!(shown(&mut cq, ":time twice(2)").starts_with("4\ntook "));
    assert_eq!(shown(&mut cq, ":env"), "twice  fn(x): Twice as much.");
    assert_eq!(shown(&mut cq, ":ast 1 + x"), "(+ 1 x)");
    assert!(shown(&mut cq, ":ast 1 +* x").contains("error"));
    assert!(shown(&mut cq, ":tasks now").contains("takes nothing"));
    assert_eq!(shown(&mut cq, ":reset"), "all names are forgotten");
    assert!(shown(&mut cq, "twice(1)").contains("is not declared"));
    cq.line(":quit");
    assert_eq!(cq.ended(), 0);
}

#[test]
fn loading_and_saving() {
    let mut cq = session();
    let file = cq.folder.join("lib.cq");
    fs::write(&file, "fn f() => 1\nlet loaded = true\n").expect("a file");
    cq.enter(":load lib.cq").enter("fn g() => f() + 1");
    assert_eq!(shown(&mut cq, "g()"), "2");
    fs::write(&file, "fn f() => 10\nlet loaded = true\n").expect("a file");
    cq.enter(":reload");
    assert_eq!(shown(&mut cq, "g()"), "11");
    fs::write(&file, "fn f() => \n\n 1 / 0\nf()").expect("a file");
    assert!(shown(&mut cq, ":reload").contains("lib.cq:3:2"));
    assert!(shown(&mut cq, ":load missing.cq").contains("cannot read missing.cq"));
    cq.enter("let x = 1")
        .enter("1 / 0")
        .enter("let x = x + 1")
        .enter("print(_5, x)");
    assert!(shown(&mut cq, ":save all.cq").ends_with("written to all.cq"));
    assert!(shown(&mut cq, ":save all.cq").contains("is there already"));
    let saved = cq.folder.join("all.cq");
    let run = super::program::script(&saved).run();
    assert_eq!(
        run.stdout,
        "11 2\n",
        "{run}\n{}",
        fs::read_to_string(&saved).expect("saved")
    );
}

#[test]
fn with_a_file() {
    for arguments in [&["repl", "lib.cq"][..], &["-i", "lib.cq"]] {
        let folder = scratch();
        fs::write(folder.join("lib.cq"), "fn f() => 1\nprint(\"loaded\")\n").expect("a file");
        let mut cq = terminal(arguments).folder(&folder).open();
        cq.prompted().sees_line("loaded");
        assert_eq!(shown(&mut cq, "f()"), "1");
    }
}

#[test]
fn standard_input_that_is_no_terminal_is_a_script() {
    let none: [&str; 0] = [];
    assert_eq!(
        cq(none).input("let x = 1\nx\nprint(x)\n").run().printed(),
        "1\n"
    );
    assert_eq!(cq(["repl"]).input("print(2)\n").run().printed(), "2\n");
    let folder = scratch();
    fs::write(folder.join("lib.cq"), "fn f() => 1\n").expect("a file");
    let run = |input: &str| cq(["-i", "lib.cq"]).folder(&folder).input(input).run();
    assert_eq!(run("print(f())").printed(), "1\n");
    let wrong = run("\nf() + nil");
    assert!(wrong.stderr.contains("<stdin>:2:1"), "{wrong}");
    assert_eq!(wrong.status, Some(1));
}

#[test]
fn a_dumb_terminal() {
    let mut cq = terminal(&[]).variable("TERM", "dumb").open();
    cq.prompted();
    cq.keys("1 + 2\r").sees_line("3").prompted();
    cq.keys("fn f(x) {\rx + 1\r}\r")
        .sees("cq 3> ")
        .keys("f(2)\r")
        .sees("cq 4> ");
    cq.enter("let q = queue()");
    cq.enter("let t = spawn { print(\"from task\", q.get()) }");
    cq.keys("q.put(1)\r").sees("from task 1");
    cq.keys("print(\"be\" + \"gun\"); while true { }\r")
        .sees("begun");
    cq.keys(INTERRUPT).sees("interrupted");
    cq.keys("\"abc\r")
        .sees("does not end")
        .sees("cq 8")
        .keys(END);
    assert_eq!(cq.ended(), 0);
    let escapes = cq.raw.iter().filter(|byte| **byte == 0x1b).count();
    assert_eq!(escapes, 0, "{}", String::from_utf8_lossy(&cq.raw));
}

#[test]
fn colours_and_the_matching_bracket() {
    let mut cq = terminal(&[]).variable("NO_COLOR", "").open();
    cq.prompted();
    cq.typed("let x = (1)");
    let cell = |cq: &Terminal, column: u16| {
        let row = cq.screen().cursor_position().0;
        cq.screen().cell(row, column).expect("a cell").clone()
    };
    let keyword = vt100::Color::Idx(5);
    cq.wait_for("the keyword in colour", |screen| {
        screen
            .cell(screen.cursor_position().0, 6)
            .expect("a cell")
            .fgcolor()
            == keyword
    });
    assert_eq!(cell(&cq, 6).contents(), "l");
    // The cursor stands behind `)`: its partner is inverted.
    assert_eq!(cell(&cq, 14).contents(), "(");
    assert!(cell(&cq, 14).inverse());
    cq.keys("\r").prompted();
    assert_eq!(shown(&mut cq, "x"), "1");
}

#[test]
fn no_color_means_no_colours() {
    let mut cq = session();
    cq.enter("let x = \"a\"")
        .enter("x")
        .enter("1 / 0")
        .enter(":help")
        .enter("let f = future 1");
    let text = String::from_utf8_lossy(&cq.raw).into_owned();
    let colours = text.split("\x1b[").skip(1).filter(|rest| {
        let end = rest.find(|c: char| c.is_ascii_alphabetic());
        end.is_some_and(|end| rest[end..].starts_with('m'))
    });
    assert_eq!(colours.count(), 0, "{text:?}");
}

#[test]
fn whole_sessions() {
    for (name, columns, lines) in [
        (
            "first_steps",
            80,
            &[
                "1 + 2",
                "let xs = [n * n for n in range(5)]",
                "xs",
                "sum(_)",
                "xs.pus(1)",
                "xs[7]",
                ":type xs",
                ":env",
            ][..],
        ),
        (
            "narrow",
            40,
            &[
                "let q = queue(2)",
                "q.put(1)",
                "q.put(2)",
                "q.put(3)",
                ":queues",
                "q.get() + q.get()",
                "throw \"a rather long text that does not fit\"",
                ":quti",
            ],
        ),
        (
            "tasks_and_a_deadlock",
            80,
            &[
                "let q, r = [queue(), queue(1)]",
                "fn reader(name) { for x in q { print(name, x) } }",
                "let a = spawn reader(\"a\")",
                "r.put(1); r.put(2)",
                ":tasks",
                ":queues",
                ":tree",
                "let b = spawn { r.get(); r.get() }",
                ":wait",
            ],
        ),
    ] {
        let mut cq = terminal(&[]).columns(columns).open();
        cq.prompted();
        for line in lines {
            cq.enter(line);
        }
        let shown = cq.contents();
        insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "../sessions",
            filters => [
                (r"waits [0-9.]+ (µs|ms|s) for", "waits [time] for"),
                (r"has waited [0-9.]+ (µs|ms|s)", "has waited [time]"),
                // The terminal may echo the first line before the session has taken it over.
                (r"\^M\n", "\n"),
            ] }, {
            insta::assert_snapshot!(name, shown);
        });
    }
}

impl Terminal {
    /// Enters a line until it shows a line that is nothing but `expected`.
    #[track_caller]
    fn wait_until(&mut self, line: &str, expected: &str) {
        for _ in 0..2000 {
            self.enter(line);
            if self.after(line).iter().any(|shown| shown == expected) {
                return;
            }
            // The screen has few rows.
            self.keys("\x0c").prompted();
        }
        panic!("{line} never shows {expected:?}:\n{}", self.contents());
    }
}
