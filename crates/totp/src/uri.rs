//! The `otpauth` URI in which a credential travels to an authenticator app (the Key URI format).
//!
//! One reader serves both strictness levels: whatever deviates from the format becomes a
//! [`UriFault`]. [`KeyUri::parse`] stops at the first, [`KeyUri::parse_lenient`] repairs those that
//! have one sensible reading and lists them. So everything the strict reader accepts, the lenient
//! one reads alike.

use alloc::boxed::Box;
use alloc::string::{String, ToString};

use crate::secret::Hidden;
use crate::{
    Algorithm, Counter, Digits, Hotp, Parameters, Period, Secret, SecretText, Totp, UnixSeconds,
};

mod fault;
mod read;

pub use fault::{UriFault, UriFaultKind};
pub use read::Reading;

/// A credential with all that an authenticator needs to know about it.
///
/// ```
/// use upheld_totp::{Factor, KeyUri, Label, Period, Secret};
///
/// let uri = KeyUri {
///     label: Label::new(Some("Northside Clinic"), "alice@example.com").unwrap(),
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
pub struct Label {
    issuer: Option<Box<str>>,
    account: Box<str>,
}

impl Label {
    /// Joins the issuer's name and the account's.
    ///
    /// `None` when one of them is empty, starts or ends with a space, or holds a colon, which
    /// separates the two, or a control character, which could forge a second line on a screen.
    #[must_use]
    pub fn new(issuer: Option<&str>, account: &str) -> Option<Self> {
        let is_name =
            |name: &str| !name.is_empty() && name.trim() == name && !name.contains(is_foreign);
        let valid = is_name(account) && issuer.is_none_or(is_name);
        valid.then(|| Self { issuer: issuer.map(Into::into), account: account.into() })
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

fn is_foreign(character: char) -> bool {
    character == ':' || character.is_control()
}

impl KeyUri {
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
    /// [`KeyUri::parse`] reads it back without findings.
    #[must_use]
    pub fn to_text(&self) -> SecretText {
        let (issuer, account) = (self.label.issuer(), self.label.account());
        let names = issuer.map_or(0, str::len).saturating_mul(2).saturating_add(account.len());
        let secret = self.secret.to_base32();
        // Enough for every byte encoded, so that no reallocation leaves a copy of the secret.
        let capacity =
            names.saturating_mul(3).saturating_add(secret.expose().len()).saturating_add(128);
        let mut text = Hidden(String::with_capacity(capacity));
        let (kind, last_name, last_value) = match self.factor {
            Factor::Totp { period } => ("totp", "period", period.as_seconds().into()),
            Factor::Hotp { counter } => ("hotp", "counter", counter.0),
        };
        push(&mut text.0, &["otpauth://", kind, "/"]);
        if let Some(issuer) = issuer {
            push_encoded(&mut text.0, issuer);
            text.0.push(':');
        }
        push_encoded(&mut text.0, account);
        push(&mut text.0, &["?secret=", secret.expose()]);
        if let Some(issuer) = issuer {
            text.0.push_str("&issuer=");
            push_encoded(&mut text.0, issuer);
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

//= RFC 3986 §2.1, §2.3: everything but letters, digits and four signs is percent-encoded
fn push_encoded(text: &mut String, name: &str) {
    const HEX: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(byte.into());
        } else {
            text.push('%');
            text.extend(
                [byte >> 4, byte & 0x0f].iter().filter_map(|half| HEX.get(usize::from(*half))),
            );
        }
    }
}
