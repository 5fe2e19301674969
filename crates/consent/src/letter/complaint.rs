//! Letters about complaints.

use super::words::say;
use super::{Draft, Envelope, Letter, LetterError, trimmed};
use crate::Provision;
use crate::provision::Instrument::Dpa2018;
use crate::request::{Complaint, ComplaintEvent, ComplaintOutcome, Text};

/// Tells that a complaint is there, and what happens next.
//= DPA 2018 §164A(3): receipt of a complaint is acknowledged
#[must_use]
pub fn complaint_acknowledgement(complaint: &Complaint, envelope: &Envelope<'_>) -> Letter {
    let mut draft = Draft::of_complaint("We have received your complaint", complaint, envelope);
    draft.cite("We acknowledge your complaint.", Provision::new(Dpa2018, "164A(3)"));
    draft.cite(
        "We shall make enquiries without undue delay, tell you how it goes, and tell you what came \
         of it.",
        Provision::new(Dpa2018, "164A(4)"),
    );
    draft.remedies(envelope);
    draft.done()
}

/// Tells how a complaint is going.
//= DPA 2018 §164A(5): the person is told of progress
#[must_use]
pub fn complaint_progress(complaint: &Complaint, told: &Text, envelope: &Envelope<'_>) -> Letter {
    let mut draft = Draft::of_complaint("How your complaint is going", complaint, envelope);
    draft.cite(&format!("Where it stands: {}", trimmed(told)), Provision::new(Dpa2018, "164A(5)"));
    draft.say("We shall tell you what came of it.");
    draft.remedies(envelope);
    draft.done()
}

/// Writes the letter that whoever complained is owed because of `event`, which has made `complaint`
/// what it is; none where they are owed none.
///
/// # Errors
///
/// [`LetterError`] when `event` is not what has made `complaint` what it is.
pub fn complaint_owed(
    complaint: &Complaint,
    event: &ComplaintEvent,
    envelope: &Envelope<'_>,
) -> Result<Option<Letter>, LetterError> {
    Ok(match event {
        ComplaintEvent::Acknowledged => Some(complaint_acknowledgement(complaint, envelope)),
        ComplaintEvent::ProgressReported { told } => {
            Some(complaint_progress(complaint, told, envelope))
        }
        ComplaintEvent::Decided { .. } => Some(complaint_outcome(complaint, envelope)?),
        _ => None,
    })
}

/// Tells what came of a complaint.
///
/// # Errors
///
/// [`LetterError::NotDecided`].
//= DPA 2018 §164A(4): the person is told the outcome
pub fn complaint_outcome(
    complaint: &Complaint,
    envelope: &Envelope<'_>,
) -> Result<Letter, LetterError> {
    let Some((decided, enquiries, outcome)) = complaint.outcome() else {
        return Err(LetterError::NotDecided);
    };
    let mut draft = Draft::of_complaint("What came of your complaint", complaint, envelope);
    draft.cite(
        &format!("We looked into it: {}", trimmed(enquiries)),
        Provision::new(Dpa2018, "164A(5)"),
    );
    let (verdict, remedy, reasons) = match outcome {
        ComplaintOutcome::Upheld { remedy } => ("You are right.", Some(remedy), None),
        ComplaintOutcome::PartlyUpheld { remedy, reasons } => {
            ("You are right in part.", Some(remedy), Some(reasons))
        }
        ComplaintOutcome::NotUpheld { reasons } => {
            ("We do not agree with your complaint.", None, Some(reasons))
        }
    };
    draft.cite(
        &format!("We decided on {}. {verdict}", say::day(decided)),
        Provision::new(Dpa2018, "164A(4)"),
    );
    if let Some(remedy) = remedy {
        draft.say(format!("What we do about it: {}", remedy.as_str()));
    }
    if let Some(reasons) = reasons {
        draft.say(format!("Our reasons: {}", reasons.as_str()));
    }
    draft.remedies(envelope);
    Ok(draft.done())
}
