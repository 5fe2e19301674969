//! What your service has already, in the smallest form that works: sessions, and who is half signed in.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::extract::Request;
use axum::http::header::{COOKIE, HeaderMap, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use data_encoding::BASE64URL_NOPAD;
use upheld_second_factor::{Accepted, AccountId};
use upheld_totp::UnixSeconds;

/// The cookie of a session.
pub(crate) const SESSION: &str = "__Host-session";

/// The cookie between a right password and the code.
pub(crate) const PENDING: &str = "__Host-pending";

/// How long a code may be waited for, in seconds.
const PENDING_SECONDS: u64 = 300;

/// How many are remembered at most; the oldest go first.
const MOST: usize = 10_000;

/// Tokens, and whose they are. A service with more than one process keeps them in its database, as
/// hashes.
#[derive(Debug, Default)]
pub(crate) struct Tokens(Mutex<HashMap<String, (AccountId, UnixSeconds)>>);

impl Tokens {
    /// Begins to wait for the code of somebody whose password was right.
    ///
    /// # Errors
    ///
    /// When the operating system has no randomness.
    pub(crate) fn begin(&self, account: AccountId, now: UnixSeconds) -> anyhow::Result<String> {
        self.issue(account, UnixSeconds(now.0.saturating_add(PENDING_SECONDS)))
    }

    /// Opens a session. Only [`Accepted`] opens one, and only a second factor makes that.
    ///
    /// # Errors
    ///
    /// When the operating system has no randomness.
    pub(crate) fn open(&self, accepted: &Accepted) -> anyhow::Result<String> {
        self.issue(accepted.account(), UnixSeconds(u64::MAX))
    }

    /// Whose the token of this cookie is, until its time is over.
    pub(crate) fn find(
        &self,
        headers: &HeaderMap,
        name: &str,
        now: UnixSeconds,
    ) -> Option<AccountId> {
        let token = cookie(headers, name)?;
        let tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.get(token).filter(|(_, until)| now < *until).map(|(account, _)| *account)
    }

    /// Ends what the cookie names. Of two requests with one token, one is told `true`.
    #[must_use]
    pub(crate) fn take(&self, headers: &HeaderMap, name: &str) -> bool {
        let Some(token) = cookie(headers, name) else { return false };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(token).is_some()
    }

    fn issue(&self, account: AccountId, until: UnixSeconds) -> anyhow::Result<String> {
        let token = BASE64URL_NOPAD.encode(&random::<32>()?);
        let mut tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tokens.len() >= MOST {
            let soonest = tokens.iter().min_by_key(|(_, (_, until))| until.0);
            let soonest = soonest.map(|(token, _)| token.clone());
            soonest.map(|token| tokens.remove(&token));
        }
        tokens.insert(token.clone(), (account, until));
        Ok(token)
    }
}

/// Random bytes of the operating system.
///
/// # Errors
///
/// When it has none.
pub(crate) fn random<const N: usize>() -> anyhow::Result<[u8; N]> {
    use rand::TryRng;

    let mut bytes = [0; N];
    rand::rngs::SysRng.try_fill_bytes(&mut bytes)?;
    Ok(bytes)
}

/// Writes a cookie that this host alone gets back, and no other site's form brings along.
#[must_use]
pub(crate) fn set_cookie(name: &str, token: &str) -> String {
    format!("{name}={token}; Path=/; Secure; HttpOnly; SameSite=Strict")
}

fn cookie<'h>(headers: &'h HeaderMap, wanted: &str) -> Option<&'h str> {
    let fields = headers.get_all(COOKIE).iter().filter_map(|field| field.to_str().ok());
    let mut pairs =
        fields.flat_map(|field| field.split(';')).filter_map(|pair| pair.split_once('='));
    pairs.find_map(|(name, value)| (name.trim() == wanted).then_some(value.trim()))
}

/// Refuses forms that browsers say come from elsewhere (Fetch Metadata).
///
/// # Errors
///
/// 403.
pub(crate) async fn same_origin(request: Request, next: Next) -> Result<Response, StatusCode> {
    let site = request.headers().get("sec-fetch-site").map(HeaderValue::as_bytes);
    let is_ours = matches!(site, Some(b"same-origin" | b"none"));
    if request.method() != Method::GET && !is_ours {
        return Err(StatusCode::FORBIDDEN);
    }
    Ok(next.run(request).await)
}
