//! Every small script of `tests/scripts/`, one test each, named after what it pins.
//!
//! A script carries its expectation in comments, on the line that prints where that is possible:
//!
//! ```text
//! print(1 + 1)  # expect: 2              a line of output; in the order of the text
//! 1 / 0         # expect error: division the report says this and points at this line
//! # expect error: …                      on a line of its own: it points anywhere
//! # expect errors: 3                     so many errors in one report
//! # expect warning: …                    a warning that says this
//! # expect stderr: …                     stderr has this somewhere
//! # expect status: 2                     0 unless an error is expected, then 1
//! # ignore stderr                        whether something is reported depends on the moment
//! # count: 200 abc                       instead of lines in order: so many lines are `abc`
//! # repeat: 20                           run so many times, with the same outcome each time
//! # args: one two     # stdin: a\nb\n    what goes in
//! ```
//!
//! A new script is a new file and its name in the list below; a test tells when one is missing.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use super::program::{self, Outcome};

/// What the comments of a script say.
#[derive(Default)]
struct Expectation {
    lines: Vec<String>,
    counts: Vec<(usize, String)>,
    errors: Vec<(Option<usize>, String)>,
    error_count: Option<usize>,
    warnings: Vec<String>,
    stderr: Vec<String>,
    ignore_stderr: bool,
    status: Option<i32>,
    repeat: usize,
    arguments: Vec<String>,
    input: String,
}

fn expectation(text: &str) -> Expectation {
    let mut expected = Expectation {
        repeat: 1,
        ..Expectation::default()
    };
    for (number, line) in text.lines().enumerate() {
        let alone = line.trim_start().starts_with('#');
        if let Some((_, said)) = line.split_once("# expect") {
            let Some((what, rest)) = said.split_once(':') else {
                panic!("line {}: `# expect` without a colon", number + 1);
            };
            let rest = rest.strip_prefix(' ').unwrap_or(rest).to_owned();
            match what {
                "" => expected.lines.push(rest),
                " error" => {
                    let place = if alone { None } else { Some(number + 1) };
                    expected.errors.push((place, rest));
                }
                " errors" => expected.error_count = Some(rest.trim().parse().expect("a number")),
                " warning" => expected.warnings.push(rest),
                " stderr" => expected.stderr.push(rest),
                " status" => expected.status = Some(rest.trim().parse().expect("a number")),
                other => panic!("line {}: unknown `# expect{other}`", number + 1),
            }
        } else if let Some(times) = line.strip_prefix("# repeat: ") {
            expected.repeat = times.trim().parse().expect("a number");
        } else if let Some(arguments) = line.strip_prefix("# args: ") {
            expected.arguments = arguments.split_whitespace().map(str::to_owned).collect();
        } else if let Some(input) = line.strip_prefix("# stdin: ") {
            expected.input = input.replace("\\n", "\n");
        } else if let Some(count) = line.strip_prefix("# count: ") {
            let (count, text) = count.split_once(' ').expect("a number and a line");
            let count = count.parse().expect("a number");
            expected.counts.push((count, text.to_owned()));
        } else if line.trim() == "# ignore stderr" {
            expected.ignore_stderr = true;
        }
    }
    expected
}

impl Expectation {
    /// What of it an outcome does not meet.
    fn unmet(&self, file: &str, outcome: &Outcome) -> Vec<String> {
        let mut unmet = Vec::new();
        let printed: Vec<&str> = outcome.stdout.lines().map(str::trim_end).collect();
        if self.counts.is_empty() {
            let lines: Vec<&str> = self.lines.iter().map(|line| line.trim_end()).collect();
            if printed != lines {
                let at = printed
                    .iter()
                    .zip(&lines)
                    .take_while(|(a, b)| a == b)
                    .count();
                unmet.push(format!(
                    "output line {}: expected {:?}, got {:?}",
                    at + 1,
                    lines.get(at),
                    printed.get(at),
                ));
            }
        }
        for (count, text) in &self.counts {
            let found = printed.iter().filter(|line| *line == text).count();
            if found != *count {
                unmet.push(format!("{found} lines are {text:?}, expected {count}"));
            }
        }
        let errors = heads(&outcome.stderr, "error");
        for (line, text) in &self.errors {
            if !errors.iter().any(|error| error.contains(text.as_str())) {
                unmet.push(format!("no error says {text:?}"));
            }
            if let Some(line) = line
                && !outcome.stderr.contains(&format!("─ {file}:{line}:"))
            {
                unmet.push(format!("no report points at line {line}"));
            }
        }
        for text in &self.warnings {
            let warnings = heads(&outcome.stderr, "warning");
            if !warnings
                .iter()
                .any(|warning| warning.contains(text.as_str()))
            {
                unmet.push(format!("no warning says {text:?}"));
            }
        }
        for text in &self.stderr {
            if !outcome.stderr.contains(text.as_str()) {
                unmet.push(format!("stderr does not have {text:?}"));
            }
        }
        if self.stderr.is_empty() && !self.ignore_stderr {
            let wanted = self.error_count.unwrap_or(self.errors.len());
            if errors.len() != wanted {
                unmet.push(format!("{} errors, expected {wanted}", errors.len()));
            }
            if wanted == 0 && self.warnings.is_empty() && !outcome.stderr.is_empty() {
                unmet.push("stderr is not empty".to_owned());
            }
        }
        let default = i32::from(!self.errors.is_empty());
        let status = self.status.unwrap_or(default);
        if outcome.status != Some(status) {
            unmet.push(format!("status {:?}, expected {status}", outcome.status));
        }
        unmet
    }
}

/// The first lines of the reports of this severity, without it.
fn heads<'a>(stderr: &'a str, severity: &str) -> Vec<&'a str> {
    stderr
        .lines()
        .filter_map(|line| line.strip_prefix(severity)?.strip_prefix(": "))
        .collect()
}

fn folder() -> PathBuf {
    program::root().join("tests/scripts")
}

fn check(chapter: &str, name: &str) {
    let file = format!("{name}.cq");
    let path = folder().join(chapter).join(&file);
    let text = fs::read_to_string(&path).expect("the script can be read");
    let expected = expectation(&text);
    for turn in 1..=expected.repeat {
        let outcome = program::script(&path)
            .arguments(&expected.arguments)
            .variable("SCRATCH", program::scratch())
            .input(expected.input.as_str())
            .run();
        let unmet = expected.unmet(&file, &outcome);
        assert!(
            unmet.is_empty(),
            "tests/scripts/{chapter}/{file}, run {turn} of {}:\n  {}\n{outcome}",
            expected.repeat,
            unmet.join("\n  "),
        );
    }
}

/// The list as it should be, from the files.
#[test]
fn every_script_is_listed() {
    let listed: BTreeSet<String> = LISTED
        .iter()
        .flat_map(|(chapter, names)| names.iter().map(move |name| format!("{chapter}/{name}")))
        .collect();
    let mut there = BTreeSet::new();
    for chapter in fs::read_dir(folder()).expect("the folder of scripts") {
        let chapter = chapter.expect("a folder").path();
        let word = chapter
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        if word == "gallery" || !chapter.is_dir() {
            continue;
        }
        for script in fs::read_dir(&chapter).expect("a chapter") {
            let script = script.expect("a file").path();
            if script
                .extension()
                .is_some_and(|extension| extension == "cq")
            {
                let name = script.file_stem().expect("a name").to_string_lossy();
                there.insert(format!("{word}/{name}"));
            }
        }
    }
    let missing: Vec<_> = there.difference(&listed).collect();
    assert!(
        missing.is_empty(),
        "not in the list of tests/it/scripts.rs: {missing:#?}"
    );
}

/// Every node of every tree lies inside its parent, in the order of the text; also where the text
/// is wrong.
#[test]
fn spans_are_in_order_in_every_script() {
    let mut folders = vec![folder(), program::root().join("examples")];
    let mut wrong = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "cq") {
                let text = fs::read_to_string(&path).expect("text");
                let tree = cq::syntax::parser::parse_text(&text).tree;
                if let Err(why) = cq::syntax::check_spans(&tree) {
                    wrong.push(format!("{}: {why}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

macro_rules! scripts {
    ($($chapter:ident { $($name:ident)* })*) => {
        $(mod $chapter {
            $(#[test]
            fn $name() {
                super::check(stringify!($chapter), stringify!($name));
            })*
        })*
        const LISTED: &[(&str, &[&str])] =
            &[$((stringify!($chapter), &[$(stringify!($name)),*])),*];
    };
}

scripts! {
    text {
        brace_on_the_next_line_after_fn
        brace_on_the_next_line_after_if
        brace_on_the_next_line_after_while
        carriage_returns_are_blanks
        catch_and_finally_on_later_lines
        comments_end_with_the_line
        comprehensions
        else_on_a_later_line
        empty_program
        float_literals
        fstring_bad_spec_is_an_error
        fstring_conversion_is_an_error
        fstring_empty_hole_is_an_error
        fstring_equals_is_an_error
        fstring_formats_as_python
        fstring_holes
        fstring_lone_brace_is_an_error
        fstring_nested_hole_is_an_error
        fstring_spec_of_other_values
        fstring_spec_that_does_not_fit
        integer_literals
        keywords_are_no_names
        last_line_without_newline
        line_starting_with_a_dot_continues
        line_starting_with_brace_is_a_block
        line_starting_with_bracket_is_a_new_statement
        line_starting_with_minus_is_a_new_statement
        lists_and_maps
        method_call_on_a_number_literal
        names_are_unicode
        newline_after_a_binary_operator
        newline_after_arrow_and_double_colon
        newline_after_comma_and_assignment
        newline_after_task_words
        newline_in_a_string_is_an_error
        newlines_count_in_a_block_inside_brackets
        newlines_inside_round_brackets
        newlines_inside_square_brackets
        not_utf8_is_no_crash
        on_on_the_next_line
        only_a_comment
        semicolons_end_statements
        shebang_is_a_comment
        string_literals_and_escapes
        trailing_commas_everywhere
        two_calls_on_a_line_need_a_semicolon
        two_statements_on_a_line_need_a_semicolon
        unknown_escape_is_an_error
    }
    evaluation {
        an_error_in_an_argument_leaves_nothing_behind
        assignment_evaluates_its_parts_once_and_in_order
        every_turn_and_call_has_cells_of_its_own
        finally_replaces_what_was_under_way
        leaving_out_of_the_middle_of_an_expression
        named_arguments_find_their_parameters
        numbers_leave_the_fast_way_when_they_must
        the_left_operand_is_read_first
        what_is_read_for_the_last_time_may_move
    }
    expressions {
        and_binds_tighter_than_or
        and_or_stop_early
        and_or_want_bools
        arithmetic_precedence
        assignment_target_comes_before_the_value
        blocks_have_the_value_of_their_last_expression
        comparisons
        comparisons_do_not_chain
        conditions_want_bools
        deep_brackets_are_an_error
        division_by_zero
        equality_does_not_chain
        equality_is_by_identity_for_handles
        equality_is_structural_for_data
        evaluation_is_left_to_right
        fields_of_errors
        fields_of_maps
        fields_of_other_values
        floor_division_and_modulo_round_down
        if_has_a_value
        in_and_not_in
        index_out_of_range
        indexing
        int_and_float_mix
        integers_grow
        lambdas_reach_far_right
        method_call_is_a_call
        method_call_is_never_a_field
        method_that_is_only_a_field_is_an_error
        named_arguments
        not_is_looser_than_comparison
        operands_that_do_not_fit
        plus_joins_and_times_repeats
        power_is_right_associative_and_tighter_than_minus
        slices
        slices_have_no_step
        streams_are_right_associative
        task_words_reach_far_right
        true_division
        try_has_a_value
        unary_minus_is_looser_than_call_and_index
        update_evaluates_its_target_once
        what_has_no_order
    }
    statements {
        a_block_hides_its_names
        a_function_sees_later_lets
        a_variable_stands_earlier_than_its_use
        assigning_a_loop_variable_changes_that_turn_only
        assigning_to_a_builtin_is_an_error
        assigning_to_a_call_is_an_error
        assigning_to_a_literal_is_an_error
        assigning_to_a_slice_is_an_error
        assignment_forms
        assignment_is_no_expression
        assignment_reaches_the_nearest_declaration
        assignment_unpacks
        before_its_let_the_outer_one_is_meant
        break_and_continue
        break_does_not_reach_out_of_a_function
        break_does_not_reach_out_of_a_future
        break_leaves_the_inner_loop_only
        break_outside_a_loop
        check_blocks_do_not_run_under_run
        closures_share_their_variable
        comprehension_has_its_own_scope
        continue_does_not_reach_out_of_a_delay
        continue_outside_a_loop
        every_turn_has_fresh_variables
        finally_with_break
        for_goes_over_everything
        for_over_what_cannot_be_gone_over
        for_sees_changes_of_the_list
        for_unpacks
        function_and_variable_of_one_name
        function_before_let_in_a_loop
        if_needs_braces
        in_a_function_body_the_new_one_is_meant
        inner_scopes_may_shadow
        let_needs_a_value
        let_unpacks_a_list_of_that_length
        named_function_is_a_variable_of_its_block
        named_functions_are_visible_in_the_whole_block
        own_names_shadow_builtins
        parameters_and_body_are_one_scope
        parameters_twice_is_an_error
        return_ends_a_task_block
        return_outside_a_function
        several_resolve_errors_in_one_report
        several_syntax_errors_in_one_report
        shared_variable_of_a_task
        statements_are_no_expressions
        twice_in_one_scope_is_an_error
        undeclared_assignment_is_found_before_running
        undeclared_name_is_found_before_running
        unpacking_assignment_of_wrong_length
        unpacking_takes_lists_only
        update_makes_a_new_list
        update_operators
        while_loops
        with_lock_releases_at_the_end
        with_needs_a_resource
        with_pool_in_a_function_returns
        with_queue_closes
        with_releases_after_an_error_and_on_return
        with_task_joins
    }
    values {
        a_list_is_no_key
        bool_is_no_number
        deep_lists_print_and_compare
        float_overflow
        floats_print_as_in_python
        inf_and_nan
        list_that_holds_itself
        lists_and_maps_are_shared_not_copied
        lists_compare_in_dictionary_order
        map_keys
        maps_keep_insertion_order
        numbers_compare_by_value
        one_and_one_point_zero_are_one_key
        print_shows_errors
        print_shows_everything_as_written
        print_shows_functions
        print_shows_handles_numbered_from_one
        print_shows_strings_bare
        print_shows_what_is_forced_of_a_stream
        ranges
        repr_shows_as_written
        strings_are_immutable
        strings_are_unicode_characters
        structural_equality_of_nested_data
        type_is_one_of_the_words
    }
    functions {
        a_million_nested_calls_are_the_error_recursion
        argument_given_twice_is_found_before_running
        calling_what_is_no_function
        closures_see_assignments
        defaults_are_evaluated_at_each_call
        defaults_see_earlier_parameters
        endless_recursion_of_promises_and_streams
        forms
        functions_are_values
        long_streams_do_not_nest
        named_functions_see_outer_parameters
        recursion
        return_leaves_loops
        return_without_value_is_nil
        ten_thousand_nested_calls_through_builtins
        ten_thousand_nested_calls_work
        too_many_arguments_is_found_before_running
        unknown_named_argument_is_found_before_running
        wrong_arity_at_run_time
        wrong_arity_is_found_before_running
        wrong_arity_of_a_builtin_is_found_before_running
    }
    errors {
        assert_evaluates_each_side_once
        assert_tells_both_sides
        assert
        body_error_of_a_with_wins
        catch_variable_is_its_own
        error_in_catch_wins
        error_in_finally_wins
        error_makes_an_error_without_throwing
        errors_have_kind_message_and_trace
        finally_runs_in_every_case
        finally_without_catch_passes_the_error_on
        kinds
        output_before_an_error_is_flushed
        report_shows_calls
        report_shows_operand_values
        rethrow_keeps_the_error
        return_in_finally_wins
        throw_throws_any_value
        thrown_error_in_a_task_says_which_task
        try_needs_catch_or_finally
        uncaught_error
        uncaught_own_error
        uncaught_value
    }
    futures {
        arguments_are_evaluated_in_the_new_task
        as_completed_gives_each_once
        as_completed_gives_the_same_futures
        as_completed_timeout_is_for_the_whole
        chain_of_futures_that_wait
        done_does_not_wait
        error_nobody_asked_for_changes_no_status
        every_turn_captures_its_own_variable
        exception_gives_what_ended_it
        force_of_any_other_value
        force_rethrows
        force_with_timeout
        forced_by_many
        forced_in_place_both_are_cancelled
        forced_in_place_its_forcer_can_be_cancelled
        forced_in_place_thousands_deep
        future_gives_a_value
        future_of_a_block
        futures_can_be_keys
        futures_start_futures
        main_ends_before_its_futures
        many_futures_in_order
        on_a_place
        on_what_is_no_place
        submit_evaluates_its_arguments_now
        ten_thousand_blocked_futures_starve_nobody
        timeout_zero_tries_once
        unstarted_future_is_forced_in_place
        wait_for_all
        wait_for_any
        wait_timeout_is_no_error
        wait_until_error
        wait_with_an_unknown_word
    }
    lazy {
        a_function_that_a_promise_gives_back
        code_lets_go_of_what_it_was_made_with
        delay_evaluates_when_forced_once
        delay_forced_by_many_is_evaluated_once
        delay_rethrows_its_error
        fibonacci_stream_refers_to_itself
        force_is_not_recursive
        head_and_tail
        infinite_stream_with_break
        map_and_filter_are_lazy_on_streams
        map_is_lazy_on_queues
        nil_is_the_empty_stream
        promise_that_forces_itself
        sieve
        streams_have_a_lazy_tail
        unforced_delay_never_runs
        zip_and_enumerate_are_lazy_on_streams
    }
    processes {
        a_bounded_queue_blocks_a_process
        a_cancelled_process_task_counts_as_no_failure
        a_cycle_of_processes_while_others_run
        a_deadlock_thrown_in_a_process_gives_status_three
        a_failed_future_of_a_process_changes_no_status
        a_failed_process_task_nobody_joined
        a_failed_process_task_that_was_joined
        a_future_made_in_a_process_is_the_same_here
        a_future_of_one_process_is_forced_in_another
        a_future_of_threads_is_forced_in_a_process
        a_future_started_in_a_worker_is_still_there
        a_hundred_waiting_tasks_in_a_pool_of_one
        a_killed_consumer_gives_back_what_came_in_rows
        a_killed_consumer_gives_back_what_it_has_not_taken
        a_killed_task_counts_as_no_failure
        a_lock_held_in_a_process_keeps_others_out
        a_lock_made_in_a_process_outlives_it
        a_pipeline_of_processes
        a_pool_is_refused_by_name
        a_pool_is_refused_wherever_it_is
        a_pool_keeps_its_processes
        a_pool_of_n_runs_at_most_n
        a_pool_of_one_computes_one_at_a_time
        a_pool_of_one_does_not_starve
        a_pool_starts_in_order
        a_process_hears_a_cancel_while_it_computes
        a_process_is_heard_while_its_parent_computes
        a_process_task_cancels_itself
        a_promise_is_evaluated_for_itself
        a_promise_that_failed_fails_there_too
        a_promise_under_evaluation_is_copied_with_its_code
        a_queue_copies_when_it_is_put
        a_queue_made_in_a_process_outlives_it
        a_queue_that_crosses_later_copies_what_it_holds
        a_refused_task_leaves_the_pool_working
        a_shared_cell_is_one_cell
        a_task_is_joined_in_a_process
        a_task_of_a_pool_waits_for_its_own_futures
        a_task_that_ends_in_a_process_leaves_its_locks_locked
        a_value_is_not_lost_by_a_cancel
        a_wait_with_a_timeout_in_a_process_is_no_deadlock
        a_worker_goes_on_after_a_cancel
        an_error_through_two_processes_says_where_it_began
        an_evaluated_promise_travels_with_its_value
        an_uncaught_error_of_a_process_is_reported_with_its_place
        any_thrown_value_crosses
        arguments_and_environment_in_a_process
        arguments_of_submit_are_evaluated_now
        as_completed_of_process_tasks
        assignments_are_not_seen
        cancel_a_loop_in_a_process
        cancel_a_wait_in_a_process
        cancel_a_waiting_future_of_a_pool
        cancel_from_inside_of_a_worker
        cancel_releases_what_with_holds
        cancel_what_has_not_started
        capacity_zero_hands_over_to_a_process
        check_finds_what_is_wrong_without_a_process
        clean_up_of_a_cancelled_process_task_may_wait
        closing_is_seen_everywhere
        closing_wakes_a_put_that_waits_in_a_process
        consumers_that_come_and_go_take_each_value_once
        copies_are_taken_at_creation
        copies_of_unstarted_tasks_are_taken_at_creation
        cpu_count_futures_run_at_the_same_time
        cycles_are_kept
        deadlock_inside_of_one_worker
        deadlock_of_a_pipeline_without_end_mark
        deadlock_of_locks_over_processes
        deadlock_of_processes_only
        deadlock_with_a_process
        deep_and_long_values_travel
        eprint_in_a_process
        errors_keep_what_they_are
        errors_travel_as_values
        every_spawn_has_a_process_of_its_own
        exception_and_done_of_process_tasks
        exit_ends_computing_processes
        exit_from_a_future_in_a_worker
        exit_from_a_worker
        files_in_a_process
        functions_travel
        futures_of_a_worker_keep_its_seats
        futures_on_process_keep_cpu_count_running
        futures_on_processes_are_cancelled_at_the_end
        globals_a_function_reaches_travel
        handles_are_equal_to_themselves
        handles_are_keys_everywhere
        handles_print_the_same_everywhere
        input_in_a_process
        kill_a_future_of_a_pool_and_the_pool_goes_on
        kill_ends_it_at_once
        kill_of_a_thread_is_unsupported_in_a_worker_too
        kill_of_an_unstarted_future
        kill_of_what_has_ended
        kill_while_it_waits
        lambdas_travel_with_what_they_captured
        lines_stay_whole
        locks_are_the_same_everywhere
        many_processes_share_one_queue
        many_short_processes
        many_tasks_in_a_pool
        many_values_keep_their_order
        map_in_a_process_pool
        more_values_than_there_is_room_for
        of_a_stream_the_forced_part_travels
        order_of_each_producer_is_kept
        output_before_a_put_comes_first
        output_before_an_error_of_a_process_is_there
        output_of_a_task_is_in_its_order
        pools_inside_of_a_worker
        process_tasks_print_their_process
        processes_inside_of_processes
        producers_and_consumers_of_every_place
        promises_forced_by_threads_of_a_worker
        queues_among_many_values
        queues_between_first_process_and_worker
        queues_travel_through_queues
        random_numbers_differ_between_processes
        ready_tasks_come_before_unstarted_ones
        recursion_past_the_limit_is_an_error_there
        recursive_functions_travel
        refusals_come_at_creation
        results_are_copies
        select_over_queues_of_processes
        self_and_pid
        semaphores_are_the_same_everywhere
        sharing_is_kept
        sizes_of_pools
        sleepers_give_up_the_seat_of_the_shared_pool
        sleepers_keep_the_seat_of_a_pool
        spawn_takes_no_pool
        spawned_processes_outlive_the_main_program
        submit_after_with_throws_closed
        tasks_in_one_worker_share_nothing
        the_lock_of_a_dead_process
        the_next_task_sees_nothing
        threads_know_nothing_of_it
        threads_of_a_worker_end_before_their_process
        threads_of_a_worker_share_its_copies
        threads_still_share_what_a_crossed_queue_gives
        timeouts_inside_of_a_worker
        timeouts_on_process_tasks
        unfinished_lines_of_a_process
        unstarted_futures_of_a_pool_are_not_forced_in_place
        values_from_processes_that_nobody_took
        values_of_a_killed_process_stay
        values_of_every_kind_travel
        wait_for_process_tasks
        waiting_for_oneself_in_a_process
        waiting_inside_of_a_worker
        what_is_put_before_a_close_arrives
        whoever_waits_for_a_cancelled_process_task
        whoever_waits_for_the_lock_of_a_dead_process
        with_joins_a_process_task
        with_waits_for_the_futures_of_its_pool
    }
    queues {
        a_million_deep
        capacity_is_kept
        capacity_zero_hands_over
        close_lets_gets_drain
        close_wakes_a_waiting_put
        close_wakes_waiting_gets
        first_in_first_out
        for_ends_when_closed
        get_waits_for_a_put
        get_with_timeout
        lecture_queue_example
        many_producers_many_consumers
        order_of_one_producer_is_kept
        ping_pong
        pipeline
        put_into_what_is_no_queue
        put_waits_while_full
        put_with_timeout
        queues_can_be_sent_through_queues
        sizes_without_bound
        wrong_capacity
    }
    tasks {
        error_of_main_lets_tasks_end
        exit_from_a_task
        failed_task_does_not_stop_the_others
        failed_task_nobody_joined_gives_status_one
        force_works_on_tasks_and_join_on_futures
        join_rethrows
        join_with_timeout
        joined_failure_gives_status_zero
        kill_is_unsupported_for_threads
        many_spawned_threads
        more_than_the_system_allows
        pid_and_cpu_count
        prints_are_whole_lines
        program_waits_for_spawned_tasks
        self_is_the_running_task
        single_operations_are_atomic
        sleep_and_clock
        spawn_and_join
        spawn_of_a_call_evaluates_in_the_task
        tasks_spawn_tasks
        threads_share_lists_and_maps
        threads_share_variables
    }
    pools {
        an_idle_seat_helps_a_busy_one
        cancelled_with_a_pool_as_argument
        closed_after_with
        default_size_is_cpu_count
        error_in_a_pool
        futures_in_a_pool
        futures_of_a_pool_wait_for_each_other
        map_in_a_pool
        map_throws_the_first_error
        never_more_than_n_at_a_time
        pool_without_with
        shut_down_also_after_an_error
        sleeping_keeps_the_seat
        started_in_the_order_they_were_made
        waiting_gives_up_the_seat
        with_inside_of_its_own_future
        with_waits_for_its_futures
        wrong_size
    }
    locks {
        a_lock_is_owned_by_a_task_not_by_a_thread
        a_task_that_ends_leaves_its_locks_locked
        acquire_and_release
        acquire_waits
        acquire_with_timeout
        lock_makes_updates_safe
        releasing_anothers_lock
        semaphore_acquire_with_timeout
        semaphore_lets_n_in
        semaphore_may_be_released_by_anyone
        taking_a_lock_one_holds
        taking_a_lock_one_holds_with_timeout
        update_without_lock_may_lose_but_never_gains
        wrong_semaphore
    }
    select_wait {
        select_all_closed
        select_drains_closed_ones
        select_from_a_hand_over_queue
        select_loses_nothing
        select_passes_over_closed_ones
        select_takes_from_the_first_that_has_a_value
        select_waits
        select_with_timeout
        several_select_on_the_same_queues
    }
    cancel {
        a_cancelled_task_counts_as_no_failure
        a_value_taken_is_not_lost
        cancel_a_loop
        cancel_a_sleep
        cancel_a_wait
        cancel_recursion
        cancel_what_has_ended
        cancelling_oneself
        clean_up_may_call_loop_and_wait
        ends_cancelled_whatever_its_clean_up_does
        finally_runs_catch_does_not_see_it
        promise_of_a_cancelled_task_is_evaluated_anew
        twice_leaves_clean_up_alone
        unstarted_it_never_runs
        whoever_waits_gets_cancelled
        with_releases
    }
    deadlock {
        a_long_cycle
        a_wait_with_a_timeout_is_none
        clean_up_that_waits_for_ever
        cycle_while_others_run_is_a_warning
        forcing_the_future_one_is
        full_queue_nobody_empties
        futures_left_waiting_are_none
        get_on_a_queue_nobody_fills
        joining_oneself
        lock_whose_owner_has_ended
        locks_in_opposite_order
        long_chains_are_looked_at_quickly
        missing_end_mark
        of_many_tasks
        promises_of_two_tasks
        runs_no_more_code
        semaphore_nobody_releases
        sleep_is_none
        spawned_tasks_after_the_main_program_ended
        two_tasks_force_each_other
        uncaught_deadlock_gives_status_three
    }
    end {
        arguments
        clean_up_that_starts_itself_ends
        deadlock_wins_over_failure
        exit_ends_at_once
        exit_flushes
        exit_without_a_number
        futures_started_by_futures_end_too
        futures_that_have_not_ended_are_cancelled
        input
        input_with_a_prompt
        status_zero
        uncaught_error_then_tasks_end_then_status
    }
    builtins_math {
        functions
        random
    }
    builtins_sequences {
        changing_a_list_while_sorting_is_no_crash
        clear_and_contains
        insert
        keys_values_items
        len_range
        map_filter_reduce_errors
        map_filter_reduce_in_either_order
        pop_takes_an_index
        push_pop_insert
        remove
        reversed_any_all
        sorted
        sum_min_max
        take_and_drop
        zip_and_enumerate
    }
    builtins_text {
        bytes
        conversions
        format
        lines
        ord_and_chr
        replace_and_find
        split_and_join
        strip_upper_lower
    }
    builtins_world {
        environment
        eprint_goes_to_stderr
        fetch_errors
        files
        print_sep_and_end
    }
}
