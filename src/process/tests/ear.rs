//! Who listens at a link.

use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use parking_lot::Mutex;

use crate::diagnostics::source::Sources;
use crate::process::ear::{Ear, Heard};
use crate::process::message::FromWorker;
use crate::process::outbox::Outbox;
use crate::process::wire::LinkError;
use crate::runtime::mailbox::{Mail, Rest, SeatHandle};
use crate::runtime::output::Output;
use crate::runtime::run::Runtime;

/// A link over which numbers are said, and the seat that each of them wakes.
struct Link {
    outbox: Arc<Outbox>,
    ear: Ear<FromWorker>,
    seat: Arc<SeatHandle>,
    heard: Mutex<Vec<u64>>,
}

impl Link {
    fn new() -> Link {
        let (here, there) = UnixStream::pair().unwrap();
        let runtime = Runtime::new(
            Sources::default(),
            Output::silent(),
            Vec::new(),
            |report, _| report.message.clone(),
        );
        let (outbox, ear) = (Outbox::new(there), Ear::new(here));
        outbox.send_now();
        ear.expect_greeting().unwrap();
        let seat = SeatHandle::new(&runtime, None);
        Link {
            outbox,
            ear,
            seat,
            heard: Mutex::default(),
        }
    }

    fn say(&self, number: u64) {
        self.outbox.add(&FromWorker::Living(number)).unwrap();
        self.outbox.send_now();
    }

    fn hear(&self, message: FromWorker) -> Result<(), LinkError> {
        let FromWorker::Living(number) = message else {
            panic!("nothing else was said");
        };
        self.heard.lock().push(number);
        // The seat rests, and this wakes it.
        self.seat.lie_down(Rest::Sleep);
        self.seat.send(Mail::Look);
        while self.seat.next_mail().is_some() {}
        Ok(())
    }
}

#[test]
fn messages_are_heard_in_order_whoever_hears_them() {
    const MESSAGES: u64 = 20_000;
    let link = Link::new();
    let is_over = AtomicBool::new(false);
    thread::scope(|threads| {
        let reader = threads.spawn(|| link.ear.read(|| false, |message| link.hear(message)));
        for calls in [false, true] {
            let (link, is_over) = (&link, &is_over);
            threads.spawn(move || {
                while !is_over.load(Ordering::Relaxed) {
                    link.ear
                        .listen(|message| link.hear(message).map(|()| Heard::Done));
                    if calls {
                        link.ear.calls_reader();
                    }
                }
            });
        }
        for number in 0..MESSAGES {
            link.say(number);
        }
        link.outbox.drain();
        link.outbox.hang_up();
        reader.join().unwrap().unwrap();
        is_over.store(true, Ordering::Relaxed);
    });
    let heard = link.heard.into_inner();
    assert!(
        heard.iter().copied().eq(0..MESSAGES),
        "{} heard",
        heard.len()
    );
}

#[test]
fn what_is_kept_back_is_heard_first() {
    let link = Link::new();
    let others_listen = AtomicBool::new(true);
    thread::scope(|threads| {
        let reader = threads.spawn(|| {
            let others_listen = || others_listen.load(Ordering::SeqCst);
            link.ear.read(others_listen, |message| link.hear(message))
        });
        let mut said = 0;
        while !link.ear.stands_back() || link.heard.lock().len() as u64 != said {
            if link.heard.lock().len() as u64 == said {
                link.say(said);
                said += 1;
            }
            thread::yield_now();
        }
        // The reader has heard all and stands back, for as long as others listen.
        link.say(said);
        link.say(said + 1);
        let mut kept_back = 0;
        while kept_back < 3 {
            link.ear.listen(|message| {
                kept_back += 1;
                Ok(Heard::Later(message))
            });
        }
        others_listen.store(false, Ordering::SeqCst);
        link.ear.calls_reader();
        link.outbox.drain();
        link.outbox.hang_up();
        reader.join().unwrap().unwrap();
        assert!(link.heard.lock().iter().copied().eq(0..said + 2));
    });
}
