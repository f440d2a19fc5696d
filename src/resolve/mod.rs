//! Tree -> program: names become slots, and what cannot make sense is reported.
//!
//! ```text
//! tree --first walk--> survey --constant, capture--> storage --second walk--> program
//!        (scope)         |
//!                        +-- calls, races: reports
//! ```
//!
//! How a variable is stored depends on code that may stand anywhere behind it, so the tree is
//! walked twice: the first walk only finds out, the second only writes down.
//!
//! 1. [`resolution`] is the way in: one function, and what it gives back; [`front_end`] begins with
//!    the text;
//! 2. [`prelude`] is what the resolver knows of builtins and of earlier entries of a session;
//! 3. `survey` holds what the first walk finds out; `scope` opens scopes, declares and looks up
//!    names; `statement` and `expression` walk; `flow` judges `return`, `break` and unreachable
//!    code; `target` what is assigned to; `undeclared` says it of names, with the nearest one;
//! 4. `constant` finds the functions that nothing needs to capture, `capture` decides how each variable is stored, `alias` which share a slot; `call` judges arguments; `race` warns of
//!    variables assigned while a task reads them;
//! 5. `build`, `build_statement` and `build_expression` write the [`program`] and the [`code`] in it, which [`show`] shows as text;
//!    `last_use` marks where a variable is read for the last time, with what `uses` counts;
//! 6. [`signature`] is how builtins declare parameters.

mod alias;
mod build;
mod build_expression;
mod build_statement;
mod call;
mod capture;
pub mod code;
mod constant;
mod expression;
mod flow;
pub mod front_end;
mod last_use;
pub mod prelude;
pub mod program;
mod race;
pub mod resolution;
mod scope;
pub mod show;
pub mod signature;
mod statement;
mod survey;
mod target;
#[cfg(test)]
mod tests;
mod undeclared;
mod uses;

pub use prelude::{OuterVariable, Prelude};
pub use resolution::{Resolved, judge, resolve, resolve_entry};
