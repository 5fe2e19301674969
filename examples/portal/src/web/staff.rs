//! The pages of staff.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;

use super::App;
use super::filters;
use super::form::{Posted, TOKEN_FIELD};
use super::pages::{Problem, form, see_other};
use super::refusal::Refusal;
use super::visitor::{FreshStaff, Staff};
use crate::CLINIC;
use crate::devices::DeviceKind;
use crate::id::{Id, PersonId};
use crate::language::phrase;
use crate::limits::Lock;
use crate::people::{Email, Role, State as AccountState};
use crate::sessions::Session;
use crate::staff::{self, Answer, Listed, Record};
use crate::token::FormToken;

const IMPOSSIBLE: Problem<'_> = Problem {
    what: phrase("That cannot be done"),
    advice: phrase(
        "Nobody decides about their own account, the second of two must be another person than \
             the first, and a request ends after 24 hours.",
    ),
};

/// Lists people.
#[derive(Template)]
#[template(path = "staff.html")]
struct ListPage<'a> {
    session: &'a Session,
    form_token: FormToken,
    start: &'a str,
    people: Vec<Listed>,
    problem: Option<Problem<'a>>,
}

/// Shows how a person signs in.
#[derive(Template)]
#[template(path = "staff-person.html")]
struct PersonPage<'a> {
    session: &'a Session,
    form_token: FormToken,
    id: PersonId,
    record: Record,
    problem: Option<Problem<'a>>,
}

pub(super) async fn list(
    State(app): State<App>,
    Staff(session): Staff,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let query = query.unwrap_or_default();
    let start = form_urlencoded::parse(query.as_bytes())
        .find(|(name, value)| name == "email" && value.len() <= Email::MAX_BYTES)
        .map(|(_, value)| value.trim().to_lowercase())
        .unwrap_or_default();
    let page = ListPage {
        session: &session,
        form_token: session.token().to_form_token(),
        start: &start,
        people: staff::list(&app.records, &start, app.clock.now()).await?,
        problem: None,
    };
    form(&page, None)
}

pub(super) async fn person(
    State(app): State<App>,
    Staff(session): Staff,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    show(&app, &session, read(&id)?, None).await
}

pub(super) async fn unlock(
    State(app): State<App>,
    Path(id): Path<String>,
    Posted { visitor: FreshStaff(session), .. }: Posted<FreshStaff>,
) -> Result<Response, Refusal> {
    let person = read(&id)?;
    let answer = staff::unlock(&app.records, &session, person, app.clock.now()).await?;
    note("unlock", &session, person, answer);
    finish(&app, &session, person, answer).await
}

pub(super) async fn disable(
    State(app): State<App>,
    Path(id): Path<String>,
    Posted { visitor: FreshStaff(session), .. }: Posted<FreshStaff>,
) -> Result<Response, Refusal> {
    set_state(&app, &session, &id, AccountState::Disabled).await
}

pub(super) async fn enable(
    State(app): State<App>,
    Path(id): Path<String>,
    Posted { visitor: FreshStaff(session), .. }: Posted<FreshStaff>,
) -> Result<Response, Refusal> {
    set_state(&app, &session, &id, AccountState::Active).await
}

pub(super) async fn ask_reset(
    State(app): State<App>,
    Path(id): Path<String>,
    Posted { visitor: FreshStaff(session), .. }: Posted<FreshStaff>,
) -> Result<Response, Refusal> {
    let person = read(&id)?;
    let answer = staff::ask_reset(&app.records, &session, person, app.clock.now()).await?;
    note("ask for a reset", &session, person, answer);
    finish(&app, &session, person, answer).await
}

pub(super) async fn confirm_reset(
    State(app): State<App>,
    Path((id, reset)): Path<(String, String)>,
    Posted { visitor: FreshStaff(session), .. }: Posted<FreshStaff>,
) -> Result<Response, Refusal> {
    let (person, reset) = (read(&id)?, Id::parse(&reset).ok_or(Refusal::NotFound)?);
    let now = app.clock.now();
    let answer = staff::confirm_reset(&app.records, &session, (person, reset), now).await?;
    note("confirm a reset", &session, person, answer);
    finish(&app, &session, person, answer).await
}

pub(super) async fn withdraw_reset(
    State(app): State<App>,
    Path((id, reset)): Path<(String, String)>,
    Posted { visitor: FreshStaff(session), .. }: Posted<FreshStaff>,
) -> Result<Response, Refusal> {
    let (person, reset) = (read(&id)?, Id::parse(&reset).ok_or(Refusal::NotFound)?);
    let answer =
        staff::withdraw_reset(&app.records, &session, (person, reset), app.clock.now()).await?;
    note("withdraw a reset", &session, person, answer);
    finish(&app, &session, person, answer).await
}

async fn set_state(
    app: &App,
    session: &Session,
    id: &str,
    state: AccountState,
) -> Result<Response, Refusal> {
    let person = read(id)?;
    let answer = staff::set_state(&app.records, session, (person, state), app.clock.now()).await?;
    note(state.as_str(), session, person, answer);
    finish(app, session, person, answer).await
}

fn note(what: &str, session: &Session, person: PersonId, answer: Answer) {
    tracing::info!(staff = %session.person(), %person, ?answer, "staff: {what}");
}

async fn finish(
    app: &App,
    session: &Session,
    person: PersonId,
    answer: Answer,
) -> Result<Response, Refusal> {
    match answer {
        Answer::Done => Ok(see_other(&format!("/staff/people/{person}"))),
        Answer::Impossible => show(app, session, person, Some(IMPOSSIBLE)).await,
    }
}

async fn show(
    app: &App,
    session: &Session,
    id: PersonId,
    problem: Option<Problem<'_>>,
) -> Result<Response, Refusal> {
    let record = staff::find(&app.records, id, app.clock.now()).await?;
    let record = record.ok_or(Refusal::NotFound)?;
    let form_token = session.token().to_form_token();
    form(&PersonPage { session, form_token, id, record, problem }, problem)
}

fn read(id: &str) -> Result<PersonId, Refusal> {
    PersonId::parse(id).ok_or(Refusal::NotFound)
}
