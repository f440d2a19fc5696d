//! Values on their way: packing and unpacking where the handles of a value travel beside it.

use std::collections::HashMap;

use super::border::{Border, Handles};
use super::bytes::{Malformed, Read};
use super::pack::pack_value;
use super::packed::{HandleName, Packed};
use super::unpack::{unpack_text, unpack_whole};
use super::work::{PackedOutcome, pack_call, pack_failure, pack_outcome, unpack_call};
use super::work::{unpack_failure, unpack_outcome};
use crate::gate::Gate;
use crate::runtime::crossing::Item;
use crate::runtime::elsewhere::Parcel;
use crate::runtime::run::Runtime;
use crate::runtime::task::{Outcome, Work};
use crate::value::error::fail;
use crate::value::{Failure, Kind, Result, Unwind, Value};
use std::sync::Arc;

/// Collects the handles of what is packed, each once.
#[derive(Default)]
struct Collecting {
    handles: Vec<Value>,
    seen: HashMap<HandleName, ()>,
}

impl Handles for Collecting {
    fn export(&mut self, handle: &Value) -> std::result::Result<HandleName, String> {
        let name = HandleName::of(handle)
            .ok_or_else(|| crate::diagnostics::words::with_article(handle.type_name()))?;
        if self.seen.insert(name, ()).is_none() {
            self.handles.push(handle.clone());
        }
        Ok(name)
    }

    fn import(&mut self, _: HandleName) -> Read<Value> {
        Err(Malformed("a handle where values are packed"))
    }
}

/// Finds the handles of what is unpacked among those that came with it.
struct Finding(HashMap<HandleName, Value>);

impl Finding {
    fn among(handles: &[Value]) -> Finding {
        let named = |handle: &Value| Some((HandleName::of(handle)?, handle.clone()));
        Finding(handles.iter().filter_map(named).collect())
    }
}

impl Handles for Finding {
    fn export(&mut self, _: &Value) -> std::result::Result<HandleName, String> {
        Err(String::from("a handle where values are unpacked"))
    }

    fn import(&mut self, name: HandleName) -> Read<Value> {
        self.0
            .get(&name)
            .cloned()
            .ok_or(Malformed("a handle that did not come with it"))
    }
}

fn border<'a>(runtime: &'a Runtime, handles: &'a mut dyn Handles) -> Border<'a> {
    Border {
        units: &runtime.units,
        sources: &runtime.sources,
        handles,
    }
}

fn parcel(packed: Packed, collecting: Collecting) -> Parcel {
    Parcel {
        packed,
        handles: collecting.handles,
    }
}

/// A copy of a value as it is now.
pub fn pack(runtime: &Runtime, value: &Value, gate: &Gate<'_>) -> Result<Parcel> {
    let mut collecting = Collecting::default();
    let packed = pack_value(value, &mut border(runtime, &mut collecting), gate)?;
    Ok(parcel(packed, collecting))
}

/// A copy of what a task is to do.
pub fn pack_work(runtime: &Runtime, work: &Work, gate: &Gate<'_>) -> Result<Parcel> {
    let Work::Call {
        function,
        arguments,
    } = work
    else {
        return Err(fail(
            Kind::Unsupported,
            "this work cannot leave its process",
        ));
    };
    let mut collecting = Collecting::default();
    let mut border = border(runtime, &mut collecting);
    let packed = pack_call(function, arguments, &mut border, gate)?;
    Ok(parcel(packed, collecting))
}

/// A failure with its story.
pub fn pack_error(runtime: &Runtime, failure: &Arc<Failure>) -> Parcel {
    let mut collecting = Collecting::default();
    let mut border = border(runtime, &mut collecting);
    let packed = pack_failure(failure, &mut border, &Gate::open());
    parcel(packed, collecting)
}

/// How a task ended, with the handles in it.
pub fn pack_end(runtime: &Runtime, outcome: &Outcome) -> (PackedOutcome, Vec<Value>) {
    let mut collecting = Collecting::default();
    let mut border = border(runtime, &mut collecting);
    let packed = pack_outcome(outcome, &mut border, &Gate::open());
    (packed, collecting.handles)
}

/// The end of a task whose value is too much to send.
pub fn pack_unsendable(runtime: &Runtime, unwind: &Unwind) -> PackedOutcome {
    match unwind {
        Unwind::Failed(failure) => PackedOutcome::Failed(pack_error(runtime, failure).packed),
        Unwind::Cancelled => PackedOutcome::Cancelled,
    }
}

/// The value in a parcel.
pub fn unpack(runtime: &Runtime, parcel: Parcel) -> Result<Value> {
    let mut finding = Finding::among(&parcel.handles);
    unpack_whole(parcel.packed, &mut border(runtime, &mut finding)).map_err(nonsense)
}

/// A value that has come and stood in a queue.
pub fn unpack_item(runtime: &Runtime, item: Item) -> Result<Value> {
    match item {
        Item::Parcel(parcel) => unpack(runtime, *parcel),
        Item::Part(part) => match unpack_text(part.bytes()) {
            Some(text) => text.map_err(nonsense),
            None => unpack(runtime, part.parcel()),
        },
        Item::Value(value) => Ok(value),
        Item::Both(both) => unpack(runtime, both.1),
    }
}

/// The work in a parcel.
pub fn unpack_work(runtime: &Runtime, parcel: &Parcel) -> Result<Work> {
    let (function, arguments) = opened(runtime, parcel, unpack_call)?;
    Ok(Work::Call {
        function,
        arguments,
    })
}

/// The failure in a parcel.
pub fn unpack_error(runtime: &Runtime, parcel: &Parcel) -> Unwind {
    match opened(runtime, parcel, unpack_failure) {
        Ok(failure) => Unwind::Failed(failure),
        Err(unwind) => unwind,
    }
}

/// How a task ended.
pub fn unpack_end(runtime: &Runtime, outcome: &PackedOutcome, handles: &[Value]) -> Read<Outcome> {
    let mut finding = Finding::among(handles);
    unpack_outcome(outcome, &mut border(runtime, &mut finding))
}

fn opened<T>(
    runtime: &Runtime,
    parcel: &Parcel,
    unpack: impl FnOnce(&Packed, &mut Border<'_>) -> Read<T>,
) -> Result<T> {
    let mut finding = Finding::among(&parcel.handles);
    unpack(&parcel.packed, &mut border(runtime, &mut finding)).map_err(nonsense)
}

#[cold]
fn nonsense(malformed: Malformed) -> Unwind {
    fail(Kind::Io, format!("a process sent nonsense: {malformed}"))
}
