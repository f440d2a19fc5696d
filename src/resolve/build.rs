//! The second walk: writes the program down, now that it is known what each name means and how
//! each variable is stored.
//!
//! What is left to find is the way from a use to its variable. Each template on that way captures
//! it from the one around it, once:
//!
//! ```text
//!   let n = 1              main: slot 0
//!   fn outer() {           outer: capture 0 = main's slot 0
//!       fn() => n          lambda: capture 0 = outer's capture 0
//!   }
//! ```

use std::sync::Arc;

use foldhash::HashMap;

use super::capture::is_itself;
use super::last_use;
use super::program::*;
use super::survey::{Meaning, Survey, VariableId, VariableKind};
use crate::syntax::span::Span;
use crate::syntax::tree;

/// The second walk: where it is, and what it has written.
pub struct Build<'a> {
    pub(super) survey: &'a Survey,
    template: TemplateId,
    captures: Vec<Captures>,
    done: Vec<Option<Arc<Template>>>,
}

/// The captures of one template.
#[derive(Default)]
struct Captures {
    list: Vec<Capture>,
    slots: HashMap<VariableId, CaptureSlot>,
}

/// Writes the program of a tree that has no errors.
pub fn build(tree: &tree::Tree, survey: &Survey) -> Program {
    let mut build = Build {
        survey,
        template: TemplateId(0),
        captures: survey
            .templates
            .iter()
            .map(|_| Captures::default())
            .collect(),
        done: vec![None; survey.templates.len()],
    };
    build.outer_captures();
    let body = build.block(&tree.block);
    build.finish(TemplateId(0), None, Vec::new(), body, tree.block.span);
    Program {
        // A template is written by the walk through the construct it was found in.
        templates: build.done.into_iter().flatten().collect(),
        main: TemplateId(0),
        checks: survey.checks.clone(),
    }
}

impl Build<'_> {
    /// The main program captures all variables of earlier entries, used or not.
    fn outer_captures(&mut self) {
        for (index, variable) in self.survey.variables.iter().enumerate() {
            let VariableKind::Outer(number) = variable.kind else {
                break;
            };
            self.captures[0].list.push(Capture {
                name: variable.name.clone(),
                from: Place::Capture(CaptureSlot(number)),
                storage: variable.storage,
                declared: variable.span,
            });
            self.captures[0]
                .slots
                .insert(VariableId(index as u32), CaptureSlot(number));
        }
    }

    /// The variable that a name means, if it means none of the builtins.
    pub(super) fn variable(&mut self, name: &Arc<str>, span: Span) -> Option<Variable> {
        let id = self.survey.declared_at(span)?;
        let (place, storage) = self.find(id, self.template);
        Some(Variable {
            name: name.clone(),
            place,
            storage,
            is_last: false,
        })
    }

    /// Where a variable is found from a template, capturing it on the way if need be.
    fn find(&mut self, id: VariableId, from: TemplateId) -> (Place, Storage) {
        let variable = self.survey.variable(id);
        if let Some(&slot) = self.captures[from.0 as usize].slots.get(&id) {
            let storage = self.captures[from.0 as usize].list[slot.0 as usize].storage;
            return (Place::Capture(slot), storage);
        }
        if variable.template == from {
            return (Place::Local(variable.slot), variable.storage);
        }
        if variable.kind == VariableKind::Function(from) && is_itself(self.survey, id) {
            return (Place::Itself, Storage::Plain);
        }
        if let (VariableKind::Function(template), true) = (variable.kind, variable.is_constant) {
            return (Place::Constant(template), Storage::Plain);
        }
        // Every use was looked up from the inside out, so the owner is among those around.
        let around = self
            .survey
            .template(from)
            .parent
            .unwrap_or(variable.template);
        let (place, storage) = self.find(id, around);
        let captures = &mut self.captures[from.0 as usize];
        let slot = CaptureSlot(captures.list.len() as u32);
        captures.list.push(Capture {
            name: variable.name.clone(),
            from: place,
            storage,
            declared: variable.span,
        });
        captures.slots.insert(id, slot);
        (Place::Capture(slot), storage)
    }

    /// The binding of a declared name.
    pub(super) fn binding(&self, name: &tree::Name) -> Binding {
        match self.survey.declared_at(name.span) {
            Some(id) => self.binding_of(id),
            None => Binding {
                name: name.text.clone(),
                span: name.span,
                slot: LocalSlot(0),
                storage: Storage::Plain,
            },
        }
    }

    fn binding_of(&self, id: VariableId) -> Binding {
        let variable = self.survey.variable(id);
        Binding {
            name: variable.name.clone(),
            span: variable.span,
            slot: variable.slot,
            storage: variable.storage,
        }
    }

    fn local_name(&self, id: VariableId) -> LocalName {
        let variable = self.survey.variable(id);
        LocalName {
            binding: self.binding_of(id),
            from: variable.from,
            until: (variable.until).unwrap_or_else(|| self.survey.scope(variable.scope).ends),
        }
    }

    /// Whether a declaration means a variable that is there already (in a session).
    pub(super) fn rebinds(&self, name: &tree::Name) -> bool {
        let meaning = self.survey.meanings.get(&name.span);
        match meaning {
            Some(Meaning::Variable(id)) => self.survey.variable(*id).span != name.span,
            _ => false,
        }
    }

    /// Writes the template of the construct at `span`; `inside` writes its parameters and body.
    fn template(
        &mut self,
        span: Span,
        shown: Span,
        function: Option<&tree::Function>,
        inside: impl FnOnce(&mut Self) -> (Vec<Parameter>, Block),
    ) -> TemplateId {
        let id = self.survey.template_at[&span];
        let maker = std::mem::replace(&mut self.template, id);
        let (parameters, body) = inside(self);
        self.template = maker;
        self.finish(id, function, parameters, body, shown);
        id
    }

    fn finish(
        &mut self,
        id: TemplateId,
        function: Option<&tree::Function>,
        parameters: Vec<Parameter>,
        mut body: Block,
        body_span: Span,
    ) {
        let facts = self.survey.template(id);
        let index = id.0 as usize;
        // Others look at the variables of the rest when it has ended.
        if let TemplateKind::Function | TemplateKind::Delay | TemplateKind::Tail = facts.kind {
            last_use::mark(&self.done, facts.slots, &mut body);
        }
        let name = function.and_then(|function| function.name.as_ref());
        let variable = name.and_then(|name| self.survey.declared_at(name.span));
        self.done[index] = Some(Arc::new(Template {
            id,
            kind: facts.kind.clone(),
            name: name.map(|name| name.text.clone()),
            is_constant: variable.is_some_and(|id| self.survey.variable(id).is_constant),
            documentation: function.and_then(|function| function.documentation.clone()),
            parameters,
            body,
            slots: facts.slots,
            captures: std::mem::take(&mut self.captures[index].list),
            names: facts.names.iter().map(|&id| self.local_name(id)).collect(),
            span: facts.span,
            body_span,
        }));
    }

    /// A function.
    pub(super) fn function(&mut self, span: Span, function: &tree::Function) -> TemplateId {
        self.template(span, function.body.span, Some(function), |build| {
            let parameters = function.parameters.iter().map(|parameter| Parameter {
                binding: build.binding(&parameter.name),
                default: parameter
                    .default
                    .as_ref()
                    .map(|default| build.expr(default)),
            });
            let parameters = parameters.collect();
            (parameters, build.block(&function.body))
        })
    }

    /// The code of a task, a promise or a tail.
    pub(super) fn code(&mut self, span: Span, body: &tree::Expr) -> TemplateId {
        self.template(span, body.span, None, |build| {
            let block = match &body.kind {
                tree::ExprKind::Block(block) => build.block(block),
                _ => Block {
                    cells: Vec::new(),
                    functions: Vec::new(),
                    statements: vec![Statement {
                        kind: StatementKind::Expression(build.expr(body)),
                        span: body.span,
                    }],
                    span: body.span,
                },
            };
            (Vec::new(), block)
        })
    }

    /// A check block.
    pub(super) fn check(&mut self, span: Span, body: &tree::Block) {
        self.template(span, body.span, None, |build| {
            (Vec::new(), build.block(body))
        });
    }
}
