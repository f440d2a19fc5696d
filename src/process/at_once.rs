//! What a task in another process asks for and can have without waiting: it is done by the one who
//! hears it, which saves waking the fiber that speaks for the task.

use std::sync::Arc;

use super::broker::Broker;
use super::message::{Answer, CallId, Request, Sealed};
use super::packed::HandleName;
use super::remote::Remote;
use super::serve::{Served, find, kind, made, unknown};
use crate::gate::Gate;
use crate::runtime::crossing::{Item, Offered};
use crate::runtime::lock::{Lock, Semaphore};
use crate::runtime::queue::Taken;
use crate::runtime::run::Runtime;
use crate::value::Value;

impl Broker {
    /// Does it without waiting, if that is possible; gives it back if it is not.
    pub(super) fn serve_at_once(
        &self,
        runtime: &Arc<Runtime>,
        worker: &Arc<Remote>,
        who: (HandleName, CallId),
        request: Request,
    ) -> Option<Request> {
        let served = match request {
            Request::Put {
                queue,
                value,
                patience,
            } => match (self.queue(worker, queue), worker.open(value)) {
                (Ok(queue), Some(parcel)) => match queue.offer(Item::Parcel(Box::new(parcel))) {
                    Offered::Done => Ok(Served::Put(queue)),
                    Offered::Closed => Err(queue.closed_error("put into")),
                    Offered::Full(item) => {
                        let Item::Parcel(parcel) = item else {
                            return None;
                        };
                        return Some(Request::Put {
                            queue: HandleName::of(&Value::Queue(queue))?,
                            value: Sealed {
                                names: parcel.handles.iter().filter_map(HandleName::of).collect(),
                                packed: parcel.packed,
                            },
                            patience,
                        });
                    }
                },
                (Err(error), _) => Err(error),
                (_, None) => Err(unknown()),
            },
            Request::Get { queue, .. } if worker.has_lent(queue.id) => {
                Ok(Served::Answer(Answer::Lent))
            }
            Request::Get { queue, patience } => match self.queue(worker, queue) {
                Ok(found) => match found.take_for_process() {
                    Some(Taken::Value(item)) => Ok(Served::Taken(found, item, None)),
                    Some(Taken::Closed) => Ok(Served::Answer(Answer::Nothing)),
                    None => return Some(Request::Get { queue, patience }),
                },
                Err(error) => Err(error),
            },
            Request::NewQueue { capacity, at } => {
                let capacity =
                    capacity.map(|capacity| usize::try_from(capacity).unwrap_or(usize::MAX));
                let queue = runtime.new_queue(capacity, None);
                runtime.notes_queue(&queue, at);
                made(worker, &Value::Queue(queue))
            }
            Request::NewLock => made(worker, &Value::Lock(Lock::new(runtime.next_lock()))),
            Request::NewSemaphore { permits } => {
                let semaphore = Semaphore::new(runtime.next_semaphore(), permits);
                made(worker, &Value::Semaphore(semaphore))
            }
            Request::Numbers { started, count } => {
                let first = runtime.reserve_numbers(kind(started), count);
                Ok(Served::Answer(Answer::Number(first)))
            }
            Request::Length(queue) => self
                .queue(worker, queue)
                .map(|queue| Served::Answer(Answer::Number(queue.peek_len() as u64))),
            Request::Show(handle) => find(worker, handle)
                .and_then(|handle| crate::value::show::show(&handle, &Gate::open()))
                .map(|text| Served::Answer(Answer::Text(text))),
            other => return Some(other),
        };
        self.answer(runtime, worker, who, served);
        None
    }
}
