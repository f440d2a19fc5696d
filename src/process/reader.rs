//! Hearing what a worker says, on a thread of its own for each, until it is gone.
//!
//! What needs no waiting is done here at once: values that were put, gets that find one, output.
//! The rest goes to the fiber that speaks for the task. Nothing here waits for a worker, so
//! a worker can always speak.
//!
//! A worker that sends what means nothing is cut off: it is killed, and all that its tasks leave
//! behind is what a worker leaves that was killed.

use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::broker::Broker;
use super::message::{Answer, FromWorker, LocalWait, RemoteId};
use super::remote::Remote;
use super::speaker::{News, speak_for_new};
use super::wire::{LinkError, Receiver, expect_greeting};
use crate::runtime::abroad::Told;
use crate::runtime::crossing::Item;
use crate::runtime::run::Runtime;
use crate::value::Value;

/// Hears a worker to its end.
pub fn read(broker: &Arc<Broker>, worker: &Arc<Remote>, link: UnixStream) {
    let complaint = hear_all(broker, worker, link).err();
    if complaint.is_some() {
        worker.kill();
    }
    let death = match (worker.process.bury(), complaint) {
        (_, Some(complaint)) => format!("it was cut off: {complaint}"),
        (Ok(death), None) => death.to_string(),
        (Err(error), None) => crate::diagnostics::words::system_error(&error),
    };
    if broker.is_over() {
        return;
    }
    broker.buries(worker);
    worker.dies(death);
}

fn hear_all(
    broker: &Arc<Broker>,
    worker: &Arc<Remote>,
    mut link: UnixStream,
) -> Result<(), String> {
    if let Err(error) = expect_greeting(&mut link) {
        return complaint(&error);
    }
    let mut from = Receiver::new(link);
    loop {
        let message = match from.receive() {
            Ok(Some(message)) => message,
            Ok(None) => return Ok(()),
            Err(error) => return complaint(&error),
        };
        let Some(runtime) = broker.runtime.upgrade() else {
            return Ok(());
        };
        hear(broker, worker, &runtime, message)?;
    }
}

/// A worker that dies in the middle of a word has done nothing wrong.
fn complaint(error: &LinkError) -> Result<(), String> {
    match error {
        LinkError::CutOff | LinkError::Io(_) => Ok(()),
        LinkError::Greeting | LinkError::TooLarge(_) | LinkError::Nonsense => {
            Err(error.to_string())
        }
    }
}

/// Something that no worker says: it names what it was never sent.
const UNKNOWN: &str = "it named what it was never sent";

fn hear(
    broker: &Arc<Broker>,
    worker: &Arc<Remote>,
    runtime: &Arc<Runtime>,
    message: FromWorker,
) -> Result<(), String> {
    match message {
        FromWorker::NewTask { task, at, parent } => {
            speak_for_new(broker, worker, runtime, task, (at, parent));
        }
        FromWorker::Request {
            call,
            task,
            struck,
            at,
            request,
        } => {
            if let Some(request) = broker.serve_at_once(runtime, worker, (task, call), request) {
                match worker.spoken(task) {
                    // It was cancelled before anybody could speak for it.
                    Some(spoken) if spoken.task.has_ended() => {
                        worker.reply(call, Answer::Cancelled);
                    }
                    Some(spoken) => spoken.inbox.put(News::Request {
                        call,
                        struck,
                        at,
                        request,
                    }),
                    None => return Err(String::from(UNKNOWN)),
                }
            }
        }
        FromWorker::Ahead { queue, value } => {
            let parcel = worker.open(value).ok_or(UNKNOWN)?;
            let queue = worker.ahead(queue).ok_or("it put ahead where it may not")?;
            broker.crossing(&parcel);
            queue.arrived(Item::Parcel(Box::new(parcel)));
        }
        FromWorker::Settled(queue) => worker.settled(queue),
        FromWorker::Got(task) => worker.got(task),
        FromWorker::Took(queue) => worker.took(queue)?,
        FromWorker::GaveBack(queue, count) => worker.gave_back(queue, count)?,
        FromWorker::Waits(wait) => waits(worker, wait)?,
        FromWorker::Asleep(received) => worker.falls_asleep(received),
        FromWorker::Told { task, scene } => broker.told(task, scene),
        FromWorker::WasAt(task, place) => {
            if let Some(spoken) = worker.spoken(task) {
                runtime.was_at(&spoken.task, place);
            }
        }
        FromWorker::Cancelled(task) => {
            if let Some(spoken) = worker.spoken(task) {
                spoken.task.request_cancel();
            }
        }
        FromWorker::Asked(task) => {
            if let Some(Value::Task(task) | Value::Future(task)) = worker.find(task) {
                task.ask();
            }
        }
        FromWorker::Living(tasks) => worker.living.store(tasks, Ordering::Relaxed),
        FromWorker::Print(text) => runtime.output.print(&text),
        FromWorker::PrintError(text) => runtime.output.print_error(&text),
        FromWorker::Ended {
            task,
            outcome,
            names,
            waited_for,
        } => {
            let handles = worker.open_names(&names).ok_or(UNKNOWN)?;
            if let Some(spoken) = worker.spoken(task) {
                if waited_for {
                    spoken.task.ask();
                }
                spoken.inbox.put(News::Ended(outcome, handles));
            }
        }
        FromWorker::Forget(names) => worker.forgets(names),
        FromWorker::ShutDownPool(RemoteId(number)) => worker.kept.lets_go_of_pool(number),
        FromWorker::Exit(status) => runtime.exit(status),
    }
    Ok(())
}

fn waits(worker: &Remote, wait: LocalWait) -> Result<(), String> {
    let on = match wait.on.map(|on| worker.find(on)) {
        Some(Some(Value::Task(task) | Value::Future(task))) => Some(task),
        Some(_) => return Err(String::from(UNKNOWN)),
        None => None,
    };
    if let Some(spoken) = worker.spoken(wait.task) {
        spoken.inbox.put(News::Waits(Told {
            at: wait.at,
            what: wait.what,
            on,
            ends_by_itself: wait.ends_by_itself,
        }));
    }
    Ok(())
}
