//! The state of an execution: its tasks, what has happened, who could go on.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use super::actor::{Part, Pending};
use super::demand::Demands;
use super::exploration::Bounds;
use super::history::{Actor, History, Step};
use super::known::Known;
use super::limit::Limit;
use super::owners::Owners;
use super::seats::Seats;
use super::tell::Told;
use super::touch::{Action, ObjectIndex, Part as Piece, Touch, Touches};
use crate::gate::{Element, Numbered, ObjectId, Operation, take_gone};
use crate::runtime::task::{Task, cancels_asked};
use crate::runtime::turn::Ask;
use crate::runtime::wait::WaitingFor;
use crate::value::Failure;

/// A set of tasks.
pub type Actors = u128;

/// How many tasks an execution may have.
pub const MOST_ACTORS: usize = 128;

/// The output, as an object; then what else all tasks share.
const OUTPUT: ObjectIndex = 0;
const INPUT: ObjectIndex = 1;
const RANDOM: ObjectIndex = 2;
/// The program as a whole.
pub const PROGRAM: ObjectIndex = 3;
/// The first of the program's own.
pub const FIRST_FREE: ObjectIndex = 4;

/// Addresses and small numbers are spread enough by a multiplication.
#[derive(Default)]
pub struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_usize(usize::from(*byte));
        }
    }
    fn write_u8(&mut self, number: u8) {
        self.write_usize(number.into());
    }
    fn write_u32(&mut self, number: u32) {
        self.write_usize(number as usize);
    }
    fn write_u64(&mut self, number: u64) {
        self.write_usize(number as usize);
    }
    fn write_isize(&mut self, number: isize) {
        self.write_usize(number as usize);
    }
    fn write_usize(&mut self, number: usize) {
        let mixed = (self.0 ^ number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = mixed ^ (mixed >> 32);
    }
}

/// An execution.
#[derive(Default)]
pub struct Play {
    /// Its tasks, in the order in which they were started; the main program is the first.
    pub parts: Vec<Part>,
    /// What has happened. When an execution repeats the beginning of the one before, its steps are
    /// here already; `depth` says how far it is.
    pub history: History,
    /// How many steps have begun.
    pub depth: Step,
    /// Whether a step is under way.
    pub under_way: bool,
    /// Whether that step is a new one, not one that is repeated.
    pub is_new: bool,
    /// What it has touched beyond what was announced.
    pub extra: Touches,
    /// There were more tasks than an execution may have.
    pub too_many: bool,
    /// What is known from executions before.
    pub known: Known,
    /// Something new has been learned: begin anew.
    pub learned: bool,
    /// Until when executions go on.
    pub limit: Limit,
    /// The execution has been broken off at that limit: it comes to nothing.
    pub broken_off: bool,
    /// At the end: who waits in vain, and what each would have touched.
    pub waiting: Vec<(Actor, Touches)>,
    /// How many steps an execution may have.
    pub most_steps: usize,
    /// Somebody wants the execution told in words.
    pub tells: bool,
    /// The steps in words, if somebody wants them.
    pub told: Vec<Told>,
    /// Prints of different tasks are not told apart by their order.
    pub ignores_print_order: bool,
    /// Failures of tasks that ended with one.
    pub failures: Vec<(Arc<Task>, Arc<Failure>)>,
    /// The program is ending: futures that are left are cancelled.
    pub ending: bool,
    /// States are told apart: tasks keep trails.
    pub merges: bool,
    /// Something has been noticed that is no part of a state: chance, the world outside.
    pub unreadable: bool,
    /// The stage is being cleared: every task unwinds.
    pub clearing: bool,
    /// Tasks that can go on, seats apart.
    pub ready: Actors,
    /// Tasks that wait for something, and may be able to have it.
    pub asking: Actors,
    /// Tasks that stand where the step of another may be what lets them go on.
    pub unsure: Actors,
    /// Somebody has been asked to stop; and how often that had been so before this execution.
    pub cancels: bool,
    /// See `cancels`.
    pub cancels_before: u64,
    /// Who touches what, where that matters.
    pub owners: Owners,
    objects: HashMap<usize, ObjectIndex, BuildHasherDefault<AddressHasher>>,
    objects_met: ObjectIndex,
    /// The pools that the program made.
    pub pools: Vec<Seats>,
    /// Tasks whose end is noted in an order, and the orders.
    pub orders: Vec<(ObjectIndex, ObjectIndex)>,
    /// Permits that each task wants at most at once, by semaphore.
    pub demand: Demands,
    numbers: HashMap<(bool, u64, Numbered, u32), u64, BuildHasherDefault<AddressHasher>>,
    next_number: [u64; 6],
}

impl Play {
    /// Nothing has happened yet.
    pub fn new(bounds: &Bounds) -> Play {
        Play {
            ignores_print_order: bounds.ignores_print_order,
            most_steps: bounds.steps,
            limit: Limit {
                stop: bounds.stop.clone(),
                until: None,
            },
            ..Play::default()
        }
    }

    /// Whether the execution is to be broken off here.
    pub fn breaks_off(&mut self) -> bool {
        self.broken_off = self.broken_off || self.limit.is_passed();
        self.broken_off
    }

    /// The next execution begins. Steps of the one before stay as far as it repeats them.
    pub fn reset(&mut self) {
        self.parts.clear();
        self.depth = 0;
        self.under_way = false;
        self.failures.clear();
        self.broken_off = false;
        self.ending = false;
        self.unreadable = false;
        self.clearing = false;
        self.ready = 0;
        self.asking = 0;
        self.unsure = 0;
        self.owners.clear();
        self.cancels = false;
        self.cancels_before = cancels_asked();
        self.pools.clear();
        self.orders.clear();
        self.demand.clear();
        self.extra.clear();
        self.told.clear();
        self.objects.clear();
        take_gone(|_| {});
        self.objects_met = FIRST_FREE;
    }

    /// Begins the whole exploration anew, with what is known.
    pub fn forget_steps(&mut self) {
        self.history.clear();
        self.learned = false;
    }

    /// The object at an address, if it has been met.
    pub fn met(&self, address: usize) -> Option<ObjectIndex> {
        self.objects.get(&address).copied()
    }

    /// The object behind an id.
    pub fn object(&mut self, id: ObjectId) -> ObjectIndex {
        let objects = &mut self.objects;
        take_gone(|id| {
            objects.remove(&id.address());
        });
        let next = &mut self.objects_met;
        *objects.entry(id.address()).or_insert_with(|| {
            *next += 1;
            *next - 1
        })
    }

    /// How many objects the execution has met.
    pub fn objects_met(&self) -> ObjectIndex {
        self.objects_met
    }

    /// Whether the execution has met an object yet.
    pub fn has_met(&self, object: ObjectIndex) -> bool {
        object < self.objects_met
    }

    /// A task is about to do this.
    pub fn stands(&mut self, actor: Actor, pending: Pending) {
        let this: Actors = 1 << actor;
        match &pending {
            Pending::Ask(ask) => {
                self.asking |= this;
                if ask.in_line.is_some() {
                    self.unsure |= this;
                }
            }
            Pending::Spin(_) => {
                self.asking |= this;
                self.unsure |= this;
            }
            Pending::Running | Pending::Ended => {}
            _ => self.ready |= this,
        }
        self.parts[actor].pending = pending;
    }

    /// Meets the objects that a task waits for. Objects are numbered as they are met, and an
    /// execution that repeats another has to meet them in the same order.
    pub fn meet(&mut self, actor: Actor, ask: &Ask) {
        match &ask.what {
            WaitingFor::Value(queue) | WaitingFor::Next(queue) | WaitingFor::Room(queue) => {
                self.object(ObjectId::of(&**queue));
            }
            WaitingFor::AnyValue(queues) => {
                for queue in queues {
                    self.object(ObjectId::of(&**queue));
                }
            }
            WaitingFor::Promise(promise) => {
                self.object(ObjectId::of(&**promise));
            }
            WaitingFor::Lock(lock) => {
                self.object(ObjectId::of(&**lock));
            }
            WaitingFor::Permit(semaphore) => {
                self.object(ObjectId::of(&**semaphore));
                if self.demand.want(actor, semaphore.number, semaphore.free())
                    && self.known.scarce.insert(semaphore.number)
                {
                    self.learned = true;
                }
            }
            WaitingFor::Pool(pool) => {
                self.object(ObjectId::of(&**pool));
            }
            // Tasks are met when they are started.
            WaitingFor::End(_)
            | WaitingFor::Ends(..)
            | WaitingFor::Time
            | WaitingFor::Outside(_)
            | WaitingFor::Answer
            | WaitingFor::Process(_) => {}
        }
    }

    /// The number of a new object of a task: the same in every execution.
    pub fn number(&mut self, actor: Actor, kind: Numbered) -> u64 {
        let part = &mut self.parts[actor];
        let made = &mut part.made[kind as usize];
        *made += 1;
        let (future, number) = part.name();
        let key = (future, number, kind, part.made[kind as usize]);
        let next = &mut self.next_number[kind as usize];
        *self.numbers.entry(key).or_insert_with(|| {
            *next += 1;
            // The main program is task #1.
            *next + u64::from(kind == Numbered::Task)
        })
    }

    /// What an operation that never waits touches; `None` if it is no step.
    pub fn touches_of(&mut self, actor: Actor, operation: &Operation) -> Option<Touches> {
        let (id, action) = match operation {
            Operation::ReadVariable(id) => (*id, Action::Read(Piece::All)),
            Operation::WriteVariable(id) => (*id, Action::Write(Piece::All)),
            Operation::Read(id, element) => (*id, Action::Read(piece(*element))),
            Operation::Write(id, element) => (*id, Action::Write(piece(*element))),
            Operation::Close(id) => (*id, Action::Close),
            Operation::Length(id) | Operation::Poll(id) => (*id, Action::Look),
            Operation::Show(id) => (*id, Action::Show),
            Operation::Release(id) => (*id, Action::Unlock),
            Operation::Permit(id, number) => match self.known.scarce.contains(number) {
                true => (*id, Action::Put),
                false => return Some(Touches::new()),
            },
            Operation::Fulfil(id) => (*id, Action::Fulfil),
            Operation::Cancel(id) => (*id, Action::Cancel),
            Operation::Submit(id) => (*id, Action::Submit),
            Operation::Order(id, tasks) => {
                self.object(*id);
                return Some(self.look_at(tasks.iter().copied()));
            }
            Operation::Print => {
                return Some(match self.ignores_print_order {
                    true => Touches::new(),
                    false => one(OUTPUT, Action::Write(Piece::All)),
                });
            }
            Operation::Exit => {
                // Whatever the others still do is cut off.
                self.learned |= !std::mem::replace(&mut self.known.exits, true);
                return Some(one(PROGRAM, Action::Write(Piece::All)));
            }
            // What one does there another may notice.
            Operation::Input | Operation::Outside => {
                return Some(one(INPUT, Action::Write(Piece::All)));
            }
            Operation::Random => return Some(one(RANDOM, Action::Write(Piece::All))),
            // These wait, and ask; or they are no business of other tasks.
            Operation::Put(_)
            | Operation::Get(_)
            | Operation::Select(_)
            | Operation::Acquire(_)
            | Operation::Force(_)
            | Operation::Join(_)
            | Operation::Wait(_)
            | Operation::Start(_)
            | Operation::Finish(_)
            | Operation::Sleep
            | Operation::Clock => return None,
        };
        let object = self.object(id);
        self.touches(actor, object);
        Some(one(object, action))
    }

    /// Says what the touches of an operation that never waits come to, now that it is its turn.
    pub fn settle(&mut self, actor: Actor, touches: &mut Touches) {
        let Some(touch) = touches.first_mut() else {
            return;
        };
        match touch.action {
            Action::Close => {
                let mut actions = self.history.actions(touch.object);
                if actions.any(|(_, action)| action == Action::Close) {
                    touch.action = Action::CloseAgain;
                }
            }
            Action::Cancel => {
                let task = touch.object;
                let never_begins = (0..self.parts.len()).any(|other| {
                    let part = &self.parts[other];
                    matches!(part.pending, Pending::Begin) && {
                        let id = part.task.id();
                        self.object(id) == task
                    }
                });
                if never_begins {
                    touches.extend(self.notes_of_end(task));
                }
            }
            Action::Unlock => {
                let held = self
                    .history
                    .actions(touch.object)
                    .find(|(_, action)| {
                        matches!(action, Action::Lock | Action::TakeOut | Action::Unlock)
                    })
                    .is_some_and(|(step, action)| {
                        action != Action::Unlock && self.history.events[step].actor == actor
                    });
                if !held {
                    touch.action = Action::Look;
                }
            }
            _ => {}
        }
    }

    /// Notes from now on in which order tasks end.
    pub fn order(&mut self, order: ObjectId, tasks: &[ObjectId]) {
        let order = self.object(order);
        for task in tasks {
            let task = self.object(*task);
            self.orders.push((task, order));
        }
    }

    /// What the end of a task touches because its place in an order is noted.
    pub fn notes_of_end(&self, task: ObjectIndex) -> Touches {
        let orders = self.orders.iter().filter(|(noted, _)| *noted == task);
        let touch = |&(_, object): &(_, ObjectIndex)| Touch {
            object,
            action: Action::Write(Piece::All),
        };
        orders.map(touch).collect()
    }
}

pub(super) fn one(object: ObjectIndex, action: Action) -> Touches {
    let mut touches = Touches::new();
    touches.push(Touch { object, action });
    touches
}

fn piece(element: Element) -> Piece {
    match element {
        Element::Index(index) => Piece::Index(index),
        Element::Key(hash) => Piece::Key(hash),
        Element::Length => Piece::Length,
        Element::All => Piece::All,
    }
}
