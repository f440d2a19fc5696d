//! Messages that arrive, and nonsense that does not.

use std::io::Write;
use std::os::unix::net::UnixStream;

use proptest::prelude::*;

use crate::process::message::{Answer, CallId, FromWorker, Request, ToWorker, WaitUntil};
use crate::process::packed::{HandleKind, HandleName, Packed};
use crate::process::wire::{
    GREETING, LARGEST, LinkError, Receiver, Sender, expect_greeting, greet,
};
use crate::process::work::PackedOutcome;

fn handle(id: u64) -> HandleName {
    HandleName {
        kind: HandleKind::Queue,
        id,
    }
}

fn task(id: u64) -> HandleName {
    HandleName {
        kind: HandleKind::Task,
        id,
    }
}

fn samples(bytes: &[u8]) -> Vec<FromWorker> {
    let packed = Packed(bytes.to_vec());
    let (call, task) = (CallId(bytes.len() as u64), task(7));
    let requests = [
        Request::NewQueue { capacity: Some(3) },
        Request::Put {
            queue: handle(1),
            value: packed.clone(),
            patience: Some(5),
        },
        Request::Select {
            queues: vec![handle(1), handle(2)],
            patience: None,
        },
        Request::Wait {
            tasks: vec![],
            until: WaitUntil::Any,
            patience: Some(0),
        },
        Request::Input {
            prompt: String::from("> "),
        },
    ];
    let mut all: Vec<FromWorker> = requests
        .map(|request| FromWorker::Request {
            call,
            task,
            request,
        })
        .into();
    all.push(FromWorker::Ready);
    all.push(FromWorker::Print {
        task,
        text: String::from_utf8_lossy(bytes).into_owned(),
    });
    all.push(FromWorker::Ended {
        task,
        outcome: PackedOutcome::Value(packed),
    });
    all.push(FromWorker::Forget(vec![(handle(4), 2)]));
    all.push(FromWorker::Exit(-3));
    all
}

proptest! {
    #[test]
    fn messages_arrive_in_order(payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 1..20)) {
        let messages: Vec<FromWorker> = payloads.iter().flat_map(|payload| samples(payload)).collect();
        let mut sender = Sender::new(Vec::new());
        for message in &messages {
            sender.push(message).unwrap();
        }
        sender.flush().unwrap();
        let bytes = sender.into_inner();
        let mut receiver = Receiver::new(&bytes[..]);
        for message in &messages {
            let received: Option<FromWorker> = receiver.receive().unwrap();
            prop_assert_eq!(received.as_ref(), Some(message));
        }
        let end: Option<FromWorker> = receiver.receive().unwrap();
        prop_assert_eq!(end, None);
    }

    #[test]
    fn nonsense_is_an_error_or_a_message(bytes in prop::collection::vec(any::<u8>(), 0..200), length in 0u8..60) {
        let framed = [&u32::from(length).to_le_bytes()[..], &bytes].concat();
        for bytes in [&bytes, &framed] {
            let mut receiver = Receiver::new(&bytes[..]);
            while let Ok(Some(_)) = receiver.receive::<FromWorker>() {}
            let mut receiver = Receiver::new(&bytes[..]);
            while let Ok(Some(_)) = receiver.receive::<ToWorker>() {}
        }
    }
}

#[test]
fn what_was_cut_off_is_told_apart_from_an_end() {
    let mut sender = Sender::new(Vec::new());
    sender.push(&ToWorker::Cancel(task(1))).unwrap();
    sender.flush().unwrap();
    let bytes = sender.into_inner();
    for end in 1..bytes.len() {
        let mut receiver = Receiver::new(&bytes[..end]);
        let read = receiver.receive::<ToWorker>();
        assert!(matches!(read, Err(LinkError::CutOff)), "{read:?}");
    }
}

#[test]
fn a_length_is_not_believed() {
    let bytes = (LARGEST as u32).to_le_bytes();
    let mut receiver = Receiver::new(&bytes[..]);
    let read = receiver.receive::<ToWorker>();
    assert!(matches!(read, Err(LinkError::CutOff)), "{read:?}");

    let bytes = (LARGEST as u32 + 1).to_le_bytes();
    let mut receiver = Receiver::new(&bytes[..]);
    assert!(!receiver.has_message());
    let read = receiver.receive::<ToWorker>();
    assert!(matches!(read, Err(LinkError::TooLarge(_))), "{read:?}");
    assert!(receiver.has_message(), "the error stays");
}

#[test]
fn both_ends_of_a_socket() {
    let (here, there) = UnixStream::pair().unwrap();
    let large = Packed(vec![7; 5 << 20]);
    let start = ToWorker::Start {
        task: task(2),
        at: None,
        parent: 1,
        work: large.clone(),
    };
    let worker = std::thread::spawn(move || {
        let mut link = there.try_clone().unwrap();
        expect_greeting(&mut link).unwrap();
        let mut receiver = Receiver::new(link);
        let mut sender = Sender::new(there);
        let mut seen = 0;
        while let Some(message) = receiver.receive::<ToWorker>().unwrap() {
            seen += 1;
            if let ToWorker::Start { task, work, .. } = message {
                let outcome = PackedOutcome::Value(work);
                sender.push(&FromWorker::Ended { task, outcome }).unwrap();
            }
            if !receiver.has_message() {
                sender.flush().unwrap();
            }
        }
        seen
    });
    let mut receiver = Receiver::new(here.try_clone().unwrap());
    let mut sender = Sender::new(here.try_clone().unwrap());
    greet(&mut sender);
    let reply = ToWorker::Reply {
        call: CallId(1),
        answer: Answer::Nothing,
    };
    for message in [&reply, &reply, &start] {
        sender.push(message).unwrap();
    }
    sender.flush().unwrap();
    let ended: Option<FromWorker> = receiver.receive().unwrap();
    let outcome = PackedOutcome::Value(large);
    assert_eq!(
        ended,
        Some(FromWorker::Ended {
            task: task(2),
            outcome
        })
    );
    here.shutdown(std::net::Shutdown::Write).unwrap();
    assert_eq!(worker.join().unwrap(), 3);
}

#[test]
fn strangers_are_not_let_in() {
    assert!(expect_greeting(&mut &GREETING[..]).is_ok());
    let mut old = GREETING;
    old[7] += 1;
    assert!(matches!(
        expect_greeting(&mut &old[..]),
        Err(LinkError::Greeting)
    ));
    assert!(matches!(
        expect_greeting(&mut &old[..5]),
        Err(LinkError::CutOff)
    ));
    let (mut here, mut there) = UnixStream::pair().unwrap();
    here.write_all(b"GET / HTTP/1.1\r\n").unwrap();
    assert!(matches!(
        expect_greeting(&mut there),
        Err(LinkError::Greeting)
    ));
}
