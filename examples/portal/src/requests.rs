//! What a person asks of the clinic about their data: taken in from their account, kept in the log
//! of `upheld-ledger`, confirmed by e-mail in the same transaction.

use upheld_consent::request::{
    Ask, Channel, Command, ComplaintRejection, Context, ControllerStatus, Identity, Name, Receipt,
    Recorded, Rejection, Request, Requester, Stage, Text, TextError, decide,
};
use upheld_consent::{Calendar, Date, DateError, DeadlineError, Division, Due};
use upheld_store::record::{PersonId as Whose, RecordError, RecordId, Written};
use upheld_store::request::{COMPLAINT, KeptRequest, RequestError, Summary};
use upheld_store::sql::{DatabaseError, Transaction};
use zeroize::Zeroizing;

use crate::clock::Moment;
use crate::events::{self, Event};
use crate::id::{Id, PersonId};
use crate::language::phrase;
use crate::letters::LettersError;
use crate::people;
use crate::records::{Records, RecordsError};
use crate::sealed::{self, Table};

/// What a person may ask for from their account.
pub(crate) const ASKS: [Ask; 6] = [
    Ask::Access,
    Ask::Portability,
    Ask::Rectification,
    Ask::Erasure,
    Ask::Restriction,
    Ask::Objection,
];

/// What it is, for the person.
pub(crate) const fn heading(ask: Ask) -> &'static str {
    match ask {
        Ask::Access => phrase("A copy of my data"),
        Ask::Portability => phrase("My data in a form for machines"),
        Ask::Rectification => phrase("Correct my data"),
        Ask::Erasure => phrase("Erase my data"),
        Ask::Restriction => phrase("Keep my data, but do not use it"),
        Ask::Objection => phrase("Stop using my data"),
        Ask::MarketingObjection => phrase("Stop advertising to me"),
        Ask::DecisionReview => phrase("Have somebody look at a decision of a machine"),
        _ => phrase("Take my consent back"),
    }
}

/// Where it stands, for the person.
pub(crate) const fn where_it_stands(stage: Stage) -> &'static str {
    match stage {
        Stage::Received => phrase("Received"),
        Stage::AwaitingIdentity => phrase("We asked you to show who you are"),
        Stage::AwaitingAuthority => phrase("We asked for proof that you may act for somebody"),
        Stage::AwaitingFee => phrase("We asked you for a fee"),
        Stage::AwaitingClarification => phrase("We asked you a question"),
        Stage::AwaitingChoice => phrase("We asked you to choose"),
        Stage::Responded => phrase("Answered"),
        Stage::Withdrawn => phrase("Taken back by you"),
        Stage::Closed => phrase("Closed"),
        _ => phrase("Being dealt with"),
    }
}

/// How many requests of a person may be open at once: more are no use to them.
pub(crate) const MAX_OPEN: usize = 10;

/// Who acts, in the log. It names nobody.
pub(crate) const ACTOR: &str = "self-service";
/// Who notes what comes by the form for people who are not signed in.
pub(crate) const FORM: &str = "public form";

/// A request of a person.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) id: Id,
    pub(crate) request: Request,
    pub(crate) events: Vec<Recorded>,
}

impl Asked {
    /// When it must be answered; `None` once nothing is owed.
    pub(crate) fn due(&self) -> Result<Option<Date>, RequestsError> {
        Ok(match self.request.due(&calendar())? {
            Some(Due::Running(deadline)) => Some(deadline.due),
            _ => None,
        })
    }

    /// How that comes about, each step with its provision.
    pub(crate) fn steps(&self) -> Result<Vec<String>, RequestsError> {
        let steps = self.request.explain(&calendar())?;
        Ok(steps.iter().map(ToString::to_string).collect())
    }
}

/// Why a request was not taken in, or not read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RequestsError {
    #[error(transparent)]
    Records(#[from] RecordsError),
    #[error(transparent)]
    Request(RequestError),
    #[error(transparent)]
    Rejected(#[from] Rejection),
    #[error(transparent)]
    Complaint(#[from] ComplaintRejection),
    #[error(transparent)]
    Deadline(#[from] DeadlineError),
    #[error(transparent)]
    Text(#[from] TextError),
    #[error(transparent)]
    Letters(#[from] LettersError),
    #[error("a request is made on a day of the calendar: {0}")]
    Date(#[from] DateError),
    #[error("somebody else was faster")]
    Stale,
}

impl From<RequestError> for RequestsError {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::Record(RecordError::Database(error)) => Self::Records(error.into()),
            other => Self::Request(other),
        }
    }
}

impl From<RecordError> for RequestsError {
    fn from(error: RecordError) -> Self {
        RequestError::from(error).into()
    }
}

impl From<DatabaseError> for RequestsError {
    fn from(error: DatabaseError) -> Self {
        Self::Records(error.into())
    }
}

/// The working days of where the clinic is.
pub(crate) fn calendar() -> Calendar {
    Calendar::of(Division::EnglandAndWales).projected(Division::EnglandAndWales)
}

/// Lists what a person has asked for, the newest first.
pub(crate) async fn list(records: &Records, person: PersonId) -> Result<Vec<Asked>, RequestsError> {
    let mut asked = Vec::new();
    for listed in records.requests.of_person(whose(person)).await? {
        if listed.summary.kind() != COMPLAINT {
            asked.extend(load(records, person, listed.request).await?);
        }
    }
    Ok(asked)
}

/// How many a person has made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) requests: usize,
    pub(crate) open_requests: usize,
    pub(crate) complaints: usize,
}

/// Counts what a person has asked for and complained about.
pub(crate) async fn count(records: &Records, person: PersonId) -> Result<Counts, DatabaseError> {
    let listed = records.requests.of_person(whose(person)).await?;
    let count = |is_meant: fn(&Summary) -> bool| {
        listed.iter().filter(|listed| is_meant(&listed.summary)).count()
    };
    Ok(Counts {
        requests: count(|it| it.kind() != COMPLAINT),
        open_requests: count(|it| it.kind() != COMPLAINT && it.is_open()),
        complaints: count(|it| it.kind() == COMPLAINT),
    })
}

/// Finds one of a person's requests; those of others are not there.
pub(crate) async fn find(
    records: &Records,
    person: PersonId,
    id: Id,
) -> Result<Option<Asked>, RequestsError> {
    load(records, person, RecordId(id.to_bits())).await
}

/// Reads anybody's request. What is no request, or was erased, is not there: nothing of it is left to
/// be shown.
pub(crate) async fn read(
    records: &Records,
    record: RecordId,
) -> Result<Option<KeptRequest>, RequestsError> {
    match records.requests.load(record).await {
        Err(RequestError::Erased | RequestError::Form { .. }) => Ok(None),
        kept => Ok(kept?),
    }
}

async fn load(
    records: &Records,
    person: PersonId,
    record: RecordId,
) -> Result<Option<Asked>, RequestsError> {
    let own = read(records, record).await?.filter(|kept| kept.person == Some(whose(person)));
    let id = Id::from_bits(record.0);
    Ok(own.map(|kept| Asked { id, request: kept.request, events: kept.events }))
}

/// What the person wrote, if they did.
pub(crate) async fn words(
    records: &Records,
    person: PersonId,
    id: Id,
) -> Result<Option<Zeroizing<String>>, RequestsError> {
    let sql = "SELECT key_id, words FROM request_words
               WHERE tenant = $1 AND id = $2 AND person = $3";
    let rows = records.database.query(sql, &[id.into(), person.into()]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let found = sealed::read(row, 0)?;
    let opened = sealed::open(records, (Table::RequestWords, id, person), &found)?;
    Ok(String::from_utf8(opened.to_vec()).ok().map(Zeroizing::new))
}

/// Takes a request in, with what the person wrote about it.
pub(crate) async fn receive(
    records: &Records,
    person: PersonId,
    (ask, words): (Ask, Option<Text>),
    now: Moment,
) -> Result<Id, RequestsError> {
    let id = Id::generate().map_err(RecordsError::from)?;
    let receipt = Receipt {
        ask,
        channel: Channel::SelfService,
        requester: Requester::Subject,
        identity: Identity::SignedIn,
    };
    let events = note(None, Command::Receive(receipt), now)?;
    let asked = Asked { id, request: replay(&events)?, events };
    let due = asked.due()?.ok_or(RequestsError::Stale)?;
    let told = Event::RequestReceived { ask: heading(ask), due };
    keep(records, person, (&asked.events, 0), id, (words, told), now).await?;
    Ok(id)
}

/// Takes a request back; `false` when there is nothing to take back any more.
pub(crate) async fn withdraw(
    records: &Records,
    person: PersonId,
    asked: Asked,
    now: Moment,
) -> Result<bool, RequestsError> {
    if !asked.request.stage().is_open() {
        return Ok(false);
    }
    let Asked { id, request, mut events } = asked;
    let seen = events.len();
    events.extend(note(Some(&request), Command::Withdraw, now)?);
    keep(records, person, (&events, seen), id, (None, Event::RequestWithdrawn), now).await?;
    Ok(true)
}

pub(crate) fn replay(events: &[Recorded]) -> Result<Request, RequestsError> {
    Request::replay(events).map_err(|error| RequestError::from(error).into())
}

/// The day, which is never before that on which a request came.
pub(crate) fn today(request: Option<&Request>, now: Moment) -> Result<Date, DateError> {
    // The day in UTC is never later than that of the clinic: no deadline is too late by it.
    let today = now.to_date()?;
    Ok(request.map_or(today, |request| today.max(request.received())))
}

fn note(
    request: Option<&Request>,
    command: Command,
    now: Moment,
) -> Result<Vec<Recorded>, RequestsError> {
    let today = today(request, now)?;
    let (by, calendar) = (Name::new(ACTOR)?, calendar());
    let controller = ControllerStatus::HealthProfessional;
    let context = Context { at: today, today, by: &by, calendar: &calendar, controller };
    Ok(decide(request, command, &context)?)
}

async fn keep(
    records: &Records,
    person: PersonId,
    (events, seen): (&[Recorded], usize),
    id: Id,
    (words, told): (Option<Text>, Event<'static>),
    now: Moment,
) -> Result<(), RequestsError> {
    let at = (now.to_millis(), ACTOR);
    let sealed =
        records.requests.seal(RecordId(id.to_bits()), whose(person), (events, seen), at)?;
    let context = records.clone();
    let kept = records.database.transact(move |transaction: &mut Transaction<'_>| {
        if !people::hold(transaction, person)? {
            return Err(RequestsError::Stale);
        }
        if let Some(words) = words {
            keep_words(&context, transaction, (id, person), &words)?;
        }
        events::tell(&context, transaction, person, told, now)?;
        match sealed.keep(transaction)? {
            Written::Written { .. } => Ok(()),
            _ => Err(RequestsError::Stale),
        }
    });
    kept.await
}

/// Keeps what a person wrote with a request.
pub(crate) fn keep_words(
    records: &Records,
    transaction: &mut Transaction<'_>,
    (id, person): (Id, PersonId),
    words: &Text,
) -> Result<(), RecordsError> {
    let place = (Table::RequestWords, id, person);
    let [key, words] = sealed::seal(records, place, words.as_str().as_bytes())?;
    let sql = "INSERT INTO request_words (tenant, id, person, key_id, words)
               VALUES ($1, $2, $3, $4, $5)";
    transaction.execute(sql, &[id.into(), person.into(), key, words])?;
    Ok(())
}

const fn whose(person: PersonId) -> Whose {
    Whose(person.to_bits())
}
