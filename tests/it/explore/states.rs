//! Loops: more executions than anyone could run, counted by way of the states they share.

use cq::explore::exploration::Found;

use super::brute::states_differ;
use super::{explore, explore_states};

fn locked_increments(tasks: u128, times: u128) -> String {
    format!(
        "let n = 0\nlet l = lock()\nfn inc() {{ for i in range({times}) {{ with l {{ n += 1 }} }} }}\n\
         let ts = [spawn inc() for i in range({tasks})]\nfor t in ts {{ t.join() }}\nprint(n)"
    )
}

/// How many ways there are to choose k of n.
fn choose(n: u128, k: u128) -> u128 {
    (1..=k).fold(1, |ways, i| ways * (n - k + i) / i)
}

#[test]
fn locked_increments_are_counted() {
    for (t, k) in [
        (2, 1),
        (3, 1),
        (2, 3),
        (3, 2),
        (4, 2),
        (3, 5),
        (4, 3),
        (5, 5),
        (8, 5),
    ] {
        let found = explore_states(&locked_increments(t, k), 1_000_000).expect("all orders");
        let expected: u128 = (1..=t).map(|i| choose(i * k, k)).product();
        assert_eq!(found.executions, expected, "{t} tasks, {k} times");
        assert_eq!(found.outcomes.all.len(), 1);
        assert_eq!(found.outcomes.all[0].ended.output, format!("{}\n", t * k));
        // How far all have come, whoever has: that is all there is to a state.
        let states = choose(t + k, k);
        assert!(
            u128::from(found.states) <= 2 * states + t * k,
            "{} states",
            found.states
        );
    }
}

fn peterson(times: u32) -> String {
    format!(
        "let flag = [false, false]\nlet turn = 0\nlet inside = 0\n\
         fn enter(me) {{\nlet other = 1 - me\nfor i in range({times}) {{\nflag[me] = true\nturn = other\n\
         while flag[other] and turn == other {{ }}\n\
         inside += 1\nassert(inside == 1)\ninside -= 1\nflag[me] = false\n}}\n}}\n\
         let ts = [spawn enter(0), spawn enter(1)]\nfor t in ts {{ t.join() }}\nprint(\"done\")"
    )
}

fn buffer(times: u32) -> String {
    format!(
        "let q = queue(2)\nlet total = 0\nlet l = lock()\n\
         fn produce() {{ for i in range({times}) {{ q.put(1) }} }}\n\
         fn consume() {{ for i in range({times}) {{ let x = q.get()\nwith l {{ total += x }} }} }}\n\
         let ts = [spawn produce(), spawn produce(), spawn consume(), spawn consume()]\n\
         for t in ts {{ t.join() }}\nprint(total)"
    )
}

#[test]
fn known_programs_agree() {
    for text in [peterson(1), peterson(2), peterson(3), buffer(1), buffer(2)] {
        let found = explore(&text, 200_000);
        assert!(found.complete, "{text}");
        if let Some(wrong) = states_differ(&text, &found) {
            panic!("{text}\n{wrong}");
        }
    }
    let found = explore_states(&buffer(5), 1_000_000).expect("all orders");
    assert_eq!(found.outcomes.all[0].ended.output, "10\n");
    assert_eq!(found.outcomes.all.len(), 1);
}

/// Statements of a task; those of a loop's body may end the loop.
fn statement(random: &mut fastrand::Rng, depth: u32, text: &mut String) {
    let value = random.i64(1..4);
    let variable = random.usize(..2);
    let times = random.usize(1..4);
    let body = |random: &mut fastrand::Rng, text: &mut String| {
        for _ in 0..random.usize(1..3) {
            statement(random, depth + 1, text);
        }
    };
    let line = match random.usize(..if depth < 2 { 15 } else { 9 }) {
        0 => format!("x{variable} = {value}"),
        1 => format!("x{variable} += 1"),
        2 => format!("log.push(x{variable})"),
        3 => format!("q.put({value})"),
        4 => String::from("log.push(q.get())"),
        5 => format!("with l {{ x{variable} += {value} }}"),
        6 if depth > 0 => format!("if x{variable} > {value} {{ break }}"),
        6 | 7 => format!("ys[{variable}] += {value}"),
        8 if depth > 0 => format!("if x{variable} == {value} {{ continue }}"),
        8 => format!("while x{variable} == {value} {{ }}"),
        9 => String::from("log.push(until())"),
        10 => format!("log.push([x{variable} for i in range({times})])"),
        11 => format!("log.push([until() for i in range({times})])"),
        12 => {
            text.push_str(&format!("for i in [1, x{variable}, {times}] {{\n"));
            body(random, text);
            String::from("}")
        }
        13 => {
            let name = format!("k{}", text.len());
            text.push_str(&format!(
                "let {name} = 0\nwhile {name} < {times} {{\n{name} += 1\n"
            ));
            body(random, text);
            String::from("}")
        }
        _ => {
            text.push_str(&format!("for i in range({times}) {{\n"));
            body(random, text);
            String::from("}")
        }
    };
    text.push_str(&line);
    text.push('\n');
}

fn with_loops(random: &mut fastrand::Rng) -> String {
    let mut text = String::from(
        "let x0 = 0\nlet x1 = 0\nlet ys = [0, 0]\nlet q = queue(1)\nlet l = lock()\n\
         fn until() {\nfor i in range(2) {\nfor j in range(2) {\nif x0 > 1 { return [i, j] }\n}\nx1 = i\n}\n9\n}\n",
    );
    let tasks = random.usize(2..4);
    for t in 1..=tasks {
        text.push_str(&format!("let t{t} = spawn {{\nlet log = []\n"));
        for _ in 0..random.usize(1..3) {
            statement(random, 0, &mut text);
        }
        text.push_str("log\n}\n");
    }
    for t in 1..=tasks {
        text.push_str(&format!("print(t{t}.join())\n"));
    }
    text.push_str("print(x0, x1, ys)");
    text
}

/// Holds the search by states to the other, for programs of this kind that serve.
fn are_counted(program: fn(&mut fastrand::Rng) -> String, serves: fn(&Found) -> bool) {
    let programs = std::env::var("CQ_PROGRAMS").map_or(60, |it| it.parse().unwrap());
    let seed = std::env::var("CQ_SEED").map_or(1, |it| it.parse().unwrap());
    let mut random = fastrand::Rng::with_seed(seed);
    let (mut checked, mut met) = (0, 0);
    while checked < programs {
        let text = program(&mut random);
        let found = explore(&text, 3_000);
        if !serves(&found) {
            continue;
        }
        checked += 1;
        if let Some(wrong) = states_differ(&text, &found) {
            panic!("{text}\n{wrong}");
        }
        met += explore_states(&text, u64::MAX).map_or(0, |found| found.met);
    }
    assert!(met > 0);
}

#[test]
fn generated_loops_are_counted() {
    are_counted(with_loops, |found| {
        let mut all = found.outcomes.all.iter();
        let is_cut = all.any(|it| {
            it.ended.report.is_some() && it.ended.end.word() == "endless" && found.longest.0 > 9_000
        });
        found.complete && !is_cut
    });
}

/// Tasks that run the same code, and somebody who waits for them in one way or another.
fn with_tasks_alike(random: &mut fastrand::Rng) -> String {
    let mut text = String::from(
        "let x0 = 0\nlet x1 = 0\nlet ys = [0, 0]\nlet q = queue(1)\nlet l = lock()\nlet m = lock()\nlet p = queue()\n\
         fn until() { for i in range(2) { if x0 > 1 { return i } } }\n\
         fn seen(t) { if done(t) { x0 += 1 } }\n",
    );
    let takes = random.bool();
    text.push_str(if takes {
        "fn work(a) {\nlet log = []\n"
    } else {
        "fn work() {\nlet log = []\n"
    });
    for _ in 0..random.usize(1..3) {
        match random.usize(..10) {
            0 if takes => text.push_str("x0 += a\n"),
            1 => text.push_str("p.put(log)\n"),
            2 => text.push_str("with l { with m { x1 += 1 } }\n"),
            3 => text
                .push_str("try { with m { with l { x1 += 1 } } } catch e { print(e.message) }\n"),
            4 => text.push_str("p.put(queue())\n"),
            5 => text.push_str("if len(p) == 1 { p.get()\nprint(9) }\n"),
            _ => statement(random, 0, &mut text),
        }
    }
    match random.usize(..5) {
        0 => text.push_str("x1\n"),
        1 => text.push_str("log\n"),
        2 => text.push_str("if x0 == 1 { throw \"early\" }\n"),
        _ => text.push_str("nil\n"),
    }
    text.push_str("}\n");
    let tasks = random.usize(2..4);
    let argument = match (takes, random.bool()) {
        (false, _) => "",
        (true, false) => "1",
        (true, true) => "i",
    };
    let form = ["spawn", "future"][random.usize(..2)];
    text.push_str(&format!(
        "let ts = [{form} work({argument}) for i in range({tasks})]\n"
    ));
    match random.usize(..8) {
        0 => text.push_str("let one = ts[1]\nlet w = spawn seen(one)\n"),
        1 => text.push_str("ts[0].cancel()\n"),
        2 => text.push_str("x0 = 1\n"),
        3 => {
            text.push_str("let w = spawn { for t in ts { try { t.join() } catch e { x1 = 5 } } }\n")
        }
        _ => {}
    }
    text.push_str(match random.usize(..8) {
        0 => "print([t.join() for t in ts])\n",
        1 => "for t in ts { print(t.join()) }\n",
        2 => "wait(ts)\n",
        3 => "for t in ts { try { t.join() } catch e { print(e) } }\n",
        4 => "for t in ts { t.join()\nx1 += 1 }\n",
        5 => "with l { for t in ts { t.join() } }\n",
        6 => "ts[1].join()\nts[0].join()\nprint(ts)\n",
        _ => "for t in ts { t.join() }\n",
    });
    text.push_str("print(x0, x1, ys)");
    text
}

/// Programs in which it matters which of several equal tasks has come how far.
#[test]
fn names_that_matter() {
    let program = |body: &str, between: &str, join: &str| {
        format!(
            "let x = 0\nlet l = lock()\nlet m = lock()\nlet rs = []\nfn step() {{ with l {{ x += 1 }} }}\n\
             fn work() {{\nstep()\nstep()\n{body}\n}}\nlet ts = [spawn work() for i in range(2)]\n{between}\n{join}\nprint(x, rs)"
        )
    };
    let join = "for t in ts { t.join() }";
    for text in [
        // What they end with is looked at in the order of their handles.
        program("x", "", "for t in ts { rs.push(t.join()) }"),
        program("[x]", "", "rs = [t.join() for t in ts]"),
        program(
            "if x == 3 { throw x }",
            "",
            "for t in ts { try { t.join() } catch e { rs.push(e) } }",
        ),
        // One of them is looked at, or stopped, by somebody else.
        program(
            "nil",
            "let t = ts[0]\nlet w = spawn { if done(t) { x += 10 } }",
            join,
        ),
        program(
            "nil",
            "let t = ts[1]\nlet w = spawn { step()\nt.cancel() }",
            join,
        ),
        program(
            "nil",
            "let t = ts[0]\nlet w = spawn { t.join()\nx += 10 }",
            join,
        ),
        // Their names are read.
        program(
            "try { if x == 2 { with m { step() } } else { with l { with m { } } } } catch e { rs.push(e.message) }",
            "",
            join,
        ),
        // They are not joined in one go.
        program("nil", "", "ts[0].join()\nx += 10\nts[1].join()"),
        program("nil", "", "ts[1].join()"),
        program("nil", "", "for t in ts { t.join()\nstep() }"),
        // They are started with different things.
        program(
            "nil",
            "let us = [spawn { step()\nx += i } for i in range(2)]",
            "wait(ts + us)",
        ),
    ] {
        let found = explore(&text, 300_000);
        assert!(found.complete, "{text}");
        if let Some(wrong) = states_differ(&text, &found) {
            panic!("{text}\n{wrong}");
        }
    }
}

#[test]
fn tasks_that_are_alike_are_counted() {
    are_counted(with_tasks_alike, |found| found.complete);
}

/// What a task holds where nobody can look, while a loop forgets what it has seen.
#[test]
fn what_only_rust_holds_is_part_of_the_state() {
    let producers = "let q = queue()\nspawn q.put(1)\nspawn q.put(2)\nlet n = 0\nspawn { n = 1 }\nspawn { n = 2 }\n";
    let once =
        "for i in range(3) { if i == 0 { ys.push(q.get()) }\nif i == 1 { q.get()\nys = nil } }";
    let programs = [
        // The captures of a function that nobody else has, or of its caller.
        String::from(
            "fn make() { let xs = []\nfn() { for i in range(3) { if i < 2 { xs.push(q.get()) } }\nxs } }\nprint(make()(), n)",
        ),
        String::from(
            "fn turns() { for i in range(3) { print(i) } }\nfn make() { let xs = []\nfn() { xs.push(q.get())\nturns()\nturns()\nxs } }\nprint(make()(), n)",
        ),
        // The left operand of an expression whose right one has a loop.
        format!(
            "let xs = []\nprint(xs == if true {{ let ys = xs\nxs = nil\n{once}\n[2] }} else {{ nil }}, n)"
        ),
        format!(
            "let xs = []\nprint(if xs == {{ let ys = xs\nxs = nil\n{once}\n[2] }} {{ 1 }} else {{ 2 }}, n)"
        ),
        // A list, a map, a text and a stream under way.
        format!("let xs = []\nprint([xs, {{ let ys = xs\nxs = nil\n{once}\n0 }}], n)"),
        format!(
            "let xs = []\nprint([\"a\": xs, \"b\": if true {{ let ys = xs\nxs = nil\n{once}\n0 }} else {{ 1 }}], n)"
        ),
        format!(
            "let xs = [0]\nlet ys = xs\nprint(f\"{{xs}}{{if true {{ xs = nil\n{once}\n0 }} else {{ 1 }}}}\", n)"
        ),
        // Places of an assignment, and what is added to.
        format!(
            "let xs = []\nlet at = [xs, 0]\nlet all = at\nat[1] = if true {{ let ys = xs\nxs = nil\nat = nil\n{once}\n0 }} else {{ 1 }}\nprint(all, n)"
        ),
        format!(
            "let xs = [0]\nlet all = [xs]\nxs += if true {{ let ys = xs\nxs = nil\nall = nil\n{once}\n[7] }} else {{ 1 }}\nprint(xs, n)"
        ),
        // Arguments, what is gone over, and what is held.
        format!(
            "fn f(a, b) => [a, b]\nlet xs = []\nprint(f(xs, if true {{ let ys = xs\nxs = nil\n{once}\n0 }} else {{ 1 }}), n)"
        ),
        format!(
            "let xs = [0, 0]\nfor x in xs {{ let ys = xs\nif ys != nil {{ xs = nil\n{once} }}\nprint(x, n) }}"
        ),
        String::from(
            "let l = lock()\nlet a = [l]\nfn h() { let m = l\nl = nil\nwith m { m = nil\na = nil\nfor i in range(3) { print(q.get(timeout: 1)) } } }\ntry { h() } catch e { print(e.kind) }\nprint(n)",
        ),
    ];
    for program in programs {
        let text = format!("{producers}{program}");
        let found = explore(&text, 100_000);
        assert!(found.complete, "{text}");
        assert!(found.outcomes.all.len() > 1, "{text}");
        if let Some(wrong) = states_differ(&text, &found) {
            panic!("{text}\n{wrong}");
        }
    }
}
