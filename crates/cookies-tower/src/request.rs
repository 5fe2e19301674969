//! What a request says of its sender's choice.

use std::sync::Arc;

use http::header::{COOKIE, HOST, HeaderMap, HeaderName, HeaderValue};
use http::request::Parts;
use upheld_cookies::consent_cookie::Reading;
use upheld_cookies::policy::{Jurisdiction, Policy};
use upheld_cookies::signals::Signals;
use upheld_cookies::{Host, UnixSeconds, Visit, cookie_pairs};

use crate::Gate;

const SEC_GPC: HeaderName = HeaderName::from_static("sec-gpc");
const DNT: HeaderName = HeaderName::from_static("dnt");

/// What the gate knows of the sender of a request; handlers find it in the request's extensions.
///
/// ```
/// use axum::Extension;
/// use upheld_cookies_tower::Consent;
///
/// async fn page(Extension(consent): Extension<Consent>) -> &'static str {
///     if consent.reading().to_choice().is_made() { "welcome back" } else { "please choose" }
/// }
/// # let _ = page;
/// ```
#[derive(Clone, Debug)]
pub struct Consent(Arc<Known>);

/// What is known, once for the handler and the gate.
#[derive(Debug)]
struct Known {
    policy: Arc<Policy>,
    reading: Reading,
    jurisdiction: Option<Jurisdiction>,
    host: Option<Arc<Host>>,
    cookies: Cookies,
    gpc: bool,
    dnt: bool,
    now: UnixSeconds,
}

/// The `Cookie` header fields; nearly every request has one at most.
#[derive(Debug)]
struct Cookies {
    first: Option<HeaderValue>,
    more: Vec<HeaderValue>,
}

impl Cookies {
    fn of(headers: &HeaderMap) -> Self {
        let mut fields = headers.get_all(COOKIE).iter().cloned();
        Self { first: fields.next(), more: fields.collect() }
    }

    fn fields(&self) -> impl Iterator<Item = &[u8]> {
        self.first.iter().chain(&self.more).map(HeaderValue::as_bytes)
    }
}

impl Consent {
    pub(crate) fn of(gate: &Gate, parts: &Parts) -> Self {
        let headers = &parts.headers;
        let (host, policy) = (host(gate, parts), (gate.policy)(parts));
        let cookies = Cookies::of(headers);
        let reading = match host.as_deref() {
            Some(host) => (gate.keys)().read(&policy, host, cookies.fields()),
            None => Reading::Absent,
        };
        let all = |name| headers.get_all(name).iter().map(HeaderValue::as_bytes);
        let signals = Signals::none().with_sec_gpc(all(SEC_GPC));
        let signals = all(DNT).fold(signals, Signals::with_dnt);
        Self(Arc::new(Known {
            policy,
            reading,
            jurisdiction: (gate.jurisdiction)(parts),
            host,
            cookies,
            gpc: signals.gpc(),
            dnt: signals.dnt(),
            now: (gate.clock)(),
        }))
    }

    /// The policy by which the request is answered, and its cookie was read.
    #[must_use]
    pub fn policy(&self) -> &Arc<Policy> {
        &self.0.policy
    }

    /// What the consent cookie says.
    pub fn reading(&self) -> Reading {
        self.0.reading
    }

    /// Whose law applies.
    #[must_use]
    pub fn jurisdiction(&self) -> Option<Jurisdiction> {
        self.0.jurisdiction
    }

    /// Whether Global Privacy Control was sent.
    #[must_use]
    pub fn gpc(&self) -> bool {
        self.0.gpc
    }

    /// The visit, to decide about items of the policy by.
    ///
    /// Consent strings are read from the cookies `euconsent-v2`, `__gpp` and `usprivacy`.
    #[must_use]
    pub fn visit(&self) -> Visit<'_> {
        let Known { reading, jurisdiction, gpc, dnt, now, .. } = *self.0;
        let visit = Visit::new(jurisdiction, now).with_choice(reading.to_choice());
        // Signals are large, so that they are made only where there is one.
        let sent = || {
            let flag = |on: bool| if on { &b"1"[..] } else { b"" };
            Signals::none().with_sec_gpc([flag(gpc)]).with_dnt(flag(dnt))
        };
        let mut signals = (gpc || dnt).then(sent);
        for (name, value) in self.cookie_fields().flat_map(cookie_pairs) {
            if !matches!(name, b"euconsent-v2" | b"__gpp" | b"usprivacy") {
                continue;
            }
            let before = signals.unwrap_or_else(sent);
            signals = Some(match name {
                b"euconsent-v2" => before.with_tc_string(text(value), now),
                b"__gpp" => before.with_gpp(text(value), now),
                _ => before.with_us_privacy(text(value)),
            });
        }
        match signals {
            Some(signals) => visit.with_signals(signals),
            None => visit,
        }
    }

    /// The host that was asked, without its port; the consent cookie is written for it.
    #[must_use]
    pub fn host(&self) -> Option<&Host> {
        self.0.host.as_deref()
    }

    pub(crate) fn now(&self) -> UnixSeconds {
        self.0.now
    }

    pub(crate) fn cookie_fields(&self) -> impl Iterator<Item = &[u8]> {
        self.0.cookies.fields()
    }
}

/// Text that is no UTF-8 is no consent string either.
fn text(value: &[u8]) -> &str {
    str::from_utf8(value).unwrap_or("?")
}

/// The host that was asked, without its port.
fn host(gate: &Gate, parts: &Parts) -> Option<Arc<Host>> {
    let field = || parts.headers.get(HOST).and_then(|value| value.to_str().ok());
    let text = parts.uri.authority().map(http::uri::Authority::as_str).or_else(field)?;
    let is_it = |host: &&Arc<Host>| *host.as_str() == *text;
    if let Some(known) = gate.hosts.iter().find(is_it) {
        return Some(Arc::clone(known));
    }
    let text = text.rsplit('@').next().unwrap_or(text);
    let port = text.rfind(':').filter(|at| !text.get(*at..).is_some_and(|end| end.contains(']')));
    Host::parse(text.get(..port.unwrap_or(text.len()))?).ok().map(Arc::new)
}
