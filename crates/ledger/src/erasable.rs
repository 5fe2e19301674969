//! What a log may say about a person and still forget: names under a key, and commitments to
//! payloads that lie elsewhere.

use core::fmt;

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use rand_core::TryCryptoRng;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::Value;
use crate::json::Rest;

/// 32 random bytes that make a payload's [`Commitment`] say nothing. Wiped on drop.
///
/// It is stored beside the payload, outside the log. Deleting both forgets the payload: the
/// commitment stays in the log, which still verifies, and nobody can try payloads against it.
#[derive(Clone)]
pub struct Salt(Zeroizing<[u8; 32]>);

impl Salt {
    /// Draws a salt. Each payload has its own.
    ///
    /// # Errors
    ///
    /// Whatever `rng` reports.
    pub fn generate<R: TryCryptoRng>(rng: &mut R) -> Result<Self, R::Error> {
        Ok(Self(draw(rng)?))
    }

    /// Wraps a stored salt.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Shows the bytes, to store them.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt([redacted])")
    }
}

/// Binds an entry to a payload that is not in the log: HMAC-SHA-256 of its canonical JSON under a
/// [`Salt`].
///
/// ```
/// use upheld_ledger::{Commitment, Opening, Salt, Value};
///
/// let salt = Salt::from_bytes([7; 32]); // draw yours with `Salt::generate`
/// let payload = Value::parse(br#"{"diagnosis": "measles"}"#)?;
/// let commitment = Commitment::to(&payload, &salt);
///
/// assert_eq!(commitment.open(&payload, &salt), Opening::Matches);
/// let other = Value::parse(br#"{"diagnosis": "mumps"}"#)?;
/// assert_eq!(commitment.open(&other, &salt), Opening::Differs);
/// # Ok::<(), upheld_ledger::JsonError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Commitment([u8; 32]);

impl Commitment {
    /// Commits to `payload` under `salt`.
    #[must_use]
    pub fn to(payload: &Value, salt: &Salt) -> Self {
        let canonical = Zeroizing::new(payload.to_canonical());
        Self(mac(salt.expose(), &[canonical.as_bytes()]))
    }

    /// Compares with a payload and its salt.
    pub fn open(&self, payload: &Value, salt: &Salt) -> Opening {
        let matches = Self::to(payload, salt).0.ct_eq(&self.0);
        if bool::from(matches) { Opening::Matches } else { Opening::Differs }
    }

    pub(crate) fn write_to(self, place: &mut [u8]) -> Rest<'_> {
        write_name(&self.0, place)
    }

    /// Reads what `Display` writes: 43 letters of base64url.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        decode(text).map(Self)
    }
}

impl fmt::Display for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        BASE64URL_NOPAD.encode_display(&self.0).fmt(f)
    }
}

/// Whether a payload is the one that was committed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a payload that differs is not what was logged"]
#[expect(clippy::exhaustive_enums, reason = "it is, or it is not")]
pub enum Opening {
    /// It is.
    Matches,
    /// The payload or the salt is another.
    Differs,
}

/// The key under which people are named in a log. Wiped on drop.
///
/// Whoever has it can find the entries of a person; deleting it cuts all of them off. With one key
/// to each person, kept beside the payloads, it cuts off one.
#[derive(Clone)]
pub struct PseudonymKey(Zeroizing<[u8; 32]>);

impl PseudonymKey {
    /// Draws a key.
    ///
    /// # Errors
    ///
    /// Whatever `rng` reports.
    pub fn generate<R: TryCryptoRng>(rng: &mut R) -> Result<Self, R::Error> {
        Ok(Self(draw(rng)?))
    }

    /// Wraps a stored key.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Shows the bytes, to store them.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// Names a person of a tenant: HMAC-SHA-256 of both, cut to 16 bytes.
    #[must_use]
    pub fn name(&self, tenant: &str, person: &str) -> Pseudonym {
        // The length keeps "ab" of "c" apart from "b" of "ca".
        let length = u64::try_from(tenant.len()).unwrap_or(u64::MAX).to_be_bytes();
        let full = mac(self.expose(), &[&length, tenant.as_bytes(), person.as_bytes()]);
        let (first, _) = full.as_chunks::<16>();
        Pseudonym(first.first().copied().unwrap_or_default())
    }
}

impl fmt::Debug for PseudonymKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PseudonymKey([redacted])")
    }
}

/// A person's name in a log, made by [`PseudonymKey::name`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pseudonym([u8; 16]);

impl Pseudonym {
    /// The bytes, to index entries by.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    pub(crate) fn write_to(self, place: &mut [u8]) -> Rest<'_> {
        write_name(&self.0, place)
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        decode(text).map(Self)
    }
}

fn draw<R: TryCryptoRng>(rng: &mut R) -> Result<Zeroizing<[u8; 32]>, R::Error> {
    let mut bytes = Zeroizing::new([0; 32]);
    rng.try_fill_bytes(bytes.as_mut_slice())?;
    Ok(bytes)
}

//= RFC 2104 §2: HMAC
fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut block = Zeroizing::new([0; 64]);
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    // A key as long as a block needs no error for its length.
    let mut mac = Hmac::<Sha256>::new((&*block).into());
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

fn write_name<'a>(bytes: &[u8], place: &'a mut [u8]) -> Rest<'a> {
    let length = BASE64URL_NOPAD.encode_len(bytes.len());
    let (start, rest) = place.split_at_mut_checked(length)?;
    BASE64URL_NOPAD.encode_mut(bytes, start);
    Some(rest)
}

fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    let length = BASE64URL_NOPAD.encode_len(N);
    let bytes = (text.len() == length).then(|| BASE64URL_NOPAD.decode(text.as_bytes()).ok())??;
    bytes.try_into().ok()
}
