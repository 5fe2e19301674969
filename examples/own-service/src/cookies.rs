//! What may be stored, and the choice of it.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::{Extension, Form};
use serde::Deserialize;
use upheld_cookies::consent_cookie::{ConsentKey, ConsentKeys};
use upheld_cookies::policy::Policy;
use upheld_cookies::{Choice, Host, UnixSeconds};
use upheld_cookies_tower::Consent;

use crate::yours::random;
use crate::{Service, unavailable};

/// The declaration, and the keys under which choices are believed.
#[derive(Debug)]
pub(crate) struct Cookies {
    policy: Arc<Policy>,
    keys: Arc<ConsentKeys>,
}

/// What the banner asks: two buttons of the same size.
#[derive(Deserialize)]
pub(crate) struct Answer {
    advertising: Option<String>,
}

impl Cookies {
    /// # Errors
    ///
    /// When the declaration is wrong (with line and column), or there is no randomness.
    pub(crate) fn new() -> anyhow::Result<Self> {
        let policy = Policy::parse_toml(include_str!("../cookies.toml"))?;
        // Yours: a key that is kept, or people are asked again after each start.
        let keys = ConsentKeys::new(ConsentKey::new(1, &random::<32>()?)?);
        Ok(Self { policy: Arc::new(policy), keys: Arc::new(keys) })
    }

    pub(crate) fn policy(&self) -> Arc<Policy> {
        Arc::clone(&self.policy)
    }

    pub(crate) fn keys(&self) -> Arc<ConsentKeys> {
        Arc::clone(&self.keys)
    }
}

/// A page that sets an advertising cookie without asking anybody. The gate asks.
pub(crate) async fn home(Extension(consent): Extension<Consent>) -> Response {
    let text = if consent.reading().to_choice().is_made() { "Welcome back" } else { "Cookies?" };
    (AppendHeaders([(SET_COOKIE, "advert=campaign-7; Path=/; Secure")]), text).into_response()
}

/// Keeps what a visitor chose.
///
/// # Errors
///
/// 503.
pub(crate) async fn choose(
    State(service): State<Arc<Service>>,
    Form(answer): Form<Answer>,
) -> Result<Response, StatusCode> {
    let Cookies { policy, keys } = &service.cookies;
    let granted: &[&str] = if answer.advertising.is_some() { &["advertising"] } else { &[] };
    let now = UnixSeconds(i64::try_from(service.now().0).unwrap_or(i64::MAX));
    let choice = Choice::made(policy, granted, now);
    let host = Host::parse("localhost").map_err(unavailable)?;
    let set = keys.set_cookie(policy, &host, &choice, false).ok_or("no moment");
    Ok(AppendHeaders([(SET_COOKIE, set.map_err(unavailable)?)]).into_response())
}
