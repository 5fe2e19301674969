//! Letters about complaints.

use super::words::say;
use super::{Draft, Envelope, Letter, LetterError, trimmed};
use crate::Provision;
use crate::provision::Instrument::Dpa2018;
use crate::request::{Complaint, ComplaintOutcome};

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
