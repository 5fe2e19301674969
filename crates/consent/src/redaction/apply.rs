//! Checking a plan against its text, and cutting.

use core::ops::Range;

use super::log::{RedactionEntry, RedactionLog};
use super::{Leftover, MAX_SPANS, Mask, Redacted, Redaction, RedactionError, RedactionPlan, hash};

/// What [`Mask::Constant`] writes.
const BLOCKS: &str = "█████";
const BLOCK: char = '█';
/// What is shorter stands everywhere, and says nothing where it stands again.
const TELLING: usize = 3;
/// How often something that was taken out is reported to stand elsewhere.
const REPORTED: usize = 100;

pub(super) fn apply(
    plan: &RedactionPlan,
    text: &str,
    mask: Mask,
) -> Result<Redacted, RedactionError> {
    let spans = plan.redactions.len().saturating_add(plan.kept.len());
    if spans > MAX_SPANS {
        return Err(RedactionError::TooMany { spans });
    }
    if hash(text) != plan.text {
        return Err(RedactionError::OtherText);
    }
    let ordered = check(plan, text)?;
    let (mut copy, mut entries, mut end) = (String::with_capacity(text.len()), Vec::new(), 0);
    // Every span was checked; a piece that cannot be cut would be a text without it.
    for redaction in &ordered {
        let Range { start, end: after } = redaction.span.clone();
        let withheld = text.get(start..after).unwrap_or_default();
        copy.push_str(text.get(end..start).unwrap_or_default());
        write_mask(mask, redaction, withheld, &mut copy);
        entries.push(RedactionEntry::new(redaction, withheld));
        end = after;
    }
    copy.push_str(text.get(end..).unwrap_or_default());
    let leftovers = leftovers(text, &ordered);
    let log = RedactionLog::new(plan.text, hash(&copy), entries);
    Ok(Redacted { copy, log, leftovers })
}

fn write_mask(mask: Mask, redaction: &Redaction, withheld: &str, copy: &mut String) {
    match mask {
        Mask::Constant => copy.push_str(BLOCKS),
        Mask::Ground => {
            copy.push_str("[withheld: ");
            copy.push_str(&redaction.ground.to_string());
            copy.push(']');
        }
        // Lines stay lines.
        Mask::SameLength => copy
            .extend(withheld.chars().map(|character| if character == '\n' { '\n' } else { BLOCK })),
    }
}

/// The redactions in the order of the text, if each is one of it and none meets another.
fn check<'a>(plan: &'a RedactionPlan, text: &str) -> Result<Vec<&'a Redaction>, RedactionError> {
    let mut kept = Vec::with_capacity(plan.kept.len());
    for (number, (span, because)) in plan.kept.iter().enumerate() {
        if span.is_empty() || text.get(span.clone()).is_none() {
            return Err(RedactionError::KeptSpan { kept: number });
        }
        kept.push((span, *because));
    }
    let mut ordered: Vec<(usize, &Redaction)> = plan.redactions.iter().enumerate().collect();
    for (number, redaction) in &ordered {
        check_one(*number, redaction, text)?;
    }
    ordered.sort_by_key(|(_, redaction)| redaction.span.start);
    for pair in ordered.windows(2) {
        if let [(first, one), (second, other)] = pair
            && other.span.start < one.span.end
        {
            return Err(RedactionError::Overlap { first: *first, second: *second });
        }
    }
    // Redactions do not overlap, so that those which meet a kept span stand side by side.
    for (span, because) in kept {
        let from = ordered.partition_point(|(_, redaction)| redaction.span.end <= span.start);
        if let Some((number, redaction)) = ordered.get(from)
            && redaction.span.start < span.end
        {
            return Err(RedactionError::Kept { redaction: *number, because });
        }
    }
    Ok(ordered.into_iter().map(|(_, redaction)| redaction).collect())
}

fn check_one(number: usize, redaction: &Redaction, text: &str) -> Result<(), RedactionError> {
    let Range { start, end } = redaction.span;
    if start >= end {
        return Err(RedactionError::Empty { redaction: number });
    }
    if end > text.len() {
        let length = text.len();
        return Err(RedactionError::OutOfBounds { redaction: number, end, length });
    }
    for at in [start, end] {
        if !text.is_char_boundary(at) {
            return Err(RedactionError::WithinCharacter { redaction: number, at });
        }
        let next = text.get(at..).and_then(|rest| rest.chars().next());
        if next.is_some_and(is_combining) {
            return Err(RedactionError::PartsAccent { redaction: number, at });
        }
    }
    if redaction.reviewer.trim().is_empty() {
        return Err(RedactionError::NoReviewer { redaction: number });
    }
    Ok(())
}

/// Whether a character changes the one before it: an accent, a joiner or a variation selector.
const fn is_combining(character: char) -> bool {
    matches!(
        character,
        '\u{300}'..='\u{36f}'
            | '\u{1ab0}'..='\u{1aff}'
            | '\u{1dc0}'..='\u{1dff}'
            | '\u{200d}'
            | '\u{20d0}'..='\u{20ff}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{fe20}'..='\u{fe2f}'
    )
}

/// Where what was taken out stands again, whatever its ASCII letters' case.
fn leftovers(text: &str, ordered: &[&Redaction]) -> Vec<Leftover> {
    let lower = text.to_ascii_lowercase();
    let mut found = Vec::new();
    let mut searched: Vec<&str> = Vec::new();
    for (number, redaction) in ordered.iter().enumerate() {
        let words = lower.get(redaction.span.clone()).unwrap_or_default().trim();
        if words.chars().count() < TELLING || searched.contains(&words) {
            continue;
        }
        searched.push(words);
        let stands = lower.match_indices(words).filter(|(at, _)| {
            let next = ordered.partition_point(|redaction| redaction.span.end <= *at);
            let end = at.saturating_add(words.len());
            ordered.get(next).is_none_or(|redaction| redaction.span.start >= end)
        });
        found.extend(stands.take(REPORTED).map(|(at, _)| Leftover { redaction: number, at }));
    }
    found
}
