//! Starting and burying processes. The program started here is not cq: these tests are about what
//! the system does.

use std::io::{Read, Write};
use std::path::PathBuf;

use crate::process::link::{inherited, start_as};

#[test]
fn a_test_is_no_worker() {
    assert!(inherited().is_none());
}

#[test]
fn a_worker_that_is_killed_is_buried_with_the_reason() {
    let (worker, mut link) = start_as(PathBuf::from("/bin/cat"), "cat").unwrap();
    worker.kill();
    assert_eq!(link.read(&mut [0; 8]).unwrap_or(0), 0, "its socket ends");
    let death = worker.bury().unwrap();
    assert_eq!(death.to_string(), "killed by signal 9");
    assert_eq!(worker.bury().unwrap(), death, "it is told again");
    assert!(!PathBuf::from(format!("/proc/{}", worker.pid)).exists());
}

#[test]
fn a_worker_sees_the_end_of_its_link() {
    let (worker, mut link) = start_as(PathBuf::from("/bin/cat"), "cat").unwrap();
    link.write_all(b"hello").unwrap();
    link.shutdown(std::net::Shutdown::Write).unwrap();
    assert_eq!(link.read(&mut [0; 8]).unwrap_or(0), 0);
    // Its socket ends just before it does.
    std::thread::sleep(std::time::Duration::from_millis(200));
    assert!(worker.bury().unwrap().is_peaceful());
}

#[test]
fn nothing_stays_of_a_worker_that_is_dropped() {
    let (worker, link) = start_as(PathBuf::from("/bin/cat"), "cat").unwrap();
    let process = PathBuf::from(format!("/proc/{}", worker.pid));
    assert!(process.exists());
    drop((worker, link));
    assert!(!process.exists());
}

#[test]
fn what_cannot_be_started_is_an_error() {
    assert!(start_as(PathBuf::from("/no/such/program"), "cq").is_err());
}
