//! A seat that rests listens to other processes.
//!
//! ```text
//!   lies down --> looks out and listens, for microseconds --> waits at the links --> is parked
//!                   `------------- woken by what it hears, or by mail ------------------'
//! ```
//!
//! So what comes from another process reaches the task that waits for it on this thread, which
//! need not be woken for it. One seat of a process listens at a time. One that hears something for
//! another seat leaves listening to that one: it is most likely to wait for the next message too.
//! While no seat listens, the readers of the links do (`process/ear.rs`).

use std::cell::Cell;
use std::io::{Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::ptr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use super::elsewhere::Others;
use super::mailbox::{self, LaidDown, SeatHandle};
use super::run::Runtime;
use super::seat::Seat;

/// How long a seat waits at the links before it says that it sleeps.
const MOMENT: Duration = Duration::from_millis(1);

/// How long it waits there altogether before it is parked.
const PATIENCE: Duration = Duration::from_millis(20);

/// What wakes the seat that waits at the links. There is one for a process, since one seat of it
/// listens.
#[derive(Debug, Default)]
pub struct Bell {
    /// The end that is rung, and the one that is waited for.
    ends: OnceLock<(UnixStream, UnixStream)>,
}

impl Bell {
    /// The end to wait for; `None` if the system gives none.
    pub(super) fn end(&self) -> Option<BorrowedFd<'_>> {
        if self.ends.get().is_none() {
            let ends = UnixStream::pair().ok()?;
            ends.0.set_nonblocking(true).ok()?;
            ends.1.set_nonblocking(true).ok()?;
            let _ = self.ends.set(ends);
        }
        self.ends.get().map(|(_, end)| end.as_fd())
    }

    /// Rings it, until somebody has heard it.
    pub(super) fn ring(&self) {
        if let Some((end, _)) = self.ends.get() {
            // If nothing more fits in, it rings.
            let _ = (&mut &*end).write(&[1]);
        }
    }

    fn falls_silent(&self) {
        if let Some((_, end)) = self.ends.get() {
            // It may not have rung.
            let _ = (&mut &*end).read(&mut [0; 64]);
        }
    }
}

/// A seat that rests, and may listen.
pub(super) struct Listener<'a> {
    runtime: &'a Runtime,
    seat: &'a SeatHandle,
    listens: Cell<bool>,
}

impl<'a> Listener<'a> {
    /// It listens if that was left to it.
    pub(super) fn new(runtime: &'a Runtime, seat: &'a SeatHandle) -> Listener<'a> {
        let is_next = runtime.listens_next.load(Ordering::SeqCst) == ptr::from_ref(seat).addr();
        let listens = is_next && !runtime.is_listened_to.swap(true, Ordering::SeqCst);
        Listener {
            runtime,
            seat,
            listens: Cell::new(listens),
        }
    }

    /// Hears what has come; false if this seat does not listen.
    pub(super) fn listen(&self) -> bool {
        if !self.listens.get() {
            return false;
        }
        mailbox::forget_wakes();
        let hears = self.others().is_some_and(Others::listen);
        if !hears || (mailbox::has_woken() && !self.seat.is_awake()) {
            self.runtime.leaves_listening();
            self.stops();
        }
        self.listens.get()
    }

    /// Waits at the links until the seat is woken, or nothing has come for long.
    pub(super) fn wait(&self, laid_down: LaidDown, due: Option<Instant>) {
        // A worker that has asked something most often hears soon: then it need not say that it
        // sleeps.
        self.wait_for(MOMENT, due);
        let is_worker = self.runtime.first_process.get().is_some();
        if is_worker && laid_down == LaidDown::Last && !self.seat.is_awake() {
            self.runtime.nobody_is_awake();
        }
        self.wait_for(PATIENCE, due);
        if self.listens.get() && !self.seat.is_awake() {
            self.stops();
            if let Some(others) = self.others() {
                others.nobody_listens();
            }
        }
    }

    fn wait_for(&self, patience: Duration, due: Option<Instant>) {
        let until = Instant::now() + patience;
        // A parked thread is woken more exactly when a timer is due.
        if due.is_some_and(|due| due < until + MOMENT) {
            return;
        }
        while self.listens.get() && !self.seat.is_awake() {
            let left = until.saturating_duration_since(Instant::now());
            let come = self
                .seat
                .waits_for_bell_or(|bell| self.others()?.wait_to_hear(bell, left));
            if come.is_none() {
                return;
            }
            self.listen();
        }
    }

    fn others(&self) -> Option<&'a dyn Others> {
        match (self.runtime.first_process.get(), self.runtime.workers.get()) {
            (Some(first), _) => Some(first.others()),
            (None, Some(workers)) => workers.others(),
            (None, None) => None,
        }
    }

    fn stops(&self) {
        if self.listens.replace(false) {
            self.runtime.is_listened_to.store(false, Ordering::SeqCst);
        }
    }
}

impl Drop for Listener<'_> {
    fn drop(&mut self) {
        self.stops();
    }
}

impl Runtime {
    /// Whoever hears what other processes say leaves it to the seat that it has just woken, if any.
    pub fn leaves_listening(&self) {
        if mailbox::has_woken() {
            self.listens_next.store(mailbox::woken(), Ordering::SeqCst);
        }
    }

    /// It leaves that to this seat.
    pub fn leaves_listening_to(&self, seat: &Seat) {
        let seat = Arc::as_ptr(seat.handle()).addr();
        self.listens_next.store(seat, Ordering::SeqCst);
    }

    /// Whether a seat listens to other processes at the moment.
    pub fn is_listened_to(&self) -> bool {
        self.is_listened_to.load(Ordering::SeqCst)
    }
}

impl SeatHandle {
    /// Waits for something that the seat's bell interrupts, which rings when the seat is woken;
    /// `wait` says which of what it waits for has come, 0 for the bell, if any.
    fn waits_for_bell_or(
        &self,
        wait: impl FnOnce(BorrowedFd<'_>) -> Option<usize>,
    ) -> Option<usize> {
        let bell = self.bell.end()?;
        self.hears_bell.store(true, Ordering::SeqCst);
        // Who wakes the seat after this look sees that it hears the bell.
        let come = match self.is_woken() {
            true => Some(0),
            false => wait(bell),
        };
        self.hears_bell.store(false, Ordering::SeqCst);
        if come == Some(0) {
            self.bell.falls_silent();
        }
        come
    }
}
