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

/// The nearest of some words, or all of them.
pub(super) fn expected_of<'a>(given: &str, words: impl Iterator<Item = &'a str>) -> String {
    let words: Vec<&str> = words.collect();
    // A long word is no slip of one of these.
    let short = given.as_bytes().get(..40).unwrap_or(given.as_bytes());
    let near = words.iter().map(|word| (distance(short, word.as_bytes()), word)).min();
    match near {
        Some((distance @ 0..=2, word)) if distance.saturating_mul(2) < word.len() => {
            format!("did you mean {word}?")
        }
        _ => format!("it is one of {}", words.join(", ")),
    }
}
