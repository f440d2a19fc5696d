//! What a program makes gets a number, each kind its own, from 1: tasks, futures, queues, locks,
//! semaphores, pools.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use super::pool::{Pool, PoolKind, PoolShared, StartSeats};
use super::queue::Queue;
use super::run::Runtime;
use super::task::{Seats, Task, TaskKind, Work};
use crate::syntax::span::Span;
use crate::value::Result;

impl Runtime {
    /// A task that has not started, with the next number.
    pub fn new_task(
        self: &Arc<Runtime>,
        kind: TaskKind,
        at: Option<Span>,
        parent: u64,
        seats: Seats,
        work: Work,
    ) -> Arc<Task> {
        if kind != TaskKind::Main {
            self.start_ticking();
        }
        if let Some(first) = self.first_process() {
            let number = first.new_number(self, kind);
            let task = Task::new(number, kind, at, parent, seats, work);
            task.abroad.runs_in(std::process::id());
            if kind == TaskKind::Spawned {
                first.spawned(&task);
            }
            return task;
        }
        let number = self.reserve_numbers(kind, 1);
        Task::new(number, kind, at, parent, seats, work)
    }

    /// A task that has not started, if the program may have one more.
    pub fn make_task(
        self: &Arc<Runtime>,
        kind: TaskKind,
        at: Option<Span>,
        parent: u64,
        seats: Seats,
        work: Work,
    ) -> Result<Arc<Task>> {
        let life = self.new_life()?;
        let task = self.new_task(kind, at, parent, seats, work);
        if let Some(life) = life {
            task.lives(life);
        }
        Ok(task)
    }

    /// How many tasks and futures have been made.
    pub(super) fn made(&self) -> (u64, u64) {
        let number = |made: &AtomicU64| made.load(Ordering::SeqCst);
        (number(&self.tasks), number(&self.futures))
    }

    /// A future is run by who forces it. Two at once may count as one: it is an estimate.
    pub(super) fn runs_one_in_place(&self) {
        let before = self.run_in_place.load(Ordering::Relaxed);
        self.run_in_place.store(before + 1, Ordering::Relaxed);
    }

    /// How many futures have been made, and run by who forced them, together.
    pub(super) fn made_and_run_in_place(&self) -> u64 {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        count(&self.futures) + count(&self.run_in_place)
    }

    /// Reserves so many numbers for tasks, here or in a worker; gives the first.
    pub fn reserve_numbers(&self, kind: TaskKind, count: u64) -> u64 {
        let made = match kind {
            TaskKind::Future => &self.futures,
            TaskKind::Main | TaskKind::Spawned => &self.tasks,
        };
        // Either who calls the roll sees this number, or who starts the task sees the call.
        made.fetch_add(count, Ordering::SeqCst) + 1
    }

    /// A new queue, with the next number unless it has one.
    pub fn new_queue(&self, capacity: Option<usize>, number: Option<u64>) -> Arc<Queue> {
        let number = number.unwrap_or_else(|| self.queues.fetch_add(1, Ordering::Relaxed) + 1);
        let queue = Queue::new(number, capacity);
        if let Some(watch) = self.watched() {
            watch.made(&queue);
        }
        queue
    }

    /// The next lock's number.
    pub fn next_lock(&self) -> u64 {
        self.locks.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// The next semaphore's number.
    pub fn next_semaphore(&self) -> u64 {
        self.semaphores.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// A new pool, with the next number unless it has one.
    pub fn new_pool(
        self: &Arc<Runtime>,
        kind: PoolKind,
        seats: usize,
        number: Option<u64>,
    ) -> Arc<Pool> {
        let number = number.unwrap_or_else(|| self.pools.fetch_add(1, Ordering::Relaxed) + 1);
        Arc::new(Pool {
            shared: PoolShared::new(
                number,
                kind,
                seats,
                Arc::<Runtime>::downgrade(self) as Weak<dyn StartSeats>,
            ),
        })
    }
}
