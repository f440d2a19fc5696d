//! What is wrong with a token that does not fit.
//!
//! First the mistakes people are known to make, each with what to write instead; for the rest, the
//! token and [what would have fitted](super::expected). A rule looks at the tokens around the
//! place only, and the first that knows the mistake speaks.

use super::expected::Expected;
use super::foreign::{foreign_statement, shortened};
use super::span::Span;
use super::token::{Lexeme, Token};
use crate::diagnostics::report::Report;
use crate::diagnostics::source::Source;

/// A token that does not fit.
pub struct Mistake<'a, 'text> {
    /// The text.
    pub source: &'a Source,
    /// All tokens.
    pub lexemes: &'a [Lexeme<'text>],
    /// Which one; one past the last if it is the end that does not fit.
    pub at: usize,
    /// The first token of the innermost statement around it.
    pub statement: usize,
    /// What would have fitted, as LALRPOP lists it.
    pub expected: &'a [String],
}

/// The report on a mistake.
pub fn explain(mistake: &Mistake<'_, '_>) -> Report {
    let expected = Expected::new(mistake.expected);
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
    if report.help.is_none() && mistake.has_slashes_before() {
        report = report.help("a comment begins with `#`; `//` divides and rounds down");
    }
    report
}

impl<'text> Mistake<'_, 'text> {
    fn token(&self, at: usize) -> Option<&Token<'text>> {
        self.lexemes.get(at).map(|lexeme| &lexeme.token)
    }

    fn found(&self) -> Option<&Token<'text>> {
        self.token(self.at)
    }

    fn next(&self) -> Option<&Token<'text>> {
        self.token(self.at + 1)
    }

    /// The token before, if it belongs to the same statement.
    fn before(&self) -> Option<&Token<'text>> {
        if self.at > self.statement {
            self.token(self.at - 1)
        } else {
            None
        }
    }

    fn first(&self) -> Option<&Token<'text>> {
        self.token(self.statement)
    }

    fn touches_before(&self) -> bool {
        let start = self.lexemes.get(self.at).map(|lexeme| lexeme.start);
        self.at > 0 && Some(self.lexemes[self.at - 1].end) == start
    }

    /// The place of the token; of the last one for the end of a line or of the text.
    fn span(&self) -> Span {
        let at_end = matches!(self.found(), None | Some(Token::Separator));
        let (start, end) = match (self.lexemes.get(self.at), self.at.checked_sub(1)) {
            (Some(lexeme), _) if !at_end || self.text(lexeme) == ";" => (lexeme.start, lexeme.end),
            // Just behind the last token: one column wide.
            (_, Some(last)) => (self.lexemes[last].end, self.lexemes[last].end + 1),
            _ => (0, 0),
        };
        let length = self.source.text.len();
        Span::new(self.source.id, start.min(length), end.min(length))
    }

    fn text(&self, lexeme: &Lexeme<'_>) -> &str {
        self.source.text.get(lexeme.start..lexeme.end).unwrap_or("")
    }

    /// What was found, as the reader sees it.
    fn shown(&self) -> String {
        let Some(lexeme) = self.lexemes.get(self.at) else {
            return String::from("end of the program");
        };
        match lexeme.token {
            Token::Separator if self.text(lexeme) != ";" => String::from("end of the line"),
            Token::String(_) | Token::FormatOpen => String::from("string"),
            _ => format!("`{}`", shortened(self.text(lexeme))),
        }
    }

    /// The innermost bracket open at the token.
    fn inside(&self) -> Option<&Token<'text>> {
        let mut depth = 0usize;
        for lexeme in self.lexemes[..self.at].iter().rev() {
            match lexeme.token {
                Token::ParenClose | Token::SquareClose | Token::BraceClose | Token::HoleClose => {
                    depth += 1
                }
                Token::ParenOpen | Token::SquareOpen | Token::BraceOpen | Token::HoleOpen
                    if depth == 0 =>
                {
                    return Some(&lexeme.token);
                }
                Token::ParenOpen | Token::SquareOpen | Token::BraceOpen | Token::HoleOpen => {
                    depth -= 1
                }
                _ => {}
            }
        }
        None
    }

    fn in_block(&self) -> bool {
        matches!(self.inside(), None | Some(Token::BraceOpen))
    }

    fn statement_has(&self, wanted: impl Fn(&Token<'_>) -> bool) -> bool {
        self.lexemes[self.statement..self.at]
            .iter()
            .any(|lexeme| wanted(&lexeme.token))
    }

    /// Whether a `//` stands before the place on its line.
    fn has_slashes_before(&self) -> bool {
        let start = self.span().start as usize;
        let line_start = self.source.text[..start].rfind('\n').map_or(0, |at| at + 1);
        let tokens = self.lexemes[self.statement..self.at.min(self.lexemes.len())].iter();
        tokens
            .rev()
            .take_while(|lexeme| lexeme.start >= line_start)
            .any(|lexeme| lexeme.token == Token::SlashSlash)
    }

    fn error(&self, message: impl Into<String>) -> Report {
        Report::error(self.span(), message)
    }

    /// When no rule knows it.
    fn unexpected(&self, expected: &Expected<'_>) -> Report {
        self.error(format!("unexpected {}", self.shown()))
            .label(format!("expected {}", expected.phrase()))
    }
}

fn foreign_words(mistake: &Mistake<'_, '_>, expected: &Expected<'_>) -> Option<Report> {
    let found = mistake.found()?;
    if let Some(Token::Name(word)) = mistake.before()
        && (found.begins_operand() || *found == Token::Colon || found.keyword().is_some())
        && expected.operator()
        && let Some(help) = foreign_statement(word)
        && (word.len() > 1 || matches!(found, Token::String(_)) && mistake.touches_before())
    {
        let report = mistake.error(format!("unexpected {}", mistake.shown()));
        return Some(report.label(format!("behind the name `{word}`")).help(help));
    }
    if let Token::Name(word @ ("is" | "as" | "then" | "do" | "of" | "begin")) = found
        && let Some(help) = foreign_statement(word)
    {
        let report = mistake.error(format!("unexpected `{word}`"));
        return Some(
            report
                .label(format!("expected {}", expected.phrase()))
                .help(help),
        );
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
            && !matches!(found, Token::Else | Token::Catch | Token::Finally);
    is_name.then(|| {
        mistake
            .error(format!("`{word}` is a keyword and cannot be a name"))
            .label(format!("expected {}", expected.phrase()))
    })
}

fn beginning_of_statement(mistake: &Mistake<'_, '_>, expected: &Expected<'_>) -> Option<Report> {
    let found = mistake.found()?;
    if !expected.statement() || mistake.at != mistake.statement {
        return None;
    }
    let sign = mistake.shown();
    Some(match found {
        Token::Else | Token::Catch | Token::Finally => {
            let partner = if *found == Token::Else { "if" } else { "try" };
            mistake
                .error(format!("{sign} without an `{partner}` before it").replace("an `try`", "a `try`"))
                .help(format!("it must follow the `}}` of the block it belongs to: {partner} ... {{ }} {} {{ }}", sign.trim_matches('`')))
        }
        Token::Plus if matches!(mistake.next(), Some(Token::Plus)) => {
            mistake.error("there is no `++`").help("write `x += 1`")
        }
        found if found.continues_line() && mistake.at > 0 => mistake
            .error(format!("a statement cannot begin with {sign}"))
            .help("a line goes on if the operator stands at the end of the line before, or inside parentheses"),
        _ => return None,
    })
}

fn missing_value(mistake: &Mistake<'_, '_>, expected: &Expected<'_>) -> Option<Report> {
    let ends = matches!(
        mistake.found(),
        None | Some(Token::Separator | Token::BraceClose)
    );
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
        let last = mistake.text(&mistake.lexemes[mistake.at - 1]);
        return Some(
            mistake
                .error(format!("nothing follows `{last}`"))
                .label(format!("expected {}", expected.phrase())),
        );
    }
    None
}

fn header(mistake: &Mistake<'_, '_>, expected: &Expected<'_>) -> Option<Report> {
    let found = mistake.found()?;
    let unexpected = || mistake.unexpected(expected);
    match (mistake.before(), found) {
        (Some(Token::For), Token::ParenOpen) => Some(
            unexpected().help("write for x in xs { ... }, or for i in range(10) { ... } to count"),
        ),
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

fn brackets(mistake: &Mistake<'_, '_>, expected: &Expected<'_>) -> Option<Report> {
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
        (Some(Token::ParenOpen), Token::Assign) => Some(
            mistake
                .error("`=` inside of parentheses")
                .label("an assignment has no value")
                .help("arguments are named with `f(name: value)`, and values compared with `==`"),
        ),
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
        (Some(Token::SquareOpen), Token::Colon) if !expected.expression() => {
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
                    .help("a map is written [\"a\": 1], a list [1, 2]; braces hold statements"),
            )
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
        Token::If if expected.operator() && !expected.has("if") => {
            return Some(
                unexpected().help("a choice is written if c { a } else { b }, and has a value"),
            );
        }
        Token::Arrow => return Some(unexpected().help("a function is written fn(x) => x + 1")),
        _ => {}
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
