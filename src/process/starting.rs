//! Starting the workers of a program, one of them ahead.
//!
//! ```text
//!   speaker   takes the spare worker, sends it its task, and has the next one started
//!   reader    starts it, hears it to its end, and is there for another
//! ```
//!
//! Where many workers are used one after the other, there is one more than are needed: while one
//! runs its task, the next is started, is sent the programs, and waits. It is a worker like any
//! other that has no task yet. Who wants one while it is *coming* waits for it, which takes no
//! longer than to start one. When the program ends it is killed.

use std::io;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, TrySendError};
use parking_lot::{Condvar, Mutex};

use super::broker::Broker;
use super::ear::Ear;
use super::fork_server::Starter;
use super::link::Worker;
use super::message::ToWorker;
use super::outbox::Outbox;
use super::reader;
use super::remote::Remote;
use crate::runtime::run::Runtime;
use crate::value::{Failure, Kind, Result, Unwind};

/// The stack of a thread that hears what a worker says.
const READER_STACK: usize = 512 << 10;

/// How long a thread that has heard a worker to its end is there for another.
const PATIENCE: Duration = Duration::from_millis(100);

/// How workers come to be.
pub(super) struct Starting {
    starter: Starter,
    spare: Mutex<Spare>,
    /// It has come, or does not come.
    settled: Condvar,
    /// For threads that have heard a worker to its end.
    next: (Sender<Reading>, Receiver<Reading>),
}

/// The worker that is started ahead.
#[derive(Default)]
struct Spare {
    coming: bool,
    there: Option<Arc<Remote>>,
    /// There are to be no more.
    dismissed: bool,
}

/// So many workers have to be started before one is started ahead.
const MANY: u32 = 6;

/// Where so many have tasks at once, who starts them has no time to wait for one.
const CROWD: usize = 3;

/// What a reader is to do.
enum Reading {
    /// Hear this worker to its end.
    Worker(Arc<Remote>),
    /// The same with the spare worker, which it is to start.
    Spare,
}

impl Starting {
    pub(super) fn new(starter: Starter) -> Starting {
        Starting {
            starter,
            spare: Mutex::default(),
            settled: Condvar::new(),
            // What is given is taken at the same moment, or not at all.
            next: crossbeam_channel::bounded(0),
        }
    }

    /// Whether the spare worker is coming.
    pub(super) fn is_under_way(&self) -> bool {
        self.spare.lock().coming
    }

    /// There will be no more workers; waits until none is under way.
    pub(super) fn ends(&self) {
        self.spare.lock().dismissed = true;
        self.starter.ends();
        drop(self.come());
    }

    /// Buries the fork server if somebody has killed it.
    pub(super) fn looks_after_server(&self) {
        self.starter.looks_after_server();
    }

    /// The spare worker, if it is there or coming.
    fn come(&self) -> Option<Arc<Remote>> {
        let mut spare = self.spare.lock();
        while spare.coming {
            self.settled.wait(&mut spare);
        }
        spare.there.take()
    }
}

impl Broker {
    /// A worker that has no task yet.
    pub(super) fn start(&self, runtime: &Arc<Runtime>) -> Result<Arc<Remote>> {
        let ahead = self.starting.come();
        match ahead.filter(|spare| !spare.process.has_ended()) {
            Some(spare) => Ok(spare),
            None => {
                let started = self.starting.starter.start();
                let worker = started.and_then(|started| self.welcome(runtime, started));
                let worker = worker.map_err(no_more_processes)?;
                self.has_it_read(Reading::Worker(worker.clone()))
                    .map_err(|error| {
                        worker.dies(String::from("nobody could listen to it"));
                        self.buries(&worker);
                        no_more_processes(error)
                    })?;
                Ok(worker)
            }
        }
    }

    /// Has the next worker started, if it is to be there before it is needed.
    pub(super) fn starts_ahead(&self) {
        if self.starting.starter.forks() <= Some(MANY) {
            return;
        }
        let has_task = |worker: &&Arc<Remote>| worker.active.load(Ordering::SeqCst) > 0;
        if self.alive.lock().iter().filter(has_task).count() >= CROWD {
            return;
        }
        {
            let mut spare = self.starting.spare.lock();
            if spare.coming || spare.there.is_some() || spare.dismissed {
                return;
            }
            spare.coming = true;
        }
        if self.has_it_read(Reading::Spare).is_err() {
            self.spare_has_come(None);
        }
    }

    /// There are to be no more tasks.
    pub(super) fn dismisses_spare(&self) {
        let unwanted = {
            let mut spare = self.starting.spare.lock();
            spare.dismissed = true;
            spare.there.take()
        };
        self.starting.starter.ends_server();
        if let Some(unwanted) = unwanted {
            unwanted.kill();
        }
    }

    /// A worker has gone.
    pub(super) fn buries(&self, worker: &Arc<Remote>) {
        self.alive
            .lock()
            .retain(|other| !Arc::ptr_eq(other, worker));
        if let Some(runtime) = self.runtime.upgrade() {
            runtime.worker_left();
        }
    }

    /// Makes a worker of a process that has just been started.
    fn welcome(
        &self,
        runtime: &Arc<Runtime>,
        (process, stream): (Worker, UnixStream),
    ) -> io::Result<Arc<Remote>> {
        let from = stream.try_clone()?;
        let ends = (Outbox::new(stream), Ear::new(from));
        let worker = Remote::new(process, ends, runtime, self.programs.clone());
        self.alive.lock().push(worker.clone());
        // Before anybody else can say something to it. If it is gone already, its tasks learn that
        // from its end.
        let (arguments, limits) = (runtime.arguments.clone(), runtime.limits().clone());
        let _ = worker.tell(&ToWorker::Welcome { arguments, limits });
        Ok(worker)
    }

    fn has_it_read(&self, reading: Reading) -> io::Result<()> {
        let (given, taken) = &self.starting.next;
        let Err(TrySendError::Full(reading) | TrySendError::Disconnected(reading)) =
            given.try_send(reading)
        else {
            return Ok(());
        };
        let (broker, more) = (self.own.upgrade(), taken.clone());
        let reader = thread::Builder::new()
            .name(String::from("cq link"))
            .stack_size(READER_STACK);
        let read = move || {
            let mut next = Some(reading);
            while let Some((broker, reading)) = broker.as_ref().zip(next) {
                broker.read(reading);
                next = more.recv_timeout(PATIENCE).ok();
            }
        };
        reader.spawn(read).map(drop)
    }

    /// What the thread of a reader does for one worker.
    fn read(self: &Arc<Broker>, reading: Reading) {
        let worker = match reading {
            Reading::Worker(worker) => Some(worker),
            Reading::Spare => {
                let started = self.runtime.upgrade().zip(self.starting.starter.fork());
                let spare = started.and_then(|(runtime, it)| self.welcome(&runtime, it).ok());
                self.spare_has_come(spare.clone());
                spare
            }
        };
        if let Some(worker) = worker {
            reader::read(self, &worker);
        }
    }

    fn spare_has_come(&self, worker: Option<Arc<Remote>>) {
        let mut spare = self.starting.spare.lock();
        spare.coming = false;
        let unwanted = match spare.dismissed {
            true => worker,
            false => {
                spare.there = worker;
                None
            }
        };
        drop(spare);
        self.starting.settled.notify_all();
        if let Some(unwanted) = unwanted {
            unwanted.kill();
        }
        // The main program may wait until there is none left.
        if let Some(runtime) = self.runtime.upgrade() {
            runtime.worker_left();
        }
    }
}

#[cold]
fn no_more_processes(error: io::Error) -> Unwind {
    Failure::error(
        Kind::Memory,
        format!(
            "the system starts no more processes: {}",
            crate::diagnostics::words::system_error(&error)
        ),
    )
    .help("a process_pool(n) runs any number of futures on n processes")
    .into()
}
