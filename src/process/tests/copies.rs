//! What was packed comes out the same, and is a copy.

use std::sync::Arc;

use proptest::prelude::*;

use super::World;
use super::graph::{PROGRAM, build, graphs};
use super::same::differ;
use crate::gate::Gate;
use crate::process::work::{pack_call, unpack_call};
use crate::runtime::promise::Promise;
use crate::value::Value;
use crate::value::cell::SharedCell;
use crate::value::map::{Entries, Key, Map};
use crate::value::stream::Stream;

proptest! {
    #[test]
    fn every_graph_comes_out_the_same(specs in graphs()) {
        let mut world = World::of(PROGRAM);
        let value = build(&mut world, &specs);
        let copy = world.copy(&value);
        prop_assert_eq!(differ(&value, &copy), None);
        // A copy packs into the same bytes.
        prop_assert_eq!(world.pack(&value), world.pack(&copy));
    }
}

#[test]
fn the_copy_does_not_see_what_happens_to_the_original() {
    let mut world = World::of(PROGRAM);
    let gate = Gate::open();
    let inner = Value::list(vec![Value::Int(1)]);
    let outer = Value::list(vec![inner.clone(), inner.clone()]);
    let copy = world.copy(&outer);
    let (Value::List(inner), Value::List(copy)) = (inner, copy) else {
        panic!("lists stay lists");
    };
    inner.change(&gate, |items| items.push(Value::Int(2)));
    let [Value::List(first), Value::List(second)] = &copy.snapshot(&gate)[..] else {
        panic!("lists stay lists");
    };
    assert!(Arc::ptr_eq(first, second), "one list stays one list");
    assert_eq!(first.len(&gate), 1);
}

#[test]
fn functions_that_share_a_variable_share_the_copy() {
    let mut world = World::of("let n = 0\nfn up() { n += 1 }\nfn show() => n");
    let n = Value::Shared(Arc::new(SharedCell::filled(Value::Int(7))));
    let up = Value::Function(world.function("up", vec![n.clone()]));
    let show = Value::Function(world.function("show", vec![n]));
    let packed = pack_call(&up, &[show], &mut world.border(), &Gate::open()).expect("it crosses");
    let (up, rest) = unpack_call(&packed, &mut world.border()).expect("it was packed");
    let (Value::Function(up), [Value::Function(show)]) = (&up, &rest[..]) else {
        panic!("functions stay functions");
    };
    let (Value::Shared(one), Value::Shared(other)) = (&up.captures[0], &show.captures[0]) else {
        panic!("variables stay variables");
    };
    assert!(Arc::ptr_eq(one, other));
    assert!(matches!(one.get(&Gate::open()), Some(Value::Int(7))));
}

#[test]
fn texts_that_are_shared_are_sent_once() {
    let mut world = World::of("");
    let text = Value::from("x".repeat(1000));
    let many = Value::list(vec![text; 1000]);
    assert!(world.pack(&many).len() < 6000);
}

#[test]
fn a_million_levels_are_no_deeper_than_one() {
    let mut world = World::of("");
    let gate = Gate::open();
    let depth = 1_000_000;
    let mut lists = Value::list(Vec::new());
    let mut maps = Value::Nil;
    let mut streams = Value::Nil;
    for _ in 0..depth {
        lists = Value::list(vec![lists]);
        let map = Map::new(Entries::default());
        if let Ok(key) = Key::new(Value::Int(1)) {
            map.insert(&gate, key, maps);
        }
        maps = Value::Map(map);
        streams = Stream::pair(Value::Int(1), Promise::known(streams));
    }
    for value in [lists, maps, streams] {
        let copy = world.copy(&value);
        assert_eq!(differ(&value, &copy), None);
    }
}

#[test]
fn functions_within_functions_may_be_deep() {
    let mut world = World::of("fn outer(f) { fn inner() => f; inner }");
    let mut function = Value::Nil;
    for _ in 0..300_000 {
        function = Value::Function(world.function("inner", vec![function]));
    }
    let copy = world.copy(&function);
    assert_eq!(differ(&function, &copy), None);
}

#[test]
fn a_stream_that_goes_round_stays_round() {
    let mut world = World::of("");
    let promise = Promise::shell();
    let ones = Stream::pair(Value::Int(1), promise.clone());
    promise.fill(crate::runtime::promise::Content::Done(ones.clone()));
    let copy = world.copy(&ones);
    assert_eq!(differ(&ones, &copy), None);
}

#[test]
fn small_values_are_small() {
    let mut world = World::of("");
    assert_eq!(world.pack(&Value::Int(5)).len(), 4);
    assert_eq!(world.pack(&Value::from("abc")).len(), 7);
    let queue = world.registry.queue();
    assert_eq!(world.pack(&queue).len(), 5);
}
