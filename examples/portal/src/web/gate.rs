//! What every request passes before it meets a page, and every answer on its way out.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::extract::{FromRequest, MatchedPath, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderName, HeaderValue, ORIGIN, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;

use super::refusal::Refusal;

/// Where a connection comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// The names under which the portal may be asked for, each with its port.
#[derive(Clone, Debug)]
pub(crate) struct Hosts(Arc<[String]>);

impl Hosts {
    /// This computer, by name and by number.
    pub(crate) fn of_port(port: u16) -> Self {
        let names = ["localhost", "127.0.0.1", "[::1]"];
        Self(names.iter().map(|name| format!("{name}:{port}")).collect())
    }

    fn includes(&self, host: &str) -> bool {
        self.0.iter().any(|known| known.eq_ignore_ascii_case(host))
    }
}

/// Gives the request a number and writes down what was asked and answered; never with what.
pub(super) async fn write_down(request: Request, next: Next) -> Response {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let id = COUNT.fetch_add(1, Ordering::Relaxed);
    let path = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let path = path.as_deref().unwrap_or("(none of ours)");
    let method = request.method();
    let span = tracing::info_span!("request", id, %method, path);
    async {
        let start = Instant::now();
        let response = next.run(request).await;
        let ms = start.elapsed().as_millis();
        tracing::info!(status = response.status().as_u16(), ms, "answered");
        response
    }
    .instrument(span)
    .await
}

/// Sets the headers that hold for every answer.
pub(super) async fn set_headers(request: Request, next: Next) -> Response {
    const HEADERS: [(HeaderName, HeaderValue); 7] = [
        (
            CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(
                "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
                 frame-ancestors 'none'; base-uri 'none'",
            ),
        ),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (
            HeaderName::from_static("permissions-policy"),
            HeaderValue::from_static(
                "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
            ),
        ),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            HeaderValue::from_static("same-origin"),
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            HeaderValue::from_static("same-origin"),
        ),
    ];
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.extend(HEADERS);
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Answers for whoever takes too long, the visitor or the portal.
pub(super) async fn give_up_after(
    State(timeout): State<Duration>,
    request: Request,
    next: Next,
) -> Response {
    let answer = tokio::time::timeout(timeout, next.run(request)).await;
    answer.unwrap_or_else(|_| Refusal::TooSlow.into_response())
}

/// Reads the body before anyone decides about the request, so that the connection is good for
/// another one after a refusal. How much is read is [`axum::extract::DefaultBodyLimit`]'s.
pub(super) async fn read_body(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    match Bytes::from_request(Request::from_parts(parts.clone(), body), &()).await {
        Ok(body) => next.run(Request::from_parts(parts, body.into())).await,
        Err(rejected) => Refusal::Unreadable(rejected.status()).into_response(),
    }
}

/// Refuses requests that were meant for another server, or that hide whom they are meant for.
//= RFC 9110 §7.4: a request for an origin that is not served here is misdirected
pub(super) async fn refuse_other_hosts(
    State(hosts): State<Hosts>,
    request: Request,
    next: Next,
) -> Response {
    if names_one_of(&hosts, request.uri(), request.headers()) {
        next.run(request).await
    } else {
        Refusal::OtherHost.into_response()
    }
}

/// Refuses what another site makes a browser send.
///
/// Beside the form token, not instead of it. Browsers say where a request comes from in
/// `Sec-Fetch-Site`; older ones in `Origin`, which under this portal's referrer policy is
/// `null` and therefore refused.
pub(super) async fn refuse_other_sites(request: Request, next: Next) -> Response {
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD);
    if is_safe || is_from_here(request.headers()) {
        next.run(request).await
    } else {
        Refusal::OtherSite.into_response()
    }
}

//= RFC 9112 §3.2: exactly one Host, and an absolute URI overrides it
fn names_one_of(hosts: &Hosts, uri: &Uri, headers: &HeaderMap) -> bool {
    let mut named = headers.get_all(HOST).iter();
    let (Some(host), None) = (named.next(), named.next()) else { return false };
    let is_known = |host: &str| hosts.includes(host);
    host.to_str().is_ok_and(is_known)
        && uri.authority().is_none_or(|authority| is_known(authority.as_str()))
}

fn is_from_here(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site");
    if let Some(site) = site {
        // `none`: typed, bookmarked or reloaded by the person.
        return site == "same-origin" || site == "none";
    }
    let Some(origin) = headers.get(ORIGIN) else { return true };
    let origin = origin.to_str().ok().and_then(|origin| origin.strip_prefix("http://"));
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    origin.is_some_and(|origin| host.is_some_and(|host| host.eq_ignore_ascii_case(origin)))
}
