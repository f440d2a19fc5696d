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
//!
//! A function of the top level that depends on no variable is a constant: whoever uses it finds it
//! in the program, and captures nothing.

use std::sync::Arc;

pub use super::code::*;
use crate::syntax::span::Span;

/// A slot of the running template's own row.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct LocalSlot(pub u32);

/// An index into the captures of the running function.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct CaptureSlot(pub u32);

/// An index into [`Program::templates`].
#[derive(
    Copy, Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub struct TemplateId(pub u32);

/// How a variable is stored.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Storage {
    /// The slot holds the value.
    Plain,
    /// The slot holds a cell that is filled once.
    Once,
    /// The slot holds a cell that any task may read and write.
    Shared,
}

/// Where a variable is found from a place of use.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Place {
    /// In the running template's own row.
    Local(LocalSlot),
    /// Among its captures.
    Capture(CaptureSlot),
    /// It is the running function itself (a recursive call).
    Itself,
    /// It is the one function of a template that is a constant.
    Constant(TemplateId),
}

/// A use of a variable.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Variable {
    /// Its name.
    pub name: Arc<str>,
    /// Where to find it.
    pub place: Place,
    /// What is found there.
    pub storage: Storage,
    /// Whether nobody reads it afterwards: its value may move.
    pub is_last: bool,
}

/// The place where a variable is declared: it gets a slot of its own there.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
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

/// A variable of a row, and the stretch of the text in which its slot holds it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LocalName {
    /// The variable.
    pub binding: Binding,
    /// Where its `let` has run.
    pub from: u32,
    /// Where its scope ends.
    pub until: u32,
}

impl LocalName {
    /// Whether it has its value at a place of its template's own code.
    pub fn lives_at(&self, place: Span) -> bool {
        self.from <= place.start && place.start < self.until
    }
}

/// A whole program.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
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

impl TemplateKind {
    /// Whether it is the body of a promise or task: it has no name, and no parameters.
    pub fn is_body(&self) -> bool {
        match self {
            TemplateKind::Future | TemplateKind::Spawn => true,
            TemplateKind::Delay | TemplateKind::Tail => true,
            TemplateKind::Main | TemplateKind::Function | TemplateKind::Check(_) => false,
        }
    }
}

/// A piece of code that gets a row of slots of its own.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Template {
    /// Its own id.
    pub id: TemplateId,
    /// What it is.
    pub kind: TemplateKind,
    /// A function's name.
    pub name: Option<Arc<str>>,
    /// Whether it is a function that captures nothing and is made once.
    pub is_constant: bool,
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
    pub names: Vec<LocalName>,
    /// Where it stands.
    pub span: Span,
    /// What is shown as the code of a task: the span of the operand of `future` or `spawn`.
    pub body_span: Span,
}

impl Template {
    /// The name of what it calls, if it does nothing else: `accum` for `spawn accum(q1, q2, 0)`.
    pub fn called(&self) -> Option<&Arc<str>> {
        let [statement] = &*self.body.statements else {
            return None;
        };
        let StatementKind::Expression(expression) = &statement.kind else {
            return None;
        };
        let ExprKind::Call { function, .. } = &expression.kind else {
            return None;
        };
        match &function.kind {
            ExprKind::Variable(variable) => Some(&variable.name),
            ExprKind::Builtin(name) => Some(name),
            _ => None,
        }
    }
}

/// A parameter of a template.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Parameter {
    /// The variable. If it is stored in a cell, the cell is made from the argument at entry.
    pub binding: Binding,
    /// Evaluated in the callee's row at each call that gives no argument; it sees the parameters
    /// before it.
    pub default: Option<Expr>,
}

/// One capture of a template.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
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
