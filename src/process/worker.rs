//! A worker: runs the tasks it is sent, each with its own copies, on the fibers of one seat.
//!
//! ```text
//!   reader thread:  Source, Unit -> remembered     Start -> mail to the seat     Reply -> wakes
//!   main thread:    the seat; while it rests it does what the reader does, if that stands back
//! ```
//!
//! Most tasks with a process of their own are done in less time than it takes to start a thread. So
//! there is no reader before a task has lasted, or the seat has no more time to listen.
//!
//! When the link ends, the program is over, and so is the worker, whatever it is doing.

use std::os::unix::net::UnixStream;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use super::ear::Heard;
use super::home::Home;
use super::message::{Answer, FromWorker, ToWorker};
use super::packed::{HandleKind, HandleName};
use super::parcel;
use super::program::unpack_program;
use crate::diagnostics::report::Report;
use crate::diagnostics::source::Sources;
use crate::resolve::program::Template;
use crate::runtime::crossing::Item;
use crate::runtime::elsewhere::{FirstProcess, Parcel};
use crate::runtime::memory;
use crate::runtime::output::Output;
use crate::runtime::run::Runtime;
use crate::runtime::task::{Seats, Task, TaskKind, Work};
use crate::syntax::span::Span;
use crate::value::Result;
use crate::value::function::{Body, Unit};

/// How templates become code here; the evaluator is another room.
pub type Compile = fn(&'static Unit, &Template) -> Body;

/// How long a task has to say what it is doing.
const PATIENCE: Duration = Duration::from_millis(500);

/// The program is over: there is nobody to tell.
fn over() -> ! {
    std::process::exit(1)
}

/// Runs a worker to its end.
pub fn main(link: UnixStream, compile: Compile, draw: fn(&Report, &Sources) -> String) -> ! {
    let Ok(reading) = link.try_clone() else {
        over()
    };
    let home = Home::new(link, reading, compile);
    home.outbox.send_now();
    let Ok(Some(ToWorker::Welcome { arguments, limits })) = home.ear.receive() else {
        over()
    };
    home.received.fetch_add(1, Ordering::SeqCst);
    let output = Output::to_first_process(home.first());
    let runtime = Runtime::new(Sources::default(), output, arguments, draw);
    memory::set_limit(limits.memory.unwrap_or(0));
    runtime.set_limits(limits);
    runtime.is_worker_of(home.first());
    let _ = home.runtime.set(Arc::downgrade(&runtime));
    let mut seat = runtime.worker_seat();
    // Most often its first task is there already: then nobody has to be woken for it.
    while let Ok(Some(message)) = home.ear.receive_at_once() {
        home.hears(&runtime, message);
    }
    home.ear.has_no_reader_yet();
    runtime.leaves_listening_to(&seat);
    runtime.run_worker(&mut seat);
    home.outbox.drain();
    leave()
}

/// Ends the process. There is nothing to clean up: it has no files, and what it has said has gone
/// out.
#[allow(unsafe_code)]
fn leave() -> ! {
    // SAFETY: this ends the process and nothing else.
    unsafe { libc::_exit(0) }
}

impl Home {
    /// Calls the reader, for this thread listens no more.
    pub(super) fn calls_reader(&self) {
        self.starts_reading();
        self.ear.calls_reader();
    }

    /// Starts the reader if there is none.
    pub(super) fn starts_reading(&self) {
        if self.reads.load(Ordering::Relaxed) || self.reads.swap(true, Ordering::SeqCst) {
            return;
        }
        let runtime = self.runtime.get().and_then(Weak::upgrade);
        let Some((hearer, hearing)) = self.own().zip(runtime) else {
            over()
        };
        let reader = thread::Builder::new()
            .name(String::from("cq link"))
            .spawn(move || {
                let look_after = || {
                    // A put may have been left for what its task says next.
                    hearer.outbox.send_now();
                    hearing.is_listened_to()
                };
                let _ = hearer.ear.read(look_after, |message| {
                    hearer.hears(&hearing, message);
                    hearing.leaves_listening();
                    Ok(())
                });
                over()
            });
        if reader.is_err() {
            over()
        }
    }

    /// Hears what the first process has said, on the thread of a seat that rests, if that is for
    /// others to do than the reader.
    pub(super) fn listens(&self) -> bool {
        let runtime = self.runtime.get().and_then(Weak::upgrade);
        let Some((own, runtime)) = self.own().zip(runtime) else {
            return false;
        };
        self.ear.listen(|message| {
            own.hears(&runtime, message);
            Ok(Heard::Done)
        });
        if !self.ear.stands_back() {
            // The link has ended, which is for the reader to see.
            self.starts_reading();
        }
        true
    }

    fn hears(self: &Arc<Home>, runtime: &Arc<Runtime>, message: ToWorker) {
        hear(runtime, self, message, self.compile);
        self.received.fetch_add(1, Ordering::SeqCst);
        // What wakes nobody leaves the first process waiting to hear of that.
        if runtime.is_asleep() {
            self.nobody_is_awake(runtime);
        }
    }
}

/// Does what the first process says.
fn hear(runtime: &Arc<Runtime>, home: &Arc<Home>, message: ToWorker, compile: Compile) {
    match message {
        ToWorker::Welcome { .. } => {}
        ToWorker::Source { name, text } => {
            runtime.sources.add(name, text);
        }
        ToWorker::Unit(program) => match unpack_program(&program.0) {
            Ok(program) => {
                runtime.units.add(Unit::load(program, compile));
            }
            Err(_) => over(),
        },
        ToWorker::Start {
            task,
            at,
            parent,
            work,
        } => start(runtime, home, task, (at, parent), home.open(work)),
        ToWorker::Reply { call, answer } => {
            if let Answer::GoAhead(queue) = answer {
                home.goes_ahead(queue);
            }
            home.answered(call, answer);
        }
        ToWorker::Cancel { task, tells } => {
            if tells {
                runtime.answers_roll();
            }
            if let Some(task) = home.names.own_task(task) {
                runtime.cancel(&task);
            }
        }
        ToWorker::Ask(name) => {
            if let Some(task) = home.names.own_task(name) {
                asked(runtime, home, name, task);
            }
        }
        ToWorker::Closed(queue) => home.goes_ahead_no_more(queue),
        ToWorker::Lend {
            queue,
            given_back,
            values,
        } => {
            let open = |value| Item::Parcel(Box::new(home.open(value)));
            let values = values.into_iter().map(open).collect();
            home.is_lent(queue, given_back, values);
        }
        ToWorker::LendRow {
            queue,
            given_back,
            row,
        } => match home.row(row) {
            Some(values) => home.is_lent(queue, given_back, values),
            None => over(),
        },
        ToWorker::Memory(descriptor) => home.shares_memory(descriptor),
        ToWorker::Recall(queue) => home.is_recalled(queue),
        ToWorker::Leave => runtime.worker_may_leave(),
    }
}

/// Says what a task is doing. On a thread of its own: to show a handle the first process may be
/// asked, whose answer the reader has to hear.
fn asked(runtime: &Arc<Runtime>, home: &Arc<Home>, name: HandleName, task: Arc<Task>) {
    let (runtime, home) = (runtime.clone(), home.clone());
    // Without a thread for it nothing is told.
    let _ = thread::Builder::new().spawn(move || {
        if let Some(scene) = runtime.scene_of(&task, PATIENCE) {
            home.tell_now(&FromWorker::Told { task: name, scene });
        }
    });
}

/// Starts a task. Its copies are made by its own fiber, which has the stack for them.
fn start(
    runtime: &Arc<Runtime>,
    home: &Arc<Home>,
    name: HandleName,
    (at, parent): (Option<Span>, u64),
    work: Parcel,
) {
    let kind = match name.kind {
        HandleKind::Future => TaskKind::Future,
        _ => TaskKind::Spawned,
    };
    let native = Work::native(Box::new(move |machine| -> Result<_> {
        let copies = parcel::unpack_work(machine.runtime, &work)?;
        // What the task lets go of need not be kept for it here.
        drop(work);
        machine.run_unpacked(copies)
    }));
    let task = Task::new(name.id, kind, at, parent, Seats::Own, native);
    task.abroad.runs_in(std::process::id());
    task.abroad.becomes_guest();
    home.names.remember(&task);
    task.abroad.is_named(&home.first(), name);
    runtime.start_here(task);
}
