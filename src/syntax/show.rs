//! A tree as text, for tests and the curious: an indented S-expression.
//!
//! ```text
//! let x = f(1) + 2      (let x
//!                         (+
//!                           (call f 1)
//!                           2))
//! ```

use super::outline::{Child, Node, outline};
use super::tree::Tree;

/// Deeper than this nothing is indented further: the text of a deep tree stays linear.
const DEEPEST_INDENTATION: usize = 40;

/// The whole tree.
pub fn show(tree: &Tree) -> String {
    let mut out = String::new();
    for statement in &tree.block.statements {
        write_node(&mut out, &outline(Child::Statement(statement)), 0);
        out.push('\n');
    }
    out
}

fn write_node(out: &mut String, node: &Node<'_>, depth: usize) {
    if node.children.is_empty() {
        let braces = node.label == "block" || node.label == "list" || node.label == "map";
        out.push_str(if braces { "(" } else { "" });
        out.push_str(&node.label);
        out.push_str(if braces { ")" } else { "" });
        return;
    }
    out.push('(');
    out.push_str(&node.label);
    let mut on_line = true;
    for &child in &node.children {
        let child = outline(child);
        // Leaves stay on the line until something larger has begun a new one.
        on_line &= child.children.is_empty();
        if on_line {
            out.push(' ');
        } else {
            out.push('\n');
            out.extend(std::iter::repeat_n(
                "  ",
                (depth + 1).min(DEEPEST_INDENTATION),
            ));
        }
        write_node(out, &child, depth + 1);
    }
    out.push(')');
}

#[cfg(test)]
mod tests {
    use crate::syntax::parser::parse_text;

    #[test]
    fn leaves_stay_on_the_line() {
        let shown = super::show(&parse_text("let x = f(1) + 2\nxs[:3]").tree);
        assert_eq!(
            shown,
            "(let x\n  (+\n    (call f 1)\n    2))\n(slice xs \":\" 3)\n"
        );
    }
}
