//! The lecture's programs and what lies beyond: `examples/NAME.cq` prints `examples/NAME.out`.
//!
//! The two that load pages get the little web of the module `web` as their proxy.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use super::program::{self, Outcome};
use super::web::Web;

/// What the example is to print.
fn expected(name: &str) -> String {
    let path = program::root().join("examples").join(format!("{name}.out"));
    fs::read_to_string(path).expect("an example has its expected output beside it")
}

fn run(name: &str, web: Option<&Web>) -> Outcome {
    let path = program::root().join("examples").join(format!("{name}.cq"));
    let mut program = program::script(&path);
    for variable in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
        program = program.variable(variable, web.map_or("", Web::address));
    }
    program
        .variable("no_proxy", "")
        .variable("NO_PROXY", "")
        .run()
}

fn check(name: &str, times: usize) {
    for turn in 1..=times {
        let outcome = run(name, None);
        assert!(outcome.status == Some(0), "{name}, run {turn}: {outcome}");
        assert_eq!(
            outcome.stdout,
            expected(name),
            "{name}, run {turn}: {outcome}"
        );
        assert_eq!(outcome.stderr, "", "{name}, run {turn}");
    }
}

/// The lines in alphabetical order: which page comes first is up to the web.
fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}

#[test]
fn urls_one_after_the_other() {
    let web = Web::open(Duration::from_millis(50));
    let outcome = run("05_urls_sequential", Some(&web));
    assert_eq!(outcome.stdout, expected("05_urls_sequential"), "{outcome}");
    assert_eq!(outcome.status, Some(0), "{outcome}");
    let counts = web.counts();
    assert_eq!(counts.asked.len(), 5, "{counts:?}");
    assert_eq!(counts.most_in_flight, 1, "one after the other: {counts:?}");
    assert_eq!(counts.during_the_slow_one, 0, "{counts:?}");
}

#[test]
fn urls_with_five_threads() {
    for _ in 0..5 {
        // The slow host answers when the other four have been asked: would the program wait for
        // it before it asks them, this test would find nobody asked meanwhile.
        let web = Web::open(Duration::from_secs(30));
        let outcome = run("06_urls_threads", Some(&web));
        assert_eq!(
            sorted(&outcome.stdout),
            sorted(&expected("06_urls_threads")),
            "{outcome}"
        );
        assert_eq!(outcome.status, Some(0), "{outcome}");
        let counts = web.counts();
        assert_eq!(counts.asked.len(), 5, "{counts:?}");
        let before = counts
            .asked
            .iter()
            .take_while(|host| *host != "europa.wsj.com")
            .count();
        assert_eq!(
            counts.during_the_slow_one,
            4 - before,
            "waiting overlaps: {counts:?}"
        );
    }
}

#[test]
fn every_example_is_tested_and_has_its_output() {
    let mut there = BTreeSet::new();
    for file in fs::read_dir(program::root().join("examples")).expect("the examples") {
        let path = file.expect("a file").path();
        if path.extension().is_some_and(|extension| extension == "cq") {
            let name = path
                .file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            expected(&name);
            there.insert(name);
        }
    }
    let apart = ["05_urls_sequential", "06_urls_threads"];
    let tested: BTreeSet<String> = LISTED
        .iter()
        .chain(&apart)
        .map(|name| (*name).to_owned())
        .collect();
    assert_eq!(there, tested);
}

macro_rules! examples {
    ($($test:ident: $name:literal, $times:literal times;)*) => {
        $(#[test]
        fn $test() {
            check($name, $times);
        })*
        const LISTED: &[&str] = &[$($name),*];
    };
}

examples! {
    primes_sequential: "01_primes_sequential", 1 times;
    primes_futures: "02_primes_futures", 1 times;
    primes_map: "03_primes_map", 1 times;
    primes_with: "04_primes_with", 1 times;
    queue: "07_queue", 20 times;
    pipeline: "08_pipeline", 20 times;
    lazy: "09_lazy", 20 times;
    streams: "10_streams", 1 times;
    timeout: "11_timeout", 5 times;
    exception: "12_exception", 20 times;
    lost_updates: "13_lost_updates", 3 times;
    mailbox_server: "14_mailbox_server", 5 times;
    philosophers: "15_philosophers", 10 times;
    fan_out_fan_in: "16_fan_out_fan_in", 20 times;
    primes_processes: "17_primes_processes", 1 times;
    primes_processes_map: "18_primes_processes_map", 1 times;
    queue_process: "19_queue_process", 10 times;
    pipeline_processes: "20_pipeline_processes", 10 times;
    isolation: "21_isolation", 3 times;
    a_worker_dies: "22_a_worker_dies", 10 times;
}
