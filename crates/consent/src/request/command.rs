//! What somebody wants to do with a request, and what happened to it.

use serde::{Deserialize, Serialize};

use super::{
    Act, Choice, ExtensionGround, Fee, Item, Name, Notified, Receipt, Response, SearchPlan,
    SearchResult, Text, Verdict,
};
use crate::Date;

/// What somebody wants to do. When, and who, is in the [`Context`](super::Context).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Command {
    /// Takes a request in.
    Receive(Receipt),
    /// Asks the person to show who they are, because of a reasonable doubt.
    RequestIdentity {
        /// The doubt.
        doubt: Text,
    },
    /// Notes that they have. It starts the clock again if they were asked.
    ConfirmIdentity {
        /// How.
        how: Text,
    },
    /// Asks whoever acts for the person to show that they may.
    RequestAuthority,
    /// Notes that they have. It starts the clock again if they were asked.
    ReceiveAuthority {
        /// How.
        how: Text,
    },
    /// Charges a fee.
    ChargeFee(Fee),
    /// Notes that it was paid.
    PayFee,
    /// Gives the fee up.
    WaiveFee {
        /// Why.
        why: Text,
    },
    /// Refuses the request because what the person was asked for has not come; or, once the time
    /// is over, because nobody asked in time and there is nothing to show who asks.
    Lapse {
        /// What was done to get it.
        efforts: Text,
    },
    /// Takes the request up.
    Accept,
    /// Asks what the request is about. For access requests alone.
    AskClarification {
        /// The question, and why it is needed.
        question: Text,
    },
    /// Notes that the answer has come.
    Clarify {
        /// What it says.
        answer: Text,
    },
    /// Goes on without an answer. The pause ends with the day before.
    ProceedUnclarified {
        /// Why.
        why: Text,
    },
    /// Notes that the person was told that it takes longer.
    Extend {
        /// Why.
        ground: ExtensionGround,
        /// The reasons that they were given.
        reasons: Text,
    },
    /// Notes that the person was told that their data cannot go without their account.
    RequireAccountDeletion {
        /// Why it cannot.
        why: Text,
    },
    /// Notes what they chose.
    Choose(Choice),
    /// Begins, or goes on, to look for the data.
    BeginCollection(SearchPlan),
    /// Notes something found.
    FindItem(Item),
    /// Is done with a source.
    FinishSource {
        /// Which.
        source: Name,
        /// What came of it.
        result: SearchResult,
    },
    /// Sends the request on to a processor.
    InstructProcessor {
        /// Which.
        processor: Name,
    },
    /// Is done with a processor.
    FinishProcessor {
        /// Which.
        processor: Name,
        /// What came of it.
        result: SearchResult,
    },
    /// Has found what there is.
    SubmitForReview,
    /// Decides what becomes of an item.
    Review {
        /// Which.
        item: Name,
        /// What.
        verdict: Verdict,
    },
    /// Answers.
    Respond(Response),
    /// Notes that a recipient was told, or why not.
    NotifyRecipient {
        /// Which.
        recipient: Name,
        /// What came of it.
        result: Notified,
    },
    /// Sends a further copy. The first is free; the clock is not concerned.
    SendCopy {
        /// What it cost the person, in pence; never more than it costs to make.
        fee_pence: Option<u32>,
    },
    /// Lifts a restriction, after the person was told.
    LiftRestriction {
        /// When they were told.
        informed: Date,
    },
    /// Notes that the person complains about the answer: a [`Complaint`](super::Complaint) begins.
    Complain {
        /// What the complaint is called.
        complaint: Name,
    },
    /// Takes the request up again, because of something new. The clock starts on that day. A
    /// restriction stays in force, and recipients who are to be told are told.
    Reopen {
        /// What is new.
        news: Text,
    },
    /// Notes that the person took it back.
    Withdraw,
    /// Is done with it.
    Close,
}

impl Command {
    /// Its name.
    #[must_use]
    pub const fn act(&self) -> Act {
        match self {
            Self::Receive(_) => Act::Receive,
            Self::RequestIdentity { .. } => Act::RequestIdentity,
            Self::ConfirmIdentity { .. } => Act::ConfirmIdentity,
            Self::RequestAuthority => Act::RequestAuthority,
            Self::ReceiveAuthority { .. } => Act::ReceiveAuthority,
            Self::ChargeFee(_) => Act::ChargeFee,
            Self::PayFee => Act::PayFee,
            Self::WaiveFee { .. } => Act::WaiveFee,
            Self::Lapse { .. } => Act::Lapse,
            Self::Accept => Act::Accept,
            Self::AskClarification { .. } => Act::AskClarification,
            Self::Clarify { .. } => Act::Clarify,
            Self::ProceedUnclarified { .. } => Act::ProceedUnclarified,
            Self::Extend { .. } => Act::Extend,
            Self::RequireAccountDeletion { .. } => Act::RequireAccountDeletion,
            Self::Choose(_) => Act::Choose,
            Self::BeginCollection(_) => Act::BeginCollection,
            Self::FindItem(_) => Act::FindItem,
            Self::FinishSource { .. } => Act::FinishSource,
            Self::InstructProcessor { .. } => Act::InstructProcessor,
            Self::FinishProcessor { .. } => Act::FinishProcessor,
            Self::SubmitForReview => Act::SubmitForReview,
            Self::Review { .. } => Act::Review,
            Self::Respond(_) => Act::Respond,
            Self::NotifyRecipient { .. } => Act::NotifyRecipient,
            Self::SendCopy { .. } => Act::SendCopy,
            Self::LiftRestriction { .. } => Act::LiftRestriction,
            Self::Complain { .. } => Act::Complain,
            Self::Reopen { .. } => Act::Reopen,
            Self::Withdraw => Act::Withdraw,
            Self::Close => Act::Close,
        }
    }
}
