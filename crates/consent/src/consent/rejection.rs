//! Why something cannot happen.

use upheld_ledger::UnixMillis;

use super::EventError;
use crate::moment::to_rfc3339;
use crate::text::TextError;
use crate::{LawfulBasis, Means, PurposeId, RecipientId};

/// Why something cannot happen to a consent as it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// Earlier than what happened last.
    #[error("it is earlier than what happened last, at {}", to_rfc3339(*last))]
    OutOfOrder {
        /// When that was.
        last: UnixMillis,
    },
    /// Nobody asked.
    #[error("nobody asked")]
    NothingAsked,
    /// There is no consent, or none any more.
    #[error("there is no consent")]
    NothingGiven,
    /// There is a consent: it is renewed, not given.
    #[error("there is a consent already; it may be renewed")]
    AlreadyGiven,
    /// They said so before.
    #[error("it was refused already")]
    AlreadyRefused,
    /// There is a consent: it is withdrawn, not refused.
    #[error("there is a consent; it is withdrawn, not refused")]
    WithdrawInstead,
    /// Its time is not over.
    #[error("the consent lasts until {}", to_rfc3339(*until))]
    NotExpired {
        /// When it will be.
        until: UnixMillis,
    },
    /// Nobody consented for the person.
    #[error("the person consented for themselves")]
    NoGuardian,
    /// The controller gave it up; a new purpose has a new name.
    #[error("the controller has given this up for good")]
    Ended,
    /// No such purpose.
    #[error("the notice has no purpose {purpose}")]
    PurposeNotInNotice {
        /// Which.
        purpose: PurposeId,
    },
    /// It does not rest on consent, and asking would pretend that it did.
    #[error("it rests on {}, not on consent", basis.name())]
    NotByConsent {
        /// What it rests on.
        basis: LawfulBasis,
    },
    /// Nobody of that name is given data for it.
    #[error("the notice does not name {recipient} for this purpose")]
    RecipientNotNamed {
        /// Who.
        recipient: RecipientId,
    },
    /// It acts for the controller, whose consent covers it.
    #[error("{recipient} acts for the controller and needs no consent of its own")]
    RecipientIsProcessor {
        /// Who.
        recipient: RecipientId,
    },
    /// Shown before it was in effect.
    #[error("the notice is in effect from {}", to_rfc3339(*from))]
    NoticeNotInEffect {
        /// Since when.
        from: UnixMillis,
    },
    /// The notice offers no way to withdraw by that means.
    #[error("the notice lets nobody consent by {}", means.name())]
    NoSuchMeans {
        /// By which.
        means: Means,
    },
    /// Special categories, and no explicit consent.
    #[error("special categories of data need explicit consent")]
    NotExplicit,
    /// Explicit, by an act that affirms no words.
    #[error("a setting affirms no statement and is no explicit consent")]
    NoStatement,
    /// A child, or somebody else for whom another decides.
    #[error("a guardian must consent for this person")]
    GuardianMissing,
    /// Somebody consents for a person who can.
    #[error("the person can consent for themselves")]
    GuardianNotNeeded,
    /// The end is before the beginning, or after people are asked anew.
    #[error("a consent ends after it begins and at the latest at {}", to_rfc3339(*latest))]
    Until {
        /// When it ends at the latest.
        latest: UnixMillis,
    },
    /// Nobody has to tell that recipient anything.
    #[error("{recipient} has nothing to be told")]
    NothingToTell {
        /// Who.
        recipient: RecipientId,
    },
    /// A text is blank, too long, or has control characters.
    #[error(transparent)]
    Text(#[from] TextError),
    /// It cannot be kept.
    #[error(transparent)]
    Event(#[from] EventError),
}

impl Rejection {
    /// One word, for tables.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::OutOfOrder { .. } => "out-of-order",
            Self::NothingAsked => "nothing-asked",
            Self::NothingGiven => "nothing-given",
            Self::AlreadyGiven => "already-given",
            Self::AlreadyRefused => "already-refused",
            Self::WithdrawInstead => "withdraw-instead",
            Self::NotExpired { .. } => "not-expired",
            Self::NoGuardian => "no-guardian",
            Self::Ended => "ended",
            Self::PurposeNotInNotice { .. } => "purpose-not-in-notice",
            Self::NotByConsent { .. } => "not-by-consent",
            Self::RecipientNotNamed { .. } => "recipient-not-named",
            Self::RecipientIsProcessor { .. } => "recipient-is-processor",
            Self::NoticeNotInEffect { .. } => "notice-not-in-effect",
            Self::NoSuchMeans { .. } => "no-such-means",
            Self::NotExplicit => "not-explicit",
            Self::NoStatement => "no-statement",
            Self::GuardianMissing => "guardian-missing",
            Self::GuardianNotNeeded => "guardian-not-needed",
            Self::Until { .. } => "until",
            Self::NothingToTell { .. } => "nothing-to-tell",
            Self::Text(_) => "text",
            Self::Event(_) => "event",
        }
    }
}
