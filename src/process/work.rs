//! Whole tasks as bytes: what they are to do, and how they ended.

use super::border::Border;
use super::bytes::{Malformed, Read};
use super::pack::{Root, pack, pack_value};
use super::packed::Packed;
use super::refusal::{Called, Refusal};
use super::unpack::{unpack, unpack_value};
use crate::gate::Gate;
use crate::runtime::task::Outcome;
use crate::value::error::Thrown;
use crate::value::{Failure, Unwind, Value};
use std::sync::Arc;

/// Packs the call that a task consists of. What is refused is named by its variable, or by its
/// place among the arguments.
pub fn pack_call(
    function: &Value,
    arguments: &[Value],
    border: &mut Border<'_>,
    gate: &Gate<'_>,
) -> Result<Packed, Refusal> {
    let function = Root {
        called: Called::Function,
        value: function,
    };
    let arguments = arguments.iter().enumerate().map(|(place, value)| Root {
        called: Called::Argument(place + 1),
        value,
    });
    let roots: Vec<Root<'_>> = [function].into_iter().chain(arguments).collect();
    pack(&roots, border, gate)
}

/// The function and the arguments of a call.
pub fn unpack_call(packed: &Packed, border: &mut Border<'_>) -> Read<(Value, Vec<Value>)> {
    let mut values = unpack(packed, border)?;
    match values.is_empty() {
        true => Err(Malformed("a task without a function")),
        false => {
            let function = values.remove(0);
            Ok((function, values))
        }
    }
}

/// Packs a failure, with its story. If what was thrown cannot cross, the failure is that.
pub fn pack_failure(failure: &Arc<Failure>, border: &mut Border<'_>, gate: &Gate<'_>) -> Packed {
    if let Ok(packed) = pack_value(&Value::Error(failure.clone()), border, gate) {
        return packed;
    }
    let refused = match &failure.thrown {
        Thrown::Error { kind, message } => Thrown::Error {
            kind: kind.clone(),
            message: message.clone(),
        },
        Thrown::Value(value) => Thrown::Error {
            kind: crate::value::Kind::Type,
            message: format!(
                "what was thrown holds something that cannot leave its process: {}",
                crate::diagnostics::words::with_article(value.type_name())
            )
            .into(),
        },
    };
    let told = Failure {
        thrown: refused,
        story: failure.story.clone(),
    };
    // Only its parts of text and numbers are left, and nothing refuses these.
    pack_value(&Value::Error(Arc::new(told)), border, gate).unwrap_or_default()
}

/// The failure that was packed.
pub fn unpack_failure(packed: &Packed, border: &mut Border<'_>) -> Read<Arc<Failure>> {
    match unpack_value(packed, border)? {
        Value::Error(failure) => Ok(failure),
        _ => Err(Malformed("an error that is none")),
    }
}

/// How a task ended, as it crosses.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum PackedOutcome {
    /// With a value.
    Value(Packed),
    /// With a failure.
    Failed(Packed),
    /// By a cancel.
    Cancelled,
}

/// Packs how a task ended; a value that cannot cross makes it end with that error.
pub fn pack_outcome(outcome: &Outcome, border: &mut Border<'_>, gate: &Gate<'_>) -> PackedOutcome {
    match outcome {
        Outcome::Value(value) => match pack_value(value, border, gate) {
            Ok(packed) => PackedOutcome::Value(packed),
            Err(refusal) => match Unwind::from(refusal) {
                Unwind::Failed(failure) => {
                    PackedOutcome::Failed(pack_failure(&failure, border, gate))
                }
                Unwind::Cancelled => PackedOutcome::Cancelled,
            },
        },
        Outcome::Failed(failure) => PackedOutcome::Failed(pack_failure(failure, border, gate)),
        Outcome::Cancelled => PackedOutcome::Cancelled,
    }
}

/// How the task ended.
pub fn unpack_outcome(packed: &PackedOutcome, border: &mut Border<'_>) -> Read<Outcome> {
    Ok(match packed {
        PackedOutcome::Value(packed) => Outcome::Value(unpack_value(packed, border)?),
        PackedOutcome::Failed(packed) => Outcome::Failed(unpack_failure(packed, border)?),
        PackedOutcome::Cancelled => Outcome::Cancelled,
    })
}
