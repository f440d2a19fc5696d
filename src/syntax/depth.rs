//! How deeply the tree of a text will nest, found before there is a tree.
//!
//! Trees are built, walked and dropped by recursion. So that no input can overflow a stack, their
//! depth is bounded here, by one pass over the tokens without any recursion: whatever nests an
//! expression into another is a token, so the tokens between two commas (or separators) nest at
//! most as deeply as there are such tokens, plus the deepest bracket among them.
//!
//! ```text
//! f(a + b * c, [d])     f(  1, and inside: a + b * c is 2, [d] is 0
//! ```

use super::token::{Lexeme, Token};

/// The deepest tree the parser builds, counted in expressions: a chain of so many operators, or
/// so many nested lambdas. Every recursive pass over the tree may rely on it.
pub const MAX_TREE_DEPTH: usize = 5_000;

#[derive(Default)]
struct Segment {
    /// Tokens that nest, since the last comma or separator.
    nesting: usize,
    /// The deepest bracket since then.
    deepest: usize,
    /// The deepest segment before.
    before: usize,
}

impl Segment {
    fn depth(&self) -> usize {
        self.nesting + self.deepest
    }

    fn end(&mut self) {
        self.before = self.before.max(self.depth());
        self.nesting = 0;
        self.deepest = 0;
    }
}

/// The first token at which the tree gets deeper than [`MAX_TREE_DEPTH`], if there is one. The
/// brackets must match.
pub fn find_too_deep(lexemes: &[Lexeme<'_>]) -> Option<usize> {
    let mut open = vec![Segment::default()];
    let mut after_operand = false;
    for (at, lexeme) in lexemes.iter().enumerate() {
        let segment = open.last_mut()?;
        match &lexeme.token {
            Token::ParenOpen | Token::SquareOpen | Token::HoleOpen | Token::BraceOpen => {
                segment.nesting += usize::from(after_operand || lexeme.token == Token::BraceOpen);
                open.push(Segment::default());
            }
            Token::ParenClose | Token::SquareClose | Token::HoleClose | Token::BraceClose => {
                let mut closed = open.pop()?;
                closed.end();
                let outer = open.last_mut()?;
                outer.deepest = outer.deepest.max(closed.before);
            }
            Token::Comma | Token::Separator | Token::Colon => segment.end(),
            token if nests(token) => segment.nesting += 1,
            _ => {}
        }
        if open.last()?.depth() > MAX_TREE_DEPTH {
            return Some(at);
        }
        after_operand = lexeme.token.ends_operand();
    }
    None
}

/// Whether what comes with this token has an expression inside.
fn nests(token: &Token<'_>) -> bool {
    matches!(
        token,
        Token::Dot
            | Token::If
            | Token::Else
            | Token::Try
            | Token::Fn
            | Token::For
            | Token::FormatOpen
    ) || (token.continues_line() && !token.is_assignment())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::layout::lay_out;
    use crate::syntax::lexer::lex;
    use crate::syntax::span::SourceId;

    fn too_deep(text: &str) -> bool {
        let source = SourceId::default();
        let layout = lay_out(source, text, &lex(source, text).lexemes);
        find_too_deep(&layout.lexemes).is_some()
    }

    #[test]
    fn only_what_nests_counts() {
        let many = MAX_TREE_DEPTH + 1;
        for (name, flat) in [
            ("statements", "a + b\n".repeat(many)),
            ("elements", format!("[{}]", "a + b, ".repeat(many))),
            ("arguments", format!("f({})", "-a, ".repeat(many))),
            ("blocks", "if a { b }\n".repeat(many)),
        ] {
            assert!(!too_deep(&flat), "{name}");
        }
        for (name, deep) in [
            ("sum", "a + ".repeat(many)),
            ("minus", "- ".repeat(many)),
            ("not", "not ".repeat(many)),
            ("stream", "1 :: ".repeat(many)),
            ("calls", format!("f{}", "()".repeat(many))),
            ("methods", format!("f{}", ".g()".repeat(many))),
            ("lambdas", "fn() => ".repeat(many)),
            ("futures", "future ".repeat(many)),
            (
                "else if",
                format!("if a {{ }}{}", " else if a { }".repeat(many)),
            ),
        ] {
            assert!(too_deep(&deep), "{name}");
        }
    }
}
