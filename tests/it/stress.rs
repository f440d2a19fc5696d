//! Many tasks, many values, many times: nothing is lost, nothing is counted twice, nothing hangs.
//!
//! Every program checks itself by a sum or a count, never by an order of time.

use super::program::source;

/// Runs it `times` times; it prints `expected` every time.
#[track_caller]
fn always(times: usize, text: &str, expected: &str) {
    for turn in 1..=times {
        let outcome = source(text).run();
        assert!(
            outcome.status == Some(0) && outcome.stdout == expected && outcome.stderr.is_empty(),
            "run {turn} of {times}: expected {expected:?}: {outcome}"
        );
    }
}

#[test]
fn ten_thousand_blocked_futures_are_released() {
    always(
        5,
        "let gate = semaphore(0)
         let fs = [future { gate.acquire(); i } for i in range(10_000)]
         print(force(future \"the others go on\"))
         for i in range(10_000) { gate.release() }
         print(sum([force(f) for f in fs]))",
        "the others go on\n49995000\n",
    );
}

#[test]
fn ten_thousand_wait_for_one_future() {
    always(
        5,
        "let go = queue()
         let one = future go.get()
         let fs = [future force(one) for i in range(10_000)]
         go.put(1)
         print(sum([force(f) for f in fs]))",
        "10000\n",
    );
}

#[test]
fn four_producers_four_consumers() {
    for capacity in ["", "0", "1", "7"] {
        always(
            5,
            &format!(
                "let q = queue({capacity})
                 let ps = [spawn {{ for i in range(2000) {{ q.put(p * 2000 + i) }} }} for p in range(4)]
                 let cs = [spawn {{ let s = 0; for x in q {{ s += x }}; s }} for c in range(4)]
                 for p in ps {{ p.join() }}
                 q.close()
                 print(sum([c.join() for c in cs]))"
            ),
            "31996000\n",
        );
    }
}

#[test]
fn producers_and_consumers_as_futures() {
    for capacity in ["", "0", "1", "7"] {
        always(
            5,
            &format!(
                "let q = queue({capacity})
                 let ps = [future {{ for i in range(500) {{ q.put(1) }} }} for p in range(20)]
                 let cs = [future {{ let s = 0; for x in q {{ s += x }}; s }} for c in range(20)]
                 for p in ps {{ force(p) }}
                 q.close()
                 print(sum([force(c) for c in cs]))"
            ),
            "10000\n",
        );
    }
}

#[test]
fn select_under_load() {
    for capacity in ["", "0", "2"] {
        always(
            5,
            &format!(
                "let qs = [queue({capacity}) for i in range(8)]
                 let ps = [spawn {{ for i in range(300) {{ q.put(1) }}; q.close() }} for q in qs]
                 fn consume() {{
                     let n = 0
                     try {{ while true {{ let q, x = select(qs); n += x }} }} catch e {{ assert(e.kind == \"closed\") }}
                     n
                 }}
                 let cs = [future consume() for i in range(4)]
                 print(sum([force(c) for c in cs]))
                 for p in ps {{ p.join() }}"
            ),
            "2400\n",
        );
    }
}

#[test]
fn a_storm_of_cancels() {
    always(
        10,
        "let q = queue()
         let fs = [future { while true { q.get() } } for i in range(500)]
         let gs = [future { while true { } } for i in range(100)]
         for i in range(200) { q.put(i) }
         for f in fs + gs { cancel(f) }
         let cancelled = 0
         for f in fs + gs { if exception(f).kind == \"cancelled\" { cancelled += 1 } }
         while len(q) > 0 { q.get() }
         print(cancelled)",
        "600\n",
    );
}

#[test]
fn cancels_lose_no_permit() {
    always(
        10,
        "let s = semaphore(3)
         let inside = 0
         let guard = lock()
         fn work() {
             with s { with guard { inside += 1 }; sleep(0); with guard { inside -= 1 } }
         }
         let fs = [future work() for i in range(200)]
         for i, f in enumerate(fs) { if i % 2 == 0 { cancel(f) } }
         wait(fs)
         for i in range(3) { s.acquire(timeout: 30) }
         print(s)",
        "<semaphore #1: 0 free>\n",
    );
}

#[test]
fn a_lock_counts_exactly() {
    always(
        5,
        "let n = 0
         let l = lock()
         let ts = [spawn { for i in range(5000) { with l { n += 1 } } } for t in range(4)]
         let fs = [future { for i in range(100) { with l { n += 1 } } } for f in range(50)]
         for t in ts { t.join() }
         for f in fs { force(f) }
         print(n)",
        "25000\n",
    );
}

#[test]
fn a_pool_never_runs_more_than_n() {
    // Who waits gives its seat to another, so counting must not wait: `alone` tries until it
    // has the lock.
    for n in [1, 2, 5] {
        always(
            5,
            &"let running, most = [0, 0]
             let guard = lock()
             fn alone(change) {
                 while true {
                     let mine = try { acquire(guard, timeout: 0); true } catch e { false }
                     if mine { change(); release(guard); return }
                 }
             }
             fn work(i) {
                 alone(fn() { running += 1; most = max(most, running) })
                 if i % 10 == 0 { sleep(0.001) }
                 for j in range(100) { }
                 alone(fn() { running -= 1 })
                 i
             }
             with pool = thread_pool(N) { print(sum(pool.map(work, range(200)))) }
             print(running, most <= N)"
                .replace('N', &n.to_string()),
            "19900\n0 true\n",
        );
    }
}

#[test]
fn fork_join_fibonacci() {
    always(
        5,
        "fn fib(n) {
             if n < 2 { return n }
             let a = future fib(n - 1)
             let b = future fib(n - 2)
             force(a) + force(b)
         }
         print(fib(18))",
        "2584\n",
    );
}

#[test]
fn fork_join_in_a_pool_of_two() {
    always(
        5,
        "with pool = thread_pool(2) {
             fn fib(n) {
                 if n < 2 { return n }
                 let a = future fib(n - 1) on pool
                 let b = future fib(n - 2) on pool
                 force(a) + force(b)
             }
             print(fib(14))
         }",
        "377\n",
    );
}

#[test]
fn a_hundred_thousand_futures() {
    always(
        2,
        "let fs = [future i for i in range(100_000)]
         print(sum([force(f) for f in fs]))",
        "4999950000\n",
    );
}

#[test]
fn ping_pong() {
    always(
        3,
        "let there, back = [queue(0), queue(0)]
         let t = spawn { for x in there { back.put(x + 1) } }
         let x = 0
         for i in range(5000) { there.put(x); x = back.get() }
         there.close()
         t.join()
         print(x)",
        "5000\n",
    );
}

#[test]
fn a_long_pipeline_of_futures() {
    always(
        3,
        "let first = queue(2)
         let last = first
         let stages = []
         for i in range(50) {
             let input = last
             let output = queue(2)
             push(stages, future { for x in input { output.put(x + 1) }; output.close() })
             last = output
         }
         let feeder = spawn { for i in range(100) { first.put(i) }; first.close() }
         print(sum([x for x in last]))",
        "9950\n",
    );
}

#[test]
fn promises_under_load_are_evaluated_once() {
    always(
        5,
        "let count = 0
         let guard = lock()
         let ps = [delay { with guard { count += 1 }; i } for i in range(200)]
         let fs = [future sum([force(p) for p in ps]) for i in range(20)]
         print([force(f) for f in fs] == [19900] * 20, count)",
        "true 200\n",
    );
}

#[test]
fn one_map_shared_by_many() {
    always(
        3,
        "let m = [:]
         let ts = [spawn { for i in range(1000) { m[t * 1000 + i] = i; if i % 3 == 0 { remove(m, t * 1000 + i) } } } for t in range(4)]
         for t in ts { t.join() }
         print(len(m))",
        "2664\n",
    );
}

#[test]
fn timeouts_and_puts_race_without_loss() {
    always(
        3,
        "let q = queue()
         fn consume() {
             let got = 0
             while true {
                 try { let x = q.get(timeout: 0.0005); if x == nil { return got }; got += 1 }
                 catch e { assert(e.kind == \"timeout\") }
             }
         }
         let cs = [spawn consume() for i in range(4)]
         for i in range(1000) { q.put(i); if i % 50 == 0 { sleep(0.001) } }
         for i in range(4) { q.put(nil) }
         print(sum([c.join() for c in cs]))",
        "1000\n",
    );
}

#[test]
fn spawned_threads_come_and_go() {
    always(
        3,
        "let n = 0
         for i in range(500) { n += join(spawn i) }
         print(n)",
        "124750\n",
    );
}

#[test]
fn deadlocks_are_always_found() {
    for _ in 0..10 {
        let outcome = source(
            "let locks = [lock() for i in range(5)]
             let ready = semaphore(0)
             let go = semaphore(0)
             fn philosopher(i) {
                 with locks[i] {
                     ready.release()
                     go.acquire()
                     with locks[(i + 1) % 5] { print(\"never\") }
                 }
             }
             let ts = [spawn philosopher(i) for i in range(5)]
             for i in range(5) { ready.acquire() }
             for i in range(5) { go.release() }
             for t in ts { t.join() }",
        )
        .run();
        assert_eq!(outcome.status, Some(3), "{outcome}");
        assert_eq!(outcome.stdout, "", "{outcome}");
        assert!(outcome.stderr.contains("deadlock"), "{outcome}");
    }
}
