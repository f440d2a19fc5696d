//! Operands: what stands beside an operator.
//!
//! A local variable, a captured one and an integer are read where they are; anything else is
//! evaluated first and held. Each operator is one generic function over its two operands, so the
//! Rust compiler writes out every combination:
//!
//! ```text
//!   n % i      remainder::<Local, Local>        f(n) + 1     sum::<Any, Integer>
//! ```
//!
//! A variable is read in place only if what stands right of it cannot assign to it: in
//! `x + { x = 2; x }` the first x is the old one.

use super::blame::Blame;
use super::code::{Code, Compiler};
use super::expression::expression;
use crate::resolve::program::{Expr, ExprKind, FormatPart, LocalSlot, Place, Storage};
use crate::runtime::machine::Machine;
use crate::value::discard::discard;
use crate::value::running::Running;
use crate::value::{Result, Value};

/// A kind of operand.
pub trait Operand: Send + Sync + 'static {
    /// What is kept between evaluating and using it.
    type Held: Hold;

    /// Whether lending it makes a copy.
    const LENDS_A_COPY: bool = false;

    /// Evaluates it, if it needs to be.
    fn hold(&self, machine: &mut Machine<'_>, function: Running<'_>) -> Result<Self::Held>;

    /// Its value.
    fn peek<'a>(
        &'a self,
        held: &'a Self::Held,
        machine: &'a Machine<'_>,
        function: Running<'a>,
    ) -> &'a Value;

    /// Lends it to a call, where it lies if the call cannot change it there.
    fn lend<R>(
        &self,
        held: Self::Held,
        machine: &mut Machine<'_>,
        function: Running<'_>,
        call: impl FnOnce(&mut Machine<'_>, &Value) -> R,
    ) -> R;

    /// Its value, if it is an int of 64 bits.
    #[inline(always)]
    fn int(&self, held: &Self::Held, machine: &Machine<'_>, function: Running<'_>) -> Option<i64> {
        match self.peek(held, machine, function) {
            Value::Int(value) => Some(*value),
            _ => None,
        }
    }
}

/// What an operand keeps.
pub trait Hold {
    /// It is no longer needed.
    fn release(self);
}

impl Hold for () {
    #[inline(always)]
    fn release(self) {}
}

impl Hold for Value {
    #[inline(always)]
    fn release(self) {
        discard(self);
    }
}

/// A plain local variable.
pub struct Local(LocalSlot);

impl Operand for Local {
    type Held = ();

    const LENDS_A_COPY: bool = true;

    #[inline(always)]
    fn hold(&self, _: &mut Machine<'_>, _: Running<'_>) -> Result<()> {
        Ok(())
    }

    #[inline(always)]
    fn peek<'a>(&'a self, _: &'a (), machine: &'a Machine<'_>, _: Running<'a>) -> &'a Value {
        machine.local(self.0)
    }

    #[inline(always)]
    fn lend<R>(
        &self,
        _: (),
        machine: &mut Machine<'_>,
        _: Running<'_>,
        call: impl FnOnce(&mut Machine<'_>, &Value) -> R,
    ) -> R {
        let value = machine.local(self.0).copied();
        let result = call(machine, &value);
        discard(value);
        result
    }
}

/// A captured variable that is never assigned.
pub struct Captured(usize);

impl Operand for Captured {
    type Held = ();

    #[inline(always)]
    fn hold(&self, _: &mut Machine<'_>, _: Running<'_>) -> Result<()> {
        Ok(())
    }

    #[inline(always)]
    fn peek<'a>(&'a self, _: &'a (), _: &'a Machine<'_>, function: Running<'a>) -> &'a Value {
        &function.get().captures[self.0]
    }

    #[inline(always)]
    fn lend<R>(
        &self,
        _: (),
        machine: &mut Machine<'_>,
        function: Running<'_>,
        call: impl FnOnce(&mut Machine<'_>, &Value) -> R,
    ) -> R {
        call(machine, &function.captures[self.0])
    }
}

/// An integer that stands in the program.
pub struct Integer(i64, Value);

impl Operand for Integer {
    type Held = ();

    #[inline(always)]
    fn hold(&self, _: &mut Machine<'_>, _: Running<'_>) -> Result<()> {
        Ok(())
    }

    #[inline(always)]
    fn peek<'a>(&'a self, _: &'a (), _: &'a Machine<'_>, _: Running<'a>) -> &'a Value {
        &self.1
    }

    #[inline(always)]
    fn lend<R>(
        &self,
        _: (),
        machine: &mut Machine<'_>,
        _: Running<'_>,
        call: impl FnOnce(&mut Machine<'_>, &Value) -> R,
    ) -> R {
        call(machine, &self.1)
    }

    #[inline(always)]
    fn int(&self, _: &(), _: &Machine<'_>, _: Running<'_>) -> Option<i64> {
        Some(self.0)
    }
}

/// Any other expression.
pub struct Any(pub Code);

impl Operand for Any {
    type Held = Value;

    #[inline(always)]
    fn hold(&self, machine: &mut Machine<'_>, function: Running<'_>) -> Result<Value> {
        self.0.run(machine, function)
    }

    #[inline(always)]
    fn peek<'a>(&'a self, held: &'a Value, _: &'a Machine<'_>, _: Running<'a>) -> &'a Value {
        held
    }

    #[inline(always)]
    fn lend<R>(
        &self,
        held: Value,
        machine: &mut Machine<'_>,
        _: Running<'_>,
        call: impl FnOnce(&mut Machine<'_>, &Value) -> R,
    ) -> R {
        let result = call(machine, &held);
        discard(held);
        result
    }
}

/// Two operands, and whom an error blames.
pub struct Operands<L, R> {
    /// What stands left.
    pub left: L,
    /// What stands right.
    pub right: R,
    /// The operation and its operands.
    pub blame: Blame,
}

/// A node of two operands that is to be built once their kinds are known.
pub trait Node {
    /// What it becomes.
    type Output;

    /// Builds it for these kinds.
    fn build<L: Operand, R: Operand>(self, left: L, right: R) -> Self::Output;
}

/// Builds a node for the kinds of its two operands.
pub fn with_operands<N: Node>(
    compiler: &Compiler,
    left: &Expr,
    right: &Expr,
    node: N,
) -> N::Output {
    match shape(left) {
        Shape::Local(slot) if !has_blocks(right) => with_right(compiler, Local(slot), right, node),
        Shape::Captured(slot) => with_right(compiler, Captured(slot), right, node),
        Shape::Integer(value) => {
            with_right(compiler, Integer(value, Value::Int(value)), right, node)
        }
        _ => with_right(compiler, Any(expression(compiler, left)), right, node),
    }
}

/// A node of one operand that is to be built once its kind is known.
pub trait SingleNode {
    /// What it becomes.
    type Output;

    /// Builds it for this kind.
    fn build<O: Operand>(self, operand: O) -> Self::Output;
}

/// Builds a node for the kind of its operand. `in_place` says whether a variable may be read where
/// it is when the operand is used: nothing evaluated before that may assign to it.
pub fn with_operand<N: SingleNode>(
    compiler: &Compiler,
    operand: &Expr,
    in_place: bool,
    node: N,
) -> N::Output {
    match shape(operand) {
        Shape::Local(slot) if in_place => node.build(Local(slot)),
        Shape::Captured(slot) => node.build(Captured(slot)),
        _ => node.build(Any(expression(compiler, operand))),
    }
}

fn with_right<N: Node, L: Operand>(
    compiler: &Compiler,
    left: L,
    right: &Expr,
    node: N,
) -> N::Output {
    match shape(right) {
        Shape::Local(slot) => node.build(left, Local(slot)),
        Shape::Captured(slot) => node.build(left, Captured(slot)),
        Shape::Integer(value) => node.build(left, Integer(value, Value::Int(value))),
        Shape::Any => node.build(left, Any(expression(compiler, right))),
    }
}

enum Shape {
    Local(LocalSlot),
    Captured(usize),
    Integer(i64),
    Any,
}

fn shape(expr: &Expr) -> Shape {
    match &expr.kind {
        ExprKind::Int(value) => Shape::Integer(*value),
        ExprKind::Variable(variable) if variable.storage == Storage::Plain => {
            match variable.place {
                Place::Local(slot) => Shape::Local(slot),
                Place::Capture(slot) => Shape::Captured(slot.0 as usize),
                Place::Itself | Place::Constant(_) => Shape::Any,
            }
        }
        _ => Shape::Any,
    }
}

/// An operand that is read where it is, of a kind that is only looked at when it is read: for
/// nodes of so many operands that not every combination is to be written out.
pub enum Spot {
    /// A plain local variable.
    Local(LocalSlot),
    /// A captured one that is never assigned.
    Captured(usize),
    /// An integer that stands in the program.
    Integer(Value),
}

impl Spot {
    /// Its value.
    #[inline(always)]
    pub fn peek<'a>(&'a self, machine: &'a Machine<'_>, function: Running<'a>) -> &'a Value {
        match self {
            Spot::Local(slot) => machine.local(*slot),
            Spot::Captured(slot) => &function.get().captures[*slot],
            Spot::Integer(value) => value,
        }
    }
}

/// An expression as one.
pub fn spot(expr: &Expr) -> Option<Spot> {
    match shape(expr) {
        Shape::Local(slot) => Some(Spot::Local(slot)),
        Shape::Captured(slot) => Some(Spot::Captured(slot)),
        Shape::Integer(value) => Some(Spot::Integer(Value::Int(value))),
        Shape::Any => None,
    }
}

/// Whether there is a block anywhere in an expression: only in one can a variable be assigned, or
/// a `return` stand.
pub fn has_blocks(expr: &Expr) -> bool {
    let any = |exprs: &[Expr]| exprs.iter().any(has_blocks);
    let maybe = |expr: &Option<Box<Expr>>| expr.as_deref().is_some_and(has_blocks);
    match &expr.kind {
        ExprKind::If { .. } | ExprKind::Try { .. } | ExprKind::Block(_) => true,
        ExprKind::Nil
        | ExprKind::Bool(_)
        | ExprKind::Int(_)
        | ExprKind::BigInt(_)
        | ExprKind::Float(_)
        | ExprKind::String(_)
        | ExprKind::Variable(_)
        | ExprKind::Builtin(_)
        | ExprKind::Lambda(_)
        | ExprKind::Delay(_) => false,
        ExprKind::Format(parts) => parts.iter().any(|part| match part {
            FormatPart::Text(_) => false,
            FormatPart::Hole { value, .. } => has_blocks(value),
        }),
        ExprKind::List(elements) => any(elements),
        ExprKind::Map(entries) => entries
            .iter()
            .any(|(key, value)| has_blocks(key) || has_blocks(value)),
        ExprKind::ListComprehension { element, clause } => {
            has_blocks(element)
                || has_blocks(&clause.iterable)
                || clause.condition.as_ref().is_some_and(has_blocks)
        }
        ExprKind::MapComprehension { key, value, clause } => {
            has_blocks(key)
                || has_blocks(value)
                || has_blocks(&clause.iterable)
                || clause.condition.as_ref().is_some_and(has_blocks)
        }
        ExprKind::Negate(operand) | ExprKind::Not(operand) => has_blocks(operand),
        ExprKind::Binary { left, right, .. }
        | ExprKind::And(left, right)
        | ExprKind::Or(left, right) => has_blocks(left) || has_blocks(right),
        ExprKind::Stream { head, .. } => has_blocks(head),
        ExprKind::Call {
            function,
            arguments,
            ..
        } => has_blocks(function) || arguments.iter().any(|argument| has_blocks(&argument.value)),
        ExprKind::Field { object, .. } => has_blocks(object),
        ExprKind::Index { object, index } => has_blocks(object) || has_blocks(index),
        ExprKind::Slice { object, start, end } => has_blocks(object) || maybe(start) || maybe(end),
        ExprKind::Future { place, .. } | ExprKind::Spawn { place, .. } => maybe(place),
    }
}
