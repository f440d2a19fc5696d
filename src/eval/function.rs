//! Making functions: the code of a template with copies of what it captures.

use std::sync::Arc;

use super::code::{Code, Compiler, code};
use crate::resolve::program::{Capture, Place, TemplateId};
use crate::runtime::machine::Machine;
use crate::value::Value;
use crate::value::function::{Captures, Code as FunctionCode, Function};

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
        self.made_of(|place| match place {
            Place::Local(slot) => machine.local(*slot).copied(),
            other => captured(maker, other),
        })
    }

    /// The same as the last thing that `maker` does in this row: what is captured from it moves.
    pub fn make_last(&self, machine: &mut Machine<'_>, maker: &Arc<Function>) -> Arc<Function> {
        self.made_of(|place| match place {
            Place::Local(slot) => machine.take_local(*slot),
            other => captured(maker, other),
        })
    }

    #[inline(always)]
    fn made_of(&self, mut capture: impl FnMut(&Place) -> Value) -> Arc<Function> {
        let nil = Value::Nil;
        // A few are put in their places one by one, without a loop.
        let captures = match &*self.captures {
            [] => Captures::new(),
            [a] => Captures::from_buf_and_len([capture(a), nil, Value::Nil], 1),
            [a, b] => Captures::from_buf_and_len([capture(a), capture(b), nil], 2),
            [a, b, c] => Captures::from_buf([capture(a), capture(b), capture(c)]),
            many => many.iter().map(capture).collect(),
        };
        Arc::new(Function {
            code: self.code,
            captures,
        })
    }
}

/// What a function captures of what the one that makes it has captured, or that one itself.
#[inline(always)]
fn captured(maker: &Arc<Function>, place: &Place) -> Value {
    match place {
        Place::Capture(slot) => maker.captures[slot.0 as usize].copied(),
        _ => Value::Function(maker.clone()),
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
