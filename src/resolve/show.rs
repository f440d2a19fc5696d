//! The resolved program as text, so that a test can pin what was decided.
//!
//! ```text
//!   let n = 1                #0 main, 2 slots {
//!   fn inc(k) { n += k }         cells n@0*
//!                                fn inc@1 = #1
//!                                let n@0* = 1
//!                            }
//!                            #1 function inc(k@0), 1 slots, captures n^0* = n@0* {
//!                                n^0* += k@0
//!                            }
//! ```
//!
//! A variable is shown with its place: `@0` a local slot, `^0` a capture, `!` the function itself;
//! and its storage: `*` shared, `?` once, nothing if plain. `#1` is a template.

use super::program::*;

/// The whole program.
pub fn show(program: &Program) -> String {
    let mut show = Show::default();
    for template in &program.templates {
        show.template(template);
    }
    show.text
}

#[derive(Default)]
struct Show {
    text: String,
    depth: usize,
}

fn mark(storage: Storage) -> &'static str {
    match storage {
        Storage::Plain => "",
        Storage::Once => "?",
        Storage::Shared => "*",
    }
}

fn place(place: Place) -> String {
    match place {
        Place::Local(slot) => format!("@{}", slot.0),
        Place::Capture(slot) => format!("^{}", slot.0),
        Place::Itself => String::from("!"),
        Place::Constant(template) => format!("#{}", template.0),
    }
}

fn variable(variable: &Variable) -> String {
    format!(
        "{}{}{}",
        variable.name,
        place(variable.place),
        mark(variable.storage)
    )
}

fn binding(binding: &Binding) -> String {
    format!(
        "{}@{}{}",
        binding.name,
        binding.slot.0,
        mark(binding.storage)
    )
}

fn joined<T>(items: &[T], show: impl FnMut(&T) -> String) -> String {
    items.iter().map(show).collect::<Vec<_>>().join(", ")
}

impl Show {
    fn line(&mut self, line: &str) {
        self.text.push_str(&"    ".repeat(self.depth));
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn template(&mut self, template: &Template) {
        let kind = match &template.kind {
            TemplateKind::Main => String::from("main"),
            TemplateKind::Function => String::from("function"),
            TemplateKind::Future => String::from("future"),
            TemplateKind::Spawn => String::from("spawn"),
            TemplateKind::Delay => String::from("delay"),
            TemplateKind::Tail => String::from("tail"),
            TemplateKind::Check(title) => format!("check {title:?}"),
        };
        let mut head = format!("#{} {kind}", template.id.0);
        if template.kind == TemplateKind::Function {
            let parameters = joined(&template.parameters, |parameter| match &parameter.default {
                None => binding(&parameter.binding),
                Some(default) => {
                    format!("{} = {}", binding(&parameter.binding), self.expr(default))
                }
            });
            let name = template.name.as_deref().unwrap_or("");
            head += &format!(" {name}({parameters})");
        }
        head += &format!(", {} slots", template.slots);
        if !template.captures.is_empty() {
            let captures = template
                .captures
                .iter()
                .enumerate()
                .map(|(index, capture)| {
                    let (name, stored) = (&capture.name, mark(capture.storage));
                    format!(
                        "{name}^{index}{stored} = {name}{}{stored}",
                        place(capture.from)
                    )
                });
            head += &format!(", captures {}", captures.collect::<Vec<_>>().join(", "));
        }
        self.block(&head, &template.body);
    }

    fn block(&mut self, head: &str, block: &Block) {
        self.line(&format!("{head} {{"));
        self.depth += 1;
        if !block.cells.is_empty() {
            self.line(&format!("cells {}", joined(&block.cells, binding)));
        }
        for (function, template) in &block.functions {
            self.line(&format!("fn {} = #{}", binding(function), template.0));
        }
        for statement in &block.statements {
            self.statement(&statement.kind);
        }
        self.depth -= 1;
        self.line("}");
    }

    fn statement(&mut self, statement: &StatementKind) {
        match statement {
            StatementKind::Expression(value) => {
                let value = self.expr(value);
                self.line(&value);
            }
            StatementKind::Let {
                binding: name,
                value,
            } => {
                let line = format!("let {} = {}", binding(name), self.expr(value));
                self.line(&line);
            }
            StatementKind::LetUnpacked { bindings, value } => {
                let line = format!("let {} = {}", joined(bindings, binding), self.expr(value));
                self.line(&line);
            }
            StatementKind::Assign { target, value } => {
                let line = format!("{} = {}", self.target(target), self.expr(value));
                self.line(&line);
            }
            StatementKind::AssignUnpacked { targets, value } => {
                let line = format!(
                    "{} = {}",
                    joined(targets, |target| self.target(target)),
                    self.expr(value)
                );
                self.line(&line);
            }
            StatementKind::Update {
                target,
                operator,
                value,
            } => {
                let line = format!(
                    "{} {}= {}",
                    self.target(target),
                    operator.symbol(),
                    self.expr(value)
                );
                self.line(&line);
            }
            StatementKind::While { condition, body } => {
                let head = format!("while {}", self.expr(condition));
                self.block(&head, body);
            }
            StatementKind::For {
                bindings,
                iterable,
                body,
            } => {
                let head = format!(
                    "for {} in {}",
                    joined(bindings, binding),
                    self.expr(iterable)
                );
                self.block(&head, body);
            }
            StatementKind::Return(None) => self.line("return"),
            StatementKind::Return(Some(value)) => {
                let line = format!("return {}", self.expr(value));
                self.line(&line);
            }
            StatementKind::Break => self.line("break"),
            StatementKind::Continue => self.line("continue"),
            StatementKind::Throw(value) => {
                let line = format!("throw {}", self.expr(value));
                self.line(&line);
            }
            StatementKind::With {
                binding: name,
                resource,
                body,
            } => {
                let name = name
                    .as_ref()
                    .map_or(String::new(), |name| binding(name) + " = ");
                let head = format!("with {name}{}", self.expr(resource));
                self.block(&head, body);
            }
        }
    }

    fn target(&mut self, target: &Target) -> String {
        match target {
            Target::Variable(name, _) => variable(name),
            Target::Index { object, index, .. } => {
                format!("{}[{}]", self.expr(object), self.expr(index))
            }
            Target::Field { object, name, .. } => format!("{}.{name}", self.expr(object)),
        }
    }

    /// A block inside an expression: indented lines in between.
    fn inner_block(&mut self, block: &Block) -> String {
        let text = std::mem::take(&mut self.text);
        self.block("", block);
        let inner = std::mem::replace(&mut self.text, text);
        inner.trim().to_owned()
    }

    fn expr(&mut self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Nil => String::from("nil"),
            ExprKind::Bool(value) => value.to_string(),
            ExprKind::Int(value) => value.to_string(),
            ExprKind::BigInt(value) => value.to_string(),
            ExprKind::Float(value) => format!("{value:?}"),
            ExprKind::String(value) => format!("{value:?}"),
            ExprKind::Format(parts) => joined(parts, |part| match part {
                FormatPart::Text(text) => format!("{text:?}"),
                FormatPart::Hole { value, .. } => format!("{{{}}}", self.expr(value)),
            })
            .replace(", ", ""),
            ExprKind::Variable(name) => variable(name),
            ExprKind::Builtin(name) => name.to_string(),
            ExprKind::List(elements) => {
                format!("[{}]", joined(elements, |element| self.expr(element)))
            }
            ExprKind::Map(entries) => {
                let entries = joined(entries, |(key, value)| {
                    format!("{}: {}", self.expr(key), self.expr(value))
                });
                format!("[{}]", if entries.is_empty() { ":" } else { &entries })
            }
            ExprKind::ListComprehension { element, clause } => {
                format!("[{} {}]", self.expr(element), self.clause(clause))
            }
            ExprKind::MapComprehension { key, value, clause } => {
                format!(
                    "[{}: {} {}]",
                    self.expr(key),
                    self.expr(value),
                    self.clause(clause)
                )
            }
            ExprKind::Negate(operand) => format!("-{}", self.expr(operand)),
            ExprKind::Not(operand) => format!("not {}", self.expr(operand)),
            ExprKind::Binary {
                operator,
                left,
                right,
            } => {
                format!(
                    "({} {} {})",
                    self.expr(left),
                    operator.symbol(),
                    self.expr(right)
                )
            }
            ExprKind::And(left, right) => format!("({} and {})", self.expr(left), self.expr(right)),
            ExprKind::Or(left, right) => format!("({} or {})", self.expr(left), self.expr(right)),
            ExprKind::Stream { head, tail } => format!("({} :: #{})", self.expr(head), tail.0),
            ExprKind::Call {
                function,
                arguments,
                ..
            } => {
                let arguments = joined(arguments, |argument| match &argument.name {
                    Some((name, _)) => format!("{name}: {}", self.expr(&argument.value)),
                    None => self.expr(&argument.value),
                });
                format!("{}({arguments})", self.expr(function))
            }
            ExprKind::Field { object, name } => format!("{}.{name}", self.expr(object)),
            ExprKind::Index { object, index } => {
                format!("{}[{}]", self.expr(object), self.expr(index))
            }
            ExprKind::Slice { object, start, end } => {
                let start = start
                    .as_ref()
                    .map_or(String::new(), |start| self.expr(start));
                let end = end.as_ref().map_or(String::new(), |end| self.expr(end));
                format!("{}[{start}:{end}]", self.expr(object))
            }
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => {
                let otherwise = otherwise.as_ref().map(|block| self.inner_block(block));
                let otherwise = otherwise.map_or(String::new(), |block| format!(" else {block}"));
                format!(
                    "if {} {}{otherwise}",
                    self.expr(condition),
                    self.inner_block(then)
                )
            }
            ExprKind::Try {
                body,
                catch,
                finally,
            } => {
                let mut text = format!("try {}", self.inner_block(body));
                if let Some((name, handler)) = catch {
                    text += &format!(" catch {} {}", binding(name), self.inner_block(handler));
                }
                if let Some(finally) = finally {
                    text += &format!(" finally {}", self.inner_block(finally));
                }
                text
            }
            ExprKind::Block(block) => self.inner_block(block),
            ExprKind::Lambda(template) => format!("#{}", template.0),
            ExprKind::Future { body, place } => format!("future #{}{}", body.0, self.place(place)),
            ExprKind::Spawn { body, place } => format!("spawn #{}{}", body.0, self.place(place)),
            ExprKind::Delay(template) => format!("delay #{}", template.0),
        }
    }

    fn place(&mut self, place: &Option<Box<Expr>>) -> String {
        place
            .as_ref()
            .map_or(String::new(), |place| format!(" on {}", self.expr(place)))
    }

    fn clause(&mut self, clause: &Comprehension) -> String {
        let condition = clause
            .condition
            .as_ref()
            .map(|condition| self.expr(condition));
        format!(
            "for {} in {}{}",
            joined(&clause.bindings, binding),
            self.expr(&clause.iterable),
            condition.map_or(String::new(), |condition| format!(" if {condition}"))
        )
    }
}
