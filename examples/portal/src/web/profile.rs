//! The page on which people see and correct what the clinic calls them.

use axum::extract::{RawQuery, State};
use axum::response::Response;

use super::App;
use super::form::Posted;
use super::pages::{Problem, ProfilePage, see_other};
use super::refusal::Refusal;
use crate::people::{self, DisplayName, DisplayNameError};
use crate::sessions::Session;

/// Enough for the longest name in any script.
const MAX_NAME_BYTES: usize = 4 * DisplayName::MAX_CHARACTERS;

pub(super) async fn home() -> Response {
    see_other("/account")
}

pub(super) async fn page(session: Session, RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    let is_saved = query.as_deref() == Some("saved");
    ProfilePage::new(&session, is_saved).respond()
}

pub(super) async fn rename(
    State(app): State<App>,
    Posted { visitor: session, fields }: Posted<Session>,
) -> Result<Response, Refusal> {
    let typed = fields.text("display_name", MAX_NAME_BYTES);
    let name = match typed.map_or(Err(DisplayNameError::TooLong), DisplayName::parse) {
        Ok(name) => name,
        Err(error) => {
            let problem = Problem { what: &error.to_string(), advice: "" };
            return ProfilePage::refused(&session, typed, problem).respond();
        }
    };
    let person = session.person();
    app.store.run(move |transaction| people::rename(transaction, person, &name)).await?;
    Ok(see_other("/account?saved"))
}
