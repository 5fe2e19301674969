//! Between the requests of `upheld-consent` and records: what is written, and what is read back.

use core::fmt;

use serde_json::Error;
use upheld_consent::request::{
    Complaint, ComplaintEvent, ComplaintRejection, OutOfPlace, Recorded, Request,
};
use upheld_ledger::{JsonError, UnixMillis, Value};

use super::{KIND, Requests, Summary, summarise};
use crate::record::{
    Change, PersonId, Record, RecordError, RecordId, SealedChange, Subject, Written,
};
use crate::sql::{DatabaseError, Transaction};

/// What a queue calls a complaint, beside the kinds of requests.
pub const COMPLAINT: &str = "complaint";

/// A request read back. Its `Debug` shows nothing of what it says.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeptRequest {
    /// What it is now.
    pub request: Request,
    /// What happened, in order; what is decided next is pushed to it.
    pub events: Vec<Recorded>,
    /// Whose it is.
    pub person: Option<PersonId>,
}

/// A complaint read back. Its `Debug` shows nothing of what it says.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeptComplaint {
    /// What it is now.
    pub complaint: Complaint,
    /// What happened, in order; what is decided next is pushed to it.
    pub events: Vec<Recorded<ComplaintEvent>>,
    /// Whose it is.
    pub person: Option<PersonId>,
}

impl fmt::Debug for KeptRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stage = self.request.stage();
        f.debug_struct("KeptRequest").field("stage", &stage).finish_non_exhaustive()
    }
}

impl fmt::Debug for KeptComplaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stage = self.complaint.stage();
        f.debug_struct("KeptComplaint").field("stage", &stage).finish_non_exhaustive()
    }
}

impl Requests {
    /// Reads a request, and compares it with what the log commits to.
    ///
    /// # Errors
    ///
    /// [`RequestError`]
    pub async fn load(&self, request: RecordId) -> Result<Option<KeptRequest>, RequestError> {
        let Some(record) = self.records.load(request).await? else { return Ok(None) };
        let events = request_of(&record)?;
        let request = Request::replay(&events)?;
        Ok(Some(KeptRequest { request, events, person: record.person }))
    }

    /// Keeps what was decided of a request after its first `seen` events, which were loaded, and
    /// lists it as what it is now; 0 begins it.
    ///
    /// | argument | meaning |
    /// |---|---|
    /// | `events` | all of the request's, those that were loaded first |
    /// | `at`, `actor` | when this is written and by whom, for the log: nothing personal |
    ///
    /// # Errors
    ///
    /// [`RequestError`]
    pub async fn keep(
        &self,
        request: RecordId,
        person: PersonId,
        (events, seen): (&[Recorded], usize),
        (at, actor): (UnixMillis, &str),
    ) -> Result<Written, RequestError> {
        let sealed = self.seal(request, person, (events, seen), (at, actor))?;
        Ok(self.write(sealed).await?)
    }

    /// Seals what [`Requests::keep`] keeps, to be kept in a transaction of yours: that of the letter
    /// that acknowledges it, for example.
    ///
    /// # Errors
    ///
    /// [`RequestError`]
    pub fn seal(
        &self,
        request: RecordId,
        person: PersonId,
        (events, seen): (&[Recorded], usize),
        (at, actor): (UnixMillis, &str),
    ) -> Result<SealedRequest, RequestError> {
        let summary = Summary::of_request(events)?;
        let (after, change) = change((events, seen), Change::new(at, actor), |it| {
            (format!("request.{}", it.event.act().name()), serde_json::to_vec(it))
        })?;
        let begins = (seen == 0).then(|| Subject::new(KIND, person));
        Ok(self.sealed(request, begins, after, change, summary)?)
    }

    /// Reads a complaint, and compares it with what the log commits to.
    ///
    /// # Errors
    ///
    /// [`RequestError`]
    pub async fn load_complaint(
        &self,
        complaint: RecordId,
    ) -> Result<Option<KeptComplaint>, RequestError> {
        let Some(record) = self.records.load(complaint).await? else { return Ok(None) };
        let events = complaint_of(&record)?;
        let complaint = Complaint::replay(&events)?;
        Ok(Some(KeptComplaint { complaint, events, person: record.person }))
    }

    /// Keeps what was decided of a complaint, as [`Requests::keep`] does of a request.
    ///
    /// # Errors
    ///
    /// [`RequestError`]
    pub async fn keep_complaint(
        &self,
        complaint: RecordId,
        person: PersonId,
        (events, seen): (&[Recorded<ComplaintEvent>], usize),
        (at, actor): (UnixMillis, &str),
    ) -> Result<Written, RequestError> {
        let sealed = self.seal_complaint(complaint, person, (events, seen), (at, actor))?;
        Ok(self.write(sealed).await?)
    }

    /// Seals what [`Requests::keep_complaint`] keeps, to be kept in a transaction of yours.
    ///
    /// # Errors
    ///
    /// [`RequestError`]
    pub fn seal_complaint(
        &self,
        complaint: RecordId,
        person: PersonId,
        (events, seen): (&[Recorded<ComplaintEvent>], usize),
        (at, actor): (UnixMillis, &str),
    ) -> Result<SealedRequest, RequestError> {
        let summary = Summary::of_complaint(events)?;
        let (after, change) = change((events, seen), Change::new(at, actor), |it| {
            (format!("complaint.{}", it.event.act().name()), serde_json::to_vec(it))
        })?;
        let begins = (seen == 0).then(|| Subject::new(KIND, person));
        Ok(self.sealed(complaint, begins, after, change, summary)?)
    }

    pub(super) fn sealed(
        &self,
        request: RecordId,
        begins: Option<Subject>,
        after: u64,
        change: Change,
        summary: Summary,
    ) -> Result<SealedRequest, RecordError> {
        let change = self.records.seal(request, after, change)?;
        Ok(SealedRequest { request, change, begins, summary })
    }

    pub(super) async fn write(&self, sealed: SealedRequest) -> Result<Written, RecordError> {
        let keep = move |transaction: &mut Transaction<'_>| sealed.keep(transaction);
        self.records.database().transact(keep).await
    }
}

/// Adds the events after the first `seen` to a change, each as its JSON under its kind; beside it
/// the number of those before.
fn change<E>(
    (events, seen): (&[Recorded<E>], usize),
    mut change: Change,
    write: impl Fn(&Recorded<E>) -> (String, Result<Vec<u8>, Error>),
) -> Result<(u64, Change), RequestError> {
    for event in events.iter().skip(seen) {
        let (kind, json) = write(event);
        change = change.with_event(&kind, payload(json)?);
    }
    Ok((u64::try_from(seen).unwrap_or(u64::MAX), change))
}

/// What happened to a request, sealed.
#[derive(Debug)]
pub struct SealedRequest {
    request: RecordId,
    change: SealedChange,
    begins: Option<Subject>,
    summary: Summary,
}

impl SealedRequest {
    /// Keeps it. From here to the commit nobody else writes to the tenant's log: do it last, and
    /// undo the rest unless it was written.
    ///
    /// # Errors
    ///
    /// [`RecordError`]
    pub fn keep(self, transaction: &mut Transaction<'_>) -> Result<Written, RecordError> {
        let Self { request, change, begins, summary } = self;
        let written = match &begins {
            Some(subject) => change.create(transaction, subject)?,
            None => change.append(transaction)?,
        };
        if let Written::Written { .. } = written {
            summarise(transaction, request, &summary)?;
        }
        Ok(written)
    }
}

impl Summary {
    /// What a queue lists of a request.
    ///
    /// # Errors
    ///
    /// [`OutOfPlace`] when the events are no request.
    pub fn of_request(events: &[Recorded]) -> Result<Self, OutOfPlace> {
        let request = Request::replay(events)?;
        let summary = Self::new(request.kind().name(), request.stage().name(), request.received())
            .running_from(request.runs_from());
        Ok(if request.stage().is_open() { summary } else { summary.closed() })
    }

    /// What a queue lists of a complaint.
    ///
    /// # Errors
    ///
    /// [`ComplaintRejection`] when the events are no complaint.
    pub fn of_complaint(events: &[Recorded<ComplaintEvent>]) -> Result<Self, ComplaintRejection> {
        let complaint = Complaint::replay(events)?;
        let summary = Self::new(COMPLAINT, complaint.stage().name(), complaint.received());
        Ok(if complaint.stage().is_open() { summary } else { summary.closed() })
    }
}

fn payload(json: Result<Vec<u8>, Error>) -> Result<Value, RequestError> {
    Ok(Value::parse(&json.map_err(|_| RequestError::Form { event: 0 })?)?)
}

pub(super) fn request_of(record: &Record) -> Result<Vec<Recorded>, RequestError> {
    read(record, |json| serde_json::from_str(json))
}

pub(super) fn complaint_of(record: &Record) -> Result<Vec<Recorded<ComplaintEvent>>, RequestError> {
    read(record, |json| serde_json::from_str(json))
}

fn read<E>(
    record: &Record,
    parse: impl Fn(&str) -> Result<Recorded<E>, Error>,
) -> Result<Vec<Recorded<E>>, RequestError> {
    let mut events = Vec::with_capacity(record.events.len());
    for event in &record.events {
        let payload = event.payload.as_ref().ok_or(RequestError::Erased)?;
        let event = event.version;
        let read = parse(&payload.to_canonical()).map_err(|_| RequestError::Form { event })?;
        events.push(read);
    }
    Ok(events)
}

/// Why a request was not read or kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// The record was not read or written.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The payloads were erased: nothing is left of it but its entries in the log.
    #[error("what the request said was erased")]
    Erased,
    /// An event that is another program's, or a newer one's.
    #[error("event {event} is not in a form that this program reads")]
    Form {
        /// Which, from 1; 0 for one that is not stored yet.
        event: u64,
    },
    /// An event cannot be written.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// The events cannot have happened one after the other.
    #[error("the events are no request: {0}")]
    OutOfPlace(#[from] OutOfPlace),
    /// The same, of a complaint.
    #[error("the events are no complaint: {0}")]
    Complaint(#[from] ComplaintRejection),
}

impl From<DatabaseError> for RequestError {
    fn from(error: DatabaseError) -> Self {
        Self::Record(error.into())
    }
}
