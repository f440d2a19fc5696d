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

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::thread::{self, Thread};
use std::time::Instant;

use crossbeam_channel::{Receiver, Sender};
use parking_lot::Mutex;

use super::attention::Attention;
use super::batch::Batch;
use super::listening::Bell;
use super::lookout::Lookout;
use super::pool::PoolShared;
use super::run::Runtime;
use super::scene::Scene;
use super::task::Task;
use super::wait::Ticket;

/// Which fiber of a seat.
pub type FiberKey = usize;

/// Tasks by their fibers.
#[derive(Debug, Default)]
pub struct Tasks(Vec<Option<Arc<Task>>>);

impl Tasks {
    /// A task has got a fiber.
    pub fn insert(&mut self, key: FiberKey, task: Arc<Task>) {
        if self.0.len() <= key {
            self.0.resize(key + 1, None);
        }
        self.0[key] = Some(task);
    }

    /// The task of a fiber, which has ended.
    pub fn remove(&mut self, key: FiberKey) -> Option<Arc<Task>> {
        self.0.get_mut(key)?.take()
    }

    /// All of them.
    pub fn values(&self) -> impl Iterator<Item = &Arc<Task>> {
        self.0.iter().flatten()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.values().next().is_none()
    }
}

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

const AWAKE: u8 = 0;
const NAPPING: u8 = 1;
const ASLEEP: u8 = 2;

thread_local! {
    /// The seat that this thread runs.
    static HERE: Cell<usize> = const { Cell::new(0) };

    /// The last seat that this thread has woken from its rest.
    static WOKEN: Cell<usize> = const { Cell::new(0) };

    /// Mail of that seat to itself, which needs no lock and wakes nobody.
    static OWN_MAIL: RefCell<VecDeque<Mail>> = const { RefCell::new(VecDeque::new()) };
}

/// Whether this thread has woken a seat that rested, since [`forget_wakes`].
pub fn has_woken() -> bool {
    woken() != 0
}

/// Which it was, the last of them; 0 for none.
pub(super) fn woken() -> usize {
    WOKEN.get()
}

/// From now on it counts whether this thread wakes a seat.
pub fn forget_wakes() {
    WOKEN.set(0);
}

/// All seats of this process, by address: a task knows its own by that, which costs no count.
static SEATS: Mutex<BTreeMap<usize, Weak<SeatHandle>>> = Mutex::new(BTreeMap::new());

/// The seat at an address, if there is one.
pub(super) fn seat_at(address: usize) -> Option<Arc<SeatHandle>> {
    SEATS.lock().get(&address)?.upgrade()
}

/// What others know of a seat.
#[derive(Debug)]
pub struct SeatHandle {
    /// The running fiber should look up at its next loop turn or call: a cancel or its time slice.
    pub attention: Attention,
    inbox: Sender<Mail>,
    mail: Receiver<Mail>,
    /// Whether there may be mail in the inbox; an empty one costs its seat no more than a look.
    has_mail: AtomicBool,
    /// How much mail its own thread has for it; only that thread changes it.
    own_mail: AtomicUsize,
    rest: AtomicU8,
    ready: AtomicUsize,
    /// Whether the running fiber lies in others; only its own thread changes it.
    nests: AtomicBool,
    awake: Arc<AtomicUsize>,
    processors: usize,
    /// How long it looks out before its thread is parked.
    lookout: Lookout,
    thread: OnceLock<Thread>,
    /// It waits where only its bell reaches it.
    pub(super) hears_bell: AtomicBool,
    pub(super) bell: Arc<Bell>,
    /// The pool whose unstarted tasks it starts.
    pub pool: Option<Arc<PoolShared>>,
    /// Tiny futures it has taken for later.
    pub(super) batch: Batch,
    /// The tasks that have started here and not ended.
    pub tasks: Mutex<Tasks>,
}

impl SeatHandle {
    /// A seat that is about to get its thread. It counts as awake from now on.
    pub fn new(runtime: &Runtime, pool: Option<Arc<PoolShared>>) -> Arc<SeatHandle> {
        let (inbox, mail) = crossbeam_channel::unbounded();
        let handle = Arc::new(SeatHandle {
            attention: Attention::calm(),
            inbox,
            mail,
            has_mail: AtomicBool::new(false),
            own_mail: AtomicUsize::new(0),
            rest: AtomicU8::new(AWAKE),
            ready: AtomicUsize::new(0),
            nests: AtomicBool::new(false),
            awake: runtime.awake.clone(),
            processors: runtime.shared_pool.seats,
            lookout: Lookout::default(),
            thread: OnceLock::new(),
            hears_bell: AtomicBool::new(false),
            bell: runtime.bell.clone(),
            pool,
            batch: Batch::default(),
            tasks: Mutex::default(),
        });
        runtime.awake.fetch_add(1, Ordering::SeqCst);
        runtime
            .seats
            .lock()
            .insert(handle.address(), handle.clone());
        SEATS
            .lock()
            .insert(handle.address(), Arc::downgrade(&handle));
        handle
    }

    /// Where it lies.
    pub(super) fn address(&self) -> usize {
        ptr::from_ref(self).addr()
    }

    /// Whether its thread is running a fiber, or about to.
    pub fn is_awake(&self) -> bool {
        self.rest.load(Ordering::Relaxed) == AWAKE
    }

    /// Sends mail and wakes the seat if it rests.
    pub fn send(&self, mail: Mail) {
        if self.is_here() && self.is_awake() {
            return self.keep(mail);
        }
        // The handle holds both ends, so this cannot fail.
        let _ = self.inbox.send(mail);
        self.has_mail.store(true, Ordering::SeqCst);
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

    /// The current thread runs it no longer.
    pub fn leaves_this_thread(&self) {
        if self.is_here() {
            HERE.set(0);
        }
    }

    /// Whether the current thread runs it.
    fn is_here(&self) -> bool {
        HERE.get() == self.address()
    }

    fn keep(&self, mail: Mail) {
        OWN_MAIL.with_borrow_mut(|own| {
            own.push_back(mail);
            self.own_mail.store(own.len(), Ordering::Relaxed);
        });
    }

    /// The running fiber should look up, for there is mail.
    pub fn wants_attention(&self) {
        self.attention.want(Ordering::SeqCst);
    }

    fn unpark(&self) {
        WOKEN.set(self.address());
        if let Some(thread) = self.thread.get() {
            thread.unpark();
        }
        if self.hears_bell.load(Ordering::SeqCst) {
            self.bell.ring();
        }
    }

    /// Whether somebody has woken it, after whatever that one did before.
    pub(super) fn is_woken(&self) -> bool {
        self.rest.load(Ordering::SeqCst) == AWAKE
    }

    /// Whether a fiber other than the running one could run here.
    pub fn others_are_ready(&self) -> bool {
        self.ready.load(Ordering::Relaxed) > 0 || self.has_any_mail()
    }

    /// Says how many fibers wait for their turn, for [`SeatHandle::others_are_ready`].
    pub fn set_ready(&self, ready: usize) {
        self.ready.store(ready, Ordering::Relaxed);
    }

    /// Whether the running fiber lies in others, which cannot be seen to wait for it.
    pub(super) fn nests(&self, nests: bool) {
        self.nests.store(nests, Ordering::Relaxed);
    }

    /// Whether the running fiber has run for long enough, if its time slice is over.
    pub(super) fn wants_room(&self) -> bool {
        self.is_awake() && (self.others_are_ready() || self.is_nesting())
    }

    /// Whether the running fiber lies in others.
    pub(super) fn is_nesting(&self) -> bool {
        self.nests.load(Ordering::Relaxed)
    }

    /// The current thread runs it from now on.
    pub fn belongs_to_this_thread(&self) {
        let _ = self.thread.set(thread::current());
        HERE.set(self.address());
        // Of a seat that this thread ran before.
        OWN_MAIL.take();
    }

    /// The next mail, if there is any.
    pub fn next_mail(&self) -> Option<Mail> {
        if self.own_mail.load(Ordering::Relaxed) > 0 && self.is_here() {
            return OWN_MAIL.with_borrow_mut(|own| {
                let mail = own.pop_front();
                self.own_mail.store(own.len(), Ordering::Relaxed);
                mail
            });
        }
        match self.has_mail.load(Ordering::Acquire) {
            true => self.next_in_inbox(),
            false => None,
        }
    }

    fn next_in_inbox(&self) -> Option<Mail> {
        if let Ok(mail) = self.mail.try_recv() {
            return Some(mail);
        }
        // Whoever sends says so afterwards: what came before this is seen by one look more.
        self.has_mail.store(false, Ordering::SeqCst);
        let mail = self.mail.try_recv().ok()?;
        self.has_mail.store(true, Ordering::SeqCst);
        Some(mail)
    }

    fn has_any_mail(&self) -> bool {
        self.own_mail.load(Ordering::Relaxed) > 0 || !self.mail.is_empty()
    }

    /// Begins to rest, unless there is mail.
    pub fn lie_down(&self, rest: Rest) -> LaidDown {
        self.set_ready(0);
        let state = match rest {
            Rest::Sleep => ASLEEP,
            Rest::Nap | Rest::NapUntil(_) => NAPPING,
        };
        self.rest.store(state, Ordering::SeqCst);
        if self.has_any_mail() {
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
    ///
    /// Every few looks it does `listen`, which may wake it, as long as that says so.
    pub fn look_out(&self, listen: impl Fn() -> bool) -> bool {
        // Who wakes this seat counts it first: one look more may see it awake.
        let is_crowded = || self.awake.load(Ordering::Relaxed) >= self.processors;
        self.lookout.of_seat(|| self.is_woken(), is_crowded, listen)
    }

    /// Looks for a moment whether what the running fiber waits for comes, if no other fiber wants
    /// the seat. Whoever sees it come need not stop, and nobody needs to wake the seat. Where
    /// looking has not helped lately it is only tried now and then, and not at all where other
    /// seats need the processor.
    pub fn looks_for(&self, has_come: impl Fn() -> bool) -> bool {
        let crowded = self.awake.load(Ordering::Relaxed) > self.processors;
        if self.processors == 1 || crowded || self.others_are_ready() {
            return false;
        }
        self.lookout.of_fiber(has_come)
    }

    /// Stops the thread until it is woken or a timer is due.
    pub fn stay_down(&self, due: Option<Instant>) {
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

impl Drop for SeatHandle {
    fn drop(&mut self) {
        SEATS.lock().remove(&self.address());
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
    use crate::runtime::task::{Seats, TaskKind, Work};
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
        const MAILS: usize = if cfg!(miri) { 24 } else { 50_000 };
        let runtime = runtime();
        let seats = [
            SeatHandle::new(&runtime, None),
            SeatHandle::new(&runtime, None),
        ];
        let left = AtomicUsize::new(MAILS);
        let (noticed, notices) = crossbeam_channel::unbounded();
        let is_over = AtomicBool::new(false);
        for _ in 0..3 {
            seats[0].send(Mail::Look);
        }
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
                            let sends =
                                left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                                    left.checked_sub(1)
                                });
                            if sends.is_ok() {
                                other.send(Mail::Look);
                            }
                        }
                        if own.lie_down(Rest::Sleep) == LaidDown::Last {
                            let _ = noticed.send(left.load(Ordering::SeqCst));
                        }
                        if !own.look_out(|| false) {
                            own.stay_down(None);
                        }
                    }
                });
            }
            let mails_left = notices.recv();
            is_over.store(true, Ordering::SeqCst);
            for seat in &seats {
                seat.send(Mail::Look);
            }
            assert_eq!(mails_left, Ok(0), "noticed while mail was on its way");
        });
        assert!(notices.is_empty(), "noticed twice");
    }

    /// A value and a cancel come at the same moment: one of them ends the wait, and it is told.
    #[test]
    fn one_of_two_wakes() {
        let runtime = runtime();
        for _ in 0..8 {
            let seat = SeatHandle::new(&runtime, None);
            let work = Work::native(Box::new(|_| Ok(Value::Nil)));
            let task = Task::new(2, TaskKind::Spawned, None, 1, Seats::Own, work);
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
