//! What would have fitted, in words.
//!
//! LALRPOP lists every token that fits: dozens, where an expression does. People want the shape:
//!
//! ```text
//! nil true false name ( [ { if fn - not ...   ->   an expression
//! and or + - * . ( [ , )                      ->   `,` or `)`       (an operator always fits there)
//! ```

const OPERANDS: &str =
    "nil true false integer float string f-string name ( [ { if try fn not - future spawn delay";
const STATEMENTS: &str = "let while for return break continue throw with check bad";
const OPERATORS: &str = "and or in not == != < <= > >= + - * / // % ** :: . ( [ on";
const ASSIGNMENTS: &str = "+= -= *= /= //= %= **=";

/// The tokens the grammar would have taken.
pub struct Expected<'a> {
    names: Vec<&'a str>,
    after_operand: bool,
}

impl<'a> Expected<'a> {
    /// From LALRPOP's list, whose entries stand in quotes. The list lacks operators where the
    /// parser had already closed the expression before it saw the token, so whether an operand
    /// comes before is said apart.
    pub fn new(list: &'a [String], after_operand: bool) -> Expected<'a> {
        Expected {
            after_operand,
            names: list.iter().map(|name| name.trim_matches('"')).collect(),
        }
    }

    /// Whether this token would have fitted.
    pub fn has(&self, name: &str) -> bool {
        self.names.contains(&name)
    }

    /// Whether an expression could begin here.
    pub fn expression(&self) -> bool {
        self.has("nil") && self.has("[")
    }

    /// Whether a statement could begin here.
    pub fn statement(&self) -> bool {
        self.has("let")
    }

    /// Whether a name would have fitted, and no other expression.
    pub fn only_name(&self) -> bool {
        self.has("name") && !self.has("nil")
    }

    /// Whether an operator would have fitted: what comes before is an operand.
    pub fn operator(&self) -> bool {
        self.has("**") || self.after_operand && !self.expression() && !self.only_name()
    }

    /// All of it as a phrase.
    pub fn phrase(&self) -> String {
        let mut left = self.names.clone();
        let mut phrases: Vec<String> = Vec::new();
        let drop = |words: &str, left: &mut Vec<&str>| {
            left.retain(|name| !words.split(' ').any(|word| word == *name));
        };
        if self.statement() {
            drop(STATEMENTS, &mut left);
            drop(OPERANDS, &mut left);
            phrases.push(String::from("a statement"));
        } else if self.expression() {
            drop(OPERANDS, &mut left);
            phrases.push(String::from("an expression"));
        }
        if self.has("==") || self.has("**") {
            drop(OPERATORS, &mut left);
        }
        drop(ASSIGNMENTS, &mut left);
        if self.has("separator") {
            drop("= , }", &mut left);
        }
        if self.has(")") && self.has(",") {
            // Behind a name in a call: it could still become the name of an argument.
            drop(":", &mut left);
        }
        for name in left {
            let phrase = match name {
                "name" => String::from("a name"),
                "string" => String::from("a string"),
                "separator" => String::from("a new line"),
                "end of hole" => String::from("`}`"),
                "format spec" => String::from("`:`"),
                "bad" | "text of f-string" | "hole" | "f-string" | "end of f-string" => continue,
                sign => format!("`{sign}`"),
            };
            if !phrases.contains(&phrase) {
                phrases.push(phrase);
            }
        }
        match phrases.split_last() {
            None => String::from("an operator"),
            Some((only, [])) => only.clone(),
            Some((last, others)) => format!("{} or {last}", others.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::syntax::parser::parse_text;

    /// What the report on a text says was expected.
    fn check(text: &str, phrase: &str) {
        let reports = parse_text(text).reports;
        let label = &reports[0]
            .primary
            .as_ref()
            .expect("syntax errors have a place")
            .text;
        assert_eq!(label, &format!("expected {phrase}"), "{text}");
    }

    #[test]
    fn phrases() {
        check("let x = )", "an expression");
        check("print(,)", "an expression or `)`");
        check("let 3 = 4", "a name");
        check("m.3", "a name");
        check("for 3 in xs { }", "a name");
        check("for x xs { }", "`in` or `,`");
        check("check x { }", "a string");
        check("fn f x { }", "`(`");
        check("fn f(x) 3", "`{` or `=>`");
        check("fn f(x + y) { }", "`)`, `,` or `=`");
        check("[1: 2, 3]", "`:`");
        check("while x 3", "`{`");
        check("if x { } else 3", "`if` or `{`");
        check("f\"{x y}\"", "`:` or `}`");
        check("f(a let)", "`)` or `,`");
        check("[a let]", "`for`, `]`, `,` or `:`");
        check("xs[a b]", "`]` or `:`");
        check("(a b)", "`)`");
    }
}
