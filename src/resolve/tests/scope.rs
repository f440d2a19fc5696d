//! What a name means: §3 of the contract, sentence by sentence.

use super::*;

#[test]
fn named_functions_are_visible_in_the_whole_block() {
    resolved(
        "a()\nfn a() => b()\nfn b() => a()",
        "
        #0 main, 2 slots {
            fn a@0 = #1
            fn b@1 = #2
            a@0()
        }
        #1 function a(), 0 slots {
            b#2()
        }
        #2 function b(), 0 slots {
            a#1()
        }",
    );
}

#[test]
fn a_variable_stands_earlier_than_its_use() {
    messages("print(x)\nlet x = 1", &["`x` is used before its `let`"]);
    messages("{ print(x) }\nlet x = 1", &["`x` is used before its `let`"]);
    messages(
        "let t = future x\nlet x = 1",
        &["`x` is used before its `let`"],
    );
    messages(
        "spawn { print(x) }\nlet x = 1",
        &["`x` is used before its `let`"],
    );
    messages("x = 2\nlet x = 1", &["`x` is assigned before its `let`"]);
}

#[test]
fn a_functions_body_sees_later_lets() {
    messages("fn f() => x\nlet x = 1", &[]);
    messages("let f = fn() => x\nlet x = 1", &[]);
    messages("let p = delay x\nlet x = 1", &[]);
    messages("let s = 1 :: x\nlet x = nil", &[]);
    messages("fn f() { x = 2 }\nlet x = 1", &[]);
    messages("fn f() { spawn { print(x) } }\nlet x = 1", &[]);
    messages("fn f(a = x) => a\nlet x = 1", &[]);
}

#[test]
fn a_functions_own_block_goes_by_the_order_of_the_text() {
    messages(
        "fn f() { print(x); let x = 1 }",
        &["`x` is used before its `let`"],
    );
    messages(
        "fn f() { { print(x) }; let x = 1 }",
        &["`x` is used before its `let`"],
    );
}

#[test]
fn before_its_let_a_name_is_the_outer_one() {
    resolved(
        "let x = 1\n{\n    print(x)\n    let x = x + 1\n    print(x)\n}",
        "
        #0 main, 2 slots {
            let x@0 = 1
            {
                print(x@0)
                let x@1 = (x@0 + 1)
                print(x@1)
            }
        }",
    );
    messages("let len = len([1])\nprint(len)", &[]);
}

#[test]
fn in_a_task_before_its_let_a_name_is_the_outer_one() {
    resolved(
        "let x = 1\n{\n    let x = future x\n    let y = spawn { x }\n}",
        "
        #0 main, 3 slots {
            let x@0 = 1
            {
                let x@1 = future #1
                let y@2 = spawn #2
            }
        }
        #1 future, 0 slots, captures x^0 = x@0 {
            x^0
        }
        #2 spawn, 0 slots, captures x^0 = x@1 {
            x^0
        }",
    );
}

#[test]
fn in_a_function_delay_or_tail_before_its_let_a_name_is_the_new_one() {
    for code in ["fn() => x", "delay x", "1 :: x"] {
        let text = format!("let x = 1\n{{ let x = {code} }}");
        stored(&text, "x x? | ");
    }
    // Also when a task stands in between.
    stored("let x = 1\n{ let x = future { fn() => x } }", "x x? |  | ");
}

#[test]
fn let_shadows_in_an_inner_scope_and_shadows_builtins() {
    messages("let x = 1\nif true { let x = 2 }", &[]);
    messages("let x = 1\nfn f(x) => x", &[]);
    messages("let x = 1\nfor x in [1] { print(x) }", &[]);
    resolved(
        "let print = fn(x) => x\nprint(1, 2)",
        "
        #0 main, 1 slots {
            let print@0 = #1
            print@0(1, 2)
        }
        #1 function (x@0), 1 slots {
            x@0
        }",
    );
    messages("fn len() => 0\nprint(len())", &[]);
}

#[test]
fn methods_are_names_in_scope() {
    resolved(
        "fn twice(x) => x\nlet q = queue()\nq.put(1.twice())\nlet g = fn(x) => x\nq.g()",
        "
        #0 main, 3 slots {
            fn twice@0 = #1
            let q@1 = queue()
            put(q@1, twice@0(1))
            let g@2 = #2
            g@2(q@1)
        }
        #1 function twice(x@0), 1 slots {
            x@0
        }
        #2 function (x@0), 1 slots {
            x@0
        }",
    );
}

#[test]
fn assignment_reaches_the_nearest_declaration_outward() {
    resolved(
        "let x = 1\n{\n    x = 2\n    let x = 3\n    x = 4\n    { x += 5 }\n}\nx = 6",
        "
        #0 main, 2 slots {
            let x@0 = 1
            {
                x@0 = 2
                let x@1 = 3
                x@1 = 4
                {
                    x@1 += 5
                }
            }
            x@0 = 6
        }",
    );
}

#[test]
fn scopes_end() {
    messages("{ let x = 1 }\nprint(x)", &["`x` is not declared"]);
    messages("for x in [1] { }\nprint(x)", &["`x` is not declared"]);
    messages(
        "let ys = [x for x in [1]]\nprint(x)",
        &["`x` is not declared"],
    );
    messages(
        "try { let x = 1 } catch e { } finally { print(x, e) }",
        &["`x` is not declared", "`e` is not declared"],
    );
    messages("with q = queue() { }\nprint(q)", &["`q` is not declared"]);
    messages(
        "while true { let x = 1; break }\nprint(x)",
        &["`x` is not declared"],
    );
}

#[test]
fn what_a_loop_goes_over_is_outside_of_it() {
    messages("for x in x { }", &["`x` is not declared"]);
    messages("let ys = [x for x in x]", &["`x` is not declared"]);
    messages("with q = q { }", &["`q` is not declared"]);
    messages("let xs = [1]\nfor xs in xs { print(xs) }", &[]);
}

#[test]
fn defaults_see_the_parameters_before_them_and_nothing_of_the_body() {
    messages("fn f(a, b = a) => b", &[]);
    messages("fn f(a = b, b = 1) => a", &["`b` is not declared"]);
    messages("fn f(a = a) => a", &["`a` is not declared"]);
    messages("fn f(a = x) { let x = 1; a }", &["`x` is not declared"]);
    messages(
        "fn f(a = fn() => x) { let x = 1; a }",
        &["`x` is not declared"],
    );
    messages("fn f(a = g()) { fn g() => 1; a }", &["`g` is not declared"]);
}

#[test]
fn comprehensions() {
    resolved(
        "let n = 2\nlet m = [k: v * n for k, v in [[1, 2]] if k > v]\nlet l = [[y for y in x] for x in [[1]]]",
        "
        #0 main, 5 slots {
            let n@0 = 2
            let m@1 = [k@3: (v@4 * n@0) for k@3, v@4 in [[1, 2]] if (k@3 > v@4)]
            let l@2 = [[y@4 for y@4 in x@3] for x@3 in [[1]]]
        }",
    );
}

#[test]
fn a_check_sees_what_stands_before_it() {
    messages(
        "let x = 1\nfn f() => x\ncheck \"one\" { assert(f() == x) }",
        &[],
    );
    messages(
        "check \"one\" { assert(x) }\nlet x = 1",
        &["`x` is used before its `let`"],
    );
    messages(
        "fn f() => 1\ncheck \"one\" { let f = 2; assert(f == 2) }",
        &[],
    );
}
