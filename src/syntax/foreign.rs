//! What people write who come from other languages, and what it is called here.
//!
//! Signs that are no tokens of cq (`&&`, `!x`, `?`) are read as what they mean, so that one slip
//! gives one report. Words (`elif`, `def`, `None`) are ordinary names and only mean something
//! where a name cannot stand or is not known: tables, asked by whoever reports.

use unicode_ident::is_xid_start;

use super::lexer::Lexer;
use super::token::Token;
use crate::diagnostics::report::Report;
use crate::diagnostics::suggest::nearest;

/// Names of other languages, each with what the same thing is called in cq.
const FOREIGN_NAMES: &[(&str, &str)] = &[
    ("None", "write `nil`"),
    ("null", "write `nil`"),
    ("undefined", "write `nil`"),
    ("NULL", "write `nil`"),
    ("Nil", "write `nil`"),
    ("none", "write `nil`"),
    ("nullptr", "write `nil`"),
    ("True", "write `true`"),
    ("TRUE", "write `true`"),
    ("False", "write `false`"),
    ("FALSE", "write `false`"),
    ("pass", "an empty block is written { }"),
    (
        "lambda",
        "a function without a name is written fn(x) => x + 1",
    ),
    ("def", FUNCTION),
    ("function", FUNCTION),
    ("func", FUNCTION),
    ("fun", FUNCTION),
    ("this", OBJECT),
    ("async", FUTURE),
    ("await", FUTURE),
    ("go", FUTURE),
    ("dict", MAP),
    ("Map", MAP),
    ("Object", MAP),
    ("object", MAP),
    ("list", LIST),
    ("array", LIST),
    ("Array", LIST),
    ("tuple", LIST),
    ("set", LIST),
    ("console", PRINT),
    ("puts", PRINT),
    ("println", PRINT),
    ("printf", PRINT),
    ("echo", PRINT),
    ("length", "len(x) is the length"),
    ("size", "len(x) is the length"),
    ("append", "push(xs, x) appends to a list"),
    ("push_back", "push(xs, x) appends to a list"),
    ("extend", "xs + ys joins two lists"),
    ("raise", "an error is thrown with `throw`"),
    ("import", MODULE),
    ("require", MODULE),
    ("math", MODULE),
    ("Math", MODULE),
    ("time", "clock() is the time, sleep(s) waits"),
    (
        "setTimeout",
        "sleep(s) waits; `future { sleep(s); f() }` does something later",
    ),
    ("elif", "write `else if`"),
    ("elsif", "write `else if`"),
    ("elseif", "write `else if`"),
    (
        "except",
        "errors are caught with try { ... } catch e { ... }",
    ),
    (
        "isinstance",
        "type(x) is the name of a type: type(x) == \"int\"",
    ),
    (
        "typeof",
        "type(x) is the name of a type: type(x) == \"int\"",
    ),
    (
        "open",
        "read_file(path) and lines(path) read a file, write_file(path, text) writes one",
    ),
    ("Thread", THREAD),
    ("threading", THREAD),
    ("Process", PROCESS),
    ("multiprocessing", PROCESS),
    ("ThreadPoolExecutor", "thread_pool(n) makes a pool"),
    ("ProcessPoolExecutor", "process_pool(n) makes a pool"),
    ("Queue", QUEUE),
    ("Channel", QUEUE),
    ("channel", QUEUE),
    ("chan", QUEUE),
    ("Lock", LOCK),
    ("Mutex", LOCK),
    ("mutex", LOCK),
    ("Semaphore", "semaphore(n) makes a semaphore"),
];

/// The same for what other languages write behind a dot.
const FOREIGN_METHODS: &[(&str, &str)] = &[
    ("result", "force(f) waits for a future's value"),
    ("get_result", "force(f) waits for a future's value"),
    ("then", "force(f) waits for a future's value"),
    ("start", "`future e` and `spawn e` start at once"),
    ("run", "`future e` and `spawn e` start at once"),
    (
        "shutdown",
        "`with pool { ... }` waits for the pool and shuts it down",
    ),
    ("qsize", "len(q) is how many wait in a queue"),
    ("empty", "len(x) == 0 says whether x is empty"),
    ("is_empty", "len(x) == 0 says whether x is empty"),
    ("isEmpty", "len(x) == 0 says whether x is empty"),
    ("forEach", "write for x in xs { ... }"),
    ("includes", "contains(xs, x), or x in xs"),
    ("has_key", "key in m"),
    ("has", "key in m"),
    ("toString", "str(x) is x as a string"),
    ("substring", "s[a:b] is a part of a string"),
    ("add", "push(xs, x) appends to a list, xs + ys joins two"),
    ("copy", "xs[:] is a copy of a list"),
];

const FUNCTION: &str = "a function is written fn name(a, b) { ... }";
const OBJECT: &str = "there are no objects with methods; give the value as an argument";
const FUTURE: &str =
    "`future e` starts evaluating e concurrently, and force(f) waits for its value";
const MAP: &str = "a map is written [\"a\": 1], the empty one [:]";
const LIST: &str = "a list is written [1, 2]";
const PRINT: &str = "print(x) prints";
const MODULE: &str = "there are no modules; every builtin is there from the start";
const THREAD: &str = "a thread is started with `spawn f(x)`";
const PROCESS: &str = "a process is started with `spawn f(x) on process`";
const QUEUE: &str = "queue() makes a queue";
const LOCK: &str = "lock() makes a lock";

/// From how many letters on a misspelled name of another language is taken for one.
const MISSPELLED: usize = 5;

/// For a name that is not declared: what the same thing is called in cq.
pub fn foreign_name(name: &str) -> Option<&'static str> {
    let found = FOREIGN_NAMES.iter().find(|(foreign, _)| *foreign == name);
    found.map(|(_, help)| *help)
}

/// For what is no function and no field behind a dot.
pub fn foreign_method(name: &str) -> Option<&'static str> {
    let found = FOREIGN_METHODS.iter().find(|(foreign, _)| *foreign == name);
    found.map(|(_, help)| *help).or_else(|| foreign_name(name))
}

/// The same for a slip of such a name (`lenght`).
pub fn nearly_foreign_name(name: &str) -> Option<&'static str> {
    if name.chars().count() < MISSPELLED {
        return None;
    }
    let names = FOREIGN_NAMES.iter().map(|(foreign, _)| *foreign);
    foreign_name(nearest(
        name,
        names.filter(|foreign| foreign.len() >= MISSPELLED),
    )?)
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
