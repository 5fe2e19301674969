//! The security page: what protects the account, and where it is open.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;

use super::App;
use super::filters;
use super::form::{Posted, TOKEN_FIELD};
use super::pages::{Problem, form, see_other};
use super::refusal::Refusal;
use super::sign_in::farewell;
use crate::CLINIC;
use crate::browsers;
use crate::devices::{self, Device, DeviceKind};
use crate::duo::{self, Account};
use crate::id::Id;
use crate::language::phrase;
use crate::people::Role;
use crate::recovery;
use crate::sessions::{self, Session};
use crate::token::FormToken;

pub(super) const PATH: &str = "/account/security";

/// Shows how the account is protected and where it is open.
#[derive(Template)]
#[template(path = "security.html")]
struct SecurityPage<'a> {
    form_token: FormToken,
    session: &'a Session,
    notice: Option<&'static str>,
    devices: Vec<Device>,
    recovery_codes: u8,
    duo: Option<Account>,
    offers_duo: bool,
    sessions: Vec<sessions::Listed>,
    browsers: Vec<browsers::Listed>,
    problem: Option<Problem<'a>>,
}

pub(super) async fn page(
    State(app): State<App>,
    session: Session,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let (records, person, now) = (&app.records, session.person(), app.clock.now());
    let page = SecurityPage {
        form_token: session.token().to_form_token(),
        session: &session,
        notice: query.as_deref().and_then(notice),
        devices: devices::list(records, person).await?,
        recovery_codes: recovery::count_unused(records, person).await?,
        duo: duo::find(&records.database, person, now).await?,
        offers_duo: records.duo.is_some(),
        sessions: sessions::list(records, person, now).await?,
        browsers: browsers::list(records, person, now).await?,
        problem: None,
    };
    form(&page, None)
}

/// What has just been done.
fn notice(query: &str) -> Option<&'static str> {
    Some(match query {
        "device-added" => phrase("The authenticator counts from now on."),
        "duo-added" => phrase("Duo counts from now on."),
        "duo-removed" => phrase("Duo was removed."),
        "device-removed" => phrase("The authenticator was removed."),
        "device-renamed" => phrase("The new name was saved."),
        "token-found" => phrase("The token is in step again."),
        "codes-saved" => phrase("Your new recovery codes count from now on."),
        "password-changed" => {
            phrase("Your password was changed. You were signed out everywhere else.")
        }
        "session-ended" => phrase("The session was ended."),
        "others-ended" => phrase("You were signed out everywhere else."),
        "browser-forgotten" => phrase("That browser asks for your second factor again."),
        _ => return None,
    })
}

pub(super) async fn end_session(
    State(app): State<App>,
    Path(id): Path<String>,
    Posted { visitor: session, .. }: Posted<Session>,
) -> Result<Response, Refusal> {
    let (id, person) = (Id::parse(&id).ok_or(Refusal::NotFound)?, session.person());
    let ended =
        app.records.database.transact(move |transaction| sessions::revoke(transaction, person, id));
    if !ended.await? {
        return Err(Refusal::NotFound);
    }
    if id == session.id() {
        return Ok(farewell());
    }
    Ok(see_other("/account/security?session-ended"))
}

pub(super) async fn end_other_sessions(
    State(app): State<App>,
    Posted { visitor: session, .. }: Posted<Session>,
) -> Result<Response, Refusal> {
    let (person, id) = (session.person(), session.id());
    let ended = app
        .records
        .database
        .transact(move |transaction| sessions::revoke_others(transaction, person, id));
    ended.await?;
    Ok(see_other("/account/security?others-ended"))
}

pub(super) async fn forget_browser(
    State(app): State<App>,
    Path(id): Path<String>,
    Posted { visitor: session, .. }: Posted<Session>,
) -> Result<Response, Refusal> {
    let (id, person) = (Id::parse(&id).ok_or(Refusal::NotFound)?, session.person());
    let forgotten =
        app.records.database.transact(move |transaction| browsers::forget(transaction, person, id));
    forgotten.await?;
    Ok(see_other("/account/security?browser-forgotten"))
}
