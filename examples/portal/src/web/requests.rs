//! What people ask for about their data: the form, and where each request stands.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use upheld_consent::Date;
use upheld_consent::request::{Ask, Text};
use zeroize::Zeroizing;

use super::App;
use super::filters;
use super::form::{Fields, Posted, TOKEN_FIELD};
use super::pages::{Problem, form, see_other};
use super::refusal::Refusal;
use crate::CLINIC;
use crate::complaints::{self, Complained};
use crate::id::Id;
use crate::language::phrase;
use crate::letters;
use crate::people::Role;
use crate::requests::{self, ASKS, Asked, MAX_OPEN, RequestsError};
use crate::sessions::Session;
use crate::token::FormToken;

const NOTHING_CHOSEN: Problem<'_> = Problem { what: phrase("Choose what you ask for"), advice: "" };
const WORDS_UNREADABLE: Problem<'_> = Problem {
    what: phrase("Write at most 4,000 letters, without control characters"),
    advice: phrase("Nothing was sent."),
};
pub(super) const TOO_MANY: Problem<'_> = Problem {
    what: phrase("You have as many open requests as there may be"),
    advice: phrase("Take one back, or wait for the answers."),
};

/// A request in the list.
struct Row {
    id: Id,
    ask: &'static str,
    stage: &'static str,
    received: Date,
    due: Option<Date>,
}

impl Row {
    fn of(asked: &Asked) -> Result<Self, RequestsError> {
        let request = &asked.request;
        Ok(Self {
            id: asked.id,
            ask: requests::heading(request.ask()),
            stage: requests::where_it_stands(request.stage()),
            received: request.received(),
            due: asked.due()?,
        })
    }

    fn of_complaint(complained: &Complained) -> Result<Self, RequestsError> {
        let complaint = &complained.complaint;
        Ok(Self {
            id: complained.id,
            ask: complaints::HEADING,
            stage: complaints::where_it_stands(complaint.stage()),
            received: complaint.received(),
            due: complained.due()?,
        })
    }
}

/// Lists requests, and takes in another.
#[derive(Template)]
#[template(path = "requests.html")]
struct RequestsPage<'a> {
    form_token: FormToken,
    session: &'a Session,
    rows: Vec<Row>,
    /// What came by the form for everybody, and was confirmed by the address of the account.
    complaints: Vec<Row>,
    /// Names of fields, and what stands beside them.
    asks: [(&'static str, &'static str); 6],
    words: &'a str,
    field: &'static str,
    problem: Option<Problem<'a>>,
}

pub(super) async fn page(State(app): State<App>, session: Session) -> Result<Response, Refusal> {
    show(&app, &session, "", None).await
}

async fn show(
    app: &App,
    session: &Session,
    words: &str,
    refused: Option<(&'static str, Problem<'_>)>,
) -> Result<Response, Refusal> {
    let asked = requests::list(&app.records, session.person()).await?;
    let rows: Result<Vec<_>, _> = asked.iter().map(Row::of).collect();
    let complained = complaints::list(&app.records, session.person()).await?;
    let complaints: Result<Vec<_>, _> = complained.iter().map(Row::of_complaint).collect();
    let (field, problem) = refused.unzip();
    let page = RequestsPage {
        form_token: session.token().to_form_token(),
        session,
        rows: rows?,
        complaints: complaints?,
        asks: ASKS.map(|ask| (ask.kind().name(), requests::heading(ask))),
        words,
        field: field.unwrap_or_default(),
        problem,
    };
    form(&page, problem)
}

pub(super) async fn ask(
    State(app): State<App>,
    Posted { visitor: session, fields }: Posted<Session>,
) -> Result<Response, Refusal> {
    let shown = fields.typed("words");
    let Some(ask) = chosen(&fields) else {
        return show(&app, &session, shown, Some(("ask-access", NOTHING_CHOSEN))).await;
    };
    let Ok(words) = fields.words("words") else {
        return show(&app, &session, shown, Some(("words", WORDS_UNREADABLE))).await;
    };
    let (records, person) = (&app.records, session.person());
    if requests::count(records, person).await?.open_requests >= MAX_OPEN {
        return show(&app, &session, shown, Some(("main", TOO_MANY))).await;
    }
    let id = requests::receive(records, person, (ask, words), app.clock.now()).await?;
    Ok(see_other(&format!("/requests/{id}?received")))
}

fn chosen(fields: &Fields) -> Option<Ask> {
    let name = fields.text("ask", 32)?;
    ASKS.into_iter().find(|ask| ask.kind().name() == name)
}

/// Shows one request.
#[derive(Template)]
#[template(path = "request.html")]
struct RequestPage<'a> {
    form_token: FormToken,
    session: &'a Session,
    done: Option<&'static str>,
    row: Row,
    is_open: bool,
    words: Option<Zeroizing<String>>,
    steps: Vec<String>,
    letters: Vec<String>,
    problem: Option<Problem<'a>>,
}

pub(super) async fn one(
    State(app): State<App>,
    session: Session,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let asked = find(&app, &session, &id).await?;
    let done = match query.as_deref() {
        Some("received") => Some(phrase("We have your request. An e-mail confirms it.")),
        Some("withdrawn") => Some(phrase("Your request was taken back.")),
        _ => None,
    };
    let page = RequestPage {
        form_token: session.token().to_form_token(),
        session: &session,
        done,
        row: Row::of(&asked)?,
        is_open: asked.request.stage().is_open(),
        words: requests::words(&app.records, session.person(), asked.id).await?,
        steps: asked.steps()?,
        letters: letters::due(&asked, (session.display_name(), session.email()))?,
        problem: None,
    };
    form(&page, None)
}

pub(super) async fn withdraw(
    State(app): State<App>,
    Path(id): Path<String>,
    Posted { visitor: session, .. }: Posted<Session>,
) -> Result<Response, Refusal> {
    let asked = find(&app, &session, &id).await?;
    let id = asked.id;
    let is_withdrawn =
        requests::withdraw(&app.records, session.person(), asked, app.clock.now()).await?;
    let done = if is_withdrawn { "?withdrawn" } else { "" };
    Ok(see_other(&format!("/requests/{id}{done}")))
}

/// Whose request it is decides, not who knows its name.
async fn find(app: &App, session: &Session, id: &str) -> Result<Asked, Refusal> {
    let id = Id::parse(id).ok_or(Refusal::NotFound)?;
    requests::find(&app.records, session.person(), id).await?.ok_or(Refusal::NotFound)
}
