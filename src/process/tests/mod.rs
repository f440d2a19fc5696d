//! Copies that cross and come back, and bytes that nobody packed.

mod copies;
mod ear;
mod graph;
mod hostile;
mod link;
mod nonsense;
mod programs;
mod refusals;
mod rows;
mod same;
mod stories;
mod wire;

use std::sync::Arc;

use super::border::{Border, Handles};
use super::bytes::{Malformed, Read};
use super::pack::pack_value;
use super::packed::{HandleKind, HandleName, Packed};
use super::unpack::unpack_value;
use crate::diagnostics::source::Sources;
use crate::gate::Gate;
use crate::resolve::Prelude;
use crate::resolve::program::{Program, TemplateId, TemplateKind};
use crate::resolve::signature::Signature;
use crate::runtime::lock::Lock;
use crate::runtime::queue::Queue;
use crate::value::Value;
use crate::value::function::{Function, Unit};
use crate::value::units::Units;

/// Knows queues and locks by their numbers.
#[derive(Default)]
pub struct Registry {
    queues: Vec<Arc<Queue>>,
    locks: Vec<Arc<Lock>>,
}

impl Registry {
    fn queue(&mut self) -> Value {
        let queue = Queue::new(self.queues.len() as u64 + 1, None);
        self.queues.push(queue.clone());
        Value::Queue(queue)
    }

    fn lock(&mut self) -> Value {
        let lock = Lock::new(self.locks.len() as u64 + 1);
        self.locks.push(lock.clone());
        Value::Lock(lock)
    }
}

impl Handles for Registry {
    fn export(&mut self, handle: &Value) -> Result<HandleName, String> {
        let (kind, id) = match handle {
            Value::Queue(queue) => (HandleKind::Queue, queue.number),
            Value::Lock(lock) => (HandleKind::Lock, lock.number),
            other => return Err(format!("a {} of a test", other.type_name())),
        };
        Ok(HandleName { kind, id })
    }

    fn import(&mut self, name: HandleName) -> Read<Value> {
        let place = (name.id as usize).wrapping_sub(1);
        let found = match name.kind {
            HandleKind::Queue => self.queues.get(place).cloned().map(Value::Queue),
            HandleKind::Lock => self.locks.get(place).cloned().map(Value::Lock),
            _ => None,
        };
        found.ok_or(Malformed("an unknown handle"))
    }
}

/// A program and both ends of a border that it may cross.
pub struct World {
    sources: Sources,
    units: Units,
    unit: &'static Unit,
    registry: Registry,
}

impl World {
    /// The world of a program, which need not run.
    pub fn of(text: &str) -> World {
        let sources = Sources::default();
        let unit = Unit::load(program(&sources, text), |_, _| {
            crate::value::function::Body::new(|_, _| Ok(Value::Nil))
        });
        let units = Units::default();
        units.add(unit);
        World {
            sources,
            units,
            unit,
            registry: Registry::default(),
        }
    }

    fn border(&mut self) -> Border<'_> {
        Border {
            units: &self.units,
            sources: &self.sources,
            handles: &mut self.registry,
        }
    }

    fn pack(&mut self, value: &Value) -> Packed {
        pack_value(value, &mut self.border(), &Gate::open()).expect("it can cross")
    }

    fn copy(&mut self, value: &Value) -> Value {
        let packed = self.pack(value);
        unpack_value(&packed, &mut self.border()).expect("it was packed just now")
    }

    /// The function of this name with these captures, or of the first template of a kind.
    fn function(&self, name: &str, captures: Vec<Value>) -> Arc<Function> {
        let templates = &self.unit.program.templates;
        let found = templates.iter().find(|template| match name {
            "future" => template.kind == TemplateKind::Future,
            "delay" => matches!(template.kind, TemplateKind::Delay | TemplateKind::Tail),
            name => template.name.as_deref() == Some(name),
        });
        self.function_of(found.expect("there is such a template").id, captures)
    }

    fn function_of(&self, id: TemplateId, captures: Vec<Value>) -> Arc<Function> {
        let code = self.unit.code(id);
        let names: Vec<_> = code.template.captures.iter().map(|it| &it.name).collect();
        assert_eq!(names.len(), captures.len(), "it captures {names:?}");
        Arc::new(Function {
            code,
            captures: captures.into(),
        })
    }
}

/// The names that the programs here use.
fn prelude() -> Prelude {
    let mut prelude = Prelude::new();
    for name in ["force", "len", "lock", "print", "queue"] {
        prelude.function(name, Signature::parse("...values"));
    }
    prelude.constant("process");
    prelude.constant("thread");
    prelude
}

fn program(sources: &Sources, text: &str) -> Program {
    let source = sources.add("test.cq", text);
    let parsed = crate::syntax::parse(&source);
    assert!(parsed.reports.is_empty(), "{:#?}", parsed.reports);
    let resolved = crate::resolve::resolve(&parsed.tree, &[], &prelude());
    resolved
        .program
        .unwrap_or_else(|| panic!("{:#?}", resolved.reports))
}

impl World {
    fn function_captures(&self, name: &str) -> Vec<Arc<str>> {
        let templates = &self.unit.program.templates;
        let found = templates.iter().find(|it| it.name.as_deref() == Some(name));
        let captures = &found.expect("there is such a function").captures;
        captures
            .iter()
            .map(|capture| capture.name.clone())
            .collect()
    }
}
