//! Which functions nothing needs to capture.

use super::*;

#[test]
fn a_function_of_the_top_level_that_uses_no_variable_is_a_constant() {
    resolved(
        "fn ints(n) => n :: ints(n + 1)\nlet f = fn() => ints",
        "
        #0 main, 2 slots {
            fn ints@0 = #1
            let f@1 = #3
        }
        #1 function ints(n@0), 1 slots {
            (n@0 :: #2)
        }
        #2 tail, 0 slots, captures n^0 = n@0 {
            ints#1((n^0 + 1))
        }
        #3 function (), 0 slots {
            ints#1
        }",
    );
}

#[test]
fn functions_that_call_each_other_are_constants_together() {
    stored("fn a() => b()\nfn b() => a()", "a b |  | ");
    stored("fn a() => b()\nfn b() => a()\nfuture a()", "a b |  |  | ");
}

#[test]
fn what_depends_on_a_variable_is_none_nor_who_calls_it() {
    stored(
        "let n = 1\nfn a() => b()\nfn b() => c()\nfn c() => n",
        "n? a b? c? |  |  | ",
    );
    stored(
        "let n = 1\nfn a() => b()\nfn b() { n = 2 }",
        "n* a b? |  | ",
    );
    stored("fn a() => b()\nfn b() => 1\nb = a", "a b* |  | ");
    stored("fn a(n) => fn() => a(n)\nfn b() => a(1)", "a b | n |  | ");
}

#[test]
fn what_is_made_more_than_once_is_none() {
    stored(
        "for i in [1] { fn f() => g()\nfn g() => 1 }",
        "i f g? |  | ",
    );
    stored("fn f() { fn g() => h()\nfn h() => 1 }", "f | g h? |  | ");
}
