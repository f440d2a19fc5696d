//! The name that was probably meant.

/// The candidate nearest to `name`, if one is near enough to be a slip: one change in a short
/// name, two in a longer one, three in a long one. The first of several that are equally near.
pub fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let name: Vec<char> = name.chars().collect();
    let limit = match name.len() {
        0..=5 => 1,
        6..=9 => 2,
        _ => 3,
    };
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let letters: Vec<char> = candidate.chars().collect();
        let distance = distance(&name, &letters, limit);
        let shortest = name.len().min(letters.len());
        // A name that shares nothing is not near, however short.
        let near = distance <= limit && distance < shortest.max(1) && distance > 0;
        if near && best.is_none_or(|(nearest, _)| distance < nearest) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// How many letters must be changed, added, taken away or swapped with their neighbour
/// (Damerau 1964, in the restricted form: no part is edited twice). A change of case counts as
/// one however many letters it touches. Larger than `limit` if it is more.
fn distance(a: &[char], b: &[char], limit: usize) -> usize {
    if a.len().abs_diff(b.len()) > limit {
        return limit + 1;
    }
    let lower = |c: &char| c.to_lowercase().next();
    if a.len() == b.len() && a != b && a.iter().map(lower).eq(b.iter().map(lower)) {
        return 1;
    }
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let changed = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = changed.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before_last[j - 2] + 1);
            }
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_found() {
        let names = [
            "print",
            "queue",
            "input",
            "xs",
            "n",
            "is_prime",
            "accumulate",
            "pi",
        ];
        for (name, expected) in [
            ("prnt", Some("print")),
            ("pritn", Some("print")),
            ("Print", Some("print")),
            ("quue", Some("queue")),
            ("is_pirme", Some("is_prime")),
            ("isPrime", Some("is_prime")),
            ("acumullate", Some("accumulate")),
            ("ys", Some("xs")),
            ("m", None),
            ("N", None),
            ("banana", None),
            ("print", None),
            ("", None),
        ] {
            assert_eq!(nearest(name, names.into_iter()), expected, "{name}");
        }
    }

    #[test]
    fn long_names_cost_nothing() {
        let long = "a".repeat(1_000_000);
        assert_eq!(nearest(&long, ["b"].into_iter()), None);
    }
}
