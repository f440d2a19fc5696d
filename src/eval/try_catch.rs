//! `try { } catch e { } finally { }`
//!
//! ```text
//!   body: value or flow ---------------------------> finally -> value or flow
//!   body: error ---> catch: value, flow or error --> finally -> what catch gave
//!   body: Cancelled (catch does not see it) -------> finally -> Cancelled, whatever finally did
//! ```
//!
//! What `finally` itself does by an error, `return`, `break` or `continue` replaces what was under
//! way, as in Python.

use super::binder::Binder;
use super::block::{Block, ValueBlock, leave};
use super::code::{Code, Compiler, Step, code, step};
use crate::resolve::program::{self, Binding};
use crate::runtime::machine::{Flow, Machine};
use crate::value::running::Running;
use crate::value::{Result, Unwind, Value};

/// A part of a `try`: a block run for its effects or for its value.
trait Part: Send + Sync + 'static {
    type Output;

    fn run(&self, machine: &mut Machine<'_>, function: Running<'_>) -> Result<Self::Output>;

    /// What a part gives that is left by `return`, `break` or `continue`.
    fn left(machine: &mut Machine<'_>, flow: Flow) -> Result<Self::Output>;
}

impl Part for Block {
    type Output = Flow;

    fn run(&self, machine: &mut Machine<'_>, function: Running<'_>) -> Result<Flow> {
        Block::run(self, machine, function)
    }

    fn left(_: &mut Machine<'_>, flow: Flow) -> Result<Flow> {
        Ok(flow)
    }
}

impl Part for ValueBlock {
    type Output = Value;

    fn run(&self, machine: &mut Machine<'_>, function: Running<'_>) -> Result<Value> {
        ValueBlock::run(self, machine, function)
    }

    fn left(machine: &mut Machine<'_>, flow: Flow) -> Result<Value> {
        Err(leave(machine, flow))
    }
}

/// A `try` whose value nobody needs.
pub fn effect(
    compiler: &Compiler,
    body: &program::Block,
    catch: Option<&(Binding, program::Block)>,
    finally: Option<&program::Block>,
) -> Step {
    let attempt = Try::new(compiler, body, catch, finally, Block::new);
    step(move |m, f| attempt.run(m, f))
}

/// A `try` as an expression.
pub fn value(
    compiler: &Compiler,
    body: &program::Block,
    catch: Option<&(Binding, program::Block)>,
    finally: Option<&program::Block>,
) -> Code {
    let attempt = Try::new(compiler, body, catch, finally, ValueBlock::new);
    code(move |m, f| attempt.run(m, f))
}

struct Try<P> {
    body: P,
    catch: Option<(Binder, P)>,
    finally: Option<Block>,
}

impl<P: Part> Try<P> {
    fn new(
        compiler: &Compiler,
        body: &program::Block,
        catch: Option<&(Binding, program::Block)>,
        finally: Option<&program::Block>,
        part: fn(&Compiler, &program::Block) -> P,
    ) -> Try<P> {
        Try {
            body: part(compiler, body),
            catch: catch.map(|(binding, block)| (binding.into(), part(compiler, block))),
            finally: finally.map(|block| Block::new(&compiler.inside(), block)),
        }
    }

    fn run(&self, machine: &mut Machine<'_>, function: Running<'_>) -> Result<P::Output> {
        let height = machine.stack.len();
        let mut result = self.body.run(machine, function);
        if let (Some((binder, handler)), Err(Unwind::Failed(failure))) = (&self.catch, &result) {
            let caught = failure.caught();
            machine.unwind_to(height);
            binder.bind(machine, caught);
            result = handler.run(machine, function);
        }
        match &self.finally {
            None => result,
            Some(finally) => {
                if result.is_err() {
                    machine.unwind_to(height);
                }
                finish::<P>(machine, function, finally, result)
            }
        }
    }
}

/// Runs `finally`, with what is under way put aside.
fn finish<P: Part>(
    machine: &mut Machine<'_>,
    function: Running<'_>,
    finally: &Block,
    result: Result<P::Output>,
) -> Result<P::Output> {
    let returned = std::mem::take(&mut machine.returned);
    let leaving = std::mem::replace(&mut machine.leaving, Flow::Next);
    let cancelled = matches!(result, Err(Unwind::Cancelled)) && leaving == Flow::Next;
    match finally.run(machine, function) {
        _ if cancelled => Err(Unwind::Cancelled),
        Ok(Flow::Next) => {
            machine.returned = returned;
            machine.leaving = leaving;
            result
        }
        Ok(flow) => P::left(machine, flow),
        Err(unwind) => Err(unwind),
    }
}
