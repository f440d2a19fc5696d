//! Values with a format spec: `f"{x:>10.2f}"`.
//!
//! ```text
//!   fill fill | sign prefix | fill fill | grouped digits | rest | fill fill
//!       >                        =                                  <         (^ is both ends)
//! ```

use super::error::fail;
use super::number::Number;
use super::show::display;
use super::{Kind, Result, Unwind, Value, float, long};
use crate::diagnostics::words::with_article;
use crate::gate::Gate;
use crate::syntax::tree::FormatSpec;

/// The value as the spec wants it, with Python's rules; a spec that does not fit it is the error
/// `value`.
pub fn format(value: &Value, spec: &FormatSpec, gate: &Gate<'_>) -> Result<String> {
    if *spec == FormatSpec::default() {
        return display(value, gate);
    }
    match (Number::of(value), value) {
        (Some(Number::Float(number)), _) => float_text(number, value, spec),
        (Some(number), _) => match spec.presentation {
            Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%') => {
                float_text(number.to_float()?, value, spec)
            }
            _ => int_text(number, value, spec, gate),
        },
        (None, Value::String(text)) => {
            refuse_signs(value, spec, "a string")?;
            if let Some(code) = spec.presentation.filter(|&code| code != 's') {
                return Err(unknown(code, value));
            }
            let kept = spec.precision.map_or(usize::MAX, |precision| precision);
            let kept: String = text.chars().take(kept).collect();
            Ok(padded("", &kept, spec, '<'))
        }
        (None, other) => {
            let what = with_article(other.type_name());
            refuse_signs(value, spec, &what)?;
            if let Some(code) = spec.presentation {
                return Err(unknown(code, value));
            }
            if spec.precision.is_some() {
                return Err(misfit(format!("a precision does not fit {what}")));
            }
            Ok(padded("", &display(value, gate)?, spec, '<'))
        }
    }
}

fn float_text(number: f64, value: &Value, spec: &FormatSpec) -> Result<String> {
    let (presentation, number) = match spec.presentation {
        Some('%') => (Some('f'), number * 100.0),
        Some(code @ ('e' | 'E' | 'f' | 'F' | 'g' | 'G')) => {
            (Some(code.to_ascii_lowercase()), number)
        }
        None => (None, number),
        Some(code) => return Err(unknown(code, value)),
    };
    let mut written = float::written(number.abs(), presentation, spec.precision, spec.alternate);
    if spec.presentation == Some('%') {
        written.rest.push('%');
    }
    if spec
        .presentation
        .is_some_and(|code| code.is_ascii_uppercase())
    {
        written.whole.make_ascii_uppercase();
        written.rest.make_ascii_uppercase();
    }
    let negative = number.is_sign_negative() && !number.is_nan();
    let head = sign(negative, spec);
    let grouping = spec.grouping.filter(|_| number.is_finite());
    Ok(laid_out(
        head,
        &written.whole,
        &written.rest,
        grouping,
        3,
        spec,
    ))
}

fn int_text(
    number: Number<'_>,
    value: &Value,
    spec: &FormatSpec,
    gate: &Gate<'_>,
) -> Result<String> {
    if spec.precision.is_some() {
        return Err(misfit("a precision does not fit an int")
            .help("`.2f` shows it as a float with 2 decimals"));
    }
    let (base, prefix) = match spec.presentation {
        None | Some('d') => (10, ""),
        Some('x') => (16, "0x"),
        Some('X') => (16, "0X"),
        Some('b') => (2, "0b"),
        Some('o') => (8, "0o"),
        Some('c') => return character(number, value, spec),
        Some(code) => return Err(unknown(code, value)),
    };
    if spec.grouping == Some(',') && base != 10 {
        return Err(misfit("`,` groups decimal digits only")
            .help("`_` groups the digits of other bases by four"));
    }
    let (negative, mut digits) = match number {
        Number::Int(number) if base == 10 => (number < 0, number.unsigned_abs().to_string()),
        Number::Int(number) => (
            number < 0,
            num_bigint::BigUint::from(number.unsigned_abs()).to_str_radix(base),
        ),
        Number::Big(number) => (
            number.sign() == num_bigint::Sign::Minus,
            match base {
                10 => long::decimal(number.magnitude(), gate)?,
                base => number.magnitude().to_str_radix(base),
            },
        ),
        Number::Float(_) => return Ok(String::new()),
    };
    if spec.presentation == Some('X') {
        digits.make_ascii_uppercase();
    }
    let mut head = sign(negative, spec);
    if spec.alternate {
        head.push_str(prefix);
    }
    let group = if base == 10 { 3 } else { 4 };
    Ok(laid_out(head, &digits, "", spec.grouping, group, spec))
}

/// An int as the character of that number.
fn character(number: Number<'_>, value: &Value, spec: &FormatSpec) -> Result<String> {
    if spec.sign.is_some() || spec.alternate || spec.grouping.is_some() {
        return Err(misfit("signs, `#` and grouping do not fit the format `c`"));
    }
    let code = match number {
        Number::Int(code) => u32::try_from(code).ok().and_then(char::from_u32),
        _ => None,
    };
    match code {
        Some(character) => Ok(laid_out(
            String::new(),
            character.encode_utf8(&mut [0; 4]),
            "",
            None,
            3,
            spec,
        )),
        None => Err(misfit(format!(
            "{} is not the number of a character",
            super::show::show_short(value, &Gate::open(), 40)
        ))),
    }
}

fn sign(negative: bool, spec: &FormatSpec) -> String {
    match (negative, spec.sign) {
        (true, _) => String::from("-"),
        (false, Some('+')) => String::from("+"),
        (false, Some(' ')) => String::from(" "),
        (false, _) => String::new(),
    }
}

/// A number of these parts in its field.
fn laid_out(
    head: String,
    digits: &str,
    rest: &str,
    grouping: Option<char>,
    group: usize,
    spec: &FormatSpec,
) -> String {
    let body = match grouping {
        None => format!("{digits}{rest}"),
        Some(separator) => {
            // Zeros that fill are grouped too.
            let is_zero_filled = alignment(spec, '>') == '=' && fill(spec) == '0';
            let width = spec.width.filter(|_| is_zero_filled).unwrap_or(0);
            let room = width.saturating_sub(head.len() + rest.len());
            grouped(digits, separator, group, room) + rest
        }
    };
    padded(&head, &body, spec, '>')
}

/// Digits in groups, with as many zeros before them as make them at least `least` wide.
fn grouped(digits: &str, separator: char, group: usize, least: usize) -> String {
    let mut reversed = Vec::new();
    let mut waiting = digits.bytes().rev().peekable();
    let mut in_group = 0;
    while waiting.peek().is_some() || reversed.len() < least {
        if in_group == group {
            reversed.push(separator as u8);
            in_group = 0;
        }
        reversed.push(waiting.next().unwrap_or(b'0'));
        in_group += 1;
    }
    reversed.into_iter().rev().map(char::from).collect()
}

fn fill(spec: &FormatSpec) -> char {
    spec.fill.unwrap_or(if spec.zero { '0' } else { ' ' })
}

fn alignment(spec: &FormatSpec, usual: char) -> char {
    match spec.alignment {
        Some(alignment) => alignment,
        None if spec.zero && usual == '>' => '=',
        None => usual,
    }
}

fn padded(head: &str, body: &str, spec: &FormatSpec, usual: char) -> String {
    let wide = head.chars().count() + body.chars().count();
    let missing = spec.width.unwrap_or(0).saturating_sub(wide);
    let (before, inside, behind) = match alignment(spec, usual) {
        '<' => (0, 0, missing),
        '^' => (missing / 2, 0, missing - missing / 2),
        '=' => (0, missing, 0),
        _ => (missing, 0, 0),
    };
    let filled = |count| std::iter::repeat_n(fill(spec), count);
    let mut out = String::with_capacity(head.len() + body.len() + missing);
    out.extend(filled(before));
    out.push_str(head);
    out.extend(filled(inside));
    out.push_str(body);
    out.extend(filled(behind));
    out
}

/// What only numbers take.
fn refuse_signs(value: &Value, spec: &FormatSpec, what: &str) -> Result<()> {
    let refused = match spec {
        FormatSpec { sign: Some(_), .. } => "a sign",
        FormatSpec {
            alternate: true, ..
        } => "`#`",
        FormatSpec {
            alignment: Some('='),
            ..
        } => "the alignment `=`",
        FormatSpec {
            grouping: Some(_), ..
        } => "grouping",
        _ => return Ok(()),
    };
    let error = misfit(format!("{refused} does not fit {what}"));
    match value {
        Value::String(_) => Err(error.help("int(s) or float(s) makes a number of a string")),
        _ => Err(error),
    }
}

#[cold]
fn unknown(code: char, value: &Value) -> Unwind {
    let what = with_article(value.type_name());
    let error = misfit(format!("the format `{code}` does not fit {what}"));
    match value {
        Value::Float(_) if code != 's' => error.help("int(x) or round(x) makes an int of it"),
        Value::String(_) => error.help("int(s) or float(s) makes a number of a string"),
        Value::Int(_) | Value::BigInt(_) | Value::Float(_) => {
            error.help("leave out the `s`, or use str(x)")
        }
        _ => error.help("fill, alignment and width fit any value"),
    }
}

#[cold]
fn misfit(message: impl Into<String>) -> Unwind {
    fail(Kind::Value, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::spec::read_spec;
    use crate::value::error::Thrown;

    fn formatted(value: Value, spec: &str) -> String {
        let spec = read_spec(spec).expect("a spec");
        match format(&value, &spec, &Gate::open()) {
            Ok(text) => text,
            Err(Unwind::Failed(failure)) => match &failure.thrown {
                Thrown::Error { kind, message } => format!("{}: {message}", kind.word()),
                Thrown::Value(_) => String::from("thrown"),
            },
            Err(Unwind::Cancelled) => String::from("cancelled"),
        }
    }

    /// Every right side is what Python gives.
    #[test]
    fn numbers_as_python_formats_them() {
        for (number, spec, text) in [
            (42i64, "", "42"),
            (42, "5", "   42"),
            (42, "<5", "42   "),
            (42, "^5", " 42  "),
            (42, "*^6", "**42**"),
            (-42, "05", "-0042"),
            (-42, "=6", "-   42"),
            (42, "+d", "+42"),
            (42, " d", " 42"),
            (255, "x", "ff"),
            (255, "#X", "0XFF"),
            (255, "#010b", "0b11111111"),
            (255, "_b", "1111_1111"),
            (8, "o", "10"),
            (1234567, ",", "1,234,567"),
            (1234567, "_d", "1_234_567"),
            (1234, "08,", "0,001,234"),
            (123, "09,", "0,000,123"),
            (65, "c", "A"),
            (65, "3c", "  A"),
            (3, ".2f", "3.00"),
            (1, "%", "100.000000%"),
            (12345, ".3g", "1.23e+04"),
        ] {
            assert_eq!(formatted(number.into(), spec), text, "{number}:{spec}");
        }
        for (number, spec, text) in [
            (3.5, "", "3.5"),
            (3.0, "5", "  3.0"),
            (2.5, ".0f", "2"),
            (3.5, ".0f", "4"),
            (0.125, ".2f", "0.12"),
            (2.675, ".2f", "2.67"),
            (1234.5678, "10.2f", "   1234.57"),
            (1234.5678, ",.1f", "1,234.6"),
            (-1.5, "010.2f", "-000001.50"),
            (1e10, "e", "1.000000e+10"),
            (0.00001234, ".3g", "1.23e-05"),
            (0.0001234, "g", "0.0001234"),
            (1e6, "g", "1e+06"),
            (100000.0, "g", "100000"),
            (1.5, "#g", "1.50000"),
            (123.0, ".3", "1.23e+02"),
            (12.0, ".3", "12.0"),
            (1e16, "20", "               1e+16"),
            (f64::INFINITY, "06.1f", "000inf"),
            (f64::NAN, "F", "NAN"),
            (0.256, ".1%", "25.6%"),
            (-0.0, ".1f", "-0.0"),
        ] {
            assert_eq!(formatted(number.into(), spec), text, "{number}:{spec}");
        }
        let big = Value::integer(num_bigint::BigInt::from(10).pow(20));
        assert_eq!(formatted(big.clone(), ",d"), "100,000,000,000,000,000,000");
        assert_eq!(formatted(big.clone(), "x"), "56bc75e2d63100000");
        assert_eq!(formatted(big, ".1e"), "1.0e+20");
    }

    #[test]
    fn other_values_take_fill_alignment_and_width() {
        assert_eq!(formatted("ab".into(), "5"), "ab   ");
        assert_eq!(formatted("ab".into(), ">5s"), "   ab");
        assert_eq!(formatted("héllo".into(), "é^9.3"), "éééhélééé");
        assert_eq!(formatted(Value::Nil, "*>5"), "**nil");
        assert_eq!(formatted(true.into(), "6"), "true  ");
        assert_eq!(formatted(Value::list(vec![Value::Int(1)]), "^5"), " [1] ");
    }

    #[test]
    fn a_spec_that_does_not_fit_says_so() {
        for (value, spec, error) in [
            (
                Value::from("a"),
                "d",
                "value: the format `d` does not fit a string",
            ),
            (Value::from("a"), "+", "value: a sign does not fit a string"),
            (
                Value::from("a"),
                "=5",
                "value: the alignment `=` does not fit a string",
            ),
            (
                Value::from(1.5),
                "d",
                "value: the format `d` does not fit a float",
            ),
            (
                Value::Int(1),
                "s",
                "value: the format `s` does not fit an int",
            ),
            (
                Value::Int(1),
                ".2",
                "value: a precision does not fit an int",
            ),
            (Value::Int(1), ",x", "value: `,` groups decimal digits only"),
            (
                Value::Int(-1),
                "c",
                "value: -1 is not the number of a character",
            ),
            (Value::Nil, ".2f", "value: the format `f` does not fit nil"),
        ] {
            assert_eq!(formatted(value, spec), error);
        }
    }
}
