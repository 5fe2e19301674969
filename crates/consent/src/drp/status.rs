//! Where a request stands, for the agent that made it: §§3.02, 3.03.

use serde::{Deserialize, Serialize};

use crate::Moment;
use crate::request::{Ground, Outcome, Request, Stage};
use crate::word::words;

/// The longest status that is read, in bytes: a few fields, and some paragraphs for the person.
const MAX_STATUS: usize = 1 << 16;

/// Why a request is denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DenialReason {
    /// It is believed to be made fraudulently.
    SuspectedFraud,
    /// The identity was not verified.
    InsufficientVerification,
    /// Nobody of that identity is known.
    NoMatch,
    /// What is asked for need not be given.
    ClaimNotCovered,
    /// The law does not cover the person.
    OutsideJurisdiction,
    /// More requests than have to be answered.
    TooManyRequests,
    /// Any other.
    Other,
}

words!(DenialReason:
    SuspectedFraud = "suspected_fraud",
    InsufficientVerification = "insuf_verification",
    NoMatch = "no_match",
    ClaimNotCovered = "claim_not_covered",
    OutsideJurisdiction = "outside_jurisdiction",
    TooManyRequests = "too_many_requests",
    Other = "other",
);

/// Where a request stands: a state with its reason, where the state has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Status {
    /// It was submitted.
    Open,
    /// It is being dealt with.
    InProgress,
    /// The person has to show who they are.
    NeedUserVerification,
    /// It is done.
    Fulfilled,
    /// The person took it back.
    Revoked,
    /// It is refused.
    Denied(DenialReason),
    /// Its time is over.
    Expired,
}

impl Status {
    /// What a request of ours is to the agent that made it. What was fulfilled in part is fulfilled:
    /// what was not done is told to the person, and not to the agent.
    #[must_use]
    pub fn of(request: &Request) -> Self {
        match request.stage() {
            Stage::Received => Self::Open,
            Stage::AwaitingIdentity | Stage::AwaitingAuthority => Self::NeedUserVerification,
            Stage::Withdrawn => Self::Revoked,
            Stage::Responded | Stage::Closed => Self::of_answer(request),
            _ => Self::InProgress,
        }
    }

    fn of_answer(request: &Request) -> Self {
        match request.response().map(|response| &response.outcome) {
            None => Self::Revoked,
            Some(Outcome::NothingHeld { .. }) => Self::Denied(DenialReason::NoMatch),
            Some(Outcome::Refused(grounds)) => Self::Denied(reason(grounds)),
            Some(Outcome::Fulfilled(_) | Outcome::Partial { .. }) => Self::Fulfilled,
        }
    }

    /// The words of the protocol: state, and reason.
    #[must_use]
    pub const fn words(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Open => ("open", None),
            Self::InProgress => ("in_progress", None),
            Self::NeedUserVerification => ("in_progress", Some("need_user_verification")),
            Self::Fulfilled => ("fulfilled", None),
            Self::Revoked => ("revoked", None),
            Self::Denied(reason) => ("denied", Some(reason.name())),
            Self::Expired => ("expired", None),
        }
    }

    /// Reads the words of the protocol; `None` for others. A denial without a reason, or with one of
    /// another list, is [`DenialReason::Other`].
    #[must_use]
    pub fn parse(status: &str, reason: Option<&str>) -> Option<Self> {
        match (status, reason) {
            ("open", _) => Some(Self::Open),
            ("in_progress", Some("need_user_verification")) => Some(Self::NeedUserVerification),
            ("in_progress", _) => Some(Self::InProgress),
            ("fulfilled", _) => Some(Self::Fulfilled),
            ("revoked", _) => Some(Self::Revoked),
            ("expired", _) => Some(Self::Expired),
            ("denied", reason) => {
                let reason = reason.and_then(DenialReason::parse).unwrap_or(DenialReason::Other);
                Some(Self::Denied(reason))
            }
            _ => None,
        }
    }

    /// Whether it stays so.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Fulfilled | Self::Revoked | Self::Denied(_))
    }
}

fn reason(grounds: &[Ground]) -> DenialReason {
    match grounds.first() {
        Some(Ground::NotIdentified(_) | Ground::NotAuthorised(_)) => {
            DenialReason::InsufficientVerification
        }
        Some(Ground::Excessive(_)) => DenialReason::TooManyRequests,
        Some(Ground::Unfounded(_) | Ground::FeeUnpaid(_)) | None => DenialReason::Other,
        Some(_) => DenialReason::ClaimNotCovered,
    }
}

/// A status, as it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "§3.03")]
pub struct StatusReport {
    /// What we call the request.
    pub request_id: String,
    /// What the agent calls it.
    pub agent_request_id: Option<String>,
    /// Where it stands.
    pub status: Status,
    /// When it came.
    pub received_at: Option<Moment>,
    /// When an answer may be expected.
    pub expected_by: Option<Moment>,
    /// In words for the person.
    pub processing_details: Option<String>,
    /// Where the person shows who they are.
    pub user_verification_url: Option<String>,
    /// Where the results are.
    pub results_url: Option<String>,
    /// Until when it is kept.
    pub expires_at: Option<Moment>,
}

/// Why a status is not read, or not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StatusError {
    /// Too long.
    #[error("{length} bytes; at most {MAX_STATUS} are read")]
    Long {
        /// In bytes.
        length: usize,
    },
    /// Not JSON of this shape.
    #[error("line {line}, column {column}: not a status of this protocol")]
    Json {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
    },
    /// No such state.
    #[error("`status` is none of the protocol")]
    Status,
    /// A field that the state requires is missing.
    #[error("`{0}` is missing, which this status requires")]
    Missing(&'static str),
}

#[derive(Deserialize, Serialize)]
struct Wire {
    request_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agent_request_id: Option<String>,
    status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    received_at: Option<Moment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expected_by: Option<Moment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    processing_details: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user_verification_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    results_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<Moment>,
}

impl StatusReport {
    /// Reads a status.
    ///
    /// # Errors
    ///
    /// [`StatusError`].
    pub fn parse(body: &[u8]) -> Result<Self, StatusError> {
        if body.len() > MAX_STATUS {
            return Err(StatusError::Long { length: body.len() });
        }
        let wire: Wire = serde_json::from_slice(body)
            .map_err(|error| StatusError::Json { line: error.line(), column: error.column() })?;
        let status =
            Status::parse(&wire.status, wire.reason.as_deref()).ok_or(StatusError::Status)?;
        Ok(Self {
            request_id: wire.request_id,
            agent_request_id: wire.agent_request_id,
            status,
            received_at: wire.received_at,
            expected_by: wire.expected_by,
            processing_details: wire.processing_details,
            user_verification_url: wire.user_verification_url,
            results_url: wire.results_url,
            expires_at: wire.expires_at,
        })
    }

    /// Writes a status.
    ///
    /// # Errors
    ///
    /// [`StatusError::Missing`] for what §§3.02 and 3.03 require of the state.
    //= Data Rights Protocol 1.0 §3.02: each state has the fields that it is entered with
    pub fn to_json(&self) -> Result<String, StatusError> {
        let is_acknowledged =
            matches!(self.status, Status::InProgress | Status::NeedUserVerification);
        let needs_url = self.status == Status::NeedUserVerification;
        let needs_details = matches!(self.status, Status::Denied(_));
        let required = [
            (is_acknowledged && self.received_at.is_none(), "received_at"),
            (is_acknowledged && self.expected_by.is_none(), "expected_by"),
            (needs_url && self.user_verification_url.is_none(), "user_verification_url"),
            (needs_details && self.processing_details.is_none(), "processing_details"),
        ];
        if let Some((_, field)) = required.iter().find(|(is_missing, _)| *is_missing) {
            return Err(StatusError::Missing(field));
        }
        let (status, reason) = self.status.words();
        let wire = Wire {
            request_id: self.request_id.clone(),
            agent_request_id: self.agent_request_id.clone(),
            status: status.into(),
            reason: reason.map(Into::into),
            received_at: self.received_at.clone(),
            expected_by: self.expected_by.clone(),
            processing_details: self.processing_details.clone(),
            user_verification_url: self.user_verification_url.clone(),
            results_url: self.results_url.clone(),
            expires_at: self.expires_at.clone(),
        };
        serde_json::to_string(&wire)
            .map_err(|error| StatusError::Json { line: error.line(), column: error.column() })
    }
}
