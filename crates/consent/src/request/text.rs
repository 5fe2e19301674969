//! Words and names that a record cannot do without.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::text::{TextError, check, check_lines};

/// Something in words: a reason, a question, a finding. Never empty, at most 4,000 characters. Its
/// `Debug` shows none of it.
///
/// ```
/// use upheld_consent::request::{Text, TextError};
///
/// assert_eq!(Text::new(" because ")?.as_str(), "because");
/// assert!(matches!(Text::new("  "), Err(TextError::Blank { .. })));
/// # Ok::<(), TextError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Text(String);

/// What something is called: an item, a source, a recipient. One line of at most 200 bytes.
/// Its `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

impl Text {
    /// The longest there is, in characters: whoever writes in one language has as many as in another.
    pub const MAX: usize = 4_000;

    /// Takes words, without the space around them.
    ///
    /// # Errors
    ///
    /// [`TextError`] when there are none, too many, or control characters other than line breaks
    /// and tabs among them.
    pub fn new(text: impl AsRef<str>) -> Result<Self, TextError> {
        let text = text.as_ref().trim();
        check_lines("a text", text, Self::MAX)?;
        Ok(Self(text.into()))
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
        let name = name.as_ref().trim();
        check("a name", name, Self::MAX)?;
        Ok(Self(name.into()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
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

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text([redacted; {} bytes])", self.0.len())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name([redacted; {} bytes])", self.0.len())
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
