//! The first walk through expressions: finds what each name means and which code is made where.

use std::sync::Arc;

use foldhash::HashMap;

use super::program::{TemplateId, TemplateKind};
use super::scope::{Found, Walk};
use super::survey::*;
use super::undeclared::Use;
use crate::diagnostics::report::Report;
use crate::syntax::span::Span;
use crate::syntax::tree::{Argument, Block, Comprehension, Expr, ExprKind, FormatPart, Name};

/// The builtins that may wait until another task has done something.
const WAITING: &[&str] = &[
    "force",
    "join",
    "wait",
    "as_completed",
    "exception",
    "get",
    "select",
    "acquire",
    "map",
];

impl Walk<'_> {
    /// One expression and all in it.
    pub fn expression(&mut self, expr: &Expr) {
        self.parts(expr);
        self.reached = expr.span.end;
    }

    fn parts(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Nil
            | ExprKind::Bool(_)
            | ExprKind::Int(_)
            | ExprKind::BigInt(_)
            | ExprKind::Float(_)
            | ExprKind::String(_) => {}
            ExprKind::Error => self.unreadable = true,
            ExprKind::Format(parts) => {
                for part in parts {
                    if let FormatPart::Hole { value, .. } = part {
                        self.expression(value);
                    }
                }
            }
            ExprKind::Name(name) => self.read(name, expr.span, Use::Read),
            ExprKind::List(elements) => {
                elements.iter().for_each(|element| self.expression(element))
            }
            ExprKind::Map(entries) => {
                self.check_keys(entries);
                for (key, value) in entries {
                    self.expression(key);
                    self.expression(value);
                }
            }
            ExprKind::ListComprehension { element, clause } => {
                self.comprehension(clause, &[element])
            }
            ExprKind::MapComprehension { key, value, clause } => {
                self.comprehension(clause, &[key, value])
            }
            ExprKind::Negate(operand) | ExprKind::Not(operand) => self.expression(operand),
            ExprKind::Binary { left, right, .. }
            | ExprKind::And(left, right)
            | ExprKind::Or(left, right) => {
                self.expression(left);
                self.expression(right);
            }
            ExprKind::Stream { head, tail } => {
                self.expression(head);
                self.code(TemplateKind::Tail, tail.span, expr.span, tail);
            }
            ExprKind::Call {
                function,
                arguments,
            } => {
                self.expression(function);
                self.arguments(arguments);
                if let ExprKind::Name(name) = &function.kind {
                    self.call(name, function.span, expr.span, arguments, 0);
                }
            }
            ExprKind::MethodCall {
                receiver,
                method,
                arguments,
            } => {
                self.read(&method.text, method.span, Use::Method);
                self.expression(receiver);
                self.arguments(arguments);
                self.call(&method.text, method.span, expr.span, arguments, 1);
            }
            ExprKind::Field { object, .. } => self.expression(object),
            ExprKind::Index { object, index } => {
                self.expression(object);
                self.expression(index);
            }
            ExprKind::Slice { object, start, end } => {
                self.expression(object);
                for bound in [start, end].into_iter().flatten() {
                    self.expression(bound);
                }
            }
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => {
                self.expression(condition);
                let which = self.tick();
                self.block(ScopeKind::Arm(which), then);
                if let Some(otherwise) = otherwise {
                    self.block(ScopeKind::Arm(which), otherwise);
                }
            }
            ExprKind::Try {
                body,
                catch,
                finally,
            } => self.try_(body, catch.as_deref(), finally.as_deref()),
            ExprKind::Block(block) => self.block(ScopeKind::Block, block),
            ExprKind::Lambda(function) => {
                let made = self.tick();
                let id = self.new_template(TemplateKind::Function, expr.span, made);
                self.function(id, function);
            }
            ExprKind::Future { body, place } => {
                self.task(TemplateKind::Future, expr.span, body, place.as_deref())
            }
            ExprKind::Spawn { body, place } => {
                self.task(TemplateKind::Spawn, expr.span, body, place.as_deref())
            }
            ExprKind::Delay(body) => {
                self.code(TemplateKind::Delay, expr.span, expr.span, body);
            }
        }
    }

    fn try_(&mut self, body: &Block, catch: Option<&(Name, Box<Block>)>, finally: Option<&Block>) {
        self.block(ScopeKind::Block, body);
        if let Some((name, handler)) = catch {
            self.in_scope(ScopeKind::Block, |walk| {
                walk.declare_ready(name, VariableKind::Caught);
                walk.block_here(handler);
            });
        }
        if let Some(finally) = finally {
            self.block(ScopeKind::Block, finally);
        }
    }

    fn comprehension(&mut self, clause: &Comprehension, elements: &[&Expr]) {
        self.expression(&clause.iterable);
        self.in_scope(ScopeKind::Element, |walk| {
            for name in &clause.names {
                walk.declare_ready(name, VariableKind::Turn);
            }
            if let Some(condition) = &clause.condition {
                walk.expression(condition);
            }
            for element in elements {
                walk.expression(element);
            }
            // Elements are written before the variables they are made of.
            let written = || elements.iter().copied().chain(&clause.condition);
            let from = written().map(|part| part.span.start).min().unwrap_or(0);
            let ends = written().map(|part| part.span.end).max().unwrap_or(0);
            walk.survey.scopes[walk.scope.0 as usize].ends = ends;
            for name in &clause.names {
                if let Some(id) = walk.survey.declared_at(name.span) {
                    walk.survey.variable_mut(id).from = from;
                }
            }
        });
    }

    /// The place of a task is evaluated before the task is made.
    fn task(&mut self, kind: TemplateKind, span: Span, body: &Expr, place: Option<&Expr>) {
        if let Some(place) = place {
            self.expression(place);
        }
        let id = self.code(kind, span, span, body);
        let in_process =
            place.is_some_and(
                |place| match (&place.kind, self.survey.meanings.get(&place.span)) {
                    (ExprKind::Name(name), Some(Meaning::Builtin)) => &**name == "process",
                    (_, Some(Meaning::Variable(id))) => self.survey.variable(*id).process_pool,
                    _ => false,
                },
            );
        self.survey.template_mut(id).in_process = in_process;
    }

    /// Code that runs in a row of its own; the braces of a block are those of the template.
    fn code(&mut self, kind: TemplateKind, shown: Span, key: Span, body: &Expr) -> TemplateId {
        let made = self.tick();
        let id = self.new_template(kind, key, made);
        self.survey.template_mut(id).span = shown;
        self.in_template(id, |walk| match &body.kind {
            ExprKind::Block(block) => walk.block_here(block),
            _ => walk.expression(body),
        });
        id
    }

    /// A use of a name that is no assignment.
    fn read(&mut self, name: &Arc<str>, span: Span, how: Use) {
        match self.look_up(name) {
            Found::Known(meaning) => {
                self.survey.meanings.insert(span, meaning);
                if let Meaning::Variable(id) = meaning {
                    self.note_use(id);
                    self.note_far_read(id, span);
                }
            }
            Found::Later(id) => self.report_too_early(id, span, how),
            Found::Nothing => self.report_undeclared(name, span, how),
        }
    }

    fn note_far_read(&mut self, variable: VariableId, span: Span) {
        if self.survey.variable(variable).template != self.template {
            let scope = self.scope;
            self.survey.far_reads.push(FarRead {
                variable,
                scope,
                span,
            });
        }
    }

    fn arguments(&mut self, arguments: &[Argument]) {
        let mut named: Option<&Name> = None;
        for (index, argument) in arguments.iter().enumerate() {
            match (&argument.name, named) {
                (Some(name), _) => {
                    let twice = arguments[..index]
                        .iter()
                        .filter_map(|before| before.name.as_ref())
                        .find(|before| before.text == name.text);
                    if let Some(first) = twice {
                        self.reports.push(
                            Report::error(
                                name.span,
                                format!("the argument `{}` is given twice", name.text),
                            )
                            .label("given again here")
                            .also(first.span, "first given here"),
                        );
                    }
                    named = Some(name);
                }
                (None, Some(before)) => self.reports.push(
                    Report::error(
                        argument.value.span,
                        "an argument without a name behind one with a name",
                    )
                    .label("which parameter is this?")
                    .also(before.span, "from here on, all need a name")
                    .help("put the arguments without names first"),
                ),
                (None, None) => {}
            }
            self.expression(&argument.value);
        }
    }

    fn call(
        &mut self,
        name: &Arc<str>,
        name_span: Span,
        span: Span,
        arguments: &[Argument],
        receivers: usize,
    ) {
        let Some(&callee) = self.survey.meanings.get(&name_span) else {
            return;
        };
        if callee == Meaning::Builtin {
            if WAITING.contains(&&**name) {
                self.note_wait();
            }
            if &**name == "acquire" {
                self.note_lock();
            }
        }
        // Reported already: nobody knows which parameters are meant.
        if !arguments.is_sorted_by_key(|argument| argument.name.is_some()) {
            return;
        }
        let named = arguments
            .iter()
            .filter_map(|argument| argument.name.as_ref());
        let named: Vec<_> = named.map(|name| (name.text.clone(), name.span)).collect();
        self.survey.calls.push(CallSite {
            callee,
            name: name.clone(),
            name_span,
            positional: receivers + arguments.len() - named.len(),
            named,
            span,
        });
    }

    /// Warns of a key that stands twice in a map.
    fn check_keys(&mut self, entries: &[(Expr, Expr)]) {
        let mut seen: HashMap<String, Span> = HashMap::default();
        for (key, _) in entries {
            let Some(shown) = literal_key(key) else {
                continue;
            };
            match seen.get(&shown) {
                Some(&first) => self.reports.push(
                    Report::warning(
                        key.span,
                        format!("the key {shown} stands twice in this map"),
                    )
                    .label("this value wins")
                    .also(first, "first here"),
                ),
                None => {
                    seen.insert(shown, key.span);
                }
            }
        }
    }
}

/// A literal key, so that equal keys are equal: 1 and 1.0 are one key.
fn literal_key(key: &Expr) -> Option<String> {
    match &key.kind {
        ExprKind::Nil => Some(String::from("nil")),
        ExprKind::Bool(value) => Some(value.to_string()),
        ExprKind::Int(value) => Some(value.to_string()),
        ExprKind::Float(value) => Some(value.to_string()),
        ExprKind::String(value) => Some(format!("{value:?}")),
        _ => None,
    }
}
