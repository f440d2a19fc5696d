//! Blocks: statements with a scope of their own.
//!
//! A block is run for its effects ([`Block`], as the body of a loop) or for the value of its last
//! expression ([`ValueBlock`], as the body of a function). A `return`, `break` or `continue` that
//! stands in a block run for its value has to pass through the expressions around it:
//!
//! ```text
//!   let x = f(1, if c { return 2 } else { 3 })
//!   \__ statement   \__ value block: leaving = Return, gives Err(Cancelled)
//!        \__ sees `leaving` on the error path and says Flow::Return
//! ```

use super::binder::Binder;
use super::code::{Code, Compiler, Step, code, step};
use super::expression::{expression, tail_expression};
use super::function::Maker;
use super::operand::has_blocks;
use super::statement::statement;
use crate::resolve::program::{self, StatementKind, Storage};
use crate::runtime::machine::{Flow, Machine};
use crate::value::running::Running;
use crate::value::{Result, Unwind, Value};

/// A block that is run for its effects.
pub struct Block {
    entry: Option<Entry>,
    steps: Box<[Step]>,
}

impl Block {
    /// Compiles a block.
    pub fn new(compiler: &Compiler, block: &program::Block) -> Block {
        Block::of(compiler, block, &block.statements)
    }

    fn of(compiler: &Compiler, block: &program::Block, statements: &[program::Statement]) -> Block {
        Block {
            entry: Entry::new(compiler, block),
            steps: statements
                .iter()
                .map(|each| statement(compiler, each))
                .collect(),
        }
    }

    /// The block as a statement of a block around it: one that holds a single statement is that.
    pub fn into_step(self) -> Step {
        match self.into_single() {
            Ok(Single(step)) => step,
            Err(block) => step(move |m, f| block.run(m, f)),
        }
    }

    /// Runs it.
    #[inline(always)]
    pub fn run(&self, machine: &mut Machine<'_>, function: Running<'_>) -> Result<Flow> {
        if let Some(entry) = &self.entry {
            entry.run(machine, function);
        }
        for step in &self.steps {
            match step.run(machine, function) {
                Ok(Flow::Next) => {}
                Ok(flow) => return Ok(flow),
                Err(unwind) => return arrived(machine, unwind),
            }
        }
        Ok(Flow::Next)
    }

    /// The block's one statement, if it is nothing but one.
    pub fn into_single(self) -> std::result::Result<Single, Block> {
        match self {
            Block { entry: None, steps } if steps.len() == 1 => {
                Ok(Single(Vec::from(steps).remove(0)))
            }
            block => Err(block),
        }
    }
}

/// The body of a loop: the loop around it is written out for each kind.
pub trait Body: Send + Sync + 'static {
    /// Runs it.
    fn run(&self, machine: &mut Machine<'_>, function: Running<'_>) -> Result<Flow>;
}

/// A block that holds a single statement.
pub struct Single(Step);

impl Body for Single {
    #[inline(always)]
    fn run(&self, machine: &mut Machine<'_>, function: Running<'_>) -> Result<Flow> {
        match self.0.run(machine, function) {
            Ok(flow) => Ok(flow),
            Err(unwind) => arrived(machine, unwind),
        }
    }
}

impl Body for Block {
    #[inline(always)]
    fn run(&self, machine: &mut Machine<'_>, function: Running<'_>) -> Result<Flow> {
        Block::run(self, machine, function)
    }
}

/// A statement has been left: by an error, or by a `return`, `break` or `continue` inside of one
/// of its expressions, which goes on as the statement's own.
#[cold]
#[inline(never)]
fn arrived(machine: &mut Machine<'_>, unwind: Unwind) -> Result<Flow> {
    match unwind {
        Unwind::Cancelled if machine.leaving != Flow::Next => {
            Ok(std::mem::replace(&mut machine.leaving, Flow::Next))
        }
        unwind => Err(unwind),
    }
}

/// A `return`, `break` or `continue` sets out through the expressions around a block.
#[cold]
#[inline(never)]
pub fn leave(machine: &mut Machine<'_>, flow: Flow) -> Unwind {
    machine.leaving = flow;
    Unwind::Cancelled
}

/// A block that is run for the value of its last expression.
pub struct ValueBlock {
    before: Block,
    last: Option<Code>,
    /// Whether `last` could be left by a `return`.
    last_has_blocks: bool,
}

impl ValueBlock {
    /// Compiles a block.
    pub fn new(compiler: &Compiler, block: &program::Block) -> ValueBlock {
        match block.statements.split_last() {
            Some((last, before)) => match &last.kind {
                StatementKind::Expression(last) => {
                    ValueBlock::of(compiler, block, before, last, expression)
                }
                _ => ValueBlock::without_last(Block::new(compiler, block)),
            },
            None => ValueBlock::without_last(Block::new(compiler, block)),
        }
    }

    /// Compiles a block whose value is that of a function: a `return` at its end just gives it.
    pub fn tail(compiler: &Compiler, block: &program::Block) -> ValueBlock {
        match block.statements.split_last() {
            Some((last, before)) => match &last.kind {
                StatementKind::Expression(last) | StatementKind::Return(Some(last)) => {
                    ValueBlock::of(compiler, block, before, last, tail_expression)
                }
                _ => ValueBlock::without_last(Block::new(compiler, block)),
            },
            None => ValueBlock::without_last(Block::new(compiler, block)),
        }
    }

    fn of(
        compiler: &Compiler,
        block: &program::Block,
        before: &[program::Statement],
        last: &program::Expr,
        compile: fn(&Compiler, &program::Expr) -> Code,
    ) -> ValueBlock {
        ValueBlock {
            before: Block::of(compiler, block, before),
            last: Some(compile(compiler, last)),
            last_has_blocks: has_blocks(last),
        }
    }

    fn without_last(before: Block) -> ValueBlock {
        ValueBlock {
            before,
            last: None,
            last_has_blocks: false,
        }
    }

    /// Runs it.
    #[inline(always)]
    pub fn run(&self, machine: &mut Machine<'_>, function: Running<'_>) -> Result<Value> {
        match self.before.run(machine, function)? {
            Flow::Next => {}
            flow => return Err(leave(machine, flow)),
        }
        match &self.last {
            Some(last) => last.run(machine, function),
            None => Ok(Value::Nil),
        }
    }

    /// The block's one expression, if it is nothing but one without blocks in it.
    pub fn into_expression(self) -> std::result::Result<Code, ValueBlock> {
        let alone = self.before.steps.is_empty() && self.before.entry.is_none();
        match self.last {
            Some(last) if alone && !self.last_has_blocks => Ok(last),
            _ => Err(self),
        }
    }

    /// The block as an expression.
    pub fn into_code(self) -> Code {
        match self.into_expression() {
            Ok(expression) => expression,
            Err(block) => code(move |m, f| block.run(m, f)),
        }
    }
}

/// What happens when a block is entered: cells are made, then named functions.
struct Entry {
    cells: Box<[Binder]>,
    functions: Box<[(Binder, Maker)]>,
}

impl Entry {
    fn new(compiler: &Compiler, block: &program::Block) -> Option<Entry> {
        if block.cells.is_empty() && block.functions.is_empty() {
            return None;
        }
        let functions = block
            .functions
            .iter()
            .map(|(binding, template)| (binding.into(), Maker::new(compiler, *template)));
        Some(Entry {
            cells: block
                .cells
                .iter()
                .map(Binder::from)
                .filter(|binder| binder.storage != Storage::Plain)
                .collect(),
            functions: functions.collect(),
        })
    }

    #[inline(never)]
    fn run(&self, machine: &mut Machine<'_>, function: Running<'_>) {
        for cell in &self.cells {
            cell.prepare(machine);
        }
        for (binder, maker) in &self.functions {
            let made = Value::Function(maker.make(machine, function));
            binder.fill(machine, made);
        }
    }
}
