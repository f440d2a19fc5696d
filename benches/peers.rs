//! cq beside its peers: the same work in each language, run in turns.
//!
//! ```text
//! benches/NAME/NAME.cq  NAME.py  NAME.lua  NAME.go ...
//!
//! cargo bench --bench peers                      all of them, five rounds each
//! cargo bench --bench peers -- primes fib -n 10  two of them, ten rounds
//! cargo bench --bench peers -- queue             all whose name begins so
//! cargo bench --bench peers -- --write           and put the tables into docs/performance.md
//! cargo bench --bench peers -- --install         what to install for all peers
//! cargo bench --bench peers -- --guard           instructions against benches/instructions.txt
//! ```
//!
//! A round is one run of cq right before one of each peer, so that whatever else the machine is
//! doing weighs on both; the ratio is taken per pair. All must print the same. Times are those of
//! whole processes, start-up included.
//!
//! 1. [`peer`]: the languages; 2. [`measure`]: one run of a program; 3. [`compare`]: cq and its
//!    peers on one piece of work; 4. [`own`]: what has no peer; 5. [`table`]: what is written;
//!    6. [`guard`]: what continuous integration looks at

#[path = "runner/compare.rs"]
mod compare;
#[path = "runner/guard.rs"]
mod guard;
#[path = "runner/measure.rs"]
mod measure;
#[path = "runner/own.rs"]
mod own;
#[path = "runner/peer.rs"]
mod peer;
#[path = "runner/table.rs"]
mod table;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What went wrong.
type Outcome<T> = Result<T, Box<dyn Error>>;

/// What the command line asks for.
struct Wish {
    rounds: usize,
    names: Vec<String>,
    write: bool,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let done = if has("--install") {
        println!(
            "apt-get install -y --no-install-recommends {}",
            peer::packages()
        );
        Ok(())
    } else if has("--park") {
        own::park_in_turns();
        Ok(())
    } else if has("--guard") {
        guard::guard(has("--accept"))
    } else {
        run(&wish(&arguments))
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn wish(arguments: &[String]) -> Wish {
    let mut wish = Wish {
        rounds: 5,
        names: Vec::new(),
        write: false,
    };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "-n" => {
                if let Some(rounds) = arguments.next().and_then(|text| text.parse().ok()) {
                    wish.rounds = rounds;
                }
            }
            "--write" => wish.write = true,
            // Cargo adds this one itself.
            "--bench" => {}
            name => wish.names.push(name.to_owned()),
        }
    }
    wish
}

fn run(wish: &Wish) -> Outcome<()> {
    let peers = peer::installed();
    let mut works = Vec::new();
    for folder in folders(&wish.names)? {
        let work = compare::compare(&folder, &peers, wish.rounds)?;
        print!("{}", table::lines(&work));
        works.push(work);
    }
    let own = match wish.names.is_empty() {
        true => own::measure(wish.rounds)?,
        false => Vec::new(),
    };
    for line in &own {
        println!("{line}");
    }
    print!("{}", table::means(&works));
    if wish.write {
        table::write(&works, &own, &own::costs()?)?;
    }
    Ok(())
}

/// Where the benchmarks are.
fn benches() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches")
}

/// The folders of the programs asked for, by the beginnings of their names; all if none is named.
fn folders(names: &[String]) -> Outcome<Vec<PathBuf>> {
    let mut folders = Vec::new();
    for entry in fs::read_dir(benches())? {
        let path = entry?.path();
        let name = name_of(&path);
        let wanted = names.is_empty() || names.iter().any(|wish| name.starts_with(wish.as_str()));
        if wanted && path.join(&name).with_extension("cq").exists() {
            folders.push(path);
        }
    }
    folders.sort();
    Ok(folders)
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
