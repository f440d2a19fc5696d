//! Variables that only go on with another one's value live in its slot, and their `let` is gone.
//!
//! ```text
//!   fn sift(p, s) {
//!       let rest = s                   s is not named below: rest is slot 1, as s was
//!       while … { rest = tail(rest) }
//!       let here = rest                the same
//! ```
//!
//! That is so in functions, for plain variables, if the other one is not named anywhere below and
//! no loop comes back to the `let`.

use super::program::{Storage, TemplateKind};
use super::survey::{Meaning, ScopeId, ScopeKind, Survey, VariableId, VariableKind};
use crate::syntax::span::Span;

/// A `let` whose value is a name.
#[derive(Debug)]
pub struct Copied {
    /// Where the new variable is declared.
    pub declared: Span,
    /// Where the other one is named.
    pub value: Span,
}

/// Gives such variables the slots of the others.
pub fn decide(survey: &mut Survey) {
    if survey.copies.is_empty() {
        return;
    }
    let last_named = last_named(survey);
    let last = |id: VariableId| last_named[id.0 as usize];
    for Copied { declared, value } in std::mem::take(&mut survey.copies) {
        let (Some(new), Some(old)) = (survey.declared_at(declared), survey.declared_at(value))
        else {
            continue;
        };
        if may_go_on(survey, new, old) && last(old) == value.start && last(new) > value.start {
            let from = survey.variable(old).slot;
            survey.variable_mut(new).slot = from;
            survey.variable_mut(old).until = Some(declared.start);
        }
    }
    for template in &mut survey.templates {
        let slots = template.names.iter().map(|id| {
            let slot = survey.variables[id.0 as usize].slot;
            slot.0 + 1
        });
        template.slots = slots.max().unwrap_or(0);
    }
}

/// Where each variable is named for the last time.
fn last_named(survey: &Survey) -> Vec<u32> {
    let mut last = vec![0; survey.variables.len()];
    for (span, meaning) in &survey.meanings {
        if let Meaning::Variable(id) = meaning {
            let last = &mut last[id.0 as usize];
            *last = span.start.max(*last);
        }
    }
    last
}

/// Whether the two are of a kind that may share a slot, with no loop between them.
fn may_go_on(survey: &Survey, new: VariableId, old: VariableId) -> bool {
    let (new, old) = (survey.variable(new), survey.variable(old));
    let in_function = matches!(
        survey.template(new.template).kind,
        TemplateKind::Function | TemplateKind::Delay | TemplateKind::Tail
    );
    in_function
        && new.template == old.template
        && matches!(old.kind, VariableKind::Let | VariableKind::Parameter)
        && new.storage == Storage::Plain
        && old.storage == Storage::Plain
        && no_loop_between(survey, new.scope, old.scope)
}

fn no_loop_between(survey: &Survey, inner: ScopeId, outer: ScopeId) -> bool {
    let mut scope = inner;
    while scope != outer {
        let here = survey.scope(scope);
        if let ScopeKind::Turn | ScopeKind::Element | ScopeKind::Condition = here.kind {
            return false;
        }
        match here.parent {
            Some(parent) => scope = parent,
            None => return false,
        }
    }
    true
}
