//! What every request passes before it meets a page, and every answer on its way out.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::extract::{FromRequest, MatchedPath, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderName, HeaderValue, ORIGIN, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;

use super::refusal::Refusal;
use crate::observe::{Metrics, RequestId};
use crate::site::Site;

/// Where a request comes from: see [`find_client`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// Gives the request a name, which the answer bears as well, and writes down what was asked and
/// answered; never with what.
pub(super) async fn write_down(
    State(metrics): State<Metrics>,
    request: Request,
    next: Next,
) -> Response {
    let id = RequestId::generate();
    let path = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let path = path.as_deref().unwrap_or("(none of ours)");
    let method = request.method();
    let span = tracing::info_span!("request", %id, %method, path);
    async {
        let start = Instant::now();
        let mut response = next.run(request).await;
        let (status, took) = (response.status().as_u16(), start.elapsed());
        metrics.http_answered(status, took);
        let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        tracing::info!(status, ms, "answered");
        if let Some(id) = id.to_header() {
            response.headers_mut().insert(HeaderName::from_static("x-request-id"), id);
        }
        response
    }
    .instrument(span)
    .await
}

/// Replaces the other end of the connection by the visitor that trusted proxies speak for.
pub(super) async fn find_client(
    State(site): State<Site>,
    mut request: Request,
    next: Next,
) -> Response {
    if let Some(Peer(peer)) = request.extensions().get().copied() {
        let forwarded = request.headers().get_all("x-forwarded-for").into_iter();
        // What is no text is no address either.
        let forwarded = forwarded.map(|value| value.to_str().unwrap_or_default());
        let client = site.proxies().client(peer, forwarded);
        request.extensions_mut().insert(Peer(client));
    }
    next.run(request).await
}

/// What the headers of every answer depend on.
#[derive(Clone, Debug)]
pub(super) struct Headers {
    is_https: bool,
    content_security_policy: HeaderValue,
}

impl Headers {
    /// `host` is where forms may lead besides the portal, if there is such a place: browsers hold a
    /// form to its policy through every redirect.
    pub(super) fn new(site: &Site, host: Option<&str>) -> Self {
        let besides = host.map(|host| format!(" https://{host}")).unwrap_or_default();
        let policy = format!(
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'{besides}; \
             frame-ancestors 'none'; base-uri 'none'"
        );
        let strictest = HeaderValue::from_static("default-src 'none'");
        let content_security_policy = HeaderValue::from_str(&policy).unwrap_or(strictest);
        Self { is_https: site.is_strict(), content_security_policy }
    }
}

/// Sets the headers that hold for every answer.
pub(super) async fn set_headers(
    State(policy): State<Headers>,
    request: Request,
    next: Next,
) -> Response {
    const HEADERS: [(HeaderName, HeaderValue); 6] = [
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
    headers.insert(CONTENT_SECURITY_POLICY, policy.content_security_policy);
    //= RFC 6797 §7.1: over secure transport alone
    if policy.is_https {
        let a_year = HeaderValue::from_static("max-age=31536000");
        headers.insert(STRICT_TRANSPORT_SECURITY, a_year);
    }
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
    State(site): State<Site>,
    request: Request,
    next: Next,
) -> Response {
    if is_for(&site, request.uri(), request.headers()) {
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
pub(super) async fn refuse_other_sites(
    State(site): State<Site>,
    request: Request,
    next: Next,
) -> Response {
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD);
    if is_safe || is_from(&site, request.headers()) {
        next.run(request).await
    } else {
        Refusal::OtherSite.into_response()
    }
}

//= RFC 9112 §3.2: exactly one Host, and an absolute URI overrides it
fn is_for(site: &Site, uri: &Uri, headers: &HeaderMap) -> bool {
    let mut named = headers.get_all(HOST).iter();
    let (Some(host), None) = (named.next(), named.next()) else { return false };
    let is_known = |host: &str| site.is_named(host);
    host.to_str().is_ok_and(is_known)
        && uri.authority().is_none_or(|authority| is_known(authority.as_str()))
}

fn is_from(site: &Site, headers: &HeaderMap) -> bool {
    if let Some(relation) = headers.get("sec-fetch-site") {
        // `none`: typed, bookmarked or reloaded by the person.
        return relation == "same-origin" || relation == "none";
    }
    let Some(origin) = headers.get(ORIGIN) else { return true };
    origin.to_str().is_ok_and(|origin| site.is_origin(origin))
}
