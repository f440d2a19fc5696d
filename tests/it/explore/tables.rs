//! The examples of `examples/outcomes/`, each with its whole table of outcomes.
//!
//! Read a new or changed table before it is accepted: does the example show what it says?

use std::fs;

use crate::program::{cq, root};

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
