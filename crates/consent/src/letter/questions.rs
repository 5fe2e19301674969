//! Letters on the way: that a request is there, what is needed, that it takes longer.

use super::words::say;
use super::{Draft, Envelope, Letter, LetterError, trimmed};
use crate::provision::Instrument::{Ico, UkGdpr};
use crate::request::{ErasureScope, ExtensionGround, FeeGround, Request, Stage, Text};
use crate::{Date, Due, Provision};

const fn uk(clause: &'static str) -> Provision {
    Provision::new(UkGdpr, clause)
}

fn nothing(request: &Request, lacks: &'static str) -> LetterError {
    LetterError::NothingToTell { stage: request.stage(), lacks }
}

/// Tells that a request is there, and when the answer is due.
///
/// # Errors
///
/// [`LetterError`]: nothing is owed any more, or the date cannot be derived.
pub fn acknowledgement(request: &Request, envelope: &Envelope<'_>) -> Result<Letter, LetterError> {
    let due = request.due(envelope.calendar)?;
    let Some(due) = due else { return Err(nothing(request, "no answer is owed")) };
    let mut draft = Draft::of_request("We have received your request", request, envelope);
    match due {
        Due::Running(deadline) => draft.cite(
            &format!(
                "We must answer without undue delay, and by the end of {} at the latest. If we \
                 need more time we shall tell you before then, and why.",
                say::day(deadline.due)
            ),
            uk("12A(1)"),
        ),
        Due::NotRunning(_) => draft.cite(
            "The time in which we must answer begins when we have what we asked you for.",
            uk("12A(2)"),
        ),
        Due::Paused { since } => draft.cite(
            &format!(
                "The time in which we must answer has stood still since {}, when we asked you a \
                 question. It goes on the day after we have your answer.",
                say::day(since)
            ),
            uk("12A(5)(b)"),
        ),
    }
    draft.cite("This costs you nothing, unless we tell you otherwise and why.", uk("12(5)"));
    Ok(draft.done())
}

/// Asks the person to show who they are.
///
/// # Errors
///
/// [`LetterError::NothingToTell`] unless that was asked for.
//= UK GDPR, Article 12(6): who may be somebody else is asked for what shows who they are
pub fn identity_request(
    request: &Request,
    doubt: &Text,
    envelope: &Envelope<'_>,
) -> Result<Letter, LetterError> {
    if request.stage() != Stage::AwaitingIdentity {
        return Err(nothing(request, "no proof of identity is awaited"));
    }
    let mut draft = Draft::of_request("Please show us who you are", request, envelope);
    draft.say(format!("We are not sure that the request is yours: {}", doubt.as_str()));
    draft.cite(
        "Please send us what shows who you are. We ask for no more than we need, use it for \
         nothing else, and do not deal with the request until we have it.",
        uk("12(6)"),
    );
    draft.cite("The time in which we must answer begins on the day it arrives.", uk("12A(2)(b)"));
    draft.remedies(envelope);
    Ok(draft.done())
}

/// Asks whoever acts for the person to show that they may.
///
/// # Errors
///
/// [`LetterError::NothingToTell`] unless that was asked for.
pub fn authority_request(
    request: &Request,
    envelope: &Envelope<'_>,
) -> Result<Letter, LetterError> {
    if request.stage() != Stage::AwaitingAuthority {
        return Err(nothing(request, "no proof of authority is awaited"));
    }
    let mut draft =
        Draft::of_request("Please show us that you may act for them", request, envelope);
    draft.cite(
        "You ask for somebody else. Please send us what shows that you may: their written \
         authority, or what makes you their parent, attorney or deputy. The time in which we must \
         answer begins on the day it arrives.",
        Provision::new(Ico, "right of access: requests made for others"),
    );
    draft.remedies(envelope);
    Ok(draft.done())
}

/// Tells of a fee, and why there is one.
///
/// # Errors
///
/// [`LetterError::NothingToTell`] unless one was charged and is awaited.
//= UK GDPR, Article 12(5): the person is told why a request is thought unfounded or excessive
pub fn fee_notice(request: &Request, envelope: &Envelope<'_>) -> Result<Letter, LetterError> {
    let (Stage::AwaitingFee, Some(fee)) = (request.stage(), request.fee()) else {
        return Err(nothing(request, "no fee is awaited"));
    };
    let (what, burden) = match &fee.ground {
        FeeGround::Unfounded(burden) => ("unfounded", burden),
        FeeGround::Excessive(burden) => ("excessive", burden),
    };
    let mut draft = Draft::of_request("There is a fee for your request", request, envelope);
    draft.cite(
        &format!("We find the request manifestly {what}: {}", trimmed(&burden.shown_by)),
        uk("12(5)"),
    );
    draft.say(format!(
        "We charge {}, which covers what it costs us and no more: {}",
        say::pounds(fee.pence),
        trimmed(&fee.covers)
    ));
    draft.cite("The time in which we must answer begins on the day it is paid.", uk("12A(2)(c)"));
    draft.remedies(envelope);
    Ok(draft.done())
}

/// Asks what the request is about.
///
/// # Errors
///
/// [`LetterError::NothingToTell`] unless that was asked.
//= UK GDPR, Article 12A(5)(a): the person is asked for what is needed to find the data
pub fn clarification(
    request: &Request,
    question: &Text,
    envelope: &Envelope<'_>,
) -> Result<Letter, LetterError> {
    if request.stage() != Stage::AwaitingClarification {
        return Err(nothing(request, "no answer is awaited"));
    }
    let mut draft = Draft::of_request("Please tell us more about your request", request, envelope);
    draft.cite(
        &format!(
            "We hold much about you, and need to know what you are looking for: {}",
            question.as_str()
        ),
        uk("12A(5)(a)"),
    );
    draft.cite(
        "From today until the day your answer arrives, the days do not count towards the time in \
         which we must answer.",
        uk("12A(5)(b)"),
    );
    draft.cite(
        "You need not narrow your request. If you would rather not, say so, and we shall make a \
         reasonable and proportionate search for all of it.",
        uk("15(1A)"),
    );
    Ok(draft.done())
}

/// Tells that it takes longer, how long, and why.
///
/// # Errors
///
/// [`LetterError`]: the request was not extended, or the date cannot be derived.
//= UK GDPR, Article 12A(4)(b): the notice states the reasons for the delay
pub fn extension(request: &Request, envelope: &Envelope<'_>) -> Result<Letter, LetterError> {
    let Some((_, ground, reasons)) = request.extension() else {
        return Err(nothing(request, "it was not extended"));
    };
    let Some(due) = request.due(envelope.calendar)? else {
        return Err(nothing(request, "no answer is owed"));
    };
    let mut draft = Draft::of_request("We need more time for your request", request, envelope);
    let (what, clause) = match ground {
        ExtensionGround::Complexity => ("because of how complex your requests are", "12A(3)(a)"),
        ExtensionGround::Number => ("because of how many your requests are", "12A(3)(b)"),
    };
    draft.cite(&format!("We need two further months, {what}."), uk(clause));
    draft.cite(&format!("The reasons are: {}", reasons.as_str()), uk("12A(4)(b)"));
    match due {
        Due::Running(deadline) => {
            draft.say(format!(
                "We shall answer by the end of {} at the latest.",
                say::day(deadline.due)
            ));
        }
        Due::NotRunning(_) | Due::Paused { .. } => draft.say(
            "The time stands still at present, until we have what we asked you for; we shall then \
             tell you the day.",
        ),
    }
    draft.remedies(envelope);
    Ok(draft.done())
}

/// Tells that the data cannot go without the account, and asks what the person wants.
///
/// # Errors
///
/// [`LetterError::NothingToTell`] unless their choice is awaited.
pub fn account_choice(request: &Request, envelope: &Envelope<'_>) -> Result<Letter, LetterError> {
    let (Stage::AwaitingChoice, ErasureScope::RequiresAccountDeletion { why, .. }) =
        (request.stage(), request.erasure_scope())
    else {
        return Err(nothing(request, "no choice is awaited"));
    };
    let mut draft = Draft::of_request("Your account, and your choice", request, envelope);
    draft.say(format!("We cannot erase all of it and keep your account: {}", why.as_str()));
    draft.say("Nothing happens to your account unless you say so. You may choose:");
    draft.list(&[
        "that we delete your account with the data;",
        "that we keep your account and erase only some of the data: please say which;",
        "that we do nothing: you take your request back.",
    ]);
    draft.cite("The time in which we must answer goes on meanwhile.", uk("12A(1)"));
    draft.remedies(envelope);
    Ok(draft.done())
}

/// Tells that a restriction is going to be lifted.
///
/// # Errors
///
/// [`LetterError::NothingToTell`] unless one is in force.
//= UK GDPR, Article 18(3): whoever obtained a restriction is told before it is lifted
pub fn restriction_lifting(
    request: &Request,
    lifted_on: Date,
    reasons: &Text,
    envelope: &Envelope<'_>,
) -> Result<Letter, LetterError> {
    if !request.is_restricted() {
        return Err(nothing(request, "no restriction is in force"));
    }
    let mut draft = Draft::of_request("The restriction will be lifted", request, envelope);
    draft.cite(
        &format!(
            "We shall lift the restriction on {}, and not before: {}",
            say::day(lifted_on),
            reasons.as_str()
        ),
        uk("18(3)"),
    );
    draft.remedies(envelope);
    Ok(draft.done())
}
