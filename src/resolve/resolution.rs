//! The way in: a tree goes in, a program and reports come out.

use super::build::build;
use super::prelude::{OuterVariable, Prelude};
use super::program::{Binding, Program, TemplateKind};
use super::scope::Walk;
use super::survey::{Survey, VariableKind};
use super::{alias, call, capture, constant, race};
use crate::diagnostics::report::{Report, Severity};
use crate::syntax::tree::{Name, Tree};

/// What has become of a tree.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// The program; `None` if there is any error, or if parts of the tree could not be read.
    pub program: Option<Program>,
    /// All errors and warnings, in the order of the text.
    pub reports: Vec<Report>,
    /// The variables and named functions of the top level that are new, in the order of their
    /// slots. In a session, the next entry's outer variables are those of this one and then these,
    /// whose cells are in the main program's row.
    pub declared: Vec<Binding>,
}

/// Resolves a script. `outer` are variables around it (none for a plain script); they are the
/// captures of the main program, in that order, and shared.
pub fn resolve(tree: &Tree, outer: &[OuterVariable], prelude: &Prelude) -> Resolved {
    resolve_as(tree, outer, prelude, false)
}

/// Resolves an entry of a session. All variables of its top level are shared, for later entries
/// may capture and assign them. Declaring a name of an earlier entry again, or one of this entry,
/// writes the variable that is there: functions defined before see the new value.
pub fn resolve_entry(tree: &Tree, outer: &[OuterVariable], prelude: &Prelude) -> Resolved {
    resolve_as(tree, outer, prelude, true)
}

/// Finds what is wrong with a script, and writes no program.
pub fn judge(tree: &Tree, prelude: &Prelude) -> Resolved {
    let (_, reports) = survey(tree, &[], prelude, false);
    Resolved {
        program: None,
        reports,
        declared: Vec::new(),
    }
}

fn resolve_as(tree: &Tree, outer: &[OuterVariable], prelude: &Prelude, session: bool) -> Resolved {
    let (survey, reports) = survey(tree, outer, prelude, session);
    let program = survey.as_ref().map(|survey| build(tree, survey));
    let declared = match (&program, &survey) {
        (Some(program), Some(survey)) => new_at_the_top(program, survey),
        _ => Vec::new(),
    };
    Resolved {
        program,
        reports,
        declared,
    }
}

/// What is to be known before a program is written; nothing if there is none to write.
fn survey(
    tree: &Tree,
    outer: &[OuterVariable],
    prelude: &Prelude,
    session: bool,
) -> (Option<Survey>, Vec<Report>) {
    let mut walk = Walk::new(prelude, session);
    let main = walk.new_template(TemplateKind::Main, tree.block.span, 0);
    for (index, variable) in outer.iter().enumerate() {
        let name = Name {
            text: variable.name.clone(),
            span: variable.declared,
        };
        walk.declare_ready(&name, VariableKind::Outer(index as u32));
    }
    walk.in_template(main, |walk| walk.block_here(&tree.block));

    let Walk {
        mut survey,
        mut reports,
        undeclared,
        unreadable,
        ..
    } = walk;
    // What could not be read may have declared anything.
    if !unreadable {
        reports.extend(undeclared.into_reports());
    }
    constant::decide(&mut survey, session);
    capture::decide(&mut survey, session);
    alias::decide(&mut survey);
    call::check(&survey, prelude, &mut reports);
    race::check(&survey, &mut reports);
    reports.sort_by_key(|report| report.primary.as_ref().map(|label| label.span));

    let failed = unreadable
        || reports
            .iter()
            .any(|report| report.severity == Severity::Error);
    ((!failed).then_some(survey), reports)
}

fn new_at_the_top(program: &Program, survey: &Survey) -> Vec<Binding> {
    let is_top = |binding: &&Binding| {
        let declared = survey.declared_at(binding.span);
        declared.is_some_and(|id| survey.is_at_the_top(survey.variable(id)))
    };
    let names = program.template(program.main).names.iter();
    names
        .map(|name| &name.binding)
        .filter(is_top)
        .cloned()
        .collect()
}
