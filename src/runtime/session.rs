//! A session: a program whose main task is given one entry after the other.
//!
//! ```text
//!   the prompt's thread --evaluate--> [ next ] --> the main task (task #1, on a seat of its own)
//!          ^                                          | waits for something outside of the
//!          +------------- how it ended ---------------+ program, so this is no deadlock
//! ```
//!
//! All entries are run by one task, so that what one entry has locked another can release. What
//! ends an entry (an error, a cancel, a deadlock) ends nothing else: the other tasks go on.
//! A cancel strikes the entry under way; asked for again, it strikes its clean-up too.

use std::io;
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::thread;

use crossbeam_channel::{Receiver, Sender};
use parking_lot::Mutex;

use super::fiber::{Resumed, run_guarded};
use super::machine::{CallRecord, Flow, Machine};
use super::mailbox::SeatHandle;
use super::run::Runtime;
use super::seat::Seat;
use super::task::{Outcome, Seats, Task, TaskKind, Work};
use super::wait::{Ticket, WaitingFor};
use super::work::NativeWork;
use crate::resolve::program::LocalSlot;
use crate::value::function::Function;
use crate::value::running::Running;
use crate::value::{Result, Unwind, Value};

/// The stack of the main seat's thread: it draws reports.
const MAIN_STACK: usize = 1 << 20;

/// How an entry has ended.
pub enum Ended {
    /// As a task does.
    As(Outcome),
    /// It could never have gone on; the report of that was made.
    Stuck,
}

struct Entry {
    work: NativeWork,
    answer: Sender<Ended>,
}

#[derive(Default)]
struct State {
    next: Option<Entry>,
    /// The main task waits for an entry.
    waiting: Option<Arc<Ticket>>,
    /// An entry runs.
    busy: bool,
    /// It was found that the entry cannot go on.
    stuck: bool,
}

/// A session.
pub struct Session {
    runtime: Arc<Runtime>,
    main: OnceLock<Arc<Task>>,
    state: Mutex<State>,
}

impl Session {
    /// Begins a session: its main task waits for the first entry, on a thread of its own.
    pub fn begin(runtime: &Arc<Runtime>) -> io::Result<Arc<Session>> {
        // Who edits the next entry may look at values too.
        crate::value::guarded::single::ends();
        let session = Arc::new(Session {
            runtime: runtime.clone(),
            main: OnceLock::new(),
            state: Mutex::default(),
        });
        let own = session.clone();
        thread::Builder::new()
            .name(String::from("cq main"))
            .stack_size(MAIN_STACK)
            .spawn(move || own.run())?;
        Ok(session)
    }

    /// Runs an entry and waits for its end.
    pub fn evaluate(
        &self,
        work: impl FnOnce(&mut Machine<'_>) -> Result<Value> + Send + 'static,
    ) -> Ended {
        let (answer, ended): (_, Receiver<Ended>) = crossbeam_channel::bounded(1);
        let ticket = {
            let mut state = self.state.lock();
            state.next = Some(Entry {
                work: Box::new(work),
                answer,
            });
            state.waiting.take()
        };
        if let Some(ticket) = ticket {
            ticket.wake(Resumed::Ready);
        }
        // The main task answers every entry, and only then takes the next.
        ended.recv().unwrap_or(Ended::As(Outcome::Cancelled))
    }

    /// Whether an entry runs.
    pub fn is_busy(&self) -> bool {
        self.state.lock().busy
    }

    /// Stops the entry that runs, if one does, and only that; once more, its clean-up too.
    pub fn interrupt(&self) {
        let state = self.state.lock();
        if let (true, Some(main)) = (state.busy, self.main.get()) {
            main.cancel_anew();
        }
    }

    /// What the main task does.
    fn main(&self, machine: &mut Machine<'_>) -> Result<Value> {
        loop {
            let entry = machine.wait(
                || WaitingFor::Outside("the next entry"),
                None,
                |ticket| self.take(ticket),
                |_| None,
            );
            let Ok(Some(Entry { work, answer })) = entry else {
                // A cancel that came too late for its entry.
                machine.task.forget_cancel();
                continue;
            };
            let result = run_guarded(|| work(machine));
            machine.returned = Value::Nil;
            machine.leaving = Flow::Next;
            let ended = self.finish(machine, result);
            // Whoever asked waits for this.
            let _ = answer.send(ended);
        }
    }

    fn take(&self, ticket: Option<&Arc<Ticket>>) -> Option<Entry> {
        let mut state = self.state.lock();
        let entry = state.next.take();
        match entry {
            Some(_) => state.busy = true,
            None => state.waiting = ticket.cloned(),
        }
        entry
    }

    fn finish(&self, machine: &Machine<'_>, result: Result<Value>) -> Ended {
        let mut state = self.state.lock();
        state.busy = false;
        machine.task.forget_cancel();
        match result {
            _ if std::mem::take(&mut state.stuck) => Ended::Stuck,
            Ok(value) => Ended::As(Outcome::Value(value)),
            Err(Unwind::Failed(failure)) => Ended::As(Outcome::Failed(failure)),
            Err(Unwind::Cancelled) => Ended::As(Outcome::Cancelled),
        }
    }

    /// The main seat, until the process ends.
    fn run(self: Arc<Session>) {
        let own = self.clone();
        let work = Work::native(Box::new(move |machine| own.main(machine)));
        let runtime = &self.runtime;
        let main = runtime.new_task(TaskKind::Main, None, 0, Seats::Own, work);
        let _ = self.main.set(main.clone());
        let handle = SeatHandle::new(runtime, None);
        let _ = runtime.main_seat.set(handle.clone());
        let mut seat = Seat::new(handle, runtime);
        if let Some(work) = main.claim() {
            seat.start(main.clone(), work);
        }
        while !main.has_ended() {
            seat.run_while(|| !runtime.is_stuck());
            self.give_up_entry(&mut seat);
        }
    }

    /// No task can ever run again, the entry included: it is given up, the others stay.
    fn give_up_entry(&self, seat: &mut Seat) {
        let told_before = {
            let mut state = self.state.lock();
            let busy = state.busy;
            std::mem::replace(&mut state.stuck, busy)
        };
        // If its clean-up waits in vain too, that has no report of its own.
        if !told_before {
            let others = self.runtime.waits().len() > 1;
            self.runtime.report_deadlock(seat);
            self.runtime.output.report(match others {
                true => "this entry is given up; the other tasks stay as they are\n",
                false => "this entry is given up\n",
            });
        }
        self.runtime.stuck.store(false, Ordering::SeqCst);
        self.interrupt();
    }
}

impl Machine<'_> {
    /// Runs the main program of an entry; gives its value, and what its slots held in the end.
    pub fn run_entry(
        &mut self,
        function: &Arc<Function>,
        slots: &[LocalSlot],
    ) -> (Result<Value>, Vec<Value>) {
        let (outer_base, calls) = (self.base, self.calls.len());
        let base = self.stack.len();
        self.stack.resize(base + function.code.slots, Value::Nil);
        self.calls.push(CallRecord {
            code: function.code,
            site: None,
        });
        self.base = base;
        let result = function.code.body().run(self, Running::counted(function));
        self.calls.truncate(calls);
        self.base = outer_base;
        let held = |slot: &LocalSlot| self.stack.get(base + slot.0 as usize).cloned();
        let kept = slots.iter().map(|slot| held(slot).unwrap_or_default());
        let kept = kept.collect();
        self.unwind_to(base);
        (result, kept)
    }
}
