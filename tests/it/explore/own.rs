//! Values that one task alone touches: using them is no step, and no order is lost by that.

use cq::explore::exploration::{Bounds, Found};
use cq::explore::replay::replay;
use cq::explore::schedule::parse;

use super::{explore, load};

fn found(text: &str) -> Found {
    let found = explore(text, 100_000);
    assert!(found.complete, "{text}");
    // The names of schedules count every use of a value, since a replay knows nothing.
    let (runtime, unit) = load(text);
    for outcome in &found.outcomes.all {
        let turns = parse(&outcome.schedule).expect("a name");
        let again = replay(runtime.clone(), unit, &turns, &Bounds::default());
        assert_eq!(again.misfit, None, "{} of {text}", outcome.schedule);
        assert_eq!(again.ended.output, outcome.ended.output, "{text}");
    }
    found
}

fn outputs(found: &Found) -> Vec<&str> {
    let all = found.outcomes.all.iter();
    let mut outputs: Vec<&str> = all.map(|outcome| &*outcome.ended.output).collect();
    outputs.sort_unstable();
    outputs
}

#[test]
fn own_values_are_no_steps() {
    let text = |extra: &str| {
        format!(
            "let n = 0\nfn work() {{\n let own = []\n let sum = 0\n fn add(x) {{ sum += x }}\n for i in range(5) {{ own.push(i)\n add(own[i]) }}\n{extra}\n n += 1\n}}\nlet a = spawn work()\nlet b = spawn work()\na.join()\nb.join()\nprint(n)"
        )
    };
    let found = found(&text(""));
    assert_eq!(found.executions, 4);
    assert_eq!(outputs(&found), ["1\n", "2\n"]);
    // Begin, read, write and end of two tasks; two starts, two joins, a read, a print and an end.
    assert_eq!(found.longest.0, 15);
}

#[test]
fn a_value_that_becomes_shared_late_is_divided() {
    // Only if c comes late does it touch what is b's.
    let found = found(
        "let box = [0]\nlet open = false\nfn b() { box[0] = 1\n open = true\n box[0] = 2 }\nfn c() { if open { print(box[0]) } else { print(\"closed\") } }\nlet x = spawn b()\nlet y = spawn c()\nx.join()\ny.join()",
    );
    assert_eq!(outputs(&found), ["1\n", "2\n", "closed\n"]);
}

#[test]
fn the_same_place_may_touch_own_values_and_shared_ones() {
    let found = found(
        "let ours = [0]\nfn add(xs) { xs[0] = xs[0] + 1 }\nfn work() { let own = [0]\n add(own)\n add(ours)\n add(own)\n assert(own[0] == 2) }\nlet a = spawn work()\nlet b = spawn work()\na.join()\nb.join()\nprint(ours[0])",
    );
    assert_eq!(outputs(&found), ["1\n", "2\n"]);
    assert_eq!(found.executions, 4);
}

#[test]
fn a_loop_that_changes_what_is_its_own_does_not_spin() {
    let found = found(
        "let done = false\nfn wait() {\n let tries = 0\n fn again() { tries += 1\n return tries < 3 }\n while not done and again() { }\n print(if done { \"done\" } else { \"gave up\" })\n}\nlet w = spawn wait()\ndone = true\nw.join()",
    );
    assert_eq!(outputs(&found), ["done\n", "gave up\n"]);
}

#[test]
fn very_long_turns_are_replayed() {
    // Whoever has taken 200 steps lets the next one go, and a replay counts more steps than we do.
    let found = found(
        "let n = 0\nfn work() {\n let own = []\n for i in range(150) { own.push(i) }\n n += 1\n for i in range(150) { own.push(i) }\n n += len(own)\n}\nlet a = spawn work()\nlet b = spawn work()\na.join()\nb.join()\nprint(n)",
    );
    assert!(found.executions > 4);
}
