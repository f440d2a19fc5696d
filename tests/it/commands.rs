//! The command line: how a program comes in, how it ends, what the outside sees.

use std::fs;
use std::io::Read;
use std::process::{Command, Stdio};

use super::program::{self, Outcome, cq, scratch, source};

#[track_caller]
fn fails(outcome: &Outcome, status: i32, says: &str) {
    assert_eq!(outcome.status, Some(status), "{outcome}");
    assert!(
        outcome.stderr.contains(says),
        "expected {says:?}: {outcome}"
    );
    assert!(!outcome.stderr.contains("panicked"), "{outcome}");
}

fn file(name: &str, text: &str) -> std::path::PathBuf {
    let path = scratch().join(name);
    fs::write(&path, text).expect("the scratch folder can be written");
    path
}

#[test]
fn a_file_is_run() {
    assert_eq!(source("print(1 + 1)").run().printed(), "2\n");
}

#[test]
fn run_is_a_command() {
    let path = file("a.cq", "print(args)");
    let outcome = cq(["run".as_ref(), path.as_os_str()])
        .arguments(["x", "-y", "--z"])
        .run();
    assert_eq!(outcome.printed(), "[\"x\", \"-y\", \"--z\"]\n");
}

#[test]
fn arguments_go_to_the_program() {
    let path = file("a.cq", "print(args)");
    let outcome = cq([&path]).arguments(["-e", "check", "--help", ""]).run();
    assert_eq!(outcome.printed(), "[\"-e\", \"check\", \"--help\", \"\"]\n");
}

#[test]
fn code_on_the_command_line() {
    assert_eq!(cq(["-e", "print(6 * 7)"]).run().printed(), "42\n");
    assert_eq!(cq(["-e", "let a = 1\nprint(a)"]).run().printed(), "1\n");
}

#[test]
fn code_on_the_command_line_that_is_missing() {
    fails(&cq(["-e"]).run(), 2, "-e");
}

#[test]
fn a_program_on_standard_input() {
    let none: [&str; 0] = [];
    assert_eq!(
        cq(none).input("print(1)\nprint(2)\n").run().printed(),
        "1\n2\n"
    );
}

#[test]
fn an_error_on_standard_input_has_a_place() {
    let none: [&str; 0] = [];
    let outcome = cq(none).input("print(1)\nprint(nil + 1)\n").run();
    fails(&outcome, 1, "error: ");
    assert!(outcome.stderr.contains(":2:"), "{outcome}");
    assert_eq!(outcome.stdout, "1\n");
}

#[test]
fn a_file_that_is_not_there() {
    fails(&cq(["no_such_file.cq"]).run(), 2, "no_such_file.cq");
    fails(&cq(["run", "no_such_file.cq"]).run(), 2, "no_such_file.cq");
    fails(
        &cq(["check", "no_such_file.cq"]).run(),
        2,
        "no_such_file.cq",
    );
}

#[test]
fn run_without_a_file() {
    fails(&cq(["run"]).run(), 2, "error: ");
}

#[test]
fn a_folder_is_no_file() {
    let folder = scratch();
    fails(&cq([&folder]).run(), 2, "error: ");
}

#[test]
fn an_unknown_option() {
    fails(&cq(["--no-such-option"]).run(), 2, "--no-such-option");
}

#[test]
fn a_misspelled_command_gets_the_nearest() {
    fails(&cq(["chekc", "a.cq"]).run(), 2, "check");
}

#[test]
fn commands_to_come_say_so() {
    for command in ["explore", "replay", "test", "trace", "learn", "repl"] {
        let outcome = cq([command, "a.cq"]).run();
        assert!(
            matches!(outcome.status, Some(1 | 2)),
            "{command}: {outcome}"
        );
        assert!(
            outcome.stderr.starts_with("error: "),
            "{command}: {outcome}"
        );
    }
}

#[test]
fn a_file_that_is_no_text() {
    let path = scratch().join("bad.cq");
    fs::write(&path, b"print(1)\n\xff\xfe\n").expect("the scratch folder can be written");
    let outcome = cq([&path]).run();
    fails(&outcome, 2, "UTF-8");
    assert_eq!(outcome.stdout, "");
}

#[test]
fn a_null_character_is_an_error() {
    fails(&source("print(1)\0").run(), 2, "error: ");
}

#[test]
fn a_byte_order_mark_is_fine() {
    assert_eq!(source("\u{feff}print(1)").run().printed(), "1\n");
}

#[test]
fn check_says_nothing_when_all_is_well() {
    let path = file("a.cq", "print(\"must not run\")");
    let outcome = cq(["check".as_ref(), path.as_os_str()]).run();
    assert_eq!(outcome.printed(), "");
}

#[test]
fn check_reports_every_error_of_every_file() {
    let one = file("one.cq", "print(aa)\nprint(bb)\n");
    let two = file("two.cq", "print((1)\n");
    let outcome = cq(["check".as_ref(), one.as_os_str(), two.as_os_str()]).run();
    fails(&outcome, 2, "one.cq:1:");
    assert!(outcome.stderr.contains("one.cq:2:"), "{outcome}");
    assert!(outcome.stderr.contains("two.cq:1:"), "{outcome}");
}

#[test]
fn check_warns_of_captured_variables_that_change() {
    let path = file(
        "a.cq",
        "let x = 1\nlet f = future x + 1\nx = 2\nprint(force(f))\n",
    );
    let outcome = cq(["check".as_ref(), path.as_os_str()]).run();
    assert!(outcome.stderr.contains("warning: "), "{outcome}");
    assert!(outcome.stderr.contains('x'), "{outcome}");
    assert_eq!(outcome.status, Some(0), "{outcome}");
}

#[test]
fn every_script_that_runs_passes_check() {
    let scripts = program::root().join("tests/scripts");
    for chapter in ["text", "expressions", "values", "queues", "lazy", "locks"] {
        for script in fs::read_dir(scripts.join(chapter)).expect("a chapter") {
            let path = script.expect("a file").path();
            let text = fs::read_to_string(&path).expect("text");
            if text.contains("# expect status: 2") {
                continue;
            }
            let outcome = cq(["check".as_ref(), path.as_os_str()]).run();
            assert_eq!(outcome.status, Some(0), "{}: {outcome}", path.display());
            assert_eq!(outcome.stdout, "", "{}", path.display());
        }
    }
}

#[test]
fn help_tells_the_commands() {
    for outcome in [cq(["help"]).run(), cq(["--help"]).run()] {
        let text = outcome.printed();
        for word in ["cq FILE", "run", "check", "help", "-e"] {
            assert!(text.contains(word), "{word}: {text}");
        }
    }
}

#[test]
fn help_of_a_builtin() {
    let text = cq(["help", "get"]).run().printed();
    assert!(text.contains("timeout"), "{text}");
    let text = cq(["help", "join"]).run().printed();
    assert!(
        text.contains("sep") && text.contains("task"),
        "both rows: {text}"
    );
}

#[test]
fn help_of_a_misspelled_builtin() {
    let outcome = cq(["help", "lenght"]).run();
    assert_eq!(outcome.status, Some(2), "{outcome}");
    assert!(outcome.stderr.contains("len"), "{outcome}");
}

#[test]
fn version() {
    let text = cq(["--version"]).run().printed();
    assert!(text.contains(env!("CARGO_PKG_VERSION")), "{text}");
}

#[test]
fn output_is_flushed_before_the_report() {
    let outcome = source("print(\"half\", end: \"\")\nthrow \"x\"").run();
    fails(&outcome, 1, "uncaught \"x\"");
    assert_eq!(outcome.stdout, "half");
}

#[test]
fn a_closed_output_pipe_ends_the_program_quietly() {
    let path = file(
        "a.cq",
        "let n = 0\nwhile true { print(\"line\", n); n += 1 }",
    );
    let mut child = Command::new(env!("CARGO_BIN_EXE_cq"))
        .arg(&path)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("cq starts");
    let mut stdout = child.stdout.take().expect("piped");
    let mut first = [0; 7];
    stdout.read_exact(&mut first).expect("a line");
    assert_eq!(&first, b"line 0\n");
    drop(stdout);
    let mut said = String::new();
    let mut stderr = child.stderr.take().expect("piped");
    stderr.read_to_string(&mut said).expect("text");
    child.wait().expect("it ends");
    assert_eq!(said, "", "quietly");
}

#[test]
fn a_big_output_comes_whole() {
    let text = source("for i in range(100_000) { print(i) }")
        .run()
        .printed();
    assert_eq!(text.lines().count(), 100_000);
    assert!(text.ends_with("\n99999\n"));
}

#[test]
fn a_line_longer_than_any_pipe_stays_whole() {
    let text = source(
        "let ts = [spawn print(letter * 200_000) for letter in [\"a\", \"b\", \"c\"]]\n\
         for t in ts { t.join() }",
    )
    .run()
    .printed();
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    let wanted: Vec<String> = ["a", "b", "c"].iter().map(|c| c.repeat(200_000)).collect();
    assert!(lines == wanted, "torn: {} lines", lines.len());
}

#[test]
fn a_hundred_thousand_brackets() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("{", "}"),
        ("-", ""),
        ("not ", ""),
        ("[1, ", "]"),
    ] {
        let deep = format!("let x = {}1{}", open.repeat(100_000), close.repeat(100_000));
        let outcome = source(&deep).run();
        assert!(
            matches!(outcome.status, Some(0..=2)),
            "{open}: {:?}",
            outcome.status
        );
        if outcome.status != Some(0) {
            assert!(outcome.stderr.starts_with("error: "), "{open}: {outcome}");
        }
    }
}

#[test]
fn a_hundred_thousand_open_brackets() {
    for open in [
        "(",
        "[",
        "{",
        "f(",
        "f\"{",
        "if true {",
        "fn() => ",
        "1 + ",
        "1 :: ",
        "a.",
        "xs[",
    ] {
        let outcome = source(&open.repeat(100_000)).run();
        assert_eq!(
            outcome.status,
            Some(2),
            "{open}: {:?}",
            outcome.stderr.get(..300)
        );
        assert!(outcome.stderr.starts_with("error: "), "{open}");
        assert!(
            outcome.stderr.len() < 20_000,
            "{open}: a report of {}",
            outcome.stderr.len()
        );
    }
}

#[test]
fn a_megabyte_of_string() {
    let text = "x".repeat(1_000_000);
    let outcome = source(&format!("print(len(\"{text}\"))")).run();
    assert_eq!(outcome.printed(), "1000000\n");
}

#[test]
fn a_long_program() {
    let mut text = String::new();
    for i in 0..5000 {
        text.push_str(&format!("fn f{i}(x) {{ x + {i} }}\n"));
    }
    text.push_str("print(f4999(1))\n");
    assert_eq!(source(&text).run().printed(), "5000\n");
}

#[test]
fn a_long_sum_in_one_expression() {
    let text = format!("print({}1)", "1 + ".repeat(20_000));
    let outcome = source(&text).run();
    assert!(
        outcome.stdout == "20001\n" || outcome.stderr.starts_with("error: "),
        "{outcome}"
    );
}

#[test]
fn reports_are_plain_in_a_pipe() {
    let outcome = source("1 / 0").run();
    assert!(!outcome.stderr.contains('\u{1b}'), "{outcome}");
}

#[test]
fn a_closed_error_pipe_is_no_crash() {
    let path = file("a.cq", "eprint(\"x\")\n1 / 0");
    let mut child = Command::new(env!("CARGO_BIN_EXE_cq"))
        .arg(&path)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("cq starts");
    drop(child.stderr.take());
    let status = child.wait().expect("it ends");
    assert!(matches!(status.code(), Some(0..=2)), "{status}");
}

#[test]
fn options_of_exploring_are_listed_and_told_apart() {
    let page = fs::read_to_string(program::root().join("docs/commands.md")).expect("the page");
    for command in ["explore", "replay", "test"] {
        let told = cq(["help", command]).run().printed();
        assert!(told.starts_with(&format!("cq {command} ")), "{told}");
        let options = told.lines().filter_map(|line| line.strip_prefix("  --"));
        for option in options {
            let name = option.split(' ').next().expect("a name");
            assert!(
                page.contains(&format!("`--{name}")),
                "docs/commands.md: --{name}"
            );
        }
    }
    let path = scratch().join("one.cq");
    fs::write(&path, "print(1)").expect("a file");
    let with = |command: &str, option: &[&str]| {
        cq([&[command, path.to_str().expect("text")], option].concat()).run()
    };
    fails(&with("explore", &["--ful"]), 2, "did you mean --full?");
    fails(
        &with("explore", &["--max-seconds", "x"]),
        2,
        "--max-seconds takes a number, not `x`",
    );
    fails(&with("explore", &["--max-seconds"]), 2, "--max-seconds");
    fails(
        &with("test", &["--show", "1"]),
        2,
        "--show is no option of `cq test`",
    );
    fails(
        &with("explore", &["--json", "--show", "1"]),
        2,
        "does not go with --json",
    );
}
