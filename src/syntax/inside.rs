//! What is wrong inside of brackets: rules of [`explain`](super::explain) that look at the innermost
//! open bracket.
//!
//! ```text
//! f(x = 3)     f(*xs)     (a, b) => a     xs[1:2:3]     {"a": 1}     f"{}"
//! ```

use super::expected::Expected;
use super::mistake::Mistake;
use super::token::Token;
use crate::diagnostics::report::Report;

/// The mistakes people make inside of ( ), [ ] and the holes of f-strings.
pub(super) fn brackets(mistake: &Mistake<'_, '_>, expected: &Expected<'_>) -> Option<Report> {
    let found = mistake.found()?;
    let unexpected = || mistake.unexpected(expected);
    match (mistake.inside(), found) {
        (Some(Token::HoleOpen), Token::HoleClose) if mistake.before() == Some(&Token::HoleOpen) => {
            Some(
                mistake
                    .error("a hole of an f-string needs an expression")
                    .help("braces that are meant as text are written {{ and }}"),
            )
        }
        (Some(Token::ParenOpen | Token::SquareOpen), Token::Separator) => Some(
            mistake
                .error("a `;` inside of brackets")
                .help("a block of statements stands in { }"),
        ),
        (Some(Token::ParenOpen), Token::Assign) => {
            let named = match mistake.before() {
                Some(Token::Name(name)) => format!("{name}: value"),
                _ => String::from("name: value"),
            };
            Some(
                mistake
                    .error("`=` inside of parentheses")
                    .label("an assignment has no value")
                    .help(format!(
                        "an argument is named with a colon, `{named}`; values are compared with `==`"
                    )),
            )
        }
        (Some(Token::ParenOpen), Token::Star | Token::StarStar) if !expected.operator() => Some(
            mistake
                .error(format!("{} before an argument", mistake.shown()))
                .help("a list cannot be spread into arguments; give them one by one"),
        ),
        (Some(Token::ParenOpen), Token::Colon) if expected.has(")") && expected.has("=") => Some(
            unexpected()
                .help("parameters have no types; a default value is written `name = value`"),
        ),
        (Some(Token::ParenOpen), Token::For) => {
            Some(unexpected().help("a comprehension stands in [ ]: [e for x in xs]"))
        }
        (Some(Token::SquareOpen), Token::For)
            if mistake.statement_has(|token| *token == Token::For) =>
        {
            Some(mistake.error("a second `for` in a comprehension").help(
                "a comprehension has one `for`; use a loop, or a comprehension inside of the other",
            ))
        }
        (Some(Token::SquareOpen), Token::Colon) if !expected.expression() && !expected.has(",") => {
            Some(unexpected().help("a slice is xs[a:b], without a step"))
        }
        (Some(Token::BraceOpen), Token::Colon | Token::Comma)
            if mistake.at == mistake.statement + 1
                && matches!(
                    mistake.first(),
                    Some(Token::String(_) | Token::Integer(_) | Token::Name(_))
                )
                && mistake.statement > 0
                && mistake.token(mistake.statement - 1) == Some(&Token::BraceOpen) =>
        {
            Some(
                unexpected()
                    .label("braces hold statements")
                    .help("a map is written [\"a\": 1], a list [1, 2]"),
            )
        }
        (Some(Token::ParenOpen), Token::Comma) if mistake.is_lambda_without_fn() => Some(
            mistake
                .error("a function without a name begins with `fn`")
                .help("write fn(a, b) => a + b"),
        ),
        (Some(Token::ParenOpen), Token::Comma) if !expected.expression() && !expected.has(",") => {
            Some(unexpected().help("several values make a list, in square brackets: [a, b]"))
        }
        _ => None,
    }
}
