//! Parse and resolve, on a stack that is large enough.

use corosensei::stack::DefaultStack;

use super::resolution::Resolved;
use crate::diagnostics::report::{Report, Severity};
use crate::diagnostics::source::Source;
use crate::syntax::parse;
use crate::syntax::tree::Tree;

/// Trees are bounded in depth; this is enough for every walk over the deepest.
const STACK: usize = 64 << 20;

/// Reads a text, or several that make one program, and resolves it, if it has no syntax error:
/// with [`resolve`](super::resolve) for a script, [`resolve_entry`](super::resolve_entry) for an
/// entry of a session.
pub fn read(sources: &[&Source], resolve: impl FnOnce(&Tree) -> Resolved) -> Resolved {
    let work = || {
        let Some((first, rest)) = sources.split_first() else {
            return without_program(Vec::new());
        };
        let mut parsed = parse(first);
        for source in rest {
            let next = parse(source);
            parsed.reports.extend(next.reports);
            parsed
                .tree
                .block
                .statements
                .extend(next.tree.block.statements);
        }
        let mut reports = parsed.reports;
        let is_error = |report: &Report| report.severity == Severity::Error;
        // Errors of a tree with holes in it would mostly follow from the holes.
        if reports.iter().any(is_error) {
            return without_program(reports);
        }
        let mut resolved = resolve(&parsed.tree);
        reports.append(&mut resolved.reports);
        Resolved {
            reports,
            ..resolved
        }
    };
    on_large_stack(work).unwrap_or_else(|error| {
        without_program(vec![Report::without_place(format!(
            "there is no memory for a stack: {error}"
        ))])
    })
}

/// Runs work that may walk a deep tree.
pub fn on_large_stack<T>(work: impl FnOnce() -> T) -> std::io::Result<T> {
    Ok(corosensei::on_stack(DefaultStack::new(STACK)?, work))
}

fn without_program(reports: Vec<Report>) -> Resolved {
    Resolved {
        program: None,
        reports,
        declared: Vec::new(),
    }
}
