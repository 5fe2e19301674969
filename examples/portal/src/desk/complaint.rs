//! Complaints at the desk: what may be done with one, by whom, and with which letter.

use upheld_consent::request::{
    Complaint, ComplaintCommand, ComplaintEvent, ComplaintOutcome, Context, ControllerStatus,
    decide_complaint,
};
use upheld_store::record::{PersonId as Whose, RecordId};

use super::{ACTOR, Case, Draft, NoPermit, Permit};
use crate::clock::Moment;
use crate::records::Records;
use crate::requests::{self, RequestsError};
use crate::sessions::Session;

/// A complaint as the desk sees it.
pub(crate) type ComplaintCase = Case<Complaint, ComplaintEvent>;

/// Lets somebody give a command about a complaint, if they may.
pub(crate) fn permit<'a>(
    session: &'a Session,
    case: &ComplaintCase,
    command: &ComplaintCommand,
) -> Result<Permit<'a>, NoPermit> {
    Permit::of(session, case, gives_less(command))
}

/// Whether somebody is told that they are not right, or not in everything.
const fn gives_less(command: &ComplaintCommand) -> bool {
    use ComplaintOutcome::{NotUpheld, PartlyUpheld};
    matches!(
        command,
        ComplaintCommand::Decide { outcome: PartlyUpheld { .. } | NotUpheld { .. }, .. }
    )
}

/// Decides what comes of a command.
pub(crate) fn draft(
    case: &ComplaintCase,
    permit: &Permit<'_>,
    command: ComplaintCommand,
    now: Moment,
) -> Result<Draft<ComplaintEvent>, RequestsError> {
    let today = requests::today(None, now)?.max(case.request.received());
    let (by, calendar) = (permit.name()?, requests::calendar());
    let action = format!("complaint: {}", command.act());
    let controller = ControllerStatus::HealthProfessional;
    let context = Context { at: today, today, by: &by, calendar: &calendar, controller };
    let new = decide_complaint(Some(&case.request), command, &context)?;
    let complaint = case.request.clone().apply(&new)?;
    let letter = case.paper()?.owed_of_complaint(&complaint, &new)?;
    let events = case.events.iter().cloned().chain([new]).collect();
    Ok(Draft { action, events, letter })
}

/// Keeps what was decided, with an entry in the audit, and the letter in the outbox.
pub(crate) async fn keep(
    records: &Records,
    case: &ComplaintCase,
    permit: Permit<'_>,
    draft: Draft<ComplaintEvent>,
    now: Moment,
) -> Result<(), RequestsError> {
    let (id, whose) = (RecordId(case.id.to_bits()), Whose(case.person.to_bits()));
    let (events, at) = ((&*draft.events, case.events.len()), (now.to_millis(), ACTOR));
    let sealed = records.requests.seal_complaint(id, whose, events, at)?;
    super::write(records, case, &permit, (draft, sealed), now).await
}
