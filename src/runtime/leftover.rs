//! Values that are left in queues when a program ends: nobody took them.
//!
//! Every queue that a program makes is noted with its place; one that goes away with values in it
//! leaves a note behind. End marks (nil) count for nothing.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock, Weak};

use parking_lot::Mutex;

use super::crossing::Item;
use super::elsewhere::Parcel;
use super::queue::Queue;
use super::run::Runtime;
use crate::diagnostics::report::Report;
use crate::diagnostics::words;
use crate::gate::Gate;
use crate::syntax::span::Span;
use crate::value::Value;
use crate::value::show::show_short;

/// How many queues are told of.
const MOST_TOLD: usize = 5;

/// How many characters of the oldest value are shown.
const VALUE_CHARACTERS: usize = 40;

/// The queues of a program, and what those had left that are gone.
#[derive(Debug, Default)]
pub struct Leftovers {
    alive: Mutex<HashMap<u64, Weak<Queue>>>,
    left: Mutex<BTreeMap<u64, Left>>,
}

#[derive(Debug)]
struct Left {
    made_at: Span,
    values: usize,
    oldest: String,
}

/// Where a queue was made, and who wants to know what is left in it.
#[derive(Debug, Default)]
pub struct Origin(OnceLock<(Span, Arc<Leftovers>)>);

impl Origin {
    /// The queue goes away.
    pub fn goes<'i>(&self, number: u64, items: impl Iterator<Item = &'i Item>) {
        let Some((made_at, leftovers)) = self.0.get() else {
            return;
        };
        leftovers.alive.lock().remove(&number);
        if let Some(left) = Left::of(*made_at, items, |_| None) {
            let mut all = leftovers.left.lock();
            // The first ones are enough to tell of.
            if all.len() <= MOST_TOLD {
                all.insert(number, left);
            }
        }
    }
}

impl Left {
    fn of<'i>(
        made_at: Span,
        items: impl Iterator<Item = &'i Item>,
        unpack: impl Fn(&Parcel) -> Option<Value>,
    ) -> Option<Left> {
        let mut values = items.filter(|item| !item.is_nil()).peekable();
        let oldest = match values.peek()? {
            Item::Parcel(parcel) => unpack(parcel),
            Item::Part(part) => unpack(&part.parcel()),
            item => item.value().cloned(),
        };
        let oldest = oldest.map_or_else(
            || String::from("a value from a process"),
            |oldest| show_short(&oldest, &Gate::open(), VALUE_CHARACTERS),
        );
        Some(Left {
            made_at,
            values: values.count(),
            oldest,
        })
    }
}

impl Runtime {
    /// A queue that the program has made at a place.
    pub fn notes_queue(&self, queue: &Arc<Queue>, made_at: Span) {
        let _ = queue.origin.0.set((made_at, self.leftovers.clone()));
        let mut alive = self.leftovers.alive.lock();
        alive.insert(queue.number, Arc::downgrade(queue));
    }

    /// The warnings about values that nobody took.
    pub(super) fn warn_of_leftovers(&self) {
        let alive: Vec<Arc<Queue>> = {
            let alive = self.leftovers.alive.lock();
            alive.values().filter_map(Weak::upgrade).collect()
        };
        for queue in alive {
            if let Some((made_at, _)) = queue.origin.0.get() {
                let held = queue.held();
                let unpack = |parcel: &Parcel| self.workers().ok()?.unpack(parcel.copy()).ok();
                if let Some(left) = Left::of(*made_at, held.iter(), unpack) {
                    self.leftovers.left.lock().insert(queue.number, left);
                }
            }
        }
        let left = std::mem::take(&mut *self.leftovers.left.lock());
        for (number, left) in left.iter().take(MOST_TOLD) {
            let values = words::count(left.values, "value");
            let were = if left.values == 1 { "was" } else { "were" };
            let message =
                format!("{values} {were} left in queue #{number}: nobody took what was put");
            let oldest = match left.values {
                1 => format!("made here; it is {}", left.oldest),
                _ => format!("made here; the oldest is {}", left.oldest),
            };
            let report = Report::warning(left.made_at, message).label(oldest);
            self.report(&report.help("`for x in q` takes everything until close(q)"));
        }
        if left.len() > MOST_TOLD {
            self.report(&Report {
                severity: crate::diagnostics::report::Severity::Warning,
                ..Report::without_place("values were left in more queues too")
            });
        }
    }
}
