//! Conditions: what must be true or false.
//!
//! A condition gives a Rust bool. Comparisons and `and`, `or`, `not` of comparisons are conditions
//! by themselves; any other expression is evaluated and looked at.

use super::blame::Blame;
use super::code::{Code, Compiler, Cond, code, cond};
use super::comparison::{Accepts, comparison};
use super::expression::expression;
use super::operand::{Spot, spot};
use crate::diagnostics::words::with_article;
use crate::resolve::program::{Expr, ExprKind};
use crate::runtime::machine::Machine;
use crate::value::running::Running;
use crate::value::{Failure, Kind, Result, Unwind, Value};

/// Whose condition it is, as messages say it.
#[derive(Copy, Clone)]
pub struct Role(pub &'static str);

/// `if c`
pub const IF: Role = Role("the condition of `if`");
/// `while c`
pub const WHILE: Role = Role("the condition of `while`");
/// `[… for x in xs if c]`
pub const COMPREHENSION: Role = Role("the condition of a comprehension");
/// `c and …`
pub const AND_LEFT: Role = Role("the left side of `and`");
/// `… and c`
pub const AND_RIGHT: Role = Role("the right side of `and`");
/// `c or …`
pub const OR_LEFT: Role = Role("the left side of `or`");
/// `… or c`
pub const OR_RIGHT: Role = Role("the right side of `or`");
/// `not c`
pub const NOT: Role = Role("the operand of `not`");

/// A condition, which an `if` or a loop turns on.
pub enum Test {
    /// A comparison of what can be read where it is.
    Spots(Spots),
    /// Any other condition.
    Any(Cond),
}

/// What decides: the code around it is written out for each kind.
pub trait Decide: Send + Sync + 'static {
    /// Whether it holds.
    fn decide(&self, machine: &mut Machine<'_>, function: Running<'_>) -> Result<bool>;
}

impl Decide for Cond {
    #[inline(always)]
    fn decide(&self, machine: &mut Machine<'_>, function: Running<'_>) -> Result<bool> {
        self.run(machine, function)
    }
}

impl Decide for Test {
    #[inline(always)]
    fn decide(&self, machine: &mut Machine<'_>, function: Running<'_>) -> Result<bool> {
        match self {
            Test::Spots(spots) => spots.decide(machine, function),
            Test::Any(cond) => cond.run(machine, function),
        }
    }
}

/// A comparison that needs no closure of its own while both sides are ints: most loops and
/// recursions turn on one.
pub struct Spots {
    left: Spot,
    right: Spot,
    accepts: Accepts,
    /// For when one is no int.
    otherwise: Cond,
}

impl Decide for Spots {
    #[inline(always)]
    fn decide(&self, machine: &mut Machine<'_>, function: Running<'_>) -> Result<bool> {
        if let Value::Int(left) = self.left.peek(machine, function)
            && let Value::Int(right) = self.right.peek(machine, function)
        {
            return Ok(self.accepts.holds(*left, *right));
        }
        self.otherwise.run(machine, function)
    }
}

/// An expression as a condition.
pub fn condition(compiler: &Compiler, expr: &Expr, role: Role) -> Test {
    let Some(own) = own_condition(compiler, expr) else {
        return Test::Any(value_condition(compiler, expr, role));
    };
    if let ExprKind::Binary {
        operator,
        left,
        right,
    } = &expr.kind
        && let (Some(left), Some(right)) = (spot(left), spot(right))
        && let Some(accepts) = Accepts::of(*operator)
    {
        return Test::Spots(Spots {
            left,
            right,
            accepts,
            otherwise: own,
        });
    }
    Test::Any(own)
}

/// A value that must be true or false.
fn value_condition(compiler: &Compiler, expr: &Expr, role: Role) -> Cond {
    let blame = Blame::single(expr);
    let value = expression(compiler, expr);
    cond(move |m, f| match value.run(m, f)? {
        Value::Bool(value) => Ok(value.get()),
        other => Err(no_bool(m, &other, role, &blame)),
    })
}

/// The condition that an expression is by itself, if it is one.
fn own_condition(compiler: &Compiler, expr: &Expr) -> Option<Cond> {
    match &expr.kind {
        ExprKind::Binary {
            operator,
            left,
            right,
        } => comparison(&compiler.inside(), *operator, left, right, expr.span),
        ExprKind::And(left, right) => {
            let left = condition(compiler, left, AND_LEFT);
            let right = condition(compiler, right, AND_RIGHT);
            Some(cond(move |m, f| {
                Ok(left.decide(m, f)? && right.decide(m, f)?)
            }))
        }
        ExprKind::Or(left, right) => {
            let left = condition(compiler, left, OR_LEFT);
            let right = condition(compiler, right, OR_RIGHT);
            Some(cond(move |m, f| {
                Ok(left.decide(m, f)? || right.decide(m, f)?)
            }))
        }
        ExprKind::Not(operand) => {
            let operand = condition(compiler, operand, NOT);
            Some(cond(move |m, f| Ok(!operand.decide(m, f)?)))
        }
        ExprKind::Bool(value) => {
            let value = *value;
            Some(cond(move |_, _| Ok(value)))
        }
        _ => None,
    }
}

/// A condition as an expression.
pub fn as_value(condition: Test) -> Code {
    code(move |m, f| Ok(Value::from(condition.decide(m, f)?)))
}

#[cold]
#[inline(never)]
fn no_bool(machine: &Machine<'_>, value: &Value, role: Role, blame: &Blame) -> Unwind {
    let got = with_article(value.type_name());
    let name = blame.name(machine, 0);
    let name = name.as_deref().filter(|name| *name != "it").unwrap_or("x");
    let help = match value {
        Value::Int(_) | Value::BigInt(_) | Value::Float(_) => Some(format!("`{name} != 0`")),
        Value::String(_)
        | Value::List(_)
        | Value::Map(_)
        | Value::Bytes(_)
        | Value::Range(_)
        | Value::Queue(_) => Some(format!("`len({name}) > 0`")),
        Value::Nil => Some(format!("`{name} != nil`")),
        Value::Future(_) | Value::Promise(_) | Value::Task(_) => Some(format!("`force({name})`")),
        Value::Function(_) => Some(format!("`{name}()`")),
        _ => None,
    };
    let failure = Failure::error(
        Kind::Type,
        format!("{} must be true or false, not {got}", role.0),
    );
    let failure = match help {
        Some(example) => failure.help(format!("say what is meant, for example {example}")),
        None => failure,
    };
    blame.complete(machine, failure.into(), &[value])
}
