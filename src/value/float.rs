//! Floats as text: the shortest digits that give the same float again.

/// A float as Python prints it: `1.0`, `0.1`, `1e+16`, `1e-05`, `inf`, `nan`.
pub fn repr(number: f64) -> String {
    if number.is_nan() {
        return String::from("nan");
    }
    if number.is_infinite() {
        return String::from(if number > 0.0 { "inf" } else { "-inf" });
    }
    // `{:e}` gives the shortest digits as `d.ddde-7`.
    let scientific = format!("{number:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    match exponent {
        -4..16 => format!("{number:?}"),
        _ => format!("{digits}e{}", exponent_text(exponent)),
    }
}

/// An exponent with its sign and at least two digits: `+16`, `-05`.
pub fn exponent_text(exponent: i32) -> String {
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{sign}{:02}", exponent.unsigned_abs())
}
