//! The program as it is written down: slots, blocks, templates, every construct.

use super::super::program::TemplateKind;
use super::*;

#[test]
fn slots_are_used_again_by_blocks_side_by_side() {
    resolved(
        "fn f(a) {\n    if a { let b = 1; let c = 2 } else { let d = 3 }\n    for e in [1] { let g = e }\n    try { } catch h { }\n    let i = 4\n}",
        "
        #0 main, 1 slots {
            fn f@0 = #1
        }
        #1 function f(a@0), 4 slots {
            if a@0 {
                let b@2 = 1
                let c@3 = 2
            } else {
                let d@2 = 3
            }
            for e@2 in [1] {
                let g@3 = e@2
            }
            try {
            } catch h@2 {
            }
            let i@1 = 4
        }",
    );
}

#[test]
fn a_defaults_own_variables_stay_off_the_parameters() {
    resolved(
        "fn f(a, b = [x for x in a], c = 1) => c",
        "
        #0 main, 1 slots {
            fn f@0 = #1
        }
        #1 function f(a@0, b@1 = [x@3 for x@3 in a@0], c@2 = 1), 4 slots {
            c@2
        }",
    );
}

#[test]
fn every_construct() {
    resolved(
        r#"let xs, m = [[1], [:]]
xs[0] = -1
m.a, xs[1] = [2, not true]
xs[0] *= 2
with l = lock() { print(f"{l} is {1:>3}", sep: "") }
while true and false or nil in xs { continue }
let y = try { throw xs[1:] } catch e { e.kind } finally { 3.5 }
{ y :: nil }
"#,
        r#"
        #0 main, 4 slots {
            let xs@0, m@1 = [[1], [:]]
            xs@0[0] = -1
            m@1.a, xs@0[1] = [2, not true]
            xs@0[0] *= 2
            with l@3 = lock() {
                print({l@3}" is "{1}, sep: "")
            }
            while ((true and false) or (nil in xs@0)) {
                continue
            }
            let y@2 = try {
                throw xs@0[1:]
            } catch e@3 {
                e@3.kind
            } finally {
                3.5
            }
            {
                (y@2 :: #1)
            }
        }
        #1 tail, 0 slots {
            nil
        }"#,
    );
}

#[test]
fn templates_carry_what_reports_show() {
    let text = "## Doubles.\nfn double(x) { x * 2 }\nlet t = spawn double(21)\ncheck \"works\" { assert(double(1) == 2) }";
    let program = program_of(text);
    let [main, double, task, check] = &program.templates[..] else {
        panic!("{}", show(&program))
    };
    assert_eq!((main.id, &main.kind), (program.main, &TemplateKind::Main));
    assert_eq!(double.name.as_deref(), Some("double"));
    assert_eq!(double.documentation.as_deref(), Some("Doubles."));
    assert_eq!(&text[double.span.range()], "fn double(x) { x * 2 }");
    assert_eq!(&text[task.span.range()], "spawn double(21)");
    assert_eq!(&text[task.body_span.range()], "double(21)");
    assert_eq!(check.kind, TemplateKind::Check("works".into()));
    assert_eq!(program.checks, [check.id]);
    let names: Vec<_> = main
        .names
        .iter()
        .map(|name| &text[name.binding.span.range()])
        .collect();
    assert_eq!(names, ["double", "t"]);
}

#[test]
fn deep_code_does_not_overflow() {
    let deep = std::thread::Builder::new().stack_size(64 << 20).spawn(|| {
        for (opening, closing) in [
            ("{ fn() => ", " }"),
            ("[", "]"),
            ("-", ""),
            ("1 + ", ""),
            ("future { ", " }"),
            ("1 :: ", ""),
        ] {
            // As deep as the parser lets a tree get, or nearly.
            let depth = [4000, 2000, 1000, 500, 200].into_iter().find_map(|depth| {
                let text = format!(
                    "let x = 1\n{}x{}",
                    opening.repeat(depth),
                    closing.repeat(depth)
                );
                let source = Sources::default().add("test.cq", text);
                let parsed = crate::syntax::parse(&source);
                parsed.reports.is_empty().then_some(parsed.tree)
            });
            let tree = depth.unwrap_or_else(|| panic!("{opening} is not read at any depth"));
            assert!(resolve(&tree, &[], &prelude()).program.is_some());
        }
    });
    deep.expect("a thread").join().expect("no overflow");
}
