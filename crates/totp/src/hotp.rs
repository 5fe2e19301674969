//! Counter-based codes: RFC 4226.

use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use crate::mac::Keyed;
use crate::{Code, Digits, Secret};

/// The hash under the HMAC.
///
/// SHA-1 is the default because it is what authenticator apps support; its known collisions do
/// not weaken HMAC (RFC 4226 appendix B.2). Several apps compute SHA-1 whatever the QR code
/// says: have the person confirm enrolment with one code before relying on another hash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "UPPERCASE"))]
#[expect(clippy::exhaustive_enums, reason = "RFC 6238 §1.2 names these three")]
pub enum Algorithm {
    /// HMAC-SHA-1.
    #[default]
    Sha1,
    /// HMAC-SHA-256.
    Sha256,
    /// HMAC-SHA-512.
    Sha512,
}

impl Algorithm {
    /// The name in an `otpauth` URI: `SHA1`, `SHA256` or `SHA512`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Sha512 => "SHA512",
        }
    }

    /// The length in bytes of the MAC, and so of the secret to generate: 20, 32 or 64.
    //= RFC 6238 §5.1: keys should be as long as the output of the HMAC
    #[must_use]
    pub const fn mac_len(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }
}

/// The moving factor of HOTP: how many codes the token has shown before this one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[expect(clippy::exhaustive_structs, reason = "every u64 is a counter")]
pub struct Counter(pub u64);

impl Counter {
    /// The counter after this one: what to store once this one's code was accepted.
    ///
    /// `None` after the last of 2⁶⁴: the token has no codes left.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        self.0.checked_add(1).map(Self)
    }
}

/// A counter-based credential, keyed and ready: RFC 4226.
///
/// Holds the key absorbed into HMAC, not the secret, and wipes it on drop. It keeps no counter:
/// the caller stores the next one to expect and hands it in.
///
/// ```
/// use upheld_totp::{Algorithm, Code, Counter, Digits, Hotp, Secret};
///
/// let secret = Secret::from_bytes(b"12345678901234567890")?;
/// let token = Hotp::new(&secret, Algorithm::Sha1, Digits::Six);
/// assert_eq!(token.code(Counter(1)).to_text().expose(), "287082");
///
/// // The token's button was pressed once for nothing: counter 0 is expected, 1 arrives.
/// let typed = Code::parse("287082")?;
/// let counter = token.find(&typed, Counter(0), 10);
/// assert_eq!(counter, Some(Counter(1)));
/// // Store `Counter(1).next()`, and only then let the person in.
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Hotp {
    key: Keyed,
    digits: Digits,
}

impl Hotp {
    /// Keys a credential. This costs two hash compressions; each code costs two more.
    #[must_use]
    pub fn new(secret: &Secret, algorithm: Algorithm, digits: Digits) -> Self {
        Self { key: Keyed::new(algorithm, secret.expose()), digits }
    }

    /// The code at `counter`.
    ///
    /// # Source
    ///
    /// RFC 4226 §5.3.
    #[must_use]
    pub fn code(&self, counter: Counter) -> Code {
        Code::from_value(self.value(counter.0), self.digits)
    }

    /// The length of this credential's codes.
    #[must_use]
    pub const fn digits(&self) -> Digits {
        self.digits
    }

    /// Finds the counter whose code is `code`, among `next` and those within `look_ahead`.
    ///
    /// | argument | meaning |
    /// |---|---|
    /// | `next` | the first counter never accepted: the lowest one that can match |
    /// | `look_ahead` | how many counters after `next` are tried too |
    ///
    /// All of them are computed and compared. If several have this code the highest is returned,
    /// so that storing its [`Counter::next`] leaves none behind that the same code would match.
    ///
    /// `None` is a refusal. `Some` is not yet an acceptance: that is a compare-and-set of the
    /// stored counter from `next` to the one after the match, so that of two requests with one
    /// code a single one succeeds.
    ///
    /// # Source
    ///
    /// RFC 4226 §7.2 (validation), §7.4 (look-ahead window).
    #[must_use]
    pub fn find(&self, code: &Code, next: Counter, look_ahead: u8) -> Option<Counter> {
        if code.digits() != self.digits {
            return None;
        }
        let mut found = Latest::default();
        for counter in next.0..=next.0.saturating_add(look_ahead.into()) {
            found.note(counter, code.is_value(self.value(counter)));
        }
        found.into_option().map(Counter)
    }

    /// Finds where consecutive codes stand, for a token that ran too far ahead.
    ///
    /// | argument | meaning |
    /// |---|---|
    /// | `first`, `second`, `more` | what the token shows on successive presses, two codes or more; up to 64 |
    /// | `next` | the first counter never accepted; nothing before it is searched |
    /// | `window` | how many counters from `next` on are searched |
    ///
    /// Returns the counter of the *last* code; store its [`Counter::next`]. (The last counter there
    /// is has none, so nothing is synchronised to it.) It is never below
    /// `next`, so no code accepted before becomes valid again. One guess at two codes of six
    /// digits in a window of a thousand succeeds with probability 10⁻⁹; charge it to the same
    /// attempt budget as a sign-in.
    ///
    /// # Source
    ///
    /// RFC 4226 §7.4 (resynchronisation by a sequence of two or three values).
    //= RFC 4226 §7.4: a sequence of codes must match before a distant counter is believed
    #[must_use]
    pub fn resynchronize(
        &self,
        (first, second): (&Code, &Code),
        more: &[Code],
        next: Counter,
        window: u16,
    ) -> Option<Counter> {
        if [first, second].into_iter().chain(more).any(|code| code.digits() != self.digits) {
            return None;
        }
        let complete = 1_u64.checked_shl(u32::try_from(more.len()).ok()?.checked_add(1)?)?;
        let mut found = Latest::default();
        // Bit j says that the codes up to the j-th match the counters up to this one.
        let mut runs = 0_u64;
        for counter in next.0..next.0.saturating_add(window.into()) {
            let value = self.value(counter);
            let bit = |code: &Code| u64::from(code.is_value(value).unwrap_u8());
            let more = more.iter().rev().fold(0, |bits, code| bits << 1 | bit(code));
            runs = (runs << 1 | 1) & (more << 2 | bit(second) << 1 | bit(first));
            found.note(counter, (runs & complete).ct_eq(&complete));
        }
        found.into_option().map(Counter)
    }

    /// The number that is the code at `counter`.
    pub(crate) fn value(&self, counter: u64) -> u32 {
        self.digits.reduce(self.key.truncated(counter))
    }
}

/// The last moving factor that matched, gathered without branching on whether it did.
#[derive(Default)]
pub(crate) struct Latest {
    factor: u64,
    any: u8,
}

impl Latest {
    pub(crate) fn note(&mut self, factor: u64, matched: Choice) {
        self.factor.conditional_assign(&factor, matched);
        self.any.conditional_assign(&1, matched);
    }

    pub(crate) fn into_option(self) -> Option<u64> {
        (self.any == 1).then_some(self.factor)
    }
}
