//! A request, signed by an agent: §2.01.

use core::fmt;
use std::collections::BTreeMap;

use data_encoding::BASE64;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Moment;
use crate::opendsr::SignatureVerdict;
use crate::request::Ask;
use crate::word::words;

/// The longest message that is read, in bytes of base64.
pub const MAX_MESSAGE: usize = 1 << 18;
const SIGNATURE: usize = 64;
const VERSION: &str = "1.0";

/// Checks the signatures of agents; yours.
pub trait Verifier {
    /// Whether `signature` is the Ed25519 signature of `agent` over `message`.
    fn verify(&self, agent: &str, message: &[u8], signature: &[u8; 64]) -> SignatureVerdict;
}

/// A right of the CCPA that is exercised: §3.01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Right {
    /// That the data not be sold.
    SaleOptOut,
    /// That it may be again.
    SaleOptIn,
    /// Deletion.
    Deletion,
    /// A copy.
    Access,
    /// The categories alone.
    AccessCategories,
    /// The pieces themselves.
    AccessSpecific,
}

words!(Right:
    SaleOptOut = "sale:opt-out",
    SaleOptIn = "sale:opt-in",
    Deletion = "deletion",
    Access = "access",
    AccessCategories = "access:categories",
    AccessSpecific = "access:specific",
);

impl Right {
    /// What it is as a request; `None` for an agreement, which is no request.
    #[must_use]
    pub const fn ask(self) -> Option<Ask> {
        match self {
            Self::SaleOptOut => Some(Ask::MarketingObjection),
            Self::SaleOptIn => None,
            Self::Deletion => Some(Ask::Erasure),
            Self::Access | Self::AccessCategories | Self::AccessSpecific => Some(Ask::Access),
        }
    }
}

/// A request to exercise a right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "§2.01")]
pub struct Exercise {
    /// Which agent asks.
    #[serde(rename = "agent-id")]
    pub agent_id: String,
    /// Which business is asked.
    #[serde(rename = "business-id")]
    pub business_id: String,
    /// From when it holds.
    #[serde(rename = "issued-at")]
    pub issued_at: Moment,
    /// Until when.
    #[serde(rename = "expires-at")]
    pub expires_at: Moment,
    /// What the agent calls it.
    #[serde(rename = "agent-request-id", default, skip_serializing_if = "Option::is_none")]
    pub agent_request_id: Option<String>,
    /// `1.0`.
    #[serde(rename = "drp.version")]
    pub version: String,
    /// Which right.
    pub exercise: Right,
    /// Under which law; none if it is asked as a favour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regime: Option<String>,
    /// What the person may be to the business, besides a customer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relationships: Vec<String>,
    /// Where the status is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_callback: Option<String>,
    /// Who the person is.
    #[serde(flatten)]
    pub claims: Claims,
}

/// What the agent says of the person: §3.04. `Debug` prints nothing of it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::exhaustive_structs, reason = "§3.04")]
pub struct Claims {
    /// The full name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Whether it was verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_verified: Option<bool>,
    /// The telephone number, E.164.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
    /// Whether it was verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number_verified: Option<bool>,
    /// Whether the address, which is among `other`, was verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_verified: Option<bool>,
    /// A reference to a power of attorney.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub power_of_attorney: Option<String>,
    /// Whatever else is claimed; it is kept.
    #[serde(flatten)]
    pub other: BTreeMap<String, Value>,
}

impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Claims([redacted])")
    }
}

/// What a message is opened against.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "what the caller knows")]
pub struct Opening<'a> {
    /// The agent to whom the bearer token was given.
    pub agent_id: &'a str,
    /// Us.
    pub business_id: &'a str,
    /// Now, in seconds since the Unix epoch.
    pub now: i64,
}

/// Why a message is not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Too long.
    #[error("{length} bytes; at most {MAX_MESSAGE} are read")]
    Long {
        /// In bytes.
        length: usize,
    },
    /// Not base64, or not long enough for a signature.
    #[error("not base64 of a signature and a message")]
    Encoding,
    /// The signature is not the agent's.
    #[error("the signature is not that of the agent of the token")]
    Signature,
    /// Signed, and no request.
    #[error("line {line}, column {column}: not a request of this protocol")]
    Json {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
    },
    /// Another version.
    #[error("another version of the protocol than {VERSION}")]
    Version,
    /// It was signed for another agent.
    #[error("`agent-id` is not the agent of the token")]
    OtherAgent,
    /// It is meant for another business.
    #[error("`business-id` is not ours")]
    OtherBusiness,
    /// It is of the future: the agent's clock is fast.
    #[error("`issued-at` is in the future")]
    NotYet,
    /// Its time is over: it may be an old one, sent again.
    #[error("`expires-at` has passed")]
    Expired,
}

/// Why a request is not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// It says another version than the one that is written.
    #[error("`drp.version` must be {VERSION}")]
    Version,
    /// Its times are the wrong way round, or more than ten minutes apart.
    #[error("`expires-at` must be after `issued-at`, by ten minutes at most")]
    Times,
    /// A callback without TLS.
    #[error("`status_callback` must begin with https://")]
    Callback,
}

impl Exercise {
    /// Opens a message as it came.
    ///
    /// # Errors
    ///
    /// [`OpenError`], in the order of §3.07: nothing is read of a message before its signature is
    /// that of the agent, and nothing is done with one that is meant for others or out of its time.
    //= Data Rights Protocol 1.0 §3.07: base64, signature, agent, business, issued, expires, in that order
    pub fn open(
        message: &str,
        opening: &Opening<'_>,
        verifier: &impl Verifier,
    ) -> Result<Self, OpenError> {
        if message.len() > MAX_MESSAGE {
            return Err(OpenError::Long { length: message.len() });
        }
        let decoded =
            BASE64.decode(message.trim_ascii().as_bytes()).map_err(|_| OpenError::Encoding)?;
        let (signature, body) =
            decoded.split_first_chunk::<SIGNATURE>().ok_or(OpenError::Encoding)?;
        match verifier.verify(opening.agent_id, body, signature) {
            SignatureVerdict::Valid => {}
            SignatureVerdict::Invalid => return Err(OpenError::Signature),
        }
        let exercise: Self = serde_json::from_slice(body)
            .map_err(|error| OpenError::Json { line: error.line(), column: error.column() })?;
        if exercise.agent_id != opening.agent_id {
            return Err(OpenError::OtherAgent);
        }
        if exercise.business_id != opening.business_id {
            return Err(OpenError::OtherBusiness);
        }
        if opening.now < exercise.issued_at.unix_seconds() {
            return Err(OpenError::NotYet);
        }
        if opening.now >= exercise.expires_at.unix_seconds() {
            return Err(OpenError::Expired);
        }
        if exercise.version != VERSION {
            return Err(OpenError::Version);
        }
        Ok(exercise)
    }

    /// Writes a message, signed by `sign`, which makes an Ed25519 signature over what it is given.
    ///
    /// # Errors
    ///
    /// [`SealError`].
    pub fn seal(&self, sign: impl FnOnce(&[u8]) -> [u8; 64]) -> Result<String, SealError> {
        if self.version != VERSION {
            return Err(SealError::Version);
        }
        let lasts = self.expires_at.unix_seconds().saturating_sub(self.issued_at.unix_seconds());
        if !(1..=600).contains(&lasts) {
            return Err(SealError::Times);
        }
        if self.status_callback.as_deref().is_some_and(|url| !url.starts_with("https://")) {
            return Err(SealError::Callback);
        }
        // Strings, booleans and JSON of our own: there is nothing that could fail.
        let body = serde_json::to_vec(self).unwrap_or_default();
        let mut message = sign(&body).to_vec();
        message.extend(body);
        Ok(BASE64.encode(&message))
    }
}
