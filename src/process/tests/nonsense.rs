//! Workers that send nonsense: each is cut off with an error, and nothing else happens.
//!
//! The process is `cat`, which does nothing here; what it would say over its link, the test says.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

use crate::builtins;
use crate::diagnostics::source::Sources;
use crate::process::broker::Broker;
use crate::process::fork_server::Starter;
use crate::process::link::start_as;
use crate::process::message::{Answer, CallId, FromWorker, Request, Sealed, ToWorker};
use crate::process::packed::{HandleKind, HandleName};
use crate::process::shared_memory::SharedMemory;
use crate::process::wire::{GREETING, LARGEST, add};
use crate::process::work::PackedOutcome;
use crate::resolve::{Prelude, resolve};
use crate::runtime::output::Output;
use crate::runtime::run::Runtime;
use crate::syntax::span::Span;
use crate::value::function::Unit;

/// Runs a program whose every worker says these bytes and then nothing; gives what it prints.
fn with_workers_that_say(said: Vec<u8>, text: &str) -> String {
    let sources = Sources::default();
    let source = sources.add(String::from("test.cq"), text.to_owned());
    let parsed = crate::syntax::parse(&source);
    let mut prelude = Prelude::new();
    for builtin in builtins::all() {
        for (row, signature) in &builtin.rows {
            prelude.constant(row.name);
            if row.run.is_function() {
                prelude.function(row.name, signature.clone());
            }
        }
    }
    let resolved = resolve(&parsed.tree, &[], &prelude);
    let program = resolved.program.expect("a program");
    let runtime = Runtime::new(sources, Output::memory(), Vec::new(), |report, _| {
        format!("{report:?}\n")
    });
    let start = move || {
        let (process, _) = start_as(PathBuf::from("/bin/cat"), "cat")?;
        let (ours, mut theirs) = UnixStream::pair()?;
        let said = said.clone();
        std::thread::spawn(move || {
            let _ = theirs.write_all(&said);
            // It says it again whenever it hears something, for at first it may speak of a task that
            // it has not been sent yet, until the other end has had enough.
            let again = said.get(GREETING.len()..).unwrap_or_default();
            let mut heard = [0; 4096];
            while theirs.read(&mut heard).is_ok_and(|bytes| bytes > 0) {
                let _ = theirs.write_all(again);
            }
        });
        Ok((process, ours))
    };
    runtime.has_workers(Broker::starting(
        &runtime,
        2,
        Starter::starting(Box::new(start)),
    ));
    runtime.run(Unit::load(program, crate::eval::compile));
    runtime.output.kept()
}

/// What the program prints in the end. (If the worker has died before anybody asks, that is told
/// first.)
const CUT_OFF: &str = "process-died true\n0 42\n";

const PROGRAM: &str = r#"
    let q, l = [queue(), lock()]
    let t = spawn { l.acquire(); q.put(1) } on process
    let e = exception(t)
    print(e.kind, "it was cut off" in e.message)
    l.acquire()
    print(len(q), force(future 6 * 7))
"#;

#[track_caller]
fn is_cut_off(after_the_greeting: &[u8]) {
    let said = [&GREETING[..], after_the_greeting].concat();
    let printed = with_workers_that_say(said, PROGRAM);
    assert!(printed.ends_with(CUT_OFF), "{printed}");
}

fn frame(message: &FromWorker) -> Vec<u8> {
    let mut bytes = Vec::new();
    add(message, &mut bytes).expect("it is small");
    bytes
}

const TASK: HandleName = HandleName {
    kind: HandleKind::Task,
    id: 2,
};

const NEVER_SENT: HandleName = HandleName {
    kind: HandleKind::Queue,
    id: 99,
};

#[test]
fn another_language_or_version() {
    for greeting in [*b"HTTP/1.1", *b"cq-link\x02"] {
        let printed = with_workers_that_say(greeting.to_vec(), PROGRAM);
        assert!(printed.ends_with(CUT_OFF), "{printed}");
    }
}

#[test]
fn bytes_that_mean_nothing() {
    is_cut_off(&[3, 0, 0, 0, 255, 255, 255]);
    is_cut_off(&[0, 0, 0, 0]);
}

#[test]
fn a_message_that_would_fill_the_memory() {
    is_cut_off(&(LARGEST as u32 + 1).to_le_bytes());
    is_cut_off(&u32::MAX.to_le_bytes());
}

#[test]
fn what_it_was_never_sent() {
    let at = Span::default();
    let value = Sealed {
        packed: vec![1].into(),
        names: vec![NEVER_SENT],
    };
    let lies = SharedMemory::new()
        .unwrap()
        .0
        .of_worker
        .begin()
        .unwrap()
        .done();
    for message in [
        FromWorker::Ahead { queue: 99, value },
        FromWorker::Took(1, 1),
        FromWorker::RowAhead(1, lies),
        FromWorker::Ended {
            task: TASK,
            outcome: PackedOutcome::Cancelled,
            names: vec![NEVER_SENT],
            waited_for: false,
        },
        FromWorker::Request {
            call: CallId(1),
            task: HandleName { id: 77, ..TASK },
            struck: false,
            at,
            request: Request::Close(NEVER_SENT),
        },
    ] {
        is_cut_off(&frame(&message));
    }
}

#[test]
fn an_end_that_means_nothing() {
    let message = FromWorker::Ended {
        task: TASK,
        outcome: PackedOutcome::Value(vec![1, 1, 200].into()),
        names: vec![],
        waited_for: false,
    };
    let said = [&GREETING[..], &frame(&message)].concat();
    let printed = with_workers_that_say(said, PROGRAM);
    assert!(printed.ends_with(CUT_OFF), "{printed}");
}

#[test]
fn what_a_first_process_may_say_is_not_what_a_worker_may() {
    let mut bytes = Vec::new();
    let reply = ToWorker::Reply {
        call: CallId(0),
        answer: Answer::Text("x".repeat(100)),
    };
    add(&reply, &mut bytes).expect("it is small");
    is_cut_off(&bytes);
}
