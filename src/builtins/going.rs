//! Going over an argument, whatever it is: what builtins share.
//!
//! Before every element a cancel may strike and other tasks have their turn, so a builtin over a
//! large list holds nobody up.

use crate::diagnostics::words::with_article;
use crate::runtime::iteration::Iteration;
use crate::runtime::machine::Machine;
use crate::value::{Failure, Kind, Result, Unwind, Value};

use super::arguments::make_room;

/// Whether to go on.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Going {
    /// To the next element.
    On,
    /// No further.
    Done,
}

/// Shows every element to `visit`, until it has seen enough.
pub fn go_over(
    machine: &mut Machine<'_>,
    over: &Value,
    mut visit: impl FnMut(&mut Machine<'_>, Value) -> Result<Going>,
) -> Result<()> {
    let mut elements = Iteration::over(machine, over)?;
    while let Some(element) = next(machine, &mut elements)? {
        if visit(machine, element)? == Going::Done {
            break;
        }
    }
    Ok(())
}

/// The next element.
pub fn next(machine: &mut Machine<'_>, elements: &mut Iteration) -> Result<Option<Value>> {
    machine.tick()?;
    elements.next(machine)
}

/// All elements.
pub fn collect(machine: &mut Machine<'_>, builtin: &str, over: &Value) -> Result<Vec<Value>> {
    if let Value::List(list) = over {
        return Ok(list.snapshot(&machine.gate));
    }
    let mut all = Vec::new();
    go_over(machine, over, |_, element| {
        make_room(builtin, &mut all, 1)?;
        all.push(element);
        Ok(Going::On)
    })?;
    Ok(all)
}

/// Whether it can be called.
pub fn is_callable(value: &Value) -> bool {
    matches!(value, Value::Function(_) | Value::Builtin(_))
}

/// The function and the collection, which may come in either order.
pub fn function_first<'a>(
    builtin: &str,
    one: &'a Value,
    other: &'a Value,
) -> Result<(&'a Value, &'a Value)> {
    match (is_callable(one), is_callable(other)) {
        (true, _) => Ok((one, other)),
        (false, true) => Ok((other, one)),
        (false, false) => Err(no_function(builtin, one, other)),
    }
}

#[cold]
fn no_function(builtin: &str, one: &Value, other: &Value) -> Unwind {
    Failure::error(
        Kind::Type,
        format!(
            "{builtin} needs a function and something to go over, not {} and {}",
            with_article(one.type_name()),
            with_article(other.type_name())
        ),
    )
    .help(format!(
        "a function is passed without a call: {builtin}(f, xs), not {builtin}(f(x), xs)"
    ))
    .into()
}
