//! Small values one behind the other in shared memory: what is said, read, looked up and locked for
//! one is said, read, looked up and locked for all of them.
//!
//! ```text
//!   row = length value length value …
//! ```
//!
//! A row is worth it where one put follows the other. A task that takes a value and puts one, again
//! and again, would fill all blocks with rows of one.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::bytes::{Malformed, Read, Reader};
use super::packed::Packed;
use super::shared_memory::{Blocks, Lies, Row};
use crate::runtime::crossing::Item;
use crate::runtime::elsewhere::Part;

/// A value with more bytes goes by itself.
const SMALL: usize = 4 << 10;

/// What a value may take, with its length before it.
pub const MOST: usize = 2 + SMALL;

/// So many values are not worth a row.
const FEW: usize = 4;

/// How long to wait for a block…
const PATIENCE: Duration = Duration::from_millis(1);

/// …and how often to look.
const A_MOMENT: Duration = Duration::from_micros(50);

/// Where waiting has been in vain so many times, it does not help until somebody reads again.
const VAIN_WAITS: u32 = 3;

/// Whether a packed value of so many bytes may stand in a row.
pub fn takes(length: usize) -> bool {
    length <= SMALL
}

/// The values of a row. They keep its memory.
pub fn values(row: Packed) -> Read<Vec<Item>> {
    let row = Arc::new(row);
    let mut from = Reader::new(&row.0);
    let mut values = Vec::new();
    while !from.is_at_end() {
        let length = from.blob()?.len();
        if length == 0 {
            return Err(Malformed("a value without bytes"));
        }
        let at = row.len() - from.left() - length;
        let part = Part::of(&row, at, length).ok_or(Malformed("too large for a row"))?;
        values.push(Item::Part(part));
    }
    Ok(values)
}

/// The rows that a worker begins.
#[derive(Default)]
pub struct Rows {
    /// What they are put into, once the memory is there.
    blocks: Option<Blocks>,
    /// Into which queue values were put last, and how many with nothing else between.
    in_a_row: (u64, usize),
    begun: u64,
    /// How often waiting for a free block has been in vain.
    waits_in_vain: u32,
}

impl Rows {
    /// From now on there may be rows, in these.
    pub fn fill(&mut self, blocks: Blocks) {
        self.blocks = Some(blocks);
    }

    /// Another value is put into this queue; says whether many are, one after the other.
    pub fn puts_many(&mut self, queue: u64) -> bool {
        let (last, count) = self.in_a_row;
        let count = if last == queue { count + 1 } else { 1 };
        self.in_a_row = (queue, count);
        count > FEW
    }

    /// Something else is said.
    pub fn are_interrupted(&mut self) {
        self.in_a_row = (0, 0);
    }

    /// A new row, if there is room for one.
    pub fn begin(&mut self) -> Option<Row> {
        let row = self.blocks.as_ref()?.begin()?;
        self.begun += 1;
        self.waits_in_vain = 0;
        Some(row)
    }

    /// How many were begun.
    pub fn begun(&self) -> u64 {
        self.begun
    }

    /// A row is complete, or was waiting for more too long.
    pub fn end(&mut self, row: Row) -> Lies {
        if row.count() < FEW {
            self.are_interrupted();
        }
        row.done()
    }

    /// If no block is free because nobody reads as fast as this end writes: one may be a little
    /// later. It is worth waiting for; but perhaps nobody reads at all, so not again and again.
    pub fn worth_waiting(&self) -> Option<Blocks> {
        let blocks = self.blocks.as_ref()?;
        let helps = self.waits_in_vain < VAIN_WAITS && blocks.are_full();
        helps.then(|| blocks.clone())
    }

    /// Waiting has been in vain.
    pub fn waited_in_vain(&mut self) {
        self.waits_in_vain += 1;
    }
}

/// Waits until a block is free, for a moment; says whether one is.
pub fn wait_for_free(blocks: &Blocks) -> bool {
    let begin = Instant::now();
    while blocks.are_full() {
        if begin.elapsed() > PATIENCE {
            return false;
        }
        thread::sleep(A_MOMENT);
    }
    true
}
