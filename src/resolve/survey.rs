//! What the first walk finds out about a program: who declares, captures, assigns and calls what.
//!
//! Everything that happens gets a *tick*, a number that grows in the order in which code of one
//! template runs if nothing jumps: a block's named functions are made when the block is entered,
//! a `let` is ready when its value is there. So "captured before its `let`" is a comparison:
//!
//! ```text
//!   { fn f() => x      made: 1
//!     let g = fn() => g   made: 2, ready: 3    2 < 3: g is captured before its let
//!     let x = 1        ready: 4                1 < 4: so is x
//!     fn() => x }      made: 5
//! ```

use std::sync::Arc;

use foldhash::HashMap;

use super::alias::Copied;
use super::program::{LocalSlot, Storage, TemplateId, TemplateKind};
use crate::syntax::span::Span;

/// When something happens.
pub type Tick = u32;

/// Of what has not happened yet.
pub const NEVER: Tick = Tick::MAX;

/// An index into [`Survey::variables`].
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VariableId(pub u32);

/// An index into [`Survey::scopes`].
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ScopeId(pub u32);

/// Everything found out.
#[derive(Debug, Default)]
pub struct Survey {
    /// Every variable, in the order of declaration.
    pub variables: Vec<VariableFacts>,
    /// Every template; the main program is the first.
    pub templates: Vec<TemplateFacts>,
    /// Every scope.
    pub scopes: Vec<Scope>,
    /// What each name means, by where it stands; uses and declarations.
    pub meanings: HashMap<Span, Meaning>,
    /// The template of each construct that has one, by where the construct stands.
    pub template_at: HashMap<Span, TemplateId>,
    /// The `check` blocks, in order.
    pub checks: Vec<TemplateId>,
    /// Assignments other than `let`, in order.
    pub assignments: Vec<Assignment>,
    /// Reads of variables of another template, in order.
    pub far_reads: Vec<FarRead>,
    /// Calls of something known by name, in order.
    pub calls: Vec<CallSite>,
    /// Declarations whose value is a name, in order.
    pub copies: Vec<Copied>,
    /// When a template may wait for another task, in order.
    pub waits: Vec<(TemplateId, Tick)>,
}

/// What a name means.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// A variable or named function of the program.
    Variable(VariableId),
    /// A builtin of that name.
    Builtin,
}

/// A variable.
#[derive(Debug)]
pub struct VariableFacts {
    /// Its name.
    pub name: Arc<str>,
    /// Where it is declared.
    pub span: Span,
    /// What declares it.
    pub kind: VariableKind,
    /// In whose row it lives.
    pub template: TemplateId,
    /// In which scope.
    pub scope: ScopeId,
    /// Its slot.
    pub slot: LocalSlot,
    /// When it first has a value.
    pub ready: Tick,
    /// Where in the text that is.
    pub from: u32,
    /// When the first function or task that uses it is made.
    pub first_captured: Tick,
    /// Whether it is a function that calls itself.
    pub used_in_itself: bool,
    /// Whether it is a function that nothing needs to capture; decided by `constant`.
    pub is_constant: bool,
    /// Whether anything but its `let` writes it.
    pub assigned: bool,
    /// Its `let` gives it a pool of processes, which share nothing.
    pub process_pool: bool,
    /// Decided by `capture`.
    pub storage: Storage,
    /// Where in the text its slot goes to another variable, decided by `alias`.
    pub until: Option<u32>,
}

/// What declares a variable.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum VariableKind {
    /// `let`
    Let,
    /// A named `fn`.
    Function(TemplateId),
    /// A parameter.
    Parameter,
    /// `for`, in a loop or comprehension.
    Turn,
    /// `catch`
    Caught,
    /// `with`
    Held,
    /// An earlier entry of the session: the main program's capture of that number.
    Outer(u32),
}

impl VariableKind {
    /// As a report calls a first declaration.
    pub fn first(self) -> &'static str {
        match self {
            VariableKind::Let | VariableKind::Outer(_) => "first declared here",
            VariableKind::Function(_) => "a function of that name stands here",
            VariableKind::Parameter => "a parameter already",
            VariableKind::Turn => "the loop's variable already",
            VariableKind::Caught => "the variable of `catch` already",
            VariableKind::Held => "the variable of `with` already",
        }
    }
}

/// A template.
#[derive(Debug)]
pub struct TemplateFacts {
    /// What it is the code of.
    pub kind: TemplateKind,
    /// In which it stands.
    pub parent: Option<TemplateId>,
    /// In which scope of its parent the construct stands.
    pub scope: ScopeId,
    /// Where the construct stands.
    pub span: Span,
    /// When a function or task is made of it.
    pub made: Tick,
    /// The parameters of a function: name, and whether there is a default.
    pub parameters: Vec<(Arc<str>, bool)>,
    /// The slots that are in use at the moment of the walk.
    pub slots_in_use: u32,
    /// The most slots that ever were.
    pub slots: u32,
    /// The variables that ever live in its row.
    pub names: Vec<VariableId>,
    /// Whether it, or what stands in it, takes a lock.
    pub locks: bool,
    /// A task that runs in a process, so that it shares nothing.
    pub in_process: bool,
}

/// A stretch of code in which names are declared.
#[derive(Debug)]
pub struct Scope {
    /// Around it.
    pub parent: Option<ScopeId>,
    /// What opens it.
    pub kind: ScopeKind,
    /// The template it belongs to.
    pub template: TemplateId,
    /// Its names, later `let`s included.
    pub names: HashMap<Arc<str>, VariableId>,
    /// When it was entered.
    pub opened: Tick,
    /// When it was left.
    pub closed: Tick,
    /// Where in the text that is.
    pub ends: u32,
}

/// What opens a scope.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum ScopeKind {
    /// The variables of earlier entries of a session.
    Outer,
    /// A template: parameters and body.
    Template,
    /// Braces.
    Block,
    /// The turn of a loop.
    Turn,
    /// The turn of a comprehension, which `break` does not see.
    Element,
    /// The condition of a `while`.
    Condition,
    /// An arm of the `if` with that number.
    Arm(Tick),
    /// The block of a `with`.
    Held,
}

/// An assignment to a variable.
#[derive(Debug)]
pub struct Assignment {
    /// What is written.
    pub variable: VariableId,
    /// In which scope the statement stands.
    pub scope: ScopeId,
    /// When it writes.
    pub tick: Tick,
    /// The target.
    pub span: Span,
}

/// A read of a variable of another template.
#[derive(Debug)]
pub struct FarRead {
    /// What is read.
    pub variable: VariableId,
    /// In which scope the name stands.
    pub scope: ScopeId,
    /// Where.
    pub span: Span,
}

/// A call of something known by name.
#[derive(Debug)]
pub struct CallSite {
    /// What is called.
    pub callee: Meaning,
    /// Its name.
    pub name: Arc<str>,
    /// Where the name stands.
    pub name_span: Span,
    /// How many values are passed by position, a receiver included.
    pub positional: usize,
    /// The names of those passed by name.
    pub named: Vec<(Arc<str>, Span)>,
    /// The whole call.
    pub span: Span,
}

impl Survey {
    /// The facts about a variable.
    pub fn variable(&self, id: VariableId) -> &VariableFacts {
        &self.variables[id.0 as usize]
    }

    /// The same, to add to.
    pub fn variable_mut(&mut self, id: VariableId) -> &mut VariableFacts {
        &mut self.variables[id.0 as usize]
    }

    /// Whether a variable belongs to the top level of the program or entry.
    pub fn is_at_the_top(&self, variable: &VariableFacts) -> bool {
        self.is_top(variable.scope)
    }

    /// Whether a scope is that of the top level.
    pub fn is_top(&self, scope: ScopeId) -> bool {
        self.scope(scope).parent == Some(ScopeId(0))
    }

    /// The facts about a template.
    pub fn template(&self, id: TemplateId) -> &TemplateFacts {
        &self.templates[id.0 as usize]
    }

    /// The same, to add to.
    pub fn template_mut(&mut self, id: TemplateId) -> &mut TemplateFacts {
        &mut self.templates[id.0 as usize]
    }

    /// A scope.
    pub fn scope(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.0 as usize]
    }

    /// A scope and those around it, from the inside.
    pub fn scopes_around(&self, id: ScopeId) -> impl Iterator<Item = ScopeId> {
        std::iter::successors(Some(id), |&id| self.scope(id).parent)
    }

    /// A template and those around it, from the inside.
    pub fn templates_around(&self, id: TemplateId) -> impl Iterator<Item = TemplateId> {
        std::iter::successors(Some(id), |&id| self.template(id).parent)
    }

    /// The variable declared by a name that stands there.
    pub fn declared_at(&self, span: Span) -> Option<VariableId> {
        match self.meanings.get(&span) {
            Some(Meaning::Variable(id)) => Some(*id),
            _ => None,
        }
    }
}
