//! Random numbers. All tasks draw from one generator, each draw in one step.

use num_bigint::{BigInt, BigUint};
use num_traits::Signed;

use crate::gate::Operation;
use crate::runtime::machine::Machine;
use crate::value::error::fail;
use crate::value::{Kind, Result, Value, index};

use super::arguments::{expect_big, expect_list, wrong_type};
use super::{Row, Run};

pub(super) const TABLE: &[Row] = &[
    Row {
        name: "random",
        parameters: "seed = nil",
        doc: "a random float from 0 up to and without 1; with a seed, an int, it begins a sequence that is the same every time",
        example: "let first = [random(42), random(), random()]\nfirst == [random(42), random(), random()]",
        gives: "true",
        run: Run::Function(random),
    },
    Row {
        name: "randint",
        parameters: "a, b",
        doc: "a random int from a to b, both included",
        example: "let die = randint(1, 6)\n1 <= die and die <= 6",
        gives: "true",
        run: Run::Function(randint),
    },
    Row {
        name: "choice",
        parameters: "xs",
        doc: "a random element of a list, string or range",
        example: "choice([\"head\", \"tail\"]) in [\"head\", \"tail\"]",
        gives: "true",
        run: Run::Function(choice),
    },
    Row {
        name: "shuffle",
        parameters: "xs",
        doc: "puts the elements of a list into a random order",
        example: "let xs = [3, 1, 2]\nshuffle(xs)\nsorted(xs)",
        gives: "[1, 2, 3]",
        run: Run::Function(shuffle),
    },
];

/// Draws from the generator.
fn draw<T>(machine: &Machine<'_>, draw: impl FnOnce(&mut fastrand::Rng) -> T) -> T {
    machine.gate.announce(|| Operation::Random);
    draw(&mut machine.runtime.random.lock())
}

fn random(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let seed = match &arguments[0] {
        Value::Nil => None,
        Value::Int(seed) => Some(*seed as u64),
        Value::BigInt(seed) => seed.magnitude().iter_u64_digits().next(),
        other => return Err(wrong_type("random", "seed", "an int or nil", other)),
    };
    let number = draw(machine, |generator| {
        if let Some(seed) = seed {
            generator.seed(seed);
        }
        generator.f64()
    });
    Ok(Value::from(number))
}

fn randint(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    if let (Value::Int(a), Value::Int(b)) = (&arguments[0], &arguments[1])
        && a <= b
    {
        return Ok(Value::Int(draw(machine, |generator| {
            generator.i64(*a..=*b)
        })));
    }
    let a = expect_big("randint", "a", &arguments[0])?;
    let b = expect_big("randint", "b", &arguments[1])?;
    let distance = b - &a;
    if distance.is_negative() {
        return Err(fail(
            Kind::Value,
            "randint finds no int from a to b: b is less than a",
        )
        .help("the smaller number comes first"));
    }
    let above = draw(machine, |generator| up_to(generator, distance.magnitude()));
    Ok(Value::integer(a + BigInt::from(above)))
}

/// A number from 0 to `most`, all alike: drawn with as many bits as `most` has until it fits,
/// which takes two draws on average at worst.
fn up_to(generator: &mut fastrand::Rng, most: &BigUint) -> BigUint {
    let bits = most.bits();
    loop {
        let digits = (0..bits.div_ceil(32)).map(|_| generator.u32(..)).collect();
        let surplus = bits.next_multiple_of(32) - bits;
        let number = BigUint::new(digits) >> surplus;
        if number <= *most {
            return number;
        }
    }
}

fn choice(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let drawn = draw(machine, |generator| generator.u64(..));
    match &arguments[0] {
        Value::List(list) => list
            .read(&machine.gate, |items| {
                let at = scaled(drawn, items.len() as u64)?;
                items.get(at as usize).cloned()
            })
            .ok_or_else(|| fail(Kind::Index, "choice from an empty list")),
        Value::Range(range) => match scaled(drawn, range.len()) {
            Some(at) => Ok(Value::Int(range.nth(at))),
            None => Err(fail(Kind::Index, "choice from an empty range")),
        },
        text @ Value::String(characters) => match scaled(drawn, characters.characters() as u64) {
            Some(at) => index::get_index(text, &Value::Int(at as i64), &machine.gate),
            None => Err(fail(Kind::Index, "choice from an empty string")),
        },
        other => Err(wrong_type("choice", "xs", "a list, string or range", other)),
    }
}

/// A place below `length` from 64 random bits.
fn scaled(drawn: u64, length: u64) -> Option<u64> {
    (length > 0).then(|| ((u128::from(drawn) * u128::from(length)) >> 64) as u64)
}

fn shuffle(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    let list = expect_list("shuffle", "xs", &arguments[0])?;
    let mut own = draw(machine, |generator| generator.fork());
    list.change(&machine.gate, |items| own.shuffle(items));
    Ok(Value::Nil)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_are_drawn_from_the_whole_span() {
        let mut generator = fastrand::Rng::with_seed(1);
        let most = BigUint::from(5u8);
        let mut seen = [false; 6];
        for _ in 0..200 {
            let number = up_to(&mut generator, &most);
            seen[usize::try_from(number).unwrap()] = true;
        }
        assert_eq!(seen, [true; 6]);
        assert_eq!(up_to(&mut generator, &BigUint::ZERO), BigUint::ZERO);
    }

    #[test]
    fn places_are_below_the_length() {
        assert_eq!(scaled(u64::MAX, 3), Some(2));
        assert_eq!(scaled(0, 3), Some(0));
        assert_eq!(scaled(5, 0), None);
    }
}
