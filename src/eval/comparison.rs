//! `== != < <= > >= in`, `not in`: two ints are compared right here, everything else behind a call.

use std::marker::PhantomData;

use super::arithmetic::{Modulo, general as general_arithmetic, remainder, two_floats};
use super::blame::Blame;
use super::code::{Compiler, Cond, cond, passing_cond};
use super::operand::{Hold, Node, Operand, Operands, SingleNode, with_operand, with_operands};
use crate::resolve::program::{Expr, ExprKind};
use crate::runtime::machine::Machine;
use crate::syntax::span::Span;
use crate::syntax::tree::BinaryOperator;
use crate::value::arithmetic::apply;
use crate::value::returned::{Chosen, Given};
use crate::value::running::Running;
use crate::value::{Result, Value};

/// An operator that says yes or no.
trait Comparison: Send + Sync + 'static {
    const OPERATOR: BinaryOperator;

    /// Whether numbers in this order (`None` where nan is involved) are a yes.
    fn holds<T: PartialOrd>(left: &T, right: &T) -> bool;
}

struct Equal;
struct NotEqual;
struct Less;
struct LessEqual;
struct Greater;
struct GreaterEqual;

impl Comparison for Equal {
    const OPERATOR: BinaryOperator = BinaryOperator::Equal;

    #[inline(always)]
    fn holds<T: PartialOrd>(left: &T, right: &T) -> bool {
        left == right
    }
}

impl Comparison for NotEqual {
    const OPERATOR: BinaryOperator = BinaryOperator::NotEqual;

    #[inline(always)]
    fn holds<T: PartialOrd>(left: &T, right: &T) -> bool {
        left != right
    }
}

impl Comparison for Less {
    const OPERATOR: BinaryOperator = BinaryOperator::Less;

    #[inline(always)]
    fn holds<T: PartialOrd>(left: &T, right: &T) -> bool {
        left < right
    }
}

impl Comparison for LessEqual {
    const OPERATOR: BinaryOperator = BinaryOperator::LessEqual;

    #[inline(always)]
    fn holds<T: PartialOrd>(left: &T, right: &T) -> bool {
        left <= right
    }
}

impl Comparison for Greater {
    const OPERATOR: BinaryOperator = BinaryOperator::Greater;

    #[inline(always)]
    fn holds<T: PartialOrd>(left: &T, right: &T) -> bool {
        left > right
    }
}

impl Comparison for GreaterEqual {
    const OPERATOR: BinaryOperator = BinaryOperator::GreaterEqual;

    #[inline(always)]
    fn holds<T: PartialOrd>(left: &T, right: &T) -> bool {
        left >= right
    }
}

/// Which orders of two ints are a yes.
#[derive(Copy, Clone)]
pub struct Accepts(u8);

impl Accepts {
    /// Those of an operator, if it is one that compares.
    pub fn of(operator: BinaryOperator) -> Option<Accepts> {
        Some(Accepts(match operator {
            BinaryOperator::Less => 0b001,
            BinaryOperator::Equal => 0b010,
            BinaryOperator::LessEqual => 0b011,
            BinaryOperator::Greater => 0b100,
            BinaryOperator::NotEqual => 0b101,
            BinaryOperator::GreaterEqual => 0b110,
            _ => return None,
        }))
    }

    /// Whether the order of these is one.
    #[inline(always)]
    pub fn holds(self, left: i64, right: i64) -> bool {
        let order = 1 << u8::from(left >= right) << u8::from(left > right);
        self.0 & order != 0
    }
}

/// `left operator right` as a condition; `None` for operators that compute.
pub fn comparison(
    compiler: &Compiler,
    operator: BinaryOperator,
    left: &Expr,
    right: &Expr,
    span: Span,
) -> Option<Cond> {
    let wanted = match operator {
        BinaryOperator::Equal => Some(true),
        BinaryOperator::NotEqual => Some(false),
        _ => None,
    };
    if let Some(wanted) = wanted {
        if matches!(right.kind, ExprKind::Nil) {
            return Some(is_nil(compiler, left, wanted));
        }
        if let Some(test) = remainder_is(compiler, left, right, wanted) {
            return Some(test);
        }
    }
    match operator {
        BinaryOperator::Equal => build(compiler, Equal, left, right, span),
        BinaryOperator::NotEqual => build(compiler, NotEqual, left, right, span),
        BinaryOperator::Less => build(compiler, Less, left, right, span),
        BinaryOperator::LessEqual => build(compiler, LessEqual, left, right, span),
        BinaryOperator::Greater => build(compiler, Greater, left, right, span),
        BinaryOperator::GreaterEqual => build(compiler, GreaterEqual, left, right, span),
        BinaryOperator::In | BinaryOperator::NotIn => {
            let node = Membership {
                operator,
                blame: Blame::binary(span, left, right),
            };
            Some(with_operands(compiler, left, right, node))
        }
        _ => None,
    }
}

fn build<O: Comparison>(
    compiler: &Compiler,
    _: O,
    left: &Expr,
    right: &Expr,
    span: Span,
) -> Option<Cond> {
    let node = ComparisonNode {
        blame: Blame::binary(span, left, right),
        operator: PhantomData::<O>,
    };
    Some(with_operands(compiler, left, right, node))
}

struct ComparisonNode<O> {
    blame: Blame,
    operator: PhantomData<O>,
}

impl<O: Comparison> Node for ComparisonNode<O> {
    type Output = Cond;

    fn build<L: Operand, R: Operand>(self, left: L, right: R) -> Cond {
        let operands = Operands {
            left,
            right,
            blame: self.blame,
        };
        passing_cond(move |m, f| {
            let held_left = operands.left.hold(m, f)?;
            let held_right = operands.right.hold(m, f)?;
            if let Some(a) = operands.left.int(&held_left, m, f)
                && let Some(b) = operands.right.int(&held_right, m, f)
            {
                held_left.release();
                held_right.release();
                return Ok(O::holds(&a, &b));
            }
            Err(compare::<O, L, R>(m, f, &operands, held_left, held_right))
        })
    }
}

/// The comparison of any two values, where nothing is left to do after it.
#[inline(never)]
fn compare<O: Comparison, L: Operand, R: Operand>(
    machine: &mut Machine<'_>,
    function: Running<'_>,
    operands: &Operands<L, R>,
    held_left: L::Held,
    held_right: R::Held,
) -> Chosen {
    let left = operands.left.peek(&held_left, machine, function);
    let right = operands.right.peek(&held_right, machine, function);
    bool::pack(match two_floats(left, right) {
        Some((a, b)) => Ok(O::holds(&a, &b)),
        None => general(machine, O::OPERATOR, left, right, &operands.blame),
    })
}

/// `in`, `not in`
struct Membership {
    operator: BinaryOperator,
    blame: Blame,
}

impl Node for Membership {
    type Output = Cond;

    fn build<L: Operand, R: Operand>(self, left: L, right: R) -> Cond {
        cond(move |m, f| {
            let held_left = left.hold(m, f)?;
            let held_right = right.hold(m, f)?;
            let left = left.peek(&held_left, m, f);
            let right = right.peek(&held_right, m, f);
            general(m, self.operator, left, right, &self.blame)
        })
    }
}

/// What a comparison of two values comes to, whichever it is.
#[inline]
pub fn holds(
    machine: &Machine<'_>,
    operator: BinaryOperator,
    left: &Value,
    right: &Value,
    blame: &Blame,
) -> Result<bool> {
    if let (Value::Int(a), Value::Int(b)) = (left, right)
        && let Some(accepts) = Accepts::of(operator)
    {
        return Ok(accepts.holds(*a, *b));
    }
    general(machine, operator, left, right, blame)
}

#[inline(never)]
fn general(
    machine: &Machine<'_>,
    operator: BinaryOperator,
    left: &Value,
    right: &Value,
    blame: &Blame,
) -> Result<bool> {
    match apply(operator, left, right, &machine.gate) {
        Ok(answer) => Ok(matches!(answer, Value::Bool(crate::value::Truth::True))),
        Err(unwind) => Err(blame.complete(machine, unwind, &[left, right])),
    }
}

/// `x == nil`, `x != nil`
fn is_nil(compiler: &Compiler, left: &Expr, wanted: bool) -> Cond {
    let node = IsNil {
        wanted,
        blame: Blame::single(left),
    };
    with_operand(compiler, left, true, node)
}

struct IsNil {
    wanted: bool,
    blame: Blame,
}

impl SingleNode for IsNil {
    type Output = Cond;

    fn build<O: Operand>(self, operand: O) -> Cond {
        let IsNil { wanted, blame } = self;
        cond(move |m, f| {
            let held = operand.hold(m, f)?;
            let is_nil = match operand.peek(&held, m, f) {
                Value::Nil => true,
                // A stream that has not been looked at may turn out to be empty.
                stream @ Value::Stream(_) => {
                    general(m, BinaryOperator::Equal, stream, &Value::Nil, &blame)?
                }
                _ => false,
            };
            held.release();
            Ok(is_nil == wanted)
        })
    }
}

/// `a % b == 0` and its like: the most frequent condition of teaching programs, as one node.
fn remainder_is(compiler: &Compiler, left: &Expr, right: &Expr, wanted: bool) -> Option<Cond> {
    let ExprKind::Int(expected) = right.kind else {
        return None;
    };
    let ExprKind::Binary {
        operator: BinaryOperator::Modulo,
        left: dividend,
        right: divisor,
    } = &left.kind
    else {
        return None;
    };
    let node = RemainderIs {
        expected,
        wanted,
        blame: Blame::binary(left.span, dividend, divisor),
    };
    Some(with_operands(compiler, dividend, divisor, node))
}

struct RemainderIs {
    expected: i64,
    wanted: bool,
    blame: Blame,
}

impl Node for RemainderIs {
    type Output = Cond;

    fn build<L: Operand, R: Operand>(self, left: L, right: R) -> Cond {
        let RemainderIs {
            expected,
            wanted,
            blame,
        } = self;
        let operands = Operands { left, right, blame };
        passing_cond(move |m, f| {
            let held_left = operands.left.hold(m, f)?;
            let held_right = operands.right.hold(m, f)?;
            if let Some(a) = operands.left.int(&held_left, m, f)
                && let Some(b) = operands.right.int(&held_right, m, f)
                && let Some(remainder) = remainder(a, b)
            {
                held_left.release();
                held_right.release();
                return Ok((remainder == expected) == wanted);
            }
            let held = (held_left, held_right);
            Err(any_remainder_is(m, f, &operands, held, expected, wanted))
        })
    }
}

/// The same for any two values, where nothing is left to do after it.
#[inline(never)]
fn any_remainder_is<L: Operand, R: Operand>(
    machine: &mut Machine<'_>,
    function: Running<'_>,
    operands: &Operands<L, R>,
    (held_left, held_right): (L::Held, R::Held),
    expected: i64,
    wanted: bool,
) -> Chosen {
    let left = operands.left.peek(&held_left, machine, function);
    let right = operands.right.peek(&held_right, machine, function);
    let expected = Value::Int(expected);
    let answer =
        general_arithmetic::<Modulo>(machine, left, right, &operands.blame).and_then(|remainder| {
            let operator = BinaryOperator::Equal;
            general(machine, operator, &remainder, &expected, &operands.blame)
        });
    bool::pack(answer.map(|equal| equal == wanted))
}
