//! The tree of a program: exactly what was written, nothing decided yet.
//!
//! The parser builds it, the resolver reads it. Every node has its span; children lie inside
//! their parents, in the order of the text. Nothing here says whether a program makes sense:
//! assignment targets, duplicate parameters, `break` outside of a loop and unknown names are
//! judged by the resolver, which sees the whole and can report all errors at once.

use std::sync::Arc;

use num_bigint::BigInt;

pub use super::operator::{BinaryOperator, FormatSpec};
use super::span::Span;

/// A whole source file, or one entry of a session.
#[derive(Clone, Debug)]
pub struct Tree {
    /// The statements, in order; the span is the whole text.
    pub block: Block,
}

/// A name where it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name itself.
    pub text: Arc<str>,
    /// Where it stands.
    pub span: Span,
}

/// `{ ... }`: statements; its value is that of a last expression statement, or nil.
#[derive(Clone, Debug)]
pub struct Block {
    /// The statements, in order.
    pub statements: Vec<Statement>,
    /// From the opening to the closing brace.
    pub span: Span,
}

/// One statement.
#[derive(Clone, Debug)]
pub struct Statement {
    /// What it is.
    pub kind: StatementKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of statements.
#[derive(Clone, Debug)]
pub enum StatementKind {
    /// `e`
    Expression(Expr),
    /// `let a = e`, `let a, b = e`
    Let {
        /// One name, or several to unpack into.
        names: Vec<Name>,
        /// What they get.
        value: Box<Expr>,
    },
    /// `x = e`, `xs[i] = e`, `m.key = e`, `a, b = e`
    Assign {
        /// One target, or several to unpack into. Any expression here: the resolver judges.
        targets: Vec<Expr>,
        /// What they get.
        value: Box<Expr>,
    },
    /// `x += e` and its like
    Update {
        /// What is read and written.
        target: Box<Expr>,
        /// `+` for `+=`.
        operator: BinaryOperator,
        /// The right operand.
        value: Box<Expr>,
    },
    /// `fn name(...) { ... }`
    Function(Box<Function>),
    /// `while c { }`
    While {
        /// Tested before every turn.
        condition: Box<Expr>,
        /// The turn.
        body: Box<Block>,
    },
    /// `for a, b in e { }`
    For {
        /// One name, or several to unpack each element into.
        names: Vec<Name>,
        /// What is gone over.
        iterable: Box<Expr>,
        /// The turn.
        body: Box<Block>,
    },
    /// `return`, `return e`
    Return(Option<Expr>),
    /// `break`
    Break,
    /// `continue`
    Continue,
    /// `throw e`
    Throw(Expr),
    /// `with e { }`, `with name = e { }`
    With {
        /// The variable that holds the resource inside the block.
        name: Option<Name>,
        /// What is acquired and released.
        resource: Box<Expr>,
        /// While it is held.
        body: Box<Block>,
    },
    /// `check "what must hold" { }`
    Check {
        /// What must hold, as it is shown.
        title: Arc<str>,
        /// Where the title stands.
        title_span: Span,
        /// The program that must not fail.
        body: Box<Block>,
    },
    /// Statements that could not be read; an error has been reported for them.
    Error,
}

/// One expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of expressions.
#[derive(Clone, Debug)]
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
    /// `"text"`, escapes already resolved.
    String(Arc<str>),
    /// `f"{n} is {x:.2f}"`
    Format(Vec<FormatPart>),
    /// A variable or builtin.
    Name(Arc<str>),
    /// `[a, b]`
    List(Vec<Expr>),
    /// `["a": 1]`, `[:]`
    Map(Vec<(Expr, Expr)>),
    /// `[e for x in xs if c]`
    ListComprehension {
        /// Evaluated for every turn.
        element: Box<Expr>,
        /// The `for … in … if …`.
        clause: Box<Comprehension>,
    },
    /// `[k: v for x in xs if c]`
    MapComprehension {
        /// The key of every turn.
        key: Box<Expr>,
        /// The value of every turn.
        value: Box<Expr>,
        /// The `for … in … if …`.
        clause: Box<Comprehension>,
    },
    /// `-x`
    Negate(Box<Expr>),
    /// `not x`
    Not(Box<Expr>),
    /// `a + b` and the other operators that always evaluate both sides.
    Binary {
        /// Which.
        operator: BinaryOperator,
        /// Where the operator itself stands.
        operator_span: Span,
        /// Evaluated first.
        left: Box<Expr>,
        /// Evaluated second.
        right: Box<Expr>,
    },
    /// `a and b`
    And(Box<Expr>, Box<Expr>),
    /// `a or b`
    Or(Box<Expr>, Box<Expr>),
    /// `a :: b`
    Stream {
        /// Evaluated now.
        head: Box<Expr>,
        /// Evaluated when forced.
        tail: Box<Expr>,
    },
    /// `f(a, name: b)`
    Call {
        /// What is called.
        function: Box<Expr>,
        /// In the order of the text.
        arguments: Vec<Argument>,
    },
    /// `x.f(a)`: `f(x, a)`
    MethodCall {
        /// The first argument.
        receiver: Box<Expr>,
        /// The function's name, looked up in the scope.
        method: Box<Name>,
        /// The further arguments.
        arguments: Vec<Argument>,
    },
    /// `m.key`
    Field {
        /// A map or an error.
        object: Box<Expr>,
        /// The key.
        name: Box<Name>,
    },
    /// `xs[i]`
    Index {
        /// A list, map, string, bytes or range.
        object: Box<Expr>,
        /// The index or key.
        index: Box<Expr>,
    },
    /// `xs[a:b]`
    Slice {
        /// A list, string, bytes or range.
        object: Box<Expr>,
        /// Where it begins.
        start: Option<Box<Expr>>,
        /// Where it ends.
        end: Option<Box<Expr>>,
    },
    /// `if c { } else { }`; `else if` is an `otherwise` block that holds just that `if`.
    If {
        /// Must be a bool.
        condition: Box<Expr>,
        /// When true.
        then: Box<Block>,
        /// When false.
        otherwise: Option<Box<Block>>,
    },
    /// `try { } catch e { } finally { }`; at least one of the two is there.
    Try {
        /// What may fail.
        body: Box<Block>,
        /// The variable for the error and what is done with it.
        catch: Option<Box<(Name, Box<Block>)>>,
        /// What is done in any case.
        finally: Option<Box<Block>>,
    },
    /// `{ ... }` as an expression.
    Block(Box<Block>),
    /// `fn(a) => e`, `fn(a) { ... }`
    Lambda(Box<Function>),
    /// `future e on place`
    Future {
        /// What the new task evaluates (a block expression is an [`ExprKind::Block`]).
        body: Box<Expr>,
        /// Where; the shared thread pool if absent.
        place: Option<Box<Expr>>,
    },
    /// `spawn e on place`
    Spawn {
        /// What the new task evaluates.
        body: Box<Expr>,
        /// Where; a thread if absent.
        place: Option<Box<Expr>>,
    },
    /// `delay e`
    Delay(Box<Expr>),
    /// An expression that could not be read; an error has been reported for it.
    Error,
}

/// `for a, b in xs if c`
#[derive(Clone, Debug)]
pub struct Comprehension {
    /// One name, or several to unpack each element into.
    pub names: Vec<Name>,
    /// What is gone over.
    pub iterable: Expr,
    /// Which turns count.
    pub condition: Option<Expr>,
}

/// A named function or a lambda.
#[derive(Clone, Debug)]
pub struct Function {
    /// `None` for a lambda.
    pub name: Option<Name>,
    /// The `##` lines above it, without the marks.
    pub documentation: Option<Arc<str>>,
    /// In order.
    pub parameters: Vec<Parameter>,
    /// `=> e` is a block of that one expression.
    pub body: Box<Block>,
    /// From `fn` to the end of the body.
    pub span: Span,
}

/// `a`, `b = default`
#[derive(Clone, Debug)]
pub struct Parameter {
    /// The variable.
    pub name: Name,
    /// Evaluated at each call that gives no argument.
    pub default: Option<Expr>,
}

/// `e`, `name: e`
#[derive(Clone, Debug)]
pub struct Argument {
    /// The parameter's name, if given.
    pub name: Option<Name>,
    /// What is passed.
    pub value: Expr,
}

/// A piece of an f-string.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant)] // there are few, and most are holes
pub enum FormatPart {
    /// Text between the holes, escapes and doubled braces resolved.
    Text(Arc<str>),
    /// `{e}`, `{e:spec}`
    Hole {
        /// What is shown.
        value: Expr,
        /// How.
        spec: Option<(FormatSpec, Span)>,
    },
}
