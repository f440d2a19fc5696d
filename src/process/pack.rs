//! Values into bytes.
//!
//! ```text
//!   roots: slot slot        a slot that meets a new node gives it the next number
//!   nodes: [n0, n1, n2 …]   and puts it in line; the line is worked off from its beginning,
//!           ^               so nodes are written in the order of their numbers
//! ```
//!
//! Nothing here calls itself, so a value may be nested as deep as it likes. Every node is kept
//! until the end: an address must not come to mean something else meanwhile. What a list or map
//! holds is copied out of it before any of it is packed, so no lock is held meanwhile; other
//! tasks may change things between two nodes, as between any two operations.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use super::border::Border;
use super::bytes::{Writer, write_number};
use super::failure::write_failure;
use super::packed::{HandleKind, Packed, SHORT, VERSION, node, slot};
use super::refusal::{Called, Refusal, Step, refusal};
use crate::gate::Gate;
use crate::runtime::place::Place;
use crate::runtime::promise::{Content, Promise};
use crate::value::Value;
use crate::value::function::Function;
use crate::value::stream::Stream;

/// A value to be packed, and what a refusal calls it.
#[derive(Copy, Clone, Debug)]
pub struct Root<'a> {
    /// What it is called.
    pub called: Called,
    /// The value.
    pub value: &'a Value,
}

/// Packs values that may share parts; reads of what tasks share pass the gate.
pub fn pack(
    roots: &[Root<'_>],
    border: &mut Border<'_>,
    gate: &Gate<'_>,
) -> Result<Packed, Refusal> {
    let mut packing = Packing {
        out: Writer::default(),
        roots,
        border,
        gate,
        nodes: Vec::new(),
        numbers: HashMap::default(),
    };
    packing.out.byte(VERSION);
    packing.out.count(roots.len());
    for (place, root) in roots.iter().enumerate() {
        packing.slot(root.value, Held { by: None, place })?;
    }
    let mut next = 0;
    while next < packing.nodes.len() {
        packing.node(next)?;
        next += 1;
    }
    Ok(packing.out.bytes.into())
}

/// Packs one value, such as one that is put into a queue.
pub fn pack_value(
    value: &Value,
    border: &mut Border<'_>,
    gate: &Gate<'_>,
) -> Result<Packed, Refusal> {
    if let Value::String(text) = value {
        // Nothing shares it, so it needs no node.
        let (head, size) = head_of_text(text.len());
        let mut packed = Vec::with_capacity(size + text.len());
        packed.extend_from_slice(&head[..size]);
        packed.extend_from_slice(text.as_bytes());
        return Ok(packed.into());
    }
    let root = Root {
        called: Called::Value,
        value,
    };
    pack(&[root], border, gate)
}

/// How many bytes stand before the letters of a text by itself, at most.
pub const HEAD_OF_TEXT: usize = 3 + 10;

/// What stands before the letters of a text by itself, and how many bytes that is.
pub fn head_of_text(length: usize) -> ([u8; HEAD_OF_TEXT], usize) {
    let mut head = [0; HEAD_OF_TEXT];
    head[..3].copy_from_slice(&[VERSION, 1, slot::SHORT_TEXT]);
    let size = 3 + write_number(length as u64, &mut head[3..]);
    (head, size)
}

/// Where a value was found: at a place of a node, or among the roots.
#[derive(Copy, Clone)]
struct Held {
    by: Option<usize>,
    place: usize,
}

struct Node {
    value: Value,
    held: Held,
}

pub(super) struct Packing<'p, 'b, 'g> {
    pub(super) out: Writer,
    roots: &'p [Root<'p>],
    border: &'p mut Border<'b>,
    gate: &'p Gate<'g>,
    nodes: Vec<Node>,
    /// The number of every node, by its address.
    numbers: HashMap<usize, usize, BuildHasherDefault<AddressHasher>>,
}

impl Packing<'_, '_, '_> {
    fn slot(&mut self, value: &Value, held: Held) -> Result<(), Refusal> {
        match value {
            Value::Nil => self.out.byte(slot::NIL),
            Value::Bool(crate::value::Truth::False) => self.out.byte(slot::FALSE),
            Value::Bool(crate::value::Truth::True) => self.out.byte(slot::TRUE),
            Value::Int(number) => {
                self.out.byte(slot::INT);
                self.out.signed(*number);
            }
            Value::Float(number) => {
                self.out.byte(slot::FLOAT);
                self.out.float(number.get());
            }
            Value::String(text) if text.len() < SHORT => {
                self.out.byte(slot::SHORT_TEXT);
                self.out.text(text);
            }
            Value::Range(range) => {
                self.out.byte(slot::RANGE);
                self.out.signed(range.start);
                self.out.signed(range.end);
                self.out.signed(range.step);
            }
            Value::Builtin(builtin) => {
                self.out.byte(slot::BUILTIN);
                self.out.text(builtin.name);
            }
            Value::Place(Place::Thread) => self.out.byte(slot::THREAD),
            Value::Place(Place::Process) => self.out.byte(slot::PROCESS),
            Value::Absent | Value::Unwinding(_) => {
                return Err(self.refuse(held, "an argument that was not given", HANDLE_HELP));
            }
            Value::Queue(_) => self.handle(value, HandleKind::Queue, held)?,
            Value::Lock(_) => self.handle(value, HandleKind::Lock, held)?,
            Value::Semaphore(_) => self.handle(value, HandleKind::Semaphore, held)?,
            Value::Future(_) => self.handle(value, HandleKind::Future, held)?,
            Value::Task(_) => self.handle(value, HandleKind::Task, held)?,
            Value::Pool(_) => return Err(self.refuse(held, "a pool", POOL_HELP)),
            Value::String(text) => self.reference(value, text.as_ptr().addr(), held),
            Value::Bytes(it) => self.reference(value, Arc::as_ptr(it).addr(), held),
            Value::BigInt(it) => self.reference(value, Arc::as_ptr(it).addr(), held),
            Value::List(it) => self.reference(value, Arc::as_ptr(it).addr(), held),
            Value::Map(it) => self.reference(value, Arc::as_ptr(it).addr(), held),
            Value::Function(it) => self.reference(value, Arc::as_ptr(it).addr(), held),
            // The promise of its rest, which is a node too, lies there.
            Value::Stream(it) => self.reference(value, Arc::as_ptr(it).addr() | 1, held),
            Value::Promise(it) => self.reference(value, Arc::as_ptr(it).addr(), held),
            Value::Error(it) => self.reference(value, Arc::as_ptr(it).addr(), held),
            Value::Once(it) => self.reference(value, Arc::as_ptr(it).addr(), held),
            Value::Shared(it) => self.reference(value, Arc::as_ptr(it).addr(), held),
        }
        Ok(())
    }

    fn reference(&mut self, value: &Value, address: usize, held: Held) {
        let nodes = &mut self.nodes;
        let number = *self.numbers.entry(address).or_insert_with(|| {
            nodes.push(Node {
                value: value.clone(),
                held,
            });
            nodes.len() - 1
        });
        self.out.byte(slot::NODE);
        self.out.count(number);
    }

    fn handle(&mut self, handle: &Value, kind: HandleKind, held: Held) -> Result<(), Refusal> {
        match self.border.handles.export(handle) {
            Ok(name) => {
                self.out.byte(slot::HANDLE);
                self.out.byte(kind as u8);
                self.out.number(name.id);
                Ok(())
            }
            Err(what) => Err(self.refuse(held, &what, HANDLE_HELP)),
        }
    }

    fn node(&mut self, number: usize) -> Result<(), Refusal> {
        let at = |place| Held {
            by: Some(number),
            place,
        };
        let value = self.nodes[number].value.clone();
        match &value {
            Value::List(list) => {
                let items = list.snapshot(self.gate);
                self.begin(node::LIST, items.len());
                for (index, item) in items.iter().enumerate() {
                    self.slot(item, at(index))?;
                }
            }
            Value::Map(map) => {
                let entries = map.snapshot(self.gate);
                self.begin(node::MAP, entries.len());
                for (index, (key, value)) in entries.iter().enumerate() {
                    self.slot(key, at(2 * index))?;
                    self.slot(value, at(2 * index + 1))?;
                }
            }
            Value::String(text) => {
                self.out.byte(node::TEXT);
                self.out.text(text);
            }
            Value::Bytes(bytes) => {
                self.out.byte(node::BYTES);
                self.out.blob(bytes);
            }
            Value::BigInt(big) => {
                self.out.byte(node::BIG_INT);
                self.out.blob(&big.to_signed_bytes_le());
            }
            Value::Function(function) => self.function(function, number)?,
            Value::Stream(stream) => match Stream::of(stream) {
                Stream::Pair { head, tail } => {
                    self.out.byte(node::PAIR);
                    self.slot(head, at(0))?;
                    self.slot(&Value::Promise(tail.clone()), at(1))?;
                }
                Stream::Lazy(promise) => {
                    self.out.byte(node::LAZY);
                    self.slot(&Value::Promise(promise.clone()), at(0))?;
                }
            },
            Value::Promise(promise) => self.promise(promise, number)?,
            Value::Error(failure) => {
                self.out.byte(node::ERROR);
                if let Some(thrown) = write_failure(&mut self.out, failure) {
                    self.slot(thrown, at(0))?;
                }
            }
            Value::Once(cell) => {
                self.out.byte(node::ONCE);
                self.cell(cell.get().cloned(), at(0))?;
            }
            Value::Shared(cell) => {
                self.out.byte(node::SHARED);
                self.cell(cell.get(self.gate), at(0))?;
            }
            // These are written into slots; none of them is ever put in line.
            Value::Nil
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Range(_)
            | Value::Builtin(_)
            | Value::Future(_)
            | Value::Task(_)
            | Value::Queue(_)
            | Value::Lock(_)
            | Value::Semaphore(_)
            | Value::Pool(_)
            | Value::Place(_)
            | Value::Absent
            | Value::Unwinding(_) => {}
        }
        Ok(())
    }

    fn begin(&mut self, kind: u8, count: usize) {
        self.out.byte(kind);
        self.out.count(count);
    }

    fn function(&mut self, function: &Arc<Function>, number: usize) -> Result<(), Refusal> {
        let code = function.code;
        let Some(unit) = self.border.units.id(code.unit) else {
            let held = self.nodes[number].held;
            return Err(self.refuse(held, "a function of another program", HANDLE_HELP));
        };
        self.out.byte(node::FUNCTION);
        self.out.number(unit.0.into());
        self.out.number(code.template.id.0.into());
        self.out.count(function.captures.len());
        for (place, capture) in function.captures.iter().enumerate() {
            let by = Some(number);
            self.slot(capture, Held { by, place })?;
        }
        Ok(())
    }

    fn promise(&mut self, promise: &Arc<Promise>, number: usize) -> Result<(), Refusal> {
        let inside = Held {
            by: Some(number),
            place: 0,
        };
        match promise.content(self.gate) {
            Some(Content::Code(body)) => {
                self.out.byte(node::DELAYED);
                self.slot(&Value::Function(body), inside)
            }
            Some(Content::Done(value)) => {
                self.out.byte(node::DONE);
                self.slot(&value, inside)
            }
            Some(Content::Failed(failure)) => {
                self.out.byte(node::FAILED);
                self.slot(&Value::Error(failure), inside)
            }
            None => {
                // What people see is the stream whose rest this is.
                let mut held = self.nodes[number].held;
                while let Some(by) = held.by
                    && matches!(self.nodes[by].value, Value::Stream(_) | Value::Promise(_))
                {
                    held = self.nodes[by].held;
                }
                Err(self.refuse(
                    held,
                    "a stream that is worked out here as it is read",
                    STREAM_HELP,
                ))
            }
        }
    }

    fn cell(&mut self, value: Option<Value>, inside: Held) -> Result<(), Refusal> {
        match value {
            None => self.out.byte(0),
            Some(value) => {
                self.out.byte(1);
                self.slot(&value, inside)?;
            }
        }
        Ok(())
    }

    #[cold]
    fn refuse(&self, held: Held, what: &str, help: &str) -> Refusal {
        let mut way: Vec<Step> = Vec::new();
        let mut held = held;
        while let Some(by) = held.by {
            let node = &self.nodes[by];
            way.push((node.value.clone(), held.place));
            held = node.held;
        }
        way.reverse();
        let called = self
            .roots
            .get(held.place)
            .map_or(Called::Value, |root| root.called);
        refusal(called, &way, what, help)
    }
}

const POOL_HELP: &str = "make the pool where it is used, or start the futures from here";
const STREAM_HELP: &str = "make a list of it first: `[x for x in stream]`";
const HANDLE_HELP: &str = "a task on a thread can use it";

/// Addresses are as good as random above their lowest bits.
#[derive(Default)]
struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_usize(byte.into());
        }
    }

    fn write_usize(&mut self, address: usize) {
        self.0 = (self.0 ^ address as u64)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .rotate_left(26);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
