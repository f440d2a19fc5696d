//! Known numbers of executions.

use super::explore;

fn check(text: &str, executions: u128) {
    let found = explore(text, 1_000_000);
    assert!(found.complete, "{text}");
    assert_eq!(found.executions, executions, "{text}");
}

#[test]
fn one_writer_and_readers() {
    for n in [1, 2, 5, 13] {
        let text = format!(
            "let x = 0\nfor i in range({n}) {{ spawn {{ let y = x }} }}\nspawn {{ x = 1 }}"
        );
        check(&text, 1 << n);
    }
}

#[test]
fn last_zero() {
    for n in [2u32, 4, 6, 10] {
        let text = format!(
            "let xs = [0] * ({n} + 1)\nspawn {{ let i = {n}\nwhile xs[i] != 0 {{ i -= 1 }} }}\n\
             for j in range(1, {n} + 1) {{ spawn {{ xs[j] = xs[j - 1] + 1 }} }}"
        );
        check(&text, u128::from(n + 3) << (n - 2));
        // Who is woken is known: no execution leads to nothing new.
        assert_eq!(explore(&text, u128::MAX).blocked, 0);
    }
}

#[test]
fn blind_writers() {
    check("let x = 0\nfor i in range(5) { spawn { x = i } }", 120);
}

pub fn factorial(n: u128) -> u128 {
    (1..=n).product()
}

#[test]
fn racy_increments() {
    for t in 1..=4 {
        let text = format!("let n = 0\nfor i in range({t}) {{ spawn {{ n += 1 }} }}");
        check(&text, factorial(t) * factorial(t));
    }
}

#[test]
fn locked_increments() {
    for (t, k) in [(2, 1), (3, 1), (2, 3), (3, 2), (4, 2)] {
        let text = format!(
            "let n = 0\nlet l = lock()\nfn inc() {{ for i in range({k}) {{ with l {{ n += 1 }} }} }}\n\
             let ts = [spawn inc() for i in range({t})]\nfor t in ts {{ t.join() }}\nprint(n)"
        );
        let found = explore(&text, 1_000_000);
        let expected = factorial(t * k) / factorial(k).pow(u32::try_from(t).expect("small"));
        assert_eq!(found.executions, expected, "{t} tasks, {k} times");
        assert_eq!(found.outcomes.all.len(), 1);
        assert_eq!(found.outcomes.all[0].ended.output, format!("{}\n", t * k));
    }
}

fn philosophers(n: u32, order: &str) -> String {
    format!(
        "let n = {n}\nlet forks = [lock() for i in range(n)]\n\
         fn eat(i) {{ let a, b = {order}\nwith forks[a] {{ with forks[b] {{ }} }} }}\n\
         for i in range(n) {{ spawn eat(i) }}"
    )
}

#[test]
fn philosophers_left_first() {
    for n in 2..=6 {
        let found = explore(&philosophers(n, "[i, (i + 1) % n]"), 1_000_000);
        assert!(found.complete);
        assert_eq!(found.executions, (1 << n) - 1, "{n}");
        let deadlocks: Vec<u128> = (found.outcomes.all.iter())
            .filter(|outcome| outcome.ended.end.word() == "deadlock")
            .map(|outcome| outcome.executions)
            .collect();
        assert_eq!(deadlocks, [1]);
    }
}

#[test]
fn philosophers_lower_fork_first() {
    for n in 3..=6 {
        let order = "[min(i, (i + 1) % n), max(i, (i + 1) % n)]";
        check(&philosophers(n, order), (1 << n) - 2);
    }
}

#[test]
fn one_producer_and_one_consumer() {
    let text = "let q = queue()\nspawn { for i in range(20) { q.put(i) } }\n\
                for i in range(20) { print(q.get()) }";
    check(text, 1);
}

#[test]
fn two_producers() {
    for (k, executions) in [(1, 2), (2, 6), (3, 20)] {
        let text = format!(
            "let q = queue()\nfor p in range(2) {{ spawn {{ for i in range({k}) {{ q.put(p) }} }} }}\n\
             for i in range(2 * {k}) {{ q.get() }}"
        );
        check(&text, executions);
    }
}

#[test]
fn the_pipeline_of_the_lecture() {
    let text =
        std::fs::read_to_string(super::super::program::root().join("examples/08_pipeline.cq"))
            .expect("the example");
    let text = text.replace(" on process", "");
    check(&text, 1);
}

/// Who sleeps apart from a race is no reason to leave its other order out: only apart from all
/// that the execution has behind it.
#[test]
fn a_sleeper_is_woken_behind_a_race() {
    let program = "let x = 0
        let l = lock()
        let t1 = spawn { x }
        let t2 = spawn {
            x = 1
            try { l.release() } catch e { nil }
            x
        }
        let t3 = spawn {
            l.acquire()
            x = 1
        }
        join(t1)
        join(t2)
        join(t3)";
    let found = explore(program, 1_000);
    assert_eq!((found.executions, found.blocked), (15, 0));
}

/// Who forces what has finished does not wait for a cancel that comes later.
#[test]
fn a_cancel_of_what_has_ended_lets_nobody_go_on() {
    let program = "let t1 = future { nil }
        let t2 = spawn { try { force(t1) } catch e { nil } }
        let t3 = spawn {
            try { force(t2) } catch e { nil }
            try { force(t1, timeout: 1) } catch e { nil }
        }
        t1.cancel()
        try { t1.join() } catch e { nil }
        t3.join()";
    check(program, 5);
}

/// Whom a cancel strikes has not done what it would have done: who sleeps with that has to be
/// woken all the same.
#[test]
fn a_wait_that_is_struck_comes_before_a_put_too() {
    let program = "let q = queue()
        let t1 = spawn { q.put(1) }
        let t2 = spawn { q.put(2) }
        print(t2.cancel())
        print(t1.cancel())
        try { t1.join() } catch e { print(e.kind) }
        try { t2.join() } catch e { print(e.kind) }";
    check(program, 31);
}
