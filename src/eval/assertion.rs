//! `assert(a == b)`: one that fails tells the values of what it compared.
//!
//! ```text
//!   assert(n == 2)                  n is 1
//!   assert(a < b and b < c)         the side that was false:     b is 4, c is 3
//!   assert(x == 1 or y == 1)        both:                        x is 0, y is 0
//!   assert(not (x in xs))           what was true:               x is 1, xs is [1, 2]
//! ```
//!
//! Such a condition is a *claim*: it says whether it holds, as conditions do, and leaves the
//! operands of those comparisons behind that made it come out as it did. Each is evaluated once.
//! What the message says is left to the builtin itself, which is called when the claim fails.

use std::sync::Arc;

use smallvec::SmallVec;

use super::blame::{Blame, called_in_full};
use super::code::{Code, Compiler, code};
use super::comparison::holds;
use super::condition::{AND_LEFT, AND_RIGHT, Decide, NOT, OR_LEFT, OR_RIGHT, Role, condition};
use super::expression::expression;
use super::operand::{Hold, Node, Operand, with_operands};
use crate::resolve::program::{Expr, ExprKind};
use crate::runtime::arguments::BuiltinFunction;
use crate::runtime::machine::Machine;
use crate::syntax::span::Span;
use crate::syntax::tree::BinaryOperator;
use crate::value::running::Running;
use crate::value::{Result, Value};

/// The operands of a comparison that came out as it was told to watch for, and its blame.
type Sides = SmallVec<[(Arc<Blame>, [Value; 2]); 2]>;

type Claim = Box<dyn Fn(&mut Machine<'_>, Running<'_>, &mut Sides) -> Result<bool> + Send + Sync>;

/// How many comparisons are told.
const TOLD: usize = 3;

/// `assert(…, message)` where the condition is made of comparisons; `None` for any other. `run` is
/// the builtin's own function.
pub fn assertion(
    compiler: &Compiler,
    run: BuiltinFunction,
    asserted: &Expr,
    message: Option<&Expr>,
    span: Span,
) -> Option<Code> {
    if !compares(asserted) {
        return None;
    }
    let claim = claim(compiler, asserted, false, None);
    let message = message.map(|message| expression(compiler, message));
    let whole = Blame::new(span, [asserted]);
    Some(code(move |m, f| {
        let mut sides = Sides::new();
        let is_true = claim(m, f, &mut sides)?;
        let message = match &message {
            Some(message) => Some(message.run(m, f)?),
            None => None,
        };
        m.gate.place(whole.span, None);
        match is_true {
            true => Ok(Value::Nil),
            false => fails(m, run, message, &sides, &whole),
        }
    }))
}

/// Whether there is a comparison in it whose operands can be told.
fn compares(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Binary { operator, .. } => is_comparison(*operator),
        ExprKind::And(left, right) | ExprKind::Or(left, right) => compares(left) || compares(right),
        ExprKind::Not(operand) => compares(operand),
        _ => false,
    }
}

fn is_comparison(operator: BinaryOperator) -> bool {
    use BinaryOperator::*;
    matches!(
        operator,
        Equal | NotEqual | Less | LessEqual | Greater | GreaterEqual | In | NotIn
    )
}

/// The claim of a condition. Comparisons that come out as `watched` leave their operands.
fn claim(compiler: &Compiler, expr: &Expr, watched: bool, role: Option<Role>) -> Claim {
    match &expr.kind {
        ExprKind::Binary {
            operator,
            left,
            right,
        } if is_comparison(*operator) => {
            let sides = [called_in_full(left, "left"), called_in_full(right, "right")];
            let node = Watched {
                operator: *operator,
                watched,
                blame: Arc::new(Blame::of(expr.span, sides)),
            };
            with_operands(compiler, left, right, node)
        }
        ExprKind::And(left, right) => {
            let left = claim(compiler, left, watched, Some(AND_LEFT));
            let right = claim(compiler, right, watched, Some(AND_RIGHT));
            Box::new(move |m, f, sides| {
                let before = sides.len();
                let is_true = left(m, f, sides)? && right(m, f, sides)?;
                forget(sides, before, is_true != watched);
                Ok(is_true)
            })
        }
        ExprKind::Or(left, right) => {
            let left = claim(compiler, left, watched, Some(OR_LEFT));
            let right = claim(compiler, right, watched, Some(OR_RIGHT));
            Box::new(move |m, f, sides| {
                let before = sides.len();
                let is_true = left(m, f, sides)? || right(m, f, sides)?;
                forget(sides, before, is_true != watched);
                Ok(is_true)
            })
        }
        ExprKind::Not(operand) => {
            let operand = claim(compiler, operand, !watched, Some(NOT));
            Box::new(move |m, f, sides| Ok(!operand(m, f, sides)?))
        }
        _ => {
            let blame = Arc::new(Blame::new(expr.span, [expr]));
            let holds = condition(compiler, expr, role.unwrap_or(NOT));
            Box::new(move |m, f, sides| {
                let is_true = holds.decide(m, f)?;
                if is_true == watched {
                    sides.push((blame.clone(), [Value::from(is_true), Value::Absent]));
                }
                Ok(is_true)
            })
        }
    }
}

/// What was left since is of no account if the whole came out otherwise.
fn forget(sides: &mut Sides, before: usize, otherwise: bool) {
    if otherwise {
        sides.truncate(before);
    }
}

/// A comparison that leaves its operands if it comes out as `watched`.
struct Watched {
    operator: BinaryOperator,
    watched: bool,
    blame: Arc<Blame>,
}

impl Node for Watched {
    type Output = Claim;

    fn build<L: Operand, R: Operand>(self, left: L, right: R) -> Claim {
        let Watched {
            operator,
            watched,
            blame,
        } = self;
        Box::new(move |m, f, sides| {
            let held_left = left.hold(m, f)?;
            let held_right = right.hold(m, f)?;
            let is_true = {
                let left = left.peek(&held_left, m, f);
                let right = right.peek(&held_right, m, f);
                let is_true = holds(m, operator, left, right, &blame)?;
                if is_true == watched {
                    sides.push((blame.clone(), [left.copied(), right.copied()]));
                }
                is_true
            };
            held_left.release();
            held_right.release();
            Ok(is_true)
        })
    }
}

/// What comes of one that does not hold.
#[cold]
#[inline(never)]
fn fails(
    machine: &mut Machine<'_>,
    run: BuiltinFunction,
    message: Option<Value>,
    sides: &Sides,
    whole: &Blame,
) -> Result<Value> {
    machine.site = whole.span;
    let failed = Value::from(false);
    let message = message.unwrap_or_else(|| Value::from(""));
    run(machine, &[failed.clone(), message]).map_err(|unwind| {
        let mut told: Vec<String> = Vec::new();
        for (blame, values) in sides.iter().take(TOLD) {
            for part in blame.told(machine, &[&values[0], &values[1]]) {
                if !told.contains(&part) {
                    told.push(part);
                }
            }
        }
        match told.is_empty() {
            // All of it can be read in the text.
            true => whole.complete(machine, unwind, &[&failed]),
            false => machine.placed(unwind.label(told.join(", ")), whole.span),
        }
    })
}
