//! What every program can use without declaring it.
//!
//! A builtin is a [`Row`] of its theme's table, with its function right below the table; nothing
//! else needs to be told about it. Help, completion, the reference, the check of calls before a
//! program runs and the tests of the examples all read the rows.
//!
//! To add one: write its row and its function in the file of its theme. To add a theme: a file
//! and a line in [`TABLES`].
//!
//! What the themes share: [`arguments`] (types, sensible values, memory), [`going`] (over any
//! collection), [`lazily`] (what streams give one by one), [`pending`] (lines read outside),
//! [`proxy`] (the way into the network). [`reference`](mod@reference) is the rows as people read
//! them.

mod arguments;
mod chance;
mod conversions;
mod data;
mod files;
mod folds;
mod going;
pub mod keyboard;
mod lazily;
mod math;
mod net;
mod pending;
mod proxy;
mod queues;
pub mod reference;
mod rounding;
mod streams;
mod tasks;
mod text;
mod transforms;
mod world;

pub use data::len_at_hand;
pub use streams::{head_at_hand, tail_at_hand, tail_of_pair};

use std::collections::HashMap;
use std::fmt;
use std::sync::OnceLock;

use crate::resolve::Prelude;
use crate::resolve::signature::Signature;
use crate::runtime::machine::Machine;
use crate::value::{Result, Value};

/// Every table there is, in the order of the reference.
const TABLES: &[(&str, &[Row])] = &[
    ("Tasks", tasks::TABLE),
    ("Queues and locks", queues::TABLE),
    ("The world outside", world::TABLE),
    ("Lists and maps", data::TABLE),
    ("Collections from collections", transforms::TABLE),
    ("One value from many", folds::TABLE),
    ("Streams", streams::TABLE),
    ("Types", conversions::TABLE),
    ("Text", text::TABLE),
    ("Numbers", math::TABLE),
    ("Rounding", rounding::TABLE),
    ("Chance", chance::TABLE),
    ("Files", files::TABLE),
    ("Network", net::TABLE),
];

/// One builtin, or one of several of the same name that are told apart by their first argument.
pub struct Row {
    /// Its name.
    pub name: &'static str,
    /// Its parameters, as [`Signature::parse`] reads them.
    pub parameters: &'static str,
    /// One line: what it does.
    pub doc: &'static str,
    /// A program that shows it.
    pub example: &'static str,
    /// What the example prints, then its last value as it would be written in a program, if it is
    /// not nil; without the last line end. Run as a test.
    pub gives: &'static str,
    /// What it does.
    pub run: Run,
}

/// What a builtin does. Arguments come in the order of the parameters, with the defaults filled
/// in, then the values of the rest.
#[derive(Copy, Clone)]
pub enum Run {
    /// A function.
    Function(fn(&mut Machine<'_>, &[Value]) -> Result<Value>),
    /// A function that is meant only if the first argument is of one of these types; of several
    /// rows of one name the first that fits is taken, else the last.
    For(
        &'static [&'static str],
        fn(&mut Machine<'_>, &[Value]) -> Result<Value>,
    ),
    /// Not a function: a constant such as `pi`.
    Constant(fn() -> Value),
    /// Not a function: something that each run has its own of, such as `args`.
    Variable(fn(&Machine<'_>) -> Value),
}

impl Run {
    /// Whether it is a function.
    pub fn is_function(self) -> bool {
        matches!(self, Run::Function(_) | Run::For(..))
    }
}

/// Everything under one name.
pub struct Builtin {
    /// The name.
    pub name: &'static str,
    /// The theme it is listed under.
    pub theme: &'static str,
    /// Its rows with their signatures, in the order of the table.
    pub rows: Vec<(&'static Row, Signature)>,
}

impl fmt::Debug for Builtin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "<builtin {}>", self.name)
    }
}

/// All builtins, in the order of the reference.
pub fn all() -> &'static [Builtin] {
    &registry().all
}

/// The builtin of this name.
pub fn find(name: &str) -> Option<&'static Builtin> {
    let registry = registry();
    registry.places.get(name).map(|&at| &registry.all[at])
}

/// What the resolver has to know of the builtins.
pub fn prelude() -> Prelude {
    let mut prelude = Prelude::new();
    for builtin in all() {
        prelude.constant(builtin.name);
        for (row, signature) in &builtin.rows {
            if row.run.is_function() {
                prelude.function(builtin.name, signature.clone());
            }
        }
    }
    prelude
}

struct Registry {
    all: Vec<Builtin>,
    places: HashMap<&'static str, usize>,
}

fn registry() -> &'static Registry {
    static REGISTRY: OnceLock<Registry> = OnceLock::new();
    REGISTRY.get_or_init(|| {
        let mut all: Vec<Builtin> = Vec::new();
        let mut places = HashMap::new();
        for (theme, table) in TABLES {
            for row in *table {
                let at = *places.entry(row.name).or_insert_with(|| {
                    all.push(Builtin {
                        name: row.name,
                        theme,
                        rows: Vec::new(),
                    });
                    all.len() - 1
                });
                all[at].rows.push((row, Signature::parse(row.parameters)));
            }
        }
        Registry { all, places }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::source::Sources;
    use crate::resolve::resolve;
    use crate::runtime::output::Output;
    use crate::runtime::run::Runtime;
    use crate::value::function::Unit;

    fn rows() -> impl Iterator<Item = (&'static Row, &'static Signature)> {
        let builtins = all().iter();
        builtins.flat_map(|builtin| {
            builtin
                .rows
                .iter()
                .map(|(row, signature)| (*row, signature))
        })
    }

    #[test]
    fn every_row_explains_itself() {
        for (row, signature) in rows() {
            let name = row.name;
            assert!(
                !row.doc.is_empty() && !row.doc.contains('\n'),
                "{name}: one line of doc"
            );
            assert!(
                !row.doc.ends_with('.'),
                "{name}: the doc ends with a full stop"
            );
            assert!(row.example.contains(name), "{name}: the example shows it");
            let takes_nothing = signature.parameters.is_empty() && signature.rest.is_none();
            assert!(
                row.run.is_function() || takes_nothing,
                "{name}: a value has parameters"
            );
        }
    }

    /// What a program prints, then its last value if it is not nil; errors stand in between.
    fn outcome(example: &str) -> String {
        let code = format!("let it = {{\n{example}\n}}\nif it != nil {{ print(repr(it)) }}");
        let sources = Sources::default();
        let source = sources.add(String::from("example.cq"), code);
        let parsed = crate::syntax::parse(&source);
        let resolved = resolve(&parsed.tree, &[], &prelude());
        let Some(program) = resolved.program else {
            return format!("{:?} {:?}", parsed.reports, resolved.reports);
        };
        let draw = |report: &crate::diagnostics::report::Report, _: &Sources| format!("{report:?}");
        let runtime = Runtime::new(sources, Output::memory(), Vec::new(), draw);
        runtime.run(Unit::load(program, crate::eval::compile));
        runtime.output.kept().trim_end().to_owned()
    }

    #[test]
    fn every_example_gives_what_it_says() {
        let mut wrong = String::new();
        // A test binary cannot be a worker; those with processes are run by `tests/it/processes.rs`.
        for (row, _) in rows().filter(|(row, _)| !row.example.contains("process")) {
            let given = outcome(row.example);
            if given != row.gives {
                wrong += &format!("{}: says {:?}, gives {given:?}\n", row.name, row.gives);
            }
        }
        assert!(wrong.is_empty(), "{wrong}");
    }
}
