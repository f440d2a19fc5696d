//! cq: a tiny language for learning, trying out and teaching concurrency.
//!
//! The modules in the order in which a program passes through them:
//!
//! ```text
//! text --syntax--> tree --resolve--> program --eval--> closures, run by tasks (runtime)
//!                                                        that call builtins on values
//! what goes wrong anywhere --diagnostics--> what people see
//! ```

pub mod builtins;
pub mod cli;
pub mod diagnostics;
pub mod eval;
pub mod explore;
pub mod gate;
pub mod process;
pub mod repl;
pub mod resolve;
pub mod runtime;
pub mod syntax;
pub mod value;
