//! What your service has already, in the smallest form that works: sessions, and who is half signed in.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::extract::Request;
use axum::http::header::{COOKIE, HeaderMap, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use data_encoding::BASE64URL_NOPAD;
use upheld_cookies::cookie_pairs;
use upheld_second_factor::{Accepted, AccountId};
use upheld_totp::UnixSeconds;

/// The cookie of a session.
const SESSION: &str = "__Host-session";

/// The cookie between a right password and the code.
const PENDING: &str = "__Host-pending";

/// How long a code may be waited for, in seconds.
const PENDING_SECONDS: u64 = 300;

/// How long a session lasts, in seconds: a day's work.
const SESSION_SECONDS: u64 = 12 * 60 * 60;

/// How many are remembered at most; those that end soonest go first.
const MOST: usize = 10_000;

/// The tokens of one cookie, and whose they are. Those of another cookie are in another table, so
/// that half a sign-in under the name of a session is nobody. A service with more than one process
/// keeps them in its database, as hashes.
#[derive(Debug)]
struct Tokens {
    cookie: &'static str,
    known: Mutex<HashMap<String, (AccountId, UnixSeconds)>>,
}

/// Who has shown a password and no code.
#[derive(Debug)]
pub(crate) struct PendingLogins(Tokens);

/// Who is signed in.
#[derive(Debug)]
pub(crate) struct Sessions(Tokens);

impl PendingLogins {
    pub(crate) fn new() -> Self {
        Self(Tokens::of(PENDING))
    }

    /// Begins to wait for the code of somebody whose password was right, and returns the cookie.
    ///
    /// # Errors
    ///
    /// When the operating system has no randomness.
    pub(crate) fn begin(&self, account: AccountId, now: UnixSeconds) -> anyhow::Result<String> {
        self.0.issue(account, UnixSeconds(now.0.saturating_add(PENDING_SECONDS)))
    }

    /// Whose code is waited for.
    pub(crate) fn find(&self, headers: &HeaderMap, now: UnixSeconds) -> Option<AccountId> {
        self.0.find(headers, now)
    }

    /// Ends the wait. Of two requests with one cookie, one is told `true`.
    #[must_use]
    pub(crate) fn take(&self, headers: &HeaderMap) -> bool {
        self.0.take(headers)
    }
}

impl Sessions {
    pub(crate) fn new() -> Self {
        Self(Tokens::of(SESSION))
    }

    /// Opens a session, and returns the cookie. Only [`Accepted`] opens one, and only a second
    /// factor makes that.
    ///
    /// # Errors
    ///
    /// When the operating system has no randomness.
    pub(crate) fn open(&self, accepted: &Accepted, now: UnixSeconds) -> anyhow::Result<String> {
        self.0.issue(accepted.account(), UnixSeconds(now.0.saturating_add(SESSION_SECONDS)))
    }

    /// Who is signed in.
    pub(crate) fn find(&self, headers: &HeaderMap, now: UnixSeconds) -> Option<AccountId> {
        self.0.find(headers, now)
    }
}

impl Tokens {
    fn of(cookie: &'static str) -> Self {
        Self { cookie, known: Mutex::default() }
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, (AccountId, UnixSeconds)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, headers: &HeaderMap, now: UnixSeconds) -> Option<AccountId> {
        let token = cookie(headers, self.cookie)?;
        self.known().get(token).filter(|(_, until)| now < *until).map(|(account, _)| *account)
    }

    fn take(&self, headers: &HeaderMap) -> bool {
        cookie(headers, self.cookie).is_some_and(|token| self.known().remove(token).is_some())
    }

    /// Returns what this host alone gets back, and no other site's form brings along.
    fn issue(&self, account: AccountId, until: UnixSeconds) -> anyhow::Result<String> {
        let token = BASE64URL_NOPAD.encode(&random::<32>()?);
        let mut known = self.known();
        if known.len() >= MOST {
            let soonest = known.iter().min_by_key(|(_, (_, until))| until.0);
            let soonest = soonest.map(|(token, _)| token.clone());
            soonest.map(|token| known.remove(&token));
        }
        known.insert(token.clone(), (account, until));
        Ok(format!("{}={token}; Path=/; Secure; HttpOnly; SameSite=Strict", self.cookie))
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

fn cookie<'h>(headers: &'h HeaderMap, wanted: &str) -> Option<&'h str> {
    // In bytes: a cookie of another site of yours may hold any, and hides no other.
    let fields = headers.get_all(COOKIE).iter().map(HeaderValue::as_bytes);
    let mut pairs = fields.flat_map(cookie_pairs);
    pairs
        .find(|(name, _)| *name == wanted.as_bytes())
        .and_then(|(_, value)| str::from_utf8(value).ok())
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
