//! What of queues is lent to this process: values that have come before anybody here asked.
//!
//! ```text
//!   Lend --> [ values ] --taken by a get--> Took, with what is said next
//!               `--recalled, or nobody here uses the queue any more--> GaveBack
//! ```
//!
//! To give back is to hold none any more: also what was lent before the first process has heard of
//! it, and is still to come, comes back by that. So a loan says how often its lender has heard so;
//! one that comes too late is not looked at. What is lent belongs to the process, not to a
//! stand-in: one that comes while another goes finds it where it was.

use std::collections::{HashMap, VecDeque};
use std::os::unix::process::parent_id;

use foldhash::fast::FixedState;
use parking_lot::Mutex;

use super::home::Home;
use super::message::FromWorker;
use super::row;
use super::shared_memory::{Lies, SharedMemory};
use crate::runtime::crossing::Item;
use crate::runtime::queue::Queue;

/// What is lent of all queues, by their numbers.
#[derive(Default)]
pub struct Loans(Mutex<HashMap<u64, Loan, FixedState>>);

/// What is lent of one queue.
#[derive(Default)]
struct Loan {
    /// Oldest first.
    values: VecDeque<Item>,
    /// With no more left than this, it is time for further ones.
    low: usize,
    /// How often everything was given back.
    given_back: u64,
}

impl Home {
    /// The values of a row that has come.
    pub(super) fn row(&self, lies: Lies) -> Option<Vec<Item>> {
        row::values(self.memory.get()?.of_first.read(lies)?).ok()
    }

    /// There is memory that the first process sees too; without it all goes over the socket.
    pub(super) fn shares_memory(&self, descriptor: i32) {
        if let Ok(memory) = SharedMemory::of(parent_id(), descriptor) {
            let blocks = memory.of_worker.clone();
            let _ = self.memory.set(memory);
            self.tell_now(&FromWorker::HasMemory);
            self.outbox.fills(blocks);
        }
    }

    /// Values of a queue have come before they were asked for, from one who had heard so often that
    /// they were given back.
    pub(super) fn is_lent(&self, queue: u64, given_back: u64, values: Vec<Item>) {
        let (stand_in, unwanted) = {
            let mut loans = self.loans.0.lock();
            let loan = loans.entry(queue).or_default();
            let stand_in = self.names.queue(queue);
            if loan.given_back != given_back {
                (stand_in, values)
            } else if stand_in.is_some() {
                loan.values.extend(values);
                loan.low = loan.values.len() / 2;
                (stand_in, Vec::new())
            } else {
                self.gives_back(queue, loan);
                (stand_in, values)
            }
        };
        // Dropped where no lock is held.
        drop((stand_in, unwanted));
    }

    /// Takes a value that is lent; that is said before anything else the task does, and at once
    /// when it is time for more.
    pub(super) fn take_lent(&self, queue: &Queue) -> Option<Item> {
        let (value, runs_low) = {
            let mut loans = self.loans.0.lock();
            let loan = loans.get_mut(&queue.number)?;
            let value = loan.values.pop_front()?;
            self.outbox.took(queue.number);
            (value, loan.values.len() == loan.low)
        };
        if runs_low {
            self.outbox.send_now();
        }
        Some(value)
    }

    /// What is lent of a queue is to be given back.
    pub(super) fn is_recalled(&self, queue: u64) {
        let left = {
            let mut loans = self.loans.0.lock();
            let loan = loans.entry(queue).or_default();
            self.gives_back(queue, loan)
        };
        drop(left);
        self.outbox.send_now();
    }

    /// Nobody here uses the queue any more, unless it has come again meanwhile.
    pub(super) fn uses_no_more(&self, queue: u64) {
        let (stand_in, left) = {
            let mut loans = self.loans.0.lock();
            let Some(loan) = loans.get_mut(&queue).filter(|it| !it.values.is_empty()) else {
                return;
            };
            let stand_in = self.names.queue(queue);
            let left = match stand_in {
                Some(_) => VecDeque::new(),
                None => self.gives_back(queue, loan),
            };
            (stand_in, left)
        };
        drop((stand_in, left));
        self.outbox.send_soon();
    }

    fn gives_back(&self, queue: u64, loan: &mut Loan) -> VecDeque<Item> {
        loan.given_back += 1;
        self.note(&FromWorker::GaveBack(queue));
        std::mem::take(&mut loan.values)
    }
}
