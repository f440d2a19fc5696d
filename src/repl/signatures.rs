//! The signature of what is being called, as a hint behind the cursor.
//!
//! ```text
//! put(                q, x, timeout = nil)
//! q.put(              x, timeout = nil)        the value before the point is the first argument
//! put(q, 1            (nothing: a value is being typed)
//! put(q, 1,           timeout = nil)
//! ```

use super::names::Names;
use crate::builtins;
use crate::syntax::lexer::lex;
use crate::syntax::span::SourceId;
use crate::syntax::token::{Lexeme, Token};
use crate::value::Value;
use crate::value::function::Function;

/// What is still to be given to the call that the text ends in.
pub fn hint(text: &str, names: &Names) -> Option<String> {
    let lexed = lex(SourceId::default(), text);
    if lexed.unfinished {
        return None;
    }
    let tokens: Vec<&Token<'_>> = lexed.lexemes.iter().map(|lexeme| &lexeme.token).collect();
    if !matches!(tokens.last(), Some(Token::ParenOpen | Token::Comma)) {
        return None;
    }
    let (open, commas) = innermost_call(&lexed.lexemes)?;
    let name = match tokens.get(open.checked_sub(1)?)? {
        Token::Name(name) => *name,
        _ => return None,
    };
    let is_method = open >= 2 && *tokens[open - 2] == Token::Dot;
    let given = commas + usize::from(is_method);
    let parameters = parameters(name, given, names)?;
    let blank = match text.ends_with(',') {
        true => " ",
        false => "",
    };
    let rest: Vec<&str> = parameters.iter().skip(given).map(String::as_str).collect();
    match (rest.is_empty(), parameters.last()) {
        (true, Some(last)) if last.starts_with("...") => Some(format!("{blank}{last})")),
        (true, _) => Some(String::from(")")),
        (false, _) => Some(format!("{blank}{})", rest.join(", "))),
    }
}

/// The opening parenthesis that the text ends inside of, and the commas behind it.
fn innermost_call(lexemes: &[Lexeme<'_>]) -> Option<(usize, usize)> {
    let mut depth = 0;
    let mut commas = 0;
    for (place, lexeme) in lexemes.iter().enumerate().rev() {
        match lexeme.token {
            Token::ParenClose | Token::SquareClose | Token::BraceClose => depth += 1,
            Token::ParenOpen if depth == 0 => return Some((place, commas)),
            Token::SquareOpen | Token::BraceOpen if depth == 0 => return None,
            Token::ParenOpen | Token::SquareOpen | Token::BraceOpen => depth -= 1,
            Token::Comma if depth == 0 => commas += 1,
            _ => {}
        }
    }
    None
}

/// The parameters of what a name stands for, each as it is written; of several rows of a builtin
/// the first that takes so many.
fn parameters(name: &str, given: usize, names: &Names) -> Option<Vec<String>> {
    match names.value(name) {
        Some(Value::Function(function)) => Some(of_function(&function)),
        Some(Value::Builtin(builtin)) => of_builtin(builtin, given),
        Some(_) => None,
        None => of_builtin(builtins::find(name)?, given),
    }
}

fn of_builtin(builtin: &builtins::Builtin, given: usize) -> Option<Vec<String>> {
    let mut rows = builtin.rows.iter().filter(|(row, _)| row.run.is_function());
    let takes_more = |signature: &crate::resolve::signature::Signature| {
        signature.rest.is_some() || signature.parameters.len() > given
    };
    let first = rows.clone().next();
    let (_, signature) = rows
        .find(|(_, signature)| takes_more(signature))
        .or(first)?;
    Some(split(signature.text))
}

/// The parameters of a function, with `= …` for default values.
pub fn of_function(function: &Function) -> Vec<String> {
    let parameters = function.code.template.parameters.iter();
    let written = parameters.map(|parameter| match parameter.default {
        Some(_) => format!("{} = …", parameter.binding.name),
        None => parameter.binding.name.to_string(),
    });
    written.collect()
}

/// `q, sep = ", "` at its commas, but for those in quotes and brackets.
fn split(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    let mut depth = 0;
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            '(' | '[' if !quoted => depth += 1,
            ')' | ']' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = parts.last_mut() {
            last.push(c);
        }
    }
    let parts = parts.iter().map(|part| part.trim().to_owned());
    parts.filter(|part| !part.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints() {
        let names = Names::default();
        for (text, expected) in [
            ("put(", Some("q, x, timeout = nil)")),
            ("q.put(", Some("x, timeout = nil)")),
            ("put(q,", Some(" x, timeout = nil)")),
            ("put(f(1, 2), ", Some("x, timeout = nil)")),
            ("put(q, 1", None),
            ("print(1,", Some(" sep = \" \", end = \"\\n\")")),
            ("x", None),
            ("nothing_like_it(", None),
            ("[", None),
            ("f\"{len(", Some("x)")),
            ("self(", Some(")")),
        ] {
            assert_eq!(hint(text, &names).as_deref(), expected, "{text}");
        }
    }
}
