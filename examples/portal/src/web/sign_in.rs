//! The pages of signing in with a password, and of signing out.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::header::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use zeroize::Zeroizing;

use super::choices;
use super::cookie::Cookie;
use super::filters;
use super::form::{Posted, TOKEN_FIELD};
use super::pages::{Problem, form, see_other};
use super::reading::Reading;
use super::refusal::Refusal;
use super::visitor::{Leaving, Stranger};
use super::{App, Peer};
use crate::CLINIC;
use crate::language::phrase;
use crate::password;
use crate::people::Email;
use crate::sessions::{self, Session};
use crate::sign_in::{
    self, Attempt, Outcome, PENDING_SECONDS, PendingLogin, SignInError, SignedIn,
};
use crate::token::{FormToken, Token};
use crate::user_agent::BrowserName;

const PASSWORD_REFUSED: Problem<'_> = Problem {
    what: phrase("The e-mail address or the password is not right"),
    advice: phrase(
        "After several tries you have to wait, up to 15 minutes, before the right one is \
             accepted.",
    ),
};

/// Asks for the e-mail address and the password.
#[derive(Template)]
#[template(path = "password.html")]
struct PasswordPage<'a> {
    form_token: FormToken,
    email: &'a str,
    problem: Option<Problem<'a>>,
}

pub(super) async fn page(State(app): State<App>, headers: HeaderMap) -> Result<Response, Refusal> {
    if let Some(token) = Cookie::Session.find(&headers)
        && Session::find(&app.records, token, app.clock.now()).await?.is_some()
    {
        return Ok(see_other("/account"));
    }
    let (token, is_new) = form_cookie(&headers)?;
    let page = PasswordPage { form_token: token.to_form_token(), email: "", problem: None };
    let mut page = form(&page, None)?;
    if is_new {
        Cookie::Form.set(&token, None, &mut page);
    }
    Ok(page)
}

/// The token that ties the forms of a stranger to their browser, and whether it is new.
pub(super) fn form_cookie(headers: &HeaderMap) -> Result<(Token, bool), Refusal> {
    let known = Cookie::Form.find(headers);
    let is_new = known.is_none();
    // Of two forms on a page, both are tied to one.
    let known = known.or_else(|| Reading::current().asking().offered());
    let token = known.map_or_else(Token::generate, Ok).map_err(SignInError::from)?;
    Ok((token, is_new))
}

pub(super) async fn password(
    State(app): State<App>,
    Extension(Peer(from)): Extension<Peer>,
    headers: HeaderMap,
    Posted { visitor: Stranger(token), fields }: Posted<Stranger>,
) -> Result<Response, Refusal> {
    let typed = fields.text("email", Email::MAX_BYTES);
    let refused = || {
        let problem = Some(PASSWORD_REFUSED);
        let email = typed.unwrap_or_default();
        form(&PasswordPage { form_token: token.to_form_token(), email, problem }, problem)
    };
    let email = typed.and_then(Email::parse);
    let password = fields.text("password", password::MAX_BYTES).filter(|it| !it.is_empty());
    let (Some(email), Some(password)) = (email, password) else { return refused() };

    let attempt = Attempt {
        email,
        password: Zeroizing::new(password.to_owned()),
        from,
        browser: BrowserName::of(&headers),
        known: Cookie::find_browser(&headers),
    };
    let App { records, passwords, clock, .. } = &app;
    let outcome = sign_in::with_password(records, passwords, clock, attempt).await?;
    if !matches!(outcome, Outcome::Refused) {
        forget_earlier(&app, &headers).await?;
    }
    match outcome {
        Outcome::Refused => refused(),
        Outcome::SecondFactorAwaited(token) => {
            let mut response = see_other("/login/second-factor");
            Cookie::Login.set(&token, Some(PENDING_SECONDS), &mut response);
            Cookie::Session.clear(&mut response);
            Cookie::Form.clear(&mut response);
            Ok(response)
        }
        Outcome::SignedIn(signed_in) => Ok(welcome(&app, &signed_in).await),
    }
}

/// Tells the browser of somebody who has just signed in what it is known by from now on.
pub(super) async fn welcome(app: &App, signed_in: &SignedIn) -> Response {
    let path = if signed_in.has_factor { "/account" } else { "/account/security" };
    let mut response = see_other(path);
    Cookie::Session.set(&signed_in.session, None, &mut response);
    Cookie::set_browser(&signed_in.browser, &mut response);
    Cookie::Login.clear(&mut response);
    Cookie::Form.clear(&mut response);
    choices::carry_over(app, signed_in.person, &mut response).await;
    response
}

pub(super) async fn sign_out(
    State(app): State<App>,
    Posted { visitor: Leaving(session), .. }: Posted<Leaving>,
) -> Result<Response, Refusal> {
    sessions::end(&app.records, session.token()).await?;
    Ok(farewell())
}

/// Sends somebody who is signed in no more to the sign-in page, and empties the browser.
pub(super) fn farewell() -> Response {
    let mut response = see_other("/login");
    Cookie::Session.clear(&mut response);
    // Not "cookies": that would delete those of every port of this computer.
    response.headers_mut().insert(
        HeaderName::from_static("clear-site-data"),
        HeaderValue::from_static("\"cache\", \"storage\""),
    );
    response
}

/// Ends what this browser had open: each sign-in starts from nothing.
async fn forget_earlier(app: &App, headers: &HeaderMap) -> Result<(), Refusal> {
    if let Some(token) = Cookie::Session.find(headers) {
        sessions::end(&app.records, &token).await?;
    }
    if let Some(token) = Cookie::Login.find(headers)
        && let Some(login) = PendingLogin::find(&app.records, token, app.clock.now()).await?
    {
        sign_in::cancel(&app.records, login).await?;
    }
    Ok(())
}
