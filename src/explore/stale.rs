//! Patterns about what was read and is no longer so.
//!
//! ```text
//!   lost update             both read, then both write: one of the changes is gone
//!   double initialisation   both see nil, then both set it
//!   check, then act         somebody changes it between the condition of an `if` and what it decides
//! ```

use super::pattern::Story;
use super::tell::{Deed, Thing, Told};
use crate::diagnostics::source::Sources;
use crate::gate::Element;
use crate::resolve::front_end::on_large_stack;
use crate::syntax::outline::{Child, outline};
use crate::syntax::parse;
use crate::syntax::span::Span;

/// The sentence for the first write that was decided on what is no longer so.
pub(super) fn stale(story: &Story<'_>) -> Option<String> {
    let told = story.told();
    let mut ifs = None;
    for (at, write) in told.iter().enumerate() {
        let Some(Deed::Writes(thing)) = write.deed else {
            continue;
        };
        // Nobody else writes it before: nothing to say, and no text to read.
        let others = told[..at]
            .iter()
            .any(|other| other.actor != write.actor && other.deed == Some(Deed::Writes(thing)));
        if !others {
            continue;
        }
        let ifs = ifs.get_or_insert_with(|| all_ifs(story.sources, told));
        let sentence =
            check_then_act(story, at, thing, ifs).or_else(|| lost_update(story, at, thing));
        if sentence.is_some() {
            return sentence;
        }
    }
    None
}

/// What is called by a name: `n`, `xs[0]`.
pub(super) fn name(story: &Story<'_>, step: &Told) -> Option<String> {
    if let Some((name, _)) = &step.variable {
        return Some(name.clone());
    }
    let source = story.sources.get(step.place.source)?;
    let text = source.text.get(step.place.range())?;
    let short = text.chars().count() <= 24 && !text.contains('\n');
    short.then(|| match &step.deed {
        Some(Deed::Reads((_, Some(Element::Index(at))))) if !text.ends_with(']') => {
            format!("{text}[{at}]")
        }
        _ => text.to_owned(),
    })
}

/// The last of these steps with this deed, and its place among them.
fn last<'t>(told: &'t [Told], actor: usize, deed: &Deed) -> Option<(usize, &'t Told)> {
    let mut steps = told.iter().enumerate().rev();
    steps.find(|(_, step)| step.actor == actor && step.deed.as_ref() == Some(deed))
}

/// Two tasks have both read something before either wrote it back.
fn lost_update(story: &Story<'_>, at: usize, thing: Thing) -> Option<String> {
    let told = story.told();
    let write = &told[at];
    let (reads, writes) = (Deed::Reads(thing), Deed::Writes(thing));
    let (read, own) = last(&told[..at], write.actor, &reads)?;
    // It has not written since that, and somebody else has.
    let between = &told[read..at];
    if last(between, write.actor, &writes).is_some() {
        return None;
    }
    let mut others = between.iter().enumerate();
    let (other_at, other) = others
        .find(|(_, other)| other.actor != write.actor && other.deed.as_ref() == Some(&writes))?;
    let other_at = read + other_at;
    // So had the other one read it, and neither wrote it in the meantime.
    let (other_read, _) = last(&told[..other_at], other.actor, &reads)?;
    let meantime = &told[other_read..other_at];
    if [write.actor, other.actor]
        .iter()
        .any(|actor| last(meantime, *actor, &writes).is_some())
    {
        return None;
    }
    let mut both = [write.actor, other.actor];
    both.sort_unstable();
    Some(format!(
        "lost update: {} and {} both read {} before either wrote it back ({})",
        story.title(both[0]),
        story.title(both[1]),
        name(story, own)?,
        story.lines(&[write, other]),
    ))
}

/// Somebody has changed what the condition of the innermost `if` around this write has read.
fn check_then_act(story: &Story<'_>, at: usize, thing: Thing, ifs: &[If]) -> Option<String> {
    let told = story.told();
    let write = &told[at];
    let (reads, writes) = (Deed::Reads(thing), Deed::Writes(thing));
    let looks = |it: &If, before: &[Told], actor: usize| {
        let mut steps = before.iter().enumerate().rev();
        let look = steps.find(|(_, step)| {
            let reads = step.deed.as_ref() == Some(&reads);
            step.actor == actor && reads && contains(it.condition, step.place)
        });
        look.map(|(at, _)| at)
    };
    let checked = |at: usize| {
        let step = &told[at];
        let around = ifs
            .iter()
            .filter(|it| it.blocks.iter().any(|block| contains(*block, step.place)));
        let looked = around.filter_map(|it| Some((it, looks(it, &told[..at], step.actor)?)));
        looked
            .min_by_key(|(it, _)| it.whole.end - it.whole.start)
            .map(|(_, look)| look)
    };
    let look = checked(at)?;
    // A write of its own in between is another matter.
    if last(&told[look..at], write.actor, &writes).is_some() {
        return None;
    }
    let mut others = told[look..at].iter().enumerate();
    let (other_at, other) = others.find(|(_, other)| {
        let writes = other.deed.as_ref() == Some(&writes);
        other.actor != write.actor && writes && !other.value.ends_with("unchanged")
    })?;
    let other_at = look + other_at;
    let thing = name(story, &told[look])?;
    let both_nil = checked(other_at).is_some_and(|look| told[look].value == "nil")
        && told[look].value == "nil";
    if both_nil {
        let mut both = [write.actor, other.actor];
        both.sort_unstable();
        return Some(format!(
            "double initialisation: {} and {} both saw that {thing} is nil before either set it ({})",
            story.title(both[0]),
            story.title(both[1]),
            story.lines(&[&told[look], write]),
        ));
    }
    Some(format!(
        "check, then act: {} looked at {thing} (line {}), {} changed it (line {}), then {} acted on \
         what it had seen (line {})",
        story.title(write.actor),
        story.line(&told[look]),
        story.title(other.actor),
        story.line(other),
        story.title(write.actor),
        story.line(write),
    ))
}

/// An `if` in the text.
struct If {
    whole: Span,
    condition: Span,
    blocks: Vec<Span>,
}

fn contains(outer: Span, inner: Span) -> bool {
    outer.source == inner.source && outer.start <= inner.start && inner.end <= outer.end
}

/// Every `if` of the texts that these steps stand in.
fn all_ifs(sources: &Sources, told: &[Told]) -> Vec<If> {
    let mut texts: Vec<_> = told.iter().map(|step| step.place.source).collect();
    texts.sort_unstable();
    texts.dedup();
    let work = || {
        let mut ifs = Vec::new();
        for source in texts.into_iter().filter_map(|source| sources.get(source)) {
            let tree = parse(&source).tree;
            let mut todo = vec![Child::Block(&tree.block)];
            while let Some(child) = todo.pop() {
                let node = outline(child);
                if let ("if", Some(whole), [Child::Expr(condition), rest @ ..]) =
                    (&*node.label, node.span, &*node.children)
                {
                    let blocks = rest.iter().filter_map(|rest| outline(*rest).span);
                    ifs.push(If {
                        whole,
                        condition: condition.span,
                        blocks: blocks.collect(),
                    });
                }
                todo.extend(node.children);
            }
        }
        ifs
    };
    on_large_stack(work).unwrap_or_default()
}
