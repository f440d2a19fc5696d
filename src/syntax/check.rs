//! Spans increase, and children lie inside their parents: an invariant of every tree, checked by
//! the tests on every text they parse.

use super::outline::{Child, Node, outline};
use super::span::Span;
use super::tree::Tree;

/// The first node that breaks the rule, in words.
pub fn check_spans(tree: &Tree) -> Result<(), String> {
    check_node(&outline(Child::Block(&tree.block)))
}

fn check_node(node: &Node<'_>) -> Result<(), String> {
    let mut before = node.span.map_or(0, |span| span.start);
    for &child in &node.children {
        let child = outline(child);
        if let Some(span) = child.span {
            if span.start < before || span.end < span.start {
                return Err(format!(
                    "`{}` at {} begins before {before}",
                    child.label,
                    range(span)
                ));
            }
            if let Some(parent) = node.span
                && (span.end > parent.end || span.source != parent.source)
            {
                return Err(format!(
                    "`{}` at {} is not inside `{}` at {}",
                    child.label,
                    range(span),
                    node.label,
                    range(parent)
                ));
            }
            before = span.end;
        }
        check_node(&child)?;
    }
    Ok(())
}

fn range(span: Span) -> String {
    format!("{}..{}", span.start, span.end)
}
