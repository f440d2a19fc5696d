//! Entries of a session: outer variables, shared storage, rebinding.

use super::super::resolve_entry;
use super::*;

#[track_caller]
fn entry(names: &[&str], text: &str, expected: &str) -> Resolved {
    let (source, tree) = tree(text);
    let resolved = resolve_entry(&tree, &outer(names), &prelude());
    let Some(program) = &resolved.program else {
        panic!("{text}\n{}", shown(&source, &resolved.reports))
    };
    let found = show(program);
    let expected: Vec<_> = expected
        .lines()
        .skip(1)
        .map(|line| line.get(8..).unwrap_or(""))
        .collect();
    assert_eq!(
        found.trim_end(),
        expected.join("\n").trim_end(),
        "\n{found}"
    );
    resolved
}

fn declared(resolved: &Resolved) -> String {
    let names = resolved
        .declared
        .iter()
        .map(|binding| format!("{}@{}", binding.name, binding.slot.0));
    names.collect::<Vec<_>>().join(" ")
}

#[test]
fn all_outer_variables_are_captured_in_order() {
    entry(
        &["a", "b"],
        "b",
        "
        #0 main, 0 slots, captures a^0* = a^0*, b^1* = b^1* {
            b^1*
        }",
    );
}

#[test]
fn the_top_level_is_shared_and_inner_variables_are_not() {
    let resolved = entry(
        &[],
        "let x = 1\nfn f() => f()\n{ let y = 1 }",
        "
        #0 main, 3 slots {
            cells x@0*, f@1*
            fn f@1* = #1
            let x@0* = 1
            {
                let y@2 = 1
            }
        }
        #1 function f(), 0 slots, captures f^0* = f@1* {
            f^0*()
        }",
    );
    assert_eq!(declared(&resolved), "x@0 f@1");
}

#[test]
fn a_let_of_an_earlier_name_rebinds() {
    let resolved = entry(
        &["x", "f"],
        "let x = x + 1\nlet y, x = [1, 2]\nfn f() => x",
        "
        #0 main, 1 slots, captures x^0* = x^0*, f^1* = f^1* {
            cells y@0*
            f^1* = #1
            x^0* = (x^0* + 1)
            y@0*, x^0* = [1, 2]
        }
        #1 function f(), 0 slots, captures x^0* = x^0* {
            x^0*
        }",
    );
    assert_eq!(declared(&resolved), "y@0");
}

#[test]
fn twice_in_one_entry_rebinds() {
    entry(
        &[],
        "let x = 1\nlet x = 2",
        "
        #0 main, 1 slots {
            cells x@0*
            let x@0* = 1
            x@0* = 2
        }",
    );
}

#[test]
fn inner_scopes_are_as_in_a_script() {
    let (_, tree) = tree("{ let x = 1; let x = 2 }");
    let resolved = resolve_entry(&tree, &outer(&["x"]), &prelude());
    assert_eq!(resolved.reports.len(), 1);
}

#[test]
fn around_a_script_outer_variables_are_shadowed() {
    let (_, tree) = tree("let x = x + 1");
    let resolved = resolve(&tree, &outer(&["x"]), &prelude());
    let shown = show(&resolved.program.expect("resolves"));
    assert!(shown.contains("let x@0 = (x^0* + 1)"), "{shown}");
}
