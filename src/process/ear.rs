//! The reading end of a link, at which a thread of its own listens, or whoever rests.
//!
//! ```text
//!   reader     waits for the next message and hears it; if that has woken a seat, stands back
//!   the seat   runs its task; when it rests again it waits for messages itself and hears them,
//!              so that an answer reaches the task that waits for it without waking any thread;
//!              if nothing comes for long it calls the reader
//! ```
//!
//! Whoever hears something that wakes another seat leaves listening to that one.
//! If nobody listens while the reader stands back, it comes back by itself after a moment; where
//! that happens again and again it stands back only now and then. Where much comes at once and
//! nobody has waited for it, the reader stands back too: two that hear and use it at the same time
//! would only be in each other's way. Messages are heard in the order
//! in which they came, whoever hears them.

use std::os::unix::net::UnixStream;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, Thread};
use std::time::Duration;

use parking_lot::Mutex;
use serde::de::DeserializeOwned;

use super::wire::{LinkError, Now, Receiver, expect_greeting};
use crate::runtime::mailbox;

/// Who does no more than start a task and hear how it ended has no use of standing back.
const FIRST_WAKES: u32 = 2;

/// How long the reader stands back while nobody listens in its place.
const PATIENCE: Duration = Duration::from_millis(1);

/// Where standing back has been in vain so many times in a row, it does not help…
const MISSES_BORNE: u32 = 4;

/// …but it is tried every so many times, to learn when it does.
const WAKES_A_TRY: u32 = 32;

/// Where so many messages come at once and nobody has waited for them, whoever is to have them is
/// busy with what came before, and asks for the rest when that is done.
const MANY: u32 = 16;

/// The reading end of a link.
pub struct Ear<M> {
    from: Mutex<From<M>>,
    /// The reader leaves listening to who rests.
    stands_back: AtomicBool,
    /// How many messages were heard in its place.
    heard: AtomicU64,
    reader: OnceLock<Thread>,
}

struct From<M> {
    receiver: Receiver<UnixStream>,
    /// Has come, and is the next to be heard.
    kept_back: Option<M>,
    /// What is wrong with the link, as somebody found who is not the reader.
    failed: Option<LinkError>,
}

/// What became of a message.
pub enum Heard<M> {
    /// It is done.
    Done,
    /// It is to be heard later, before all others.
    Later(M),
}

impl<M: DeserializeOwned> Ear<M> {
    /// At this link.
    pub fn new(link: UnixStream) -> Ear<M> {
        Ear {
            from: Mutex::new(From {
                receiver: Receiver::new(link),
                kept_back: None,
                failed: None,
            }),
            stands_back: AtomicBool::new(false),
            heard: AtomicU64::new(0),
            reader: OnceLock::new(),
        }
    }

    /// Waits for the greeting, which comes first.
    pub fn expect_greeting(&self) -> Result<(), LinkError> {
        expect_greeting(self.from.lock().receiver.source())
    }

    /// Waits for the next message; `None` at the end.
    pub fn receive(&self) -> Result<Option<M>, LinkError> {
        self.from.lock().next()
    }

    /// The next message, if it has come.
    pub fn receive_at_once(&self) -> Result<Option<M>, LinkError> {
        Ok(match self.from.lock().next_at_once()? {
            Now::Message(message) => Some(message),
            // The reader sees the end for itself.
            Now::Nothing | Now::End => None,
        })
    }

    /// Hears all that comes, to the end of the link. This is what the reader does. While it stands
    /// back it does `look_after` every millisecond, which says whether a seat listens at the moment.
    pub fn read(
        &self,
        look_after: impl Fn() -> bool,
        mut hear: impl FnMut(M) -> Result<(), LinkError>,
    ) -> Result<(), LinkError> {
        let _ = self.reader.set(thread::current());
        self.stands_back.store(false, Ordering::SeqCst);
        let (mut missed, mut wakes) = (0, 0_u32);
        loop {
            let helps = missed < MISSES_BORNE || wakes.is_multiple_of(WAKES_A_TRY);
            let may_stand_back = helps && wakes >= FIRST_WAKES;
            let mut heard = 1;
            {
                let mut from = self.from.lock();
                let Some(message) = from.next()? else {
                    return Ok(());
                };
                // A seat that is parked from now on calls us, so that we do not leave listening
                // to nobody.
                self.stands_back.store(may_stand_back, Ordering::SeqCst);
                mailbox::forget_wakes();
                hear(message)?;
                while let Some(message) = from.receiver.buffered()? {
                    hear(message)?;
                    heard += 1;
                }
            }
            if mailbox::has_woken() {
                wakes = wakes.wrapping_add(1);
                if may_stand_back {
                    missed = match self.wait_for_call(&look_after) {
                        true => 0,
                        false => missed + 1,
                    };
                }
            } else if heard >= MANY && may_stand_back {
                self.wait_for_call(&look_after);
            }
            self.stands_back.store(false, Ordering::SeqCst);
        }
    }

    /// The reader stands back until it is called, or nobody listens; says whether somebody has.
    fn wait_for_call(&self, look_after: impl Fn() -> bool) -> bool {
        let before = self.heard.load(Ordering::Relaxed);
        let mut heard = before;
        while self.stands_back() {
            thread::park_timeout(PATIENCE);
            let others_listen = look_after();
            let now = self.heard.load(Ordering::Relaxed);
            if now == heard && !others_listen {
                break;
            }
            heard = now;
        }
        heard != before
    }

    /// There is no reader yet: it is for others to listen until there is one.
    pub fn has_no_reader_yet(&self) {
        self.stands_back.store(true, Ordering::SeqCst);
    }

    /// Whether there is a reader that listens again before long, if nobody else does.
    pub fn is_looked_after(&self) -> bool {
        self.stands_back() && self.reader.get().is_some()
    }

    /// Whether it is for others to listen.
    pub fn stands_back(&self) -> bool {
        self.stands_back.load(Ordering::SeqCst)
    }

    /// Hears what has come, without waiting, if the reader stands back.
    pub fn listen(&self, mut hear: impl FnMut(M) -> Result<Heard<M>, LinkError>) {
        let Some(mut from) = self.from.try_lock().filter(|_| self.stands_back()) else {
            return;
        };
        let mut next = from.next_at_once();
        loop {
            match next {
                Ok(Now::Nothing) => return,
                Ok(Now::End) => break,
                Ok(Now::Message(message)) => {
                    self.heard.fetch_add(1, Ordering::Relaxed);
                    match hear(message) {
                        Ok(Heard::Done) => {}
                        Ok(Heard::Later(message)) => {
                            from.kept_back = Some(message);
                            return;
                        }
                        Err(error) => {
                            from.failed = Some(error);
                            break;
                        }
                    }
                }
                Err(error) => {
                    from.failed = Some(error);
                    break;
                }
            }
            next = from
                .receiver
                .buffered()
                .map(|message| message.map_or(Now::Nothing, Now::Message));
        }
        drop(from);
        self.calls_reader();
    }

    /// The reader is to listen again: whoever could in its place is about to be parked.
    pub fn calls_reader(&self) {
        if self.stands_back()
            && self.stands_back.swap(false, Ordering::SeqCst)
            && let Some(reader) = self.reader.get()
        {
            reader.unpark();
        }
    }
}

impl<M: DeserializeOwned> From<M> {
    fn next(&mut self) -> Result<Option<M>, LinkError> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        match self.kept_back.take() {
            Some(message) => Ok(Some(message)),
            None => self.receiver.receive(),
        }
    }

    fn next_at_once(&mut self) -> Result<Now<M>, LinkError> {
        match self.kept_back.take() {
            Some(message) => Ok(Now::Message(message)),
            None => self.receiver.receive_at_once(),
        }
    }
}
