//! What must not be seen: keys, codes and tokens.

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// A text that must not be seen by accident: prints as `[redacted]`, and is wiped on drop.
///
/// Comparison takes the same time wherever two texts of one length differ.
#[derive(Clone)]
pub struct SecretText(Zeroizing<String>);

impl SecretText {
    /// Takes a text over.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// Shows the text, to store or to send it. Not for logs.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl PartialEq for SecretText {
    fn eq(&self, other: &Self) -> bool {
        self.expose().as_bytes().ct_eq(other.expose().as_bytes()).into()
    }
}

impl Eq for SecretText {}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl<'de> serde::Deserialize<'de> for SecretText {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

/// The secret key of an application, which Duo also calls its client secret.
///
/// Neither `Clone` nor `Serialize`; wiped on drop.
///
/// ```
/// use upheld_duo::SecretKey;
///
/// let key = SecretKey::parse("abcdefghijklmnopqrstuvwxyz0123456789ABCD")?;
/// assert_eq!(format!("{key:?}"), "SecretKey([redacted])");
/// # Ok::<(), upheld_duo::SecretKeyError>(())
/// ```
pub struct SecretKey(Zeroizing<Vec<u8>>);

/// Why a text is not a [`SecretKey`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretKeyError {
    /// Nothing, or more than Duo gives out.
    #[error("a secret key of {bytes} bytes; Duo's have 40, and at most 64 are taken")]
    Length {
        /// How many there were.
        bytes: usize,
    },
    /// A space, a control character or one beyond ASCII: mostly a slip when copying.
    #[error("byte {at} of the secret key is not a visible ASCII character")]
    Character {
        /// Offset in bytes.
        at: usize,
    },
}

impl SecretKey {
    /// The most bytes: one block of SHA-1, beyond which HMAC would hash the key first.
    pub const MAX_BYTES: usize = 64;

    /// Reads the key as Duo's administration page shows it, without surrounding space.
    ///
    /// # Errors
    ///
    /// [`SecretKeyError`]: what is wrong and where, never the text.
    pub fn parse(text: &str) -> Result<Self, SecretKeyError> {
        if !(1..=Self::MAX_BYTES).contains(&text.len()) {
            return Err(SecretKeyError::Length { bytes: text.len() });
        }
        match text.bytes().position(|byte| !byte.is_ascii_graphic()) {
            Some(at) => Err(SecretKeyError::Character { at }),
            None => Ok(Self(Zeroizing::new(text.as_bytes().to_vec()))),
        }
    }

    /// The number of characters: 40 for the keys that Duo gives out.
    #[must_use]
    pub fn length(&self) -> usize {
        self.0.len()
    }

    /// The key at the start of a block of `N` zero bytes, as HMAC wants it.
    pub(crate) fn to_block<const N: usize>(&self) -> Zeroizing<[u8; N]> {
        let mut block = Zeroizing::new([0; N]);
        for (to, from) in block.iter_mut().zip(self.0.iter()) {
            *to = *from;
        }
        block
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey([redacted])")
    }
}
