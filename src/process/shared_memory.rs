//! Memory that both ends of a link see: rows of values lie in it, and messages say where.
//!
//! ```text
//!   first process                                        worker
//!     makes it, says which file it is   --Memory-->        opens and maps it
//!                                     <--HasMemory--
//!     [ flags | blocks that the worker fills | blocks that the first process fills ]
//! ```
//!
//! Who fills a block sets its flag and says where it is; who has read it clears the flag. If no
//! block is free, values go over the socket as anything else does; so they do where the system has
//! no such memory, and while so little goes over the link that making it is not worth it.
//!
//! Over a socket the system copies every byte twice more and finds new memory for it each time: values
//! of 1 KB from child to child take twice as long (`process_to_child_1kb`).

use std::fs::File;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use bytes::Bytes;
use memmap2::{MmapOptions, MmapRaw};
use serde::{Deserialize, Serialize};

use super::bytes::write_number;
use super::packed::Packed;
use super::row;

/// The flags are in front of all blocks.
const FLAGS: usize = 4 << 10;

/// The blocks of one direction.
#[derive(Copy, Clone)]
struct Shape {
    /// Where its flags begin.
    flags: usize,
    /// Where its blocks begin.
    begin: usize,
    /// How many bytes a block has.
    size: usize,
    /// How many blocks there are.
    count: usize,
}

impl Shape {
    const fn end(self) -> usize {
        self.begin + self.size * self.count
    }
}

/// What workers fill: a row that goes ahead is no longer than a block.
const OF_WORKER: Shape = Shape {
    flags: 0,
    begin: FLAGS,
    size: 64 << 10,
    count: 16,
};

/// What the first process fills: a block takes all that is lent at once.
const OF_FIRST: Shape = Shape {
    flags: 4 * OF_WORKER.count,
    begin: OF_WORKER.end(),
    size: 136 << 10,
    count: 8,
};

/// Where a row lies.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lies {
    pub(super) block: u32,
    pub(super) length: u32,
}

/// One direction of it, as either end sees it.
#[derive(Clone)]
pub struct Blocks {
    memory: Arc<MmapRaw>,
    shape: Shape,
}

/// The memory, as either end sees it.
pub struct SharedMemory {
    /// What the worker fills.
    pub of_worker: Blocks,
    /// What the first process fills.
    pub of_first: Blocks,
}

impl SharedMemory {
    /// New memory, and the file that it is, for the worker to open.
    pub fn new() -> io::Result<(SharedMemory, File)> {
        let file = nameless_file(OF_FIRST.end())?;
        Ok((SharedMemory::over(&file)?, file))
    }

    /// The memory that another process has under this number, for a worker that of its parent.
    pub fn of(process: u32, descriptor: i32) -> io::Result<SharedMemory> {
        let name = format!("/proc/{process}/fd/{descriptor}");
        let file = File::options().read(true).write(true).open(name)?;
        match file.metadata()?.len() == OF_FIRST.end() as u64 {
            true => SharedMemory::over(&file),
            // Its parent has died, and this is somebody else's.
            false => Err(io::ErrorKind::InvalidData.into()),
        }
    }

    fn over(file: &File) -> io::Result<SharedMemory> {
        let memory = Arc::new(MmapOptions::new().len(OF_FIRST.end()).map_raw(file)?);
        let blocks = |shape| Blocks {
            memory: memory.clone(),
            shape,
        };
        Ok(SharedMemory {
            of_worker: blocks(OF_WORKER),
            of_first: blocks(OF_FIRST),
        })
    }
}

/// A file of so many bytes for ever: to read what has been cut off would end the process.
#[cfg(target_os = "linux")]
fn nameless_file(size: usize) -> io::Result<File> {
    use nix::fcntl::{FcntlArg, SealFlag, fcntl};
    use nix::sys::memfd::{MFdFlags, memfd_create};
    let flags = MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING;
    let file = File::from(memfd_create(c"cq", flags)?);
    file.set_len(size as u64)?;
    let seals = SealFlag::F_SEAL_SHRINK | SealFlag::F_SEAL_GROW | SealFlag::F_SEAL_SEAL;
    fcntl(&file, FcntlArg::F_ADD_SEALS(seals))?;
    Ok(file)
}

#[cfg(not(target_os = "linux"))]
fn nameless_file(_: usize) -> io::Result<File> {
    Err(io::ErrorKind::Unsupported.into())
}

#[allow(unsafe_code)]
impl Blocks {
    /// A row in a block that is free; `None` if none is.
    pub fn begin(&self) -> Option<Row> {
        let at = self.free()?;
        self.flag(at).store(1, Ordering::Relaxed);
        Some(Row {
            blocks: self.clone(),
            at,
            length: 0,
            count: 0,
            is_done: false,
        })
    }

    /// Whether no block is free.
    pub fn are_full(&self) -> bool {
        self.free().is_none()
    }

    /// Memory that was used a moment ago is still near the processor: the first that is free.
    fn free(&self) -> Option<usize> {
        (0..self.shape.count).find(|at| self.flag(*at).load(Ordering::Acquire) == 0)
    }

    /// The row that lies there; `None` if there is no such place.
    pub fn read(&self, lies: Lies) -> Option<Packed> {
        let (at, length) = (lies.block as usize, lies.length as usize);
        let is_inside = at < self.shape.count && length <= self.shape.size;
        is_inside.then(|| {
            Packed(Bytes::from_owner(Filled {
                blocks: self.clone(),
                at,
                length,
            }))
        })
    }

    fn flag(&self, at: usize) -> &AtomicU32 {
        let place = self
            .memory
            .as_mut_ptr()
            .wrapping_add(self.shape.flags + 4 * at);
        // SAFETY: it lies inside of the memory, which is mapped as long as `self` lives, at a
        // multiple of 4, and is never used but through this.
        unsafe { AtomicU32::from_ptr(place.cast()) }
    }

    fn block(&self, at: usize) -> *mut u8 {
        let place = self.shape.begin + self.shape.size * at;
        self.memory.as_mut_ptr().wrapping_add(place)
    }
}

/// A packed value, in two pieces.
pub type Pieces<'a> = [&'a [u8]; 2];

/// A row that is being made. It is the only one who writes into its block, which nobody reads
/// until it is said where it lies.
pub struct Row {
    blocks: Blocks,
    at: usize,
    length: usize,
    count: usize,
    is_done: bool,
}

impl Row {
    /// Adds a small value; says whether there is room for any other.
    pub fn add(&mut self, value: Pieces<'_>) -> bool {
        let mut length = [0; 10];
        let size = write_number(value.iter().map(|it| it.len() as u64).sum(), &mut length);
        self.write(&length[..size]);
        for piece in value {
            self.write(piece);
        }
        self.count += 1;
        self.length + row::MOST <= self.blocks.shape.size
    }

    /// How many values were added.
    pub fn count(&self) -> usize {
        self.count
    }

    #[allow(unsafe_code)]
    fn write(&mut self, bytes: &[u8]) {
        let room = self.blocks.shape.size - self.length;
        assert!(bytes.len() <= room, "{} bytes into {room}", bytes.len());
        let place = self.blocks.block(self.at).wrapping_add(self.length);
        // SAFETY: there is room for them in the block, which lies inside of the memory; its flag is
        // set, so nobody else writes it, and nobody reads it before it is said where it lies.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), place, bytes.len()) };
        self.length += bytes.len();
    }

    /// It is done: where it lies is to be said, and who reads it frees the block.
    pub fn done(mut self) -> Lies {
        self.is_done = true;
        Lies {
            block: self.at as u32,
            length: self.length as u32,
        }
    }
}

impl Drop for Row {
    fn drop(&mut self) {
        if !self.is_done {
            // Nobody will hear of it.
            self.blocks.flag(self.at).store(0, Ordering::Relaxed);
        }
    }
}

/// A block that is being read.
struct Filled {
    blocks: Blocks,
    at: usize,
    length: usize,
}

#[allow(unsafe_code)]
impl AsRef<[u8]> for Filled {
    fn as_ref(&self) -> &[u8] {
        // SAFETY: it lies inside of the memory, which is mapped as long as `self` lives; who fills
        // it leaves it alone until the flag is cleared, which is done when `self` is dropped.
        unsafe { std::slice::from_raw_parts(self.blocks.block(self.at), self.length) }
    }
}

impl Drop for Filled {
    fn drop(&mut self) {
        self.blocks.flag(self.at).store(0, Ordering::Release);
    }
}
