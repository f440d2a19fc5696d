//! What a task is to do.

use std::fmt;
use std::sync::Arc;

use super::machine::Machine;
use crate::value::function::Function;
use crate::value::{Result, Value};

/// What a task is to do.
pub enum Work {
    /// A call.
    Call {
        /// What is called.
        function: Value,
        /// With what.
        arguments: Vec<Value>,
    },
    /// Work of the runtime itself, such as speaking for a task in another process.
    Native(NativeWork),
}

/// Work that is no code of the program.
pub type NativeWork = Box<dyn FnOnce(&mut Machine<'_>) -> Result<Value> + Send>;

impl Work {
    /// The work of a `future` or `spawn` body.
    pub fn body(function: Arc<Function>) -> Work {
        Work::Call {
            function: Value::Function(function),
            arguments: Vec::new(),
        }
    }

    /// The name of what it calls, if there is one.
    pub fn name(&self) -> Option<&str> {
        match self {
            Work::Call {
                function: Value::Function(function),
                ..
            } => function
                .name()
                .or_else(|| function.code.template.called())
                .map(|name| &**name),
            Work::Call {
                function: Value::Builtin(builtin),
                ..
            } => Some(builtin.name),
            _ => None,
        }
    }

    /// Does it.
    pub fn run(self, machine: &mut Machine<'_>) -> Result<Value> {
        match self {
            Work::Call {
                function,
                arguments,
            } => machine.call(&function, &arguments),
            Work::Native(work) => work(machine),
        }
    }
}

impl fmt::Debug for Work {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Work::Call { function, .. } => write!(out, "call of {function:?}"),
            Work::Native(_) => write!(out, "native work"),
        }
    }
}
