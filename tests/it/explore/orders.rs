//! Small programs over everything that waits: the search finds the outcomes that running every
//! order finds, with fewer executions.

use std::collections::BTreeSet;

use cq::explore::exploration::{Bounds, Found};
use cq::explore::search::Reduction;

use super::explore_within;

const MOST: u128 = 30_000;

fn outcomes(found: &Found) -> BTreeSet<(String, String)> {
    let all = found.outcomes.all.iter();
    all.map(|outcome| {
        let end = format!("{:?}", outcome.ended.end);
        (outcome.ended.output.clone(), end)
    })
    .collect()
}

/// Holds the search to every order there is.
fn check(text: &str) {
    let every = |reduction| {
        let bounds = Bounds {
            reduction,
            ..Bounds::default()
        };
        explore_within(text, MOST, &bounds)
    };
    let mut truth = every(Reduction::None);
    if !truth.complete {
        truth = every(Reduction::Sleep);
    }
    assert!(truth.complete, "too many orders:\n{text}");
    let found = explore_within(text, MOST, &Bounds::default());
    assert!(found.complete, "{text}");
    assert_eq!(outcomes(&found), outcomes(&truth), "{text}");
    assert!(found.executions <= truth.executions, "{text}");
}

#[test]
fn handing_over() {
    check(
        "let q = queue(0)\nspawn { q.put(1) }\nspawn { q.put(2) }\nprint(q.get())\nprint(q.get())",
    );
    check(
        "let q = queue(0)\nlet t = spawn { try { q.put(1)\n print(\"put\") } catch e { print(e.kind) } }\nspawn { q.close() }\ntry { print(q.get()) } catch e { print(e.kind) }",
    );
    check(
        "let q = queue(0)\nspawn { try { q.put(1, timeout: 1)\n print(\"put\") } catch e { print(e.kind) } }\ntry { print(q.get(timeout: 1)) } catch e { print(e.kind) }",
    );
    check(
        "let q = queue(0)\nlet t = spawn { q.put(1) }\nspawn { t.cancel() }\ntry { print(q.get(timeout: 1)) } catch e { print(e.kind) }",
    );
}

#[test]
fn selecting() {
    check(
        "let a, b = [queue(), queue()]\nspawn { a.put(1) }\nspawn { b.put(2) }\nprint(select([a, b])[1])\nprint(select([a, b])[1])",
    );
    check(
        "let a, b = [queue(), queue()]\nspawn { a.put(1) }\nspawn { b.put(2) }\nspawn { print(a.get()) }\nprint(select([a, b])[1])",
    );
    check(
        "let a, b = [queue(), queue()]\nspawn { a.put(1) }\nspawn { a.close() }\nspawn { b.close() }\ntry { print(select([a, b])[1]) } catch e { print(e.kind) }",
    );
    check(
        "let a, b = [queue(), queue()]\nspawn { print(select([a, b])[1]) }\nspawn { print(select([b, a])[1]) }\na.put(1)\nb.put(2)",
    );
    check(
        "let a, b = [queue(), queue()]\nspawn { a.put(1) }\nspawn { print(select([a, b])[1]) }\nspawn { print(a.get()) }\nb.put(2)",
    );
}

#[test]
fn waiting_for_several() {
    check(
        "let n = 0\nlet a = future { n += 1 }\nlet b = future { n += 1 }\nwait([a, b], until: \"any\")\nprint(n, done(a), done(b))",
    );
    check(
        "let a = future { 1 }\nlet b = future { 2 }\nfor f in as_completed([a, b]) { print(f.force()) }",
    );
    check(
        "let a = future { 1 }\nlet b = future { 2 }\nlet c = future { 3 }\nfor f in as_completed([a, b, c]) { print(f.force()) }",
    );
    check(
        "let q = queue()\nlet a = future { q.get() }\nlet b = future { q.put(1) }\nfor f in as_completed([a, b]) { print(f.force()) }",
    );
    check(
        "let a = future { throw \"a\" }\nlet b = future { 2 }\nprint(len(wait([a, b], until: \"error\")[0]))",
    );
}

#[test]
fn promises() {
    check("let p = delay { print(\"once\")\n 7 }\nspawn { print(force(p)) }\nprint(force(p))");
    check(
        "let n = 0\nlet p = delay { n += 1\n n }\nspawn { n = 5 }\nspawn { force(p) }\nprint(force(p))",
    );
    check(
        "let q = queue()\nlet p = delay { q.get() }\nlet t = spawn { force(p) }\nspawn { t.cancel() }\nq.put(1)\nq.put(2)\nprint(force(p))",
    );
}

#[test]
fn pools() {
    check("with p = thread_pool(1) {\nfuture { print(1) } on p\nfuture { print(2) } on p\n}");
    check(
        "let q = queue()\nwith p = thread_pool(1) {\nlet a = future { print(q.get()) } on p\nlet b = future { print(2) } on p\nq.put(1)\n}",
    );
    check(
        "let q = queue()\nwith p = thread_pool(1) {\nlet a = future { print(q.get()) } on p\nlet b = future { q.put(3)\n print(2) } on p\nlet c = future { print(4) } on p\n}",
    );
    check(
        "let n = 0\nwith p = thread_pool(2) {\nfuture { n += 1 } on p\nfuture { n += 1 } on p\nfuture { n += 1 } on p\n}\nprint(n)",
    );
    check(
        "let q = queue()\nwith p = thread_pool(1) {\nlet a = future { try { q.get(timeout: 1)\n print(\"got\") } catch e { print(e.kind) } } on p\nlet b = future { print(2) } on p\nspawn { q.put(1) }\n}",
    );
    check(
        "let p = thread_pool(2)\nspawn { try { future { print(1) } on p } catch e { print(e.kind) } }\nwith p { }",
    );
    check(
        "let l = lock()\nwith p = thread_pool(1) {\nlet a = future { with l { print(1) } } on p\nlet b = future { print(2) } on p\nwith l { print(3) }\n}",
    );
    check(
        "with p = thread_pool(1) {\nlet a = future { print(1) } on p\nlet b = future { print(2) } on p\nprint(b.cancel())\n}",
    );
}

#[test]
fn cancels() {
    check(
        "let q = queue()\nlet t = spawn { try { q.get() } finally { print(\"end\") } }\nspawn { q.put(1) }\nprint(t.cancel())",
    );
    check(
        "let a, b = [queue(), queue()]\nlet t = spawn { print(select([a, b])[1]) }\nspawn { a.put(1) }\nt.cancel()\nb.put(2)",
    );
    check(
        "let l = lock()\nlet t = spawn { with l { print(\"in\") } }\nspawn { with l { print(\"other\") } }\nt.cancel()",
    );
    check(
        "let q = queue(1)\nq.put(0)\nlet t = spawn { q.put(1)\n print(\"put\") }\nspawn { print(q.get()) }\nspawn { q.close() }\nt.cancel()",
    );
    check("let n = 0\nlet t = spawn { while n < 2 { n += 1 } }\nt.cancel()\nprint(n)");
}

#[test]
fn waiting_in_loops() {
    check("let done = false\nspawn { done = true }\nwhile not done { }\nprint(\"seen\")");
    check("let n = 0\nspawn { n = 1 }\nspawn { n = 2 }\nwhile n == 0 { }\nprint(n)");
    check(
        "let turn = 0\nspawn { while turn != 1 { }\nprint(\"b\")\nturn = 2 }\nprint(\"a\")\nturn = 1\nwhile turn != 2 { }\nprint(\"c\")",
    );
    check(
        "let done = false\nlet t = spawn { while not done { }\nprint(\"seen\") }\nspawn { done = true }\nt.cancel()",
    );
}

#[test]
fn lists_and_maps() {
    check("let xs = []\nspawn { xs.push(1) }\nspawn { xs.push(2) }\nprint(xs)");
    check("let xs = [0]\nspawn { xs.insert(0, 1) }\nspawn { xs[0] = 2 }\nprint(xs[0])");
    check(
        "let xs = [1, 2]\nspawn { try { print(xs.pop()) } catch e { print(e.kind) } }\nspawn { xs.pop(0) }\nprint(len(xs))",
    );
    check("let m = [:]\nspawn { m[\"a\"] = 1 }\nspawn { m[\"b\"] = 2 }\nprint(m)");
    check(
        "let m = [\"a\": 1]\nspawn { m[\"a\"] = 2 }\nspawn { m.remove(\"a\") }\nprint(contains(m, \"a\"), len(m))",
    );
    check("let xs = [1, 2]\nspawn { xs.push(3) }\nspawn { xs.clear() }\nfor x in xs { print(x) }");
    check("let xs = [2, 1]\nspawn { xs.push(0) }\nprint(sorted(xs), sum(xs), 0 in xs)");
}

#[test]
fn processes() {
    check(
        "let q = queue()\nlet xs = [1]\nspawn { xs.push(2) }\nlet t = spawn { q.put(xs) } on process\nprint(q.get())",
    );
    check("let n = 0\nlet f = future { n + 1 } on process\nspawn { n = 5 }\nprint(force(f))");
}

#[test]
fn ends() {
    check("let n = 0\nfuture { n = 1\n n = 2 }\nprint(n)");
    check("spawn { throw \"a\" }\nspawn { throw \"b\" }");
    check("spawn { exit(3) }\nprint(1)");
    check("let f = future { print(\"f\") }\nspawn { print(\"s\") }");
}

/// What is left when the program ends is noticed by its end, whatever was left in the first order.
#[test]
fn futures_that_are_left() {
    let failing = |body: &str, end: &str| {
        format!(
            "let x = 0\nlet l = lock()\nlet m = lock()\nlet p = queue()\nfn work() {{ {body} }}\n\
             let ts = [future work() for i in range(2)]\n{end}"
        )
    };
    let join = "for t in ts { t.join() }\nprint(x)";
    for text in [
        String::from("let a = future { print(1) }\nlet b = future { 1 }\nb.join()"),
        String::from("let a = future { print(1) }\nlet b = future { a.join() }\nprint(b.join())"),
        String::from("let a = future { print(1) }\nlet b = spawn { a.join() }\nprint(3)"),
        failing("x += 1\nif x == 1 { throw \"early\" }", join),
        failing("with l { x += 1 }\nthrow \"early\"", join),
        failing("with l { x += 1 }", "throw 1"),
        failing("with m { with l { x += 1 } }", "throw 1"),
        failing("p.put(1)", "throw 1"),
        failing("x += 1", "throw 1"),
    ] {
        let executions = |reduction| {
            let bounds = Bounds {
                reduction,
                ..Bounds::default()
            };
            explore_within(&text, MOST, &bounds).executions
        };
        let truth = executions(Reduction::Sleep);
        assert_eq!(executions(Reduction::All), truth, "{text}");
        let states = super::explore_states(&text, 1_000_000).map(|found| found.executions);
        assert_eq!(states, Some(truth), "{text}");
    }
}
