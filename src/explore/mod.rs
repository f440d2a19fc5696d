//! Decides the order instead of the operating system: every possible outcome of a program.
//!
//! ```text
//!   stage: one execution on one seat        director: who goes next?
//!     task --announces, asks--> [gate] --enabled tasks--> search | replay | sample
//!                                  <--------- one of them --------
//! ```
//!
//! Interpreter, values, queues and builtins are those of a real run; only the choice of the next
//! task is made here.
//!
//! 1. [`touch`]: what a step touches, which steps depend on each other
//! 2. [`history`]: the steps of an execution and what came before what; `races` between them,
//!    `possible`: which of two could have come first
//! 3. [`stage`]: one execution, with [`actor`] (its tasks), [`play`] (their state, and what their
//!    steps touch; `asks`: their waits; `spins`: loops that wait; [`owners`]: what is no step),
//!    [`known`] (what earlier executions have taught) and [`stand`] (a task's own side of the
//!    gate); [`copies`]: tasks of other processes
//! 4. [`search`]: every order that makes a difference, once: `reversal` of races, `wakeup` trees
//!    of who is to follow whom, `sleep`: who has been tried in a state; [`sample`]: orders drawn at
//!    random; [`graph`]: every order by way of the states that programs meet again and again,
//!    which [`state`] tells apart (`reader` reads it) from what tasks see ([`notes`]), without the
//!    names of tasks that are [`alike`]
//! 5. [`schedule`], [`replay`], [`tell`]: one execution again, by name, step by step
//! 6. [`check`]: a check block as a program of its own
//! 7. [`ending`]: how executions end; [`exploration`]: all of them, up to a [`limit`]; [`fewest`]: the shortest of them
//!    [`situation`]: how far a search is
//! 8. what people and programs read: [`report`] with [`table`] and [`pattern`], [`columns`], [`json`]

pub mod actor;
pub mod alike;
mod asks;
pub mod check;
pub mod columns;
pub mod copies;
pub mod demand;
pub mod ending;
pub mod exploration;
pub mod fewest;
pub mod graph;
pub mod history;
pub mod json;
mod judge;
pub mod known;
pub mod limit;
pub mod notes;
pub mod owners;
pub mod pattern;
pub mod play;
mod possible;
mod races;
mod reader;
pub mod replay;
pub mod report;
mod reversal;
pub mod sample;
pub mod schedule;
pub mod search;
pub mod seats;
pub mod situation;
mod sleep;
mod spins;
pub mod stage;
mod stale;
pub mod stand;
pub mod state;
pub mod steps;
pub mod table;
pub mod tell;
pub mod touch;
mod wakeup;
