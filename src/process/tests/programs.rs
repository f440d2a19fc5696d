//! Code that crosses.

use super::program;
use crate::diagnostics::source::Sources;
use crate::process::program::{pack_program, unpack_program};
use crate::resolve::show::show;

fn crosses(text: &str) {
    let program = on_large_stack(|| program(&Sources::default(), text));
    let bytes = pack_program(&program).expect("it packs");
    let copy = unpack_program(&bytes).expect("it was packed just now");
    on_large_stack(move || {
        assert_eq!(show(&program), show(&copy));
        drop((program, copy));
    });
}

fn on_large_stack<R>(work: impl FnOnce() -> R) -> R {
    let stack = corosensei::stack::DefaultStack::new(512 << 20).expect("there is memory");
    corosensei::on_stack(stack, work)
}

#[test]
fn every_construct_crosses() {
    crosses(super::graph::PROGRAM);
    crosses(
        "let xs = [1, 2.5, \"a\", nil, true, 123456789012345678901234567890]
let m = [\"k\": f\"{xs[0]:>8.2f} {xs}\", 2: [x * x for x in xs if x != nil]]
let q = queue(2)
## Adds.
fn add(a, b = 2) { return a + b }
for i, j in [[1, 2]] { while true { if i in xs and not (j < 2 or i == 3) { break } else { continue } } }
try { throw m.k } catch e { print(e) } finally { q.len(xs[1:]) }
with l = lock() { xs[0] += 1; m.k = -xs[0] ** 2 }
let f = future add(1) on process
let t = spawn { let n = 1; fn inner() { n += 1 }; inner() } on thread
let s = 1 :: force(delay t)
let a, b = [f, s]
a, xs[0] = [b, fn(x) => x]
",
    );
}

#[test]
fn the_deepest_trees_cross() {
    deepest_crosses(|depth| format!("let x = {}1{}", "[".repeat(depth), "]".repeat(depth)));
    deepest_crosses(|depth| format!("let x = 1{}", " + 1".repeat(depth)));
    deepest_crosses(|depth| format!("let x = {}1", "- ".repeat(depth)));
}

/// The deepest that the parser lets through, of those that have a round number.
fn deepest_crosses(text: impl Fn(usize) -> String) {
    let parses = |depth: &usize| {
        on_large_stack(|| {
            let source = Sources::default().add("test.cq", text(*depth));
            crate::syntax::parse(&source).reports.is_empty()
        })
    };
    let deepest = [4990, 4900, 2000, 490, 400].into_iter().find(parses);
    crosses(&text(deepest.expect("400 levels parse")));
}

#[test]
fn damaged_code_is_refused() {
    let program = program(&Sources::default(), super::graph::PROGRAM);
    let bytes = pack_program(&program).expect("it packs");
    for end in [0, 1, bytes.len() / 2, bytes.len() - 1] {
        assert!(unpack_program(&bytes[..end]).is_err(), "cut at {end}");
    }
    assert!(unpack_program(&[&bytes[..], b"more"].concat()).is_err());
}
