//! What a request says of its sender's choice.

use std::sync::Arc;

use http::header::{COOKIE, HOST, HeaderName, HeaderValue};
use http::request::Parts;
use upheld_cookies::consent_cookie::Reading;
use upheld_cookies::policy::Jurisdiction;
use upheld_cookies::signals::Signals;
use upheld_cookies::{Host, UnixSeconds, Visit};

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
    reading: Reading,
    jurisdiction: Option<Jurisdiction>,
    host: Option<Host>,
    cookies: Vec<HeaderValue>,
    gpc: bool,
    dnt: bool,
    now: UnixSeconds,
}

impl Consent {
    pub(crate) fn of(gate: &Gate, parts: &Parts) -> Self {
        let headers = &parts.headers;
        let host = host(parts);
        let cookies: Vec<HeaderValue> = headers.get_all(COOKIE).iter().cloned().collect();
        let fields = cookies.iter().map(HeaderValue::as_bytes);
        let reading = match &host {
            Some(host) => (gate.keys)().read(&gate.policy, host, fields),
            None => Reading::Absent,
        };
        let all = |name| headers.get_all(name).iter().map(HeaderValue::as_bytes);
        let signals = Signals::none().with_sec_gpc(all(SEC_GPC));
        let signals = all(DNT).fold(signals, Signals::with_dnt);
        Self(Arc::new(Known {
            reading,
            jurisdiction: (gate.jurisdiction)(parts),
            host,
            cookies,
            gpc: signals.gpc(),
            dnt: signals.dnt(),
            now: (gate.clock)(),
        }))
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
        let flag = |on: bool| if on { &b"1"[..] } else { b"" };
        let mut signals =
            Signals::none().with_sec_gpc([flag(self.0.gpc)]).with_dnt(flag(self.0.dnt));
        // Signals are large, so that they are moved only where there is one.
        for (name, value) in self.pairs() {
            match name {
                b"euconsent-v2" => signals = signals.with_tc_string(text(value), self.0.now),
                b"__gpp" => signals = signals.with_gpp(text(value), self.0.now),
                b"usprivacy" => signals = signals.with_us_privacy(text(value)),
                _ => {}
            }
        }
        let visit =
            Visit::new(self.0.jurisdiction, self.0.now).with_choice(self.0.reading.to_choice());
        visit.with_signals(signals)
    }

    /// The host that was asked, without its port; the consent cookie is written for it.
    #[must_use]
    pub fn host(&self) -> Option<&Host> {
        self.0.host.as_ref()
    }

    pub(crate) fn now(&self) -> UnixSeconds {
        self.0.now
    }

    pub(crate) fn cookie_fields(&self) -> impl Iterator<Item = &[u8]> {
        self.0.cookies.iter().map(HeaderValue::as_bytes)
    }

    fn pairs(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let pairs = self.cookie_fields().flat_map(|field| field.split(|byte| *byte == b';'));
        pairs.filter_map(|pair| {
            let equals = pair.iter().position(|byte| *byte == b'=')?;
            let value = pair.get(equals.saturating_add(1)..)?;
            Some((pair.get(..equals)?.trim_ascii(), value.trim_ascii()))
        })
    }
}

/// Text that is no UTF-8 is no consent string either.
fn text(value: &[u8]) -> &str {
    str::from_utf8(value).unwrap_or("?")
}

/// The host that was asked, without its port.
fn host(parts: &Parts) -> Option<Host> {
    let field = || parts.headers.get(HOST).and_then(|value| value.to_str().ok());
    let text = parts.uri.authority().map(http::uri::Authority::as_str).or_else(field)?;
    let text = text.rsplit('@').next().unwrap_or(text);
    let port = text.rfind(':').filter(|at| !text.get(*at..).is_some_and(|end| end.contains(']')));
    Host::parse(text.get(..port.unwrap_or(text.len()))?).ok()
}
