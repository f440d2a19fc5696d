//! Making functions: the code of a template with copies of what it captures.

use std::sync::Arc;

use super::code::{Code, Compiler, code};
use crate::resolve::program::{Capture, Place, TemplateId};
use crate::runtime::machine::Machine;
use crate::value::Value;
use crate::value::function::{Code as FunctionCode, Function};

/// What makes functions of one template.
pub struct Maker {
    code: &'static FunctionCode,
    captures: Box<[Place]>,
}

impl Maker {
    /// A maker for a template.
    pub fn new(compiler: &Compiler, template: TemplateId) -> Maker {
        let code = compiler.unit.code(template);
        let place = |capture: &Capture| capture.from;
        Maker {
            code,
            captures: code.template.captures.iter().map(place).collect(),
        }
    }

    /// A function, made in the row of slots of `maker`.
    pub fn make(&self, machine: &Machine<'_>, maker: &Arc<Function>) -> Arc<Function> {
        let captures = self.captures.iter().map(|place| match place {
            Place::Local(slot) => machine.local(*slot).clone(),
            Place::Capture(slot) => maker.captures[slot.0 as usize].clone(),
            Place::Itself => Value::Function(maker.clone()),
        });
        Arc::new(Function {
            code: self.code,
            captures: captures.collect(),
        })
    }
}

/// `fn(a) => e`
pub fn lambda(compiler: &Compiler, template: TemplateId) -> Code {
    let maker = Maker::new(compiler, template);
    code(move |m, f| Ok(Value::Function(maker.make(m, f))))
}
