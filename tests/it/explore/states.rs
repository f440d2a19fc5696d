//! Loops: more executions than anyone could run, counted by way of the states they share.

use super::brute::states_differ;
use super::counts::factorial;
use super::{explore, explore_states};

fn locked_increments(tasks: u128, times: u128) -> String {
    format!(
        "let n = 0\nlet l = lock()\nfn inc() {{ for i in range({times}) {{ with l {{ n += 1 }} }} }}\n\
         let ts = [spawn inc() for i in range({tasks})]\nfor t in ts {{ t.join() }}\nprint(n)"
    )
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
    ] {
        let found = explore_states(&locked_increments(t, k), 1_000_000).expect("all orders");
        let expected = factorial(t * k) / factorial(k).pow(u32::try_from(t).expect("small"));
        assert_eq!(found.executions, expected, "{t} tasks, {k} times");
        assert_eq!(found.outcomes.all.len(), 1);
        assert_eq!(found.outcomes.all[0].ended.output, format!("{}\n", t * k));
        let states = (k + 1).pow(u32::try_from(t).expect("small"));
        assert!(
            u128::from(found.states) <= 2 * states,
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

#[test]
fn generated_loops_are_counted() {
    let programs = std::env::var("CQ_PROGRAMS").map_or(60, |it| it.parse().unwrap());
    let seed = std::env::var("CQ_SEED").map_or(1, |it| it.parse().unwrap());
    let mut random = fastrand::Rng::with_seed(seed);
    let (mut checked, mut met) = (0, 0);
    while checked < programs {
        let text = with_loops(&mut random);
        let found = explore(&text, 3_000);
        if !found.complete
            || found.outcomes.all.iter().any(|it| {
                it.ended.report.is_some()
                    && it.ended.end.word() == "endless"
                    && found.longest.0 > 9_000
            })
        {
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
