//! The second walk through blocks and statements.

use super::build::Build;
use super::program::*;
use crate::syntax::tree;

impl Build<'_> {
    /// A block: its cells, its named functions, its statements.
    pub(super) fn block(&mut self, block: &tree::Block) -> Block {
        let mut built = Block {
            cells: Vec::new(),
            functions: Vec::new(),
            statements: Vec::new(),
            span: block.span,
        };
        for statement in &block.statements {
            match &statement.kind {
                tree::StatementKind::Let { names, .. } => {
                    names
                        .iter()
                        .for_each(|name| self.cell(name, &mut built.cells));
                }
                tree::StatementKind::Function(function) => {
                    function
                        .name
                        .iter()
                        .for_each(|name| self.cell(name, &mut built.cells));
                }
                _ => {}
            }
        }
        for statement in &block.statements {
            match &statement.kind {
                tree::StatementKind::Function(function) => {
                    self.named_function(function, &mut built)
                }
                tree::StatementKind::Check { body, .. } => self.check(statement.span, body),
                _ => {}
            }
        }
        for statement in &block.statements {
            if let Some(kind) = self.statement(&statement.kind) {
                built.statements.push(Statement {
                    kind,
                    span: statement.span,
                });
            }
        }
        built
    }

    fn cell(&self, name: &tree::Name, cells: &mut Vec<Binding>) {
        let binding = self.binding(name);
        if binding.storage != Storage::Plain && !self.rebinds(name) {
            cells.push(binding);
        }
    }

    /// A function that takes the place of an earlier one (in a session) is assigned at entry.
    fn named_function(&mut self, function: &tree::Function, block: &mut Block) {
        let template = self.function(function.span, function);
        let Some(name) = &function.name else { return };
        if !self.rebinds(name) {
            block.functions.push((self.binding(name), template));
        } else if let Some(variable) = self.variable(&name.text, name.span) {
            block.statements.push(Statement {
                kind: StatementKind::Assign {
                    target: Target::Variable(variable, name.span),
                    value: Expr {
                        kind: ExprKind::Lambda(template),
                        span: function.span,
                    },
                },
                span: function.span,
            });
        }
    }

    fn statement(&mut self, statement: &tree::StatementKind) -> Option<StatementKind> {
        use tree::StatementKind as From;
        Some(match statement {
            From::Expression(value) => StatementKind::Expression(self.expr(value)),
            From::Let { names, value } => match self.let_(names, value) {
                StatementKind::Let { binding, value } if is_there(&binding, &value) => return None,
                kind => kind,
            },
            From::Assign { targets, value } => {
                let mut targets: Vec<_> =
                    targets.iter().map(|target| self.target(target)).collect();
                let value = self.expr(value);
                match targets.len() {
                    1 => StatementKind::Assign {
                        target: targets.remove(0),
                        value,
                    },
                    _ => StatementKind::AssignUnpacked { targets, value },
                }
            }
            From::Update {
                target,
                operator,
                value,
            } => StatementKind::Update {
                target: self.target(target),
                operator: *operator,
                value: self.expr(value),
            },
            From::While { condition, body } => StatementKind::While {
                condition: self.expr(condition),
                body: self.block(body),
            },
            From::For {
                names,
                iterable,
                body,
            } => StatementKind::For {
                bindings: self.bindings(names),
                iterable: self.expr(iterable),
                body: self.block(body),
            },
            From::Return(value) => {
                StatementKind::Return(value.as_ref().map(|value| self.expr(value)))
            }
            From::Break => StatementKind::Break,
            From::Continue => StatementKind::Continue,
            From::Throw(value) => StatementKind::Throw(self.expr(value)),
            From::With {
                name,
                resource,
                body,
            } => StatementKind::With {
                binding: name.as_ref().map(|name| self.binding(name)),
                resource: self.expr(resource),
                body: self.block(body),
            },
            // Named functions and checks have been written already; a tree with what could not
            // be read is not built.
            From::Function(_) | From::Check { .. } | From::Error => return None,
        })
    }

    fn bindings(&self, names: &[tree::Name]) -> Vec<Binding> {
        names.iter().map(|name| self.binding(name)).collect()
    }

    fn let_(&mut self, names: &[tree::Name], value: &tree::Expr) -> StatementKind {
        let value = self.expr(value);
        let rebound = names.iter().any(|name| self.rebinds(name));
        match names {
            [name] if !rebound => StatementKind::Let {
                binding: self.binding(name),
                value,
            },
            _ if !rebound => StatementKind::LetUnpacked {
                bindings: self.bindings(names),
                value,
            },
            // In a session: what is there already is written; what is new has a cell by now.
            _ => {
                let targets = names.iter().filter_map(|name| {
                    let variable = self.variable(&name.text, name.span)?;
                    Some(Target::Variable(variable, name.span))
                });
                let mut targets: Vec<_> = targets.collect();
                match targets.len() {
                    1 => StatementKind::Assign {
                        target: targets.remove(0),
                        value,
                    },
                    _ => StatementKind::AssignUnpacked { targets, value },
                }
            }
        }
    }

    fn target(&mut self, target: &tree::Expr) -> Target {
        let span = target.span;
        match &target.kind {
            tree::ExprKind::Index { object, index } => Target::Index {
                object: self.expr(object),
                index: self.expr(index),
                span,
            },
            tree::ExprKind::Field { object, name } => Target::Field {
                object: self.expr(object),
                name: name.text.clone(),
                span,
            },
            tree::ExprKind::Name(name) if let Some(variable) = self.variable(name, span) => {
                Target::Variable(variable, span)
            }
            _ => unreachable!("a tree with a wrong target is not built"),
        }
    }
}

/// Whether a variable has its value already, for it lives where that has been.
fn is_there(binding: &Binding, value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Variable(variable) => variable.place == Place::Local(binding.slot),
        _ => false,
    }
}
