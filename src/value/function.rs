//! Functions: code with what it captured.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;

use super::captures::Captures;
use super::map::Key;
use super::returned::Given;
use super::running::Running;
use super::text::Text;
use super::{Result, Value, made_in_place};
use crate::resolve::program::{Program, Template, TemplateId};
use crate::runtime::machine::Machine;

/// Compiled code of a template: runs the body in the row of slots that the machine has set up.
/// It is given the function itself, which holds the captures.
pub type Body = Closure<Value>;

/// A closure that a node of the program has become. It is given the machine and the running
/// function.
pub struct Closure<T: Given>(Box<Run<T>>);

/// What a closure does; the result is still packed.
type Run<T> = dyn Fn(&mut Machine<'_>, Running<'_>) -> <T as Given>::Returned + Send + Sync;

impl<T: Given> Closure<T> {
    /// Makes one of a Rust closure.
    #[inline(always)]
    pub fn new(
        run: impl Fn(&mut Machine<'_>, Running<'_>) -> Result<T> + Send + Sync + 'static,
    ) -> Closure<T> {
        Closure(Box::new(move |machine, function| {
            T::pack(run(machine, function))
        }))
    }

    /// Makes one of a Rust closure that may end with what another gives: `Err` is that, packed as
    /// it is. Nothing of this one is then left for it to come back to.
    #[inline(always)]
    pub fn passing(
        run: impl Fn(&mut Machine<'_>, Running<'_>) -> std::result::Result<T, T::Returned>
        + Send
        + Sync
        + 'static,
    ) -> Closure<T> {
        Closure(Box::new(move |machine, function| {
            match run(machine, function) {
                Ok(given) => T::pack(Ok(given)),
                Err(returned) => returned,
            }
        }))
    }

    /// Runs it; the result is still packed.
    #[inline(always)]
    pub fn run_packed(&self, machine: &mut Machine<'_>, function: Running<'_>) -> T::Returned {
        (self.0)(machine, function)
    }

    /// Runs it.
    #[inline(always)]
    pub fn run(&self, machine: &mut Machine<'_>, function: Running<'_>) -> Result<T> {
        T::unpack(self.run_packed(machine, function))
    }
}

/// A function as a value.
#[derive(Clone)]
pub struct Function {
    /// What it runs.
    pub code: &'static Code,
    /// What it was made with.
    pub captures: Captures,
}

impl Function {
    /// Of some code, made with nothing so far.
    #[inline(always)]
    pub fn bare(code: &'static Code) -> Function {
        Function {
            code,
            captures: Captures::new(),
        }
    }

    /// A function that is made with what `capture` puts there.
    #[inline(always)]
    pub fn made(code: &'static Code, capture: impl FnOnce(&mut Captures)) -> Arc<Function> {
        made_in_place(Function::bare(code), |function| {
            capture(&mut function.captures)
        })
    }

    /// Its name, if it has one.
    pub fn name(&self) -> Option<&Arc<str>> {
        self.code.template.name.as_ref()
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "<fn {:?}>", self.code.template.name)
    }
}

/// The code of one template, compiled when it first runs.
pub struct Code {
    /// What it was compiled from.
    pub template: Arc<Template>,
    /// The program it belongs to.
    pub unit: &'static Unit,
    /// How many parameters it has.
    pub parameters: usize,
    /// How many slots a row has.
    pub slots: usize,
    /// Whether it has no name by which it could ask for itself, and may lie in what will run it: a
    /// promise or a future.
    pub is_body: bool,
    body: OnceLock<Body>,
    constant: OnceLock<Arc<Function>>,
}

impl Code {
    /// The compiled body.
    #[inline]
    pub fn body(&self) -> &Body {
        self.body
            .get_or_init(|| (self.unit.compile)(self.unit, &self.template))
    }

    /// The one function of a template that is a constant.
    pub fn constant(&'static self) -> &'static Arc<Function> {
        self.constant.get_or_init(|| Arc::new(Function::bare(self)))
    }
}

/// A program and the code of its templates.
///
/// It stays until the process ends, so that a call costs no reference count: a process runs one
/// program, or the entries of one session.
pub struct Unit {
    /// The resolved program.
    pub program: Program,
    compile: fn(&'static Unit, &Template) -> Body,
    codes: Box<[OnceLock<Code>]>,
    /// Strings that stand in the program: each is one in memory, so that a field's name and the
    /// key in a map are most often told to be equal at a glance.
    names: Mutex<HashMap<Arc<str>, Key>>,
}

impl Unit {
    /// A program of which nothing has been compiled yet; `compile` turns a template into code
    /// when it first runs.
    pub fn load(program: Program, compile: fn(&'static Unit, &Template) -> Body) -> &'static Unit {
        let codes = program.templates.iter().map(|_| OnceLock::new()).collect();
        Box::leak(Box::new(Unit {
            program,
            compile,
            codes,
            names: Mutex::default(),
        }))
    }

    /// A string of the program as a key.
    pub fn name(&self, name: &Arc<str>) -> Key {
        let mut names = self.names.lock();
        let key = names
            .entry(name.clone())
            .or_insert_with(|| Key::of_text(Text::from(&**name)));
        key.clone()
    }

    /// The code of a template.
    pub fn code(&'static self, id: TemplateId) -> &'static Code {
        self.codes[id.0 as usize].get_or_init(|| {
            let template = self.program.template(id).clone();
            Code {
                unit: self,
                parameters: template.parameters.len(),
                slots: template.slots as usize,
                is_body: template.kind.is_body(),
                template,
                body: OnceLock::new(),
                constant: OnceLock::new(),
            }
        })
    }
}
