//! Words and names that a record cannot do without.

use core::fmt;

use serde::{Deserialize, Serialize};

/// Something in words: a reason, a question, a finding. Never empty, at most 4,000 bytes.
///
/// ```
/// use upheld_consent::request::{Text, TextError};
///
/// assert_eq!(Text::new(" because ")?.as_str(), "because");
/// assert_eq!(Text::new("  "), Err(TextError::Empty));
/// # Ok::<(), TextError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Text(String);

/// What something is called: an item, a source, a recipient. One line of at most 200 bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

impl Text {
    /// The longest there is, in bytes.
    pub const MAX: usize = 4_000;

    /// Takes words, without the space around them.
    ///
    /// # Errors
    ///
    /// [`TextError`] when there are none, too many, or control characters other than line breaks
    /// and tabs among them.
    pub fn new(text: impl AsRef<str>) -> Result<Self, TextError> {
        checked(text.as_ref(), Self::MAX, |character| !matches!(character, '\n' | '\t')).map(Self)
    }

    /// The words.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Name {
    /// The longest there is, in bytes.
    pub const MAX: usize = 200;

    /// Takes a name, without the space around it.
    ///
    /// # Errors
    ///
    /// [`TextError`] when it is empty, too long, or has control characters.
    pub fn new(name: impl AsRef<str>) -> Result<Self, TextError> {
        checked(name.as_ref(), Self::MAX, |_| true).map(Self)
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn checked(text: &str, most: usize, is_refused: fn(char) -> bool) -> Result<String, TextError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(TextError::Empty);
    }
    if text.len() > most {
        return Err(TextError::TooLong { most });
    }
    let control = text.char_indices().find(|(_, c)| c.is_control() && is_refused(*c));
    match control {
        Some((at, _)) => Err(TextError::Control { at }),
        None => Ok(text.to_owned()),
    }
}

impl TryFrom<String> for Text {
    type Error = TextError;

    fn try_from(text: String) -> Result<Self, TextError> {
        Self::new(text)
    }
}

impl TryFrom<String> for Name {
    type Error = TextError;

    fn try_from(name: String) -> Result<Self, TextError> {
        Self::new(name)
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.0
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why words were not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// Nothing was said.
    #[error("nothing is said; a record needs words")]
    Empty,
    /// Too much.
    #[error("longer than {most} bytes")]
    TooLong {
        /// How many bytes there may be.
        most: usize,
    },
    /// A control character.
    #[error("a control character at byte {at}")]
    Control {
        /// Where, in bytes from the start without the space before it.
        at: usize,
    },
}
