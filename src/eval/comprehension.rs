//! `[e for x in xs if c]`, `[k: v for x in xs if c]`

use super::code::{Code, Compiler, code};
use super::condition::{COMPREHENSION, Decide, Test, condition};
use super::expression::expression;
use super::literal::as_key;
use super::loops::Walk;
use crate::resolve::program::{Comprehension, Expr};
use crate::runtime::machine::Flow;
use crate::value::Value;
use crate::value::map::{Entries, Map};

struct Clause {
    walk: Walk,
    condition: Option<Test>,
}

impl Clause {
    fn new(compiler: &Compiler, clause: &Comprehension) -> Clause {
        Clause {
            walk: Walk::new(compiler, &clause.bindings, &clause.iterable),
            condition: clause
                .condition
                .as_ref()
                .map(|test| condition(compiler, test, COMPREHENSION)),
        }
    }
}

/// `[e for x in xs if c]`
pub fn list(compiler: &Compiler, element: &Expr, clause: &Comprehension) -> Code {
    let Clause { walk, condition } = Clause::new(compiler, clause);
    let element = expression(compiler, element);
    code(move |m, f| {
        let mut values = Vec::new();
        walk.run(m, f, |m, f| {
            if let Some(condition) = &condition
                && !condition.decide(m, f)?
            {
                return Ok(Flow::Next);
            }
            values.push(element.run(m, f)?);
            Ok(Flow::Next)
        })?;
        Ok(Value::list(values))
    })
}

/// `[k: v for x in xs if c]`
pub fn map(compiler: &Compiler, key: &Expr, value: &Expr, clause: &Comprehension) -> Code {
    let Clause { walk, condition } = Clause::new(compiler, clause);
    let span = key.span;
    let key = expression(compiler, key);
    let value = expression(compiler, value);
    code(move |m, f| {
        let mut entries = Entries::default();
        walk.run(m, f, |m, f| {
            if let Some(condition) = &condition
                && !condition.decide(m, f)?
            {
                return Ok(Flow::Next);
            }
            let key = key.run(m, f)?;
            let key = as_key(m, key, span)?;
            entries.insert(key, value.run(m, f)?);
            Ok(Flow::Next)
        })?;
        Ok(Value::Map(Map::new(entries)))
    })
}
