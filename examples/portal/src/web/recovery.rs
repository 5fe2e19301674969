//! The pages of the recovery codes: shown once, kept by the person, and then counting.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse, Response};

use super::App;
use super::filters;
use super::form::{Posted, TOKEN_FIELD};
use super::pages::{Problem, form, see_other};
use super::refusal::Refusal;
use super::security;
use super::visitor::Fresh;
use crate::CLINIC;
use crate::id::Id;
use crate::language::phrase;
use crate::people::Role;
use crate::recovery::{self, Pending};
use crate::sessions::Session;
use crate::token::FormToken;

const NOT_SAVED: Problem<'_> = Problem {
    what: phrase("Say that you have saved the codes"),
    advice: phrase("They count from then on, and cannot be shown again."),
};

/// Says what recovery codes are, and offers new ones.
#[derive(Template)]
#[template(path = "recovery-codes.html")]
struct OfferPage<'a> {
    form_token: FormToken,
    session: &'a Session,
    left: u8,
    problem: Option<Problem<'a>>,
}

/// Shows the codes.
#[derive(Template)]
#[template(path = "save-recovery-codes.html")]
struct SavePage<'a> {
    form_token: FormToken,
    session: &'a Session,
    pending: &'a Pending,
    problem: Option<Problem<'a>>,
}

pub(super) async fn offer(
    State(app): State<App>,
    Fresh(session): Fresh,
) -> Result<Response, Refusal> {
    if !session.has_factor() {
        return Ok(see_other(security::PATH));
    }
    let left = recovery::count_unused(&app.records, session.person()).await?;
    let form_token = session.token().to_form_token();
    form(&OfferPage { form_token, session: &session, left, problem: None }, None)
}

pub(super) async fn start(
    State(app): State<App>,
    Posted { visitor: Fresh(session), .. }: Posted<Fresh>,
) -> Result<Response, Refusal> {
    if !session.has_factor() {
        return Ok(see_other(security::PATH));
    }
    let id = recovery::start(&app.records, &session, app.clock.now()).await?;
    Ok(see_other(&format!("{}/recovery-codes/{id}", security::PATH)))
}

pub(super) async fn page(
    State(app): State<App>,
    session: Session,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let pending = find(&app, &session, &id).await?;
    show_save_page(&session, &pending, None)
}

/// Sends the codes as a file, which no cache keeps.
pub(super) async fn download(
    State(app): State<App>,
    Path(id): Path<String>,
    Posted { visitor: session, .. }: Posted<Session>,
) -> Result<Response, Refusal> {
    let pending = find(&app, &session, &id).await?;
    let file = pending.to_file(session.email(), app.clock.now());
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")),
        (
            CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"recovery-codes.txt\""),
        ),
    ];
    Ok((headers, file.as_str().to_owned()).into_response())
}

pub(super) async fn confirm(
    State(app): State<App>,
    Path(id): Path<String>,
    Posted { visitor: session, fields }: Posted<Session>,
) -> Result<Response, Refusal> {
    let pending = find(&app, &session, &id).await?;
    if fields.text("saved", 8) != Some("yes") {
        return show_save_page(&session, &pending, Some(NOT_SAVED));
    }
    if pending.confirm(&app.records, &session, app.clock.now()).await? {
        Ok(see_other("/account/security?codes-saved"))
    } else {
        Err(Refusal::NotFound)
    }
}

async fn find(app: &App, session: &Session, id: &str) -> Result<Pending, Refusal> {
    let id = Id::parse(id).ok_or(Refusal::NotFound)?;
    let found = recovery::find(&app.records, session, id, app.clock.now()).await?;
    found.ok_or(Refusal::NotFound)
}

fn show_save_page(
    session: &Session,
    pending: &Pending,
    problem: Option<Problem<'_>>,
) -> Result<Response, Refusal> {
    let form_token = session.token().to_form_token();
    form(&SavePage { form_token, session, pending, problem }, problem)
}
