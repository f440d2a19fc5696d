//! Any text that is a program: it is run for a moment, with everything outside denied, and ends or
//! is interrupted; it never crashes cq.
#![no_main]

use std::sync::LazyLock;
use std::time::Duration;

use cq::diagnostics::report::Report;
use cq::diagnostics::source::Sources;
use cq::resolve::{Prelude, resolve};
use cq::runtime::limits::{Denied, Limits};
use cq::runtime::output::Output;
use cq::runtime::run::Runtime;
use cq::value::function::Unit;
use libfuzzer_sys::fuzz_target;

/// How long a program may run.
const MOMENT: Duration = Duration::from_millis(100);

static PRELUDE: LazyLock<Prelude> = LazyLock::new(|| {
    let mut prelude = Prelude::new();
    for builtin in cq::builtins::all() {
        prelude.constant(builtin.name);
        for (row, signature) in &builtin.rows {
            if row.run.is_function() {
                prelude.function(builtin.name, signature.clone());
            }
        }
    }
    prelude
});

fn draw(report: &Report, _: &Sources) -> String {
    report.message.clone()
}

fuzz_target!(|text: &str| {
    // It would end the fuzzer.
    if text.contains("exit") {
        return;
    }
    let sources = Sources::default();
    let source = sources.add("fuzz.cq", text);
    let parsed = cq::syntax::parse(&source);
    if !parsed.reports.is_empty() {
        return;
    }
    let Some(program) = resolve(&parsed.tree, &[], &PRELUDE).program else {
        return;
    };
    let runtime = Runtime::new(sources, Output::memory(), Vec::new(), draw);
    // Other limits would end the fuzzer.
    runtime.set_limits(Limits {
        denied: vec![Denied::Net, Denied::Read, Denied::Write, Denied::Process],
        ..Limits::default()
    });
    let (over, is_over) = std::sync::mpsc::channel::<()>();
    let running = runtime.clone();
    let watch = std::thread::spawn(move || {
        if is_over.recv_timeout(MOMENT).is_err() {
            running.interrupt();
        }
    });
    let status = runtime.run(Unit::load(program, cq::eval::compile));
    drop(over);
    watch.join().expect("the watch does not panic");
    let said = runtime.output.kept();
    assert!(!said.contains("internal error"), "{said}");
    assert!([0, 1, 3, 4, 130].contains(&status.0), "{}", status.0);
});
