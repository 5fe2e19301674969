//! The page on which Duo is added to an account, and taken away.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;

use super::super::App;
use super::super::filters;
use super::super::form::{Posted, TOKEN_FIELD};
use super::super::pages::{Problem, form, see_other};
use super::super::refusal::Refusal;
use super::super::visitor::Fresh;
use crate::CLINIC;
use crate::duo::{self, Account, Begun, Holder, Purpose, Trip};
use crate::language::phrase;
use crate::people::Role;
use crate::removal;
use crate::sessions::Session;
use crate::token::FormToken;

const REFUSED: Problem<'_> = Problem {
    what: phrase("Duo was not added"),
    advice: phrase(
        "Duo has to know you by your e-mail address here, and you have to approve there, just \
             now. Ask the clinic if you are not enrolled at Duo.",
    ),
};
const SILENT: Problem<'_> = Problem {
    what: phrase("Duo cannot be reached at this moment"),
    advice: phrase("Try again in a minute."),
};

/// Offers to add Duo, or to take it away.
#[derive(Template)]
#[template(path = "duo-account.html")]
struct AccountPage<'a> {
    form_token: FormToken,
    session: &'a Session,
    account: Option<Account>,
    problem: Option<Problem<'a>>,
}

pub(in super::super) async fn page(
    State(app): State<App>,
    Fresh(session): Fresh,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let problem = (query.as_deref() == Some("refused")).then_some(REFUSED);
    show(&app, &session, problem).await
}

/// Sends the browser to Duo's page, which shows that Duo and the portal mean the same person.
pub(in super::super) async fn start(
    State(app): State<App>,
    Posted { visitor: Fresh(session), .. }: Posted<Fresh>,
) -> Result<Response, Refusal> {
    let duo = app.records.duo.clone().ok_or(Refusal::NotFound)?;
    let (person, now) = (session.person(), app.clock.now());
    if duo::find(&app.records.database, person, now).await?.is_some() {
        return Ok(see_other("/account/security/duo"));
    }
    let trip = Trip {
        holder: Holder { id: session.id(), person },
        purpose: Purpose::Add,
        username: session.email().to_owned(),
        leads_to: String::new(),
        remember: false,
    };
    match duo::begin(&app.records, &duo, trip, now).await? {
        Begun::Redirect(address) => Ok(see_other(address.expose())),
        Begun::Admitted(_) | Begun::TooMany | Begun::Refused => {
            show(&app, &session, Some(SILENT)).await
        }
    }
}

pub(in super::super) async fn remove(
    State(app): State<App>,
    Posted { visitor: Fresh(session), .. }: Posted<Fresh>,
) -> Result<Response, Refusal> {
    if removal::remove_duo(&app.records, &session, app.clock.now()).await? {
        Ok(see_other("/account/security?duo-removed"))
    } else {
        Err(Refusal::NotFound)
    }
}

async fn show(
    app: &App,
    session: &Session,
    problem: Option<Problem<'_>>,
) -> Result<Response, Refusal> {
    let account = duo::find(&app.records.database, session.person(), app.clock.now()).await?;
    if account.is_none() && app.records.duo.is_none() {
        return Err(Refusal::NotFound);
    }
    let form_token = session.token().to_form_token();
    form(&AccountPage { form_token, session, account, problem }, problem)
}
