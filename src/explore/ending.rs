//! How executions end, and the table of all outcomes.

use std::collections::HashMap;
use std::sync::Arc;

use crate::diagnostics::report::Report;
use crate::value::Failure;

/// How an execution ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum End {
    /// All went well.
    Ok,
    /// With an error that nobody caught.
    Error {
        /// Its kind; empty for a thrown value.
        kind: String,
        /// Its message, or the value.
        message: String,
    },
    /// No task can ever go on.
    Deadlock,
    /// It goes on for ever.
    Endless,
}

impl End {
    /// The word for it.
    pub fn word(&self) -> &'static str {
        match self {
            End::Ok => "ok",
            End::Error { .. } => "error",
            End::Deadlock => "deadlock",
            End::Endless => "endless",
        }
    }
}

/// How one execution ended.
#[derive(Clone, Debug)]
pub struct Ended {
    /// All that was printed.
    pub output: String,
    /// How it ended.
    pub end: End,
    /// The error, if it was one.
    pub failure: Option<Arc<Failure>>,
    /// The report of a deadlock or of what goes on for ever.
    pub report: Option<Report>,
}

/// One outcome.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The first execution that ended like this.
    pub ended: Ended,
    /// How many did.
    pub executions: u128,
    /// The schedule of the one with the fewest switches between tasks, then the fewest steps.
    pub schedule: String,
    /// Those numbers.
    pub size: (usize, usize),
}

/// All outcomes found.
#[derive(Debug, Default)]
pub struct Outcomes {
    /// In the order in which they were found.
    pub all: Vec<Outcome>,
    places: HashMap<(String, End), usize>,
}

impl Outcomes {
    /// Takes over the schedules of others where those are shorter.
    pub fn prefer(&mut self, others: &Outcomes) {
        for other in &others.all {
            let key = (other.ended.output.clone(), other.ended.end.clone());
            if let Some(&place) = self.places.get(&key)
                && other.size < self.all[place].size
            {
                self.all[place].size = other.size;
                self.all[place].schedule.clone_from(&other.schedule);
            }
        }
    }

    /// Notes an execution if its outcome is known and it is shorter than what is known of it.
    pub fn shorten(
        &mut self,
        ended: Ended,
        size: (usize, usize),
        schedule: impl FnOnce() -> String,
    ) {
        if let Some(&place) = self.places.get(&(ended.output, ended.end))
            && size < self.all[place].size
        {
            self.all[place].size = size;
            self.all[place].schedule = schedule();
        }
    }

    /// Takes over the outcomes that only others have; gives in how many executions they did.
    pub fn adopt(&mut self, others: Outcomes) -> u128 {
        let mut executions = 0;
        for other in others.all {
            let key = (other.ended.output.clone(), other.ended.end.clone());
            if other.executions > 0 && !self.places.contains_key(&key) {
                executions += other.executions;
                self.places.insert(key, self.all.len());
                self.all.push(other);
            }
        }
        executions
    }

    /// Counts an execution of so many switches and steps; `schedule` is asked for when its
    /// outcome is new or it is the shortest.
    pub fn count(
        &mut self,
        ended: Ended,
        size: (usize, usize),
        schedule: impl FnOnce() -> String,
    ) -> usize {
        let key = (ended.output, ended.end);
        if let Some(&place) = self.places.get(&key) {
            let outcome = &mut self.all[place];
            outcome.executions += 1;
            if size < outcome.size {
                outcome.size = size;
                outcome.schedule = schedule();
            }
            return place;
        }
        let place = self.all.len();
        self.places.insert(key.clone(), place);
        let (output, end) = key;
        let ended = Ended {
            output,
            end,
            ..ended
        };
        self.all.push(Outcome {
            ended,
            executions: 1,
            schedule: schedule(),
            size,
        });
        place
    }
}
