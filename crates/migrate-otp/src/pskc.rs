//! Portable Symmetric Key Containers: RFC 6030, read and written.
//!
//! Keys of the algorithms `urn:ietf:params:xml:ns:keyprov:pskc:hotp` and `…:totp`, with values in
//! the clear or encrypted with a pre-shared AES key (RFC 6030 §6.1). Containers encrypted with a
//! passphrase or a certificate, other algorithms (PIN, OCRA, vendors' own) and keys that only
//! refer to a key elsewhere are faults. Signatures are not checked, usage policies not carried
//! over: both are reported as repairs.
//!
//! # Source
//!
//! RFC 6030; for TOTP, which it has no profile of, draft-hoyer-keyprov-pskc-algorithm-profiles-01
//! §4 and what token vendors write.

use core::fmt;

use rand_core::TryCryptoRng;
use zeroize::{Zeroize, Zeroizing};

use crate::export::{ExportError, checked};
use crate::import::{all, text};
use crate::{Entry, ImportError, SecretDocument};

mod cipher;
mod fault;
mod key;
mod place;
mod read;
mod record;
mod write;

pub use fault::{ContainerFault, KeyFault, XmlFault, XmlFaultKind};

/// An AES-128 key that the sender and the recipient of a container share.
///
/// Prints as `[redacted]` and is wiped on drop.
pub struct PreSharedKey(Zeroizing<[u8; 16]>);

impl PreSharedKey {
    /// Takes the key. Wiping other copies of `bytes` remains the caller's task.
    #[must_use]
    pub fn from_bytes(mut bytes: [u8; 16]) -> Self {
        let key = Self(Zeroizing::new(bytes));
        bytes.zeroize();
        key
    }

    /// Reads 32 hexadecimal digits in either case, with or without spaces.
    ///
    /// # Errors
    ///
    /// [`PreSharedKeyError`], which carries nothing of the text.
    pub fn from_hex(text: &str) -> Result<Self, PreSharedKeyError> {
        let mut key = Self(Zeroizing::new([0; 16]));
        let mut digits = text.chars().filter(|character| *character != ' ');
        for byte in key.0.iter_mut() {
            for _ in 0..2 {
                let digit = digits.next().and_then(|digit| digit.to_digit(16));
                let digit = digit.and_then(|digit| u8::try_from(digit).ok());
                *byte = *byte << 4 | digit.ok_or(PreSharedKeyError)?;
            }
        }
        if digits.next().is_some() {
            return Err(PreSharedKeyError);
        }
        Ok(key)
    }
}

impl fmt::Debug for PreSharedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PreSharedKey([redacted])")
    }
}

/// A text that is not 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a pre-shared key is 16 bytes: 32 hexadecimal digits")]
#[non_exhaustive]
pub struct PreSharedKeyError;

/// Reads the keys of a container whose values are in the clear.
///
/// # Errors
///
/// [`ImportError`]; [`ContainerFault::KeyNeeded`] for an encrypted container.
pub fn import(bytes: &[u8]) -> Result<Vec<Entry>, ImportError> {
    let container = read::read(text(bytes)?)?;
    if container.is_encrypted() {
        return Err(container.key_needed().into());
    }
    let signed = container.signed;
    all(container.keys, |record| key::entry(&record, None, signed))
}

/// Reads the keys of a container whose values are encrypted with `key`.
///
/// Every value's MAC is checked before it is decrypted. A secret in the clear is a fault: the
/// container is not what the caller takes it for.
///
/// # Errors
///
/// [`ImportError`]; [`KeyFault::Mac`] when the key is wrong or the file was altered.
pub fn import_encrypted(bytes: &[u8], key: &PreSharedKey) -> Result<Vec<Entry>, ImportError> {
    let container = read::read(text(bytes)?)?;
    let keys = container.keys(key)?;
    let signed = container.signed;
    all(container.keys, |record| key::entry(&record, Some(&keys), signed))
}

/// Writes a container with values in the clear.
///
/// The issuer's name becomes the `Issuer`, the account's the `FriendlyName`. Encrypt the file, or
/// use [`export_encrypted`].
///
/// # Errors
///
/// [`ExportError::Unsupported`] for Steam Guard, a period of 2³¹ seconds or more, a counter of 2⁶³
/// or more, and names with characters that XML does not have.
pub fn export(entries: &[Entry]) -> Result<SecretDocument, ExportError> {
    checked(entries)?;
    write::container(entries, |_| Ok(None), None)
}

/// Writes a container whose secrets are encrypted with `key` and authenticated (RFC 6030 §6.1).
///
/// | argument | meaning |
/// |---|---|
/// | `key_name` | the name by which the recipient knows the key; stands in the file |
/// | `rng` | draws the MAC key and an initialisation vector for every secret |
///
/// Names, counters and parameters are neither encrypted nor authenticated.
///
/// ```
/// use upheld_migrate_otp::{Entry, pskc};
/// use upheld_totp::KeyUri;
///
/// let uri = "otpauth://totp/alice?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
/// let entries = [Entry::from(KeyUri::parse(uri)?.uri)];
/// let key = pskc::PreSharedKey::from_hex("00112233445566778899aabbccddeeff")?;
///
/// let file = pskc::export_encrypted(&entries, &key, "ward 7", &mut rand::rngs::SysRng)?;
/// let read = pskc::import_encrypted(file.expose().as_bytes(), &key)?;
/// assert_eq!(read[0].credential.label().account(), "alice");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// As [`export`], and [`ExportError::Random`].
pub fn export_encrypted<R: TryCryptoRng>(
    entries: &[Entry],
    key: &PreSharedKey,
    key_name: &str,
    rng: &mut R,
) -> Result<SecretDocument, ExportError> {
    checked(entries)?;
    let keys = cipher::Keys::generate(key, rng)?;
    let head = write::Head { key_name, mac_key: keys.encrypted_mac_key(rng)? };
    write::container(entries, |secret| keys.encrypt(secret, rng).map(Some), Some(&head))
}
