//! The rows as people read them: one builtin for help, all of them for the reference.

use std::fmt::Write;

use super::{Builtin, Row, Run, all, find};

/// What `cq help NAME` and `:help NAME` show.
pub fn help(name: &str) -> Option<String> {
    let builtin = find(name)?;
    let mut text = String::new();
    for (number, (row, _)) in builtin.rows.iter().enumerate() {
        if number > 0 {
            text.push('\n');
        }
        // Writing to a string does not fail.
        let _ = writeln!(text, "{}\n    {}.\n", call(row), row.doc);
        for line in row.example.lines() {
            let _ = writeln!(text, "    {line}");
        }
        for line in row.gives.lines() {
            let _ = writeln!(text, "    # {line}");
        }
    }
    Some(text)
}

/// How a builtin is called: `len(x)`, but `pi`.
pub fn call(row: &Row) -> String {
    match row.run {
        Run::Constant(_) | Run::Variable(_) => row.name.to_owned(),
        Run::Function(_) | Run::For(..) => format!("{}({})", row.name, row.parameters),
    }
}

/// The names of all builtins by theme, in lines that fit a terminal.
pub fn overview() -> String {
    let mut text = String::new();
    let mut theme = "";
    let mut column = 0;
    for builtin in all() {
        if builtin.theme != theme {
            theme = builtin.theme;
            let _ = write!(text, "\n  {theme}:");
            column = theme.len() + 3;
        }
        if column + builtin.name.len() + 1 > 78 {
            text.push_str("\n   ");
            column = 3;
        }
        column += builtin.name.len() + 1;
        let _ = write!(text, " {}", builtin.name);
    }
    text
}

/// The whole reference, `docs/reference/builtins.md`.
pub fn markdown() -> String {
    let mut text = String::from(
        "# Builtins\n\n\
         <!-- Made by `cq help --markdown > docs/reference/builtins.md`; do not edit. -->\n\n\
         What every program can use without declaring it. A call `f(x, y)` may be written `x.f(y)`, \
         and any argument may be given by name. Below each example stands what it prints and, if \
         it is not nil, its last value.\n",
    );
    let mut theme = "";
    for builtin in all() {
        if builtin.theme != theme {
            theme = builtin.theme;
            let _ = write!(text, "\n## {theme}\n");
        }
        add_builtin(&mut text, builtin);
    }
    text
}

fn add_builtin(text: &mut String, builtin: &Builtin) {
    let _ = write!(text, "\n### {}\n", builtin.name);
    for (row, _) in &builtin.rows {
        let _ = write!(
            text,
            "\n`{}`\n\n{}.\n\n```cq\n{}\n```\n",
            call(row),
            capitalised(row.doc),
            row.example
        );
        if !row.gives.is_empty() {
            let _ = write!(text, "\n```text\n{}\n```\n", row.gives);
        }
    }
}

fn capitalised(doc: &str) -> String {
    let mut characters = doc.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_shows_every_row_of_a_name() {
        let text = help("map").expect("map is a builtin");
        assert!(text.contains("map(pool, f, xs, ...more)"), "{text}");
        assert!(text.contains("map(f, xs, ...more)"), "{text}");
        assert!(text.contains("    # [1, 4, 9]"), "{text}");
        assert_eq!(help("no such thing"), None);
        assert!(help("pi").is_some_and(|text| text.starts_with("pi\n")));
    }

    #[test]
    fn the_reference_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/reference/builtins.md");
        let written = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            written == markdown(),
            "docs/reference/builtins.md is not what the rows say; make it anew with \
             `cq help --markdown > docs/reference/builtins.md`"
        );
    }
}
