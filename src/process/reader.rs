//! Hearing what a worker says, on a thread of its own for each, until it is gone; while that one
//! stands back, on the thread of a seat that rests.
//!
//! What needs no waiting is done here at once: values that were put, gets that find one, output.
//! The rest goes to the fiber that speaks for the task. Nothing here waits for a worker, so
//! a worker can always speak.
//!
//! A worker that sends what means nothing is cut off: it is killed, and all that its tasks leave
//! behind is what a worker leaves that was killed.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::broker::Broker;
use super::ear::Heard;
use super::message::{Answer, FromWorker, LocalWait, RemoteId};
use super::remote::Remote;
use super::row;
use super::speaker::{News, speak_for_new};
use super::wire::LinkError;
use crate::runtime::abroad::Told;
use crate::runtime::crossing::Item;
use crate::runtime::mailbox;
use crate::runtime::run::Runtime;
use crate::value::Value;

/// Hears a worker to its end.
pub fn read(broker: &Arc<Broker>, worker: &Arc<Remote>) {
    let complaint = hear_all(broker, worker).err();
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

/// `Err` if it was the worker's fault that it ended.
fn hear_all(broker: &Arc<Broker>, worker: &Arc<Remote>) -> Result<(), LinkError> {
    let heard = worker.ear.expect_greeting().and_then(|()| {
        let runtime = || broker.runtime.upgrade();
        let others_listen = || runtime().is_some_and(|it| it.is_listened_to());
        worker.ear.read(others_listen, |message| {
            let Some(runtime) = runtime() else {
                // The program is over, and so is the link.
                return Err(LinkError::CutOff);
            };
            hear(broker, worker, &runtime, message, false)?;
            runtime.leaves_listening();
            Ok(())
        })
    });
    match heard {
        // One that dies in the middle of a word has done nothing wrong.
        Ok(()) | Err(LinkError::CutOff | LinkError::Io(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Hears what a worker has said, on the thread of a seat that rests, if that is for others to do
/// than its reader. A request that would have to wait is kept back if a task here can go on,
/// which may be just the one to give what is asked for.
pub(super) fn listen(broker: &Arc<Broker>, worker: &Arc<Remote>, runtime: &Arc<Runtime>) {
    worker
        .ear
        .listen(|message| hear(broker, worker, runtime, message, mailbox::has_woken()));
}

/// Something that no worker says: it names what it was never sent.
const UNKNOWN: LinkError = LinkError::Impossible("it named what it was never sent");

const MAY_NOT: LinkError = LinkError::Impossible("it put ahead where it may not");

fn hear(
    broker: &Arc<Broker>,
    worker: &Arc<Remote>,
    runtime: &Arc<Runtime>,
    message: FromWorker,
    keeps_back: bool,
) -> Result<Heard<FromWorker>, LinkError> {
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
                if keeps_back {
                    return Ok(Heard::Later(FromWorker::Request {
                        call,
                        task,
                        struck,
                        at,
                        request,
                    }));
                }
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
                    None => return Err(UNKNOWN),
                }
            }
        }
        FromWorker::Ahead { queue, value } => {
            let parcel = worker.open(value).ok_or(UNKNOWN)?;
            let queue = worker.ahead(queue).ok_or(MAY_NOT)?;
            broker.crossing(&parcel);
            queue.arrive([Item::Parcel(Box::new(parcel))]);
        }
        FromWorker::RowAhead(queue, row) => {
            let row = worker.row(row).ok_or(UNKNOWN)?;
            let values = row::values(row).map_err(|_| LinkError::Nonsense)?;
            let queue = worker.ahead(queue).ok_or(MAY_NOT)?;
            queue.arrive(values);
        }
        FromWorker::HasMemory => worker.has_memory(),
        FromWorker::Settled(queue) => worker.settled(queue),
        FromWorker::Got(task) => worker.got(task),
        FromWorker::Took(queue, count) => worker
            .took(runtime, queue, count)
            .map_err(LinkError::Impossible)?,
        FromWorker::GaveBack(queue) => worker.gave_back(queue),
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
    Ok(Heard::Done)
}

fn waits(worker: &Remote, wait: LocalWait) -> Result<(), LinkError> {
    let on = match wait.on.map(|on| worker.find(on)) {
        Some(Some(Value::Task(task) | Value::Future(task))) => Some(task),
        Some(_) => return Err(UNKNOWN),
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
