//! The first authenticator app of somebody whose password was right.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderMap};
use axum::response::{IntoResponse, Response};
use upheld_migrate_otp::qr::QrCode;
use upheld_second_factor::{AccountId, Added, Credential, CredentialId, Kind};
use upheld_store::second_factor::{SecondFactorError, rows};
use upheld_totp::{
    Algorithm, Code, Digits, Factor, KeyUri, Label, Parameters, Period, Secret, UnixSeconds,
};

use crate::sign_in::Typed;
use crate::yours::random;
use crate::{Service, unavailable};

/// How many enrolments may be under way.
const MOST: usize = 1_000;

/// For how long, in seconds.
const SHOWN_SECONDS: u64 = 600;

/// Secrets that were shown and do not count yet, one to an account.
#[derive(Debug, Default)]
pub(crate) struct Enrolments(Mutex<HashMap<AccountId, (Secret, UnixSeconds)>>);

/// Shows a new secret as an image; the account must have no app yet.
///
/// # Errors
///
/// 401 without a right password, 409 for an account that has an app, 503.
pub(crate) async fn show(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
) -> Result<Response, StatusCode> {
    let now = service.now();
    let account = service.pending.find(&headers, now).ok_or(StatusCode::UNAUTHORIZED)?;
    let database = service.guard.store().database();
    let enrolled = database.transact(move |transaction| rows::is_enrolled(transaction, account));
    if enrolled.await.map_err(unavailable)? {
        return Err(StatusCode::CONFLICT);
    }
    let secret = Secret::generate_from_os(Algorithm::Sha1).map_err(unavailable)?;
    let picture = picture(&secret, account).map_err(unavailable)?;
    service.enrolments.keep(account, secret, now)?;
    // The picture holds the secret: no cache may keep it.
    Ok(([(CONTENT_TYPE, "image/svg+xml"), (CACHE_CONTROL, "no-store")], picture).into_response())
}

/// Makes the app count, once it has shown that it has the secret.
///
/// # Errors
///
/// 401 for a wrong code, 409 for an account that has an app, 503.
pub(crate) async fn confirm(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    Form(typed): Form<Typed>,
) -> Result<&'static str, StatusCode> {
    let now = service.now();
    let account = service.pending.find(&headers, now);
    let account = account.ok_or(StatusCode::UNAUTHORIZED)?;
    let code = Code::parse(&typed.code).map_err(|_| StatusCode::UNAUTHORIZED)?;
    // One guess to a secret: whoever mistypes gets a new picture.
    let secret = service.enrolments.take(account, now).ok_or(StatusCode::UNAUTHORIZED)?;
    let kind = Kind::Totp { secret, parameters: Parameters::default() };
    let id = CredentialId(u128::from_be_bytes(random().map_err(unavailable)?));
    let credential = Credential::confirmed(id, kind, &code, service.guard.policy(), now);
    let credential = credential.map_err(|_| StatusCode::UNAUTHORIZED)?;
    let store = service.guard.store();
    let sealed = store.seal_credential(account, &credential).map_err(unavailable)?;
    // Two may have begun: the first to confirm has the account's app. (On PostgreSQL, lock the row
    // of the account first.)
    let added = store.database().transact(move |transaction| {
        if rows::is_enrolled(transaction, account)? {
            return Ok::<_, SecondFactorError>(false);
        }
        Ok(matches!(sealed.add(transaction, now)?, Added::Added))
    });
    if !added.await.map_err(unavailable)? {
        return Err(StatusCode::CONFLICT);
    }
    Ok("Now sign in with the next code.")
}

fn picture(secret: &Secret, AccountId(account): AccountId) -> anyhow::Result<String> {
    let uri = KeyUri {
        label: Label::new(Some("Northside Clinic"), &account.to_string())?,
        secret: Secret::from_bytes(secret.expose())?,
        algorithm: Algorithm::Sha1,
        digits: Digits::Six,
        factor: Factor::Totp { period: Period::default() },
    };
    Ok(QrCode::of_uri(&uri)?.to_svg("Scan with your authenticator app").expose().to_owned())
}

impl Enrolments {
    fn keep(&self, account: AccountId, secret: Secret, now: UnixSeconds) -> Result<(), StatusCode> {
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shown.retain(|_, (_, until)| now < *until);
        if shown.len() >= MOST && !shown.contains_key(&account) {
            return Err(StatusCode::SERVICE_UNAVAILABLE);
        }
        shown.insert(account, (secret, UnixSeconds(now.0.saturating_add(SHOWN_SECONDS))));
        Ok(())
    }

    fn take(&self, account: AccountId, now: UnixSeconds) -> Option<Secret> {
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (secret, until) = shown.remove(&account)?;
        (now < until).then_some(secret)
    }
}
