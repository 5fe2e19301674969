//! Where a request stands, and what may be done there: the one table that decisions, documents and
//! tests share.

use core::fmt;

use serde::{Deserialize, Serialize};

/// Where a request stands. Overdue, extended and paused are no stages: they follow from the facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Stage {
    /// It is there, and nobody has taken it up.
    Received,
    /// The person was asked to show who they are.
    AwaitingIdentity,
    /// Whoever acts for the person was asked to show that they may.
    AwaitingAuthority,
    /// A fee was charged.
    AwaitingFee,
    /// It is being dealt with.
    InProgress,
    /// The person was asked what it is about.
    AwaitingClarification,
    /// The person was told that their data cannot go without their account, and has not chosen.
    AwaitingChoice,
    /// The data is being looked for.
    Collecting,
    /// What was found is being read.
    Reviewing,
    /// It was answered.
    Responded,
    /// The person took it back.
    Withdrawn,
    /// Nothing is left to do.
    Closed,
}

impl Stage {
    /// All of them, in the order of a request's life.
    pub const ALL: [Self; 12] = [
        Self::Received,
        Self::AwaitingIdentity,
        Self::AwaitingAuthority,
        Self::AwaitingFee,
        Self::InProgress,
        Self::AwaitingClarification,
        Self::AwaitingChoice,
        Self::Collecting,
        Self::Reviewing,
        Self::Responded,
        Self::Withdrawn,
        Self::Closed,
    ];

    /// One word, for files and command lines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::AwaitingIdentity => "awaiting-identity",
            Self::AwaitingAuthority => "awaiting-authority",
            Self::AwaitingFee => "awaiting-fee",
            Self::InProgress => "in-progress",
            Self::AwaitingClarification => "awaiting-clarification",
            Self::AwaitingChoice => "awaiting-choice",
            Self::Collecting => "collecting",
            Self::Reviewing => "reviewing",
            Self::Responded => "responded",
            Self::Withdrawn => "withdrawn",
            Self::Closed => "closed",
        }
    }

    /// Whether an answer is still owed.
    #[must_use]
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Responded | Self::Withdrawn | Self::Closed)
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What may be done with a request: the name of each [`Command`](super::Command).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each is described at the command of its name")]
pub enum Act {
    Receive,
    RequestIdentity,
    ConfirmIdentity,
    RequestAuthority,
    ReceiveAuthority,
    ChargeFee,
    PayFee,
    WaiveFee,
    Lapse,
    Accept,
    AskClarification,
    Clarify,
    ProceedUnclarified,
    Extend,
    RequireAccountDeletion,
    Choose,
    BeginCollection,
    FindItem,
    FinishSource,
    InstructProcessor,
    FinishProcessor,
    SubmitForReview,
    Review,
    Respond,
    NotifyRecipient,
    SendCopy,
    LiftRestriction,
    Complain,
    Reopen,
    Withdraw,
    Close,
}

impl Act {
    /// All of them.
    pub const ALL: [Self; 31] = [
        Self::Receive,
        Self::RequestIdentity,
        Self::ConfirmIdentity,
        Self::RequestAuthority,
        Self::ReceiveAuthority,
        Self::ChargeFee,
        Self::PayFee,
        Self::WaiveFee,
        Self::Lapse,
        Self::Accept,
        Self::AskClarification,
        Self::Clarify,
        Self::ProceedUnclarified,
        Self::Extend,
        Self::RequireAccountDeletion,
        Self::Choose,
        Self::BeginCollection,
        Self::FindItem,
        Self::FinishSource,
        Self::InstructProcessor,
        Self::FinishProcessor,
        Self::SubmitForReview,
        Self::Review,
        Self::Respond,
        Self::NotifyRecipient,
        Self::SendCopy,
        Self::LiftRestriction,
        Self::Complain,
        Self::Reopen,
        Self::Withdraw,
        Self::Close,
    ];

    /// One word, for files and command lines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Receive => "receive",
            Self::RequestIdentity => "request-identity",
            Self::ConfirmIdentity => "confirm-identity",
            Self::RequestAuthority => "request-authority",
            Self::ReceiveAuthority => "receive-authority",
            Self::ChargeFee => "charge-fee",
            Self::PayFee => "pay-fee",
            Self::WaiveFee => "waive-fee",
            Self::Lapse => "lapse",
            Self::Accept => "accept",
            Self::AskClarification => "ask-clarification",
            Self::Clarify => "clarify",
            Self::ProceedUnclarified => "proceed-unclarified",
            Self::Extend => "extend",
            Self::RequireAccountDeletion => "require-account-deletion",
            Self::Choose => "choose",
            Self::BeginCollection => "begin-collection",
            Self::FindItem => "find-item",
            Self::FinishSource => "finish-source",
            Self::InstructProcessor => "instruct-processor",
            Self::FinishProcessor => "finish-processor",
            Self::SubmitForReview => "submit-for-review",
            Self::Review => "review",
            Self::Respond => "respond",
            Self::NotifyRecipient => "notify-recipient",
            Self::SendCopy => "send-copy",
            Self::LiftRestriction => "lift-restriction",
            Self::Complain => "complain",
            Self::Reopen => "reopen",
            Self::Withdraw => "withdraw",
            Self::Close => "close",
        }
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Where an act leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Next {
    /// To another stage.
    To(Stage),
    /// Nowhere: the request stays where it is.
    Stay,
    /// To the stage from which the person was asked.
    Back,
}

impl fmt::Display for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::To(stage) => fmt::Display::fmt(stage, f),
            Self::Stay => f.write_str("(stays)"),
            Self::Back => f.write_str("(back)"),
        }
    }
}

/// Where `act` leads from `stage`; `None` where there is no such thing to do. A request that does
/// not exist yet has no stage.
///
/// That an act is here does not mean that it is granted: [`decide`](super::decide) asks for its
/// evidence, and checks its dates.
#[must_use]
pub const fn transition(stage: Option<Stage>, act: Act) -> Option<Next> {
    use Act as A;
    use Stage as S;
    let Some(stage) = stage else {
        return match act {
            A::Receive => Some(Next::To(S::Received)),
            _ => None,
        };
    };
    match (stage, act) {
        (S::Received | S::InProgress, A::RequestIdentity) => Some(Next::To(S::AwaitingIdentity)),
        (S::Received | S::InProgress, A::ChargeFee) => Some(Next::To(S::AwaitingFee)),
        (S::Received | S::InProgress, A::RequestAuthority) => {
            Some(Next::To(S::AwaitingAuthority))
        }
        (S::Received, A::Accept) | (S::AwaitingChoice, A::Choose) | (S::Responded, A::Reopen) => {
            Some(Next::To(S::InProgress))
        }
        (S::AwaitingIdentity, A::ConfirmIdentity)
        | (S::AwaitingAuthority, A::ReceiveAuthority)
        | (S::AwaitingFee, A::PayFee | A::WaiveFee)
        | (S::AwaitingClarification, A::Clarify | A::ProceedUnclarified) => Some(Next::Back),
        (S::InProgress | S::Collecting, A::AskClarification) => {
            Some(Next::To(S::AwaitingClarification))
        }
        (S::InProgress, A::RequireAccountDeletion) => Some(Next::To(S::AwaitingChoice)),
        (S::InProgress | S::Reviewing, A::BeginCollection) => Some(Next::To(S::Collecting)),
        (S::Collecting, A::SubmitForReview) => Some(Next::To(S::Reviewing)),
        (
            S::Received
            | S::AwaitingIdentity
            | S::AwaitingAuthority
            | S::AwaitingFee
            | S::InProgress,
            A::Lapse,
        )
        | (S::InProgress | S::Reviewing, A::Respond) => Some(Next::To(S::Responded)),
        (S::Responded | S::Withdrawn, A::Close) => Some(Next::To(S::Closed)),
        (
            S::Received
            | S::InProgress
            | S::AwaitingClarification
            | S::AwaitingChoice
            | S::Collecting
            | S::Reviewing,
            A::Extend,
        )
        | (
            S::Collecting,
            A::FindItem | A::FinishSource | A::InstructProcessor | A::FinishProcessor,
        )
        // What comes without having been asked for.
        | (
            S::Received | S::InProgress | S::Collecting | S::Reviewing,
            A::ConfirmIdentity | A::ReceiveAuthority,
        )
        | (S::Reviewing, A::Review)
        | (S::Responded, A::SendCopy)
        // What was done stays done, and what follows from it owed.
        | (
            S::AwaitingIdentity
            | S::AwaitingFee
            | S::InProgress
            | S::AwaitingChoice
            | S::Collecting
            | S::Reviewing
            | S::Responded
            | S::Withdrawn,
            A::NotifyRecipient,
        )
        | (
            S::AwaitingIdentity
            | S::AwaitingFee
            | S::InProgress
            | S::Collecting
            | S::Reviewing
            | S::Responded
            | S::Withdrawn,
            A::LiftRestriction,
        )
        | (S::Responded | S::Withdrawn, A::Complain) => Some(Next::Stay),
        (_, A::Withdraw) if stage.is_open() => Some(Next::To(S::Withdrawn)),
        _ => None,
    }
}
