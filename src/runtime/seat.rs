//! Seats: OS threads that run fibers.
//!
//! A seat runs one fiber at a time: the next ready one, else an unstarted task of its pool, else
//! it rests. A fiber never moves to another seat once it has started.
//!
//! ```text
//!   others --Mail--> inbox --> ready --resume--> fiber --+
//!                               ^   ^                    | waits: its ticket knows it
//!                  yields ------+   +--- woken ----------+
//! ```
//!
//! A resting seat is *asleep* if only mail can wake it, or *napping* if something outside of the
//! program will (a timer, a system call). The runtime counts the seats that are not asleep; when
//! there are none, no task can ever run again. The count is exact:
//!
//! - whoever wakes a sleeping seat counts it, after sending the mail and before going on;
//! - a seat first says that it sleeps, then looks into its inbox once more, and only then takes
//!   itself off the count. Mail it did not see there was sent by somebody who saw it asleep.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::{self, Thread};
use std::time::Instant;

use crossbeam_channel::{Receiver, Sender, TryRecvError};
use parking_lot::Mutex;

use super::fiber::{Fiber, Resumed, Stacks, Suspended};
use super::machine::Machine;
use super::pool::PoolShared;
use super::run::Runtime;
use super::task::{Task, Work};
use super::wait::{Ticket, WaitingFor};
use crate::value::{Failure, Kind, Unwind};

/// The stack of a seat's own thread; fibers have stacks of their own.
const SEAT_STACK: usize = 256 << 10;

/// Which fiber of a seat.
pub type FiberKey = usize;

/// What others tell a seat.
pub enum Mail {
    /// The ticket of one of its fibers was woken.
    Wake(Arc<Ticket>),
    /// Something it waits for as a seat may have changed: look again.
    Look,
    /// Cancel every future that has started here and not ended: the program ends.
    CancelFutures,
}

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
    thread: OnceLock<Thread>,
    /// The pool whose unstarted tasks it starts.
    pub pool: Option<Arc<PoolShared>>,
    /// The tasks that have started here and not ended.
    pub tasks: Mutex<HashMap<u64, Arc<Task>>>,
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
            thread: OnceLock::new(),
            pool,
            tasks: Mutex::new(HashMap::new()),
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
        match self.rest.swap(AWAKE, Ordering::SeqCst) {
            ASLEEP => {
                self.awake.fetch_add(1, Ordering::SeqCst);
                self.unpark();
            }
            NAPPING => self.unpark(),
            _ => {}
        }
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
}

struct Slot {
    fiber: Fiber,
    task: Arc<Task>,
    /// The wait it is in.
    waiting: Option<Arc<Ticket>>,
    /// The timer of that wait.
    timer: Option<(Instant, u64)>,
    /// Whether it counts among the running tasks of its pool.
    seated: bool,
}

/// A seat, owned by its thread.
pub struct Seat {
    handle: Arc<SeatHandle>,
    runtime: Arc<Runtime>,
    slots: Vec<Option<Slot>>,
    free: Vec<FiberKey>,
    ready: VecDeque<(FiberKey, Resumed)>,
    timers: BTreeMap<(Instant, u64), Arc<Ticket>>,
    timers_made: u64,
    /// Fibers that wait for something outside of the program.
    outside: usize,
    stacks: Stacks,
}

impl Seat {
    /// The seat that the current thread is to run from now on.
    pub fn new(handle: Arc<SeatHandle>, runtime: &Arc<Runtime>) -> Seat {
        let _ = handle.thread.set(thread::current());
        Seat {
            handle,
            runtime: runtime.clone(),
            slots: Vec::new(),
            free: Vec::new(),
            ready: VecDeque::new(),
            timers: BTreeMap::new(),
            timers_made: 0,
            outside: 0,
            stacks: Stacks::default(),
        }
    }

    /// A seat on a thread of its own, on which `first`, if given, is started; the thread ends when
    /// the seat has nothing left to do and its pool, if it has one, is over.
    pub fn on_new_thread(
        runtime: &Arc<Runtime>,
        name: String,
        pool: Option<Arc<PoolShared>>,
        first: Option<Arc<Task>>,
    ) -> io::Result<()> {
        let handle = SeatHandle::new(runtime, pool);
        let (own_handle, own_runtime) = (handle.clone(), runtime.clone());
        let started = thread::Builder::new()
            .name(name)
            .stack_size(SEAT_STACK)
            .spawn(move || {
                let mut seat = Seat::new(own_handle, &own_runtime);
                if let Some(task) = first
                    && let Some(work) = task.claim()
                {
                    seat.start(task, work);
                }
                seat.run(|seat| {
                    seat.is_empty() && seat.handle.pool.as_ref().is_none_or(|pool| pool.is_over())
                });
                seat.leave();
            });
        match started {
            Ok(_) => Ok(()),
            Err(error) => {
                runtime.forget_seat(&handle);
                runtime.awake.fetch_sub(1, Ordering::SeqCst);
                Err(error)
            }
        }
    }

    /// What others know of it.
    pub fn handle(&self) -> &Arc<SeatHandle> {
        &self.handle
    }

    /// Runs fibers while `goes_on` holds, which is asked whenever there is nothing to run.
    pub fn run_while(&mut self, goes_on: impl Fn() -> bool) {
        self.run(|_| !goes_on());
    }

    fn run(&mut self, over: impl Fn(&Seat) -> bool) {
        loop {
            self.read_mail();
            self.fire_timers();
            if let Some((key, why)) = self.next_ready() {
                self.resume(key, why);
            } else if let Some((task, work)) = self
                .handle
                .pool
                .as_ref()
                .and_then(|pool| pool.take(&self.handle))
            {
                self.start(task, work);
            } else if over(self) {
                return;
            } else {
                self.rest();
            }
        }
    }

    /// Whether nothing that has started here is left.
    pub fn is_empty(&self) -> bool {
        self.slots.len() == self.free.len()
    }

    /// Starts a task here: it runs next. Its pool has already counted it as running.
    pub fn start(&mut self, task: Arc<Task>, work: Work) {
        let stack = match self.stacks.take() {
            Ok(stack) => stack,
            Err(error) => {
                let failure = Failure::error(
                    Kind::Memory,
                    format!("no memory for the stack of {}: {error}", task.title()),
                );
                task.finish(Err(failure.into()));
                self.unseat(&task);
                return;
            }
        };
        let key = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            self.slots.len() - 1
        });
        let _ = task.seat.set(self.handle.clone());
        self.handle.tasks.lock().insert(task.number, task.clone());
        let (runtime, handle, own) = (self.runtime.clone(), self.handle.clone(), task.clone());
        let fiber = Fiber::new(stack, move |port, limit| {
            let mut machine = Machine::new(own.clone(), runtime, handle, port, key, limit);
            let result = match own.cancel_waits() {
                true => {
                    own.cancel_strikes();
                    Err(Unwind::Cancelled)
                }
                false => work.run(&mut machine),
            };
            machine.runtime.clone().task_ended(&own, result);
        });
        self.slots[key] = Some(Slot {
            fiber,
            task,
            waiting: None,
            timer: None,
            seated: true,
        });
        self.ready.push_front((key, Resumed::Ready));
    }

    fn resume(&mut self, key: FiberKey, why: Resumed) {
        // A timer counts: when it is due, its fiber wants its turn.
        self.handle
            .ready
            .store(self.ready.len() + self.timers.len(), Ordering::Relaxed);
        let Some(slot) = &mut self.slots[key] else {
            return;
        };
        slot.waiting = None;
        match slot.fiber.resume(why) {
            None => {
                if let Some(slot) = self.slots[key].take() {
                    self.free.push(key);
                    self.handle.tasks.lock().remove(&slot.task.number);
                    self.stacks.give(slot.fiber.into_stack());
                    self.unseat(&slot.task);
                    self.runtime.task_left();
                }
            }
            Some(Suspended::Yielded) => {
                self.stand_up(key);
                self.ready.push_back((key, Resumed::Ready));
            }
            Some(Suspended::Waiting(ticket)) => self.park(key, ticket),
            Some(Suspended::WaitingForStart(ticket, task, work)) => {
                self.park(key, ticket);
                self.start(task, work);
            }
        }
    }

    /// A fiber has stopped to wait.
    fn park(&mut self, key: FiberKey, ticket: Arc<Ticket>) {
        let timer = ticket.deadline.map(|deadline| (deadline, self.timers_made));
        if let Some(timer) = timer {
            self.timers_made += 1;
            self.timers.insert(timer, ticket.clone());
        }
        let keeps_seat = ticket.what.ends_by_itself()
            && self.slots[key].as_ref().is_some_and(|slot| {
                slot.task
                    .pool
                    .as_ref()
                    .is_some_and(|pool| pool.is_explicit())
            });
        if matches!(ticket.what, WaitingFor::Outside(_)) {
            self.outside += 1;
        }
        if !keeps_seat {
            self.stand_up(key);
        }
        if let Some(slot) = &mut self.slots[key] {
            slot.waiting = Some(ticket);
            slot.timer = timer;
        }
    }

    /// A fiber no longer counts as running in its pool.
    fn stand_up(&mut self, key: FiberKey) {
        if let Some(slot) = &mut self.slots[key]
            && std::mem::take(&mut slot.seated)
        {
            let task = slot.task.clone();
            self.unseat(&task);
        }
    }

    fn unseat(&self, task: &Task) {
        if let Some(pool) = &task.pool {
            pool.stand_up();
        }
    }

    /// The first ready fiber that may run in its pool.
    fn next_ready(&mut self) -> Option<(FiberKey, Resumed)> {
        for _ in 0..self.ready.len() {
            let (key, why) = self.ready.pop_front()?;
            let Some(slot) = &mut self.slots[key] else {
                continue;
            };
            if !slot.seated
                && let Some(pool) = &slot.task.pool
            {
                slot.seated = pool.sit_down(&self.handle);
                if !slot.seated {
                    self.ready.push_back((key, why));
                    continue;
                }
            }
            return Some((key, why));
        }
        None
    }

    fn read_mail(&mut self) {
        loop {
            match self.handle.mail.try_recv() {
                Ok(Mail::Wake(ticket)) => self.woken(&ticket),
                Ok(Mail::Look) => {}
                Ok(Mail::CancelFutures) => {
                    for slot in self.slots.iter().flatten() {
                        if slot.task.kind == super::task::TaskKind::Future {
                            slot.task.request_cancel();
                        }
                    }
                }
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => return,
            }
        }
    }

    fn woken(&mut self, ticket: &Arc<Ticket>) {
        let Some(slot) = &mut self.slots[ticket.fiber] else {
            return;
        };
        if slot
            .waiting
            .as_ref()
            .is_some_and(|waiting| Arc::ptr_eq(waiting, ticket))
        {
            if let Some(timer) = slot.timer.take() {
                self.timers.remove(&timer);
            }
            if matches!(ticket.what, WaitingFor::Outside(_)) {
                self.outside -= 1;
            }
            self.ready.push_back((ticket.fiber, ticket.woken_because()));
        }
    }

    fn fire_timers(&mut self) {
        if self.timers.is_empty() {
            return;
        }
        let now = Instant::now();
        while let Some(due) = self
            .timers
            .first_entry()
            .filter(|timer| timer.key().0 <= now)
        {
            // If something else has woken it first, its mail is on the way.
            due.remove().wake(Resumed::TimedOut);
        }
        self.read_mail();
    }

    /// Stops the thread until there is mail or a timer is due.
    fn rest(&mut self) {
        self.runtime.output.flush_quietly();
        let next = self
            .timers
            .first_key_value()
            .map(|((deadline, _), _)| *deadline);
        let naps = next.is_some() || self.outside > 0;
        self.handle.ready.store(0, Ordering::Relaxed);
        if naps {
            self.handle.rest.store(NAPPING, Ordering::SeqCst);
            if !self.handle.mail.is_empty() {
                self.handle.rest.store(AWAKE, Ordering::SeqCst);
                return;
            }
        } else {
            self.handle.rest.store(ASLEEP, Ordering::SeqCst);
            if !self.handle.mail.is_empty() {
                if self.handle.rest.swap(AWAKE, Ordering::SeqCst) != ASLEEP {
                    // Somebody saw us asleep and counted us a second time.
                    self.runtime.awake.fetch_sub(1, Ordering::SeqCst);
                }
                return;
            }
            if self.runtime.awake.fetch_sub(1, Ordering::SeqCst) == 1 {
                self.runtime.nobody_is_awake();
            }
        }
        while self.handle.rest.load(Ordering::SeqCst) != AWAKE {
            match next {
                None => thread::park(),
                Some(deadline) => {
                    let now = Instant::now();
                    if deadline <= now {
                        self.handle.rest.store(AWAKE, Ordering::SeqCst);
                        break;
                    }
                    thread::park_timeout(deadline - now);
                }
            }
        }
    }

    /// The thread ends.
    fn leave(&mut self) {
        self.runtime.forget_seat(&self.handle);
        if self.runtime.awake.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.runtime.nobody_is_awake();
        }
    }
}
