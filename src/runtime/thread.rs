//! Threads of their own for seats: one for each spawned task, and those of the pools.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;

use super::mailbox::{LaidDown, SeatHandle};
use super::mappings::{Mappings, OF_A_THREAD};
use super::pool::PoolShared;
use super::run::Runtime;
use super::seat::Seat;
use super::task::Task;
use crate::value::{Failure, Kind, Unwind};

/// The stack of a seat's own thread; fibers have stacks of their own.
const SEAT_STACK: usize = 256 << 10;

impl Seat {
    /// A seat on a thread of its own, on which `first`, if given, is started; the thread ends when
    /// the seat has nothing left to do and its pool, if it has one, is over.
    pub fn on_new_thread(
        runtime: &Arc<Runtime>,
        name: String,
        pool: Option<Arc<PoolShared>>,
        first: Option<Arc<Task>>,
    ) -> io::Result<()> {
        let mappings = Mappings::reserve(OF_A_THREAD)?;
        let handle = SeatHandle::new(runtime, pool);
        let (own_handle, own_runtime) = (handle.clone(), runtime.clone());
        let started = thread::Builder::new()
            .name(name)
            .stack_size(SEAT_STACK)
            .spawn(move || {
                let mut seat = Seat::new(own_handle, &own_runtime);
                match first.map(|task| (task.claim(), task)) {
                    Some((Some(work), task)) => seat.start(task, work),
                    // Cancelled before it started.
                    Some((None, _)) => own_runtime.spawned_one_less(),
                    None => {}
                }
                seat.run(|seat| {
                    seat.is_empty()
                        && seat
                            .handle()
                            .pool
                            .as_ref()
                            .is_none_or(|pool| pool.is_over())
                });
                seat.leave();
                drop(mappings);
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

    /// The thread ends.
    fn leave(&self) {
        self.runtime().shared_pool.calls_for_what_is_left();
        self.runtime().forget_seat(self.handle());
        if self.handle().leave() == LaidDown::Last {
            self.runtime().nobody_is_awake();
        }
    }
}

/// The error when the system gives no more threads.
#[cold]
pub fn cannot_start_thread(error: &io::Error) -> Unwind {
    Failure::error(
        Kind::Memory,
        format!("the system starts no more threads: {error}"),
    )
    .help("futures share a few threads; every spawn needs one of its own")
    .into()
}
