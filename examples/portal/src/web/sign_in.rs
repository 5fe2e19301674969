//! The pages of signing in and out.

use axum::Extension;
use axum::extract::State;
use axum::http::header::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use upheld_totp::{Code, Digits};
use zeroize::Zeroizing;

use super::cookie::Cookie;
use super::form::Posted;
use super::pages::{CodePage, PasswordPage, Problem, see_other};
use super::refusal::Refusal;
use super::visitor::Stranger;
use super::{App, Peer};
use crate::people::Email;
use crate::sessions::{self, Session};
use crate::sign_in::{self, Outcome, PENDING_SECONDS, PendingLogin, SignInError};
use crate::token::Token;
use crate::{password, second_factor};

/// The longest code looked at: eight digits with spaces between them, and some around.
pub(super) const MAX_CODE_BYTES: usize = 32;

const PASSWORD_REFUSED: Problem<'_> = Problem {
    what: "The e-mail address or the password is not right",
    advice: "After several tries you have to wait, up to 15 minutes, before the right one is \
             accepted.",
};
const CODE_REFUSED: Problem<'_> = Problem {
    what: "That code was not accepted",
    advice: "Wait until your app shows the next one. After several tries you have to wait, up to \
             15 minutes, before a right one is accepted.",
};
pub(super) const CODE_MALFORMED: Problem<'_> =
    Problem { what: "Enter the 6 digits that your app shows", advice: "" };

pub(super) async fn password_page(
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    if let Some(token) = Cookie::Session.find(&headers)
        && Session::find(&app.store, token, app.clock.now()).await?.is_some()
    {
        return Ok(see_other("/account"));
    }
    let known = Cookie::Form.find(&headers);
    let is_new = known.is_none();
    let token = known.map_or_else(Token::generate, Ok).map_err(SignInError::from)?;
    let mut page = PasswordPage::new(&token).respond()?;
    if is_new {
        Cookie::Form.set(&token, None, &mut page);
    }
    Ok(page)
}

pub(super) async fn password(
    State(app): State<App>,
    Extension(Peer(from)): Extension<Peer>,
    headers: HeaderMap,
    Posted { visitor: Stranger(token), fields }: Posted<Stranger>,
) -> Result<Response, Refusal> {
    let typed = fields.text("email", Email::MAX_BYTES);
    let refused = || PasswordPage::refused(&token, typed, PASSWORD_REFUSED).respond();
    let email = typed.and_then(Email::parse);
    let password = fields.text("password", password::MAX_BYTES).filter(|it| !it.is_empty());
    let (Some(email), Some(password)) = (email, password) else { return refused() };

    let credentials = (email, Zeroizing::new(password.to_owned()));
    let App { store, passwords, clock, .. } = &app;
    let outcome = sign_in::with_password(store, passwords, clock, credentials, from).await?;
    if !matches!(outcome, Outcome::Refused) {
        forget_earlier(&app, &headers).await?;
    }
    let mut response = match outcome {
        Outcome::Refused => return refused(),
        Outcome::CodeAwaited(token) => {
            let mut response = see_other("/login/second-factor");
            Cookie::Login.set(&token, Some(PENDING_SECONDS), &mut response);
            Cookie::Session.clear(&mut response);
            response
        }
        Outcome::SignedIn(token) => {
            let mut response = see_other("/account/security");
            Cookie::Session.set(&token, None, &mut response);
            Cookie::Login.clear(&mut response);
            response
        }
    };
    Cookie::Form.clear(&mut response);
    Ok(response)
}

pub(super) async fn code_page(login: PendingLogin) -> Result<Response, Refusal> {
    CodePage::new(login.token()).respond()
}

pub(super) async fn code(
    State(app): State<App>,
    Posted { visitor: login, fields }: Posted<PendingLogin>,
) -> Result<Response, Refusal> {
    // Nothing is evaluated, so nothing is charged.
    let Some(code) = fields.text("code", MAX_CODE_BYTES).and_then(read_code) else {
        return CodePage::refused(login.token(), CODE_MALFORMED).respond();
    };
    let refused = |login: &PendingLogin| CodePage::refused(login.token(), CODE_REFUSED).respond();

    let now = app.clock.now();
    let Some(charged) = second_factor::charge(&app.store, &login, now).await? else {
        return refused(&login);
    };
    let Some(candidate) = charged.check(&code, now) else { return refused(&login) };
    let Some(accepted) = candidate.consume(&app.store).await? else { return refused(&login) };
    let Some(token) = sessions::open(&app.store, accepted, login, now).await? else {
        return Err(Refusal::SignInFirst);
    };
    let mut response = see_other("/account");
    Cookie::Session.set(&token, None, &mut response);
    Cookie::Login.clear(&mut response);
    Cookie::Form.clear(&mut response);
    Ok(response)
}

pub(super) async fn cancel(
    State(app): State<App>,
    Posted { visitor: login, .. }: Posted<PendingLogin>,
) -> Result<Response, Refusal> {
    sign_in::cancel(&app.store, login).await?;
    let mut response = see_other("/login");
    Cookie::Login.clear(&mut response);
    Ok(response)
}

pub(super) async fn sign_out(
    State(app): State<App>,
    Posted { visitor: session, .. }: Posted<Session>,
) -> Result<Response, Refusal> {
    sessions::end(&app.store, session.token()).await?;
    let mut response = see_other("/login");
    Cookie::Session.clear(&mut response);
    // Not "cookies": that would delete those of every port of this computer.
    response.headers_mut().insert(
        HeaderName::from_static("clear-site-data"),
        HeaderValue::from_static("\"cache\", \"storage\""),
    );
    Ok(response)
}

/// Reads a code of six digits; people and password managers add spaces.
pub(super) fn read_code(typed: &str) -> Option<Code> {
    Code::parse(typed.trim_ascii()).ok().filter(|code| code.digits() == Digits::Six)
}

/// Ends what this browser had open: each sign-in starts from nothing.
async fn forget_earlier(app: &App, headers: &HeaderMap) -> Result<(), Refusal> {
    if let Some(token) = Cookie::Session.find(headers) {
        sessions::end(&app.store, &token).await?;
    }
    if let Some(token) = Cookie::Login.find(headers)
        && let Some(login) = PendingLogin::find(&app.store, token, app.clock.now()).await?
    {
        sign_in::cancel(&app.store, login).await?;
    }
    Ok(())
}
