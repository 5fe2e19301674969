//! What a new credential comes in: W3C WebAuthn §6.5.4 and §8.

use ciborium::Value;

use super::authenticator_data::read_cbor;
use super::{AuthenticatorData, AuthenticatorDataError, PublicKey};

/// The longest attestation object that is read, in bytes; with a chain of certificates, real ones
/// have a few thousand.
const LONGEST: usize = 64 * 1_024;

/// A new credential, and what is said of where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct AttestationObject {
    pub(super) data: AuthenticatorData,
    /// The bytes of it: they are what is signed.
    bytes: Vec<u8>,
    statement: Statement,
}

/// What is known of a credential's maker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Attestation {
    /// Nothing: the browser took it out, as it was asked to.
    Absent,
    /// Nothing, but the new key has signed.
    SelfSigned,
    /// Something that was not looked at, because nobody asked for it.
    NotExamined,
}

/// Why something is no attestation object, or not a good one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AttestationError {
    /// It is too long.
    #[error("the attestation object has {length} bytes; at most 65536 are read")]
    Long {
        /// How long it is.
        length: usize,
    },
    /// It is not the one map that it must be.
    #[error("the attestation object is not one CBOR map with fmt, attStmt and authData")]
    Malformed,
    /// What is in it is not acceptable.
    #[error(transparent)]
    AuthenticatorData(#[from] AuthenticatorDataError),
    /// The statement is not as its format demands.
    #[error("the attestation statement is not as its format demands")]
    Statement,
    /// The new key's own signature is wrong.
    #[error("the new key did not sign its attestation")]
    Signature,
}

#[derive(Clone, Debug, PartialEq)]
enum Statement {
    None,
    SelfSigned { algorithm: i64, signature: Vec<u8> },
    Other,
}

impl AttestationObject {
    /// Reads all of it.
    ///
    /// # Errors
    ///
    /// [`AttestationError`] with what is wrong with its form.
    ///
    /// # Source
    ///
    /// W3C WebAuthn Level 3 §6.5.4, §8.2 (`packed`) and §8.7 (`none`).
    pub fn parse(mut bytes: &[u8]) -> Result<Self, AttestationError> {
        if bytes.len() > LONGEST {
            return Err(AttestationError::Long { length: bytes.len() });
        }
        let Some(Value::Map(members)) = read_cbor(&mut bytes) else {
            return Err(AttestationError::Malformed);
        };
        if !bytes.is_empty() {
            return Err(AttestationError::Malformed);
        }
        let member = |name| member(&members, name).ok_or(AttestationError::Malformed);
        let format = member("fmt")?.as_text().ok_or(AttestationError::Malformed)?;
        let statement = member("attStmt")?.as_map().ok_or(AttestationError::Malformed)?;
        let bytes = member("authData")?.as_bytes().ok_or(AttestationError::Malformed)?;
        let statement = Statement::read(format, statement).ok_or(AttestationError::Statement)?;
        let data = AuthenticatorData::parse(bytes)?;
        Ok(Self { data, bytes: bytes.clone(), statement })
    }

    /// What the security key says.
    #[must_use]
    pub const fn authenticator_data(&self) -> &AuthenticatorData {
        &self.data
    }

    /// Verifies the statement, given the hash of the client data.
    pub(super) fn verify(
        &self,
        key: &PublicKey,
        hash: [u8; 32],
    ) -> Result<Attestation, AttestationError> {
        match &self.statement {
            Statement::None => Ok(Attestation::Absent),
            //= W3C WebAuthn Level 3 §7.1: a maker whom nobody asked about is not examined
            Statement::Other => Ok(Attestation::NotExamined),
            //= W3C WebAuthn Level 3 §8.2: the new key signs the data and the hash, by its algorithm
            Statement::SelfSigned { algorithm, signature } => {
                let message = [self.bytes.as_slice(), &hash].concat();
                let holds = *algorithm == key.algorithm() && key.has_signed(&message, signature);
                if holds { Ok(Attestation::SelfSigned) } else { Err(AttestationError::Signature) }
            }
        }
    }
}

impl Statement {
    fn read(format: &str, members: &[(Value, Value)]) -> Option<Self> {
        match format {
            //= W3C WebAuthn Level 3 §8.7: the statement is empty
            "none" => members.is_empty().then_some(Self::None),
            "packed" if member(members, "x5c").is_none() => {
                let algorithm = member(members, "alg")?.as_integer()?;
                let signature = member(members, "sig")?.as_bytes()?.clone();
                Some(Self::SelfSigned { algorithm: i64::try_from(algorithm).ok()?, signature })
            }
            _ => Some(Self::Other),
        }
    }
}

/// What stands under a name, if it stands there once.
fn member<'a>(members: &'a [(Value, Value)], name: &str) -> Option<&'a Value> {
    let mut found = members.iter().filter(|(known, _)| known.as_text() == Some(name));
    let (_, value) = found.next()?;
    found.next().is_none().then_some(value)
}
