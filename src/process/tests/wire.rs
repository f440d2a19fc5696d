//! Messages that arrive, and nonsense that does not.

use std::io::Write;
use std::os::unix::net::UnixStream;

use proptest::prelude::*;

use crate::process::message::{Answer, CallId, FromWorker, Request, Sealed, ToWorker};
use crate::process::outbox::Outbox;
use crate::process::packed::{HandleKind, HandleName, Packed};
use crate::process::wire::{GREETING, LARGEST, LinkError, Receiver, add, expect_greeting};
use crate::process::work::PackedOutcome;
use crate::runtime::gather::Until;
use crate::syntax::span::{SourceId, Span};

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
    let packed = Packed::from(bytes.to_vec());
    let sealed = Sealed {
        packed: packed.clone(),
        names: vec![handle(9)],
    };
    let (call, task) = (CallId(bytes.len() as u64), task(7));
    let requests = [
        Request::NewQueue {
            capacity: Some(3),
            at: Span::new(SourceId::default(), 4, 9),
        },
        Request::Put {
            queue: handle(1),
            value: sealed.clone(),
            patience: Some(5),
        },
        Request::Select {
            queues: vec![handle(1), handle(2)],
            patience: None,
        },
        Request::Wait {
            tasks: vec![],
            until: Until::Any,
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
            struck: false,
            at: Span::default(),
            request,
        })
        .into();
    all.push(FromWorker::Got(task));
    all.push(FromWorker::Asleep(bytes.len() as u64));
    all.push(FromWorker::Ahead {
        queue: 3,
        value: sealed,
    });
    all.push(FromWorker::Print(
        String::from_utf8_lossy(bytes).into_owned(),
    ));
    all.push(FromWorker::Ended {
        task,
        outcome: PackedOutcome::Value(packed),
        names: vec![],
        waited_for: true,
    });
    all.push(FromWorker::Forget(vec![(handle(4), 2)]));
    all.push(FromWorker::Exit(-3));
    all
}

proptest! {
    #[test]
    fn messages_arrive_in_order(payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 1..20)) {
        let messages: Vec<FromWorker> = payloads.iter().flat_map(|payload| samples(payload)).collect();
        let mut bytes = Vec::new();
        for message in &messages {
            add(message, &mut bytes).unwrap();
        }
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
    let mut bytes = Vec::new();
    add(
        &ToWorker::Cancel {
            task: task(1),
            tells: true,
        },
        &mut bytes,
    )
    .unwrap();
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
    let read = receiver.receive::<ToWorker>();
    assert!(matches!(read, Err(LinkError::TooLarge(_))), "{read:?}");
}

#[test]
fn both_ends_of_a_socket() {
    let (here, there) = UnixStream::pair().unwrap();
    let large = Packed::from(vec![7; 5 << 20]);
    let start = ToWorker::Start {
        task: task(2),
        at: None,
        parent: 1,
        work: Sealed {
            packed: large.clone(),
            names: vec![],
        },
    };
    let worker = std::thread::spawn(move || {
        let mut link = there.try_clone().unwrap();
        expect_greeting(&mut link).unwrap();
        let mut receiver = Receiver::new(link);
        let outbox = Outbox::new(there);
        let mut seen = 0;
        while let Some(message) = receiver.receive::<ToWorker>().unwrap() {
            seen += 1;
            if let ToWorker::Start { task, work, .. } = message {
                outbox.add(&ended(task, work.packed)).unwrap();
                outbox.drain();
            }
        }
        seen
    });
    let outbox = Outbox::new(here.try_clone().unwrap());
    let reply = ToWorker::Reply {
        call: CallId(1),
        answer: Answer::Nothing,
    };
    for message in [&reply, &reply, &start] {
        outbox.add(message).unwrap();
    }
    // More than the socket takes: the rest goes out by itself.
    outbox.send_now();
    let mut link = here.try_clone().unwrap();
    expect_greeting(&mut link).unwrap();
    let mut receiver = Receiver::new(link);
    let answer: Option<FromWorker> = receiver.receive().unwrap();
    assert_eq!(answer, Some(ended(task(2), large)));
    here.shutdown(std::net::Shutdown::Write).unwrap();
    assert_eq!(worker.join().unwrap(), 3);
    outbox.close();
}

#[test]
fn many_who_speak_at_once_are_heard_in_one_order_each() {
    let (here, there) = UnixStream::pair().unwrap();
    let outbox = Outbox::new(here);
    let speakers: Vec<_> = (0..4)
        .map(|speaker| {
            let outbox = outbox.clone();
            std::thread::spawn(move || {
                for number in 0..5_000 {
                    let text = format!("{speaker} {number}");
                    assert!(outbox.add(&FromWorker::Print(text)).unwrap());
                    match number % 3 {
                        0 => outbox.send_now(),
                        _ => outbox.send_soon(),
                    }
                    outbox.wait_for_room();
                }
            })
        })
        .collect();
    let mut link = there;
    expect_greeting(&mut link).unwrap();
    let mut receiver = Receiver::new(link);
    let mut next = [0; 4];
    for _ in 0..20_000 {
        let Ok(Some(FromWorker::Print(text))) = receiver.receive() else {
            panic!("a message is missing");
        };
        let (speaker, number) = text.split_once(' ').unwrap();
        let speaker: usize = speaker.parse().unwrap();
        assert_eq!(number.parse::<u64>().unwrap(), next[speaker]);
        next[speaker] += 1;
    }
    for speaker in speakers {
        speaker.join().unwrap();
    }
    outbox.drain();
    outbox.close();
}

#[test]
fn an_outbox_whose_reader_is_gone_takes_nothing_and_blocks_nobody() {
    let (here, there) = UnixStream::pair().unwrap();
    let outbox = Outbox::new(here);
    drop(there);
    let text = "x".repeat(4 << 20);
    let _ = outbox.add(&FromWorker::Print(text));
    outbox.send_now();
    outbox.wait_for_room();
    outbox.drain();
    assert!(!outbox.add(&FromWorker::Exit(1)).unwrap());
}

fn ended(task: HandleName, value: Packed) -> FromWorker {
    FromWorker::Ended {
        task,
        outcome: PackedOutcome::Value(value),
        names: vec![],
        waited_for: false,
    }
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
