//! Verifying signatures: the server's side, for simulators and gateways.
//!
//! What Duo's own clients send is accepted in all its spellings: the host with and without its
//! port, the date in `X-Duo-Date` or `Date` and in any zone, a form with `+` for a space.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use data_encoding::HEXLOWER;
use http::header::{AUTHORIZATION, CONTENT_TYPE, DATE, HOST};
use http::{Method, Request};
use serde_json::Value;
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

use super::{Message, Signature, SignedHeaders};
use crate::{IntegrationKey, Params, SecretKey, UnixSeconds};

/// How far the date of a request may be from the server's clock, in seconds.
pub const DATE_TOLERANCE: u64 = 300;

/// What the `Authorization` header of a request claims.
#[derive(Debug)]
pub struct Claim {
    integration_key: IntegrationKey,
    mac: Zeroizing<Vec<u8>>,
}

/// A request whose signature is right.
#[derive(Debug)]
#[non_exhaustive]
pub struct Verified {
    /// Who sent it.
    pub integration_key: IntegrationKey,
    /// How it is signed.
    pub signature: Signature,
    /// Its parameters: of the query, then of the body.
    pub params: Params,
}

/// Why a request is not believed. Duo answers each with a code of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// No `Authorization: Basic` with a key and a MAC.
    #[error("no credentials: `Authorization: Basic` with an integration key and a signature")]
    Credentials,
    /// No date.
    #[error("no date in `X-Duo-Date` or `Date`")]
    NoDate,
    /// A date that is none, or too far from now.
    #[error("the date is not one of RFC 2822 within {DATE_TOLERANCE} seconds of now")]
    Date,
    /// A query or body that cannot be read.
    #[error("the parameters are neither a form nor a JSON object")]
    Params,
    /// A MAC that no version makes of this request under this key.
    #[error("the signature is not that of this request under this key")]
    Signature,
}

impl VerifyError {
    /// The code that Duo answers with; its first three digits are the status.
    #[must_use]
    pub const fn code(self) -> u32 {
        match self {
            Self::Credentials => 40101,
            Self::Signature => 40103,
            Self::NoDate => 40104,
            Self::Date => 40105,
            Self::Params => 40002,
        }
    }
}

impl Claim {
    /// Reads the claim of a request.
    ///
    /// # Errors
    ///
    /// [`VerifyError::Credentials`] when there is none.
    pub fn of<B>(request: &Request<B>) -> Result<Self, VerifyError> {
        let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        header.and_then(Self::parse).ok_or(VerifyError::Credentials)
    }

    fn parse(header: &str) -> Option<Self> {
        let (scheme, encoded) = header.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") || encoded.len() > 512 {
            return None;
        }
        let decoded = Zeroizing::new(STANDARD.decode(encoded.trim()).ok()?);
        let (key, mac) = str::from_utf8(&decoded).ok()?.split_once(':')?;
        let mac = Zeroizing::new(HEXLOWER.decode(mac.as_bytes()).ok()?);
        Some(Self { integration_key: IntegrationKey::parse(key).ok()?, mac })
    }

    /// Whose signature it is meant to be: look the secret key up by this.
    #[must_use]
    pub const fn integration_key(&self) -> &IntegrationKey {
        &self.integration_key
    }

    /// Checks the date, then the signature, of the request that the claim is from.
    ///
    /// # Errors
    ///
    /// [`VerifyError`]: the first thing that is wrong.
    pub fn verify<B: AsRef<[u8]>>(
        self,
        request: &Request<B>,
        key: &SecretKey,
        now: UnixSeconds,
    ) -> Result<Verified, VerifyError> {
        let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
        let date = header("x-duo-date").or_else(|| header(DATE.as_str()));
        let date = date.ok_or(VerifyError::NoDate)?;
        let moment = UnixSeconds::parse_date(date).map_err(|_| VerifyError::Date)?;
        if moment.distance(now) > DATE_TOLERANCE {
            return Err(VerifyError::Date);
        }
        let query = Params::parse_form(request.uri().query().unwrap_or_default())
            .map_err(|_| VerifyError::Params)?;
        let body = read_body(request)?;
        let headers = request.headers().iter();
        let headers =
            headers.filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
        let headers = SignedHeaders::from_headers(headers).map_err(|_| VerifyError::Credentials)?;
        let mut params = query.clone();
        params.append(body);
        let mut matching = None;
        for host in hosts(request) {
            for signature in self.candidates() {
                let of_query = signature.has_json_body();
                let message = Message {
                    date,
                    method: request.method().as_str(),
                    host: &host,
                    path: request.uri().path(),
                    params: if of_query { &query } else { &params },
                    body: request.body().as_ref(),
                    headers: &headers,
                };
                if self.is_mac(*signature, key, &message).into() {
                    matching = Some(*signature);
                }
            }
        }
        let signature = matching.ok_or(VerifyError::Signature)?;
        Ok(Verified { integration_key: self.integration_key, signature, params })
    }

    /// The versions whose MAC has the length of this one; the newest last, so that it is found.
    fn candidates(&self) -> &'static [Signature] {
        const SHORT: &[Signature] = &[Signature::V2Sha1];
        const LONG: &[Signature] = &[Signature::V2Sha512, Signature::V4, Signature::V5];
        if self.mac.len() == 20 { SHORT } else { LONG }
    }

    fn is_mac(&self, signature: Signature, key: &SecretKey, message: &Message<'_>) -> Choice {
        signature.mac(key, &message.canonical(signature)).ct_eq(&self.mac)
    }
}

/// The host as it may have been signed: as it came, and without its port.
fn hosts<B>(request: &Request<B>) -> Vec<String> {
    let header = request.headers().get(HOST).and_then(|value| value.to_str().ok());
    let authority = request.uri().authority().map(http::uri::Authority::as_str);
    let full = header.or(authority).unwrap_or_default();
    let mut hosts = vec![full.to_owned()];
    hosts.extend(full.rsplit_once(':').map(|(name, _)| name.to_owned()));
    hosts
}

fn read_body<B: AsRef<[u8]>>(request: &Request<B>) -> Result<Params, VerifyError> {
    let body = request.body().as_ref();
    if body.is_empty() || matches!(*request.method(), Method::GET | Method::DELETE) {
        return Ok(Params::new());
    }
    let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case("application/json") {
        let object = serde_json::from_slice(body).map_err(|_| VerifyError::Params)?;
        return flatten(object).ok_or(VerifyError::Params);
    }
    let text = str::from_utf8(body).map_err(|_| VerifyError::Params)?;
    Params::parse_form(text).map_err(|_| VerifyError::Params)
}

/// Reads a JSON object as parameters: texts as they are, arrays as several, all else as its JSON.
fn flatten(object: Value) -> Option<Params> {
    let Value::Object(members) = object else { return None };
    let mut params = Params::new();
    for (name, value) in members {
        match value {
            Value::Null => {}
            Value::Array(values) => {
                for value in values {
                    params.push(&name, &flat(value));
                }
            }
            value => params.push(&name, &flat(value)),
        }
    }
    Some(params)
}

fn flat(value: Value) -> Zeroizing<String> {
    Zeroizing::new(match value {
        Value::String(text) => text,
        other => other.to_string(),
    })
}
