//! A check block as a program of its own: all that stands before it, then the check.

use std::sync::Arc;

use crate::resolve::program::{
    Expr, ExprKind, Program, Statement, StatementKind, TemplateId, TemplateKind,
};

/// The programs of all checks, with what each says must hold.
pub fn checks(program: &Program) -> Vec<(Arc<str>, Program)> {
    let checks = program.checks.iter();
    checks
        .map(|&check| (title(program, check), alone(program, check)))
        .collect()
}

fn title(program: &Program, check: TemplateId) -> Arc<str> {
    match &program.template(check).kind {
        TemplateKind::Check(title) => title.clone(),
        _ => "".into(),
    }
}

fn alone(program: &Program, check: TemplateId) -> Program {
    let span = program.template(check).span;
    let mut main = (**program.template(program.main)).clone();
    main.body
        .statements
        .retain(|statement| statement.span.start < span.start);
    let lambda = Expr {
        kind: ExprKind::Lambda(check),
        span,
    };
    let call = Expr {
        kind: ExprKind::Call {
            function: Box::new(lambda),
            arguments: Vec::new(),
            method: false,
        },
        span,
    };
    main.body.statements.push(Statement {
        kind: StatementKind::Expression(call),
        span,
    });
    let mut alone = program.clone();
    alone.templates[program.main.0 as usize] = Arc::new(main);
    alone
}
