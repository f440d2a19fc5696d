//! What cannot cross is refused by name.

use std::sync::{Arc, Weak};

use super::World;
use crate::gate::Gate;
use crate::process::work::pack_call;
use crate::runtime::pool::{Pool, PoolKind, PoolShared};
use crate::runtime::promise::Promise;
use crate::value::cell::{OnceCell, SharedCell};
use crate::value::map::{Entries, Key, Map};
use crate::value::stream::Stream;
use crate::value::{Failure, Value};

fn pool() -> Value {
    Value::Pool(Arc::new(Pool {
        shared: PoolShared::new(
            1,
            PoolKind::Threads,
            2,
            Weak::<crate::runtime::run::Runtime>::new(),
        ),
    }))
}

fn list(values: impl Into<Vec<Value>>) -> Value {
    Value::list(values.into())
}

fn map(key: Value, value: Value) -> Value {
    let mut entries = Entries::default();
    if let Ok(key) = Key::new(key) {
        entries.insert(key, value);
    }
    Value::Map(Map::new(entries))
}

/// The message about the captures of `future f(p) on process`, and its help.
fn said(captured: Value) -> (String, String) {
    let mut world = World::of("fn f(p) => p\nlet p = 1\nfuture len(p) on process");
    let body = Value::Function(world.function("future", vec![captured]));
    let refusal = pack_call(&body, &[], &mut world.border(), &Gate::open());
    let refusal = refusal.expect_err("it cannot cross");
    (refusal.message, refusal.help)
}

#[test]
fn a_variable_by_its_name() {
    let (message, help) = said(pool());
    assert_eq!(message, "`p` is a pool and cannot be sent to a process");
    assert_eq!(
        help,
        "make the pool where it is used, or start the futures from here"
    );
}

#[test]
fn a_place_in_a_variable() {
    let nested = list([Value::Nil, list([pool()])]);
    assert_eq!(
        said(nested).0,
        "`p[1][0]` is a pool and cannot be sent to a process"
    );
    let in_map = map(Value::from("key"), pool());
    assert_eq!(
        said(in_map).0,
        "`p[\"key\"]` is a pool and cannot be sent to a process"
    );
    let as_key = list([map(pool(), Value::Nil)]);
    assert_eq!(
        said(as_key).0,
        "something in `p[0]` is a pool and cannot be sent to a process"
    );
    let thrown = Value::Error(Arc::new(Failure::value(pool())));
    assert_eq!(
        said(thrown).0,
        "something in `p` is a pool and cannot be sent to a process"
    );
}

#[test]
fn a_place_very_deep() {
    let mut deep = pool();
    for _ in 0..1_000_000 {
        deep = list([deep]);
    }
    let message = "`p[0][0][0]…[0][0][0]` is a pool and cannot be sent to a process";
    assert_eq!(said(deep).0, message);
}

#[test]
fn a_variable_of_a_function_that_is_used() {
    let mut world = World::of(
        "let pool = 1\nlet limit = 2\nfn go(n) { if n > limit { 0 } else { len(pool) } }\nlimit += 1\nfuture go(1) on process",
    );
    let once = Arc::new(OnceCell::default());
    let shared = Value::Shared(Arc::new(SharedCell::filled(Value::Int(1))));
    let template = world.function_captures("go");
    let captures = template.iter().map(|name| match &**name {
        "limit" => shared.clone(),
        _ => pool(),
    });
    let go = world.function("go", captures.collect());
    once.fill(Value::Function(go.clone()));
    let body = Value::Function(world.function("future", vec![Value::Function(go)]));
    let refusal = pack_call(&body, &[], &mut world.border(), &Gate::open());
    let refusal = refusal.expect_err("it cannot cross");
    assert_eq!(
        refusal.message,
        "`pool` is a pool and cannot be sent to a process"
    );
    assert!(
        refusal.help.starts_with("`go` uses it; "),
        "{}",
        refusal.help
    );
}

#[test]
fn an_argument_by_its_place() {
    let mut world = World::of("");
    let put = crate::builtins::find("put").map_or(Value::Nil, Value::Builtin);
    let mut refused = |function: &Value, arguments: &[Value]| {
        let refusal = pack_call(function, arguments, &mut world.border(), &Gate::open());
        refusal.expect_err("it cannot cross").message
    };
    assert_eq!(
        refused(&put, &[Value::Nil, pool()]),
        "argument 2 is a pool and cannot be sent to a process"
    );
    assert_eq!(
        refused(&put, &[list([pool()])]),
        "`[0]` of argument 1 is a pool and cannot be sent to a process"
    );
    assert_eq!(
        refused(&pool(), &[]),
        "the function is a pool and cannot be sent to a process"
    );
}

#[test]
fn a_stream_that_only_this_process_can_work_out() {
    let native = || Promise::native(|_| Ok(Value::Nil));
    let (message, help) = said(Stream::lazy(native()));
    assert_eq!(
        message,
        "`p` is a stream that is worked out here as it is read and cannot be sent to a process"
    );
    assert_eq!(help, "make a list of it first: `[x for x in stream]`");
    let forced_once = Stream::pair(Value::Int(1), native());
    let forced_twice = Stream::pair(Value::Int(1), Promise::known(forced_once));
    assert_eq!(
        said(list([forced_twice])).0,
        message.replace("`p`", "`p[0]`")
    );
}

#[test]
fn a_handle_that_has_no_name() {
    let semaphore = Value::Semaphore(crate::runtime::lock::Semaphore::new(1, 1));
    assert_eq!(
        said(semaphore).0,
        "`p` is a semaphore of a test and cannot be sent to a process"
    );
}
