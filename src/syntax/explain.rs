//! What is wrong with a token that does not fit.
//!
//! First the mistakes people are known to make, each with what to write instead; for the rest, the
//! token and [what would have fitted](super::expected). A rule looks at the tokens around the
//! place only, and the first that knows the mistake speaks.

use super::expected::Expected;
use super::foreign::foreign_statement;
use super::inside::brackets;
use super::mistake::Mistake;
use super::span::Span;
use super::token::Token;
use crate::diagnostics::report::Report;

/// The report on a mistake.
pub fn explain(mistake: &Mistake<'_, '_>) -> Report {
    let after_operand = mistake.before().is_some_and(Token::ends_operand);
    let expected = Expected::new(mistake.expected, after_operand);
    let rules = [
        foreign_words,
        keyword_as_name,
        beginning_of_statement,
        missing_value,
        header,
        brackets,
        operand_missing,
        statement_goes_on,
    ];
    let report = rules.iter().find_map(|rule| rule(mistake, &expected));
    let mut report = report.unwrap_or_else(|| mistake.unexpected(&expected));
    // `x = 1 // the number` divides by `the`, and stumbles over `number`.
    let prose = matches!(mistake.found(), Some(Token::Name(_)));
    if (prose || report.help.is_none()) && mistake.has_slashes_before() {
        report = report.help("a comment begins with `#`; `//` divides and rounds down");
    }
    report
}

fn foreign_words(mistake: &Mistake<'_, '_>, expected: &Expected<'_>) -> Option<Report> {
    let found = mistake.found()?;
    if let Some(Token::Name(word)) = mistake.before()
        && (found.begins_operand() || *found == Token::Colon || found.keyword().is_some())
        && expected.operator()
        && let Some(help) = foreign_statement(word)
        // `r"..."` is a prefix, `r x` is not.
        && (word.len() > 1 || mistake.touches_before() && matches!(found, Token::String(_)))
        && (*found != Token::Colon || *word == "lambda")
    {
        let place = &mistake.lexemes[mistake.at - 1];
        let place = Span::new(mistake.source.id, place.start, place.end);
        return Some(Report::error(place, format!("`{word}` is no keyword")).help(help));
    }
    if let Token::Name(word @ ("is" | "as" | "then" | "do" | "of" | "begin")) = found {
        let report = mistake.error(format!("`{word}` is no keyword"));
        let report = report.label(format!("expected {}", expected.phrase()));
        let help = match (mistake.first(), *word) {
            (Some(Token::With), "as") => Some("the name comes first: with name = e { ... }"),
            _ => foreign_statement(word),
        };
        return Some(match help {
            Some(help) => report.help(help),
            None => report,
        });
    }
    None
}

fn keyword_as_name(mistake: &Mistake<'_, '_>, expected: &Expected<'_>) -> Option<Report> {
    let found = mistake.found()?;
    let word = found.keyword()?;
    let is_name = expected.only_name()
        || expected.expression()
            && !expected.statement()
            && !found.begins_operand()
            && *found != Token::Let
            && !matches!(found, Token::Else | Token::Catch | Token::Finally);
    is_name.then(|| {
        let report = mistake.error(format!("`{word}` is a keyword and cannot be a name"));
        if expected.only_name() {
            report
                .label("a name must stand here")
                .help("choose another name")
        } else {
            report.label(format!("expected {}", expected.phrase()))
        }
    })
}

fn beginning_of_statement(mistake: &Mistake<'_, '_>, expected: &Expected<'_>) -> Option<Report> {
    let found = mistake.found()?;
    let sign = mistake.shown();
    let branch = match found {
        Token::Else => Some(("an `if`", "if c { } else { }")),
        Token::Catch => Some(("a `try`", "try { } catch e { }")),
        Token::Finally => Some(("a `try`", "try { } finally { }")),
        _ => None,
    };
    if let Some((partner, shape)) = branch
        && mistake.in_block()
    {
        let report = mistake.error(format!("{sign} without {partner} before it"));
        return Some(report.help(format!(
            "it must follow the `}}` of the block it belongs to: {shape}"
        )));
    }
    if !expected.statement() || mistake.at != mistake.statement {
        return None;
    }
    if *found == Token::Plus && mistake.next() == Some(&Token::Plus) {
        return Some(mistake.error("there is no `++`").help("write `x += 1`"));
    }
    if found.continues_line() && mistake.at > 0 {
        let report = mistake.error(format!("a statement cannot begin with {sign}"));
        return Some(report.help(
            "a line goes on if the operator stands at the end of the line before, or inside parentheses",
        ));
    }
    None
}

fn missing_value(mistake: &Mistake<'_, '_>, expected: &Expected<'_>) -> Option<Report> {
    let ends = match mistake.found() {
        None | Some(Token::Separator | Token::BraceClose) => true,
        // The next statement, on a line of its own.
        Some(found) => {
            found.keyword().is_some() && !found.begins_operand() && mistake.begins_line()
        }
    };
    if !ends {
        return None;
    }
    if mistake.first() == Some(&Token::Let)
        && expected.has("=")
        && let Some(Token::Name(name)) = mistake.before()
    {
        return Some(
            mistake
                .error(format!("`let {name}` without a value"))
                .label("expected `=` and a value")
                .help(format!(
                    "a variable that has no value yet can hold nil: let {name} = nil"
                )),
        );
    }
    if expected.has("=") && mistake.in_block() && mistake.before().is_some_and(Token::ends_operand)
    {
        let several = mistake.lexemes[mistake.statement..mistake.at].iter();
        if several.clone().any(|lexeme| lexeme.token == Token::Comma)
            && mistake.first() != Some(&Token::Let)
        {
            let report = mistake.unexpected(expected);
            return Some(report.help("several values make a list, in brackets: [a, b]"));
        }
    }
    if expected.has("finally") && expected.has("catch") {
        return Some(
            mistake
                .error("a `try` without `catch` or `finally`")
                .help("write try { ... } catch e { ... }"),
        );
    }
    if expected.expression()
        && let Some(before) = mistake.before()
        && before.continues_line()
    {
        let last = &mistake.lexemes[mistake.at - 1];
        let behind = Span::new(mistake.source.id, last.start, last.end);
        return Some(
            Report::error(behind, format!("nothing follows `{}`", mistake.text(last)))
                .label(format!("expected {}", expected.phrase())),
        );
    }
    None
}

fn header(mistake: &Mistake<'_, '_>, expected: &Expected<'_>) -> Option<Report> {
    let found = mistake.found()?;
    let unexpected = || mistake.unexpected(expected);
    match (mistake.before(), found) {
        (_, Token::Colon) if expected.has("{") => Some(
            mistake
                .error("a block stands in braces, not behind a colon")
                .help("write { ... } around the block"),
        ),
        (Some(Token::For), Token::ParenOpen) => Some(
            unexpected().help("write for x in xs { ... }, or for i in range(10) { ... } to count"),
        ),
        (Some(Token::Catch), _) => {
            Some(unexpected().help("the error gets a name: catch e { ... }"))
        }
        (_, Token::Minus) if mistake.next() == Some(&Token::Greater) && expected.has("=>") => Some(
            mistake
                .error("a function does not declare what it returns")
                .help("leave out `->` and the type"),
        ),
        (Some(Token::Minus), Token::Greater) if mistake.touches_before() => Some(
            mistake
                .error("there is no `->`")
                .help("a function is written fn(x) => e; a field is read with `.`"),
        ),
        _ if expected.has("=>") => Some(
            unexpected()
                .help("what a function does is written { ... } or => e behind its parameters"),
        ),
        _ if expected.has("{") && !expected.expression() => {
            let report = unexpected();
            if expected.operator() && matches!(found, Token::Separator) {
                Some(report.help("a block stands in { }, and its `{` on the same line"))
            } else {
                Some(report.help("a block stands in { }"))
            }
        }
        _ => None,
    }
}

fn operand_missing(mistake: &Mistake<'_, '_>, expected: &Expected<'_>) -> Option<Report> {
    if expected.operator() {
        return None;
    }
    let found = mistake.found()?;
    let unexpected = || mistake.unexpected(expected);
    match found {
        Token::Fn | Token::Future | Token::Spawn | Token::Delay | Token::Not
            if expected.has("nil") =>
        {
            let word = mistake.shown();
            let word = word.trim_matches('`');
            Some(
                mistake
                    .error(format!("`{word}` needs parentheses here"))
                    .label("it would reach further than the operator before it")
                    .help(format!("write ({word} ...)")),
            )
        }
        Token::Plus if expected.expression() => {
            Some(mistake.error("there is no `+` in front of a value").help(
                if mistake.before() == Some(&Token::Plus) {
                    "write `x += 1` to count up"
                } else {
                    "leave it out"
                },
            ))
        }
        Token::ParenClose if mistake.before() == Some(&Token::ParenOpen) => {
            Some(unexpected().help("an empty list is written []"))
        }
        Token::Star if mistake.before() == Some(&Token::Slash) && mistake.touches_before() => Some(
            mistake
                .error("there are no comments `/* ... */`")
                .help("a comment begins with `#` and ends with its line"),
        ),
        Token::Dot if mistake.before() == Some(&Token::Dot) => {
            Some(unexpected().help("the numbers from a up to b are range(a, b)"))
        }
        Token::Let if !expected.statement() => Some(
            mistake
                .error("`let` is a statement of its own")
                .label(format!("expected {}", expected.phrase()))
                .help("declare the variable on a line before"),
        ),
        _ => None,
    }
}

/// What comes before is whole, and something follows.
fn statement_goes_on(mistake: &Mistake<'_, '_>, expected: &Expected<'_>) -> Option<Report> {
    let found = mistake.found()?;
    let unexpected = || mistake.unexpected(expected);
    match found {
        Token::If if expected.operator() && !expected.has("{") => {
            return Some(
                mistake
                    .error("an `if` behind a value")
                    .label("the condition comes first")
                    .help(mistake.choice_instead()),
            );
        }
        Token::String(_) | Token::FormatOpen
            if matches!(
                mistake.before(),
                Some(Token::String(_) | Token::FormatClose)
            ) =>
        {
            return Some(unexpected().help("strings are joined with `+`"));
        }
        Token::Arrow => {
            return Some(
                mistake
                    .error("`=>` without `fn` and its parameters before it")
                    .help(mistake.lambda_instead()),
            );
        }
        found
            if found.begins_operand()
                && expected.has(",")
                && !expected.expression()
                && mistake.before().is_some_and(Token::ends_operand)
                && matches!(mistake.inside(), Some(Token::ParenOpen | Token::SquareOpen)) =>
        {
            return Some(
                mistake
                    .error(format!(
                        "a comma is missing before {}",
                        mistake.shown_with_article()
                    ))
                    .help(mistake.comma_instead()),
            );
        }
        _ => {}
    }
    if *found == Token::Colon && mistake.first() == Some(&Token::Let) && expected.has("=") {
        return Some(unexpected().help("variables have no types"));
    }
    if !mistake.in_block() || !expected.has("separator") {
        return None;
    }
    let assigns = mistake.statement_has(|token| token.is_assignment());
    Some(match found {
        Token::Comma if assigns || mistake.first() == Some(&Token::Return) => {
            unexpected().help("several values make a list, in brackets: [a, b]")
        }
        found if found.is_assignment() && assigns => mistake
            .error(format!("a second {} in one statement", mistake.shown()))
            .label("an assignment has no value")
            .help("write two statements"),
        found if found.is_assignment() => mistake.error(format!("unexpected {}", mistake.shown())),
        Token::Colon if matches!(mistake.first(), Some(Token::Name(_))) => unexpected()
            .help("variables have no types, and there are no labels; a map is written [\"a\": 1]"),
        Token::BraceOpen => {
            unexpected().help("a block that is a statement of its own begins a new line")
        }
        found if found.begins_operand() || found.keyword().is_some() => mistake
            .error(format!(
                "unexpected {} behind a whole statement",
                mistake.shown()
            ))
            .label("expected an operator or the end of the line")
            .help("two statements on one line need a `;` between them"),
        _ => unexpected(),
    })
}

#[cfg(test)]
#[path = "tests/explain.rs"]
mod tests;
