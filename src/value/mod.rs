//! What programs compute with.
//!
//! A [`Value`] is 16 bytes: a tag and either the thing itself (nil, bool, int, float) or one thin
//! pointer. The files, one idea each:
//!
//! 1. [`text`], [`list`], [`map`], [`range`], [`stream`]: data
//! 2. [`function`], [`running`], [`cell`]: code with what it captured; variables that tasks share
//! 3. [`error`]: what is thrown, and what it carries
//! 4. [`guarded`]: the lock around everything that changes
//! 5. [`number`] with [`division`], [`power`] and [`long`], [`arithmetic`], [`order`] with [`sort`],
//!    [`index`]: what operators do with them
//! 6. [`word`], [`returned`]: how values and results travel in registers; [`discard`]: how they end
//! 7. [`show`], [`quote`], [`float`], [`format`], [`parse`]: from values to text and back

pub mod arithmetic;
pub mod captures;
pub mod cell;
pub mod discard;
pub mod division;
pub mod error;
pub mod float;
pub mod format;
pub mod function;
pub mod guarded;
pub mod index;
pub mod list;
pub mod long;
pub mod map;
pub mod number;
pub mod order;
pub mod parse;
pub mod power;
pub mod quote;
pub mod range;
pub mod returned;
pub mod running;
pub mod show;
mod show_handle;
pub mod sort;
pub mod stream;
pub mod text;
pub mod units;
pub mod word;

use std::sync::Arc;

use num_bigint::BigInt;

use crate::builtins::Builtin;
use crate::runtime::elsewhere::StandIn;
use crate::runtime::lock::{Lock, Semaphore};
use crate::runtime::place::Place;
use crate::runtime::pool::Pool;
use crate::runtime::promise::Promise;
use crate::runtime::queue::Queue;
use crate::runtime::task::{Task, TaskKind};

pub use error::{Failure, Kind, Result, Unwind};

use cell::{OnceCell, SharedCell};
use function::Function;
use list::List;
use map::Map;
use range::Range;
use text::Text;
pub use word::{Float, Truth};

/// Any value of the language.
///
/// Every payload takes a whole word, so that Rust keeps a value in two registers ([`word`]).
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// `nil`
    #[default]
    Nil,
    /// `true`, `false`
    Bool(Truth),
    /// An integer that fits into 64 bits; always in this form if it does.
    Int(i64),
    /// An IEEE double.
    Float(Float),
    /// Not seen by programs: the slot of a parameter that was not given, or of a variable that is
    /// not read any more.
    Absent,
    /// An integer that does not fit into 64 bits.
    BigInt(Arc<BigInt>),
    /// A string.
    String(Text),
    /// Bytes.
    Bytes(Arc<Vec<u8>>),
    /// A list.
    List(Arc<List>),
    /// A map.
    Map(Arc<Map>),
    /// `range(a, b, step)`
    Range(Arc<Range>),
    /// A function or lambda with what it captured.
    Function(Arc<Function>),
    /// A builtin function.
    Builtin(&'static Builtin),
    /// A stream that is not empty, or not known to be; the empty stream is nil.
    Stream(Arc<Promise>),
    /// What `delay` makes.
    Promise(Arc<Promise>),
    /// What `future` makes.
    Future(Arc<Task>),
    /// What `spawn` makes.
    Task(Arc<Task>),
    /// A queue.
    Queue(Arc<Queue>),
    /// A lock.
    Lock(Arc<Lock>),
    /// A semaphore.
    Semaphore(Arc<Semaphore>),
    /// A thread or process pool.
    Pool(Arc<Pool>),
    /// An error that was caught or made.
    Error(Arc<Failure>),
    /// The builtin places `thread` and `process`.
    Place(Place),
    /// Not seen by programs: a slot or capture whose variable is filled once.
    Once(Arc<OnceCell>),
    /// Not seen by programs: a slot or capture whose variable is shared.
    Shared(Arc<SharedCell>),
    /// Not seen by programs: what a closure hands back that has no value ([`returned`]).
    Unwinding(Unwind),
}

const _: () = assert!(size_of::<Value>() == 16);
const _: () = assert!(size_of::<Result<Value>>() == 16);

impl Value {
    /// A string value.
    pub fn string(text: impl Into<Text>) -> Value {
        Value::String(text.into())
    }

    /// A list value.
    pub fn list(items: Vec<Value>) -> Value {
        Value::List(List::new(items))
    }

    /// An integer value in its one right form.
    pub fn integer(number: BigInt) -> Value {
        match i64::try_from(&number) {
            Ok(small) => Value::Int(small),
            Err(_) => Value::BigInt(Arc::new(number)),
        }
    }

    /// A copy of it; costs nothing but a look at the tag for the small ones.
    #[inline(always)]
    pub fn copied(&self) -> Value {
        #[inline(never)]
        fn shared(value: &Value) -> Value {
            value.clone()
        }
        match self {
            Value::Int(value) => Value::Int(*value),
            Value::Bool(value) => Value::Bool(*value),
            Value::Nil => Value::Nil,
            Value::Float(value) => Value::Float(*value),
            other => shared(other),
        }
    }

    /// The handle of a task.
    pub fn of_task(task: &Arc<Task>) -> Value {
        Value::task(task.clone())
    }

    /// The same for one that is not needed otherwise.
    pub fn task(task: Arc<Task>) -> Value {
        match task.kind {
            TaskKind::Future => Value::Future(task),
            TaskKind::Main | TaskKind::Spawned => Value::Task(task),
        }
    }

    /// In a worker: the way to what this stands for, if it is a handle of the first process.
    pub fn away(&self) -> Option<&StandIn> {
        match self {
            Value::Queue(queue) => queue.away.as_ref(),
            Value::Lock(lock) => lock.away.as_ref(),
            Value::Semaphore(semaphore) => semaphore.away.as_ref(),
            Value::Future(task) | Value::Task(task) => task.away(),
            _ => None,
        }
    }

    /// The word for its type, as `type(x)` gives it.
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::Nil => "nil",
            Value::Bool(_) => "bool",
            Value::Int(_) | Value::BigInt(_) => "int",
            Value::Float(_) => "float",
            Value::String(_) => "string",
            Value::Bytes(_) => "bytes",
            Value::List(_) => "list",
            Value::Map(_) => "map",
            Value::Range(_) => "range",
            Value::Function(_) | Value::Builtin(_) => "function",
            Value::Stream(_) => "stream",
            Value::Promise(_) => "promise",
            Value::Future(_) => "future",
            Value::Task(_) => "task",
            Value::Queue(_) => "queue",
            Value::Lock(_) => "lock",
            Value::Semaphore(_) => "semaphore",
            Value::Pool(_) | Value::Place(_) => "pool",
            Value::Error(_) => "error",
            Value::Once(_) | Value::Shared(_) | Value::Absent | Value::Unwinding(_) => "variable",
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Value::Bool(value.into())
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Value {
        Value::Int(value)
    }
}

impl From<usize> for Value {
    fn from(value: usize) -> Value {
        Value::Int(value as i64)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Value {
        Value::Float(value.into())
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Value {
        Value::String(value.into())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Value {
        Value::String(value.into())
    }
}

/// Makes something counted where it will lie; `complete` is given it before anybody else has it.
/// Put together elsewhere and then moved it would be read in wide pieces right after it was
/// written in narrow ones, which processors do slowly.
#[inline(always)]
#[allow(unsafe_code)]
pub(crate) fn made_in_place<T>(begun: T, complete: impl FnOnce(&mut T)) -> Arc<T> {
    let begun = std::mem::ManuallyDrop::new(begun);
    let made = Arc::<T>::new_uninit();
    let place = Arc::as_ptr(&made).cast_mut();
    // SAFETY: nobody else has it, so it may be written, and it has been when it is handed on. If
    // `complete` panics, its memory is given back and what is in it is leaked. Measured:
    // benches/stream_sieve (with code in its promise, see `Running::handle`).
    unsafe {
        complete((*place).write(std::mem::ManuallyDrop::into_inner(begun)));
        made.assume_init()
    }
}

/// Drops values one after the other instead of inside each other, so that a list of lists of
/// lists…, a million deep, needs no deep stack to disappear.
///
/// ```text
/// [[[...]]]   a few levels are dropped inside each other; deeper ones go to the worklist of this
///             thread, and the outermost works it off
/// ```
pub(crate) fn drop_deep(values: Vec<Value>) {
    if values.iter().any(Value::may_hold_values) {
        dropping(values, |worklist, values| worklist.extend(values));
    }
}

/// The same for one value.
#[inline(always)]
pub(crate) fn drop_deep_one(value: Value) {
    match value.may_end_values() {
        true => dropping_one(value),
        false => crate::value::discard::discard(value),
    }
}

/// The same for one that ends something.
#[inline(never)]
pub(crate) fn dropping_one(value: Value) {
    dropping(value, Vec::push);
}

fn dropping<T>(values: T, put_aside: fn(&mut Vec<Value>, T)) {
    use std::cell::{Cell, RefCell};
    /// How many levels are dropped inside each other.
    const LEVELS: u32 = 16;
    thread_local! {
        static DEPTH: Cell<u32> = const { Cell::new(0) };
        static HAS_WORK: Cell<bool> = const { Cell::new(false) };
        static WORKLIST: RefCell<Vec<Value>> = const { RefCell::new(Vec::new()) };
    }
    let depth = DEPTH.get();
    if depth >= LEVELS {
        // Without the list any more, the thread is about to end: nothing deep is left by then.
        let mut values = Some(values);
        let _ = WORKLIST.try_with(|worklist| {
            if let Some(values) = values.take() {
                put_aside(&mut worklist.borrow_mut(), values);
                HAS_WORK.set(true);
            }
        });
        return;
    }
    DEPTH.set(depth + 1);
    drop(values);
    if depth == 0 && HAS_WORK.get() {
        while let Ok(Some(value)) = WORKLIST.try_with(|worklist| worklist.borrow_mut().pop()) {
            drop(value);
        }
        HAS_WORK.set(false);
    }
    DEPTH.set(depth);
}

impl Value {
    /// What is in there, which becomes nil. Handed back in registers: moved from memory to memory
    /// it would be read at once, and often it has just been written in parts.
    #[inline(never)]
    pub(crate) fn taken(&mut self) -> Value {
        std::mem::take(self)
    }

    /// Lets go of it, however deep it is.
    #[inline(always)]
    pub(crate) fn end_deep(&mut self) {
        match self {
            Value::Nil | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Absent => {}
            other => drop_deep_one(other.taken()),
        }
    }

    /// Whether dropping it ends what it refers to, which may hold further values. Of two tasks
    /// that let go of the same thing at the same moment neither may see it coming; then one level
    /// is not counted.
    #[inline(always)]
    pub(crate) fn may_end_values(&self) -> bool {
        if !self.may_hold_values() {
            return false;
        }
        match self {
            Value::List(list) => Arc::strong_count(list) == 1,
            Value::Map(map) => Arc::strong_count(map) == 1,
            Value::Function(function) => Arc::strong_count(function) == 1,
            Value::Stream(promise) | Value::Promise(promise) => Arc::strong_count(promise) == 1,
            _ => true,
        }
    }

    /// Whether dropping it may drop further values.
    fn may_hold_values(&self) -> bool {
        !matches!(
            self,
            Value::Nil
                | Value::Bool(_)
                | Value::Int(_)
                | Value::Float(_)
                | Value::BigInt(_)
                | Value::String(_)
                | Value::Bytes(_)
                | Value::Range(_)
                | Value::Builtin(_)
                | Value::Place(_)
                | Value::Absent
        )
    }
}

#[cfg(test)]
mod tests {
    use super::stream::Stream;
    use super::*;
    use crate::value::map::{Entries, Key};

    const DEPTH: usize = 1_000_000;

    /// Builds a value on a thread with a small stack, a million levels deep, and drops it there.
    fn dropped_on_a_small_stack(inside: fn(Value) -> Value) {
        let thread = std::thread::Builder::new().stack_size(256 << 10);
        let work = move || {
            let mut value = Value::list(vec![]);
            for _ in 0..DEPTH {
                value = inside(value);
            }
            drop(value);
        };
        let handle = thread.spawn(work).expect("a thread starts");
        handle.join().expect("the stack was deep enough");
    }

    #[test]
    fn deep_lists_disappear() {
        dropped_on_a_small_stack(|inner| Value::list(vec![inner]));
    }

    #[test]
    fn deep_maps_disappear() {
        dropped_on_a_small_stack(|inner| {
            let key = Key::new(Value::Int(1)).expect("an int is a key");
            Value::Map(Map::new(Entries::from_iter([(key, inner)])))
        });
    }

    #[test]
    fn long_streams_disappear() {
        dropped_on_a_small_stack(|rest| Stream::pair(Value::Int(1), Promise::known(rest)));
    }

    #[test]
    fn streams_of_streams_disappear() {
        dropped_on_a_small_stack(|head| Stream::pair(head, Promise::known(Value::Nil)));
    }

    #[test]
    fn chains_of_captures_disappear() {
        dropped_on_a_small_stack(|inner| Value::Promise(Promise::known(inner)));
        dropped_on_a_small_stack(|inner| {
            let cell = OnceCell::default();
            cell.fill(Value::list(vec![inner]));
            Value::Once(Arc::new(cell))
        });
    }
}
