//! The programs and transcripts in the pages are real: they are run, and say what they say.
//!
//! ````text
//! ```cq                        a whole program; it ends well, and prints what stands behind #=>
//! print(1 + 1)    #=> 2
//! ```
//!
//! ```cq examples/one.cq         that file, word for word
//! ```
//!
//! ```console                   a session; after `$ cq …` comes all that it writes
//! $ cq -e 'print(1)'
//! 1
//! ```
//! ````

use std::fs;
use std::path::PathBuf;

use super::program::{self, cq, source};

/// The pages with programs in them.
fn pages() -> Vec<PathBuf> {
    let mut pages = vec![program::root().join("README.md")];
    for page in fs::read_dir(program::root().join("docs")).expect("the docs") {
        let page = page.expect("a page").path();
        if page.extension().is_some_and(|extension| extension == "md") {
            pages.push(page);
        }
    }
    pages
}

/// The blocks of this kind, each with the line it begins on.
fn blocks(page: &str, kind: &str) -> Vec<(usize, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(usize, bool, String)> = None;
    for (number, line) in page.lines().enumerate() {
        if let Some((start, wanted, mut text)) = open.take() {
            if line == "```" {
                if wanted {
                    blocks.push((start, text));
                }
            } else {
                text.push_str(line);
                text.push('\n');
                open = Some((start, wanted, text));
            }
        } else if let Some(word) = line.strip_prefix("```") {
            open = Some((number + 2, word == kind, String::new()));
        }
    }
    blocks
}

#[test]
fn programs_print_what_they_say() {
    let mut wrong = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).expect("a page can be read");
        for (line, block) in blocks(&text, "cq") {
            let expected: String = block
                .lines()
                .filter_map(|line| line.split_once("#=> "))
                .map(|(_, output)| format!("{output}\n"))
                .collect();
            let outcome = source(&block).run();
            if outcome.stdout != expected || outcome.status != Some(0) || !outcome.stderr.is_empty()
            {
                wrong.push(format!(
                    "{}:{line}: expected\n{expected}got\n{outcome}",
                    page.display()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn files_are_as_they_are_shown() {
    let mut wrong = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).expect("a page can be read");
        let kinds = text.lines().filter_map(|line| line.strip_prefix("```cq "));
        for name in kinds {
            let file = fs::read_to_string(program::root().join(name)).unwrap_or_default();
            for (line, block) in blocks(&text, &format!("cq {name}")) {
                if block != file {
                    wrong.push(format!("{}:{line}: not {name}", page.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn transcripts_are_real() {
    let mut wrong = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).expect("a page can be read");
        for (line, block) in blocks(&text, "console") {
            for session in block.split("$ ").skip(1) {
                let (command, expected) = session.split_once('\n').expect("a command");
                let words = words(command);
                assert_eq!(words[0], "cq", "{}:{line}", page.display());
                let outcome = cq(&words[1..]).folder(program::root()).run();
                let got = format!("{}{}", outcome.stdout, outcome.stderr);
                if got.trim_end() != expected.trim_end() {
                    wrong.push(format!(
                        "{}:{line}: $ {command}\nexpected\n{expected}got\n{got}",
                        page.display()
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn the_reference_is_current() {
    let path = program::root().join("docs/reference/builtins.md");
    let page = fs::read_to_string(path).expect("the reference can be read");
    let made = cq(["help", "--markdown"]).run();
    assert_eq!(made.status, Some(0), "{made}");
    assert!(
        page == made.stdout,
        "not what the builtins say: cq help --markdown > docs/reference/builtins.md"
    );
}

#[test]
fn links_lead_somewhere() {
    let mut wrong = Vec::new();
    let folder = program::root();
    let others = ["ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"];
    let others = others.iter().map(|name| folder.join(name));
    for page in pages().into_iter().chain(others) {
        let text = fs::read_to_string(&page).expect("a page can be read");
        let beside = page.parent().expect("a page lies in a folder");
        for link in text.split("](").skip(1) {
            let target = link.split([')', '#']).next().unwrap_or("");
            if !target.contains("://") && !beside.join(target).exists() {
                wrong.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The words of a command as a shell sees them; single quotes keep together.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, part) in command.split('\'').enumerate() {
        if at % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

#[test]
fn sessions_are_real() {
    for page in pages() {
        let text = fs::read_to_string(&page).expect("a page can be read");
        let blocks = blocks(&text, "session");
        if blocks.is_empty() {
            continue;
        }
        // The blocks of a page are one session.
        let mut cq = super::terminal::terminal(&[]).columns(100).open();
        cq.prompted();
        for (_, block) in blocks {
            for (entry, expected) in steps(&block) {
                let lines: Vec<&str> = entry.lines().map(str::trim_start).collect();
                for line in &lines {
                    cq.line(line);
                }
                let what = format!("{entry:?} to show {expected:?}");
                let last = lines.last().expect("an entry has a line").to_string();
                cq.wait_for(&what, |screen| shows(&screen.contents(), &last, &expected));
                cq.prompted();
                // The screen begins anew.
                cq.keys("\x0c").prompted();
            }
        }
    }
}

/// The entries of a block, each with what is to be seen of it.
fn steps(block: &str) -> Vec<(String, Vec<String>)> {
    let mut steps: Vec<(String, Vec<String>)> = Vec::new();
    for line in block.lines() {
        let goes_on = steps.last().is_some_and(|(entry, _)| {
            cq::syntax::is_complete(entry) != cq::syntax::Completeness::Complete
        });
        match line
            .split_once("> ")
            .filter(|(prompt, _)| prompt.starts_with("cq "))
        {
            Some((_, entry)) => steps.push((entry.to_owned(), Vec::new())),
            None => {
                let (entry, expected) = steps.last_mut().expect("an entry comes first");
                match goes_on {
                    true => *entry += &format!("\n{line}"),
                    false => expected.push(line.to_owned()),
                }
            }
        }
    }
    steps
}

/// Whether the screen shows these lines in this order behind the entry, and nothing else but
/// the rest of reports; `…` stands for anything.
fn shows(screen: &str, entry: &str, expected: &[String]) -> bool {
    let all: Vec<&str> = screen.lines().map(str::trim_end).collect();
    let is_entry =
        |line: &&str| line.trim_start() == entry || line.ends_with(&format!("> {entry}"));
    let Some(at) = all.iter().rposition(is_entry) else {
        return false;
    };
    let shown = all[at + 1..].join("\n");
    let mut lines = shown.lines();
    let fits = |line: &str, expected: &str| {
        let mut parts = expected.split('…');
        let rest = line.strip_prefix(parts.next().unwrap_or_default());
        let rest = parts.try_fold(rest.map(|rest| (rest, true)), |rest, part| {
            let (rest, _) = rest?;
            let at = rest.find(part)?;
            Some(Some((&rest[at + part.len()..], part.is_empty())))
        });
        matches!(rest, Some(Some((rest, is_open))) if rest.is_empty() || is_open)
            && (expected.contains('…') || line == expected)
    };
    let all = expected
        .iter()
        .all(|wanted| lines.any(|line| fits(line, wanted)));
    let errors = |text: &str| text.matches("error: ").count();
    all && errors(&shown) == expected.iter().map(|line| errors(line)).sum::<usize>()
}

#[test]
fn all_commands_of_the_session_are_listed() {
    let page = fs::read_to_string(program::root().join("docs/repl.md")).expect("the page");
    for row in cq::repl::commands::TABLE {
        let listed = format!("| `:{}` | {} |", row.usage, row.doc);
        assert!(page.contains(&listed), "docs/repl.md: {listed}");
    }
}
