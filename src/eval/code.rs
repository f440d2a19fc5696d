//! The three kinds of closures that programs become.
//!
//! All of them are given the machine and the running function, which holds the captures.

use crate::runtime::machine::{Flow, Machine};
use crate::value::function::{Body, Closure, Unit};
use crate::value::returned::Chosen;
use crate::value::running::Running;
use crate::value::{Result, Value};

/// An expression: gives its value.
pub type Code = Body;

/// A condition: gives a Rust bool.
pub type Cond = Closure<bool>;

/// A statement: says where to go on.
pub type Step = Closure<Flow>;

/// Makes an expression of a closure; only here for the compiler to know the closure's type.
pub fn code(
    run: impl Fn(&mut Machine<'_>, Running<'_>) -> Result<Value> + Send + Sync + 'static,
) -> Code {
    Closure::new(run)
}

/// Makes a condition of a closure.
pub fn cond(
    run: impl Fn(&mut Machine<'_>, Running<'_>) -> Result<bool> + Send + Sync + 'static,
) -> Cond {
    Closure::new(run)
}

/// Makes a statement of a closure.
pub fn step(
    run: impl Fn(&mut Machine<'_>, Running<'_>) -> Result<Flow> + Send + Sync + 'static,
) -> Step {
    Closure::new(run)
}

/// Makes an expression of a closure that may end with what another expression gives.
pub fn passing_code(
    run: impl Fn(&mut Machine<'_>, Running<'_>) -> std::result::Result<Value, Value>
    + Send
    + Sync
    + 'static,
) -> Code {
    Closure::passing(run)
}

/// Makes a condition of a closure that may end with what another one gives.
pub fn passing_cond(
    run: impl Fn(&mut Machine<'_>, Running<'_>) -> std::result::Result<bool, Chosen>
    + Send
    + Sync
    + 'static,
) -> Cond {
    Closure::passing(run)
}

/// Makes a statement of a closure that may end with what another one gives.
pub fn passing_step(
    run: impl Fn(&mut Machine<'_>, Running<'_>) -> std::result::Result<Flow, Chosen>
    + Send
    + Sync
    + 'static,
) -> Step {
    Closure::passing(run)
}

/// What compiling needs to know beside the node.
#[derive(Copy, Clone)]
pub struct Compiler {
    /// The program, in which the templates of functions and tasks are found.
    pub unit: &'static Unit,
    /// How many parameters the template has that is being compiled.
    pub parameters: usize,
    /// Whether nobody looks at the row of slots any more once the template's value is there.
    pub row_ends: bool,
    /// Whether an expression around it holds values where nobody can look: then a loop is no place
    /// at which what has been seen may be forgotten.
    pub holds_values: bool,
}

impl Compiler {
    /// For the parts of an expression, which holds some while others are evaluated.
    pub fn inside(&self) -> Compiler {
        Compiler {
            holds_values: true,
            ..*self
        }
    }
}
