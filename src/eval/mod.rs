//! Runs programs: turns each template of the resolved program into a tree of Rust closures.
//!
//! Every node becomes one closure that holds the closures of its children (Feeley and Lapalme,
//! "Using closures for code generation", 1987). Running a program is calling the outermost one:
//!
//! ```text
//!   n % i == 0     condition |m, f| remainder(m, f)? == 0
//!                                    \__ code |m, f| m.local(0) % m.local(1)
//! ```
//!
//! There are three kinds of closures, so that nothing is boxed into a value to be thrown away:
//! an expression gives a value, a condition a Rust bool, a statement says where to go on.
//!
//! In reading order:
//!
//! 1. [`code`]: the three kinds; [`frame`]: the slots; [`blame`]: what errors say about operands
//! 2. [`compile`]: a template; [`block`]: its blocks; [`statement`]: its statements
//! 3. [`expression`]: its expressions, which are: [`variable`], [`literal`], [`operand`] with
//!    [`arithmetic`] and [`comparison`], [`condition`], [`access`], [`comprehension`]
//! 4. [`call`] with [`argument`], [`named`], [`builtin_call`] with [`assertion`], [`function`]: calling and making functions
//! 5. [`target`]: assignment; [`binder`]: declarations; [`unpack`]: several at once
//! 6. [`loops`], [`try_catch`], [`with`], [`tasks`]: the rest of the statements and forms

pub mod access;
pub mod argument;
mod arithmetic;
pub mod assertion;
pub mod binder;
pub mod blame;
pub mod block;
pub mod builtin_call;
pub mod call;
pub mod code;
pub mod comparison;
pub mod compile;
pub mod comprehension;
pub mod condition;
pub mod expression;
pub mod frame;
pub mod function;
pub mod literal;
pub mod loops;
pub mod named;
pub mod operand;
pub mod statement;
pub mod target;
pub mod tasks;
pub mod try_catch;
pub mod unpack;
pub mod variable;
pub mod with;

pub use compile::compile;
