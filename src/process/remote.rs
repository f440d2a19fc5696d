//! A worker as the first process sees it.
//!
//! ```text
//!   what it knows   sources, programs, handles by name (and how often each was sent)
//!   what it has     tasks that fibers speak for, and its traffic with queues
//! ```
//!
//! When it dies, all of that is undone in one step: values that had not reached it are put back
//! into their queues, queues stop waiting for it, and who speaks for one of its tasks learns of it.
//!
//! A worker counts as one awake seat until it says that nothing in it can go on by itself, as of
//! the last message that was sent to it. So the first process knows exactly when no task of any
//! process can ever run again.

use std::collections::HashMap;
use std::fs::File;
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize};
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;

use super::ear::Ear;
use super::kept::Kept;
use super::link::Worker;
use super::message::{FromWorker, Sealed, ToWorker};
use super::outbox::Outbox;
use super::packed::{HandleName, Packed};
use super::program::Programs;
use super::shared_memory::{Lies, Row, SharedMemory};
use super::speaker::Inbox;
use super::traffic::Traffic;
use super::wire::LinkError;
use crate::runtime::elsewhere::{Parcel, Party};
use crate::runtime::run::Runtime;
use crate::runtime::task::Task;
use crate::value::Value;
use crate::value::units::UnitId;

/// A worker.
pub struct Remote {
    /// Its process.
    pub process: Worker,
    /// How many of its tasks compute.
    pub active: AtomicUsize,
    /// How many tasks that were started in it have not ended, as far as it has said.
    pub living: AtomicU64,
    /// It was told that there will be no more tasks.
    pub leaving: AtomicBool,
    /// Why it is gone.
    pub death: OnceLock<String>,
    pub(super) outbox: Arc<Outbox>,
    pub(super) ear: Ear<FromWorker>,
    runtime: std::sync::Weak<Runtime>,
    programs: Arc<Programs>,
    /// What only this worker names.
    pub kept: Kept,
    pub(super) state: Mutex<State>,
}

#[derive(Default)]
pub(super) struct State {
    tasks: HashMap<HandleName, Spoken>,
    holds: HashMap<HandleName, (Value, u64)>,
    pub(super) traffic: Traffic,
    sources_sent: usize,
    units_sent: u32,
    memory: Sharing,
    /// How many messages it was sent.
    sent: u64,
    asleep: bool,
    killed: bool,
    pub(super) dead: bool,
}

/// Memory that both ends of the link see.
#[derive(Default)]
enum Sharing {
    /// There is none.
    #[default]
    No,
    /// The worker may not have opened the file yet.
    Offered { memory: SharedMemory, _file: File },
    /// There is.
    Shared(SharedMemory),
    /// The system gives none.
    Never,
}

/// A task of the worker, and the fiber here that speaks for it.
#[derive(Clone)]
pub struct Spoken {
    /// The task as this process knows it.
    pub task: Arc<Task>,
    /// What the worker says of it.
    pub inbox: Arc<Inbox>,
}

/// A message could not be sent: the worker is gone, or it is too large.
pub enum Unsent {
    /// There is nobody left to hear it.
    Gone,
    /// It is too large for the link.
    TooLarge(LinkError),
}

impl Remote {
    /// A worker that has just been started.
    pub fn new(
        process: Worker,
        (outbox, ear): (Arc<Outbox>, Ear<FromWorker>),
        runtime: &Arc<Runtime>,
        programs: Arc<Programs>,
    ) -> Arc<Remote> {
        runtime.worker_wakes();
        Arc::new(Remote {
            process,
            active: AtomicUsize::new(0),
            living: AtomicU64::new(0),
            leaving: AtomicBool::new(false),
            death: OnceLock::new(),
            outbox,
            ear,
            runtime: Arc::downgrade(runtime),
            programs,
            kept: Kept::default(),
            state: Mutex::new(State::default()),
        })
    }

    /// Sends a message, and before it the programs and texts that it may mention.
    pub fn tell(&self, message: &ToWorker) -> Result<(), Unsent> {
        self.add(&mut self.state.lock(), message)?;
        self.outbox.send_now();
        Ok(())
    }

    pub(super) fn add(&self, state: &mut State, message: &ToWorker) -> Result<(), Unsent> {
        if state.dead {
            return Err(Unsent::Gone);
        }
        let Some(runtime) = self.runtime.upgrade() else {
            return Err(Unsent::Gone);
        };
        if std::mem::take(&mut state.asleep) {
            runtime.worker_wakes();
        }
        let added = match message {
            ToWorker::Welcome { .. } => Ok(true),
            _ => self.add_news(state, &runtime),
        };
        match added.and_then(|_| self.outbox.add(message)) {
            Ok(_) => {
                state.sent += 1;
                Ok(())
            }
            Err(error) => Err(Unsent::TooLarge(error)),
        }
    }

    /// The programs and texts that are new since the last message.
    fn add_news(&self, state: &mut State, runtime: &Runtime) -> Result<bool, LinkError> {
        while let Some(source) = runtime.sources.get_at(state.sources_sent) {
            self.outbox.add(&ToWorker::Source {
                name: source.name.clone(),
                text: source.text.to_string(),
            })?;
            state.sources_sent += 1;
            state.sent += 1;
        }
        while let Some(program) = self
            .programs
            .packed(&runtime.units, UnitId(state.units_sent))?
        {
            self.outbox.add(&ToWorker::Unit(program))?;
            state.units_sent += 1;
            state.sent += 1;
        }
        Ok(true)
    }

    /// Sends a message with a value in it, whose handles the worker then knows.
    pub fn tell_with(
        &self,
        parcel: Parcel,
        message: impl FnOnce(Sealed) -> ToWorker,
    ) -> Result<(), Unsent> {
        let mut state = self.state.lock();
        let message = message(state.seal(parcel));
        self.add(&mut state, &message)?;
        drop(state);
        self.outbox.send_now();
        Ok(())
    }

    /// From now on a fiber speaks for this task; false if the worker is gone.
    pub fn is_spoken_for(&self, name: HandleName, spoken: Spoken) -> bool {
        let mut state = self.state.lock();
        if state.dead {
            return false;
        }
        state.know(name, &Value::of_task(&spoken.task));
        state.tasks.insert(name, spoken);
        true
    }

    /// Whether a fiber speaks for this task.
    pub fn speaks_for(&self, name: HandleName) -> bool {
        self.state.lock().tasks.contains_key(&name)
    }

    /// The task has ended, and nobody speaks for it any more.
    pub fn has_ended(&self, name: HandleName) {
        let ended = self.state.lock().tasks.remove(&name);
        drop(ended);
    }

    /// A task of the worker that somebody speaks for.
    pub fn spoken(&self, name: HandleName) -> Option<Spoken> {
        self.state.lock().tasks.get(&name).cloned()
    }

    /// What the worker calls so.
    pub fn find(&self, name: HandleName) -> Option<Value> {
        let state = self.state.lock();
        state.holds.get(&name).map(|(value, _)| value.clone())
    }

    /// The worker gets to know a handle, with the next message.
    pub fn knows(&self, handle: &Value) -> Option<HandleName> {
        let name = HandleName::of(handle)?;
        self.state.lock().know(name, handle);
        Some(name)
    }

    /// A value that has come from the worker; `None` if it names what it was never sent.
    pub fn open(&self, sealed: Sealed) -> Option<Parcel> {
        Some(Parcel {
            handles: self.open_names(&sealed.names)?,
            packed: sealed.packed,
        })
    }

    /// The handles of these names.
    pub fn open_names(&self, names: &[HandleName]) -> Option<Vec<Value>> {
        names.iter().map(|name| self.find(*name)).collect()
    }

    /// The worker no longer uses these names, which it had got so often.
    pub fn forgets(&self, names: Vec<(HandleName, u64)>) {
        let mut forgotten = Vec::new();
        let mut settled = Vec::new();
        let mut state = self.state.lock();
        for (name, count) in names {
            let Some((_, sent)) = state.holds.get_mut(&name) else {
                continue;
            };
            *sent = sent.saturating_sub(count);
            if *sent == 0 {
                forgotten.extend(state.holds.remove(&name));
                if name.kind == super::packed::HandleKind::Queue {
                    settled.push(state.traffic.forget(name.id));
                }
            }
        }
        drop(state);
        for queue in settled {
            queue.undo(self.process.pid);
        }
        // What is dropped may have much to do; no lock is held meanwhile.
        drop(forgotten);
    }

    /// It says that nothing in it can go on by itself, as of `received` messages.
    pub fn falls_asleep(&self, received: u64) {
        let mut state = self.state.lock();
        if state.dead || state.killed || state.asleep || state.sent != received {
            return;
        }
        state.asleep = true;
        drop(state);
        if let Some(runtime) = self.runtime.upgrade() {
            runtime.worker_sleeps();
        }
    }

    /// Ends its process at once. Until its end is noticed it counts as awake: that end is still to
    /// come, and wakes whoever waits for one of its tasks.
    pub fn kill(&self) {
        let was_asleep = {
            let mut state = self.state.lock();
            state.killed = true;
            std::mem::take(&mut state.asleep)
        };
        if was_asleep && let Some(runtime) = self.runtime.upgrade() {
            runtime.worker_wakes();
        }
        self.process.kill();
        self.outbox.hang_up();
    }

    /// It is gone, for this reason.
    pub fn dies(&self, why: String) {
        self.outbox.close();
        let dead = State {
            dead: true,
            ..State::default()
        };
        let gone = std::mem::replace(&mut *self.state.lock(), dead);
        gone.traffic.undo(self.process.pid);
        // Who learns of its end finds everything where it was.
        let _ = self.death.set(why);
        for spoken in gone.tasks.into_values() {
            spoken.task.sever();
            spoken.inbox.died();
        }
        self.kept.clear();
        if let Some(runtime) = self.runtime.upgrade()
            && !gone.asleep
        {
            runtime.worker_sleeps();
        }
    }
}

impl Remote {
    /// A row that has come; `None` if it is where the worker cannot have put it.
    pub fn row(&self, lies: Lies) -> Option<Packed> {
        match &self.state.lock().memory {
            Sharing::Shared(memory) => memory.of_worker.read(lies),
            _ => None,
        }
    }

    /// Offers memory to the worker, if that was not done before.
    pub(super) fn shares_memory(&self, state: &mut State) {
        if !matches!(state.memory, Sharing::No) {
            return;
        }
        state.memory = Sharing::Never;
        if let Ok((memory, file)) = SharedMemory::new()
            && self.add(state, &ToWorker::Memory(file.as_raw_fd())).is_ok()
        {
            state.memory = Sharing::Offered {
                memory,
                _file: file,
            };
        }
    }

    /// The worker sees the memory that was offered to it.
    pub fn has_memory(&self) {
        let mut state = self.state.lock();
        state.memory = match std::mem::take(&mut state.memory) {
            Sharing::Offered { memory, .. } => Sharing::Shared(memory),
            // It repeats itself.
            other => other,
        };
    }
}

impl Party for Remote {
    fn closed(&self, queue: u64) {
        // If it is gone, so is what it would have sent.
        let _ = self.tell(&ToWorker::Closed(queue));
    }

    fn recall(&self, queue: u64) {
        // If it is gone, what is lent comes back by that.
        let _ = self.tell(&ToWorker::Recall(queue));
    }
}

impl State {
    fn know(&mut self, name: HandleName, handle: &Value) {
        let (_, count) = self
            .holds
            .entry(name)
            .or_insert_with(|| (handle.clone(), 0));
        *count += 1;
    }

    /// A row that the worker will see.
    pub(super) fn begin_row(&self) -> Option<Row> {
        match &self.memory {
            Sharing::Shared(memory) => memory.of_first.begin(),
            _ => None,
        }
    }

    pub(super) fn seal(&mut self, parcel: Parcel) -> Sealed {
        let mut names = Vec::new();
        for handle in &parcel.handles {
            if let Some(name) = HandleName::of(handle) {
                self.know(name, handle);
                names.push(name);
            }
        }
        Sealed {
            names,
            packed: parcel.packed,
        }
    }
}
