//! The first walk through statements: declares, and hands expressions on.

use super::alias::Copied;
use super::program::{TemplateId, TemplateKind};
use super::scope::Walk;
use super::survey::*;
use crate::diagnostics::report::Report;
use crate::syntax::tree::{Block, Expr, ExprKind, Function, Name, Statement, StatementKind};

impl Walk<'_> {
    /// A block with a scope of its own.
    pub fn block(&mut self, kind: ScopeKind, block: &Block) {
        self.in_scope(kind, |walk| walk.block_here(block));
    }

    /// A block whose scope has been opened already, perhaps with parameters in it.
    pub fn block_here(&mut self, block: &Block) {
        for statement in &block.statements {
            match &statement.kind {
                StatementKind::Let { names, .. } => {
                    for name in names {
                        self.declare(name, VariableKind::Let);
                    }
                }
                StatementKind::Function(function) => self.hoist(function),
                _ => {}
            }
        }
        for statement in &block.statements {
            self.statement(statement);
        }
        self.check_reachable(&block.statements);
        self.survey.scopes[self.scope.0 as usize].ends = block.span.end;
    }

    /// A named function is made when its block is entered.
    fn hoist(&mut self, function: &Function) {
        let made = self.tick();
        let id = self.new_template(TemplateKind::Function, function.span, made);
        self.survey.template_mut(id).parameters = function
            .parameters
            .iter()
            .map(|parameter| (parameter.name.text.clone(), parameter.default.is_some()))
            .collect();
        if let Some(name) = &function.name {
            self.declare_ready(name, VariableKind::Function(id));
        }
    }

    fn statement(&mut self, statement: &Statement) {
        match &statement.kind {
            StatementKind::Expression(value) => self.expression(value),
            StatementKind::Let { names, value } => {
                self.expression(value);
                for name in names {
                    self.ready(name);
                }
                self.note_pool(names.first(), value);
                if let ([name], ExprKind::Name(_)) = (&**names, &value.kind) {
                    self.survey.copies.push(Copied {
                        declared: name.span,
                        value: value.span,
                    });
                }
            }
            StatementKind::Assign { targets, value } => {
                for target in targets {
                    self.target(target);
                }
                self.expression(value);
                for target in targets {
                    self.written(target);
                }
            }
            StatementKind::Update { target, value, .. } => {
                self.target(target);
                self.expression(value);
                self.written(target);
            }
            StatementKind::Function(function) => {
                if let Some(&id) = self.survey.template_at.get(&function.span) {
                    self.function(id, function);
                }
            }
            StatementKind::While { condition, body } => {
                self.in_scope(ScopeKind::Condition, |walk| walk.expression(condition));
                self.block(ScopeKind::Turn, body);
            }
            StatementKind::For {
                names,
                iterable,
                body,
            } => {
                self.expression(iterable);
                self.in_scope(ScopeKind::Turn, |walk| {
                    for name in names {
                        walk.declare_ready(name, VariableKind::Turn);
                    }
                    walk.block_here(body);
                });
            }
            StatementKind::Return(value) => {
                if let Some(value) = value {
                    self.expression(value);
                }
                self.check_return(statement.span);
            }
            StatementKind::Break => self.check_break("break", statement.span),
            StatementKind::Continue => self.check_break("continue", statement.span),
            StatementKind::Throw(value) => self.expression(value),
            StatementKind::With {
                name,
                resource,
                body,
            } => {
                self.expression(resource);
                self.note_lock();
                self.in_scope(ScopeKind::Held, |walk| {
                    if let Some(name) = name {
                        walk.declare_ready(name, VariableKind::Held);
                        walk.note_pool(Some(name), resource);
                    }
                    walk.block_here(body);
                });
                self.note_wait();
            }
            StatementKind::Check {
                title,
                title_span,
                body,
            } => {
                if self.survey.scope(self.scope).parent != Some(ScopeId(0)) {
                    self.reports.push(
                        Report::error(*title_span, "`check` stands inside other code")
                            .label("only at the top level of a program")
                            .help("move it out of the braces; to test a condition here, use `assert(…)`"),
                    );
                }
                let made = self.tick();
                let id =
                    self.new_template(TemplateKind::Check(title.clone()), statement.span, made);
                self.survey.checks.push(id);
                self.in_template(id, |walk| walk.block_here(body));
            }
            StatementKind::Error => self.unreadable = true,
        }
    }

    /// A function: its parameters and its body are one scope. A default sees the parameters
    /// before it and nothing of the body, which has not been entered when it is evaluated.
    pub fn function(&mut self, id: TemplateId, function: &Function) {
        self.in_template(id, |walk| {
            // The slots of all parameters are taken before a default uses any.
            walk.survey.template_mut(id).slots_in_use = function.parameters.len() as u32;
            let mut defaulted: Option<&Name> = None;
            for (index, parameter) in function.parameters.iter().enumerate() {
                match (&parameter.default, defaulted) {
                    (Some(default), _) => {
                        walk.expression(default);
                        defaulted = Some(&parameter.name);
                    }
                    (None, Some(before)) => walk.reports.push(
                        Report::error(
                            parameter.name.span,
                            format!(
                                "the parameter `{}` needs a default value",
                                parameter.name.text
                            ),
                        )
                        .label("no default value")
                        .also(before.span, "this one has one, so all behind it must")
                        .help("put the parameters without a default value first"),
                    ),
                    (None, None) => {}
                }
                walk.declare_parameter(&parameter.name, index as u32);
            }
            walk.block_here(&function.body);
        });
    }

    fn declare_parameter(&mut self, name: &Name, slot: u32) {
        let template = self.template;
        let in_use = std::mem::replace(&mut self.survey.template_mut(template).slots_in_use, slot);
        self.declare_ready(name, VariableKind::Parameter);
        let facts = self.survey.template_mut(template);
        facts.slots_in_use = in_use;
        facts.slots = facts.slots.max(in_use);
    }

    /// Remembers that a variable holds a pool of processes.
    fn note_pool(&mut self, name: Option<&Name>, value: &Expr) {
        let (ExprKind::Call { function, .. }, Some(name)) = (&value.kind, name) else {
            return;
        };
        if let (ExprKind::Name(called), Some(id)) =
            (&function.kind, self.survey.declared_at(name.span))
        {
            let builtin = self.survey.meanings.get(&function.span) == Some(&Meaning::Builtin);
            self.survey.variable_mut(id).process_pool = builtin && &**called == "process_pool";
        }
    }

    /// This code, and what it stands in, takes a lock.
    pub fn note_lock(&mut self) {
        let mut template = Some(self.template);
        while let Some(id) = template {
            let facts = self.survey.template_mut(id);
            template = if facts.locks { None } else { facts.parent };
            facts.locks = true;
        }
    }

    /// This code may wait here for another task.
    pub fn note_wait(&mut self) {
        let tick = self.tick();
        self.survey.waits.push((self.template, tick));
    }
}
