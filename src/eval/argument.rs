//! Arguments of calls.
//!
//! What recursion passes most, a variable or one a little further on, is read where it is: a closure
//! is called through a pointer, and processors are slow at that. Which of them an argument is, is
//! looked at when the call is made, so that calls are not written out for every combination.
//!
//! ```text
//!   fib(n - 1)       Sum(n, -1)        go(left, i + 1, f(x))       Local(left), Sum(i, 1), Any
//! ```

use super::code::{Code, Compiler};
use super::expression::expression;
use super::operand::{Spot, spot};
use crate::resolve::program::{Expr, ExprKind, LocalSlot};
use crate::runtime::machine::Machine;
use crate::syntax::tree::BinaryOperator;
use crate::value::running::Running;
use crate::value::{Result, Value};

/// An argument of a call.
pub enum Argument {
    /// A plain local variable that is read again.
    Local(LocalSlot),
    /// A plain local variable and an integer that stands in the program; the code is for when they
    /// are no ints, or their sum is none.
    Sum(LocalSlot, i64, Code),
    /// Any other expression.
    Any(Code),
}

impl Argument {
    /// An expression as one.
    pub fn new(compiler: &Compiler, expr: &Expr) -> Argument {
        match &expr.kind {
            ExprKind::Variable(variable) if !variable.is_last => {
                if let Some(Spot::Local(slot)) = spot(expr) {
                    return Argument::Local(slot);
                }
            }
            ExprKind::Binary {
                operator,
                left,
                right,
            } => {
                if let (Some(Spot::Local(slot)), ExprKind::Int(number)) = (spot(left), &right.kind)
                    && let Some(number) = change(*operator, *number)
                {
                    return Argument::Sum(slot, number, expression(compiler, expr));
                }
            }
            _ => {}
        }
        Argument::Any(expression(compiler, expr))
    }

    /// Its value.
    #[inline(always)]
    pub fn run(&self, machine: &mut Machine<'_>, function: Running<'_>) -> Result<Value> {
        match self {
            Argument::Local(slot) => Ok(machine.local(*slot).copied()),
            Argument::Sum(slot, number, code) => {
                if let Value::Int(value) = machine.local(*slot)
                    && let Some(sum) = value.checked_add(*number)
                {
                    return Ok(Value::Int(sum));
                }
                code.run(machine, function)
            }
            Argument::Any(code) => code.run(machine, function),
        }
    }
}

/// What `+ number` and `- number` add.
fn change(operator: BinaryOperator, number: i64) -> Option<i64> {
    match operator {
        BinaryOperator::Add => Some(number),
        BinaryOperator::Subtract => number.checked_neg(),
        _ => None,
    }
}
