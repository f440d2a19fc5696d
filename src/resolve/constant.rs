//! Finds the functions that are constants of the program: nothing needs to capture them.
//!
//! ```text
//!   let step = 2
//!   fn double(n) => 2 * n              a constant
//!   fn twice(n) => double(double(n))   so is this: what it uses is one
//!   fn next(n) => n + step             none: what it computes depends on a variable
//! ```
//!
//! A function of the top level that nobody assigns to is one, if it uses no variable but others of
//! its kind. It is made once, whoever uses it, and many tasks that call it do not all count how
//! often it is in use.

use super::survey::{Survey, VariableId, VariableKind};

/// Fills in [`super::survey::VariableFacts::is_constant`] of all variables. In a session every
/// variable of the top level may be assigned to by a later entry: then there are none.
pub fn decide(survey: &mut Survey, session: bool) {
    if session {
        return;
    }
    for index in 0..survey.variables.len() {
        let variable = &survey.variables[index];
        let is_function = matches!(variable.kind, VariableKind::Function(_));
        let top = survey.is_at_the_top(variable);
        survey.variables[index].is_constant = is_function && top && !variable.assigned;
    }
    let users = users(survey);
    let mut others: Vec<usize> = (0..survey.variables.len())
        .filter(|&index| !survey.variables[index].is_constant)
        .collect();
    while let Some(other) = others.pop() {
        for user in &users[other] {
            let user = user.0 as usize;
            if std::mem::take(&mut survey.variables[user].is_constant) {
                others.push(user);
            }
        }
    }
}

/// By variable, the functions of the top level around each of its uses; not those that own it, and
/// not itself.
fn users(survey: &Survey) -> Vec<Vec<VariableId>> {
    let reads = survey
        .far_reads
        .iter()
        .map(|read| (read.variable, read.scope));
    let writes = survey
        .assignments
        .iter()
        .map(|write| (write.variable, write.scope));
    let mut function_of = vec![None; survey.templates.len()];
    for (index, variable) in survey.variables.iter().enumerate() {
        if let (VariableKind::Function(template), true) = (variable.kind, variable.is_constant) {
            function_of[template.0 as usize] = Some(VariableId(index as u32));
        }
    }
    let mut users = vec![Vec::new(); survey.variables.len()];
    for (used, scope) in reads.chain(writes) {
        let owner = survey.variable(used).template;
        let around = survey.templates_around(survey.scope(scope).template);
        let functions = around
            .take_while(|&template| template != owner)
            .filter_map(|template| function_of[template.0 as usize]);
        users[used.0 as usize].extend(functions.filter(|&function| function != used));
    }
    users
}
