//! The resolved program: names have become slots, judgement has been passed.
//!
//! Every piece of code that gets variables of its own when it runs (the main program, a function,
//! the body of a `future`, `spawn`, `delay`, the tail of a `::`, a `check`) is a [`Template`].
//! Running one needs a row of slots and the captures it was made with, nothing else:
//!
//! ```text
//!   let n = 1                     main: slot 0 = n (shared: captured and assigned)
//!   fn inc(k) { n += k }          inc:  slot 0 = k, capture 0 = main's slot 0
//!   spawn inc(2)                  task: capture 0 = inc
//! ```
//!
//! How a variable is stored is decided once, here, from how the whole program uses it:
//!
//! | storage | used when | a slot holds | another task can notice |
//! | --- | --- | --- | --- |
//! | plain | never captured, or captured only after its `let` and never assigned again (then captures hold copies) | the value | no |
//! | once | captured before its `let` has run (functions see later `let`s, recursion) and never assigned again | a cell filled once | no |
//! | shared | captured and assigned | a cell with atomic access | yes |

use std::sync::Arc;

use num_bigint::BigInt;

use crate::syntax::span::Span;
use crate::syntax::tree::{BinaryOperator, FormatSpec};

/// A slot of the running template's own row.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub struct LocalSlot(pub u32);

/// An index into the captures of the running function.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub struct CaptureSlot(pub u32);

/// An index into [`Program::templates`].
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TemplateId(pub u32);

/// How a variable is stored.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum Storage {
    /// The slot holds the value.
    Plain,
    /// The slot holds a cell that is filled once.
    Once,
    /// The slot holds a cell that any task may read and write.
    Shared,
}

/// Where a variable is found from a place of use.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// In the running template's own row.
    Local(LocalSlot),
    /// Among its captures.
    Capture(CaptureSlot),
    /// It is the running function itself (a recursive call).
    Itself,
}

/// A use of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: Arc<str>,
    /// Where to find it.
    pub place: Place,
    /// What is found there.
    pub storage: Storage,
}

/// The place where a variable is declared: it gets a slot of its own there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Its name.
    pub name: Arc<str>,
    /// Where the name stands.
    pub span: Span,
    /// Its slot.
    pub slot: LocalSlot,
    /// How it is stored. For `Once` and `Shared` the cell is made when the scope is entered
    /// (see [`Block::cells`]), so the declaration fills it.
    pub storage: Storage,
}

/// A whole program.
#[derive(Clone, Debug)]
pub struct Program {
    /// All code, found by [`TemplateId`]; templates refer to each other by id only.
    pub templates: Vec<Arc<Template>>,
    /// The main program. It has no parameters; in a session its captures are the variables of
    /// earlier entries.
    pub main: TemplateId,
    /// The `check` blocks, in order.
    pub checks: Vec<TemplateId>,
}

impl Program {
    /// The template with this id.
    pub fn template(&self, id: TemplateId) -> &Arc<Template> {
        &self.templates[id.0 as usize]
    }
}

/// What a template is the code of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplateKind {
    /// The main program.
    Main,
    /// A named function or lambda.
    Function,
    /// The body of a `future`.
    Future,
    /// The body of a `spawn`.
    Spawn,
    /// The body of a `delay`.
    Delay,
    /// What stands after `::`.
    Tail,
    /// A `check` block.
    Check(Arc<str>),
}

/// A piece of code that gets a row of slots of its own.
#[derive(Clone, Debug)]
pub struct Template {
    /// Its own id.
    pub id: TemplateId,
    /// What it is.
    pub kind: TemplateKind,
    /// A function's name.
    pub name: Option<Arc<str>>,
    /// Its `##` lines.
    pub documentation: Option<Arc<str>>,
    /// In order; their slots are 0, 1, 2, ….
    pub parameters: Vec<Parameter>,
    /// Cells of parameters that are captured: made at entry, filled with the arguments.
    pub body: Block,
    /// How many slots a row has.
    pub slots: u32,
    /// What is copied from the maker's row or captures when a function is made of this template.
    pub captures: Vec<Capture>,
    /// Every variable that ever lives in a slot, for reports.
    pub names: Vec<Binding>,
    /// Where it stands.
    pub span: Span,
    /// What is shown as the code of a task: the span of the operand of `future` or `spawn`.
    pub body_span: Span,
}

/// A parameter of a template.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// The variable. If it is stored in a cell, the cell is made from the argument at entry.
    pub binding: Binding,
    /// Evaluated in the callee's row at each call that gives no argument; it sees the parameters
    /// before it.
    pub default: Option<Expr>,
}

/// One capture of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    /// The variable's name.
    pub name: Arc<str>,
    /// Where the maker finds it: `Local`, `Capture` or `Itself`.
    pub from: Place,
    /// What is copied: a value (`Plain`) or a cell.
    pub storage: Storage,
    /// Where the variable is declared.
    pub declared: Span,
}

/// Statements with a scope of their own.
#[derive(Clone, Debug)]
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
#[derive(Clone, Debug)]
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
#[derive(Clone, Debug)]
pub struct Comprehension {
    /// One: the element; several: its unpacked parts. Cells are made anew each turn.
    pub bindings: Vec<Binding>,
    /// What is gone over.
    pub iterable: Expr,
    /// Which turns count.
    pub condition: Option<Expr>,
}

/// `e`, `name: e`
#[derive(Clone, Debug)]
pub struct Argument {
    /// The parameter's name and where it stands, if given.
    pub name: Option<(Arc<str>, Span)>,
    /// What is passed.
    pub value: Expr,
}

/// A piece of an f-string.
// F-strings are short: a box for each hole would cost more than the room it saves.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Debug)]
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
