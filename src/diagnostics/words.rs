//! Small words of messages: articles and plurals.

/// `a list`, `an int`
pub fn with_article(noun: &str) -> String {
    let article = match noun.chars().next() {
        Some('a' | 'e' | 'i' | 'o' | 'u') => "an",
        _ => "a",
    };
    match noun {
        "nil" | "bytes" => noun.to_owned(),
        _ => format!("{article} {noun}"),
    }
}

/// `no arguments`, `1 argument`, `2 arguments`
pub fn count(number: usize, noun: &str) -> String {
    match number {
        0 => format!("no {noun}s"),
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}

/// `3,200`
pub fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// What the system says, without the number it adds.
pub fn system_error(error: &std::io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_and_plurals() {
        assert_eq!(with_article("int"), "an int");
        assert_eq!(with_article("list"), "a list");
        assert_eq!(with_article("nil"), "nil");
        assert_eq!(count(0, "argument"), "no arguments");
        assert_eq!(count(1, "argument"), "1 argument");
        assert_eq!(count(2, "argument"), "2 arguments");
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(3200), "3,200");
        assert_eq!(thousands(1234567), "1,234,567");
    }
}
