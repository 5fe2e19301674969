//! Public keys of security keys: COSE, RFC 9052 §7 and RFC 9053 §2 and §7.

use ciborium::Value;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};

use super::authenticator_data::read_cbor;

/// A public key, of a kind that signatures can be verified with here.
///
/// A point that is not on the curve is found when a signature is verified: none holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(Kind);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    /// ECDSA on P-256 with SHA-256; the point without compression.
    Es256([u8; 65]),
    /// Ed25519.
    EdDsa([u8; 32]),
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256 { modulus: Vec<u8>, exponent: Vec<u8> },
}

/// Bytes that are no public key of use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PublicKeyError {
    /// They are no COSE key.
    #[error("the public key is not a COSE key with the parameters of its kind")]
    Malformed,
    /// They are one of another algorithm.
    #[error("the public key is of the COSE algorithm {0}; those asked for are -7, -8 and -257")]
    Algorithm(i64),
}

impl PublicKey {
    /// The algorithms that a page may ask for, by their numbers in COSE, best first.
    pub const ALGORITHMS: [i64; 3] = [ES256, EDDSA, RS256];

    /// Reads a COSE key from the beginning of `bytes`, and leaves what follows it.
    ///
    /// # Errors
    ///
    /// [`PublicKeyError`].
    pub fn read(bytes: &mut &[u8]) -> Result<Self, PublicKeyError> {
        let Some(Value::Map(members)) = read_cbor(bytes) else {
            return Err(PublicKeyError::Malformed);
        };
        let key = Cose(members);
        let algorithm = key.integer(ALGORITHM).ok_or(PublicKeyError::Malformed)?;
        let kind = match algorithm {
            ES256 => key.es256(),
            EDDSA => key.ed_dsa(),
            RS256 => key.rs256(),
            other => return Err(PublicKeyError::Algorithm(other)),
        };
        kind.map(Self).ok_or(PublicKeyError::Malformed)
    }

    /// The number of its algorithm in COSE.
    #[must_use]
    pub const fn algorithm(&self) -> i64 {
        match self.0 {
            Kind::Es256(_) => ES256,
            Kind::EdDsa(_) => EDDSA,
            Kind::Rs256 { .. } => RS256,
        }
    }

    /// Whether `signature` is one over `message` by this key.
    pub(super) fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let verified = match &self.0 {
            Kind::Es256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(message, signature)
            }
            Kind::EdDsa(key) => UnparsedPublicKey::new(&ED25519, key).verify(message, signature),
            Kind::Rs256 { modulus, exponent } => RsaPublicKeyComponents { n: modulus, e: exponent }
                .verify(&RSA_PKCS1_2048_8192_SHA256, message, signature),
        };
        verified.is_ok()
    }
}

const ES256: i64 = -7;
const EDDSA: i64 = -8;
const RS256: i64 = -257;

/// Labels of COSE: RFC 9052 §7.1; the negative ones are of a kind, RFC 9053 §7 and RFC 8230 §4.
const KEY_TYPE: i64 = 1;
const ALGORITHM: i64 = 3;
const CURVE_OR_MODULUS: i64 = -1;
const X_OR_EXPONENT: i64 = -2;
const Y: i64 = -3;

/// The members of a COSE key.
struct Cose(Vec<(Value, Value)>);

impl Cose {
    //= RFC 9053 §2.1, §7.1: a point of P-256, by both its coordinates
    fn es256(&self) -> Option<Kind> {
        let fits = self.integer(KEY_TYPE)? == 2 && self.integer(CURVE_OR_MODULUS)? == 1;
        let mut point = [4; 65];
        let (x, y) = point.get_mut(1..)?.split_at_mut_checked(32)?;
        x.copy_from_slice(self.bytes(X_OR_EXPONENT)?.try_into().ok().map(|x: &[u8; 32]| x)?);
        y.copy_from_slice(self.bytes(Y)?.try_into().ok().map(|y: &[u8; 32]| y)?);
        fits.then_some(Kind::Es256(point))
    }

    //= RFC 9053 §2.2, §7.2: Ed25519
    fn ed_dsa(&self) -> Option<Kind> {
        let fits = self.integer(KEY_TYPE)? == 1 && self.integer(CURVE_OR_MODULUS)? == 6;
        let key = self.bytes(X_OR_EXPONENT)?.try_into().ok()?;
        fits.then_some(Kind::EdDsa(key))
    }

    //= RFC 8230 §4: modulus and exponent
    fn rs256(&self) -> Option<Kind> {
        let fits = self.integer(KEY_TYPE)? == 3;
        let modulus = self.bytes(CURVE_OR_MODULUS)?.to_vec();
        let exponent = self.bytes(X_OR_EXPONENT)?.to_vec();
        fits.then_some(Kind::Rs256 { modulus, exponent })
    }

    /// What stands under a label, if it stands there once.
    fn member(&self, label: i64) -> Option<&Value> {
        let mut found = self.0.iter().filter(|(name, _)| *name == Value::from(label));
        let (_, value) = found.next()?;
        found.next().is_none().then_some(value)
    }

    fn integer(&self, label: i64) -> Option<i64> {
        i64::try_from(self.member(label)?.as_integer()?).ok()
    }

    fn bytes(&self, label: i64) -> Option<&[u8]> {
        self.member(label)?.as_bytes().map(Vec::as_slice)
    }
}
