//! Files. Reading and writing hold up no other task.

use std::fs::{self, File};
use std::io::{self, BufReader, ErrorKind};
use std::sync::Arc;

use crate::runtime::limits::Denied;
use crate::runtime::machine::Machine;
use crate::runtime::promise::Promise;
use crate::value::error::fail;
use crate::value::stream::Stream;
use crate::value::{Kind, Result, Unwind, Value};

use super::arguments::{expect_string, wrong_type};
use super::pending::PendingLines;
use super::{Row, Run};

pub(super) const TABLE: &[Row] = &[
    Row {
        name: "read_file",
        parameters: "path",
        doc: "the text of a file in UTF-8",
        example: "let path = env(\"TMPDIR\", \"/tmp\") + \"/cq-read-file.txt\"\nwrite_file(path, \"hello\\n\")\nread_file(path)",
        gives: "\"hello\\n\"",
        run: Run::Function(read_file),
    },
    Row {
        name: "write_file",
        parameters: "path, content",
        doc: "makes a file of a string or bytes, in place of the one that was there",
        example: "let path = env(\"TMPDIR\", \"/tmp\") + \"/cq-write-file.txt\"\nwrite_file(path, \"one\")\nwrite_file(path, \"two\")\nread_file(path)",
        gives: "\"two\"",
        run: Run::Function(write_file),
    },
    Row {
        name: "read_bytes",
        parameters: "path",
        doc: "the bytes of a file",
        example: "let path = env(\"TMPDIR\", \"/tmp\") + \"/cq-read-bytes.txt\"\nwrite_file(path, \"häh\")\nlen(read_bytes(path))",
        gives: "4",
        run: Run::Function(read_bytes),
    },
    Row {
        name: "lines",
        parameters: "path",
        doc: "a stream of a file's lines without their ends, read as they are asked for",
        example: "let path = env(\"TMPDIR\", \"/tmp\") + \"/cq-lines.txt\"\nwrite_file(path, \"one\\ntwo\\n\")\nfor line in lines(path) { print(upper(line)) }",
        gives: "ONE\nTWO",
        run: Run::Function(lines),
    },
];

fn read_file(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    machine.runtime.allows(Denied::Read, "read_file")?;
    let path = expect_string("read_file", "path", &arguments[0])?.to_string();
    let bytes = read(machine, &path)?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Value::from(text)),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            Err(not_text(&format!("{path}: byte {at}")).help("read_bytes(path) reads any file"))
        }
    }
}

fn read_bytes(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    machine.runtime.allows(Denied::Read, "read_bytes")?;
    let path = expect_string("read_bytes", "path", &arguments[0])?.to_string();
    Ok(Value::Bytes(Arc::new(read(machine, &path)?)))
}

fn read(machine: &mut Machine<'_>, path: &str) -> Result<Vec<u8>> {
    let own = path.to_owned();
    machine
        .outside("a file", None, move || fs::read(own))?
        .unwrap_or_else(|| Err(ErrorKind::TimedOut.into()))
        .map_err(|error| io_error(&format!("cannot read {path}"), &error))
}

fn write_file(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    machine.runtime.allows(Denied::Write, "write_file")?;
    let path = expect_string("write_file", "path", &arguments[0])?.to_string();
    let content = arguments[1].clone();
    if !matches!(content, Value::String(_) | Value::Bytes(_)) {
        return Err(wrong_type(
            "write_file",
            "content",
            "a string or bytes",
            &content,
        ));
    }
    let own = path.clone();
    machine
        .outside("a file", None, move || match &content {
            Value::String(text) => fs::write(own, text.as_bytes()),
            Value::Bytes(bytes) => fs::write(own, &bytes[..]),
            _ => Ok(()),
        })?
        .unwrap_or(Ok(()))
        .map_err(|error| io_error(&format!("cannot write {path}"), &error))?;
    Ok(Value::Nil)
}

fn lines(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    machine.runtime.allows(Denied::Read, "lines")?;
    let path: Arc<str> = Arc::from(&**expect_string("lines", "path", &arguments[0])?);
    let own = path.clone();
    let file = machine
        .outside("a file", None, move || File::open(&*own))?
        .unwrap_or_else(|| Err(ErrorKind::TimedOut.into()))
        .map_err(|error| io_error(&format!("cannot read {path}"), &error))?;
    let lines = PendingLines::ahead(BufReader::new(file));
    lines_from(machine, &lines, &path, 1)
}

/// The stream of the lines from here on.
fn lines_from(
    machine: &mut Machine<'_>,
    lines: &Arc<PendingLines>,
    path: &Arc<str>,
    number: u64,
) -> Result<Value> {
    let line = lines
        .next(machine, "a file")?
        .map_err(|error| io_error(&format!("cannot read {path}"), &error))?;
    let Some(line) = line else {
        return Ok(Value::Nil);
    };
    let line = String::from_utf8(line).map_err(|_| not_text(&format!("{path}: line {number}")))?;
    let (lines, path) = (lines.clone(), path.clone());
    let rest = Promise::native(move |machine| lines_from(machine, &lines, &path, number + 1));
    Ok(Stream::pair(Value::from(line), rest))
}

#[cold]
fn not_text(place: &str) -> Unwind {
    fail(Kind::Value, format!("{place} is not UTF-8 text"))
}

/// The error for what the system says.
#[cold]
pub(super) fn io_error(doing: &str, error: &io::Error) -> Unwind {
    let kind = match error.kind() {
        ErrorKind::OutOfMemory => Kind::Memory,
        _ => Kind::Io,
    };
    fail(kind, format!("{doing}: {}", io_words(error)))
}

/// What the system says, in words a reader understands.
pub(super) fn io_words(error: &io::Error) -> String {
    let words = match error.kind() {
        ErrorKind::NotFound => "there is no such file or folder",
        ErrorKind::PermissionDenied => "permission denied",
        ErrorKind::IsADirectory => "it is a folder",
        ErrorKind::NotADirectory => "a part of the path is not a folder",
        ErrorKind::StorageFull => "the disk is full",
        ErrorKind::OutOfMemory => "there is not enough memory",
        ErrorKind::InvalidInput => "that is no path",
        _ => "",
    };
    match words {
        "" => crate::diagnostics::words::system_error(error).to_lowercase(),
        words => words.to_owned(),
    }
}
