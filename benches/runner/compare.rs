//! cq and its peers on one piece of work, in turns.

use std::path::Path;

use crate::Outcome;
use crate::measure::{Run, allocations, instructions, run};
use crate::peer::Peer;

/// What was measured of one language on one piece of work.
pub struct Side {
    /// Whose.
    pub name: &'static str,
    /// Milliseconds, sorted.
    pub times: Vec<f64>,
    /// Milliseconds of processors, sorted.
    pub work: Vec<f64>,
    /// Kilobytes.
    pub memory: u64,
    /// Calls of `malloc` and its like.
    pub allocations: Option<u64>,
    /// Where the processor counts them.
    pub instructions: Option<u64>,
    /// How many times as fast cq was right before, sorted.
    pub ratios: Vec<f64>,
}

/// One piece of work.
pub struct Work {
    /// Its folder.
    pub name: String,
    /// cq's side.
    pub cq: Side,
    /// The others'.
    pub peers: Vec<Side>,
}

/// The command that runs cq.
pub fn cq(arguments: &[&str]) -> Vec<String> {
    let all = [env!("CARGO_BIN_EXE_cq")]
        .into_iter()
        .chain(arguments.iter().copied());
    all.map(str::to_owned).collect()
}

/// Runs cq and each peer in turns.
pub fn compare(folder: &Path, peers: &[&Peer], rounds: usize) -> Outcome<Work> {
    let name = crate::name_of(folder);
    let program = folder.join(&name).with_extension("cq");
    let ours = cq(&[&program.display().to_string()]);
    let expected = run(&ours)?.output;
    let mut cq = side("cq", &ours);
    let mut sides = Vec::new();
    for peer in peers {
        if let Some(command) = peer.command(folder)? {
            // The first run is for the result, and warms what can be warmed.
            match run(&command) {
                Ok(first) => {
                    expect(&name, peer.name, &expected, &first.output)?;
                    sides.push((side(peer.name, &command), command));
                }
                Err(error) => println!("{name}: {} is left out: {error}", peer.name),
            }
        }
    }
    for _ in 0..rounds.max(1) {
        if sides.is_empty() {
            add(&mut cq, &run(&ours)?);
        }
        for (side, command) in &mut sides {
            let mine = run(&ours)?;
            let theirs = run(command)?;
            expect(&name, side.name, &expected, &theirs.output)?;
            expect(&name, "cq", &expected, &mine.output)?;
            side.ratios.push(theirs.time / mine.time);
            add(&mut cq, &mine);
            add(side, &theirs);
        }
    }
    let peers: Vec<Side> = sides.into_iter().map(|(side, _)| sorted(side)).collect();
    Ok(Work {
        name,
        cq: sorted(cq),
        peers,
    })
}

fn side(name: &'static str, command: &[String]) -> Side {
    Side {
        name,
        times: Vec::new(),
        work: Vec::new(),
        memory: 0,
        allocations: allocations(command),
        instructions: instructions(command, false),
        ratios: Vec::new(),
    }
}

fn add(side: &mut Side, run: &Run) {
    side.times.push(run.time);
    side.work.push(run.work);
    side.memory = side.memory.max(run.memory);
}

fn sorted(mut side: Side) -> Side {
    for list in [&mut side.times, &mut side.work, &mut side.ratios] {
        list.sort_by(f64::total_cmp);
    }
    side
}

fn expect(work: &str, who: &str, expected: &str, printed: &str) -> Outcome<()> {
    match printed == expected {
        true => Ok(()),
        false => {
            Err(format!("{work}: cq printed {expected:?}, but {who} printed {printed:?}").into())
        }
    }
}

/// Of a sorted list.
pub fn median(sorted: &[f64]) -> f64 {
    match sorted.len() {
        0 => f64::NAN,
        length if length % 2 == 1 => sorted[length / 2],
        length => (sorted[length / 2 - 1] + sorted[length / 2]) / 2.0,
    }
}
