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
use super::report::{Label, Report, Severity};
use super::source::Sources;
use crate::syntax::span::SourceId;

/// How it is drawn.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Style {
    /// With the colours of a terminal.
    Colour,
    /// Text only.
    Plain,
}

/// One report, with a newline at its end.
pub fn render(report: &Report, sources: &Sources, style: Style) -> String {
    let labels = || report.primary.iter().chain(&report.secondary);
    let mut shown: Vec<SourceId> = labels().map(|label| label.span.source).collect();
    shown.sort();
    shown.dedup();
    let excerpts = shown.iter().filter_map(|&id| {
        let source = sources.get(id)?;
        let spans = labels()
            .map(|label| label.span)
            .filter(|span| span.source == id);
        Some((id, Excerpt::new(source, spans.collect())))
    });
    let excerpts = Excerpts(excerpts.collect());

    let severity = match report.severity {
        Severity::Error => drawn::Severity::Error,
        Severity::Warning => drawn::Severity::Warning,
    };
    let mut diagnostic = drawn::Diagnostic::new(severity).with_message(one_line(&report.message));
    let place = |label: &Label, style: drawn::LabelStyle| {
        let excerpt = excerpts.get(label.span.source)?;
        let range = excerpt.range(label.span);
        Some(drawn::Label::new(style, label.span.source, range).with_message(one_line(&label.text)))
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
    diagnostic
        .notes
        .extend(report.notes.iter().map(|note| one_line(note)));
    diagnostic.notes.extend(
        report
            .help
            .iter()
            .map(|help| format!("help: {}", one_line(help))),
    );

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
