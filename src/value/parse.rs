//! Numbers from text, as `int("…")` and `float("…")` read them.
//!
//! Python's rules: blanks around, a sign, `_` between two digits, `inf` and `nan`.

use num_bigint::{BigInt, BigUint};

use super::Value;
use super::number::MOST_BITS;
use super::{Result, long};
use crate::gate::Gate;

/// Longer rows of digits are read in halves, which takes far less time than one after the other.
const SHORT: usize = 1000;

/// The int that is written there in a base from 2 to 36, or 0 for the one its prefix says; none
/// if it has more digits than ints may have.
pub fn integer(text: &str, base: u32, gate: &Gate<'_>) -> Result<Option<Value>> {
    let Some((negative, base, digits)) = digits_of(text, base) else {
        return Ok(None);
    };
    if digits.len() <= 12
        && let Ok(number) = i64::from_str_radix(&digits, base)
    {
        return Ok(Some(Value::Int(if negative { -number } else { number })));
    }
    let bits = digits.len() as f64 * f64::from(base).log2();
    if bits > MOST_BITS as f64 {
        return Ok(None);
    }
    let Some(magnitude) = magnitude(digits.as_bytes(), base, gate)? else {
        return Ok(None);
    };
    let number = BigInt::from(magnitude);
    Ok(Some(Value::integer(if negative {
        -number
    } else {
        number
    })))
}

/// Sign, base and digits of an int.
fn digits_of(text: &str, base: u32) -> Option<(bool, u32, String)> {
    if base != 0 && !(2..=36).contains(&base) {
        return None;
    }
    let (negative, digits) = without_sign(text.trim());
    let (base, digits) = without_prefix(digits, base)?;
    let digits = without_underscores(digits, |digit| digit.is_digit(base))?;
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(base)) {
        return None;
    }
    Some((negative, base, digits))
}

/// The float that is written there.
pub fn float(text: &str) -> Option<f64> {
    let text = without_underscores(text.trim(), |digit| digit.is_ascii_digit())?;
    text.parse().ok()
}

fn without_sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// The base and the digits. With base 0 a number has no leading zeros unless it has a prefix.
fn without_prefix(digits: &str, base: u32) -> Option<(u32, &str)> {
    let prefixed = match digits.get(..2) {
        Some("0x" | "0X") => Some(16),
        Some("0o" | "0O") => Some(8),
        Some("0b" | "0B") => Some(2),
        _ => None,
    };
    if let Some(own) = prefixed
        && (base == 0 || base == own)
    {
        let rest = &digits[2..];
        return Some((own, rest.strip_prefix('_').unwrap_or(rest)));
    }
    if base != 0 {
        return Some((base, digits));
    }
    let only_zeros = digits.chars().all(|digit| matches!(digit, '0' | '_'));
    (only_zeros || !digits.starts_with('0')).then_some((10, digits))
}

/// The text without its `_`, if each stands between two digits.
fn without_underscores(text: &str, is_digit: impl Fn(char) -> bool) -> Option<String> {
    let mut parts = text.split('_').peekable();
    let mut out = String::with_capacity(text.len());
    while let Some(part) = parts.next() {
        let is_last = parts.peek().is_none();
        let ends_well = is_last || part.ends_with(&is_digit);
        let begins_well = out.is_empty() || part.starts_with(&is_digit);
        if !ends_well || !begins_well {
            return None;
        }
        out.push_str(part);
    }
    Some(out)
}

fn magnitude(digits: &[u8], base: u32, gate: &Gate<'_>) -> Result<Option<BigUint>> {
    if digits.len() <= SHORT {
        return Ok(BigUint::parse_bytes(digits, base));
    }
    let (high, low) = digits.split_at(digits.len() / 2);
    let (high, low_part) = (magnitude(high, base, gate)?, magnitude(low, base, gate)?);
    let (Some(high), Some(low_part)) = (high, low_part) else {
        return Ok(None);
    };
    let scale = scale(base, low.len(), gate)?;
    Ok(Some(long::multiply(&high, &scale, gate)? + low_part))
}

/// `base ** places`
fn scale(base: u32, places: usize, gate: &Gate<'_>) -> Result<BigUint> {
    if places <= SHORT {
        return Ok(BigUint::from(base).pow(places as u32));
    }
    let half = scale(base, places / 2, gate)?;
    let square = long::multiply(&half, &half, gate)?;
    Ok(match places % 2 {
        0 => square,
        _ => square * base,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::show::show;

    fn read(text: &str, base: u32) -> Option<String> {
        integer(text, base, &Gate::open())
            .expect("no cancel")
            .map(|value| show(&value, &Gate::open()).expect("an int is shown"))
    }

    #[test]
    fn ints_as_python_reads_them() {
        for (text, base, number) in [
            (" 42 ", 10, Some("42")),
            ("\t-42\n", 10, Some("-42")),
            ("+7", 10, Some("7")),
            ("1_000", 10, Some("1000")),
            ("010", 10, Some("10")),
            ("ff", 16, Some("255")),
            ("0xFF", 16, Some("255")),
            ("0x_ff", 16, Some("255")),
            ("0b11", 2, Some("3")),
            ("0b11", 16, Some("2833")),
            ("0b11", 0, Some("3")),
            ("0o17", 0, Some("15")),
            ("00", 0, Some("0")),
            ("z", 36, Some("35")),
            ("-9223372036854775808", 10, Some("-9223372036854775808")),
            ("9223372036854775808", 10, Some("9223372036854775808")),
            ("010", 0, None),
            ("1__0", 10, None),
            ("_1", 10, None),
            ("1_", 10, None),
            ("", 10, None),
            ("-", 10, None),
            ("- 1", 10, None),
            ("--1", 10, None),
            ("1.0", 10, None),
            ("0x10", 10, None),
            ("12", 2, None),
            ("1", 1, None),
            ("1", 37, None),
        ] {
            assert_eq!(read(text, base).as_deref(), number, "int({text:?}, {base})");
        }
    }

    #[test]
    fn long_rows_of_digits_are_read_in_halves() {
        let digits: String = (0..5000)
            .map(|at| char::from(b'1' + (at % 9) as u8))
            .collect();
        assert_eq!(read(&digits, 10), Some(digits));
    }

    #[test]
    fn floats_as_python_reads_them() {
        for (text, number) in [
            (" 1.5 ", Some(1.5)),
            ("1_000.5", Some(1000.5)),
            ("1e5", Some(1e5)),
            ("1e1_0", Some(1e10)),
            (".5", Some(0.5)),
            ("5.", Some(5.0)),
            ("-inf", Some(f64::NEG_INFINITY)),
            ("Infinity", Some(f64::INFINITY)),
            ("1e400", Some(f64::INFINITY)),
            ("", None),
            (".", None),
            ("1_.5", None),
            ("_1", None),
            ("in_f", None),
            ("0x10", None),
            ("1,5", None),
        ] {
            assert_eq!(float(text), number, "float({text:?})");
        }
        assert!(float("nan").is_some_and(f64::is_nan));
    }
}
