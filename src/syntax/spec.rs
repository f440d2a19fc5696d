//! The part of a hole behind the colon: `f"{x:*>8.2f}"`.
//!
//! ```text
//! [[fill] < > ^ =] [+ - blank] [#] [0] [width] [, _] [.precision] [d x X b o e E f F g G % s c]
//! ```

use super::tree::FormatSpec;

/// The largest width or precision one may ask for: a slip must not fill the memory.
const LARGEST: usize = 1_000_000;

/// Reads a format spec; what is wrong with it otherwise.
pub fn read_spec(text: &str) -> Result<FormatSpec, String> {
    let mut spec = FormatSpec::default();
    let characters: Vec<char> = text.chars().collect();
    let mut rest = &characters[..];
    match rest {
        [fill, alignment @ ('<' | '>' | '^' | '='), ..] => {
            spec.fill = Some(*fill);
            spec.alignment = Some(*alignment);
            rest = &rest[2..];
        }
        [alignment @ ('<' | '>' | '^' | '='), ..] => {
            spec.alignment = Some(*alignment);
            rest = &rest[1..];
        }
        _ => {}
    }
    let mut take = |accepted: &str| match rest {
        [first, ..] if accepted.contains(*first) => {
            rest = &rest[1..];
            Some(*first)
        }
        _ => None,
    };
    spec.sign = take("+- ");
    spec.alternate = take("#").is_some();
    spec.zero = take("0").is_some();
    spec.width = take_number(&mut take, "width")?;
    spec.grouping = take(",_");
    if take(".").is_some() {
        spec.precision = take_number(&mut take, "precision")?;
        if spec.precision.is_none() {
            return Err(String::from("digits must follow the `.` of a format spec"));
        }
    }
    spec.presentation = take("dxXboeEfFgG%sc");
    match rest {
        [] => Ok(spec),
        ['{' | '}', ..] => Err(String::from("a format spec cannot hold holes of its own")),
        [wrong, ..] => Err(format!("`{wrong}` does not fit into a format spec here")),
    }
}

fn take_number(
    take: &mut impl FnMut(&str) -> Option<char>,
    what: &str,
) -> Result<Option<usize>, String> {
    let mut number = None;
    while let Some(digit) = take("0123456789").and_then(|digit| digit.to_digit(10)) {
        let value = number.unwrap_or(0) * 10 + digit as usize;
        if value > LARGEST {
            return Err(format!(
                "the {what} of a format spec can be at most {LARGEST}"
            ));
        }
        number = Some(value);
    }
    Ok(number)
}

/// What a spec is made of, for the help of a report.
pub const SPEC_HELP: &str = "a spec is: fill, one of < > ^ =, a sign, #, 0, width, `,` or `_`, .precision, one of d x X b o e E f g G % s c";

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: FormatSpec) {
        assert_eq!(read_spec(text), Ok(expected), "{text}");
    }

    #[test]
    fn every_part() {
        let none = FormatSpec::default;
        check("", none());
        check(
            ".2f",
            FormatSpec {
                precision: Some(2),
                presentation: Some('f'),
                ..none()
            },
        );
        check(
            "5",
            FormatSpec {
                width: Some(5),
                ..none()
            },
        );
        check(
            "05d",
            FormatSpec {
                zero: true,
                width: Some(5),
                presentation: Some('d'),
                ..none()
            },
        );
        check(
            "<",
            FormatSpec {
                alignment: Some('<'),
                ..none()
            },
        );
        check(
            "<<",
            FormatSpec {
                fill: Some('<'),
                alignment: Some('<'),
                ..none()
            },
        );
        check(
            "é^9",
            FormatSpec {
                fill: Some('é'),
                alignment: Some('^'),
                width: Some(9),
                ..none()
            },
        );
        check(
            "+,",
            FormatSpec {
                sign: Some('+'),
                grouping: Some(','),
                ..none()
            },
        );
        check(
            "#x",
            FormatSpec {
                alternate: true,
                presentation: Some('x'),
                ..none()
            },
        );
        check(
            "*=+#010_.3G",
            FormatSpec {
                fill: Some('*'),
                alignment: Some('='),
                sign: Some('+'),
                alternate: true,
                zero: true,
                width: Some(10),
                grouping: Some('_'),
                precision: Some(3),
                presentation: Some('G'),
            },
        );
    }

    #[test]
    fn what_is_wrong() {
        for (text, message) in [
            ("z", "`z` does not fit into a format spec here"),
            ("5.", "digits must follow the `.` of a format spec"),
            ("dd", "`d` does not fit into a format spec here"),
            ("{w}", "a format spec cannot hold holes of its own"),
            (
                "9999999999",
                "the width of a format spec can be at most 1000000",
            ),
        ] {
            assert_eq!(read_spec(text), Err(String::from(message)), "{text}");
        }
    }
}
