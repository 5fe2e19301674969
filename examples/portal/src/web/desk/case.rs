//! The page of a request: what is known, what happened, and what may be done.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use upheld_consent::letter::Letter;
use upheld_consent::request::{Item, Name, SearchResult, Text, Verdict};
use upheld_consent::{Date, Purpose, StoragePeriod};
use zeroize::Zeroizing;

use super::super::App;
use super::super::filters;
use super::super::form::{Fields, TOKEN_FIELD};
use super::super::pages::{Problem, form};
use super::super::refusal::Refusal;
use super::super::visitor::Reader;
use super::complaint;
use super::fields::{Input, Prefilled};
use super::forms::{self, Form};
use super::handling::{Handling, put_back, role_at};
use super::labels;
use super::timeline;
use crate::CLINIC;
use crate::desk::queue::Time;
use crate::desk::{self, Case, Found};
use crate::held::CATEGORIES;
use crate::id::Id;
use crate::language::phrase;
use crate::people::Role;
use crate::requests::{self, RequestsError};
use crate::sessions::Session;
use crate::token::FormToken;

/// Where it is looked for, and what came of it.
struct Task {
    name: String,
    result: &'static str,
    why: String,
}

/// Something held, and what becomes of it.
struct Held {
    name: String,
    source: String,
    verdict: &'static str,
    why: String,
}

/// Shows a request.
#[derive(Template)]
#[template(path = "staff-request.html")]
pub(super) struct CasePage<'a> {
    session: &'a Session,
    form_token: FormToken,
    done: bool,
    case: &'a Case,
    version: usize,
    heading: &'static str,
    stage: &'static str,
    received: Date,
    /// What the time is for.
    due: &'static str,
    time: Time,
    steps: Vec<String>,
    words: Option<Zeroizing<String>>,
    evidence: Vec<(Date, &'static str, String)>,
    tasks: Vec<Task>,
    found: Vec<Held>,
    handling: Handling,
    letters: Vec<String>,
    forms: Vec<Form>,
    /// The form to be shown open, with what was typed.
    opened: &'a str,
    field: String,
    problem: Option<Problem<'a>>,
}

pub(in super::super) async fn page(
    State(app): State<App>,
    Reader(session): Reader,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let done = query.as_deref() == Some("done");
    match find(&app, &id).await? {
        Found::Request(case) => {
            form(&CasePage { done, ..write(&app, &session, &case).await? }, None)
        }
        Found::Complaint(case) => complaint::show(&app, &session, &case, done).await,
    }
}

/// Whoever's it is.
pub(super) async fn find(app: &App, id: &str) -> Result<Found, Refusal> {
    let id = Id::parse(id).ok_or(Refusal::NotFound)?;
    desk::find(&app.records, id).await?.ok_or(Refusal::NotFound)
}

/// Shows the request again because of a form that was not taken, with what was typed in it.
pub(super) async fn show_again(
    app: &App,
    (session, case): (&Session, &Case),
    (slug, field): (&str, &str),
    fields: &Fields,
    problem: Problem<'_>,
) -> Result<Response, Refusal> {
    let mut page = write(app, session, case).await?;
    page.opened = slug;
    page.field = put_back(&mut page.forms, (slug, field), fields);
    page.problem = Some(problem);
    form(&page, Some(problem))
}

async fn write<'a>(
    app: &App,
    session: &'a Session,
    case: &'a Case,
) -> Result<CasePage<'a>, RequestsError> {
    let (records, request) = (&app.records, &case.request);
    let today = requests::today(Some(request), app.clock.now())?;
    let calendar = requests::calendar();
    let role = role_at(session, case);
    let lines = timeline::lines(&case.events);
    Ok(CasePage {
        session,
        form_token: session.token().to_form_token(),
        done: false,
        case,
        version: case.events.len(),
        heading: requests::heading(request.ask()),
        stage: labels::stage(request.stage()),
        received: request.received(),
        due: phrase("Due"),
        time: Time::of(request.due(&calendar)?, today),
        steps: request.explain(&calendar)?.iter().map(ToString::to_string).collect(),
        words: match case.form.as_ref().and_then(|form| form.words.as_ref()) {
            Some(words) => Some(Zeroizing::new(words.as_str().to_owned())),
            None => requests::words(records, case.person, case.id).await?,
        },
        evidence: timeline::evidence(&case.events),
        tasks: request.sources().chain(request.processors()).map(task).collect(),
        found: request.items().map(|(item, verdict)| held(item, verdict)).collect(),
        handling: Handling::of(records, case, role, lines).await?,
        letters: case.paper()?.sent(&case.events)?.iter().map(Letter::to_text).collect(),
        forms: forms::of(request, role, &prefilled(app)),
        opened: "",
        field: String::new(),
        problem: None,
    })
}

fn task((name, result): (&Name, Option<&SearchResult>)) -> Task {
    let (result, why) = match result {
        None => (phrase("To be searched"), ""),
        Some(SearchResult::NotSearched(why)) => (phrase("Not searched"), why.as_str()),
        Some(_) => (phrase("Searched"), ""),
    };
    Task { name: name.to_string(), result, why: why.to_owned() }
}

fn held(item: &Item, verdict: Option<&Verdict>) -> Held {
    let what = match verdict {
        None => phrase("To be decided"),
        Some(Verdict::Disclose(_)) => phrase("It is disclosed"),
        Some(Verdict::Redact { .. }) => phrase("It is disclosed in part"),
        Some(_) => phrase("It is withheld"),
    };
    let ground = verdict.and_then(Verdict::ground);
    let why = ground.map(|it| format!("{}: {}", it.provision(), it.because()));
    Held {
        name: item.name.to_string(),
        source: item.source.to_string(),
        verdict: what,
        why: why.unwrap_or_default(),
    }
}

/// What the privacy notice says, for answers; letters are in English.
fn prefilled(app: &App) -> Prefilled {
    let notice = app.records.notices.in_language(crate::language::Language::English);
    let purposes = &notice.content().purposes;
    let mut kept: Vec<_> = purposes.iter().map(Purpose::storage).collect();
    kept.sort_by_key(|storage| match storage {
        StoragePeriod::Months(months) => (*months, ""),
        StoragePeriod::Until(event) => (u16::MAX, event.as_str()),
    });
    kept.dedup();
    let retention = |storage: &StoragePeriod| match storage {
        StoragePeriod::Months(months) => format!("{months} months after it is last needed"),
        StoragePeriod::Until(event) => format!("until {event}"),
    };
    Prefilled {
        purposes: lines(purposes.iter().map(|purpose| purpose.description().to_owned())),
        categories: lines(CATEGORIES.iter().map(|it| super::super::held::heading(*it).to_owned())),
        retention: lines(kept.into_iter().map(retention)),
    }
}

fn lines(lines: impl Iterator<Item = String>) -> String {
    lines.collect::<Vec<_>>().join("\n")
}
