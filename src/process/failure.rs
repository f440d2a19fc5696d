//! Errors with their stories as bytes. The value of a `throw` is a slot like any other, so it is
//! left to who writes slots.

use super::bytes::{Malformed, Read, Reader, Writer};
use crate::diagnostics::source::Sources;
use crate::syntax::span::{SourceId, Span};
use crate::value::Value;
use crate::value::error::{CallFrame, Failure, Kind, Story, TaskMark, Thrown};

/// What was thrown, as far as it is known before the slots are.
pub(super) enum ThrownKind {
    /// An error, complete.
    Error(Thrown),
    /// A value, whose slot comes next.
    Value,
}

/// Writes all but a thrown value, whose slot must come next.
pub(super) fn write_failure<'f>(out: &mut Writer, failure: &'f Failure) -> Option<&'f Value> {
    let story = &failure.story;
    out.option(story.span, write_span);
    out.text(&story.label);
    out.option(story.help.as_deref(), Writer::text);
    out.count(story.calls.len());
    for call in &story.calls {
        out.option(call.function.as_deref(), Writer::text);
        out.option(call.called_at, write_span);
    }
    out.count(story.calls_left_out);
    out.count(story.tasks.len());
    for task in &story.tasks {
        out.number(task.number);
        out.option(task.process, |out, process| out.number(process.into()));
        out.byte(
            VERBS
                .iter()
                .position(|verb| *verb == task.verb)
                .unwrap_or(0) as u8,
        );
        out.option(task.started_at, write_span);
    }
    match &failure.thrown {
        Thrown::Error { kind, message } => {
            out.byte(0);
            out.text(kind.word());
            out.text(message);
            None
        }
        Thrown::Value(value) => {
            out.byte(1);
            Some(value)
        }
    }
}

/// Reads what [`write_failure`] wrote.
pub(super) fn read_failure(from: &mut Reader<'_>, sources: &Sources) -> Read<(Story, ThrownKind)> {
    let span = |from: &mut Reader<'_>| read_span(from, sources);
    let story = Story {
        span: from.option(span)?,
        label: String::from(from.text()?),
        help: from.option(Reader::text)?.map(String::from),
        calls: from.several(|from| {
            Ok(CallFrame {
                function: from.option(Reader::text)?.map(Into::into),
                called_at: from.option(span)?,
            })
        })?,
        calls_left_out: from.small()? as usize,
        tasks: from.several(|from| {
            Ok(TaskMark {
                number: from.number()?,
                process: from.option(Reader::small)?,
                verb: VERBS
                    .get(usize::from(from.byte()?))
                    .ok_or(Malformed("an unknown way to start a task"))?,
                started_at: from.option(span)?,
            })
        })?,
    };
    let thrown = match from.byte()? {
        0 => ThrownKind::Error(Thrown::Error {
            kind: Kind::from_word(from.text()?),
            message: from.text()?.into(),
        }),
        1 => ThrownKind::Value,
        _ => return Err(Malformed("an unknown way to throw")),
    };
    Ok((story, thrown))
}

/// The words of a [`TaskMark`]; a word's place here is its byte.
const VERBS: [&str; 2] = ["started", "spawned"];

fn write_span(out: &mut Writer, span: Span) {
    out.number(span.source.0.into());
    out.number(span.start.into());
    out.number(span.end.into());
}

/// A span, which must lie in a text that is known here: reports cut it out.
fn read_span(from: &mut Reader<'_>, sources: &Sources) -> Read<Span> {
    let span = Span {
        source: SourceId(from.small()?),
        start: from.small()?,
        end: from.small()?,
    };
    let lies_in_text = sources
        .get(span.source)
        .is_some_and(|source| source.text.get(span.range()).is_some());
    match lies_in_text {
        true => Ok(span),
        false => Err(Malformed("a position outside of every text")),
    }
}
