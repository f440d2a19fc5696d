//! Worker processes: what scripts cannot show by themselves.

use super::program;

/// The examples of builtins that need processes; all others are run inside the library.
#[test]
fn examples_with_processes_give_what_they_say() {
    let mut ran = 0;
    for builtin in cq::builtins::all() {
        for (row, _) in &builtin.rows {
            if !row.example.contains("process") {
                continue;
            }
            let code = format!(
                "let it = {{\n{}\n}}\nif it != nil {{ print(repr(it)) }}",
                row.example
            );
            let outcome = program::source(&code).run();
            assert_eq!(outcome.stdout.trim_end(), row.gives, "{}", row.name);
            ran += 1;
        }
    }
    assert!(ran >= 3);
}
