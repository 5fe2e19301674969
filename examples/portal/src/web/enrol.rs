//! The pages on which an authenticator app is added.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use upheld_migrate_otp::SecretDocument;
use upheld_totp::Digits;
use zeroize::Zeroizing;

use super::App;
use super::cookie::Cookie;
use super::filters;
use super::form::{Posted, TOKEN_FIELD};
use super::pages::{Problem, form, see_other};
use super::reading::Reading;
use super::refusal::Refusal;
use super::second_factor::{CODE_MALFORMED, MAX_CODE_BYTES, read_code};
use super::security;
use super::visitor::Fresh;
use crate::CLINIC;
use crate::devices::DeviceName;
use crate::enrolment::{self, Confirmation, Pending};
use crate::id::Id;
use crate::language::phrase;
use crate::people::Role;
use crate::recovery;
use crate::sessions::Session;
use crate::token::{FormToken, Token};

const CODE_WRONG: Problem<'_> = Problem {
    what: phrase("That code does not belong to this key"),
    advice: phrase(
        "Check that your phone sets its clock by itself, and enter the code that your app \
             shows now.",
    ),
};
/// What an app is called that was given no name.
const UNNAMED: &str = phrase("Authenticator app");
/// Enough for the longest name in any script.
pub(super) const MAX_NAME_BYTES: usize = 4 * DeviceName::MAX_CHARACTERS;

/// Asks for the name of the app.
#[derive(Template)]
#[template(path = "name-device.html")]
struct NamePage<'a> {
    form_token: FormToken,
    session: &'a Session,
    name: &'a str,
    problem: Option<Problem<'a>>,
}

/// Shows the key of an authenticator app and asks for its first code.
#[derive(Template)]
#[template(path = "enrol.html")]
struct EnrolPage<'a> {
    form_token: FormToken,
    session: &'a Session,
    pending: Id,
    qr_svg: SecretDocument,
    manual_key: Zeroizing<String>,
    problem: Option<Problem<'a>>,
}

pub(super) async fn name_page(Fresh(session): Fresh) -> Result<Response, Refusal> {
    show_name_page(&session, "", None)
}

pub(super) async fn start(
    State(app): State<App>,
    Posted { visitor: Fresh(session), fields }: Posted<Fresh>,
) -> Result<Response, Refusal> {
    let typed = fields.text("name", MAX_NAME_BYTES).unwrap_or_default();
    let unnamed = Reading::current().language().say(UNNAMED);
    let name = if typed.trim().is_empty() { &*unnamed } else { typed };
    let name = match DeviceName::parse(name) {
        Ok(name) => name,
        Err(error) => {
            let problem = Problem { what: &error.to_string(), advice: "" };
            return show_name_page(&session, typed, Some(problem));
        }
    };
    let started = enrolment::start(&app.records, &session, name, app.clock.now()).await?;
    if let Some(id) = started {
        return Ok(see_other(&format!("{}/totp/{id}", security::PATH)));
    }
    let what = phrase("You have as many authenticators as there may be");
    let problem = Problem { what, advice: phrase("Remove one before you add another.") };
    show_name_page(&session, typed, Some(problem))
}

pub(super) async fn page(
    State(app): State<App>,
    session: Session,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let pending = find(&app, &session, &id).await?;
    show_enrol_page(&session, &pending, None)
}

pub(super) async fn confirm(
    State(app): State<App>,
    Path(id): Path<String>,
    Posted { visitor: session, fields }: Posted<Session>,
) -> Result<Response, Refusal> {
    let pending = find(&app, &session, &id).await?;
    let code = fields.text("code", MAX_CODE_BYTES).and_then(read_code);
    let Some(code) = code.filter(|code| code.digits() == Digits::Six) else {
        return show_enrol_page(&session, &pending, Some(CODE_MALFORMED));
    };
    match pending.confirm(&app.records, &session, &code, app.clock.now()).await? {
        Confirmation::Activated(token) => {
            go_on(&app, &session, (&token, "/account/security?device-added")).await
        }
        Confirmation::Wrong(pending) => show_enrol_page(&session, &pending, Some(CODE_WRONG)),
        Confirmation::Gone => Err(Refusal::NotFound),
    }
}

/// Leads to recovery codes whoever has none, and else back.
pub(super) async fn go_on(
    app: &App,
    session: &Session,
    (token, back): (&Token, &str),
) -> Result<Response, Refusal> {
    let mut response = if recovery::count_unused(&app.records, session.person()).await? == 0 {
        let id = recovery::start(&app.records, session, app.clock.now()).await?;
        see_other(&format!("{}/recovery-codes/{id}", security::PATH))
    } else {
        see_other(back)
    };
    Cookie::Session.set(token, None, &mut response);
    Ok(response)
}

async fn find(app: &App, session: &Session, id: &str) -> Result<Pending, Refusal> {
    let id = Id::parse(id).ok_or(Refusal::NotFound)?;
    let found = enrolment::find(&app.records, session, id, app.clock.now()).await?;
    found.ok_or(Refusal::NotFound)
}

fn show_name_page(
    session: &Session,
    name: &str,
    problem: Option<Problem<'_>>,
) -> Result<Response, Refusal> {
    let form_token = session.token().to_form_token();
    form(&NamePage { form_token, session, name, problem }, problem)
}

fn show_enrol_page(
    session: &Session,
    pending: &Pending,
    problem: Option<Problem<'_>>,
) -> Result<Response, Refusal> {
    let page = EnrolPage {
        form_token: session.token().to_form_token(),
        session,
        pending: pending.id(),
        qr_svg: pending.to_qr_svg(session.email())?,
        manual_key: pending.to_manual_key(),
        problem,
    };
    form(&page, problem)
}
