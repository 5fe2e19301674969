//! The desk at which staff answer what people ask about their data.
//!
//! What may be done, when, and with which letter is decided by `upheld-consent`. Here stands who may
//! do it, and that the events, the audit and the letter are written together or not at all.

pub(crate) mod assignment;
pub(crate) mod complaint;
pub(crate) mod queue;

use upheld_consent::Date;
use upheld_consent::letter::Letter;
use upheld_consent::request::{
    Command, Context, ControllerStatus, Event, Name, Recorded, Request, decide,
};
use upheld_second_factor::AccountId;
use upheld_store::record::{PersonId as Whose, RecordId, Written};
use upheld_store::request::{COMPLAINT, RequestError, SealedRequest, Summary};
use upheld_store::sql::Transaction;
use zeroize::Zeroizing;

use self::complaint::ComplaintCase;
use crate::audit::{self, Actor, Entry};
use crate::clock::Moment;
use crate::complaints;
use crate::id::{Id, PersonId};
use crate::intakes::{self, Contents};
use crate::letters::Paper;
use crate::mail;
use crate::people::{self, Contact, Role};
use crate::records::Records;
use crate::requests::{self, RequestsError};
use crate::sessions::Session;

/// Who acts, in the log. It names nobody; the events themselves do.
const ACTOR: &str = "desk";
/// What the outbox knows the letters by.
const KIND: &str = "request letter";

/// A request as the desk sees it, or a complaint.
#[derive(Debug)]
pub(crate) struct Case<R = Request, E = Event> {
    pub(crate) id: Id,
    pub(crate) person: PersonId,
    /// Whose account it is, or who sent the form; none when there is neither any more.
    pub(crate) contact: Option<Contact>,
    /// What was typed in the form, where no account has the request.
    pub(crate) form: Option<Contents>,
    pub(crate) request: R,
    pub(crate) events: Vec<Recorded<E>>,
    /// Who deals with it; none while nobody does.
    pub(crate) assignee: Option<PersonId>,
}

/// What the desk has of a name.
#[derive(Debug)]
pub(crate) enum Found {
    Request(Box<Case>),
    Complaint(Box<ComplaintCase>),
}

impl<R, E> Case<R, E> {
    /// None of what was erased: it is nobody's.
    async fn of(
        records: &Records,
        (id, summary): (Id, &Summary),
        (person, request, events): (Option<Whose>, R, Vec<Recorded<E>>),
    ) -> Result<Option<Box<Self>>, RequestsError> {
        let Some(Whose(person)) = person else { return Ok(None) };
        let person = PersonId::from(AccountId(person));
        let form = intakes::find(records, id).await?;
        let contact = match &form {
            Some(form) => Some(form.contact()),
            None => people::contact(&records.database, person).await?,
        };
        let assignee = summary.assignee().map(|bits| PersonId::from(AccountId(bits)));
        Ok(Some(Box::new(Self { id, person, contact, form, request, events, assignee })))
    }

    /// What its letters are written on.
    pub(crate) fn paper(&self) -> Result<Paper, RequestsError> {
        let (name, email) = match &self.contact {
            Some(contact) => (contact.name.as_str(), contact.email.as_str()),
            None => ("", ""),
        };
        Ok(Paper::new(self.id, &[name, email])?)
    }
}

/// Finds a request or a complaint of anybody.
pub(crate) async fn find(records: &Records, id: Id) -> Result<Option<Found>, RequestsError> {
    let record = RecordId(id.to_bits());
    let Some(summary) = records.requests.summary(record).await? else { return Ok(None) };
    let listed = (id, &summary);
    Ok(if summary.kind() == COMPLAINT {
        let Some(kept) = complaints::read(records, record).await? else { return Ok(None) };
        let kept = (kept.person, kept.complaint, kept.events);
        Case::of(records, listed, kept).await?.map(Found::Complaint)
    } else {
        let Some(kept) = requests::read(records, record).await? else { return Ok(None) };
        let kept = (kept.person, kept.request, kept.events);
        Case::of(records, listed, kept).await?.map(Found::Request)
    })
}

/// Lets somebody give a command about a request, if they may.
pub(crate) fn permit<'a>(
    session: &'a Session,
    case: &Case,
    command: &Command,
) -> Result<Permit<'a>, NoPermit> {
    Permit::of(session, case, needs_lead(command))
}

/// That somebody may give a command about a case. [`keep`] takes nothing else.
#[derive(Debug)]
pub(crate) struct Permit<'a>(&'a Session);

/// Why somebody may not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoPermit {
    /// They read, and do not act.
    Reader,
    /// The request is their own.
    Own,
    /// It takes the privacy lead.
    Lead,
}

impl<'a> Permit<'a> {
    fn of<R, E>(
        session: &'a Session,
        case: &Case<R, E>,
        needs_lead: bool,
    ) -> Result<Self, NoPermit> {
        match session.role() {
            _ if !session.is_staff() => Err(NoPermit::Reader),
            Role::Patient | Role::Auditor => Err(NoPermit::Reader),
            _ if session.person() == case.person => Err(NoPermit::Own),
            Role::Staff if needs_lead => Err(NoPermit::Lead),
            Role::Staff | Role::PrivacyLead => Ok(Self(session)),
        }
    }

    /// The name under which events are recorded: with the address, as people choose names freely.
    fn name(&self) -> Result<Name, RequestsError> {
        let (name, email) = (self.0.display_name(), self.0.email());
        let names = [assignment::called(name, email), email.to_owned()];
        let fitting = names.iter().find_map(|name| Name::new(name).ok());
        Ok(fitting.map_or_else(|| Name::new("staff"), Ok)?)
    }
}

/// Whether a command refuses something, takes longer for it, or asks for money.
fn needs_lead(command: &Command) -> bool {
    match command {
        Command::Lapse { .. } | Command::Extend { .. } | Command::ChargeFee(_) => true,
        Command::SendCopy { fee_pence } => fee_pence.is_some_and(|pence| pence > 0),
        Command::Respond(response) => !response.outcome.refused().is_empty(),
        _ => false,
    }
}

/// Whether a command notes what came to the clinic, which may have been on an earlier day. What the
/// clinic does itself it does today: another day would move a deadline.
const fn notes_arrival(command: &Command) -> bool {
    matches!(
        command,
        Command::ConfirmIdentity { .. }
            | Command::ReceiveAuthority { .. }
            | Command::PayFee
            | Command::Clarify { .. }
    )
}

/// What a command comes to, before it is kept: the letter can be read.
#[derive(Debug)]
pub(crate) struct Draft<E = Event> {
    /// What the audit calls it.
    action: String,
    /// What happened, and what comes of the command.
    events: Vec<Recorded<E>>,
    pub(crate) letter: Option<Letter>,
}

/// Decides what comes of a command; `arrived` is the day on which what it notes has come, if it notes
/// that something came, and today unless given.
pub(crate) fn draft(
    case: &Case,
    permit: &Permit<'_>,
    (command, arrived): (Command, Option<Date>),
    now: Moment,
) -> Result<Draft, RequestsError> {
    let today = requests::today(Some(&case.request), now)?;
    let (by, calendar) = (permit.name()?, requests::calendar());
    let action = format!("request: {}", command.act());
    let controller = ControllerStatus::HealthProfessional;
    let at = arrived.filter(|_| notes_arrival(&command)).unwrap_or(today);
    let context = Context { at, today, by: &by, calendar: &calendar, controller };
    let new = decide(Some(&case.request), command, &context)?;
    let paper = case.paper()?;
    let (mut request, mut letter) = (case.request.clone(), None);
    for recorded in &new {
        request = request.apply(recorded).map_err(RequestError::from)?;
        letter = letter.or(paper.owed(&request, recorded)?);
    }
    let events = case.events.iter().cloned().chain(new).collect();
    Ok(Draft { action, events, letter })
}

/// Keeps what was decided, with an entry in the audit, and the letter in the outbox.
pub(crate) async fn keep(
    records: &Records,
    case: &Case,
    permit: Permit<'_>,
    draft: Draft,
    now: Moment,
) -> Result<(), RequestsError> {
    let (id, whose) = (RecordId(case.id.to_bits()), Whose(case.person.to_bits()));
    let (events, at) = ((&*draft.events, case.events.len()), (now.to_millis(), ACTOR));
    let sealed = records.requests.seal(id, whose, events, at)?;
    write(records, case, &permit, (draft, sealed), now).await
}

async fn write<R, E>(
    records: &Records,
    case: &Case<R, E>,
    permit: &Permit<'_>,
    (draft, sealed): (Draft<E>, SealedRequest),
    now: Moment,
) -> Result<(), RequestsError> {
    let Draft { action, letter, .. } = draft;
    let letter = letter.filter(|_| case.contact.is_some()).map(|letter| mail::Letter {
        kind: KIND,
        subject: letter.subject().to_owned(),
        body: Zeroizing::new(letter.to_text()),
    });
    let (id, person) = (case.id, case.person);
    let (context, actor) = (records.clone(), Actor::Person(permit.0.person().to_bits()));
    let form_to = case.form.as_ref().map(|form| form.email.clone());
    let kept = records.database.transact(move |transaction: &mut Transaction<'_>| {
        let subject = Some(person.to_bits());
        audit::append(transaction, &Entry { at: now.into(), actor, action: &action, subject })?;
        if let Some(letter) = &letter {
            match &form_to {
                None => mail::put(&context, transaction, person, letter, now)?,
                Some(to) => intakes::put(&context, transaction, (id, to), letter, now)?,
            }
        }
        match sealed.keep(transaction)? {
            Written::Written { .. } => Ok(()),
            _ => Err(RequestsError::Stale),
        }
    });
    kept.await
}
