//! How much of the system's address table is used up.
//!
//! The system lets a process have only so many separate pieces of memory (on Linux
//! `vm.max_map_count`, usually 65,530). Every fiber's stack takes two, every thread four more.
//! Were all of them used up, the next small allocation could fail, and that cannot be told as an
//! error of the program any more. So they are counted, and the last ones are never given out.

use std::io;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A stack and the page below it that catches an overflow.
pub const OF_A_STACK: usize = 2;

/// A thread's own stack and its signal stack, each with such a page.
pub const OF_A_THREAD: usize = 4;

/// What is kept back for everything else: large lists and texts, threads that are just ending.
const KEPT_BACK: usize = 8 << 10;

/// What a system that tells nothing is taken to allow.
const USUAL: usize = 65_530;

static USED: AtomicUsize = AtomicUsize::new(0);

/// So many pieces of memory; they count as used until this is dropped.
#[derive(Debug)]
pub struct Mappings(usize);

impl Mappings {
    /// Counts so many more, unless that is too many.
    pub fn reserve(more: usize) -> io::Result<Mappings> {
        let used = USED.fetch_add(more, Ordering::Relaxed);
        let reserved = Mappings(more);
        match used + more <= limit() {
            true => Ok(reserved),
            false => Err(io::Error::new(
                io::ErrorKind::OutOfMemory,
                "too many tasks are under way at once",
            )),
        }
    }
}

impl Drop for Mappings {
    fn drop(&mut self) {
        USED.fetch_sub(self.0, Ordering::Relaxed);
    }
}

fn limit() -> usize {
    static LIMIT: OnceLock<usize> = OnceLock::new();
    *LIMIT.get_or_init(|| {
        let told = std::fs::read_to_string("/proc/sys/vm/max_map_count").ok();
        let allowed = told.and_then(|told| told.trim().parse().ok());
        usize::saturating_sub(allowed.unwrap_or(USUAL), KEPT_BACK)
    })
}
