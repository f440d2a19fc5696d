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

use crate::runtime::elsewhere::Part;
pub use crate::runtime::elsewhere::{HandleKind, HandleName, Packed};

/// The first byte of packed values. Changes with the format.
pub const VERSION: u8 = 1;

impl Packed {
    /// Whether it is nil and nothing else.
    pub fn is_nil(&self) -> bool {
        self.0[..] == NIL
    }
}

impl Part {
    /// Whether it is nil and nothing else.
    pub fn is_nil(&self) -> bool {
        self.bytes() == NIL
    }
}

/// Nil by itself.
const NIL: [u8; 3] = [VERSION, 1, slot::NIL];

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

/// The kinds of handles; the place of each is its byte.
pub(super) const HANDLE_KINDS: [HandleKind; 5] = [
    HandleKind::Queue,
    HandleKind::Lock,
    HandleKind::Semaphore,
    HandleKind::Future,
    HandleKind::Task,
];
