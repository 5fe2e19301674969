//! Texts for people, of a length that a record can keep.

/// Checks a line or a paragraph: not blank, not too long, no control characters.
pub(crate) fn check(field: &'static str, text: &str, most: usize) -> Result<(), TextError> {
    check_but(field, text, most, &[])
}

/// Checks some lines: as [`check`], with line ends and tabs, and counted in characters.
pub(crate) fn check_lines(field: &'static str, text: &str, most: usize) -> Result<(), TextError> {
    let characters = text.chars().count();
    if characters > most {
        return Err(TextError::ManyCharacters { field, characters, most });
    }
    check_but(field, text, usize::MAX, &['\n', '\t'])
}

fn check_but(
    field: &'static str,
    text: &str,
    most: usize,
    allowed: &[char],
) -> Result<(), TextError> {
    if text.trim().is_empty() {
        return Err(TextError::Blank { field });
    }
    if text.len() > most {
        return Err(TextError::Long { field, length: text.len(), most });
    }
    let is_refused = |character: char| character.is_control() && !allowed.contains(&character);
    match text.char_indices().find(|(_, character)| is_refused(*character)) {
        Some((at, _)) => Err(TextError::Control { field, at }),
        None => Ok(()),
    }
}

/// Why a text was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// Nothing in it.
    #[error("{field} is blank")]
    Blank {
        /// Which text.
        field: &'static str,
    },
    /// Too long.
    #[error("{field} has {length} bytes; at most {most}")]
    Long {
        /// Which text.
        field: &'static str,
        /// In bytes.
        length: usize,
        /// In bytes.
        most: usize,
    },
    /// Too long, where characters count and not bytes.
    #[error("{field} has {characters} characters; at most {most}")]
    ManyCharacters {
        /// Which text.
        field: &'static str,
        /// How many there are.
        characters: usize,
        /// In characters.
        most: usize,
    },
    /// A control character, which a page or a letter would show in its own way.
    #[error("{field} has a control character at byte {at}")]
    Control {
        /// Which text.
        field: &'static str,
        /// Counted from 0.
        at: usize,
    },
    /// No country of ISO 3166-1.
    #[error("a country is two capital letters, such as GB")]
    Country,
    /// No address on the web.
    #[error("the address of the policy begins with https://")]
    Url,
}
