//! Values as they are written in a program.
//!
//! Nothing here recurses: containers under way lie on a stack of their own, so values may be
//! nested as deep as memory goes.
//!
//! ```text
//!   [1, ["a": [2]]]      under way: list, map, list
//!                        open:      their addresses; meeting one again is a cycle: [...]
//! ```
//!
//! What another task can change is copied out first and shown afterwards, so no lock is held
//! while inner values are shown.

use std::collections::HashSet;
use std::fmt::Write;
use std::sync::Arc;

use num_traits::Signed;

use super::error::{Thrown, fail};
use super::quote::{quote, quote_bytes};
use super::show_handle::show_handle;
use super::stream::Stream;
use super::{Kind, Result, Unwind, Value, float, long};
use crate::gate::{Gate, ObjectId, Operation};
use crate::runtime::promise::Promise;

/// The longest text that is made, in bytes. Lists that hold one list many times over could be
/// endless work otherwise.
const LONGEST: usize = 1 << 30;

/// How many values are shown between two looks whether the task is to stop.
const VALUES_A_PAUSE: u32 = 1 << 10;

/// The value as it would be written in a program.
pub fn show(value: &Value, gate: &Gate<'_>) -> Result<String> {
    show_within(value, gate, LONGEST)
}

fn show_within(value: &Value, gate: &Gate<'_>, longest: usize) -> Result<String> {
    let mut showing = Showing::new(gate, longest);
    showing.run(value);
    if showing.stopped {
        return Err(Unwind::Cancelled);
    }
    match showing.is_full() {
        false => Ok(showing.out),
        true => Err(fail(
            Kind::Memory,
            format!(
                "cannot show {}: its text is longer than 1 GiB",
                crate::diagnostics::words::with_article(value.type_name())
            ),
        )),
    }
}

/// The value as `print` shows it: strings bare, everything else as in a program.
pub fn display(value: &Value, gate: &Gate<'_>) -> Result<String> {
    match value {
        Value::String(text) => Ok(text.to_string()),
        other => show(other, gate),
    }
}

/// The value in at most so many characters, for labels in reports; what is cut ends in `…`.
/// Never looks at more of a huge value than it shows. A report that the program cannot notice
/// passes [`Gate::open`].
pub fn show_short(value: &Value, gate: &Gate<'_>, limit_chars: usize) -> String {
    let mut showing = Showing::new(gate, limit_chars.saturating_mul(4));
    showing.cut = limit_chars.saturating_add(1);
    showing.run(value);
    let mut out = showing.out;
    if let Some((last_kept, _)) = out.char_indices().nth(limit_chars.saturating_sub(1)) {
        let has_more = out[last_kept..].chars().nth(1).is_some();
        if has_more {
            out.truncate(last_kept);
            out.push('…');
        }
    }
    out
}

/// A container that is being shown.
enum Frame {
    List {
        address: usize,
        rest: std::vec::IntoIter<Value>,
        first: bool,
    },
    Map {
        address: usize,
        rest: std::vec::IntoIter<(Value, Value)>,
        first: bool,
        /// The value of the key that was shown last.
        value: Option<Value>,
    },
    Stream {
        /// The pairs so far.
        addresses: Vec<usize>,
        rest: Rest,
        /// Whether a value was shown that has no `::` behind it yet.
        shown: bool,
        /// Whether it stands in parentheses, as the first value of another stream.
        inner: bool,
    },
}

/// What comes next in a stream.
enum Rest {
    Promise(Arc<Promise>),
    /// A first value; then the promise.
    Head(Value, Arc<Promise>),
    End,
}

struct Showing<'g> {
    gate: &'g Gate<'g>,
    out: String,
    /// How many bytes are enough.
    limit: usize,
    /// How many elements of a list or map are enough.
    cut: usize,
    frames: Vec<Frame>,
    open: HashSet<usize>,
    /// Values until the next look whether the task is to stop.
    until_pause: u32,
    /// A cancel has struck.
    stopped: bool,
}

impl<'g> Showing<'g> {
    fn new(gate: &'g Gate<'g>, limit: usize) -> Showing<'g> {
        Showing {
            gate,
            out: String::new(),
            limit,
            cut: usize::MAX,
            frames: Vec::new(),
            open: HashSet::new(),
            until_pause: VALUES_A_PAUSE,
            stopped: false,
        }
    }

    fn is_full(&self) -> bool {
        self.out.len() > self.limit
    }

    fn run(&mut self, value: &Value) {
        self.begin(value, false);
        while !self.is_full() && !self.stopped {
            self.until_pause -= 1;
            if self.until_pause == 0 {
                self.until_pause = VALUES_A_PAUSE;
                self.stopped = self.gate.is_to_stop();
            }
            match self.next() {
                Some((value, is_head)) => self.begin(&value, is_head),
                None if self.frames.is_empty() => return,
                None => {}
            }
        }
    }

    /// The next value inside the innermost container; `None` if it has just ended.
    fn next(&mut self) -> Option<(Value, bool)> {
        let out = &mut self.out;
        match self.frames.last_mut()? {
            Frame::List { rest, first, .. } => {
                if let Some(item) = rest.next() {
                    if !std::mem::take(first) {
                        out.push_str(", ");
                    }
                    return Some((item, false));
                }
                out.push(']');
            }
            Frame::Map {
                rest, first, value, ..
            } => {
                if let Some(value) = value.take() {
                    out.push_str(": ");
                    return Some((value, false));
                }
                if let Some((key, of_key)) = rest.next() {
                    if !std::mem::take(first) {
                        out.push_str(", ");
                    }
                    *value = Some(of_key);
                    return Some((key, false));
                }
                out.push(']');
            }
            Frame::Stream { .. } => {
                if let Some(next) = self.next_of_stream() {
                    return Some(next);
                }
            }
        }
        match self.frames.pop()? {
            Frame::List { address, .. } | Frame::Map { address, .. } => {
                self.open.remove(&address);
            }
            Frame::Stream {
                addresses, inner, ..
            } => {
                for address in addresses {
                    self.open.remove(&address);
                }
                if inner {
                    self.out.push(')');
                }
            }
        }
        None
    }

    /// The next value of the innermost container, a stream; `None` at its end.
    fn next_of_stream(&mut self) -> Option<(Value, bool)> {
        loop {
            let Some(Frame::Stream {
                addresses,
                rest,
                shown,
                ..
            }) = self.frames.last_mut()
            else {
                return None;
            };
            match std::mem::replace(rest, Rest::End) {
                Rest::End => return None,
                Rest::Head(head, tail) => {
                    *rest = Rest::Promise(tail);
                    *shown = true;
                    return Some((head, true));
                }
                Rest::Promise(promise) => {
                    if std::mem::take(shown) {
                        self.out.push_str(" :: ");
                    }
                    self.gate
                        .announce(|| Operation::Poll(ObjectId::of(&*promise)));
                    match promise.peek() {
                        None => {
                            self.out.push_str("...");
                            return None;
                        }
                        Some(Value::Stream(stream)) => {
                            let address = Arc::as_ptr(&stream).addr();
                            if !self.open.insert(address) {
                                self.out.push_str("...");
                                return None;
                            }
                            addresses.push(address);
                            *rest = rest_of(&stream);
                        }
                        Some(other) => return Some((other, true)),
                    }
                }
            }
        }
    }

    /// Shows a value that holds no others, or enters a container.
    fn begin(&mut self, value: &Value, is_head: bool) {
        match value {
            Value::List(list) => {
                let address = Arc::as_ptr(list).addr();
                if !self.open.insert(address) {
                    return self.out.push_str("[...]");
                }
                let cut = self.cut;
                let items = list.read(self.gate, |items| items[..items.len().min(cut)].to_vec());
                self.out.push('[');
                self.frames.push(Frame::List {
                    address,
                    rest: items.into_iter(),
                    first: true,
                });
            }
            Value::Map(map) => {
                let address = Arc::as_ptr(map).addr();
                if !self.open.insert(address) {
                    return self.out.push_str("[...: ...]");
                }
                let entries: Vec<_> = map.read(self.gate, |entries| {
                    let shown = entries.iter().take(self.cut);
                    shown
                        .map(|(key, value)| (key.value().clone(), value.clone()))
                        .collect()
                });
                self.out.push_str(match entries.is_empty() {
                    true => "[:",
                    false => "[",
                });
                self.frames.push(Frame::Map {
                    address,
                    rest: entries.into_iter(),
                    first: true,
                    value: None,
                });
            }
            Value::Stream(stream) => {
                let address = Arc::as_ptr(stream).addr();
                if !self.open.insert(address) {
                    return self.out.push_str("...");
                }
                if is_head {
                    self.out.push('(');
                }
                self.frames.push(Frame::Stream {
                    addresses: vec![address],
                    rest: rest_of(stream),
                    shown: false,
                    inner: is_head,
                });
            }
            other => self.leaf(other),
        }
    }

    /// A value that holds no others.
    fn leaf(&mut self, value: &Value) {
        let gate = self.gate;
        let room = self.limit.saturating_sub(self.out.len());
        let out = &mut self.out;
        // Writing to a string does not fail.
        let _ = match value {
            Value::Nil => out.write_str("nil"),
            Value::Bool(value) => write!(out, "{}", value.get()),
            Value::Int(number) => write!(out, "{number}"),
            // Fewer than 4 bits a digit: it would not fit anyway.
            Value::BigInt(number) if number.bits() / 4 > room as u64 => {
                let digits = number.bits() as f64 * std::f64::consts::LOG10_2;
                write!(out, "<int of about {digits:.0} digits>")
            }
            Value::BigInt(number) => {
                if number.is_negative() {
                    out.push('-');
                }
                match long::decimal(number.magnitude(), gate) {
                    Ok(digits) => out.push_str(&digits),
                    Err(_) => self.stopped = true,
                }
                Ok(())
            }
            Value::Float(number) => out.write_str(&float::repr(number.get())),
            Value::String(text) => {
                quote(out, text, room);
                Ok(())
            }
            Value::Bytes(bytes) => {
                quote_bytes(out, bytes, room);
                Ok(())
            }
            Value::Range(range) => match range.step {
                1 => write!(out, "range({}, {})", range.start, range.end),
                step => write!(out, "range({}, {}, {step})", range.start, range.end),
            },
            Value::Function(function) => match function.name() {
                Some(name) => write!(out, "<fn {name}>"),
                None => out.write_str("<fn>"),
            },
            Value::Builtin(builtin) => write!(out, "<builtin {}>", builtin.name),
            Value::Promise(_)
            | Value::Future(_)
            | Value::Task(_)
            | Value::Queue(_)
            | Value::Lock(_)
            | Value::Semaphore(_)
            | Value::Pool(_) => show_handle(out, value, gate),
            Value::Error(failure) => match &failure.thrown {
                Thrown::Error { kind, message } => {
                    write!(out, "<error {}: {message}>", kind.word())
                }
                Thrown::Value(_) => out.write_str("<error>"),
            },
            Value::Place(place) => out.write_str(place.name()),
            Value::List(_) | Value::Map(_) | Value::Stream(_) => Ok(()),
            // What programs do not see.
            _ => out.write_str("<variable>"),
        };
    }
}

fn rest_of(stream: &Arc<Promise>) -> Rest {
    match Stream::of(stream) {
        Stream::Pair { head, tail } => Rest::Head(head.clone(), tail.clone()),
        Stream::Lazy(promise) => Rest::Promise(promise.clone()),
    }
}

/// A value as it is told of in the story of an execution.
pub fn in_words(value: &Value) -> String {
    show_short(value, &Gate::open(), 24)
}

/// `0 -> 1`, or `1 -> 1, unchanged`
pub fn change(old: &str, new: &str) -> String {
    match old {
        "" => format!("= {new}"),
        old if old == new => format!("{old} -> {new}, unchanged"),
        old => format!("{old} -> {new}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::lock::{Lock, Semaphore};
    use crate::runtime::place::Place;
    use crate::runtime::queue::Queue;
    use crate::value::Failure;
    use crate::value::map::{Entries, Key, Map};
    use crate::value::range::Range;

    fn shown(value: &Value) -> String {
        show(value, &Gate::open()).expect("it can be shown")
    }

    fn map(entries: Vec<(Value, Value)>) -> Value {
        let entries = entries.into_iter();
        let keyed = entries.map(|(key, value)| (Key::new(key).expect("a key"), value));
        Value::Map(Map::new(keyed.collect::<Entries>()))
    }

    fn stream(head: i64, tail: Arc<Promise>) -> Value {
        Stream::pair(Value::Int(head), tail)
    }

    #[test]
    fn data_is_shown_as_it_is_written() {
        let list = Value::list(vec!["a".into(), 1.0.into(), Value::Nil, true.into()]);
        assert_eq!(shown(&list), "[\"a\", 1.0, nil, true]");
        assert_eq!(shown(&Value::list(vec![])), "[]");
        assert_eq!(shown(&map(vec![])), "[:]");
        let nested = map(vec![("k".into(), true.into()), (Value::Int(1), list)]);
        assert_eq!(shown(&nested), "[\"k\": true, 1: [\"a\", 1.0, nil, true]]");
        let range = |start, end, step| Value::Range(Arc::new(Range { start, end, step }));
        assert_eq!(shown(&range(0, 10, 1)), "range(0, 10)");
        assert_eq!(shown(&range(9, 0, -2)), "range(9, 0, -2)");
        assert_eq!(
            shown(&"q\" b\\ n\n t\t é \u{1}".into()),
            r#""q\" b\\ n\n t\t é \u{1}""#
        );
        let bytes = Value::Bytes(Arc::new(b"a\"\\\n\x00\xff".to_vec()));
        assert_eq!(shown(&bytes), r#"b"a\"\\\n\x00\xff""#);
        assert_eq!(display(&"bare\n".into(), &Gate::open()).unwrap(), "bare\n");
    }

    #[test]
    fn handles_are_numbered() {
        let lock = Lock::new(1);
        assert_eq!(shown(&Value::Lock(lock)), "<lock #1 free>");
        let semaphore = Semaphore::new(2, 3);
        assert_eq!(
            shown(&Value::Semaphore(semaphore)),
            "<semaphore #2: 3 free>"
        );
        let queue = Queue::new(2, None);
        assert_eq!(shown(&Value::Queue(queue)), "<queue #2: 0 waiting>");
        let promise = Promise::native(|_| Ok(Value::Nil));
        assert_eq!(shown(&Value::Promise(promise)), "<promise unforced>");
        assert_eq!(shown(&Value::Place(Place::Process)), "process");
        let error = Failure::error(Kind::ZeroDivision, "division by zero");
        let error = Value::Error(Arc::new(error));
        assert_eq!(shown(&error), "<error zero-division: division by zero>");
    }

    #[test]
    fn streams_show_what_is_forced() {
        let unforced = || Promise::native(|_| Ok(Value::Nil));
        let known = |value| Promise::known(value);
        let two = stream(1, known(stream(2, unforced())));
        assert_eq!(shown(&two), "1 :: 2 :: ...");
        let ended = stream(1, known(stream(2, known(Value::Nil))));
        assert_eq!(shown(&ended), "1 :: 2 :: nil");
        let of_streams = Stream::pair(two.clone(), known(Value::Nil));
        assert_eq!(shown(&of_streams), "(1 :: 2 :: ...) :: nil");
        let lazy = Stream::lazy(known(stream(1, known(Stream::lazy(known(Value::Nil))))));
        assert_eq!(shown(&Value::list(vec![lazy])), "[1 :: nil]");
        assert_eq!(shown(&Value::list(vec![Stream::lazy(unforced())])), "[...]");
    }

    #[test]
    fn what_holds_itself_ends() {
        let gate = Gate::open();
        let list = Value::list(vec![Value::Int(1)]);
        let entries = map(vec![("self".into(), Value::Nil)]);
        let (Value::List(inner), Value::Map(inner_map)) = (&list, &entries) else {
            unreachable!()
        };
        inner.change(&gate, |items| items.extend([list.clone(), entries.clone()]));
        inner_map.insert(&gate, Key::new("self".into()).unwrap(), entries.clone());
        assert_eq!(shown(&list), "[1, [...], [\"self\": [...: ...]]]");
        // One list twice is no cycle.
        let twice = Value::list(vec![Value::Int(1)]);
        let both = Value::list(vec![twice.clone(), twice]);
        assert_eq!(shown(&both), "[[1], [1]]");
        inner.change(&gate, Vec::clear);
        inner_map.change(&gate, Entries::clear);
    }

    #[test]
    fn deep_nesting_needs_no_stack() {
        let depth = 1_000_000;
        let mut list = Value::list(vec![]);
        for _ in 1..depth {
            list = Value::list(vec![list]);
        }
        let text = shown(&list);
        assert_eq!(text.len(), 2 * depth);
        assert_eq!(show_short(&list, &Gate::open(), 4), "[[[…");
    }

    #[test]
    fn labels_are_short_and_cheap() {
        let short = |value: &Value, limit| show_short(value, &Gate::open(), limit);
        assert_eq!(short(&Value::Int(45), 10), "45");
        assert_eq!(short(&"abcdefgh".into(), 10), "\"abcdefgh\"");
        assert_eq!(short(&"abcdefghi".into(), 10), "\"abcdefgh…");
        let long = Value::list((0..1_000_000).map(Value::Int).collect());
        assert_eq!(short(&long, 10), "[0, 1, 2,…");
        let huge = Value::integer(num_bigint::BigInt::from(1) << 100_000_000);
        assert_eq!(short(&huge, 40), "<int of about 30103000 digits>");
    }

    #[test]
    fn a_text_beyond_all_bounds_is_an_error() {
        let mut list = Value::list(vec!["x".repeat(1 << 20).into()]);
        for _ in 0..40 {
            list = Value::list(vec![list.clone(), list]);
        }
        let Err(crate::value::Unwind::Failed(failure)) = show_within(&list, &Gate::open(), 5 << 20)
        else {
            panic!("it was shown");
        };
        assert!(failure.is(&Kind::Memory));
    }

    #[test]
    fn floats_as_python_prints_them() {
        for (number, text) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (0.1, "0.1"),
            (1e15, "1000000000000000.0"),
            (9999999999999998.0, "9999999999999998.0"),
            (1e16, "1e+16"),
            (1.5e16, "1.5e+16"),
            (1e22, "1e+22"),
            (123456789012345680.0, "1.2345678901234568e+17"),
            (1e-4, "0.0001"),
            (1e-5, "1e-05"),
            (1.5e-7, "1.5e-07"),
            (5e-324, "5e-324"),
            (f64::MAX, "1.7976931348623157e+308"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, "nan"),
        ] {
            assert_eq!(shown(&number.into()), text);
        }
    }
}
