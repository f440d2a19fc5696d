//! Small programs, their text, and a brute force over all their interleavings.
//!
//! It shares nothing with the search: it has a machine of its own for these programs, takes every
//! interleaving there is, and tells classes apart by which of two dependent operations came first.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// One operation of a generated program.
#[derive(Copy, Clone, Debug, PartialEq)]
pub enum Op {
    Write(usize, i64),
    Read(usize),
    Increment(usize),
    Put(usize, i64),
    Get(usize),
    TimedPut(usize, i64),
    TimedGet(usize),
    Close(usize),
    Length(usize),
    /// Of the first two queues, in this order.
    Select,
    TimedSelect,
    Lock(usize),
    TimedLock(usize),
    Unlock(usize),
    Wait(usize),
    TimedWait(usize),
    Signal(usize),
    /// Of a task that was started before; so nobody waits in a circle.
    Force(usize),
    TimedForce(usize),
    /// Only the main program: ask a task to stop, ask whether it has ended.
    Cancel(usize),
    Done(usize),
}

/// A program: what the main program does after starting the tasks, and the tasks.
#[derive(Clone, Debug)]
pub struct Program {
    pub capacities: Vec<Option<usize>>,
    pub permits: Vec<u64>,
    pub variables: usize,
    pub locks: usize,
    /// So many of the first tasks behind the main program are futures.
    pub futures: usize,
    /// The main program is the first.
    pub tasks: Vec<Vec<Op>>,
}

impl Program {
    pub fn text(&self) -> String {
        let mut text = String::new();
        for v in 0..self.variables {
            let _ = writeln!(text, "let x{v} = 0");
        }
        for (q, capacity) in self.capacities.iter().enumerate() {
            match capacity {
                Some(capacity) => writeln!(text, "let q{q} = queue({capacity})"),
                None => writeln!(text, "let q{q} = queue()"),
            }
            .expect("a string");
        }
        for l in 0..self.locks {
            let _ = writeln!(text, "let l{l} = lock()");
        }
        for (s, permits) in self.permits.iter().enumerate() {
            let _ = writeln!(text, "let s{s} = semaphore({permits})");
        }
        for (t, ops) in self.tasks.iter().enumerate().skip(1) {
            let start = if t <= self.futures { "future" } else { "spawn" };
            let _ = writeln!(text, "let t{t} = {start} {{\nlet log = []");
            for op in ops {
                let _ = writeln!(text, "{}", line(op));
            }
            text.push_str("log\n}\n");
        }
        text.push_str("let log = []\n");
        for op in &self.tasks[0] {
            let _ = writeln!(text, "{}", line(op));
        }
        text.push_str("print(log)\n");
        for t in 1..self.tasks.len() {
            let _ = writeln!(
                text,
                "try {{ print(t{t}.join()) }} catch e {{ print(e.kind) }}"
            );
        }
        text
    }
}

fn line(op: &Op) -> String {
    let tried = |what: String| format!("try {{ {what} }} catch e {{ log.push(e.kind) }}");
    match op {
        Op::Write(v, c) => format!("x{v} = {c}"),
        Op::Read(v) => format!("log.push(x{v})"),
        Op::Increment(v) => format!("x{v} += 1"),
        Op::Put(q, c) => tried(format!("q{q}.put({c})")),
        Op::Get(q) => tried(format!("log.push(q{q}.get())")),
        Op::TimedPut(q, c) => tried(format!("q{q}.put({c}, timeout: 1)")),
        Op::TimedGet(q) => tried(format!("log.push(q{q}.get(timeout: 1))")),
        Op::Close(q) => format!("q{q}.close()"),
        Op::Length(q) => format!("log.push(len(q{q}))"),
        Op::Select => tried(String::from("log.push(select([q0, q1])[1])")),
        Op::TimedSelect => tried(String::from("log.push(select([q0, q1], timeout: 1)[1])")),
        Op::Lock(l) => tried(format!("l{l}.acquire()")),
        Op::TimedLock(l) => tried(format!("l{l}.acquire(timeout: 1)")),
        Op::Unlock(l) => tried(format!("l{l}.release()")),
        Op::Wait(s) => format!("s{s}.acquire()"),
        Op::TimedWait(s) => tried(format!("s{s}.acquire(timeout: 1)")),
        Op::Signal(s) => format!("s{s}.release()"),
        Op::Force(t) => tried(format!("log.push(force(t{t}))")),
        Op::TimedForce(t) => tried(format!("log.push(force(t{t}, timeout: 1))")),
        Op::Cancel(t) => format!("log.push(t{t}.cancel())"),
        Op::Done(t) => format!("log.push(t{t}.done())"),
    }
}

/// What an operation did, as far as others can notice.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Did {
    Read,
    Write,
    Put,
    Get,
    SawEnd,
    Refused,
    Closed,
    ClosedAgain,
    Looked,
    NoticedAndChanged,
    Locked,
    Unlocked,
    Began,
    Ended,
    Joined,
    Cancelled,
    LookedAtFlag,
}

#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Object {
    Variable(usize),
    Queue(usize),
    Lock(usize),
    Semaphore(usize),
    Task(usize),
}

fn dependent(a: Did, b: Did) -> bool {
    use Did::*;
    let pair = |x: Did, y: Did| (a == x && b == y) || (a == y && b == x);
    let with =
        |x: Did, others: &[Did]| (a == x && others.contains(&b)) || (b == x && others.contains(&a));
    pair(Write, Write)
        || pair(Read, Write)
        || pair(Put, Put)
        || pair(Get, Get)
        || pair(Get, SawEnd)
        || pair(Locked, Locked)
        || with(Closed, &[Closed, ClosedAgain, Put, Refused])
        || pair(ClosedAgain, ClosedAgain)
        || with(
            Looked,
            &[Put, Get, Closed, Locked, Unlocked, Ended, Cancelled],
        )
        || with(
            NoticedAndChanged,
            &[
                Put,
                Get,
                SawEnd,
                Closed,
                ClosedAgain,
                Looked,
                NoticedAndChanged,
                Locked,
                Unlocked,
            ],
        )
        || with(Cancelled, &[Cancelled, Began, Ended, LookedAtFlag])
}

#[derive(Clone, Debug, Default)]
struct Task {
    /// Where it is; an increment takes two steps.
    at: usize,
    half: Option<i64>,
    begun: bool,
    looked: bool,
    ended: bool,
    cancel: bool,
    struck: bool,
    log: Vec<String>,
    /// Permits wanted and held, by semaphore: now and at most.
    wants: Vec<(u64, u64)>,
}

#[derive(Clone, Debug)]
struct State {
    variables: Vec<i64>,
    queues: Vec<(Vec<i64>, bool)>,
    locks: Vec<Option<usize>>,
    permits: Vec<u64>,
    tasks: Vec<Task>,
    /// The main program's joins, and what it has printed.
    joins: usize,
    printed: String,
}

type Event = (usize, u32);

/// What the brute force finds.
#[derive(Debug, Default)]
pub struct Truth {
    pub classes: BTreeSet<Vec<(Event, Event)>>,
    pub outcomes: BTreeSet<(String, bool)>,
    pub interleavings: u64,
    pub given_up: bool,
    scarce: BTreeSet<usize>,
}

/// All interleavings, unless there are more than `most`.
pub fn brute_force(program: &Program, most: u64) -> Truth {
    let mut truth = Truth::default();
    loop {
        let known = truth.scarce.clone();
        truth = Truth {
            scarce: known.clone(),
            ..Truth::default()
        };
        // Cancelled tasks look at their flags, others need not.
        let cancelled: Vec<bool> = (0..program.tasks.len())
            .map(|t| program.tasks[0].contains(&Op::Cancel(t)))
            .collect();
        let mut search = Search {
            program,
            cancelled: &cancelled,
            most,
            truth: &mut truth,
        };
        search.go(&start(program), &mut Vec::new());
        if truth.scarce == known || truth.given_up {
            return truth;
        }
    }
}

fn start(program: &Program) -> State {
    let mut tasks: Vec<Task> = program
        .tasks
        .iter()
        .map(|_| Task {
            wants: vec![(0, 0); program.permits.len()],
            ..Task::default()
        })
        .collect();
    tasks[0].begun = true;
    tasks[0].looked = true;
    State {
        variables: vec![0; program.variables],
        queues: vec![(Vec::new(), false); program.capacities.len()],
        locks: vec![None; program.locks],
        permits: program.permits.clone(),
        tasks,
        joins: 0,
        printed: String::new(),
    }
}

type Step = (usize, Vec<(Object, Did)>);

struct Search<'a> {
    program: &'a Program,
    cancelled: &'a [bool],
    most: u64,
    truth: &'a mut Truth,
}

impl Search<'_> {
    fn go(&mut self, state: &State, way: &mut Vec<Step>) {
        if self.truth.given_up {
            return;
        }
        for semaphore in 0..state.permits.len() {
            let wanted: u64 = state.tasks.iter().map(|it| it.wants[semaphore].1).sum();
            if wanted > self.program.permits[semaphore] {
                self.truth.scarce.insert(semaphore);
            }
        }
        let mut any = false;
        let all = 0..state.tasks.len();
        let first = all.clone().find(|&task| self.nobody_notices(state, task));
        for task in first.map_or(all, |first| first..first + 1) {
            let mut next = state.clone();
            if let Some(touched) = self.step(&mut next, task) {
                any = true;
                way.push((task, touched));
                self.arrive(&mut next, task);
                self.go(&next, way);
                way.pop();
            }
        }
        if !any {
            self.truth.interleavings += 1;
            self.truth.given_up |= self.truth.interleavings > self.most;
            self.truth.classes.insert(self.class(way));
            let stuck = !state.tasks.iter().all(|task| task.ended);
            self.truth.outcomes.insert((state.printed.clone(), stuck));
        }
    }

    /// Whether the next step of a task commutes with everything and is possible, so that it may
    /// as well come at once.
    fn nobody_notices(&self, state: &State, task: usize) -> bool {
        // Who is struck while it waits for an end looks at that.
        let struck = self.cancelled.iter().zip(&self.program.tasks);
        let mut looks = struck.map(|(cancelled, ops)| {
            let looks = |op: &Op| match op {
                Op::Done(other) | Op::TimedForce(other) => *other == task,
                Op::Force(other) => *cancelled && *other == task,
                _ => false,
            };
            ops.iter().any(looks)
        });
        let watched = self.cancelled[task] || looks.any(|looks| looks);
        let me = &state.tasks[task];
        if me.ended {
            return false;
        }
        if !me.begun {
            return !watched;
        }
        if me.struck || me.at < self.program.tasks[task].len() {
            return false;
        }
        match task {
            0 => {
                (state.joins == 0 && state.printed.is_empty())
                    || state.joins + 1 == state.tasks.len()
                    || state.tasks[state.joins + 1].ended
            }
            _ => !watched,
        }
    }

    /// Notes a permit that a task has come to want.
    fn arrive(&mut self, state: &mut State, task: usize) {
        let me = &mut state.tasks[task];
        if me.ended || !me.begun || (self.cancelled[task] && !me.looked) {
            return;
        }
        if me.struck {
            return;
        }
        if let Some(Op::Wait(s) | Op::TimedWait(s)) = self.program.tasks[task].get(me.at) {
            me.wants[*s].1 = me.wants[*s].1.max(me.wants[*s].0 + 1);
        }
    }

    /// Which of two dependent operations came first, for all of them.
    fn class(&self, way: &[Step]) -> Vec<(Event, Event)> {
        let mut counts = vec![0u32; self.program.tasks.len()];
        let mut events = Vec::new();
        for (task, touched) in way {
            counts[*task] += 1;
            events.push(((*task, counts[*task]), touched));
        }
        let mut pairs = Vec::new();
        for (later, (event, touched)) in events.iter().enumerate() {
            for (other, before) in &events[..later] {
                if other.0 == event.0 {
                    continue;
                }
                let depend = touched.iter().any(|(object, did)| {
                    before
                        .iter()
                        .any(|(that, done)| that == object && dependent(*did, *done))
                });
                if depend {
                    pairs.push((*other, *event));
                }
            }
        }
        // How far each task came counts too.
        for (task, count) in counts.iter().enumerate() {
            pairs.push(((task, *count), (usize::MAX, 0)));
        }
        pairs.sort_unstable();
        pairs
    }

    /// Lets a task do its next step, if it can.
    fn step(&self, state: &mut State, task: usize) -> Option<Vec<(Object, Did)>> {
        let own = Object::Task(task);
        if state.tasks[task].ended {
            return None;
        }
        if !state.tasks[task].begun {
            state.tasks[task].begun = true;
            return Some(vec![(own, Did::Began)]);
        }
        if self.cancelled[task] && !state.tasks[task].looked {
            state.tasks[task].looked = true;
            if state.tasks[task].cancel {
                self.strike(state, task);
            }
            return Some(vec![(own, Did::LookedAtFlag)]);
        }
        let ops = &self.program.tasks[task];
        if state.tasks[task].struck || state.tasks[task].at == ops.len() {
            return self.after(state, task);
        }
        let op = ops[state.tasks[task].at];
        let waits = matches!(
            op,
            Op::Put(..)
                | Op::Get(_)
                | Op::TimedPut(..)
                | Op::TimedGet(_)
                | Op::Select
                | Op::TimedSelect
                | Op::Lock(_)
                | Op::TimedLock(_)
                | Op::Wait(_)
                | Op::TimedWait(_)
                | Op::Force(_)
                | Op::TimedForce(_)
        );
        if waits && state.tasks[task].cancel {
            self.strike(state, task);
            // It looks at what it would have waited for.
            let mut touched = vec![(own, Did::LookedAtFlag)];
            let waited_for = self.waited_for(op).into_iter();
            touched.extend(waited_for.map(|object| (object, Did::Looked)));
            return Some(touched);
        }
        let mut touched = self.operate(state, task, op)?;
        if waits && self.cancelled[task] {
            touched.push((own, Did::LookedAtFlag));
        }
        if state.tasks[task].half.is_none() {
            state.tasks[task].at += 1;
        }
        Some(touched)
    }

    fn waited_for(&self, op: Op) -> Vec<Object> {
        if matches!(op, Op::Select | Op::TimedSelect) {
            return vec![Object::Queue(0), Object::Queue(1)];
        }
        let one = match op {
            Op::Put(q, _) | Op::Get(q) | Op::TimedPut(q, _) | Op::TimedGet(q) => {
                Some(Object::Queue(q))
            }
            Op::Lock(l) | Op::TimedLock(l) => Some(Object::Lock(l)),
            Op::Wait(s) | Op::TimedWait(s) => {
                let scarce = self.truth.scarce.contains(&s);
                scarce.then_some(Object::Semaphore(s))
            }
            Op::Force(t) | Op::TimedForce(t) => Some(Object::Task(t)),
            _ => None,
        };
        one.into_iter().collect()
    }

    fn strike(&self, state: &mut State, task: usize) {
        state.tasks[task].struck = true;
        state.tasks[task].cancel = false;
    }

    /// Behind its operations: a task ends, the main program joins and prints.
    fn after(&self, state: &mut State, task: usize) -> Option<Vec<(Object, Did)>> {
        if task > 0 || state.joins + 1 == state.tasks.len() {
            state.tasks[task].ended = true;
            if task == 0 && state.tasks.len() == 1 {
                state.printed = format!("[{}]\n", state.tasks[0].log.join(", "));
            }
            return Some(vec![(Object::Task(task), Did::Ended)]);
        }
        if state.joins == 0 && state.printed.is_empty() {
            state.printed = format!("[{}]\n", state.tasks[0].log.join(", "));
            return Some(Vec::new());
        }
        let joined = state.joins + 1;
        let other = &state.tasks[joined];
        if !other.ended {
            return None;
        }
        let line = self
            .value(other)
            .unwrap_or_else(|| String::from("cancelled"));
        state.printed.push_str(&line);
        state.printed.push('\n');
        state.joins += 1;
        Some(vec![(Object::Task(joined), Did::Joined)])
    }

    /// What a task that has ended gives, unless it was cancelled.
    fn value(&self, task: &Task) -> Option<String> {
        let cancelled = task.struck || !task.begun;
        (!cancelled).then(|| format!("[{}]", task.log.join(", ")))
    }

    fn operate(&self, state: &mut State, task: usize, op: Op) -> Option<Vec<(Object, Did)>> {
        let kind = |word: &str| format!("{word:?}");
        let one = |object, did| Some(vec![(object, did)]);
        match op {
            Op::Write(v, value) => {
                state.variables[v] = value;
                one(Object::Variable(v), Did::Write)
            }
            Op::Read(v) => {
                let value = state.variables[v].to_string();
                state.tasks[task].log.push(value);
                one(Object::Variable(v), Did::Read)
            }
            Op::Increment(v) => match state.tasks[task].half.take() {
                None => {
                    state.tasks[task].half = Some(state.variables[v]);
                    one(Object::Variable(v), Did::Read)
                }
                Some(old) => {
                    state.variables[v] = old + 1;
                    one(Object::Variable(v), Did::Write)
                }
            },
            Op::Put(q, value) | Op::TimedPut(q, value) => {
                let timed = matches!(op, Op::TimedPut(..));
                let capacity = self.program.capacities[q];
                let (items, closed) = &mut state.queues[q];
                let full = capacity.is_some_and(|capacity| items.len() >= capacity);
                let bounded = capacity.is_some();
                if *closed {
                    state.tasks[task].log.push(kind("closed"));
                    let noticed = if bounded { Did::Looked } else { Did::Refused };
                    return one(Object::Queue(q), noticed);
                }
                match (full, timed) {
                    (false, _) => {
                        items.push(value);
                        let noticed = timed && bounded;
                        let did = if noticed {
                            Did::NoticedAndChanged
                        } else {
                            Did::Put
                        };
                        one(Object::Queue(q), did)
                    }
                    (true, true) => {
                        state.tasks[task].log.push(kind("timeout"));
                        one(Object::Queue(q), Did::Looked)
                    }
                    (true, false) => None,
                }
            }
            Op::Get(q) | Op::TimedGet(q) => {
                let timed = matches!(op, Op::TimedGet(_));
                let (items, closed) = &mut state.queues[q];
                if !items.is_empty() {
                    let value = items.remove(0).to_string();
                    state.tasks[task].log.push(value);
                    let did = if timed {
                        Did::NoticedAndChanged
                    } else {
                        Did::Get
                    };
                    return one(Object::Queue(q), did);
                }
                let (word, did) = match (*closed, timed) {
                    (true, false) => ("closed", Did::SawEnd),
                    (true, true) => ("closed", Did::Looked),
                    (false, true) => ("timeout", Did::Looked),
                    (false, false) => return None,
                };
                state.tasks[task].log.push(kind(word));
                one(Object::Queue(q), did)
            }
            Op::Select | Op::TimedSelect => {
                let queues = &mut state.queues;
                let found = (0..2).find(|&q| !queues[q].0.is_empty());
                let word = match (found, queues.iter().take(2).all(|(_, closed)| *closed)) {
                    (Some(q), _) => queues[q].0.remove(0).to_string(),
                    (None, true) => kind("closed"),
                    (None, false) if op == Op::TimedSelect => kind("timeout"),
                    (None, false) => return None,
                };
                state.tasks[task].log.push(word);
                let did = |q| match found == Some(q) {
                    true => Did::NoticedAndChanged,
                    false => Did::Looked,
                };
                Some((0..2).map(|q| (Object::Queue(q), did(q))).collect())
            }
            Op::Close(q) => {
                let again = std::mem::replace(&mut state.queues[q].1, true);
                let did = if again { Did::ClosedAgain } else { Did::Closed };
                one(Object::Queue(q), did)
            }
            Op::Length(q) => {
                let length = state.queues[q].0.len().to_string();
                state.tasks[task].log.push(length);
                one(Object::Queue(q), Did::Looked)
            }
            Op::Lock(l) | Op::TimedLock(l) => {
                let timed = op == Op::TimedLock(l);
                match state.locks[l] {
                    None => {
                        state.locks[l] = Some(task);
                        let did = if timed {
                            Did::NoticedAndChanged
                        } else {
                            Did::Locked
                        };
                        one(Object::Lock(l), did)
                    }
                    Some(owner) if owner == task && !timed => {
                        state.tasks[task].log.push(kind("deadlock"));
                        Some(Vec::new())
                    }
                    Some(_) if timed => {
                        state.tasks[task].log.push(kind("timeout"));
                        one(Object::Lock(l), Did::Looked)
                    }
                    Some(_) => None,
                }
            }
            Op::Unlock(l) => match state.locks[l] {
                Some(owner) if owner == task => {
                    state.locks[l] = None;
                    one(Object::Lock(l), Did::Unlocked)
                }
                _ => {
                    state.tasks[task].log.push(kind("value"));
                    one(Object::Lock(l), Did::Looked)
                }
            },
            Op::Wait(s) | Op::TimedWait(s) => {
                let timed = matches!(op, Op::TimedWait(_));
                let scarce = self.truth.scarce.contains(&s);
                let object = Object::Semaphore(s);
                if state.permits[s] > 0 {
                    state.permits[s] -= 1;
                    state.tasks[task].wants[s].0 += 1;
                    return match (scarce, timed) {
                        (false, _) => Some(Vec::new()),
                        (true, true) => one(object, Did::NoticedAndChanged),
                        (true, false) => one(object, Did::Get),
                    };
                }
                if !timed {
                    return None;
                }
                state.tasks[task].log.push(kind("timeout"));
                one(object, Did::Looked)
            }
            Op::Signal(s) => {
                state.permits[s] += 1;
                let held = &mut state.tasks[task].wants[s].0;
                *held = held.saturating_sub(1);
                match self.truth.scarce.contains(&s) {
                    true => one(Object::Semaphore(s), Did::Put),
                    false => Some(Vec::new()),
                }
            }
            Op::Force(t) | Op::TimedForce(t) => {
                let timed = matches!(op, Op::TimedForce(_));
                let other = &state.tasks[t];
                let value = match (other.ended, timed) {
                    (true, _) => self.value(other).unwrap_or_else(|| kind("cancelled")),
                    (false, true) => kind("timeout"),
                    (false, false) => return None,
                };
                state.tasks[task].log.push(value);
                one(
                    Object::Task(t),
                    if timed { Did::Looked } else { Did::Joined },
                )
            }
            Op::Cancel(t) => {
                let other = &mut state.tasks[t];
                let had_ended = other.ended;
                if !had_ended {
                    match other.begun {
                        true => other.cancel |= !other.struck,
                        false => other.ended = true,
                    }
                }
                state.tasks[task].log.push((!had_ended).to_string());
                one(Object::Task(t), Did::Cancelled)
            }
            Op::Done(t) => {
                let ended = state.tasks[t].ended.to_string();
                state.tasks[task].log.push(ended);
                one(Object::Task(t), Did::Looked)
            }
        }
    }
}

/// Outcomes in the same form.
pub fn outcomes(found: &cq::explore::exploration::Found) -> BTreeSet<(String, bool)> {
    let all = found.outcomes.all.iter();
    all.map(|outcome| {
        let stuck = outcome.ended.end.word() == "deadlock";
        (outcome.ended.output.clone(), stuck)
    })
    .collect()
}

/// Tells two sets of outcomes apart.
pub fn difference(
    truth: &BTreeSet<(String, bool)>,
    found: &BTreeSet<(String, bool)>,
) -> BTreeMap<&'static str, Vec<(String, bool)>> {
    BTreeMap::from([
        ("missing", truth.difference(found).cloned().collect()),
        ("too many", found.difference(truth).cloned().collect()),
    ])
}
