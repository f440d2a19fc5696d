//! Named arguments: which argument goes to which parameter.

use std::sync::Arc;

use crate::builtins::Builtin;
use crate::resolve::program::Argument;
use crate::resolve::signature::{Default as DefaultValue, Signature};
use crate::runtime::arguments::{default_value, missing_argument, too_many_arguments, wrong_arity};
use crate::value::function::Function;
use crate::value::{Failure, Kind, Result, Unwind, Value};

/// The name of an argument, if it has one.
pub fn name_of(argument: &Argument) -> Option<Arc<str>> {
    argument.name.as_ref().map(|(name, _)| name.clone())
}

/// Where a parameter of a builtin gets its value.
#[derive(Copy, Clone)]
pub enum Given {
    /// From the argument at this place in the text.
    Argument(usize),
    /// From its declaration.
    Default(&'static DefaultValue),
}

/// Where each parameter of a builtin, then each value of its rest, comes from.
pub fn plan(
    name: &str,
    signature: &'static Signature,
    names: &[Option<Arc<str>>],
) -> Result<Vec<Given>> {
    let mut places: Vec<Option<usize>> = vec![None; signature.parameters.len()];
    let mut rest = Vec::new();
    let mut free = (0..places.len()).filter(|&at| !signature.parameters[at].by_name_only);
    let positional = names.iter().filter(|name| name.is_none()).count();
    for (argument, given) in names.iter().enumerate() {
        match given {
            None => match free.next() {
                Some(at) => places[at] = Some(argument),
                None if signature.rest.is_some() => rest.push(Given::Argument(argument)),
                None => return Err(too_many_arguments(name, signature, positional)),
            },
            Some(given) => {
                let Some(at) = signature.position(given) else {
                    let known = signature.parameters.iter().map(|parameter| parameter.name);
                    return Err(unknown(name, given, known)
                        .help(format!("it is called as {name}({})", signature.text)));
                };
                if places[at].is_some() {
                    return Err(twice(name, given));
                }
                places[at] = Some(argument);
            }
        }
    }
    let mut plan = Vec::with_capacity(places.len() + rest.len());
    for (place, parameter) in places.into_iter().zip(&signature.parameters) {
        plan.push(match (place, &parameter.default) {
            (Some(argument), _) => Given::Argument(argument),
            (None, Some(default)) => Given::Default(default),
            (None, None) => return Err(missing_argument(name, signature, parameter.name)),
        });
    }
    plan.append(&mut rest);
    Ok(plan)
}

/// The arguments of a builtin as its function takes them.
pub fn bind_builtin(
    builtin: &'static Builtin,
    signature: &'static Signature,
    names: &[Option<Arc<str>>],
    values: Vec<Value>,
) -> Result<Vec<Value>> {
    let plan = plan(builtin.name, signature, names)?;
    let bound = plan.into_iter().map(|given| match given {
        Given::Argument(at) => values.get(at).cloned().unwrap_or_default(),
        Given::Default(default) => default_value(default),
    });
    Ok(bound.collect())
}

/// The arguments of a function as it finds them in its first slots.
pub fn bind_function(
    function: &Function,
    names: &[Option<Arc<str>>],
    values: Vec<Value>,
) -> Result<Vec<Value>> {
    let parameters = &function.code.template.parameters;
    let title = function.name().map_or("the function", |name| name);
    let mut bound = vec![Value::Absent; parameters.len()];
    let given = values.len();
    let mut positional = 0;
    for (value, name) in values.into_iter().zip(names) {
        let at = match name {
            None => {
                positional += 1;
                positional - 1
            }
            Some(name) => {
                let known = || parameters.iter().map(|parameter| &*parameter.binding.name);
                known()
                    .position(|known| known == &**name)
                    .ok_or_else(|| unknown(title, name, known()))?
            }
        };
        match (bound.get_mut(at), name) {
            (Some(place @ Value::Absent), _) => *place = value,
            (Some(_), _) => return Err(twice(title, &parameters[at].binding.name)),
            (None, _) => return Err(wrong_arity(function, given)),
        }
    }
    let missing = bound
        .iter()
        .zip(parameters)
        .find(|(value, parameter)| matches!(value, Value::Absent) && parameter.default.is_none());
    match missing {
        None => Ok(bound),
        Some((_, parameter)) => Err(Failure::error(
            Kind::Arity,
            format!("{title} needs the argument `{}`", parameter.binding.name),
        )
        .into()),
    }
}

#[cold]
fn unknown<'a>(callee: &str, name: &str, known: impl Iterator<Item = &'a str>) -> Unwind {
    let failure = Failure::error(Kind::Arity, format!("{callee} has no parameter `{name}`"));
    let known: Vec<String> = known.map(|known| format!("`{known}`")).collect();
    match known.is_empty() {
        true => failure.help("it takes no named arguments").into(),
        false => failure
            .help(format!("its parameters are {}", known.join(", ")))
            .into(),
    }
}

#[cold]
fn twice(callee: &str, name: &str) -> Unwind {
    Failure::error(
        Kind::Arity,
        format!("{callee} is given two values for `{name}`"),
    )
    .into()
}
