//! How long a seat, or a fiber, looks whether what it waits for comes before it stops.
//!
//! Waking a thread that is parked costs thousands of nanoseconds, and looking costs a processor. So
//! both look for as long as it has helped lately:
//!
//! ```text
//!   looks in vain   half as long the next time, but now and then for long again, to learn whether
//!                   that helps now: two that wait for each other in turns need both to look
//! ```

use std::sync::atomic::{AtomicU32, Ordering};

/// How often a seat that lies down looks whether it is woken before its thread is parked: some
/// twenty microseconds, a little more than parking and waking take.
const MOST_LOOKS: u32 = 1024;

/// How many looks there are from one time that it listens to other processes to the next: that is
/// a system call, which takes as long.
const LOOKS_A_LISTEN: u32 = 16;

/// Where looking has not helped lately it is hardly done any more…
const FEWEST_LOOKS: u32 = 4;

/// …but every so many rests, to learn when it does: two that wait for each other in turns need
/// both to look.
const RESTS_A_TRY: u32 = 32;

/// How often a fiber looks whether what it waits for comes before it stops: a microsecond or two,
/// as long as many futures take, and as another seat takes to put or get.
const MOST_LOOKS_OF_A_FIBER: u32 = 96;

/// Where looking has been in vain so many times in a row, it does not help.
const MISSES_BORNE: u32 = 4;

/// How often a seat still looks when all processors seem to be needed.
const LOOKS_WHEN_CROWDED: u32 = 4;

/// What was learnt from looking; only the seat's own thread changes it.
#[derive(Debug)]
pub(super) struct Lookout {
    /// How often the seat looks before it parks.
    looks: AtomicU32,
    /// How often it has rested.
    rests: AtomicU32,
    /// How often fibers of it could look for what they wait for.
    tries: AtomicU32,
    /// How often in a row they have looked in vain.
    missed: AtomicU32,
}

impl Default for Lookout {
    fn default() -> Lookout {
        Lookout {
            looks: AtomicU32::new(MOST_LOOKS),
            rests: AtomicU32::new(0),
            tries: AtomicU32::new(0),
            missed: AtomicU32::new(0),
        }
    }
}

impl Lookout {
    /// A seat looks whether it is woken; hardly at all where all processors seem to be needed.
    /// Every few looks it does `listen`, which may wake it, as long as that says so.
    pub fn of_seat(
        &self,
        is_woken: impl Fn() -> bool,
        is_crowded: impl Fn() -> bool,
        listen: impl Fn() -> bool,
    ) -> bool {
        let rests = self.rests.load(Ordering::Relaxed).wrapping_add(1);
        self.rests.store(rests, Ordering::Relaxed);
        let mut listens = listen();
        let looks = match rests % RESTS_A_TRY {
            0 => MOST_LOOKS,
            _ => self.looks.load(Ordering::Relaxed),
        };
        let mut crowded = 0;
        for look in 1..=looks {
            if is_woken() {
                self.looks.store(MOST_LOOKS, Ordering::Relaxed);
                return true;
            }
            crowded += u32::from(is_crowded());
            if crowded > LOOKS_WHEN_CROWDED {
                return false;
            }
            if listens && look % LOOKS_A_LISTEN == 0 {
                listens = listen();
            }
            std::hint::spin_loop();
        }
        self.looks
            .store((looks / 2).max(FEWEST_LOOKS), Ordering::Relaxed);
        false
    }

    /// A fiber looks whether what it waits for comes. Where that has not helped lately it is only
    /// tried now and then.
    pub fn of_fiber(&self, has_come: impl Fn() -> bool) -> bool {
        let tries = self.tries.load(Ordering::Relaxed).wrapping_add(1);
        self.tries.store(tries, Ordering::Relaxed);
        let missed = self.missed.load(Ordering::Relaxed);
        if missed >= MISSES_BORNE && !tries.is_multiple_of(RESTS_A_TRY) {
            return false;
        }
        let seen = (0..MOST_LOOKS_OF_A_FIBER).any(|_| {
            std::hint::spin_loop();
            has_come()
        });
        let missed = if seen { 0 } else { missed.saturating_add(1) };
        self.missed.store(missed, Ordering::Relaxed);
        seen
    }
}
