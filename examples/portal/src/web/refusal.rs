//! Requests that get no page of their own: why, and what the person reads.

use axum::http::StatusCode;
use axum::http::header::{CONNECTION, HeaderName, HeaderValue, RETRY_AFTER};
use axum::response::{IntoResponse, Response};

use upheld_store::sql::DatabaseError;

use super::pages::{self, see_other};
use super::reauthentication::After;
use crate::consents::ConsentsError;
use crate::enrolment::EnrolmentError;
use crate::language::phrase;
use crate::letters::LettersError;
use crate::password::PasswordError;
use crate::records::RecordsError;
use crate::requests::RequestsError;
use crate::sign_in::SignInError;

/// Why a request was refused.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// There is no session, or no pending login, that the page needs.
    SignInFirst,
    /// What was asked for needs a proof that it is still the same person.
    ReauthenticateFirst(After),
    /// The account is being closed, and there is one page for it.
    Closing,
    /// A member of staff has not shown a second factor for this session.
    SecondFactorFirst,
    /// The link from an e-mail was used, is too old, or never was one.
    LinkExpired,
    /// The same of a link by which a request is confirmed or followed.
    RequestLinkExpired,
    /// What came back from Duo's page belongs to no sign-in of this browser, or no longer.
    PromptExpired,
    /// The form was not made for this visitor.
    Forged,
    /// The request comes from another site.
    OtherSite,
    /// The request was meant for another server.
    OtherHost,
    /// The body is no form, or none of ours.
    NotAForm,
    /// The body is too long, or broke off.
    Unreadable(StatusCode),
    TooSlow,
    NotFound,
    MethodNotAllowed,
    /// Somebody else changed it since the page was made.
    Stale,
    /// Too much to do. Nothing was evaluated.
    Busy,
    /// The database went away while it wrote: it may have, or not.
    Unclear,
    /// Something failed, and the log says what.
    Failed,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, heading, advice) = match self {
            Self::SignInFirst => return see_other("/login"),
            Self::ReauthenticateFirst(after) => return see_other(&format!("/reauth?for={after}")),
            Self::Closing => return see_other("/account/closing"),
            Self::SecondFactorFirst => (
                StatusCode::FORBIDDEN,
                phrase("Staff sign in with a second factor"),
                phrase(
                    "Add an authenticator on the security page, then sign out and in again with a code \
                 of it.",
                ),
            ),
            Self::LinkExpired | Self::RequestLinkExpired => {
                (StatusCode::NOT_FOUND, phrase("This link no longer works"), self.about_links())
            }
            Self::PromptExpired => (
                StatusCode::FORBIDDEN,
                phrase("This answer of Duo belongs to no sign-in here"),
                phrase(
                    "It came too late, was used before, or is another browser's. Nobody was signed \
                     in. Sign in again.",
                ),
            ),
            Self::Forged => (
                StatusCode::FORBIDDEN,
                phrase("This form has expired"),
                phrase(
                    "Nothing was changed. Go back, reload the page and send the form again. If this \
                 happens every time, check that your browser keeps cookies of this site.",
                ),
            ),
            Self::OtherSite => (
                StatusCode::FORBIDDEN,
                phrase("This request came from another website"),
                phrase("Nothing was changed. Open the portal yourself and try again there."),
            ),
            Self::OtherHost => (
                StatusCode::MISDIRECTED_REQUEST,
                phrase("There is no portal at this address"),
                phrase("Check the address that the clinic gave you."),
            ),
            Self::NotAForm => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                phrase("This is not a form of the portal"),
                phrase("Nothing was changed."),
            ),
            Self::Unreadable(StatusCode::PAYLOAD_TOO_LARGE) => (
                StatusCode::PAYLOAD_TOO_LARGE,
                phrase("That was too much text"),
                phrase("Nothing was changed. Go back and shorten what you typed."),
            ),
            Self::Unreadable(status) => (
                status,
                phrase("Your message did not arrive whole"),
                phrase("Nothing was changed. Try again."),
            ),
            Self::TooSlow => (
                StatusCode::REQUEST_TIMEOUT,
                phrase("That took too long"),
                phrase("Check what has become of it before you try again."),
            ),
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                phrase("Page not found"),
                phrase("It may have expired, or the address is not quite right."),
            ),
            Self::MethodNotAllowed => (
                StatusCode::METHOD_NOT_ALLOWED,
                phrase("This page cannot be used that way"),
                phrase("Nothing was changed."),
            ),
            Self::Stale => (
                StatusCode::CONFLICT,
                phrase("Somebody else was faster"),
                phrase(
                    "Nothing was changed. Go back, reload the page and look at what it says now.",
                ),
            ),
            Self::Busy => (
                StatusCode::SERVICE_UNAVAILABLE,
                phrase("The portal is busy"),
                phrase("Nothing was changed. Try again in a few seconds."),
            ),
            Self::Unclear => (
                StatusCode::SERVICE_UNAVAILABLE,
                phrase("Something went wrong on our side"),
                phrase("Check what has become of it before you try again."),
            ),
            Self::Failed => (
                StatusCode::INTERNAL_SERVER_ERROR,
                phrase("Something went wrong on our side"),
                phrase("It was written down. Try again later."),
            ),
        };
        let mut response = pages::message(status, heading, advice);
        if let Some((name, value)) = self.header() {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        response
    }
}

impl Refusal {
    /// How long links work, and what to do without.
    const fn about_links(&self) -> &'static str {
        match self {
            Self::RequestLinkExpired => phrase(
                "A link that confirms a request works once, for three days. If the request is \
                 confirmed, the e-mail after it has a link that lasts. If it is not, send the form \
                 again.",
            ),
            _ => phrase("It works once, for 30 minutes. Ask for another on the sign-in page."),
        }
    }

    const fn header(self) -> Option<(HeaderName, &'static str)> {
        match self {
            Self::Busy => Some((RETRY_AFTER, "2")),
            // What is left of the body is not read: the connection is of no more use.
            Self::Unreadable(_) | Self::TooSlow => Some((CONNECTION, "close")),
            _ => None,
        }
    }
}

impl From<DatabaseError> for Refusal {
    fn from(error: DatabaseError) -> Self {
        tracing::error!(%error, "refused");
        match error {
            DatabaseError::Busy | DatabaseError::Contended | DatabaseError::Unavailable(_) => {
                Self::Busy
            }
            DatabaseError::Unclear => Self::Unclear,
            _ => Self::Failed,
        }
    }
}

impl From<RecordsError> for Refusal {
    fn from(error: RecordsError) -> Self {
        if let RecordsError::Database(error) = error {
            return error.into();
        }
        tracing::error!(%error, "refused");
        Self::Failed
    }
}

impl From<ConsentsError> for Refusal {
    fn from(error: ConsentsError) -> Self {
        match error {
            ConsentsError::Records(error) => error.into(),
            ConsentsError::Contended => Self::Busy,
            _ => {
                tracing::error!(%error, "refused");
                Self::Failed
            }
        }
    }
}

impl From<RequestsError> for Refusal {
    fn from(error: RequestsError) -> Self {
        match error {
            RequestsError::Records(error) => error.into(),
            RequestsError::Stale => Self::Stale,
            _ => {
                tracing::error!(%error, "refused");
                Self::Failed
            }
        }
    }
}

impl From<LettersError> for Refusal {
    fn from(error: LettersError) -> Self {
        tracing::error!(%error, "refused");
        Self::Failed
    }
}

impl From<SignInError> for Refusal {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Records(error) => error.into(),
            SignInError::Password(PasswordError::Busy) => {
                tracing::warn!("refused: too many passwords at once");
                Self::Busy
            }
            SignInError::Password(_) => {
                tracing::error!(%error, "refused");
                Self::Failed
            }
        }
    }
}

impl From<EnrolmentError> for Refusal {
    fn from(error: EnrolmentError) -> Self {
        if let EnrolmentError::Records(error) = error {
            return error.into();
        }
        tracing::error!(%error, "refused");
        Self::Failed
    }
}
