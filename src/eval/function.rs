//! Making functions: the code of a template with copies of what it captures.

use std::sync::Arc;

use super::code::{Code, Compiler, code};
use super::variable::itself;
use crate::resolve::program::{Capture, Place, TemplateId};
use crate::runtime::machine::Machine;
use crate::value::Value;
use crate::value::captures::Captures;
use crate::value::function::{Code as FunctionCode, Function};
use crate::value::running::Running;

/// What makes functions of one template.
pub struct Maker {
    /// The code that they have.
    pub code: &'static FunctionCode,
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

    /// Captures what a function is to be made with, in the row of slots of `maker`.
    #[inline(always)]
    pub fn capture(&self, captures: &mut Captures, machine: &Machine<'_>, maker: Running<'_>) {
        captures.fill(&self.captures, |place| match place {
            Place::Local(slot) => machine.local(*slot).copied(),
            other => captured(maker, other),
        });
    }

    /// The same as the last thing that `maker` does in this row: what is captured from it moves.
    #[inline(always)]
    pub fn capture_last(
        &self,
        captures: &mut Captures,
        machine: &mut Machine<'_>,
        maker: Running<'_>,
    ) {
        captures.fill(&self.captures, |place| match place {
            Place::Local(slot) => machine.take_local(*slot),
            other => captured(maker, other),
        });
    }

    /// A function, made in the row of slots of `maker`.
    pub fn make(&self, machine: &Machine<'_>, maker: Running<'_>) -> Arc<Function> {
        if self.code.template.is_constant {
            return self.code.constant().clone();
        }
        Function::made(self.code, |captures| self.capture(captures, machine, maker))
    }

    /// A function that is nobody's value.
    pub fn make_here(&self, machine: &Machine<'_>, maker: Running<'_>) -> Function {
        let mut function = Function::bare(self.code);
        self.capture(&mut function.captures, machine, maker);
        function
    }

    /// The same as the last thing that `maker` does in this row: what is captured from it moves.
    pub fn make_last(&self, machine: &mut Machine<'_>, maker: Running<'_>) -> Arc<Function> {
        Function::made(self.code, |captures| {
            self.capture_last(captures, machine, maker);
        })
    }
}

/// What a function captures of what the one that makes it has captured, or that one itself;
/// nothing captures a constant.
#[inline(always)]
fn captured(maker: Running<'_>, place: &Place) -> Value {
    match place {
        Place::Capture(slot) => maker.captures[slot.0 as usize].copied(),
        _ => itself(maker),
    }
}

/// `fn(a) => e`
pub fn lambda(compiler: &Compiler, template: TemplateId) -> Code {
    let maker = Maker::new(compiler, template);
    code(move |m, f| Ok(Value::Function(maker.make(m, f))))
}

/// `fn(a) => e` at the end of a function.
pub fn last_lambda(compiler: &Compiler, template: TemplateId) -> Code {
    let maker = Maker::new(compiler, template);
    code(move |m, f| Ok(Value::Function(maker.make_last(m, f))))
}
