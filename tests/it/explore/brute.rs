//! Thousands of generated programs: executions and outcomes agree with the brute force.

use std::collections::BTreeMap;

use cq::explore::exploration::{Bounds, Found};
use cq::explore::search::Reduction;

use super::model::{Op, Program, brute_force, difference, outcomes};
use super::{explore, explore_states, explore_within};

/// Which operations a theme draws from.
#[derive(Default)]
struct Theme {
    operations: &'static [fn(&mut fastrand::Rng) -> Op],
    main: &'static [fn(&mut fastrand::Rng) -> Op],
    capacities: &'static [Option<usize>],
    permits: &'static [u64],
    /// How many tasks are futures, at most.
    futures: usize,
}

fn generate(theme: &Theme, random: &mut fastrand::Rng) -> Program {
    let count = random.usize(1..=3);
    let mut tasks = vec![Vec::new()];
    for _ in 0..random.usize(0..=2) {
        let draw = theme.main[random.usize(..theme.main.len())];
        tasks[0].push(draw(random));
    }
    for _ in 0..count {
        let steps = random.usize(1..=4);
        let draw = |random: &mut fastrand::Rng| {
            let draw = theme.operations[random.usize(..theme.operations.len())];
            draw(random)
        };
        tasks.push((0..steps).map(|_| draw(random)).collect());
    }
    for (task, ops) in tasks.iter_mut().enumerate() {
        ops.retain(|op| task != 1 || !matches!(op, Op::Force(_) | Op::TimedForce(_)));
        for op in ops {
            if let Op::Force(t) | Op::TimedForce(t) = op {
                *t = random.usize(1..if task == 0 { count + 1 } else { task });
            }
        }
    }
    for op in &mut tasks[0] {
        if let Op::Cancel(t) | Op::Done(t) = op {
            *t = random.usize(1..=count);
        }
    }
    Program {
        capacities: theme.capacities.to_vec(),
        permits: theme.permits.to_vec(),
        variables: 2,
        locks: 2,
        futures: random.usize(0..=theme.futures),
        tasks,
    }
}

/// What is wrong with a program; `None` if it has too many interleavings to know.
fn disagreement(program: &Program) -> Option<Result<(), String>> {
    let truth = brute_force(program, 40_000);
    if truth.given_up {
        return None;
    }
    let text = program.text();
    let found = explore(&text, 1_000_000);
    let trees = Bounds {
        reduction: Reduction::Trees,
        ..Bounds::default()
    };
    let with_trees = explore_within(&text, 1_000_000, &trees);
    if with_trees.executions != found.executions {
        let executions = with_trees.executions;
        let found = found.executions;
        return Some(Err(format!(
            "{executions} executions with wakeup trees, else {found}"
        )));
    }
    let outcomes = outcomes(&found);
    let (executions, classes) = (found.executions, truth.classes.len() as u128);
    if let Some(wrong) = states_differ(&text, &found) {
        return Some(Err(wrong));
    }
    Some(if truth.outcomes != outcomes {
        Err(format!("{:#?}", difference(&truth.outcomes, &outcomes)))
    } else if executions != classes {
        Err(format!("{executions} executions of {classes} classes"))
    } else {
        Ok(())
    })
}

/// What is different when states are told apart.
pub fn states_differ(text: &str, found: &Found) -> Option<String> {
    let Some(states) = explore_states(text, u64::MAX) else {
        return Some(String::from("the search by states gives up"));
    };
    let counts = |found: &Found| {
        let all = found.outcomes.all.iter();
        let all = all.map(|it| {
            let ended = (it.ended.output.clone(), it.ended.end.clone());
            (ended, it.executions)
        });
        all.collect::<BTreeMap<_, _>>()
    };
    let (by_orders, by_states) = (counts(found), counts(&states));
    (by_orders != by_states).then(|| format!("{by_orders:#?} by states {by_states:#?}"))
}

/// Removes operations as long as it stays wrong.
fn smallest(mut program: Program) -> Program {
    'again: loop {
        for task in 0..program.tasks.len() {
            for at in 0..program.tasks[task].len() {
                let mut smaller = program.clone();
                smaller.tasks[task].remove(at);
                if let Some(Err(_)) = disagreement(&smaller) {
                    program = smaller;
                    continue 'again;
                }
            }
        }
        return program;
    }
}

fn agree(program: &Program) -> bool {
    match disagreement(program) {
        None => false,
        Some(Ok(())) => true,
        Some(Err(_)) => {
            let program = smallest(program.clone());
            let why = disagreement(&program);
            panic!("{}\n{}", program.text(), why.unwrap().unwrap_err());
        }
    }
}

fn all_agree(theme: &Theme, programs: u32) {
    let programs = std::env::var("CQ_PROGRAMS").map_or(programs, |it| it.parse().unwrap());
    let seed = std::env::var("CQ_SEED").map_or(1, |it| it.parse().unwrap());
    let mut random = fastrand::Rng::with_seed(seed);
    let mut checked = 0;
    while checked < programs {
        checked += u32::from(agree(&generate(theme, &mut random)));
    }
}

fn variable(random: &mut fastrand::Rng) -> usize {
    random.usize(..2)
}

#[test]
fn variables() {
    all_agree(
        &Theme {
            operations: &[
                |r| Op::Write(variable(r), r.i64(1..9)),
                |r| Op::Read(variable(r)),
                |r| Op::Increment(variable(r)),
            ],
            main: &[|r| Op::Read(variable(r)), |r| Op::Write(variable(r), 9)],
            ..Theme::default()
        },
        60,
    );
}

#[test]
fn queues() {
    all_agree(
        &Theme {
            operations: &[
                |r| Op::Put(0, r.i64(1..9)),
                |_| Op::Get(0),
                |r| Op::Put(1, r.i64(1..9)),
                |_| Op::Get(1),
                |r| Op::Put(0, r.i64(1..9)),
                |r| Op::Close(r.usize(..2)),
            ],
            main: &[|_| Op::Get(0), |_| Op::Put(1, 0), |_| Op::Close(0)],
            capacities: &[None, Some(1)],
            ..Theme::default()
        },
        60,
    );
}

#[test]
fn queues_whose_state_is_noticed() {
    all_agree(
        &Theme {
            operations: &[
                |r| Op::Put(r.usize(..2), r.i64(1..9)),
                |r| Op::Get(r.usize(..2)),
                |r| Op::TimedGet(r.usize(..2)),
                |r| Op::TimedPut(r.usize(..2), r.i64(1..9)),
                |r| Op::Length(r.usize(..2)),
                |r| Op::Close(r.usize(..2)),
            ],
            main: &[|_| Op::TimedGet(0), |_| Op::Length(1), |_| Op::Put(0, 0)],
            capacities: &[None, Some(1)],
            ..Theme::default()
        },
        60,
    );
}

#[test]
fn selected_queues() {
    all_agree(
        &Theme {
            operations: &[
                |r| Op::Put(r.usize(..2), r.i64(1..9)),
                |_| Op::Put(0, 1),
                |_| Op::Select,
                |_| Op::Select,
                |_| Op::TimedSelect,
                |r| Op::Get(r.usize(..2)),
                |r| Op::Close(r.usize(..2)),
            ],
            main: &[
                |_| Op::Select,
                |r| Op::Put(r.usize(..2), 9),
                |_| Op::Cancel(1),
            ],
            capacities: &[None, Some(1)],
            ..Theme::default()
        },
        60,
    );
}

#[test]
fn selects_that_may_wait_in_vain() {
    all_agree(
        &Theme {
            operations: &[
                |r| Op::Put(r.usize(..2), r.i64(1..9)),
                |_| Op::Select,
                |_| Op::Lock(0),
                |_| Op::Unlock(0),
                |_| Op::Increment(0),
            ],
            main: &[|_| Op::Select, |_| Op::Lock(0), |_| Op::Put(1, 9)],
            capacities: &[None, None],
            ..Theme::default()
        },
        60,
    );
}

#[test]
fn locks() {
    all_agree(
        &Theme {
            operations: &[
                |r| Op::Lock(r.usize(..2)),
                |r| Op::Unlock(r.usize(..2)),
                |r| Op::Lock(r.usize(..2)),
                |r| Op::Unlock(r.usize(..2)),
                |r| Op::TimedLock(r.usize(..2)),
                |_| Op::Increment(0),
            ],
            main: &[|_| Op::Lock(0), |_| Op::Unlock(0), |_| Op::Read(0)],
            ..Theme::default()
        },
        60,
    );
}

#[test]
fn semaphores() {
    all_agree(
        &Theme {
            operations: &[
                |r| Op::Wait(r.usize(..2)),
                |r| Op::Signal(r.usize(..2)),
                |r| Op::Wait(r.usize(..2)),
                |r| Op::TimedWait(r.usize(..2)),
                |_| Op::Increment(0),
            ],
            main: &[|_| Op::Signal(0), |_| Op::Signal(1), |_| Op::Read(0)],
            permits: &[1, 2],
            ..Theme::default()
        },
        60,
    );
}

#[test]
fn cancelled_tasks() {
    all_agree(
        &Theme {
            operations: &[
                |_| Op::Write(0, 1),
                |_| Op::Read(0),
                |_| Op::Put(0, 1),
                |_| Op::Lock(0),
                |_| Op::Unlock(0),
            ],
            main: &[|_| Op::Cancel(1), |_| Op::Done(1), |_| Op::Put(0, 2)],
            capacities: &[None],
            ..Theme::default()
        },
        60,
    );
}

#[test]
fn forced_futures() {
    all_agree(
        &Theme {
            operations: &[
                |r| Op::Write(0, r.i64(1..9)),
                |_| Op::Read(0),
                |_| Op::Put(0, 1),
                |_| Op::Get(0),
                |_| Op::Force(0),
                |_| Op::Force(0),
                |_| Op::TimedForce(0),
            ],
            main: &[|_| Op::Force(0), |_| Op::TimedForce(0), |_| Op::Put(0, 2)],
            capacities: &[None],
            futures: 3,
            ..Theme::default()
        },
        60,
    );
}

#[test]
fn cancelled_futures() {
    all_agree(
        &Theme {
            operations: &[
                |_| Op::Write(0, 1),
                |_| Op::Read(0),
                |_| Op::Get(0),
                |_| Op::Force(0),
                |_| Op::TimedForce(0),
            ],
            main: &[|_| Op::Cancel(1), |_| Op::Force(0), |_| Op::Put(0, 2)],
            capacities: &[None],
            futures: 3,
            ..Theme::default()
        },
        60,
    );
}

#[test]
fn everything_at_once() {
    all_agree(
        &Theme {
            operations: &[
                |r| Op::Write(variable(r), r.i64(1..9)),
                |r| Op::Read(variable(r)),
                |r| Op::Increment(variable(r)),
                |r| Op::Put(r.usize(..2), r.i64(1..9)),
                |r| Op::Get(r.usize(..2)),
                |r| Op::TimedGet(r.usize(..2)),
                |r| Op::Close(r.usize(..2)),
                |r| Op::Lock(r.usize(..2)),
                |r| Op::Unlock(r.usize(..2)),
                |r| Op::Wait(r.usize(..1)),
                |r| Op::Signal(r.usize(..1)),
                |_| Op::Force(0),
                |_| Op::TimedForce(0),
                |_| Op::Select,
                |_| Op::TimedSelect,
            ],
            main: &[
                |_| Op::Cancel(1),
                |_| Op::Done(1),
                |_| Op::Get(0),
                |_| Op::Select,
                |_| Op::Write(0, 7),
            ],
            capacities: &[None, Some(1)],
            permits: &[1],
            futures: 2,
        },
        60,
    );
}
