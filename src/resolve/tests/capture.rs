//! How variables are stored: the table at the head of `program`, row by row.

use super::*;

#[test]
fn never_captured_is_plain() {
    stored("let x = 1\nprint(x)", "x");
    stored("let i = 0\nwhile i < 10 { i += 1 }", "i");
    stored("fn f(a) { a += 1; a }\nf(1)", "f | a");
}

#[test]
fn captured_after_its_let_is_plain() {
    stored("let x = 1\nlet f = fn() => x", "x f | ");
    stored("let x = 1\nfuture x", "x | ");
    stored("let x = 1\nspawn { print(x) }", "x | ");
    stored("let x = 1\ndelay x", "x | ");
    stored("let x = 1\n1 :: x", "x | ");
    stored("let x = 1\ncheck \"it\" { assert(x == 1) }", "x | ");
    stored("let a, b = [1, 2]\nfuture a + b", "a b | ");
}

#[test]
fn captured_before_its_let_is_once() {
    stored("let f = fn() => x\nlet x = 1", "f x? | ");
    stored("delay x\nlet x = 1", "x? | ");
    stored("1 :: x\nlet x = 1", "x? | ");
    // A named function is made when its block is entered, wherever it stands.
    stored("let x = 1\nfn f() => x", "x? f | ");
    stored("fn f() => x\nlet x = 1", "f x? | ");
    stored("let a, b = [1, fn() => a + b]", "a? b? | ");
}

#[test]
fn a_block_behind_the_let_makes_its_functions_behind_it() {
    stored("let x = 1\nif true { fn f() => x\n f() }", "x f | ");
    stored("if true { fn f() => x\n f() }\nlet x = 1", "x? f | ");
}

#[test]
fn captured_and_assigned_is_shared() {
    stored("let n = 0\nfn inc() { n += 1 }", "n* inc | ");
    stored("let n = 0\nlet f = fn() => n\nn = 1", "n* f | ");
    stored("let n = 0\nn = 1\nlet f = fn() => n", "n* f | ");
    stored("let n = 0\nspawn { n = 1 }\nprint(n)", "n* | ");
    stored("let n = 0\nn, n = [1, 2]\nfuture n", "n* | ");
}

#[test]
fn assigning_into_a_list_is_no_assignment_to_the_variable() {
    stored("let xs = [1]\nspawn { xs[0] = 2 }", "xs | ");
    stored("let m = [:]\nspawn { m.key = 2; m.n += 1 }", "m | ");
}

#[test]
fn parameters_and_variables_of_constructs() {
    stored("fn f(a, b) { b = 1; fn() => a + b }", "f | a b* | ");
    stored("for i in [1] { future i }", "i | ");
    stored("for i in [1] { i += 1; future i }", "i* | ");
    stored("for i in [1] { fn f() => i\n f() }", "i f | ");
    stored("try { throw 1 } catch e { future e }", "e | ");
    stored("try { throw 1 } catch e { e = 2; future e }", "e* | ");
    stored("with q = queue() { spawn q.put(1) }", "q | ");
    stored("[future x for x in [1]]", "x | ");
    stored("[fn() { x = 2 } for x in [1]]", "x* | ");
}

#[test]
fn a_parameter_captured_by_a_later_default() {
    stored("fn f(a, b = fn() => a) => b()", "f | a b | ");
    stored("fn f(a, b = fn() { a = 1 }) => b()", "f | a* b | ");
}

#[test]
fn functions_capture_each_other_in_the_order_they_are_made() {
    stored("{ fn a() => 1\nfn b() => a() }", "a b |  | ");
    stored("{ fn a() => b()\nfn b() => 1 }", "a b? |  | ");
    stored("{ fn a() => b()\nfn b() => a() }", "a b? |  | ");
    stored("{ fn a() => 1\nlet x = fn() => a() }", "a x |  | ");
}

#[test]
fn calling_itself_is_no_capture() {
    resolved(
        "fn fact(n) => n * fact(n - 1)",
        "
        #0 main, 1 slots {
            fn fact@0 = #1
        }
        #1 function fact(n@0), 1 slots {
            (n@0 * fact!((n@0 - 1)))
        }",
    );
}

#[test]
fn what_stands_in_a_function_captures_the_running_function() {
    resolved(
        "{ fn ints(n) => n :: ints(n + 1) }",
        "
        #0 main, 1 slots {
            {
                fn ints@0 = #1
            }
        }
        #1 function ints(n@0), 1 slots {
            (n@0 :: #2)
        }
        #2 tail, 0 slots, captures ints^0 = ints!, n^1 = n@0 {
            ints^0((n^1 + 1))
        }",
    );
    // Two levels down, and also when a sibling has made the variable a cell.
    resolved(
        "{ fn a() => b()\nfn b() => future { spawn b() } }",
        "
        #0 main, 2 slots {
            {
                cells b@1?
                fn a@0 = #1
                fn b@1? = #2
            }
        }
        #1 function a(), 0 slots, captures b^0? = b@1? {
            b^0?()
        }
        #2 function b(), 0 slots {
            future #3
        }
        #3 future, 0 slots, captures b^0 = b! {
            spawn #4
        }
        #4 spawn, 0 slots, captures b^0 = b^0 {
            b^0()
        }",
    );
}

#[test]
fn a_function_that_is_assigned_is_not_itself() {
    stored("fn f() => f()\nf = 1", "f* | ");
    stored("fn f() { f = 1 }", "f* | ");
    stored("fn f() => 1\nf = 2", "f | ");
}

#[test]
fn captures_pass_through_the_functions_between() {
    resolved(
        "let n = 0\nfn outer() {\n    fn() { n += 1 }\n}",
        "
        #0 main, 2 slots {
            cells n@0*
            fn outer@1 = #1
            let n@0* = 0
        }
        #1 function outer(), 0 slots, captures n^0* = n@0* {
            #2
        }
        #2 function (), 0 slots, captures n^0* = n^0* {
            n^0* += 1
        }",
    );
}

#[test]
fn a_variable_is_captured_once_by_each() {
    resolved(
        "let n = 0\nfuture n + n * n",
        "
        #0 main, 1 slots {
            let n@0 = 0
            future #1
        }
        #1 future, 0 slots, captures n^0 = n@0 {
            (n^0 + (n^0 * n^0))
        }",
    );
}

#[test]
fn the_outermost_function_counts_not_the_innermost() {
    // What is captured is copied when `outer` is made, before x is there.
    stored(
        "{\n    let outer = fn() { fn() => x }\n    let x = 1\n}",
        "outer x? |  | ",
    );
    stored(
        "{\n    let x = 1\n    let outer = fn() { fn() => x }\n}",
        "x outer |  | ",
    );
}

#[test]
fn a_loops_let_is_new_in_every_turn() {
    resolved(
        "while true {\n    let x = 1\n    let n = 0\n    let f = fn() { n += x }\n}",
        "
        #0 main, 3 slots {
            while true {
                cells n@1*
                let x@0 = 1
                let n@1* = 0
                let f@2 = #1
            }
        }
        #1 function (), 0 slots, captures n^0* = n@1*, x^1 = x@0 {
            n^0* += x^1
        }",
    );
}

#[test]
fn the_place_is_evaluated_by_the_maker() {
    resolved(
        "let pool = thread_pool()\nfuture 1 on pool\nspawn 2 on process",
        "
        #0 main, 1 slots {
            let pool@0 = thread_pool()
            future #1 on pool@0
            spawn #2 on process
        }
        #1 future, 0 slots {
            1
        }
        #2 spawn, 0 slots {
            2
        }",
    );
}
