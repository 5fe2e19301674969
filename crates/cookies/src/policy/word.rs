//! Words that a policy file may use in a place.

use crate::spelling::distance;

/// A type whose values are words of the file.
pub(crate) trait Word: Sized + Copy + 'static {
    /// What the words stand for, in the singular.
    const WHAT: &'static str;
    /// Every value.
    const ALL: &'static [Self];

    /// The word.
    fn word(self) -> &'static str;

    /// The value of a word.
    fn of_word(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.word() == text)
    }
}

/// The words of a type, for a message: the nearest alone if one is near.
pub(super) fn expected<W: Word>(given: &str) -> String {
    expected_of(given, W::ALL.iter().map(|value| value.word()))
}

/// The most words that a message names; every list of this crate has fewer.
const MOST_NAMED: usize = 40;

/// The nearest of some words, or the first of them.
pub(super) fn expected_of<'a>(given: &str, words: impl Iterator<Item = &'a str>) -> String {
    let words: Vec<&str> = words.collect();
    // A word of another length is no slip, and a long one is no word of a file.
    let is_slip = |word: &&&str| word.len() <= 64 && word.len().abs_diff(given.len()) <= 2;
    let near = words.iter().filter(is_slip);
    let near = near.map(|word| (distance(given.as_bytes(), word.as_bytes()), word)).min();
    match near {
        Some((distance @ 0..=2, word)) if distance.saturating_mul(2) < word.len() => {
            format!("did you mean {word}?")
        }
        _ => {
            let named = words.get(..MOST_NAMED).unwrap_or(&words).join(", ");
            match words.len().saturating_sub(MOST_NAMED) {
                0 => format!("it is one of {named}"),
                more => format!("it is one of {named}, and {more} more"),
            }
        }
    }
}
