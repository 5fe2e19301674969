//! Complaints about what the clinic does with data: taken in by the form for everybody, kept in the
//! log beside the requests.

use upheld_consent::request::{
    Channel, Complaint, ComplaintCommand, ComplaintEvent, ComplaintStage, Context,
    ControllerStatus, Name, Recorded, Text, decide_complaint,
};
use upheld_consent::{ComplaintDeadline, Date, DeadlineError};
use upheld_store::record::{PersonId as Whose, RecordId};
use upheld_store::request::{COMPLAINT, KeptComplaint, RequestError};

use crate::clock::Moment;
use crate::id::{Id, PersonId};
use crate::language::phrase;
use crate::records::Records;
use crate::requests::{self, RequestsError};

/// What it is, for the person.
pub(crate) const HEADING: &str = phrase("Complain about what you do with my data");

/// Where it stands, for the person.
pub(crate) const fn where_it_stands(stage: ComplaintStage) -> &'static str {
    match stage {
        ComplaintStage::Received => phrase("Received"),
        ComplaintStage::Acknowledged => phrase("Acknowledged"),
        ComplaintStage::Investigating => phrase("Being looked into"),
        ComplaintStage::Decided => phrase("Answered"),
        ComplaintStage::Withdrawn => phrase("Taken back by you"),
        _ => phrase("Closed"),
    }
}

/// A complaint of a person.
#[derive(Debug)]
pub(crate) struct Complained {
    pub(crate) id: Id,
    pub(crate) complaint: Complaint,
    pub(crate) events: Vec<Recorded<ComplaintEvent>>,
}

impl Complained {
    /// When receipt must be acknowledged; `None` once it was.
    pub(crate) fn due(&self) -> Result<Option<Date>, RequestsError> {
        Ok(deadline(&self.complaint)?.map(|deadline| deadline.acknowledge_by))
    }
}

/// When receipt must be acknowledged, as the section has it; `None` once it was, or for what came
/// before there was such a duty.
//= DPA 2018 §164A(3): receipt is acknowledged within 30 days
pub(crate) fn deadline(complaint: &Complaint) -> Result<Option<ComplaintDeadline>, RequestsError> {
    match complaint.acknowledge_by(&requests::calendar()) {
        Err(DeadlineError::BeforeDuty { .. }) => Ok(None),
        deadline => Ok(deadline?),
    }
}

/// How that day comes about, each step with its provision.
pub(crate) fn steps(complaint: &Complaint) -> Result<Vec<String>, RequestsError> {
    let steps = deadline(complaint)?.map(|deadline| deadline.steps).unwrap_or_default();
    Ok(steps.iter().map(ToString::to_string).collect())
}

/// Lists what a person has complained about, the newest first.
pub(crate) async fn list(
    records: &Records,
    person: PersonId,
) -> Result<Vec<Complained>, RequestsError> {
    let mut found = Vec::new();
    for listed in records.requests.of_person(Whose(person.to_bits())).await? {
        if listed.summary.kind() == COMPLAINT {
            found.extend(find(records, person, Id::from_bits(listed.request.0)).await?);
        }
    }
    Ok(found)
}

/// Finds one of a person's complaints; those of others are not there.
pub(crate) async fn find(
    records: &Records,
    person: PersonId,
    id: Id,
) -> Result<Option<Complained>, RequestsError> {
    let kept = read(records, RecordId(id.to_bits())).await?;
    let own = kept.filter(|kept| kept.person == Some(Whose(person.to_bits())));
    Ok(own.map(|kept| Complained { id, complaint: kept.complaint, events: kept.events }))
}

/// Reads anybody's complaint. What is none, or was erased, is not there.
pub(crate) async fn read(
    records: &Records,
    record: RecordId,
) -> Result<Option<KeptComplaint>, RequestsError> {
    match records.requests.load_complaint(record).await {
        Err(RequestError::Erased | RequestError::Form { .. }) => Ok(None),
        kept => Ok(kept?),
    }
}

/// The events of a complaint that came by the form on one day and was confirmed on another: the time
/// runs from the first.
//= DPA 2018 §164A(2): a complaint can be made by a form that is filled in electronically
pub(crate) fn receive(
    about: Text,
    received: Moment,
    now: Moment,
) -> Result<Vec<Recorded<ComplaintEvent>>, RequestsError> {
    let at = received.to_date()?;
    let today = requests::today(None, now)?.max(at);
    let (by, calendar) = (Name::new(requests::FORM)?, requests::calendar());
    let controller = ControllerStatus::HealthProfessional;
    let context = Context { at, today, by: &by, calendar: &calendar, controller };
    let command = ComplaintCommand::Receive { channel: Channel::Form, about, request: None };
    Ok(vec![decide_complaint(None, command, &context)?])
}
