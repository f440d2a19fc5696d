//! What reads a state: tasks and values as words, objects by numbers in the order in which they are
//! met.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::sync::Arc;

use super::actor::{Part, Pending};
use super::history::Actor;
use super::play::{AddressHasher, FIRST_FREE, Play};
use super::touch::{ObjectIndex, Touch};
use crate::gate::Gate;
use crate::runtime::promise::Content;
use crate::runtime::task::{Outcome, Task, TaskKind};
use crate::runtime::trail::Seen;
use crate::value::error::Thrown;
use crate::value::{Failure, Value};

/// 128 bits that tell sequences of words apart.
#[derive(Default)]
pub(super) struct Digest {
    a: u64,
    b: u64,
}

impl Digest {
    pub(super) fn word(&mut self, word: u64) {
        self.a = folded(self.a ^ word ^ 0x243F_6A88_85A3_08D3, 0x9E37_79B9_7F4A_7C15);
        self.b = folded(
            self.b.rotate_left(29) ^ word.wrapping_add(0xA409_3822_299F_31D0),
            0xD6E8_FEB8_6659_FD93,
        );
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.word(bytes.len() as u64);
        for piece in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..piece.len()].copy_from_slice(piece);
            self.word(u64::from_le_bytes(word));
        }
    }

    pub(super) fn value(mut self) -> u128 {
        self.word(1);
        self.word(2);
        u128::from(self.a) << 64 | u128::from(self.b)
    }
}

fn folded(word: u64, by: u64) -> u64 {
    let product = u128::from(word) * u128::from(by);
    product as u64 ^ (product >> 64) as u64
}

/// What reads a state.
#[derive(Default)]
pub(super) struct Reader {
    pub digest: Digest,
    pub numbers: HashMap<usize, usize, BuildHasherDefault<AddressHasher>>,
    /// The objects met, in order.
    pub met: Vec<Value>,
    /// For each loop that may come to wait for a change: what it has looked at.
    pub looks: Vec<Vec<Touch>>,
    /// Tasks that are not to be named, and the names of all.
    pub alike: Vec<Actor>,
    pub titles: Vec<(bool, u64)>,
    /// One of them was named, or may have been.
    pub names: bool,
    /// Which of them objects name, as they were met.
    pub roles: Vec<Actor>,
}

impl Reader {
    pub(super) fn word(&mut self, word: u64) {
        self.digest.word(word);
    }

    /// What loops have looked at. What nobody has met is the loop's own: nobody else changes it.
    pub(super) fn looks(&mut self, play: &Play) {
        if self.looks.iter().all(Vec::is_empty) {
            return;
        }
        let mut names: HashMap<ObjectIndex, u64> = HashMap::new();
        for part in &play.parts {
            if let Some(index) = play.met(part.task.id().address()) {
                names.insert(index, part.task.number << 2 | u64::from(part.name().0));
            }
        }
        for (address, number) in &self.numbers {
            if let Some(index) = play.met(*address) {
                names.insert(index, (*number as u64) << 2 | 2);
            }
        }
        for looks in std::mem::take(&mut self.looks) {
            let known = looks.iter().filter_map(|touch| {
                let name = match touch.object < FIRST_FREE {
                    true => u64::from(touch.object) << 2 | 3,
                    false => *names.get(&touch.object)?,
                };
                let mut hasher = std::hash::DefaultHasher::new();
                touch.action.hash(&mut hasher);
                Some((name, hasher.finish()))
            });
            let mut known: Vec<(u64, u64)> = known.collect();
            known.sort_unstable();
            known.dedup();
            self.word(known.len() as u64);
            for (name, action) in known {
                self.word(name);
                self.word(action);
            }
        }
    }

    /// What the objects hold that have been met.
    pub(super) fn rest(&mut self, from: usize) -> Option<()> {
        let mut next = from;
        while next < self.met.len() {
            let value = self.met[next].clone();
            self.contents(&value)?;
            next += 1;
        }
        Some(())
    }

    pub(super) fn text(&mut self, text: &str) {
        // It may be the title of a task.
        self.names |= !self.alike.is_empty() && text.contains('#');
        self.digest.bytes(text.as_bytes());
    }

    pub(super) fn task(&mut self, task: &Task) {
        self.word(task.number << 1 | u64::from(task.kind == TaskKind::Future));
    }

    pub(super) fn wide(&mut self, word: u128) {
        self.word(word as u64);
        self.word((word >> 64) as u64);
    }

    pub(super) fn is_alike(&self, task: &Task) -> Option<Actor> {
        let name = Part::name_of(task);
        let mut alike = self.alike.iter().copied();
        alike.find(|&actor| self.titles[actor] == name)
    }

    /// Meets what several of those who are alike have been started with.
    pub(super) fn meet_common(&mut self, play: &Play) -> Option<()> {
        let mut given: Vec<(usize, Value)> = Vec::new();
        for &actor in &self.alike {
            let mut one = Reader::default();
            one.values(play.parts[actor].given.as_ref()?);
            one.rest(0)?;
            let mut addresses: Vec<(usize, usize)> = one
                .numbers
                .iter()
                .map(|(address, number)| (*number, *address))
                .collect();
            addresses.sort_unstable();
            let addresses = addresses.into_iter().map(|(_, address)| address);
            given.extend(addresses.zip(one.met));
        }
        let mut times: HashMap<usize, u32> = HashMap::new();
        for (address, _) in &given {
            *times.entry(*address).or_default() += 1;
        }
        for (address, value) in given {
            let next = self.numbers.len();
            if times[&address] > 1 && *self.numbers.entry(address).or_insert(next) == next {
                self.met.push(value);
            }
        }
        Some(())
    }

    /// A handle of a task.
    pub(super) fn handle(&mut self, task: &Task) {
        self.names |= self.is_alike(task).is_some();
        self.task(task);
    }

    /// A task to which an object belongs.
    pub(super) fn role(&mut self, task: &Task) {
        match self.is_alike(task) {
            Some(actor) => self.roles.push(actor),
            None => self.task(task),
        }
    }

    pub(super) fn part(&mut self, play: &Play, part: &Part) -> Option<()> {
        let task = &part.task;
        if task
            .pool
            .as_ref()
            .is_some_and(|pool| pool.kind.is_process())
        {
            return None;
        }
        let is_alike = self.is_alike(task).is_some();
        if !is_alike {
            self.task(task);
        }
        let flags = [
            part.seated,
            part.cancelled_at_end,
            part.never_began,
            task.cancel_waits(),
            task.cancel_has_struck(),
            // Whoever waits at a gate has asked for some of them already.
            task.was_asked() && !is_alike,
        ];
        let flags = flags
            .iter()
            .fold(1, |flags, flag| flags << 1 | u64::from(*flag));
        self.word(flags);
        self.word(part.clock.to_bits());
        for made in part.made {
            self.word(made.into());
        }
        self.values(part.given.as_ref()?);
        let pending = match &part.pending {
            Pending::Begin => 1,
            Pending::Act(_) => 2,
            Pending::Ask(ask) => 3 + u64::from(ask.in_line.is_some()),
            Pending::Start(_) => 5,
            Pending::Flag => 6,
            Pending::Spin(looked) => 7 + u64::from(play.change_of(looked).is_some()),
            Pending::Finish => 9,
            Pending::Running => 10,
            Pending::Ended => 11,
        };
        self.word(pending);
        if let Some(outcome) = task.outcome() {
            match &outcome {
                Outcome::Value(value) => self.value(value),
                Outcome::Failed(failure) => self.failure(failure),
                Outcome::Cancelled => self.word(3),
            }
        }
        match part.has_ended() {
            true => Some(()),
            false => self.trail(play, part),
        }
    }

    pub(super) fn trail(&mut self, play: &Play, part: &Part) -> Option<()> {
        let trail = part.trail.as_ref()?.borrow();
        self.word(trail.marks.len() as u64);
        for mark in &trail.marks {
            self.word(mark.span.start.into());
            self.log(&mark.entry)?;
            self.word(mark.turns);
            self.values(&mark.stack);
            if let Some(turn) = mark.turn {
                // Whether the next turn may be one that changes nothing, and what it waits for.
                let looked = play.looked_since(part, turn);
                let over = looked.as_ref().map(|it| play.change_of(it).is_some());
                self.word(over.map_or(0, |over| 2 | u64::from(over)));
                if let (Some(looked), Some(false)) = (looked, over) {
                    let touches = looked.iter().map(|looked| looked.touch);
                    self.looks.push(touches.collect());
                }
            }
        }
        self.word(trail.calls.len() as u64);
        for (around, function) in &trail.calls {
            self.word(*around as u64);
            self.value(&Value::Function(function.clone()));
        }
        self.log(&trail.log)
    }

    pub(super) fn log(&mut self, log: &[Seen]) -> Option<()> {
        self.word(log.len() as u64);
        for seen in log {
            match seen {
                Seen::Word(word) => {
                    self.word(0);
                    self.word(*word);
                }
                Seen::Value(value) => self.value(value),
                Seen::Unknown => return None,
            }
        }
        Some(())
    }

    pub(super) fn values(&mut self, values: &[Value]) {
        self.word(values.len() as u64);
        for value in values {
            self.value(value);
        }
    }

    pub(super) fn failure(&mut self, failure: &Failure) {
        match &failure.thrown {
            Thrown::Error { kind, message } => {
                self.text(kind.word());
                self.text(message);
            }
            Thrown::Value(value) => self.value(value),
        }
        self.text(&format!("{:?}", failure.story));
    }

    /// An object: its number, by which it is known from now on.
    pub(super) fn object<T: ?Sized>(&mut self, tag: u64, object: &Arc<T>, value: &Value) {
        let next = self.numbers.len();
        let address = Arc::as_ptr(object).cast::<()>().addr();
        let number = *self.numbers.entry(address).or_insert(next);
        if number == next {
            self.met.push(value.clone());
        }
        self.word(tag);
        self.word(number as u64);
    }

    pub(super) fn value(&mut self, value: &Value) {
        match value {
            Value::Nil => self.word(1),
            Value::Absent => self.word(2),
            Value::Bool(truth) => self.word(3 + u64::from(truth.get())),
            Value::Int(number) => {
                self.word(5);
                self.word(*number as u64);
            }
            Value::Float(number) => {
                self.word(6);
                self.word(number.get().to_bits());
            }
            Value::BigInt(number) => {
                self.word(7);
                self.digest.bytes(&number.to_signed_bytes_le());
            }
            Value::String(text) => {
                self.word(8);
                self.text(text);
            }
            Value::Bytes(bytes) => {
                self.word(9);
                self.digest.bytes(bytes);
            }
            Value::Range(range) => {
                self.word(10);
                for end in [range.start, range.end, range.step] {
                    self.word(end as u64);
                }
            }
            Value::Builtin(builtin) => {
                self.word(11);
                self.text(builtin.name);
            }
            Value::Place(place) => self.word(12 + *place as u64),
            Value::Future(task) | Value::Task(task) => {
                self.word(14);
                self.handle(task);
            }
            Value::Error(failure) => {
                self.word(15);
                self.failure(failure);
            }
            Value::Unwinding(_) => self.word(16),
            Value::List(object) => self.object(20, object, value),
            Value::Map(object) => self.object(21, object, value),
            Value::Function(object) => self.object(22, object, value),
            Value::Stream(object) => self.object(23, object, value),
            Value::Promise(object) => self.object(24, object, value),
            Value::Queue(object) => self.object(25, object, value),
            Value::Lock(object) => self.object(26, object, value),
            Value::Semaphore(object) => self.object(27, object, value),
            Value::Pool(object) => self.object(28, object, value),
            Value::Once(object) => self.object(29, object, value),
            Value::Shared(object) => self.object(30, object, value),
        }
    }

    /// What an object holds.
    pub(super) fn contents(&mut self, object: &Value) -> Option<()> {
        match object {
            Value::List(list) => self.values(&list.held()),
            Value::Map(map) => {
                let held = map.held();
                self.word(held.len() as u64);
                for (key, value) in &held {
                    self.value(key);
                    self.value(value);
                }
            }
            Value::Function(function) => {
                self.word(std::ptr::from_ref(function.code).addr() as u64);
                self.word(function.captures.len() as u64);
                for capture in function.captures.iter() {
                    self.value(capture);
                }
            }
            // A stream and the promise of its rest are one object.
            Value::Stream(promise) | Value::Promise(promise) => {
                if let Some(head) = promise.head() {
                    self.value(head);
                }
                match promise.content(&Gate::open())? {
                    Content::Code(body) => self.value(&Value::Function(body)),
                    Content::Done(value) => {
                        self.word(0);
                        self.value(&value);
                    }
                    Content::Failed(failure) => self.failure(&failure),
                }
                if let Some(by) = promise.evaluated_by() {
                    self.role(&by);
                }
            }
            Value::Queue(queue) => {
                let held = queue.still()?;
                self.word(queue.number << 1 | u64::from(held.closed));
                self.values(&held.items);
                self.word(held.pending.len() as u64);
                for (value, task) in &held.pending {
                    self.value(value);
                    self.role(task);
                }
                for task in &held.refused {
                    self.role(task);
                }
            }
            Value::Lock(lock) => {
                self.word(lock.number);
                match lock.owner() {
                    Some(owner) => self.role(&owner),
                    None => self.word(0),
                }
            }
            Value::Semaphore(semaphore) => {
                self.word(semaphore.number);
                self.word(semaphore.free());
            }
            Value::Once(cell) => match cell.get() {
                Some(value) => self.value(value),
                None => self.word(0),
            },
            Value::Shared(cell) => match cell.held() {
                Some(value) => self.value(&value),
                None => self.word(0),
            },
            // A pool may be shut down.
            _ => return None,
        }
        Some(())
    }
}
