//! Every possible outcome: the counts, the outcomes and what people see of them.
//!
//! 1. `brute`: generated programs, against a brute force that shares no code with the search.
//! 2. `orders`: everything that waits, against every order there is.
//! 3. `counts`: programs whose numbers of executions are known from the literature.
//! 4. `tables`: the examples, each with its whole table of outcomes.

mod brute;
mod counts;
mod model;
mod orders;
mod tables;

use std::sync::Arc;

use cq::cli::load;
use cq::diagnostics::source::Sources;
use cq::eval::compile;
use cq::explore::exploration::{Bounds, Exploration, Found};
use cq::runtime::output::Output;
use cq::runtime::run::Runtime;
use cq::value::function::Unit;

/// Explores a program text; at most so many executions.
fn explore(text: &str, most: u64) -> Found {
    explore_within(text, most, &Bounds::default())
}

/// Explores a program text; at most so many executions.
fn explore_within(text: &str, most: u64, bounds: &Bounds) -> Found {
    let sources = Sources::default();
    let source = sources.add(String::from("program.cq"), text.to_owned());
    let loaded = load::load(&[&source]);
    let program = loaded.program.unwrap_or_else(|| {
        let messages: Vec<String> = loaded.reports.iter().map(|it| it.message.clone()).collect();
        panic!("{messages:?} in\n{text}")
    });
    let runtime: Arc<Runtime> =
        Runtime::new(sources, Output::silent(), Vec::new(), |_, _| String::new());
    let mut exploration = Exploration::new(runtime, Unit::load(program, compile), bounds);
    while exploration.step(|_| {}) {
        if exploration.found.executions >= most {
            break;
        }
    }
    exploration.found
}
