//! Warns of a variable that is assigned while a task may still read it.
//!
//! ```text
//!   let i = 0
//!   while i < 10 {
//!       tests.push(future work(i))     reads i when it runs, not now
//!       i += 1                         and by then i may be another
//!   }
//! ```
//!
//! A warning that is wrong teaches to ignore warnings. So there is none when the program shows
//! that the two are in step, or that the variable is meant to be shared:
//!
//! - the code waits for a task in between (`force`, `join`, `get`, the end of a `with`, …);
//! - the task assigns the variable too, tests it in the condition of a `while`, or takes a lock;
//!   the assignment stands inside a `with` that the task was not made in;
//! - the task runs in a process, which has copies.

use foldhash::{HashMap, HashSet};

use super::program::{TemplateId, TemplateKind};
use super::survey::*;
use crate::diagnostics::report::Report;

/// Adds the warnings.
pub fn check(survey: &Survey, reports: &mut Vec<Report>) {
    let mut assignments: HashMap<VariableId, Vec<&Assignment>> = HashMap::default();
    for assignment in &survey.assignments {
        assignments
            .entry(assignment.variable)
            .or_default()
            .push(assignment);
    }
    let mut waits: HashMap<TemplateId, Vec<Tick>> = HashMap::default();
    for &(template, tick) in &survey.waits {
        waits.entry(template).or_default().push(tick);
    }
    let meant: HashSet<(TemplateId, VariableId)> = survey
        .far_reads
        .iter()
        .flat_map(|read| polled(survey, read))
        .collect();

    let mut judged = HashSet::default();
    for read in &survey.far_reads {
        let Some(written) = assignments.get(&read.variable) else {
            continue;
        };
        for task in tasks_around(survey, read) {
            if !judged.insert((task, read.variable)) || meant.contains(&(task, read.variable)) {
                continue;
            }
            let facts = survey.template(task);
            if facts.locks
                || facts.in_process
                || written
                    .iter()
                    .any(|write| is_inside(survey, write.scope, task))
            {
                continue;
            }
            let maker = facts.parent.unwrap_or(task);
            let waits = waits.get(&maker).map_or(&[][..], Vec::as_slice);
            let race = written.iter().find(|write| {
                survey.scope(write.scope).template == maker
                    && may_overtake(survey, task, write, waits)
            });
            if let Some(write) = race {
                reports.push(warning(survey, task, read, write));
            }
        }
    }
}

/// The tasks around a read that do not own the variable.
fn tasks_around<'a>(
    survey: &'a Survey,
    read: &FarRead,
) -> impl Iterator<Item = TemplateId> + use<'a> {
    let owner = survey.variable(read.variable).template;
    survey
        .templates_around(survey.scope(read.scope).template)
        .take_while(move |&template| template != owner)
        .filter(|&template| {
            matches!(
                survey.template(template).kind,
                TemplateKind::Future | TemplateKind::Spawn
            )
        })
}

/// The tasks that test the variable in the condition of a loop: they wait for it to change.
fn polled(survey: &Survey, read: &FarRead) -> Vec<(TemplateId, VariableId)> {
    let polls = survey
        .scopes_around(read.scope)
        .take_while(|&id| survey.scope(id).kind != ScopeKind::Template)
        .any(|id| survey.scope(id).kind == ScopeKind::Condition);
    match polls {
        true => tasks_around(survey, read)
            .map(|task| (task, read.variable))
            .collect(),
        false => Vec::new(),
    }
}

fn is_inside(survey: &Survey, scope: ScopeId, template: TemplateId) -> bool {
    survey
        .templates_around(survey.scope(scope).template)
        .any(|around| around == template)
}

/// Whether the maker may get to the assignment while the task it has made still runs.
fn may_overtake(survey: &Survey, task: TemplateId, write: &Assignment, waits: &[Tick]) -> bool {
    let facts = survey.template(task);
    let of_maker: Vec<ScopeId> = survey
        .scopes_around(facts.scope)
        .take_while(|&id| Some(survey.scope(id).template) == facts.parent)
        .collect();
    let guarded = survey
        .scopes_around(write.scope)
        .take_while(|id| !of_maker.contains(id))
        .any(|id| survey.scope(id).kind == ScopeKind::Held);
    if guarded {
        return false;
    }
    let waits_between = |from: Tick, to: Tick| {
        let first = waits.partition_point(|&tick| tick <= from);
        waits.get(first).is_some_and(|&tick| tick < to)
    };
    if write.tick > facts.made && !exclusive(survey, &of_maker, write.scope) {
        return !waits_between(facts.made, write.tick);
    }
    // Behind it in the next turn only: of a loop around both that does not make a new variable.
    let declared = survey.variable(write.variable).scope;
    let around_write: HashSet<ScopeId> = survey.scopes_around(write.scope).collect();
    let turn = of_maker
        .iter()
        .take_while(|&&id| id != declared)
        .find(|&&id| survey.scope(id).kind == ScopeKind::Turn && around_write.contains(&id));
    turn.is_some_and(|&id| {
        let turn = survey.scope(id);
        !waits_between(facts.made, turn.closed) && !waits_between(turn.opened, write.tick)
    })
}

/// Whether the two stand in different arms of one `if`.
fn exclusive(survey: &Survey, of_maker: &[ScopeId], write: ScopeId) -> bool {
    let arms: HashMap<Tick, ScopeId> = of_maker
        .iter()
        .filter_map(|&id| match survey.scope(id).kind {
            ScopeKind::Arm(of) => Some((of, id)),
            _ => None,
        })
        .collect();
    survey
        .scopes_around(write)
        .any(|id| match survey.scope(id).kind {
            ScopeKind::Arm(of) => arms.get(&of).is_some_and(|&arm| arm != id),
            _ => false,
        })
}

#[cold]
fn warning(survey: &Survey, task: TemplateId, read: &FarRead, write: &Assignment) -> Report {
    let name = &survey.variable(read.variable).name;
    let facts = survey.template(task);
    let (word, help) = match facts.kind {
        TemplateKind::Spawn => ("spawn", ""),
        _ => (
            "future",
            ", or pass the value now with `submit(pool, f, …)`",
        ),
    };
    Report::warning(
        write.span,
        format!("`{name}` is assigned while the task of this `{word}` may still read it"),
    )
    .label("assigned here, while the task runs")
    .also(read.span, "the task reads it when it gets here, not when it is made")
    .help(format!(
        "give the task a variable of its own, which nothing assigns: a fresh `let` in front of the `{word}`{help}"
    ))
}
