//! What a person agreed to: given and taken back by one button each, kept in the log of
//! `upheld-ledger`, and told by e-mail, in one transaction.

mod statement;

use upheld_consent::{
    Affirmation, Capacity, Change, Circumstances, Command, ConsentEvent, ConsentKind,
    ConsentRecord, Contact, Dossier, DossierError, Happening, IdentifierError, Means, Method,
    Notice, NoticeRef, Processing, Purpose, PurposeId, RecordId, Rejection, Scope, Status,
    Subscriber, TpsScreening, UnixMillis,
};
use upheld_store::consent::ConsentError;
use upheld_store::record::{PersonId as Whose, RecordError, Written};
use upheld_store::sql::{DatabaseError, Transaction};

use crate::audit::{self, Actor, Entry};
use crate::clock::Moment;
use crate::cookie_choices::{Answer, AnswerError};
use crate::events::{self, Event};
use crate::id::PersonId;
use crate::language::{Language, phrase};
use crate::notice::{QUESTIONS, Question, Topic};
use crate::people;
use crate::random;
use crate::records::{Records, RecordsError};
pub(crate) use statement::statements;

/// Who acts, in the log. It names nobody.
const ACTOR: &str = "self-service";
/// How often somebody else may be faster before it is given up.
const TRIES: usize = 5;

/// What a person wants.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wish<'a> {
    /// Agrees, on being shown that.
    Give(&'static Question, &'a Notice, Language),
    /// Takes it back.
    Withdraw(&'static Question),
    /// Wants no marketing, by any channel.
    StopMarketing,
    /// Chose about cookies.
    Choose(&'a Answer<'a>),
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "what is not done is not to be shown as done"]
pub(crate) enum Done {
    Done,
    /// It was so before.
    Already,
}

/// Where one question stands.
#[derive(Debug)]
pub(crate) struct Standing {
    pub(crate) question: &'static Question,
    pub(crate) status: Status,
    /// What stands, if the person agreed.
    pub(crate) agreed: Option<Agreed>,
}

impl Standing {
    /// Whether the question is about this purpose.
    pub(crate) fn is_for(&self, purpose: &PurposeId) -> bool {
        self.question.topic.id().is_ok_and(|topic| topic == *purpose)
    }
}

/// A consent that stands.
#[derive(Debug)]
pub(crate) struct Agreed {
    pub(crate) since: Moment,
    pub(crate) until: Moment,
    /// Of the notice that was shown.
    pub(crate) version: u32,
    /// Whether the clinic may do it at this moment.
    pub(crate) is_allowed: bool,
}

/// Why consents were not read or kept.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConsentsError {
    #[error(transparent)]
    Records(#[from] RecordsError),
    #[error(transparent)]
    Consent(ConsentError),
    #[error(transparent)]
    Dossier(#[from] DossierError),
    #[error("the notice does not hold what is asked: {0}")]
    Rejected(#[from] Rejection),
    #[error(transparent)]
    Identifier(#[from] IdentifierError),
    #[error(transparent)]
    Answer(#[from] AnswerError),
    #[error("others were faster {TRIES} times")]
    Contended,
}

impl From<ConsentError> for ConsentsError {
    fn from(error: ConsentError) -> Self {
        match error {
            ConsentError::Record(RecordError::Database(error)) => Self::Records(error.into()),
            other => Self::Consent(other),
        }
    }
}

/// Reads a person's record; an empty one of a new name if there is none.
pub(crate) async fn load(
    records: &Records,
    person: PersonId,
) -> Result<ConsentRecord, ConsentsError> {
    if let Some(record) = records.consents.load(whose(person)).await? {
        return Ok(record);
    }
    let name = random::bytes().map_err(RecordsError::from)?;
    Ok(ConsentRecord::new(RecordId::from_random(*name)))
}

/// Says where every question stands.
pub(crate) async fn standings(
    records: &Records,
    record: &ConsentRecord,
    now: Moment,
) -> Result<Vec<Standing>, ConsentsError> {
    let at = with_all(record, now);
    let mut standings = Vec::with_capacity(QUESTIONS.len());
    for question in &QUESTIONS {
        let scope = question.scope()?;
        let status = record.status_at(&scope, at);
        let agreed = agreed(records, record, &scope, at).await?;
        standings.push(Standing { question, status, agreed });
    }
    Ok(standings)
}

/// What stands of a consent.
pub(crate) async fn agreed(
    records: &Records,
    record: &ConsentRecord,
    scope: &Scope,
    at: UnixMillis,
) -> Result<Option<Agreed>, ConsentsError> {
    let is_valid = record.status_at(scope, at).is_valid();
    let Some(grant) = record.state(scope).grant().filter(|_| is_valid) else { return Ok(None) };
    Ok(Some(Agreed {
        since: grant.since.into(),
        until: grant.until.into(),
        version: grant.notice.version,
        is_allowed: is_allowed(records, record, (scope, &grant.notice), at).await?,
    }))
}

/// Whether the clinic may do what was agreed to, by the words that were shown.
async fn is_allowed(
    records: &Records,
    record: &ConsentRecord,
    (scope, shown): (&Scope, &NoticeRef),
    at: UnixMillis,
) -> Result<bool, ConsentsError> {
    let Some(notice) = notice(records, shown).await? else { return Ok(false) };
    let decision = if let Some(channel) = scope.channel {
        let contact = Contact {
            purpose: &scope.purpose,
            channel,
            subscriber: Subscriber::Individual,
            tps: TpsScreening::NotScreened,
            soft_opt_in: None,
        };
        record.may_contact(&contact, &notice, at)
    } else {
        let purpose = &scope.purpose;
        let data = notice.purpose(purpose).map(Purpose::data).unwrap_or_default();
        let processing = Processing { purpose, channel: None, recipient: None, data };
        record.is_valid_for(&processing, &notice, at)
    };
    Ok(decision.is_allowed())
}

/// Does what the person of an account wants.
pub(crate) async fn carry_out(
    records: &Records,
    person: PersonId,
    wish: Wish<'_>,
    now: Moment,
) -> Result<Done, ConsentsError> {
    for _ in 0..TRIES {
        let mut record = load(records, person).await?;
        let seen = record.events().len();
        let events = decide(&record, wish, now)?;
        if events.is_empty() {
            return Ok(Done::Already);
        }
        for event in events {
            record.apply(event)?;
        }
        let told = match wish {
            Wish::Give(question, ..) => Some(Event::ConsentGiven { statement: question.statement }),
            Wish::Withdraw(question) => {
                Some(Event::ConsentWithdrawn { statement: question.statement })
            }
            Wish::StopMarketing => Some(Event::MarketingStopped),
            // Said on any page by one button: an e-mail about each would be a nuisance.
            Wish::Choose(_) => None,
        };
        let sealed = records.consents.seal(whose(person), &record, seen, ACTOR)?;
        let context = records.clone();
        let kept = records.database.transact(move |transaction: &mut Transaction<'_>| {
            if !people::hold(transaction, person)? {
                return Err(NotKept::Late);
            }
            match told {
                Some(event) => events::tell(&context, transaction, person, event, now)
                    .map_err(NotKept::Failed)?,
                None => audit::append(transaction, &chosen(person, now))?,
            }
            match sealed.keep(transaction).map_err(ConsentError::from) {
                Ok(Written::Written { .. }) => Ok(()),
                // Erased since it was read: the person has none now.
                Ok(_) | Err(ConsentError::Record(RecordError::Erased)) => Err(NotKept::Late),
                Err(error) => Err(NotKept::Refused(error.into())),
            }
        });
        match kept.await {
            Ok(()) => return Ok(Done::Done),
            Err(NotKept::Late) => {}
            Err(NotKept::Failed(error)) => return Err(error.into()),
            Err(NotKept::Refused(error)) => return Err(error),
        }
    }
    Err(ConsentsError::Contended)
}

/// Why a transaction was undone.
enum NotKept {
    /// Somebody else changed the same person's consents.
    Late,
    Failed(RecordsError),
    Refused(ConsentsError),
}

impl From<DatabaseError> for NotKept {
    fn from(error: DatabaseError) -> Self {
        Self::Failed(error.into())
    }
}

fn chosen(person: PersonId, now: Moment) -> Entry<'static> {
    let (actor, subject) = (Actor::Person(person.to_bits()), Some(person.to_bits()));
    Entry { at: now.into(), actor, action: "cookies chosen", subject }
}

/// What comes of a wish; nothing, if it was so before.
fn decide(
    record: &ConsentRecord,
    wish: Wish<'_>,
    now: Moment,
) -> Result<Vec<ConsentEvent>, ConsentsError> {
    let at = after_all(record, now);
    match wish {
        Wish::Give(question, notice, language) => {
            let scope = question.scope()?;
            let is_explicit =
                notice.purpose(&scope.purpose).is_some_and(Purpose::needs_explicit_consent);
            let kind = if is_explicit { ConsentKind::Explicit } else { ConsentKind::Expressed };
            let affirmation = Affirmation {
                kind,
                method: Method::PressedButton,
                means: Means::Web,
                statement: language.say(question.statement).into_owned(),
                reference: None,
                guardian: None,
                until: None,
            };
            let circumstances = Circumstances { at, notice, capacity: Capacity::Own };
            match record.decide(&scope, Command::Give(affirmation), &circumstances) {
                Ok(event) => Ok(vec![event]),
                Err(Rejection::AlreadyGiven) => Ok(Vec::new()),
                Err(rejection) => Err(rejection.into()),
            }
        }
        Wish::Withdraw(question) => {
            let asked = question.scope()?;
            Ok(record.withdraw(at, Means::Web, |scope| *scope == asked)?)
        }
        Wish::StopMarketing => {
            let news = Topic::News.id()?;
            let mut events = record.withdraw(at, Means::Web, |scope| scope.purpose == news)?;
            // Said again without anything to stop, it is so already.
            if events.is_empty() && last_word(record) == Some(true) {
                return Ok(events);
            }
            events.push(record.object(at, None)?);
            Ok(events)
        }
        Wish::Choose(answer) => Ok(answer.to_events(record, at)?),
    }
}

/// Whether the last that a person said about marketing was that they want none.
pub(crate) fn last_word(record: &ConsentRecord) -> Option<bool> {
    let news = Topic::News.id().ok()?;
    record.events().iter().rev().find_map(|event| match event.what() {
        Happening::MarketingObjection { .. } => Some(true),
        Happening::Consent { scope, change: Change::Given(_) } if scope.purpose == news => {
            Some(false)
        }
        _ => None,
    })
}

/// Now, and no earlier than what happened last.
pub(crate) fn with_all(record: &ConsentRecord, now: Moment) -> UnixMillis {
    let last = record.events().last().map(ConsentEvent::at);
    now.to_millis().max(last.unwrap_or_default())
}

/// Now, or right after what happened last: of a consent and an objection one comes later, however
/// coarse the clock is and even if it was set back.
fn after_all(record: &ConsentRecord, now: Moment) -> UnixMillis {
    let now = now.to_millis();
    let Some(last) = record.events().last().map(ConsentEvent::at) else { return now };
    let next = UnixMillis::new(last.get().saturating_add(1)).unwrap_or(last);
    now.max(next)
}

/// Puts together what receipts are made of.
pub(crate) async fn dossier(
    records: &Records,
    record: ConsentRecord,
    principal: &str,
) -> Result<Dossier, ConsentsError> {
    let mut notices: Vec<Notice> = Vec::new();
    let shown: Vec<NoticeRef> = record.events().iter().filter_map(shown).cloned().collect();
    for reference in shown {
        if notices.iter().any(|known| known.reference() == reference) {
            continue;
        }
        notices.extend(notice(records, &reference).await?);
    }
    Ok(Dossier::new(record, principal, notices)?)
}

/// What somebody was shown when it happened.
pub(crate) fn shown(event: &ConsentEvent) -> Option<&NoticeRef> {
    let Happening::Consent { change, .. } = event.what() else { return None };
    match change {
        Change::Given(grant) | Change::Renewed(grant) => Some(&grant.notice),
        Change::Requested { notice } => Some(notice),
        _ => None,
    }
}

/// An objection to marketing, for the person.
pub(crate) const OBJECTED: &str = phrase("You objected to all news and offers");
/// A recipient was told of a withdrawal, for the person.
pub(crate) const TOLD: &str = phrase("A recipient was told");

/// How a consent changed, for the person.
pub(crate) const fn said(change: &Change) -> &'static str {
    match change {
        Change::Requested { .. } => phrase("You were asked"),
        Change::Given(_) => phrase("You agreed"),
        Change::Refused => phrase("You refused"),
        Change::Deferred => phrase("You put it off"),
        Change::Withdrawn { .. } => phrase("You took it back"),
        Change::Renewed(_) => phrase("You agreed again"),
        Change::Expired => phrase("It ended by its time"),
        Change::Invalidated { .. } => phrase("It was found to be no consent"),
        Change::Revoked => phrase("The clinic gave it up"),
        Change::NoticeSuperseded { .. } => phrase("A new privacy notice took effect"),
        Change::SubjectReachedAge => phrase("You can decide for yourself from then on"),
    }
}

async fn notice(records: &Records, reference: &NoticeRef) -> Result<Option<Notice>, ConsentsError> {
    if let Some(current) = records.notices.find(reference) {
        return Ok(Some(current.clone()));
    }
    Ok(records.consents.notice(reference).await?)
}

const fn whose(person: PersonId) -> Whose {
    Whose(person.to_bits())
}
