//! Decides how each variable is stored, from what the first walk has found out.
//!
//! ```text
//!                       never captured   captured after its let   captured before its let
//! never assigned again      plain               plain                     once
//! assigned                  plain               shared                    shared
//! ```
//!
//! In a session, later entries capture and assign what they like: every variable at the top is
//! shared.

use super::program::Storage;
use super::survey::{NEVER, Survey, VariableFacts, VariableId, VariableKind};

/// Fills in [`VariableFacts::storage`] of all variables.
pub fn decide(survey: &mut Survey, session: bool) {
    for index in 0..survey.variables.len() {
        let variable = &survey.variables[index];
        let top = survey.is_at_the_top(variable);
        let storage = match variable.kind {
            VariableKind::Outer(_) => Storage::Shared,
            _ if session && top => Storage::Shared,
            _ => storage(variable),
        };
        survey.variables[index].storage = storage;
    }
}

fn storage(variable: &VariableFacts) -> Storage {
    if variable.is_constant {
        return Storage::Plain;
    }
    // A function that calls itself is at hand as the running function, unless the name may mean
    // another one by then.
    let captured =
        variable.first_captured != NEVER || (variable.used_in_itself && variable.assigned);
    match (captured, variable.assigned) {
        (false, _) => Storage::Plain,
        (true, true) => Storage::Shared,
        (true, false) if variable.first_captured < variable.ready => Storage::Once,
        (true, false) => Storage::Plain,
    }
}

/// Whether code in a function finds that function without a variable.
pub fn is_itself(survey: &Survey, id: VariableId) -> bool {
    let variable = survey.variable(id);
    matches!(variable.kind, VariableKind::Function(_)) && variable.storage != Storage::Shared
}
