//! The broker: the first process as the owner of everything that processes share, and of the
//! processes.
//!
//! ```text
//!   process_pool(n)      at most n workers, which stay warm
//!   future … on process  the same, shared by the program
//!   spawn … on process   a worker of its own
//! ```

use std::collections::HashMap;
use std::os::fd::BorrowedFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use parking_lot::Mutex;
use smallvec::SmallVec;

use super::fork_server::Starter;
use super::message::{Answer, CallId, ToWorker};
use super::parcel;
use super::program::Programs;
use super::reader;
use super::remote::{Remote, Unsent};
use super::socket::wait_for_any;
use super::speaker;
use super::starting::Starting;
use crate::gate::Gate;
use crate::runtime::elsewhere::{HandleName, Others, Parcel, Tell, Workers};
use crate::runtime::machine::Machine;
use crate::runtime::pool::{PoolKind, PoolShared, StartSeats};
use crate::runtime::run::Runtime;
use crate::runtime::scene::Scene;
use crate::runtime::task::{Task, Work};
use crate::value::error::fail;
use crate::value::{Kind, Result, Unwind, Value};

/// What the first process has for its workers.
pub struct Broker {
    pub(super) own: Weak<Broker>,
    pub(super) runtime: Weak<Runtime>,
    /// The fibers that speak for tasks with a process of their own.
    pub speakers: Arc<PoolShared>,
    /// The pool of `future e on process`.
    pub shared_pool: Arc<PoolShared>,
    /// The workers of each pool, by its number; they stay warm.
    of_pools: Mutex<HashMap<u64, Vec<Arc<Remote>>>>,
    /// Who wants to know what tasks of workers are doing.
    asked: Mutex<HashMap<HandleName, (usize, Tell)>>,
    pub(super) programs: Arc<Programs>,
    /// How workers come to be.
    pub(super) starting: Starting,
    /// All that have not gone.
    pub(super) alive: Mutex<Vec<Arc<Remote>>>,
    /// The program is over: how its workers end is nobody's business any more.
    over: AtomicBool,
}

impl Broker {
    /// A broker without workers.
    pub fn new(runtime: &Arc<Runtime>, processors: usize) -> Arc<Broker> {
        Broker::starting(runtime, processors, Starter::new())
    }

    /// One that starts its workers in this way.
    pub(super) fn starting(
        runtime: &Arc<Runtime>,
        processors: usize,
        starter: Starter,
    ) -> Arc<Broker> {
        let program = Arc::downgrade(runtime) as Weak<dyn StartSeats>;
        Arc::new_cyclic(|own| Broker {
            own: own.clone(),
            speakers: PoolShared::new(0, PoolKind::Speakers, 1, program.clone()),
            shared_pool: PoolShared::new(0, PoolKind::SharedProcesses, processors, program),
            of_pools: Mutex::new(HashMap::new()),
            asked: Mutex::default(),
            programs: Arc::default(),
            starting: Starting::new(starter),
            alive: Mutex::new(Vec::new()),
            over: AtomicBool::new(false),
            runtime: Arc::downgrade(runtime),
        })
    }

    pub(super) fn own(&self) -> Result<Arc<Broker>> {
        self.own.upgrade().ok_or_else(over)
    }

    /// A worker for the next task of a pool: one that computes nothing, else a new one while
    /// there are fewer than seats, else the one that computes least. A task with a process of its
    /// own gets a new one.
    pub(super) fn worker_for(
        &self,
        runtime: &Arc<Runtime>,
        pool: &PoolShared,
    ) -> Result<Arc<Remote>> {
        if pool.kind == PoolKind::Speakers {
            return self.start(runtime);
        }
        let best = {
            let mut of_pools = self.of_pools.lock();
            let workers = of_pools.entry(pool.number).or_default();
            workers.retain(|worker| {
                worker.death.get().is_none() && !worker.leaving.load(Ordering::SeqCst)
            });
            let computing = |worker: &&Arc<Remote>| worker.active.load(Ordering::SeqCst);
            let idlest = workers.iter().min_by_key(computing);
            let may_start = workers.len() < pool.seats;
            idlest
                .filter(|worker| computing(worker) == 0 || !may_start)
                .cloned()
        };
        match best {
            Some(worker) => Ok(worker),
            None => {
                let worker = self.start(runtime)?;
                let mut of_pools = self.of_pools.lock();
                of_pools
                    .entry(pool.number)
                    .or_default()
                    .push(worker.clone());
                Ok(worker)
            }
        }
    }

    /// Whether the program is over.
    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::SeqCst)
    }

    /// The workers whose readers stand back.
    fn unattended(&self) -> SmallVec<[Arc<Remote>; 4]> {
        let alive = self.alive.lock();
        let unattended = alive.iter().filter(|worker| worker.ear.stands_back());
        unattended.cloned().collect()
    }

    fn all(&self) -> Vec<Arc<Remote>> {
        self.alive.lock().clone()
    }
}

impl Workers for Broker {
    fn shared_pool(&self) -> Arc<PoolShared> {
        self.shared_pool.clone()
    }

    fn speakers(&self) -> Arc<PoolShared> {
        self.speakers.clone()
    }

    fn elsewhere(
        &self,
        machine: &Machine<'_>,
        work: &Work,
        pool: &Arc<PoolShared>,
    ) -> Result<Work> {
        let parcel = parcel::pack_work(machine.runtime, work, &machine.gate)?;
        self.crossing(&parcel);
        Ok(speaker::speak_for(&self.own()?, parcel, pool))
    }

    fn pack(&self, value: &Value, gate: &Gate<'_>) -> Result<Parcel> {
        let runtime = self.runtime.upgrade().ok_or_else(over)?;
        let parcel = parcel::pack(&runtime, value, gate)?;
        self.crossing(&parcel);
        Ok(parcel)
    }

    fn unpack(&self, parcel: Parcel) -> Result<Value> {
        let runtime = self.runtime.upgrade().ok_or_else(over)?;
        parcel::unpack(&runtime, parcel)
    }

    fn pids(&self) -> Vec<u32> {
        self.all().iter().map(|worker| worker.process.pid).collect()
    }

    fn others(&self) -> Option<&dyn Others> {
        Some(self)
    }

    fn living(&self) -> u64 {
        let each = |worker: &Arc<Remote>| worker.living.load(Ordering::Relaxed);
        self.all().iter().map(each).sum()
    }

    fn ask(&self, task: &Arc<Task>, place: usize, tell: Tell) {
        let name = HandleName::of_task(task);
        for worker in self.all() {
            if worker.spoken(name).is_some() {
                self.asked.lock().insert(name, (place, tell.clone()));
                // One that has gone says nothing, and who asks does not wait for ever.
                let _ = worker.tell(&ToWorker::Ask(name));
            }
        }
    }

    fn kill(&self, pid: u32) {
        for worker in self.all() {
            if worker.process.pid == pid {
                worker.kill();
            }
        }
    }

    fn release_pool(&self, pool: &PoolShared) {
        let workers = self.of_pools.lock().remove(&pool.number);
        for worker in workers.into_iter().flatten() {
            worker.leaves();
        }
    }

    fn dismiss(&self) {
        self.dismisses_spare();
        for worker in self.all() {
            worker.leaves();
        }
    }

    fn have_left(&self) -> bool {
        self.alive.lock().is_empty() && !self.starting.is_under_way()
    }

    fn look_after(&self) {
        self.starting.looks_after_server();
    }

    fn end(&self) {
        self.over.store(true, Ordering::SeqCst);
        self.starting.ends();
        let all = self.all();
        for worker in &all {
            worker.process.kill();
        }
        for worker in &all {
            // One that cannot be waited for is none of ours any more.
            let _ = worker.process.bury();
        }
    }
}

impl Others for Broker {
    fn listen(&self) -> bool {
        let unattended = self.unattended();
        let Some((own, runtime)) = self.own.upgrade().zip(self.runtime.upgrade()) else {
            return false;
        };
        for worker in &unattended {
            reader::listen(&own, worker, &runtime);
        }
        !unattended.is_empty()
    }

    fn wait_to_hear(&self, bell: BorrowedFd<'_>, patience: Duration) -> Option<usize> {
        let unattended = self.unattended();
        let mut ends: SmallVec<[BorrowedFd<'_>; 8]> = SmallVec::from_slice(&[bell]);
        ends.extend(unattended.iter().map(|worker| worker.outbox.link()));
        wait_for_any(&ends, patience)
    }

    fn nobody_listens(&self) {
        for worker in self.unattended() {
            worker.ear.calls_reader();
        }
    }
}

impl Broker {
    /// A task of a worker has said what it is doing.
    pub(super) fn told(&self, task: HandleName, scene: Scene) {
        if let Some((place, tell)) = self.asked.lock().remove(&task) {
            let _ = tell.send((place, Box::new(scene)));
        }
    }

    /// Queues that cross have copies of what is in them from now on.
    pub(super) fn crossing(&self, parcel: &Parcel) {
        for handle in &parcel.handles {
            if let Value::Queue(queue) = handle {
                queue.crosses(|value| self.pack(value, &Gate::open()));
            }
        }
    }
}

impl Remote {
    /// There will be no more tasks for it: it goes when what was started in it has ended.
    pub(super) fn leaves(&self) {
        if !self.leaving.swap(true, Ordering::SeqCst) {
            // It may have gone by itself.
            let _ = self.tell(&ToWorker::Leave);
        }
    }

    /// Answers a request with something that has no value in it.
    pub(super) fn reply(&self, call: CallId, answer: Answer) {
        // Who is gone needs no answer, and this one is small.
        let _: std::result::Result<(), Unsent> = self.tell(&ToWorker::Reply { call, answer });
    }
}

#[cold]
pub(super) fn over() -> Unwind {
    fail(Kind::Closed, "the program is over")
}
