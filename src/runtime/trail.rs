//! What a task has seen since its state was last known: so that equal states are recognised.
//!
//! What a task computes with lies partly in Rust's own variables, where nobody can look. But it is
//! deterministic: where it stands follows from where it stood before and what it has seen since.
//! So a stage that wants to tell states apart lets every task keep a trail.
//!
//! ```text
//!   main's code ... for i in xs { .... for j in ys { ... get(q) ... read n
//!   \___ entry ____/ ^ stack, turn 3 \_ entry ___/ ^ stack, turn 1 \__ log __/
//!        of the outer loop's mark        of the inner loop's mark
//! ```
//!
//! At every turn of a loop the slots and arguments on the machine's stack are all that has changed
//! since the loop was entered, but for how far the loop itself has got: they are noted, and what
//! was seen before this turn is forgotten. (The loops of comprehensions keep what they gather
//! where nobody can look, so they are no such places.)
//!
//! What a task hands to others is noted too: they may change it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use super::machine::Machine;
use crate::gate;
use crate::syntax::span::Span;
use crate::value::Value;
use crate::value::function::Function;

/// Something that a task has seen.
#[derive(Clone, Debug)]
pub enum Seen {
    /// Something that is told by a number.
    Word(u64),
    /// A value that it was given, or has handed to others.
    Value(Value),
    /// Something that nobody has told: the state cannot be known.
    Unknown,
}

/// A loop under way.
#[derive(Debug, Default)]
pub struct Mark {
    /// Where it stands in the program.
    pub span: Span,
    /// What was seen from the turn of the loop around it up to its first turn.
    pub entry: Vec<Seen>,
    /// How many turns it has begun, if it counts them.
    pub turns: u64,
    /// The machine's stack at the beginning of the turn.
    pub stack: Vec<Value>,
    /// For a `while`: where the task stood then.
    pub turn: Option<gate::Mark>,
}

/// What a task has seen.
#[derive(Debug, Default)]
pub struct Trail {
    /// The loops under way, outermost first. Those that a `return` or an error has left stay until
    /// the next turn of one around them: what follows from them is still true.
    pub marks: Vec<Mark>,
    /// What was seen since the last turn.
    pub log: Vec<Seen>,
    /// The functions under way that were made with something, each with how many calls are around
    /// it. Those that have ended stay until the next call or turn.
    pub calls: Vec<(usize, Arc<Function>)>,
    /// The last entry stands for what the operation under way is about to show.
    asked: bool,
}

/// A trail that the task and whoever wants to know share.
pub type Shared = Rc<RefCell<Trail>>;

/// Tells the end of a loop from other words of a log.
const LEFT: u64 = 0x6c65_6674;

thread_local! {
    static CURRENT: RefCell<Option<Shared>> = const { RefCell::new(None) };
    /// Whether there is one: looked at by every operation of a program that is watched.
    static IS_KEPT: Cell<bool> = const { Cell::new(false) };
}

/// Whose trail it is from now on, on this thread.
pub fn follow(trail: Option<Shared>) {
    IS_KEPT.with(|is_kept| is_kept.set(trail.is_some()));
    CURRENT.with(|current| *current.borrow_mut() = trail);
}

#[inline]
fn with(work: impl FnOnce(&mut Trail)) {
    if !IS_KEPT.with(Cell::get) {
        return;
    }
    CURRENT.with(|current| {
        if let Some(trail) = &*current.borrow() {
            work(&mut trail.borrow_mut());
        }
    });
}

impl Trail {
    /// The operation under way shows something, which may be told.
    pub fn shows(&mut self) {
        self.log.push(Seen::Unknown);
        self.asked = true;
    }

    /// The operation under way shows something that nobody tells.
    pub fn hides(&mut self) {
        self.log.push(Seen::Unknown);
        self.asked = false;
    }

    /// A number is seen.
    pub fn word(&mut self, word: u64) {
        self.log.push(Seen::Word(word));
    }

    /// A value is seen, or handed to others.
    pub fn value(&mut self, value: Value) {
        self.log.push(Seen::Value(value));
    }

    /// What follows is told: it is unknown no longer.
    fn explain(&mut self) {
        if std::mem::take(&mut self.asked) {
            self.log.pop();
        }
    }

    /// Of the calls under way only so many are left.
    fn ended(&mut self, left: usize) {
        while self.calls.pop_if(|(around, _)| *around >= left).is_some() {}
    }

    /// All that has been seen up to now is the same in every execution.
    pub fn begins_here(&mut self) {
        self.log.clear();
        for mark in &mut self.marks {
            mark.entry.clear();
        }
    }
}

/// An operation has been announced; `shows` if it shows something to the task.
pub fn announced(shows: bool) {
    with(|trail| match shows {
        true => trail.shows(),
        false => trail.asked = false,
    });
}

/// An operation has shown this value; none if there was none.
#[cold]
#[inline(never)]
pub fn saw(value: Option<&Value>) {
    with(|trail| {
        trail.explain();
        match value {
            Some(value) => trail.value(value.clone()),
            None => trail.word(0),
        }
    });
}

/// A value is held or handed on, though no operation shows it.
#[cold]
#[inline(never)]
pub fn holds(value: &Value) {
    with(|trail| trail.value(value.clone()));
}

/// A function is called, inside of so many calls: what it was made with may lie nowhere else.
pub fn calls(around: usize, function: &Arc<Function>) {
    if function.captures.is_empty() {
        return;
    }
    with(|trail| {
        trail.ended(around);
        trail.calls.push((around, function.clone()));
    });
}

/// An operation has shown a number or a yes or no.
#[cold]
#[inline(never)]
pub fn saw_word(word: u64) {
    with(|trail| {
        trail.explain();
        trail.word(word);
    });
}

/// An operation has shown, or handed to others, all of these values.
#[cold]
#[inline(never)]
pub fn saw_all<'a>(values: impl Iterator<Item = &'a Value>) {
    with(|trail| {
        trail.explain();
        let from = trail.log.len();
        trail.log.extend(values.cloned().map(Seen::Value));
        trail.word((trail.log.len() - from) as u64);
    });
}

/// A loop's turn begins. `mark` is where the loop stands in the trail, if it has begun a turn
/// before; `counts` says whether how far it has got follows from how many turns there were.
#[cold]
#[inline(never)]
pub fn turn(
    machine: &Machine<'_>,
    mark: &mut Option<usize>,
    span: Span,
    counts: bool,
    looked: Option<gate::Mark>,
) {
    with(|trail| {
        match *mark {
            Some(mark) => {
                trail.marks.truncate(mark + 1);
                trail.log.clear();
                trail.asked = false;
            }
            None => {
                *mark = Some(trail.marks.len());
                let entry = std::mem::take(&mut trail.log);
                trail.marks.push(Mark {
                    span,
                    entry,
                    ..Mark::default()
                });
            }
        }
        if let Some(mark) = trail.marks.last_mut() {
            mark.turns += u64::from(counts);
            mark.turn = looked;
            mark.stack.clone_from(&machine.stack);
        }
        trail.ended(machine.calls.len());
    });
}

/// A loop has come to its end.
#[cold]
#[inline(never)]
pub fn leave(machine: &Machine<'_>, mark: Option<usize>) {
    let Some(mark) = mark else {
        return;
    };
    with(|trail| {
        trail.marks.truncate(mark + 1);
        if let Some(mark) = trail.marks.pop() {
            trail.log = mark.entry;
            trail.word(LEFT);
            trail.word(u64::from(mark.span.start));
            trail.word(machine.stack.len() as u64);
            let stack = machine.stack.iter().cloned().map(Seen::Value);
            trail.log.extend(stack);
        }
    });
}
