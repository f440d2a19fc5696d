//! What of queues is on its way to a worker or from it.
//!
//! ```text
//!   put    in the worker: sent ahead, until the queue is closed
//!   get    a value is handed over; until the worker says that it has it, it is put back if it dies
//!          further values are lent along with it, more of them each time, until they are recalled
//! ```

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use foldhash::fast::FixedState;

use super::message::{Answer, CallId, Sealed, ToWorker};
use super::packed::HandleName;
use super::parcel;
use super::remote::{Remote, State, Unsent};
use super::shared_memory::{Lies, Row};
use crate::gate::Gate;
use crate::runtime::crossing::Item;
use crate::runtime::elsewhere::{Parcel, Party};
use crate::runtime::queue::Queue;
use crate::runtime::run::Runtime;
use crate::value::Result;

/// At most so many values are lent at once.
const MOST_LENT: usize = 512;

/// Where values are so large that fewer are lent at once, this is done so many times in a row.
const LOANS_AT_ONCE: usize = 4;

/// Who takes so many values in a row takes many.
const WORTH_SHARING: usize = 4;

/// What is on its way.
#[derive(Default)]
pub struct Traffic {
    ahead: HashMap<u64, Arc<Queue>, FixedState>,
    on_the_way: HashMap<HandleName, OnTheWay>,
    taken: u64,
    lent: HashMap<u64, Loan, FixedState>,
    /// How often the worker has said that it gives back what is lent of a queue.
    given_back: HashMap<u64, u64, FixedState>,
}

/// A value that was taken out of its queue for a task and may not have reached it.
struct OnTheWay {
    /// The order in which values were taken.
    taken: u64,
    queue: Arc<Queue>,
    item: Item,
}

/// The values of one queue that are lent.
#[derive(Default)]
struct Loan {
    queue: Option<Arc<Queue>>,
    values: VecDeque<Item>,
    /// How many are lent next time.
    next: usize,
    /// With no more left than this, further ones are lent.
    low: usize,
    /// How many of the values were not lent, but on their way to who had asked.
    on_the_way: usize,
}

/// What a queue that is forgotten has on its way.
pub struct Forgotten {
    ahead: Option<Arc<Queue>>,
    loan: Option<Loan>,
}

impl Traffic {
    /// The worker does not know this queue any more.
    pub fn forget(&mut self, queue: u64) -> Forgotten {
        Forgotten {
            ahead: self.ahead.remove(&queue),
            loan: self.lent.remove(&queue),
        }
    }

    fn times_given_back(&self, queue: u64) -> u64 {
        self.given_back.get(&queue).copied().unwrap_or_default()
    }

    /// The worker is gone.
    pub fn undo(self, pid: u32) {
        let mut lent = self.lent;
        let mut on_the_way: Vec<OnTheWay> = self.on_the_way.into_values().collect();
        on_the_way.sort_by_key(|value| std::cmp::Reverse(value.taken));
        // They are older than what was lent after them. All of a queue come back in one step: who
        // waits for a value gets the oldest.
        for value in on_the_way {
            let loan = lent.entry(value.queue.number).or_default();
            loan.queue.get_or_insert(value.queue);
            loan.values.push_front(value.item);
            loan.on_the_way += 1;
        }
        for loan in lent.into_values() {
            loan.comes_back();
        }
        for queue in self.ahead.into_values() {
            queue.no_longer_ahead(pid);
        }
    }
}

impl Forgotten {
    /// Nothing more comes, and what is lent comes back.
    pub fn undo(self, pid: u32) {
        if let Some(loan) = self.loan {
            loan.comes_back();
        }
        if let Some(queue) = self.ahead {
            queue.no_longer_ahead(pid);
        }
    }
}

impl Loan {
    fn comes_back(self) {
        if let Some(queue) = self.queue
            && !self.values.is_empty()
        {
            queue.comes_back(self.values.into(), self.on_the_way);
        }
    }
}

impl Remote {
    /// Sends the value of a queue to the task that has taken it. Until that one says that it has
    /// got it, it is put back if the worker dies; so it is if it cannot be sent.
    pub fn hand_over(
        &self,
        task: HandleName,
        queue: &Arc<Queue>,
        (item, parcel): (Item, Parcel),
        message: impl FnOnce(Sealed) -> ToWorker,
    ) -> std::result::Result<(), Unsent> {
        let mut state = self.state.lock();
        let message = message(state.seal(parcel));
        let added = self.add(&mut state, &message);
        if let Err(unsent) = added {
            drop(state);
            queue.put_back(item);
            return Err(unsent);
        }
        state.traffic.taken += 1;
        let on_the_way = OnTheWay {
            taken: state.traffic.taken,
            queue: queue.clone(),
            item,
        };
        state.traffic.on_the_way.insert(task, on_the_way);
        drop(state);
        self.outbox.send_now();
        Ok(())
    }

    /// The value that was on its way to this task has reached it.
    pub fn got(&self, task: HandleName) {
        let arrived = self.state.lock().traffic.on_the_way.remove(&task);
        if let Some(arrived) = arrived {
            arrived.queue.settled();
        }
    }

    /// Lends some of the next values of a queue too, before the one that was asked for is handed
    /// over, or when what was lent before is running low.
    pub fn lend(self: &Arc<Remote>, runtime: &Runtime, queue: &Arc<Queue>) {
        let to: Arc<dyn Party> = self.clone();
        // One step: a recall that somebody sends because of it must come after it.
        let mut state = self.state.lock();
        let loan = state.traffic.lent.entry(queue.number).or_default();
        let mut most = loan.next.min(MOST_LENT);
        loan.next = (4 * loan.next + 1).min(MOST_LENT);
        for loans in 0..LOANS_AT_ONCE {
            if most == 0 {
                return;
            }
            let values = queue.lend(most, &to);
            if values.is_empty() {
                return;
            }
            if loans > 0 {
                // Whoever waits for those before need not wait for these.
                self.outbox.send_now();
            }
            most -= values.len();
            let sent = self.sends_loan(&mut state, runtime, queue.number, &values);
            let loan = state.traffic.lent.entry(queue.number).or_default();
            loan.queue = Some(queue.clone());
            loan.values.extend(values);
            loan.low = loan.values.len() / 2;
            if !sent {
                // It is gone, or will be: it cannot say that it has them.
                let values = std::mem::take(&mut loan.values);
                drop(state);
                queue.comes_back(values.into(), 0);
                return;
            }
        }
    }

    /// Says which values are lent; false if they cannot be sent.
    fn sends_loan(
        &self,
        state: &mut State,
        runtime: &Runtime,
        queue: u64,
        values: &[Item],
    ) -> bool {
        let given_back = state.traffic.times_given_back(queue);
        let row = state.begin_row();
        let message = match row.and_then(|row| row_of(row, runtime, values)) {
            Some(row) => ToWorker::LendRow {
                queue,
                given_back,
                row,
            },
            None => {
                let mut sealed = Vec::with_capacity(values.len());
                for item in values {
                    // What is lent is small and holds nothing that could be refused.
                    let Ok(parcel) = item.packed(runtime) else {
                        return false;
                    };
                    sealed.push(state.seal(parcel));
                }
                if values.len() >= WORTH_SHARING {
                    self.shares_memory(state);
                }
                ToWorker::Lend {
                    queue,
                    given_back,
                    values: sealed,
                }
            }
        };
        self.add(state, &message).is_ok()
    }

    /// Whether values of this queue are lent to the worker, or on their way.
    pub fn has_lent(&self, queue: u64) -> bool {
        let state = self.state.lock();
        let loan = state.traffic.lent.get(&queue);
        loan.is_some_and(|loan| !loan.values.is_empty())
    }

    /// The worker has taken so many of the values that were lent to it, the oldest. It gets more
    /// if it has not many left: then it need not ask.
    pub fn took(
        self: &Arc<Remote>,
        runtime: &Runtime,
        queue: u64,
        count: u64,
    ) -> std::result::Result<(), &'static str> {
        let count = count as usize;
        let mut state = self.state.lock();
        let loan = state.traffic.lent.get_mut(&queue);
        let Some((loan, queue)) = loan.and_then(|loan| {
            let queue = loan.queue.clone()?;
            (count <= loan.values.len()).then_some((loan, queue))
        }) else {
            return Err("it took what was not lent to it");
        };
        let taken: Vec<Item> = loan.values.drain(..count).collect();
        let runs_low = !loan.values.is_empty() && loan.values.len() <= loan.low;
        drop(state);
        drop(taken);
        queue.lent_are_taken(count);
        if runs_low {
            self.lend(runtime, &queue);
            self.outbox.send_now();
        }
        Ok(())
    }

    /// The worker gives back what is left of the values that were lent to it, and does not look at
    /// what it may have been lent since.
    pub fn gave_back(&self, queue: u64) {
        let mut state = self.state.lock();
        *state.traffic.given_back.entry(queue).or_default() += 1;
        // A loan of a queue that it has forgotten came back by that.
        let Some(loan) = state.traffic.lent.get_mut(&queue) else {
            return;
        };
        // Who has to share gets fewer.
        loan.next = 0;
        let back = Loan {
            queue: loan.queue.clone(),
            values: std::mem::take(&mut loan.values),
            ..Loan::default()
        };
        drop(state);
        back.comes_back();
    }

    /// Answers a put that is done: if the queue allows it, the worker may send more of them ahead.
    /// That is one step, so that it hears of it before it hears that the queue was closed.
    pub fn answer_put(self: &Arc<Remote>, call: CallId, queue: &Arc<Queue>) {
        let mut state = self.state.lock();
        let may = !state.dead
            && !state.traffic.ahead.contains_key(&queue.number)
            && queue.lets_go_ahead(self.process.pid, self.clone());
        if may {
            state.traffic.ahead.insert(queue.number, queue.clone());
        }
        let answer = match may {
            true => Answer::GoAhead(queue.number),
            false => Answer::Done,
        };
        // If it is gone, its end tells the queue.
        let _ = self.add(&mut state, &ToWorker::Reply { call, answer });
        if may {
            // With the answer, for who puts one after the other listens no more.
            self.shares_memory(&mut state);
        }
        drop(state);
        self.outbox.send_now();
    }

    /// The queue into which the worker sends ahead.
    pub fn ahead(&self, queue: u64) -> Option<Arc<Queue>> {
        self.state.lock().traffic.ahead.get(&queue).cloned()
    }

    /// All that the worker sent ahead into this queue has arrived.
    pub fn settled(&self, queue: u64) {
        let settled = self.state.lock().traffic.ahead.remove(&queue);
        if let Some(queue) = settled {
            queue.no_longer_ahead(self.process.pid);
        }
    }
}

/// These values in a row, if none of them names anything.
fn row_of(mut row: Row, runtime: &Runtime, values: &[Item]) -> Option<Lies> {
    for item in values {
        if let Item::Part(part) = item {
            row.add([part.bytes(), &[]]);
            continue;
        }
        let parcel = item.packed(runtime).ok()?;
        if !parcel.handles.is_empty() {
            return None;
        }
        row.add([&parcel.packed.0, &[]]);
    }
    Some(row.done())
}

impl Item {
    /// What is sent of what stood in a queue.
    pub(super) fn packed(&self, runtime: &Runtime) -> Result<Parcel> {
        match self {
            Item::Value(value) => parcel::pack(runtime, value, &Gate::open()),
            Item::Parcel(parcel) => Ok(parcel.copy()),
            Item::Part(part) => Ok(part.parcel()),
            Item::Both(both) => Ok(both.1.copy()),
        }
    }
}
