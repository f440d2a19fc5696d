//! How tasks ended, with the whole story.

use std::sync::{Arc, Weak};

use super::World;
use crate::gate::Gate;
use crate::process::work::{PackedOutcome, pack_outcome, unpack_outcome};
use crate::runtime::pool::{Pool, PoolKind, PoolShared};
use crate::runtime::story;
use crate::runtime::task::Outcome;
use crate::syntax::span::{SourceId, Span};
use crate::value::error::{CallFrame, TaskMark, Thrown};
use crate::value::{Failure, Kind, Value};

fn across(world: &mut World, outcome: &Outcome) -> Outcome {
    let packed = pack_outcome(outcome, &mut world.border(), &Gate::open());
    unpack_outcome(&packed, &mut world.border()).expect("it was packed just now")
}

#[test]
fn an_error_keeps_its_story() {
    let mut world = World::of("fn f() => 1 // 0\nspawn f() on process");
    let span = |start, end| Some(Span::new(SourceId(0), start, end));
    let mut failure = Failure::error(Kind::ZeroDivision, "division by zero")
        .label("1 // 0")
        .help("check before you divide");
    failure.story.span = span(10, 16);
    failure.story.calls.push(CallFrame {
        function: Some("f".into()),
        called_at: span(23, 26),
    });
    failure.story.tasks.push(TaskMark {
        number: 2,
        process: Some(4711),
        verb: "spawned",
        started_at: span(17, 37),
    });
    let outcome = across(&mut world, &Outcome::Failed(Arc::new(failure)));
    let Outcome::Failed(failure) = outcome else {
        panic!("{outcome:?}");
    };
    assert!(failure.is(&Kind::ZeroDivision));
    assert_eq!(failure.story.label, "1 // 0");
    assert_eq!(
        failure.story.help.as_deref(),
        Some("check before you divide")
    );
    let trace = story::trace(&failure, &world.sources);
    assert_eq!(
        trace,
        [
            "at test.cq:1:11",
            "in f, called at test.cq:2:7",
            "in task #2 (process 4711), spawned at test.cq:2:1",
        ]
    );
}

#[test]
fn values_and_cancels_stay_what_they_are() {
    let mut world = World::of("");
    let value = across(&mut world, &Outcome::Value(Value::Int(42)));
    assert!(matches!(value, Outcome::Value(Value::Int(42))));
    assert!(matches!(
        across(&mut world, &Outcome::Cancelled),
        Outcome::Cancelled
    ));
    let thrown = Outcome::Failed(Arc::new(Failure::value(Value::Int(5))));
    let Outcome::Failed(failure) = across(&mut world, &thrown) else {
        panic!("a failure stays one");
    };
    assert!(matches!(failure.thrown, Thrown::Value(Value::Int(5))));
}

#[test]
fn a_value_that_cannot_come_back_is_the_task_s_error() {
    let mut world = World::of("");
    let pool = Value::Pool(Arc::new(Pool {
        shared: PoolShared::new(
            1,
            PoolKind::Threads,
            2,
            Weak::<crate::runtime::run::Runtime>::new(),
        ),
    }));
    for outcome in [
        Outcome::Value(pool.clone()),
        Outcome::Failed(Arc::new(Failure::value(pool))),
    ] {
        let packed = pack_outcome(&outcome, &mut world.border(), &Gate::open());
        assert!(matches!(packed, PackedOutcome::Failed(_)));
        let Outcome::Failed(failure) = across(&mut world, &outcome) else {
            panic!("a failure stays one");
        };
        assert!(failure.is(&Kind::Type));
    }
}
