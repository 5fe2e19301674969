//! JSON Web Tokens of one kind: HS512, under the client secret.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::sign::hmac_sha512;
use crate::{SecretKey, SecretText};

/// The longest token that is read, in bytes. Duo's have some two thousand.
pub const MAX_BYTES: usize = 64 * 1024;

/// The header of every token that is written.
const HEADER: &[u8] = br#"{"alg":"HS512","typ":"JWT"}"#;

/// Why a token is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// Not three parts of base64url with JSON in them.
    #[error("not a JSON Web Token of at most {MAX_BYTES} bytes")]
    Format,
    /// Another algorithm, or none.
    #[error("the token is not under HS512, which alone is accepted")]
    Algorithm,
    /// Under another key, or changed.
    #[error("the signature of the token is not that of the client secret")]
    Signature,
    /// Claims that are missing or of another type.
    #[error("a claim of the token is missing or of another type, at line {line}, column {column}")]
    Claims {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// From somebody else.
    #[error("the token is not from the token endpoint of the API host")]
    Issuer,
    /// For another application.
    #[error("the token is for another client ID")]
    Audience,
    /// Too old.
    #[error("the token has expired; is the clock right?")]
    Expired,
    /// From the future.
    #[error("the token was issued in the future; is the clock right?")]
    IssuedInFuture,
    /// About somebody else.
    #[error("the token is about another user than the one who was sent to Duo")]
    Username,
    /// Of another login.
    #[error("the token has no nonce, or that of another login")]
    Nonce,
    /// It does not say when the person showed something, and was asked to.
    #[error("the token does not say when the person authenticated, which was asked for")]
    NoTime,
    /// The person showed something, but longer ago than was asked for, or in the future.
    #[error("the person authenticated at another time than was asked for; let them do so again")]
    Time,
    /// It does not say whether the person may go in.
    #[error("the token does not say whether the person may go in, which counts as no")]
    NoResult,
}

/// Writes and signs a token.
#[must_use]
pub fn encode(payload: &[u8], key: &SecretKey) -> SecretText {
    let payload = Zeroizing::new(URL_SAFE_NO_PAD.encode(payload));
    let signed = Zeroizing::new([&URL_SAFE_NO_PAD.encode(HEADER), payload.as_str()].join("."));
    let mac = hmac_sha512(key, signed.as_bytes());
    SecretText::new([signed.as_str(), &URL_SAFE_NO_PAD.encode(mac)].join("."))
}

/// Verifies a token and reads its claims. What they say is not looked at.
///
/// # Errors
///
/// [`TokenError`]: the algorithm is checked first, then the signature, then the shape.
pub fn decode<T: DeserializeOwned>(token: &str, key: &SecretKey) -> Result<T, TokenError> {
    if token.len() > MAX_BYTES {
        return Err(TokenError::Format);
    }
    let (signed, mac) = token.rsplit_once('.').ok_or(TokenError::Format)?;
    let (header, payload) = signed.split_once('.').ok_or(TokenError::Format)?;
    let read = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenError::Format);
    check_header(&read(header)?)?;
    if !bool::from(hmac_sha512(key, signed.as_bytes()).ct_eq(&read(mac)?)) {
        return Err(TokenError::Signature);
    }
    let payload = Zeroizing::new(read(payload)?);
    serde_json::from_slice(&payload)
        .map_err(|error| TokenError::Claims { line: error.line(), column: error.column() })
}

//= RFC 8725 §3.1: the algorithm is one, and not the token's to choose
fn check_header(header: &[u8]) -> Result<(), TokenError> {
    #[derive(Deserialize)]
    struct Header {
        alg: Box<str>,
        #[serde(default)]
        crit: Option<IgnoredAny>,
    }
    let header: Header = serde_json::from_slice(header).map_err(|_| TokenError::Format)?;
    //= RFC 7515 §4.1.11: a token with a critical extension that is not understood is refused
    if &*header.alg == "HS512" && header.crit.is_none() {
        Ok(())
    } else {
        Err(TokenError::Algorithm)
    }
}
