//! Strings and bytes in quotes, with escapes, as they would be written in a program.

use std::fmt::Write;

/// A string in double quotes, with escapes.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    quote(&mut out, text, usize::MAX);
    out
}

/// Writes a string with quotes and escapes, no more than about `room` bytes of it.
pub fn quote(out: &mut String, text: &str, room: usize) {
    let enough = out.len().saturating_add(room);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            unseen if is_unseen(unseen) => {
                let _ = write!(out, "\\u{{{:X}}}", unseen as u32);
            }
            seen => out.push(seen),
        }
        if out.len() > enough {
            return;
        }
    }
    out.push('"');
}

/// Characters that would move the text around them instead of being seen.
fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// Writes bytes as Python shows them, no more than about `room` bytes of text.
pub fn quote_bytes(out: &mut String, bytes: &[u8], room: usize) {
    let enough = out.len().saturating_add(room);
    out.push_str("b\"");
    for &byte in bytes {
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\t' => out.push_str("\\t"),
            b'\r' => out.push_str("\\r"),
            b' '..=b'~' => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "\\x{byte:02x}");
            }
        }
        if out.len() > enough {
            return;
        }
    }
    out.push('"');
}
