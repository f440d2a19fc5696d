//! Scopes: opening them, declaring names in them, looking names up.
//!
//! All names of a block are declared when it is entered, so that a function sees later `let`s.
//! Whether a use may see a variable that is not ready yet depends on what lies between them:
//!
//! ```text
//!   let x = 1
//!   { x              the outer one: the inner `let` has not run
//!     fn() => x      the inner one: a function runs later; so do `delay` and what follows `::`
//!     future x       the outer one: a task starts now, with the variables as they are now
//!     let x = 2 }
//! ```

use std::sync::Arc;

use foldhash::HashMap;

use super::prelude::Prelude;
use super::program::{LocalSlot, Storage, TemplateId, TemplateKind};
use super::survey::*;
use super::undeclared::Undeclared;
use crate::diagnostics::report::Report;
use crate::syntax::span::Span;
use crate::syntax::tree::Name;

/// The first walk: where it is, and what it has found out so far.
pub struct Walk<'a> {
    /// The builtins.
    pub prelude: &'a Prelude,
    /// Whether this is an entry of a session, in which a second `let` rebinds.
    pub session: bool,
    /// What has been found out.
    pub survey: Survey,
    /// The innermost scope.
    pub scope: ScopeId,
    /// The innermost template.
    pub template: TemplateId,
    /// What is wrong.
    pub reports: Vec<Report>,
    /// Names that nothing declares.
    pub undeclared: Undeclared,
    /// The tree has parts that could not be read; they may have declared anything.
    pub unreadable: bool,
    /// The end of the expression that was walked last.
    pub reached: u32,
    clock: Tick,
}

/// What looking up a name finds.
pub enum Found {
    /// This.
    Known(Meaning),
    /// A `let` that stands behind the use, and nothing around it.
    Later(VariableId),
    /// Nothing.
    Nothing,
}

impl<'a> Walk<'a> {
    /// A walk that has found out nothing yet and stands in the outermost scope.
    pub fn new(prelude: &'a Prelude, session: bool) -> Walk<'a> {
        let mut walk = Walk {
            prelude,
            session,
            survey: Survey::default(),
            scope: ScopeId(0),
            template: TemplateId(0),
            reports: Vec::new(),
            undeclared: Undeclared::default(),
            unreadable: false,
            reached: 0,
            clock: 0,
        };
        walk.survey.scopes.push(Scope {
            parent: None,
            kind: ScopeKind::Outer,
            template: TemplateId(0),
            names: HashMap::default(),
            opened: 0,
            closed: NEVER,
            ends: u32::MAX,
        });
        walk
    }

    /// The next tick.
    pub fn tick(&mut self) -> Tick {
        self.clock += 1;
        self.clock
    }

    /// Runs `inside` in a new scope. The slots declared there are free again afterwards.
    pub fn in_scope(&mut self, kind: ScopeKind, inside: impl FnOnce(&mut Self)) {
        let around = self.scope;
        let slots = self.survey.template(self.template).slots_in_use;
        let opened = self.tick();
        self.scope = ScopeId(self.survey.scopes.len() as u32);
        self.survey.scopes.push(Scope {
            parent: Some(around),
            kind,
            template: self.template,
            names: HashMap::default(),
            opened,
            closed: NEVER,
            ends: u32::MAX,
        });
        inside(self);
        let closed = self.tick();
        self.survey.scopes[self.scope.0 as usize].closed = closed;
        self.scope = around;
        self.survey.template_mut(self.template).slots_in_use = slots;
    }

    /// A new template for the construct at `span`, made at `made`.
    pub fn new_template(&mut self, kind: TemplateKind, span: Span, made: Tick) -> TemplateId {
        let id = TemplateId(self.survey.templates.len() as u32);
        self.survey.templates.push(TemplateFacts {
            parent: (id.0 > 0).then_some(self.template),
            scope: self.scope,
            kind,
            span,
            made,
            parameters: Vec::new(),
            slots_in_use: 0,
            slots: 0,
            names: Vec::new(),
            locks: false,
            in_process: false,
        });
        self.survey.template_at.insert(span, id);
        id
    }

    /// Runs `inside` in the template's own scope.
    pub fn in_template(&mut self, id: TemplateId, inside: impl FnOnce(&mut Self)) {
        let maker = std::mem::replace(&mut self.template, id);
        self.in_scope(ScopeKind::Template, inside);
        self.template = maker;
    }

    /// Declares a name in the innermost scope; it is not ready yet. `None` if the scope has that
    /// name already (reported).
    pub fn declare(&mut self, name: &Name, kind: VariableKind) -> Option<VariableId> {
        let outer = matches!(kind, VariableKind::Outer(_));
        if let Some(first) = self.already_declared(name).filter(|_| !outer) {
            self.survey
                .meanings
                .insert(name.span, Meaning::Variable(first));
            if self.rebinds() {
                self.survey.variable_mut(first).assigned = true;
            } else {
                self.report_second(name, first, kind);
            }
            return None;
        }
        let id = VariableId(self.survey.variables.len() as u32);
        let template = self.survey.template_mut(self.template);
        let slot = LocalSlot(template.slots_in_use);
        if !outer {
            template.names.push(id);
            template.slots_in_use += 1;
            template.slots = template.slots.max(template.slots_in_use);
        }
        self.survey.variables.push(VariableFacts {
            name: name.text.clone(),
            span: name.span,
            kind,
            template: self.template,
            scope: self.scope,
            slot,
            ready: NEVER,
            from: u32::MAX,
            first_captured: NEVER,
            used_in_itself: false,
            is_constant: false,
            assigned: false,
            process_pool: false,
            storage: Storage::Plain,
            until: None,
        });
        self.survey
            .meanings
            .insert(name.span, Meaning::Variable(id));
        self.names_here().insert(name.text.clone(), id);
        Some(id)
    }

    /// Declares a name that has its value at once: a parameter, a loop's variable.
    pub fn declare_ready(&mut self, name: &Name, kind: VariableKind) {
        self.declare(name, kind);
        self.ready(name);
    }

    /// The variable declared by this name has its value now.
    pub fn ready(&mut self, name: &Name) {
        let tick = self.tick();
        let from = self.reached.max(name.span.end);
        if let Some(id) = self.survey.declared_at(name.span) {
            // `_` may stand for several variables of a scope: the last one that has run counts.
            if &*name.text == "_" {
                self.names_here().insert(name.text.clone(), id);
            }
            let variable = self.survey.variable_mut(id);
            variable.ready = variable.ready.min(tick);
            variable.from = variable.from.min(from);
        }
    }

    fn names_here(&mut self) -> &mut HashMap<Arc<str>, VariableId> {
        &mut self.survey.scopes[self.scope.0 as usize].names
    }

    /// Whether a name declared again here means the variable that is there already.
    fn rebinds(&self) -> bool {
        self.session && self.survey.is_top(self.scope)
    }

    fn already_declared(&self, name: &Name) -> Option<VariableId> {
        if &*name.text == "_" {
            return None;
        }
        let here = self.survey.scope(self.scope).names.get(&name.text).copied();
        match here {
            None if self.rebinds() => self.survey.scopes[0].names.get(&name.text).copied(),
            _ => here,
        }
    }

    #[cold]
    fn report_second(&mut self, name: &Name, first: VariableId, kind: VariableKind) {
        let before = self.survey.variable(first);
        let text = &name.text;
        let report = if kind == VariableKind::Parameter {
            Report::error(name.span, format!("two parameters are called `{text}`"))
                .help("give one of them another name")
        } else {
            let help = match kind {
                VariableKind::Let => {
                    format!("`{text} = …` without `let` assigns to it; or choose another name")
                }
                _ => String::from("choose another name"),
            };
            Report::error(
                name.span,
                format!("`{text}` is declared twice in the same scope"),
            )
            .help(help)
        };
        self.reports.push(
            report
                .label("declared again here")
                .also(before.span, before.kind.first()),
        );
    }

    /// What a name means here.
    pub fn look_up(&self, name: &str) -> Found {
        let mut runs_later = false;
        let mut later = None;
        for id in self.survey.scopes_around(self.scope) {
            let scope = self.survey.scope(id);
            if let Some(&variable) = scope.names.get(name) {
                if runs_later || self.survey.variable(variable).ready != NEVER {
                    return Found::Known(Meaning::Variable(variable));
                }
                later = later.or(Some(variable));
            }
            if scope.kind == ScopeKind::Template {
                runs_later |= matches!(
                    self.survey.template(scope.template).kind,
                    TemplateKind::Function | TemplateKind::Delay | TemplateKind::Tail
                );
            }
        }
        if self.prelude.contains(name) {
            return Found::Known(Meaning::Builtin);
        }
        later.map_or(Found::Nothing, Found::Later)
    }

    /// Notes that a variable is used here: what is made around the use captures it.
    pub fn note_use(&mut self, id: VariableId) {
        let owner = self.survey.variable(id).template;
        if owner == self.template {
            return;
        }
        // The outermost template between the use and the owner of the variable: the one that is
        // made from the owner's row.
        let mut outermost = self.template;
        for template in self.survey.templates_around(self.template) {
            if template == owner {
                break;
            }
            outermost = template;
        }
        let made = self.survey.template(outermost).made;
        let variable = self.survey.variable_mut(id);
        if variable.kind == VariableKind::Function(outermost) {
            variable.used_in_itself = true;
        } else {
            variable.first_captured = variable.first_captured.min(made);
        }
    }
}
