//! The resolved tree inside a template: blocks, statements and expressions.
//!
//! The same constructs as in `syntax::tree`, with the names gone: variables are slots or captures,
//! `x.f(a)` has become a call, and what runs with a row of its own is a template.

use std::sync::Arc;

use num_bigint::BigInt;

use super::program::{Binding, TemplateId, Variable};
use crate::syntax::span::Span;
use crate::syntax::tree::{BinaryOperator, FormatSpec};

/// Statements with a scope of their own.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Block {
    /// Slots whose cells are made anew when the block is entered (each turn of a loop enters its
    /// body anew). Only `Once` and `Shared` bindings declared directly in this block, named
    /// functions included; not parameters, not the variables of `for`, `catch` and `with`.
    pub cells: Vec<Binding>,
    /// The named functions of the block, made at entry, in order of the text, after the cells.
    pub functions: Vec<(Binding, TemplateId)>,
    /// The statements; named functions and `check` blocks have left no trace here.
    pub statements: Vec<Statement>,
    /// Where it stands.
    pub span: Span,
}

/// One statement.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Statement {
    /// What it is.
    pub kind: StatementKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of statements.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub enum StatementKind {
    /// `e`
    Expression(Expr),
    /// `let a = e`
    Let {
        /// The variable.
        binding: Binding,
        /// What it gets.
        value: Expr,
    },
    /// `let a, b = e`
    LetUnpacked {
        /// The variables.
        bindings: Vec<Binding>,
        /// A list of exactly that length.
        value: Expr,
    },
    /// `x = e`, `xs[i] = e`, `m.key = e`
    Assign {
        /// What is written.
        target: Target,
        /// What it gets, evaluated after the parts of the target.
        value: Expr,
    },
    /// `a, b = e`
    AssignUnpacked {
        /// What is written, in order.
        targets: Vec<Target>,
        /// A list of exactly that length.
        value: Expr,
    },
    /// `x += e`: the parts of the target once, then read, then `e`, then write.
    Update {
        /// What is read and written.
        target: Target,
        /// `+` for `+=`.
        operator: BinaryOperator,
        /// The right operand.
        value: Expr,
    },
    /// `while c { }`
    While {
        /// Tested before every turn.
        condition: Expr,
        /// The turn.
        body: Block,
    },
    /// `for a, b in e { }`
    For {
        /// One: the element; several: its unpacked parts. Cells are made anew each turn.
        bindings: Vec<Binding>,
        /// What is gone over.
        iterable: Expr,
        /// The turn.
        body: Block,
    },
    /// `return e`
    Return(Option<Expr>),
    /// `break`
    Break,
    /// `continue`
    Continue,
    /// `throw e`
    Throw(Expr),
    /// `with e { }`
    With {
        /// The variable for the resource.
        binding: Option<Binding>,
        /// What is held.
        resource: Expr,
        /// While it is held.
        body: Block,
    },
}

/// What an assignment writes.
// One of these lives in a statement, not in long lists: its size matters less than a box.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub enum Target {
    /// A variable.
    Variable(Variable, Span),
    /// `xs[i]`
    Index {
        /// A list or map.
        object: Expr,
        /// The index or key.
        index: Expr,
        /// The whole target.
        span: Span,
    },
    /// `m.key`
    Field {
        /// A map.
        object: Expr,
        /// The key.
        name: Arc<str>,
        /// The whole target.
        span: Span,
    },
}

/// One expression.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of expressions.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub enum ExprKind {
    /// `nil`
    Nil,
    /// `true`, `false`
    Bool(bool),
    /// `42`
    Int(i64),
    /// An integer beyond 64 bits.
    BigInt(Arc<BigInt>),
    /// `1.5`
    Float(f64),
    /// `"text"`
    String(Arc<str>),
    /// An f-string.
    Format(Vec<FormatPart>),
    /// A variable.
    Variable(Variable),
    /// A builtin, by name: functions, `pi`, and the places `thread` and `process`.
    Builtin(Arc<str>),
    /// `[a, b]`
    List(Vec<Expr>),
    /// `["a": 1]`
    Map(Vec<(Expr, Expr)>),
    /// `[e for x in xs if c]`
    ListComprehension {
        /// Evaluated for every turn.
        element: Box<Expr>,
        /// The rest.
        clause: Box<Comprehension>,
    },
    /// `[k: v for x in xs if c]`
    MapComprehension {
        /// The key of every turn.
        key: Box<Expr>,
        /// The value of every turn.
        value: Box<Expr>,
        /// The rest.
        clause: Box<Comprehension>,
    },
    /// `-x`
    Negate(Box<Expr>),
    /// `not x`
    Not(Box<Expr>),
    /// `a + b`
    Binary {
        /// Which.
        operator: BinaryOperator,
        /// First.
        left: Box<Expr>,
        /// Second.
        right: Box<Expr>,
    },
    /// `a and b`
    And(Box<Expr>, Box<Expr>),
    /// `a or b`
    Or(Box<Expr>, Box<Expr>),
    /// `a :: b`
    Stream {
        /// Now.
        head: Box<Expr>,
        /// When forced.
        tail: TemplateId,
    },
    /// `f(a)` and `x.f(a)`, which has become `f(x, a)`.
    Call {
        /// What is called.
        function: Box<Expr>,
        /// In the order of the text, a method's receiver first.
        arguments: Vec<Argument>,
        /// Whether it was written `x.f(a)`.
        method: bool,
    },
    /// `m.key`
    Field {
        /// A map or an error.
        object: Box<Expr>,
        /// The key.
        name: Arc<str>,
    },
    /// `xs[i]`
    Index {
        /// What is indexed.
        object: Box<Expr>,
        /// The index or key.
        index: Box<Expr>,
    },
    /// `xs[a:b]`
    Slice {
        /// What is sliced.
        object: Box<Expr>,
        /// Where it begins.
        start: Option<Box<Expr>>,
        /// Where it ends.
        end: Option<Box<Expr>>,
    },
    /// `if c { } else { }`
    If {
        /// Must be a bool.
        condition: Box<Expr>,
        /// When true.
        then: Block,
        /// When false.
        otherwise: Option<Block>,
    },
    /// `try { } catch e { } finally { }`
    Try {
        /// What may fail.
        body: Block,
        /// The variable for the error (its cell is made anew) and what is done with it.
        catch: Option<(Binding, Block)>,
        /// What is done in any case.
        finally: Option<Block>,
    },
    /// `{ ... }`
    Block(Block),
    /// `fn(a) => e`
    Lambda(TemplateId),
    /// `future e on place`: the place is evaluated first.
    Future {
        /// What the new task runs.
        body: TemplateId,
        /// Where.
        place: Option<Box<Expr>>,
    },
    /// `spawn e on place`
    Spawn {
        /// What the new task runs.
        body: TemplateId,
        /// Where.
        place: Option<Box<Expr>>,
    },
    /// `delay e`
    Delay(TemplateId),
}

/// `for a, b in xs if c`; its variables are fresh in every turn.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Comprehension {
    /// One: the element; several: its unpacked parts. Cells are made anew each turn.
    pub bindings: Vec<Binding>,
    /// What is gone over.
    pub iterable: Expr,
    /// Which turns count.
    pub condition: Option<Expr>,
}

/// `e`, `name: e`
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Argument {
    /// The parameter's name and where it stands, if given.
    pub name: Option<(Arc<str>, Span)>,
    /// What is passed.
    pub value: Expr,
}

/// A piece of an f-string.
// F-strings are short: a box for each hole would cost more than the room it saves.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub enum FormatPart {
    /// Text between the holes.
    Text(Arc<str>),
    /// `{e:spec}`
    Hole {
        /// What is shown.
        value: Expr,
        /// How.
        spec: Option<(FormatSpec, Span)>,
    },
}
