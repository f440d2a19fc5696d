//! Draws reports, with codespan-reporting.
//!
//! ```text
//! error: cannot add int and nil
//!    ┌─ pipeline.cq:5:9
//!    │
//!  5 │         s += p
//!    │         ^^^^^^ s is 45, p is nil
//!    │
//!    = in accum, called at pipeline.cq:11:19
//!    = help: a queue gives back exactly what was put
//! ```
//!
//! What is drawn is not the source but an [`Excerpt`] of it.

use codespan_reporting::diagnostic as drawn;
use codespan_reporting::term::termcolor::{Buffer, WriteColor};
use codespan_reporting::term::{self, Config, Styles, StylesWriter};

use super::excerpt::{Excerpt, Excerpts};
use super::report::{Label, Report, Severity, Waiting};
use super::source::Sources;
use super::words;
use crate::syntax::span::SourceId;

/// How it is drawn.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Style {
    /// With the colours of a terminal.
    Colour,
    /// Text only.
    Plain,
}

/// A terminal is taken to have at least so many columns.
const NARROWEST: usize = 30;

/// One report, with a newline at its end.
pub fn render(report: &Report, sources: &Sources, style: Style) -> String {
    render_within(report, sources, style, None)
}

/// One report for a terminal of this many columns: what would not fit into a line beside the
/// place it belongs to is written below, in lines that do.
///
/// A report of tasks that wait has a part for each of them between its head and its last lines:
///
/// ```text
/// error: deadlock: all 2 tasks left wait for something that cannot happen
///
/// task #2 (accum, thread) has waited 12 ms
///    ┌─ a.cq:4:5
///    ...
///    = they wait in a circle: task #2 -> lock #1 -> task #3 -> lock #2 -> task #2
///    = help: locks that are always taken in the same order cannot block each other
/// ```
pub fn render_within(
    report: &Report,
    sources: &Sources,
    style: Style,
    width: Option<usize>,
) -> String {
    let look = Look {
        sources,
        style,
        width: width.map(|width| width.max(NARROWEST)),
    };
    if report.waiting.is_empty() {
        return look.draw(report);
    }
    let head = Report {
        notes: Vec::new(),
        help: None,
        waiting: Vec::new(),
        ..report.clone()
    };
    let mut parts = vec![look.draw(&head)];
    for waiting in &report.waiting {
        let (title, part) = part(waiting);
        parts.push(look.titled(&title, &look.draw(&part)));
    }
    let mut last = Report::without_place("");
    last.notes = report.notes.clone();
    if !report.circle.is_empty() {
        let circle = report.circle.join(" -> ");
        last.notes.push(format!("they wait in a circle: {circle}"));
    }
    last.help = report.help.clone();
    let drawn = look.draw(&last);
    parts.push(
        drawn
            .lines()
            .skip(1)
            .fold(String::new(), |lines, line| lines + line + "\n"),
    );
    parts.retain(|part| !part.is_empty());
    parts.join("\n")
}

/// A task that waits, as a report of its own under a title.
fn part(waiting: &Waiting) -> (String, Report) {
    let about = [waiting.name.as_str(), waiting.runs.as_str()];
    let about: Vec<&str> = about.into_iter().filter(|word| !word.is_empty()).collect();
    let title = format!(
        "{} ({}) {}",
        waiting.task,
        about.join(", "),
        match waiting.since {
            Some(since) => format!("has waited {}", words::duration(since)),
            None => String::from("waits"),
        }
    );
    let mut part = Report::error(waiting.at.span, "").label(waiting.at.text.clone());
    if !waiting.locals.is_empty() {
        let locals = waiting.locals.iter();
        let locals = locals.map(|(name, shown)| format!("{name} is {shown}"));
        part.notes.extend(lines_of(locals));
    }
    part.notes.extend(waiting.calls.iter().cloned());
    part.notes.extend(waiting.helpers.iter().cloned());
    (title, part)
}

/// How long a line of variables may be.
const LOCALS_A_LINE: usize = 76;

/// Several to a line, with commas between.
fn lines_of(parts: impl Iterator<Item = String>) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(line) if line.chars().count() + part.chars().count() < LOCALS_A_LINE => {
                line.push_str(", ");
                line.push_str(&part);
            }
            _ => lines.push(part),
        }
    }
    lines
}

struct Look<'a> {
    sources: &'a Sources,
    style: Style,
    width: Option<usize>,
}

impl Look<'_> {
    /// A part with this in place of its first line.
    fn titled(&self, title: &str, drawn: &str) -> String {
        let title = one_line(title);
        let mut out = match self.style {
            Style::Plain => title,
            Style::Colour => format!("\u{1b}[1m{title}\u{1b}[0m"),
        };
        for line in drawn.lines().skip(1) {
            out.push('\n');
            out.push_str(line);
        }
        out.push('\n');
        out
    }

    fn draw(&self, report: &Report) -> String {
        draw(report, self.sources, self.style, self.width)
    }
}

/// A text in lines of at most so many columns, broken between words.
fn wrapped(text: &str, width: Option<usize>) -> String {
    let Some(width) = width else {
        return text.to_owned();
    };
    let mut out = String::new();
    let mut column = 0;
    for word in text.split(' ') {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > width {
            out.push('\n');
            column = 0;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
    out
}

fn draw(report: &Report, sources: &Sources, style: Style, width: Option<usize>) -> String {
    let labels = || report.primary.iter().chain(&report.secondary);
    let mut shown: Vec<SourceId> = labels().map(|label| label.span.source).collect();
    shown.sort();
    shown.dedup();
    let excerpts = shown.iter().filter_map(|&id| {
        let source = sources.get(id)?;
        let spans = labels()
            .map(|label| label.span)
            .filter(|span| span.source == id);
        let longest = width.map_or(usize::MAX, |width| width.saturating_sub(2 * GUTTER));
        Some((id, Excerpt::within(source, spans.collect(), longest)))
    });
    let excerpts = Excerpts(excerpts.collect());
    let in_notes = width.map(|width| width.saturating_sub(GUTTER + 2));

    let severity = match report.severity {
        Severity::Error => drawn::Severity::Error,
        Severity::Warning => drawn::Severity::Warning,
    };
    let mut diagnostic = drawn::Diagnostic::new(severity).with_message(one_line(&report.message));
    let fits = |label: &Label| {
        let columns = || Some(excerpts.get(label.span.source)?.columns(label.span));
        width.is_none_or(|width| columns().unwrap_or(0) + 1 + label.text.chars().count() <= width)
    };
    let place = |label: &Label, style: drawn::LabelStyle| {
        let excerpt = excerpts.get(label.span.source)?;
        let range = excerpt.range(label.span);
        let text = match fits(label) {
            true => one_line(&label.text),
            false => String::new(),
        };
        Some(drawn::Label::new(style, label.span.source, range).with_message(text))
    };
    let primary = report
        .primary
        .iter()
        .filter_map(|label| place(label, drawn::LabelStyle::Primary));
    diagnostic.labels.extend(primary);
    let secondary = report
        .secondary
        .iter()
        .filter_map(|label| place(label, drawn::LabelStyle::Secondary));
    diagnostic.labels.extend(secondary);
    let below = labels()
        .filter(|label| !fits(label))
        .map(|label| &label.text);
    let help = report.help.iter().map(|help| format!("help: {help}"));
    let notes = below.chain(&report.notes).cloned().chain(help);
    diagnostic
        .notes
        .extend(notes.map(|note| wrapped(&one_line(&note), in_notes)));

    let mut buffer = match style {
        Style::Colour => Buffer::ansi(),
        Style::Plain => Buffer::no_color(),
    };
    let styles = Styles::default();
    let mut writer = StylesWriter::new(&mut buffer, &styles);
    if term::emit_to_write_style(&mut writer, &Config::default(), &excerpts, &diagnostic).is_err() {
        // A report is never lost because it cannot be drawn.
        let _ = buffer.reset();
        return format!("error: {}\n", report.message);
    }
    indented(&String::from_utf8_lossy(buffer.as_slice()))
}

/// Several reports, with empty lines between.
pub fn render_all(reports: &[Report], sources: &Sources, style: Style) -> String {
    let drawn: Vec<String> = reports
        .iter()
        .map(|report| render(report, sources, style))
        .collect();
    drawn.join("\n")
}

/// A message is one line; control characters must not reach a terminal.
fn one_line(text: &str) -> String {
    let shown = text.chars().map(|c| match c {
        '\n' => String::from("\\n"),
        '\t' => String::from("\\t"),
        '\r' => String::from("\\r"),
        c if c.is_control() => format!("\\u{{{:x}}}", c as u32),
        c => String::from(c),
    });
    shown.collect()
}

/// Columns before the bar: a line number of two digits and a blank.
const GUTTER: usize = 3;

/// Below its first line a report is indented so that line numbers of one and of two digits align;
/// lines do not end with blanks, and neither does the report.
fn indented(drawn: &str) -> String {
    let mut lines = drawn.trim_end().lines();
    let mut out = String::from(lines.next().unwrap_or_default());
    out.push('\n');
    let lines: Vec<&str> = lines.collect();
    let gutter = lines
        .first()
        .map_or(0, |line| line.chars().take_while(|&c| c == ' ').count());
    for line in lines {
        let line = line.trim_end();
        if !line.is_empty() {
            out.extend(std::iter::repeat_n(' ', GUTTER.saturating_sub(gutter)));
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::span::Span;

    fn place(text: &str, part: &str) -> Span {
        let start = text.find(part).expect("the part is in the text");
        Span::new(SourceId(0), start, start + part.len())
    }

    fn check(text: &str, report: impl Fn(&dyn Fn(&str) -> Span) -> Report, expected: &str) {
        let sources = Sources::default();
        sources.add("a.cq", text);
        let report = report(&|part| place(text, part));
        assert_eq!(render(&report, &sources, Style::Plain), expected);
    }

    #[test]
    fn as_in_the_contract() {
        let sources = Sources::default();
        let text = "fn accum(input, output, s) {\n    while true {\n        let p = input.get()\n\n        s += p\n";
        sources.add("pipeline.cq", text);
        let report = Report::error(place(text, "s += p"), "cannot add int and nil")
            .label("s is 45, p is nil")
            .note("in accum, called at pipeline.cq:11:19")
            .note("in task #2 (process 4711), spawned at pipeline.cq:11:13")
            .help("a queue gives back exactly what was put; was this nil meant to end the loop?");
        let expected = "\
error: cannot add int and nil
   ┌─ pipeline.cq:5:9
   │
 5 │         s += p
   │         ^^^^^^ s is 45, p is nil
   │
   = in accum, called at pipeline.cq:11:19
   = in task #2 (process 4711), spawned at pipeline.cq:11:13
   = help: a queue gives back exactly what was put; was this nil meant to end the loop?
";
        assert_eq!(render(&report, &sources, Style::Plain), expected);
        let colour = render(&report, &sources, Style::Colour);
        let mut plain = String::new();
        let mut escaped = false;
        for c in colour.chars() {
            match c {
                '\u{1b}' => escaped = true,
                'm' if escaped => escaped = false,
                c if !escaped => plain.push(c),
                _ => {}
            }
        }
        let trimmed: Vec<&str> = plain.lines().map(str::trim_end).collect();
        assert_eq!(trimmed.join("\n") + "\n", expected);
    }

    #[test]
    fn several_places() {
        check(
            "let a = 1\nb\nc\nd\nlet a = 2\n",
            |at| {
                Report::error(at("a = 2"), "`a` is declared twice").also(at("a = 1"), "first here")
            },
            "\
error: `a` is declared twice
   ┌─ a.cq:5:5
   │
 1 │ let a = 1
   │     ----- first here
   ·
 5 │ let a = 2
   │     ^^^^^
",
        );
    }

    #[test]
    fn two_digits_and_no_more_indentation() {
        let text = "\n".repeat(11) + "x\n";
        check(
            &text,
            |at| Report::warning(at("x"), "look").help("there"),
            "\
warning: look
   ┌─ a.cq:12:1
   │
12 │ x
   │ ^
   │
   = help: there
",
        );
    }

    #[test]
    fn a_place_over_several_lines_is_drawn_on_its_first() {
        check(
            "f(1,\n  2)\n",
            |at| Report::error(at("f(1,\n  2)"), "wrong").label("this call"),
            "\
error: wrong
   ┌─ a.cq:1:1
   │
 1 │ f(1,
   │ ^^^^ this call
",
        );
    }

    #[test]
    fn without_a_place() {
        let report = Report::without_place("cannot read a.cq").help("is it there?");
        let drawn = render(&report, &Sources::default(), Style::Plain);
        assert_eq!(drawn, "error: cannot read a.cq\n   = help: is it there?\n");
    }

    #[test]
    fn long_lines_are_shortened_around_the_place() {
        let text = format!(
            "let xs = [{}oops, {}]\n",
            "1, ".repeat(5000),
            "2, ".repeat(5000)
        );
        let sources = Sources::default();
        sources.add("a.cq", text.clone());
        let drawn = render(
            &Report::error(place(&text, "oops"), "no"),
            &sources,
            Style::Plain,
        );
        assert!(
            drawn.lines().all(|line| line.chars().count() < 130),
            "{drawn}"
        );
        assert!(drawn.contains("a.cq:1:15011"), "{drawn}");
        let lines: Vec<&str> = drawn.lines().collect();
        let column = |line: &str, part: char| line.chars().position(|c| c == part);
        assert_eq!(column(lines[3], 'o'), column(lines[4], '^'), "{drawn}");
    }

    #[test]
    fn at_the_end_of_a_text() {
        for (text, start) in [("", 0), ("x", 1), ("x\n", 2), ("é", 1), ("\r\n", 1)] {
            let sources = Sources::default();
            sources.add("a.cq", text);
            let report = Report::error(Span::new(SourceId(0), start, start + 1), "here");
            assert!(
                render(&report, &sources, Style::Plain).contains("a.cq:"),
                "{text:?}"
            );
        }
    }
}
