//! Loops: `while`, `for`, and the going over things that comprehensions share.
//!
//! A range is gone over by counting: nothing is allocated, the loop variable is written straight
//! into its slot. Every turn begins with a tick, where a cancel may strike or another fiber of the
//! seat have its turn.

use std::sync::Arc;

use super::binder::Binder;
use super::block::{Block, Body};
use super::builtin_call::positional_call;
use super::code::{Code, Compiler, Step, step};
use super::condition::{Decide, Test, WHILE, condition};
use super::expression::expression;
use super::unpack::{unpack, unpack_two};
use super::variable::placed;
use crate::builtins::Builtin;
use crate::gate::Turn;
use crate::resolve::program::{self, Binding, Expr, LocalSlot, Storage};
use crate::runtime::iteration::Iteration;
use crate::runtime::machine::{Flow, Machine};
use crate::runtime::trail;
use crate::syntax::span::Span;
use crate::value::range::Range;
use crate::value::running::Running;
use crate::value::{Result, Value};

/// `while c { }`
pub fn while_loop(compiler: &Compiler, test: &Expr, body: &program::Block) -> Step {
    let span = test.span;
    let body = Block::new(compiler, body);
    let forgets = !compiler.holds_values;
    match (condition(compiler, test, WHILE), body.into_single()) {
        (Test::Spots(test), Ok(body)) => decided_loop(test, body, span, forgets),
        (Test::Spots(test), Err(body)) => decided_loop(test, body, span, forgets),
        (Test::Any(test), Ok(body)) => decided_loop(test, body, span, forgets),
        (Test::Any(test), Err(body)) => decided_loop(test, body, span, forgets),
    }
}

fn decided_loop(test: impl Decide, body: impl Body, span: Span, forgets: bool) -> Step {
    step(move |m, f| match m.gate.is_watched() {
        false => turns(m, f, span, &test, &body, |_| {}),
        true => watched_turns(m, f, span, &test, &body, forgets),
    })
}

/// A `while` whose turns somebody wants to know.
#[cold]
#[inline(never)]
fn watched_turns(
    machine: &mut Machine<'_>,
    function: Running<'_>,
    span: Span,
    test: &impl Decide,
    body: &impl Body,
    forgets: bool,
) -> Result<Flow> {
    let mut turn = Turn::default();
    let mut mark = None;
    let flow = turns(machine, function, span, test, body, |m| {
        m.gate.turn(&mut turn, || m.digest());
        if forgets {
            trail::turn(m, &mut mark, span, false, Some(turn.mark));
        }
    })?;
    if flow != Flow::Return && mark.is_some() {
        trail::leave(machine, mark);
    }
    Ok(flow)
}

/// Turns of a `while`, each of which begins with `begin`.
#[inline(always)]
fn turns(
    machine: &mut Machine<'_>,
    function: Running<'_>,
    span: Span,
    test: &impl Decide,
    body: &impl Body,
    mut begin: impl FnMut(&mut Machine<'_>),
) -> Result<Flow> {
    let height = machine.stack.len();
    loop {
        begin(machine);
        if !test.decide(machine, function)? {
            return Ok(Flow::Next);
        }
        let ticked = machine.tick();
        placed(machine, ticked, span)?;
        let flow = body.run(machine, function)?;
        if flow != Flow::Next
            && let Some(flow) = left(machine, flow, height)
        {
            return Ok(flow);
        }
    }
}

/// A turn was left before its end: where the loop goes on, if it does not at its next turn. What
/// lies above `height` are arguments of a call that the turn was left in the middle of.
#[inline(never)]
fn left(machine: &mut Machine<'_>, flow: Flow, height: usize) -> Option<Flow> {
    match flow {
        Flow::Return => return Some(Flow::Return),
        Flow::Next | Flow::Continue | Flow::Break => machine.unwind_to(height),
    }
    (flow == Flow::Break).then_some(Flow::Next)
}

/// `for a, b in xs { }`
pub fn for_loop(
    compiler: &Compiler,
    bindings: &[Binding],
    iterable: &Expr,
    body: &program::Block,
) -> Step {
    let walk = Walk::new(compiler, bindings, iterable);
    let body = Block::new(compiler, body);
    let forgets = !compiler.holds_values;
    match body.into_single() {
        Ok(body) => walked_loop(walk, body, forgets),
        Err(body) => walked_loop(walk, body, forgets),
    }
}

fn walked_loop(walk: Walk, body: impl Body, forgets: bool) -> Step {
    step(move |m, f| match m.gate.is_watched() && forgets {
        false => walk.run(m, f, |m, f| body.run(m, f)),
        true => watched_loop(&walk, &body, m, f),
    })
}

/// A `for` whose turns somebody wants to know.
#[cold]
#[inline(never)]
fn watched_loop(
    walk: &Walk,
    body: &impl Body,
    machine: &mut Machine<'_>,
    function: Running<'_>,
) -> Result<Flow> {
    let begun = walk.begin(machine, function)?;
    // How far it has got follows from the number of turns; a queue's handle has no place at all.
    let (counts, is_known) = match &begun {
        Begun::Other(Value::Queue(_)) => (false, true),
        Begun::Other(Value::Stream(_) | Value::Nil) => (false, false),
        _ => (true, true),
    };
    if let Begun::Other(value) = &begun {
        trail::holds(value);
    }
    let (span, mut mark) = (walk.span, None);
    let flow = walk.go(machine, function, begun, |m, f| {
        if is_known {
            trail::turn(m, &mut mark, span, counts, None);
        }
        body.run(m, f)
    })?;
    if flow != Flow::Return {
        trail::leave(machine, mark);
    }
    Ok(flow)
}

/// Going over something: what `for` and comprehensions share.
pub struct Walk {
    source: Source,
    bindings: Box<[Binder]>,
    span: Span,
}

enum Source {
    /// `range(…)` with the builtin's own meaning: its arguments, and the builtin for when they
    /// are not plain ints.
    Range(Box<[Code]>, &'static Builtin),
    Any(Code),
}

impl Walk {
    /// Going over `iterable`, each element bound anew.
    pub fn new(compiler: &Compiler, bindings: &[Binding], iterable: &Expr) -> Walk {
        let source = match positional_call("range", iterable) {
            Some((range, arguments)) if (1..=3).contains(&arguments.len()) => {
                let arguments = arguments.iter();
                Source::Range(
                    arguments
                        .map(|argument| expression(compiler, &argument.value))
                        .collect(),
                    range,
                )
            }
            _ => Source::Any(expression(compiler, iterable)),
        };
        Walk {
            source,
            bindings: bindings.iter().map(Binder::from).collect(),
            span: iterable.span,
        }
    }

    /// Runs `turn` for every element.
    #[inline(always)]
    pub fn run(
        &self,
        machine: &mut Machine<'_>,
        function: Running<'_>,
        turn: impl FnMut(&mut Machine<'_>, Running<'_>) -> Result<Flow>,
    ) -> Result<Flow> {
        let begun = self.begin(machine, function)?;
        self.go(machine, function, begun, turn)
    }

    #[inline(always)]
    fn go(
        &self,
        machine: &mut Machine<'_>,
        function: Running<'_>,
        begun: Begun,
        mut turn: impl FnMut(&mut Machine<'_>, Running<'_>) -> Result<Flow>,
    ) -> Result<Flow> {
        let iterable = match begun {
            Begun::Range(range) => match *self.bindings {
                [
                    Binder {
                        slot,
                        storage: Storage::Plain,
                    },
                ] => return count(machine, function, range, slot, self.span, turn),
                _ => Value::Range(Arc::new(range)),
            },
            Begun::Other(value) => value,
        };
        let height = machine.stack.len();
        let begun = Iteration::over(machine, &iterable);
        let mut iteration = placed(machine, begun, self.span)?;
        drop(iterable);
        loop {
            let ticked = machine.tick();
            placed(machine, ticked, self.span)?;
            machine.site = self.span;
            let next = iteration.next(machine);
            let Some(element) = placed(machine, next, self.span)? else {
                return Ok(Flow::Next);
            };
            self.bind(machine, element)?;
            let flow = turn(machine, function)?;
            if flow != Flow::Next
                && let Some(flow) = left(machine, flow, height)
            {
                return Ok(flow);
            }
        }
    }

    #[inline]
    fn begin(&self, machine: &mut Machine<'_>, function: Running<'_>) -> Result<Begun> {
        let value = match &self.source {
            Source::Any(code) => code.run(machine, function)?,
            Source::Range(arguments, range) => {
                let mut values = [Value::Nil, Value::Nil, Value::Nil];
                for (value, argument) in values.iter_mut().zip(arguments) {
                    *value = argument.run(machine, function)?;
                }
                let values = &values[..arguments.len()];
                if let Some(range) = plain_range(values) {
                    return Ok(Begun::Range(range));
                }
                machine.site = self.span;
                let made = machine.call_builtin(range, values);
                placed(machine, made, self.span)?
            }
        };
        Ok(match value {
            Value::Range(range) => Begun::Range(*range),
            other => Begun::Other(other),
        })
    }

    #[inline(always)]
    fn bind(&self, machine: &mut Machine<'_>, element: Value) -> Result<()> {
        match &*self.bindings {
            [one] => one.bind(machine, element),
            [first, second] => {
                let (a, b) = unpack_two(machine, &element, self.span)?;
                first.bind(machine, a);
                second.bind(machine, b);
            }
            several => {
                let values = unpack(machine, &element, several.len(), self.span)?;
                for (binder, value) in several.iter().zip(values) {
                    binder.bind(machine, value);
                }
            }
        }
        Ok(())
    }
}

enum Begun {
    Range(Range),
    Other(Value),
}

/// The range of plain ints with a step that is not 0.
fn plain_range(values: &[Value]) -> Option<Range> {
    let (start, end, step) = match *values {
        [Value::Int(end)] => (0, end, 1),
        [Value::Int(start), Value::Int(end)] => (start, end, 1),
        [Value::Int(start), Value::Int(end), Value::Int(step)] if step != 0 => (start, end, step),
        _ => return None,
    };
    Some(Range { start, end, step })
}

/// Goes over a range by counting. A function by itself, so that what it counts with stays in
/// registers.
#[inline(never)]
fn count(
    machine: &mut Machine<'_>,
    function: Running<'_>,
    range: Range,
    slot: LocalSlot,
    span: Span,
    mut turn: impl FnMut(&mut Machine<'_>, Running<'_>) -> Result<Flow>,
) -> Result<Flow> {
    let height = machine.stack.len();
    let attention = machine.attention();
    let mut number = range.start;
    let mut turns = range.len();
    loop {
        // One look at whether there is another turn, and whether the seat is wanted first.
        if turns & attention.mask() == 0 {
            if turns == 0 {
                return Ok(Flow::Next);
            }
            let attended = machine.attend();
            placed(machine, attended, span)?;
        }
        turns -= 1;
        machine.set_local_int(slot, number);
        let flow = turn(machine, function)?;
        if flow != Flow::Next
            && let Some(flow) = left(machine, flow, height)
        {
            return Ok(flow);
        }
        // Behind the last one it may wrap; nobody looks at it then.
        number = number.wrapping_add(range.step);
    }
}
