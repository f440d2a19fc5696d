//! What people write who come from other languages, and what it is called here.
//!
//! Signs that are no tokens of cq (`&&`, `!x`, `?`) are read as what they mean, so that one slip
//! gives one report. Words (`elif`, `def`, `None`) are ordinary names and only mean something
//! where a name cannot stand or is not known: tables, asked by whoever reports.

use unicode_ident::is_xid_start;

use super::lexer::Lexer;
use super::token::Token;
use crate::diagnostics::report::Report;

/// For a name that is not declared: what the same thing is called in cq.
pub fn foreign_name(name: &str) -> Option<&'static str> {
    Some(match name {
        "None" | "null" | "undefined" | "NULL" | "Nil" | "none" | "nullptr" => {
            "nothing is called `nil`"
        }
        "True" | "TRUE" => "truth is written `true`",
        "False" | "FALSE" => "untruth is written `false`",
        "pass" => "an empty block is written { }",
        "lambda" => "a function without a name is written fn(x) => x + 1",
        "def" | "function" | "func" | "fun" => "a function is written fn name(a, b) { ... }",
        "this" | "self" => "there are no objects with methods; give the value as an argument",
        "async" | "await" | "go" => {
            "`future e` starts evaluating e concurrently, and force(f) waits for its value"
        }
        "dict" | "Map" | "Object" | "object" => "a map is written [\"a\": 1], the empty one [:]",
        "list" | "array" | "Array" | "tuple" | "set" => "a list is written [1, 2]",
        "console" | "puts" | "println" | "printf" | "echo" => "print(x) prints",
        "length" | "size" => "len(x) is the length",
        "append" | "push_back" => "push(xs, x) appends to a list",
        "raise" => "an error is thrown with `throw`",
        "import" | "require" => "there are no modules; every builtin is there from the start",
        "time" => "clock() is the time, sleep(s) waits",
        "input" => "lines() gives the lines of the input",
        "elif" | "elsif" | "elseif" => "write `else if`",
        "except" => "errors are caught with try { ... } catch e { ... }",
        "Thread" | "threading" => "a thread is started with `spawn f(x)`",
        "Process" | "multiprocessing" => "a process is started with `spawn f(x) on process`",
        "Queue" | "Channel" | "channel" | "chan" => "queue() makes a queue",
        "Lock" | "Mutex" | "mutex" => "lock() makes a lock",
        _ => return None,
    })
}

/// For a word in front of something it cannot stand before (`def f`, `raise x`): what to write.
pub fn foreign_statement(word: &str) -> Option<&'static str> {
    Some(match word {
        "def" | "function" | "func" | "fun" | "proc" | "define" => {
            "a function is written fn name(a, b) { ... }"
        }
        "lambda" => "a function without a name is written fn(x) => x + 1",
        "var" | "const" | "local" | "mut" | "auto" | "val" | "int" | "float" | "string"
        | "double" => "a variable is declared with let x = value",
        "elif" | "elsif" | "elseif" => "write `else if`",
        "except" | "rescue" => "errors are caught with try { ... } catch e { ... }",
        "raise" => "an error is thrown with `throw`",
        "class" | "struct" | "interface" => "there are no classes: use maps and functions",
        "import" | "from" | "require" | "use" | "include" => {
            "there are no modules; every builtin is there from the start"
        }
        "async" | "await" | "go" => {
            "`future e` starts evaluating e concurrently, and force(f) waits for its value"
        }
        "yield" => "there are no generators: use a stream (a :: rest) or a queue",
        "print" | "echo" | "println" => "print is a function: print(x)",
        "assert" => "assert is a function: assert(condition, \"message\")",
        "del" | "delete" => "remove(m, key) removes",
        "global" | "nonlocal" => "assignment reaches the outer variable by itself",
        "switch" | "match" | "case" => "write if c { } else if d { } else { }",
        "do" | "loop" | "until" | "repeat" => "write while true { ... } and leave it with break",
        "unless" => "write if not c { ... }",
        "new" => "values are made by calling a function: queue()",
        "is" => "two values are compared with ==",
        "foreach" => "write for x in xs { ... }",
        "then" | "begin" | "end" => "blocks stand in { }",
        "typeof" => "type is a function: type(x)",
        "as" => "write with name = e { ... }, or catch e { ... }",
        "r" | "b" | "u" | "R" | "B" | "F" => "the only string prefix is f, as in f\"{x}\"",
        _ => return None,
    })
}

/// At most some forty characters of what was written.
pub fn shortened(text: &str) -> String {
    match text.char_indices().nth(40) {
        None => String::from(text),
        Some((cut, _)) => format!("{}...", &text[..cut]),
    }
}

impl<'text> Lexer<'text> {
    /// A character that begins no token: reported, and read as what it means elsewhere.
    pub(super) fn stray_character(&mut self) {
        let start = self.words.span().start;
        let Some(first) = self.text[start..].chars().next() else {
            return;
        };
        // logos may have looked at more than one character.
        self.words = logos::Lexer::new(self.text);
        self.words.bump(start + first.len_utf8());
        let rest = self.words.remainder();
        let doubled = matches!(first, '&' | '|') && rest.starts_with(first);
        if doubled {
            self.words.bump(1);
        }
        let end = start + first.len_utf8() + usize::from(doubled);
        let report = |message: String| Report::error(self.span(start, end), message);
        let (report, meaning) = match first {
            '!' if self.in_hole() && rest.starts_with(['r', 's', 'a']) => {
                let report = report(String::from("an f-string has no conversions like `!r`"))
                    .help("repr(x) is the text of x as it would be written in a program: f\"{repr(x)}\"");
                self.words.bump(1);
                (report, None)
            }
            '!' if rest.trim_start().starts_with(|c: char| is_xid_start(c) || "_([!".contains(c)) => (
                report(String::from("`not` is written as a word")).help("write `not x` instead of `!x`"),
                Some(Token::Not),
            ),
            '&' => (
                report(String::from("`and` is written as a word")).help("write `a and b`"),
                Some(Token::And),
            ),
            '|' => (
                report(String::from("`or` is written as a word")).help("write `a or b`"),
                Some(Token::Or),
            ),
            '“' | '”' | '„' | '‘' | '’' | '«' | '»' | '`' => return self.foreign_quote(first, start),
            '?' => (
                report(String::from("there is no `?` operator"))
                    .help("choose with if c { a } else { b }, which has a value"),
                Some(Token::Error),
            ),
            '\\' => (
                report(String::from("a stray `\\`"))
                    .help("a line goes on after an operator or a comma and inside brackets; nothing else is needed"),
                Some(Token::Error),
            ),
            '@' => (
                report(String::from("a stray `@`")).help("there are no decorators: call the function with the other one"),
                Some(Token::Error),
            ),
            '^' => (
                report(String::from("there is no `^` operator")).help("a power is written a ** b"),
                Some(Token::StarStar),
            ),
            '~' => (
                report(String::from("there is no `~` operator")).help("numbers have no bit operators"),
                Some(Token::Error),
            ),
            _ if first.is_whitespace() || first.is_control() || ('\u{200b}'..='\u{200f}').contains(&first) => (
                report(format!("an invisible character (U+{:04X})", first as u32))
                    .help("it may have come with copied text: write an ordinary blank"),
                None,
            ),
            _ => (
                report(format!("unexpected character `{first}`")),
                Some(Token::Error),
            ),
        };
        self.report(report);
        if let Some(token) = meaning {
            self.push(token, start, end);
        }
    }

    /// `“text”`: read as a string if it is closed on its line.
    fn foreign_quote(&mut self, first: char, start: usize) {
        let line = self.words.remainder().split('\n').next().unwrap_or("");
        let closing = match first {
            '“' | '„' => ['”', '“'],
            '‘' => ['’', '’'],
            '«' => ['»', '»'],
            _ => [first, first],
        };
        let end = start + first.len_utf8();
        let report = Report::error(self.span(start, end), format!("`{first}` is no quote"));
        self.report(report.help("strings stand in \" or ' quotes"));
        match line
            .char_indices()
            .take(500)
            .find(|(_, c)| closing.contains(c))
        {
            Some((length, last)) => {
                self.words.bump(length + last.len_utf8());
                let end = self.words.span().end;
                self.push(Token::String(line[..length].into()), start, end);
            }
            None => self.push(Token::Error, start, end),
        }
    }
}
