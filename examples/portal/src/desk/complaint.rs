//! Complaints at the desk: what may be done with one, by whom, and with which letter.

use upheld_consent::letter::Letter;
use upheld_consent::request::{
    Complaint, ComplaintAct, ComplaintCommand, ComplaintEvent, ComplaintOutcome, Context,
    ControllerStatus, Recorded, decide_complaint,
};
use upheld_store::record::{PersonId as Whose, RecordId};

use super::{ACTOR, Case, Kept, NoPermit, Permit};
use crate::clock::Moment;
use crate::complaints;
use crate::id::Id;
use crate::records::Records;
use crate::requests::{self, RequestsError};
use crate::sessions::Session;

/// A complaint as the desk sees it.
pub(crate) type ComplaintCase = Case<Complaint, ComplaintEvent>;

/// Finds a complaint of anybody.
pub(crate) async fn find(
    records: &Records,
    id: Id,
) -> Result<Option<ComplaintCase>, RequestsError> {
    let Some(kept) = complaints::read(records, RecordId(id.to_bits())).await? else {
        return Ok(None);
    };
    let Some(whose) = kept.person else { return Ok(None) };
    Case::of(records, (id, whose), kept.complaint, kept.events).await.map(Some)
}

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

/// What a command comes to, before it is kept: the letter can be read.
#[derive(Debug)]
pub(crate) struct Draft {
    act: ComplaintAct,
    events: Vec<Recorded<ComplaintEvent>>,
    pub(crate) letter: Option<Letter>,
}

/// Decides what comes of a command.
pub(crate) fn draft(
    case: &ComplaintCase,
    permit: &Permit<'_>,
    command: ComplaintCommand,
    now: Moment,
) -> Result<Draft, RequestsError> {
    let today = requests::today(None, now)?.max(case.request.received());
    let (act, by, calendar) = (command.act(), permit.name()?, requests::calendar());
    let controller = ControllerStatus::HealthProfessional;
    let context = Context { at: today, today, by: &by, calendar: &calendar, controller };
    let new = decide_complaint(Some(&case.request), command, &context)?;
    let complaint = case.request.clone().apply(&new)?;
    let letter = case.paper()?.owed_of_complaint(&complaint, &new)?;
    let events = case.events.iter().cloned().chain([new]).collect();
    Ok(Draft { act, events, letter })
}

/// Keeps what was decided, with an entry in the audit, and the letter in the outbox.
pub(crate) async fn keep(
    records: &Records,
    case: &ComplaintCase,
    permit: Permit<'_>,
    draft: Draft,
    now: Moment,
) -> Result<(), RequestsError> {
    let Draft { act, events, letter } = draft;
    let (id, whose) = (RecordId(case.id.to_bits()), Whose(case.person.to_bits()));
    let (seen, at) = (case.events.len(), (now.to_millis(), ACTOR));
    let sealed = records.requests.seal_complaint(id, whose, (&events, seen), at)?;
    let action = format!("complaint: {act}");
    super::write(records, case, &permit, Kept { action, letter, sealed }, now).await
}
