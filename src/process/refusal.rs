//! Why a value cannot cross, and where in what was to be sent it lies.
//!
//! ```text
//!   future f(xs) on process     xs = [1, [p]]     `xs[1][0]` is a pool and cannot be sent to a process
//!        ^ captures of the task's code: variables by name
//! ```
//!
//! The way is put together only when something is refused: every node remembers who held it and
//! at which place.

use std::sync::Arc;

use crate::gate::Gate;
use crate::value::{Failure, Kind, Unwind, Value};

/// Something that cannot be sent, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong: ``` `p` is a pool and cannot be sent to a process```.
    pub message: String,
    /// The way out.
    pub help: String,
}

impl From<Refusal> for Unwind {
    fn from(refusal: Refusal) -> Unwind {
        Failure::error(Kind::Type, refusal.message)
            .help(refusal.help)
            .into()
    }
}

/// What people call something that is to be sent.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Called {
    /// The function of a task.
    Function,
    /// An argument of a task, from 1.
    Argument(usize),
    /// A single value.
    Value,
}

/// One step from a node to what it holds: the node, and the place in it.
pub(super) type Step = (Value, usize);

/// How many steps of a long way are named at each of its ends.
const STEPS_NAMED: usize = 3;

/// The refusal of what lies at the end of `way`, which begins at what is `called` so.
#[cold]
pub(super) fn refusal(called: Called, way: &[Step], what: &str, help: &str) -> Refusal {
    let mut end = End {
        variable: None,
        user: None,
        steps: Vec::new(),
        inside: false,
    };
    for (node, place) in way {
        end.go(node, *place);
    }
    let help = match &end.user {
        Some(user) => format!("`{user}` uses it; {help}"),
        None => String::from(help),
    };
    Refusal {
        message: format!(
            "{} is {what} and cannot be sent to a process",
            end.name(called)
        ),
        help,
    }
}

/// Where a way has led so far.
struct End {
    /// The last variable on the way.
    variable: Option<Arc<str>>,
    /// The named function that captured it.
    user: Option<Arc<str>>,
    /// The indexes and keys behind the variable.
    steps: Vec<String>,
    /// Whether it went on inside something that has no indexes.
    inside: bool,
}

impl End {
    fn go(&mut self, node: &Value, place: usize) {
        match node {
            Value::Function(function) => {
                let captures = &function.code.template.captures;
                self.variable = captures.get(place).map(|capture| capture.name.clone());
                self.user = function.name().cloned();
                self.steps.clear();
                self.inside = false;
            }
            Value::List(_) if !self.inside => self.steps.push(format!("[{place}]")),
            Value::Map(map) if !self.inside && !place.is_multiple_of(2) => {
                let key = map.read(&Gate::open(), |entries| {
                    let entry = entries.get_index(place / 2);
                    entry.map(|(key, _)| key.value().clone())
                });
                self.steps.push(format!("[{}]", key_text(key.as_ref())));
            }
            // Variables are what is in them.
            Value::Once(_) | Value::Shared(_) => {}
            _ => self.inside = true,
        }
    }

    fn name(&self, called: Called) -> String {
        let steps = match self.steps.len() <= 2 * STEPS_NAMED {
            true => self.steps.concat(),
            false => {
                let last = &self.steps[self.steps.len() - STEPS_NAMED..];
                format!("{}…{}", self.steps[..STEPS_NAMED].concat(), last.concat())
            }
        };
        let named = match (&self.variable, called) {
            (Some(variable), _) => format!("`{variable}{steps}`"),
            (None, called) => {
                let whole = match called {
                    Called::Function => String::from("the function"),
                    Called::Argument(number) => format!("argument {number}"),
                    Called::Value => String::from("the value"),
                };
                match steps.is_empty() {
                    true => whole,
                    false => format!("`{steps}` of {whole}"),
                }
            }
        };
        match self.inside {
            true => format!("something in {named}"),
            false => named,
        }
    }
}

fn key_text(key: Option<&Value>) -> String {
    match key {
        Some(Value::Int(key)) => key.to_string(),
        Some(Value::Bool(key)) => key.get().to_string(),
        Some(Value::String(key)) if key.len() <= 40 => format!("{:?}", &**key),
        Some(Value::Nil) => String::from("nil"),
        _ => String::from("…"),
    }
}
