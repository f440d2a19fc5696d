//! Whether a session should wait for more lines before it runs an entry.
//!
//! Decided by lexer and layout alone: what is wrong for another reason is complete, and its
//! report comes at once.

use super::layout::lay_out;
use super::lexer::lex;
use super::span::SourceId;

/// What a text still needs.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Completeness {
    /// Nothing.
    Complete,
    /// A bracket is open.
    OpenBracket,
    /// It ends with an operator, a comma or a word that something must follow.
    TrailingOperator,
    /// The last line ends inside of a string.
    UnfinishedString,
}

/// What `text` still needs.
pub fn is_complete(text: &str) -> Completeness {
    let source = SourceId::default();
    let lexed = lex(source, text);
    if lexed.unfinished {
        return Completeness::UnfinishedString;
    }
    let layout = lay_out(source, text, &lexed.lexemes);
    if layout.open_at_end && !layout.too_deep {
        return Completeness::OpenBracket;
    }
    match layout.lexemes.last() {
        Some(last) if last.token.continues_line() => Completeness::TrailingOperator,
        _ => Completeness::Complete,
    }
}

#[cfg(test)]
mod tests {
    use super::Completeness::*;
    use super::*;

    #[test]
    fn entries() {
        for (text, expected) in [
            ("", Complete),
            ("1 + 2", Complete),
            ("let x = 3\n", Complete),
            ("x +", TrailingOperator),
            ("x + # why", TrailingOperator),
            ("let x =\n\n", TrailingOperator),
            ("f(a,", OpenBracket),
            ("fn f() {", OpenBracket),
            ("fn f() {\n}", Complete),
            ("[1, 2", OpenBracket),
            ("f\"{x", UnfinishedString),
            ("\"abc", UnfinishedString),
            ("\"abc\" + 'd'", Complete),
            (")", Complete),
            ("if x", Complete),
            ("future", TrailingOperator),
            ("n++", Complete),
        ] {
            assert_eq!(is_complete(text), expected, "{text}");
        }
    }
}
