//! What happened to a request, for the record.

use serde::{Deserialize, Serialize};

use super::{
    Act, Choice, ExtensionGround, Fee, Item, Name, Notified, Receipt, Response, SearchPlan,
    SearchResult, Text, Verdict,
};
use crate::Date;

/// An event, with when it happened and who recorded it: what is stored, in order, of a request or,
/// with [`ComplaintEvent`](super::ComplaintEvent), of a complaint.
///
/// Its JSON form is stable. `v` is 1; a later release reads it, and writes a higher number where
/// the form changes.
///
/// ```
/// use upheld_consent::request::{Event, Name, Recorded};
///
/// let line = r#"{"v":1,"at":"2026-06-02","by":"dpo","event":"accepted"}"#;
/// let recorded: Recorded = serde_json::from_str(line)?;
/// assert_eq!(recorded.event, Event::Accepted);
/// assert_eq!(serde_json::to_string(&recorded)?, line);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "a stored form, of version 1")]
pub struct Recorded<E = Event> {
    /// The version of the form.
    pub v: Version,
    /// When it happened.
    pub at: Date,
    /// Who recorded it.
    pub by: Name,
    /// What.
    pub event: E,
}

/// The version of a stored form: 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
#[non_exhaustive]
pub struct Version;

/// A stored form that is newer than this release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("version {0} of the stored form; this release reads version 1")]
pub struct UnknownVersion(u8);

impl TryFrom<u8> for Version {
    type Error = UnknownVersion;

    fn try_from(version: u8) -> Result<Self, UnknownVersion> {
        if version == 1 { Ok(Self) } else { Err(UnknownVersion(version)) }
    }
}

impl From<Version> for u8 {
    fn from(_: Version) -> Self {
        1
    }
}

/// What happened. Each is what came of the [`Command`](super::Command) with the same contents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each is described at its command")]
pub enum Event {
    Received(Receipt),
    IdentityRequested {
        doubt: Text,
    },
    IdentityConfirmed {
        how: Text,
    },
    AuthorityRequested,
    AuthorityReceived {
        how: Text,
    },
    FeeCharged(Fee),
    FeePaid,
    FeeWaived {
        why: Text,
    },
    Lapsed(Response),
    Accepted,
    ClarificationAsked {
        question: Text,
    },
    Clarified {
        answer: Text,
    },
    /// Went on without an answer; the days up to `paused_until` do not count, none if it is `None`.
    WentOnUnclarified {
        why: Text,
        paused_until: Option<Date>,
    },
    Extended {
        ground: ExtensionGround,
        reasons: Text,
    },
    AccountDeletionRequired {
        why: Text,
    },
    Chosen(Choice),
    CollectionBegun(SearchPlan),
    ItemFound(Item),
    SourceFinished {
        source: Name,
        result: SearchResult,
    },
    ProcessorInstructed {
        processor: Name,
    },
    ProcessorFinished {
        processor: Name,
        result: SearchResult,
    },
    SubmittedForReview,
    Reviewed {
        item: Name,
        verdict: Verdict,
    },
    Responded(Response),
    /// A recipient is to be told of what was done.
    NotificationOwed {
        recipient: Name,
    },
    RecipientNotified {
        recipient: Name,
        result: Notified,
    },
    CopySent {
        fee_pence: Option<u32>,
    },
    RestrictionLifted {
        informed: Date,
    },
    Complained {
        complaint: Name,
    },
    Reopened {
        news: Text,
    },
    Withdrawn,
    Closed,
}

impl Event {
    /// The act that it came of.
    #[must_use]
    pub const fn act(&self) -> Act {
        match self {
            Self::Received(_) => Act::Receive,
            Self::IdentityRequested { .. } => Act::RequestIdentity,
            Self::IdentityConfirmed { .. } => Act::ConfirmIdentity,
            Self::AuthorityRequested => Act::RequestAuthority,
            Self::AuthorityReceived { .. } => Act::ReceiveAuthority,
            Self::FeeCharged(_) => Act::ChargeFee,
            Self::FeePaid => Act::PayFee,
            Self::FeeWaived { .. } => Act::WaiveFee,
            Self::Lapsed(_) => Act::Lapse,
            Self::Accepted => Act::Accept,
            Self::ClarificationAsked { .. } => Act::AskClarification,
            Self::Clarified { .. } => Act::Clarify,
            Self::WentOnUnclarified { .. } => Act::ProceedUnclarified,
            Self::Extended { .. } => Act::Extend,
            Self::AccountDeletionRequired { .. } => Act::RequireAccountDeletion,
            Self::Chosen(_) => Act::Choose,
            Self::CollectionBegun(_) => Act::BeginCollection,
            Self::ItemFound(_) => Act::FindItem,
            Self::SourceFinished { .. } => Act::FinishSource,
            Self::ProcessorInstructed { .. } => Act::InstructProcessor,
            Self::ProcessorFinished { .. } => Act::FinishProcessor,
            Self::SubmittedForReview => Act::SubmitForReview,
            Self::Reviewed { .. } => Act::Review,
            Self::Responded(_) => Act::Respond,
            Self::NotificationOwed { .. } | Self::RecipientNotified { .. } => Act::NotifyRecipient,
            Self::CopySent { .. } => Act::SendCopy,
            Self::RestrictionLifted { .. } => Act::LiftRestriction,
            Self::Complained { .. } => Act::Complain,
            Self::Reopened { .. } => Act::Reopen,
            Self::Withdrawn => Act::Withdraw,
            Self::Closed => Act::Close,
        }
    }
}
