//! What a task is to do.

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;

use super::machine::Machine;
use crate::value::function::Function;
use crate::value::returned::Given;
use crate::value::running::Running;
use crate::value::{Result, Value};

/// What a task is to do.
pub enum Work {
    /// The body of a future, which lies in it: there may be a million of them.
    Body(Function),
    /// A call.
    Call {
        /// What is called.
        function: Value,
        /// With what.
        arguments: Vec<Value>,
    },
    /// Work of the runtime itself, such as speaking for a task in another process.
    Native(Cell<Option<NativeWork>>),
}

/// Work that is no code of the program.
pub type NativeWork = Box<dyn FnOnce(&mut Machine<'_>) -> Result<Value> + Send>;

impl Work {
    /// Work that is no code of the program.
    pub fn native(work: NativeWork) -> Work {
        Work::Native(Cell::new(Some(work)))
    }

    /// The work of a body that is a function of its own.
    pub fn body(function: Arc<Function>) -> Work {
        Work::Call {
            function: Value::Function(function),
            arguments: Vec::new(),
        }
    }

    /// The name of what it calls, if there is one.
    pub fn name(&self) -> Option<&str> {
        match self {
            Work::Body(function) => called(function),
            Work::Call {
                function: Value::Function(function),
                ..
            } => called(function),
            Work::Call {
                function: Value::Builtin(builtin),
                ..
            } => Some(builtin.name),
            _ => None,
        }
    }

    /// Does it, once.
    pub fn run<'f>(&'f self, machine: &mut Machine<'f>) -> Result<Value> {
        match self {
            Work::Body(body) => {
                machine.body = Some(body);
                Value::unpack(machine.run_body(Running::in_place(body)))
            }
            Work::Call {
                function,
                arguments,
            } => {
                if let Value::Function(body) = function {
                    machine.body = Some(body);
                }
                machine.call(function, arguments)
            }
            Work::Native(work) => match work.take() {
                Some(work) => work(machine),
                None => Ok(Value::Nil),
            },
        }
    }
}

/// The name of a function, or of what a body calls.
fn called(function: &Function) -> Option<&str> {
    let name = function.name();
    let name = name.or_else(|| function.code.template.called());
    name.map(|name| &**name)
}

impl fmt::Debug for Work {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Work::Body(body) => write!(out, "{body:?}"),
            Work::Call { function, .. } => write!(out, "call of {function:?}"),
            Work::Native(_) => write!(out, "native work"),
        }
    }
}
