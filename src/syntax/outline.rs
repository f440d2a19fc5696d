//! A tree seen as nodes with children, all of one kind.
//!
//! The printer and the span checker want to go over everything there is without knowing what it
//! means; this is the one place that lists what every construct holds, in the order of the text.

use super::span::Span;
use super::tree::*;

/// One node.
pub struct Node<'tree> {
    /// What it is called.
    pub label: String,
    /// Where it stands; a group without a place of its own has none.
    pub span: Option<Span>,
    /// What it holds.
    pub children: Vec<Child<'tree>>,
}

/// What a node can hold.
#[derive(Copy, Clone)]
pub enum Child<'tree> {
    /// A block.
    Block(&'tree Block),
    /// A statement.
    Statement(&'tree Statement),
    /// An expression.
    Expr(&'tree Expr),
    /// A function.
    Function(&'tree Function),
    /// A name with what stands behind it: nothing, `:` or `=`.
    Name(&'tree Name, &'static str),
    /// Something that is only text.
    Word(&'tree str, Option<Span>),
}

use Child as C;

/// A node and what it holds.
pub fn outline(child: Child<'_>) -> Node<'_> {
    match child {
        C::Block(block) => node(
            "block",
            block.span,
            block.statements.iter().map(C::Statement),
        ),
        C::Statement(statement) => self::statement(statement),
        C::Expr(expr) => self::expr(expr),
        C::Function(function) => self::function(function),
        C::Name(name, mark) => node(format!("{}{mark}", name.text), name.span, []),
        C::Word(word, span) => Node {
            label: format!("{word:?}"),
            span,
            children: Vec::new(),
        },
    }
}

fn node<'tree>(
    label: impl Into<String>,
    span: Span,
    children: impl IntoIterator<Item = Child<'tree>>,
) -> Node<'tree> {
    Node {
        label: label.into(),
        span: Some(span),
        children: children.into_iter().collect(),
    }
}

fn names(names: &[Name]) -> impl Iterator<Item = Child<'_>> {
    names.iter().map(|name| C::Name(name, ""))
}

fn statement(statement: &Statement) -> Node<'_> {
    let span = statement.span;
    match &statement.kind {
        StatementKind::Expression(expr) => Node {
            span: Some(span),
            ..self::expr(expr)
        },
        StatementKind::Let { names: to, value } => {
            node("let", span, names(to).chain([C::Expr(value)]))
        }
        StatementKind::Assign { targets, value } => node(
            "assign",
            span,
            targets.iter().map(C::Expr).chain([C::Expr(value)]),
        ),
        StatementKind::Update {
            target,
            operator,
            value,
        } => node(
            format!("{}=", operator.symbol()),
            span,
            [C::Expr(target), C::Expr(value)],
        ),
        StatementKind::Function(function) => Node {
            span: Some(span),
            ..self::function(function)
        },
        StatementKind::While { condition, body } => {
            node("while", span, [C::Expr(condition), C::Block(body)])
        }
        StatementKind::For {
            names: each,
            iterable,
            body,
        } => node(
            "for",
            span,
            names(each).chain([C::Expr(iterable), C::Block(body)]),
        ),
        StatementKind::Return(value) => node("return", span, value.iter().map(C::Expr)),
        StatementKind::Break => node("break", span, []),
        StatementKind::Continue => node("continue", span, []),
        StatementKind::Throw(value) => node("throw", span, [C::Expr(value)]),
        StatementKind::With {
            name,
            resource,
            body,
        } => {
            let name = name.iter().map(|name| C::Name(name, " ="));
            node(
                "with",
                span,
                name.chain([C::Expr(resource), C::Block(body)]),
            )
        }
        StatementKind::Check {
            title,
            title_span,
            body,
        } => node(
            "check",
            span,
            [C::Word(title, Some(*title_span)), C::Block(body)],
        ),
        StatementKind::Error => node("error", span, []),
    }
}

fn function(function: &Function) -> Node<'_> {
    let mut children = Vec::new();
    if let Some(name) = &function.name {
        children.push(C::Name(name, ""));
    }
    if let Some(documentation) = &function.documentation {
        children.push(C::Word(documentation, None));
    }
    for Parameter { name, default } in &function.parameters {
        children.push(C::Name(name, if default.is_some() { " =" } else { "," }));
        children.extend(default.iter().map(C::Expr));
    }
    children.push(C::Block(&function.body));
    node("fn", function.span, children)
}

fn expr(expr: &Expr) -> Node<'_> {
    let span = expr.span;
    let leaf = |label: String| node(label, span, []);
    match &expr.kind {
        ExprKind::Nil => leaf(String::from("nil")),
        ExprKind::Bool(value) => leaf(value.to_string()),
        ExprKind::Int(value) => leaf(value.to_string()),
        ExprKind::BigInt(value) => leaf(value.to_string()),
        ExprKind::Float(value) => leaf(format!("{value:?}")),
        ExprKind::String(value) => leaf(format!("{value:?}")),
        ExprKind::Name(name) => leaf(name.to_string()),
        ExprKind::Error => leaf(String::from("error")),
        ExprKind::Format(parts) => format_string(parts, span),
        ExprKind::List(elements) => node("list", span, elements.iter().map(C::Expr)),
        ExprKind::Map(pairs) => node(
            "map",
            span,
            pairs
                .iter()
                .flat_map(|(key, value)| [C::Expr(key), C::Expr(value)]),
        ),
        ExprKind::ListComprehension { element, clause } => node(
            "list-for",
            span,
            [C::Expr(element)].into_iter().chain(comprehension(clause)),
        ),
        ExprKind::MapComprehension { key, value, clause } => {
            let pair = [C::Expr(key), C::Expr(value)];
            node(
                "map-for",
                span,
                pair.into_iter().chain(comprehension(clause)),
            )
        }
        ExprKind::Negate(operand) => node("negate", span, [C::Expr(operand)]),
        ExprKind::Not(operand) => node("not", span, [C::Expr(operand)]),
        ExprKind::Binary {
            operator,
            left,
            right,
            ..
        } => node(operator.symbol(), span, [C::Expr(left), C::Expr(right)]),
        ExprKind::And(left, right) => node("and", span, [C::Expr(left), C::Expr(right)]),
        ExprKind::Or(left, right) => node("or", span, [C::Expr(left), C::Expr(right)]),
        ExprKind::Stream { head, tail } => node("::", span, [C::Expr(head), C::Expr(tail)]),
        ExprKind::Call {
            function,
            arguments,
        } => node(
            "call",
            span,
            [C::Expr(function)]
                .into_iter()
                .chain(self::arguments(arguments)),
        ),
        ExprKind::MethodCall {
            receiver,
            method,
            arguments,
        } => {
            let callee = [C::Expr(receiver), C::Name(method, "")];
            node(
                "method",
                span,
                callee.into_iter().chain(self::arguments(arguments)),
            )
        }
        ExprKind::Field { object, name } => {
            node("field", span, [C::Expr(object), C::Name(name, "")])
        }
        ExprKind::Index { object, index } => node("index", span, [C::Expr(object), C::Expr(index)]),
        ExprKind::Slice { object, start, end } => {
            let mut children = vec![C::Expr(object)];
            children.extend(start.as_deref().map(C::Expr));
            children.push(C::Word(":", None));
            children.extend(end.as_deref().map(C::Expr));
            node("slice", span, children)
        }
        ExprKind::If {
            condition,
            then,
            otherwise,
        } => {
            let parts = [C::Expr(condition), C::Block(then)];
            node(
                "if",
                span,
                parts.into_iter().chain(otherwise.as_deref().map(C::Block)),
            )
        }
        ExprKind::Try {
            body,
            catch,
            finally,
        } => {
            let mut children = vec![C::Block(body)];
            if let Some((name, handler)) = catch.as_deref() {
                children.extend([C::Name(name, ""), C::Block(handler)]);
            }
            children.extend(finally.as_deref().map(C::Block));
            node("try", span, children)
        }
        ExprKind::Block(block) => node("do", span, [C::Block(block)]),
        ExprKind::Lambda(function) => Node {
            label: String::from("lambda"),
            span: Some(span),
            ..self::function(function)
        },
        ExprKind::Future { body, place } => node(
            "future",
            span,
            [Some(body), place.as_ref()]
                .into_iter()
                .flatten()
                .map(|part| C::Expr(part)),
        ),
        ExprKind::Spawn { body, place } => node(
            "spawn",
            span,
            [Some(body), place.as_ref()]
                .into_iter()
                .flatten()
                .map(|part| C::Expr(part)),
        ),
        ExprKind::Delay(body) => node("delay", span, [C::Expr(body)]),
    }
}

fn arguments(arguments: &[Argument]) -> impl Iterator<Item = Child<'_>> {
    arguments.iter().flat_map(|argument| {
        let name = argument.name.iter().map(|name| C::Name(name, ":"));
        name.chain([C::Expr(&argument.value)])
    })
}

fn comprehension(clause: &Comprehension) -> impl Iterator<Item = Child<'_>> {
    let source = names(&clause.names).chain([C::Expr(&clause.iterable)]);
    source.chain(clause.condition.as_ref().map(C::Expr))
}

fn format_string(parts: &[FormatPart], span: Span) -> Node<'_> {
    let children = parts.iter().flat_map(|part| match part {
        FormatPart::Text(text) => vec![C::Word(text, None)],
        FormatPart::Hole { value, spec: None } => vec![C::Expr(value)],
        FormatPart::Hole {
            value,
            spec: Some((_, span)),
        } => vec![C::Expr(value), C::Word("spec", Some(*span))],
    });
    node("format", span, children)
}
