//! The page on which people get everything that is held about them as one file.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};

use super::App;
use super::filters;
use super::form::{Posted, TOKEN_FIELD};
use super::pages::{Problem, form, looks_again, see_other};
use super::refusal::Refusal;
use super::visitor::Fresh;
use crate::CLINIC;
use crate::exports::{self, Asked, Export, PARTS};
use crate::language::phrase;
use crate::people::Role;
use crate::sessions::Session;
use crate::token::FormToken;

const TOO_MANY: Problem<'_> = Problem {
    what: phrase("You have had as many copies as there are in a day"),
    advice: phrase("Ask again tomorrow."),
};
const GONE: Problem<'_> = Problem {
    what: phrase("There is no copy to take"),
    advice: phrase("It was taken or has expired. Ask for another."),
};

/// Says where the copy stands.
#[derive(Template)]
#[template(path = "export.html")]
struct ExportPage<'a> {
    form_token: FormToken,
    session: &'a Session,
    export: Option<Export>,
    /// Whether the page looks again by itself while somebody waits.
    looks_again: bool,
    problem: Option<Problem<'a>>,
}

pub(super) async fn page(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    session: Session,
) -> Result<Response, Refusal> {
    show(&app, &session, looks_again(query.as_deref()), None).await
}

async fn show(
    app: &App,
    session: &Session,
    looks_again: bool,
    problem: Option<Problem<'_>>,
) -> Result<Response, Refusal> {
    let export = exports::find(&app.records, session.person(), app.clock.now()).await?;
    let form_token = session.token().to_form_token();
    form(&ExportPage { form_token, session, export, looks_again, problem }, problem)
}

pub(super) async fn ask(
    State(app): State<App>,
    Posted { visitor: Fresh(session), .. }: Posted<Fresh>,
) -> Result<Response, Refusal> {
    match exports::ask(&app.records, session.person(), app.clock.now()).await? {
        Asked::Done | Asked::Already => Ok(see_other("/account/data/export")),
        Asked::TooMany => show(&app, &session, true, Some(TOO_MANY)).await,
    }
}

/// Nothing in the address names the copy: whose session it is decides.
pub(super) async fn download(
    State(app): State<App>,
    Posted { visitor: Fresh(session), .. }: Posted<Fresh>,
) -> Result<Response, Refusal> {
    let now = app.clock.now();
    let Some(zip) = exports::take(&app.records, session.person(), now).await? else {
        return show(&app, &session, true, Some(GONE)).await;
    };
    let day = now.to_date().map_err(|_| Refusal::Failed)?;
    let file = format!("attachment; filename=\"portal-data-{day}.zip\"");
    let file = HeaderValue::from_str(&file).map_err(|_| Refusal::Failed)?;
    let kind = HeaderValue::from_static("application/zip");
    let headers: [(HeaderName, _); 2] = [(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, file)];
    Ok((headers, zip.to_vec()).into_response())
}
