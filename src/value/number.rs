//! What operators do with numbers: Python's rules.
//!
//! ```text
//!   int, int     64 bits while they suffice, then any size     (no int is ever both)
//!   int, float   the int becomes a float; too large for one is the error overflow
//! ```

use std::borrow::Cow;
use std::ops::{Add, Mul, Sub};

use num_bigint::BigInt;
use num_traits::ToPrimitive;

use super::arithmetic::cannot;
use super::error::fail;
use super::{Kind, Result, Unwind, Value};
use crate::syntax::tree::BinaryOperator;

pub use super::division::{divide, floor_divide, modulo};
pub use super::power::{power, power_with};

/// The largest int, in bits; about 10 million digits. A single multiplication of such takes
/// seconds and cannot be interrupted; writing it down takes longer still.
pub const MOST_BITS: u64 = 1 << 25;

/// A value that is a number.
#[derive(Copy, Clone, Debug)]
pub enum Number<'v> {
    /// An int of 64 bits.
    Int(i64),
    /// An int beyond that.
    Big(&'v BigInt),
    /// A float.
    Float(f64),
}

impl<'v> Number<'v> {
    /// The value as a number. A bool is none.
    #[inline]
    pub fn of(value: &'v Value) -> Option<Number<'v>> {
        match value {
            Value::Int(number) => Some(Number::Int(*number)),
            Value::BigInt(number) => Some(Number::Big(number)),
            Value::Float(number) => Some(Number::Float(number.get())),
            _ => None,
        }
    }

    /// The nearest float; an error if it would be beyond the floats.
    pub fn to_float(self) -> Result<f64> {
        match self {
            Number::Int(number) => Ok(number as f64),
            Number::Float(number) => Ok(number),
            Number::Big(number) => match number.to_f64() {
                Some(float) if float.is_finite() => Ok(float),
                _ => Err(fail(
                    Kind::Overflow,
                    "the int is too large to become a float",
                )),
            },
        }
    }
}

/// Two numbers, made alike.
pub(super) enum Pair<'v> {
    /// Two ints, of which at least one or the result is beyond 64 bits.
    Ints(Cow<'v, BigInt>, Cow<'v, BigInt>),
    /// Two floats.
    Floats(f64, f64),
}

/// Makes two numbers alike; anything else is the error of `operator`.
pub(super) fn alike<'v>(
    operator: BinaryOperator,
    left: &'v Value,
    right: &'v Value,
) -> Result<Pair<'v>> {
    let (Some(a), Some(b)) = (Number::of(left), Number::of(right)) else {
        return Err(cannot(operator, left, right));
    };
    let big = |number| match number {
        Number::Int(number) => Some(Cow::Owned(BigInt::from(number))),
        Number::Big(number) => Some(Cow::Borrowed(number)),
        Number::Float(_) => None,
    };
    match (big(a), big(b)) {
        (Some(a), Some(b)) => Ok(Pair::Ints(a, b)),
        _ => Ok(Pair::Floats(a.to_float()?, b.to_float()?)),
    }
}

/// `left + right`
#[inline]
pub fn add(left: &Value, right: &Value) -> Result<Value> {
    if let (Value::Int(a), Value::Int(b)) = (left, right)
        && let Some(sum) = a.checked_add(*b)
    {
        return Ok(Value::Int(sum));
    }
    match alike(BinaryOperator::Add, left, right)? {
        Pair::Ints(a, b) => Ok(Value::integer(a.as_ref().add(b.as_ref()))),
        Pair::Floats(a, b) => Ok(Value::from(a + b)),
    }
}

/// `left - right`
#[inline]
pub fn subtract(left: &Value, right: &Value) -> Result<Value> {
    if let (Value::Int(a), Value::Int(b)) = (left, right)
        && let Some(difference) = a.checked_sub(*b)
    {
        return Ok(Value::Int(difference));
    }
    match alike(BinaryOperator::Subtract, left, right)? {
        Pair::Ints(a, b) => Ok(Value::integer(a.as_ref().sub(b.as_ref()))),
        Pair::Floats(a, b) => Ok(Value::from(a - b)),
    }
}

/// `left * right`
#[inline]
pub fn multiply(left: &Value, right: &Value) -> Result<Value> {
    if let (Value::Int(a), Value::Int(b)) = (left, right)
        && let Some(product) = a.checked_mul(*b)
    {
        return Ok(Value::Int(product));
    }
    match alike(BinaryOperator::Multiply, left, right)? {
        Pair::Ints(a, b) if a.bits() + b.bits() > MOST_BITS => Err(too_large()),
        Pair::Ints(a, b) => Ok(Value::integer(a.as_ref().mul(b.as_ref()))),
        Pair::Floats(a, b) => Ok(Value::from(a * b)),
    }
}

/// `-number`
#[inline]
pub fn negate(number: &Value) -> Result<Value> {
    match number {
        Value::Int(number) => Ok(number
            .checked_neg()
            .map_or_else(|| Value::integer(-BigInt::from(*number)), Value::Int)),
        Value::BigInt(number) => Ok(Value::integer(-number.as_ref())),
        Value::Float(number) => Ok(Value::from(-number.get())),
        other => Err(fail(
            Kind::Type,
            format!("cannot negate {}", other.type_name()),
        )),
    }
}

/// The error of an int beyond [`MOST_BITS`].
#[cold]
pub(super) fn too_large() -> Unwind {
    fail(
        Kind::Memory,
        "the int would have more than 10 million digits",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::Gate;
    use crate::value::show::show;
    use num_integer::Integer;
    use proptest::prelude::*;

    fn text(result: Result<Value>) -> String {
        match result {
            Ok(value) => show(&value, &Gate::open()).expect("a number is shown"),
            Err(Unwind::Failed(failure)) => match &failure.thrown {
                crate::value::error::Thrown::Error { kind, .. } => kind.word().to_owned(),
                crate::value::error::Thrown::Value(_) => String::from("thrown"),
            },
            Err(Unwind::Cancelled) => String::from("cancelled"),
        }
    }

    fn int(number: &BigInt) -> Value {
        Value::integer(number.clone())
    }

    /// Every right side is what Python gives, or the kind of the error.
    #[test]
    fn division_as_in_python() {
        let f = |x: f64| Value::from(x);
        let i = Value::Int;
        let huge = |exponent: u32| Value::integer(BigInt::from(10).pow(exponent));
        for (a, b, true_division, floor, rest) in [
            (i(7), i(2), "3.5", "3", "1"),
            (i(-7), i(2), "-3.5", "-4", "1"),
            (i(7), i(-2), "-3.5", "-4", "-1"),
            (i(-7), i(-2), "3.5", "3", "-1"),
            (
                i(i64::MIN),
                i(-1),
                "9.223372036854776e+18",
                "9223372036854775808",
                "0",
            ),
            (
                i(i64::MAX),
                i(1 << 53),
                "1024.0",
                "1023",
                "9007199254740991",
            ),
            (f(7.5), i(2), "3.75", "3.0", "1.5"),
            (f(-7.5), i(2), "-3.75", "-4.0", "0.5"),
            (f(5.0), f(f64::INFINITY), "0.0", "0.0", "5.0"),
            (f(-5.0), f(f64::INFINITY), "-0.0", "-1.0", "inf"),
            (f(-0.0), i(3), "-0.0", "-0.0", "0.0"),
            (f(1.0), f(0.1), "10.0", "9.0", "0.09999999999999995"),
            (huge(400), huge(399), "10.0", "10", "0"),
            (huge(400), i(3), "overflow", &"3".repeat(400), "1"),
            (i(1), huge(400), "0.0", "0", &format!("1{}", "")),
            (f(1.0), huge(400), "overflow", "overflow", "overflow"),
            (
                i(1),
                i(0),
                "zero-division",
                "zero-division",
                "zero-division",
            ),
            (
                f(1.0),
                f(-0.0),
                "zero-division",
                "zero-division",
                "zero-division",
            ),
            (
                huge(30),
                i(0),
                "zero-division",
                "zero-division",
                "zero-division",
            ),
            (Value::from(true), i(1), "type", "type", "type"),
        ] {
            assert_eq!(text(divide(&a, &b)), true_division, "{a:?} / {b:?}");
            assert_eq!(text(floor_divide(&a, &b)), floor, "{a:?} // {b:?}");
            assert_eq!(text(modulo(&a, &b)), rest, "{a:?} % {b:?}");
        }
    }

    #[test]
    fn powers_as_in_python() {
        let f = |x: f64| Value::from(x);
        let i = Value::Int;
        for (base, exponent, expected) in [
            (i(2), i(10), "1024"),
            (i(2), i(64), "18446744073709551616"),
            (i(-2), i(63), "-9223372036854775808"),
            (i(-3), i(41), "-36472996377170786403"),
            (i(12), i(20), "3833759992447475122176"),
            (i(0), i(0), "1"),
            (i(1), i(i64::MAX), "1"),
            (i(-1), i(i64::MAX), "-1"),
            (i(0), i(i64::MAX), "0"),
            (i(2), i(-1), "0.5"),
            (i(-2), i(-3), "-0.125"),
            (i(0), i(-1), "zero-division"),
            (f(0.0), f(-0.5), "zero-division"),
            (i(2), f(0.5), "1.4142135623730951"),
            (i(-2), f(0.5), "value"),
            (f(10.0), i(400), "overflow"),
            (f(f64::INFINITY), i(2), "inf"),
            (f(f64::NAN), i(0), "1.0"),
            (i(2), i(1_000_000_000), "memory"),
            (i(3), i(i64::MAX), "memory"),
            (i(2), Value::Nil, "type"),
        ] {
            assert_eq!(
                text(power(&base, &exponent)),
                expected,
                "{base:?} ** {exponent:?}"
            );
        }
    }

    #[test]
    fn a_power_can_be_interrupted() {
        let mut left = 5;
        let result = power_with(&Value::Int(3), &Value::Int(1_000_000), &mut || {
            left -= 1;
            match left {
                0 => Err(Unwind::Cancelled),
                _ => Ok(()),
            }
        });
        assert!(matches!(result, Err(Unwind::Cancelled)));
    }

    fn any_int() -> impl Strategy<Value = BigInt> {
        let small = any::<i64>().prop_map(BigInt::from);
        let edge =
            (0u32..130, -2i64..3).prop_map(|(shift, near)| (BigInt::from(1) << shift) + near);
        let big =
            (any::<i128>(), 0u32..200).prop_map(|(start, shift)| BigInt::from(start) << shift);
        let tiny = (-20i64..20).prop_map(BigInt::from);
        (prop_oneof![small, edge, big, tiny], any::<bool>())
            .prop_map(|(number, negative)| if negative { -number } else { number })
    }

    proptest! {
        #[test]
        fn ints_are_exact(a in any_int(), b in any_int()) {
            let (left, right) = (int(&a), int(&b));
            prop_assert_eq!(text(add(&left, &right)), (&a + &b).to_string());
            prop_assert_eq!(text(subtract(&left, &right)), (&a - &b).to_string());
            prop_assert_eq!(text(multiply(&left, &right)), (&a * &b).to_string());
            prop_assert_eq!(text(negate(&left)), (-&a).to_string());
            if b != BigInt::ZERO {
                let (quotient, rest) = a.div_mod_floor(&b);
                prop_assert_eq!(text(floor_divide(&left, &right)), quotient.to_string());
                prop_assert_eq!(text(modulo(&left, &right)), rest.to_string());
            }
        }

        #[test]
        fn every_int_has_one_form(a in any_int(), b in any_int()) {
            for value in [add(&int(&a), &int(&b)), subtract(&int(&a), &int(&b))] {
                if let Ok(Value::BigInt(number)) = value {
                    prop_assert!(i64::try_from(number.as_ref()).is_err());
                }
            }
        }

        /// The quotient is within half of the distance to either neighbour: exactly, by fractions.
        #[test]
        fn true_division_is_the_nearest_float(a in any_int(), b in any_int()) {
            prop_assume!(b != BigInt::ZERO);
            let Ok(Value::Float(quotient)) = divide(&int(&a), &int(&b)) else {
                return Err(TestCaseError::fail("these quotients are floats"));
            };
            let quotient = quotient.get();
            // |a / b - x|, times b and a power of two that makes every float here an int.
            let off = |x: f64| {
                let scale = 1100u32;
                let (mantissa, exponent, sign) = num_traits::float::FloatCore::integer_decode(x);
                let exact = (BigInt::from(mantissa) * sign) << (i64::from(scale) + i64::from(exponent));
                let difference: BigInt = (&a << scale) - exact * &b;
                difference.magnitude().clone()
            };
            let here = off(quotient);
            prop_assert!(here <= off(quotient.next_up()) && here <= off(quotient.next_down()));
        }
    }
}
