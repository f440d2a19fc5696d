//! What the first process keeps for one worker, and nobody else names: the pools of processes that
//! it has made, and what it goes over with `as_completed`.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::runtime::gather::Completions;
use crate::runtime::pool::Pool;
use crate::runtime::task::Task;

/// Things by number.
#[derive(Default)]
pub struct Kept {
    all: Mutex<All>,
}

#[derive(Default)]
struct All {
    completions: HashMap<u64, Waited>,
    pools: HashMap<u64, Arc<Pool>>,
    made: u64,
}

/// An `as_completed` of the worker.
#[derive(Clone)]
pub struct Waited {
    /// The tasks.
    pub tasks: Vec<Arc<Task>>,
    /// The order in which they end.
    pub order: Arc<Completions>,
}

impl Kept {
    /// Keeps an `as_completed`; gives its number.
    pub fn add_completions(&self, waited: Waited) -> u64 {
        let mut all = self.all.lock();
        let number = all.next();
        all.completions.insert(number, waited);
        number
    }

    /// An `as_completed`.
    pub fn completions(&self, number: u64) -> Option<Waited> {
        self.all.lock().completions.get(&number).cloned()
    }

    /// Keeps a pool; gives its number.
    pub fn add_pool(&self, pool: Arc<Pool>) -> u64 {
        let mut all = self.all.lock();
        let number = all.next();
        all.pools.insert(number, pool);
        number
    }

    /// A pool.
    pub fn pool(&self, number: u64) -> Option<Arc<Pool>> {
        self.all.lock().pools.get(&number).cloned()
    }

    /// A pool takes no more work.
    pub fn lets_go_of_pool(&self, number: u64) {
        let pool = self.all.lock().pools.remove(&number);
        // What is dropped may have much to do; no lock is held meanwhile.
        drop(pool);
    }

    /// The worker is gone.
    pub fn clear(&self) {
        let gone = std::mem::take(&mut *self.all.lock());
        drop(gone);
    }
}

impl All {
    fn next(&mut self) -> u64 {
        self.made += 1;
        self.made
    }
}
