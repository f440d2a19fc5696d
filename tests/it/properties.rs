//! Laws that hold for all values, tried on many, against a reference that is not cq.
//!
//! A law makes *one* script of hundreds of cases and runs it once, so trying them is quick; what
//! the script prints is compared line by line with what the reference says.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{ToPrimitive, Zero};
use proptest::collection::vec;
use proptest::prelude::*;

use super::program::source;

/// Few rounds, as every round is a script of hundreds of cases.
fn rounds(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        max_shrink_iters: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// A script that evaluates each line in turn and prints its value as it would be written, or
/// the kind of its error.
fn evaluate(expressions: &[String]) -> Vec<String> {
    let mut text = String::from(
        "fn show(f) { try { print(repr(f())) } catch e { print(\"error\", e.kind) } }\n",
    );
    for expression in expressions {
        text.push_str(&format!("show(fn() => {expression})\n"));
    }
    let lines: Vec<String> = source(&text)
        .run()
        .printed()
        .lines()
        .map(str::to_owned)
        .collect();
    assert_eq!(lines.len(), expressions.len());
    lines
}

/// Compares what cq says of each expression with what the reference says.
fn agree(cases: &[(String, String)]) -> Result<(), TestCaseError> {
    let expressions: Vec<String> = cases
        .iter()
        .map(|(expression, _)| expression.clone())
        .collect();
    for ((expression, expected), got) in cases.iter().zip(evaluate(&expressions)) {
        // Where two shortest texts are equally near, cq takes Python's and Rust the other one.
        let same_float = got.contains('.') && got.parse::<f64>() == expected.parse::<f64>();
        prop_assert!(
            same_float || *expected == got,
            "{expression}: {expected}, got {got}"
        );
    }
    Ok(())
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            c if c.is_control() => quoted.push_str(&format!("\\u{{{:X}}}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Integers of all sizes, with those around the borders of 64 bits among them.
fn integer() -> impl Strategy<Value = BigInt> {
    prop_oneof![
        (-10i64..=10).prop_map(BigInt::from),
        any::<i64>().prop_map(BigInt::from),
        any::<i128>().prop_map(BigInt::from),
        (0u32..130, -2i64..=2).prop_map(|(bits, by)| (BigInt::from(1) << bits) + by),
        (0u32..130, -2i64..=2).prop_map(|(bits, by)| -(BigInt::from(1) << bits) + by),
    ]
}

fn finite() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<f64>().prop_filter("finite", |x| x.is_finite()),
        (-1000i32..1000, -20i32..20).prop_map(|(m, e)| f64::from(m) * 10f64.powi(e)),
        Just(0.0),
        Just(-0.0),
        (-1000i32..1000).prop_map(f64::from),
    ]
}

/// A float as it is written: the shortest that reads back as the same, as Python prints it.
fn float_text(x: f64) -> String {
    if x.is_nan() {
        return "nan".to_owned();
    }
    if x.is_infinite() {
        return if x > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let scientific = format!("{x:e}");
    let (digits, exponent) = scientific.split_once('e').expect("an exponent");
    let exponent: i32 = exponent.parse().expect("a number");
    if (-4..16).contains(&exponent) {
        let plain = format!("{x}");
        if plain.contains('.') {
            plain
        } else {
            format!("{plain}.0")
        }
    } else {
        let sign = if exponent < 0 { '-' } else { '+' };
        format!("{digits}e{sign}{:02}", exponent.abs())
    }
}

/// In brackets where it would be read as something else.
fn operand(text: &str) -> String {
    if text.starts_with('-') {
        format!("({text})")
    } else {
        text.to_owned()
    }
}

/// Any value that can be written down, as text.
fn value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("nil".to_owned()),
        Just("true".to_owned()),
        Just("false".to_owned()),
        integer().prop_map(|n| n.to_string()),
        finite().prop_map(float_text),
        any::<String>().prop_map(|text| quoted(&text)),
        "[a-z \\n\\t\"'\\\\{}äß漢😀]{0,12}".prop_map(|text| quoted(&text)),
        (-5i32..5, -5i32..5).prop_map(|(a, b)| format!("range({a}, {b})")),
    ];
    let key = prop_oneof![
        Just("nil".to_owned()),
        Just("true".to_owned()),
        integer().prop_map(|n| n.to_string()),
        finite().prop_map(float_text),
        any::<String>().prop_map(|text| quoted(&text)),
    ];
    leaf.prop_recursive(4, 24, 5, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(|values| format!("[{}]", values.join(", "))),
            vec((key.clone(), inner), 0..4).prop_map(|pairs| {
                if pairs.is_empty() {
                    return "[:]".to_owned();
                }
                let pairs: Vec<String> = pairs
                    .iter()
                    .map(|(key, value)| format!("{key}: {value}"))
                    .collect();
                format!("[{}]", pairs.join(", "))
            }),
        ]
    })
}

proptest! {
    #![proptest_config(rounds(8))]

    /// What is printed inside a list can be read again, is equal, and prints the same.
    #[test]
    fn a_printed_value_reads_back_as_an_equal_one(values in vec(value(), 150)) {
        let printed = evaluate(&values);
        let again: Vec<String> = values
            .iter()
            .zip(&printed)
            .flat_map(|(value, printed)| [format!("({printed}) == ({value})"), printed.clone()])
            .collect();
        for (pair, printed) in evaluate(&again).chunks(2).zip(&printed) {
            prop_assert_eq!(&pair[0], "true", "{}", printed);
            prop_assert_eq!(&pair[1], printed);
        }
    }

    /// Integers are those of arithmetic, whatever their size; `//` and `%` round down.
    #[test]
    fn integer_arithmetic(pairs in vec((integer(), integer()), 150)) {
        let mut cases = Vec::new();
        for (a, b) in &pairs {
            let (x, y) = (operand(&a.to_string()), operand(&b.to_string()));
            cases.push((format!("{x} + {y}"), (a + b).to_string()));
            cases.push((format!("{x} - {y}"), (a - b).to_string()));
            cases.push((format!("{x} * {y}"), (a * b).to_string()));
            cases.push((format!("-{x}"), (-a).to_string()));
            cases.push((format!("{x} < {y}"), (a < b).to_string()));
            cases.push((format!("{x} == {y}"), (a == b).to_string()));
            let (floor, modulo) = if b.is_zero() {
                ("error zero-division".to_owned(), "error zero-division".to_owned())
            } else {
                (a.div_floor(b).to_string(), a.mod_floor(b).to_string())
            };
            cases.push((format!("{x} // {y}"), floor));
            cases.push((format!("{x} % {y}"), modulo));
        }
        agree(&cases)?;
    }

    #[test]
    fn integer_powers(pairs in vec((-20i64..20, 0u32..70), 200)) {
        let cases: Vec<_> = pairs
            .iter()
            .map(|(a, n)| (format!("({a}) ** {n}"), BigInt::from(*a).pow(*n).to_string()))
            .collect();
        agree(&cases)?;
    }

    /// Floats are IEEE doubles and print as in Python.
    #[test]
    fn float_arithmetic(pairs in vec((finite(), finite()), 150)) {
        let mut cases = Vec::new();
        for (a, b) in &pairs {
            let (x, y) = (operand(&float_text(*a)), operand(&float_text(*b)));
            cases.push((format!("{x} + {y}"), float_text(a + b)));
            cases.push((format!("{x} - {y}"), float_text(a - b)));
            cases.push((format!("{x} * {y}"), float_text(a * b)));
            let quotient = if *b == 0.0 { "error zero-division".to_owned() } else { float_text(a / b) };
            cases.push((format!("{x} / {y}"), quotient));
            cases.push((format!("{x} <= {y}"), (a <= b).to_string()));
            cases.push((format!("{x} == {y}"), (a == b).to_string()));
            cases.push((format!("repr({x})"), quoted(&float_text(*a))));
        }
        agree(&cases)?;
    }

    /// `a == (a // b) * b + a % b`, the sign of `%` is that of the divisor, `//` is whole.
    #[test]
    fn float_division_laws(pairs in vec((-1000i32..1000, 1i32..50, any::<bool>()), 150)) {
        let mut cases = Vec::new();
        for (a, b, negative) in pairs {
            let (a, b) = (f64::from(a) / 4.0, f64::from(b) / 4.0 * if negative { -1.0 } else { 1.0 });
            let (x, y) = (operand(&float_text(a)), operand(&float_text(b)));
            // Quarters are exact in doubles, so the reference needs no care.
            let floor = (a / b).floor();
            let modulo = a - floor * b;
            cases.push((format!("{x} // {y} == {}", operand(&float_text(floor))), "true".to_owned()));
            cases.push((format!("{x} % {y} == {}", operand(&float_text(modulo))), "true".to_owned()));
        }
        agree(&cases)?;
    }

    /// Comparing an int with a float compares the numbers themselves, also beyond 53 bits.
    #[test]
    fn int_and_float_compare_by_value(pairs in vec((integer(), finite()), 200)) {
        let mut cases = Vec::new();
        for (n, x) in &pairs {
            let (a, b) = (operand(&n.to_string()), operand(&float_text(*x)));
            let order = compare(n, *x);
            cases.push((format!("{a} < {b}"), order.is_lt().to_string()));
            cases.push((format!("{a} == {b}"), order.is_eq().to_string()));
            cases.push((format!("{b} <= {a}"), order.is_ge().to_string()));
            let near = n.to_f64().filter(|near| near.is_finite()).unwrap_or(0.0);
            let c = operand(&float_text(near));
            cases.push((format!("{a} == {c}"), compare(n, near).is_eq().to_string()));
            cases.push((format!("{a} > {c}"), compare(n, near).is_gt().to_string()));
        }
        agree(&cases)?;
    }

    #[test]
    fn sorting(lists in vec((vec(-50i64..50, 0..40), any::<bool>()), 60)) {
        let mut cases = Vec::new();
        for (list, reverse) in &lists {
            let mut sorted = list.clone();
            sorted.sort();
            cases.push((format!("sorted({list:?})"), format!("{sorted:?}")));
            sorted.reverse();
            cases.push((format!("sorted({list:?}, reverse: true)"), format!("{sorted:?}")));
            // By a key with many ties: the order of the ties is kept, also in reverse.
            let mut by_key = list.clone();
            by_key.sort_by(|a, b| {
                let (a, b) = (a.rem_euclid(7), b.rem_euclid(7));
                if *reverse { b.cmp(&a) } else { a.cmp(&b) }
            });
            cases.push((
                format!("sorted({list:?}, key: fn(x) => x % 7, reverse: {reverse})"),
                format!("{by_key:?}"),
            ));
        }
        agree(&cases)?;
    }

    #[test]
    fn sorting_words_and_lists(words in vec(vec("[a-zA-Zäß漢]{0,4}", 0..12), 60)) {
        let mut cases = Vec::new();
        for words in &words {
            let shown = |words: &[String]| {
                let quoted: Vec<String> = words.iter().map(|word| quoted(word)).collect();
                format!("[{}]", quoted.join(", "))
            };
            let mut sorted = words.clone();
            sorted.sort();
            cases.push((format!("sorted({})", shown(words)), shown(&sorted)));
            if let (Some(least), Some(most)) = (sorted.first(), sorted.last()) {
                cases.push((format!("min({})", shown(words)), quoted(least)));
                cases.push((format!("max({})", shown(words)), quoted(most)));
            }
        }
        agree(&cases)?;
    }

    #[test]
    fn slicing(cases in vec((vec(0i64..10, 0..8), prop::option::of(-12i64..12), prop::option::of(-12i64..12)), 200)) {
        let mut checked = Vec::new();
        for (list, start, end) in &cases {
            let length = list.len() as i64;
            let place = |at: &Option<i64>, absent: i64| {
                let at = at.unwrap_or(absent);
                (if at < 0 { at + length } else { at }).clamp(0, length) as usize
            };
            let (from, to) = (place(start, 0), place(end, length));
            let expected = if from < to { &list[from..to] } else { &[] };
            let shown = |at: &Option<i64>| at.map_or(String::new(), |at| at.to_string());
            let slice = format!("[{}:{}]", shown(start), shown(end));
            checked.push((format!("{list:?}{slice}"), format!("{expected:?}")));
            let text: String = list.iter().map(|n| char::from(b'a' + *n as u8)).collect();
            let part: String = expected.iter().map(|n| char::from(b'a' + *n as u8)).collect();
            checked.push((format!("{}{slice}", quoted(&text)), quoted(&part)));
            checked.push((format!("[x for x in range({length}){slice}]"), format!("{:?}", {
                let all: Vec<usize> = (0..list.len()).collect();
                if from < to { all[from..to].to_vec() } else { Vec::new() }
            })));
        }
        agree(&checked)?;
    }

    #[test]
    fn indexing(cases in vec((vec(0i64..10, 0..6), -8i64..8), 200)) {
        let mut checked = Vec::new();
        for (list, at) in &cases {
            let length = list.len() as i64;
            let place = if *at < 0 { at + length } else { *at };
            let expected = usize::try_from(place)
                .ok()
                .and_then(|place| list.get(place))
                .map_or("error index".to_owned(), i64::to_string);
            checked.push((format!("{list:?}[{at}]"), expected));
        }
        agree(&checked)?;
    }

    #[test]
    fn reading_numbers_from_text(numbers in vec((integer(), finite()), 150)) {
        let mut cases = Vec::new();
        for (n, x) in &numbers {
            cases.push((format!("int({})", quoted(&n.to_string())), n.to_string()));
            cases.push((format!("float({})", quoted(&float_text(*x))), float_text(*x)));
            cases.push((format!("str({n})"), quoted(&n.to_string())));
        }
        agree(&cases)?;
    }

    #[test]
    fn joining_undoes_splitting(texts in vec("[ab,;]{0,12}", 150)) {
        let cases: Vec<_> = texts
            .iter()
            .map(|text| (format!("\",\".join({}.split(\",\"))", quoted(text)), quoted(text)))
            .collect();
        agree(&cases)?;
    }

    #[test]
    fn roots(numbers in vec(integer(), 150)) {
        let mut cases = Vec::new();
        for n in numbers.iter().filter(|n| **n >= BigInt::zero()) {
            cases.push((format!("isqrt({n})"), n.sqrt().to_string()));
        }
        agree(&cases)?;
    }
}

/// The order of an integer and a finite float, exactly: both times 2 ** 1074 are integers.
fn compare(n: &BigInt, x: f64) -> std::cmp::Ordering {
    (n << 1074u32).cmp(&scaled(x))
}

/// `x * 2 ** 1074`, which is whole for every finite double.
fn scaled(x: f64) -> BigInt {
    let bits = x.to_bits();
    let exponent = (bits >> 52) & 0x7ff;
    let fraction = bits & ((1 << 52) - 1);
    let whole = if exponent == 0 {
        BigInt::from(fraction)
    } else {
        BigInt::from(fraction | (1 << 52)) << (exponent - 1)
    };
    if x.is_sign_negative() { -whole } else { whole }
}
