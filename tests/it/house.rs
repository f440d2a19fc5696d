//! The rules of the source tree, as ordinary tests.
//!
//! ```text
//! every file opens with what it is for            //! …
//! a file is about one idea                        at most 500 lines before its tests, half of them at most 200
//! rooms use only the rooms they may               the table ROOMS
//! one place writes to the screen                  runtime/output.rs, and cli/
//! every builtin has a line of help and an example
//! ```

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::program;

/// A file is long at this many lines, tests apart.
const LONGEST: usize = 500;

/// Half of all files are at most this long.
const MEDIAN: usize = 200;

/// Who may use whom; a room may always use itself. `cli` and the two roots may use all.
const ROOMS: &[(&str, &[&str])] = &[
    ("syntax", &["diagnostics"]),
    ("diagnostics", &["syntax"]),
    ("gate", &["syntax"]),
    ("resolve", &["syntax", "diagnostics"]),
    (
        "value",
        &[
            "gate",
            "syntax",
            "resolve",
            "runtime",
            "builtins",
            "diagnostics",
        ],
    ),
    (
        "runtime",
        &[
            "value",
            "gate",
            "syntax",
            "resolve",
            "builtins",
            "diagnostics",
        ],
    ),
    (
        "builtins",
        &[
            "value",
            "runtime",
            "gate",
            "syntax",
            "resolve",
            "diagnostics",
        ],
    ),
    (
        "process",
        &[
            "resolve",
            "value",
            "gate",
            "runtime",
            "builtins",
            "syntax",
            "diagnostics",
        ],
    ),
    (
        "explore",
        &[
            "resolve",
            "value",
            "gate",
            "runtime",
            "process",
            "syntax",
            "diagnostics",
        ],
    ),
    (
        "repl",
        &[
            "syntax",
            "resolve",
            "value",
            "gate",
            "eval",
            "builtins",
            "runtime",
            "process",
            "explore",
            "diagnostics",
        ],
    ),
    (
        "eval",
        &[
            "resolve",
            "value",
            "gate",
            "runtime",
            "builtins",
            "syntax",
            "diagnostics",
        ],
    ),
];

/// Rooms that may use all others.
const EVERYWHERE: &[&str] = &["cli", "lib", "main"];

/// One source file.
struct Source {
    path: PathBuf,
    text: String,
}

impl Source {
    /// Without its unit tests.
    fn code(&self) -> &str {
        self.text.split("#[cfg(test)]").next().unwrap_or("")
    }

    /// `queue.rs` of `src/runtime/` is in the room `runtime`.
    fn room(&self) -> String {
        let inside = self
            .path
            .strip_prefix(program::root().join("src"))
            .expect("in src");
        let first = inside.components().next().expect("a name");
        let name = Path::new(first.as_os_str());
        name.file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned()
    }

    fn shown(&self) -> String {
        let inside = self
            .path
            .strip_prefix(program::root())
            .expect("in the project");
        inside.display().to_string()
    }
}

/// All files of `src/` but those of unit tests.
fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    let mut folders = vec![program::root().join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.ends_with("tests") {
                continue;
            } else if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("text");
                found.push(Source { path, text });
            }
        }
    }
    assert!(!found.is_empty());
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

#[test]
fn every_file_says_what_it_is_for() {
    let silent: Vec<String> = sources()
        .iter()
        .filter(|source| !source.text.starts_with("//! "))
        .map(Source::shown)
        .collect();
    assert!(silent.is_empty(), "no `//!` at the top: {silent:#?}");
}

#[test]
fn files_are_about_one_idea() {
    let sources = sources();
    let mut sizes: Vec<(usize, String)> = sources
        .iter()
        .map(|source| (source.code().lines().count(), source.shown()))
        .collect();
    sizes.sort();
    let long: Vec<_> = sizes.iter().filter(|(lines, _)| *lines > LONGEST).collect();
    assert!(long.is_empty(), "longer than {LONGEST} lines: {long:#?}");
    let (median, _) = sizes[sizes.len() / 2];
    assert!(
        median <= MEDIAN,
        "half of the files are longer than {median} lines"
    );
}

/// The rooms that some code names after `crate::`, also in `use crate::{a, b::c}`.
fn rooms_used(code: &str) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        // Not the end of a longer word, and not in a comment or its links.
        let line_start = code[..at].rfind('\n').map_or(0, |newline| newline + 1);
        if code[line_start..at].trim_start().starts_with("//") {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut word = String::new();
            let mut at_start = true;
            for c in group.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => {
                        used.insert(std::mem::take(&mut word));
                        at_start = true;
                    }
                    ':' if depth == 0 => at_start = false,
                    c if depth == 0 && at_start && !c.is_whitespace() => word.push(c),
                    _ => {}
                }
            }
            used.insert(word);
        } else {
            used.insert(
                rest.chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect(),
            );
        }
    }
    used.remove("");
    used
}

#[test]
fn rooms_are_found_in_code() {
    let code = "use crate::{value::{Value, list}, gate};\n/// [`crate::cli`]\nfn f() { crate::eval::run() }";
    let rooms: Vec<String> = rooms_used(code).into_iter().collect();
    assert_eq!(rooms, ["eval", "gate", "value"]);
}

#[test]
fn rooms_use_only_the_rooms_they_may() {
    let mut wrong = Vec::new();
    for source in sources() {
        let room = source.room();
        if EVERYWHERE.contains(&room.as_str()) {
            continue;
        }
        let Some((_, allowed)) = ROOMS.iter().find(|(name, _)| *name == room) else {
            wrong.push(format!(
                "{}: the room {room} is not in the table",
                source.shown()
            ));
            continue;
        };
        for used in rooms_used(source.code()) {
            if used != room && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{} uses {used}", source.shown()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn one_place_writes_to_the_screen() {
    let mut wrong = Vec::new();
    for source in sources() {
        let room = source.room();
        if room == "cli" || room == "main" || source.path.ends_with("runtime/output.rs") {
            continue;
        }
        for (number, line) in source.code().lines().enumerate() {
            let line = line.trim_start();
            let writes = [
                "println!",
                "print!(",
                "dbg!(",
                "io::stdout",
                "io::stderr",
                "stdout()",
                "stderr()",
            ];
            if !line.starts_with("//") && writes.iter().any(|word| line.contains(word)) {
                wrong.push(format!("{}:{}: {line}", source.shown(), number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn nothing_is_left_for_later() {
    let mut wrong = Vec::new();
    for source in sources() {
        for (number, line) in source.code().lines().enumerate() {
            for word in ["todo!(", "unimplemented!(", "FIXME", "TODO", "XXX", "HACK"] {
                if line.contains(word) {
                    wrong.push(format!("{}:{}: {word}", source.shown(), number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn links_in_the_pages_lead_somewhere() {
    let root = program::root();
    let mut pages: Vec<PathBuf> = [
        "README.md",
        "CONTRIBUTING.md",
        "ARCHITECTURE.md",
        "CHANGELOG.md",
    ]
    .iter()
    .map(|name| root.join(name))
    .collect();
    for page in fs::read_dir(root.join("docs")).expect("the docs") {
        let page = page.expect("a page").path();
        if page.extension().is_some_and(|extension| extension == "md") {
            pages.push(page);
        }
    }
    let mut broken = Vec::new();
    for page in pages {
        let text = fs::read_to_string(&page).expect("a page can be read");
        for (at, _) in text.match_indices("](") {
            let link = text[at + 2..].split(')').next().unwrap_or("");
            let file = link.split('#').next().unwrap_or("");
            let outside = file.contains("://") || file.is_empty();
            if !outside && !page.parent().expect("a folder").join(file).exists() {
                broken.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_builtin_has_help_and_an_example() {
    let mut wrong = Vec::new();
    for builtin in cq::builtins::all() {
        for (row, _) in &builtin.rows {
            if row.doc.is_empty() || row.doc.contains('\n') {
                wrong.push(format!("{}: one line of help", row.name));
            }
            if row.example.trim().is_empty() {
                wrong.push(format!("{}: an example", row.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_builtin_of_the_contract_is_there() {
    let names = "print eprint input len range push pop insert remove clear contains keys values \
        items zip enumerate map filter reduce sum min max sorted reversed any all head tail take \
        drop str int float bool type repr bytes split join strip upper lower replace starts_with \
        ends_with find format ord chr abs floor ceil round sqrt isqrt pow exp log sin cos pi \
        random randint choice shuffle read_file write_file read_bytes lines fetch args env exit \
        assert error inf nan force queue put get close submit as_completed wait select exception \
        done cancel kill thread_pool process_pool lock semaphore acquire release sleep clock \
        cpu_count self pid thread process";
    let missing: Vec<&str> = names
        .split_whitespace()
        .filter(|name| cq::builtins::find(name).is_none())
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
