//! Values as a session shows them: long and deep ones shortened, with a note of what is left out.

use crate::diagnostics::words;
use crate::gate::Gate;
use crate::value::Value;
use crate::value::show::{show, show_short};

/// How many values of one collection are shown.
const MOST_VALUES: usize = 100;

/// How deep collections are shown.
const DEEPEST: usize = 8;

/// How many characters are shown.
const MOST_CHARACTERS: usize = 2000;

/// A value in at most a screenful. What is left out is said in a second line.
pub fn shown(value: &Value) -> (String, Option<String>) {
    let mut showing = Showing::default();
    showing.add(value, 0);
    let note = match (showing.values, showing.characters, showing.deep) {
        (0, 0, false) => None,
        (0, 0, true) => Some(String::from("deeper values left out")),
        (0, characters, _) => Some(format!(
            "{} characters left out",
            words::thousands(characters)
        )),
        (1, _, _) => Some(String::from("1 value left out")),
        (values, _, _) => Some(format!("{} values left out", words::thousands(values))),
    };
    (showing.out, note)
}

#[derive(Default)]
struct Showing {
    out: String,
    values: usize,
    characters: usize,
    deep: bool,
}

impl Showing {
    fn add(&mut self, value: &Value, depth: usize) {
        match value {
            Value::List(list) => {
                let values = list.snapshot(&Gate::open());
                self.collection("[", values.len(), depth, "[]", |showing, place| {
                    showing.add(&values[place], depth + 1);
                });
            }
            Value::Map(map) => {
                let pairs = map.snapshot(&Gate::open());
                self.collection("[", pairs.len(), depth, "[:]", |showing, place| {
                    let (key, value) = &pairs[place];
                    showing.leaf(key);
                    showing.out.push_str(": ");
                    showing.add(value, depth + 1);
                });
            }
            other => self.leaf(other),
        }
    }

    fn collection(
        &mut self,
        open: &str,
        length: usize,
        depth: usize,
        empty: &str,
        mut each: impl FnMut(&mut Showing, usize),
    ) {
        if length == 0 {
            return self.out.push_str(empty);
        }
        self.out.push_str(open);
        if depth >= DEEPEST {
            self.out.push_str("…]");
            self.deep = true;
            return;
        }
        for place in 0..length {
            if place > 0 {
                self.out.push_str(", ");
            }
            if place >= MOST_VALUES || self.out.len() > MOST_CHARACTERS {
                self.out.push('…');
                self.values += length - place;
                break;
            }
            each(self, place);
        }
        self.out.push(']');
    }

    /// A value that holds no others, or none that can be counted.
    fn leaf(&mut self, value: &Value) {
        let room = MOST_CHARACTERS.saturating_sub(self.out.len()).max(80);
        let text = show_short(value, &Gate::open(), room);
        if text.ends_with('…') {
            let whole = match value {
                Value::String(whole) => Some(whole.chars().count()),
                Value::Int(_) | Value::BigInt(_) => {
                    show(value, &Gate::open()).ok().map(|text| text.len())
                }
                _ => None,
            };
            self.characters += whole.unwrap_or(0).saturating_sub(room);
        }
        self.out.push_str(&text);
    }
}
