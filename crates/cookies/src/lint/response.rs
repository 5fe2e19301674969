//! All cookies of a response, and all that a user agent sends.

use std::collections::BTreeMap;

use super::report::readable;
use super::{Code, Diagnostic, Setting, lint};
use crate::{Jar, Syntax};

/// How many cookies of a domain every user agent keeps.
const COOKIES_OF_DOMAIN: usize = 50;

/// How long a `Cookie` header field common servers take, in bytes.
const LONGEST_COOKIE_HEADER: usize = 8192;

/// Finds what is wrong with the `Set-Cookie` header fields of one response, one list to each.
///
/// ```
/// use upheld_cookies::lint::{Code, Setting, lint_response};
/// use upheld_cookies::UnixSeconds;
///
/// let headers: [&[u8]; 2] = [b"a=1", b"a=2; Path=/"];
/// let findings = lint_response(&headers, &Setting::new(UnixSeconds(0)));
/// assert!(findings[0].is_empty());
/// assert_eq!(findings[1][0].code, Code::SameNameTwice);
/// ```
#[must_use]
pub fn lint_response(headers: &[&[u8]], setting: &Setting<'_>) -> Vec<Vec<Diagnostic>> {
    let mut first: BTreeMap<&[u8], usize> = BTreeMap::new();
    let mut findings = Vec::with_capacity(headers.len());
    for (index, header) in headers.iter().enumerate() {
        let mut found = lint(header, setting);
        let name = Syntax::of(header).name();
        //= RFC 6265bis §4.1.1: one response sets a name once
        let earlier = *first.entry(name.text).or_insert(index);
        if earlier < index && !name.text.is_empty() {
            let message = format!(
                "`{}` is set by field {} already",
                readable(name.text),
                earlier.saturating_add(1)
            );
            found.push(finding(Code::SameNameTwice, name.range(), message));
        }
        if index == COOKIES_OF_DOMAIN {
            let message = format!(
                "the response sets {} cookies; user agents may keep {COOKIES_OF_DOMAIN} of a domain",
                headers.len()
            );
            found.push(finding(Code::Budget, 0..0, message));
        }
        findings.push(found);
    }
    findings
}

/// Finds domains that have more cookies, or more bytes of them, than user agents and servers take.
#[must_use]
pub fn lint_jar<L>(jar: &Jar<L>) -> Vec<Diagnostic> {
    let mut domains: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for cookie in jar.all() {
        let (cookies, bytes) = domains.entry(cookie.domain()).or_default();
        *cookies = cookies.saturating_add(1);
        // "=" and "; " are sent along.
        let length = cookie.name().len().saturating_add(cookie.value().len());
        *bytes = bytes.saturating_add(length).saturating_add(3);
    }
    let mut findings = Vec::new();
    for (domain, (cookies, bytes)) in domains {
        if cookies > COOKIES_OF_DOMAIN {
            let message = format!(
                "{domain} has {cookies} cookies; user agents may keep {COOKIES_OF_DOMAIN} of a domain"
            );
            findings.push(finding(Code::Budget, 0..0, message));
        }
        if bytes > LONGEST_COOKIE_HEADER {
            let message = format!(
                "the cookies of {domain} have {bytes} bytes; servers refuse a header field above \
                 {LONGEST_COOKIE_HEADER}"
            );
            findings.push(finding(Code::Budget, 0..0, message));
        }
    }
    findings
}

fn finding(code: Code, span: core::ops::Range<usize>, message: String) -> Diagnostic {
    Diagnostic { code, severity: code.rule().severity, span, message, fix: None }
}
