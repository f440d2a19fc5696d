//! Wrong programs, as a student would write them, and the whole report each gets.
//!
//! `tests/scripts/gallery/NAME.cq` is the program; `NAME.snap` beside it shows the program and
//! what came of it, so reviewing the snapshot alone makes sense. Read a new or changed one as
//! the student would: does it say what is wrong, where, and what to do?

use std::collections::BTreeSet;
use std::fs;

use super::program::{self, Outcome};

/// What differs from run to run or from machine to machine.
const FILTERS: [(&str, &str); 4] = [
    (r"process \d+", "process PID"),
    (r"since \d+(\.\d+)? m?s", "since TIME"),
    // How deep calls may nest depends on the size of the interpreter's own frames.
    (r"\d{4,}( are under way| more calls)", "MANY$1"),
    // How far a future has come depends on the machine.
    (
        r"<future #(\d+) (waiting to start|running|done)>",
        "<future #$1 STATE>",
    ),
];

fn check(name: &str) {
    let folder = program::root().join("tests/scripts/gallery");
    let path = folder.join(format!("{name}.cq"));
    let text = fs::read_to_string(&path).expect("the program can be read");
    let outcome = program::script(&path).run();
    no_accident(&outcome);
    assert_ne!(outcome.status, Some(0), "this program is meant to fail");
    let shown = format!("{}\n{outcome}", text.trim_end());
    insta::with_settings!({
        snapshot_path => &folder,
        prepend_module_to_snapshot => false,
        omit_expression => true,
        filters => FILTERS,
    }, {
        insta::assert_snapshot!(name, shown);
    });
}

/// Whatever a report says, it is never one of these.
fn no_accident(outcome: &Outcome) {
    for accident in [
        "panicked",
        "RUST_BACKTRACE",
        "src/",
        "unwrap",
        "LALRPOP",
        "Some(",
    ] {
        assert!(!outcome.stderr.contains(accident), "an accident: {outcome}");
    }
    assert!(
        matches!(outcome.status, Some(1..=3)),
        "not how a wrong program ends: {outcome}"
    );
}

#[test]
fn every_program_is_listed() {
    let folder = program::root().join("tests/scripts/gallery");
    let listed: BTreeSet<String> = LISTED.iter().map(|name| (*name).to_owned()).collect();
    let there: BTreeSet<String> = fs::read_dir(folder)
        .expect("the folder of the gallery")
        .map(|file| file.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "cq"))
        .map(|path| {
            path.file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    let missing: Vec<_> = there.difference(&listed).collect();
    assert!(
        missing.is_empty(),
        "not in the list of tests/it/gallery.rs: {missing:#?}"
    );
}

macro_rules! gallery {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            check(stringify!($name));
        })*
        const LISTED: &[&str] = &[$(stringify!($name)),*];
    };
}

gallery! {
    add_int_and_nil
    add_string_and_int
    and_with_a_number
    argument_given_twice
    assigning_into_a_string
    assigning_to_a_builtin
    assigning_to_a_call
    assigning_to_a_literal
    bad_format_of_a_value
    bad_format_spec
    bad_unicode_escape
    brace_on_the_next_line
    bracket_too_many
    break_in_a_future
    break_outside
    builtin_without_argument
    c_comment
    c_for
    c_increment
    c_operators
    calling_a_number
    calling_nil
    chained_comparison
    check_inside_a_function
    closed_by_the_wrong_bracket
    comparing_int_and_string
    condition_is_no_bool
    continue_in_a_function
    deadlock_full_queue
    deadlock_missing_end_mark
    deadlock_opposite_locks
    declared_twice
    default_before_required
    division_by_zero
    else_without_if
    empty_hole
    endless_recursion
    equals_in_a_condition
    equals_in_while
    error_in_a_callback
    error_in_a_future
    error_in_a_pool_map
    error_in_a_promise
    error_in_a_spawned_task
    error_in_finally
    error_of_a_task_joined_late
    error_over_several_lines
    failed_assert
    failed_assert_without_message
    fetch_of_nonsense
    field_called_like_a_method
    file_that_is_not_there
    forgotten_call
    forgotten_force
    function_before_its_variable
    get_from_a_closed_queue
    get_times_out
    if_without_braces
    index_out_of_range
    int_of_a_word
    iterating_over_a_number
    javascript_arrow
    javascript_arrow_of_two
    javascript_triple_equals
    javascript_var
    joining_oneself
    keyword_as_a_name
    length_as_a_field
    list_as_a_key
    lock_of_another_task
    lock_taken_twice
    lone_brace_in_an_fstring
    long_line
    long_values
    missing_argument
    missing_comma
    missing_comma_in_a_call
    missing_expression
    missing_field
    missing_key
    missing_let
    missing_operand
    misspelled_builtin
    misspelled_method
    misspelled_name
    negative_queue
    number_with_letters
    on_a_number
    on_on_the_next_line
    error_in_a_process
    pool_sent_to_a_process
    process_that_dies
    operands_without_names
    operator_at_the_start_of_a_line
    parameter_declared_again
    parameter_twice
    pool_on_spawn
    pop_of_an_empty_list
    positional_after_named
    promise_forces_itself
    put_into_a_closed_queue
    python_append
    python_conditional_expression
    python_def
    python_dict
    python_elif
    python_else_if_colon
    python_empty_dict
    python_except
    python_for
    python_fstring_debug
    python_if
    python_import
    python_keyword_argument
    python_lambda
    python_none
    python_result
    python_true
    python_tuple
    python_with_as
    rethrown
    return_outside
    several_resolve_errors
    several_syntax_errors
    slice_with_a_step
    smallest_of_nothing
    strange_character
    submit_to_a_closed_pool
    tabs_before_the_error
    thrown_map
    thrown_own_error
    thrown_string
    too_few_arguments_at_run_time
    too_many_arguments
    try_alone
    two_statements_on_a_line
    typographic_quotes
    unclosed_brace
    unclosed_bracket
    unclosed_call
    unexpected_type_to_a_builtin
    unfinished_fstring_hole
    unfinished_string
    unknown_escape
    unknown_named_argument
    unpacking_a_number
    unpacking_the_wrong_number
    use_before_let
    wide_characters_before_the_error
}
