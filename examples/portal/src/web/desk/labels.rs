//! What acts and answers are called, to be translated.

use upheld_consent::request::{Act, ComplaintAct, ComplaintStage, Stage};

use crate::language::phrase;

/// Where a request stands, for staff: what the desk does, or waits for.
pub(super) const fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Received => phrase("Received"),
        Stage::AwaitingIdentity => phrase("Waiting for proof of identity"),
        Stage::AwaitingAuthority => phrase("Waiting for proof of authority"),
        Stage::AwaitingFee => phrase("Waiting for the fee"),
        Stage::InProgress => phrase("Taken up"),
        Stage::AwaitingClarification => phrase("Waiting for an answer to a question"),
        Stage::AwaitingChoice => phrase("Waiting for a choice"),
        Stage::Collecting => phrase("Being searched for"),
        Stage::Reviewing => phrase("Being reviewed"),
        Stage::Responded => phrase("Answered"),
        Stage::Withdrawn => phrase("Taken back"),
        _ => phrase("Closed"),
    }
}

/// What was done, in a timeline.
pub(super) const fn done(act: Act) -> &'static str {
    match act {
        Act::Receive => phrase("Received"),
        Act::RequestIdentity => phrase("Asked who they are"),
        Act::ConfirmIdentity => phrase("Identity shown"),
        Act::RequestAuthority => phrase("Asked for authority"),
        Act::ReceiveAuthority => phrase("Authority shown"),
        Act::ChargeFee => phrase("Fee charged"),
        Act::PayFee => phrase("Fee paid"),
        Act::WaiveFee => phrase("Fee given up"),
        Act::Lapse => phrase("Refused, as nothing came"),
        Act::Accept => phrase("Taken up"),
        Act::AskClarification => phrase("Question asked"),
        Act::Clarify => phrase("Question answered"),
        Act::ProceedUnclarified => phrase("Went on without an answer"),
        Act::Extend => phrase("Time extended"),
        Act::RequireAccountDeletion => phrase("Told that the account has to go as well"),
        Act::Choose => phrase("Choice made"),
        Act::BeginCollection => phrase("Search planned"),
        Act::FindItem => phrase("Item found"),
        Act::FinishSource => phrase("Source finished"),
        Act::InstructProcessor => phrase("Processor told"),
        Act::FinishProcessor => phrase("Processor finished"),
        Act::SubmitForReview => phrase("Search finished"),
        Act::Review => phrase("Item reviewed"),
        Act::Respond => phrase("Answered"),
        Act::NotifyRecipient => phrase("Recipient to be told, or told"),
        Act::SendCopy => phrase("Further copy sent"),
        Act::LiftRestriction => phrase("Restriction lifted"),
        Act::Complain => phrase("Complaint made"),
        Act::Reopen => phrase("Taken up again"),
        Act::Withdraw => phrase("Taken back"),
        _ => phrase("Closed"),
    }
}

/// Where a complaint stands, for staff.
pub(super) const fn complaint_stage(stage: ComplaintStage) -> &'static str {
    match stage {
        ComplaintStage::Received => phrase("Received"),
        ComplaintStage::Acknowledged => phrase("Acknowledged"),
        ComplaintStage::Investigating => phrase("Being looked into"),
        ComplaintStage::Decided => phrase("Complaint answered"),
        ComplaintStage::Withdrawn => phrase("Taken back"),
        _ => phrase("Closed"),
    }
}

/// What was done about a complaint, in a timeline.
pub(super) const fn done_with_complaint(act: ComplaintAct) -> &'static str {
    match act {
        ComplaintAct::Receive => phrase("Received"),
        ComplaintAct::Acknowledge => phrase("Acknowledged"),
        ComplaintAct::Investigate => phrase("Looked into"),
        ComplaintAct::ReportProgress => phrase("Told how it is going"),
        ComplaintAct::Decide => phrase("Told what came of it"),
        ComplaintAct::Withdraw => phrase("Taken back"),
        _ => phrase("Closed"),
    }
}
