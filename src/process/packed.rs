//! Values as bytes: the format.
//!
//! ```text
//!   packed = version, roots, node 0, node 1, …          to the end of the bytes
//!   slot   = nil | true | int … | handle | the number of a node
//!   node   = list of slots | map of slots | function: code and slots | …
//! ```
//!
//! What has an identity of its own (lists, maps, functions, cells, promises, long texts…) is a
//! node, written once; who refers to it says its number. So sharing and cycles stay as they are,
//! and the depth of a value is no depth of any call.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The first byte of packed values. Changes with the format.
pub const VERSION: u8 = 1;

/// Texts, bytes and big integers shorter than this are no nodes.
pub(super) const SHORT: usize = 24;

/// What a slot begins with.
pub(super) mod slot {
    pub const NIL: u8 = 0;
    pub const FALSE: u8 = 1;
    pub const TRUE: u8 = 2;
    pub const INT: u8 = 3;
    pub const FLOAT: u8 = 4;
    pub const SHORT_TEXT: u8 = 5;
    pub const RANGE: u8 = 6;
    pub const BUILTIN: u8 = 7;
    pub const THREAD: u8 = 8;
    pub const PROCESS: u8 = 9;
    pub const HANDLE: u8 = 10;
    pub const NODE: u8 = 11;
}

/// What a node begins with.
pub(super) mod node {
    pub const LIST: u8 = 0;
    pub const MAP: u8 = 1;
    pub const TEXT: u8 = 2;
    pub const BYTES: u8 = 3;
    pub const BIG_INT: u8 = 4;
    pub const FUNCTION: u8 = 5;
    pub const PAIR: u8 = 6;
    pub const LAZY: u8 = 7;
    pub const DELAYED: u8 = 8;
    pub const DONE: u8 = 9;
    pub const FAILED: u8 = 10;
    pub const ERROR: u8 = 11;
    pub const ONCE: u8 = 12;
    pub const SHARED: u8 = 13;
}

/// Values that were packed, or bytes that claim to be some: unpacking finds out.
#[derive(Clone, PartialEq, Eq)]
pub struct Packed(pub Vec<u8>);

impl Packed {
    /// How many bytes it takes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it has no bytes, which no packed value has.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Packed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "<{} packed bytes>", self.len())
    }
}

impl Serialize for Packed {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Packed {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Packed, D::Error> {
        // All bytes at once; one by one takes many times as long.
        <&[u8]>::deserialize(from).map(|bytes| Packed(bytes.to_vec()))
    }
}

/// What a handle is a handle of.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum HandleKind {
    /// A queue.
    Queue,
    /// A lock.
    Lock,
    /// A semaphore.
    Semaphore,
    /// A future.
    Future,
    /// A spawned task or the main program.
    Task,
}

impl HandleKind {
    /// Every kind; its place here is its byte.
    pub(super) const ALL: [HandleKind; 5] = [
        HandleKind::Queue,
        HandleKind::Lock,
        HandleKind::Semaphore,
        HandleKind::Future,
        HandleKind::Task,
    ];
}

/// How a handle is called on its way: the number of its object in the first process.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct HandleName {
    /// What it is.
    pub kind: HandleKind,
    /// Which one, among those of its kind.
    pub id: u64,
}
