//! cq beside its peers: the same program in each language, run in turns.
//!
//! ```text
//! benches/NAME/NAME.cq   benches/NAME/NAME.py
//!
//! cargo bench --bench peers                    all of them, ten pairs each
//! cargo bench --bench peers -- primes -n 30    one of them, thirty pairs
//! ```
//!
//! A pair is one run of cq and one of the peer right after it, so that whatever else the machine
//! is doing weighs on both; the ratio is taken per pair. All must print the same. Times are those
//! of whole processes, start-up included.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// Another language.
struct Peer {
    /// As the table calls it.
    name: &'static str,
    /// The program that runs its programs.
    command: &'static str,
    /// How their files end.
    extension: &'static str,
}

const PEERS: &[Peer] = &[Peer {
    name: "CPython",
    command: "python3",
    extension: "py",
}];

/// What the command line asks for.
struct Wish {
    pairs: usize,
    names: Vec<String>,
}

fn main() -> ExitCode {
    match compare(&wish()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn wish() -> Wish {
    let mut wish = Wish {
        pairs: 10,
        names: Vec::new(),
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "-n" => {
                if let Some(pairs) = arguments.next().and_then(|text| text.parse().ok()) {
                    wish.pairs = pairs;
                }
            }
            // Cargo adds this one itself.
            "--bench" => {}
            name => wish.names.push(name.to_owned()),
        }
    }
    wish
}

fn compare(wish: &Wish) -> Result<(), Box<dyn Error>> {
    let peers: Vec<&Peer> = PEERS.iter().filter(|peer| installed(peer)).collect();
    println!(
        "{:<12} {:<12} {:>9} {:>9}   times as fast as the peer: min / median / max",
        "work", "peer", "cq ms", "peer ms"
    );
    for folder in works(&wish.names)? {
        let name = folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        for peer in &peers {
            let theirs = folder.join(&name).with_extension(peer.extension);
            if theirs.exists() {
                let ours = folder.join(&name).with_extension("cq");
                println!("{}", row(&name, &ours, peer, &theirs, wish.pairs)?);
            }
        }
    }
    Ok(())
}

fn installed(peer: &Peer) -> bool {
    Command::new(peer.command)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The folders of the programs asked for; all if none is named.
fn works(names: &[String]) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut works = Vec::new();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("benches"))? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_dir() && (names.is_empty() || names.contains(&name)) {
            works.push(path);
        }
    }
    works.sort();
    Ok(works)
}

/// One line of the table.
fn row(
    name: &str,
    ours: &Path,
    peer: &Peer,
    theirs: &Path,
    pairs: usize,
) -> Result<String, Box<dyn Error>> {
    let mut our_times = Vec::new();
    let mut their_times = Vec::new();
    let mut ratios = Vec::new();
    for _ in 0..pairs.max(1) {
        let (our_output, our_time) = run(env!("CARGO_BIN_EXE_cq"), ours)?;
        let (their_output, their_time) = run(peer.command, theirs)?;
        if our_output != their_output {
            return Err(format!(
                "{name}: cq printed {our_output:?}, {} printed {their_output:?}",
                peer.name
            )
            .into());
        }
        ratios.push(their_time.as_secs_f64() / our_time.as_secs_f64());
        our_times.push(our_time.as_secs_f64() * 1000.0);
        their_times.push(their_time.as_secs_f64() * 1000.0);
    }
    for list in [&mut our_times, &mut their_times, &mut ratios] {
        list.sort_by(f64::total_cmp);
    }
    Ok(format!(
        "{name:<12} {:<12} {:>9.1} {:>9.1}   {:.2} / {:.2} / {:.2}",
        peer.name,
        median(&our_times),
        median(&their_times),
        ratios[0],
        median(&ratios),
        ratios[ratios.len() - 1],
    ))
}

/// Of a sorted list that is not empty.
fn median(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 {
        sorted[middle]
    } else {
        (sorted[middle - 1] + sorted[middle]) / 2.0
    }
}

/// What it printed and how long it took.
fn run(command: &str, program: &Path) -> Result<(String, Duration), Box<dyn Error>> {
    let start = Instant::now();
    let output = Command::new(command)
        .arg(program)
        .stdin(Stdio::null())
        .output()?;
    let time = start.elapsed();
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(format!("{command} {}: {}\n{said}", program.display(), output.status).into());
    }
    Ok((String::from_utf8(output.stdout)?, time))
}
