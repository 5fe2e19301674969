//! The page on which a person closes their account.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::App;
use super::filters;
use super::form::{Posted, TOKEN_FIELD};
use super::pages::{Problem, form};
use super::refusal::Refusal;
use super::sign_in::farewell;
use super::visitor::Fresh;
use crate::CLINIC;
use crate::accounts;
use crate::events::{self, Event};
use crate::language::phrase;
use crate::people::{Role, State as AccountState};
use crate::records::RecordsError;
use crate::sessions::Session;
use crate::token::FormToken;

/// What a person types to mean it.
const WORD: &str = "close";
const NOT_MEANT: Problem<'_> = Problem {
    what: phrase("Type the word close into the field"),
    advice: phrase("Nothing was changed."),
};

/// Says what closing means, and asks for a word.
#[derive(Template)]
#[template(path = "close-account.html")]
struct ClosePage<'a> {
    form_token: FormToken,
    session: &'a Session,
    problem: Option<Problem<'a>>,
}

pub(super) async fn page(Fresh(session): Fresh) -> Result<Response, Refusal> {
    show(&session, None)
}

pub(super) async fn close(
    State(app): State<App>,
    Posted { visitor: Fresh(session), fields }: Posted<Fresh>,
) -> Result<Response, Refusal> {
    let typed = fields.text("word", 32).unwrap_or_default();
    if !typed.trim().eq_ignore_ascii_case(WORD) {
        return show(&session, Some(NOT_MEANT));
    }
    let (person, now, context) = (session.person(), app.clock.now(), app.records.clone());
    let closed = app.records.database.transact(move |transaction| {
        if accounts::set_state(transaction, person, AccountState::Closed)? {
            events::tell(&context, transaction, person, Event::AccountClosed, now)?;
        }
        Ok::<_, RecordsError>(())
    });
    closed.await?;
    tracing::info!(%person, "account closed");
    Ok(farewell())
}

fn show(session: &Session, problem: Option<Problem<'_>>) -> Result<Response, Refusal> {
    let form_token = session.token().to_form_token();
    form(&ClosePage { form_token, session, problem }, problem)
}
