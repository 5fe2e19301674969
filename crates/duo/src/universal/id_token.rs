//! The token that says who a person is: whether to believe it, and what it says.

use serde::{Deserialize, Deserializer};
use serde_json::Number;
use subtle::ConstantTimeEq;

use super::claims::endpoint_uri;
use super::jwt::{self, TokenError};
use super::pending::Asked;
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
    pub(super) asked: &'a Asked,
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
    auth_time: Option<Number>,
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
        let authenticated = token.auth_time.as_ref().and_then(moment);
        let result = token.auth_result.ok_or(TokenError::NoResult)?;
        let context = token.auth_context.ok_or(TokenError::NoResult)?;
        let message = result.status_msg.unwrap_or_default();
        match (&*result.result, context.result) {
            ("allow", Some(EventResult::Success)) => {
                self.check_age(authenticated)?;
                Ok(PromptOutcome::Allowed(Identity {
                    username: token.preferred_username,
                    factor: context.factor.unwrap_or(FactorUsed::NotAvailable),
                    reason: context.reason.unwrap_or_else(|| Reason::from("")),
                    txid: context.txid,
                    authenticated,
                    message,
                }))
            }
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
        let Asked { username, username_match, nonce: sent, .. } = self.asked;
        let is_same = match username_match {
            UsernameMatch::Exact => token.preferred_username == *username,
            UsernameMatch::IgnoreAsciiCase => {
                token.preferred_username.eq_ignore_ascii_case(username)
            }
        };
        if !is_same {
            return Err(TokenError::Username);
        }
        let nonce = token.nonce.as_ref().map(SecretText::expose).unwrap_or_default();
        if bool::from(nonce.as_bytes().ct_eq(sent.expose().as_bytes())) {
            Ok(())
        } else {
            Err(TokenError::Nonce)
        }
    }

    /// Looks at when the person authenticated, if that was asked for.
    //= OpenID Connect Core 1.0 §3.1.3.7: an authentication older than was asked for does not count
    fn check_age(&self, authenticated: Option<UnixSeconds>) -> Result<(), TokenError> {
        let Asked { max_age, asks_again, begun, .. } = *self.asked;
        let now = self.now;
        // What was done in this very login is never too old, however long the way back took.
        let oldest = match max_age {
            Some(seconds) if !asks_again => begun.0.min(now.0.saturating_sub(seconds.into())),
            None if !asks_again => return Ok(()),
            _ => begun.0,
        };
        let time = authenticated.ok_or(TokenError::NoTime)?.0;
        let allowed = oldest.saturating_sub(LEEWAY)..=now.0.saturating_add(LEEWAY);
        if allowed.contains(&time) { Ok(()) } else { Err(TokenError::Time) }
    }
}

//= RFC 7519 §2: a moment is a number of seconds, with a fraction or without
fn read_moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<UnixSeconds, D::Error> {
    let number = Number::deserialize(deserializer)?;
    moment(&number).ok_or_else(|| serde::de::Error::custom("a moment is a number of seconds"))
}

fn moment(number: &Number) -> Option<UnixSeconds> {
    if let Some(whole) = number.as_u64() {
        return Some(UnixSeconds(whole));
    }
    let seconds = number.as_f64().filter(|seconds| (0.0..1e15).contains(seconds))?;
    Some(UnixSeconds(std::time::Duration::from_secs_f64(seconds).as_secs()))
}
