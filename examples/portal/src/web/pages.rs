//! The pages: what each template is filled with.

use askama::Template;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION};
use axum::response::{IntoResponse, Response};
use upheld_migrate_otp::SecretDocument;
use zeroize::Zeroizing;

use super::form::TOKEN_FIELD;
use super::refusal::Refusal;
use crate::CLINIC;
use crate::enrolment::{EnrolmentError, Pending};
use crate::people::DisplayName;
use crate::sessions::Session;
use crate::token::{FormToken, Token};

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
const MINUTES: HeaderValue = HeaderValue::from_static("max-age=600");

/// Why a form is shown again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Problem<'a> {
    /// What is wrong, without a full stop: it leads to the field.
    pub(super) what: &'a str,
    /// What to do about it, if that is not said yet.
    pub(super) advice: &'a str,
}

/// Asks for the e-mail address and the password.
#[derive(Template)]
#[template(path = "password.html")]
pub(super) struct PasswordPage<'a> {
    form_token: FormToken,
    email: &'a str,
    problem: Option<Problem<'a>>,
}

impl<'a> PasswordPage<'a> {
    pub(super) fn new(token: &Token) -> Self {
        Self { form_token: token.to_form_token(), email: "", problem: None }
    }

    pub(super) fn refused(token: &Token, email: Option<&'a str>, problem: Problem<'a>) -> Self {
        let email = email.unwrap_or_default();
        Self { form_token: token.to_form_token(), email, problem: Some(problem) }
    }

    pub(super) fn respond(self) -> Result<Response, Refusal> {
        form(&self, self.problem)
    }
}

/// Asks for the code.
#[derive(Template)]
#[template(path = "code.html")]
pub(super) struct CodePage<'a> {
    form_token: FormToken,
    problem: Option<Problem<'a>>,
}

impl<'a> CodePage<'a> {
    pub(super) fn new(token: &Token) -> Self {
        Self { form_token: token.to_form_token(), problem: None }
    }

    pub(super) fn refused(token: &Token, problem: Problem<'a>) -> Self {
        Self { form_token: token.to_form_token(), problem: Some(problem) }
    }

    pub(super) fn respond(self) -> Result<Response, Refusal> {
        form(&self, self.problem)
    }
}

/// Shows what the clinic calls the person, and lets them correct it.
#[derive(Template)]
#[template(path = "profile.html")]
pub(super) struct ProfilePage<'a> {
    form_token: FormToken,
    session: &'a Session,
    name: &'a str,
    is_saved: bool,
    problem: Option<Problem<'a>>,
}

impl<'a> ProfilePage<'a> {
    pub(super) fn new(session: &'a Session, is_saved: bool) -> Self {
        let form_token = session.token().to_form_token();
        Self { form_token, session, name: session.display_name(), is_saved, problem: None }
    }

    pub(super) fn refused(
        session: &'a Session,
        typed: Option<&'a str>,
        problem: Problem<'a>,
    ) -> Self {
        let name = typed.unwrap_or_else(|| session.display_name());
        Self { name, problem: Some(problem), ..Self::new(session, false) }
    }

    pub(super) fn respond(self) -> Result<Response, Refusal> {
        form(&self, self.problem)
    }
}

/// Shows how the account is protected.
#[derive(Template)]
#[template(path = "security.html")]
pub(super) struct SecurityPage<'a> {
    form_token: FormToken,
    session: &'a Session,
    problem: Option<Problem<'a>>,
}

impl<'a> SecurityPage<'a> {
    pub(super) fn new(session: &'a Session) -> Self {
        Self { form_token: session.token().to_form_token(), session, problem: None }
    }

    pub(super) fn respond(self) -> Result<Response, Refusal> {
        form(&self, self.problem)
    }
}

/// Shows the key of an authenticator app and asks for its first code.
#[derive(Template)]
#[template(path = "enrol.html")]
pub(super) struct EnrolPage<'a> {
    form_token: FormToken,
    session: &'a Session,
    pending: &'a str,
    qr_svg: SecretDocument,
    manual_key: Zeroizing<String>,
    problem: Option<Problem<'a>>,
}

impl<'a> EnrolPage<'a> {
    pub(super) fn new(session: &'a Session, pending: &'a Pending) -> Result<Self, EnrolmentError> {
        Ok(Self {
            form_token: session.token().to_form_token(),
            session,
            pending: pending.id(),
            qr_svg: pending.to_qr_svg(session.email())?,
            manual_key: pending.to_manual_key(),
            problem: None,
        })
    }

    pub(super) fn refused(
        session: &'a Session,
        pending: &'a Pending,
        problem: Problem<'a>,
    ) -> Result<Self, EnrolmentError> {
        Ok(Self { problem: Some(problem), ..Self::new(session, pending)? })
    }

    pub(super) fn respond(self) -> Result<Response, Refusal> {
        form(&self, self.problem)
    }
}

/// Says one thing.
#[derive(Template)]
#[template(path = "message.html")]
struct MessagePage<'a> {
    heading: &'a str,
    advice: &'a str,
    problem: Option<Problem<'a>>,
}

/// A page that says one thing, for requests that get no other.
pub(super) fn message(status: StatusCode, heading: &str, advice: &str) -> Response {
    let page = MessagePage { heading, advice, problem: None }.render();
    // Without its page the status still says enough.
    (status, [(CONTENT_TYPE, HTML)], page.unwrap_or_default()).into_response()
}

/// Sends the browser to a page of this portal. Never takes what a visitor sent.
pub(super) fn see_other(path: &str) -> Response {
    match HeaderValue::from_str(path) {
        Ok(path) => (StatusCode::SEE_OTHER, [(LOCATION, path)]).into_response(),
        Err(_) => Refusal::Failed.into_response(),
    }
}

pub(super) async fn not_found() -> Response {
    Refusal::NotFound.into_response()
}

pub(super) async fn method_not_allowed() -> Response {
    Refusal::MethodNotAllowed.into_response()
}

pub(super) async fn style() -> ([(HeaderName, HeaderValue); 2], &'static str) {
    let kind = HeaderValue::from_static("text/css; charset=utf-8");
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, MINUTES)], include_str!("../../assets/portal.css"))
}

pub(super) async fn icon() -> ([(HeaderName, HeaderValue); 2], &'static str) {
    let kind = HeaderValue::from_static("image/svg+xml");
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, MINUTES)], include_str!("../../assets/icon.svg"))
}

fn form(page: &impl Template, problem: Option<Problem<'_>>) -> Result<Response, Refusal> {
    let status = problem.map_or(StatusCode::OK, |_| StatusCode::UNPROCESSABLE_ENTITY);
    let page = page.render().map_err(|error| {
        tracing::error!(%error, "a page was not written");
        Refusal::Failed
    })?;
    Ok((status, [(CONTENT_TYPE, HTML)], page).into_response())
}
