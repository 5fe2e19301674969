//! The page of one authenticator: another name, back in step, or away with it.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::App;
use super::cookie::Cookie;
use super::enrol::MAX_NAME_BYTES;
use super::filters;
use super::form::{Fields, Posted, TOKEN_FIELD};
use super::pages::{Problem, form, see_other};
use super::refusal::Refusal;
use super::second_factor::{MAX_CODE_BYTES, read_code};
use super::visitor::Fresh;
use crate::CLINIC;
use crate::devices::{self, Device, DeviceKind, DeviceName};
use crate::id::Id;
use crate::language::phrase;
use crate::people::Role;
use crate::reauthentication;
use crate::removal;
use crate::second_factor::Shown;
use crate::sessions::Session;
use crate::token::FormToken;

const TWO_CODES_MALFORMED: Problem<'_> = Problem {
    what: phrase("Enter two codes that the token has shown one after the other"),
    advice: "",
};
const TWO_CODES_REFUSED: Problem<'_> = Problem {
    what: phrase("Those codes were not accepted"),
    advice: phrase(
        "Press the button of the token twice and enter both codes in that order. After \
             several tries you have to wait, up to 15 minutes.",
    ),
};

/// Shows one authenticator.
#[derive(Template)]
#[template(path = "device.html")]
struct DevicePage<'a> {
    form_token: FormToken,
    session: &'a Session,
    device: &'a Device,
    field: &'static str,
    problem: Option<Problem<'a>>,
}

impl<'a> DevicePage<'a> {
    fn new(session: &'a Session, device: &'a Device) -> Self {
        let form_token = session.token().to_form_token();
        Self { form_token, session, device, field: "", problem: None }
    }

    fn refused(self, field: &'static str, problem: Problem<'a>) -> Result<Response, Refusal> {
        form(&Self { field, problem: Some(problem), ..self }, Some(problem))
    }
}

pub(super) async fn page(
    State(app): State<App>,
    session: Session,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let device = find(&app, &session, &id).await?;
    form(&DevicePage::new(&session, &device), None)
}

pub(super) async fn rename(
    State(app): State<App>,
    Path(id): Path<String>,
    Posted { visitor: session, fields }: Posted<Session>,
) -> Result<Response, Refusal> {
    let device = find(&app, &session, &id).await?;
    let name = match DeviceName::parse(fields.text("name", MAX_NAME_BYTES).unwrap_or_default()) {
        Ok(name) => name,
        Err(error) => {
            let problem = Problem { what: &error.to_string(), advice: "" };
            return DevicePage::new(&session, &device).refused("name", problem);
        }
    };
    let (person, id) = (session.person(), device.id);
    let renamed = app
        .records
        .database
        .transact(move |transaction| devices::rename(transaction, person, id, &name));
    if renamed.await? {
        Ok(see_other("/account/security?device-renamed"))
    } else {
        Err(Refusal::NotFound)
    }
}

pub(super) async fn remove(
    State(app): State<App>,
    Path(id): Path<String>,
    Posted { visitor: Fresh(session), .. }: Posted<Fresh>,
) -> Result<Response, Refusal> {
    let id = Id::parse(&id).ok_or(Refusal::NotFound)?;
    if removal::remove(&app.records, &session, id, app.clock.now()).await? {
        Ok(see_other("/account/security?device-removed"))
    } else {
        Err(Refusal::NotFound)
    }
}

pub(super) async fn resynchronise(
    State(app): State<App>,
    Path(id): Path<String>,
    Posted { visitor: session, fields }: Posted<Session>,
) -> Result<Response, Refusal> {
    let device = find(&app, &session, &id).await?;
    let refused = |problem| DevicePage::new(&session, &device).refused("first", problem);
    let code = |fields: &Fields, name| fields.text(name, MAX_CODE_BYTES).and_then(read_code);
    let (Some(first), Some(second)) = (code(&fields, "first"), code(&fields, "second")) else {
        return refused(TWO_CODES_MALFORMED);
    };
    let (records, now) = (&app.records, app.clock.now());
    let shown = Shown::TwoCodes(first, second);
    let token = reauthentication::with_second_factor(records, &session, &shown, now).await?;
    let Some(token) = token else { return refused(TWO_CODES_REFUSED) };
    let mut response = see_other("/account/security?token-found");
    Cookie::Session.set(&token, None, &mut response);
    Ok(response)
}

async fn find(app: &App, session: &Session, id: &str) -> Result<Device, Refusal> {
    let id = Id::parse(id).ok_or(Refusal::NotFound)?;
    devices::find(&app.records, session.person(), id).await?.ok_or(Refusal::NotFound)
}
