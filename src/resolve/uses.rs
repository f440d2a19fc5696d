//! Which slots of its own row a piece of code uses, and which it declares.

use std::sync::Arc;

use super::program::*;

/// The templates that have been written so far.
pub type Done<'a> = &'a [Option<Arc<Template>>];

/// What is found of a piece of code.
pub struct Uses<'a> {
    templates: Done<'a>,
    /// How often each slot is used, also by what captures it.
    pub counts: Vec<u32>,
    /// The slots of variables that are declared in there.
    pub declared: Vec<LocalSlot>,
    /// Whether there are blocks in it, which may be left by a `break`, `continue` or `return`.
    pub has_blocks: bool,
}

impl<'a> Uses<'a> {
    /// Of no code yet; for rows of so many slots.
    pub fn new(templates: Done<'a>, slots: usize) -> Uses<'a> {
        Uses {
            templates,
            counts: vec![0; slots],
            declared: Vec::new(),
            has_blocks: false,
        }
    }

    fn slot(&mut self, slot: LocalSlot) {
        if let Some(count) = self.counts.get_mut(slot.0 as usize) {
            *count += 1;
        }
    }

    fn variable(&mut self, variable: &Variable) {
        if let Place::Local(slot) = variable.place {
            self.slot(slot);
        }
    }

    fn declares<'b>(&mut self, bindings: impl IntoIterator<Item = &'b Binding>) {
        self.declared
            .extend(bindings.into_iter().map(|binding| binding.slot));
    }

    /// What code captures when it is made.
    pub fn template(&mut self, id: TemplateId) {
        if let Some(Some(template)) = self.templates.get(id.0 as usize) {
            for capture in &template.captures {
                if let Place::Local(slot) = capture.from {
                    self.slot(slot);
                }
            }
        }
    }

    /// A block with all that is in it.
    pub fn block(&mut self, block: &Block) {
        self.has_blocks = true;
        self.declares(&block.cells);
        for (binding, template) in &block.functions {
            self.declares([binding]);
            self.template(*template);
        }
        for statement in &block.statements {
            self.statement(statement);
        }
    }

    /// A statement with all that is in it.
    pub fn statement(&mut self, statement: &Statement) {
        match &statement.kind {
            StatementKind::Expression(value) | StatementKind::Throw(value) => self.expr(value),
            StatementKind::Let { binding, value } => {
                self.declares([binding]);
                self.expr(value);
            }
            StatementKind::LetUnpacked { bindings, value } => {
                self.declares(bindings);
                self.expr(value);
            }
            StatementKind::Assign { target, value } => {
                self.target(target);
                self.expr(value);
            }
            StatementKind::AssignUnpacked { targets, value } => {
                targets.iter().for_each(|target| self.target(target));
                self.expr(value);
            }
            StatementKind::Update { target, value, .. } => {
                self.target(target);
                self.expr(value);
            }
            StatementKind::While { condition, body } => {
                self.expr(condition);
                self.block(body);
            }
            StatementKind::For {
                bindings,
                iterable,
                body,
            } => {
                self.declares(bindings);
                self.expr(iterable);
                self.block(body);
            }
            StatementKind::Return(value) => {
                if let Some(value) = value {
                    self.expr(value);
                }
            }
            StatementKind::Break | StatementKind::Continue => {}
            StatementKind::With {
                binding,
                resource,
                body,
            } => {
                self.declares(binding);
                self.expr(resource);
                self.block(body);
            }
        }
    }

    fn target(&mut self, target: &Target) {
        match target {
            Target::Variable(variable, _) => self.variable(variable),
            Target::Index { object, index, .. } => {
                self.expr(object);
                self.expr(index);
            }
            Target::Field { object, .. } => self.expr(object),
        }
    }

    fn clause(&mut self, clause: &Comprehension) {
        self.declares(&clause.bindings);
        self.expr(&clause.iterable);
        if let Some(condition) = &clause.condition {
            self.expr(condition);
        }
    }

    /// An expression with all that is in it.
    pub fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Nil
            | ExprKind::Bool(_)
            | ExprKind::Int(_)
            | ExprKind::BigInt(_)
            | ExprKind::Float(_)
            | ExprKind::String(_)
            | ExprKind::Builtin(_) => {}
            ExprKind::Variable(variable) => self.variable(variable),
            ExprKind::Format(parts) => {
                for part in parts {
                    if let FormatPart::Hole { value, .. } = part {
                        self.expr(value);
                    }
                }
            }
            ExprKind::List(elements) => elements.iter().for_each(|element| self.expr(element)),
            ExprKind::Map(entries) => {
                for (key, value) in entries {
                    self.expr(key);
                    self.expr(value);
                }
            }
            ExprKind::ListComprehension { element, clause } => {
                self.clause(clause);
                self.expr(element);
            }
            ExprKind::MapComprehension { key, value, clause } => {
                self.clause(clause);
                self.expr(key);
                self.expr(value);
            }
            ExprKind::Negate(operand) | ExprKind::Not(operand) => self.expr(operand),
            ExprKind::Binary { left, right, .. }
            | ExprKind::And(left, right)
            | ExprKind::Or(left, right) => {
                self.expr(left);
                self.expr(right);
            }
            ExprKind::Stream { head, tail } => {
                self.expr(head);
                self.template(*tail);
            }
            ExprKind::Call {
                function,
                arguments,
                ..
            } => {
                self.expr(function);
                for argument in arguments {
                    self.expr(&argument.value);
                }
            }
            ExprKind::Field { object, .. } => self.expr(object),
            ExprKind::Index { object, index } => {
                self.expr(object);
                self.expr(index);
            }
            ExprKind::Slice { object, start, end } => {
                self.expr(object);
                start.iter().chain(end).for_each(|bound| self.expr(bound));
            }
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => {
                self.expr(condition);
                self.block(then);
                otherwise.iter().for_each(|block| self.block(block));
            }
            ExprKind::Try {
                body,
                catch,
                finally,
            } => {
                self.block(body);
                if let Some((binding, block)) = catch {
                    self.declares([binding]);
                    self.block(block);
                }
                finally.iter().for_each(|block| self.block(block));
            }
            ExprKind::Block(block) => self.block(block),
            ExprKind::Lambda(template) | ExprKind::Delay(template) => self.template(*template),
            ExprKind::Future { body, place } | ExprKind::Spawn { body, place } => {
                place.iter().for_each(|place| self.expr(place));
                self.template(*body);
            }
        }
    }
}
