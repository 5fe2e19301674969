//! The pages on which a person closes their account, and on which they keep it after all.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::App;
use super::filters;
use super::form::{Posted, TOKEN_FIELD};
use super::pages::{Problem, form, see_other};
use super::refusal::Refusal;
use super::sign_in::farewell;
use super::visitor::{Fresh, Leaving};
use crate::CLINIC;
use crate::closures::{self, Asked, Closing};
use crate::language::phrase;
use crate::people::Role;
use crate::sessions::Session;
use crate::token::FormToken;

/// What a person types to mean it.
const WORD: &str = "close";
const NOT_MEANT: Problem<'_> = Problem {
    what: phrase("Type the word close into the field"),
    advice: phrase("Nothing was changed."),
};
const LAST_ONE: Problem<'_> = Problem {
    what: phrase("Nobody else at the clinic has your role in the portal"),
    advice: phrase("Nothing was changed. Somebody else has to be given the role first."),
};

/// Says what closing means, and asks for a word.
#[derive(Template)]
#[template(path = "close-account.html")]
struct ClosePage<'a> {
    form_token: FormToken,
    session: &'a Session,
    days: u8,
    has_duo: bool,
    is_staff: bool,
    problem: Option<Problem<'a>>,
}

/// Says until when an account can be kept, and what becomes of it.
#[derive(Template)]
#[template(path = "closing-account.html")]
struct ClosingPage<'a> {
    form_token: FormToken,
    closing: Closing,
    has_duo: bool,
    is_staff: bool,
    problem: Option<Problem<'a>>,
}

pub(super) async fn page(
    State(app): State<App>,
    Fresh(session): Fresh,
) -> Result<Response, Refusal> {
    show(&app, &session, None)
}

pub(super) async fn close(
    State(app): State<App>,
    Posted { visitor: Fresh(session), fields }: Posted<Fresh>,
) -> Result<Response, Refusal> {
    let typed = fields.text("word", 32).unwrap_or_default();
    if !typed.trim().eq_ignore_ascii_case(WORD) {
        return show(&app, &session, Some(NOT_MEANT));
    }
    match closures::ask(&app.records, &session, app.clock.now()).await? {
        Asked::LastOne => show(&app, &session, Some(LAST_ONE)),
        Asked::Done => {
            tracing::info!(person = %session.person(), "account is being closed");
            Ok(farewell())
        }
    }
}

fn show(app: &App, session: &Session, problem: Option<Problem<'_>>) -> Result<Response, Refusal> {
    let form_token = session.token().to_form_token();
    let days = app.records.settings.closing_days;
    let (has_duo, is_staff) = (app.records.duo.is_some(), session.role().is_staff());
    form(&ClosePage { form_token, session, days, has_duo, is_staff, problem }, problem)
}

pub(super) async fn closing(
    State(app): State<App>,
    Leaving(session): Leaving,
) -> Result<Response, Refusal> {
    let Some(closing) = session.closing() else { return Ok(see_other("/account")) };
    let form_token = session.token().to_form_token();
    let (has_duo, is_staff) = (app.records.duo.is_some(), session.role().is_staff());
    form(&ClosingPage { form_token, closing, has_duo, is_staff, problem: None }, None)
}

pub(super) async fn keep(
    State(app): State<App>,
    Posted { visitor: Leaving(session), .. }: Posted<Leaving>,
) -> Result<Response, Refusal> {
    if closures::cancel(&app.records, session.person(), app.clock.now()).await? {
        tracing::info!(person = %session.person(), "account is kept");
    }
    Ok(see_other("/account"))
}
