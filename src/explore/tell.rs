//! An execution told in words, step by step.

use super::actor::{Looked, Pending};
use super::history::{Actor, Outcome};
use super::play::Play;
use super::touch::ObjectIndex;
use crate::gate::{Element, ObjectId, Operation};
use crate::runtime::turn::Ask;
use crate::runtime::wait::WaitingFor;
use crate::syntax::span::Span;

/// A variable, or one element of a list or map.
pub type Thing = (ObjectIndex, Option<Element>);

/// What a step did, as far as patterns are told from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Read a variable or an element.
    Reads(Thing),
    /// Wrote a variable or an element.
    Writes(Thing),
    /// Took a lock.
    Takes(ObjectIndex),
    /// Gave a lock back.
    Gives(ObjectIndex),
    /// Put a value into a queue.
    Puts(ObjectIndex),
    /// Took a value from a queue.
    Gets(ObjectIndex),
    /// Took from one of these.
    Selects(Vec<ObjectIndex>),
    /// A loop waits until something changes that it has read in these steps.
    Spins(Vec<usize>),
    /// At the end: waits for a lock.
    WantsLock(ObjectIndex),
    /// At the end: waits for a value of a queue.
    WantsValue(ObjectIndex),
}

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
    /// What it did.
    pub deed: Option<Deed>,
    /// Nothing that anyone would want to read of.
    pub is_quiet: bool,
}

impl Play {
    /// A step begins.
    pub(super) fn tell_begin(&mut self, actor: Actor, pending: &Pending, outcome: Outcome) {
        let deed = self.deed(actor, pending, outcome);
        let spins = match pending {
            Pending::Spin(looked) => self.spins(actor, looked).1,
            _ => String::new(),
        };
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
            Pending::Spin(_) => format!("has spun until {spins} changed"),
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
        let place = match pending {
            Pending::Start(task) => task.started_at.unwrap_or(part.place),
            _ => part.place,
        };
        self.told.push(Told {
            actor,
            place,
            what,
            value: String::new(),
            variable,
            deed,
            is_quiet,
        });
    }

    fn deed(&mut self, actor: Actor, pending: &Pending, outcome: Outcome) -> Option<Deed> {
        if outcome != Outcome::Done {
            return None;
        }
        match pending {
            Pending::Act(_) => match self.parts[actor].operation.clone()? {
                Operation::ReadVariable(id) => Some(Deed::Reads((self.object(id), None))),
                Operation::WriteVariable(id) => Some(Deed::Writes((self.object(id), None))),
                Operation::Read(id, at @ (Element::Index(_) | Element::Key(_))) => {
                    Some(Deed::Reads((self.object(id), Some(at))))
                }
                Operation::Write(id, at @ (Element::Index(_) | Element::Key(_))) => {
                    Some(Deed::Writes((self.object(id), Some(at))))
                }
                Operation::Release(id) => Some(Deed::Gives(self.object(id))),
                _ => None,
            },
            Pending::Ask(ask) => match &ask.what {
                WaitingFor::Value(queue) | WaitingFor::Next(queue) if queue.has_value() => {
                    Some(Deed::Gets(self.object(ObjectId::of(&**queue))))
                }
                WaitingFor::Room(queue) if queue.is_closed() => None,
                WaitingFor::Room(queue) if ask.in_line.is_none() && queue.capacity != Some(0) => {
                    Some(Deed::Puts(self.object(ObjectId::of(&**queue))))
                }
                WaitingFor::Room(queue) => {
                    // When a value is handed over is not told by the steps of who puts it.
                    Some(Deed::Selects(vec![self.object(ObjectId::of(&**queue))]))
                }
                WaitingFor::AnyValue(queues) => {
                    let ids = queues.iter().map(|queue| ObjectId::of(&**queue));
                    Some(Deed::Selects(ids.map(|id| self.object(id)).collect()))
                }
                WaitingFor::Lock(lock) => Some(Deed::Takes(self.object(ObjectId::of(&**lock)))),
                _ => None,
            },
            Pending::Spin(looked) => Some(Deed::Spins(self.spins(actor, looked).0)),
            _ => None,
        }
    }

    /// What a loop has read that it waits for: the steps, and the names if all have one.
    fn spins(&self, actor: Actor, looked: &[Looked]) -> (Vec<usize>, String) {
        let mut steps: Vec<usize> = looked
            .iter()
            .filter_map(|looked| {
                self.told.iter().rposition(|told| {
                    let reads = matches!(told.deed, Some(Deed::Reads((it, _))) if it == looked.touch.object);
                    reads && told.actor == actor
                })
            })
            .collect();
        steps.sort_unstable();
        steps.dedup();
        let names = steps.iter().map(|&step| {
            let variable = self.told[step].variable.as_ref();
            variable.map(|(name, _)| name.as_str())
        });
        let names: Option<Vec<&str>> = names.collect();
        let names = names.filter(|names| !names.is_empty()).map(|mut names| {
            names.dedup();
            names.join(" or ")
        });
        (
            steps,
            names.unwrap_or_else(|| String::from("what it looks at")),
        )
    }

    /// At the end of an execution: what each task waits for that cannot go on.
    pub(super) fn tell_waits(&mut self) {
        for actor in 0..self.parts.len() {
            let pending = std::mem::take(&mut self.parts[actor].pending);
            let told = match &pending {
                Pending::Ask(ask) if !ask.is_possible(&self.parts[actor].task) => {
                    let deed = match &ask.what {
                        WaitingFor::Lock(lock) => {
                            Some(Deed::WantsLock(self.object(ObjectId::of(&**lock))))
                        }
                        WaitingFor::Value(queue) | WaitingFor::Next(queue) => {
                            Some(Deed::WantsValue(self.object(ObjectId::of(&**queue))))
                        }
                        _ => None,
                    };
                    Some((waits(ask), deed))
                }
                Pending::Spin(looked) if self.change_of(looked).is_none() => {
                    let (steps, what) = self.spins(actor, looked);
                    let what = format!("spins until {what} changes");
                    Some((what, Some(Deed::Spins(steps))))
                }
                _ => None,
            };
            self.parts[actor].pending = pending;
            if let Some((what, deed)) = told {
                self.told.push(Told {
                    actor,
                    place: self.parts[actor].place,
                    what,
                    value: String::new(),
                    variable: None,
                    deed,
                    is_quiet: false,
                });
            }
        }
    }

    /// The step is over.
    pub(super) fn tell_end(&mut self) {
        if let Some(told) = self.told.last_mut() {
            told.value = std::mem::take(&mut self.parts[told.actor].words);
            // A whole list that is taken apart: its place is not told either.
            told.is_quiet |= told.value.is_empty() && told.what == READS_ELEMENT;
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

/// What a task waits for, in words.
pub(super) fn waits(ask: &Ask) -> String {
    match &ask.what {
        WaitingFor::Value(queue) | WaitingFor::Next(queue) => {
            format!("waits for a value of queue #{}", queue.number)
        }
        WaitingFor::Room(queue) if queue.capacity == Some(0) => {
            format!("waits for a taker at queue #{}", queue.number)
        }
        WaitingFor::Room(queue) => format!("waits for room in queue #{}", queue.number),
        WaitingFor::AnyValue(_) => String::from("waits for a value of any queue"),
        WaitingFor::End(task) => format!("waits for the end of {}", task.title()),
        WaitingFor::Ends(..) => String::from("waits for several tasks"),
        WaitingFor::Promise(_) => String::from("waits for a promise"),
        WaitingFor::Lock(lock) => format!("waits for lock #{}", lock.number),
        WaitingFor::Permit(semaphore) => {
            format!("waits for a permit of semaphore #{}", semaphore.number)
        }
        WaitingFor::Pool(pool) => format!("waits for the end of pool #{}", pool.number),
        _ => String::from("waits"),
    }
}

const READS_ELEMENT: &str = "reads an element";

fn acted(operation: &Operation) -> String {
    String::from(match operation {
        Operation::Read(..) => READS_ELEMENT,
        Operation::Write(..) => "writes an element",
        Operation::Close(_) => "closes a queue",
        Operation::Length(_) | Operation::Poll(_) | Operation::Show(_) => "looks",
        Operation::Release(_) => "gives a lock back",
        Operation::Permit(..) => "gives a permit",
        Operation::Fulfil(_) => "has the value of a promise",
        Operation::Cancel(_) => "cancels a task",
        Operation::Print => "prints",
        Operation::Input => "reads the input",
        Operation::Outside => "reaches outside",
        Operation::Random => "draws a random number",
        _ => "",
    })
}
