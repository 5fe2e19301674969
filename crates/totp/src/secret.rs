//! The key shared by prover and verifier: how it is made, held, shown and wiped.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec;
use core::fmt;

use rand_core::TryCryptoRng;
use zeroize::Zeroize;

use crate::{Algorithm, base32};

/// A shared secret: 16 to 256 bytes that only this type's owner can see.
///
/// It lives in one heap allocation, so moving it leaves no copy behind, and is wiped on drop. It
/// prints as `[redacted]` and cannot be copied, compared or serialised by accident:
///
/// ```compile_fail,E0599
/// # let secret = upheld_totp::Secret::from_bytes(&[7; 20]).unwrap();
/// let copy = secret.clone();
/// ```
/// ```compile_fail,E0369
/// # let secret = upheld_totp::Secret::from_bytes(&[7; 20]).unwrap();
/// let same = secret == secret;
/// ```
/// ```compile_fail,E0277
/// # let secret = upheld_totp::Secret::from_bytes(&[7; 20]).unwrap();
/// let leaked = format!("{secret}");
/// ```
/// ```compile_fail,E0277
/// # let secret = upheld_totp::Secret::from_bytes(&[7; 20]).unwrap();
/// let stored = serde_json::to_string(&secret);
/// ```
#[derive(Debug)]
pub struct Secret(Hidden<Box<[u8]>>);

impl Secret {
    //= RFC 4226 §4 R6: at least 128 bits, 160 recommended
    pub(crate) const MIN_BYTES: usize = 16;
    /// No hash uses more than 128 bytes of key as they are; the rest is slack for old tokens.
    const MAX_BYTES: usize = 256;

    /// Copies a secret of 16 to 256 bytes. Wiping `bytes` remains the caller's task.
    ///
    /// # Errors
    ///
    /// [`SecretError::TooShort`] or [`SecretError::TooLong`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SecretError> {
        Self::copy(bytes, Self::MIN_BYTES)
    }

    /// Copies a secret of 1 to 256 bytes, even one that can be guessed.
    ///
    /// For credentials somebody else issued: many sites hand out 80 bits. Issue none yourself.
    ///
    /// # Errors
    ///
    /// [`SecretError::Empty`] or [`SecretError::TooLong`].
    pub fn from_bytes_allowing_weak(bytes: &[u8]) -> Result<Self, SecretError> {
        Self::copy(bytes, 1)
    }

    /// Reads base32 as people type it: upper or lower case, with spaces, dashes and padding or
    /// without, and otherwise exactly the alphabet of RFC 4648 §6.
    ///
    /// ```
    /// use upheld_totp::{Secret, SecretError};
    ///
    /// let typed = Secret::from_base32("jbsw-y3dp ehpk3pxp jbsw y3dp ehpk 3pxp")?;
    /// assert_eq!(typed.to_base32().expose(), "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP");
    ///
    /// let zero_for_o = Secret::from_base32("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PX0");
    /// assert_eq!(zero_for_o.unwrap_err(), SecretError::Alphabet { at: 31 });
    /// # Ok::<(), SecretError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SecretError`]: what is wrong and where, never the text.
    pub fn from_base32(text: &str) -> Result<Self, SecretError> {
        Self::decode(text, Self::MIN_BYTES)
    }

    /// Reads base32 like [`Secret::from_base32`], and accepts secrets of fewer than 128 bits like
    /// [`Secret::from_bytes_allowing_weak`].
    ///
    /// # Errors
    ///
    /// [`SecretError`], but not [`SecretError::TooShort`].
    pub fn from_base32_allowing_weak(text: &str) -> Result<Self, SecretError> {
        Self::decode(text, 1)
    }

    /// Draws a secret as long as `algorithm`'s MAC, which is what RFC 6238 §5.1 asks for.
    ///
    /// # Errors
    ///
    /// Whatever `rng` reports; no secret is made of half-filled bytes.
    pub fn generate<R: TryCryptoRng>(algorithm: Algorithm, rng: &mut R) -> Result<Self, R::Error> {
        let mut bytes = Hidden(vec![0; algorithm.mac_len()].into_boxed_slice());
        rng.try_fill_bytes(&mut bytes.0)?;
        Ok(Self(bytes))
    }

    /// Draws a secret like [`Secret::generate`] from the operating system.
    ///
    /// # Errors
    ///
    /// [`OsRandomError`] when the system has no randomness to give.
    #[cfg(feature = "rand")]
    pub fn generate_from_os(algorithm: Algorithm) -> Result<Self, OsRandomError> {
        Self::generate(algorithm, &mut rand::rngs::SysRng).map_err(|_| OsRandomError)
    }

    /// Shows the bytes, to key another implementation or to encrypt them for storage.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0.0
    }

    /// Writes the secret as upper-case base32 without padding, as authenticator apps take it.
    #[must_use]
    pub fn to_base32(&self) -> SecretText {
        SecretText(Hidden(base32::encode(self.expose())))
    }

    fn copy(bytes: &[u8], min: usize) -> Result<Self, SecretError> {
        Self::check_length(bytes.len(), min)?;
        Ok(Self(Hidden(bytes.into())))
    }

    fn decode(text: &str, min: usize) -> Result<Self, SecretError> {
        let bytes = base32::decode(text)?;
        Self::check_length(bytes.0.len(), min)?;
        Ok(Self(bytes))
    }

    pub(crate) fn check_length(bytes: usize, min: usize) -> Result<(), SecretError> {
        match bytes {
            0 => Err(SecretError::Empty),
            _ if bytes < min => Err(SecretError::TooShort { bits: bytes.saturating_mul(8) }),
            _ if bytes > Self::MAX_BYTES => Err(SecretError::TooLong),
            _ => Ok(()),
        }
    }
}

/// A text that contains a secret. Prints as `[redacted]` and is wiped on drop.
#[derive(Debug)]
pub struct SecretText(pub(crate) Hidden<String>);

impl SecretText {
    /// Shows the text, to put it in front of the person once. Not for logs.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0.0
    }
}

/// Why some bytes or a text are not a [`Secret`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// Nothing at all.
    #[error("an empty secret; it must have at least 128 bits")]
    Empty,
    /// Fewer than 128 bits.
    #[error("{bits} bits of secret; RFC 4226 requires at least 128 and recommends 160")]
    TooShort {
        /// The length in bits.
        bits: usize,
    },
    /// More than 256 bytes, or a base32 text of more than 1,024.
    #[error("a secret longer than 256 bytes; 20 to 64 are usual")]
    TooLong,
    /// A character that is neither base32 nor a space, a dash or padding.
    #[error("byte {at} is not in the base32 alphabet (A-Z, 2-7)")]
    Alphabet {
        /// Offset in the text, in bytes.
        at: usize,
    },
    /// A number of symbols that no whole number of bytes has.
    #[error("{symbols} base32 symbols stand for no whole number of bytes; is one missing?")]
    Length {
        /// Symbols, without separators and padding.
        symbols: usize,
    },
    /// The last symbol carries bits that belong to no byte.
    #[error("the base32 symbol at byte {at} has bits left over; is the text cut off?")]
    SpareBits {
        /// Offset of the last symbol in the text, in bytes.
        at: usize,
    },
    /// Padding in the middle, or of the wrong length.
    #[error("base32 padding must stand at the end and complete a group of eight, or be left out")]
    Padding,
}

/// The operating system could not provide randomness.
#[cfg(feature = "rand")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the operating system provided no randomness; try again, or generate elsewhere")]
#[non_exhaustive]
pub struct OsRandomError;

/// What must not be seen: prints as `[redacted]` and is wiped on drop.
pub(crate) struct Hidden<T: Zeroize>(pub(crate) T);

impl<T: Zeroize> fmt::Debug for Hidden<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl<T: Zeroize> Drop for Hidden<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use core::cell::Cell;

    use super::Hidden;
    use crate::secret::Zeroize;

    #[test]
    fn what_is_hidden_is_wiped_once_on_drop() {
        struct Spy<'a>(&'a Cell<u8>);

        impl Zeroize for Spy<'_> {
            fn zeroize(&mut self) {
                self.0.update(|wiped| wiped.saturating_add(1));
            }
        }

        let wiped = Cell::new(0);
        let hidden = Hidden(Spy(&wiped));
        assert_eq!(wiped.get(), 0);
        drop(hidden);
        assert_eq!(wiped.get(), 1);
    }
}
