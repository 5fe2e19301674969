//! What the security key says: W3C WebAuthn §6.1.

use ciborium::Value;
use ciborium::de::from_reader_with_recursion_limit;
use sha2::{Digest, Sha256};

use super::{PublicKey, PublicKeyError};

/// The hash of the identifier, the flags and the counter.
const HEAD: usize = 37;
/// The model and the length of the credential's identifier.
const AAGUID: usize = 16;
//= W3C WebAuthn Level 3 §7.1: a longer identifier of a credential is refused
const LONGEST_ID: usize = 1_023;
/// Nothing that is read here is nested more deeply.
const DEPTH: usize = 8;

const USER_PRESENT: u8 = 1;
const BACKUP_ELIGIBLE: u8 = 1 << 3;
const BACKED_UP: u8 = 1 << 4;
const HAS_CREDENTIAL: u8 = 1 << 6;
const HAS_EXTENSIONS: u8 = 1 << 7;

/// What the security key says of itself and of what happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthenticatorData {
    relying_party: [u8; 32],
    flags: u8,
    counter: u32,
    credential: Option<AttestedCredential>,
}

/// A credential that was made now.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AttestedCredential {
    /// Which model of key it is, if that is told.
    pub aaguid: [u8; AAGUID],
    /// The name by which a page asks for it.
    pub id: Vec<u8>,
    /// Its public key.
    pub key: PublicKey,
}

/// Why what a security key says is not acceptable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthenticatorDataError {
    /// It ends before its end.
    #[error("the authenticator data end after {length} bytes, before their end")]
    Short {
        /// How long it is.
        length: usize,
    },
    /// The credential's identifier is too long.
    #[error("the credential's identifier has {length} bytes; at most 1023 are allowed")]
    LongIdentifier {
        /// How long it is.
        length: usize,
    },
    /// The public key cannot be used.
    #[error(transparent)]
    PublicKey(#[from] PublicKeyError),
    /// The extensions are not one CBOR map.
    #[error("the extensions are not one CBOR map")]
    Extensions,
    /// Something follows.
    #[error("{bytes} bytes follow the authenticator data")]
    Trailing {
        /// How much.
        bytes: usize,
    },
    /// It is of another website.
    #[error("the authenticator data are of another relying party")]
    RelyingParty,
    /// Nobody touched the key.
    #[error("nobody was present")]
    UserAbsent,
    /// It says that a credential is backed up which cannot be.
    #[error("the credential is backed up and cannot be")]
    BackupState,
}

impl AuthenticatorData {
    /// Reads all of it.
    ///
    /// # Errors
    ///
    /// [`AuthenticatorDataError`] with what is wrong with its form.
    ///
    /// # Source
    ///
    /// W3C WebAuthn Level 3 §6.1 and §6.5.1.
    pub fn parse(bytes: &[u8]) -> Result<Self, AuthenticatorDataError> {
        let short = || AuthenticatorDataError::Short { length: bytes.len() };
        let (head, mut rest) = bytes.split_at_checked(HEAD).ok_or_else(short)?;
        let (relying_party, head) = head.split_first_chunk().ok_or_else(short)?;
        let (&flags, counter) = head.split_first().ok_or_else(short)?;
        let counter = u32::from_be_bytes(counter.try_into().map_err(|_| short())?);
        let mut credential = None;
        if flags & HAS_CREDENTIAL != 0 {
            let (&aaguid, after) = rest.split_first_chunk().ok_or_else(short)?;
            let (&length, after) = after.split_first_chunk().ok_or_else(short)?;
            let length = usize::from(u16::from_be_bytes(length));
            if length > LONGEST_ID {
                return Err(AuthenticatorDataError::LongIdentifier { length });
            }
            let (id, after) = after.split_at_checked(length).ok_or_else(short)?;
            rest = after;
            let key = PublicKey::read(&mut rest)?;
            credential = Some(AttestedCredential { aaguid, id: id.to_vec(), key });
        }
        if flags & HAS_EXTENSIONS != 0 {
            match read_cbor(&mut rest) {
                Some(Value::Map(_)) => {}
                _ => return Err(AuthenticatorDataError::Extensions),
            }
        }
        match rest.len() {
            0 => Ok(Self { relying_party: *relying_party, flags, counter, credential }),
            bytes => Err(AuthenticatorDataError::Trailing { bytes }),
        }
    }

    /// The credential that was made, if one was.
    #[must_use]
    pub const fn credential(&self) -> Option<&AttestedCredential> {
        self.credential.as_ref()
    }

    pub(super) fn into_credential(self) -> Option<AttestedCredential> {
        self.credential
    }

    pub(super) const fn counter(&self) -> u32 {
        self.counter
    }

    pub(super) const fn is_backup_eligible(&self) -> bool {
        self.flags & BACKUP_ELIGIBLE != 0
    }

    /// Checks what holds in both ceremonies.
    pub(super) fn check(&self, relying_party: &str) -> Result<(), AuthenticatorDataError> {
        //= W3C WebAuthn Level 3 §7.1, §7.2: the key was asked for this website
        if self.relying_party != *Sha256::digest(relying_party) {
            return Err(AuthenticatorDataError::RelyingParty);
        }
        //= W3C WebAuthn Level 3 §7.1, §7.2: somebody touched the key
        if self.flags & USER_PRESENT == 0 {
            return Err(AuthenticatorDataError::UserAbsent);
        }
        //= W3C WebAuthn Level 3 §7.1, §7.2: only what can be backed up is
        if self.flags & BACKED_UP != 0 && !self.is_backup_eligible() {
            return Err(AuthenticatorDataError::BackupState);
        }
        Ok(())
    }
}

/// Reads one item, and leaves what follows.
pub(super) fn read_cbor(bytes: &mut &[u8]) -> Option<Value> {
    from_reader_with_recursion_limit(bytes, DEPTH).ok()
}
