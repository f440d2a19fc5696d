//! Every possible outcome: the counts, the outcomes and what people see of them.
//!
//! 1. `brute`: generated programs, against a brute force that shares no code with the search.
//! 2. `orders`: everything that waits, against every order there is.
//! 3. `counts`: programs whose numbers of executions are known from the literature.
//! 4. `tables`: the examples, each with its whole table of outcomes.
//! 5. `states`: loops that make more executions than anyone could run.
//! 6. `own`: values that one task alone touches.
//! 7. `patterns`: what an execution is said to show; `replays`: one execution again.

mod brute;
mod counts;
mod model;
mod orders;
mod own;
mod patterns;
mod replays;
mod states;
mod tables;

use std::sync::Arc;

use cq::diagnostics::source::Sources;
use cq::eval::compile;
use cq::explore::exploration::{Bounds, Exploration, Found};
use cq::explore::graph::{Merging, Progress};
use cq::runtime::output::Output;
use cq::runtime::run::Runtime;
use cq::value::function::Unit;

/// Explores a program text; at most so many executions.
fn explore(text: &str, most: u128) -> Found {
    explore_within(text, most, &Bounds::default())
}

/// Explores a program text; at most so many executions.
fn explore_within(text: &str, most: u128, bounds: &Bounds) -> Found {
    let (runtime, unit) = load(text);
    let mut exploration = Exploration::new(runtime, unit, bounds);
    while exploration.step(|_| {}) {
        if exploration.found.executions >= most {
            break;
        }
    }
    exploration.found
}

/// Explores it by way of its states, from the beginning; gives up after so many.
fn explore_states(text: &str, most: u64) -> Option<Found> {
    let (runtime, unit) = load(text);
    let mut merging = Merging::new(runtime, unit, &Bounds::default());
    loop {
        match merging.step() {
            Progress::Complete => return Some(merging.found),
            Progress::GivesUp => return None,
            Progress::GoesOn if merging.found.states > most => return None,
            Progress::GoesOn => {}
        }
    }
}

fn load(text: &str) -> (Arc<Runtime>, &'static Unit) {
    let sources = Sources::default();
    let source = sources.add(String::from("program.cq"), text.to_owned());
    let loaded = cq::cli::load::load(&[&source]);
    let program = loaded.program.unwrap_or_else(|| {
        let messages: Vec<String> = loaded.reports.iter().map(|it| it.message.clone()).collect();
        panic!("{messages:?} in\n{text}")
    });
    let runtime: Arc<Runtime> =
        Runtime::new(sources, Output::silent(), Vec::new(), |_, _| String::new());
    (runtime, Unit::load(program, compile))
}
