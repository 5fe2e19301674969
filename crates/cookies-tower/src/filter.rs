//! What leaves.

use core::mem;

use http::header::{Entry, GetAll, HeaderMap, HeaderValue, SET_COOKIE, VARY};
use memchr::{memchr_iter, memchr2};
use upheld_cookies::{
    Choice, CookieId, Decider, Decision, MAX_ATTRIBUTE_VALUE, SetCookie, Syntax, UnixSeconds,
    Visit, removals,
};

use crate::{Consent, Event, Gate, Undeclared};

/// Takes out of a response's header fields what may not be stored, and removes what may not stay.
pub(crate) fn filter(gate: &Gate, consent: &Consent, headers: &mut HeaderMap) {
    let fields = headers.get_all(SET_COOKIE);
    let is_cookie_set = fields.iter().next().is_some();
    let visit = chosen_now(gate, consent, &fields).unwrap_or_else(|| consent.visit());
    let host = consent.host().map_or("", |host| host.as_str());
    let decider = Decider::new(consent.policy(), &visit, host);
    // Empty as long as all are kept; each is decided once, so that each is told once.
    let mut verdicts = Vec::new();
    for (index, field) in fields.iter().enumerate() {
        let is_kept = is_kept(gate, consent, &decider, field.as_bytes());
        if !is_kept && verdicts.is_empty() {
            verdicts.reserve(index.saturating_add(16));
            verdicts.resize(index, true);
        }
        if !is_kept || !verdicts.is_empty() {
            verdicts.push(is_kept);
        }
    }
    if !verdicts.is_empty() {
        retain(headers, &verdicts);
    }
    let added = remove(gate, consent, &visit, headers);
    if gate.vary && (is_cookie_set || added) {
        headers.append(VARY, HeaderValue::from_static("Cookie, Sec-GPC"));
    }
}

/// The visit with the choice that this very response sets or takes back, if it does.
fn chosen_now<'c>(
    gate: &Gate,
    consent: &'c Consent,
    fields: &GetAll<'_, HeaderValue>,
) -> Option<Visit<'c>> {
    let host = consent.host()?;
    let name = consent.policy().consent().cookie.as_bytes();
    let is_choice = |field: &&HeaderValue| {
        let rest = field.as_bytes().strip_prefix(name);
        rest.is_some_and(|rest| rest.starts_with(b"="))
    };
    let field = fields.iter().rev().find(is_choice)?.as_bytes();
    if is_removal(field, consent.now()) {
        return Some(consent.visit().with_choice(Choice::undecided()));
    }
    let pair = field.split(|byte| *byte == b';').next()?;
    let reading = (gate.keys)().read(consent.policy(), host, [pair]);
    Some(consent.visit().with_choice(reading.to_choice()))
}

/// Keeps the fields with a verdict that says so, in their order.
fn retain(headers: &mut HeaderMap, verdicts: &[bool]) {
    let Entry::Occupied(mut entry) = headers.entry(SET_COOKIE) else { return };
    let mut kept: Vec<HeaderValue> = Vec::with_capacity(verdicts.len());
    let fields = entry.iter_mut().zip(verdicts).filter(|(_, is_kept)| **is_kept);
    kept.extend(fields.map(|(field, _)| mem::replace(field, HeaderValue::from_static(""))));
    let mut kept = kept.into_iter();
    if let Some(first) = kept.next() {
        // This takes all others out.
        entry.insert(first);
        kept.for_each(|field| entry.append(field));
    } else {
        entry.remove();
    }
}

fn is_kept(gate: &Gate, consent: &Consent, decider: &Decider<'_>, field: &[u8]) -> bool {
    let syntax = Syntax::of(field);
    let name = syntax.name().text;
    let attributes = field.get(syntax.value().range().end..).unwrap_or_default();
    // Most fields have no such letter after the value, and so no `Domain`.
    let may_be_wide = memchr2(b'd', b'D', attributes).is_some();
    let named = if may_be_wide { domain(syntax) } else { None };
    let decision = match &named {
        Some(domain) => decider.decide_for(CookieId { name, domain }),
        None => decider.decide(name),
    };
    let decision = match decision {
        Decision::Allow(_) => return true,
        // Taking a cookie away stores nothing.
        _ if may_end(attributes) && is_removal(field, consent.now()) => return true,
        decision => decision,
    };
    if let Decision::Deny(reason) = decision {
        let left = gate.report_only;
        (gate.event)(&Event::Denied { name, reason, left });
        return left;
    }
    let left = gate.report_only || gate.undeclared == Undeclared::AllowAndReport;
    (gate.event)(&Event::Undeclared { name, left });
    left
}

/// Whether there may be an `Expires`, or a `Max-Age` that is not above zero: most fields have neither,
/// and need not be read to the end.
fn may_end(attributes: &[u8]) -> bool {
    memchr_iter(b';', attributes).any(|semicolon| {
        let attribute = attributes.get(semicolon.saturating_add(1)..).unwrap_or_default();
        match first(attribute) {
            Some(b'E' | b'e') => true,
            Some(b'M' | b'm') => {
                let equals = memchr2(b'=', b';', attribute).unwrap_or(attribute.len());
                let value = attribute.get(equals.saturating_add(1)..).unwrap_or_default();
                matches!(first(value), Some(b'-' | b'0'))
            }
            _ => false,
        }
    })
}

/// The first byte that is no blank.
fn first(text: &[u8]) -> Option<u8> {
    text.iter().copied().find(|byte| !matches!(byte, b' ' | b'\t'))
}

/// The last `Domain` that user agents heed, in lower case and without a dot before it; `None`
/// without one, or with an empty one, which is the host.
fn domain(syntax: Syntax<'_>) -> Option<String> {
    let is_domain = |name: &[u8]| name.eq_ignore_ascii_case(b"domain");
    let attributes = syntax.attributes().filter(|attribute| is_domain(attribute.name.text));
    let values = attributes.map(|attribute| attribute.value.map_or(&b""[..], |value| value.text));
    let value = values.filter(|value| value.len() <= MAX_ATTRIBUTE_VALUE).last()?;
    let value = value.strip_prefix(b".").unwrap_or(value);
    // What is no text is no domain of the policy.
    let value = str::from_utf8(value).unwrap_or("?").to_ascii_lowercase();
    (!value.is_empty()).then_some(value)
}

fn is_removal(field: &[u8], now: UnixSeconds) -> bool {
    let expiry = SetCookie::parse(field).ok().and_then(|cookie| cookie.expiry(now));
    expiry.is_some_and(|end| end <= now)
}

/// Adds the fields that remove what the request sent and may not be stored.
fn remove(gate: &Gate, consent: &Consent, visit: &Visit<'_>, headers: &mut HeaderMap) -> bool {
    let Some(host) = consent.host() else { return false };
    let fields = removals(consent.policy(), visit, host, consent.cookie_fields());
    if fields.is_empty() {
        return false;
    }
    let (count, only_reported) = (fields.len(), gate.report_only);
    (gate.event)(&Event::Removed { fields: count, only_reported });
    if only_reported {
        return false;
    }
    for field in fields {
        if let Ok(field) = HeaderValue::try_from(field) {
            headers.append(SET_COOKIE, field);
        }
    }
    true
}
