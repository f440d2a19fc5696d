//! What the report of a deadlock says: who waits where for what, who could have helped, the circle
//! they wait in, and the usual way out.
//!
//! ```text
//!   a wait depends on    an end     -> the task             a lock    -> its owner
//!                        a promise  -> who evaluates it     a queue   -> who can reach it, if that
//!                                                                        is one task only
//!   following that from wait to wait draws the circle:
//!   task #2 -> lock #1 -> task #3 -> lock #2 -> task #2
//! ```

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use super::elsewhere::{HandleKind, HandleName};
use super::scene::Scene;
use super::story;
use super::task::{Task, TaskKind};
use super::wait::{Ticket, WaitingFor};
use crate::diagnostics::report::{Label, Report, Waiting};
use crate::diagnostics::source::Sources;
use crate::diagnostics::words;
use crate::gate::ObjectId;

/// How many of the tasks that wait a report tells of.
const MOST_TOLD: usize = 20;

/// How many helpers of one wait, and how many calls.
const HELPERS_TOLD: usize = 3;

/// What is known of the tasks that wait when the report is written.
pub struct Plight<'a> {
    waits: &'a [Arc<Ticket>],
    scenes: &'a [Option<Scene>],
    sources: &'a Sources,
    /// The place of each task among the waits.
    places: HashMap<ObjectId, usize>,
}

/// What a wait depends on: a thing, and the one task that can do something about it.
struct Edge {
    thing: Option<String>,
    to: usize,
}

impl<'a> Plight<'a> {
    /// What these waits, with what their tasks have told, come to.
    pub fn new(
        waits: &'a [Arc<Ticket>],
        scenes: &'a [Option<Scene>],
        sources: &'a Sources,
    ) -> Plight<'a> {
        let places = waits
            .iter()
            .enumerate()
            .map(|(at, wait)| (wait.task.id(), at));
        Plight {
            waits,
            scenes,
            sources,
            places: places.collect(),
        }
    }

    /// The report.
    pub fn report(&self, message: String) -> Report {
        let mut report = Report::without_place(message);
        report.kind = Some(String::from("deadlock"));
        let told = self.waits.len().min(MOST_TOLD);
        report.waiting = (0..told).map(|at| self.waiting(at)).collect();
        if self.waits.len() > told {
            let more = words::count(self.waits.len() - told, "more task");
            report = report.note(format!("… {more} …"));
        }
        let circle = self.circle();
        report.help = self.hint(&circle);
        report.circle = self.drawn(&circle);
        report
    }

    fn scene(&self, at: usize) -> Option<&Scene> {
        self.scenes.get(at)?.as_ref()
    }

    fn waiting(&self, at: usize) -> Waiting {
        let wait = &self.waits[at];
        let scene = self.scene(at).cloned().unwrap_or_default();
        let (task, name) = match wait.task.kind {
            TaskKind::Main => (String::from("task #1"), String::from("the main program")),
            _ => (
                wait.task.title(),
                scene.name.as_deref().unwrap_or_default().to_owned(),
            ),
        };
        let calls = story::call_lines(&scene.calls, scene.calls_left_out, self.sources);
        Waiting {
            task,
            name,
            runs: runs(&wait.task),
            at: Label {
                span: wait.place(),
                text: wait.what.describe(),
            },
            since: Some(Instant::now().saturating_duration_since(wait.since)),
            locals: scene
                .locals
                .iter()
                .map(|(name, shown)| (name.to_string(), shown.clone()))
                .collect(),
            calls,
            helpers: self.helpers(at),
        }
    }

    /// Who holds or could provide what a task waits for.
    fn helpers(&self, at: usize) -> Vec<String> {
        let wait = &self.waits[at];
        match &wait.what {
            WaitingFor::Value(queue) | WaitingFor::Next(queue) => {
                self.could(at, &[name(HandleKind::Queue, queue.number)], "put")
            }
            WaitingFor::AnyValue(queues) => {
                let ids: Vec<HandleName> = queues
                    .iter()
                    .map(|queue| name(HandleKind::Queue, queue.number))
                    .collect();
                self.could(at, &ids, "put")
            }
            WaitingFor::Room(queue) => {
                self.could(at, &[name(HandleKind::Queue, queue.number)], "get")
            }
            WaitingFor::Permit(semaphore) => self.could(
                at,
                &[name(HandleKind::Semaphore, semaphore.number)],
                "release",
            ),
            WaitingFor::End(task) => vec![self.does(task)],
            WaitingFor::Ends(tasks, _) => self.some(tasks.iter().filter(|task| !task.has_ended())),
            WaitingFor::Promise(promise) => promise
                .evaluated_by()
                .iter()
                .map(|task| self.does(task))
                .collect(),
            WaitingFor::Lock(lock) => lock.owner().iter().map(|task| self.does(task)).collect(),
            WaitingFor::Pool(pool) => {
                let inside = |wait: &&Arc<Ticket>| {
                    wait.task
                        .pool
                        .as_ref()
                        .is_some_and(|other| Arc::ptr_eq(other, pool))
                };
                self.some(self.waits.iter().filter(inside).map(|wait| &wait.task))
            }
            other => other
                .depends_on()
                .iter()
                .map(|task| self.does(task))
                .collect(),
        }
    }

    /// The tasks that can reach one of these things and do not wait for the same.
    fn able(&self, at: usize, things: &[HandleName]) -> Vec<usize> {
        let same = |other: &WaitingFor| {
            std::mem::discriminant(other) == std::mem::discriminant(&self.waits[at].what)
                && handles(other).iter().any(|id| things.contains(id))
        };
        let others = (0..self.waits.len()).filter(|&other| other != at);
        others
            .filter(|&other| {
                let reaches = |scene: &Scene| things.iter().any(|id| scene.reaches.contains(id));
                self.scene(other).is_some_and(reaches) && !same(&self.waits[other].what)
            })
            .collect()
    }

    fn could(&self, at: usize, things: &[HandleName], verb: &str) -> Vec<String> {
        // Without answers nothing is known.
        let told = self.scenes.iter().flatten().count();
        if told < self.waits.len() {
            return Vec::new();
        }
        let able = self.able(at, things);
        if able.is_empty() {
            return vec![format!("no task is left that could {verb}")];
        }
        let mut lines: Vec<String> = able
            .iter()
            .take(HELPERS_TOLD)
            .map(|&other| {
                let task = &self.waits[other].task;
                format!("{} could {verb}, but {}", task.title(), self.stands(other))
            })
            .collect();
        lines.extend(more(able.len()));
        lines
    }

    fn some<'t>(&self, tasks: impl Iterator<Item = &'t Arc<Task>>) -> Vec<String> {
        let mut lines: Vec<String> = tasks.map(|task| self.does(task)).collect();
        let all = lines.len();
        lines.truncate(HELPERS_TOLD);
        lines.extend(more(all));
        lines
    }

    /// `task #3 waits itself at a.cq:4:5: for lock #2`
    fn does(&self, task: &Arc<Task>) -> String {
        match self.places.get(&task.id()) {
            Some(&at) => format!("{} {}", task.title(), self.stands(at)),
            None if task.has_ended() => format!("{} has ended", task.title()),
            None => format!("{} is {}", task.title(), task.state_word()),
        }
    }

    fn stands(&self, at: usize) -> String {
        let wait = &self.waits[at];
        let place = self.sources.locate(wait.place());
        format!("waits at {place} for {}", thing(&wait.what))
    }

    /// Whom a wait depends on.
    fn edge(&self, at: usize) -> Option<Edge> {
        let wait = &self.waits[at];
        let to = |task: &Arc<Task>| self.places.get(&task.id()).copied();
        let only = |things: &[HandleName]| match *self.able(at, things) {
            [one] => Some(one),
            _ => None,
        };
        let (thing, to) = match &wait.what {
            WaitingFor::End(task) => (None, to(task)?),
            WaitingFor::Lock(lock) => (Some(format!("lock #{}", lock.number)), to(&lock.owner()?)?),
            WaitingFor::Promise(promise) => (
                Some(String::from("a promise")),
                to(&promise.evaluated_by()?)?,
            ),
            WaitingFor::Value(queue) | WaitingFor::Next(queue) | WaitingFor::Room(queue) => (
                Some(format!("queue #{}", queue.number)),
                only(&[name(HandleKind::Queue, queue.number)])?,
            ),
            WaitingFor::Permit(semaphore) => (
                Some(format!("semaphore #{}", semaphore.number)),
                only(&[name(HandleKind::Semaphore, semaphore.number)])?,
            ),
            other => (None, to(&other.depends_on()?)?),
        };
        Some(Edge { thing, to })
    }

    /// The first circle there is, as the places of its waits.
    fn circle(&self) -> Vec<usize> {
        let mut walked = vec![false; self.waits.len()];
        for start in 0..self.waits.len().min(1000) {
            let mut way: Vec<usize> = Vec::new();
            let mut at = start;
            loop {
                if std::mem::replace(&mut walked[at], true) {
                    match way.iter().position(|&other| other == at) {
                        Some(begin) => return way.split_off(begin),
                        None => break,
                    }
                }
                way.push(at);
                match self.edge(at) {
                    Some(edge) => at = edge.to,
                    None => break,
                }
            }
        }
        Vec::new()
    }

    fn drawn(&self, circle: &[usize]) -> Vec<String> {
        let mut names = Vec::new();
        for &at in circle {
            names.push(short_title(&self.waits[at].task));
            names.extend(self.edge(at).and_then(|edge| edge.thing));
        }
        if names.len() > 2 * MOST_TOLD {
            names.truncate(2 * MOST_TOLD);
            names.push(String::from("…"));
        }
        names.extend(circle.first().map(|&at| short_title(&self.waits[at].task)));
        names
    }

    /// The way out of the usual mistakes.
    fn hint(&self, circle: &[usize]) -> Option<String> {
        let whats: Vec<&WaitingFor> = circle.iter().map(|&at| &self.waits[at].what).collect();
        let count = |is: fn(&WaitingFor) -> bool| whats.iter().filter(|what| is(what)).count();
        let locks = count(|what| matches!(what, WaitingFor::Lock(_)));
        let queues = count(|what| matches!(what, WaitingFor::Value(_) | WaitingFor::Next(_)));
        let full = count(|what| matches!(what, WaitingFor::Room(_)));
        let ends = count(|what| matches!(what, WaitingFor::End(_)));
        let promises = count(|what| matches!(what, WaitingFor::Promise(_)));
        let hint = if locks >= 2 {
            "locks that are always taken in the same order cannot block each other"
        } else if locks == 1 && ends == 1 {
            "release a lock before waiting for a task that takes it too"
        } else if queues > 0 && ends > 0 {
            "before waiting for a task's end, put what it still waits for: its end mark, or close(q)"
        } else if full > 0 && ends > 0 {
            "take what a task puts before waiting for its end, or give the queue more room"
        } else if queues >= 2 {
            "each waits for the other to put first: one of them has to begin"
        } else if promises > 0 {
            "what a promise computes cannot need the value of one that needs its own"
        } else if ends >= 2 {
            "tasks that wait for each other's end never end: let one of them hand its value over in a queue"
        } else {
            return self
                .waits
                .iter()
                .find_map(|wait| wait.what.hint())
                .map(str::to_owned);
        };
        Some(hint.to_owned())
    }
}

fn more(all: usize) -> Option<String> {
    let more = all.checked_sub(HELPERS_TOLD).filter(|&more| more > 0)?;
    Some(format!("… {} …", words::count(more, "more task")))
}

/// `task #1`, also of the main program.
fn short_title(task: &Task) -> String {
    match task.kind {
        TaskKind::Main => String::from("task #1"),
        _ => task.title(),
    }
}

/// Where a task runs.
fn runs(task: &Task) -> String {
    match (&task.pool, task.abroad.process()) {
        (_, Some(process)) => format!("process {process}"),
        (Some(pool), None) if pool.number > 0 => format!("pool #{}", pool.number),
        _ if task.kind == TaskKind::Main => String::new(),
        _ => String::from("thread"),
    }
}

fn name(kind: HandleKind, id: u64) -> HandleName {
    HandleName { kind, id }
}

fn handles(what: &WaitingFor) -> Vec<HandleName> {
    match what {
        WaitingFor::Value(queue) | WaitingFor::Next(queue) | WaitingFor::Room(queue) => {
            vec![name(HandleKind::Queue, queue.number)]
        }
        WaitingFor::AnyValue(queues) => queues
            .iter()
            .map(|queue| name(HandleKind::Queue, queue.number))
            .collect(),
        WaitingFor::Permit(semaphore) => vec![name(HandleKind::Semaphore, semaphore.number)],
        _ => Vec::new(),
    }
}

/// What is waited for, in few words: `lock #1`, `a value of queue #2`.
pub fn thing(what: &WaitingFor) -> String {
    match what {
        WaitingFor::Value(queue) | WaitingFor::Next(queue) => {
            format!("a value of queue #{}", queue.number)
        }
        WaitingFor::Room(queue) => format!("room in queue #{}", queue.number),
        WaitingFor::Lock(lock) => format!("lock #{}", lock.number),
        WaitingFor::Promise(_) => String::from("a promise"),
        WaitingFor::Permit(semaphore) => format!("a permit of semaphore #{}", semaphore.number),
        other => other.describe(),
    }
}
