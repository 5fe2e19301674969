//! Reading replies: the envelope, and what can be wrong with one.

use http::{Response, StatusCode};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer};

use crate::StatusMessage;
use crate::universal::TokenError;

/// Why there is no outcome.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplyError {
    /// Duo turned the call down.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Something that is not Duo's JSON, under a status that is no success.
    #[error("status {status} without Duo's JSON; a proxy or an outage answers so")]
    Status {
        /// The status of HTTP.
        status: u16,
    },
    /// A success whose body is not what is documented.
    #[error("the reply is not the JSON that Duo documents, at line {line}, column {column}")]
    Malformed {
        /// The line, from 1; 0 when something is missing, or it is not UTF-8.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// A result that this version does not know. It is not taken for consent.
    #[error("the result is none of those that Duo documents; nobody is let in by it")]
    UnknownResult,
    /// A longer body than any that Duo sends.
    #[error("a reply of {bytes} bytes; at most {limit} are read")]
    TooLarge {
        /// Its length.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// An `id_token` that is not believed.
    #[error(transparent)]
    Token(#[from] TokenError),
}

/// Duo's own word that it did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Duo answered {code_text} ({message}{}): {}", self.detail_text(), self.kind().advice(), code_text = self.code_text())]
#[non_exhaustive]
pub struct Refusal {
    /// The status of HTTP.
    pub status: u16,
    /// Duo's code, whose first three digits are a status; at times there is none.
    pub code: Option<u32>,
    /// Duo's message.
    pub message: StatusMessage,
    /// More of it: often the name of a parameter.
    pub detail: Option<StatusMessage>,
}

/// What a [`Refusal`] means for the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RefusalKind {
    /// A parameter is missing or not acceptable: 40001, 40002.
    Parameters,
    /// The integration key is missing or unknown: 40101, 40102.
    IntegrationKey,
    /// The signature is not right: 40103, 40112.
    Signature,
    /// The date is missing or off: 40104, 40105. Learn the offset of the clock, and try again.
    Clock,
    /// The application is of another type, or has no permission: 403.
    Forbidden,
    /// There is no such thing: 404.
    NotFound,
    /// Too many calls: 429. Wait.
    RateLimited,
    /// Duo is unwell: 5xx.
    Unavailable,
    /// Anything else.
    Other,
}

impl Refusal {
    /// What it means.
    #[must_use]
    pub const fn kind(&self) -> RefusalKind {
        let code = match self.code {
            Some(code) => code,
            None => 0,
        };
        match (code, self.status) {
            (40_001 | 40_002, _) => RefusalKind::Parameters,
            (40_101 | 40_102, _) => RefusalKind::IntegrationKey,
            (40_103 | 40_112, _) => RefusalKind::Signature,
            (40_104 | 40_105, _) => RefusalKind::Clock,
            (_, 403) => RefusalKind::Forbidden,
            (_, 404) => RefusalKind::NotFound,
            (_, 429) => RefusalKind::RateLimited,
            (_, 500..=599) => RefusalKind::Unavailable,
            _ => RefusalKind::Other,
        }
    }

    fn code_text(&self) -> String {
        self.code.map_or_else(|| format!("status {}", self.status), |code| code.to_string())
    }

    fn detail_text(&self) -> String {
        self.detail.as_ref().map(|detail| format!("; {detail}")).unwrap_or_default()
    }
}

impl RefusalKind {
    const fn advice(self) -> &'static str {
        match self {
            Self::Parameters => "a parameter is missing or not acceptable",
            Self::IntegrationKey => "check the integration key and the API host",
            Self::Signature => {
                "check the secret key; the date, method, host, path, parameters and body are signed"
            }
            Self::Clock => "the clock is more than five minutes off",
            Self::Forbidden => "check the type and the permissions of the application",
            Self::NotFound => "there is no such thing",
            Self::RateLimited => "too many calls; wait",
            Self::Unavailable => "Duo is not available",
            Self::Other => "the call was refused",
        }
    }
}

/// What a list says about the next page.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(crate) struct Metadata {
    #[serde(default)]
    pub(crate) next_offset: Option<u64>,
    #[serde(default)]
    pub(crate) total_objects: Option<u64>,
}

#[derive(Deserialize)]
struct Envelope<T> {
    stat: Stat,
    #[serde(default = "none")]
    response: Option<T>,
    #[serde(default)]
    metadata: Option<Metadata>,
}

#[derive(Deserialize)]
struct Failure {
    stat: Stat,
    #[serde(default, deserialize_with = "read_code")]
    code: Option<u32>,
    #[serde(default)]
    message: Option<StatusMessage>,
    #[serde(default, deserialize_with = "read_detail")]
    message_detail: Option<StatusMessage>,
}

#[derive(Deserialize, PartialEq)]
enum Stat {
    #[serde(rename = "OK")]
    Ok,
    #[serde(rename = "FAIL")]
    Fail,
}

/// Reads what a call answered.
pub(crate) fn read<T: DeserializeOwned>(
    reply: &Response<Vec<u8>>,
    limit: usize,
) -> Result<T, ReplyError> {
    read_list(reply, limit).map(|(response, _)| response)
}

/// Reads what a call answered, and what stands beside it.
pub(crate) fn read_list<T: DeserializeOwned>(
    reply: &Response<Vec<u8>>,
    limit: usize,
) -> Result<(T, Metadata), ReplyError> {
    check_size(reply, limit)?;
    if reply.status() != StatusCode::OK {
        return Err(refusal(reply));
    }
    match parse::<Envelope<T>>(reply.body()) {
        Ok(Envelope { stat: Stat::Ok, response: Some(response), metadata }) => {
            Ok((response, metadata.unwrap_or_default()))
        }
        Ok(Envelope { stat: Stat::Fail, .. }) => Err(refusal(reply)),
        Ok(_) => Err(ReplyError::Malformed { line: 0, column: 0 }),
        Err(malformed) => match parse::<Failure>(reply.body()) {
            Ok(Failure { stat: Stat::Fail, .. }) => Err(refusal(reply)),
            _ => Err(malformed),
        },
    }
}

/// Reads that a call was done, whatever it answered.
pub(crate) fn read_done(reply: &Response<Vec<u8>>, limit: usize) -> Result<(), ReplyError> {
    read::<IgnoredAny>(reply, limit).map(|_| ())
}

pub(crate) fn check_size(reply: &Response<Vec<u8>>, limit: usize) -> Result<(), ReplyError> {
    let bytes = reply.body().len();
    if bytes > limit { Err(ReplyError::TooLarge { bytes, limit }) } else { Ok(()) }
}

/// What a reply that is no success says.
pub(crate) fn refusal(reply: &Response<Vec<u8>>) -> ReplyError {
    let status = reply.status().as_u16();
    match parse::<Failure>(reply.body()) {
        Ok(Failure { stat: Stat::Fail, code, message, message_detail: detail }) => {
            Refusal { status, code, message: message.unwrap_or_default(), detail }.into()
        }
        _ => ReplyError::Status { status },
    }
}

//= RFC 8259 §8.1: JSON that is exchanged is UTF-8
pub(crate) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ReplyError> {
    // In what a type passes over, the parser would let any bytes be.
    let text = str::from_utf8(body).map_err(|_| ReplyError::Malformed { line: 0, column: 0 })?;
    serde_json::from_str(text)
        .map_err(|error| ReplyError::Malformed { line: error.line(), column: error.column() })
}

/// Where it has nothing to say, Duo leaves a member out, or writes `null`.
pub(crate) fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Without a bound on `T`, which `#[serde(default)]` would make.
const fn none<T>() -> Option<T> {
    None
}

/// A code is a number, at times a text, and at times an empty one.
fn read_code<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Code {
        Number(u32),
        Text(Box<str>),
        Other(IgnoredAny),
    }
    Ok(match Code::deserialize(deserializer)? {
        Code::Number(code) => Some(code),
        Code::Text(text) => text.parse().ok(),
        Code::Other(_) => None,
    })
}

/// A detail is a text; should it be anything else one day, it is left out.
fn read_detail<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<StatusMessage>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Detail {
        Text(StatusMessage),
        Other(IgnoredAny),
    }
    Ok(match Detail::deserialize(deserializer)? {
        Detail::Text(text) => Some(text),
        Detail::Other(_) => None,
    })
}
