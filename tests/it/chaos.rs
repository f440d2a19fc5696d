//! Random programs of tasks, queues, semaphores, locks, futures and promises whose outcome is
//! known: they end, or they come to a deadlock in a known set of tasks.
//!
//! ```text
//!   a random run of the model --its operations, task by task--> a program that ends
//!       \--an operation left out or added, the model run again--> ends, or who is stuck
//! ```
//!
//! Every queue and semaphore has one task that puts and one that gets, everything else is waiting
//! for ends. Such networks come to the same end however their tasks are scheduled (Kahn, *The
//! semantics of a simple language for parallel programming*, 1974), so one run of the model tells
//! what every run of the program must do.
//!
//! Many more by hand: `cargo test --test it -- --ignored chaos --nocapture`.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use super::program::{Outcome, cq, scratch};

/// How many programs are run by every `cargo test`.
const FEW: u64 = 2_000;

/// How many by hand.
const MANY: u64 = 100_000;

/// The most tasks beside the main program.
const MOST_TASKS: u64 = 7;

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Put(usize),
    Get(usize),
    Drain(usize),
    Close(usize),
    Release(usize),
    Acquire(usize),
    Join(usize),
    WaitAll(Vec<usize>),
    /// Forces a promise whose value is that of a task.
    Promise(usize),
    /// Takes one or two locks, in order, around something short.
    Locked(usize),
}

#[derive(Clone, Debug)]
struct Channel {
    from: usize,
    to: usize,
    capacity: Option<usize>,
}

#[derive(Clone, Debug)]
struct Plan {
    /// What the tasks do; the first is the main program.
    tasks: Vec<Vec<Step>>,
    /// How each is started.
    kinds: Vec<Kind>,
    queues: Vec<Channel>,
    semaphores: Vec<Channel>,
}

#[derive(Copy, Clone, Debug, PartialEq)]
enum Kind {
    Main,
    Spawned,
    Future,
    Pooled,
}

/// Where a run of the model is.
#[derive(Clone)]
struct Model {
    at: Vec<usize>,
    ended: Vec<bool>,
    items: Vec<usize>,
    offered: Vec<bool>,
    closed: Vec<bool>,
    permits: Vec<usize>,
}

impl Model {
    fn new(plan: &Plan) -> Model {
        Model {
            at: vec![0; plan.tasks.len()],
            ended: vec![false; plan.tasks.len()],
            items: vec![0; plan.queues.len()],
            offered: vec![false; plan.queues.len()],
            closed: vec![false; plan.queues.len()],
            permits: vec![0; plan.semaphores.len()],
        }
    }

    /// Does a step of a task, if it can be done at once.
    fn does(&mut self, plan: &Plan, step: &Step) -> bool {
        match step {
            Step::Put(queue) => {
                let room = plan.queues[*queue]
                    .capacity
                    .is_none_or(|most| self.items[*queue] < most);
                if room {
                    self.items[*queue] += 1;
                }
                room
            }
            Step::Get(queue) => {
                let has = self.items[*queue] > 0;
                if has {
                    self.items[*queue] -= 1;
                }
                has
            }
            Step::Drain(queue) => {
                let over = self.closed[*queue] && !self.offered[*queue];
                if over {
                    self.items[*queue] = 0;
                }
                over
            }
            Step::Close(queue) => {
                self.closed[*queue] = true;
                true
            }
            Step::Release(semaphore) => {
                self.permits[*semaphore] += 1;
                true
            }
            Step::Acquire(semaphore) => {
                let has = self.permits[*semaphore] > 0;
                if has {
                    self.permits[*semaphore] -= 1;
                }
                has
            }
            Step::Join(task) | Step::Promise(task) => self.ended[*task],
            Step::WaitAll(tasks) => tasks.iter().all(|&task| self.ended[task]),
            Step::Locked(_) => true,
        }
    }

    /// One more step of a task, if it can do one.
    fn advance(&mut self, plan: &Plan, task: usize) -> bool {
        if self.ended[task] {
            return false;
        }
        let Some(step) = plan.tasks[task].get(self.at[task]).cloned() else {
            self.ended[task] = true;
            return true;
        };
        if let Step::Put(queue) = step
            && self.offered[queue]
        {
            // It is done when somebody takes what is offered.
            return false;
        }
        let done = self.does(plan, &step);
        if done {
            self.at[task] += 1;
        }
        match step {
            Step::Put(queue) if !done => {
                self.offered[queue] = true;
                true
            }
            // A put that waits moves in, or is taken from directly.
            Step::Get(queue) if done && self.offered[queue] => {
                self.items[queue] += 1;
                self.let_go(plan, queue);
                true
            }
            Step::Get(queue) | Step::Drain(queue) if !done && self.offered[queue] => {
                self.let_go(plan, queue);
                if step == Step::Get(queue) {
                    self.at[task] += 1;
                }
                true
            }
            // Going over a queue takes what is there, so that puts have room.
            Step::Drain(queue) if !done && self.items[queue] > 0 => {
                self.items[queue] = 0;
                true
            }
            _ => done,
        }
    }

    fn let_go(&mut self, plan: &Plan, queue: usize) {
        self.offered[queue] = false;
        self.at[plan.queues[queue].from] += 1;
    }

    /// Runs until nobody can go on; gives who is stuck, if the program is.
    fn run(mut self, plan: &Plan) -> BTreeSet<usize> {
        // All of them in every round, until none gets on.
        let mut moved = true;
        while moved {
            moved = false;
            for task in 0..plan.tasks.len() {
                moved |= self.advance(plan, task);
            }
        }
        let stuck: BTreeSet<usize> = (0..plan.tasks.len())
            .filter(|&task| !self.ended[task])
            .collect();
        // Futures that nobody waits for are cancelled at the end.
        let holds_up = |&task: &usize| matches!(plan.kinds[task], Kind::Main | Kind::Spawned);
        match stuck.iter().any(holds_up) {
            true => stuck,
            false => BTreeSet::new(),
        }
    }
}

/// A program that ends: the operations of a random run.
fn ending(random: &mut fastrand::Rng) -> Plan {
    let tasks = random.usize(2..=MOST_TASKS as usize + 1);
    let other = |random: &mut fastrand::Rng, from: usize| (from + random.usize(1..tasks)) % tasks;
    let mut channels = |most: usize, bounded: bool| -> Vec<Channel> {
        let count = random.usize(0..=most);
        let made = (0..count).map(|_| {
            let from = random.usize(0..tasks);
            Channel {
                from,
                to: other(random, from),
                capacity: (bounded && random.bool()).then(|| random.usize(0..3)),
            }
        });
        made.collect()
    };
    let (queues, semaphores) = (channels(6, true), channels(3, false));
    let kinds = (0..tasks).map(|task| match (task, random.u8(0..4)) {
        (0, _) => Kind::Main,
        (_, 0 | 1) => Kind::Spawned,
        (_, 2) => Kind::Future,
        _ => Kind::Pooled,
    });
    let mut plan = Plan {
        kinds: kinds.collect(),
        tasks: vec![Vec::new(); tasks],
        queues,
        semaphores,
    };
    let mut model = Model::new(&plan);
    let mut over = vec![false; tasks];
    for _ in 0..random.usize(5..40) {
        let task = random.usize(0..tasks);
        if over[task] {
            continue;
        }
        let step = match random.u8(0..12) {
            0..=5 if !plan.queues.is_empty() => {
                let queue = random.usize(0..plan.queues.len());
                let channel = &plan.queues[queue];
                if model.closed[queue] {
                    continue;
                }
                // Hand over: with capacity 0 both sides at once.
                if channel.capacity == Some(0) {
                    if !over[channel.from] && !over[channel.to] {
                        let (from, to) = (channel.from, channel.to);
                        plan.tasks[from].push(Step::Put(queue));
                        plan.tasks[to].push(Step::Get(queue));
                    }
                    continue;
                }
                match (channel.from == task, channel.to == task) {
                    (true, _) => Step::Put(queue),
                    (_, true) => Step::Get(queue),
                    _ => continue,
                }
            }
            6 | 7 if !plan.semaphores.is_empty() => {
                let semaphore = random.usize(0..plan.semaphores.len());
                match (
                    plan.semaphores[semaphore].from == task,
                    plan.semaphores[semaphore].to == task,
                ) {
                    (true, _) => Step::Release(semaphore),
                    (_, true) => Step::Acquire(semaphore),
                    _ => continue,
                }
            }
            8 => Step::Join(other(random, task)),
            9 => Step::Promise(other(random, task)),
            10 => Step::Locked(random.usize(0..4)),
            _ => match random.u8(0..3) {
                0 if task > 0 => {
                    over[task] = true;
                    model.ended[task] = true;
                    continue;
                }
                1 => Step::WaitAll((0..tasks).filter(|&other| over[other]).collect()),
                _ => continue,
            },
        };
        let of_main = matches!(step, Step::Join(0) | Step::Promise(0));
        if !of_main && model.does(&plan, &step) {
            plan.tasks[task].push(step);
        }
    }
    // Some consumers go on to the end of their queue.
    for queue in 0..plan.queues.len() {
        let Channel { from, to, .. } = plan.queues[queue];
        if random.bool() && !over[from] && !over[to] {
            plan.tasks[from].push(Step::Close(queue));
            plan.tasks[to].push(Step::Drain(queue));
            model.closed[queue] = true;
        }
    }
    plan
}

/// The same with an operation left out or added.
fn changed(mut plan: Plan, random: &mut fastrand::Rng) -> Plan {
    for _ in 0..random.usize(1..=4) {
        let task = random.usize(0..plan.tasks.len());
        let other = random.usize(1..plan.tasks.len());
        if random.bool() && !plan.tasks[task].is_empty() {
            let at = random.usize(0..plan.tasks[task].len());
            // A get from a closed queue would be an error instead.
            let closed = |queue| {
                plan.tasks
                    .iter()
                    .flatten()
                    .any(|step| *step == Step::Close(queue))
            };
            if !matches!(plan.tasks[task][at], Step::Put(queue) if closed(queue)) {
                plan.tasks[task].remove(at);
            }
        } else if other != task {
            let at = random.usize(0..=plan.tasks[task].len());
            let step = if random.bool() {
                Step::Join(other)
            } else {
                Step::Promise(other)
            };
            plan.tasks[task].insert(at, step);
        }
    }
    plan
}

/// The program.
fn written(plan: &Plan) -> String {
    let mut out = String::from(
        "let locks = [lock(), lock(), lock(), lock()]\nlet go = semaphore(0)\nlet pool = thread_pool(1)\nlet count = 0\n",
    );
    for (number, queue) in plan.queues.iter().enumerate() {
        let capacity = queue
            .capacity
            .map(|most| most.to_string())
            .unwrap_or_default();
        let _ = writeln!(out, "let q{number} = queue({capacity})");
    }
    for number in 0..plan.semaphores.len() {
        let _ = writeln!(out, "let s{number} = semaphore(0)");
    }
    out.push_str("let t = [nil]\n");
    for (task, steps) in plan.tasks.iter().enumerate() {
        let _ = writeln!(out, "fn task{task}() {{");
        let mut got = vec![0; plan.queues.len()];
        let mut put = vec![0; plan.queues.len()];
        for step in steps {
            let _ = match step {
                Step::Put(queue) => {
                    put[*queue] += 1;
                    writeln!(out, "    q{queue}.put({})", put[*queue])
                }
                Step::Get(queue) => {
                    got[*queue] += 1;
                    writeln!(out, "    assert(q{queue}.get() == {})", got[*queue])
                }
                Step::Drain(queue) => writeln!(out, "    for x in q{queue} {{ }}"),
                Step::Close(queue) => writeln!(out, "    q{queue}.close()"),
                Step::Release(semaphore) => writeln!(out, "    s{semaphore}.release()"),
                Step::Acquire(semaphore) => writeln!(out, "    s{semaphore}.acquire()"),
                Step::Join(task) => writeln!(out, "    force(t[{task}])"),
                Step::WaitAll(tasks) => {
                    let tasks: Vec<String> =
                        tasks.iter().map(|task| format!("t[{task}]")).collect();
                    writeln!(out, "    wait([{}])", tasks.join(", "))
                }
                Step::Promise(task) => writeln!(out, "    force(p[{task}])"),
                Step::Locked(lock) => writeln!(
                    out,
                    "    with locks[{}] {{ with locks[{}] {{ count += 1 }} }}",
                    lock / 2,
                    lock / 2 + 1
                ),
            };
        }
        out.push_str("}\n");
    }
    out.push_str("let p = [delay force(t[i]) for i in range(");
    let _ = writeln!(out, "{})]", plan.tasks.len());
    for (task, kind) in plan.kinds.iter().enumerate().skip(1) {
        let (start, place) = match kind {
            Kind::Future => ("future", ""),
            Kind::Pooled => ("future", " on pool"),
            Kind::Spawned | Kind::Main => ("spawn", ""),
        };
        let _ = writeln!(
            out,
            "t.push({start} {{ go.acquire(); task{task}() }}{place})"
        );
    }
    let _ = writeln!(
        out,
        "for i in range({}) {{ go.release() }}",
        plan.tasks.len()
    );
    out.push_str("task0()\n");
    out
}

/// What reports call the tasks of a plan.
fn titles(plan: &Plan, tasks: &BTreeSet<usize>) -> BTreeSet<String> {
    let (mut spawned, mut futures) = (1, 0);
    let mut all = Vec::new();
    for kind in &plan.kinds {
        all.push(match kind {
            Kind::Main => String::from("task #1"),
            Kind::Spawned => {
                spawned += 1;
                format!("task #{spawned}")
            }
            Kind::Future | Kind::Pooled => {
                futures += 1;
                format!("future #{futures}")
            }
        });
    }
    tasks.iter().map(|&task| all[task].clone()).collect()
}

/// The tasks that the report of a deadlock names.
fn named(outcome: &Outcome) -> BTreeSet<String> {
    let reports = outcome.stderr.lines();
    let reports = reports.filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let errors = reports.filter(|report| report["severity"] == "error");
    let waiting =
        errors.flat_map(|report| report["waiting"].as_array().cloned().unwrap_or_default());
    waiting
        .filter_map(|task| task["task"].as_str().map(str::to_owned))
        .collect()
}

fn check(seed: u64, folder: &std::path::Path) -> bool {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut plan = ending(&mut random);
    let changes = random.u8(0..6) > 0;
    if changes {
        plan = changed(plan, &mut random);
    }
    let stuck = Model::new(&plan).run(&plan);
    assert!(
        changes || stuck.is_empty(),
        "seed {seed}: the model is wrong\n{}",
        written(&plan)
    );
    let path = folder.join(format!("{seed}.cq"));
    std::fs::write(&path, written(&plan)).expect("the scratch folder can be written");
    let outcome = cq(["--json-errors".as_ref(), path.as_os_str()]).run();
    let status = if stuck.is_empty() { 0 } else { 3 };
    assert!(
        outcome.status == Some(status) && named(&outcome) == titles(&plan, &stuck),
        "seed {seed}: expected status {status} and {:?} to wait\n{}\n{outcome}",
        titles(&plan, &stuck),
        written(&plan)
    );
    drop(std::fs::remove_file(path));
    stuck.is_empty()
}

/// Runs the programs of these seeds; gives how many have ended.
fn check_all(seeds: std::ops::Range<u64>) -> u64 {
    let (folder, next, ended) = (scratch(), AtomicU64::new(seeds.start), AtomicU64::new(0));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        return;
                    }
                    ended.fetch_add(u64::from(check(seed, &folder)), Ordering::Relaxed);
                }
            });
        }
    });
    ended.into_inner()
}

#[test]
fn random_programs_end_as_they_must() {
    let ended = check_all(0..FEW);
    let share = ended * 100 / FEW;
    assert!(
        (20..80).contains(&share),
        "{share} % of the programs have ended"
    );
}

#[test]
#[ignore = "takes many minutes"]
fn many_random_programs() {
    let first = std::time::UNIX_EPOCH
        .elapsed()
        .map_or(0, |time| time.as_secs())
        << 20;
    let ended = check_all(first..first + MANY);
    println!("{MANY} programs from seed {first}, of which {ended} ended");
}
