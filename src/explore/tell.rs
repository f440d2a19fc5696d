//! An execution told in words, step by step.

use super::actor::Pending;
use super::history::{Actor, Outcome};
use super::play::Play;
use crate::gate::Operation;
use crate::runtime::turn::Ask;
use crate::runtime::wait::WaitingFor;
use crate::syntax::span::Span;

/// One step in words.
#[derive(Clone, Debug)]
pub struct Told {
    /// Whose.
    pub actor: Actor,
    /// Where it stands.
    pub place: Span,
    /// What it was: `reads n`, `puts into queue #1`.
    pub what: String,
    /// Its value, or what it changed: `1`, `0 -> 1`.
    pub value: String,
    /// The variable it reads or writes, and whether it writes.
    pub variable: Option<(String, bool)>,
    /// Nothing that anyone would want to read of.
    pub is_quiet: bool,
}

impl Play {
    /// A step begins.
    pub(super) fn tell_begin(&mut self, actor: Actor, pending: &Pending, outcome: Outcome) {
        let part = &mut self.parts[actor];
        part.words.clear();
        let (mut variable, mut is_quiet) = (None, false);
        let mut what = match pending {
            Pending::Begin => String::from("begins"),
            Pending::Finish => String::from("ends"),
            Pending::Start(task) => format!("starts {}", task.title()),
            Pending::Ask(ask) => asked(ask),
            Pending::Act(_) => {
                let name = part.variable.take();
                match &part.operation {
                    Some(Operation::ReadVariable(_)) => {
                        variable = name.clone().map(|name| (name, false));
                        format!("reads {}", name.unwrap_or_default())
                    }
                    Some(Operation::WriteVariable(_)) => {
                        variable = name.clone().map(|name| (name, true));
                        format!("writes {}", name.unwrap_or_default())
                    }
                    Some(operation) => {
                        is_quiet = false;
                        acted(operation)
                    }
                    None => String::new(),
                }
            }
            _ => {
                is_quiet = true;
                String::new()
            }
        };
        match outcome {
            Outcome::Done => {}
            Outcome::TimedOut => what.push_str(": times out"),
            Outcome::Struck => what = String::from("is cancelled"),
        }
        self.told.push(Told {
            actor,
            place: part.place,
            what,
            value: String::new(),
            variable,
            is_quiet,
        });
    }

    /// The step is over.
    pub(super) fn tell_end(&mut self) {
        if let Some(told) = self.told.last_mut() {
            told.value = std::mem::take(&mut self.parts[told.actor].words);
        }
    }

    /// What a task is about to do.
    pub fn about_to(&self, actor: Actor) -> Option<String> {
        let part = &self.parts[actor];
        match &part.pending {
            Pending::Act(_) => {
                let name = part.variable.clone().unwrap_or_default();
                match &part.operation {
                    Some(Operation::ReadVariable(_)) => Some(format!("read {name}")),
                    Some(Operation::WriteVariable(_)) => Some(format!("write {name}")),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

fn asked(ask: &Ask) -> String {
    match &ask.what {
        WaitingFor::Value(queue) | WaitingFor::Next(queue) if queue.has_value() => {
            format!("gets from queue #{}", queue.number)
        }
        WaitingFor::Value(queue) | WaitingFor::Next(queue) => {
            format!("gets from queue #{}, which is at its end", queue.number)
        }
        WaitingFor::Room(queue) if ask.in_line.is_some() => {
            format!("has handed over through queue #{}", queue.number)
        }
        WaitingFor::Room(queue) => format!("puts into queue #{}", queue.number),
        WaitingFor::AnyValue(_) => String::from("selects"),
        WaitingFor::End(task) => format!("sees the end of {}", task.title()),
        WaitingFor::Ends(..) => String::from("waits for several tasks"),
        WaitingFor::Promise(_) => String::from("forces a promise"),
        WaitingFor::Lock(lock) => format!("takes lock #{}", lock.number),
        WaitingFor::Permit(semaphore) => {
            format!("takes a permit of semaphore #{}", semaphore.number)
        }
        WaitingFor::Pool(pool) => format!("sees the end of pool #{}", pool.number),
        WaitingFor::Time | WaitingFor::Answer | WaitingFor::Process(_) => String::from("sleeps"),
        WaitingFor::Outside(what) => (*what).to_owned(),
    }
}

fn acted(operation: &Operation) -> String {
    String::from(match operation {
        Operation::Read(..) => "reads an element",
        Operation::Write(..) => "writes an element",
        Operation::Close(_) => "closes a queue",
        Operation::Length(_) | Operation::Poll(_) | Operation::Show(_) => "looks",
        Operation::Release(_) => "gives a lock back",
        Operation::Permit(..) => "gives a permit",
        Operation::Fulfil(_) => "has the value of a promise",
        Operation::Cancel(_) => "cancels a task",
        Operation::Print => "prints",
        Operation::Input => "reads the input",
        Operation::Random => "draws a random number",
        _ => "",
    })
}
