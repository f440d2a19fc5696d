//! The parameters of something callable, written as one string.
//!
//! A builtin declares `"q, x, timeout = nil"`; the check of a call before the program runs, the
//! call itself, `:help`, completion and the reference all read the same [`Signature`].
//!
//! ```text
//! "sep, end"                       two that must be given
//! "f, ...xs"                       one, then any number
//! "...values, sep = \" \""         any number; what stands behind them is given by name only
//! ```

/// A parameter that has a place of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it is when not given; `None` if it must be given.
    pub default: Option<Default>,
    /// Whether it stands behind the rest and so is given by name only.
    pub by_name_only: bool,
}

/// A default value.
#[derive(Clone, Debug, PartialEq)]
pub enum Default {
    /// `nil`
    Nil,
    /// `true`, `false`
    Bool(bool),
    /// `60`
    Int(i64),
    /// `" "`, with `\n` for a newline
    Text(String),
    /// Anything else, such as `cpu_count()`: the builtin gets nil and works it out.
    Computed(&'static str),
    /// Words such as `the first`, where nil is a value like any other: the builtin gets
    /// [`Value::Absent`](crate::value::Value::Absent) and does without.
    Omitted(&'static str),
}

/// The parameters of a callable, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Signature {
    /// As it was written.
    pub text: &'static str,
    /// The parameters that have a place of their own.
    pub parameters: Vec<Parameter>,
    /// The name of the rest, if it takes any number of values.
    pub rest: Option<&'static str>,
}

impl Signature {
    /// Reads a declaration. Declarations are part of cq, so a wrong one is a mistake found by the
    /// first test that runs.
    pub fn parse(text: &'static str) -> Signature {
        let mut signature = Signature {
            text,
            parameters: Vec::new(),
            rest: None,
        };
        for part in split_outside_quotes(text) {
            if let Some(rest) = part.strip_prefix("...") {
                signature.rest = Some(rest);
                continue;
            }
            let (name, default) = match part.split_once('=') {
                Some((name, default)) => (name.trim(), Some(parse_default(default.trim()))),
                None => (part, None),
            };
            signature.parameters.push(Parameter {
                name,
                default,
                by_name_only: signature.rest.is_some(),
            });
        }
        signature
    }

    /// How many values must be given.
    pub fn required(&self) -> usize {
        self.parameters
            .iter()
            .filter(|parameter| parameter.default.is_none())
            .count()
    }

    /// How many values may be given without a name; `None` if any number.
    pub fn most_positional(&self) -> Option<usize> {
        match self.rest {
            Some(_) => None,
            None => Some(self.parameters.len()),
        }
    }

    /// The place of the parameter with this name.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.parameters
            .iter()
            .position(|parameter| parameter.name == name)
    }
}

/// The parts between commas, trimmed; a comma or `=` in quotes does not count.
fn split_outside_quotes(text: &'static str) -> Vec<&'static str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut quoted = false;
    for (at, character) in text.char_indices() {
        match character {
            '"' => quoted = !quoted,
            ',' if !quoted => {
                parts.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text[start..].trim());
    parts.retain(|part| !part.is_empty());
    parts
}

fn parse_default(text: &'static str) -> Default {
    match text {
        "nil" => Default::Nil,
        "true" => Default::Bool(true),
        "false" => Default::Bool(false),
        _ => match text
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'))
        {
            Some(quoted) => Default::Text(quoted.replace("\\n", "\n")),
            None if text.starts_with("the ") => Default::Omitted(text),
            None => text.parse().map_or(Default::Computed(text), Default::Int),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_parameters_rest_and_defaults() {
        let print = Signature::parse("...values, sep = \", \", end = \"\\n\"");
        assert_eq!(print.rest, Some("values"));
        assert_eq!(
            print.parameters[0].default,
            Some(Default::Text(", ".into()))
        );
        assert_eq!(
            print.parameters[1].default,
            Some(Default::Text("\n".into()))
        );
        assert!(print.parameters[1].by_name_only);
        let pool = Signature::parse("n = cpu_count()");
        assert_eq!(
            pool.parameters[0].default,
            Some(Default::Computed("cpu_count()"))
        );
        assert_eq!(Signature::parse("").parameters, []);
        assert_eq!(Signature::parse("q, x, timeout = nil").required(), 2);
    }
}
