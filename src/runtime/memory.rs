//! How much memory there is, and how much a program uses.
//!
//! ```text
//!   a large allocation  --room_for(bytes)?-->  used + bytes within the limit, or what the system has left
//!   many small ones     --ticker-->            the same, looked at a few dozen times a second
//! ```
//!
//! What is used is what the system says: values, stacks and all. Allocating never asks anything,
//! so a program that needs little memory pays nothing.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// What is smaller than this is never asked for.
const LARGE: usize = 8 << 20;

/// What the system keeps for itself and others, in hundredths of what it has left.
const KEPT_FREE: u64 = 10;

/// The limit of this process in bytes; 0 is none.
static LIMIT: AtomicU64 = AtomicU64::new(0);

/// Whether something was refused because of that limit.
static REFUSED: AtomicBool = AtomicBool::new(false);

/// Sets the limit, for the whole process.
pub fn set_limit(bytes: u64) {
    LIMIT.store(bytes, Ordering::Relaxed);
}

/// Whether something was refused because of the limit.
pub fn was_refused() -> bool {
    REFUSED.load(Ordering::Relaxed)
}

/// Whether so many more bytes may be allocated.
#[inline]
pub fn room_for(bytes: usize) -> bool {
    bytes < LARGE || has_room_for(bytes as u64)
}

/// Whether a vector of `length` elements that has no room left may grow by `more`.
#[inline]
pub fn room_to_grow<T>(elements: &Vec<T>, more: usize) -> bool {
    if elements.capacity() - elements.len() >= more {
        return true;
    }
    room_for(elements.len().max(more).saturating_mul(size_of::<T>()))
}

#[cold]
#[inline(never)]
fn has_room_for(bytes: u64) -> bool {
    let limit = LIMIT.load(Ordering::Relaxed);
    if limit > 0 {
        let fits = used().is_none_or(|used| used.saturating_add(bytes) <= limit);
        if !fits {
            REFUSED.store(true, Ordering::Relaxed);
        }
        return fits;
    }
    left().is_none_or(|left| bytes <= left - left / 100 * KEPT_FREE)
}

/// Bytes of memory that only this process uses; `None` where the system does not tell.
pub fn used() -> Option<u64> {
    used_by("self")
}

/// The same of another process.
pub fn used_by(process: &str) -> Option<u64> {
    let told = std::fs::read_to_string(format!("/proc/{process}/statm")).ok()?;
    let mut pages = told.split(' ').map(|number| number.parse::<u64>().ok());
    let (_, resident, shared) = (pages.next()??, pages.next()??, pages.next()??);
    Some(resident.saturating_sub(shared) * 4096)
}

/// Bytes that the system, and the container it may be in, has left.
pub fn left() -> Option<u64> {
    let told = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = told
        .lines()
        .find(|line| line.starts_with("MemAvailable:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    let left = kilobytes * 1024;
    Some(match left_in_container() {
        Some(inside) => left.min(inside),
        None => left,
    })
}

fn left_in_container() -> Option<u64> {
    let number = |name: &str| -> Option<u64> {
        let told = std::fs::read_to_string(format!("/sys/fs/cgroup/memory.{name}")).ok()?;
        told.trim().parse().ok()
    };
    Some(number("max")?.saturating_sub(number("current")?))
}

/// Whether the system is about to run out of memory: then programs get errors, before the system
/// ends somebody.
pub fn is_scarce() -> bool {
    const LEAST: u64 = 128 << 20;
    left().is_some_and(|left| left < LEAST)
}
