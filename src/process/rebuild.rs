//! Bytes into copies, second half: putting the parts together.
//!
//! ```text
//!   1. shells    lists, maps, promises, variables: empty, but they can be referred to
//!   2. solids    functions, streams, errors: made at once with all their parts, so the parts first
//!   3. filling   the shells
//! ```
//!
//! Every true cycle goes through a shell, for a solid can only hold what was there before it.
//! A cycle of solids alone has never been a value.

use std::sync::Arc;

use super::bytes::{Malformed, Read};
use super::unpack::{Node, Slot};
use crate::gate::Gate;
use crate::resolve::program::Storage;
use crate::runtime::promise::{Content, Promise};
use crate::value::Value;
use crate::value::cell::{OnceCell, SharedCell};
use crate::value::error::{Failure, Thrown};
use crate::value::function::{Code, Function};
use crate::value::list::List;
use crate::value::map::{Entries, Key, Map};
use crate::value::stream::Stream;

/// The values that the roots stand for.
pub(super) fn rebuild(roots: Vec<Slot>, nodes: Vec<Node>) -> Read<Vec<Value>> {
    let mut parts = Parts {
        made: nodes.iter().map(shell).collect(),
    };
    let mut nodes: Vec<Option<Node>> = nodes.into_iter().map(Some).collect();
    // The order in which nodes were found puts most parts behind what is made of them.
    for number in (0..nodes.len()).rev() {
        parts.make_solid(number, &mut nodes)?;
    }
    for (number, node) in nodes.into_iter().enumerate() {
        if let Some(node) = node {
            parts.fill(number, node)?;
        }
    }
    roots.into_iter().map(|root| parts.visible(root)).collect()
}

/// The shell of a node that can be referred to before it is complete.
fn shell(node: &Node) -> Option<Value> {
    match node {
        Node::List(_) => Some(Value::list(Vec::new())),
        Node::Map(_) => Some(Value::Map(Map::new(Entries::default()))),
        Node::Leaf(value) => Some(value.clone()),
        Node::Delayed(_) | Node::Done(_) | Node::Failed(_) => {
            Some(Value::Promise(Promise::shell()))
        }
        Node::Once(_) => Some(Value::Once(Arc::new(OnceCell::default()))),
        Node::Shared(_) => Some(Value::Shared(Arc::new(SharedCell::default()))),
        Node::Function(..)
        | Node::Pair { .. }
        | Node::Lazy(_)
        | Node::Error(..)
        | Node::Thrown(..) => None,
    }
}

/// The slot at a place of a solid, if it has so many.
fn part_of_solid(node: &Node, place: usize) -> Option<&Slot> {
    match node {
        Node::Function(_, captures) => captures.get(place),
        Node::Pair { head, tail } => [head, tail].get(place).copied(),
        Node::Lazy(slot) | Node::Thrown(_, slot) => (place == 0).then_some(slot),
        Node::Error(..) => None,
        Node::List(_)
        | Node::Map(_)
        | Node::Leaf(_)
        | Node::Delayed(_)
        | Node::Done(_)
        | Node::Failed(_)
        | Node::Once(_)
        | Node::Shared(_) => None,
    }
}

struct Parts {
    /// The values of nodes, as far as they are made.
    made: Vec<Option<Value>>,
}

impl Parts {
    /// Makes a solid after the solids it is made of: a walk in depth with its own stack.
    fn make_solid(&mut self, number: usize, nodes: &mut [Option<Node>]) -> Read<()> {
        // Nodes under way, each with the place of the part that is looked at.
        let mut under_way: Vec<(usize, usize)> = Vec::new();
        if self.made[number].is_none() {
            under_way.push((number, 0));
        }
        while let Some((number, place)) = under_way.last_mut() {
            let number = *number;
            // A node under way that comes up again was taken out: it needs itself.
            let node = nodes[number]
                .as_ref()
                .ok_or(Malformed("a value made of itself"))?;
            match part_of_solid(node, *place) {
                Some(Slot::Node(part)) if *part >= self.made.len() => {
                    return Err(Malformed("no such node"));
                }
                Some(Slot::Node(part)) if self.made[*part].is_none() => {
                    // A way longer than there are nodes goes round.
                    if under_way.len() > self.made.len() {
                        return Err(Malformed("a value made of itself"));
                    }
                    let part = *part;
                    under_way.push((part, 0));
                }
                Some(_) => *place += 1,
                None => {
                    under_way.pop();
                    if let Some(node) = nodes[number].take() {
                        self.made[number] = Some(self.solid(node)?);
                    }
                }
            }
        }
        Ok(())
    }

    fn solid(&self, node: Node) -> Read<Value> {
        Ok(match node {
            Node::Function(code, captures) => self.function(code, captures)?,
            Node::Pair { head, tail } => {
                let mut tail = self.promise(tail)?;
                match tail.put_in_front(self.visible(head)?) {
                    true => Value::Stream(tail),
                    false => return Err(Malformed("one rest of two streams")),
                }
            }
            Node::Lazy(promise) => Stream::lazy(self.promise(promise)?),
            Node::Error(story, thrown) => Value::Error(Arc::new(Failure { thrown, story })),
            Node::Thrown(story, value) => {
                let thrown = Thrown::Value(self.visible(value)?);
                Value::Error(Arc::new(Failure { thrown, story }))
            }
            Node::List(_)
            | Node::Map(_)
            | Node::Leaf(_)
            | Node::Delayed(_)
            | Node::Done(_)
            | Node::Failed(_)
            | Node::Once(_)
            | Node::Shared(_) => return Err(Malformed("a shell among solids")),
        })
    }

    fn function(&self, code: &'static Code, slots: Vec<Slot>) -> Read<Value> {
        let expected = &code.template.captures;
        if slots.len() != expected.len() {
            return Err(Malformed("a function with too few or too many captures"));
        }
        if code.template.is_constant {
            return Ok(Value::Function(code.constant().clone()));
        }
        let mut captures = Vec::with_capacity(slots.len());
        for (slot, capture) in slots.into_iter().zip(expected) {
            let value = self.value(slot)?;
            let found = match value {
                Value::Once(_) => Storage::Once,
                Value::Shared(_) => Storage::Shared,
                _ => Storage::Plain,
            };
            if found != capture.storage {
                return Err(Malformed("a capture of the wrong kind"));
            }
            captures.push(value);
        }
        Ok(Value::Function(Arc::new(Function {
            code,
            captures: captures.into(),
        })))
    }

    fn fill(&mut self, number: usize, node: Node) -> Read<()> {
        let shell = self.made[number].clone();
        match (shell, node) {
            (Some(Value::List(list)), Node::List(slots)) => self.fill_list(&list, slots)?,
            (Some(Value::Map(map)), Node::Map(slots)) => self.fill_map(&map, slots)?,
            (Some(Value::Promise(promise)), node) => promise.fill(self.content(node)?),
            (Some(Value::Once(cell)), Node::Once(Some(slot))) => cell.fill(self.visible(slot)?),
            (Some(Value::Shared(cell)), Node::Shared(Some(slot))) => {
                cell.fill(&Gate::open(), self.visible(slot)?);
            }
            // Variables that are not filled yet; leaves, which are complete.
            (_, _) => {}
        }
        Ok(())
    }

    fn fill_list(&self, list: &List, slots: Vec<Slot>) -> Read<()> {
        let items = slots.into_iter().map(|slot| self.visible(slot));
        let items = items.collect::<Read<Vec<Value>>>()?;
        list.change(&Gate::open(), |empty| *empty = items);
        Ok(())
    }

    fn fill_map(&self, map: &Map, slots: Vec<(Slot, Slot)>) -> Read<()> {
        let mut entries = Entries::with_capacity_and_hasher(slots.len(), Default::default());
        for (key, value) in slots {
            let key = Key::new(self.visible(key)?);
            let key = key.map_err(|_| Malformed("a key of the wrong type"))?;
            entries.insert(key, self.visible(value)?);
        }
        map.change(&Gate::open(), |empty| *empty = entries);
        Ok(())
    }

    fn content(&self, node: Node) -> Read<Content> {
        match node {
            Node::Delayed(slot) => match self.value(slot)? {
                Value::Function(body) => Ok(Content::Code(body)),
                _ => Err(Malformed("a promise without code")),
            },
            Node::Done(slot) => Ok(Content::Done(self.visible(slot)?)),
            Node::Failed(slot) => match self.value(slot)? {
                Value::Error(failure) => Ok(Content::Failed(failure)),
                _ => Err(Malformed("a promise without its error")),
            },
            _ => Err(Malformed("no promise")),
        }
    }

    fn promise(&self, slot: Slot) -> Read<Arc<Promise>> {
        match self.value(slot)? {
            Value::Promise(promise) => Ok(promise),
            _ => Err(Malformed("a stream without a promise")),
        }
    }

    /// The value of a slot where programs can see it.
    fn visible(&self, slot: Slot) -> Read<Value> {
        match self.value(slot)? {
            Value::Once(_) | Value::Shared(_) | Value::Absent | Value::Unwinding(_) => {
                Err(Malformed("a variable where a value should be"))
            }
            value => Ok(value),
        }
    }

    fn value(&self, slot: Slot) -> Read<Value> {
        match slot {
            Slot::Ready(value) => Ok(value),
            Slot::Node(number) => {
                let made = self.made.get(number).cloned().flatten();
                made.ok_or(Malformed("no such node"))
            }
        }
    }
}
