//! Bytes into copies, first half: what the bytes say.
//!
//! ```text
//!   bytes --read--> roots: slots    nodes: what each is made of --rebuild--> values
//! ```
//!
//! The bytes may come from a process that has gone mad. Everything is checked: counts against the
//! bytes that are left, numbers of nodes, programs, templates, positions. What is wrong gives an
//! error; nothing is believed, so nothing else can happen.

use std::sync::Arc;

use bytes::Buf;
use num_bigint::BigInt;

use super::border::Border;
use super::bytes::{Malformed, Read, Reader};
use super::failure::{ThrownKind, read_failure};
use super::packed::{HANDLE_KINDS, HandleName, Packed, VERSION, node, slot};
use super::rebuild::rebuild;
use crate::resolve::program::TemplateId;
use crate::runtime::place::Place;
use crate::value::Value;
use crate::value::error::{Story, Thrown};
use crate::value::function::Code;
use crate::value::range::Range;
use crate::value::units::UnitId;

/// The copies of the roots that were packed, in their order.
pub fn unpack(packed: &Packed, border: &mut Border<'_>) -> Read<Vec<Value>> {
    let mut reading = Reading::new(packed, border)?;
    let roots = reading.slots()?;
    reading.rest(roots)
}

/// The copy of the one value that was packed.
pub fn unpack_value(packed: &Packed, border: &mut Border<'_>) -> Read<Value> {
    const OTHERS: Malformed = Malformed("not one value");
    let mut reading = Reading::new(packed, border)?;
    if reading.from.count()? != 1 {
        return Err(OTHERS);
    }
    match reading.slot()? {
        Slot::Ready(value) if reading.from.is_at_end() => Ok(value),
        root => reading.rest(vec![root])?.pop().ok_or(OTHERS),
    }
}

/// The copy of the one value in bytes that nobody needs any more: if it is a text, they become
/// its letters.
pub fn unpack_whole(packed: Packed, border: &mut Border<'_>) -> Read<Value> {
    match begin_of_text(&packed.0) {
        Some(begin) => {
            let mut letters = packed.0;
            letters.advance(begin);
            text(letters.into())
        }
        None => unpack_value(&packed, border),
    }
}

/// The copy of a text by itself; `None` if it is something else.
pub fn unpack_text(packed: &[u8]) -> Option<Read<Value>> {
    let letters = &packed[begin_of_text(packed)?..];
    Some(text(letters.to_vec()))
}

fn text(letters: Vec<u8>) -> Read<Value> {
    let text = String::from_utf8(letters);
    text.map(Value::from)
        .map_err(|_| Malformed("a text is not UTF-8"))
}

/// Where the letters of a text by itself begin; `None` if it is something else.
fn begin_of_text(packed: &[u8]) -> Option<usize> {
    let mut from = Reader::new(packed.strip_prefix(&[VERSION, 1, slot::SHORT_TEXT])?);
    let length = from.count().ok()?;
    (from.left() == length).then_some(packed.len() - length)
}

/// A slot that was read.
pub(super) enum Slot {
    /// A value that is complete.
    Ready(Value),
    /// The node with this number.
    Node(usize),
}

/// A node that was read.
pub(super) enum Node {
    List(Vec<Slot>),
    Map(Vec<(Slot, Slot)>),
    /// It holds nothing.
    Leaf(Value),
    Function(&'static Code, Vec<Slot>),
    Pair {
        head: Slot,
        tail: Slot,
    },
    Lazy(Slot),
    /// A promise with its code.
    Delayed(Slot),
    /// A promise with its value.
    Done(Slot),
    /// A promise with its error.
    Failed(Slot),
    /// An error of its own kind.
    Error(Story, Thrown),
    /// An error that carries a thrown value.
    Thrown(Story, Slot),
    Once(Option<Slot>),
    Shared(Option<Slot>),
}

struct Reading<'r, 'b> {
    from: Reader<'r>,
    border: &'r mut Border<'b>,
}

impl<'r, 'b> Reading<'r, 'b> {
    fn new(packed: &'r Packed, border: &'r mut Border<'b>) -> Read<Reading<'r, 'b>> {
        let mut from = Reader::new(&packed.0);
        match from.byte()? {
            VERSION => Ok(Reading { from, border }),
            _ => Err(Malformed("another version of the format")),
        }
    }

    /// The nodes, and what the roots become with them.
    fn rest(mut self, roots: Vec<Slot>) -> Read<Vec<Value>> {
        let mut nodes = Vec::new();
        while !self.from.is_at_end() {
            nodes.push(self.node()?);
        }
        rebuild(roots, nodes)
    }

    fn slot(&mut self) -> Read<Slot> {
        let from = &mut self.from;
        let value = match from.byte()? {
            slot::NIL => Value::Nil,
            slot::FALSE => Value::from(false),
            slot::TRUE => Value::from(true),
            slot::INT => Value::Int(from.signed()?),
            slot::FLOAT => Value::from(from.float()?),
            slot::SHORT_TEXT => Value::from(from.text()?),
            slot::RANGE => Value::Range(Arc::new(read_range(from)?)),
            slot::BUILTIN => {
                let builtin = crate::builtins::find(from.text()?);
                Value::Builtin(builtin.ok_or(Malformed("an unknown builtin"))?)
            }
            slot::THREAD => Value::Place(Place::Thread),
            slot::PROCESS => Value::Place(Place::Process),
            slot::HANDLE => self.handle()?,
            slot::NODE => {
                let number = usize::try_from(from.number()?);
                return number
                    .map(Slot::Node)
                    .map_err(|_| Malformed("no such node"));
            }
            _ => return Err(Malformed("an unknown kind of value")),
        };
        Ok(Slot::Ready(value))
    }

    fn slots(&mut self) -> Read<Vec<Slot>> {
        let count = self.from.count()?;
        let mut slots = Vec::with_capacity(count);
        for _ in 0..count {
            slots.push(self.slot()?);
        }
        Ok(slots)
    }

    fn node(&mut self) -> Read<Node> {
        let from = &mut self.from;
        Ok(match from.byte()? {
            node::LIST => Node::List(self.slots()?),
            node::MAP => {
                let count = from.count()?;
                let mut entries = Vec::with_capacity(count);
                for _ in 0..count {
                    entries.push((self.slot()?, self.slot()?));
                }
                Node::Map(entries)
            }
            node::TEXT => Node::Leaf(Value::from(from.text()?)),
            node::BYTES => Node::Leaf(Value::Bytes(Arc::new(from.blob()?.to_vec()))),
            node::BIG_INT => {
                let number = BigInt::from_signed_bytes_le(from.blob()?);
                Node::Leaf(Value::integer(number))
            }
            node::FUNCTION => {
                let code = self.code()?;
                Node::Function(code, self.slots()?)
            }
            node::PAIR => Node::Pair {
                head: self.slot()?,
                tail: self.slot()?,
            },
            node::LAZY => Node::Lazy(self.slot()?),
            node::DELAYED => Node::Delayed(self.slot()?),
            node::DONE => Node::Done(self.slot()?),
            node::FAILED => Node::Failed(self.slot()?),
            node::ERROR => match read_failure(from, self.border.sources)? {
                (story, ThrownKind::Error(thrown)) => Node::Error(story, thrown),
                (story, ThrownKind::Value) => Node::Thrown(story, self.slot()?),
            },
            node::ONCE => Node::Once(self.cell()?),
            node::SHARED => Node::Shared(self.cell()?),
            _ => return Err(Malformed("an unknown kind of node")),
        })
    }

    fn cell(&mut self) -> Read<Option<Slot>> {
        match self.from.byte()? {
            0 => Ok(None),
            1 => self.slot().map(Some),
            _ => Err(Malformed("a variable neither filled nor empty")),
        }
    }

    fn code(&mut self) -> Read<&'static Code> {
        let unit = UnitId(self.from.small()?);
        let template = TemplateId(self.from.small()?);
        let unit = self
            .border
            .units
            .get(unit)
            .ok_or(Malformed("an unknown program"))?;
        match (template.0 as usize) < unit.program.templates.len() {
            true => Ok(unit.code(template)),
            false => Err(Malformed("an unknown function")),
        }
    }

    fn handle(&mut self) -> Read<Value> {
        let kind = HANDLE_KINDS.get(usize::from(self.from.byte()?));
        let kind = *kind.ok_or(Malformed("an unknown kind of handle"))?;
        let id = self.from.number()?;
        self.border.handles.import(HandleName { kind, id })
    }
}

fn read_range(from: &mut Reader<'_>) -> Read<Range> {
    let range = Range {
        start: from.signed()?,
        end: from.signed()?,
        step: from.signed()?,
    };
    match range.step {
        0 => Err(Malformed("a range without a step")),
        _ => Ok(range),
    }
}
