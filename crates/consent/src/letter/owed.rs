//! Which letter goes with what happened.

use super::{Envelope, Letter, LetterError};
use super::{account_choice, answer, authority_request, clarification, extension, fee_notice};
use super::{acknowledgement, identity_request};
use crate::request::{Event, Request};

/// Writes the letter that the person is owed because of `event`; none where they are owed none.
///
/// | argument | meaning |
/// |---|---|
/// | `request` | the request as `event` has made it |
/// | `event` | what has just happened |
///
/// Before a restriction is lifted the person is told with reasons that no event has: see
/// [`restriction_lifting`](super::restriction_lifting).
///
/// ```
/// # use upheld_consent::letter::{self, Envelope, LetterError};
/// # use upheld_consent::request::{
/// #     Ask, Channel, Command, Context, ControllerStatus, Identity, Name, Receipt, Request, Requester,
/// #     Text, decide,
/// # };
/// # use upheld_consent::{Calendar, Date, Division};
/// # fn write(envelope: &Envelope<'_>) -> Result<(), Box<dyn std::error::Error>> {
/// # let (by, calendar) = (Name::new("desk")?, Calendar::of(Division::Scotland));
/// # let today = Date::new(2026, 6, 2)?;
/// # let controller = ControllerStatus::HealthProfessional;
/// # let context = Context { at: today, today, by: &by, calendar: &calendar, controller };
/// # let receipt = Receipt {
/// #     ask: Ask::Access,
/// #     channel: Channel::Email,
/// #     requester: Requester::Subject,
/// #     identity: Identity::Unproven,
/// # };
/// # let mut request = Request::replay(&decide(None, Command::Receive(receipt), &context)?)?;
/// let doubt = Text::new("the address is not the one that we know")?;
/// for recorded in decide(Some(&request), Command::RequestIdentity { doubt }, &context)? {
///     request = request.apply(&recorded)?;
///     let letter = letter::owed(&request, &recorded.event, envelope)?.ok_or("a letter")?;
///     assert_eq!(letter.subject(), "Please show us who you are");
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// [`LetterError`]: `request` is not as `event` has made it, or a date cannot be derived.
pub fn owed(
    request: &Request,
    event: &Event,
    envelope: &Envelope<'_>,
) -> Result<Option<Letter>, LetterError> {
    match event {
        Event::Received(_) => acknowledgement(request, envelope),
        Event::IdentityRequested { doubt } => identity_request(request, doubt, envelope),
        Event::AuthorityRequested => authority_request(request, envelope),
        Event::FeeCharged(_) => fee_notice(request, envelope),
        Event::ClarificationAsked { question } => clarification(request, question, envelope),
        Event::Extended { .. } => extension(request, envelope),
        Event::AccountDeletionRequired { .. } => account_choice(request, envelope),
        Event::Responded(_) | Event::Lapsed(_) => answer(request, envelope),
        _ => return Ok(None),
    }
    .map(Some)
}
