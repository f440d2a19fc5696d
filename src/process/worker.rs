//! A worker: runs the tasks it is sent, each with its own copies, on the fibers of one seat.
//!
//! ```text
//!   reader thread:  Source, Unit -> remembered     Start -> mail to the seat     Reply -> wakes
//!   main thread:    the seat
//! ```
//!
//! When the link ends, the program is over, and so is the worker, whatever it is doing.

use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::thread;

use super::home::{Home, StandIns, border};
use super::message::{FromWorker, ToWorker};
use super::packed::{HandleKind, HandleName, Packed};
use super::program::unpack_program;
use super::wire::{Receiver, Sender, greet};
use super::work::unpack_call;
use crate::diagnostics::report::Report;
use crate::diagnostics::source::Sources;
use crate::resolve::program::Template;
use crate::runtime::output::Output;
use crate::runtime::run::Runtime;
use crate::runtime::task::{Task, TaskKind, Work};
use crate::syntax::span::Span;
use crate::value::error::fail;
use crate::value::function::{Body, Unit};
use crate::value::{Kind, Result, Value};

/// How templates become code here; the evaluator is another room.
pub type Compile = fn(&'static Unit, &Template) -> Body;

/// Runs a worker to its end.
pub fn main(link: UnixStream, compile: Compile, draw: fn(&Report, &Sources) -> String) -> ! {
    let Ok(reading) = link.try_clone() else {
        std::process::exit(1);
    };
    let mut sender = Sender::new(link);
    greet(&mut sender);
    let mut from = Receiver::new(reading);
    let Ok(Some(ToWorker::Welcome { arguments })) = from.receive() else {
        std::process::exit(1);
    };
    let home = Arc::new(Home::new(sender));
    let output = Output::to_first_process(home.clone());
    let runtime = Runtime::new(Sources::default(), output, arguments, draw);
    runtime.lives_away_from(home.clone());
    home.tell(&FromWorker::Ready);
    let mut seat = runtime.worker_seat();
    let readers = runtime.clone();
    let reader = thread::Builder::new()
        .name(String::from("cq link"))
        .spawn(move || {
            while let Ok(Some(message)) = from.receive() {
                take(&readers, &home, message, compile);
            }
            std::process::exit(1);
        });
    if reader.is_err() {
        std::process::exit(1);
    }
    runtime.run_worker(&mut seat);
    runtime.exit(0)
}

/// Does what the first process says.
fn take(runtime: &Arc<Runtime>, home: &Arc<Home>, message: ToWorker, compile: Compile) {
    match message {
        ToWorker::Welcome { .. } | ToWorker::Credit(_) => {}
        ToWorker::Source { name, text } => {
            runtime.sources.add(name, text);
        }
        ToWorker::Unit(program) => match unpack_program(&program.0) {
            Ok(program) => {
                runtime.units().add(Unit::load(program, compile));
            }
            Err(_) => std::process::exit(1),
        },
        ToWorker::Start {
            task,
            at,
            parent,
            work,
        } => start(runtime, home, task, at, parent, work),
        ToWorker::Reply { call, answer } => home.answered(call, answer),
        ToWorker::Cancel(name) => {
            if let Some(task) = home.own_task(name) {
                task.request_cancel();
            }
        }
        ToWorker::Leave => runtime.worker_may_leave(),
    }
}

/// Starts a task. Its copies are made by its own fiber, which has the stack for them.
fn start(
    runtime: &Arc<Runtime>,
    home: &Arc<Home>,
    name: HandleName,
    at: Option<Span>,
    parent: u64,
    work: Packed,
) {
    let kind = match name.kind {
        HandleKind::Future => TaskKind::Future,
        _ => TaskKind::Spawned,
    };
    let unpacking = home.clone();
    let native = Work::Native(Box::new(move |machine| -> Result<Value> {
        let (function, arguments) = {
            let mut names = StandIns::of(&unpacking);
            let mut border = border(&machine.runtime, &mut names);
            unpack_call(&work, &mut border)
                .map_err(|malformed| fail(Kind::Io, malformed.to_string()))?
        };
        machine.call(&function, &arguments)
    }));
    let task = Task::new(name.id, kind, at, parent, None, native);
    task.runs_in_process(std::process::id());
    task.becomes_guest();
    home.remember(&task);
    runtime.start_here(task);
}
