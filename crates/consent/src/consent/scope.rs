//! What a consent is about.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::word::words;
use crate::{PurposeId, RecipientId};

/// How somebody is contacted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the law has rules of its own for each")]
pub enum Channel {
    /// E-mail.
    Email,
    /// Text message.
    Sms,
    /// A message to an app.
    Push,
    /// A person calls.
    LiveCall,
    /// A machine calls.
    AutomatedCall,
    /// A letter.
    Post,
}

words!(Channel:
    Email = "email",
    Sms = "sms",
    Push = "push",
    LiveCall = "live-call",
    AutomatedCall = "automated-call",
    Post = "post",
);

/// One thing to consent to: a purpose; by a channel, if it is contact; for a recipient, if somebody
/// else relies on the consent.
///
/// Scopes do not contain each other. Who wants e-mail has not asked for calls, and who agrees to a
/// purpose has not agreed to its being somebody else's.
//= UK GDPR, Article 4(11): consent is specific
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "the three that tell one consent from another")]
pub struct Scope {
    /// What for.
    pub purpose: PurposeId,
    /// By which channel; none for purposes without contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// For whom beside the controller and its processors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<RecipientId>,
}

impl Scope {
    /// The controller's own use, without contact.
    #[must_use]
    pub const fn of(purpose: PurposeId) -> Self {
        Self { purpose, channel: None, recipient: None }
    }

    /// By a channel.
    #[must_use]
    pub fn by(self, channel: Channel) -> Self {
        Self { channel: Some(channel), ..self }
    }

    /// For a recipient.
    #[must_use]
    pub fn to(self, recipient: RecipientId) -> Self {
        Self { recipient: Some(recipient), ..self }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.purpose)?;
        if let Some(channel) = self.channel {
            write!(f, " by {}", channel.name())?;
        }
        if let Some(recipient) = &self.recipient {
            write!(f, " for {recipient}")?;
        }
        Ok(())
    }
}

/// Names a consent record: a UUID of RFC 9562, in lower case.
///
/// ```
/// use upheld_consent::RecordId;
///
/// let id = RecordId::from_random([0xff; 16]); // draw yours from the operating system
/// assert_eq!(id.to_string(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
/// assert_eq!(RecordId::parse("ffffffff-ffff-4fff-bfff-ffffffffffff"), Ok(id));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RecordId(u128);

impl RecordId {
    /// Makes a UUID of version 4 from 16 random bytes.
    //= RFC 9562 §5.4: version and variant are fixed, the other 122 bits random
    #[must_use]
    pub const fn from_random(bytes: [u8; 16]) -> Self {
        let random = u128::from_be_bytes(bytes);
        let fixed = random & !(0xf000_u128 << 64) & !(0xc000_u128 << 48);
        Self(fixed | (0x4000_u128 << 64) | (0x8000_u128 << 48))
    }

    /// Takes a name that was stored as [`to_bytes`](Self::to_bytes) gives it.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(bytes))
    }

    /// The 16 bytes of the UUID, to store them.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }

    /// Reads a UUID in lower case, of any version.
    ///
    /// # Errors
    ///
    /// [`RecordIdError`] when it has another form.
    pub fn parse(text: &str) -> Result<Self, RecordIdError> {
        if text.len() != 36 {
            return Err(RecordIdError);
        }
        let mut value = 0_u128;
        for (at, byte) in text.bytes().enumerate() {
            let digit = match byte {
                b'-' if matches!(at, 8 | 13 | 18 | 23) => continue,
                _ if matches!(at, 8 | 13 | 18 | 23) => return Err(RecordIdError),
                b'0'..=b'9' => byte.wrapping_sub(b'0'),
                b'a'..=b'f' => byte.wrapping_sub(b'a').wrapping_add(10),
                _ => return Err(RecordIdError),
            };
            value = (value << 4) | u128::from(digit);
        }
        Ok(Self(value))
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |shift: u32, mask: u128| (self.0 >> shift) & mask;
        write!(f, "{:08x}-{:04x}-", part(96, 0xffff_ffff), part(80, 0xffff))?;
        write!(f, "{:04x}-{:04x}-", part(64, 0xffff), part(48, 0xffff))?;
        write!(f, "{:012x}", part(0, 0xffff_ffff_ffff))
    }
}

impl TryFrom<String> for RecordId {
    type Error = RecordIdError;

    fn try_from(text: String) -> Result<Self, RecordIdError> {
        Self::parse(&text)
    }
}

impl From<RecordId> for String {
    fn from(id: RecordId) -> Self {
        id.to_string()
    }
}

/// Not a UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a record is named by a UUID in lower case")]
#[non_exhaustive]
pub struct RecordIdError;
