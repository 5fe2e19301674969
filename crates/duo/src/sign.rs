//! Signing requests: what is signed, and how it becomes a header.
//!
//! A signature has three stages, each of which can be looked at by itself: the [`Message`] and its
//! canonical text, the MAC over that, and the `Authorization` header.

pub mod verify;

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderValue;
use sha1::Sha1;
use sha2::{Digest, Sha512};
use zeroize::Zeroizing;

use crate::{IntegrationKey, Params, SecretKey};

/// How a request is signed. Duo calls the numbers signature versions.
///
/// | | what is signed | MAC | body |
/// |---|---|---|---|
/// | [`V2Sha1`](Self::V2Sha1) | date, method, host, path, parameters | HMAC-SHA-1 | form |
/// | [`V2Sha512`](Self::V2Sha512) | the same | HMAC-SHA-512 | form |
/// | [`V4`](Self::V4) | and the SHA-512 of the body | HMAC-SHA-512 | JSON |
/// | [`V5`](Self::V5) | and the SHA-512 of the headers that begin with `X-Duo-` | HMAC-SHA-512 | JSON |
///
/// # Source
///
/// <https://duo.com/docs/authapi#authentication>, <https://duo.com/docs/adminapi#authentication>,
/// and Duo's own clients.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Signature {
    /// Version 2 with SHA-1, for servers that know no other.
    V2Sha1,
    /// Version 2 with SHA-512.
    V2Sha512,
    /// Version 4.
    V4,
    /// Version 5: what to use unless the server is old.
    #[default]
    V5,
}

/// What a signature is about.
///
/// ```
/// use upheld_duo::sign::{Message, Signature, SignedHeaders};
/// use upheld_duo::Params;
///
/// let message = Message {
///     date: "Tue, 21 Aug 2012 17:29:18 -0000",
///     method: "POST",
///     host: "api-XXXXXXXX.duosecurity.com",
///     path: "/accounts/v1/account/list",
///     params: &Params::new().with("username", "root").with("realname", "First Last"),
///     body: b"",
///     headers: &SignedHeaders::default(),
/// };
/// let expected = "Tue, 21 Aug 2012 17:29:18 -0000\nPOST\napi-xxxxxxxx.duosecurity.com\n\
///     /accounts/v1/account/list\nrealname=First%20Last&username=root";
/// assert_eq!(message.canonical(Signature::V2Sha512).expose(), expected);
/// ```
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "the signature versions name these parts")]
pub struct Message<'a> {
    /// The date header, exactly as it is sent.
    pub date: &'a str,
    /// The method, in any case.
    pub method: &'a str,
    /// The host, in any case.
    pub host: &'a str,
    /// The path as it is sent, without the query.
    pub path: &'a str,
    /// The parameters of the query and, in version 2, of the form.
    pub params: &'a Params,
    /// The body as it is sent; not looked at in version 2.
    pub body: &'a [u8],
    /// The headers that version 5 signs; not looked at in the others.
    pub headers: &'a SignedHeaders,
}

/// The text that is signed. It holds the parameters, so it is a secret.
#[derive(Clone)]
pub struct Canonical(Zeroizing<String>);

/// The headers that version 5 signs: those whose names begin with `X-Duo-`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignedHeaders(Vec<(String, String)>);

/// Why some headers cannot be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignedHeadersError {
    /// The NUL separates names from values.
    #[error("header {index} has a NUL, which separates headers under the signature")]
    Nul {
        /// Which one, from 0, among those that are signed.
        index: usize,
    },
    /// Two headers of one name.
    #[error("an X-Duo- header stands twice; names are compared without regard to case")]
    Duplicate,
}

impl Message<'_> {
    /// Writes the text that `signature` is computed over.
    #[must_use]
    pub fn canonical(&self, signature: Signature) -> Canonical {
        let method = self.method.to_ascii_uppercase();
        let host = self.host.to_ascii_lowercase();
        let params = self.params.canonical();
        let mut lines: Vec<&str> = vec![self.date, &method, &host, self.path, &params];
        let body = sha512_hex(self.body);
        let headers = self.headers.hash();
        if matches!(signature, Signature::V4 | Signature::V5) {
            lines.push(&body);
        }
        if signature == Signature::V5 {
            lines.push(&headers);
        }
        Canonical(Zeroizing::new(lines.join("\n")))
    }
}

impl Canonical {
    /// Shows the text.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Canonical {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Canonical([redacted])")
    }
}

impl SignedHeaders {
    /// Picks the headers that are signed from all of a request.
    ///
    /// # Errors
    ///
    /// [`SignedHeadersError`] when two have one name, or one has a NUL.
    pub fn from_headers<'a>(
        headers: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, SignedHeadersError> {
        let mut signed: Vec<(String, String)> = headers
            .into_iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .filter(|(name, _)| name.starts_with("x-duo-"))
            .collect();
        let has_nul =
            |(name, value): &(String, String)| [name, value].iter().any(|text| text.contains('\0'));
        if let Some(index) = signed.iter().position(has_nul) {
            return Err(SignedHeadersError::Nul { index });
        }
        signed.sort_unstable();
        let mut pairs = signed.iter().zip(signed.iter().skip(1));
        if pairs.any(|((one, _), (other, _))| one == other) {
            return Err(SignedHeadersError::Duplicate);
        }
        Ok(Self(signed))
    }

    fn hash(&self) -> String {
        let words: Vec<&str> =
            self.0.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]).collect();
        sha512_hex(words.join("\0").as_bytes())
    }
}

impl Signature {
    /// Computes the MAC of a text, in lower-case hexadecimal.
    #[must_use]
    pub fn sign(self, key: &SecretKey, canonical: &Canonical) -> String {
        HEXLOWER.encode(&self.mac(key, canonical))
    }

    /// Whether a body is JSON under this version; it is a form under the others.
    #[must_use]
    pub const fn has_json_body(self) -> bool {
        matches!(self, Self::V4 | Self::V5)
    }

    fn mac(self, key: &SecretKey, canonical: &Canonical) -> Vec<u8> {
        let text = canonical.expose().as_bytes();
        match self {
            Self::V2Sha1 => {
                let block = key.to_block::<64>();
                Hmac::<Sha1>::new((&*block).into())
                    .chain_update(text)
                    .finalize()
                    .into_bytes()
                    .to_vec()
            }
            Self::V2Sha512 | Self::V4 | Self::V5 => hmac_sha512(key, text).to_vec(),
        }
    }
}

/// HMAC-SHA-512 (RFC 2104).
pub(crate) fn hmac_sha512(key: &SecretKey, text: &[u8]) -> [u8; 64] {
    //= RFC 2104 §2: a key shorter than a block is filled up with zeros
    let block = key.to_block::<128>();
    Hmac::<Sha512>::new((&*block).into()).chain_update(text).finalize().into_bytes().into()
}

/// Writes the `Authorization` header, marked as sensitive.
///
/// Returns `None` for a signature that is no header value, which those of [`Signature::sign`] are.
#[must_use]
pub fn authorization(integration_key: &IntegrationKey, signature: &str) -> Option<HeaderValue> {
    let pair = Zeroizing::new([integration_key.as_str(), signature].join(":"));
    let value = Zeroizing::new(["Basic ", &STANDARD.encode(pair.as_bytes())].concat());
    let mut value = HeaderValue::from_str(&value).ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn sha512_hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha512::digest(bytes))
}
