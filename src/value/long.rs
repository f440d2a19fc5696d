//! Operations on very long ints, in pieces; a cancel may strike between them. Short ones are done at once by the library that has them.
//!
//! ```text
//!   a * b     both cut in half, three products of halves (Karatsuba 1962), and so on
//!   a // b    as on paper: some limbs of a at a time
//!   digits    split at a power of ten in the middle, each half by itself
//! ```

use num_bigint::BigUint;
use num_integer::Integer;
use num_traits::{One, Zero};

use super::Result;
use super::error::pause;
use crate::gate::Gate;

/// Products of factors up to this many bits take a few milliseconds.
const SHORT_FACTOR: u64 = 1 << 20;

/// How many products of limbs a piece of a division takes.
const LIMBS_A_PIECE: u64 = 4 << 20;

/// Ints up to this many bits are written at once.
const SHORT_TEXT: u64 = 1 << 17;

/// `a * b`
pub fn multiply(a: &BigUint, b: &BigUint, gate: &Gate<'_>) -> Result<BigUint> {
    pause(gate)?;
    let (long, short) = if a.bits() >= b.bits() { (a, b) } else { (b, a) };
    if short.bits() <= SHORT_FACTOR / 16 || long.bits() <= SHORT_FACTOR {
        return Ok(long * short);
    }
    let half = long.bits().div_ceil(2).next_multiple_of(64);
    let (high, low) = split(long, half);
    if short.bits() <= half {
        return Ok((multiply(&high, short, gate)? << half) + multiply(&low, short, gate)?);
    }
    let (short_high, short_low) = split(short, half);
    let highs = multiply(&high, &short_high, gate)?;
    let lows = multiply(&low, &short_low, gate)?;
    let middle = multiply(&(high + low), &(short_high + short_low), gate)? - &highs - &lows;
    Ok((((highs << half) + middle) << half) + lows)
}

/// What lies above and below a bit.
fn split(number: &BigUint, at: u64) -> (BigUint, BigUint) {
    let high = number >> at;
    let low = number - (&high << at);
    (high, low)
}

/// `a // b` and `a % b`; `b` is not 0.
pub fn divide(a: &BigUint, b: &BigUint, gate: &Gate<'_>) -> Result<(BigUint, BigUint)> {
    let limbs = |number: &BigUint| number.bits().div_ceil(64);
    if limbs(a).saturating_sub(limbs(b)) * limbs(b) <= LIMBS_A_PIECE {
        return Ok(a.div_rem(b));
    }
    let piece = (LIMBS_A_PIECE / limbs(b)).max(1) as usize;
    let digits = a.to_u64_digits();
    let mut quotient: Vec<u32> = vec![0; digits.len() * 2];
    let mut rest = BigUint::zero();
    for end in (1..=digits.len().div_ceil(piece))
        .rev()
        .map(|end| end * piece)
    {
        pause(gate)?;
        let start = end - piece;
        let part = &digits[start..end.min(digits.len())];
        let part = part
            .iter()
            .flat_map(|&limb| [limb as u32, (limb >> 32) as u32]);
        let next = (rest << (64 * piece)) + BigUint::new(part.collect());
        let (some, left) = next.div_rem(b);
        for (place, digit) in quotient[2 * start..].iter_mut().zip(some.to_u32_digits()) {
            *place = digit;
        }
        rest = left;
    }
    Ok((BigUint::new(quotient), rest))
}

/// Its digits in base ten.
pub fn decimal(number: &BigUint, gate: &Gate<'_>) -> Result<String> {
    if number.bits() <= SHORT_TEXT {
        return Ok(number.to_string());
    }
    // Powers of ten whose exponents double, up to half of the digits.
    let mut powers = vec![(10_000usize, BigUint::from(10u32).pow(10_000))];
    while let Some((digits, power)) = powers.last()
        && power.bits() * 2 <= number.bits() + 64
    {
        let next = (digits * 2, multiply(power, power, gate)?);
        powers.push(next);
    }
    let mut text = String::new();
    write_digits(number, &powers, 0, &mut text, gate)?;
    Ok(text)
}

/// Appends the digits, with zeros in front up to `width`.
fn write_digits(
    number: &BigUint,
    powers: &[(usize, BigUint)],
    width: usize,
    text: &mut String,
    gate: &Gate<'_>,
) -> Result<()> {
    let Some(((digits, power), smaller)) = powers.split_last() else {
        pause(gate)?;
        let shown = number.to_string();
        // Nothing but zeros stands for nothing.
        let shown = if number.is_zero() { "" } else { &shown };
        text.extend(std::iter::repeat_n('0', width.saturating_sub(shown.len())));
        text.push_str(shown);
        return Ok(());
    };
    let (high, low) = divide(number, power, gate)?;
    match high.is_zero() && width == 0 {
        true => write_digits(&low, smaller, 0, text, gate),
        false => {
            write_digits(&high, smaller, width.saturating_sub(*digits), text, gate)?;
            write_digits(&low, smaller, *digits, text, gate)
        }
    }
}

/// The whole part of its square root, by Newton's method from above.
pub fn square_root(number: &BigUint, gate: &Gate<'_>) -> Result<BigUint> {
    let bits = number.bits();
    if bits <= SHORT_TEXT {
        return Ok(number.sqrt());
    }
    let shift = (bits - 1024) / 2;
    let mut root = ((number >> (2 * shift)).sqrt() + BigUint::one()) << shift;
    loop {
        pause(gate)?;
        let (quotient, _) = divide(number, &root, gate)?;
        let next: BigUint = (&root + quotient) >> 1u32;
        if next >= root {
            return Ok(root);
        }
        root = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::StopSign;

    fn number(bits: u64, seed: u64) -> BigUint {
        let mut random = fastrand::Rng::with_seed(seed);
        let digits = (0..bits.div_ceil(32)).map(|_| random.u32(..));
        BigUint::new(digits.collect()) | (BigUint::one() << (bits - 1))
    }

    #[test]
    fn as_the_library_does_it() {
        for (a, b) in [
            (1 << 21, 1 << 21),
            (3_000_001, 1_200_007),
            (1 << 22, 70_000),
            (900_000, 850_000),
        ] {
            let (a, b) = (number(a, a), number(b, b + 1));
            assert_eq!(multiply(&a, &b, &Gate::open()).expect("a product"), &a * &b);
            assert_eq!(
                divide(&a, &b, &Gate::open()).expect("a quotient"),
                a.div_rem(&b)
            );
        }
    }

    #[test]
    fn digits_with_zeros_inside() {
        let ten = BigUint::from(10u32);
        for number in [
            ten.pow(50_000),
            ten.pow(80_000) + ten.pow(30_001) + 7u32,
            ten.pow(123_456) - 1u32,
            number(300_000, 5),
        ] {
            assert_eq!(
                decimal(&number, &Gate::open()).expect("digits"),
                number.to_string()
            );
        }
    }

    #[test]
    fn roots() {
        for bits in [200_000, 200_001, 300_000] {
            let root = number(bits / 2, bits);
            let square = &root * &root;
            for number in [square.clone(), &square + 1u32, &square - 1u32] {
                assert_eq!(
                    square_root(&number, &Gate::open()).expect("a root"),
                    number.sqrt()
                );
            }
        }
    }

    struct Stop;

    impl StopSign for Stop {
        fn strikes(&self) -> bool {
            true
        }
    }

    #[test]
    fn each_can_be_given_up() {
        let (a, b) = (number(8 << 20, 1), number(4 << 20, 2));
        let gate = Gate::open().with_stop_sign(&Stop);
        let give_up = &gate;
        assert!(multiply(&a, &b, give_up).is_err());
        assert!(divide(&a, &b, give_up).is_err());
        assert!(decimal(&a, give_up).is_err());
        assert!(square_root(&a, give_up).is_err());
    }
}
