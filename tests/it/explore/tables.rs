//! The examples of `examples/outcomes/`, each with its whole table of outcomes.
//!
//! Read a new or changed table before it is accepted: does the example show what it says?

use std::fs;

use crate::program::{cq, root, scratch};
use crate::terminal::terminal;

/// What `cq explore` says of an example.
fn told(name: &str) -> String {
    let file = format!("examples/outcomes/{name}.cq");
    let outcome = cq(["explore", &file]).folder(root()).run();
    assert_eq!(outcome.status, Some(0), "{outcome}");
    assert_eq!(outcome.stderr, "", "{outcome}");
    outcome.stdout
}

#[test]
fn tables_of_the_examples() {
    let folder = root().join("examples/outcomes");
    let mut names: Vec<String> = fs::read_dir(&folder)
        .expect("the examples")
        .map(|file| file.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|it| it == "cq"))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort_unstable();
    assert!(names.len() >= 17, "{names:?}");
    for name in names {
        insta::with_settings!({
            snapshot_path => &folder,
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_snapshot!(name.as_str(), told(&name));
        });
    }
}

/// What `cq explore` writes about a program.
fn written(text: &str, arguments: &[&str]) -> String {
    let path = scratch().join("program.cq");
    fs::write(&path, text).expect("a file");
    let outcome = cq([&["explore", "program.cq"], arguments].concat())
        .folder(path.parent().expect("a folder"))
        .run();
    assert_eq!(
        (outcome.status, &*outcome.stderr),
        (Some(0), ""),
        "{outcome}"
    );
    outcome.stdout
}

/// The rows of the table, without its head.
fn rows(told: &str) -> Vec<&str> {
    let rows = told.lines().skip(3);
    rows.take_while(|line| !line.is_empty()).collect()
}

/// Four lines in every order; half of them end in a deadlock, or not.
const MIXED: &str = "let a, b = [lock(), lock()]\n\
    fn say(i) { print(f\"line {i} of a text that is too long for the row of a table\") }\n\
    fn one() { with a { with b { } } }\nfn two() { with b { with a { } } }\n\
    let ts = [spawn say(i) for i in range(4)]\nlet x, y = [spawn one(), spawn two()]\n\
    for t in ts { t.join() }\nx.join()\ny.join()";

#[test]
fn many_orders_of_the_same_lines_are_one_row() {
    let told = written(MIXED, &[]);
    assert!(
        told.starts_with("program.cq: 48 outcomes in 72 executions (complete)"),
        "{told}"
    );
    let start = "these 4 lines in 24 orders: line 0 of a text that is too long";
    let [ok, deadlock] = &*rows(&told) else {
        panic!("{told}")
    };
    assert!(
        ok.starts_with("  1          48  ok        a  ") && ok.contains(start),
        "{ok}"
    );
    assert!(deadlock.starts_with("  2          24  deadlock  a") && deadlock.contains(start));
    // One report for the row, and one name of it.
    assert_eq!(told.matches("error: deadlock").count(), 1, "{told}");
    assert!(
        told.contains("\n  2: locks taken in opposite order (lines 3 and 4): "),
        "{told}"
    );
    // All of them, if that is wanted.
    let told = written(MIXED, &["--full"]);
    assert_eq!(rows(&told).len(), 48, "{told}");
    assert_eq!(told.matches("error: deadlock").count(), 24, "{told}");
    assert!(told.contains("\n48 prints\n    line "), "{told}");
    // A row that stands for many has each of them.
    let stuck = rows(&told)
        .into_iter()
        .rfind(|row| row.contains("deadlock"));
    let stuck = stuck.and_then(|row| row.split_whitespace().next());
    let told = written(MIXED, &["--show", stuck.expect("a deadlock")]);
    assert!(told.contains(", as `cq replay program.cq "), "{told}");
    assert!(told.contains("waits for lock #2"), "{told}");
}

#[test]
fn what_is_printed_is_shortened_unless_it_is_to_be_full() {
    let long = "let t = spawn print(\"a line that is much too long for the row of a table\")\n\
                print(\"short\")\nt.join()";
    let told = written(long, &["--ignore-print-order"]);
    let cut = "short / a line that is much too long for …";
    assert!(rows(&told)[0].ends_with(cut), "{told}");
    let told = written(long, &["--full"]);
    assert!(rows(&told)[0].ends_with("  2 lines"), "{told}");
    assert!(
        told.contains("\n    a line that is much too long for the row of a table\n"),
        "{told}"
    );
    // Up to twenty, each has its own row.
    let few = "let ts = [spawn print(i) for i in range(3)]\nfor t in ts { t.join() }";
    assert_eq!(rows(&written(few, &[])).len(), 6);
}

#[test]
fn what_is_outside_is_refused_unless_allowed() {
    let path = scratch().join("file.txt");
    let name = path.display();
    let text = format!(
        "fn work(x) {{ write_file(\"{name}\", x); read_file(\"{name}\") }}\n\
         let a, b = [spawn work(\"one\"), spawn work(\"two\")]\nprint(a.join(), b.join())"
    );
    let told = written(&text, &[]);
    assert!(
        told.contains("= help: --allow-files lets it; what it changes there is not put back"),
        "{told}"
    );
    assert!(!path.exists());
    assert!(written(&text, &["--allow-fetch"]).contains("--allow-files lets it"));
    let told = written(&text, &["--allow-files"]);
    let outcomes: Vec<&str> = rows(&told)
        .iter()
        .map(|row| &row[row.len() - 7..])
        .collect();
    assert_eq!(outcomes, ["one two", "two two", "one one"], "{told}");
    assert!(
        told.contains("\nfiles are not put back between executions\n"),
        "{told}"
    );
    let told = written("fetch(\"http://127.0.0.1:9/\")", &[]);
    assert!(told.contains("--allow-fetch lets it"), "{told}");
    let told = written("fetch(\"http://127.0.0.1:9/\")", &["--allow-fetch"]);
    assert!(told.contains("error io"), "{told}");
}

#[test]
fn progress_on_a_terminal() {
    let text = "let n = 0\nfn inc() {\n    for i in range(30) {\n        n += 1\n        if n % 7 == 3 { n -= 2 }\n    }\n}\n\
                let ts = [spawn inc() for i in range(6)]\nfor t in ts { t.join() }";
    let folder = scratch();
    fs::write(folder.join("long.cq"), text).expect("a file");
    let mut cq = terminal(&["explore", "long.cq", "--max-seconds", "50"])
        .columns(140)
        .folder(&folder)
        .open();
    cq.sees(" a second, 1 outcome so far, about ")
        .sees(" in all");
    cq.sees(" % of all choices");
    cq.keys("\x03").sees("not complete: it was stopped");
    assert_eq!(cq.ended(), 130);
}

/// Minutes of one execution.
const SLOW: &str =
    "let n = 0\nspawn { n = 1 }\nfor i in range(2000) {\nn += 1\nfor j in range(3_000_000) { }\n}";

#[test]
fn an_execution_that_takes_minutes_is_broken_off() {
    let told = written(SLOW, &["--max-seconds", "0.2"]);
    assert!(
        told.contains("not complete: no execution came to its end in that time"),
        "{told}"
    );
}
