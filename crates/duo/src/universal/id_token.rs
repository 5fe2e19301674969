//! The token that says who a person is: whether to believe it, and what it says.

use serde::{Deserialize, Deserializer};
use subtle::ConstantTimeEq;

use super::claims::endpoint_uri;
use super::jwt::{self, TokenError};
use super::prompt::UsernameMatch;
use crate::auth::{Status, Txid};
use crate::{
    Application, EventResult, FactorUsed, Reason, ReplyError, SecretText, StatusMessage,
    UnixSeconds,
};

/// How far two clocks may be apart, in seconds.
const LEEWAY: u64 = 60;

/// What the prompt came to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a person who is denied must not go in"]
#[expect(clippy::exhaustive_enums, reason = "a caller must decide on both")]
pub enum PromptOutcome {
    /// The person may go in.
    Allowed(Identity),
    /// The person may not, though the token is in order.
    Denied(PromptDenied),
}

/// Who a person is, and what they showed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Identity {
    /// The name under which they were sent to Duo, as Duo spells it.
    pub username: String,
    /// What they showed; ask [`FactorUsed::was_shown`] whether it was just now.
    pub factor: FactorUsed,
    /// Why they may go in.
    pub reason: Reason,
    /// Which authentication it was, as the log names it.
    pub txid: Option<Txid>,
    /// When they showed it.
    pub authenticated: Option<UnixSeconds>,
    /// What Duo says.
    pub message: StatusMessage,
}

/// Why a person may not go in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PromptDenied {
    /// How it ended.
    pub status: Status,
    /// Why, if Duo tells.
    pub reason: Option<Reason>,
    /// What Duo says.
    pub message: StatusMessage,
}

/// What a token must say.
pub(super) struct Expected<'a> {
    pub(super) application: &'a Application,
    pub(super) nonce: &'a SecretText,
    pub(super) username: &'a str,
    pub(super) username_match: UsernameMatch,
    pub(super) now: UnixSeconds,
}

#[derive(Deserialize)]
struct IdToken {
    iss: Box<str>,
    aud: Audience,
    #[serde(deserialize_with = "read_moment")]
    exp: UnixSeconds,
    #[serde(deserialize_with = "read_moment")]
    iat: UnixSeconds,
    preferred_username: String,
    #[serde(default)]
    nonce: Option<SecretText>,
    #[serde(default)]
    auth_time: Option<serde_json::Number>,
    #[serde(default)]
    auth_result: Option<AuthResult>,
    #[serde(default)]
    auth_context: Option<AuthContext>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(Box<str>),
    Several(Vec<Box<str>>),
}

#[derive(Deserialize)]
struct AuthResult {
    result: Box<str>,
    #[serde(default)]
    status: Option<Status>,
    #[serde(default)]
    status_msg: Option<StatusMessage>,
}

#[derive(Deserialize)]
struct AuthContext {
    #[serde(default)]
    result: Option<EventResult>,
    #[serde(default)]
    factor: Option<FactorUsed>,
    #[serde(default)]
    reason: Option<Reason>,
    #[serde(default)]
    txid: Option<Txid>,
}

impl Expected<'_> {
    pub(super) fn read(&self, token: &str) -> Result<PromptOutcome, ReplyError> {
        let token: IdToken = jwt::decode(token, self.application.secret_key())?;
        self.check(&token)?;
        let result = token.auth_result.ok_or(TokenError::NoResult)?;
        let context = token.auth_context.ok_or(TokenError::NoResult)?;
        let message = result.status_msg.unwrap_or_default();
        match (&*result.result, context.result) {
            ("allow", Some(EventResult::Success)) => Ok(PromptOutcome::Allowed(Identity {
                username: token.preferred_username,
                factor: context.factor.unwrap_or(FactorUsed::NotAvailable),
                reason: context.reason.unwrap_or_else(|| Reason::from("")),
                txid: context.txid,
                authenticated: token.auth_time.and_then(|time| time.as_u64()).map(UnixSeconds),
                message,
            })),
            ("deny", _) | ("allow", Some(EventResult::Denied | EventResult::Fraud)) => {
                let status = result.status.unwrap_or(Status::Deny);
                let reason = context.reason;
                Ok(PromptOutcome::Denied(PromptDenied { status, reason, message }))
            }
            ("allow", None) => Err(TokenError::NoResult.into()),
            _ => Err(ReplyError::UnknownResult),
        }
    }

    //= OpenID Connect Core 1.0 §3.1.3.7: issuer, audience, times and nonce of an ID token
    fn check(&self, token: &IdToken) -> Result<(), TokenError> {
        if *token.iss != *endpoint_uri(self.application, "/oauth/v1/token") {
            return Err(TokenError::Issuer);
        }
        let audience = match &token.aud {
            Audience::One(audience) => audience,
            Audience::Several(audiences) => match audiences.as_slice() {
                [audience] => audience,
                _ => return Err(TokenError::Audience),
            },
        };
        if **audience != *self.application.integration_key().as_str() {
            return Err(TokenError::Audience);
        }
        if token.exp.0.saturating_add(LEEWAY) <= self.now.0 {
            return Err(TokenError::Expired);
        }
        if token.iat.0 > self.now.0.saturating_add(LEEWAY) {
            return Err(TokenError::IssuedInFuture);
        }
        let is_same = match self.username_match {
            UsernameMatch::Exact => token.preferred_username == self.username,
            UsernameMatch::IgnoreAsciiCase => {
                token.preferred_username.eq_ignore_ascii_case(self.username)
            }
        };
        if !is_same {
            return Err(TokenError::Username);
        }
        let nonce = token.nonce.as_ref().map(SecretText::expose).unwrap_or_default();
        if bool::from(nonce.as_bytes().ct_eq(self.nonce.expose().as_bytes())) {
            Ok(())
        } else {
            Err(TokenError::Nonce)
        }
    }
}

//= RFC 7519 §2: a moment is a number of seconds, with a fraction or without
fn read_moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<UnixSeconds, D::Error> {
    let number = serde_json::Number::deserialize(deserializer)?;
    if let Some(whole) = number.as_u64() {
        return Ok(UnixSeconds(whole));
    }
    let seconds = number.as_f64().filter(|seconds| (0.0..1e15).contains(seconds));
    let whole = seconds.map(std::time::Duration::from_secs_f64);
    whole
        .map(|whole| UnixSeconds(whole.as_secs()))
        .ok_or_else(|| serde::de::Error::custom("a moment is a number of seconds"))
}
