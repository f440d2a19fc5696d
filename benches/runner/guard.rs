//! What continuous integration looks at: how many instructions five small programs take.
//!
//! Times tell little on a machine that others use; instructions are the same each time. Each line
//! of `benches/instructions.txt` is a program of `benches/guard/`, its count when it was last
//! accepted, and why it was. One that takes over a tenth more fails.

use std::fmt::Write as _;
use std::fs;

use crate::Outcome;
use crate::compare::cq;
use crate::measure::instructions;

/// How much more is too much.
const ROOM: f64 = 1.10;

/// Counts and compares; writes the counts if they are to be accepted.
pub fn guard(accept: bool) -> Outcome<()> {
    let file = crate::benches().join("instructions.txt");
    let known = fs::read_to_string(&file)?;
    let mut text = String::new();
    let mut grown = Vec::new();
    for line in known.lines() {
        let mut words = line.split_whitespace();
        let (Some(name), Some(Ok(before))) = (words.next(), words.next().map(str::parse::<u64>))
        else {
            let _ = writeln!(text, "{line}");
            continue;
        };
        let program = crate::benches()
            .join("guard")
            .join(name)
            .with_extension("cq");
        let Some(now) = instructions(&cq(&[&program.display().to_string()]), true) else {
            println!("instructions cannot be counted here (neither perf nor valgrind): skipped");
            return Ok(());
        };
        let change = now as f64 / before as f64;
        println!("{name:<10} {now:>12} instructions, {change:.3} times those accepted");
        if change > ROOM {
            grown.push(format!(
                "{name} takes {change:.2} times as many instructions"
            ));
        }
        let why = words.collect::<Vec<_>>().join(" ");
        let _ = writeln!(text, "{name:<10} {now:>12}  {why}");
    }
    if accept {
        fs::write(file, text)?;
        return Ok(());
    }
    match grown.is_empty() {
        true => Ok(()),
        false => Err(format!(
            "{}: make it cheaper, or accept it with `cargo bench --bench peers -- --guard --accept` and say why in its line of benches/instructions.txt",
            grown.join(", ")
        )
        .into()),
    }
}
