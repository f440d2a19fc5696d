//! Colours, from the real lexer.
//!
//! What the lexer gives no token for is a blank, a comment, or something wrong.

use std::fmt::Write;

use crate::builtins;
use crate::syntax::lexer::lex;
use crate::syntax::span::SourceId;
use crate::syntax::token::{Lexeme, Token};

const KEYWORD: &str = "\x1b[35m";
const TASK: &str = "\x1b[1;35m";
const NUMBER: &str = "\x1b[36m";
const TEXT: &str = "\x1b[32m";
const COMMENT: &str = "\x1b[2m";
const BUILTIN: &str = "\x1b[34m";
const WRONG: &str = "\x1b[31m";
const PARTNER: &str = "\x1b[1;7m";
const QUIET: &str = "\x1b[2m";
const PROMPT: &str = "\x1b[1;32m";
const PLAIN: &str = "\x1b[0m";

/// Whether there are colours at all.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct Palette {
    /// There are.
    pub is_coloured: bool,
}

impl Palette {
    /// Text that should not draw attention.
    pub fn quiet(self, text: &str) -> String {
        self.painted(QUIET, text)
    }

    /// The prompt.
    pub fn prompt(self, text: &str) -> String {
        self.painted(PROMPT, text)
    }

    /// A heading, or a name that is explained.
    pub fn name(self, text: &str) -> String {
        self.painted(BUILTIN, text)
    }

    /// Code, by its tokens.
    pub fn code(self, text: &str) -> String {
        match self.is_coloured {
            true => coloured(text, None),
            false => text.to_owned(),
        }
    }

    fn painted(self, colour: &str, text: &str) -> String {
        match self.is_coloured {
            true => format!("{colour}{text}{PLAIN}"),
            false => text.to_owned(),
        }
    }
}

/// Code in colours; the bracket that belongs to the one at the cursor is shown inverted.
pub fn coloured(text: &str, cursor: Option<usize>) -> String {
    let lexed = lex(SourceId::default(), text);
    let partner = cursor.and_then(|cursor| partner(&lexed.lexemes, cursor));
    let mut out = String::with_capacity(2 * text.len());
    let mut end = 0;
    for (place, lexeme) in lexed.lexemes.iter().enumerate() {
        if lexeme.start < end {
            continue;
        }
        gap(&mut out, &text[end..lexeme.start]);
        let written = &text[lexeme.start..lexeme.end];
        let colour = match partner {
            Some(start) if start == lexeme.start => PARTNER,
            _ => colour(&lexed.lexemes, place),
        };
        paint(&mut out, colour, written);
        end = lexeme.end;
    }
    gap(&mut out, &text[end..]);
    out
}

/// What stands between two tokens.
fn gap(out: &mut String, text: &str) {
    match text.find('#') {
        Some(at) => {
            out.push_str(&text[..at]);
            paint(out, COMMENT, &text[at..]);
        }
        None => out.push_str(text),
    }
}

/// Paints each line for itself.
fn paint(out: &mut String, colour: &str, text: &str) {
    if colour.is_empty() || text.trim().is_empty() {
        return out.push_str(text);
    }
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            out.push('\n');
        }
        let _ = write!(out, "{colour}{line}{PLAIN}");
    }
}

fn colour(lexemes: &[Lexeme<'_>], place: usize) -> &'static str {
    let token = &lexemes[place].token;
    match token {
        Token::Future | Token::Spawn | Token::Delay => TASK,
        Token::True | Token::False | Token::Nil | Token::Integer(_) | Token::Float(_) => NUMBER,
        Token::String(_) | Token::FormatOpen | Token::FormatText(_) | Token::FormatClose => TEXT,
        Token::Error | Token::LineBroken | Token::Bad => WRONG,
        Token::Name(name) => {
            let is_field = place > 0
                && lexemes[place - 1].token == Token::Dot
                && lexemes.get(place + 1).map(|next| &next.token) != Some(&Token::ParenOpen);
            match builtins::find(name) {
                Some(_) if !is_field => BUILTIN,
                _ => "",
            }
        }
        token if token.keyword().is_some() => KEYWORD,
        _ => "",
    }
}

/// The bracket that belongs to the one under the cursor, or else to the one before it.
fn partner(lexemes: &[Lexeme<'_>], cursor: usize) -> Option<usize> {
    let at = |offset: usize| {
        lexemes
            .iter()
            .position(|lexeme| lexeme.start == offset && side(&lexeme.token) != 0)
    };
    let place = at(cursor).or_else(|| at(cursor.checked_sub(1)?))?;
    let step = side(&lexemes[place].token);
    let mut depth = 0;
    let mut next = Some(place);
    while let Some(lexeme) = next.and_then(|next| lexemes.get(next)) {
        depth += side(&lexeme.token);
        if depth == 0 {
            return Some(lexeme.start);
        }
        next = next.and_then(|next| next.checked_add_signed(step));
    }
    None
}

/// 1 for what opens, -1 for what closes.
fn side(token: &Token<'_>) -> isize {
    match token {
        Token::ParenOpen | Token::SquareOpen | Token::BraceOpen | Token::HoleOpen => 1,
        Token::ParenClose | Token::SquareClose | Token::BraceClose | Token::HoleClose => -1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with colours as letters.
    fn letters(text: &str, cursor: Option<usize>) -> String {
        let mut out = coloured(text, cursor);
        for (code, letter) in [
            (KEYWORD, "<k "),
            (TASK, "<t "),
            (NUMBER, "<n "),
            (TEXT, "<s "),
            (COMMENT, "<c "),
            (BUILTIN, "<b "),
            (WRONG, "<w "),
            (PARTNER, "<p "),
            (PLAIN, ">"),
        ] {
            out = out.replace(code, letter);
        }
        out
    }

    #[test]
    fn every_kind_of_word() {
        for (text, expected) in [
            ("let x = 1", "<k let> x = <n 1>"),
            ("print(x) # why", "<b print>(x) <c # why>"),
            ("f\"a{x}b\"", "<s f\"><s a>{x}<s b><s \">"),
            ("q.put(nil)", "q.<b put>(<n nil>)"),
            ("m.len", "m.len"),
            ("future f()", "<t future> f()"),
            ("'ä🙂' + 1", "<s 'ä🙂'> + <n 1>"),
            ("", ""),
        ] {
            assert_eq!(letters(text, None), expected);
        }
    }

    #[test]
    fn nothing_of_the_text_is_lost() {
        for text in [
            "\"abc",
            "f\"{x",
            "x $ y",
            "f\"{x:>5}\" + \"a",
            "'a\nb'",
            "\u{feff}x",
            "# c",
        ] {
            let mut out = String::new();
            let mut escaped = false;
            for c in coloured(text, Some(0)).chars() {
                match c {
                    '\x1b' => escaped = true,
                    'm' if escaped => escaped = false,
                    c if !escaped => out.push(c),
                    _ => {}
                }
            }
            assert_eq!(out, text);
        }
    }

    #[test]
    fn the_partner_of_a_bracket() {
        assert_eq!(letters("f(g(1))", Some(7)), "f<p (>g(<n 1>))");
        assert_eq!(letters("f(g(1))", Some(1)), "f(g(<n 1>)<p )>");
        assert_eq!(letters("f(\")\")", Some(1)), "f(<s \")\"><p )>");
        assert_eq!(letters("f(1", Some(1)), "f(<n 1>");
    }
}
