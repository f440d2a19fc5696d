//! Processes on a stage: tasks of their own that are given copies, as a worker would be.
//!
//! What a task is to do is packed when it is started and unpacked when it begins; what is put into
//! a queue that it knows is packed too, and so is its result. So nothing is shared but handles.

use std::sync::{Arc, Weak};

use crate::gate::Gate;
use crate::process::parcel::{pack, pack_work, unpack, unpack_work};
use crate::runtime::elsewhere::{Others, Parcel, Tell, Workers};
use crate::runtime::machine::Machine;
use crate::runtime::place::PoolKind;
use crate::runtime::pool::{PoolShared, StartSeats};
use crate::runtime::run::Runtime;

use crate::runtime::task::{Task, Work};
use crate::value::error::fail;
use crate::value::{Kind, Result, Unwind, Value};

/// Stands for the workers of a program that is explored.
struct Copies {
    runtime: Weak<Runtime>,
    shared: Arc<PoolShared>,
    speakers: Arc<PoolShared>,
}

/// Lets a program that is explored start tasks on processes.
pub fn allow_processes(runtime: &Arc<Runtime>) {
    let pool = |kind| {
        let program = Arc::downgrade(runtime) as Weak<dyn StartSeats>;
        PoolShared::new(0, kind, usize::MAX, program)
    };
    runtime.has_workers(Arc::new(Copies {
        runtime: Arc::downgrade(runtime),
        shared: pool(PoolKind::SharedProcesses),
        speakers: pool(PoolKind::Speakers),
    }));
}

impl Copies {
    fn runtime(&self) -> Result<Arc<Runtime>> {
        self.runtime.upgrade().ok_or_else(over)
    }
}

#[cold]
fn over() -> Unwind {
    fail(Kind::Unsupported, "the exploration is over")
}

/// The queues that travel are known to a process from now on.
fn crosses(parcel: Parcel) -> Parcel {
    for handle in &parcel.handles {
        if let Value::Queue(queue) = handle {
            queue.crosses_on_stage();
        }
    }
    parcel
}

impl Workers for Copies {
    fn shared_pool(&self) -> Arc<PoolShared> {
        self.shared.clone()
    }

    fn speakers(&self) -> Arc<PoolShared> {
        self.speakers.clone()
    }

    fn elsewhere(&self, machine: &Machine<'_>, work: &Work, _: &Arc<PoolShared>) -> Result<Work> {
        let parcel = crosses(pack_work(machine.runtime, work, &machine.gate)?);
        Ok(Work::native(Box::new(move |machine| {
            let runtime = machine.runtime.clone();
            let value = machine.run_unpacked(unpack_work(&runtime, &parcel)?)?;
            let result = crosses(pack(&runtime, &value, &machine.gate)?);
            unpack(&runtime, result)
        })))
    }

    fn pack(&self, value: &Value, gate: &Gate<'_>) -> Result<Parcel> {
        Ok(crosses(pack(&*self.runtime()?, value, gate)?))
    }

    fn unpack(&self, parcel: Parcel) -> Result<Value> {
        unpack(&*self.runtime()?, parcel)
    }

    // There are no workers to end.
    fn kill(&self, _: u32) {}
    fn pids(&self) -> Vec<u32> {
        Vec::new()
    }
    fn living(&self) -> u64 {
        0
    }
    fn others(&self) -> Option<&dyn Others> {
        None
    }
    fn ask(&self, _: &Arc<Task>, _: usize, _: Tell) {}
    fn release_pool(&self, _: &PoolShared) {}
    fn dismiss(&self) {}
    fn have_left(&self) -> bool {
        true
    }
    fn look_after(&self) {}
    fn end(&self) {}
}
