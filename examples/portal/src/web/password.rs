//! The pages on which a new password is chosen: by somebody who knows the old one, and by
//! somebody who followed a link.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::HeaderMap;
use axum::response::Response;
use zeroize::Zeroizing;

use super::cookie::Cookie;
use super::filters;
use super::form::{Fields, Posted, TOKEN_FIELD};
use super::pages::{self, Problem, form, see_other};
use super::refusal::Refusal;
use super::sign_in::form_cookie;
use super::visitor::{Fresh, Stranger};
use super::{App, Peer};
use crate::CLINIC;
use crate::language::phrase;
use crate::new_password::{NewPassword, NewPasswordError};
use crate::password;
use crate::password_change;
use crate::people::{Email, Role};
use crate::resets::{self, Reset};
use crate::sessions::Session;
use crate::sign_in::Attempt;
use crate::token::FormToken;
use crate::user_agent::BrowserName;

const OLD_REFUSED: Problem<'_> = Problem {
    what: phrase("Your password until now is not right"),
    advice: phrase(
        "After several tries you have to wait, up to 15 minutes, before the right one is \
             accepted.",
    ),
};

/// Asks for the old password and a new one.
#[derive(Template)]
#[template(path = "change-password.html")]
struct ChangePage<'a> {
    form_token: FormToken,
    session: &'a Session,
    field: &'static str,
    problem: Option<Problem<'a>>,
}

/// Asks whose password was forgotten.
#[derive(Template)]
#[template(path = "forgot-password.html")]
struct ForgotPage<'a> {
    form_token: FormToken,
    problem: Option<Problem<'a>>,
}

/// Asks for a new password.
#[derive(Template)]
#[template(path = "reset-password.html")]
struct ResetPage<'a> {
    form_token: FormToken,
    email: &'a str,
    link: Zeroizing<String>,
    field: &'static str,
    problem: Option<Problem<'a>>,
}

pub(super) async fn change_page(Fresh(session): Fresh) -> Result<Response, Refusal> {
    show_change_page(&session, "", None)
}

pub(super) async fn change(
    State(app): State<App>,
    Extension(Peer(from)): Extension<Peer>,
    headers: HeaderMap,
    Posted { visitor: Fresh(session), fields }: Posted<Fresh>,
) -> Result<Response, Refusal> {
    let new = match read_new(&fields, session.email()) {
        Ok(new) => new,
        Err(error) => {
            let problem = Problem { what: &error.to_string(), advice: "" };
            return show_change_page(&session, "new_password", Some(problem));
        }
    };
    let Some(email) = Email::parse(session.email()) else { return Err(Refusal::Failed) };
    let old = fields.text("password", password::MAX_BYTES).unwrap_or_default();
    let attempt = Attempt {
        email,
        password: Zeroizing::new(old.to_owned()),
        from,
        browser: BrowserName::of(&headers),
        known: Cookie::find_browser(&headers),
    };
    let App { records, passwords, clock, .. } = &app;
    let changed = password_change::change(records, passwords, clock, &session, (attempt, new));
    if changed.await? {
        Ok(see_other("/account/security?password-changed"))
    } else {
        show_change_page(&session, "password", Some(OLD_REFUSED))
    }
}

pub(super) async fn forgot_page(headers: HeaderMap) -> Result<Response, Refusal> {
    let (token, is_new) = form_cookie(&headers)?;
    let page = ForgotPage { form_token: token.to_form_token(), problem: None };
    let mut page = form(&page, None)?;
    if is_new {
        Cookie::Form.set(&token, None, &mut page);
    }
    Ok(page)
}

/// Answers the same whoever is asked about.
pub(super) async fn forgot(
    State(app): State<App>,
    Extension(Peer(from)): Extension<Peer>,
    Posted { visitor: Stranger(token), fields }: Posted<Stranger>,
) -> Result<Response, Refusal> {
    let Some(email) = fields.text("email", Email::MAX_BYTES).and_then(Email::parse) else {
        let problem = Some(Problem { what: phrase("Enter your e-mail address"), advice: "" });
        return form(&ForgotPage { form_token: token.to_form_token(), problem }, problem);
    };
    resets::ask(&app.records, email, from, app.clock.now()).await?;
    let advice = phrase(
        "If there is an account with this address, a message with a link is on its way \
                  to it. The link works once, for 30 minutes. There is no message? Look into the \
                  spam folder, and check the spelling of the address.",
    );
    Ok(pages::message(StatusCode::OK, phrase("Look at your e-mail"), advice))
}

pub(super) async fn reset_page(reset: Reset) -> Result<Response, Refusal> {
    show_reset_page(&reset, None)
}

pub(super) async fn reset(
    State(app): State<App>,
    Posted { visitor: reset, fields }: Posted<Reset>,
) -> Result<Response, Refusal> {
    let new = match read_new(&fields, reset.email()) {
        Ok(new) => new,
        Err(error) => {
            let problem = Problem { what: &error.to_string(), advice: "" };
            return show_reset_page(&reset, Some(problem));
        }
    };
    if !reset.redeem(&app.records, &app.passwords, new, app.clock.now()).await? {
        return Err(Refusal::LinkExpired);
    }
    let advice = phrase(
        "Sign in with it now. If your account has a second factor, you will need that as \
                  well: it has not changed.",
    );
    Ok(pages::message(StatusCode::OK, phrase("Your new password was saved"), advice))
}

fn read_new(fields: &Fields, email: &str) -> Result<NewPassword, NewPasswordError> {
    let text = |name| fields.text(name, password::MAX_BYTES);
    NewPassword::parse(text("new_password"), text("repeated_password"), email)
}

fn show_change_page(
    session: &Session,
    field: &'static str,
    problem: Option<Problem<'_>>,
) -> Result<Response, Refusal> {
    let form_token = session.token().to_form_token();
    form(&ChangePage { form_token, session, field, problem }, problem)
}

fn show_reset_page(reset: &Reset, problem: Option<Problem<'_>>) -> Result<Response, Refusal> {
    let token = reset.token();
    let page = ResetPage {
        form_token: token.to_form_token(),
        email: reset.email(),
        link: token.to_text(),
        field: if problem.is_some() { "new_password" } else { "" },
        problem,
    };
    form(&page, problem)
}
