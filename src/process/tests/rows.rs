//! Rows of values in memory that two ends see: here both are in one process, each with a mapping of
//! its own.
#![cfg(target_os = "linux")]

use std::fs::File;
use std::os::fd::AsRawFd;

use crate::process::packed::Packed;
use crate::process::row;
use crate::process::shared_memory::{Lies, SharedMemory};
use crate::runtime::crossing::Item;

fn both_ends() -> (SharedMemory, SharedMemory, File) {
    let (first, file) = SharedMemory::new().expect("there is memory");
    let worker = SharedMemory::of(std::process::id(), file.as_raw_fd()).expect("it is there");
    (first, worker, file)
}

fn row_of(memory: &SharedMemory, values: &[&str]) -> Lies {
    let mut row = memory.of_worker.begin().expect("a block is free");
    for value in values {
        row.add([value.as_bytes(), &[]]);
    }
    row.done()
}

fn bytes(item: &Item) -> &[u8] {
    match item {
        Item::Part(part) => part.bytes(),
        other => panic!("{other:?} is not part of a row"),
    }
}

#[test]
fn what_one_end_writes_the_other_reads() {
    let (first, worker, _file) = both_ends();
    let long = "long".repeat(1000);
    let lies = row_of(&worker, &["a", &long, "b"]);
    let row = first.of_worker.read(lies).expect("it lies there");
    let values = row::values(row).expect("it is a row");
    let read: Vec<&[u8]> = values.iter().map(bytes).collect();
    assert_eq!(read, [b"a", long.as_bytes(), b"b"]);
}

#[test]
fn a_block_is_free_when_its_last_value_is_gone() {
    let (first, worker, _file) = both_ends();
    let lies = row_of(&worker, &["a", "b"]);
    let mut others = Vec::new();
    while let Some(row) = worker.of_worker.begin() {
        others.push(row);
    }
    let mut values = row::values(first.of_worker.read(lies).unwrap()).unwrap();
    drop(values.pop());
    assert!(worker.of_worker.are_full());
    assert_eq!(bytes(&values[0]), b"a");
    drop(values);
    assert!(!worker.of_worker.are_full());
    assert_eq!(row_of(&worker, &["c"]).block, lies.block);
}

#[test]
fn a_row_that_nobody_hears_of_frees_its_block() {
    let (_, worker, _file) = both_ends();
    let rows: Vec<_> = std::iter::from_fn(|| worker.of_worker.begin()).collect();
    assert!(worker.of_worker.are_full());
    drop(rows);
    assert!(!worker.of_worker.are_full());
}

#[test]
fn a_row_takes_values_until_no_other_is_sure_to_find_room() {
    let (first, worker, _file) = both_ends();
    let value = "x".repeat(4 << 10);
    let mut row = worker.of_worker.begin().unwrap();
    let mut count = 1;
    while row.add([value.as_bytes(), &[]]) {
        count += 1;
    }
    let row = first.of_worker.read(row.done()).unwrap();
    assert_eq!(row::values(row).unwrap().len(), count);
    assert_eq!(count, 15, "of 64 KB");
}

#[test]
fn the_two_directions_share_nothing() {
    let (first, worker, _file) = both_ends();
    let lies = row_of(&worker, &["from the worker"]);
    let mut row = first.of_first.begin().unwrap();
    row.add([b"from the first process", &[]]);
    let there = worker.of_first.read(row.done()).unwrap();
    let here = first.of_worker.read(lies).unwrap();
    assert_eq!(&here.0[1..], b"from the worker");
    assert_eq!(&there.0[1..], b"from the first process");
}

#[test]
fn what_lies_nowhere_is_not_read() {
    let (first, ..) = both_ends();
    for (block, length) in [(16, 1), (u32::MAX, 0), (0, (64 << 10) + 1), (0, u32::MAX)] {
        assert!(first.of_worker.read(Lies { block, length }).is_none());
    }
}

#[test]
fn bytes_that_are_no_row() {
    for bytes in [&[1][..], &[0], &[2, 7], &[1, 7, 0], &[0xff; 12]] {
        let row = Packed::from(bytes.to_vec());
        assert!(row::values(row).is_err(), "{bytes:?}");
    }
    assert!(row::values(Packed::default()).unwrap().is_empty());
}

#[test]
fn what_is_no_shared_memory_is_not_opened() {
    let other = File::open("/dev/null").unwrap();
    for descriptor in [other.as_raw_fd(), 10_000, -1] {
        assert!(SharedMemory::of(std::process::id(), descriptor).is_err());
    }
}
