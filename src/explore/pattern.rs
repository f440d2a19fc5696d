//! The name of what has gone wrong, where it can be told.

use super::replay::Replayed;
use crate::diagnostics::source::Sources;

/// One sentence on an execution that shows a known pattern.
pub fn pattern(replayed: &Replayed, sources: &Sources) -> Option<String> {
    lost_update(replayed, sources)
}

/// Two tasks read a variable before either wrote it back.
fn lost_update(replayed: &Replayed, sources: &Sources) -> Option<String> {
    let told = &replayed.told;
    for (at, step) in told.iter().enumerate() {
        let Some((name, true)) = &step.variable else {
            continue;
        };
        // What this task read last, and whether another has written since.
        let read = told[..at].iter().rposition(|before| {
            before.actor == step.actor && before.variable == Some((name.clone(), false))
        })?;
        let between = &told[read..at];
        let wrote = between.iter().find(|other| {
            other.actor != step.actor && other.variable == Some((name.clone(), true))
        });
        if let Some(other) = wrote {
            let title = |actor: usize| replayed.titles[actor].as_str();
            let mut both = [step.actor, other.actor];
            both.sort_unstable();
            return Some(format!(
                "lost update: {} and {} both read {name} before either wrote it back (line {})",
                title(both[0]),
                title(both[1]),
                sources.line_of(step.place)
            ));
        }
    }
    None
}
