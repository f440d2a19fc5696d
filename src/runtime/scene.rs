//! What a waiting task can tell of itself: its variables there, the calls that led there, and
//! which handles it can reach.
//!
//! A task's variables lie on the stack of its own machine, and only its own fiber can see them. So
//! whoever writes a report asks:
//!
//! ```text
//!   report --Ask(ticket)--> the seat resumes the fiber just for the answer --Scene--> report
//! ```
//!
//! A task of another process is asked there. The fiber stays in its wait all the while and runs no code of the program.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::elsewhere::HandleName;
use super::fiber::{Resumed, Suspended};
use super::machine::Machine;
use super::mailbox::Mail;
use super::run::Runtime;
use super::seat::Seat;
use super::task::Task;
use super::wait::Ticket;
use crate::gate::Gate;
use crate::resolve::program::{Template, TemplateKind};
use crate::value::Value;
use crate::value::error::CallFrame;
use crate::value::show::show_short;

/// How many variables are told.
const LOCALS_TOLD: usize = 8;

/// How many characters of a variable's value.
const LOCAL_CHARACTERS: usize = 40;

/// How many values are looked at to find out which handles a task can reach.
const VALUES_LOOKED_AT: usize = 20_000;

/// What a waiting task tells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scene {
    /// What the task calls, or the name of its code.
    pub name: Option<Arc<str>>,
    /// The variables of the innermost call that have a value, with it.
    pub locals: Vec<(Arc<str>, String)>,
    /// The calls under way, innermost first.
    pub calls: Vec<CallFrame>,
    /// How many calls were left out in their middle.
    pub calls_left_out: usize,
    /// The queues, locks, semaphores and tasks it can reach.
    pub reaches: HashSet<HandleName>,
}

impl Machine<'_> {
    /// Stops the fiber until it is woken; answers questions meanwhile.
    pub(super) fn suspend_to_wait(&mut self, why: Suspended) -> Resumed {
        let mut resumed = self.suspend(why);
        while resumed == Resumed::Asked {
            let scene = Box::new(self.scene());
            resumed = self.suspend(Suspended::Answered(scene));
        }
        resumed
    }

    fn scene(&self) -> Scene {
        let (calls, calls_left_out) = self.calls_told();
        let own = self.body.map(|body| &body.code.template);
        let mut reachable = Reachable::default();
        reachable.look_at(self.stack.to_vec());
        if let Some(body) = self.body {
            reachable.look_at(body.captures.iter().cloned().collect());
        }
        Scene {
            name: own.and_then(|template| {
                template
                    .name
                    .as_ref()
                    .or_else(|| template.called())
                    .cloned()
            }),
            locals: self.locals_told(),
            calls,
            calls_left_out,
            reaches: reachable.handles,
        }
    }

    /// The variables that live where the innermost call waits; of a task's own code also what it
    /// has captured.
    fn locals_told(&self) -> Vec<(Arc<str>, String)> {
        let mut told: Vec<(Arc<str>, String)> = Vec::new();
        let mut tell = |name: &Arc<str>, value: &Value| {
            if let Some(shown) = shown(value)
                && !told.iter().any(|(other, _)| other == name)
            {
                told.push((name.clone(), shown));
            }
        };
        let Some(call) = self.calls.last() else {
            return told;
        };
        let template: &Template = &call.code.template;
        if template.span.source != self.site.source {
            return told;
        }
        // Of two variables of one name the inner one counts.
        let mut living: Vec<_> = template
            .names
            .iter()
            .filter(|name| name.lives_at(self.site))
            .collect();
        living.sort_by_key(|name| std::cmp::Reverse(name.from));
        living.dedup_by(|later, earlier| later.binding.name == earlier.binding.name);
        living.sort_by_key(|name| name.binding.span.start);
        for name in living {
            if let Some(value) = self.stack.get(self.base + name.binding.slot.0 as usize) {
                tell(&name.binding.name, value);
            }
        }
        if self.calls.len() == 1
            && template.kind != TemplateKind::Main
            && let Some(body) = self.body
        {
            for (capture, value) in template.captures.iter().zip(body.captures.iter()) {
                tell(&capture.name, value);
            }
        }
        told.truncate(LOCALS_TOLD);
        told
    }
}

/// A variable's value as a report tells it; functions say nothing there.
fn shown(value: &Value) -> Option<String> {
    match inside(value)? {
        Value::Function(_) | Value::Builtin(_) | Value::Place(_) | Value::Absent => None,
        value => Some(show_short(&value, &Gate::open(), LOCAL_CHARACTERS)),
    }
}

/// What is in a variable; `None` while its `let` has not run.
fn inside(value: &Value) -> Option<Value> {
    match value {
        Value::Once(cell) => cell.get().cloned(),
        Value::Shared(cell) => cell.get(&Gate::open()),
        other => Some(other.clone()),
    }
}

/// The handles that can be reached from some values.
#[derive(Default)]
struct Reachable {
    handles: HashSet<HandleName>,
    seen: HashSet<usize>,
    looked_at: usize,
}

impl Reachable {
    fn look_at(&mut self, mut todo: Vec<Value>) {
        let gate = Gate::open();
        while let Some(value) = todo.pop() {
            self.looked_at += 1;
            if self.looked_at > VALUES_LOOKED_AT {
                return;
            }
            self.handles.extend(HandleName::of(&value));
            match &value {
                Value::List(list) if self.seen.insert(Arc::as_ptr(list).addr()) => {
                    let some =
                        |items: &[Value]| items.iter().take(VALUES_LOOKED_AT).cloned().collect();
                    let items: Vec<Value> = list.read(&gate, some);
                    todo.extend(items);
                }
                Value::Map(map) if self.seen.insert(Arc::as_ptr(map).addr()) => {
                    let items: Vec<Value> = map.read(&gate, |entries| {
                        let pairs = entries.iter().take(VALUES_LOOKED_AT);
                        pairs
                            .flat_map(|(key, value)| [key.value().clone(), value.clone()])
                            .collect()
                    });
                    todo.extend(items);
                }
                Value::Function(function) if self.seen.insert(Arc::as_ptr(function).addr()) => {
                    todo.extend(function.captures.iter().cloned());
                }
                Value::Once(_) | Value::Shared(_) => todo.extend(inside(&value)),
                _ => {}
            }
        }
    }
}

impl Runtime {
    /// Asks one task of this process, if it waits.
    pub fn scene_of(&self, task: &Task, patience: Duration) -> Option<Scene> {
        let ticket = task.ticket.lock().clone()?;
        let (tell, told) = crossbeam_channel::bounded(1);
        ticket.seat.send(Mail::Ask(ticket.clone(), 0, tell));
        ticket.seat.wants_attention();
        let (_, scene) = told.recv_timeout(patience).ok()?;
        Some(*scene)
    }

    /// Asks the tasks in these waits for what they can tell. The answers are in the order of the
    /// waits; a task that does not answer in time (its seat is busy, its wait has just ended)
    /// gives none. `own` is the seat of the current thread, if it is one.
    pub(super) fn scenes(
        &self,
        waits: &[Arc<Ticket>],
        mut own: Option<&mut Seat>,
        patience: Duration,
    ) -> Vec<Option<Scene>> {
        let (tell, told) = crossbeam_channel::unbounded();
        for (place, wait) in waits.iter().enumerate() {
            // The fiber that speaks for a task of a process knows nothing of it.
            if wait.task.abroad.process().is_some()
                && let Ok(workers) = self.workers()
            {
                workers.ask(&wait.task, place, tell.clone());
                continue;
            }
            wait.seat.send(Mail::Ask(wait.clone(), place, tell.clone()));
            wait.seat.wants_attention();
        }
        drop(tell);
        if let Some(seat) = &mut own {
            seat.read_mail();
        }
        let mut scenes = vec![None; waits.len()];
        let deadline = Instant::now() + patience;
        while let Ok((place, scene)) = told.recv_deadline(deadline) {
            if let Some(slot) = scenes.get_mut::<usize>(place) {
                *slot = Some(*scene);
            }
        }
        scenes
    }
}
