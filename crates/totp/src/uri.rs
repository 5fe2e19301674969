//! The `otpauth` URI in which a credential travels to an authenticator app (the Key URI format).
//!
//! One reader serves both strictness levels: whatever deviates from the format becomes a
//! [`UriFault`]. [`KeyUri::parse`] stops at the first, [`KeyUri::parse_lenient`] repairs those that
//! have one sensible reading and lists them. So everything the strict reader accepts, the lenient
//! one reads alike.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use self::read::Reader;
use crate::secret::Hidden;
use crate::{
    Algorithm, Counter, Digits, Hotp, Parameters, Period, Secret, SecretText, Totp, UnixSeconds,
};

mod fault;
mod percent;
mod read;

pub use fault::{UriFault, UriFaultKind};

/// A credential with all that an authenticator needs to know about it.
///
/// ```
/// use upheld_totp::{Factor, KeyUri, Label, Period, Secret};
///
/// let uri = KeyUri {
///     label: Label::new(Some("Northside Clinic"), "alice@example.com")?,
///     secret: Secret::from_base32("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")?,
///     algorithm: Default::default(),
///     digits: Default::default(),
///     factor: Factor::Totp { period: Period::default() },
/// };
/// let text = uri.to_text();
/// assert!(text.expose().starts_with("otpauth://totp/Northside%20Clinic:alice%40example.com?"));
///
/// let read = KeyUri::parse(text.expose())?;
/// assert_eq!(read.uri.label.issuer(), Some("Northside Clinic"));
/// assert!(read.findings.is_empty());
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "the format has these parameters and no others")]
pub struct KeyUri {
    /// Who issued the credential, and for which account.
    pub label: Label,
    /// The shared secret.
    pub secret: Secret,
    /// The hash under the HMAC.
    pub algorithm: Algorithm,
    /// The length of a code.
    pub digits: Digits,
    /// What moves the code on.
    pub factor: Factor,
}

/// A URI that was read, and what was found on the way.
#[derive(Debug)]
#[non_exhaustive]
pub struct Reading {
    /// The credential.
    pub uri: KeyUri,
    /// Unknown parameters, and in the lenient reading every repair, in the order of discovery.
    pub findings: Vec<UriFault>,
}

/// What moves a credential to its next code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(tag = "type", rename_all = "lowercase"))]
#[expect(clippy::exhaustive_enums, reason = "the format names these two types")]
pub enum Factor {
    /// Time: RFC 6238.
    Totp {
        /// How long a code is shown.
        period: Period,
    },
    /// A counter: RFC 4226.
    Hotp {
        /// The next counter.
        counter: Counter,
    },
}

/// The names an authenticator shows beside a code. Neither has a colon or a control character.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Names"))]
pub struct Label {
    issuer: Option<Box<str>>,
    account: Box<str>,
}

impl Label {
    /// The longest name in bytes: with both names encoded, a URI stays within what is read.
    const MAX_NAME: usize = 160;

    /// Joins the issuer's name and the account's.
    ///
    /// # Errors
    ///
    /// [`LabelError`] when one of them is empty or longer than 160 bytes, starts or ends with a
    /// space, or holds a colon, which separates the two, or a control character, which could forge
    /// a line on a screen.
    pub fn new(issuer: Option<&str>, account: &str) -> Result<Self, LabelError> {
        if !Self::is_name(account) || !issuer.is_none_or(Self::is_name) {
            return Err(LabelError);
        }
        Ok(Self { issuer: issuer.map(Into::into), account: account.into() })
    }

    fn is_name(name: &str) -> bool {
        let is_short = (1..=Self::MAX_NAME).contains(&name.len());
        let spaced = name.starts_with(char::is_whitespace) || name.ends_with(char::is_whitespace);
        // Most names are plain: that is seen of many bytes at a time, without decoding characters.
        let is_odd = |byte| !(b' '..=b'~').contains(&byte) || byte == b':';
        let odd = name.bytes().fold(0, |odd, byte| odd | u8::from(is_odd(byte)));
        is_short && !spaced && (odd == 0 || !name.contains(is_foreign))
    }

    /// Who issued the credential.
    #[must_use]
    pub fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }

    /// The account it signs in to.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.account
    }
}

/// A name that no [`Label`] can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a name must have 1 to 160 bytes, no space around it, no colon and no control character")]
#[non_exhaustive]
pub struct LabelError;

#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Names {
    issuer: Option<Box<str>>,
    account: Box<str>,
}

#[cfg(feature = "serde")]
impl TryFrom<Names> for Label {
    type Error = LabelError;

    fn try_from(names: Names) -> Result<Self, LabelError> {
        Self::new(names.issuer.as_deref(), &names.account)
    }
}

fn is_foreign(character: char) -> bool {
    character == ':' || character.is_control()
}

impl KeyUri {
    /// Reads a URI that follows the format to the letter; for URIs of one's own making.
    ///
    /// Unknown parameters (`image`, `lock`) are reported in [`Reading::findings`].
    ///
    /// # Errors
    ///
    /// The first [`UriFault`].
    pub fn parse(text: &str) -> Result<Reading, UriFault> {
        Reader { text, lenient: false, findings: Vec::new() }.read()
    }

    /// Reads a URI as other programs write it, and lists what had to be repaired.
    ///
    /// # Errors
    ///
    /// The first [`UriFault`] that has no single sensible reading.
    pub fn parse_lenient(text: &str) -> Result<Reading, UriFault> {
        Reader { text, lenient: true, findings: Vec::new() }.read()
    }

    /// The credential keyed to show or match codes, if it is time-based.
    #[must_use]
    pub fn totp(&self) -> Option<Totp> {
        let Factor::Totp { period } = self.factor else { return None };
        let Self { algorithm, digits, .. } = *self;
        Some(Totp::new(&self.secret, Parameters { algorithm, digits, period, t0: UnixSeconds(0) }))
    }

    /// The credential keyed to show or match codes, if it is counter-based.
    #[must_use]
    pub fn hotp(&self) -> Option<Hotp> {
        let Factor::Hotp { .. } = self.factor else { return None };
        Some(Hotp::new(&self.secret, self.algorithm, self.digits))
    }

    /// Writes the URI, every parameter included, a space as `%20`.
    ///
    /// [`KeyUri::parse`] reads it back without findings, unless the secret is a weak one.
    #[must_use]
    pub fn to_text(&self) -> SecretText {
        let (issuer, account) = (self.label.issuer(), self.label.account());
        let secret = self.secret.to_base32();
        // Enough for the longest, so that no reallocation leaves a copy of the secret.
        let mut text = Hidden(String::with_capacity(read::MAX_LEN));
        let (kind, last_name, last_value) = match self.factor {
            Factor::Totp { period } => ("totp", "period", period.as_seconds().into()),
            Factor::Hotp { counter } => ("hotp", "counter", counter.0),
        };
        push(&mut text.0, &["otpauth://", kind, "/"]);
        if let Some(issuer) = issuer {
            percent::encode(issuer, &mut text.0);
            text.0.push(':');
        }
        percent::encode(account, &mut text.0);
        push(&mut text.0, &["?secret=", secret.expose()]);
        if let Some(issuer) = issuer {
            text.0.push_str("&issuer=");
            percent::encode(issuer, &mut text.0);
        }
        push(&mut text.0, &["&algorithm=", self.algorithm.name(), "&digits="]);
        push(
            &mut text.0,
            &[&self.digits.count().to_string(), "&", last_name, "=", &u64::to_string(&last_value)],
        );
        SecretText(text)
    }
}

fn push(text: &mut String, parts: &[&str]) {
    text.extend(parts.iter().copied());
}

#[cfg(test)]
mod tests {
    use super::{Counter, Factor, KeyUri, Label, read};
    use crate::{Algorithm, Digits, Secret};

    fn uri(name: &str, secret: &[u8]) -> KeyUri {
        KeyUri {
            label: Label::new(Some(name), name).unwrap(),
            secret: Secret::from_bytes(secret).unwrap(),
            algorithm: Algorithm::Sha512,
            digits: Digits::Eight,
            factor: Factor::Hotp { counter: Counter(u64::MAX) },
        }
    }

    #[test]
    fn the_longest_text_fits_into_what_is_reserved_for_any() {
        let longest = uri(&"\u{e9}".repeat(80), &[0xa5; 256]);
        let text = longest.to_text();
        // Three for each byte of the names, of which the issuer's stands twice; base32; the rest.
        assert_eq!(text.expose().len(), 3 * 480 + 410 + 87);
        for reserved in [text.0.0.capacity(), uri("a", &[7; 20]).to_text().0.0.capacity()] {
            assert_eq!(reserved, read::MAX_LEN);
        }
        let read = KeyUri::parse(text.expose()).unwrap();
        assert_eq!((read.uri.label, read.findings), (longest.label, [].into()));
    }
}
