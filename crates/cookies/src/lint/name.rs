//! Bytes, name, value and prefix.

use super::report::Report;
use super::{Code, Role, Setting, Severity};
use crate::set_cookie::{AttributeName, is_control};
use crate::{Api, MAX_NAME_AND_VALUE, PathAttribute, Prefix, SetCookie, default_path};

/// Names under which frameworks keep sessions, in lower case.
const SESSION_NAMES: [&str; 12] = [
    "asp.net_sessionid",
    "ci_session",
    "connect.sid",
    "express:sess",
    "jsessionid",
    "koa.sess",
    "laravel_session",
    "phpsessid",
    "remember_token",
    "rack.session",
    "sid",
    "token",
];

/// Checks what makes user agents ignore the whole; says whether the rest is worth a look.
pub(super) fn check_bytes(report: &mut Report<'_>) -> bool {
    if let Some(at) = report.header.iter().position(|byte| is_control(*byte)) {
        let byte = report.header.get(at).copied().unwrap_or_default();
        let message = format!("byte 0x{byte:02X} is a control character; the cookie is dropped");
        let _ = report.add(Code::ControlCharacter, at..at.saturating_add(1), message);
        check_folded_lines(report);
        return false;
    }
    let (name, value) = (report.syntax.name(), report.syntax.value());
    if name.text.is_empty() && value.text.is_empty() {
        let message = "both name and value are empty; the cookie is dropped".to_owned();
        let _ = report.add(Code::Empty, 0..0, message);
        return false;
    }
    true
}

pub(super) fn check(report: &mut Report<'_>) {
    let (name, value) = (report.syntax.name(), report.syntax.value());
    let length = name.text.len().saturating_add(value.text.len());
    if length > MAX_NAME_AND_VALUE {
        let message = format!(
            "name and value have {length} bytes; the cookie is dropped above {MAX_NAME_AND_VALUE}"
        );
        let _ = report.add(Code::TooLong, name.at..value.range().end, message);
    }
    if name.text.is_empty() {
        check_nameless(report);
    } else {
        check_octets(report);
    }
    check_folded_commas(report);
    let Some(cookie) = report.cookie else { return };
    if let Some(prefix) = Prefix::of(name.text) {
        check_prefix(report, &cookie, prefix);
    }
    if is_session(name.text, report.setting) {
        check_session(report, &cookie);
    }
}

fn check_nameless(report: &mut Report<'_>) {
    let value = report.syntax.value();
    if let Some(prefix) = Prefix::of(value.text) {
        let spelling = prefix.as_str();
        let message = format!("a nameless cookie must not begin with {spelling}; it is dropped");
        let end = value.at.saturating_add(spelling.len());
        let _ = report.add(Code::NamelessPrefix, value.at..end, message);
    } else {
        let message = "a cookie needs a name: it is sent back as a value alone".to_owned();
        let _ = report.add(Code::Nameless, value.at..value.at, message);
    }
}

fn check_octets(report: &mut Report<'_>) {
    let (name, value) = (report.syntax.name(), report.syntax.value());
    //= RFC 6265bis §4.1.1: a name is a token
    if let Some(place) = name.text.iter().position(|byte| !is_token(*byte)) {
        let at = name.at.saturating_add(place);
        let message = format!("byte {at} is not allowed in a name, which is a token");
        let _ = report.add(Code::Octets, at..at.saturating_add(1), message);
    }
    //= RFC 6265bis §4.1.1: a value is cookie-octets, with quotes around or without
    let inner = value.text.strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\""));
    let quote = usize::from(inner.is_some());
    let inner = inner.unwrap_or(value.text);
    if let Some(place) = inner.iter().position(|byte| !is_cookie_octet(*byte)) {
        let at = value.at.saturating_add(quote).saturating_add(place);
        let message = format!("byte {at} is not allowed in a value; encode it, such as by base64");
        let _ = report.add(Code::Octets, at..at.saturating_add(1), message);
    }
}

const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'!' | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'.'
                | b'^'
                | b'_'
                | b'`'
                | b'|'
                | b'~'
        )
}

const fn is_cookie_octet(byte: u8) -> bool {
    matches!(byte, 0x21 | 0x23..=0x2B | 0x2D..=0x3A | 0x3C..=0x5B | 0x5D..=0x7E)
}

fn check_prefix(report: &mut Report<'_>, cookie: &SetCookie<'_>, prefix: Prefix) {
    let (name, spelling) = (report.syntax.name(), prefix.as_str());
    let span = name.at..name.at.saturating_add(spelling.len());
    if !name.text.starts_with(spelling.as_bytes()) {
        let message = format!("the prefix is spelt {spelling}; user agents enforce it as it is");
        report.add(Code::PrefixCase, span.clone(), message).replace(span.clone(), spelling);
    }
    let code = match prefix {
        Prefix::Secure => Code::SecurePrefix,
        Prefix::Host => Code::HostPrefix,
        Prefix::Http | Prefix::HostHttp => Code::HttpPrefix,
    };
    let lacks = |what: &str| format!("{spelling} needs {what}; the cookie is dropped");
    if !cookie.is_secure() {
        report.add(code, span.clone(), lacks("Secure")).append("Secure");
    }
    if prefix.demands_http_only() && !cookie.is_http_only() {
        report.add(code, span.clone(), lacks("HttpOnly")).append("HttpOnly");
    }
    if !prefix.demands_host_only() {
        return;
    }
    let domain = cookie.domain().filter(|domain| !domain.is_empty());
    if let Some(attribute) = report.last(AttributeName::Domain).filter(|_| domain.is_some()) {
        report.add(code, attribute.name.range(), lacks("no Domain")).remove_only(&attribute);
    }
    match (cookie.path(), report.last(AttributeName::Path)) {
        (PathAttribute::Path(b"/"), _) => {}
        (_, Some(attribute)) => {
            let span = attribute.whole.range();
            // What is no path is the default path, and where that is "/" it will do.
            let url = report.setting.url;
            let will_do = url.is_some_and(|url| default_path(url.path()) == b"/");
            let (message, severity) = if will_do {
                (format!("{spelling} has Path=/ here by default alone"), Severity::Warning)
            } else {
                (lacks("Path=/"), Severity::Error)
            };
            let added = report.add(code, span.clone(), message).severity(severity);
            added.replace(span, " Path=/");
        }
        (_, None) => report.add(code, span, lacks("Path=/")).append("Path=/"),
    }
}

/// Whether the cookie signs somebody in.
fn is_session(name: &[u8], setting: &Setting<'_>) -> bool {
    match setting.role {
        Role::Session => true,
        Role::Other => false,
        Role::FromName => {
            let prefix = Prefix::of(name).map_or(0, |prefix| prefix.as_str().len());
            let name = name.get(prefix..).unwrap_or_default().to_ascii_lowercase();
            let name = String::from_utf8_lossy(&name).into_owned();
            let is_foreign = ["csrf", "xsrf", "author"].iter().any(|word| name.contains(word));
            let is_known = SESSION_NAMES.contains(&&*name);
            !is_foreign && (is_known || name.contains("sess") || name.contains("auth"))
        }
    }
}

fn check_session(report: &mut Report<'_>, cookie: &SetCookie<'_>) {
    let (name, range) = (report.name(), report.syntax.name().range());
    // What a script sets cannot be HttpOnly.
    let is_http_only = cookie.is_http_only() || report.setting.api == Api::Script;
    let has_same_site = report.last(AttributeName::SameSite).is_some();
    let asked = [
        (cookie.is_secure(), "Secure", "Secure"),
        (is_http_only, "HttpOnly", "HttpOnly"),
        (has_same_site, "SameSite", "SameSite=Lax"),
    ];
    for (_, attribute, written) in asked.iter().filter(|(is_there, ..)| !is_there) {
        let message = format!("`{name}` looks like a session and has no {attribute}");
        report.add(Code::UnprotectedSession, range.clone(), message).append(written);
    }
}

/// Several cookies in one field, put together with commas.
fn check_folded_commas(report: &mut Report<'_>) {
    let mut places: Vec<usize> =
        folded(report.syntax.value().text, report.syntax.value().at).into_iter().collect();
    places.extend(
        report.syntax.attributes().filter_map(|part| folded(part.whole.text, part.whole.at)),
    );
    for at in places {
        let message = "another cookie seems to follow a comma; send each in a field of its own";
        let _ = report.add(Code::Folded, at..at.saturating_add(1), message.to_owned());
    }
}

/// The comma in `, name=`, if there is one.
fn folded(text: &[u8], at: usize) -> Option<usize> {
    let equals = text.iter().rposition(|byte| *byte == b'=')?;
    let before = text.get(..equals)?;
    let comma = before.iter().rposition(|byte| *byte == b',')?;
    let name = before.get(comma.saturating_add(1)..)?.trim_ascii();
    // Dates have commas and no equals sign; a value may have both, but seldom a name between.
    let is_name = name.len() > 1 && name.iter().all(|byte| is_token(*byte));
    is_name.then(|| at.saturating_add(comma))
}

/// Several cookies in one field, put together with line feeds, as some tools export them.
fn check_folded_lines(report: &mut Report<'_>) {
    let lines = || report.header.split(|byte| *byte == b'\n');
    let is_cookie = |line: &[u8]| {
        line.split(|byte| *byte == b';').next().is_some_and(|pair| pair.contains(&b'='))
    };
    if lines().count() > 1 && lines().skip(1).all(is_cookie) {
        let at = report.header.iter().position(|byte| *byte == b'\n').unwrap_or_default();
        let message = "another cookie follows a line feed; send each in a field of its own";
        let _ = report.add(Code::Folded, at..at.saturating_add(1), message.to_owned());
    }
}
