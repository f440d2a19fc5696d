//! Any bytes as packed values: they are refused, or give values that pack and unpack again into
//! the same bytes.
#![no_main]

use std::sync::LazyLock;

use cq::diagnostics::source::Sources;
use cq::gate::Gate;
use cq::process::border::{Border, Handles};
use cq::value::units::Units;
use cq::process::bytes::{Malformed, Read};
use cq::process::pack::{Root, pack};
use cq::process::packed::{HandleKind, HandleName, Packed};
use cq::process::refusal::Called;
use cq::process::unpack::unpack;
use cq::resolve::{Prelude, resolve};
use cq::runtime::queue::Queue;
use cq::value::Value;
use cq::value::function::{Closure, Unit};
use libfuzzer_sys::fuzz_target;

/// Functions that capture in every way.
const PROGRAM: &str = "
let plain = [1, 2]
let count = 0
fn even(n) { count += 1; if n == 0 { true } else { odd(n - 1) } }
fn odd(n) { if n == 0 { false } else { even(n - 1) } }
fn uses(n) => [n, plain]
let ones = 1 :: ones
let later = delay uses(count)
spawn { count += 1; uses(2) }
";

static WORLD: LazyLock<(Sources, Units)> = LazyLock::new(|| {
    let sources = Sources::default();
    let source = sources.add("fuzz.cq", PROGRAM);
    let parsed = cq::syntax::parse(&source);
    let resolved = resolve(&parsed.tree, &[], &Prelude::new());
    let program = resolved.program.expect("the program is correct");
    let units = Units::default();
    units.add(Unit::load(program, |_, _| Closure::new(|_, _| Ok(Value::Nil))));
    (sources, units)
});

/// Every number is a queue.
struct Queues;

impl Handles for Queues {
    fn export(&mut self, handle: &Value) -> Result<HandleName, String> {
        match handle {
            Value::Queue(queue) => Ok(HandleName {
                kind: HandleKind::Queue,
                id: queue.number,
            }),
            other => Err(other.type_name().into()),
        }
    }

    fn import(&mut self, name: HandleName) -> Read<Value> {
        match name.kind {
            HandleKind::Queue => Ok(Value::Queue(Queue::new(name.id, None))),
            _ => Err(Malformed("no queue")),
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let (sources, units) = &*WORLD;
    let mut border = Border {
        units,
        sources,
        handles: &mut Queues,
    };
    let repack = |values: &[Value], border: &mut Border<'_>| {
        let roots: Vec<Root<'_>> = values
            .iter()
            .map(|value| Root {
                called: Called::Value,
                value,
            })
            .collect();
        pack(&roots, border, &Gate::open()).expect("what came across can go back")
    };
    let Ok(values) = unpack(&Packed(bytes.to_vec()), &mut border) else {
        return;
    };
    let packed = repack(&values, &mut border);
    let again = unpack(&packed, &mut border).expect("it was packed just now");
    assert!(repack(&again, &mut border) == packed);
});
