//! The page on which people see and correct what the clinic calls them.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;

use super::App;
use super::filters;
use super::form::{Posted, TOKEN_FIELD};
use super::pages::{Problem, form, see_other};
use super::refusal::Refusal;
use crate::CLINIC;
use crate::people::{self, DisplayName, NameError, Role};
use crate::sessions::Session;
use crate::token::FormToken;

/// Enough for the longest name in any script.
const MAX_NAME_BYTES: usize = 4 * DisplayName::MAX_CHARACTERS;

pub(super) async fn home() -> Response {
    see_other("/account")
}

/// Shows what the clinic calls the person, and lets them correct it.
#[derive(Template)]
#[template(path = "profile.html")]
struct ProfilePage<'a> {
    form_token: FormToken,
    session: &'a Session,
    name: &'a str,
    is_saved: bool,
    problem: Option<Problem<'a>>,
}

pub(super) async fn page(session: Session, RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    let is_saved = query.as_deref() == Some("saved");
    let form_token = session.token().to_form_token();
    let name = session.display_name();
    form(&ProfilePage { form_token, session: &session, name, is_saved, problem: None }, None)
}

pub(super) async fn rename(
    State(app): State<App>,
    Posted { visitor: session, fields }: Posted<Session>,
) -> Result<Response, Refusal> {
    let typed = fields.text("display_name", MAX_NAME_BYTES);
    let too_long = NameError::TooLong { max: DisplayName::MAX_CHARACTERS };
    let name = match typed.map_or(Err(too_long), DisplayName::parse) {
        Ok(name) => name,
        Err(error) => {
            let problem = Some(Problem { what: &error.to_string(), advice: "" });
            let form_token = session.token().to_form_token();
            let name = typed.unwrap_or_else(|| session.display_name());
            let page =
                ProfilePage { form_token, session: &session, name, is_saved: false, problem };
            return form(&page, problem);
        }
    };
    let (person, now) = (session.person(), app.clock.now());
    let renamed = app
        .records
        .database
        .transact(move |transaction| people::rename(transaction, person, &name, now));
    renamed.await?;
    Ok(see_other("/account?saved"))
}
