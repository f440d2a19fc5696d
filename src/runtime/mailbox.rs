//! What others know of a seat: its mail, and whether it rests.
//!
//! A resting seat is *asleep* if only mail can wake it, or *napping* if something outside of the
//! program will (a timer, a system call). The seats that are not asleep are counted; when there
//! are none, no task can ever run again. The count is exact:
//!
//! - whoever wakes a sleeping seat counts it, after sending the mail and before it can notice;
//! - a seat first says that it sleeps, then looks into its inbox once more, and only then takes
//!   itself off the count. Mail it did not see there was sent by somebody who saw it asleep.
//!
//! ```text
//!   AWAKE --lie_down--> ASLEEP or NAPPING --send, timer--> AWAKE
//! ```

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::{self, Thread};
use std::time::Instant;

use crossbeam_channel::{Receiver, Sender};
use foldhash::fast::FixedState;
use parking_lot::Mutex;

use super::pool::PoolShared;
use super::run::Runtime;
use super::scene::Scene;
use super::task::Task;
use super::wait::Ticket;
use crate::gate::ObjectId;

/// Which fiber of a seat.
pub type FiberKey = usize;

/// What others tell a seat.
pub enum Mail {
    /// The ticket of one of its fibers was woken.
    Wake(Arc<Ticket>),
    /// In a worker: a task of the first process is to run here.
    Start(Arc<Task>),
    /// Something it waits for as a seat may have changed: look again.
    Look,
    /// The fiber in this wait is to say what its task is doing there; the number is for who asks.
    Ask(Arc<Ticket>, usize, Sender<(usize, Box<Scene>)>),
    /// Cancel every future that has started here and not ended: the program ends.
    CancelFutures,
}

/// How a seat rests.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Rest {
    /// Only mail wakes it.
    Sleep,
    /// A call to the outside will end and wake it.
    Nap,
    /// A timer of its own will end its rest, if nothing else does.
    NapUntil(Instant),
}

/// Whether the seat that lay down was the last one awake.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum LaidDown {
    /// Now none is awake.
    Last,
    /// Others are, or it has got up again.
    NotLast,
}

/// How often a seat that lies down looks whether it is woken before its thread is parked: some
/// twenty microseconds, a little more than parking and waking take.
const MOST_LOOKS: u32 = 1024;

/// Where looking has not helped lately it is hardly done any more…
const FEWEST_LOOKS: u32 = 4;

/// …but every so many rests, to learn when it does: two that wait for each other in turns need
/// both to look.
const RESTS_A_TRY: u32 = 32;

const AWAKE: u8 = 0;
const NAPPING: u8 = 1;
const ASLEEP: u8 = 2;

/// What others know of a seat.
#[derive(Debug)]
pub struct SeatHandle {
    /// The running fiber should look up at its next loop turn or call: a cancel or its time slice.
    pub attention: AtomicBool,
    inbox: Sender<Mail>,
    mail: Receiver<Mail>,
    rest: AtomicU8,
    ready: AtomicUsize,
    awake: Arc<AtomicUsize>,
    processors: usize,
    /// How often it looks before it parks; only its own thread changes it.
    looks: AtomicU32,
    /// How often it has rested; only its own thread changes it.
    rests: AtomicU32,
    thread: OnceLock<Thread>,
    /// The pool whose unstarted tasks it starts.
    pub pool: Option<Arc<PoolShared>>,
    /// The tasks that have started here and not ended.
    pub tasks: Mutex<HashMap<ObjectId, Arc<Task>, FixedState>>,
}

impl SeatHandle {
    /// A seat that is about to get its thread. It counts as awake from now on.
    pub fn new(runtime: &Runtime, pool: Option<Arc<PoolShared>>) -> Arc<SeatHandle> {
        let (inbox, mail) = crossbeam_channel::unbounded();
        let handle = Arc::new(SeatHandle {
            attention: AtomicBool::new(false),
            inbox,
            mail,
            rest: AtomicU8::new(AWAKE),
            ready: AtomicUsize::new(0),
            awake: runtime.awake.clone(),
            processors: runtime.shared_pool.seats,
            looks: AtomicU32::new(MOST_LOOKS),
            rests: AtomicU32::new(0),
            thread: OnceLock::new(),
            pool,
            tasks: Mutex::default(),
        });
        runtime.awake.fetch_add(1, Ordering::SeqCst);
        runtime
            .seats
            .lock()
            .insert(Arc::as_ptr(&handle).addr(), handle.clone());
        handle
    }

    /// Whether its thread is running a fiber, or about to.
    pub fn is_awake(&self) -> bool {
        self.rest.load(Ordering::Relaxed) == AWAKE
    }

    /// Sends mail and wakes the seat if it rests.
    pub fn send(&self, mail: Mail) {
        // The handle holds both ends, so this cannot fail.
        let _ = self.inbox.send(mail);
        let change = |from, to| {
            self.rest
                .compare_exchange(from, to, Ordering::SeqCst, Ordering::SeqCst)
        };
        loop {
            match change(AWAKE, AWAKE) {
                Err(ASLEEP) => {
                    // It is counted before it can notice: it may look out, wake, work and lie down
                    // again before we go on.
                    self.awake.fetch_add(1, Ordering::SeqCst);
                    if change(ASLEEP, AWAKE).is_ok() {
                        return self.unpark();
                    }
                    self.awake.fetch_sub(1, Ordering::SeqCst);
                }
                Err(NAPPING) if change(NAPPING, AWAKE).is_ok() => return self.unpark(),
                Err(_) => {}
                Ok(_) => return,
            }
        }
    }

    /// The running fiber should look up, for there is mail.
    pub fn wants_attention(&self) {
        self.attention.store(true, Ordering::SeqCst);
    }

    fn unpark(&self) {
        if let Some(thread) = self.thread.get() {
            thread.unpark();
        }
    }

    /// Whether a fiber other than the running one could run here.
    pub fn others_are_ready(&self) -> bool {
        self.ready.load(Ordering::Relaxed) > 0 || !self.mail.is_empty()
    }

    /// Says how many fibers wait for their turn, for [`SeatHandle::others_are_ready`].
    pub fn set_ready(&self, ready: usize) {
        self.ready.store(ready, Ordering::Relaxed);
    }

    /// The current thread runs it from now on.
    pub fn belongs_to_this_thread(&self) {
        let _ = self.thread.set(thread::current());
    }

    /// The next mail, if there is any.
    pub fn next_mail(&self) -> Option<Mail> {
        self.mail.try_recv().ok()
    }

    /// Begins to rest, unless there is mail.
    pub fn lie_down(&self, rest: Rest) -> LaidDown {
        self.set_ready(0);
        let state = match rest {
            Rest::Sleep => ASLEEP,
            Rest::Nap | Rest::NapUntil(_) => NAPPING,
        };
        self.rest.store(state, Ordering::SeqCst);
        if !self.mail.is_empty() {
            let was = self.rest.swap(AWAKE, Ordering::SeqCst);
            if state == ASLEEP && was != ASLEEP {
                // Somebody saw us asleep and counted us a second time.
                self.awake.fetch_sub(1, Ordering::SeqCst);
            }
            return LaidDown::NotLast;
        }
        match state == ASLEEP && self.awake.fetch_sub(1, Ordering::SeqCst) == 1 {
            true => LaidDown::Last,
            false => LaidDown::NotLast,
        }
    }

    /// Looks for a short while whether it is woken, as long as there are processors that nobody
    /// else needs. Whoever wakes a thread that is not parked yet makes no system call. (The seat
    /// counts as asleep meanwhile, so a deadlock is noticed as ever.)
    fn look_out(&self) -> bool {
        let rests = self.rests.load(Ordering::Relaxed).wrapping_add(1);
        self.rests.store(rests, Ordering::Relaxed);
        let looks = match rests % RESTS_A_TRY {
            0 => MOST_LOOKS,
            _ => self.looks.load(Ordering::Relaxed),
        };
        for _ in 0..looks {
            if self.rest.load(Ordering::Acquire) == AWAKE {
                self.looks.store(MOST_LOOKS, Ordering::Relaxed);
                return true;
            }
            if self.awake.load(Ordering::Relaxed) >= self.processors {
                return false;
            }
            std::hint::spin_loop();
        }
        self.looks
            .store((looks / 2).max(FEWEST_LOOKS), Ordering::Relaxed);
        false
    }

    /// Stops the thread until it is woken or a timer is due.
    pub fn stay_down(&self, due: Option<Instant>) {
        if self.look_out() {
            return;
        }
        while self.rest.load(Ordering::SeqCst) != AWAKE {
            let Some(due) = due else {
                thread::park();
                continue;
            };
            let now = Instant::now();
            if due <= now {
                self.rest.store(AWAKE, Ordering::SeqCst);
                return;
            }
            thread::park_timeout(due - now);
        }
    }

    /// The thread ends.
    pub fn leave(&self) -> LaidDown {
        match self.awake.fetch_sub(1, Ordering::SeqCst) {
            1 => LaidDown::Last,
            _ => LaidDown::NotLast,
        }
    }
}

/// Run under Miri too, which plays weak memory and many orders:
/// `MIRIFLAGS="-Zmiri-disable-isolation -Zmiri-many-seeds=0..16" cargo +nightly miri test --lib mailbox`.
#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::source::Sources;
    use crate::runtime::fiber::Resumed;
    use crate::runtime::output::Output;
    use crate::runtime::task::{TaskKind, Work};
    use crate::runtime::turn::Ask;
    use crate::runtime::wait::WaitingFor;
    use crate::syntax::span::Span;
    use crate::value::Value;

    fn runtime() -> Arc<Runtime> {
        Runtime::new(
            Sources::default(),
            Output::silent(),
            Vec::new(),
            |report, _| report.message.clone(),
        )
    }

    /// Two seats pass mail to and fro; nobody is told that all sleep before the last has come, and
    /// then one is, once.
    #[test]
    fn that_all_sleep_is_noticed_once_and_only_then() {
        const MAILS: usize = 24;
        let runtime = runtime();
        let seats = [
            SeatHandle::new(&runtime, None),
            SeatHandle::new(&runtime, None),
        ];
        let left = AtomicUsize::new(MAILS);
        let (noticed, notices) = crossbeam_channel::unbounded();
        let is_over = AtomicBool::new(false);
        seats[0].send(Mail::Look);
        thread::scope(|threads| {
            for (own, other) in [(0, 1), (1, 0)] {
                let (own, other) = (&seats[own], &seats[other]);
                let (left, is_over, noticed) = (&left, &is_over, noticed.clone());
                threads.spawn(move || {
                    own.belongs_to_this_thread();
                    loop {
                        while own.next_mail().is_some() {
                            if is_over.load(Ordering::SeqCst) {
                                return;
                            }
                            if left.fetch_sub(1, Ordering::SeqCst) > 1 {
                                other.send(Mail::Look);
                            }
                        }
                        if own.lie_down(Rest::Sleep) == LaidDown::Last {
                            let _ = noticed.send(left.load(Ordering::SeqCst));
                        }
                        own.stay_down(None);
                    }
                });
            }
            assert_eq!(notices.recv(), Ok(0), "noticed while mail was on its way");
            is_over.store(true, Ordering::SeqCst);
            for seat in &seats {
                seat.send(Mail::Look);
            }
        });
        assert!(notices.is_empty(), "noticed twice");
    }

    /// A value and a cancel come at the same moment: one of them ends the wait, and it is told.
    #[test]
    fn one_of_two_wakes() {
        let runtime = runtime();
        for _ in 0..8 {
            let seat = SeatHandle::new(&runtime, None);
            let work = Work::Native(Box::new(|_| Ok(Value::Nil)));
            let task = Task::new(2, TaskKind::Spawned, None, 1, None, work);
            let ask = Ask {
                what: WaitingFor::Time,
                timed: false,
                in_line: None,
                span: Span::default(),
            };
            let ticket = Ticket::on_stage(task, seat.clone(), &ask);
            let woke: Vec<bool> = thread::scope(|threads| {
                let wake = |why| {
                    let ticket = &ticket;
                    threads.spawn(move || ticket.wake(why))
                };
                let both = [wake(Resumed::Ready), wake(Resumed::Cancelled)];
                both.map(|one| one.join().expect("no panic")).to_vec()
            });
            assert_ne!(woke[0], woke[1]);
            assert!(seat.next_mail().is_some() && seat.next_mail().is_none());
            runtime.forget_seat(&seat);
        }
    }
}
