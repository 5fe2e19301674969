//! The service that `README.md` is a guide to.
#![forbid(unsafe_code)]

mod cookies;
mod enrolment;
mod marketing;
mod requests;
mod sign_in;
mod yours;

use std::path::Path;
use std::sync::Arc;

use axum::http::StatusCode;
use axum::middleware::from_fn;
use axum::routing::{get, post};
use axum::{Router, http::HeaderMap};
use upheld_consent::UnixMillis;
use upheld_cookies_tower::Gate;
use upheld_second_factor::{AccountId, Guard, Policy};
use upheld_store::Tenant;
use upheld_store::consent::Consents;
use upheld_store::keys::{KeyRing, SharedKeys};
use upheld_store::ledger::Ledger;
use upheld_store::record::{PersonId, Records};
use upheld_store::request::Requests;
use upheld_store::second_factor::SecondFactors;
use upheld_store::sql::{Database, Settings};
use upheld_totp::UnixSeconds;

use crate::cookies::Cookies;
use crate::enrolment::Enrolments;
use crate::yours::{PendingLogins, Sessions};

/// Says whose account it is if the password is right. Yours: hash slowly, and limit attempts.
pub type PasswordCheck = fn(&str, &str) -> Option<AccountId>;

/// What handlers share.
#[derive(Debug)]
pub struct Service {
    guard: Guard<SecondFactors>,
    consents: Consents,
    requests: Requests,
    cookies: Cookies,
    enrolments: Enrolments,
    pending: PendingLogins,
    sessions: Sessions,
    check_password: PasswordCheck,
    clock: fn() -> UnixSeconds,
}

impl Service {
    /// Opens the database, and makes it if there is none.
    ///
    /// # Errors
    ///
    /// When it cannot be opened.
    pub async fn open(
        file: &Path,
        keys: KeyRing,
        check_password: PasswordCheck,
        clock: fn() -> UnixSeconds,
    ) -> anyhow::Result<Arc<Self>> {
        let tenant = Tenant::new("northside")?;
        let database = Database::open(&Settings::sqlite(file), tenant).await?;
        SecondFactors::migrate(&database).await?;
        Ledger::migrate(&database).await?;
        let keys = SharedKeys::new(keys);
        let records = Records::new(database.clone(), keys.clone());
        Ok(Arc::new(Self {
            guard: Guard::new(SecondFactors::new(database, keys), Policy::default()),
            consents: Consents::new(records.clone()),
            requests: Requests::new(records),
            cookies: Cookies::new()?,
            enrolments: Enrolments::default(),
            pending: PendingLogins::new(),
            sessions: Sessions::new(),
            check_password,
            clock,
        }))
    }

    fn now(&self) -> UnixSeconds {
        (self.clock)()
    }

    fn now_millis(&self) -> Result<UnixMillis, StatusCode> {
        UnixMillis::new(self.now().0.saturating_mul(1_000)).ok_or(StatusCode::SERVICE_UNAVAILABLE)
    }

    /// The person of a session; no handler goes on without one.
    fn person(&self, headers: &HeaderMap) -> Result<PersonId, StatusCode> {
        let account = self.sessions.find(headers, self.now());
        account.map(|AccountId(id)| PersonId(id)).ok_or(StatusCode::UNAUTHORIZED)
    }
}

/// The routes of the service, behind the gate for cookies.
///
/// # Errors
///
/// When the policy of cookies cannot be kept.
pub fn router(service: Arc<Service>) -> anyhow::Result<Router> {
    let clock = service.clock;
    let gate = Gate::new(service.cookies.policy(), service.cookies.keys(), move || {
        upheld_cookies::UnixSeconds(i64::try_from(clock().0).unwrap_or(i64::MAX))
    })?;
    Ok(Router::new()
        .route("/", get(cookies::home))
        .route("/cookies", post(cookies::choose))
        .route("/sign-in", post(sign_in::password))
        .route("/sign-in/enrol", post(enrolment::show))
        .route("/sign-in/enrol/confirm", post(enrolment::confirm))
        .route("/sign-in/code", post(sign_in::code))
        .route("/marketing/stop", post(marketing::stop))
        .route("/requests/access", post(requests::access))
        .layer(from_fn(yours::same_origin))
        .layer(gate.to_layer())
        .with_state(service))
}

/// What a handler answers when storage or randomness is out of reach: nobody gets in meanwhile.
fn unavailable<E: std::fmt::Debug>(error: E) -> StatusCode {
    tracing::error!(?error, "unavailable");
    StatusCode::SERVICE_UNAVAILABLE
}
