//! The audit, for those who look over others: what happened, and whether that is still what is
//! written.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use upheld_consent::Date;
use upheld_second_factor::AccountId;

use super::App;
use super::filters;
use super::form::{Posted, TOKEN_FIELD};
use super::pages::{Problem, form};
use super::query::{Query, address};
use super::refusal::Refusal;
use super::visitor::Overseer;
use crate::CLINIC;
use crate::audit::search::{self, Place, Wanted};
use crate::audit::{self, Actor, Checked, Found};
use crate::clock::Moment;
use crate::id::PersonId;
use crate::language::phrase;
use crate::people::{self, Contacts, Role};
use crate::records::{Records, RecordsError};
use crate::sessions::Session;
use crate::token::FormToken;

const DAY_SECONDS: i64 = 24 * 60 * 60;

const UNKNOWN: Problem<'_> = Problem {
    what: phrase("Nobody has this address or number"),
    advice: phrase("Of people whose account was erased the number is left, and no address."),
};
const NO_DAY: Problem<'_> =
    Problem { what: phrase("This is not a day"), advice: phrase("Write it like 2026-09-21.") };

/// An event in the list.
struct Line {
    at: Moment,
    by: String,
    action: String,
    about: String,
    seq: i64,
}

/// What was typed into the filters.
#[derive(Default)]
struct Typed {
    about: String,
    by: String,
    action: String,
    from: String,
    until: String,
}

/// Lists what happened, and says whether it is what was written.
#[derive(Template)]
#[template(path = "staff-audit.html")]
struct AuditPage<'a> {
    session: &'a Session,
    form_token: FormToken,
    lines: Vec<Line>,
    typed: Typed,
    /// The address of the first page, on the others.
    first: Option<String>,
    next: Option<String>,
    /// How many events are not listed yet.
    unsealed: u64,
    /// What verifying has shown.
    checked: Option<Checked>,
    field: &'static str,
    problem: Option<Problem<'a>>,
}

pub(super) async fn page(
    State(app): State<App>,
    Overseer(session): Overseer,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let query = Query::of(query);
    let typed = Typed {
        about: query.value("about"),
        by: query.value("by"),
        action: query.value("action"),
        from: query.value("from"),
        until: query.value("until"),
    };
    // A place that is none is the beginning.
    let before = Place::parse(&query.value("before"));
    show(&app, &session, typed, before, None).await
}

/// Goes along the chain and the log of consents and requests.
pub(super) async fn verify(
    State(app): State<App>,
    Posted { visitor: Overseer(session), .. }: Posted<Overseer>,
) -> Result<Response, Refusal> {
    let by = Actor::Person(session.person().to_bits());
    let turn = app.verifying.begin().ok_or(Refusal::Busy)?;
    let (records, now) = (app.records.clone(), app.clock.now());
    // By itself: what it finds is written down even if nobody waits for the page any more.
    let checked = tokio::spawn(async move { Checked::now(&records, by, now, turn).await });
    let checked = checked.await.map_err(|_| Refusal::Failed)??;
    tracing::info!(staff = %session.person(), is_intact = checked.is_intact(), "audit verified");
    show(&app, &session, Typed::default(), None, Some(checked)).await
}

async fn show(
    app: &App,
    session: &Session,
    typed: Typed,
    before: Option<Place>,
    checked: Option<Checked>,
) -> Result<Response, Refusal> {
    let records = &app.records;
    let (wanted, refused) = match read(records, &typed).await? {
        Ok(wanted) => (Some(wanted), None),
        Err(refused) => (None, Some(refused)),
    };
    let found = match wanted {
        Some(wanted) => search::search(&records.database, &wanted, before).await?,
        None => search::Page { rows: Vec::new(), next: None },
    };
    let chosen = [
        ("about", typed.about.as_str()),
        ("by", &typed.by),
        ("action", &typed.action),
        ("from", &typed.from),
        ("until", &typed.until),
    ];
    let at = |place: &str| address("/staff/audit", &[&chosen[..], &[("before", place)]].concat());
    let (next, first) = (found.next.map(|next| at(&next.to_string())), before.map(|_| at("")));
    let (field, problem) = refused.unzip();
    let page = AuditPage {
        session,
        form_token: session.token().to_form_token(),
        lines: lines(records, found.rows).await?,
        typed,
        first,
        next,
        unsealed: audit::count_unsealed(&records.database).await?,
        checked,
        field: field.unwrap_or_default(),
        problem,
    };
    form(&page, problem)
}

/// A field, and what is wrong with it.
type Refused = (&'static str, Problem<'static>);

async fn read(records: &Records, typed: &Typed) -> Result<Result<Wanted, Refused>, RecordsError> {
    let mut wanted = Wanted { action: typed.action.trim().to_owned(), ..Wanted::default() };
    match typed.by.trim() {
        "" => {}
        text => match actor(records, text).await? {
            Some(actor) => wanted.actor = Some(actor),
            None => return Ok(Err(("by", UNKNOWN))),
        },
    }
    match typed.about.trim() {
        "" => {}
        text => match person(records, text).await? {
            Some(person) => wanted.subject = Some(person),
            None => return Ok(Err(("about", UNKNOWN))),
        },
    }
    for (field, text) in [("from", typed.from.trim()), ("until", typed.until.trim())] {
        if text.is_empty() {
            continue;
        }
        let Ok(day) = Date::parse(text) else { return Ok(Err((field, NO_DAY))) };
        let midnight = Moment::of_day(day);
        if field == "from" {
            wanted.from = Some(midnight);
        } else {
            wanted.until = Some(midnight.plus(DAY_SECONDS));
        }
    }
    Ok(Ok(wanted))
}

async fn actor(records: &Records, text: &str) -> Result<Option<Actor>, RecordsError> {
    if let Some(actor) = Actor::parse(text) {
        return Ok(Some(actor));
    }
    let person = person(records, text).await?;
    Ok(person.map(|person| Actor::Person(person.to_bits())))
}

/// Somebody by their address or their number.
async fn person(records: &Records, text: &str) -> Result<Option<PersonId>, RecordsError> {
    match PersonId::parse(text) {
        Some(person) => Ok(Some(person)),
        None => Ok(people::with_address(&records.database, text).await?),
    }
}

/// The lines of events, with addresses where there are accounts.
async fn lines(records: &Records, found: Vec<search::Event>) -> Result<Vec<Line>, RecordsError> {
    let mut contacts = Contacts::default();
    let mut lines = Vec::with_capacity(found.len());
    for one in found {
        let by = match one.actor {
            Some(Actor::Person(bits)) => {
                called(records, &mut contacts, PersonId::from(AccountId(bits))).await?
            }
            Some(actor) => actor.to_string(),
            None => "?".to_owned(),
        };
        let about = match one.subject {
            Some(person) => called(records, &mut contacts, person).await?,
            None => String::new(),
        };
        lines.push(Line { at: one.at, by, action: one.action, about, seq: one.seq });
    }
    Ok(lines)
}

async fn called(
    records: &Records,
    contacts: &mut Contacts,
    person: PersonId,
) -> Result<String, RecordsError> {
    let contact = contacts.find(&records.database, person).await?;
    Ok(contact.map_or_else(|| person.to_string(), |contact| contact.email.clone()))
}
