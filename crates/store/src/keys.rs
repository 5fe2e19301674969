//! Secrets at rest: a ring of keys, and what is sealed under them.
//!
//! Each secret is encrypted by XChaCha20-Poly1305 under the ring's current key and bound to its
//! place: the table, the tenant, the account, the row and the key. Moved anywhere else, by whoever
//! can write to the database, it no longer opens, and says so.
//!
//! ```
//! use upheld_store::keys::{KeyRing, OpenSealedError, Place};
//!
//! let ring = KeyRing::generate(&mut rand::rngs::SysRng)?;
//! let place = Place { table: "credentials", tenant: "northside", account: 42, row: 7 };
//! let sealed = ring.seal(place, b"a secret", &mut rand::rngs::SysRng)?;
//! assert_eq!(*ring.open(place, &sealed)?, b"a secret");
//!
//! let elsewhere = Place { account: 43, ..place };
//! assert_eq!(ring.open(elsewhere, &sealed), Err(OpenSealedError::Tampered));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod file;

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use rand_core::TryCryptoRng;
use sha2::Sha256;
use zeroize::Zeroizing;

pub use self::file::KeyFileError;

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;
/// What stands before the nonce.
const FORMAT: u8 = 1;

/// Names a key of a ring: 1 and up, in the order of their making.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_structs, reason = "every number names a key")]
pub struct KeyId(pub u32);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The keys that secrets are sealed under. Prints their names alone and is wiped on drop.
///
/// New secrets are sealed under the current key. The others are there to open what was sealed
/// before, until it is sealed anew.
pub struct KeyRing {
    /// By rising id.
    keys: Vec<(KeyId, Key)>,
    current: KeyId,
}

type Key = Zeroizing<[u8; KEY_BYTES]>;

/// A ring that a whole program uses, and that a rotation replaces while it is used.
#[derive(Clone, Debug)]
pub struct SharedKeys(Arc<RwLock<Arc<KeyRing>>>);

impl SharedKeys {
    /// Shares `ring`.
    #[must_use]
    pub fn new(ring: KeyRing) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(ring))))
    }

    /// The ring as it is now.
    #[must_use]
    pub fn ring(&self) -> Arc<KeyRing> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts another ring in its place. It should have every key that is in use.
    pub fn replace(&self, ring: KeyRing) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(ring);
    }
}

/// Where a sealed secret lies. It opens nowhere else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the parts of a primary key")]
pub struct Place<'a> {
    /// The table.
    pub table: &'a str,
    /// Whose database it is.
    pub tenant: &'a str,
    /// The account it belongs to.
    pub account: u128,
    /// The row, among those of the account.
    pub row: u128,
}

/// A secret that was sealed, as a database keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "two columns")]
pub struct Sealed {
    /// Under which key.
    pub key: KeyId,
    /// A format byte, the nonce, the ciphertext and the tag.
    pub bytes: Vec<u8>,
}

impl KeyRing {
    /// Draws a ring of one key.
    ///
    /// # Errors
    ///
    /// Whatever `rng` reports.
    pub fn generate<R: TryCryptoRng>(rng: &mut R) -> Result<Self, R::Error> {
        Ok(Self { keys: vec![(KeyId(1), draw(rng)?)], current: KeyId(1) })
    }

    /// A ring with one key more, which is the current one; nothing sealed before is touched.
    ///
    /// # Errors
    ///
    /// Whatever `rng` reports.
    pub fn with_new_key<R: TryCryptoRng>(&self, rng: &mut R) -> Result<Self, R::Error> {
        let newest = self.keys.last().map_or(0, |(id, _)| id.0);
        let id = KeyId(newest.saturating_add(1));
        let mut keys = self.keys.clone();
        keys.push((id, draw(rng)?));
        Ok(Self { keys, current: id })
    }

    /// A ring with the same keys, of which another one is the current one; `None` if it has no such
    /// key. So a new key can be known everywhere before it is used anywhere.
    #[must_use]
    pub fn with_current(&self, id: KeyId) -> Option<Self> {
        self.key(id)?;
        Some(Self { keys: self.keys.clone(), current: id })
    }

    /// A ring without a key that nothing is sealed under any more.
    ///
    /// | argument | meaning |
    /// |---|---|
    /// | `uses` | how many rows are sealed under it, counted in every database that has the ring |
    ///
    /// # Errors
    ///
    /// [`RetireError`] when it is in use, current, or not there.
    pub fn without_key(&self, id: KeyId, uses: u64) -> Result<Self, RetireError> {
        if id == self.current {
            return Err(RetireError::Current { key: id });
        }
        if self.key(id).is_none() {
            return Err(RetireError::Unknown { key: id });
        }
        if uses > 0 {
            return Err(RetireError::InUse { key: id, rows: uses });
        }
        let keys = self.keys.iter().filter(|(known, _)| *known != id).cloned().collect();
        Ok(Self { keys, current: self.current })
    }

    /// The key that new secrets are sealed under.
    #[must_use]
    pub const fn current(&self) -> KeyId {
        self.current
    }

    /// All keys, by rising id.
    pub fn ids(&self) -> impl Iterator<Item = KeyId> {
        self.keys.iter().map(|(id, _)| *id)
    }

    /// Seals `secret` under the current key, for `place`.
    ///
    /// # Errors
    ///
    /// Whatever `rng` reports: the nonce is drawn from it.
    pub fn seal<R: TryCryptoRng>(
        &self,
        place: Place<'_>,
        secret: &[u8],
        rng: &mut R,
    ) -> Result<Sealed, SealError<R::Error>> {
        let mut nonce = [0; NONCE_BYTES];
        rng.try_fill_bytes(&mut nonce).map_err(SealError::Randomness)?;
        let key = self.current;
        let cipher = self.cipher(key).ok_or(SealError::TooLong)?;
        let payload = Payload { msg: secret, aad: &binding(place, key) };
        let ciphertext = cipher.encrypt(&XNonce::from(nonce), payload);
        let ciphertext = ciphertext.map_err(|_| SealError::TooLong)?;
        let mut bytes = vec![FORMAT];
        bytes.extend(nonce);
        bytes.extend(ciphertext);
        Ok(Sealed { key, bytes })
    }

    /// Derives from a key of the ring one for something else than sealing, by its name; `None` if
    /// the ring has no such key.
    ///
    /// What is made with it cannot be told from random, by whoever has not the ring, and shows
    /// nothing of other purposes' keys. It is gone when the key is retired.
    ///
    /// ```
    /// use upheld_store::keys::KeyRing;
    ///
    /// let ring = KeyRing::generate(&mut rand::rngs::SysRng)?;
    /// let cookies = ring.derive(ring.current(), "consent cookie").ok_or("no key")?;
    /// assert!(ring.derive(ring.current(), "something else") != Some(cookies));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn derive(&self, id: KeyId, purpose: &str) -> Option<Zeroizing<[u8; KEY_BYTES]>> {
        expand(self.key(id)?.as_slice(), purpose.as_bytes())
    }

    /// Opens what was sealed for `place`.
    ///
    /// # Errors
    ///
    /// [`OpenSealedError`]. [`OpenSealedError::Tampered`] is an alarm: somebody changed or moved
    /// the row, or the ring is another one.
    pub fn open(
        &self,
        place: Place<'_>,
        sealed: &Sealed,
    ) -> Result<Zeroizing<Vec<u8>>, OpenSealedError> {
        let cipher = self.cipher(sealed.key);
        let cipher = cipher.ok_or(OpenSealedError::UnknownKey { key: sealed.key })?;
        let Some((FORMAT, rest)) = sealed.bytes.split_first().map(|(first, rest)| (*first, rest))
        else {
            return Err(OpenSealedError::Format);
        };
        let Some((nonce, ciphertext)) = rest.split_first_chunk::<NONCE_BYTES>() else {
            return Err(OpenSealedError::Format);
        };
        if ciphertext.len() < TAG_BYTES {
            return Err(OpenSealedError::Format);
        }
        let payload = Payload { msg: ciphertext, aad: &binding(place, sealed.key) };
        let opened = cipher.decrypt(&XNonce::from(*nonce), payload);
        opened.map(Zeroizing::new).map_err(|_| OpenSealedError::Tampered)
    }

    fn key(&self, id: KeyId) -> Option<&Key> {
        self.keys.iter().find(|(known, _)| *known == id).map(|(_, key)| key)
    }

    fn cipher(&self, id: KeyId) -> Option<XChaCha20Poly1305> {
        self.key(id).map(|key| XChaCha20Poly1305::new((&**key).into()))
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRing")
            .field("keys", &self.ids().collect::<Vec<_>>())
            .field("current", &self.current)
            .finish_non_exhaustive()
    }
}

/// Why a secret was not sealed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealError<R> {
    /// No nonce could be drawn.
    #[error("no randomness for a nonce; nothing was sealed")]
    Randomness(R),
    /// More than the cipher takes: 256 gigabytes.
    #[error("too long to be sealed")]
    TooLong,
}

/// Why a sealed secret does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenSealedError {
    /// The ring has no such key. Was one retired too early, or is this another ring?
    #[error("sealed under key {key}, which the key ring does not have")]
    UnknownKey {
        /// Which one is missing.
        key: KeyId,
    },
    /// Cut off, or written by a newer version.
    #[error("not a sealed secret of a known format")]
    Format,
    /// Not what was sealed, or not where it was sealed for.
    #[error("changed since it was sealed, moved from another row, or of another key ring")]
    Tampered,
}

/// Why a key stays in the ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RetireError {
    /// New secrets are sealed under it.
    #[error("key {key} is the current one; make a new one first")]
    Current {
        /// Which one.
        key: KeyId,
    },
    /// Secrets are sealed under it, and would be lost.
    #[error("{rows} rows are sealed under key {key}; seal them under the current one first")]
    InUse {
        /// Which one.
        key: KeyId,
        /// How many rows.
        rows: u64,
    },
    /// The ring has no such key.
    #[error("the key ring has no key {key}")]
    Unknown {
        /// Which one.
        key: KeyId,
    },
}

//= RFC 5869 §2.3: T(1) = HMAC-Hash(PRK, info | 0x01), which is all of the output that is needed
fn expand(key: &[u8], info: &[u8]) -> Option<Key> {
    // A key of any length is one for HMAC.
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(info);
    mac.update(&[1]);
    Some(Zeroizing::new(mac.finalize().into_bytes().into()))
}

fn draw<R: TryCryptoRng>(rng: &mut R) -> Result<Key, R::Error> {
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    rng.try_fill_bytes(key.as_mut_slice())?;
    Ok(key)
}

/// The parts of a place and the key, so that no two write alike: texts have their length before
/// them, the others have one each.
fn binding(place: Place<'_>, key: KeyId) -> Vec<u8> {
    let Place { table, tenant, account, row } = place;
    let mut bytes = b"upheld sealed".to_vec();
    bytes.push(FORMAT);
    for text in [table, tenant] {
        bytes.extend(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
        bytes.extend(text.as_bytes());
    }
    bytes.extend(account.to_be_bytes());
    bytes.extend(row.to_be_bytes());
    bytes.extend(key.0.to_be_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;

    use super::expand;

    //= RFC 5869 §2.3: T(1) = HMAC-Hash(PRK, info | 0x01), which is all of the output that is needed
    #[test]
    fn keys_are_derived_as_in_test_case_1_of_the_rfc() {
        let prk = "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5";
        let prk = HEXLOWER.decode(prk.as_bytes()).unwrap();
        let info: Vec<u8> = (0xf0..=0xf9).collect();
        // The first 32 bytes of OKM.
        let okm = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf";
        assert_eq!(HEXLOWER.encode(expand(&prk, &info).unwrap().as_slice()), okm);
    }
}
