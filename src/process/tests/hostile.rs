//! Bytes that nobody packed: an error or some value, and nothing else.

use proptest::prelude::*;

use super::World;
use super::graph::{PROGRAM, build, graphs};
use crate::process::packed::{Packed, VERSION, node, slot};
use crate::process::unpack::{unpack, unpack_value};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_bytes_are_read_or_refused(mut bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        bytes.insert(0, VERSION);
        let mut world = World::of("");
        let _ = unpack(&Packed::from(bytes), &mut world.border());
    }
}

proptest! {
    #[test]
    fn damaged_bytes_are_read_or_refused(
        specs in graphs(),
        damage in prop::collection::vec((any::<u16>(), any::<u8>(), 0..4), 1..20),
    ) {
        let mut world = World::of(PROGRAM);
        let value = build(&mut world, &specs);
        let good = world.pack(&value).0;
        for (place, byte, way) in damage {
            let mut bytes = good.to_vec();
            let place = usize::from(place) % bytes.len();
            match way {
                0 => bytes[place] = byte,
                1 => bytes.truncate(place),
                2 => bytes.insert(place, byte),
                _ => drop(bytes.remove(place)),
            }
            if let Ok(value) = unpack_value(&Packed::from(bytes), &mut world.border()) {
                // What was believed is a value like any other.
                let again = world.copy(&value);
                prop_assert_eq!(super::same::differ(&value, &again), None);
            }
        }
    }
}

/// The error that these bytes give.
fn refused(world: &mut World, bytes: &[u8]) -> &'static str {
    match unpack_value(&Packed::from(bytes.to_vec()), &mut world.border()) {
        Ok(value) => panic!("{value:?} was believed"),
        Err(malformed) => malformed.0,
    }
}

#[test]
fn every_beginning_of_good_bytes_is_refused() {
    let mut world = World::of("");
    let text = crate::value::Value::from("a text that is long enough for a node");
    let good = world.pack(&text).0;
    for end in 0..good.len() {
        refused(&mut world, &good[..end]);
    }
}

#[test]
fn every_lie_has_its_name() {
    let world = &mut World::of("let p = 1\nfn f() => p");
    let huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
    let one = |rest: &[u8]| [&[VERSION, 1], rest].concat();
    let of_node = |rest: &[u8]| one(&[&[slot::NODE, 0], rest].concat());

    assert_eq!(
        refused(world, &[VERSION + 1, 0]),
        "another version of the format"
    );
    assert_eq!(refused(world, &[VERSION, 0]), "not one value");
    assert_eq!(refused(world, &one(&[200])), "an unknown kind of value");
    assert_eq!(refused(world, &one(&[slot::NODE, 0])), "no such node");
    assert_eq!(
        refused(world, &one(&[slot::HANDLE, 9, 0])),
        "an unknown kind of handle"
    );
    assert_eq!(
        refused(world, &one(&[slot::HANDLE, 0, 99])),
        "an unknown handle"
    );
    assert_eq!(
        refused(world, &one(&[slot::RANGE, 0, 0, 0])),
        "a range without a step"
    );
    assert_eq!(
        refused(world, &of_node(&[&[node::LIST][..], &huge].concat())),
        "a count is larger than what follows"
    );
    assert_eq!(
        refused(world, &of_node(&[node::MAP, 1, slot::NODE, 0, slot::NIL])),
        "a key of the wrong type"
    );
    assert_eq!(
        refused(world, &of_node(&[node::ONCE, 0])),
        "a variable where a value should be"
    );
    assert_eq!(
        refused(world, &of_node(&[node::LAZY, slot::NODE, 0])),
        "a value made of itself"
    );
    assert_eq!(
        refused(world, &of_node(&[node::LAZY, slot::NIL])),
        "a stream without a promise"
    );
    assert_eq!(
        refused(world, &of_node(&[node::DELAYED, slot::NIL])),
        "a promise without code"
    );
    assert_eq!(
        refused(world, &of_node(&[node::FUNCTION, 7, 0, 0])),
        "an unknown program"
    );
    assert_eq!(
        refused(world, &of_node(&[node::FUNCTION, 0, 77, 0])),
        "an unknown function"
    );
    assert_eq!(
        refused(world, &of_node(&[node::FUNCTION, 0, 1, 0])),
        "a function with too few or too many captures"
    );
    assert_eq!(
        refused(world, &of_node(&[node::FUNCTION, 0, 1, 1, slot::NIL])),
        "a capture of the wrong kind"
    );
    assert_eq!(
        refused(world, &of_node(&[node::ERROR, 1, 5, 0, 0])),
        "a position outside of every text"
    );
    let deep_cycle = |count: u8| {
        let mut bytes = vec![VERSION, 1, slot::NODE, 0];
        for number in 0..count {
            bytes.extend([node::LAZY, slot::NODE, (number + 1) % count]);
        }
        bytes
    };
    assert_eq!(refused(world, &deep_cycle(100)), "a value made of itself");
}
