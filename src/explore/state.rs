//! The state of an execution between two steps, as data: to tell whether it has been met before.
//!
//! ```text
//!   tasks by name: [ what each is about to do | what it has seen: its trail | how it ended ]
//!        \__ values ___ objects they lead to, numbered as they are met ___ what those hold ...
//! ```
//!
//! Two executions whose states are equal go on in the same ways. What is told here is only hashed
//! (to 128 bits); a state of which something cannot be told is no state at all.

use std::collections::HashSet;

use super::actor::Part;
use super::alike::Alike;
use super::history::Actor;
use super::play::{Actors, Play};
use super::reader::Reader;
use crate::runtime::output::Output;

/// The state, with the tasks that sleep in it; `None` if it cannot be told. Tasks that are alike
/// are not told apart, if that can be done.
pub fn key(play: &Play, output: &Output, sleeping: Actors, alike: Option<&Alike>) -> Option<u128> {
    if play.unreadable {
        return None;
    }
    if let Some(alike) = alike
        && let Some(key) = without_names(play, output, sleeping, alike)
    {
        return Some(key);
    }
    let mut order: Vec<Actor> = (0..play.parts.len()).collect();
    order.sort_unstable_by_key(|&actor| play.parts[actor].name());
    let mut reader = Reader::default();
    output.look(|printed| reader.digest.bytes(printed));
    reader.word(play.ending.into());
    reader.word(order.len() as u64);
    for &actor in &order {
        let part = &play.parts[actor];
        reader.word((sleeping >> actor & 1) as u64);
        reader.part(play, part)?;
    }
    let mut demands = play.demand.facts();
    demands.sort_unstable_by_key(|&(semaphore, actor, ..)| (semaphore, play.parts[actor].name()));
    for (semaphore, actor, held, most) in demands {
        reader.task(&play.parts[actor].task);
        for word in [semaphore, held, most] {
            reader.word(word);
        }
    }
    let mut pools: Vec<_> = play.pools.iter().collect();
    pools.sort_unstable_by_key(|pool| pool.number);
    for pool in pools {
        let (running, started, waiting) = pool.facts();
        for word in [pool.number, running as u64, started as u64] {
            reader.word(word);
        }
        for actor in waiting {
            reader.task(&play.parts[actor].task);
        }
    }
    reader.rest(0)?;
    reader.looks(play);
    Some(reader.digest.value())
}

/// The state without the names of tasks that are [alike](super::alike); `None` if names are in it.
///
/// ```text
///   all others, and what they reach | what several of those who are alike are started with
///   each of those, by itself        | in any order
///   those who wait for them         | as they came to the gate, and what they reach
///   who of those who are alike has which lock, and so on
/// ```
fn without_names(play: &Play, output: &Output, sleeping: Actors, alike: &Alike) -> Option<u128> {
    let (members, waiters) = (alike.all(), alike.waiters());
    let mut order: Vec<Actor> = (0..play.parts.len()).collect();
    order.sort_unstable_by_key(|&actor| play.parts[actor].name());
    let mut reader = Reader {
        alike: order
            .iter()
            .filter(|&&actor| members >> actor & 1 != 0)
            .copied()
            .collect(),
        titles: play.parts.iter().map(Part::name).collect(),
        ..Reader::default()
    };
    output.look(|printed| reader.digest.bytes(printed));
    reader.word(play.ending.into());
    reader.word(order.len() as u64);
    for &actor in &order {
        let part = &play.parts[actor];
        if (members | waiters) >> actor & 1 == 0 {
            reader.word((sleeping >> actor & 1) as u64);
            reader.part(play, part)?;
        }
    }
    reader.meet_common(play)?;
    reader.rest(0)?;
    if reader.names {
        return None;
    }
    let common = reader.met.len();
    let whole = std::mem::take(&mut reader.digest);
    // What only one of them reaches.
    let mut own: HashSet<usize> = HashSet::new();
    let mut digests: Vec<(Actor, u128)> = Vec::new();
    for actor in reader.alike.clone() {
        let part = &play.parts[actor];
        let roles = reader.roles.len();
        for members in &alike.members {
            reader.word((members >> actor & 1) as u64);
        }
        reader.word((sleeping >> actor & 1) as u64);
        reader.part(play, part)?;
        reader.rest(common)?;
        let digest = std::mem::take(&mut reader.digest);
        digests.push((actor, digest.value()));
        let mut new = reader
            .numbers
            .iter()
            .filter(|(_, number)| **number >= common);
        if reader.names || reader.roles.len() > roles || !new.all(|(object, _)| own.insert(*object))
        {
            return None;
        }
        reader.met.truncate(common);
        reader.numbers.retain(|_, number| *number < common);
    }
    reader.digest = whole;
    let mut sorted: Vec<u128> = digests.iter().map(|(_, digest)| *digest).collect();
    sorted.sort_unstable();
    for digest in sorted {
        reader.wide(digest);
    }
    for (actor, entry) in &alike.gates {
        let part = &play.parts[*actor];
        if part.task.cancel_waits() || part.task.cancel_has_struck() {
            return None;
        }
        reader.word((sleeping >> actor & 1) as u64);
        reader.wide(*entry);
        // Where it stands at the gate follows from who has ended.
        let whole = std::mem::take(&mut reader.digest);
        reader.part(play, part)?;
        reader.digest = whole;
    }
    reader.rest(common)?;
    if reader.numbers.keys().any(|object| own.contains(object)) || !reader.looks.is_empty() {
        return None;
    }
    // Of those who are equal, the one that is named first is the first.
    let mut named: Vec<Actor> = Vec::new();
    for actor in std::mem::take(&mut reader.roles) {
        let digest = digests
            .iter()
            .find(|(other, _)| *other == actor)
            .map(|(_, digest)| *digest)?;
        reader.wide(digest);
        if !named.contains(&actor) {
            named.push(actor);
        }
        let place = named.iter().position(|other| *other == actor)?;
        reader.word(place as u64);
    }
    Some(reader.digest.value())
}

/// What a task stands for, and all that it reaches.
pub fn digest_of(play: &Play, part: &Part) -> Option<u128> {
    let mut reader = Reader::default();
    reader.part(play, part)?;
    reader.rest(0)?;
    reader.looks.is_empty().then(|| reader.digest.value())
}

/// Whether only this task can come to the list, map or variable that its next step touches: it
/// was not started with it, nobody else has seen it, and it has handed it to nobody.
pub fn is_private(play: &Play, actor: Actor) -> bool {
    let Some(address) = play.parts[actor].acts_on else {
        return false;
    };
    let mut reader = Reader::default();
    let mut others = play.parts.iter().enumerate();
    let known = others.all(|(other, part)| match other == actor {
        true => part
            .given
            .as_ref()
            .map(|given| reader.values(given))
            .is_some(),
        false => reader.part(play, part).is_some(),
    });
    known && reader.rest(0).is_some() && !reader.numbers.contains_key(&address)
}
