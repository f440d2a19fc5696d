//! Floats as text: the shortest digits that give the same float again, or as many as are asked
//! for, in the two ways to write them.
//!
//! ```text
//!   digits 1.234e5 --plain--> 123400.0      --with exponent--> 1.234e+05
//! ```

/// More decimals than any float has; those behind are zeros. (Rust's formatting takes no more
/// than 65535.)
const ALL_DECIMALS: usize = 1100;

/// A float as Python prints it: `1.0`, `0.1`, `1e+16`, `1e-05`, `inf`, `nan`.
pub fn repr(number: f64) -> String {
    let sign = if number.is_sign_negative() && !number.is_nan() {
        "-"
    } else {
        ""
    };
    let parts = written(number.abs(), None, None, false);
    format!("{sign}{}{}", parts.whole, parts.rest)
}

/// A float without its sign.
#[derive(Debug)]
pub struct Written {
    /// What stands before the point: the digits that may be grouped.
    pub whole: String,
    /// The point and what follows.
    pub rest: String,
}

/// How a float that is not negative is written with a presentation of a format spec: `e`, `f` or
/// `g`, or none; `alternate` keeps the point and trailing zeros.
pub fn written(
    number: f64,
    presentation: Option<char>,
    precision: Option<usize>,
    alternate: bool,
) -> Written {
    if !number.is_finite() {
        return Written {
            whole: String::from(if number.is_nan() { "nan" } else { "inf" }),
            rest: String::new(),
        };
    }
    match (presentation, precision) {
        (None, None) => {
            let (digits, exponent) = shortest(number);
            match exponent {
                -4..16 => plain(&digits, exponent, 1, alternate),
                _ => with_exponent(&digits, exponent, alternate),
            }
        }
        (None, Some(precision)) => general(number, precision, 1, alternate),
        (Some('e'), precision) => {
            let (digits, exponent) = rounded(number, precision.unwrap_or(6));
            with_exponent(&digits, exponent, alternate)
        }
        (Some('f'), precision) => {
            let precision = precision.unwrap_or(6);
            let kept = precision.min(ALL_DECIMALS);
            let text = format!("{number:.kept$}");
            let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
            let mut rest = String::new();
            if precision > 0 || alternate {
                rest.push('.');
                rest.push_str(decimals);
                rest.extend(std::iter::repeat_n('0', precision - kept));
            }
            let whole = whole.to_owned();
            Written { whole, rest }
        }
        (Some(_), precision) => general(number, precision.unwrap_or(6), 0, alternate),
    }
}

/// So many significant digits, written plainly unless that takes too many zeros.
fn general(number: f64, precision: usize, least_decimals: usize, alternate: bool) -> Written {
    let precision = precision.max(1);
    let (mut digits, exponent) = rounded(number, precision - 1);
    if !alternate {
        let kept = digits.trim_end_matches('0').len().max(1);
        digits.truncate(kept);
    }
    let most = (precision - least_decimals.min(precision)) as i64;
    match i64::from(exponent) {
        fitting if fitting >= -4 && fitting < most => {
            plain(&digits, exponent, least_decimals, alternate)
        }
        _ => with_exponent(&digits, exponent, alternate),
    }
}

/// The fewest digits that give the same number again. Of two that are equally near Rust takes the
/// larger, Python the even one, as rounding to so many digits does; that is seen only where floats
/// are about as dense as the decimals.
fn shortest(number: f64) -> (String, i32) {
    const DENSE: usize = 15;
    let text = format!("{number:e}");
    let (digits, exponent) = split(&text);
    if digits.len() >= DENSE {
        let even = format!("{number:.0$e}", digits.len() - 1);
        if even != text && even.parse() == Ok(number) {
            return split(&even);
        }
    }
    (digits, exponent)
}

/// The digits of a number with so many decimals behind the first digit, and its exponent.
fn rounded(number: f64, decimals: usize) -> (String, i32) {
    let kept = decimals.min(ALL_DECIMALS);
    let (mut digits, exponent) = split(&format!("{number:.kept$e}"));
    digits.extend(std::iter::repeat_n('0', decimals - kept));
    (digits, exponent)
}

/// `d.ddde-7` as its digits and its exponent.
fn split(scientific: &str) -> (String, i32) {
    let (digits, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    (digits.replace('.', ""), exponent.parse().unwrap_or(0))
}

fn plain(digits: &str, exponent: i32, least_decimals: usize, alternate: bool) -> Written {
    let before = usize::try_from(exponent + 1).unwrap_or(0);
    let zeros = usize::try_from(-exponent - 1).unwrap_or(0);
    let (whole, decimals) = digits.split_at(before.min(digits.len()));
    let whole = match before {
        0 => String::from("0"),
        _ => format!("{whole:0<before$}"),
    };
    let mut decimals = format!("{:0<zeros$}{decimals}", "");
    while decimals.len() < least_decimals {
        decimals.push('0');
    }
    let point = if alternate || !decimals.is_empty() {
        "."
    } else {
        ""
    };
    let rest = format!("{point}{decimals}");
    Written { whole, rest }
}

fn with_exponent(digits: &str, exponent: i32, alternate: bool) -> Written {
    let (first, decimals) = digits.split_at(1);
    let point = if alternate || !decimals.is_empty() {
        "."
    } else {
        ""
    };
    let sign = if exponent < 0 { '-' } else { '+' };
    let exponent = exponent.unsigned_abs();
    Written {
        whole: first.to_owned(),
        rest: format!("{point}{decimals}e{sign}{exponent:02}"),
    }
}
