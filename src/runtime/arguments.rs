//! From the arguments of a call to the parameters of what is called, and the errors on the way.

use crate::builtins::{Builtin, Run};
use crate::resolve::signature::{Default as DefaultValue, Signature};
use crate::runtime::machine::Machine;
use crate::value::error::fail;
use crate::value::function::Function;
use crate::value::{Failure, Kind, Result, Unwind, Value};

/// A builtin's function.
pub type BuiltinFunction = fn(&mut Machine<'_>, &[Value]) -> Result<Value>;

/// The row of a builtin that a call with this first argument means; no function for a constant.
pub fn choose_row(
    builtin: &'static Builtin,
    first: Option<&Value>,
) -> (Option<BuiltinFunction>, &'static Signature) {
    let mut chosen = (None, &builtin.rows[0].1);
    for (row, signature) in &builtin.rows {
        match row.run {
            Run::Function(run) => return (Some(run), signature),
            Run::For(types, run) => {
                chosen = (Some(run), signature);
                if first.is_some_and(|first| types.contains(&first.type_name())) {
                    return chosen;
                }
            }
            Run::Constant(_) | Run::Variable(_) => {}
        }
    }
    chosen
}

/// Positional arguments in the order a builtin's function takes them: parameters, then the rest.
pub fn bind_positional(
    name: &str,
    signature: &Signature,
    arguments: &[Value],
) -> Result<Vec<Value>> {
    let mut bound = Vec::with_capacity(signature.parameters.len().max(arguments.len()));
    let mut given = arguments.iter();
    for parameter in &signature.parameters {
        let value = match parameter.by_name_only {
            true => None,
            false => given.next(),
        };
        match (value, &parameter.default) {
            (Some(value), _) => bound.push(value.clone()),
            (None, Some(default)) => bound.push(default_value(default)),
            (None, None) => return Err(missing_argument(name, signature, parameter.name)),
        }
    }
    if signature.rest.is_none() && given.len() > 0 {
        return Err(too_many_arguments(name, signature, arguments.len()));
    }
    bound.extend(given.cloned());
    Ok(bound)
}

/// A default of a builtin's parameter as a value.
pub fn default_value(default: &DefaultValue) -> Value {
    match default {
        DefaultValue::Nil | DefaultValue::Computed(_) => Value::Nil,
        DefaultValue::Omitted(_) => Value::Absent,
        DefaultValue::Bool(value) => Value::from(*value),
        DefaultValue::Int(value) => Value::Int(*value),
        DefaultValue::Text(text) => Value::from(text.as_str()),
    }
}

/// The error for calling what is no function.
#[cold]
pub fn not_callable(value: &Value) -> Unwind {
    fail(
        Kind::Type,
        format!(
            "{} is not a function and cannot be called",
            crate::diagnostics::words::with_article(value.type_name())
        ),
    )
}

/// The error for a missing argument of a builtin, by name.
#[cold]
pub fn missing_argument(name: &str, signature: &Signature, parameter: &str) -> Unwind {
    Failure::error(
        Kind::Arity,
        format!("{name} needs the argument `{parameter}`"),
    )
    .help(format!("it is called as {name}({})", signature.text))
    .into()
}

/// The error for too many arguments of a builtin.
#[cold]
pub fn too_many_arguments(name: &str, signature: &Signature, given: usize) -> Unwind {
    let most = signature
        .parameters
        .iter()
        .filter(|parameter| !parameter.by_name_only)
        .count();
    Failure::error(
        Kind::Arity,
        format!(
            "{name} takes at most {}, but {given} were given",
            crate::diagnostics::words::count(most, "argument")
        ),
    )
    .help(format!("it is called as {name}({})", signature.text))
    .into()
}

/// The error for a wrong number of arguments of a function.
#[cold]
pub fn wrong_arity(function: &Function, given: usize) -> Unwind {
    use crate::diagnostics::words::count;
    let template = &function.code.template;
    let name = template.name.as_deref().unwrap_or("the function");
    let required = template
        .parameters
        .iter()
        .filter(|parameter| parameter.default.is_none())
        .count();
    let missing: Vec<&str> = template
        .parameters
        .iter()
        .skip(given)
        .filter(|parameter| parameter.default.is_none())
        .map(|parameter| &*parameter.binding.name)
        .collect();
    let takes = match required == template.parameters.len() {
        true => count(required, "argument"),
        false => format!(
            "{required} to {}",
            count(template.parameters.len(), "argument")
        ),
    };
    let were = if given == 1 { "was" } else { "were" };
    let failure = Failure::error(
        Kind::Arity,
        format!("{name} takes {takes}, but {given} {were} given"),
    );
    match missing.is_empty() {
        true => failure.into(),
        false => {
            let names: Vec<String> = missing.iter().map(|name| format!("`{name}`")).collect();
            let (noun, verb) = match names.len() {
                1 => ("argument", "is"),
                _ => ("arguments", "are"),
            };
            let help = format!("the {noun} {} {verb} missing", names.join(", "));
            failure.help(help).into()
        }
    }
}
