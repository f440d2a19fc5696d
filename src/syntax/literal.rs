//! What literals mean: numbers and the escapes of strings.
//!
//! Text between quotes is read by one function for strings and f-strings: it goes on until
//! something that is not plain text, and says what that was.

use std::sync::Arc;

use num_bigint::BigInt;

use super::token::Integer;

/// How many characters a number may be written with: reading one takes quadratic time.
pub const LONGEST_INTEGER: usize = 100_000;

/// The value of an integer literal the lexer has found to be well formed.
pub fn read_integer(text: &str) -> Integer {
    if text.len() > LONGEST_INTEGER {
        return Integer::Small(0);
    }
    let digits: String = text.chars().filter(|&digit| digit != '_').collect();
    let (digits, radix) = match digits.get(..2) {
        Some("0x" | "0X") => (&digits[2..], 16),
        Some("0b" | "0B") => (&digits[2..], 2),
        Some("0o" | "0O") => (&digits[2..], 8),
        _ => (&digits[..], 10),
    };
    if let Ok(small) = i64::from_str_radix(digits, radix) {
        return Integer::Small(small);
    }
    Integer::Big(Arc::new(
        BigInt::parse_bytes(digits.as_bytes(), radix).unwrap_or_default(),
    ))
}

/// The value of a float literal the lexer has found to be well formed.
pub fn read_float(text: &str) -> f64 {
    let digits: String = text.chars().filter(|&digit| digit != '_').collect();
    digits.parse().unwrap_or(f64::NAN)
}

/// Why a stretch of text between quotes ended.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum TextEnd {
    /// At the closing quote.
    Quote,
    /// At a `{` of an f-string.
    Hole,
    /// At a line's end or the text's: the quote is missing.
    Missing,
}

/// A stretch of text between quotes.
pub struct Text {
    /// With escapes (and doubled braces) resolved.
    pub value: String,
    /// How many bytes it is in the source, without what ended it.
    pub length: usize,
    /// What ended it.
    pub end: TextEnd,
    /// What is wrong inside: from, to (relative), message, help.
    pub faults: Vec<(usize, usize, String, &'static str)>,
}

const KNOWN_ESCAPES: &str =
    "the escapes are \\n \\t \\r \\0 \\\\ \\\" \\' and \\u{1F600}; a backslash itself is \\\\";

/// Reads text up to `quote`; with `holes`, braces are those of an f-string.
pub fn read_text(source: &str, quote: char, holes: bool) -> Text {
    let mut text = Text {
        value: String::new(),
        length: source.len(),
        end: TextEnd::Missing,
        faults: Vec::new(),
    };
    let mut characters = source.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let end = match character {
            '\n' => Some(TextEnd::Missing),
            _ if character == quote => Some(TextEnd::Quote),
            '{' if holes && characters.next_if(|&(_, next)| next == '{').is_none() => {
                Some(TextEnd::Hole)
            }
            _ => None,
        };
        if let Some(end) = end {
            text.length = at;
            text.end = end;
            break;
        }
        match character {
            '\\' => {
                let rest = &source[at + 1..];
                match read_escape(rest) {
                    Ok((resolved, length)) => {
                        text.value.push(resolved);
                        let behind = at + 1 + length;
                        while characters.next_if(|&(next, _)| next < behind).is_some() {}
                    }
                    Err((length, message)) => {
                        text.faults
                            .push((at, at + 1 + length, message, KNOWN_ESCAPES))
                    }
                }
            }
            '}' if holes && characters.next_if(|&(_, next)| next == '}').is_none() => {
                text.faults.push((
                    at,
                    at + 1,
                    String::from("a lone `}` in an f-string"),
                    "write `}}` for a brace that is meant as text",
                ))
            }
            _ => text.value.push(character),
        }
    }
    if text.end == TextEnd::Missing && source[..text.length].ends_with('\r') {
        text.length -= 1;
    }
    text
}

/// What stands behind a backslash: the character it means and how many bytes it took.
fn read_escape(rest: &str) -> Result<(char, usize), (usize, String)> {
    let Some(first) = rest.chars().next() else {
        return Err((
            0,
            String::from("a string cannot end with a single backslash"),
        ));
    };
    let plain = match first {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        '0' => '\0',
        '\\' | '"' | '\'' => first,
        'u' => return read_unicode_escape(rest),
        '\n' | '\r' => return Err((0, String::from("a string cannot go on in the next line"))),
        _ => return Err((first.len_utf8(), format!("unknown escape `\\{first}`"))),
    };
    Ok((plain, 1))
}

fn read_unicode_escape(rest: &str) -> Result<(char, usize), (usize, String)> {
    let wrong = |length: usize| {
        let written = &rest[..length];
        (length, format!("`\\{written}` is no character"))
    };
    let Some(digits) = rest.strip_prefix("u{") else {
        return Err((1, String::from("a character's number must stand in braces")));
    };
    let length = digits
        .bytes()
        .take_while(|byte| byte.is_ascii_hexdigit())
        .count();
    if !digits[length..].starts_with('}') || length == 0 {
        return Err(wrong(2 + length));
    }
    let code = u32::from_str_radix(&digits[..length], 16).ok();
    match code.and_then(char::from_u32) {
        Some(character) => Ok((character, length + 3)),
        None => Err(wrong(length + 3)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers() {
        for (text, value) in [
            ("0", 0),
            ("42", 42),
            ("1_000", 1000),
            ("0xff", 255),
            ("0XF_F", 255),
            ("0b1_1", 3),
            ("0o17", 15),
            ("9223372036854775807", i64::MAX),
        ] {
            assert_eq!(read_integer(text), Integer::Small(value), "{text}");
        }
        for text in ["9223372036854775808", "0x1_0000_0000_0000_0000"] {
            let Integer::Big(big) = read_integer(text) else {
                panic!("{text} is big")
            };
            assert!(*big > BigInt::from(i64::MAX), "{text}");
        }
    }

    #[test]
    fn text_with_escapes() {
        for (source, value, end) in [
            (r#"plain" rest"#, "plain", TextEnd::Quote),
            (r#"a\n\t\\\"\'\u{41}\0""#, "a\n\t\\\"'A\0", TextEnd::Quote),
            ("open", "open", TextEnd::Missing),
            ("open\nnext\"", "open", TextEnd::Missing),
            ("", "", TextEnd::Missing),
            ("{{}}\"", "{{}}", TextEnd::Quote),
        ] {
            let text = read_text(source, '"', false);
            assert_eq!((&text.value[..], text.end), (value, end), "{source}");
            assert!(text.faults.is_empty(), "{source}: {:?}", text.faults);
        }
    }

    #[test]
    fn text_of_format_strings() {
        for (source, value, end, length) in [
            ("a {x}\"", "a ", TextEnd::Hole, 2),
            ("{{a}}\"", "{a}", TextEnd::Quote, 5),
            ("{{{x}\"", "{", TextEnd::Hole, 2),
            ("}}}}\"", "}}", TextEnd::Quote, 4),
        ] {
            let text = read_text(source, '"', true);
            assert_eq!(
                (&text.value[..], text.end, text.length),
                (value, end, length),
                "{source}"
            );
            assert!(text.faults.is_empty(), "{source}");
        }
    }

    #[test]
    fn wrong_escapes() {
        for (source, from, to, message) in [
            (r#"a\q""#, 1, 3, "unknown escape `\\q`"),
            (
                r#"\u41""#,
                0,
                2,
                "a character's number must stand in braces",
            ),
            (r#"\u{zz}""#, 0, 3, "`\\u{` is no character"),
            (r#"\u{110000}""#, 0, 10, "`\\u{110000}` is no character"),
            (r#"\u{d800}""#, 0, 8, "`\\u{d800}` is no character"),
            ("\\\nx", 0, 1, "a string cannot go on in the next line"),
            ("\\", 0, 1, "a string cannot end with a single backslash"),
        ] {
            let text = read_text(source, '"', false);
            let (start, end, found, _) = &text.faults[0];
            assert_eq!((*start, *end, &found[..]), (from, to, message), "{source}");
        }
        assert_eq!(
            read_text("a } b\"", '"', true).faults[0].2,
            "a lone `}` in an f-string"
        );
    }
}
