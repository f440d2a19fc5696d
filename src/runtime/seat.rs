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
//! What others know of a seat, and how it rests, is its [`SeatHandle`].

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::fiber::{Fiber, Resumed, Suspended};
use super::listening::Listener;
use super::mailbox::{FiberKey, LaidDown, Mail, Rest, SeatHandle};
use super::pace::Pace;
use super::pool::PoolShared;
use super::run::Runtime;
use super::scene::Scene;
use super::task::{Task, TaskKind, Work};
use super::wait::{Ticket, WaitingFor};
use super::yard::{Leaving, Yard};

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
    yard: Rc<Yard>,
    slots: Vec<Option<Slot>>,
    ready: VecDeque<(FiberKey, Resumed)>,
    timers: BTreeMap<(Instant, u64), Arc<Ticket>>,
    timers_made: u64,
    /// Fibers that wait for something outside of the program.
    outside: usize,
    /// Whether its pool may count on it to start something.
    idle: bool,
    pace: Pace,
}

impl Seat {
    /// The seat that the current thread is to run from now on.
    pub fn new(handle: Arc<SeatHandle>, runtime: &Arc<Runtime>) -> Seat {
        handle.belongs_to_this_thread();
        Seat {
            yard: Yard::new(handle, runtime.clone()),
            slots: Vec::new(),
            ready: VecDeque::new(),
            timers: BTreeMap::new(),
            timers_made: 0,
            outside: 0,
            idle: false,
            pace: Pace::default(),
        }
    }

    /// What others know of it.
    pub fn handle(&self) -> &Arc<SeatHandle> {
        &self.yard.handle
    }

    pub(super) fn runtime(&self) -> &Arc<Runtime> {
        &self.yard.runtime
    }

    /// Runs fibers while `goes_on` holds, which is asked whenever there is nothing to run.
    pub fn run_while(&mut self, goes_on: impl Fn() -> bool) {
        self.run(|_| !goes_on());
    }

    pub(super) fn run(&mut self, over: impl Fn(&Seat) -> bool) {
        loop {
            self.read_mail();
            self.fire_timers();
            if let Some((key, why)) = self.next_ready() {
                self.no_longer_idle();
                self.resume(key, why);
            } else if let Some(nap) = self.naps_first() {
                self.runtime().shared_pool.takes_back(self.handle());
                self.rest(Some(Instant::now() + nap));
            } else if let Some((task, work)) = self.takes_one() {
                self.idle = false;
                self.start(task, work);
            } else if over(self) {
                return;
            } else {
                self.idle = true;
                self.pace.rests();
                self.rest(None);
            }
        }
    }

    fn takes_one(&self) -> Option<(Arc<Task>, Work)> {
        let handle = self.handle();
        let pool = handle.pool.as_ref()?;
        match handle.batch.next() {
            Some(next) => Some(next),
            None => pool.take(handle, self.pace.batch()),
        }
    }

    /// Whether nothing that has started here is left.
    pub fn is_empty(&self) -> bool {
        self.yard.is_empty()
    }

    /// Starts a task here: it runs next. Its pool has already counted it as running.
    pub fn start(&mut self, task: Arc<Task>, work: Work) {
        match self.yard.launch(&task, work, 0) {
            Some((key, fiber)) => {
                self.has(key, fiber, task);
                self.ready.push_front((key, Resumed::Ready));
            }
            None => self.unseat(&task),
        }
    }

    /// The seat has one fiber more.
    fn has(&mut self, key: FiberKey, fiber: Fiber, task: Arc<Task>) {
        self.yard.shows(key, &task);
        if self.slots.len() <= key {
            self.slots.resize_with(key + 1, || None);
        }
        self.slots[key] = Some(Slot {
            fiber,
            task,
            waiting: None,
            timer: None,
            seated: true,
        });
    }

    fn resume(&mut self, key: FiberKey, why: Resumed) {
        // A timer counts: when it is due, its fiber wants its turn.
        self.yard
            .handle
            .set_ready(self.ready.len() + self.timers.len());
        let Some(slot) = &mut self.slots[key] else {
            return;
        };
        slot.waiting = None;
        match slot.fiber.resume(why) {
            None => {
                if let Some(slot) = self.slots[key].take() {
                    self.yard.hides(key);
                    self.yard.clear(key, slot.fiber);
                    self.unseat(&slot.task);
                    self.runtime().task_left();
                }
            }
            Some(Suspended::Leaves(leaving)) => {
                let Leaving {
                    key: left,
                    fiber,
                    task,
                    why,
                } = *leaving;
                self.has(left, fiber, task);
                self.stopped(left, why);
                self.ready.push_front((key, Resumed::Ready));
            }
            Some(why) => self.stopped(key, why),
        }
    }

    /// A fiber has stopped in the middle.
    fn stopped(&mut self, key: FiberKey, why: Suspended) {
        match why {
            // Only a stage is asked, never a seat.
            Suspended::Yielded | Suspended::Exits(_) => {
                self.make_room(key);
                self.ready.push_back((key, Resumed::Ready));
            }
            // Only who is asked answers; only who is resumed by the seat leaves another one to it.
            Suspended::Answered(_) | Suspended::Leaves(_) => {}
            Suspended::Waiting(ticket) => self.park(key, ticket),
            Suspended::WaitingForStart(ticket, task, work) => {
                self.park(key, ticket);
                self.start(task, work);
            }
        }
    }

    /// The time slice of a fiber is over: if another one of its pool is ready here, that one gets
    /// its place among the running ones. It is never given up for a task that has not started.
    fn make_room(&mut self, key: FiberKey) {
        let Some(pool) = self.slots[key]
            .as_ref()
            .and_then(|slot| slot.task.pool.clone())
        else {
            return;
        };
        let waits_for_place = |slot: &Slot| {
            !slot.seated
                && slot
                    .task
                    .pool
                    .as_ref()
                    .is_some_and(|other| Arc::ptr_eq(other, &pool))
        };
        let next = self
            .ready
            .iter()
            .map(|(key, _)| *key)
            .find(|&key| self.slots[key].as_ref().is_some_and(waits_for_place));
        if let Some(next) = next {
            for (key, seated) in [(key, false), (next, true)] {
                if let Some(slot) = &mut self.slots[key] {
                    slot.seated = seated;
                }
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
        let keeps_seat = self.slots[key].as_ref().is_some_and(|slot| {
            let pool = slot.task.pool.as_ref();
            pool.is_some_and(|pool| ticket.what.keeps_seat(pool))
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

    /// The seat goes on with one of its fibers: its pool must not count on it any more.
    fn no_longer_idle(&mut self) {
        if std::mem::take(&mut self.idle)
            && let Some(pool) = &self.yard.handle.pool
        {
            pool.has_got_busy(&self.yard.handle);
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
                slot.seated = pool.sit_down(&self.yard.handle);
                if !slot.seated {
                    self.ready.push_back((key, why));
                    continue;
                }
            }
            return Some((key, why));
        }
        None
    }

    pub(super) fn read_mail(&mut self) {
        while let Some(mail) = self.yard.handle.next_mail() {
            match mail {
                Mail::Wake(ticket) => self.woken(&ticket),
                Mail::Look => {}
                Mail::Ask(ticket, place, tell) => {
                    if let Some(scene) = self.ask(&ticket) {
                        // Who has asked may have lost patience.
                        let _ = tell.send((place, scene));
                    }
                }
                Mail::Start(task) => {
                    if let Some(work) = task.claim() {
                        self.start(task, work);
                    }
                }
                Mail::CancelFutures => {
                    let futures = self.slots.iter().flatten().map(|slot| &slot.task);
                    for task in futures.filter(|task| task.kind == TaskKind::Future) {
                        task.request_cancel();
                    }
                }
            }
        }
    }

    /// Asks a waiting fiber what its task is doing.
    fn ask(&mut self, ticket: &Arc<Ticket>) -> Option<Box<Scene>> {
        let slot = self.slots.get_mut(ticket.fiber)?.as_mut()?;
        let waiting = slot.waiting.as_ref()?;
        if !Arc::ptr_eq(waiting, ticket) {
            return None;
        }
        match slot.fiber.resume(Resumed::Asked) {
            Some(Suspended::Answered(scene)) => Some(scene),
            _ => None,
        }
    }

    fn woken(&mut self, ticket: &Arc<Ticket>) {
        // The fiber may have ended inside of its forcer, without the seat.
        let Some(Some(slot)) = self.slots.get_mut(ticket.fiber) else {
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

    /// For how long to nap before it looks for something to start.
    fn naps_first(&mut self) -> Option<Duration> {
        let pool = self.yard.handle.pool.as_ref();
        pool.filter(|pool| pool.starts_in_place())?;
        let runtime = &self.yard.runtime;
        self.pace.takes_one(|| runtime.made_and_run_in_place())
    }

    /// Stops the thread until there is mail, a timer is due or a nap is over.
    fn rest(&mut self, nap: Option<Instant>) {
        self.yard.runtime.output.flush_quietly();
        // A seat of the shared pool has just found nothing there.
        let shared = &self.yard.runtime.shared_pool;
        let is_own = |pool: &Arc<PoolShared>| Arc::ptr_eq(pool, shared);
        if !self.yard.handle.pool.as_ref().is_some_and(is_own) {
            shared.calls_for_what_is_left();
        }
        if let Some(first) = self.yard.runtime.first_process() {
            first.send();
        }
        let timer = self.timers.first_key_value().map(|((due, _), _)| *due);
        let due = timer.into_iter().chain(nap).min();
        let rest = match (due, self.outside) {
            (Some(due), _) => Rest::NapUntil(due),
            (None, 0) => Rest::Sleep,
            (None, _) => Rest::Nap,
        };
        let laid_down = self.yard.handle.lie_down(rest);
        if laid_down == LaidDown::Last && self.yard.runtime.first_process().is_none() {
            self.yard.runtime.nobody_is_awake();
        }
        let listener = Listener::new(&self.yard.runtime, &self.yard.handle);
        if self.yard.handle.look_out(|| listener.listen()) {
            return;
        }
        listener.wait(laid_down, due);
        drop(listener);
        self.yard.handle.stay_down(due);
    }
}

impl Drop for Seat {
    /// Fibers that are still in the middle of something (the program is stuck) stay as they are:
    /// taking their stacks apart would run code of theirs.
    fn drop(&mut self) {
        self.yard.handle.leaves_this_thread();
        self.slots.drain(..).for_each(std::mem::forget);
    }
}
