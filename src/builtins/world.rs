//! The world around the program: output, input, what it was started with, how it ends.

use std::io::BufReader;
use std::sync::{Arc, OnceLock};

use crate::gate::Operation;
use crate::runtime::limits::Denied;
use crate::runtime::machine::Machine;
use crate::value::error::fail;
use crate::value::show::display;
use crate::value::{Failure, Kind, Result, Value};

use super::arguments::{expect_bool, expect_int, expect_string, wrong_value};
use super::files::io_error;
use super::keyboard::{self, Keyboard, Reader};
use super::pending::PendingLines;
use super::{Row, Run};

pub(super) const TABLE: &[Row] = &[
    Row {
        name: "print",
        parameters: "...values, sep = \" \", end = \"\\n\"",
        doc: "writes the values with sep between them and end behind them, as one piece whatever other tasks print",
        example: "print(\"a\", 1.0, [\"b\", nil])\nprint(1, 2, sep: \"-\", end: \"!\\n\")",
        gives: "a 1.0 [\"b\", nil]\n1-2!",
        run: Run::Function(print),
    },
    Row {
        name: "eprint",
        parameters: "...values, sep = \" \", end = \"\\n\"",
        doc: "like print, but to standard error",
        example: "if len(args) > 9 { eprint(\"too many arguments:\", args) }",
        gives: "",
        run: Run::Function(eprint),
    },
    Row {
        name: "input",
        parameters: "prompt = \"\"",
        doc: "shows the prompt and reads a line, without its end; at the end of the input, the error io",
        example: "fn ask(question) {\n    try { input(question) } catch e { \"\" }\n}",
        gives: "",
        run: Run::Function(input),
    },
    Row {
        name: "args",
        parameters: "",
        doc: "a list of the arguments that the program was started with",
        example: "args",
        gives: "[]",
        run: Run::Variable(args),
    },
    Row {
        name: "env",
        parameters: "name, default = nil",
        doc: "a variable of the environment, or default if it is not set",
        example: "env(\"CQ_SURELY_NOT_SET\", \"nothing\")",
        gives: "\"nothing\"",
        run: Run::Function(env),
    },
    Row {
        name: "exit",
        parameters: "status = 0",
        doc: "ends the whole program at once, from any task, without running any finally",
        example: "if len(args) > 9 { exit(2) }\nprint(\"still here\")",
        gives: "still here",
        run: Run::Function(exit),
    },
    Row {
        name: "assert",
        parameters: "condition, message = \"\"",
        doc: "throws the error assert, with the message, if the condition is false",
        example: "try { assert(1 + 1 == 3, \"sums are off\") } catch e { print(e.kind, \"-\", e.message) }",
        gives: "assert - sums are off",
        run: Run::Function(assert),
    },
    Row {
        name: "error",
        parameters: "kind, message",
        doc: "an error to throw; any word can be a kind",
        example: "try { throw error(\"too-cold\", \"it is -3\") } catch e { e.kind }",
        gives: "\"too-cold\"",
        run: Run::Function(error),
    },
];

fn print(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let text = put_together(machine, "print", arguments)?;
    machine.gate.announce(|| Operation::Print);
    machine.gate.tell(|| format!("{:?}", text.trim_end()));
    machine.runtime.output.print(&text);
    Ok(Value::Nil)
}

fn eprint(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let text = put_together(machine, "eprint", arguments)?;
    machine.gate.announce(|| Operation::Print);
    machine.runtime.output.print_error(&text);
    Ok(Value::Nil)
}

/// The whole text of a print. Arguments: sep, end, the values.
fn put_together(machine: &mut Machine<'_>, builtin: &str, arguments: &[Value]) -> Result<String> {
    let separator = expect_string(builtin, "sep", &arguments[0])?;
    let end = expect_string(builtin, "end", &arguments[1])?;
    let mut text = String::new();
    for (number, value) in arguments[2..].iter().enumerate() {
        if number > 0 {
            text.push_str(separator);
        }
        match value {
            Value::String(plain) => text.push_str(plain),
            other => text.push_str(&display(other, &machine.gate)?),
        }
    }
    text.push_str(end);
    Ok(text)
}

/// Standard input, which all tasks share.
fn standard_input() -> &'static Arc<PendingLines> {
    static INPUT: OnceLock<Arc<PendingLines>> = OnceLock::new();
    INPUT.get_or_init(|| PendingLines::one_by_one(BufReader::new(Keyboard)))
}

fn input(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let prompt = display(&arguments[0], &machine.gate)?;
    machine.gate.announce(|| Operation::Input);
    if let Some(first) = machine.runtime.first_process().cloned() {
        return first.input(machine, prompt);
    }
    machine.runtime.output.print(&prompt);
    if keyboard::is_edited() {
        let who = machine.task.title();
        let how = "`:wait` lets you type it";
        machine
            .runtime
            .output
            .print(&format!("\n{who} asks for a line of input: {how}\n"));
    }
    machine.runtime.output.flush();
    let _reader = Reader::begins();
    let line = standard_input()
        .next(machine, "input")?
        .map_err(|error| io_error("cannot read the input", &error))?;
    match line.map(String::from_utf8) {
        Some(Ok(line)) => Ok(Value::from(line)),
        Some(Err(_)) => Err(fail(Kind::Value, "the line of input is not UTF-8 text")),
        None => Err(Failure::error(
            Kind::Io,
            "input has come to its end: there are no more lines",
        )
        .help("`try { input() } catch e { nil }` gives nil at the end")
        .into()),
    }
}

fn args(machine: &Machine<'_>) -> Value {
    let arguments = machine.runtime.arguments.iter();
    Value::list(arguments.map(|one| Value::from(one.as_str())).collect())
}

fn env(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    machine.runtime.allows(Denied::Read, "env")?;
    let name = expect_string("env", "name", &arguments[0])?;
    Ok(match std::env::var_os(&**name) {
        Some(value) => Value::from(&*value.to_string_lossy()),
        None => arguments[1].clone(),
    })
}

fn exit(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    match expect_int("exit", "status", &arguments[0])? {
        status @ 0..=255 if machine.gate.decides() => Err(machine.leave_stage(status as i32)),
        status @ 0..=255 => machine.runtime.exit(status as i32),
        _ => Err(wrong_value(
            "status",
            &arguments[0],
            "an exit status is a number from 0 to 255",
        )),
    }
}

fn assert(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    if expect_bool("assert", "condition", &arguments[0])? {
        return Ok(Value::Nil);
    }
    let message = display(&arguments[1], &machine.gate)?;
    Err(fail(
        Kind::Assert,
        match message.is_empty() {
            true => String::from("the assertion does not hold"),
            false => message,
        },
    ))
}

fn error(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let kind = expect_string("error", "kind", &arguments[0])?;
    let message = display(&arguments[1], &machine.gate)?;
    let failure = Failure::error(Kind::from_word(kind), message);
    Ok(Value::Error(Arc::new(failure)))
}
