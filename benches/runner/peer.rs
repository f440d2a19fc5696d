//! The languages cq is compared with, and how each runs a program.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Outcome;

/// Another language, or another way to run it.
pub struct Peer {
    /// As the tables call it.
    pub name: &'static str,
    /// The program that must be there, and how it says its version.
    probe: &'static [&'static str],
    /// How its programs end.
    pub extension: &'static str,
    /// What the system calls what has to be installed.
    package: &'static str,
    /// What makes a program ready to run, if something has to; `{in}`, `{out}` and `{dir}` are
    /// filled in.
    prepare: &'static [&'static str],
    /// What runs it; `{name}` is the benchmark's.
    run: &'static [&'static str],
}

const PEERS: &[Peer] = &[
    Peer {
        name: "CPython",
        probe: &["python3", "--version"],
        extension: "py",
        package: "python3",
        prepare: &[],
        run: &["python3", "{in}"],
    },
    Peer {
        name: "PyPy",
        probe: &["pypy3", "--version"],
        extension: "py",
        package: "pypy3",
        prepare: &[],
        run: &["pypy3", "{in}"],
    },
    Peer {
        name: "Lua 5.4",
        probe: &["lua5.4", "-v"],
        extension: "lua",
        package: "lua5.4",
        prepare: &[],
        run: &["lua5.4", "{in}"],
    },
    Peer {
        name: "LuaJIT, interpreted",
        probe: &["luajit", "-v"],
        extension: "lua",
        package: "luajit",
        prepare: &[],
        run: &["luajit", "-joff", "{in}"],
    },
    Peer {
        name: "LuaJIT",
        probe: &["luajit", "-v"],
        extension: "lua",
        package: "luajit",
        prepare: &[],
        run: &["luajit", "{in}"],
    },
    Peer {
        name: "Guile",
        probe: &["guile", "--version"],
        extension: "scm",
        package: "guile-3.0",
        // It compiles to a cache of its own when it first runs a file.
        prepare: &[],
        run: &["guile", "{in}"],
    },
    Peer {
        name: "Racket",
        probe: &["racket", "--version"],
        extension: "rkt",
        package: "racket",
        prepare: &[],
        run: &["racket", "{in}"],
    },
    Peer {
        name: "Ruby",
        probe: &["ruby", "--version"],
        extension: "rb",
        package: "ruby",
        prepare: &[],
        run: &["ruby", "{in}"],
    },
    Peer {
        name: "Go",
        probe: &["go", "version"],
        extension: "go",
        package: "golang-go",
        prepare: &["go", "build", "-o", "{out}", "{in}"],
        run: &["{out}"],
    },
    Peer {
        name: "Erlang",
        probe: &["erl", "-version"],
        extension: "erl",
        package: "erlang-base",
        prepare: &["erlc", "-o", "{dir}", "{in}"],
        run: &[
            "erl", "-noshell", "-pa", "{dir}", "-s", "{name}", "main", "-s", "erlang", "halt",
        ],
    },
    Peer {
        name: "C",
        probe: &["gcc", "--version"],
        extension: "c",
        package: "gcc",
        prepare: &["gcc", "-O2", "-o", "{out}", "{in}", "-lm"],
        run: &["{out}"],
    },
];

/// The names of all packages.
pub fn packages() -> String {
    let mut packages: Vec<&str> = PEERS.iter().map(|peer| peer.package).collect();
    packages.dedup();
    packages.join(" ")
}

/// The peers that are there.
pub fn installed() -> Vec<&'static Peer> {
    let is_there = |peer: &&Peer| {
        Command::new(peer.probe[0])
            .args(&peer.probe[1..])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    };
    PEERS.iter().filter(is_there).collect()
}

/// The first line in which a peer says its version.
pub fn version(peer: &Peer) -> String {
    let output = Command::new(peer.probe[0]).args(&peer.probe[1..]).output();
    let said = output.map_or(Vec::new(), |output| [output.stdout, output.stderr].concat());
    let said = String::from_utf8_lossy(&said).into_owned();
    said.lines().next().unwrap_or_default().trim().to_owned()
}

impl Peer {
    /// What runs its program for a benchmark, made ready; `None` if it has none.
    pub fn command(&self, folder: &Path) -> Outcome<Option<Vec<String>>> {
        let name = crate::name_of(folder);
        let program = folder.join(&name).with_extension(self.extension);
        if !program.exists() {
            return Ok(None);
        }
        let made = made(self.extension)?;
        let fill = |words: &[&str]| -> Vec<String> {
            let filled = words.iter().map(|word| {
                word.replace("{in}", &program.display().to_string())
                    .replace("{out}", &made.join(&name).display().to_string())
                    .replace("{dir}", &made.display().to_string())
                    .replace("{name}", &name)
            });
            filled.collect()
        };
        if let [first, rest @ ..] = &*fill(self.prepare) {
            let status = Command::new(first).args(rest).status()?;
            if !status.success() {
                return Err(format!("{first} cannot build {}", program.display()).into());
            }
        }
        Ok(Some(fill(self.run)))
    }
}

/// A folder for what is made of programs that end so.
fn made(extension: &str) -> Outcome<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(extension);
    fs::create_dir_all(&folder)?;
    Ok(folder)
}
