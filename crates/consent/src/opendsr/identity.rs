//! Who a request is about, and what it is called.

use core::fmt;

use serde::Serialize;

use crate::word::words;

/// The name of a request: a UUID of version 4, in lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct SubjectRequestId(String);

impl SubjectRequestId {
    /// Reads a UUID of version 4, of either case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 36 {
            return None;
        }
        let fits = |(at, byte): (usize, &u8)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            14 => *byte == b'4',
            19 => matches!(byte, b'8' | b'9' | b'a' | b'b' | b'A' | b'B'),
            _ => byte.is_ascii_hexdigit(),
        };
        bytes.iter().enumerate().all(fits).then(|| Self(text.to_ascii_lowercase()))
    }

    /// Makes one of random bytes.
    ///
    /// ```
    /// use upheld_consent::opendsr::SubjectRequestId;
    ///
    /// let id = SubjectRequestId::from_random([0xff; 16]);
    /// assert_eq!(id.as_str(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    /// ```
    #[must_use]
    pub fn from_random(random: [u8; 16]) -> Self {
        let mut text = String::with_capacity(36);
        for (at, byte) in random.into_iter().enumerate() {
            if matches!(at, 4 | 6 | 8 | 10) {
                text.push('-');
            }
            let byte = match at {
                6 => byte & 0x0f | 0x40,
                8 => byte & 0x3f | 0x80,
                _ => byte,
            };
            text.extend(
                [byte >> 4, byte & 15].map(|half| char::from_digit(half.into(), 16).unwrap_or('0')),
            );
        }
        Self(text)
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SubjectRequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What kind of identifier it is: §5.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[expect(missing_docs, reason = "their names say it")]
pub enum IdentityType {
    ControllerCustomerId,
    AndroidAdvertisingId,
    AndroidId,
    Email,
    FireAdvertisingId,
    IosAdvertisingId,
    IosVendorId,
    MicrosoftAdvertisingId,
    MicrosoftPublisherId,
    RokuPublisherId,
    RokuAdvertisingId,
}

words!(IdentityType:
    ControllerCustomerId = "controller_customer_id",
    AndroidAdvertisingId = "android_advertising_id",
    AndroidId = "android_id",
    Email = "email",
    FireAdvertisingId = "fire_advertising_id",
    IosAdvertisingId = "ios_advertising_id",
    IosVendorId = "ios_vendor_id",
    MicrosoftAdvertisingId = "microsoft_advertising_id",
    MicrosoftPublisherId = "microsoft_publisher_id",
    RokuPublisherId = "roku_publisher_id",
    RokuAdvertisingId = "roku_advertising_id",
);

/// How it is encoded: §5.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[expect(missing_docs, reason = "their names say it")]
pub enum IdentityFormat {
    Raw,
    Sha1,
    Md5,
    Sha256,
}

words!(IdentityFormat: Raw = "raw", Sha1 = "sha1", Md5 = "md5", Sha256 = "sha256");

/// An identifier of the person. `Debug` does not print its value.
#[derive(Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "§5.3")]
pub struct SubjectIdentity {
    /// What kind; `None` for a kind of another list, whose name is in `other_type`.
    pub identity_type: Option<IdentityType>,
    /// The name of a kind that the specification does not have.
    pub other_type: Option<String>,
    /// The identifier.
    pub identity_value: String,
    /// How it is encoded.
    pub identity_format: IdentityFormat,
}

impl fmt::Debug for SubjectIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SubjectIdentity")
            .field("identity_type", &self.identity_type)
            .field("other_type", &self.other_type)
            .field("identity_value", &"[redacted]")
            .field("identity_format", &self.identity_format)
            .finish()
    }
}
