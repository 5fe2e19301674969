//! A password, then a code.

use std::sync::Arc;

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{HeaderMap, SET_COOKIE};
use axum::response::{AppendHeaders, IntoResponse, Response};
use serde::Deserialize;
use upheld_second_factor::Outcome;
use upheld_totp::Code;

use crate::{Service, unavailable};

/// What the first page asks for.
#[derive(Deserialize)]
pub(crate) struct Credentials {
    name: String,
    password: String,
}

/// What the second page asks for.
#[derive(Deserialize)]
pub(crate) struct Typed {
    pub(crate) code: String,
}

/// The first step: what comes of it is half a sign-in, which opens nothing.
///
/// # Errors
///
/// 401 for a wrong password, 503.
pub(crate) async fn password(
    State(service): State<Arc<Service>>,
    Form(credentials): Form<Credentials>,
) -> Result<Response, StatusCode> {
    let account = (service.check_password)(&credentials.name, &credentials.password);
    let account = account.ok_or(StatusCode::UNAUTHORIZED)?;
    let cookie = service.pending.begin(account, service.now()).map_err(unavailable)?;
    Ok(AppendHeaders([(SET_COOKIE, cookie)]).into_response())
}

/// The second step.
///
/// # Errors
///
/// 401 in one wording for every reason, 503 while the database does not answer.
pub(crate) async fn code(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    Form(typed): Form<Typed>,
) -> Result<Response, StatusCode> {
    let now = service.now();
    let account = service.pending.find(&headers, now);
    let account = account.ok_or(StatusCode::UNAUTHORIZED)?;
    let code = Code::parse(&typed.code).map_err(|_| StatusCode::UNAUTHORIZED)?;
    match service.guard.verify_code(account, &code, now).await {
        Ok(Outcome::Passed(accepted)) => {
            if !service.pending.take(&headers) {
                return Err(StatusCode::UNAUTHORIZED);
            }
            let cookie = service.sessions.open(&accepted, now).map_err(unavailable)?;
            Ok(AppendHeaders([(SET_COOKIE, cookie)]).into_response())
        }
        Ok(Outcome::Refused(refused)) => {
            // For the audit; the person is told nothing of it.
            tracing::info!(?account, reason = ?refused.reason(), "second factor refused");
            Err(StatusCode::UNAUTHORIZED)
        }
        Err(error) => Err(unavailable(error)),
    }
}
