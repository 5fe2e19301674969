//! The security page, and adding an authenticator app from it.

use axum::extract::{Path, State};
use axum::response::Response;

use super::App;
use super::cookie::Cookie;
use super::form::Posted;
use super::pages::{EnrolPage, Problem, SecurityPage, see_other};
use super::refusal::Refusal;
use super::sign_in::{CODE_MALFORMED, MAX_CODE_BYTES, read_code};
use crate::enrolment::{self, Confirmation};
use crate::sessions::Session;

const SECURITY_PATH: &str = "/account/security";
const CODE_WRONG: Problem<'_> = Problem {
    what: "That code does not belong to this key",
    advice: "Check that your phone sets its clock by itself, and enter the code that your app \
             shows now.",
};

pub(super) async fn security_page(session: Session) -> Result<Response, Refusal> {
    SecurityPage::new(&session).respond()
}

pub(super) async fn start(
    State(app): State<App>,
    Posted { visitor: session, .. }: Posted<Session>,
) -> Result<Response, Refusal> {
    let started = enrolment::start(&app.store, &session, app.clock.now()).await?;
    Ok(match started {
        Some(id) => see_other(&format!("{SECURITY_PATH}/totp/{id}")),
        None => see_other(SECURITY_PATH),
    })
}

pub(super) async fn page(
    State(app): State<App>,
    session: Session,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let pending = enrolment::find(&app.store, &session, id, app.clock.now()).await?;
    EnrolPage::new(&session, &pending.ok_or(Refusal::NotFound)?)?.respond()
}

pub(super) async fn confirm(
    State(app): State<App>,
    Path(id): Path<String>,
    Posted { visitor: session, fields }: Posted<Session>,
) -> Result<Response, Refusal> {
    let now = app.clock.now();
    let pending = enrolment::find(&app.store, &session, id, now).await?;
    let pending = pending.ok_or(Refusal::NotFound)?;
    let Some(code) = fields.text("code", MAX_CODE_BYTES).and_then(read_code) else {
        return EnrolPage::refused(&session, &pending, CODE_MALFORMED)?.respond();
    };
    match pending.confirm(&app.store, &session, &code, now).await? {
        Confirmation::Activated(token) => {
            let mut response = see_other(SECURITY_PATH);
            Cookie::Session.set(&token, None, &mut response);
            Ok(response)
        }
        Confirmation::Wrong(pending) => {
            EnrolPage::refused(&session, &pending, CODE_WRONG)?.respond()
        }
        Confirmation::Gone => Err(Refusal::NotFound),
    }
}
