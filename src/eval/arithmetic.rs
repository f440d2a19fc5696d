//! `+ - * / // % **`: two ints of 64 bits are computed right here, everything else (floats first)
//! behind a call that stays out of the way.

use std::marker::PhantomData;

use super::blame::Blame;
use super::code::{Code, Compiler, code, passing_code};
use super::operand::{Hold, Node, Operand, Operands, with_operands};
use crate::resolve::program::Expr;
use crate::runtime::machine::Machine;
use crate::syntax::span::Span;
use crate::syntax::tree::BinaryOperator;
use crate::value::arithmetic::apply;
use crate::value::returned::Given;
use crate::value::running::Running;
use crate::value::{Result, Value};

/// An operator on numbers.
pub trait Arithmetic: Send + Sync + 'static {
    /// Which.
    const OPERATOR: BinaryOperator;

    /// Its value for two ints, unless it is an error or does not fit.
    fn ints(left: i64, right: i64) -> Option<Value>;

    /// Its value for two floats, unless that takes thought.
    fn floats(left: f64, right: f64) -> Option<f64>;
}

/// `+`
pub struct Add;
/// `-`
pub struct Subtract;
/// `*`
pub struct Multiply;
/// `/`
pub struct Divide;
/// `//`
pub struct FloorDivide;
/// `%`
pub struct Modulo;
/// `**`
pub struct Power;

impl Arithmetic for Add {
    const OPERATOR: BinaryOperator = BinaryOperator::Add;

    #[inline(always)]
    fn ints(left: i64, right: i64) -> Option<Value> {
        left.checked_add(right).map(Value::Int)
    }

    fn floats(left: f64, right: f64) -> Option<f64> {
        Some(left + right)
    }
}

impl Arithmetic for Subtract {
    const OPERATOR: BinaryOperator = BinaryOperator::Subtract;

    #[inline(always)]
    fn ints(left: i64, right: i64) -> Option<Value> {
        left.checked_sub(right).map(Value::Int)
    }

    fn floats(left: f64, right: f64) -> Option<f64> {
        Some(left - right)
    }
}

impl Arithmetic for Multiply {
    const OPERATOR: BinaryOperator = BinaryOperator::Multiply;

    #[inline(always)]
    fn ints(left: i64, right: i64) -> Option<Value> {
        left.checked_mul(right).map(Value::Int)
    }

    fn floats(left: f64, right: f64) -> Option<f64> {
        Some(left * right)
    }
}

impl Arithmetic for Divide {
    const OPERATOR: BinaryOperator = BinaryOperator::Divide;

    #[inline(always)]
    fn ints(left: i64, right: i64) -> Option<Value> {
        // Both must be floats without loss for the quotient to be rounded only once.
        const EXACT: u64 = 1 << 53;
        let exact = left.unsigned_abs() <= EXACT && right.unsigned_abs() <= EXACT;
        (exact && right != 0).then(|| Value::from(left as f64 / right as f64))
    }

    fn floats(left: f64, right: f64) -> Option<f64> {
        (right != 0.0).then(|| left / right)
    }
}

impl Arithmetic for FloorDivide {
    const OPERATOR: BinaryOperator = BinaryOperator::FloorDivide;

    #[inline(always)]
    fn ints(left: i64, right: i64) -> Option<Value> {
        // For a positive divisor rounding down is what Euclid's division does.
        (right > 0).then(|| Value::Int(left.div_euclid(right)))
    }

    fn floats(_: f64, _: f64) -> Option<f64> {
        None
    }
}

impl Arithmetic for Modulo {
    const OPERATOR: BinaryOperator = BinaryOperator::Modulo;

    #[inline(always)]
    fn ints(left: i64, right: i64) -> Option<Value> {
        remainder(left, right).map(Value::Int)
    }

    fn floats(_: f64, _: f64) -> Option<f64> {
        None
    }
}

impl Arithmetic for Power {
    const OPERATOR: BinaryOperator = BinaryOperator::Power;

    fn ints(left: i64, right: i64) -> Option<Value> {
        left.checked_pow(u32::try_from(right).ok()?).map(Value::Int)
    }

    fn floats(_: f64, _: f64) -> Option<f64> {
        None
    }
}

/// `left % right` for a positive divisor, where it is the remainder of Euclid's division.
#[inline(always)]
pub fn remainder(left: i64, right: i64) -> Option<i64> {
    (right > 0).then(|| left.rem_euclid(right))
}

/// `left operator right`; comparisons are not for here.
pub fn arithmetic(
    compiler: &Compiler,
    operator: BinaryOperator,
    left: &Expr,
    right: &Expr,
    span: Span,
) -> Option<Code> {
    fn build<O: Arithmetic>(
        compiler: &Compiler,
        _: O,
        left: &Expr,
        right: &Expr,
        span: Span,
    ) -> Option<Code> {
        let node = ArithmeticNode {
            blame: Blame::binary(span, left, right),
            operator: PhantomData::<O>,
        };
        Some(with_operands(compiler, left, right, node))
    }
    match operator {
        BinaryOperator::Add => build(compiler, Add, left, right, span),
        BinaryOperator::Subtract => build(compiler, Subtract, left, right, span),
        BinaryOperator::Multiply => build(compiler, Multiply, left, right, span),
        BinaryOperator::Divide => build(compiler, Divide, left, right, span),
        BinaryOperator::FloorDivide => build(compiler, FloorDivide, left, right, span),
        BinaryOperator::Modulo => build(compiler, Modulo, left, right, span),
        BinaryOperator::Power => build(compiler, Power, left, right, span),
        _ => None,
    }
}

struct ArithmeticNode<O> {
    blame: Blame,
    operator: PhantomData<O>,
}

impl<O: Arithmetic> Node for ArithmeticNode<O> {
    type Output = Code;

    fn build<L: Operand, R: Operand>(self, left: L, right: R) -> Code {
        let operands = Operands {
            left,
            right,
            blame: self.blame,
        };
        passing_code(move |m, f| {
            let held_left = operands.left.hold(m, f)?;
            let held_right = operands.right.hold(m, f)?;
            if let Some(a) = operands.left.int(&held_left, m, f)
                && let Some(b) = operands.right.int(&held_right, m, f)
                && let Some(value) = O::ints(a, b)
            {
                held_left.release();
                held_right.release();
                return Ok(value);
            }
            Err(operate::<O, L, R>(m, f, &operands, held_left, held_right))
        })
    }
}

/// The operator on any two values, where nothing is left to do after it.
#[inline(never)]
fn operate<O: Arithmetic, L: Operand, R: Operand>(
    machine: &mut Machine<'_>,
    function: Running<'_>,
    operands: &Operands<L, R>,
    held_left: L::Held,
    held_right: R::Held,
) -> Value {
    let left = operands.left.peek(&held_left, machine, function);
    let right = operands.right.peek(&held_right, machine, function);
    Value::pack(general::<O>(machine, left, right, &operands.blame))
}

/// An operator on any two values.
#[inline(never)]
pub fn general<O: Arithmetic>(
    machine: &Machine<'_>,
    left: &Value,
    right: &Value,
    blame: &Blame,
) -> Result<Value> {
    if let Some((a, b)) = two_floats(left, right)
        && let Some(value) = O::floats(a, b)
    {
        return Ok(Value::from(value));
    }
    apply(O::OPERATOR, left, right, &machine.gate)
        .map_err(|unwind| blame.complete(machine, unwind, &[left, right]))
}

/// Both as floats, if one is a float and the other a number that is exact as one.
#[inline(always)]
pub fn two_floats(left: &Value, right: &Value) -> Option<(f64, f64)> {
    match (left, right) {
        (Value::Float(a), Value::Float(b)) => Some((a.get(), b.get())),
        (Value::Float(a), Value::Int(b)) => Some((a.get(), exact(*b)?)),
        (Value::Int(a), Value::Float(b)) => Some((exact(*a)?, b.get())),
        _ => None,
    }
}

fn exact(int: i64) -> Option<f64> {
    (int.unsigned_abs() <= 1 << 53).then_some(int as f64)
}

/// `-x`
pub fn negate(compiler: &Compiler, operand: &Expr, span: Span) -> Code {
    let blame = Blame::new(span, [operand]);
    let operand = super::expression::expression(compiler, operand);
    code(move |m, f| match operand.run(m, f)? {
        Value::Int(value) if value != i64::MIN => Ok(Value::Int(-value)),
        Value::Float(value) => Ok(Value::from(-value.get())),
        other => negate_other(m, &other, &blame),
    })
}

#[cold]
#[inline(never)]
fn negate_other(machine: &Machine<'_>, value: &Value, blame: &Blame) -> Result<Value> {
    if let Value::Int(_) | Value::BigInt(_) = value {
        return apply(
            BinaryOperator::Subtract,
            &Value::Int(0),
            value,
            &machine.gate,
        );
    }
    let got = crate::diagnostics::words::with_article(value.type_name());
    let unwind = crate::value::error::fail(
        crate::value::Kind::Type,
        format!("cannot negate {got}: only numbers have a sign"),
    );
    Err(blame.complete(machine, unwind, &[value]))
}
