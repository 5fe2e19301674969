//! What Duo says to people.

use std::fmt;

use serde::{Deserialize, Deserializer};

/// A text from Duo for a person to read, such as "Login request denied.".
///
/// `Display` leaves out terminal escapes, control characters and those that change the direction
/// of a line. In HTML it is still to be escaped. Never decide by it: it may change any day.
///
/// ```
/// use upheld_duo::StatusMessage;
///
/// let message = StatusMessage::new("Hello\u{1b}]0;PWNED\u{7}, \u{1b}[1mAlice\u{1b}[0m\r\n");
/// assert_eq!(message.to_string(), "Hello, Alice");
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct StatusMessage(Box<str>);

/// The most characters that are shown.
const MAX_CHARACTERS: usize = 1_000;

impl StatusMessage {
    /// Takes a text as it came.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// The text as it came, with all its control characters.
    #[must_use]
    pub fn as_received(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StatusMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_plain(&self.0, f)
    }
}

impl fmt::Debug for StatusMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.to_string())
    }
}

impl<'de> Deserialize<'de> for StatusMessage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::reply::null_as_default(deserializer).map(Self)
    }
}

/// Writes `text` without what a terminal or a browser would obey.
pub(crate) fn write_plain(text: &str, to: &mut impl fmt::Write) -> fmt::Result {
    let mut state = State::Text;
    let mut written = 0_usize;
    for character in text.chars() {
        let (next, shown) = state.after(character);
        state = next;
        if shown && written < MAX_CHARACTERS {
            written = written.saturating_add(1);
            to.write_char(character)?;
        }
    }
    Ok(())
}

/// Where in a control sequence the text is: ECMA-48 §5.4 (CSI) and §5.6 (strings such as OSC).
#[derive(Clone, Copy)]
enum State {
    Text,
    Escape,
    Sequence,
    String,
    EscapeInString,
}

impl State {
    /// Where the text is after `character`, and whether it is shown.
    fn after(self, character: char) -> (Self, bool) {
        match (self, character) {
            (Self::String, '\u{7}' | '\u{9c}') | (Self::EscapeInString, '\\') => {
                (Self::Text, false)
            }
            (Self::String, '\u{1b}') => (Self::EscapeInString, false),
            (Self::String | Self::EscapeInString, _)
            | (_, '\u{90}' | '\u{98}' | '\u{9d}'..='\u{9f}')
            | (Self::Escape, 'P' | 'X' | ']' | '^' | '_') => (Self::String, false),
            (_, '\u{1b}') | (Self::Escape, ' '..='/') => (Self::Escape, false),
            (_, '\u{9b}') | (Self::Escape, '[') | (Self::Sequence, ' '..='?') => {
                (Self::Sequence, false)
            }
            (Self::Escape | Self::Sequence, _) => (Self::Text, false),
            (Self::Text, _) => (Self::Text, !is_obeyed(character)),
        }
    }
}

/// Control characters, line separators, and the marks of the Unicode bidirectional algorithm.
fn is_obeyed(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        )
}
